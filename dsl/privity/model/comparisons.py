"""Comparisons of two values, operator by operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privity.model.arithmetic import NumberError
from privity.model.formula import (
    And,
    Constant,
    Formula,
    IsNone,
    Key,
    Not,
    Or,
    SameLeaf,
    SameText,
    TextIs,
    conjunction,
    disjunction,
    negation,
)
from privity.model.linear import at_most, equal
from privity.model.nodes import MOST_INTEGER, Fact
from privity.model.values import (
    Choice,
    Condition,
    Denotation,
    Nothing,
    Number,
    SetOf,
    Text,
    described,
)
from privity.syntax.nodes import Comparator

Facts = Mapping[Key, Fact]


def difference(left: Number, right: Number) -> None:
    """Raises NumberError if what engines compute, the difference, may leave the bounds."""
    low, high = left.low - right.high, left.high - right.low
    if not -MOST_INTEGER <= low <= high <= MOST_INTEGER:
        raise NumberError("the two sides may lie further apart than 2^53-1")


@dataclass(frozen=True, slots=True)
class Misfit:
    """The left or right side is not what the operator takes beside the other."""

    left: bool
    expected: str


def compare(
    comparator: Comparator, left: Denotation, right: Denotation, facts: Facts
) -> Formula | Misfit:
    """The formula of `left comparator right`. Raises NumberError."""
    match comparator:
        case Comparator.IS:
            return _same(left, right, facts)
        case Comparator.IS_NOT:
            same = _same(left, right, facts)
            return same if isinstance(same, Misfit) else negation(same)
        case _:
            return _ordered(comparator, left, right)


# ------------------------------------------------------------------ equality


def _same(left: Denotation, right: Denotation, facts: Facts) -> Formula | Misfit:
    match left, right:
        case _, Nothing():
            return _is_none(left, facts)
        case Condition(a, _), Condition(b, _):
            return _same_truth(a, left.bare, b, right.bare)
        case Number(), Number() if left.kind == right.kind:
            difference(left, right)
            return _both_or_neither(left.bare, right.bare, equal(left.linear, right.linear))
        case Choice(a, taxonomy), Choice(b, other) if taxonomy == other:
            x, y = sorted((a, b))
            both = Constant(True) if x == y else SameLeaf(x, y)
            return _both_or_neither(_optional(a, facts), _optional(b, facts), both)
        case Text(), Text():
            return _same_text(left, right, facts)
        case SetOf(), _:
            return Misfit(True, "a value, or `contains` after it")
        case Nothing(), _:
            return Misfit(True, "a fact")
        case _:
            return Misfit(False, described(left))


def _is_none(left: Denotation, facts: Facts) -> Formula | Misfit:
    bare = _bare(left)
    if bare is None or bare not in facts or not facts[bare].optional:
        return Misfit(True, "a fact that is declared `or none`")
    return IsNone(bare)


def _bare(value: Denotation) -> Key | None:
    match value:
        case Condition(_, bare):
            return bare
        case Number():
            return value.bare
        case Choice(variable, _):
            return variable
        case Text(fact, _) | SetOf(fact, _):
            return fact
        case _:
            return None


def _optional(variable: Key | None, facts: Facts) -> Key | None:
    """The variable, if it is a fact that may be none."""
    if variable is None or variable not in facts:
        return None
    return variable if facts[variable].optional else None


def _same_truth(left: Formula, bare: Key | None, right: Formula, other: Key | None) -> Formula:
    def fails(formula: Formula, optional: Key | None) -> Formula:
        there = () if optional is None else (Not(IsNone(optional)),)
        return conjunction((*there, negation(formula)))

    both = conjunction((left, right))
    neither = conjunction((fails(left, bare), fails(right, other)))
    none = () if bare is None or other is None else (And((IsNone(bare), IsNone(other))),)
    return disjunction((both, neither, *none))


def _both_or_neither(left: Key | None, right: Key | None, same: Formula) -> Formula:
    """Two values are the same: equal, or both none. (`same` is false where one of them is.)"""
    if left is None or right is None:
        there = tuple(Not(IsNone(fact)) for fact in (left, right) if fact is not None)
        return conjunction((*there, same))
    here = And((Not(IsNone(left)), Not(IsNone(right)), same))
    return Or((And((IsNone(left), IsNone(right))), here))


def _same_text(left: Text, right: Text, facts: Facts) -> Formula:
    if left.fact is None and right.fact is None:
        return Constant(left.constant == right.constant)
    if left.fact is None:
        left, right = right, left
    assert left.fact is not None
    if right.fact is None:
        return TextIs(left.fact, right.constant)
    x, y = sorted((left.fact, right.fact))
    same = Constant(True) if x == y else SameText(x, y)
    return _both_or_neither(_optional(left.fact, facts), _optional(right.fact, facts), same)


# ------------------------------------------------------------------ order

_FOR_DATES = (
    Comparator.BEFORE, Comparator.AFTER, Comparator.ON_OR_BEFORE, Comparator.ON_OR_AFTER,
)  # fmt: skip


def _ordered(comparator: Comparator, left: Denotation, right: Denotation) -> Formula | Misfit:
    dates = comparator in _FOR_DATES
    wanted = "a date" if dates else "a number or duration"
    if not isinstance(left, Number) or (left.kind == "date") != dates:
        return Misfit(True, wanted)
    if not isinstance(right, Number) or right.kind != left.kind:
        return Misfit(False, described(left))
    difference(left, right)
    match comparator:
        case Comparator.ON_OR_BEFORE | Comparator.AT_MOST:
            return at_most(left.linear, right.linear)
        case Comparator.ON_OR_AFTER | Comparator.AT_LEAST:
            return at_most(right.linear, left.linear)
        case Comparator.BEFORE | Comparator.LESS_THAN:
            return negation(at_most(right.linear, left.linear))
        case _:
            return negation(at_most(left.linear, right.linear))
