"""`check_many` and `check_mapping`, row by row: random policies, random rows, every kind."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from random import Random
from types import ModuleType
from typing import Any

import pytest
from tests.emit.example import example
from tests.emit.random_policies import random_policy, random_value
from tests.frames.kinds import (
    KEY,
    KINDS,
    Columns,
    Row,
    as_request,
    columns_of,
    duckdb_relation,
)

from privity.emit import python
from privity.emit.load import load_checker
from privity.model.formula import Plain
from privity.model.nodes import DateType, Policy, SetType, TaxonomyType


@pytest.mark.parametrize("seed", range(40))
def test_rows_are_decided_as_by_themselves(seed: int) -> None:
    for difference in differences(seed):
        raise AssertionError(difference)


@pytest.mark.parametrize("seed", range(100, 110))
def test_rules_apart(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in policies that are too large for one diagram."""
    monkeypatch.setattr(python, "decision_diagram", lambda policy: None)
    for difference in differences(seed):
        raise AssertionError(difference)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1_000, 2_000))
def test_more_rows_are_decided_as_by_themselves(seed: int) -> None:
    for difference in differences(seed):
        raise AssertionError(difference)


def test_runs_that_lack_different_facts() -> None:
    assert outcomes_of_two_runs() == ["unknown"] * 8 + ["deny"] * 8


def outcomes_of_two_runs() -> list[str]:
    """In the first run it is open whether the person is a customer, who has not opted out; in the
    second the person is none, and it is open whether they have opted out."""
    checker = load_checker(python.emit_python(example()))
    day = datetime.date(2026, 3, 1)
    columns = {
        "data": ["name"] * 16,
        "recipient": ["partner"] * 16,
        "purpose": ["marketing"] * 16,
        "subject.customer": [None] * 8 + [False] * 8,
        "subject.opted_out": [False] * 8 + [None] * 8,
        "subject.notice_on": [datetime.date(2026, 1, 1)] * 16,
        "disclosure.on": [day] * 16,
        "disclosure.necessary": [False] * 16,
    }
    found: list[str] = checker.check_many(columns, chunk=8, threads=1).outcomes.tolist()
    return found


def differences(seed: int) -> Iterator[str]:
    """Each row that columns and rows by themselves decide differently."""
    random = Random(seed)
    policy = random_policy(random)
    checker = load_checker(python.emit_python(policy))
    rows = [random_row(random, policy) for _ in range(random.choice((1, 7, 40, 90)))]
    decisions = [checker.check_mapping(as_request(row)) for row in rows]
    expected = [(decision.outcome, decision.rules) for decision in decisions]
    columns = columns_of(checker, rows, random)
    for kind, make in KINDS.items():
        given = make(columns, checker, random)
        chunk, threads = random.choice((None, 8, 16, 24)), random.choice((1, 2))
        result = checker.check_many(given, **columns.told, rules=True, chunk=chunk, threads=threads)
        found = [(str(o), result.rules_of(n)) for n, o in enumerate(result.outcomes.tolist())]
        yield from _differ(kind, rows, found, expected)
        assert result.permitted.tolist() == [outcome == "permit" for outcome, _ in found]
        bare = checker.check_many(given, **columns.told, chunk=chunk)
        assert bare.codes.tolist() == result.codes.tolist()
    yield from _differ("duckdb", rows, _from_duckdb(checker, columns, random), expected)


def _from_duckdb(checker: ModuleType, columns: Columns, random: Random) -> list[Any]:
    relation = duckdb_relation(columns, random)
    table = checker.check_many(relation, **columns.told, rules=True, keep=[KEY]).to_arrow()
    by_row = {one[KEY]: (one["outcome"], tuple(one["rules"])) for one in table.to_pylist()}
    return [by_row[number] for number in range(len(columns.rows))]


def _differ(kind: str, rows: list[Row], found: list[Any], expected: list[Any]) -> Iterator[str]:
    assert len(found) == len(expected)
    for row, one, other in zip(rows, found, expected, strict=True):
        if one != other:
            yield f"{kind}: {one}, but by itself {other}: {row}"


def random_row(random: Random, policy: Policy) -> Row:
    """One data category; complete, or with some of the rest left out."""
    left_out = random.choice((0.0, 0.0, 0.1, 0.3))
    row = {"data": random.randrange(len(policy.roles["data"].leaves))}
    found = {"data": _in_words(policy, "data", row["data"])}
    for role, taxonomy in policy.roles.items():
        if role != "data" and random.random() >= left_out:
            found[role] = _in_words(policy, role, random.randrange(len(taxonomy.leaves)))
    for fact in policy.facts:
        if random.random() >= left_out:
            found[fact.key] = _in_words(policy, fact.key, random_value(random, policy, fact))
    return found


def _in_words(policy: Policy, key: str, value: Plain) -> Any:
    kind = TaxonomyType(key) if key in policy.roles else policy.fact_by_key[key].type
    match value, kind:
        case int(), DateType():
            return datetime.date.fromordinal(value)
        case int(), TaxonomyType():
            return policy.taxonomy_of(key).leaves[value].name
        case frozenset(), SetType():
            return frozenset(policy.taxonomy_of(key).leaves[leaf].name for leaf in value)
        case _:
            return value
