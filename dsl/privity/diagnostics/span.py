"""A place in a source text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end` (offsets in code points, end excluded) of the text named `file`.

    `line` and `column` are those of `start`, counted from 1.
    """

    file: str
    start: int
    end: int
    line: int
    column: int


NOWHERE = Span("", 0, 0, 1, 1)
