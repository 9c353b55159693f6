"""What the naive implementation computes with, and its own arithmetic of months."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Days:
    count: int


@dataclass(frozen=True)
class Months:
    count: int


Value = bool | int | str | datetime.date | Days | Months | frozenset[str] | None
"""A leaf is the name that requests call it by. A duration fact is a number of days."""

Values = dict[str, Value]
"""A request: the value of each role and fact by name. What is absent is missing."""

ONE_DAY = datetime.timedelta(days=1)
FIRST_DAY, LAST_DAY = datetime.date(1700, 1, 1), datetime.date(9899, 12, 31)


class UnguardedError(Exception):
    """A fact that is none stands where only a value has a meaning."""


def months_later(day: datetime.date, months: int) -> datetime.date:
    """One month after the other, on the day of the month wanted or the last one that exists."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        elif month == 0:
            year, month = year - 1, 12
    first = datetime.date(year, month, 1)
    days = [first + number * ONE_DAY for number in range(day.day)]
    return [each for each in days if each.month == month][-1]


def plus(left: Value, right: Value) -> Value:
    match left, right:
        case datetime.date(), Days(count):
            return left + count * ONE_DAY
        case datetime.date(), Months(count):
            return months_later(left, count)
        case Days(a), Days(b):
            return Days(a + b)
        case Months(a), Months(b):
            return Months(a + b)
        case int(), int():
            return left + right
        case _:
            raise TypeError(f"{left!r} + {right!r}")


def minus(left: Value, right: Value) -> Value:
    if isinstance(left, datetime.date) and isinstance(right, datetime.date):
        return Days((left - right).days)
    return plus(left, times(-1, right))


def times(factor: int, value: Value) -> Value:
    match value:
        case Days(count):
            return Days(factor * count)
        case Months(count):
            return Months(factor * count)
        case int():
            return factor * value
        case _:
            raise TypeError(f"{factor} times {value!r}")


def sign(left: Value, right: Value) -> int:
    """-1, 0 or 1 as `left` is less than, equal to or more than `right`."""
    match left, right:
        case Days(a), Days(b):
            return (a > b) - (a < b)
        case Months(a), Months(b):
            return (a > b) - (a < b)
        case datetime.date(), datetime.date():
            return (left > right) - (left < right)
        case int(), int() if not isinstance(left, bool):
            return (left > right) - (left < right)
        case _:
            raise TypeError(f"{left!r} against {right!r}")
