"""What real engines say of a table is what the generated checker says of each of its rows."""

from __future__ import annotations

import datetime
from itertools import product
from random import Random

import pytest
from tests.emit.random_policies import random_policy
from tests.generators.policies import resolved
from tests.sql.engines import OPEN, TYPES, fill, quoted, run, said
from tests.sql.policies import ZOO, table_of
from tests.sql.rows import ODD, Checked, Row, Table, random_row, random_table, stated

from privity.emit.sql.statements import emit_sql

NIGHTLY = [pytest.param(seed, marks=pytest.mark.nightly) for seed in range(25, 300)]


@pytest.mark.parametrize("dialect", OPEN)
@pytest.mark.parametrize("seed", [*range(25), *NIGHTLY])
def test_rows_are_decided_as_the_checker_decides_them(seed: int, dialect: str) -> None:
    random = Random(seed)
    table = random_table(random, random_policy(random), hostile=seed % 3 == 0)
    if table is None:
        pytest.skip("no mapping of this policy can be put in SQL")
    checked = Checked(table)
    odd = 0.05 if dialect == "sqlite" and seed % 2 else 0.0
    rows = [random_row(random, table, number, odd=odd) for number in range(150)]
    engine = OPEN[dialect]()
    fill(engine, table, rows)
    found = said(engine, table)
    assert found.keys() == {row["row id"] for row in rows}
    for row in rows:
        expected = checked.expected(row)
        assert found[row["row id"]] == (expected, expected.outcome == "permit"), stated(row)


def zoo() -> Table:
    return table_of(resolved(ZOO))


GOOD: Row = {
    "row id": 1,
    "data": "money",
    "recipient": "us",
    "purpose": "sale",
    "subject_member": True,
    "subject_born_on": datetime.date(1990, 1, 1),
    "disclosure_on": datetime.date(2026, 3, 1),
    "disclosure_count": 3,
    "disclosure_note": "it's \\ fine",
}


def decided(dialect: str, changes: Row) -> tuple[str | None, bool]:
    engine, table = OPEN[dialect](), zoo()
    fill(engine, table, [GOOD | changes])
    [(expected, kept)] = said(engine, table).values()
    return expected.outcome, kept


@pytest.mark.parametrize("dialect", OPEN)
def test_a_good_row_is_permitted(dialect: str) -> None:
    assert decided(dialect, {}) == ("permit", True)


WRONG = [
    *((name, odd) for name, kind in zoo().types.items() if name != "row id" for odd in ODD[kind]),
    ("data", None),
    ("data", "MONEY"),
    ("recipient", "us "),
    ("disclosure_count", 10),
    ("disclosure_on", datetime.date(1699, 12, 31)),
    ("subject_born_on", datetime.date(9900, 1, 1)),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_no_request_is_never_permitted(name: str, value: object) -> None:
    assert decided("sqlite", {name: value}) == (None, False)


@pytest.mark.parametrize("dialect", OPEN)
@pytest.mark.parametrize(("name", "value"), WRONG[-6:])
def test_nor_where_columns_have_types(dialect: str, name: str, value: object) -> None:
    assert decided(dialect, {name: value}) == (None, False)


def test_texts_that_are_days_are_known_in_sqlite() -> None:
    """Of every text that looks like a day, exactly the days are."""
    connection = OPEN["sqlite"]()[1]
    query = "SELECT ? = DATE(?, '+0 days'), JULIANDAY(?)"
    for year in (*range(0, 10_000, 97), 1700, 1900, 2000, 2024, 9899, 9999):
        for month, day in product(range(14), (0, 1, 28, 29, 30, 31, 32)):
            text = f"{year:04}-{month:02}-{day:02}"
            same, julian = connection.execute(query, [text] * 3).fetchone()
            known = ordinal(text)
            assert bool(same) == (known is not None) or year == 0, text
            assert known is None or julian == known + 1_721_424.5


def ordinal(text: str) -> int | None:
    try:
        return datetime.date.fromisoformat(text).toordinal()
    except ValueError:
        return None


@pytest.mark.parametrize("dialect", OPEN)
def test_a_column_with_another_collation_is_compared_by_its_characters(dialect: str) -> None:
    engine, table = OPEN[dialect](), zoo()
    fill(engine, table, [GOOD])
    connection = engine[1]
    kept = emit_sql(table.policy, table.columns, dialect, "filter")
    connection.execute("ALTER TABLE asked RENAME TO plain")
    declared = ", ".join(
        f"{quoted(name)} {TYPES[dialect][kind]}" + (" COLLATE NOCASE" if kind == "text" else "")
        for name, kind in table.types.items()
    )
    connection.execute(f"CREATE TABLE asked ({declared})")
    connection.execute("INSERT INTO asked SELECT * FROM plain")
    assert run(engine, f"SELECT data = 'MONEY', {kept} FROM asked") == [(True, True)]
    for column in ("data", "recipient", "purpose", "disclosure_note"):
        connection.execute("DELETE FROM asked")
        connection.execute("INSERT INTO asked SELECT * FROM plain")
        connection.execute(f"UPDATE asked SET {column} = upper({column})")
        assert run(engine, f"SELECT {kept} FROM asked") == [(False,)]
