"""Exit codes, and which one wins where several would fit. docs/language.md is the contract."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """What a command found. The last two are the shell's: 128 and the number of the signal."""

    OK = 0
    FINDING = 1
    USAGE = 2
    ERRORS = 3
    UNKNOWN = 4
    INTERRUPTED = 130
    BROKEN_PIPE = 141


def worst(exits: Iterable[Exit]) -> Exit:
    """The exit code of several results: a finding, else something unknown, else what was not a
    request. Policies with errors and engines that disagree end a command before this is asked."""
    found = set(exits)
    order = (Exit.ERRORS, Exit.FINDING, Exit.UNKNOWN, Exit.USAGE)
    return next((code for code in order if code in found), Exit.OK)
