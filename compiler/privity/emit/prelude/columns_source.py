"""Prelude, part 12: columns as callers have them, read a run of rows at a time."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Literal, NamedTuple

from privity.emit.prelude.errors import RequestError, _shown

# --- copied from here

_EPOCH = 719_163
"""The ordinal of 1970-01-01, from which columns count days."""
_Array = Any
"""An array of NumPy, or of Arrow: neither library is needed to import this module."""


class ColumnError(RequestError):
    """What is wrong with a column; `row` is the first row concerned, from 0, if it is a row's."""

    def __init__(self, code: str, column: str, problem: str, row: int | None = None) -> None:
        place = ascii(column[:80])[1:-1]
        super().__init__(code, place if row is None else f"{place}, row {row:,}", problem)
        self.column = column
        self.row = row


class Coded(NamedTuple):
    """A column as numbers into `names`, the values' names or a taxonomy's class itself."""

    codes: Any
    names: Sequence[str] | type[enum.StrEnum]


def _numpy() -> Any:
    try:
        return import_module("numpy")
    except ImportError:
        raise ImportError("check_many needs NumPy: install privity[frames], or numpy") from None


def _narwhals() -> Any:
    try:
        return import_module("narwhals")
    except ImportError:
        needed = "frames and their columns need narwhals: install privity[frames], or narwhals"
        raise ImportError(needed) from None


def _pyarrow() -> Any:
    try:
        return import_module("pyarrow")
    except ImportError:
        needed = "frames and their columns need pyarrow: install privity[frames], or pyarrow"
        raise ImportError(needed) from None


class _Run(NamedTuple):
    """Some rows as they are stored. `nulls`: a bit a row, the first row's lowest, or None.

    `bits` has a bit a row as well. `whole` and `days` have integers, days being counted from 1970;
    with `nat`, NumPy's "not a time" is NULL as well; `most` is -1 until `_most` has found it.
    `codes` and `sets` are numbers into `names`; of `objects`, Python values, None is NULL.
    """

    form: Literal["bits", "whole", "days", "codes", "sets", "objects"]
    values: Any
    nulls: _Array | None = None
    names: Sequence[Any] = ()
    nat: bool = False
    most: int = -1


class _Source(NamedTuple):
    """A column: `read` gives the rows from one number up to another."""

    length: int
    read: Callable[[int, int], _Run]


def _source(column: str, given: object) -> _Source:
    """Whatever a caller may give as a column."""
    np = _numpy()
    if isinstance(given, Coded):
        return _coded(np, column, given)
    if isinstance(given, np.ndarray):
        return _array(np, column, given)
    if isinstance(given, list | tuple):
        return _Source(len(given), lambda first, last: _Run("objects", given[first:last]))
    if type(given).__module__.partition(".")[0] == "pyarrow" and hasattr(given, "type"):
        return _arrow(np, column, given)
    try:
        series = _narwhals().from_native(given, series_only=True)
    except TypeError:
        problem = f"a column of values is needed, not {_shown(given)}"
        raise ColumnError("wrong-type", column, problem) from None
    return _series(np, column, series)


# ------------------------------------------------------------------ NumPy


def _array(np: Any, column: str, given: _Array) -> _Source:
    if given.ndim != 1:
        raise ColumnError("wrong-type", column, f"it has {given.ndim} dimensions, not one")
    values, masked = given, None
    if isinstance(given, np.ma.MaskedArray):
        values, masked = given.data, np.ma.getmaskarray(given)
    kind = values.dtype.kind
    if kind == "M" and values.dtype != np.dtype("datetime64[D]"):
        wanted = "days are needed, without times: .astype('datetime64[D]')"
        raise ColumnError("wrong-type", column, f"{wanted}, not {values.dtype}")
    if kind not in "bMiuOUT":
        raise ColumnError("wrong-type", column, f"{values.dtype} is no type of any fact")

    def read(first: int, last: int) -> _Run:
        nulls = None if masked is None else _packed(np, masked[first:last])
        return _stored(np, values[first:last], nulls)

    return _Source(len(values), read)


def _stored(np: Any, values: _Array, nulls: _Array | None) -> _Run:
    match values.dtype.kind:
        case "b":
            return _Run("bits", _packed(np, values), nulls)
        case "i" | "u":
            return _Run("whole", values, nulls)
        case "M":
            days = values.astype(values.dtype.newbyteorder("="), copy=False).view(np.int64)
            return _Run("days", days, nulls, nat=True)
        case _:
            objects = values.tolist()
            if nulls is not None:
                absent = _unpacked(np, nulls, len(objects)).tolist()
                objects = [None if a else o for a, o in zip(absent, objects, strict=True)]
            return _Run("objects", objects)


def _coded(np: Any, column: str, given: Coded) -> _Source:
    codes = given.codes if isinstance(given.codes, np.ndarray) else np.asarray(given.codes)
    if codes.dtype.kind not in "iu":
        raise ColumnError("wrong-type", column, f"codes are whole numbers, not {codes.dtype}")
    inner = _array(np, column, codes)
    names = tuple([str.__str__(n) if isinstance(n, str) else n for n in given.names])

    def read(first: int, last: int) -> _Run:
        run = inner.read(first, last)
        return _Run("codes", run.values, run.nulls, names)

    return _Source(inner.length, read)


def _packed(np: Any, truth: _Array) -> _Array:
    """Booleans as bits."""
    return np.packbits(truth, bitorder="little")


def _unpacked(np: Any, bits: _Array, rows: int) -> _Array:
    return np.unpackbits(bits, count=rows, bitorder="little").view(bool)


def _either(left: _Array | None, right: _Array | None) -> _Array | None:
    """The union of two sets of rows, None being the empty one."""
    if left is None or right is None:
        return right if left is None else left
    return left | right


# ------------------------------------------------------------------ Arrow


def _arrow(np: Any, column: str, given: Any) -> _Source:
    """An Array or ChunkedArray of Arrow."""
    pa = _pyarrow()
    if isinstance(given, pa.Array):
        given = pa.chunked_array([given])
    if not isinstance(given, pa.ChunkedArray):
        raise ColumnError("wrong-type", column, "it is neither an Array nor a ChunkedArray")
    refusal = _refusal(pa.types, given.type)
    if refusal:
        raise ColumnError("wrong-type", column, f"{refusal}, not {given.type}")

    def read(first: int, last: int) -> _Run:
        part = given.slice(first, last - first)
        return _arrow_run(np, pa, part.chunk(0) if part.num_chunks == 1 else part.combine_chunks())

    return _Source(len(given), read)


def _refusal(types: Any, kind: Any) -> str | None:
    if types.is_temporal(kind) and not types.is_date32(kind):
        return "days are needed, without times: date32"
    if types.is_dictionary(kind):
        named = types.is_null(kind.value_type) or _is_text(types, kind.value_type)
        return None if named else "names are needed"
    lists = types.is_list(kind) or types.is_large_list(kind)
    plain = types.is_boolean(kind) or types.is_integer(kind) or types.is_date32(kind)
    if lists or plain or types.is_null(kind) or _is_text(types, kind):
        return None
    return "a boolean, whole number, date, text or list is needed"


def _is_text(types: Any, kind: Any) -> bool:
    return bool(
        types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    )  # fmt: skip


def _arrow_run(np: Any, pa: Any, array: Any) -> _Run:
    types, kind, rows = pa.types, array.type, len(array)
    if types.is_dictionary(kind) and types.is_null(kind.value_type):
        return _Run("objects", [None] * rows)
    if types.is_null(kind) or types.is_list(kind) or types.is_large_list(kind):
        return _Run("objects", array.to_pylist())
    if _is_text(types, kind):
        # Views have no dictionary of their own.
        array = array.cast(pa.large_string()) if types.is_string_view(kind) else array
        array = array.dictionary_encode()
    elif types.is_dictionary(kind) and array.dictionary.null_count:
        array = array.dictionary_decode().dictionary_encode()
    nulls = None
    if array.null_count:
        nulls = ~_bits(np, array.buffers()[0], array.offset, rows)
    if types.is_boolean(kind):
        return _Run("bits", _bits(np, array.buffers()[1], array.offset, rows), nulls)
    if types.is_dictionary(array.type):
        names = tuple(array.dictionary.to_pylist())
        return _Run("codes", _numbers_of(np, array.indices), nulls, names)
    return _Run("days" if types.is_date32(kind) else "whole", _numbers_of(np, array), nulls)


def _numbers_of(np: Any, array: Any) -> _Array:
    """The integers of an Arrow array where they lie; where it has NULL, any number."""
    dtype = np.dtype("int32" if str(array.type) == "date32[day]" else str(array.type))
    rows, buffer = len(array), array.buffers()[1]
    if buffer is None:
        return np.zeros(rows, dtype)
    return np.frombuffer(buffer, dtype, rows, array.offset * dtype.itemsize)


def _bits(np: Any, buffer: Any, offset: int, rows: int) -> _Array:
    if buffer is None:
        return np.zeros((rows + 7) // 8, np.uint8)
    first, skipped = divmod(offset, 8)
    found = np.frombuffer(buffer, np.uint8, (skipped + rows + 7) // 8, first)
    if skipped:
        found = _packed(np, np.unpackbits(found, bitorder="little")[skipped : skipped + rows])
    return found


# ------------------------------------------------------------------ series of frames


def _series(np: Any, column: str, series: Any) -> _Source:
    """A column of a frame. What is stored as in Arrow is not copied; the rest is, by runs."""
    if series.implementation.is_pyarrow():
        # Its pieces stay where they are, which `to_arrow` would put together.
        return _arrow(np, column, series.to_native())
    if series.implementation.is_polars():
        return _arrow(np, column, series.to_arrow())

    def read(first: int, last: int) -> _Run:
        part = series[first:last]
        try:
            source = _arrow(np, column, part.to_arrow())
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, RequestError):
                raise
            return _Run("objects", [None if _absent(one) else one for one in part.to_list()])
        return source.read(0, last - first)

    return _Source(len(series), read)


def _absent(value: object) -> bool:
    """What pandas puts for NULL among objects."""
    if isinstance(value, float):
        return value != value  # noqa: PLR0124 - NaN alone differs from itself
    return type(value).__name__ in ("NAType", "NaTType")


# --- to here
