"""What cannot be had is refused with a code and a mend; names of columns are only ever names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest
import sqlglot
from sqlglot import exp
from tests.generators.policies import resolved
from tests.sql.engines import OPEN, fill, said
from tests.sql.policies import ZOO, table_of
from tests.sql.rows import HOSTILE, Table
from tests.sql.test_engines import GOOD

from privity.emit.sql.dialects import DIALECTS
from privity.emit.sql.statements import MOST_QUESTIONS, WHATS, emit_sql
from privity.model.columns import RefusedError, read_columns
from privity.validate.sql import Proved, validate

HEAD = """\
policy p otherwise deny
taxonomy data { health money }
taxonomy recipient { us them }
taxonomy purpose { care sale }
fact subject.born_on : date
fact subject.seen_on : date
fact disclosure.on : date
fact disclosure.count : integer from 0 to 99
fact disclosure.more : integer from 0 to 99
fact disclosure.note : text
fact disclosure.other : text
"""
RULE = "permit r share data with anyone for any purpose when "


def table(condition: str, **places: Any) -> Table:
    return table_of(resolved(f"{HEAD}{RULE}{condition}\n"), **places)


def codes(of: Table, dialect: str = "duckdb", what: Any = "filter") -> set[str]:
    """Of all reasons to refuse; of none, empty."""
    try:
        emit_sql(of.policy, of.columns, dialect, what)
    except RefusedError as error:
        assert all(refusal.what and refusal.mend for refusal in error.refusals)
        return {refusal.code for refusal in error.refusals}
    return set()


NEVER = {"never_null": True}


def never(name: str) -> Mapping[str, Any]:
    return {"column": name, **NEVER}


def test_texts_that_hang_together() -> None:
    condition = 'disclosure.note is disclosure.other and disclosure.note is not "x"'
    assert codes(table(condition)) == {"sql-texts"}
    assert codes(table(condition, disclosure__note=never("note"))) == set()


def test_dates_that_settle_several_comparisons() -> None:
    plain = "subject.born_on is before 2000-01-01 and subject.born_on is before subject.seen_on"
    assert codes(table(plain)) == set()
    months = plain + " and subject.born_on + 2 months is before disclosure.on"
    assert codes(table(months)) == {"sql-together"}
    assert codes(table(months, subject__born_on=never("born"))) == set()


def test_sums_that_do_not_reach_every_value() -> None:
    condition = "3 times disclosure.count is disclosure.more"
    assert codes(table(condition)) == {"sql-steps"}
    sure = {"disclosure__count": never("count"), "disclosure__more": never("more")}
    assert codes(table(condition, **sure)) == set()


def test_too_many_comparisons_of_one_sum() -> None:
    some = [f"disclosure.count is at most disclosure.more + {n}" for n in range(7)]
    assert codes(table(" or ".join(some[:6]))) == set()
    assert codes(table(" or ".join(some))) == {"sql-many-comparisons"}


@pytest.mark.parametrize("dialect", ["spark", "snowflake", "bigquery"])
def test_months_that_no_engine_of_the_tests_adds(dialect: str) -> None:
    assert codes(table("subject.born_on + 2 months is before disclosure.on"), dialect) == {
        "sql-months"
    }


def test_texts_that_may_compare_by_more() -> None:
    plain = table("disclosure.count is at most 3")
    del plain.raw["collation"]
    assert codes(plain, "spark") == {"sql-collation"}
    assert codes(plain, "postgres") == set()


def test_what_the_mapping_leaves_out() -> None:
    one = table("disclosure.count is at most 3")
    del one.raw["facts"]["disclosure.note"]
    assert codes(one) == set()
    del one.raw["facts"]["disclosure.count"]
    assert codes(one) == {"sql-unmapped"}
    one.raw["facts"]["disclosure.count"] = {"missing": True}
    assert codes(one) == set()


def test_a_column_of_two_types() -> None:
    one = table("disclosure.count is at most 3", disclosure__count={"column": "disclosure_on"})
    assert codes(one) == {"sql-types"}
    flag = {"column": "subject_member", "none": "subject_member"}
    assert codes(table_of(resolved(ZOO), subject__born_on=flag)) == {"sql-types"}


def test_a_query_without_a_key() -> None:
    one = table("disclosure.count is at most 3")
    del one.raw["key"]
    assert codes(one, what="view") == {"sql-no-key"}
    assert codes(one, what="filter") == set()


def test_too_many_completions() -> None:
    facts = "".join(f"fact subject.f{n} : boolean\n" for n in range(21))
    all_ = " and ".join(f"subject.f{n}" for n in range(21))
    policy = resolved(f"{HEAD}{facts}{RULE}{all_}\n")
    assert codes(table_of(policy)) == {"sql-too-many"}
    sure = {f"subject__f{n}": never(f"f{n}") for n in range(3)}
    assert codes(table_of(policy, **sure)) == set()


def test_too_large_an_expression() -> None:
    pairs = [
        f"disclosure.count is at least {n} and disclosure.more is at most {99 - n}"
        for n in range(99)
    ]
    big = table(
        " or ".join(f"({pair})" for pair in pairs),
        disclosure__count=never("a"),
        disclosure__more=never("b"),
    )
    assert codes(big) <= {"sql-too-large"}
    facts = "".join(f"fact subject.f{n} : boolean\n" for n in range(MOST_QUESTIONS + 1))
    rules = "".join(
        f"{RULE.replace(' r ', f' r{n} ')}subject.f{n}\n" for n in range(MOST_QUESTIONS + 1)
    )
    policy = resolved(HEAD + facts + rules)
    sure = {f"subject__f{n}": never(f"f{n}") for n in range(MOST_QUESTIONS + 1)}
    assert codes(table_of(policy, **sure)) == {"sql-too-large"}


# ------------------------------------------------------------------ the mapping itself

MAPPINGS: list[tuple[str, dict[str, Any]]] = [
    ("mapping-table", {"table": None}),
    ("mapping-unknown-name", {"tabel": "asked"}),
    ("mapping-unknown-name", {"facts": {"subject.bron_on": "x"}}),
    ("mapping-data", {"roles": {}}),
    ("mapping-data", {"roles": {"data": {"missing": True}}}),
    ("mapping-shape", {"roles": {"data": 7}}),
    ("mapping-shape", {"roles": {"data": {"column": "a", "constant": "money"}}}),
    ("mapping-shape", {"facts": {"disclosure.on": {"members": {"a": "b"}}}}),
    ("mapping-shape", {"facts": []}),
    ("mapping-shape", {"key": [1]}),
    ("mapping-key", {"key": ["a", "a"]}),
    ("mapping-null", {"facts": {"disclosure.on": {"column": "a", "null": "none"}}}),
    ("mapping-null", {"facts": {"disclosure.on": {"column": "a", "null": "none", "none": "b"}}}),
    ("mapping-null", {"facts": {"disclosure.on": {"column": "a", "never_null": "yes"}}}),
    ("mapping-null", {"facts": {"subject.born_on": "no word of NULL"}}),
    ("mapping-constant", {"facts": {"disclosure.on": {"constant": "2026-02-30"}}}),
    ("mapping-constant", {"facts": {"disclosure.count": {"constant": True}}}),
    ("mapping-constant", {"facts": {"disclosure.count": {"constant": 10}}}),
    ("mapping-constant", {"facts": {"subject.member": {"constant": 1}}}),
    ("mapping-constant", {"roles": {"data": "d", "recipient": {"constant": "nobody"}}}),
    ("mapping-constant", {"roles": {"data": "d", "recipient": {"constant": ["us"]}}}),
    ("mapping-collation", {"collation": "natural"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes"), MAPPINGS)
def test_a_wrong_mapping_is_refused(code: str, changes: dict[str, Any]) -> None:
    raw = {"table": "asked", "roles": {"data": "d"}, **changes}
    with pytest.raises(RefusedError) as caught:
        read_columns(raw, resolved(ZOO))
    assert code in {refusal.code for refusal in caught.value.refusals}


def test_a_right_one_is_not() -> None:
    raw = {
        "table": ["s", "asked"],
        "roles": {"data": "d", "recipient": {"constant": "us"}},
        "facts": {
            "disclosure.on": {"constant": datetime.date(2026, 3, 1)},
            "subject.born_on": {"constant": None},
            "disclosure.note": {"constant": "a"},
        },
    }
    assert read_columns(raw, resolved(ZOO)).table == ("s", "asked")


# ------------------------------------------------------------------ names

LONG = "n" * 10_000
NAMES = (*HOSTILE, LONG, "a\rb", "-- x", "ünïcode", "SELECT 1", "a.b.c", '"', "`", "\\", "\\`")


def named(name: str) -> Table:
    policy = resolved(ZOO.replace("18 years", "6570 days"))
    return table_of(policy, disclosure__note={"column": name}, disclosure__on=never("day"))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
def test_a_name_is_a_name_or_refused(name: str, dialect: str) -> None:
    one = named(name)
    refused = codes(one, dialect)
    if refused:
        assert refused == {"sql-name"}
        return
    for what in WHATS:
        text = emit_sql(one.policy, one.columns, dialect, what)
        [tree] = sqlglot.parse(text, dialect=dialect)
        assert tree is not None
        read = {column.name for column in tree.find_all(exp.Column)}
        assert read <= {*one.columns.names(), *one.columns.key}
        assert name in read
    result = validate(
        one.policy,
        one.columns,
        dialect,
        {"view": emit_sql(one.policy, one.columns, dialect, "view")},
    )
    assert isinstance(result, Proved)


@pytest.mark.parametrize("dialect", OPEN)
@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
def test_engines_take_the_name_for_the_column(name: str, dialect: str) -> None:
    one = named(name)
    row = {
        key: value for key, value in GOOD.items() if key not in ("disclosure_note", "disclosure_on")
    }
    good = {**row, "day": GOOD["disclosure_on"], name: "it's \\ fine"}
    engine = OPEN[dialect]()
    fill(engine, one, [good, {**good, "row id": 2, name: "x"}])
    found = said(engine, one)
    assert {key: kept for key, (_, kept) in found.items()} == {1: True, 2: False}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", ["", "a\0b", "\ud800"])
def test_some_names_cannot_be(name: str, dialect: str) -> None:
    assert "sql-name" in codes(named(name), dialect)


def test_a_name_that_postgres_would_cut_is_refused() -> None:
    assert codes(named("ä" * 31), "postgres") == set()
    assert codes(named("ä" * 32), "postgres") == {"sql-name"}


def test_a_name_in_which_a_backslash_would_escape_is_refused() -> None:
    for name in ("a`b", "a\\", "a.b"):
        assert "sql-name" in codes(named(name), "bigquery")
