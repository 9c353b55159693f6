"""Prelude, part 16: `check_many`, its arguments and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from privity.emit.prelude.columns import _OUTCOMES, _run_all
from privity.emit.prelude.columns_part import _Column
from privity.emit.prelude.columns_source import ColumnError, _narwhals, _numpy, _pyarrow, _source
from privity.emit.prelude.errors import _guess, _shown
from privity.emit.prelude.program import _Program
from privity.emit.prelude.values import _Variable

# --- copied from here

_CHUNK = 524_288


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The answer of `check_many`, a place a row, in the order of the rows.

    `codes`: 0 deny, 1 permit, 2 unknown. `rule_codes`: numbers into `combinations`, of the rules
    that decide; None unless asked for. Both are arrays of NumPy, and cannot be written to.
    """

    codes: Any
    rule_codes: Any
    combinations: tuple[tuple[str, ...], ...]
    _kept: Mapping[str, Any] = field(repr=False)
    _backend: Any = field(repr=False)
    _unknown: bool = field(repr=False)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def permitted(self) -> Any:
        """An array of booleans: true iff the outcome is permit."""
        # Where nothing is unknown the codes are stored as booleans are.
        return self.codes == 1 if self._unknown else self.codes.view(bool)

    @property
    def outcomes(self) -> Any:
        """An array of the words deny, permit and unknown."""
        return _numpy().array(_OUTCOMES).take(self.codes)

    def rules_of(self, row: int) -> tuple[str, ...]:
        """The rules that decide a row. They must have been asked for."""
        if self.rule_codes is None:
            raise ValueError("check_many(..., rules=True) finds the rules")
        return self.combinations[self.rule_codes[row]]

    def to_arrow(self) -> Any:
        """A table: the columns that were kept, `outcome`, and `rules` if they were asked for."""
        pa = _pyarrow()
        found = {name: pa.chunked_array([_as_arrow(pa, c)]) for name, c in self._kept.items()}
        found["outcome"] = pa.DictionaryArray.from_arrays(self.codes, pa.array(_OUTCOMES))
        if self.rule_codes is not None:
            lists = pa.array(self.combinations, pa.list_(pa.string()))
            found["rules"] = lists.take(pa.array(self.rule_codes))
        return pa.table(found)

    def to_frame(self) -> Any:
        """The same as a frame of the kind that was given; of lazy ones and arrays a table."""
        table = self.to_arrow()
        if self._backend is None:
            return table
        return _narwhals().from_arrow(table, backend=self._backend).to_native()


def _as_arrow(pa: Any, column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks()
    return column if isinstance(column, pa.Array) else pa.array(column)


def _check_many(
    p: _Program,
    given: Any,
    *,
    names: Mapping[str, str],
    null_is: Mapping[str, str],
    missing: Mapping[str, str],
    keep: Sequence[str],
    rules: bool,
    chunk: int | None,
    threads: int | None,
) -> Columns:
    """The decisions on all rows. Raises ColumnError, ImportError where a library is not there."""
    _numpy()
    keep = [keep] if isinstance(keep, str) else list(keep)
    table = _given(given, keep)
    used = _used(p, table.names, names, missing, keep)
    wanted = [name for _, *both in used for name in both if name is not None]
    stored = table.take([*wanted, *keep])
    columns = [
        _Column(
            name,
            number,
            p.variables[number],
            _source(name, stored[name]),
            _null_is(p.variables[number], null_is, flags is not None),
            None if flags is None else (flags, _source(flags, stored[flags])),
        )
        for number, name, flags in used
    ]
    _check_keys(p, "null_is", null_is)
    _check_lengths(columns, {name: stored[name] for name in keep})
    size, workers = _size(p, chunk), _threads(threads)
    decided, unknown = _run_all(p, columns, rules, size, workers)
    kept = {name: stored[name] for name in keep}
    for found in (decided.outcomes, decided.rules):
        if found is not None:
            found.flags.writeable = False
    return Columns(*decided, kept, table.backend, unknown)


def _size(p: _Program, chunk: int | None) -> int:
    """Rows at a time: as many as are asked for, whole bytes of bits; fewer where rules are many."""
    if chunk is None:
        return max(1_024, _CHUNK * 64 // max(64, len(p.atoms) + len(p.rules)) // 8 * 8)
    if type(chunk) is not int or not 1 <= chunk <= 1 << 24:
        raise ColumnError("wrong-argument", "chunk", "a number of rows from 1 to 2^24 is needed")
    return (chunk + 7) // 8 * 8


def _threads(threads: int | None) -> int:
    if threads is None:
        import os

        # Of the machine's processors this process may have been given a few only.
        several = hasattr(os, "sched_getaffinity")
        return min(4, len(os.sched_getaffinity(0)) if several else os.cpu_count() or 1)
    if type(threads) is not int or not 1 <= threads <= 256:
        raise ColumnError("wrong-argument", "threads", "a number from 1 to 256 is needed")
    return threads


# ------------------------------------------------------------------ which columns

_Used = tuple[int, str, str | None]
"""The number of a variable, the name of its column and of the one that says where it is missing."""


def _used(
    p: _Program,
    there: Sequence[str],
    names: Mapping[str, str],
    missing: Mapping[str, str],
    keep: Sequence[str],
) -> list[_Used]:
    """Each column is used, and once. Raises ColumnError."""
    _check_keys(p, "names", names)
    _check_keys(p, "missing", missing)
    found: list[_Used] = []
    for number, variable in enumerate(p.variables):
        name = names.get(variable.key, variable.key)
        flags = missing.get(variable.key)
        if name in there:
            found.append((number, name, flags))
        elif variable.key in names or number == 0 or flags is not None:
            raise _no_column(name, there)
    used = [name for _, *both in found for name in both if name is not None] + list(keep)
    for name in used:
        if name not in there:
            raise _no_column(name, there)
    for name in there:
        if used.count(name) + there.count(name) != 2:
            raise _not_once(p, name, used)
    return found


def _check_keys(p: _Program, argument: str, mapping: Mapping[str, object]) -> None:
    keys = [variable.key for variable in p.variables]
    for key in mapping:
        if key not in keys:
            problem = f"the policy has no role or fact {_shown(key)}{_hint(key, keys)}"
            raise ColumnError("unknown-key", argument, problem)


def _no_column(name: object, there: Iterable[str]) -> ColumnError:
    shown = name if isinstance(name, str) else "?"
    return ColumnError("no-column", shown, f"there is no such column{_hint(name, there)}")


def _not_once(p: _Program, name: object, used: Sequence[str]) -> ColumnError:
    shown = name if isinstance(name, str) else "?"
    if name in used:
        return ColumnError("twice", shown, "the column is there, or is used, more than once")
    keys = [variable.key for variable in p.variables]
    problem = f"the policy has no such role or fact, nor is it kept{_hint(name, keys)}"
    return ColumnError("unknown-column", shown, problem)


def _hint(name: object, names: Iterable[str]) -> str:
    guess = _guess(name, names)
    return f"; did you mean {guess!r}?" if guess else ""


def _null_is(
    variable: _Variable, null_is: Mapping[str, str], flagged: bool
) -> Literal["none", "missing"] | None:
    """What NULL means in a column. A column of flags says what is missing, so NULL is none."""
    stated = null_is.get(variable.key)
    if stated is None:
        return "none" if flagged else None
    if stated == "missing" and not flagged:
        return "missing"
    if stated == "none" and variable.optional:
        return "none"
    wanted = "'none'" if flagged else "'none' or 'missing'" if variable.optional else "'missing'"
    problem = f"NULL in it can only be {wanted}, not {_shown(stated)}"
    raise ColumnError("null-meaning", variable.key, problem)


def _check_lengths(columns: Sequence[_Column], kept: Mapping[str, Any]) -> None:
    lengths = {column.name: column.source.length for column in columns}
    lengths |= {c.flags[0]: c.flags[1].length for c in columns if c.flags is not None}
    lengths |= {name: len(column) for name, column in kept.items()}
    first, *others = lengths.items()
    for name, length in others:
        if length != first[1]:
            problem = f"it has {length:,} rows, {first[0]!a} has {first[1]:,}"
            raise ColumnError("ragged", name, problem)


# ------------------------------------------------------------------ mappings and frames


class _Given(NamedTuple):
    """Columns by name; `take` fetches some of them. `backend`: how to make a frame like it."""

    names: tuple[str, ...]
    take: Any
    backend: Any


def _given(given: Any, keep: Sequence[str]) -> _Given:
    if isinstance(given, Mapping):
        stored: dict[str, Any] = dict(given)
        return _Given(tuple(stored), lambda names: stored, None)
    nw = _narwhals()
    if type(given).__name__ == "RecordBatch":
        given = _pyarrow().Table.from_batches([given])
    try:
        frame = nw.from_native(given)
        names = tuple(frame.collect_schema().names())
    except TypeError:
        problem = f"columns by name, or a frame, are needed, not {_shown(given)}"
        raise ColumnError("wrong-type", "", problem) from None
    except nw.exceptions.NarwhalsError as error:
        raise ColumnError("wrong-type", "", f"the frame cannot be read: {error}") from None
    if isinstance(frame, nw.DataFrame):
        return _Given(
            names, lambda used: {n: frame.get_column(n) for n in used}, frame.implementation
        )
    if not keep:
        problem = "rows of a lazy frame have no order: name columns that identify them in `keep`"
        raise ColumnError("no-order", "", problem)
    return _Given(names, lambda used: _collected(frame, used), None)


def _collected(frame: Any, names: Sequence[str]) -> Any:
    """Columns of a lazy frame, fetched once and together, so that their rows belong together."""
    return frame.select(list(dict.fromkeys(names))).collect(backend="pyarrow").to_native()


# --- to here
