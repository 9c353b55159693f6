"""Comparisons of dates and numbers in SQL, those with a value missing included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from privity.emit.sql.conditions import (
    Node,
    at_least,
    at_most,
    both,
    case,
    either,
    is_true,
    number,
    total,
    truth,
)
from privity.emit.sql.dialects import (
    EPOCH,
    Dialect,
    date,
    day_number,
    days_between,
    plus_days,
    plus_months,
)
from privity.emit.sql.questions import Sum, pairs
from privity.emit.sql.readings import Reading
from privity.lower.questions import Terms
from privity.model.columns import Absent, Fixed, Refusal
from privity.model.formula import Key, Linear, Quantity, Shifted, facts_of, steady
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    DateType,
    DurationType,
    IntegerType,
)

Interval = tuple[int | None, int | None]
"""The sums above the first number, up to the second; None: without a bound."""
JUMP = 4
"""The most days by which a date moved by months grows when the date grows by one."""

Tried = Mapping[Key, Node]
"""For a date or number that settles several sums: its value, or one that it might have."""


@dataclass
class Sums:
    """Sums of one policy, in one dialect. What it cannot say is in `refusals`."""

    dialect: Dialect
    readings: Mapping[Key, Reading]
    tried: tuple[Key, ...]
    refusals: list[Refusal] = field(default_factory=list)

    def condition(self, asked: Sum, arms: Iterable[int], values: Tried) -> Node:
        """Whether one of these arms is possible, for a row none of whose facts is none.

        `values` stands in for what is tried out; the rest of what is missing is looked at here.
        """
        if any(self.readings[k].place == Fixed(None) for k in facts_of(asked.terms)):
            return truth(True)  # never asked: none is an answer of its own
        intervals = _intervals(asked, arms)
        missing = [k for k in sorted(facts_of(asked.terms)) if self.readings[k].can_miss]
        opaque = self._opaque(asked.terms, missing)
        absent = [key for key in missing if key not in values and self._absent(key)]
        if is_true(opaque):
            return opaque
        if absent:
            return either([opaque, self._reachable(asked, intervals, absent[0], values)])
        known = self._within(asked.terms, intervals, values)
        alone = [
            (self.readings[key].missing(), self._reachable(asked, intervals, key, values))
            for key in missing
            if key not in self.tried and steady(asked.terms, key)
        ]
        if all(is_true(reach) for _, reach in alone):
            return either([opaque, *(flag for flag, _ in alone), known])
        return case([(opaque, truth(True)), *alone], known)

    def _absent(self, key: Key) -> bool:
        return isinstance(self.readings[key].place, Absent)

    def _opaque(self, terms: Terms, missing: Sequence[Key]) -> Node:
        """Whether the comparisons are free: two facts missing, or one that is not steady."""
        flag = {key: self.readings[key].missing for key in missing}
        unsteady = [flag[key]() for key in missing if not steady(terms, key)]
        return either([*unsteady, *(both([flag[a](), flag[b]()]) for a, b in pairs(missing))])

    # -------------------------------------------------------------- known

    def _within(self, terms: Terms, intervals: Sequence[Interval], values: Tried) -> Node:
        """Whether the sum lies in one of these."""
        if len(terms) == 1 and self._is_plain_date(terms[0], values):
            reading = self.readings[_key(terms[0][1])]
            return either(self._on_days(reading, *_clipped(interval)) for interval in intervals)
        return self._lies(terms, intervals, values)

    def _on_days(self, reading: Reading, low: int | None, high: int | None) -> Node:
        """Whether a date lies after the day `low`, not after the day `high`."""
        first = None if low is None else date(self.dialect, low + 1)
        last = None if high is None else date(self.dialect, high)
        return _compared(reading.day(), first, last)

    def _is_plain_date(self, term: tuple[int, Quantity], values: Tried) -> bool:
        coefficient, quantity = term
        if not isinstance(quantity, str) or quantity in values or self.readings[quantity].fixed:
            return False
        return coefficient == 1 and self._is_date(quantity)

    def _lies(self, terms: Terms, intervals: Sequence[Interval], values: Tried) -> Node:
        """The same, of whole numbers."""
        parts, shift = self._parts(terms, values)
        if not parts:
            return truth(any(_inside(shift, low, high) for low, high in intervals))
        whole = total(parts)
        return either(_between(whole.copy(), low, high, shift) for low, high in intervals)

    def _parts(self, terms: Terms, values: Tried) -> tuple[list[tuple[int, Node]], int]:
        """The sum as whole numbers, and what is to be added to it."""
        plus: list[Node] = []
        minus: list[Node] = []
        parts: list[tuple[int, Node]] = []
        constant = 0
        for coefficient, quantity in terms:
            if isinstance(quantity, str) and quantity in values:
                parts.append((coefficient, values[quantity].copy()))
                constant += coefficient * self._base(quantity)
            elif isinstance(quantity, str) and self.readings[quantity].fixed:
                fixed = self.readings[quantity].constant
                constant += coefficient * (fixed if isinstance(fixed, int) else 0)
            elif self._is_date(quantity):
                side = plus if coefficient > 0 else minus
                side.extend(self._date(quantity) for _ in range(abs(coefficient)))
            else:
                parts.append((coefficient, self.readings[_key(quantity)].integer()))
        while plus and minus:
            parts.insert(0, (1, days_between(self.dialect, plus.pop(0), minus.pop(0))))
        parts += [(1, day_number(self.dialect, day)) for day in plus]
        parts += [(-1, day_number(self.dialect, day)) for day in minus]
        return parts, constant + EPOCH * (len(plus) - len(minus))

    def _is_date(self, quantity: Quantity) -> bool:
        if isinstance(quantity, Shifted):
            return True
        return isinstance(self.readings[quantity].kind, DateType)

    def _date(self, quantity: Quantity, low: Mapping[Key, int] | None = None) -> Node:
        """A quantity that is a date, as a date; with the days of `low` in place of those facts."""
        if isinstance(quantity, str):
            chosen = (low or {}).get(quantity)
            return self.readings[quantity].day() if chosen is None else date(self.dialect, chosen)
        if not self.dialect.months:
            self._refuse(
                "sql-months",
                f"calendar months cannot be added in {self.dialect.name}",
                "count in days, or choose a dialect that was seen to clip to the month's end",
            )
            return truth(False)
        return plus_months(self.dialect, self._moved(quantity.of, low), quantity.months)

    def _moved(self, linear: Linear, low: Mapping[Key, int] | None) -> Node:
        """A date and days, as a date."""
        dates = [term for term in linear.terms if self._is_date(term[1])]
        others = [term for term in linear.terms if not self._is_date(term[1])]
        sqlite = not self.dialect.typed
        if len(dates) != 1 or dates[0][0] != 1 or (others and sqlite):
            self._refuse(
                "sql-shift",
                f"what months are added to is more than a date and days, in {self.dialect.name}",
                "decide such requests with the generated checker",
            )
            return truth(False)
        parts = [(c, self._whole(_key(quantity), low)) for c, quantity in others]
        return plus_days(self.dialect, self._date(dates[0][1], low), parts, linear.constant)

    def _whole(self, key: Key, low: Mapping[Key, int] | None) -> Node:
        chosen = (low or {}).get(key)
        return self.readings[key].integer() if chosen is None else number(chosen)

    # -------------------------------------------------------------- one value missing

    def _reachable(
        self, asked: Sum, intervals: Sequence[Interval], key: Key, values: Tried
    ) -> Node:
        """Whether some value of `key`, which alone is missing, brings the sum into one of these.

        The sum is monotone in it, and grows in steps of at most `stride`, so that it comes
        into an interval at least so long if it comes to both sides of it.
        """
        stride, rising = _stride(asked.terms, key)
        if any(b - a < stride for a, b in zip(asked.bounds, asked.bounds[1:], strict=False)):
            self._refuse(
                "sql-steps",
                f"not every value of a sum with `{key}` is reached, and rules ask for single ones",
                f"where the column of `{key}` is never NULL, say never_null = true",
            )
        least, most = self._range(key)
        ends = (least, most) if rising else (most, least)
        return either(
            both(
                [
                    self._from(asked.terms, key, ends[0], (None, high), values),
                    self._from(asked.terms, key, ends[1], (low, None), values),
                ]
            )
            for low, high in intervals
        )

    def _from(self, terms: Terms, key: Key, value: int, interval: Interval, values: Tried) -> Node:
        """Whether the sum lies in `interval` where `key` has `value`."""
        if interval == (None, None):
            return truth(True)
        rest = tuple((c, quantity) for c, quantity in terms if quantity != key)
        if len(rest) < len(terms):
            coefficient = next(c for c, quantity in terms if quantity == key)
            return self._bounded(rest, interval, values, coefficient * value)
        place = next(n for n, (_, q) in enumerate(terms) if key in facts_of(((1, q),)))
        coefficient, quantity = terms[place]
        others = (*terms[:place], *terms[place + 1 :])
        parts, constant = self._parts(others, values)
        day = day_number(self.dialect, self._date(quantity, {key: value}))
        shift = constant + coefficient * EPOCH
        return _between(total([*parts, (coefficient, day)]), *interval, shift)

    def _bounded(self, rest: Terms, interval: Interval, values: Tried, constant: int) -> Node:
        """The same for a sum of known facts, and certain where their ranges leave no choice."""
        low, high = interval
        if all(isinstance(quantity, str) and quantity not in values for _, quantity in rest):
            ranges = [(c, self._range(_key(quantity))) for c, quantity in rest]
            least = constant + sum(c * (r[0] if c > 0 else r[1]) for c, r in ranges)
            most = constant + sum(c * (r[1] if c > 0 else r[0]) for c, r in ranges)
            if _inside(least, low, high) and _inside(most, low, high):
                return truth(True)
        moved = tuple(None if bound is None else bound - constant for bound in interval)
        if len(rest) == 1 and rest[0][0] == -1 and self._is_plain_date((1, rest[0][1]), values):
            # -day > low is day < -low: the day by itself reads better.
            least_day = None if moved[1] is None else -moved[1] - 1
            most_day = None if moved[0] is None else -moved[0] - 1
            return self._within(((1, rest[0][1]),), [(least_day, most_day)], values)
        return (
            self._within(rest, [(moved[0], moved[1])], values)
            if rest
            else truth(_inside(constant, low, high))
        )

    def _range(self, key: Key) -> tuple[int, int]:
        reading = self.readings[key]
        if reading.fixed and isinstance(reading.constant, int):
            return reading.constant, reading.constant
        match reading.kind:
            case IntegerType(low, high) | DurationType(low, high):
                return low, high
            case _:
                return FIRST_DAY.toordinal(), LAST_DAY.toordinal()

    # -------------------------------------------------------------- values to try

    def candidates(self, key: Key, sums: Iterable[Sum]) -> list[Node]:
        """The values of `key` that have to be tried where it is missing, each as a whole number:
        its least, and each from which on a comparison of known facts comes out otherwise."""
        found = [self._or_value(key, number(self._range(key)[0] - self._base(key)))]
        for asked in sums:
            coefficient = next(c for c, quantity in asked.terms if quantity == key)
            for bound in asked.bounds:
                found.append(self._or_value(key, self._threshold(asked, key, coefficient, bound)))
        return found

    def _threshold(self, asked: Sum, key: Key, coefficient: int, bound: int) -> Node:
        """The least value from which on the sum lies on the other side of `bound`."""
        rest = tuple((c, quantity) for c, quantity in asked.terms if quantity != key)
        parts, constant = self._parts(tuple((-coefficient * c, q) for c, q in rest), {})
        base = self._base(key)
        # Rising: bound + 1 - rest. Falling: rest - bound.
        start = bound + 1 if coefficient == 1 else -bound
        threshold = total(parts, start + constant - base)
        least, most = self._range(key)
        if not parts:
            return number(min(max(start + constant, least), most) - base)
        inside = both(
            [
                at_least(threshold.copy(), number(least - base)),
                at_most(threshold.copy(), number(most - base)),
            ]
        )
        return case([(inside, threshold)], number(least - base))

    def _base(self, key: Key) -> int:
        """The day from which dates are counted, where they are whole numbers."""
        return EPOCH if isinstance(self.readings[key].kind, DateType) else 0

    def _or_value(self, key: Key, candidate: Node) -> Node:
        """The value that the row states, else the candidate."""
        reading = self.readings[key]
        if isinstance(reading.place, Absent):
            return candidate
        stated = reading.integer()
        if isinstance(reading.kind, DateType):
            stated = day_number(self.dialect, reading.day())
        return case([(reading.any_null(), candidate)], stated)

    def _refuse(self, code: str, what: str, mend: str) -> None:
        refusal = Refusal(code, what, mend)
        if refusal not in self.refusals:
            self.refusals.append(refusal)


# ------------------------------------------------------------------ intervals


def _intervals(asked: Sum, arms: Iterable[int]) -> list[Interval]:
    """The intervals that these arms are, those side by side as one."""
    last = len(asked.bounds)
    found: list[Interval] = []
    for arm in sorted(arms):
        if arm > last:
            continue
        low = asked.bounds[arm - 1] if arm > 0 else None
        high = asked.bounds[arm] if arm < last else None
        if found and found[-1][1] == low and low is not None:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _clipped(interval: Interval) -> Interval:
    """The same within the days that there are."""
    low, high = interval
    first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
    return (
        None if low is None or low < first else min(low, last),
        None if high is None or high >= last else max(high, first - 1),
    )


def _compared(node: Node, least: Node | None, most: Node | None) -> Node:
    if least is not None and most is not None and least == most:
        return exp.EQ(this=node, expression=least)
    tests = [] if least is None else [at_least(node, least)]
    tests += [] if most is None else [at_most(node.copy(), most)]
    return both(tests)


def _between(whole: Node, low: int | None, high: int | None, shift: int) -> Node:
    """Whether `whole` and `shift` come to more than `low` and at most `high`."""
    least = None if low is None else number(low + 1 - shift)
    most = None if high is None else number(high - shift)
    return _compared(whole, least, most)


def _inside(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or low < value) and (high is None or value <= high)


def _key(quantity: Quantity) -> Key:
    assert isinstance(quantity, str)
    return quantity


def _stride(terms: Terms, key: Key) -> tuple[int, bool]:
    """By how much the sum changes at most when `key` grows by one, and whether it then grows."""
    for coefficient, quantity in terms:
        if quantity == key:
            return abs(coefficient), coefficient > 0
        if isinstance(quantity, Shifted) and key in facts_of(quantity.of.terms):
            inner, rising = _stride(quantity.of.terms, key)
            return abs(coefficient) * inner * JUMP, rising == (coefficient > 0)
    raise AssertionError(key)
