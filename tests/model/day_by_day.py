"""A calendar counted out month by month, without `datetime`."""

from __future__ import annotations

from functools import cache

START = 1600
"""A cycle of 400 years starts here; shifts look 100 years beyond it on either side."""
CYCLE_MONTHS = range((START - 1) * 12, (START + 399) * 12)


def length(year: int, month: int) -> int:
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


@cache
def months() -> list[tuple[int, int]]:
    """The first ordinal and the length of each month from the year 1 to 2300."""
    found, day = [], 1
    for year in range(1, 2301):
        for month in range(1, 13):
            found.append((day, length(year, month)))
            day += length(year, month)
    return found


def cycle() -> range:
    """The ordinals of the days of the cycle."""
    return range(months()[CYCLE_MONTHS.start][0], months()[CYCLE_MONTHS.stop][0])


def moved(count: int) -> list[int]:
    """Where each day of the cycle goes when it is moved by so many months."""
    found: list[int] = []
    for number in CYCLE_MONTHS:
        _, here = months()[number]
        target, there = months()[number + count]
        found += range(target, target + min(here, there))
        found += [target + there - 1] * (here - there)
    return found
