"""Rows of requests as columns of every kind that `check_many` takes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

Row = Mapping[str, Any]
"""By key, in words; what is absent is missing, what is None is none."""
KEY = "row"


@dataclass(frozen=True)
class Columns:
    """Columns by key, as lists whose None is NULL, and what `check_many` is told of them."""

    rows: Sequence[Row]
    variables: Mapping[str, Any]
    lists: dict[str, list[Any]] = field(default_factory=dict)
    null_is: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        return {"null_is": self.null_is, "missing": self.missing}


def columns_of(checker: ModuleType, rows: Sequence[Row], random: Random) -> Columns:
    """A column for each variable that some row states. Where both none and missing occur, or by
    chance, a column of flags tells which is which."""
    found = Columns(rows, {variable.key: variable for variable in checker._VARIABLES})
    for key, variable in found.variables.items():
        absent = [key not in row for row in rows]
        if all(absent):
            continue
        found.lists[key] = [row.get(key) for row in rows]
        if not variable.optional:
            continue
        none = any(row.get(key, "") is None for row in rows)
        if (any(absent) and none) or random.random() < 0.2:
            found.missing[key] = f"{key} is missing"
            found.lists[f"{key} is missing"] = absent
        elif any(absent) or none:
            found.null_is[key] = "none" if none else "missing"
    return found


def as_request(row: Row) -> dict[str, Any]:
    """The row as `check_mapping` takes it."""
    facts = {key: _as_json(value) for key, value in row.items() if "." in key}
    roles = {key: value for key, value in row.items() if "." not in key}
    return {**roles, "data": [row["data"]], "facts": facts}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


# ------------------------------------------------------------------ kinds


def numpy_columns(columns: Columns, checker: ModuleType, random: Random) -> dict[str, Any]:
    return {
        key: _numpy(checker, columns.variables.get(key), values, random)
        for key, values in columns.lists.items()
    }


def _numpy(checker: ModuleType, variable: Any, values: list[Any], random: Random) -> Any:
    kind = "boolean" if variable is None else variable.kind
    null = [value is None for value in values]
    if random.random() < 0.15:
        return values
    match kind:
        case "boolean" | "attested":
            return _masked(np.array([value is True for value in values], bool), null)
        case "integer" | "duration":
            numbers = [variable.low if value is None else value for value in values]
            fits = all(abs(number) < 2**31 for number in numbers)
            types = (np.int64, np.int32, ">i8") if fits else (np.int64,)
            return _masked(np.array(numbers, random.choice(types)), null)
        case "date":
            return np.array([None if v is None else np.datetime64(v) for v in values], "M8[D]")
        case "leaf":
            return _leaves(checker, variable, values, null, random)
        case "text" if not any(null) and random.random() < 0.5:
            return np.array(values)
        case _:
            found = np.empty(len(values), object)
            for place, value in enumerate(values):
                found[place] = sorted(value) if isinstance(value, frozenset) else value
            return found


def _leaves(checker: ModuleType, variable: Any, values: list[Any], null: list[bool],
            random: Random) -> Any:  # fmt: skip
    names = [member.value for member in variable.members]
    if random.random() < 0.3:
        return np.array(values, object)
    if random.random() < 0.5:
        random.shuffle(names)
    codes = [0 if value is None else names.index(value) for value in values]
    array = _masked(np.array(codes, random.choice((np.uint8, np.int64))), null)
    same = names == [member.value for member in variable.members]
    return checker.Coded(array, type(variable.members[0]) if same else names)


def _masked(array: Any, null: list[bool]) -> Any:
    return np.ma.masked_array(array, null) if any(null) else array


def arrow_table(columns: Columns, random: Random) -> pa.Table:
    arrays = {
        key: _arrow(columns.variables.get(key), values, random)
        for key, values in columns.lists.items()
    }
    return pa.table(arrays)


def _arrow(variable: Any, values: list[Any], random: Random) -> Any:
    kind = "boolean" if variable is None else variable.kind
    plain = [sorted(v) if isinstance(v, frozenset) else v for v in values]
    types: dict[str, tuple[Any, ...]] = {
        "boolean": (pa.bool_(),),
        "attested": (pa.bool_(),),
        "integer": (pa.int64(),),
        "duration": (pa.int64(), pa.int32()),
        "date": (pa.date32(),),
        "text": (pa.string(), pa.large_string(), pa.string_view()),
        "leaf": (pa.string(), pa.dictionary(pa.int8(), pa.string())),
        "set": (pa.list_(pa.string()), pa.large_list(pa.string())),
    }
    array = pa.array(plain, random.choice(types[kind]))
    # In pieces, and not from the first bit of a byte.
    cut = random.randint(0, len(values))
    pieces = [array[:cut], array[cut:]] if random.random() < 0.5 else [array]
    return pa.chunked_array(pieces, array.type)


def polars_frame(columns: Columns, random: Random) -> pl.DataFrame:
    found = {}
    for key, values in columns.lists.items():
        variable = columns.variables.get(key)
        series = pl.DataFrame(pa.table({key: _arrow(variable, values, random)}))[key]
        if variable is not None and variable.kind == "leaf" and random.random() < 0.7:
            names = [member.value for member in variable.members]
            series = series.cast(pl.String).cast(random.choice((pl.Enum(names), pl.Categorical)))
        found[key] = series
    return pl.DataFrame(found)


def pandas_frame(columns: Columns, random: Random) -> pd.DataFrame:
    table = arrow_table(columns, random)
    # Whole numbers with NULL are floats to pandas unless told otherwise, and refused.
    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
    mapper = pd.ArrowDtype if random.random() < 0.5 else nullable.get
    return table.to_pandas(types_mapper=mapper)


def duckdb_relation(columns: Columns, random: Random) -> duckdb.DuckDBPyRelation:
    numbered = pa.table({KEY: list(range(len(columns.rows)))})
    table = arrow_table(columns, random)
    for name in table.column_names:
        column = table[name]
        if pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        numbered = numbered.append_column(name, column)
    return duckdb.connect().from_arrow(numbered)


KINDS: dict[str, Callable[[Columns, ModuleType, Random], Any]] = {
    "numpy": numpy_columns,
    "arrow": lambda columns, checker, random: arrow_table(columns, random),
    "polars": lambda columns, checker, random: polars_frame(columns, random),
    "pandas": lambda columns, checker, random: pandas_frame(columns, random),
}
