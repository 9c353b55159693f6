"""Where a command's words go: data to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TextIO

from privity.cli.faults import OutputError, reason
from privity.diagnostics.visible import visible

Color = Literal["auto", "always", "never"]

PLAIN_WIDTH = 120


class Style(StrEnum):
    """What ANSI calls a rendition."""

    BOLD = "1"
    DIM = "2"
    RED = "1;31"
    GREEN = "32"
    YELLOW = "33"
    BLUE = "1;34"


@dataclass(frozen=True)
class Console:
    """`color` and `error_color` say whether each stream is painted."""

    color: bool = False
    error_color: bool = False

    @property
    def width(self) -> int:
        """Columns to write in: the terminal's, or a page's."""
        if not is_terminal(sys.stdout):
            return PLAIN_WIDTH
        from shutil import get_terminal_size

        return max(60, get_terminal_size((PLAIN_WIDTH, 24)).columns)

    def write(self, text: str) -> None:
        """Data, as it is."""
        with _writing():
            sys.stdout.write(text)

    def flush(self) -> None:
        with _writing():
            sys.stdout.flush()

    def line(self, text: str = "") -> None:
        self.write(text + "\n")

    def note(self, text: str) -> None:
        """A word to whoever sits before the terminal."""
        if sys.stderr is not None:
            sys.stderr.write(text + "\n")

    def fail(self, message: str) -> None:
        """Why the command ends, on one line."""
        head = painted("error:", Style.RED) if self.error_color else "error:"
        self.note(f"{head} {visible(' '.join(message.split()))}")

    def paint(self, text: str, style: Style) -> str:
        return painted(text, style) if self.color else text


@contextmanager
def _writing() -> Iterator[None]:
    if sys.stdout is None:
        raise OutputError("cannot write: standard output is closed")
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write: {reason(error)}") from None


def painted(text: str, style: Style) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if text else ""


def console_for(color: Color) -> Console:
    """Painted where asked for, and under `auto` on a terminal unless NO_COLOR is set."""
    if color != "auto":
        return Console(color == "always", color == "always")
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Console(not plain and is_terminal(sys.stdout), not plain and is_terminal(sys.stderr))


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


# ------------------------------------------------------------------ tables


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    wrap: int,
    paint: Callable[[str], str] = str,
) -> str:
    """Left-aligned columns, two blanks between; column number `wrap` is broken to fit `width`."""
    from textwrap import wrap as broken

    sizes = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    others = sum(size for n, size in enumerate(sizes) if n != wrap) + 2 * (len(sizes) - 1)
    sizes[wrap] = min(sizes[wrap], max(12, width - others))
    lines = []
    for row in (head, *rows):
        parts = broken(row[wrap], sizes[wrap], break_long_words=False) or [""]
        for number, part in enumerate(parts):
            cells = [part if n == wrap else cell * (not number) for n, cell in enumerate(row)]
            padded = (
                paint(cell) + " " * (size - len(cell))
                for cell, size in zip(cells, sizes, strict=True)
            )
            lines.append("  ".join(padded).rstrip())
    return "\n".join(lines) + "\n"


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Pipes and line breaks in cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())
