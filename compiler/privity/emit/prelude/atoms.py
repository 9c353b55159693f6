"""Prelude, part 5: atoms as rows of numbers, for a policy whose rules are decided apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from privity.emit.prelude.tables import _Atom

# --- copied from here


_Interval = tuple[int, int]
"""The first and the last of leaves that stand side by side."""


def _if_true(number: int) -> _Atom:
    """That a boolean is true."""
    return _Atom("holds", (number,), _is_true)


def _if_none(number: int) -> _Atom:
    return _Atom("is_none", (number,), _is_none)


def _if_in(number: int, *runs: _Interval) -> _Atom:
    """That a leaf is one of these."""
    # What is none is in no set.
    return _Atom("within", (number,), _leaves_in(runs).__contains__, runs=runs)


def _if_has(number: int, *runs: _Interval) -> _Atom:
    """That a set has one of these leaves."""
    leaves = _leaves_in(runs)
    return _Atom(
        "contains", (number,), lambda held: held is not None and not leaves.isdisjoint(held)
    )


def _if_text(number: int, text: str) -> _Atom:
    return _Atom("text_is", (number,), lambda value: value == text, text)


def _if_same_leaf(left: int, right: int) -> _Atom:
    if left == right:
        return _Atom("same_leaf", (left,), _is_some)
    return _Atom("same_leaf", (left, right), _are_same)


def _if_same_text(left: int, right: int) -> _Atom:
    if left == right:
        return _Atom("same_text", (left,), _is_some)
    return _Atom("same_text", (left, right), _are_same)


def _if_at_most(
    total: Callable[..., int], reads: tuple[int, ...], bound: int, unsteady: tuple[int, ...] = ()
) -> _Atom:
    """That a sum of these variables is at most `bound`."""

    return _Atom("sum", reads, _at_most(total, len(reads), bound), "", total, (bound,), unsteady)


def _at_most(total: Callable[..., int], reads: int, bound: int) -> Callable[..., bool]:
    """Sums of one and of two variables are usual."""
    match reads:
        case 1:
            return lambda only: only is not None and total(only) <= bound
        case 2:
            return lambda one, other: (
                one is not None and other is not None and total(one, other) <= bound
            )
        case _:
            return lambda *values: None not in values and total(*values) <= bound


def _if_equal(
    total: Callable[..., int], reads: tuple[int, ...], bound: int, unsteady: tuple[int, ...] = ()
) -> _Atom:
    def test(*values: Any) -> bool:
        return None not in values and total(*values) == bound

    return _Atom("sum", reads, test, total=total, bounds=(bound - 1, bound), unsteady=unsteady)


def _is_true(value: Any) -> bool:
    return value is True


def _is_none(value: Any) -> bool:
    return value is None


def _is_some(value: Any) -> bool:
    return value is not None


def _are_same(left: Any, right: Any) -> bool:
    return left is not None and bool(left == right)


def _leaves_in(runs: tuple[_Interval, ...]) -> frozenset[int]:
    return frozenset([leaf for first, last in runs for leaf in range(first, last + 1)])


# --- to here
