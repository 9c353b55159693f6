"""Prelude, part 5: the rules at hand, for a policy whose rules are decided apart."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from privity.emit.prelude.tables import _Atom, _Rule, _Values
from privity.emit.prelude.values import MISSING, _Variable

# --- copied from here


_MOST_INDEXED = 2**21


_Step = tuple[int, Callable[[_Values], bool], tuple[int, ...], tuple[int, ...]]


class _Index:
    """The rules of a policy whose rules are apart, by the roles that their scopes hold.

    `steps` has what deciding takes of each rule: its number, its conditions, the rules that it
    yields to and the variables that it reads. `order` has each rule after those it yields to.
    `found` gives, for a combination of leaves, the steps of the rules whose scope holds it, in
    that order; None where that would be too much. `categories` are the data of each scope.
    """

    __slots__ = ("alone", "categories", "defaults", "found", "order", "sizes", "steps")

    defaults: tuple[Any, ...]
    """The decision where no rule applies, by data category."""
    alone: list[dict[int, Any]]
    """The decision where one rule applies, by its number and by data category."""

    def __init__(
        self,
        rules: tuple[_Rule, ...],
        atoms: tuple[_Atom, ...],
        variables: tuple[_Variable, ...],
    ) -> None:
        self.order = _by_yielding(rules)
        self.sizes = [(n, len(v.members)) for n, v in enumerate(variables) if "." not in v.key]
        self.steps = [_step(number, rule, atoms) for number, rule in enumerate(rules)]
        leaves = [
            [_leaves_of(number, size, rule, atoms) for number, size in self.sizes] for rule in rules
        ]
        self.categories = [held[0] for held in leaves]
        self.found: dict[int, tuple[_Step, ...]] | None = None
        if sum(prod(map(len, each)) for each in leaves) <= _MOST_INDEXED:
            self.found = self._by_place(leaves)

    def _by_place(self, leaves: list[list[list[int]]]) -> dict[int, tuple[_Step, ...]]:
        found: dict[int, list[_Step]] = {}
        for number in self.order:
            places = [0]
            for (_, size), held in zip(self.sizes, leaves[number], strict=True):
                places = [place * size + leaf for place in places for leaf in held]
            for place in places:
                found.setdefault(place, []).append(self.steps[number])
        return {place: tuple(held) for place, held in found.items()}

    def place(self, values: _Values) -> int | None:
        """The number of the combination of roles; None where one is missing."""
        place: int = 0
        for number, size in self.sizes:
            value = values[number]
            if value is MISSING:
                return None
            place = place * size + value
        return place


def _by_yielding(rules: tuple[_Rule, ...]) -> list[int]:
    order: dict[int, None] = {}
    for number in range(len(rules)):
        waiting = [number]
        while waiting:
            first = [n for n in rules[waiting[-1]].yields if n not in order]
            if first:
                waiting += first
            else:
                order.setdefault(waiting.pop())
    return list(order)


def _step(number: int, rule: _Rule, atoms: tuple[_Atom, ...]) -> _Step:
    assert rule.holds is not None
    reads = {variable for atom in rule.atoms for variable in atoms[atom].reads if variable}
    return number, rule.holds, rule.yields, tuple(sorted(reads))


def _leaves_of(number: int, size: int, rule: _Rule, atoms: tuple[_Atom, ...]) -> list[int]:
    tests = [atoms[n].test for n in rule.scope if atoms[n].reads == (number,)]
    return [leaf for leaf in range(size) if all(test(leaf) for test in tests)]


# --- to here
