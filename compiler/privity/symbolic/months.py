"""Calendar shifts in proofs: a fresh integer with lemmas, refined where a model does not replay.

Each lemma is true of the calendar (tests check them over the 400-year cycle), so what is proved
with them is proved of the calendar. A model may violate the calendar; `refinement` then adds the
exact meaning for the month that the model used.
"""

from __future__ import annotations

import datetime
from calendar import monthrange
from collections.abc import Iterator, Mapping
from functools import lru_cache

from privity.model.calendar import shift
from privity.symbolic import factory
from privity.symbolic.factory import Term

EARLIEST, LATEST = datetime.date(1600, 1, 1), datetime.date(9999, 12, 31)
CYCLE_START = 2000  # any year: the calendar repeats after 400
CYCLE_MONTHS = 4800


@lru_cache(maxsize=256)
def bounds(months: int) -> tuple[int, int]:
    """The least and greatest number of days by which a shift moves any day."""
    moved = [shift(day, months) - day for day in _month_ends()]
    return min(moved), max(moved)


@lru_cache(maxsize=1)
def _month_ends() -> tuple[int, ...]:
    """The first and the last four days of every month of a cycle: the extremes lie there."""
    days: list[int] = []
    middle = CYCLE_START + 2000  # far from the ends of the calendar
    for number in range(CYCLE_MONTHS):
        year, month = middle + number // 12, number % 12 + 1
        first = datetime.date(year, month, 1).toordinal()
        last = first + monthrange(year, month)[1] - 1
        days += [first, *range(last - 3, last + 1)]
    return tuple(days)


def declarations(shifts: Mapping[tuple[Term, int], str]) -> Iterator[str]:
    """The commands that declare each shift's result, and the day that it moves, with lemmas.

    Both lie within what dates and offsets can come to, which the model has checked.
    """
    low, high = EARLIEST.toordinal(), LATEST.toordinal()
    for (day, _), name in shifts.items():
        yield f"(declare-const {name} Int)"
        yield f"(declare-const {name}.day Int)"
        yield f"(assert (= {name}.day {day}))"
        yield f"(assert {factory.between(low, f'{name}.day', high)})"
        yield f"(assert {factory.between(low, name, high)})"
    for lemma in lemmas(shifts):
        yield f"(assert {lemma})"


def lemmas(shifts: Mapping[tuple[Term, int], str]) -> Iterator[Term]:
    """Bounds of each shift, and that shifts are monotone in the day and in the months."""
    rows = [(day, months, name) for (day, months), name in shifts.items()]
    for day, months, name in rows:
        low, high = bounds(months)
        yield f"(<= (+ {day} {factory.number(low)}) {name} (+ {day} {factory.number(high)}))"
    for number, (day, months, name) in enumerate(rows):
        for other, others, twin in rows[number + 1 :]:
            yield from _monotone((day, months, name), (other, others, twin))
            yield from _monotone((other, others, twin), (day, months, name))


def _monotone(lesser: tuple[Term, int, str], greater: tuple[Term, int, str]) -> Iterator[Term]:
    (day, months, name), (other, others, twin) = lesser, greater
    if months <= others:
        yield f"(=> (<= {day} {other}) (<= {name} {twin}))"


def refinement(day: Term, months: int, name: str, value: int) -> Term:
    """What the shift means for all days of the month that the ordinal `value` lies in."""
    date = datetime.date.fromordinal(value)
    first = date.replace(day=1).toordinal()
    last = first + monthrange(date.year, date.month)[1] - 1
    target = shift(first, months)
    end = shift(last, months)
    clipped = first + (end - target)  # from here on the result is the end of the target month
    exact = f"(ite (<= {day} {clipped}) (= {name} (+ {day} {factory.number(target - first)}))"
    return f"(=> (<= {first} {day} {last}) {exact} (= {name} {end})))"
