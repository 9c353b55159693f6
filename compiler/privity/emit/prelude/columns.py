"""Prelude, part 15: many requests at once, as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from privity.emit.prelude.answer import _decide
from privity.emit.prelude.columns_lanes import (
    _apply_lanes,
    _Groups,
    _lanes_of,
    _octets,
    _Relevance,
    _Rows,
)
from privity.emit.prelude.columns_part import _Column, _part, _plain
from privity.emit.prelude.columns_source import _Array, _either, _numpy, _unpacked
from privity.emit.prelude.program import _Program
from privity.emit.prelude.values import MISSING

# --- copied from here

_OUTCOMES = ("deny", "permit", "unknown")
_UNKNOWN = 2
_Answer = tuple[int, tuple[str, ...]]
"""An outcome as a number, and the rules that decide."""
_WIDE = ("integer", "duration", "date")
_MOST_REMEMBERED = 100_000


class _Decided(NamedTuple):
    """Some rows: the outcome of each, and the number of its rules among `combinations`."""

    outcomes: _Array
    rules: _Array | None
    combinations: tuple[tuple[str, ...], ...]


class _Batch:
    """What the runs of one call share."""

    __slots__ = (
        "answers", "columns", "lanes", "np", "order", "p", "rules", "told_apart", "unknown",
    )  # fmt: skip

    def __init__(self, p: _Program, columns: Sequence[_Column], rules: bool) -> None:
        self.np, self.p, self.rules = _numpy(), p, rules
        # What is widest is read last, and while it is at hand compared first.
        self.columns = sorted(columns, key=lambda column: column.variable.kind in _WIDE)
        self.lanes = _lanes_of(p)
        self.order = sorted(range(len(p.atoms)), key=lambda number: p.atoms[number].kind != "sum")
        # Beside which other variables an atom reads this one.
        self.told_apart: dict[int, set[int]] = {}
        for atom in p.atoms:
            for number in atom.reads:
                others = {other for other in atom.reads if other != number}
                if others:
                    self.told_apart.setdefault(number, set()).update(others)
        self.answers: dict[tuple[bytes, tuple[Any, ...]], _Answer] = {}
        self.unknown = False

    def decide(self, first: int, last: int) -> _Decided:
        """The rows from `first` up to `last`. Raises ColumnError."""
        np, p = self.np, self.p
        parts: list[Any] = [None] * len(p.variables)
        for column in self.columns:
            parts[column.number] = _part(np, column, first, last)
        rows = _Rows(np, parts, last - first)
        atoms: list[Any] = [None] * len(p.atoms)
        for number in self.order:
            atoms[number] = rows.atom(p.atoms[number], self.lanes[number])
        applied = _apply_lanes(p, atoms, rows.full)
        outcomes = np.unpackbits(applied[0], count=rows.count, bitorder="little")
        decided = _Decided(outcomes, None, ())
        if self.rules:
            decided = _with_rules(p, rows, outcomes, applied)
        if any(rows.missing(number) is not None for number in p.read):
            relevance = _Relevance(p, rows, atoms)
            if relevance.open.any():
                decided = self.partial(rows, relevance, decided)
        return decided

    def partial(self, rows: _Rows, relevance: _Relevance, decided: _Decided) -> _Decided:
        """The same with the rows in which something is missing decided one group at a time."""
        np = self.np
        places = np.flatnonzero(_unpacked(np, relevance.open, rows.count))
        groups, keys = self.grouped(rows, relevance, places)
        answers = [
            self.answer(rows, int(places[sample]), key)
            for sample, key in zip(groups.samples().tolist(), keys, strict=True)
        ]
        outcomes = np.array([outcome for outcome, _ in answers], np.uint8)
        if (outcomes == _UNKNOWN).any():
            # Never set back, so that threads may do this at the same time.
            self.unknown = True
        decided.outcomes[places] = outcomes.take(groups.ids)
        if decided.rules is None:
            return decided
        numbers = {rules: number for number, rules in enumerate(decided.combinations)}
        found = [numbers.setdefault(rules, len(numbers)) for _, rules in answers]
        decided.rules[places] = np.array(found, np.int32).take(groups.ids)
        return decided._replace(combinations=tuple(numbers))

    def grouped(
        self, rows: _Rows, relevance: _Relevance, places: _Array
    ) -> tuple[_Groups, list[bytes]]:
        """Rows of a group have one decision, and one key.

        They have the same live rules and of these, where known, the same atoms; the same is
        missing and none; and equal are the values that atoms compare with what is missing.
        """
        np, sets = self.np, relevance.sets
        groups = _Groups(np, len(places))
        octets = [one.take(places) for one in _octets(np, sets, rows.count)]
        for octet in octets:
            groups.split(octet, 256)
        for number in self.told_apart:
            values = self.compared(rows, relevance, number)
            if values is not None:
                found, codes = np.unique(values.take(places), return_inverse=True)
                groups.split(codes, len(found))
        return groups, [bytes(codes[: len(octets)]) for codes in groups.codes]

    def compared(self, rows: _Rows, relevance: _Relevance, number: int) -> _Array | None:
        """A variable's values where they are compared with what is missing, elsewhere 0."""
        part, against = rows.parts[number], None
        for other in self.told_apart[number]:
            against = _either(against, relevance.missing.get(other))
        if part is None or against is None or not against.any():
            return None
        known = against if part.blank is None else against & ~part.blank
        return part.values * _unpacked(self.np, known, rows.count)

    def answer(self, rows: _Rows, row: int, key: bytes) -> _Answer:
        """The decision on one row."""
        p = self.p
        values = [
            _plain(p.variables[number], rows.parts[number], row)
            for number in range(len(p.variables))
        ]
        beside = [
            values[number] if any(values[other] is MISSING for other in others) else None
            for number, others in self.told_apart.items()
        ]
        remembered = key, tuple(beside)
        found = self.answers.get(remembered)
        if found is None:
            decision = _decide(p, [values[0]], values)
            found = _OUTCOMES.index(decision.outcome), decision.rules
            if len(self.answers) >= _MOST_REMEMBERED:
                self.answers.clear()
            self.answers[remembered] = found
        return found


def _with_rules(
    p: _Program, rows: _Rows, outcomes: _Array, applied: tuple[_Array, Sequence[Any], Sequence[Any]]
) -> _Decided:
    """A permit decides where it applies and all is permitted, a forbid where it applies."""
    permitted, forbids, permits = applied
    sets = [permitted & (one and one.bits) for one in permits]
    sets += [~permitted & (one and one.bits) for one in forbids]
    groups = _Groups(rows.np, rows.count)
    for octet in _octets(rows.np, sets, rows.count):
        groups.split(octet, 256)
    names = [rule.name for rule in (*p.permits, *p.forbids)]
    combinations = [
        tuple([name for place, name in enumerate(names) if codes[place >> 3] >> (place & 7) & 1])
        for codes in groups.codes
    ]
    return _Decided(outcomes, groups.ids.astype(rows.np.int32, copy=False), tuple(combinations))


# ------------------------------------------------------------------ in runs


def _run_all(
    p: _Program, columns: Sequence[_Column], rules: bool, chunk: int, threads: int
) -> tuple[_Decided, bool]:
    """All rows, `chunk` at a time, and whether some outcome is unknown. The answer does not hang on
    `chunk` and `threads`."""
    batch = _Batch(p, columns, rules)
    np, length = batch.np, columns[0].source.length
    outcomes = np.empty(length, np.uint8)
    numbers = np.empty(length, np.int32) if rules else None
    found: dict[int, dict[int, tuple[str, ...]]] = {}
    starts = range(0, max(length, 1), chunk)

    def decide(first: int) -> None:
        decided = batch.decide(first, min(first + chunk, length))
        outcomes[first : first + chunk] = decided.outcomes
        if numbers is not None:
            numbers[first : first + chunk] = decided.rules
            used = np.flatnonzero(np.bincount(decided.rules, minlength=1)).tolist()
            found[first] = {number: decided.combinations[number] for number in used}

    _each(decide, starts, threads)
    if numbers is None:
        return _Decided(outcomes, None, ()), batch.unknown
    named = _renumbered(np, numbers, [(first, found[first]) for first in starts], chunk)
    return _Decided(outcomes, numbers, named), batch.unknown


def _renumbered(
    np: Any, numbers: _Array, found: Sequence[tuple[int, dict[int, tuple[str, ...]]]], chunk: int
) -> tuple[tuple[str, ...], ...]:
    """All combinations of rules that occur; each run's numbers, which were its own, become
    numbers of these."""
    combinations: dict[tuple[str, ...], int] = {}
    for first, named in found:
        table = np.zeros(max(named, default=0) + 1, np.int32)
        for number, rules in named.items():
            table[number] = combinations.setdefault(rules, len(combinations))
        if any(table[number] != number for number in named):
            run = numbers[first : first + chunk]
            run[:] = table.take(run)
    return tuple(combinations)


def _each(decide: Callable[[int], None], starts: Sequence[int], threads: int) -> None:
    """Call `decide` with each start; this thread and others take one after another.

    After an error nothing more is started. What was is in order, so the first row's is raised.
    """
    from threading import Lock, Thread

    waiting, lock = iter(starts), Lock()
    failed: dict[int, BaseException] = {}

    def work() -> None:
        while True:
            with lock:
                start = None if failed else next(waiting, None)
            if start is None:
                return
            try:
                decide(start)
            except BaseException as error:
                failed[start] = error

    helpers = [Thread(target=work) for _ in range(min(threads, len(starts)) - 1)]
    for helper in helpers:
        helper.start()
    work()
    for helper in helpers:
        helper.join()
    if failed:
        raise failed[min(failed)]


# --- to here
