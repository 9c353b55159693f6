"""Expressions, sets and scopes as pieces for the layout: which words, which brackets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from privity.syntax.layout import ANYWHERE, NEVER, Piece
from privity.syntax.nodes import (
    And,
    Anyone,
    AnyValue,
    Branch,
    Citation,
    Comparison,
    Contains,
    DateLiteral,
    DurationLiteral,
    Expression,
    IntegerLiteral,
    Name,
    NoneLiteral,
    Not,
    OneOf,
    Or,
    Reference,
    Scope,
    SetExpression,
    SetItem,
    Sum,
    TextLiteral,
    Times,
    TruthLiteral,
)

# How tightly an expression holds together: brackets go around what holds less than its place asks.
OR, AND, NOT, COMPARISON, SUM, TIMES, ATOM = range(1, 8)


def expression(value: Expression, least: int = OR, depth: int = 0) -> list[Piece]:
    """The words of `value`, in brackets iff it holds together less than `least`. `depth` counts
    the `and`s and `or`s around it."""
    pieces = _words(value, depth)
    if _strength(value) >= least:
        return pieces
    pieces[0] = replace(pieces[0], text="(" + pieces[0].text)
    pieces[-1] = replace(pieces[-1], text=pieces[-1].text + ")")
    return pieces


def _strength(value: Expression) -> int:
    match value:
        case Or():
            return OR
        case And():
            return AND
        case Not():
            return NOT
        case Comparison() | OneOf() | Contains():
            return COMPARISON
        case Sum():
            return SUM
        case Times():
            return TIMES
        case TruthLiteral() | NoneLiteral() | IntegerLiteral() | DateLiteral():
            return ATOM
        case DurationLiteral() | TextLiteral() | Reference():
            return ATOM
        case _:
            assert_never(value)


def _words(value: Expression, depth: int) -> list[Piece]:
    match value:
        case Or(operands):
            return _chain("or", operands, AND, depth)
        case And(operands):
            return _chain("and", operands, NOT, depth)
        case Not(operand):
            return _prefixed(Piece("not", value.span.start), expression(operand, NOT, depth))
        case Comparison(comparator, left, right):
            return _binary(left, comparator.value, right, depth)
        case OneOf(operand, values, negated):
            word = "is not one of" if negated else "is one of"
            return [*expression(operand, SUM, depth), _before(word, values[0]), *names(values)]
        case Contains(operand, name):
            return [*expression(operand, SUM, depth), _before("contains", name), *names([name])]
        case Sum(first, rest):
            return [*expression(first, TIMES, depth), *_addends(rest, depth)]
        case Times(factor, operand):
            head = Piece(f"{factor} times", value.span.start)
            return _prefixed(head, expression(operand, ATOM, depth))
        case _:
            return [Piece(_atom(value), value.span.start)]


def _atom(
    value: TruthLiteral | NoneLiteral | IntegerLiteral | DateLiteral | DurationLiteral
    | TextLiteral | Reference,
) -> str:  # fmt: skip
    match value:
        case TruthLiteral(truth):
            return "true" if truth else "false"
        case NoneLiteral():
            return "none"
        case IntegerLiteral(number):
            return str(number)
        case DateLiteral(date):
            return date.isoformat()
        case DurationLiteral():
            return duration(value)
        case TextLiteral(content):
            return text(content)
        case Reference(name):
            return name.text
        case _:
            assert_never(value)


def _chain(word: str, operands: Sequence[Expression], least: int, depth: int) -> list[Piece]:
    pieces = expression(operands[0], least, depth + 1)
    for operand in operands[1:]:
        words = expression(operand, least, depth + 1)
        pieces += [Piece(word, words[0].offset, breaks=depth), *words]
    return pieces


def _binary(left: Expression, word: str, right: Expression, depth: int) -> list[Piece]:
    words = expression(right, SUM, depth)
    link = Piece(word, words[0].offset, ANYWHERE)
    return [*expression(left, SUM, depth), link, *words]


def _addends(rest: Iterable[tuple[str, Expression]], depth: int) -> Iterator[Piece]:
    for sign, term in rest:
        words = expression(term, TIMES, depth)
        yield Piece(sign, words[0].offset, ANYWHERE)
        yield from words


def _before(word: str, name: Name) -> Piece:
    return Piece(word, name.span.start, ANYWHERE)


def _prefixed(head: Piece, rest: list[Piece]) -> list[Piece]:
    """`head`, which no line break may part from what follows."""
    return [head, replace(rest[0], breaks=NEVER), *rest[1:]]


# ------------------------------------------------------------------ names, texts, lists


def duration(value: DurationLiteral) -> str:
    unit = value.unit.removesuffix("s") if value.count == 1 else value.unit
    return f"{value.count} {unit}"


def text(content: str) -> str:
    return '"' + content.replace("\\", "\\\\").replace('"', '\\"') + '"'


def names(values: Sequence[Name], *, last: str = ",") -> list[Piece]:
    return listed([Piece(value.text, value.span.start) for value in values], last=last)


def citations(values: Sequence[Citation]) -> list[Piece]:
    return listed([Piece(f"{each.source.text} {each.clause}", each.span.start) for each in values])


def listed(pieces: Sequence[Piece], *, last: str = ",") -> list[Piece]:
    """`a, b, c`, or `a, b or c` if `last` is "or"; a line may break before each but the first."""
    marks = [","] * (len(pieces) - 1)
    if marks:
        marks[-1] = last
    result: list[Piece] = []
    for i, piece in enumerate(pieces):
        before = "or " if i and marks[i - 1] == "or" else ""
        after = "," if i < len(marks) and marks[i] == "," else ""
        breaks = ANYWHERE if i else NEVER
        result.append(Piece(before + piece.text + after, piece.offset, breaks))
    return result


# ------------------------------------------------------------------ sets and scopes


def set_expression(value: SetExpression) -> list[Piece]:
    pieces = listed([_item(item) for item in value.items], last="or")
    if value.excluded:
        excluded = listed([_item(item) for item in value.excluded], last="or")
        pieces += [Piece("but not", excluded[0].offset, ANYWHERE), *excluded]
    return pieces


def _item(item: SetItem) -> Piece:
    match item:
        case Anyone():
            return Piece("anyone", item.span.start)
        case AnyValue(name):
            return Piece(f"any {name.text}", item.span.start)
        case Branch(name):
            return Piece(name.text, item.span.start)
        case _:
            assert_never(item)


def scope(value: Scope, word: str = "share") -> list[Piece]:
    """The whole on one line where it fits."""
    pieces = _prefixed(Piece(word, value.span.start), set_expression(value.data))
    for role, values in value.roles:
        words = set_expression(values)
        pieces += _prefixed(Piece(role, words[0].offset, ANYWHERE), words)
    return pieces
