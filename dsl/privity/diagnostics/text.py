"""Diagnostics for a person at a terminal: the source line, carets below, the next step."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from privity.diagnostics.diagnostic import Diagnostic, Label
from privity.diagnostics.span import Span
from privity.diagnostics.visible import visible

TAB = 4
WIDEST = 160  # columns of a source line; a longer one is cut around its first mark
_ELLIPSIS = "..."
_Paint = Callable[[str, str], str]  # a text and its style


def render(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, color: bool = False
) -> str:
    """One block a diagnostic, a blank line between. `sources` holds the text of each file; a
    place in a file that it lacks is named, not shown."""
    lines_of = {file: text.split("\n") for file, text in sources.items()}
    paint = _painted if color else _plain
    blocks = (_block(each, lines_of, paint) for each in diagnostics)
    return "\n".join("\n".join(block) + "\n" for block in blocks)


# ------------------------------------------------------------------ colour


class _Style:
    BOLD, RED, YELLOW, BLUE = "1", "1;31", "1;33", "1;34"


def _plain(text: str, style: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if text else ""


# ------------------------------------------------------------------ blocks


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to underline and the words beside it."""

    span: Span
    text: str
    primary: bool


def _block(diagnostic: Diagnostic, sources: Mapping[str, list[str]], paint: _Paint) -> list[str]:
    tint = _Style.RED if diagnostic.severity == "error" else _Style.YELLOW
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    lines = [paint(head, tint) + paint(f": {visible(diagnostic.message)}", _Style.BOLD)]
    marks = [Mark(diagnostic.span, diagnostic.caret, True), *map(_secondary, diagnostic.labels)]
    gutter = len(str(max(mark.span.line for mark in marks)))
    margin = " " * gutter
    for number, file in enumerate(dict.fromkeys(mark.span.file for mark in marks)):
        here = [mark for mark in marks if mark.span.file == file]
        lines.append(
            margin + paint(":::" if number else "-->", _Style.BLUE) + " " + _place(here[0])
        )
        lines += _snippet(here, sources.get(file), gutter, paint, tint)
    return [*lines, *_advice(diagnostic, margin, paint)]


def _advice(diagnostic: Diagnostic, margin: str, paint: _Paint) -> Iterator[str]:
    """The help and the notes."""
    if diagnostic.help or diagnostic.notes:
        yield f"{margin} " + paint("|", _Style.BLUE)
    said = [("help", diagnostic.help), *(("note", note) for note in diagnostic.notes)]
    for word, text in said:
        if text:
            first, *more = visible(text).split("\n")
            sign = paint("=", _Style.BLUE)
            yield f"{margin} {sign} " + paint(f"{word}:", _Style.BOLD) + f" {first}"
            yield from (f"{margin}         {line}".rstrip() for line in more)


def _secondary(label: Label) -> Mark:
    return Mark(label.span, label.text, False)


def _place(mark: Mark) -> str:
    span = mark.span
    return f"{visible(span.file)}:{span.line}:{span.column}"


def _snippet(
    marks: list[Mark], source: list[str] | None, gutter: int, paint: _Paint, tint: str
) -> Iterator[str]:
    """Each line that holds a mark, once, its marks below it; `...` where lines are left out."""
    if source is None:
        return
    bar = " " * gutter + " " + paint("|", _Style.BLUE)
    yield bar
    previous: int | None = None
    for number in sorted({mark.span.line for mark in marks}):
        if number > len(source):
            continue
        if previous is not None and number > previous + 1:
            yield paint(_ELLIPSIS, _Style.BLUE)
        previous = number
        here = [mark for mark in marks if mark.span.line == number]
        row = _Row.of(source[number - 1], here[0].span.column - 1)
        numbered = paint(f"{number:>{gutter}} |", _Style.BLUE)
        yield f"{numbered} {row.text}".rstrip()
        for mark in here:
            under, width = row.under(mark.span)
            sign = "^" if mark.primary else "-"
            line = paint(sign * width + (f" {visible(mark.text)}" if mark.text else ""),
                         tint if mark.primary else _Style.BLUE)  # fmt: skip
            yield f"{bar} {' ' * under}{line}"


# ------------------------------------------------------------------ source lines


@dataclass(frozen=True, slots=True)
class _Row:
    """A source line as shown, and at which column of it each character starts."""

    text: str
    starts: list[int]

    @staticmethod
    def of(line: str, focus: int) -> _Row:
        """`line` shown whole, or cut so that the character at `focus` is in sight."""
        cells = list(_cells(line.removesuffix("\r")))
        starts = [0]
        for _, width in cells:
            starts.append(starts[-1] + width)
        if starts[-1] <= WIDEST:
            return _Row("".join(cell for cell, _ in cells), starts)
        return _cut(cells, starts, min(focus, len(cells)))

    def under(self, span: Span) -> tuple[int, int]:
        """Where the marks for `span` start, and how many there are: at least one, at most to the
        end of the line."""
        last = len(self.starts) - 1
        first = min(span.column - 1, last)
        beyond = min(first + max(1, span.end - span.start), last)
        start = self.starts[first]
        return start, max(1, self.starts[beyond] - start)


def _cut(cells: list[tuple[str, int]], starts: list[int], focus: int) -> _Row:
    """The part of a long line that has `focus` in it, a third of the way in."""
    room = WIDEST - 2 * len(_ELLIPSIS)
    left = min(max(0, starts[focus] - room // 3), starts[-1] - room)
    first = next(i for i, start in enumerate(starts) if start >= left)
    last = first
    while last < len(cells) and starts[last + 1] - starts[first] <= room:
        last += 1
    before = _ELLIPSIS if first else ""
    after = _ELLIPSIS if last < len(cells) else ""
    shift = len(before) - starts[first]
    end = starts[last] + shift
    shown = "".join(cell for cell, _ in cells[first:last])
    moved = [min(max(start + shift, 0), end) for start in starts]
    return _Row(before + shown + after, moved)


def _cells(line: str) -> Iterator[tuple[str, int]]:
    """Each character as shown, with how many columns it takes."""
    column = 0
    for character in line:
        shown, width = _cell(character, column)
        column += width
        yield shown, width


def _cell(character: str, column: int) -> tuple[str, int]:
    if character == "\t":
        width = TAB - column % TAB
        return " " * width, width
    shown = visible(character)
    if len(shown) > 1:
        return shown, len(shown)
    if character.isascii():
        return character, 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1
