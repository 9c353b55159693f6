"""Columns that are refused: each with its name, and its row where it is one of a row."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.emit.example import checker

ROWS = 5
RIGHT_TO_LEFT = "subject.age\N{RIGHT-TO-LEFT OVERRIDE}"
DAY = datetime.date(2026, 3, 1)
SOME = Any


def good() -> dict[str, Any]:
    """One row several times."""
    return {
        "data": ["name"] * ROWS,
        "recipient": ["partner"] * ROWS,
        "purpose": ["marketing"] * ROWS,
        "subject.customer": np.ones(ROWS, bool),
        "subject.opted_out": np.zeros(ROWS, bool),
        "subject.notice_on": np.array(["2026-01-01"] * ROWS, "M8[D]"),
        "subject.age": np.full(ROWS, 40),
        "subject.states": [["here"]] * ROWS,
        "subject.residence": ["there"] * ROWS,
        "recipient.contract": ["x"] * ROWS,
        "disclosure.on": [DAY] * ROWS,
        "disclosure.length": np.full(ROWS, 3, np.int16),
        "disclosure.necessary": [True] * ROWS,
    }


def at(row: int, value: object, others: object) -> list[object]:
    return [value if number == row else others for number in range(ROWS)]


def coded(codes: object, names: object = ("staff", "partner", "stranger")) -> object:
    return checker().Coded(codes, names)


Wrong = tuple[str, Callable[[], Any], str, int | None]
WRONG: dict[str, Wrong] = {
    # the type of a whole column
    "floats": ("subject.age", lambda: np.full(ROWS, 40.0), "wrong-type", None),
    "NaN": ("subject.age", lambda: np.array([np.nan] * ROWS), "wrong-type", None),
    "whole numbers for truth": ("subject.customer", lambda: np.ones(ROWS, int), "wrong-type", None),
    "truth for whole numbers": ("subject.age", lambda: np.ones(ROWS, bool), "wrong-type", None),
    "numbers without names": ("recipient", lambda: np.ones(ROWS, np.uint8), "wrong-type", None),
    "dates for text": ("recipient.contract", lambda: pa.array([DAY] * ROWS), "wrong-type", None),
    "text for dates": ("disclosure.on", lambda: pa.array(["2026"] * ROWS), "wrong-type", None),
    "times": ("disclosure.on", lambda: np.array(["2026"] * ROWS, "M8[s]"), "wrong-type", None),
    "times of Arrow": (
        "disclosure.on",
        lambda: pa.array([datetime.datetime(2026, 3, 1)] * ROWS),
        "wrong-type",
        None,
    ),
    "times of Polars": (
        "disclosure.on",
        lambda: pl.Series([datetime.datetime(2026, 3, 1)] * ROWS),
        "wrong-type",
        None,
    ),
    "times of pandas": (
        "disclosure.on",
        lambda: pd.Series(pd.to_datetime(["2026-03-01"] * ROWS)),
        "wrong-type",
        None,
    ),
    "decimals": ("subject.age", lambda: pa.array([decimal.Decimal(1)] * ROWS), "wrong-type", None),
    "binary": ("recipient.contract", lambda: pa.array([b"x"] * ROWS), "wrong-type", None),
    "bytes": ("recipient.contract", lambda: np.array([b"x"] * ROWS), "wrong-type", None),
    "complex": ("subject.age", lambda: np.ones(ROWS, complex), "wrong-type", None),
    "two dimensions": ("subject.customer", lambda: np.ones((ROWS, 1), bool), "wrong-type", None),
    "no dimension": ("subject.customer", lambda: np.array(True), "wrong-type", None),
    "records": ("subject.age", lambda: np.zeros(ROWS, "i8, i8"), "wrong-type", None),
    "a number alone": ("subject.age", lambda: 40, "wrong-type", None),
    "a text alone": ("recipient.contract", lambda: "x", "wrong-type", None),
    "nothing": ("subject.age", lambda: None, "wrong-type", None),
    "a generator": ("subject.age", lambda: (n for n in range(ROWS)), "wrong-type", None),
    "a frame in a column": ("subject.age", lambda: pl.DataFrame({"a": [1]}), "wrong-type", None),
    "a scalar of Arrow": ("subject.age", lambda: pa.scalar(1), "wrong-type", None),
    "codes that are floats": ("recipient", lambda: coded(np.zeros(ROWS)), "wrong-type", None),
    "lists of data": ("data", lambda: [["name", "health"]] * ROWS, "wrong-type", 0),
    "struct of Arrow": ("subject.age", lambda: pa.array([{"a": 1}] * ROWS), "wrong-type", None),
    # the value of a row
    "unknown leaf": ("recipient", lambda: at(3, "nobody", "staff"), "unknown-name", 3),
    "a branch": ("data", lambda: at(2, "contact", "name"), "unknown-name", 2),
    "unknown leaf of Arrow": ("recipient", lambda: pa.array(at(4, "Staff", "staff")),
                              "unknown-name", 4),
    "unknown category": (
        "recipient",
        lambda: pd.Series(at(1, "nobody", "staff"), dtype="category"),
        "unknown-name",
        1,
    ),
    "unknown enum": (
        "recipient",
        lambda: pl.Series(at(1, "x", "staff"), dtype=pl.Enum(["x", "staff"])),
        "unknown-name",
        1,
    ),
    "a code too high": ("recipient", lambda: coded(np.array([0, 1, 2, 3, 0])), "unknown-name", 3),
    "a code below": ("recipient", lambda: coded(np.array([0, 1, -1, 2, 0])), "unknown-name", 2),
    "a huge code": (
        "recipient",
        lambda: coded(np.array([0, 2**64 - 1, 0, 0, 0], np.uint64)),
        "unknown-name",
        1,
    ),
    "a code of no leaf": ("recipient", lambda: coded([0, 1, 1, 1, 1], ["staff", 7]),
                          "wrong-type", 1),
    "right to left": ("recipient", lambda: at(2, "staff\N{RIGHT-TO-LEFT MARK}", "staff"),
                      "unknown-name", 2),
    "day before the first": (
        "disclosure.on",
        lambda: np.array(at(2, "1699-12-31", "2026-01-01"), "M8[D]"),
        "out-of-range",
        2,
    ),
    "day after the last": (
        "disclosure.on",
        lambda: np.array(at(4, "9900-01-01", "2026-01-01"), "M8[D]"),
        "out-of-range",
        4,
    ),
    "next to no day at all": (
        "disclosure.on",
        lambda: np.array(at(4, -(2**63) + 1, 3), np.int64).view("M8[D]"),
        "out-of-range",
        4,
    ),
    "days at both ends": (
        "disclosure.on",
        lambda: pa.array(at(1, -(2**31), 2**31 - 1), pa.int32()).cast(pa.date32()),
        "out-of-range",
        0,
    ),
    "too old": ("subject.age", lambda: np.array(at(1, 151, 150)), "out-of-range", 1),
    "too young": ("subject.age", lambda: np.array(at(0, -1, 0)), "out-of-range", 0),
    "below, of few bits": (
        "disclosure.length",
        lambda: np.array(at(2, -1, 1), np.int8),
        "out-of-range",
        2,
    ),
    "above, of no sign": (
        "disclosure.length",
        lambda: np.array(at(2, 65_535, 1), np.uint16),
        "out-of-range",
        2,
    ),
    "huge": ("subject.age", lambda: at(3, 10**30, 1), "out-of-range", 3),
    "huge without sign": (
        "subject.age", lambda: np.array(at(3, 2**64 - 1, 1), np.uint64), "out-of-range", 3,
    ),
    "too long": ("disclosure.length", lambda: pl.Series(at(3, 366, 1)), "out-of-range", 3),
    "truth among numbers": ("subject.age", lambda: at(1, True, 1), "wrong-type", 1),
    "numbers among truth": ("subject.customer", lambda: at(1, 1, True), "wrong-type", 1),
    "junk": ("subject.age", lambda: np.array(at(4, object(), 1), object), "wrong-type", 4),
    "NaN among numbers": ("subject.age", lambda: at(4, float("nan"), 1), "wrong-type", 4),
    "a time among dates": ("disclosure.on", lambda: at(1, datetime.datetime(2026, 3, 1), DAY),
                           "wrong-type", 1),
    "junk of pandas": ("subject.customer", lambda: pd.Series(at(3, "yes", True), dtype=object),
                       "wrong-type", 3),
    "half a character": ("recipient.contract", lambda: at(2, "\ud800", "x"), "not-text", 2),
    "a leaf twice": ("subject.states", lambda: at(1, ["here", "here"], []), "duplicate-name", 1),
    "no leaf in a set": ("subject.states", lambda: at(1, ["x"], []), "unknown-name", 1),
    "a text for a set": ("subject.states", lambda: at(1, "here", []), "wrong-type", 1),
    "null in a set": ("subject.states", lambda: pa.array(at(1, [None], ["here"])), "wrong-type", 1),
    # NULL
    "no data": ("data", lambda: at(2, None, "name"), "missing-data", 2),
    "no data in Arrow": ("data", lambda: pa.array(at(2, None, "name")), "missing-data", 2),
    "NULL of two meanings": ("subject.residence", lambda: at(3, None, "here"), "null-meaning", 3),
    "no day of two meanings": (
        "subject.notice_on",
        lambda: np.array(at(1, "NaT", "2026-01-01"), "M8[D]"),
        "null-meaning",
        1,
    ),
    # lengths
    "short": ("subject.customer", lambda: np.ones(ROWS - 1, bool), "ragged", None),
    "empty": ("subject.customer", lambda: [], "ragged", None),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_columns(name: str) -> None:
    key, make, code, row = WRONG[name]
    error = refused({**good(), key: make()})
    assert (error.code, error.column, error.row) == (code, key, row)
    assert str(error).startswith(key) and "\n" not in str(error) and str(error).isascii()


@pytest.mark.parametrize("name", [name for name in WRONG if WRONG[name][3] is not None])
def test_the_row_is_counted_over_all_runs(name: str) -> None:
    """Three good runs of 8 rows before the wrong rows; more threads find the same."""
    key, make, code, row = WRONG[name]
    assert row is not None
    before = good()
    wrong = {**good(), key: make()}
    joined = {k: joined_up(before[k], wrong[k]) for k in before}
    if joined[key] is None:
        pytest.skip("cannot be put behind others")
    for threads in (1, 3):
        error = refused(joined, chunk=8, threads=threads)
        assert (error.code, error.column, error.row) == (code, key, row + 24)


def joined_up(before: Any, after: Any) -> Any:
    """24 rows of the one, then the other; None where NumPy has no column of both."""
    if isinstance(before, list) and isinstance(after, list):
        return (before * 5)[:24] + after
    if not isinstance(after, np.ndarray | list):
        return None
    last = np.asarray(after, object) if isinstance(after, list) else after
    return np.concatenate([np.resize(np.asarray(before).astype(last.dtype), 24), last])


def refused(columns: Any, **told: Any) -> Any:
    with pytest.raises(checker().ColumnError) as caught:
        checker().check_many(columns, **told)
    assert isinstance(caught.value, checker().RequestError)
    return caught.value


def test_what_is_good_is_decided() -> None:
    result = checker().check_many(good(), rules=True)
    assert result.outcomes.tolist() == ["permit"] * ROWS
    assert result.rules_of(0) == ("letters",)


# ------------------------------------------------------------------ names


def test_unknown_columns() -> None:
    for name in ("subject.aeg", RIGHT_TO_LEFT, "'; drop table", "", "x" * 10_000, "a\nb"):
        error = refused({**good(), name: [1] * ROWS})
        assert (error.code, error.column) == ("unknown-column", name)
        assert str(error).isascii() and "\n" not in str(error) and len(str(error)) < 250
    assert "did you mean 'subject.age'?" in str(refused({**good(), "subject.aeg": [1] * ROWS}))
    assert refused({**good(), 3: [1] * ROWS}).code == "unknown-column"


def test_names_that_no_variable_has() -> None:
    for argument in ("names", "null_is", "missing"):
        error = refused(good(), **{argument: {"subject.aeg": "none"}})
        assert (error.code, error.column) == ("unknown-key", argument)


def test_columns_that_are_not_there() -> None:
    assert refused(good(), names={"subject.age": "age"}).code == "no-column"
    assert refused(good(), missing={"subject.age": "flags"}).code == "no-column"
    assert refused(good(), keep=["id"]).code == "no-column"
    assert refused({k: v for k, v in good().items() if k != "data"}).code == "no-column"


def test_columns_that_are_used_twice() -> None:
    columns = good()
    del columns["disclosure.necessary"]
    names = {"disclosure.necessary": "subject.customer"}
    assert refused(columns, names=names).code == "twice"
    assert refused(good(), keep=["data"]).code == "twice"


def test_what_null_cannot_be() -> None:
    for key, meaning in (
        ("subject.age", "none"),
        ("subject.residence", "null"),
        ("subject.residence", 3),
    ):
        assert refused(good(), null_is={key: meaning}).code == "null-meaning"
    flagged = {**good(), "flags": np.zeros(ROWS, bool)}
    told = {"null_is": {"subject.residence": "missing"}, "missing": {"subject.residence": "flags"}}
    assert refused(flagged, **told).code == "null-meaning"


@pytest.mark.parametrize(
    ("flags", "row"),
    [
        (pa.array([True, None, True, True, True]), 1),
        ([True, False, 1, True, True], 2),
        (np.ones(ROWS, int), None),
    ],
)
def test_flags_that_are_not_true_or_false(flags: Any, row: int | None) -> None:
    error = refused({**good(), "flags": flags}, missing={"subject.residence": "flags"})
    assert (error.code, error.column, error.row) == ("wrong-type", "flags", row)


def test_other_arguments() -> None:
    for told in ({"chunk": 0}, {"chunk": 2**25}, {"chunk": 1.5}, {"threads": 0}, {"threads": True}):
        assert refused(good(), **told).code == "wrong-argument"


@pytest.mark.parametrize("given", [None, 3, "data", [1, 2], np.ones(3), object(), pa.array([1])])
def test_what_is_no_frame(given: object) -> None:
    assert refused(given).code == "wrong-type"


def test_frames_with_a_name_twice() -> None:
    twice = pd.DataFrame([["name", "name"]], columns=["data", "data"])
    assert refused(twice).code in ("wrong-type", "twice")
    arrow = pa.Table.from_arrays([pa.array(["name"])] * 2, ["data", "data"])
    assert refused(arrow).code in ("wrong-type", "twice")


def test_lazy_frames_without_keys() -> None:
    relation = duckdb.sql("select 'name' as data")
    assert refused(relation).code == "no-order"
    assert refused(pl.LazyFrame({"data": ["name"]})).code == "no-order"


def test_no_rows() -> None:
    table = pa.table({"data": pa.array([], pa.string()), "subject.age": pa.array([], pa.int64())})
    kinds: list[Any] = [{"data": []}, table, pl.DataFrame(table), table.to_pandas()]
    for given in kinds:
        result = checker().check_many(given, rules=True)
        assert len(result) == 0
        assert result.to_arrow().num_rows == 0


def test_libraries_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for library, given in (("numpy", good()), ("narwhals", pl.DataFrame({"data": ["name"]}))):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, library, None)
            with pytest.raises(ImportError, match=r"privity\[frames\]"):
                checker().check_many(given)
