"""The example of docs/sql.md: its policy and mapping give the filter that stands there."""

from __future__ import annotations

import datetime
import tomllib

import duckdb
from tests.docs.examples import Example, examples
from tests.generators.policies import resolved

from privity.emit.sql.statements import emit_sql
from privity.model.columns import read_columns
from privity.validate.sql import Proved, validate


def example(language: str) -> Example:
    [found] = [
        e for e in examples() if e.place.startswith("docs/sql.md") and e.language == language
    ]
    return found


def test_the_filter_is_what_the_command_writes() -> None:
    policy = resolved(example("privity").text)
    columns = read_columns(tomllib.loads(example("toml").text), policy)
    assert emit_sql(policy, columns, "duckdb", "filter") == example("sql").text
    result = validate(policy, columns, "duckdb", {"filter": example("sql").text})
    assert isinstance(result, Proved)
    assert result.tested == ()


def test_the_filter_returns_what_the_page_says() -> None:
    day = datetime.date(2026, 3, 1)
    rows = [
        (1, "name", "partner", True, day - datetime.timedelta(days=30), day),
        (2, "name", "partner", True, day - datetime.timedelta(days=29), day),
        (3, "name", "partner", None, day - datetime.timedelta(days=30), day),
        (4, "name", "partner", True, None, day),
        (5, "health", "partner", True, day - datetime.timedelta(days=30), day),
        (6, None, "partner", True, day - datetime.timedelta(days=30), day),
        (7, "name", "nobody", True, day - datetime.timedelta(days=30), day),
        (8, "name", "partner", True, day - datetime.timedelta(days=30), None),
    ]
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE asked (id INT, category TEXT, recipient TEXT, is_customer BOOLEAN, "
        "notice_on DATE, day DATE)"
    )
    connection.executemany("INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?)", rows)
    found = connection.execute(f"SELECT id FROM asked WHERE {example('sql').text}").fetchall()
    assert found == [(1,)]
