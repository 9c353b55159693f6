"""Calendar months on ordinals (`datetime.date.toordinal`), clipped to the end of the month."""

from __future__ import annotations

import calendar
import datetime


def shift(day: int, months: int) -> int:
    """The ordinal of `day` moved by `months`: 31 January + 1 month is the last day of February.

    The model bounds dates and offsets so that the result lies in the years 1 to 9999.
    """
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(date.day, last)).toordinal()
