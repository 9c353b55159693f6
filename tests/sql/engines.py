"""Real engines: a table made of rows, and what SQL says of each of them, by key."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import duckdb
from tests.sql.rows import Expected, Row, Table

from privity.emit.sql.statements import emit_sql

TYPES = {
    "duckdb": {"text": "VARCHAR", "boolean": "BOOLEAN", "integer": "BIGINT", "date": "DATE"},
    "postgres": {"text": "TEXT", "boolean": "BOOLEAN", "integer": "BIGINT", "date": "DATE"},
    "sqlite": {"text": "TEXT", "boolean": "INTEGER", "integer": "INTEGER", "date": "TEXT"},
}


class Connection(Protocol):
    """What the tests use of a database."""

    def execute(self, query: Any, parameters: Any = ..., /) -> Any: ...


Engine = tuple[str, Connection]


def open_sqlite() -> Engine:
    return "sqlite", sqlite3.connect(":memory:")


def open_duckdb() -> Engine:
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    return "duckdb", connection


OPEN: dict[str, Callable[[], Engine]] = {"sqlite": open_sqlite, "duckdb": open_duckdb}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def fill(engine: Engine, table: Table, rows: Sequence[Row]) -> None:
    """The table `asked`, anew, with these rows."""
    dialect, connection = engine
    types = TYPES[dialect]
    declared = ", ".join(f"{quoted(name)} {types[kind]}" for name, kind in table.types.items())
    connection.execute("DROP TABLE IF EXISTS asked")
    connection.execute(f"CREATE TABLE asked ({declared})")
    mark = "%s" if dialect == "postgres" else "?"
    marks = ", ".join(mark for _ in table.types)
    for row in rows:
        values = [_stored(dialect, row[name]) for name in table.types]
        connection.execute(f"INSERT INTO asked VALUES ({marks})", values)


def _stored(dialect: str, value: object) -> object:
    if dialect == "sqlite" and isinstance(value, datetime.date):
        return value.isoformat()
    return int(value) if dialect == "sqlite" and isinstance(value, bool) else value


def said(engine: Engine, table: Table) -> dict[int, tuple[Expected, bool]]:
    """By key: outcome and deciding rules by the view, and whether the filter returns the row."""
    dialect, _ = engine
    policy, columns = table.policy, table.columns
    view = emit_sql(policy, columns, dialect, "view")
    where = emit_sql(policy, columns, dialect, "filter")
    kept = {row[0] for row in run(engine, f'SELECT "row id" FROM asked WHERE {where}')}
    found: dict[int, tuple[Expected, bool]] = {}
    for key, outcome, *decide in run(engine, view):
        assert all(each in (True, False) for each in decide)
        pairs = zip(policy.rules, decide, strict=True)
        rules = tuple(rule.name for rule, decides in pairs if decides)
        found[key] = Expected(outcome, rules), key in kept
    return found


def run(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    # Without parameters psycopg takes a percent sign as it stands.
    return list(engine[1].execute(query).fetchall())
