"""Prelude, part 10: the nearest change that would permit a request. Not on the way of `check`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, permutations
from typing import Any, NamedTuple

from privity.emit.prelude.answer import _decide
from privity.emit.prelude.cells import _atoms_of, _cells, _chosen, _live
from privity.emit.prelude.program import _MOST_COMPLETIONS, _Program
from privity.emit.prelude.tables import _Atom, _Values
from privity.emit.prelude.values import _LAST_DAY, MISSING

# --- copied from here

_MOST_CHANGES = 4
_MOST_WORK = 40_000_000
"""Each decision costs its atoms times its completions, weighed so that this is half a second."""
_MOST_GROUPS = 6
_ORDERED = ("date", "integer", "duration")
_FEW_COMPLETIONS = 4_096
"""With facts left open, no more completions than these are looked at: it only saves trials."""


class _Found(NamedTuple):
    """Changed facts, in order of declaration, with their new values; compared in this order."""

    distance: int
    facts: tuple[int, ...]
    rank: tuple[int, ...]
    values: tuple[Any, ...]


class _Candidate(NamedTuple):
    value: Any
    distance: int


class _Search:
    """What may change, and how much work may still go into trying it."""

    __slots__ = ("about", "cost", "cost_of_all", "data", "facts", "p", "values", "work")

    def __init__(self, p: _Program, data: Sequence[int], values: _Values) -> None:
        self.p, self.data, self.values = p, data, values
        read = [p.atoms[n] for n in _atoms_of(p, _live(p, data, values))]
        facts = {number for atom in read for number in atom.reads}
        self.facts = sorted(number for number in facts if "." in p.variables[number].key)
        self.about: dict[int, list[_Atom]] = {
            number: [atom for atom in read if number in atom.reads] for number in self.facts
        }
        self.work = _MOST_WORK
        # Each atom is tried on each cell, and then combined over all completions.
        cells = [_cells(p, f, about, _without(values, f)) for f, about in self.about.items()]
        self.cost = (20 + len(read)) * (50 + 20 * max(map(len, cells), default=0))
        self.cost_of_all = (20 + len(read)) // 16

    def outcome(self, values: _Values, limit: int) -> str:
        decision = _decide(self.p, self.data, list(values), limit)
        self.work -= self.cost + self.cost_of_all * decision._completions
        return decision.outcome

    def may_permit(self, facts: Sequence[int]) -> bool:
        """Whether values of these facts may exist that permit. A no is certain."""
        values = list(self.values)
        for number in facts:
            values[number] = MISSING
        return self.outcome(values, _FEW_COMPLETIONS) != "deny"

    def nearest(self) -> _Found | None:
        if not self.may_permit(self.facts):
            return None
        needed = {f for f in self.facts if not self.may_permit([g for g in self.facts if g != f])}
        for size in range(1, _MOST_CHANGES + 1):
            found: list[_Found] = []
            for facts in combinations(self.facts, size):
                if self.work <= 0:
                    return None
                if needed.issubset(facts) and self.may_permit(facts):
                    found.extend(self.assignments(facts))
            if found:
                return min(found, key=lambda one: one[:3])
        return None

    def assignments(self, facts: tuple[int, ...]) -> Iterator[_Found]:
        """New values of just these facts that permit, found in each order that may matter."""
        ordered = [f for f in facts if self.p.variables[f].kind in _ORDERED]
        others = [f for f in facts if f not in ordered]
        for order in permutations(ordered):
            yield from self.assign((*others, *order), list(self.values), {})

    def assign(
        self, left: tuple[int, ...], values: _Values, chosen: dict[int, tuple[int, _Candidate]]
    ) -> Iterator[_Found]:
        if self.work <= 0:
            return
        if not left:
            if self.outcome(values, _MOST_COMPLETIONS) == "permit":
                yield _found(chosen)
            return
        number, *rest = left
        for rank, candidate in enumerate(self.candidates(number, values)):
            values[number] = candidate.value
            yield from self.assign(tuple(rest), values, {**chosen, number: (rank, candidate)})
        values[number] = self.values[number]

    def candidates(self, number: int, values: _Values) -> list[_Candidate]:
        """A value of each cell but the present one, as near to the present value as may be."""
        variable, about, now = self.p.variables[number], self.about[number], values[number]
        cells = _cells(self.p, number, about, _without(values, number))
        if variable.kind == "set":
            return list(_nearest_sets(cells, _chosen(variable, about), about, now))
        if variable.kind in _ORDERED:
            last = _LAST_DAY if variable.kind == "date" else variable.high
            return list(_nearest_numbers(cells, last, now))
        present = _cell_of(cells, about, now)
        return [_Candidate(cell, 0) for cell in cells if cell is not present]


def _without(values: _Values, number: int) -> _Values:
    return [MISSING if n == number else value for n, value in enumerate(values)]


def _found(chosen: dict[int, tuple[int, _Candidate]]) -> _Found:
    facts = tuple(sorted(chosen))
    ranks = tuple([chosen[fact][0] for fact in facts])
    candidates = [chosen[fact][1] for fact in facts]
    distance = sum([candidate.distance for candidate in candidates])
    return _Found(distance, facts, ranks, tuple([candidate.value for candidate in candidates]))


def _cell_of(cells: Sequence[Any], about: Sequence[_Atom], now: Any) -> Any:
    """The cell in which a known boolean, leaf or text lies; MISSING for MISSING."""
    if now is MISSING or now in cells:
        return now if now is MISSING else cells[cells.index(now)]
    if isinstance(now, str):
        return cells[-1]
    tests = [atom.test for atom in about if atom.kind == "within"]
    leaves = [cell for cell in cells if cell is not None]
    return next(leaf for leaf in leaves if all(test(leaf) == test(now) for test in tests))


def _nearest_numbers(cells: Sequence[Any], last: int, now: Any) -> Iterator[_Candidate]:
    """The value nearest to `now` in each interval; without one, that next to the interval's end."""
    if None in cells and now is not None:
        yield _Candidate(None, 0)
    starts = [cell for cell in cells if cell is not None]
    ends = [start - 1 for start in starts[1:]] + [last]
    for start, end in zip(starts, ends, strict=True):
        if now is None or now is MISSING:
            yield _Candidate(end if start == starts[0] and end != last else start, 0)
        elif not start <= now <= end:
            near = start if now < start else end
            yield _Candidate(near, abs(near - now))


def _nearest_sets(
    cells: Sequence[Any], firsts: Sequence[int], about: Sequence[_Atom], now: Any
) -> Iterator[_Candidate]:
    """For each choice of groups, what `now` has of them and the first leaf of those it lacks."""
    if None in cells and now is not None:
        yield _Candidate(None, 0)
    tests = [atom.test for atom in about if atom.kind == "contains"]
    held = {_marks(tests, first): first for first in firsts[:_MOST_GROUPS]}
    present = now if isinstance(now, frozenset) else frozenset()
    for number in range(2 ** len(held)):
        chosen = {first for bit, first in enumerate(held.values()) if number >> bit & 1}
        kept = {leaf for leaf in present if held.get(_marks(tests, leaf), -1) in {-1, *chosen}}
        groups = {held.get(_marks(tests, leaf)) for leaf in kept}
        value = frozenset(kept | (chosen - groups))
        if value != now:
            yield _Candidate(value, 0)


def _marks(tests: Sequence[Callable[..., bool]], leaf: int) -> tuple[bool, ...]:
    return tuple([test(frozenset((leaf,))) for test in tests])


# --- to here
