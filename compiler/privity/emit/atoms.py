"""Atoms in Python: a function each, of the plain values that it reads."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import assert_never

from privity.emit.build import both, call, compare, constant, either, known, method, name
from privity.lower.program import Test
from privity.model.formula import (
    AtMost,
    Contains,
    Equals,
    Holds,
    IsNone,
    Key,
    Linear,
    Quantity,
    SameLeaf,
    SameText,
    Shifted,
    TextIs,
    Within,
)

Terms = tuple[tuple[int, Quantity], ...]


def condition(test: Test, names: Mapping[Key, str], total: Callable[[Terms], ast.expr]) -> ast.expr:
    """That the atom holds, of known values without `none`. `total` calls the function of a sum."""

    def of(key: Key) -> ast.expr:
        return name(names[key])

    match test.atom:
        case Holds(fact):
            return compare(of(fact), ast.Is(), constant(True))
        case IsNone(fact):
            return compare(of(fact), ast.Is(), constant(None))
        case Within(variable, leaves):
            return either([_between(of(variable), *run) for run in runs(leaves)] or [_never()])
        case Contains(fact, leaves):
            return either([_meets(of(fact), *run) for run in runs(leaves)] or [_never()])
        case SameLeaf(left, right) | SameText(left, right):
            return compare(of(left), ast.Eq(), of(right))
        case TextIs(fact, text):
            return compare(of(fact), ast.Eq(), constant(text))
        case AtMost(terms, bound):
            return compare(total(terms), ast.LtE(), constant(bound))
        case Equals(terms, bound):
            return compare(total(terms), ast.Eq(), constant(bound))
        case _:
            assert_never(test.atom)


def guarded(test: Test, optional: Iterable[str], inner: ast.expr) -> ast.expr:
    """False of `none`, which only `IsNone` and `Holds` may look at."""
    if isinstance(test.atom, IsNone | Holds):
        return inner
    guards = [known(name(variable)) for variable in optional]
    return both([*guards, inner]) if guards else inner


def runs(leaves: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The leaves as intervals, both ends included."""
    first = last = -1
    for leaf in sorted(leaves):
        if leaf != last + 1 or first < 0:
            if first >= 0:
                yield first, last
            first = leaf
        last = leaf
    if first >= 0:
        yield first, last


def _never() -> ast.expr:
    return constant(False)


def _between(variable: ast.expr, first: int, last: int) -> ast.expr:
    if first == last:
        return compare(variable, ast.Eq(), constant(first))
    return ast.Compare(constant(first), [ast.LtE(), ast.LtE()], [variable, constant(last)])


def _meets(variable: ast.expr, first: int, last: int) -> ast.expr:
    within = call("range", constant(first), constant(last + 1))
    return ast.UnaryOp(ast.Not(), method(variable, "isdisjoint", within))


# ------------------------------------------------------------------ sums


def sum_of(linear: Linear, names: Mapping[Key, str]) -> ast.expr:
    """`linear` as an expression of variables that are known and not none."""
    found: ast.expr | None = None
    for coefficient, quantity in linear.terms:
        found = _plus(found, coefficient, _quantity(quantity, names))
    if found is None:
        return constant(linear.constant)
    return _plus(found, linear.constant, None) if linear.constant else found


def _plus(left: ast.expr | None, factor: int, quantity: ast.expr | None) -> ast.expr:
    size = constant(abs(factor)) if quantity is None else _times(abs(factor), quantity)
    if left is None:
        return size if factor > 0 else ast.UnaryOp(ast.USub(), size)
    return ast.BinOp(left, ast.Add() if factor > 0 else ast.Sub(), size)


def _times(factor: int, quantity: ast.expr) -> ast.expr:
    return quantity if factor == 1 else ast.BinOp(constant(factor), ast.Mult(), quantity)


def _quantity(quantity: Quantity, names: Mapping[Key, str]) -> ast.expr:
    match quantity:
        case Shifted(of, months):
            return call("_shift", sum_of(of, names), constant(months))
        case key:
            return name(names[key])


# ------------------------------------------------------------------ in words


def sum_in_words(linear: Linear) -> str:
    """For comments: `subject.notice_on + 1 month - disclosure.on`."""
    said = ""
    for coefficient, quantity in linear.terms:
        sign = "-" if coefficient < 0 else "+"
        factor = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
        said += f" {sign} {factor}{_quantity_in_words(quantity)}"
    if linear.constant or not said:
        said += f" {'-' if linear.constant < 0 else '+'} {abs(linear.constant)}"
    return said.removeprefix(" + ").strip()


def _quantity_in_words(quantity: Quantity) -> str:
    match quantity:
        case Shifted(of, months):
            unit = "month" if abs(months) == 1 else "months"
            return f"({sum_in_words(of)} {'-' if months < 0 else '+'} {abs(months)} {unit})"
        case key:
            return key
