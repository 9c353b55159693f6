"""Sums of facts and constants, and the normal form of their comparisons.

The normal form is part of the meaning: a comparison between two missing values is a free
boolean, one for each *normalised* comparison (docs/completions.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

from privity.model.calendar import shift
from privity.model.formula import (
    AtMost,
    Constant,
    Equals,
    Formula,
    Key,
    Linear,
    Quantity,
    Shifted,
    negation,
)


def constant(value: int) -> Linear:
    return Linear((), value)


def variable(fact: Key) -> Linear:
    return Linear(((1, fact),), 0)


def add(left: Linear, right: Linear) -> Linear:
    return _collect((*left.terms, *right.terms), left.constant + right.constant)


def scale(factor: int, operand: Linear) -> Linear:
    terms = ((factor * coefficient, quantity) for coefficient, quantity in operand.terms)
    return _collect(terms, factor * operand.constant)


def subtract(left: Linear, right: Linear) -> Linear:
    return add(left, scale(-1, right))


def shifted(date: Linear, months: int) -> Linear:
    """`date`, an ordinal, moved by calendar months; a constant date is moved at once."""
    if months == 0:
        return date
    if not date.terms:
        return constant(shift(date.constant, months))
    return Linear(((1, Shifted(date, months)),), 0)


def at_most(left: Linear, right: Linear) -> Formula:
    """`left <= right`, normalised."""
    difference = subtract(left, right)
    if not difference.terms:
        return Constant(difference.constant <= 0)
    divisor = gcd(*(coefficient for coefficient, _ in difference.terms))
    bound = -difference.constant
    if difference.terms[0][0] > 0:
        return AtMost(_divided(difference.terms, divisor), bound // divisor)
    # -t <= bound  iff  t >= -bound  iff  not t <= -bound - 1
    opposite = scale(-1, difference)
    return negation(AtMost(_divided(opposite.terms, divisor), -(bound // divisor) - 1))


def equal(left: Linear, right: Linear) -> Formula:
    """`left = right`, normalised."""
    difference = subtract(left, right)
    if not difference.terms:
        return Constant(difference.constant == 0)
    if difference.terms[0][0] < 0:
        difference = scale(-1, difference)
    divisor = gcd(*(coefficient for coefficient, _ in difference.terms))
    if difference.constant % divisor:
        return Constant(False)
    return Equals(_divided(difference.terms, divisor), -difference.constant // divisor)


def _collect(terms: Iterable[tuple[int, Quantity]], total: int) -> Linear:
    sums: dict[Quantity, int] = {}
    for coefficient, quantity in terms:
        sums[quantity] = sums.get(quantity, 0) + coefficient
    kept = [(coefficient, quantity) for quantity, coefficient in sums.items() if coefficient]
    return Linear(tuple(sorted(kept, key=_rank)), total)


def _rank(term: tuple[int, Quantity]) -> tuple[bool, str]:
    return (not isinstance(term[1], str), repr(term[1]))


def _divided(
    terms: tuple[tuple[int, Quantity], ...], divisor: int
) -> tuple[tuple[int, Quantity], ...]:
    return tuple((coefficient // divisor, quantity) for coefficient, quantity in terms)
