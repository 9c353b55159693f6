"""Requests that show whether a checker decides as the policy does: conformance vectors.

They cover every path of the decision diagram that some request takes; every bound of a sum, from
both sides and by one more day or number, on every path that meets it; every leaf; `none` and
missing; the first and the last day; several categories at once; and more completions than are
looked at, where the policy has requests of that kind. The same policy gives the same requests.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import cast

from privity.lower.decide import Decided, decision_diagram
from privity.lower.diagram import Diagram
from privity.lower.instances import Conflict, Finder, Unsettled
from privity.lower.questions import Pick, Question, Region, Terms, asked_of
from privity.model.calendar import shift
from privity.model.formula import Key, Plain, Shifted, facts_of
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    DateType,
    DurationType,
    FactType,
    IntegerType,
    Policy,
)
from privity.semantics.cells import MOST_COMPLETIONS, axes_of
from privity.semantics.nodes import Request

MOST_PATHS = 20_000
MOST_LISTED = 4_000
"""The reference lists completions one by one; requests with more of them make no vectors, but
for those with too many."""

Path = tuple[tuple[int, int], ...]
Allowed = Mapping[int, frozenset[int]]
Edge = tuple[int, int, int]
"""A question about a sum, one of its bounds, and the distance from it: -1, 0 or 1."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A request, and what it is there to show."""

    covers: str
    request: Request


@dataclass
class Coverage:
    """What the vectors cover and what no request can do. `open_paths` and `open_edges` are what
    is left: neither covered nor shown to be impossible."""

    vectors: list[Vector] = field(default_factory=list)
    paths: int = 0
    impossible_paths: int = 0
    open_paths: list[Path] = field(default_factory=list)
    edges: set[Edge] = field(default_factory=set)
    impossible_edges: set[Edge] = field(default_factory=set)
    open_edges: set[Edge] = field(default_factory=set)


def vectors_of(policy: Policy) -> Coverage | None:
    """None where the policy has no diagram, or one with more than `MOST_PATHS` paths."""
    diagram = decision_diagram(policy)
    if diagram is None or len(list(islice(diagram.paths(), MOST_PATHS + 1))) > MOST_PATHS:
        return None
    return _Maker(policy, diagram).made()


@dataclass
class _Maker:
    policy: Policy
    diagram: Diagram[Decided]
    coverage: Coverage = field(default_factory=Coverage)
    _seen: set[object] = field(default_factory=set)

    def made(self) -> Coverage:
        taken = [(path, values) for path in self._paths() if (values := self._on(path))]
        for number, (path, values) in enumerate(taken):
            self._add(f"path {number + 1}", values)
            self._partial(number, path, values)
            self._categories(number, values)
        self._edges([path for path, _ in taken])
        for path, values in taken:
            self._deadlines(path, self._end(path))
            self._leaves(path, values)
            self._days(path, values)
            self._nones(path, values)
        self._nothing_known()
        return self.coverage

    # -------------------------------------------------------------- paths

    def _paths(self) -> Iterator[Path]:
        return (path for path, _ in self.diagram.paths())

    def _on(self, path: Path) -> dict[Key, Plain] | None:
        """A complete request that takes a path, the data category among its values."""
        found = Finder(self.diagram.questions, self.policy).request(dict(path))
        if isinstance(found, dict):
            self.coverage.paths += 1
            return found
        if isinstance(found, Conflict):
            self.coverage.impossible_paths += 1
        else:
            self.coverage.open_paths.append(path)
        return None

    def _end(self, path: Path) -> Decided:
        answers = {self.diagram.questions[number]: arm for number, arm in path}
        return self.diagram.walk(answers.__getitem__)

    def _add(self, covers: str, values: Mapping[Key, Plain], data: Sequence[int] = ()) -> None:
        """The request with these values, unless there is one or it takes too long to decide."""
        own = values.get("data")
        categories = tuple(sorted({*data, *(() if own is None else (cast(int, own),))}))
        kept = {key: value for key, value in values.items() if key != "data"}
        mark = (categories, tuple(sorted(kept.items(), key=lambda item: item[0])))
        completions = axes_of(self.policy, Request(categories, kept)).completions
        if mark in self._seen or MOST_LISTED < completions <= MOST_COMPLETIONS:
            return
        self._seen.add(mark)
        self.coverage.vectors.append(Vector(covers, Request(categories, kept)))

    # -------------------------------------------------------------- what is missing

    def _partial(self, number: int, path: Path, values: Mapping[Key, Plain]) -> None:
        """What the path asks is all that is known; then one of it is missing, each in its turn."""
        asked = {"data"}.union(*(asked_of(self.diagram.questions[n]) for n, _ in path))
        known = {key: value for key, value in values.items() if key in asked}
        self._add(f"path {number + 1}, what it asks alone", known)
        others = [key for key in known if key != "data"]
        for key in others[number % len(others) :][:1] if others else ():
            self._add(f"path {number + 1} without {key}", _without(known, key))
            self._add(f"all but {key}", _without(values, key))

    def _nothing_known(self) -> None:
        leaves = range(len(self.policy.roles["data"].leaves))
        for leaf in leaves:
            self._add("nothing known", {"data": leaf})
        self._add("nothing known, all data", {}, leaves)

    def _nones(self, path: Path, values: Mapping[Key, Plain]) -> None:
        asked = frozenset[Key]().union(*(asked_of(self.diagram.questions[n]) for n, _ in path))
        for fact in self.policy.facts:
            if fact.key in asked and ("none", fact.key) not in self._seen:
                self._seen.add(("none", fact.key))
                self._add(f"{fact.key} missing", _without(values, fact.key))
                if fact.optional:
                    self._add(f"{fact.key} none", {**values, fact.key: None})

    # -------------------------------------------------------------- data, leaves, days

    def _categories(self, number: int, values: Mapping[Key, Plain]) -> None:
        """The same for two categories, and now and then for all."""
        leaves = range(len(self.policy.roles["data"].leaves))
        two = (number % len(leaves),)
        self._add(f"path {number + 1}, two categories", values, two)
        others = [key for key in values if key != "data"]
        for key in others[number % len(others) :][:1] if others else ():
            self._add(
                f"path {number + 1}, two categories, {key} missing", _without(values, key), two
            )
        if number % 10 == 0:
            self._add(f"path {number + 1}, all data", values, leaves)

    def _leaves(self, path: Path, values: Mapping[Key, Plain]) -> None:
        """Every value of every group that some path goes by."""
        for question, arm in path:
            match self.diagram.questions[question]:
                case Pick(variable, groups):
                    for value in sorted(groups[arm], key=repr):
                        if isinstance(value, int) and (question, value) not in self._seen:
                            self._seen.add((question, value))
                            self._add(f"{variable}, each of a group", {**values, variable: value})
                case _:
                    pass

    def _days(self, path: Path, values: Mapping[Key, Plain]) -> None:
        for question, _ in path:
            for key in sorted(asked_of(self.diagram.questions[question])):
                fact = self.policy.fact_by_key.get(key)
                is_date = fact is not None and isinstance(fact.type, DateType)
                if is_date and ("days", key) not in self._seen:
                    self._seen.add(("days", key))
                    for day in (FIRST_DAY, LAST_DAY):
                        self._add(f"{key} {day}", {**values, key: day.toordinal()})

    # -------------------------------------------------------------- bounds

    @cached_property
    def _finer(self) -> tuple[Question, ...]:
        """The questions, sums told apart one by one around each bound."""
        return tuple(
            Region(each.terms, tuple(sorted({b + d for b in each.bounds for d in (-2, -1, 0, 1)})))
            if isinstance(each, Region)
            else each
            for each in self.diagram.questions
        )

    def _allowed(self, path: Path) -> dict[int, frozenset[int]]:
        """The arms of the finer questions that the answers of a path are made of."""
        found: dict[int, frozenset[int]] = {}
        for number, arm in path:
            coarse, fine = self.diagram.questions[number], self._finer[number]
            if isinstance(coarse, Region) and isinstance(fine, Region):
                low = fine.bounds.index(coarse.bounds[arm - 1]) + 1 if arm else 0
                last = arm == len(coarse.bounds)
                high = len(fine.bounds) if last else fine.bounds.index(coarse.bounds[arm])
                found[number] = frozenset(range(low, high + 1))
            else:
                found[number] = frozenset({arm})
        return found

    def _edges(self, paths: Sequence[Path]) -> None:
        """On each path that meets a bound, the sums that lie at it and beside it."""
        finder = Finder(self._finer, self.policy)
        tried: set[Edge] = set()
        for path in paths:
            allowed = self._allowed(path)
            for edge, arm in self._edges_of({number for number, _ in path}):
                if arm in allowed[edge[0]]:
                    tried.add(edge)
                    self._edge(finder, edge, {**allowed, edge[0]: frozenset({arm})})
        # On no path that a request takes.
        asked = {node.question for node in self.diagram.nodes}
        never = {edge for edge, _ in self._edges_of(asked)} - tried
        found = self.coverage
        (found.open_edges if found.open_paths else found.impossible_edges).update(never)
        found.impossible_edges -= found.edges | found.open_edges
        found.open_edges -= found.edges

    def _edges_of(self, numbers: set[int]) -> Iterator[tuple[Edge, int]]:
        """The edges of some questions, each with its arm of the finer one."""
        for number in sorted(numbers):
            fine, coarse = self._finer[number], self.diagram.questions[number]
            if isinstance(fine, Region) and isinstance(coarse, Region):
                for bound in coarse.bounds:
                    for away in (-1, 0, 1):
                        yield (number, bound, away), fine.bounds.index(bound + away)

    def _edge(self, finder: Finder, edge: Edge, allowed: Allowed) -> None:
        found = found_by(finder, allowed)
        if isinstance(found, Conflict):
            self.coverage.impossible_edges.add(edge)
        elif isinstance(found, Unsettled):
            self.coverage.open_edges.add(edge)
        else:
            self.coverage.edges.add(edge)
            question = self._finer[edge[0]]
            assert isinstance(question, Region)
            facts = " and ".join(sorted(facts_of(question.terms)))
            covers = f"{facts}: {edge[2]:+} from the bound {edge[1]}"
            self._add(covers, found)
            for number in allowed:
                for key in sorted(asked_of(self._finer[number]) - {"data"}):
                    self._add(f"{covers}, {key} missing", _without(found, key))
            self._pinned(covers, question, allowed)

    def _pinned(self, covers: str, question: Region, allowed: Allowed) -> None:
        """The same with one of the facts at the end of its range, and then without it; and with
        days that calendar months clip."""
        for key in sorted(facts_of(question.terms)):
            for value in (
                *_ends(self.policy.fact_by_key[key].type),
                *_clipped(question.terms, key),
            ):
                if (covers, key, value) not in self._seen:
                    found = self._where(allowed, key, value)
                    if found is not None:
                        self._seen.add((covers, key, value))
                        self._add(f"{covers}, {key} {value}", found)
                        self._add(f"{covers}, {key} {value}, missing", _without(found, key))

    def _where(self, allowed: Allowed, key: Key, value: int) -> dict[Key, Plain] | None:
        """A request with these answers in which a date or number has this value."""
        pin = Region(((1, key),), (value - 1, value))
        finder = Finder((*self._finer, pin), self.policy)
        found = found_by(finder, {**allowed, len(self._finer): frozenset({1})})
        return found if isinstance(found, dict) else None

    def _deadlines(self, path: Path, end: Decided) -> None:
        """Duties on days that calendar months clip, and on others."""
        allowed = self._allowed(path)
        for rule in (self.policy.rules[number] for number in end.rules):
            for duty in rule.duties:
                terms = () if duty.deadline is None else duty.deadline.terms
                for key in sorted(facts_of(terms)):
                    for day in _clipped(terms, key):
                        found = None
                        if ("duty", duty.name, key, day) not in self._seen:
                            found = self._where(allowed, key, day)
                        if found is not None:
                            self._seen.add(("duty", duty.name, key, day))
                            self._add(f"duty {duty.name}, {key} {day}", found)


def found_by(finder: Finder, allowed: Allowed) -> dict[Key, Plain] | Conflict | Unsettled:
    """A complete request whose answers are allowed, the same one on every run."""
    values = finder.anything()
    for step in (finder.alike, finder.sets, finder.sums):
        found = step(allowed)
        if not isinstance(found, dict):
            return found
        values |= found
    return values


def _ends(kind: FactType) -> tuple[int, ...]:
    match kind:
        case DateType():
            return FIRST_DAY.toordinal(), LAST_DAY.toordinal()
        case IntegerType(low, high) | DurationType(low, high):
            return low, high
        case _:
            return ()


CLIPPED_IN = (1900, 2000, 2023, 2024)
"""Leap years and others, of both kinds of century."""


def _clipped(terms: Terms, key: Key) -> Iterator[int]:
    """Last days of months that a shift of the fact moves into a February, or a month of 30 days."""
    for _, quantity in terms:
        if isinstance(quantity, Shifted) and key in facts_of(quantity.of.terms):
            for year in CLIPPED_IN:
                for month in (2, 4):
                    first = datetime.date(year, month, 1).toordinal()
                    month_before = shift(first, -quantity.months)
                    yield shift(month_before, 1) - 1 - quantity.of.constant
            yield from _clipped(quantity.of.terms, key)


def _without(values: Mapping[Key, Plain], key: Key) -> dict[Key, Plain]:
    return {other: value for other, value in values.items() if other != key}
