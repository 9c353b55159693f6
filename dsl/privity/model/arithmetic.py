"""Arithmetic on dates, numbers and durations, with bounds checked by interval analysis."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Literal

from privity.model.linear import add, constant, scale, shifted
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    MOST_INTEGER,
    MOST_OFFSET_DAYS,
    MOST_OFFSET_MONTHS,
)
from privity.model.values import Number, described


class NumberError(Exception):
    """A sum that has no meaning: of the wrong kind (`expected`, `found`) or out of bounds."""

    def __init__(self, message: str, expected: str = "", found: str = "") -> None:
        super().__init__(message)
        self.expected, self.found = expected, found


def literal_integer(value: int) -> Number:
    return _bounded(Number("integer", constant(value), value, value))


def literal_date(value: datetime.date) -> Number:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise NumberError(f"the day lies outside {FIRST_DAY} to {LAST_DAY}")
    day = value.toordinal()
    return Number("date", constant(day), day, day)


def times(factor: int, operand: Number) -> Number:
    """`factor * operand`; not for dates. Raises NumberError."""
    if operand.kind == "date":
        raise NumberError("", "a number or duration", "a date")
    ends = sorted((factor * operand.low, factor * operand.high))
    linear = scale(factor, operand.linear)
    return _bounded(Number(operand.kind, linear, ends[0], ends[1]))


def plus(left: Number, sign: Literal["+", "-"], right: Number) -> Number:
    """`left + right` or `left - right`. Raises NumberError.

    A date takes days and months; two dates have a difference in days; all else adds its own kind.
    """
    if left.kind == "date" and right.kind == "date" and sign == "-":
        return _days_between(left, right)
    moved = right if sign == "+" else times(-1, right) if right.kind != "date" else right
    if left.kind == "date" and moved.kind == "days":
        return _moved_by_days(left, moved)
    if left.kind == "date" and moved.kind == "months":
        return _moved_by_months(left, moved)
    if left.kind != moved.kind or left.kind == "date":
        wanted = "a duration" if left.kind == "date" else described(left)
        raise NumberError("", wanted, described(right))
    linear = add(left.linear, moved.linear)
    return _bounded(Number(left.kind, linear, left.low + moved.low, left.high + moved.high))


def _days_between(left: Number, right: Number) -> Number:
    linear = add(left.linear, scale(-1, right.linear))
    slack = left.days + right.days + 31 * (left.months + right.months)
    low, high = left.low - right.high - slack, left.high - right.low + slack
    return _bounded(Number("days", linear, low, high))


def _moved_by_days(date: Number, days: Number) -> Number:
    most = max(abs(days.low), abs(days.high))
    linear = add(date.linear, days.linear)
    return _within_reach(replace(date, linear=linear, days=date.days + most, bare=None))


def _moved_by_months(date: Number, months: Number) -> Number:
    count = months.linear.constant
    moved = replace(date, months=date.months + abs(count), bare=None)
    return replace(_within_reach(moved), linear=shifted(date.linear, count))


def _within_reach(date: Number) -> Number:
    """Offsets total at most 100 years, so that no target's calendar overflows.

    Days and months together leave a month to spare: months are of different lengths.
    """
    days = date.days + 31 if date.days and date.months else date.days
    share = days * MOST_OFFSET_MONTHS + date.months * MOST_OFFSET_DAYS
    if share > MOST_OFFSET_DAYS * MOST_OFFSET_MONTHS:
        raise NumberError("the offsets to a date total more than 100 years")
    return date


def _bounded(number: Number) -> Number:
    if not -MOST_INTEGER <= number.low <= number.high <= MOST_INTEGER:
        raise NumberError("the number may leave the range of +-(2^53-1)")
    return number
