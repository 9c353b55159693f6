"""Prelude, part 15: many requests at once, as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from privity.emit.prelude.answer import _decide
from privity.emit.prelude.columns_lanes import (
    _apply_lanes,
    _Groups,
    _Lane,
    _lane_of,
    _octets,
    _Relevance,
    _Rows,
)
from privity.emit.prelude.columns_part import _bit, _Column, _part, _plain
from privity.emit.prelude.columns_source import _Array, _either, _numpy, _unpacked
from privity.emit.prelude.program import _Program
from privity.emit.prelude.values import MISSING

# --- copied from here

_OUTCOMES = ("deny", "permit", "unknown")
_Answer = tuple[int, tuple[str, ...]]
"""An outcome as a number, and the rules that decide."""
_MOST_REMEMBERED = 100_000


class _Decided(NamedTuple):
    """Some rows: the outcome of each, and the number of its rules among `combinations`."""

    outcomes: _Array
    rules: _Array | None
    combinations: tuple[tuple[str, ...], ...]


class _Batch:
    """What the runs of one call share."""

    __slots__ = ("answers", "columns", "lanes", "np", "p", "rules", "told_apart")

    def __init__(self, p: _Program, columns: Sequence[_Column], rules: bool) -> None:
        self.np, self.p, self.columns, self.rules = _numpy(), p, columns, rules
        self.lanes: list[_Lane] = [_lane_of(p, atom) for atom in p.atoms]
        # Beside which other variables an atom reads this one.
        self.told_apart: dict[int, set[int]] = {}
        for atom in p.atoms:
            for number in atom.reads:
                others = {other for other in atom.reads if other != number}
                if others:
                    self.told_apart.setdefault(number, set()).update(others)
        self.answers: dict[tuple[bytes, tuple[Any, ...]], _Answer] = {}

    def decide(self, first: int, last: int) -> _Decided:
        """The rows from `first` up to `last`. Raises ColumnError."""
        np, p = self.np, self.p
        parts: list[Any] = [None] * len(p.variables)
        for column in self.columns:
            parts[column.number] = _part(np, column, first, last)
        rows = _Rows(np, parts, last - first)
        atoms = [rows.atom(atom, lane) for atom, lane in zip(p.atoms, self.lanes, strict=True)]
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
        decided.outcomes[places] = outcomes[groups.ids]
        if decided.rules is None:
            return decided
        numbers = {rules: number for number, rules in enumerate(decided.combinations)}
        found = [numbers.setdefault(rules, len(numbers)) for _, rules in answers]
        decided.rules[places] = np.array(found, np.int32)[groups.ids]
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
        samples = groups.samples()
        table = np.stack([octet[samples] for octet in octets], axis=1)
        return groups, [row.tobytes() for row in table]

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
        tuple([name for name, one in zip(names, sets, strict=True) if _bit(one, sample)])
        for sample in groups.samples().tolist()
    ]
    return _Decided(outcomes, groups.ids.astype(rows.np.int32), tuple(combinations))


# ------------------------------------------------------------------ in runs


def _run_all(
    p: _Program, columns: Sequence[_Column], rules: bool, chunk: int, threads: int
) -> _Decided:
    """All rows, `chunk` at a time. The answer does not hang on `chunk` and `threads`."""
    batch = _Batch(p, columns, rules)
    np, length = batch.np, columns[0].source.length
    outcomes = np.empty(length, np.uint8)
    numbers = np.empty(length, np.int32) if rules else None
    combinations: dict[tuple[str, ...], int] = {}
    starts = range(0, max(length, 1), chunk)

    def decide(first: int) -> _Decided:
        return batch.decide(first, min(first + chunk, length))

    for first, decided in zip(starts, _in_turn(decide, starts, threads), strict=True):
        outcomes[first : first + chunk] = decided.outcomes
        if numbers is not None:
            table = np.zeros(len(decided.combinations), np.int32)
            for used in np.flatnonzero(np.bincount(decided.rules, minlength=1)).tolist():
                named = decided.combinations[used]
                table[used] = combinations.setdefault(named, len(combinations))
            numbers[first : first + chunk] = table.take(decided.rules)
    return _Decided(outcomes, numbers, tuple(combinations))


def _in_turn(
    decide: Callable[[int], _Decided], starts: Sequence[int], threads: int
) -> Iterator[_Decided]:
    """What `decide` makes of each start, few at a time. The first error is the first row's."""
    if threads == 1 or len(starts) == 1:
        yield from map(decide, starts)
        return
    from collections import deque
    from concurrent.futures import Future, ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[_Decided]] = deque()
        for start in starts:
            waiting.append(pool.submit(decide, start))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


# --- to here
