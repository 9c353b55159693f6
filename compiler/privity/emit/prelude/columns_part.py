"""Prelude, part 13: runs of rows, checked and in plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq
from typing import Any, Literal, NamedTuple

from privity.emit.prelude.columns_source import (
    _EPOCH,
    ColumnError,
    _Array,
    _either,
    _packed,
    _Run,
    _Source,
    _unpacked,
)
from privity.emit.prelude.errors import RequestError, _shown, _wrong_type
from privity.emit.prelude.values import (
    _FIRST_DAY,
    _LAST_DAY,
    _TYPED,
    MISSING,
    _characters,
    _leaf,
    _not_a_leaf,
    _out_of_range,
    _set,
    _Variable,
)

# --- copied from here


class _Column(NamedTuple):
    """A variable's column. `null`: what NULL is where it may be `none`; None if nobody said.

    `flags`, a column of booleans, marks the rows where it is missing.
    """

    name: str
    number: int
    variable: _Variable
    source: _Source
    null: Literal["none", "missing"] | None
    flags: tuple[str, _Source] | None


class _Part(NamedTuple):
    """A column's values in some rows; where they are missing or none, `values` holds anything.

    Sets of rows are bits, the first row's lowest; None is the empty set. Booleans are such a set;
    leaves are numbers; days count from 1970; texts and sets are numbers into `plain`.
    """

    values: _Array
    missing: _Array | None = None
    none: _Array | None = None
    plain: Sequence[Any] = ()

    @property
    def blank(self) -> _Array | None:
        return _either(self.missing, self.none)


def _part(np: Any, column: _Column, first: int, last: int) -> _Part:
    """The rows from `first` up to `last`. Raises ColumnError."""
    run = column.source.read(first, last)
    if run.form == "objects":
        run, missing = _from_objects(np, column, first, run.values)
    else:
        missing = None
    if column.flags is not None:
        missing = _either(missing, _flagged(np, column.flags, first, last))
    run = _with_nat(np, run)
    values, plain = _READERS[column.variable.kind](np, column, first, run)
    nulls = run.nulls
    if nulls is None or not nulls.any():
        return _Part(values, missing, None, plain)
    if missing is not None:
        nulls = nulls & ~missing
    null = _null(np, column, first, nulls)
    if null == "none":
        return _Part(values, missing, nulls, plain)
    return _Part(values, _either(missing, nulls), None, plain)


def _null(np: Any, column: _Column, first: int, nulls: _Array) -> str:
    """What NULL means; where nobody said and it occurs, an error."""
    if not column.variable.optional:
        if column.number == 0 and nulls.any():
            row = first + _first_of(np, nulls)
            raise ColumnError("missing-data", column.name, "the data category is needed", row)
        return "missing"
    if column.null is None and nulls.any():
        problem = "this is NULL: say by `null_is` whether that is none or missing"
        raise ColumnError("null-meaning", column.name, problem, first + _first_of(np, nulls))
    return column.null or "none"


def _first_of(np: Any, bits: _Array) -> int:
    return int(np.unpackbits(bits, bitorder="little").argmax())


def _flagged(np: Any, flags: tuple[str, _Source], first: int, last: int) -> _Array | None:
    name, source = flags
    run = source.read(first, last)
    if run.form == "objects":
        for row, value in enumerate(run.values, first):
            if value is not True and value is not False:
                raise _at(name, row, _wrong_type("", "true or false", value))
        return _packed(np, np.array(run.values, bool))
    if run.form != "bits":
        raise ColumnError("wrong-type", name, "true or false is needed in every row")
    if run.nulls is not None and run.nulls.any():
        row = first + _first_of(np, run.nulls)
        raise ColumnError("wrong-type", name, "true or false is needed, not null", row)
    return run.values if run.values.any() else None


def _at(column: str, row: int, error: RequestError) -> ColumnError:
    return ColumnError(error.code, column, error.problem, row)


# ------------------------------------------------------------------ Python objects


def _from_objects(
    np: Any, column: _Column, first: int, objects: Sequence[Any]
) -> tuple[_Run, _Array | None]:
    """The same as if they had been stored by type, and the rows that are MISSING."""
    variable = column.variable
    read = _one_category if column.number == 0 else _OBJECTS[variable.kind]
    found: list[Any] = []
    for row, value in enumerate(objects, first):
        try:
            known = value is not None and value is not MISSING
            found.append(read(variable, value) if known else None)
        except RequestError as error:
            raise _at(column.name, row, error) from None
    blank = [value is None for value in found]
    nulls = _packed(np, np.array(blank, bool)) if any(blank) else None
    gone = [value is MISSING for value in objects]
    missing = _packed(np, np.array(gone, bool)) if any(gone) else None
    if missing is not None and column.number == 0:
        raise ColumnError("missing-data", column.name, "the data category is needed", first)
    return _typed_run(np, variable, found, nulls), missing


def _typed_run(np: Any, variable: _Variable, found: list[Any], nulls: _Array | None) -> _Run:
    match variable.kind:
        case "boolean" | "attested":
            truth = np.array([value is True for value in found], bool)
            return _Run("bits", _packed(np, truth), nulls)
        case "date":
            days = [_EPOCH if value is None else value for value in found]
            return _Run("days", np.array(days, np.int64) - _EPOCH, nulls)
        case "integer" | "duration":
            lowest = [variable.low if value is None else value for value in found]
            return _Run("whole", np.array(lowest, np.int64), nulls)
        case "leaf":
            numbers = [0 if value is None else value for value in found]
            names = [member.value for member in variable.members]
            return _Run("codes", np.array(numbers, np.int64), nulls, names)
        case "text":
            return _numbered(
                np, "codes", ["" if value is None else value for value in found], nulls
            )
        case "set":
            sets = [frozenset() if value is None else value for value in found]
            return _numbered(np, "sets", sets, nulls)


def _numbered(np: Any, form: Any, found: list[Any], nulls: _Array | None) -> _Run:
    places: dict[Any, int] = {}
    codes = [places.setdefault(value, len(places)) for value in found]
    return _Run(form, np.array(codes, np.int64), nulls, list(places))


def _one_category(variable: _Variable, value: object) -> object:
    if isinstance(value, str):
        return _leaf(variable, value)
    raise _wrong_type("", "one data category a row, by name,", value)


def _set_object(variable: _Variable, value: object) -> object:
    if isinstance(value, set | frozenset):
        value = tuple(value)
    return _set(variable, value)


# ------------------------------------------------------------------ by type

_OBJECTS = {**_TYPED, "leaf": _leaf, "set": _set_object}
_Checked = tuple[_Array, Sequence[Any]]


def _mismatch(column: _Column, wanted: str, run: _Run) -> ColumnError:
    forms = {"bits": "booleans", "whole": "whole numbers", "days": "dates", "codes": "texts"}
    coded = column.variable.kind == "leaf" and run.form == "whole"
    hint = "; of numbers, say which names they stand for: Coded(numbers, names)" if coded else ""
    return ColumnError(
        "wrong-type", column.name, f"{wanted} is needed, not {forms[run.form]}{hint}"
    )


def _booleans(np: Any, column: _Column, first: int, run: _Run) -> _Checked:
    if run.form != "bits":
        raise _mismatch(column, "true or false", run)
    return run.values, ()


def _ordered(np: Any, column: _Column, first: int, run: _Run) -> _Checked:
    if run.form != "whole":
        raise _mismatch(column, "a whole number", run)
    low, high = column.variable.low, column.variable.high
    outside = _outside(np, run, low, high)
    if outside is not None:
        error = _out_of_range(column.variable, str(low), str(high))
        raise _at(column.name, first + outside, error)
    return run.values.astype(np.int64, copy=False), ()


def _days(np: Any, column: _Column, first: int, run: _Run) -> _Checked:
    if run.form != "days":
        raise _mismatch(column, "a date", run)
    outside = _outside(np, run, _FIRST_DAY - _EPOCH, _LAST_DAY - _EPOCH)
    if outside is not None:
        error = _out_of_range(column.variable, "1700-01-01", "9899-12-31")
        raise _at(column.name, first + outside, error)
    return run.values, ()


def _with_nat(np: Any, run: _Run) -> _Run:
    """The same with NULL wherever NumPy has no day, its least number."""
    if not run.nat or not len(run.values):
        return run
    run = run._replace(most=_most(np, run.values))
    if run.most < 1 << 63:
        return run
    absent = _packed(np, run.values == np.iinfo(np.int64).min)
    return run._replace(nulls=_either(run.nulls, absent)) if absent.any() else run


def _most(np: Any, values: _Array) -> int:
    """The greatest value, read without sign: each negative one is greater than all others.

    Days as NumPy stores them come to less than 2^63 where none is before 1970 or absent, and to
    2^63 itself where some are absent and none is before 1970.
    """
    if values.dtype.kind == "i":
        values = values.view(values.dtype.str.replace("i", "u"))
    return int(np.maximum.reduce(values))


def _outside(np: Any, run: _Run, low: int, high: int) -> int | None:
    """The first row that is not NULL and does not lie within the bounds."""
    values = run.values
    if not len(values) or (low <= 0 and _up_to(np, run, high)):
        return None
    # NULL may be stored as anything.
    found = _packed(np, (values < low) | (values > high))
    if run.nulls is not None:
        found &= ~run.nulls
    return _first_of(np, found) if found.any() else None


def _up_to(np: Any, run: _Run, high: int) -> bool:
    """Whether one look, or two where days are absent, shows all values from 0 to `high`."""
    values, most = run.values, run.most if run.most >= 0 else _most(np, run.values)
    if run.nat and most == 1 << 63:
        return int(np.maximum.reduce(values)) <= high
    signed = values.dtype.kind == "i"
    return most <= high and not (signed and most >> (8 * values.dtype.itemsize - 1))


def _leaves(np: Any, column: _Column, first: int, run: _Run) -> _Checked:
    variable = column.variable
    if run.form != "codes":
        raise _mismatch(column, "a value's name", run)
    codes = _codes(np, column, first, run)
    smallest = np.uint8 if len(variable.members) <= 256 else np.uint32
    numbers = _numbers_named(variable, run.names)
    if numbers is None:
        return codes.astype(smallest, copy=False), ()
    if not numbers:
        return np.zeros(len(codes), smallest), ()
    found = np.array(numbers, np.int64)[codes]
    wrong = found < 0
    if run.nulls is not None:
        wrong &= ~_unpacked(np, run.nulls, len(codes))
    if wrong.any():
        row = int(wrong.argmax())
        error = _not_a_leaf(variable, run.names[int(codes[row])])
        raise _at(column.name, first + row, error)
    return found.astype(smallest), ()


def _numbers_named(variable: _Variable, names: Sequence[Any]) -> list[int] | None:
    """The leaf each name stands for, -1 where there is none; None if the leaves themselves stand
    there in order."""
    if len(names) <= len(variable.members) and all(map(eq, names, variable.numbers)):
        return None if names else []
    numbers = variable.numbers
    return [numbers.get(name, -1) if isinstance(name, str) else -1 for name in names]


def _codes(np: Any, column: _Column, first: int, run: _Run) -> _Array:
    """Numbers of names that exist; where NULL is, any of them."""
    codes, most = run.values, len(run.names)
    if not len(codes):
        return codes
    signed = codes.dtype.kind == "i"
    if np.maximum.reduce(codes) < most and not (signed and np.minimum.reduce(codes) < 0):
        return codes
    wrong = (codes < 0) | (codes >= most)
    nulls = np.zeros(len(codes), bool)
    if run.nulls is not None:
        nulls = _unpacked(np, run.nulls, len(codes))
    if (wrong & ~nulls).any():
        row = int((wrong & ~nulls).argmax())
        problem = f"{_shown(int(codes[row]))} is not the number of one of {most} names"
        raise ColumnError("unknown-name", column.name, problem, first + row)
    return np.where(wrong, 0, codes)


def _texts_of(np: Any, column: _Column, first: int, run: _Run) -> _Checked:
    if run.form != "codes":
        raise _mismatch(column, "a text", run)
    codes = _codes(np, column, first, run)
    found: list[str] = []
    for number, name in enumerate(run.names):
        try:
            found.append(_characters("", name))
        except RequestError as error:
            found.append("")
            if (codes == number).any():
                row = int((codes == number).argmax())
                raise _at(column.name, first + row, error) from None
    return codes, found


def _sets_of(np: Any, column: _Column, first: int, run: _Run) -> _Checked:
    if run.form != "sets":
        raise _mismatch(column, "a list of names", run)
    return run.values, run.names


_READERS: dict[str, Callable[[Any, _Column, int, _Run], _Checked]] = {
    "boolean": _booleans,
    "attested": _booleans,
    "integer": _ordered,
    "duration": _ordered,
    "date": _days,
    "leaf": _leaves,
    "text": _texts_of,
    "set": _sets_of,
}


def _plain(variable: _Variable, part: _Part | None, row: int) -> Any:
    """The value of a variable in a row of a run, as the engine has it."""
    if part is None or _bit(part.missing, row):
        return MISSING
    if _bit(part.none, row):
        return None
    match variable.kind:
        case "boolean" | "attested":
            return _bit(part.values, row)
        case "date":
            return int(part.values[row]) + _EPOCH
        case "text" | "set":
            return part.plain[int(part.values[row])]
        case _:
            return int(part.values[row])


def _bit(bits: _Array | None, row: int) -> bool:
    return bits is not None and bool(bits[row >> 3] >> (row & 7) & 1)


# --- to here
