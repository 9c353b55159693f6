"""What is emitted for random policies is proved; months are added as the calendar does."""

from __future__ import annotations

import calendar
import datetime
from random import Random

import pytest
from sqlglot import exp
from tests.emit.random_policies import random_policy
from tests.sql.engines import OPEN, Engine, run
from tests.sql.rows import random_table

from privity.emit.sql.dialects import DIALECTS, date, plus_days, plus_months
from privity.emit.sql.statements import emit_sql
from privity.model.calendar import shift
from privity.model.columns import RefusedError
from privity.symbolic.solver import Limits
from privity.validate.sql import Proved, Undecided, validate


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("seed", range(8))
def test_what_is_emitted_is_proved(seed: int, dialect: str) -> None:
    random = Random(1_000 + seed)
    table = random_table(random, random_policy(random))
    if table is None:
        pytest.skip("no mapping of this policy can be put in SQL")
    table.raw["collation"] = "binary"
    policy, columns = table.policy, table.columns
    try:
        texts = {what: emit_sql(policy, columns, dialect, what) for what in ("filter", "view")}
    except RefusedError as error:
        assert {refusal.code for refusal in error.refusals} <= {"sql-months", "sql-shift"}
        pytest.skip(str(error))
    result = validate(policy, columns, dialect, texts, Limits(seconds=20))  # type: ignore[arg-type]
    assert isinstance(result, Proved | Undecided), result


# ------------------------------------------------------------------ months

MONTHS = (-1200, -13, -12, -1, 1, 2, 11, 12, 13, 1200)
YEARS = (1700, 1899, 1900, 1999, 2000, 2003, 2004, 9899)


def days() -> list[datetime.date]:
    found = []
    for year in YEARS:
        for month in range(1, 13):
            last = calendar.monthrange(year, month)[1]
            found += [
                datetime.date(year, month, day) for day in (1, 15, 28, 29, 30, 31) if day <= last
            ]
    return sorted(found)


def moved(engine: Engine, months: int) -> dict[int, int]:
    """Each day of the tests, and where the engine moves it by so many months."""
    dialect = DIALECTS[engine[0]]
    column = exp.column("day", quoted=True)
    after = plus_days(dialect, plus_months(dialect, column, months), [], -1)
    text = after.sql(dialect=dialect.name)
    values = ", ".join(
        f"({date(dialect, day.toordinal()).sql(dialect=dialect.name)})" for day in days()
    )
    rows = run(engine, f'WITH given("day") AS (VALUES {values}) SELECT "day", {text} FROM given')
    return {_ordinal(day): _ordinal(other) + 1 for day, other in rows}


def _ordinal(day: datetime.date | str) -> int:
    return (datetime.date.fromisoformat(day) if isinstance(day, str) else day).toordinal()


@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("dialect", OPEN)
def test_months_are_clipped_as_the_calendar_does(dialect: str, months: int) -> None:
    found = moved(OPEN[dialect](), months)
    assert found == {day.toordinal(): shift(day.toordinal(), months) for day in days()}


@pytest.mark.parametrize("months", MONTHS)
def test_months_are_clipped_in_postgres(postgres: Engine, months: int) -> None:
    found = moved(postgres, months)
    assert found == {day.toordinal(): shift(day.toordinal(), months) for day in days()}


def test_every_dialect_that_adds_months_is_tested() -> None:
    assert {name for name, one in DIALECTS.items() if one.months} == {*OPEN, "postgres"}
