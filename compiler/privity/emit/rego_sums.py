"""Sums in Rego, and roughly the value of one variable at which a sum passes a bound."""

from __future__ import annotations

from privity.emit.rego_code import quoted
from privity.model.formula import Key, Linear, Quantity, Shifted, facts_of

Terms = tuple[tuple[int, Quantity], ...]


def total(linear: Linear, v: str = "v") -> str:
    """The sum as an expression of known values."""
    found = ""
    for coefficient, quantity in linear.terms:
        size = _times(abs(coefficient), _quantity(quantity, v))
        found = _plus(found, coefficient < 0, size)
    if linear.constant or not found:
        found = _plus(found, linear.constant < 0, str(abs(linear.constant)))
    return found


def _plus(left: str, negative: bool, size: str) -> str:
    if not left:
        return f"0 - {size}" if negative else size
    # Written out, so that no reader need know how strongly what binds.
    return (
        f"({left}) {'-' if negative else '+'} {size}"
        if " " in left
        else (f"{left} {'-' if negative else '+'} {size}")
    )


def _times(factor: int, quantity: str) -> str:
    return quantity if factor == 1 else f"({factor} * {quantity})"


def _quantity(quantity: Quantity, v: str) -> str:
    match quantity:
        case Shifted(of, months):
            return f"shift({total(of, v)}, {months})"
        case key:
            return f"{v}[{quoted(key)}]"


def near(terms: Terms, key: Key, goal: str) -> str:
    """About the value of `key`, which stands in the sum once, at which the sum is `goal`."""
    [(coefficient, quantity)] = [(c, q) for c, q in terms if key in facts_of(((c, q),))]
    rest = Linear(tuple((c, q) for c, q in terms if q != quantity), 0)
    left = f"({goal}) - ({total(rest)})" if rest.terms else goal
    if coefficient < 0:
        left = f"0 - ({left})"
    if abs(coefficient) > 1:
        left = f"quotient({left}, {abs(coefficient)})"
    match quantity:
        case Shifted(of, months):
            inner = f"unshift({left}, {months})"
            return near(of.terms, key, f"{inner} - ({of.constant})" if of.constant else inner)
        case _:
            return left


def reach(terms: Terms) -> int:
    """`near` is so far off at most: days of months that are clipped, what division leaves over."""
    return 2 + sum(_shifts(quantity) for _, quantity in terms)


def _shifts(quantity: Quantity) -> int:
    if not isinstance(quantity, Shifted):
        return 0
    return 4 + sum(_shifts(inner) for _, inner in quantity.of.terms)
