"""A place in a source text."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """From `start` to `end` (offsets in code points, end excluded) of the text named `file`.

    `line` and `column` are those of `start`, counted from 1. A tuple, because a large policy has
    half a million of them, and a frozen dataclass takes four times as long to make.
    """

    file: str
    start: int
    end: int
    line: int
    column: int


NOWHERE = Span("", 0, 0, 1, 1)
