"""PostgreSQL says of a table what the generated checker says of each of its rows."""

from __future__ import annotations

from random import Random

import pytest
from tests.emit.random_policies import random_policy
from tests.sql.engines import Engine, fill, run, said
from tests.sql.policies import corpus, table_of
from tests.sql.rows import Checked, Table, random_row, random_table, stated


def agree(engine: Engine, table: Table, random: Random, count: int) -> None:
    checked = Checked(table)
    rows = [random_row(random, table, number) for number in range(count)]
    fill(engine, table, rows)
    found = said(engine, table)
    assert found.keys() == {row["row id"] for row in rows}
    for row in rows:
        expected = checked.expected(row)
        assert found[row["row id"]] == (expected, expected.outcome == "permit"), stated(row)


@pytest.mark.parametrize("seed", range(100, 115))
def test_rows_are_decided_as_the_checker_decides_them(postgres: Engine, seed: int) -> None:
    random = Random(seed)
    table = random_table(random, random_policy(random), hostile=seed % 2 == 0)
    if table is None:
        pytest.skip("no mapping of this policy can be put in SQL")
    agree(postgres, table, random, 120)


def test_the_corpus_too(postgres: Engine) -> None:
    agree(postgres, table_of(corpus("customer_privacy")), Random(7), 400)


def test_infinite_days_are_no_requests(postgres: Engine) -> None:
    table = table_of(corpus("customer_privacy"))
    row = random_row(Random(1), table, 1)
    fill(postgres, table, [row])
    run_ = "UPDATE asked SET disclosure_on = 'infinity', subject_opt_out_notice_on = '-infinity'"
    postgres[1].execute(run_)
    [(expected, kept)] = said(postgres, table).values()
    assert (expected.outcome, expected.rules, kept) == (None, (), False)
    assert run(postgres, "SELECT count(*) FROM asked") == [(1,)]
