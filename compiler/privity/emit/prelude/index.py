"""Prelude, part 6: the rules at hand, for a policy whose rules are decided apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from privity.emit.prelude.tables import _Atom, _atoms_in, _Conditions, _Rule, _Values
from privity.emit.prelude.values import MISSING, _Variable

# --- copied from here


_MOST_INDEXED = 2**21
_MOST_READY = 2**18


_Trial = tuple[int, Callable[..., bool] | None, bool, tuple[int, ...], tuple["_Trial", ...]]
"""A part of a rule's conditions, ready to be tried: number, test, wanted, reads, inner.

An atom, of which `wanted` says whether it has to hold: of one variable, `number`, a boolean where
there is no `test`; or of `reads`, where `number` is -1. Or `inner`, where it is -2: one of them,
and inside them all of them, in turn.
"""


_Step = tuple[tuple[tuple[int, bool], ...], tuple[_Trial, ...], tuple[int, ...], tuple[int, ...]]
"""What deciding takes of a rule: booleans that must be as given, its other conditions, the rules
that it yields to, the variables that it reads."""


_Ready = tuple[int, int, tuple[_Trial, ...], tuple[int, ...], int]
"""The same of a complete request: bits of booleans, which of them must be set, and all others of
these not; other conditions; rules that it yields to; the number of the rule."""


class _Index:
    """The rules of a policy whose rules are apart, by the roles that their scopes hold.

    `order` has each rule after those it yields to; `of_data`, for each data category, the rules
    whose scope holds it, in that order. What a category's rules are found and tried by is made
    when it is first asked about: `tables` has, for a combination of the other roles, the rules at
    hand; that of a category in `large` is empty, it would be too much. `steps` is by rule. `ready`
    has, for a combination of all roles, what deciding a complete request takes; `bits` has one
    for each boolean.
    """

    __slots__ = (
        "alone", "atoms", "bits", "defaults", "large", "of_data", "order", "ready", "rules",
        "sizes", "steps", "tables", "variables",
    )  # fmt: skip

    defaults: tuple[Any, ...]
    """The decision where no rule applies, by data category."""
    alone: list[dict[int, Any]]
    """By data category, the decision where one rule applies, by its number; made by `_alone`."""

    def __init__(
        self,
        rules: tuple[_Rule, ...],
        atoms: tuple[_Atom, ...],
        variables: tuple[_Variable, ...],
    ) -> None:
        self.rules, self.atoms, self.variables = rules, atoms, variables
        roles = [(n, len(v.members)) for n, v in enumerate(variables) if "." not in v.key]
        self.sizes = roles[1:]
        self.order = _by_yielding(rules)
        self.steps: list[_Step | None] = [None] * len(rules)
        categories = range(roles[0][1])
        self.of_data: list[list[int]] = [[] for _ in categories]
        for number in self.order:
            for leaf in self._leaves(rules[number], *roles[0]):
                self.of_data[leaf].append(number)
        self.tables: list[dict[int, list[int]] | None] = [None for _ in categories]
        self.alone = [{} for _ in categories]
        self.large: set[int] = set()
        booleans = [n for n, v in enumerate(variables) if v.kind in ("boolean", "attested")]
        self.bits = {number: 1 << bit for bit, number in enumerate(booleans)}
        self.ready: dict[int, tuple[_Ready, ...]] = {}

    def _leaves(self, rule: _Rule, role: int, size: int) -> Sequence[int]:
        """The leaves of a role that the scope holds."""
        for number in rule.scope:
            atom = self.atoms[number]
            if atom.reads[0] == role:
                if len(atom.runs) == 1:
                    return range(atom.runs[0][0], atom.runs[0][1] + 1)
                return [n for first, last in atom.runs for n in range(first, last + 1)]
        return range(size)

    def at(self, values: _Values) -> Sequence[int] | None:
        """The rules whose scope holds these roles, in order.

        None where a role is missing, or where there are too many.
        """
        table = self.tables[values[0]]
        if table is None:
            table = self._table(values[0])
        place = 0
        for number, size in self.sizes:
            value = values[number]
            if value is MISSING:
                return None
            place = place * size + value
        found = table.get(place)
        if found is None:
            return None if values[0] in self.large else ()
        return found

    def _table(self, category: int) -> dict[int, list[int]]:
        """Make, and keep, the table of a data category."""
        found: dict[int, list[int]] = {}
        most = _MOST_INDEXED // len(self.of_data)
        for number in self.of_data[category]:
            rule = self.rules[number]
            places = [0]
            for role, size in self.sizes:
                leaves = self._leaves(rule, role, size)
                places = [place * size + leaf for place in places for leaf in leaves]
            most -= len(places)
            if most < 0:
                self.large.add(category)
                found = {}
                break
            for place in places:
                found.setdefault(place, []).append(number)
        self.tables[category] = found
        return found

    def packed(self, values: _Values) -> tuple[int, int]:
        """The number of a combination of roles, none missing, and the bits of what is true."""
        roles = values[0]
        for number, size in self.sizes:
            roles = roles * size + values[number]
        return roles, sum([bit for number, bit in self.bits.items() if values[number] is True])

    def made_ready(self, roles: int, values: _Values) -> tuple[_Ready, ...] | None:
        """Make, and keep, what deciding takes with these roles; None where it is too much.

        However many combinations are asked about, so many are kept.
        """
        numbers = self.at(values)
        if numbers is None:
            return None
        found = tuple([self._ready(number) for number in numbers])
        if len(self.ready) < _MOST_READY:
            self.ready[roles] = found
        return found

    def _ready(self, number: int) -> _Ready:
        flags, rest, yields, _ = self.steps[number] or self.step(number)
        true = sum([self.bits[fact] for fact in {fact for fact, wanted in flags if wanted}])
        false = sum([self.bits[fact] for fact in {fact for fact, wanted in flags if not wanted}])
        # No bits are -1: nothing is true and false.
        return true | false, -1 if true & false else true, rest, yields, number

    def step(self, number: int) -> _Step:
        """Make, and keep, the form of a rule in which it is tried."""
        rule = self.rules[number]
        assert rule.conditions is not None
        flags, rest = [], []
        for part in _trials(rule.conditions, self.atoms):
            fact, test, wanted, _, _ = part
            # What is not true may be none, unless it never is.
            if fact >= 0 and test is None and (wanted or not self.variables[fact].optional):
                flags.append((fact, wanted))
            else:
                rest.append(part)
        reads = {read for atom in _atoms_in(rule) for read in self.atoms[atom].reads}
        found = tuple(flags), tuple(rest), rule.yields, tuple(reads - {0})
        self.steps[number] = found
        return found


def _trials(conditions: _Conditions, atoms: tuple[_Atom, ...]) -> tuple[_Trial, ...]:
    """The conditions in an order of their own: what takes longer comes later."""
    ones: list[_Trial] = []
    more: list[_Trial] = []
    for part in conditions:
        if isinstance(part, tuple):
            more.append((-2, None, True, (), _trials(part, atoms)))
            continue
        atom = atoms[part if part >= 0 else ~part]
        test = None if atom.kind == "holds" else atom.test
        if len(atom.reads) == 1:
            ones.append((atom.reads[0], test, part >= 0, (), ()))
        else:
            more.insert(0, (-1, test, part >= 0, atom.reads, ()))
    return (*ones, *more)


def _hold(parts: tuple[_Trial, ...], values: _Values, every: bool) -> bool:
    """Whether all parts hold of a complete request; where not `every`, whether one does."""
    for number, test, wanted, reads, inner in parts:
        if number >= 0:
            value = values[number]
            held = (value is True if test is None else test(value)) is wanted
        elif test is None:
            held = _hold(inner, values, not every)
        else:
            held = test(*[values[read] for read in reads]) is wanted
        if held is not every:
            return held
    return every


def _by_yielding(rules: tuple[_Rule, ...]) -> list[int]:
    order: dict[int, None] = {}
    for number, rule in enumerate(rules):
        waiting = [number] if rule.yields else []
        while waiting:
            first = [n for n in rules[waiting[-1]].yields if n not in order]
            if first:
                waiting += first
            else:
                order.setdefault(waiting.pop())
        order.setdefault(number)
    return list(order)


# --- to here
