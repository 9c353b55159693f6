"""Columns of days moved by months, and each day by itself."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from privity.emit.prelude.tables import _shift, _shift_all

FIRST, LAST = datetime.date(1999, 12, 1).toordinal(), datetime.date(2005, 3, 1).toordinal()


@pytest.mark.parametrize("months", [-1_200, -13, -12, -1, 1, 2, 11, 12, 48, 1_200])
def test_every_day_of_some_years(months: int) -> None:
    """A year that leaps, though a century, three that do not, and one that does."""
    days = np.arange(FIRST, LAST)
    assert _shift_all(days, months).tolist() == [_shift(day, months) for day in days.tolist()]


def test_the_ends_of_time() -> None:
    ends = [datetime.date(1700, 1, 1), datetime.date(9899, 12, 31)]
    days = np.array([day.toordinal() for day in ends])
    for months in (-1_200, 0, 1_200):
        assert _shift_all(days, months).tolist() == [_shift(day, months) for day in days.tolist()]


def test_what_is_no_day_does_no_harm() -> None:
    days = np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max, -1, 0])
    assert _shift_all(days, 3).shape == (4,)
