"""Laying out words on lines of at most `WIDTH` columns, with comments where they belong.

A declaration is a list of groups, a group a list of rows, a row a list of pieces. A group goes on
one line if it fits and no comment lies inside; else each of its rows starts a line of its own, and
a row that is still too long breaks before its outermost `and`s or `or`s, one operand a line, or
where it has none, wherever it must.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from privity.syntax.nodes import Comment

WIDTH = 100
NEVER, ANYWHERE = -2, -1  # what `Piece.breaks` says besides the depth of an `and` or `or`


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stay together. Comments that start before `offset` in the source go before it."""

    text: str
    offset: int = 0
    breaks: int = NEVER


@dataclass(frozen=True, slots=True)
class Row:
    """`hang` is the indent of what does not fit on the row's first line.

    `end` marks a closing brace, `blanks` a row before which its author's blank line is kept.
    """

    pieces: Sequence[Piece]
    indent: int
    hang: int
    end: bool = False
    blanks: int | None = None


Group = Sequence[Row]


@dataclass(slots=True)
class Comments:
    """Those not yet written, in the order of the text."""

    pending: Sequence[Comment]
    blank_lines: frozenset[int]
    next: int = 0

    def before(self, offset: int) -> list[Comment]:
        """Take those that start before `offset`."""
        first = self.next
        while self.next < len(self.pending) and self.pending[self.next].span.start < offset:
            self.next += 1
        return list(self.pending[first : self.next])

    def any_before(self, offset: int) -> bool:
        return self.next < len(self.pending) and self.pending[self.next].span.start < offset

    def after_blank(self, line: int) -> bool:
        return line - 1 in self.blank_lines


@dataclass(slots=True)
class Page:
    """Lines being written."""

    comments: Comments
    lines: list[str] = field(default_factory=list)
    commented: bool = False  # the last line ends in a comment: nothing can be added to it
    opened: bool = True  # nothing stands since the beginning or the last brace

    def start(self, indent: int) -> None:
        self._end_line()
        self.lines.append(" " * indent)
        self.commented = False

    def write(self, text: str, hang: int) -> None:
        if self.commented:
            self.start(hang)
        line = self.lines[-1]
        self.lines[-1] = line + text if line == "" or line.isspace() else f"{line} {text}"

    def remark(self, comments: Iterable[Comment], indent: int, *, blanks: bool = False) -> None:
        """Comments: one that trails goes on the line written last, the others below it."""
        for comment in comments:
            self._end_line()
            if (
                not comment.own_line
                and not self.commented
                and self.lines
                and self.lines[-1].strip()
            ):
                self.lines[-1] += "  " + comment.text
            else:
                if blanks and not self.opened and self.comments.after_blank(comment.span.line):
                    self.lines.append("")
                self.lines.append(" " * indent + comment.text)
                self.opened = False
            self.commented = True

    def _end_line(self) -> None:
        """Without the blanks that set a keyword off from what now stands below it."""
        if self.lines:
            self.lines[-1] = self.lines[-1].rstrip()

    def column(self) -> int:
        return len(self.lines[-1])


def write_group(page: Page, group: Group) -> None:
    if len(group) > 1 and _joins(page, group):
        pieces = [piece for row in group for piece in row.pieces]
        group = [Row(pieces, group[0].indent, group[0].hang, blanks=group[0].blanks)]
    for row in group:
        _write_row(page, row)


def _joins(page: Page, group: Group) -> bool:
    inside = [piece for row in group for piece in row.pieces]
    _, *after = inside
    if page.comments.any_before(max((piece.offset for piece in after), default=0)):
        return False
    return group[0].indent + sum(len(piece.text) + 1 for piece in inside) - 1 <= WIDTH


def _write_row(page: Page, row: Row) -> None:
    first = row.pieces[0]
    page.remark(
        page.comments.before(first.offset), row.indent + 2 * row.end, blanks=row.blanks is not None
    )
    if row.blanks is not None and not page.opened and page.comments.after_blank(row.blanks):
        page.lines.append("")
    page.start(row.indent)
    page.opened = first.text.endswith("{") or row.pieces[-1].text.endswith("{")
    _write_pieces(page, row.pieces, row.hang)


def _write_pieces(page: Page, pieces: Sequence[Piece], hang: int) -> None:
    """On the line begun if they fit, else broken at the outermost operators, else filled."""
    if _fits(page, pieces):
        for piece in pieces:
            page.write(piece.text, hang)
        return
    depths = [piece.breaks for piece in pieces[1:] if piece.breaks >= 0]
    if not depths:
        _fill(page, pieces, hang)
        return
    outermost = min(depths)
    cuts = [i for i, piece in enumerate(pieces) if i and piece.breaks == outermost]
    for start, stop in zip([0, *cuts], [*cuts, len(pieces)], strict=True):
        if start:
            page.remark(page.comments.before(pieces[start].offset), hang)
            page.start(hang)
        _write_pieces(page, pieces[start:stop], hang + 2)


def _fits(page: Page, pieces: Sequence[Piece]) -> bool:
    if page.comments.any_before(max(piece.offset for piece in pieces)):
        return False
    return page.column() + sum(len(piece.text) + 1 for piece in pieces) <= WIDTH + 1


def _fill(page: Page, pieces: Sequence[Piece], hang: int) -> None:
    """Break before a piece where a break is allowed and what cannot be broken there would not
    fit."""
    widths = [0, *accumulate(len(piece.text) + 1 for piece in pieces)]
    runs = [i for i, piece in enumerate(pieces) if i and piece.breaks != NEVER] + [len(pieces)]
    following = iter(runs)
    stop = next(following)
    for i, piece in enumerate(pieces):
        page.remark(page.comments.before(piece.offset), hang)
        if i == stop:
            stop = next(following)
            if not page.commented and page.column() + widths[stop] - widths[i] > WIDTH:
                page.start(hang)
        page.write(piece.text, hang)
