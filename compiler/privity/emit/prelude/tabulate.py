"""Prelude, part 12: decision tables, made once from `_settle` by running it, for `check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from privity.emit.prelude.decide import Decision, _decide
from privity.emit.prelude.errors import _wrong_type
from privity.emit.prelude.masks import _MOST_COMPLETIONS
from privity.emit.prelude.program import _Program, _Values
from privity.emit.prelude.reading import _Stated
from privity.emit.prelude.values import MISSING

# --- copied from here

_Table = tuple[int, dict[int, Decision]]
"""Which bits of a request's packed facts matter, and the decision by their values."""

_MOST_COMBINATIONS = 20_000
_MOST_BRANCHES = 512
_MOST_BITS = 8


def _tabulated(p: _Program) -> tuple[_Table, ...]:
    """A table for each combination of roles; none where that takes too many.

    Where all facts that `_settle` asks for are booleans, its decisions are written down; whatever
    else a request states is not in its table, and is decided by `_decide`. Combinations whose
    roles no atom tells apart share a table.
    """
    if p.settle is None or p.most > _MOST_COMPLETIONS or p.combinations > _MOST_COMBINATIONS:
        return ()
    groups = [_grouped(p, number) for number, _ in [(0, 0), *p.role_sizes]]
    firsts = [sorted(set(group)) for group in groups]
    found: dict[tuple[int, ...], _Table] = {}
    for leaves in product(*firsts):
        found[leaves] = _table(p, leaves)
    return tuple([found[leaves] for leaves in product(*groups)])


def _grouped(p: _Program, number: int) -> list[int]:
    """For each leaf of a role, the first leaf that no atom tells from it.

    Decisions name the data category, so each stands by itself.
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
    """The decisions of one combination of roles. What a branch leaves open is looked up last."""
    bits = dict(p.booleans)
    branches = list(_branches(p, leaves, bits))
    mask = 0
    for true, false, _ in branches:
        mask |= true | false
    if len(branches) > _MOST_BRANCHES or mask.bit_count() > _MOST_BITS:
        return 0, {}
    table = {}
    for true, false, decision in branches:
        for more in _subsets_of(mask & ~(true | false)):
            table[true | more] = decision
    return mask | mask << 1, table


def _branches(
    p: _Program, leaves: Sequence[int], bits: dict[int, int]
) -> Iterator[tuple[int, int, Decision]]:
    """What `_settle` finds: the facts that are true, those that are false, the decision."""
    waiting: list[dict[int, bool]] = [{}]
    numbers = [0, *(number for number, _ in p.role_sizes)]
    seen = 0
    while waiting and seen <= _MOST_BRANCHES:
        known = waiting.pop()
        values = _Asked([MISSING] * len(p.variables))
        for number, leaf in [*zip(numbers, leaves, strict=True), *known.items()]:
            values[number] = leaf
        found: Decision | None = None if p.settle is None else p.settle(values)
        seen += 1
        if found is None and values.last in bits and values.last not in known:
            waiting += ({**known, values.last: value} for value in (False, True))
        elif found is not None and not found.duties:
            true = sum(bits[number] for number, value in known.items() if value)
            yield true, sum(map(bits.__getitem__, known)) - true, found


def _subsets_of(mask: int) -> Iterator[int]:
    part = mask
    while True:
        yield part
        if not part:
            return
        part = (part - 1) & mask


def _check(p: _Program, request: object) -> Decision:
    """The decision on a request that no table holds."""
    return _decide(p, *_stated(request))


def _stated(request: object) -> tuple[list[int], _Values]:
    """The data categories and plain values of a `Request`."""
    if not isinstance(request, _Stated):
        raise _wrong_type("", "a Request", request)
    return request._data, request._values.copy()


# --- to here
