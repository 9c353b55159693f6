"""Sums of dates and numbers between bounds: values that fit them, or certainty that none do.

`impossible` is a proof: the ranges are narrowed by one bound after the other until nothing is
left, or bounds are added up until they contradict each other (elimination of one quantity after
the other, over the rationals; a date moved by months lies 28 to 31 days a month away). `solved`
is a search that may fail. Between the two lies what is not settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd

from privity.lower.questions import Terms
from privity.model.calendar import shift
from privity.model.formula import Key, Quantity, Shifted, facts_of

MOST_INEQUALITIES = 400
MOST_STEPS = 400
MOST_ROUNDS = 12

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Between:
    """`low <= sum <= high`; None where a side is open."""

    terms: Terms
    low: int | None
    high: int | None


def total(terms: Terms, values: Mapping[Key, int]) -> int:
    """The sum, calendar shifts included."""
    return sum(coefficient * _value(quantity, values) for coefficient, quantity in terms)


def _value(quantity: Quantity, values: Mapping[Key, int]) -> int:
    if isinstance(quantity, str):
        return values[quantity]
    return shift(total(quantity.of.terms, values) + quantity.of.constant, quantity.months)


def fits(constraint: Between, values: Mapping[Key, int]) -> bool:
    found = total(constraint.terms, values)
    low, high = constraint.low, constraint.high
    return (low is None or low <= found) and (high is None or found <= high)


# ------------------------------------------------------------------ impossible

Row = tuple[Mapping[Quantity, int], int]
"""Coefficients and a bound: their sum is at most the bound."""


def impossible(constraints: Sequence[Between], ranges: Mapping[Key, Interval]) -> bool:
    """Whether certainly no values within `ranges` fit all constraints. False says nothing."""
    return _narrowed(_box(constraints, ranges), constraints) is None or _contradict(
        constraints, ranges
    )


def _contradict(constraints: Sequence[Between], ranges: Mapping[Key, Interval]) -> bool:
    rows: list[Row] = []
    seen: dict[Quantity, None] = {}
    for constraint in constraints:
        rows += _rows(constraint)
        for _, quantity in constraint.terms:
            rows += _about(quantity, ranges, seen)
    for quantity in _rarest_first(rows):
        rows = _without(quantity, rows)
        if any(not row and bound < 0 for row, bound in rows):
            return True
        if len(rows) > MOST_INEQUALITIES:
            return False
    return False


def _rarest_first(rows: Sequence[Row]) -> list[Quantity]:
    count: dict[Quantity, int] = {}
    for row, _ in rows:
        for quantity in row:
            count[quantity] = count.get(quantity, 0) + 1
    return sorted(count, key=lambda quantity: (count[quantity], repr(quantity)))


def _rows(constraint: Between) -> Iterator[Row]:
    if constraint.high is not None:
        yield {quantity: c for c, quantity in constraint.terms}, constraint.high
    if constraint.low is not None:
        yield {quantity: -c for c, quantity in constraint.terms}, -constraint.low


def _about(
    quantity: Quantity, ranges: Mapping[Key, Interval], seen: dict[Quantity, None]
) -> Iterator[Row]:
    """What is known of a quantity whatever the constraints say, once."""
    if quantity in seen:
        return
    seen[quantity] = None
    if isinstance(quantity, str):
        yield from _rows(Between(((1, quantity),), *ranges[quantity]))
        return
    # moved - of = the days between, which are 28 to 31 for each month.
    days = sorted((28 * quantity.months, 31 * quantity.months))
    of = quantity.of
    difference = _collected([(1, quantity), *((-c, inner) for c, inner in of.terms)])
    yield from _rows(Between(difference, days[0] + of.constant, days[1] + of.constant))
    for _, inner in of.terms:
        yield from _about(inner, ranges, seen)


def _collected(terms: Sequence[tuple[int, Quantity]]) -> Terms:
    sums: dict[Quantity, int] = {}
    for coefficient, quantity in terms:
        sums[quantity] = sums.get(quantity, 0) + coefficient
    return tuple((c, quantity) for quantity, c in sums.items() if c)


def _without(quantity: Quantity, rows: Sequence[Row]) -> list[Row]:
    """What the rows say of the other quantities: Fourier and Motzkin's elimination."""
    above = [row for row in rows if row[0].get(quantity, 0) > 0]
    below = [row for row in rows if row[0].get(quantity, 0) < 0]
    kept = [row for row in rows if not row[0].get(quantity, 0)]
    found = {_key(row): row for row in kept}
    for one in above:
        for two in below:
            row = _added(one, -two[0][quantity], two, one[0][quantity])
            key = _key(row)
            if key not in found or found[key][1] > row[1]:
                found[key] = row
    return list(found.values())


def _key(row: Row) -> frozenset[tuple[Quantity, int]]:
    return frozenset(row[0].items())


def _added(one: Row, times: int, two: Row, more: int) -> Row:
    sums = {quantity: times * c for quantity, c in one[0].items()}
    for quantity, c in two[0].items():
        sums[quantity] = sums.get(quantity, 0) + more * c
    row = {quantity: c for quantity, c in sums.items() if c}
    bound = times * one[1] + more * two[1]
    divisor = gcd(*row.values()) if row else 1
    # Whole coefficients of whole quantities: the bound can be rounded down.
    return {quantity: c // divisor for quantity, c in row.items()}, bound // divisor


# ------------------------------------------------------------------ solved


def solved(
    constraints: Sequence[Between], ranges: Mapping[Key, Interval]
) -> Mapping[Key, int] | None:
    """Values within `ranges` that fit all constraints, always the same ones; None if not found."""
    return _Search(constraints).find(_box(constraints, ranges))


def _box(constraints: Sequence[Between], ranges: Mapping[Key, Interval]) -> dict[Key, Interval]:
    """The ranges of the facts that are read, in the order of their names."""
    read = frozenset[Key]().union(*(facts_of(each.terms) for each in constraints))
    return {fact: ranges[fact] for fact in sorted(read)}


class _Search:
    def __init__(self, constraints: Sequence[Between]) -> None:
        self.constraints, self.steps = constraints, 0

    def find(self, box: dict[Key, Interval]) -> Mapping[Key, int] | None:
        """Some point of the box that fits: the narrowest side is tried first."""
        self.steps += 1
        narrowed = _narrowed(box, self.constraints)
        if narrowed is None or self.steps > MOST_STEPS:
            return None
        open_ = [fact for fact, (low, high) in narrowed.items() if low < high]
        if not open_:
            values = {fact: low for fact, (low, _) in narrowed.items()}
            return values if all(fits(each, values) for each in self.constraints) else None
        fact = min(open_, key=lambda f: narrowed[f][1] - narrowed[f][0])
        low, high = narrowed[fact]
        for value in dict.fromkeys((low, high, (low + high) // 2)):
            found = self.find({**narrowed, fact: (value, value)})
            if found is not None:
                return found
        return None


def _narrowed(
    box: dict[Key, Interval], constraints: Sequence[Between]
) -> dict[Key, Interval] | None:
    """A smaller box with the same fitting points; None where there are none."""
    found = dict(box)
    for _ in range(MOST_ROUNDS):
        before = dict(found)
        for constraint in constraints:
            if not _narrow(constraint.terms, constraint.low, constraint.high, found):
                return None
        if found == before:
            break
    return found


def _narrow(terms: Terms, low: int | None, high: int | None, box: dict[Key, Interval]) -> bool:
    """Narrows the sides of the box by one constraint; false where nothing is left."""
    reach = [_scaled(c, _reach(quantity, box)) for c, quantity in terms]
    least, most = sum(low for low, _ in reach), sum(high for _, high in reach)
    if (high is not None and least > high) or (low is not None and most < low):
        return False
    for (c, quantity), (term_least, term_most) in zip(terms, reach, strict=True):
        upper = term_most if high is None else min(term_most, high - (least - term_least))
        lower = term_least if low is None else max(term_least, low - (most - term_most))
        # lower <= c * quantity <= upper
        ends = (-(-lower // c), upper // c) if c > 0 else (-(-upper // c), lower // c)
        if not _bound(quantity, ends, box):
            return False
    return True


def _bound(quantity: Quantity, ends: Interval, box: dict[Key, Interval]) -> bool:
    if isinstance(quantity, str):
        low, high = max(box[quantity][0], ends[0]), min(box[quantity][1], ends[1])
        box[quantity] = low, high
        return low <= high
    first, last = _inner(quantity, box)
    low = _first(lambda day: shift(day, quantity.months) >= ends[0], first, last)
    high = _first(lambda day: shift(day, quantity.months) > ends[1], first, last) - 1
    constant = quantity.of.constant
    return low <= high and _narrow(quantity.of.terms, low - constant, high - constant, box)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The least day from which on `holds`, which never turns false again; high + 1 if none."""
    if not holds(high):
        return high + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _reach(quantity: Quantity, box: Mapping[Key, Interval]) -> Interval:
    if isinstance(quantity, str):
        return box[quantity]
    low, high = _inner(quantity, box)
    return shift(low, quantity.months), shift(high, quantity.months)


def _inner(quantity: Shifted, box: Mapping[Key, Interval]) -> Interval:
    """What is moved lies in the calendar: the model has bounded offsets."""
    reach = [_scaled(c, _reach(inner, box)) for c, inner in quantity.of.terms]
    constant = quantity.of.constant
    return sum(low for low, _ in reach) + constant, sum(high for _, high in reach) + constant


def _scaled(factor: int, reach: Interval) -> Interval:
    low, high = sorted((factor * reach[0], factor * reach[1]))
    return low, high
