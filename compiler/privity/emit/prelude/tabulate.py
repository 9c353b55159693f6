"""Prelude, part 12: decision tables, made once from `_settle` by running it, for `check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from privity.emit.prelude.answer import _decide
from privity.emit.prelude.apart import _decide_complete
from privity.emit.prelude.decide import Decision, _decided
from privity.emit.prelude.errors import _wrong_type
from privity.emit.prelude.program import _Program
from privity.emit.prelude.reading import _Stated
from privity.emit.prelude.tables import _Values
from privity.emit.prelude.values import MISSING

# --- copied from here

_Table = tuple[Decision | None, ...]
"""A decision for each truth of all boolean facts, packed as in _Stated; None where it is open."""


def _tabulated(p: _Program) -> tuple[_Table, ...]:
    """A table for each combination of roles, and one for what lies outside of them.

    Where known facts lead to a decision and all of them are booleans, it is written down; what
    no table holds is decided by `_decide`. Tables that are the same are one.
    """
    if p.index is not None:
        p.index.defaults = _decided(p, p.default, ())
    nothing: _Table = (None,) * (1 << len(p.booleans))
    if not p.combinations:
        return (nothing,)
    groups = [_grouped(p, number) for number, _ in p.role_sizes]
    found: dict[tuple[int, ...], _Table] = {}
    unique: dict[tuple[int, ...], _Table] = {}
    for leaves in product(*(sorted(set(group)) for group in groups)):
        table = _table(p, leaves)
        found[leaves] = unique.setdefault(tuple(map(id, table)), table)
    return (*[found[leaves] for leaves in product(*groups)], nothing)


def _grouped(p: _Program, number: int) -> list[int]:
    """For each leaf of a role, the first leaf that no atom tells from it.

    Decisions name the data category, so each of those stands by itself.
    """
    about = [atom for atom in p.atoms if number in atom.reads]
    tests = [atom.test for atom in about if atom.kind == "within"]
    leaves = range(len(p.variables[number].members))
    if number == 0 or any(atom.kind != "within" for atom in about):
        return list(leaves)
    marks = [tuple([test(leaf) for test in tests]) for leaf in leaves]
    return [marks.index(mark) for mark in marks]


class _Asked(list[Any]):
    """Values that tell which of them was last looked at."""

    last = 0

    def __getitem__(self, number: Any) -> Any:
        self.last = number
        return super().__getitem__(number)


def _table(p: _Program, leaves: Sequence[int]) -> _Table:
    """The decisions of one combination of roles, by running `_settle`.

    It is run with no fact known; the fact that it then asked for is tried both ways, and so on.
    """
    assert p.settle is not None
    bits = dict(p.booleans)
    roles = {number: leaf for (number, _), leaf in zip(p.role_sizes, leaves, strict=True)}
    table: list[Decision | None] = [None] * (1 << len(bits))
    waiting: list[dict[int, bool]] = [{}]
    while waiting:
        known = waiting.pop()
        values = _Asked([MISSING] * len(p.variables))
        for number, value in [*roles.items(), *known.items()]:
            values[number] = value
        found: Decision | None = p.settle(values)
        if found is None and values.last in bits and values.last not in known:
            waiting += ({**known, values.last: value} for value in (False, True))
        elif found is not None and not found.duties:
            true = sum(bits[number] for number, value in known.items() if value)
            for more in _subsets_of(len(table) - 1 - sum(bits[number] for number in known)):
                table[true | more] = found
    return tuple(table)


def _subsets_of(mask: int) -> Iterator[int]:
    part = mask
    while True:
        yield part
        if not part:
            return
        part = (part - 1) & mask


def _check(p: _Program, request: object) -> Decision:
    """The decision on a request that no table holds."""
    if p.index is not None and isinstance(request, _Stated) and request._complete:
        # Its values need no copy: what would be written to them stands there.
        found = _decide_complete(p, p.index, request._values)
        if found is not None:
            return found
    return _decide(p, *_stated(request))


def _stated(request: object) -> tuple[list[int], _Values]:
    """The data categories and plain values of a `Request`."""
    if not isinstance(request, _Stated):
        raise _wrong_type("", "a Request", request)
    return request._data, request._values.copy()


# --- to here
