"""Months against a calendar counted out otherwise, over the whole cycle of 400 years."""

from __future__ import annotations

import pytest
from tests.model.day_by_day import CYCLE_MONTHS, cycle, months, moved

from privity.model.calendar import shift

COUNTS = (1, -1, 2, 6, -11, 12, 13, -12, 48, 1199, -1200, 1200)


@pytest.mark.parametrize("count", COUNTS)
def test_every_day_of_the_cycle(count: int) -> None:
    assert [shift(day, count) for day in cycle()] == moved(count)


def test_the_ends_of_months_for_many_counts() -> None:
    """Clipping shows in the last four days; the years 1600 to 1604 and around 1700."""
    wrong = []
    for count in range(-1200, 1201, 7):
        for number in (*CYCLE_MONTHS[:60], *CYCLE_MONTHS[1190:1250]):
            first, here = months()[number]
            target, there = months()[number + count]
            for day in (1, here - 3, here - 2, here - 1, here):
                if shift(first + day - 1, count) != target + min(day, there) - 1:
                    wrong.append((first + day - 1, count))
    assert not wrong


def test_the_cycle_repeats() -> None:
    assert len(cycle()) == 146_097
    for day in cycle()[::29]:
        for count in (1, -25, 700):
            assert shift(day + 146_097, count) == shift(day, count) + 146_097


def test_moving_nowhere_and_there_and_back() -> None:
    """Back again only where nothing was clipped."""
    for number in CYCLE_MONTHS[:96]:
        first, here = months()[number]
        for day in range(here):
            assert shift(first + day, 0) == first + day
            back = shift(shift(first + day, 5), -5)
            assert first + min(day, 27) <= back <= first + day
