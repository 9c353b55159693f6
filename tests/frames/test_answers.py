"""What `check_many` answers with, and what it is told."""

from __future__ import annotations

import datetime
from itertools import product
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.emit.example import checker, letters, without


def table() -> pa.Table:
    """Four rows: permitted, forbidden, open, permitted by nothing."""
    day = datetime.date(2026, 3, 1)
    return pa.table(
        {
            "id": ["a", "b", "c", "d"],
            "data": ["name", "health", "name", "name"],
            "recipient": ["partner"] * 4,
            "purpose": ["marketing"] * 4,
            "subject.customer": [True, True, None, False],
            "subject.opted_out": [False] * 4,
            "subject.notice_on": [datetime.date(2026, 1, 1)] * 4,
            "disclosure.on": [day] * 4,
        }
    )


def test_arrow() -> None:
    result = checker().check_many(table(), keep=["id"], rules=True)
    assert result.to_frame().to_pylist() == [
        {"id": id_, "outcome": outcome, "rules": list(rules)}
        for id_, outcome, rules in zip("abcd", result.outcomes, map(result.rules_of, range(4)),
                                       strict=True)
    ]  # fmt: skip
    assert result.outcomes.tolist() == [decided(row)[0] for row in table().to_pylist()]


def decided(row: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    facts = {
        key: value.isoformat() if isinstance(value, datetime.date) else value
        for key, value in row.items()
        if "." in key and value is not None
    }
    roles = {key: row[key] for key in ("recipient", "purpose")}
    decision = checker().check_mapping({"data": [row["data"]], **roles, "facts": facts})
    return decision.outcome, decision.rules


def test_frames_come_back_as_they_came() -> None:
    expected = checker().check_many(table(), keep="id").outcomes.tolist()
    frames: list[Any] = [pl.DataFrame(table()), table().to_pandas(types_mapper=pd.ArrowDtype)]
    for frame in frames:
        found = checker().check_many(frame, keep=["id"], rules=True).to_frame()
        assert type(found) is type(frame)
        assert list(found.columns) == ["id", "outcome", "rules"]
        assert [str(outcome) for outcome in found["outcome"]] == expected
        assert list(found["id"]) == ["a", "b", "c", "d"]


def test_arrays_come_back_as_arrays() -> None:
    columns = {name: table()[name] for name in table().column_names}
    result = checker().check_many(columns, keep="id")
    assert isinstance(result.codes, np.ndarray) and result.codes.dtype == np.uint8
    assert result.rule_codes is None
    assert result.permitted.tolist() == [outcome == "permit" for outcome in result.outcomes]
    assert len(result) == 4
    with pytest.raises(ValueError, match="rules=True"):
        result.rules_of(0)


def test_relations_are_joined_by_key() -> None:
    relation = duckdb.connect().from_arrow(table())
    found = checker().check_many(relation, keep=["id"], rules=True).to_frame()
    assert isinstance(found, pa.Table)
    by_key = {row["id"]: row["outcome"] for row in found.to_pylist()}
    assert by_key == {row["id"]: decided(row)[0] for row in table().to_pylist()}


def test_lazy_frames_of_polars() -> None:
    lazy = pl.DataFrame(table()).lazy()
    found = checker().check_many(lazy, keep=["id"]).to_frame()
    assert (
        found["outcome"].to_pylist() == checker().check_many(table(), keep="id").outcomes.tolist()
    )


def test_names() -> None:
    renamed = table().rename_columns(["id", *(f"c{n}" for n in range(7))])
    names = dict(zip(table().column_names[1:], renamed.column_names[1:], strict=True))
    result = checker().check_many(renamed, names=names, keep=["id"])
    assert result.outcomes.tolist() == checker().check_many(table(), keep="id").outcomes.tolist()


def test_none_and_missing_by_flags() -> None:
    """A notice that was never delivered denies; one that nobody knows of leaves it open."""
    request = {**letters(), "data": ["name"]}
    columns = {
        "data": ["name"] * 3,
        "recipient": ["partner"] * 3,
        "purpose": ["marketing"] * 3,
        "subject.customer": [True] * 3,
        "subject.opted_out": [False] * 3,
        "subject.notice_on": [datetime.date(2026, 1, 1), None, None],
        "disclosure.on": [datetime.date(2026, 3, 1)] * 3,
    }
    flagged = {**columns, "unknown notice": [False, False, True]}
    found = checker().check_many(flagged, missing={"subject.notice_on": "unknown notice"})
    assert found.outcomes.tolist() == ["permit", "deny", "unknown"]
    for meaning, outcome in (("none", "deny"), ("missing", "unknown")):
        told = {"subject.notice_on": meaning}
        found = checker().check_many(columns, null_is=told)
        assert found.outcomes.tolist() == ["permit", outcome, outcome]
    assert checker().check_mapping(without(request, "subject.notice_on")).outcome == "unknown"


def test_missing_objects() -> None:
    columns = {"data": ["health"], "recipient": ["stranger"], "purpose": [checker().MISSING]}
    alone = checker().check_mapping({"data": ["health"], "recipient": "stranger"})
    assert checker().check_many(columns).outcomes.tolist() == [alone.outcome]


def test_the_chunk_and_the_threads_change_nothing() -> None:
    many = pa.concat_tables([table()] * 50)
    expected = checker().check_many(table(), keep="id", rules=True)
    for chunk in (1, 8, 24, 64, 1_000):
        for threads in (1, 2, 5):
            found = checker().check_many(many, keep="id", rules=True, chunk=chunk, threads=threads)
            assert found.codes.tolist() == expected.codes.tolist() * 50
            assert [found.rules_of(n) for n in range(200)] == [
                expected.rules_of(n % 4) for n in range(200)
            ]


def test_each_different_row_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rows in which something relevant is missing, like ones go to the engine once."""
    module = checker()
    decide, calls = module._decide, []

    def counted(*about: Any) -> Any:
        calls.append(about)
        return decide(*about)

    monkeypatch.setattr(module, "_decide", counted)
    module.check_many(pa.concat_tables([table()] * 100), keep="id", chunk=40)
    assert len(calls) == 1


@pytest.mark.parametrize("rows", [1, 3, 8, 13])
@pytest.mark.parametrize("recipient", ["staff", "partner", "stranger"])
def test_what_is_behind_the_last_row_counts_for_nothing(rows: int, recipient: str) -> None:
    for data, purpose in product(("name", "health"), ("service", "marketing")):
        alone = checker().check_mapping(
            {"data": [data], "recipient": recipient, "purpose": purpose}
        )
        given = {
            "data": [data] * rows,
            "recipient": [recipient] * rows,
            "purpose": [purpose] * rows,
        }
        found = checker().check_many(given, rules=True)
        assert found.outcomes.tolist() == [alone.outcome] * rows
        assert found.rules_of(rows - 1) == alone.rules
