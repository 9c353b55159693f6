"""The policies of the corpus, in all dialects: proved, and the text on record."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.conftest import Golden
from tests.sql.engines import OPEN, fill, said
from tests.sql.policies import CORPUS, corpus, table_of
from tests.sql.rows import Checked, random_row, stated

from privity.emit.sql.dialects import DIALECTS
from privity.emit.sql.statements import WHATS, emit_sql
from privity.validate.sql import Proved, validate

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_is_proved_in_every_dialect(name: str, dialect: str) -> None:
    table = table_of(corpus(name))
    texts = {what: emit_sql(table.policy, table.columns, dialect, what) for what in WHATS[:3]}
    result = validate(table.policy, table.columns, dialect, texts)
    assert isinstance(result, Proved)
    assert result.tested == ()
    assert "disclosure.on" in result.exact


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_the_one_on_record(dialect: str, golden: Golden) -> None:
    table = table_of(corpus("customer_privacy"))
    text = emit_sql(table.policy, table.columns, dialect, "filter")
    assert text == emit_sql(table.policy, table.columns, dialect, "filter")
    golden(GOLDEN / f"customer_privacy.{dialect}.sql", text)


@pytest.mark.parametrize("dialect", OPEN)
@pytest.mark.parametrize("name", CORPUS)
def test_rows_are_decided_as_the_checker_decides_them(name: str, dialect: str) -> None:
    random = Random(name)
    table = table_of(corpus(name))
    checked = Checked(table)
    rows = [random_row(random, table, number) for number in range(400)]
    engine = OPEN[dialect]()
    fill(engine, table, rows)
    found = said(engine, table)
    for row in rows:
        expected = checked.expected(row)
        assert found[row["row id"]] == (expected, expected.outcome == "permit"), stated(row)
