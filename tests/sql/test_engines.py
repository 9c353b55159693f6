"""What real engines say of a table is what the generated checker says of each of its rows."""

from __future__ import annotations

from random import Random

import pytest
from tests.emit.random_policies import random_policy
from tests.sql.engines import OPEN, fill, said
from tests.sql.rows import Checked, random_row, random_table, stated


@pytest.mark.parametrize("dialect", OPEN)
@pytest.mark.parametrize("seed", range(25))
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
