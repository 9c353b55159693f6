"""What each dialect can do, and how it says it. What is not here a dialect cannot do."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from privity.emit.sql.conditions import Node, string, total

Name = Literal["duckdb", "sqlite", "postgres", "spark", "snowflake", "bigquery"]
EPOCH = datetime.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write SQL.

    `typed`: a column holds values of one type; SQLite's hold anything, so that types are tested.
    `collation`: how to say that texts compare by their characters; None where the mapping has to
    promise that columns do.
    `months`: that adding months clips to the month's end was seen on the engine itself.
    `longest`: of a name, in bytes of UTF-8 or in characters; longer ones are cut or refused.
    `letters`: what a name may be made of, where that is not everything but NUL.
    """

    name: Name
    typed: bool
    collation: str | None
    months: bool
    longest: tuple[int, Literal["bytes", "characters"]] | None
    letters: re.Pattern[str] | None = None


# Of BigQuery's names, in which a backslash escapes, what its manual allows in a column's.
_BIGQUERY = re.compile(r"[^\W]([\w &%=+:'<>#|~-])*", re.ASCII)

DIALECTS: dict[str, Dialect] = {
    one.name: one
    for one in (
        Dialect("duckdb", True, "C", True, None),
        Dialect("sqlite", False, "BINARY", True, None),
        Dialect("postgres", True, "C", True, (63, "bytes")),
        Dialect("spark", True, None, False, (255, "characters")),
        Dialect("snowflake", True, None, False, (255, "characters")),
        Dialect("bigquery", True, None, False, (300, "characters"), _BIGQUERY),
    )
}


def compared(dialect: Dialect, column: Node) -> Node:
    """A text column, compared by its characters whatever the collation that it has."""
    if dialect.collation is None:
        return column
    quoted = dialect.collation == "C"
    name = exp.to_identifier("C", quoted=True) if quoted else exp.Var(this=dialect.collation)
    return exp.Paren(this=exp.Collate(this=column, expression=name))


def date(dialect: Dialect, ordinal: int) -> Node:
    """A day, comparable with a date column."""
    text = string(datetime.date.fromordinal(ordinal).isoformat())
    return exp.Cast(this=text, to=exp.DataType.build("date")) if dialect.typed else text


def days_between(dialect: Dialect, later: Node, earlier: Node) -> Node:
    """How many days `later` is after `earlier`, a whole number."""
    match dialect.name:
        case "duckdb" | "postgres":
            return exp.Paren(this=exp.Sub(this=later, expression=earlier))
        case "sqlite":
            days = [exp.Anonymous(this="JULIANDAY", expressions=[day]) for day in (later, earlier)]
            return exp.Paren(this=exp.Sub(this=days[0], expression=days[1]))
        case "spark":
            return exp.Anonymous(this="DATEDIFF", expressions=[later, earlier])
        case "snowflake" | "bigquery":
            return exp.DateDiff(this=later, expression=earlier, unit=exp.Var(this="DAY"))


def day_number(dialect: Dialect, day: Node) -> Node:
    """Days since 1970-01-01."""
    return days_between(dialect, day, date(dialect, EPOCH))


def plus_days(dialect: Dialect, day: Node, parts: list[tuple[int, Node]], constant: int) -> Node:
    """A date so many days later; of parts SQLite can take none."""
    if not parts and constant == 0:
        return day
    if dialect.name == "sqlite":
        assert not parts
        return exp.Anonymous(this="DATE", expressions=[day, string(f"{constant:+d} days")])
    number = exp.Cast(this=total(parts, constant), to=exp.DataType.build("int"))
    return exp.Paren(this=exp.Add(this=day, expression=number))


def plus_months(dialect: Dialect, day: Node, months: int) -> Node:
    """A date so many calendar months later, clipped to the end of the month."""
    assert dialect.months
    if dialect.name != "sqlite":
        interval = exp.Interval(this=string(str(months)), unit=exp.Var(this="MONTH"))
        later = exp.Add(this=day, expression=interval)
        return exp.Cast(this=later, to=exp.DataType.build("date"))
    # Past the end of a month SQLite goes on into the next one: the earlier of that and the end,
    # which it finds from the month after, beyond its calendar for the last month of all.
    over = [string(f"{months:+d} months")]
    end = [string("start of month"), string(f"{months + 1:+d} months"), string("-1 days")]
    moved, last = (exp.Anonymous(this="DATE", expressions=[day.copy(), *by]) for by in (over, end))
    bounded = exp.Coalesce(this=last, expressions=[string("9999-12-31")])
    return exp.Anonymous(this="MIN", expressions=[moved, bounded])
