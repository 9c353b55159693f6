"""What of a policy bears on some requests: in a large policy, few of its rules.

A rule whose scope does not hold a request does not apply to it, and a rule that yields to it
behaves as if it did not. So in a box of role values the policy decides as the one does that has
only the rules whose scope meets the box; with the same rules deciding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from privity.model.formula import Key, variables_of
from privity.model.nodes import Policy, Role, Rule

Box = Mapping[Role, frozenset[int]]
"""Leaves of every role that has a taxonomy."""


class Parts:
    """The parts of one policy, each made once."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._at: dict[tuple[int, ...], Policy] = {}

    @cached_property
    def identity(self) -> str:
        """The same for two policies iff they have the same name, texts and rules."""
        whole = self._policy
        said = [whole.name, whole.sha256, *(rule.name for rule in whole.rules)]
        return hashlib.sha256("\0".join(said).encode()).hexdigest()

    def at(self, values: Mapping[Role, int]) -> Policy:
        """The policy as it bears on requests with these roles."""
        cell = tuple(values[role] for role in self._policy.roles)
        if cell not in self._at:
            self._at[cell] = self.within({r: frozenset({values[r]}) for r in self._policy.roles})
        return self._at[cell]

    def within(self, box: Box) -> Policy:
        """The policy as it bears on requests in the box."""
        return self._of(self.meeting(box))

    def holding(self, cells: Iterable[Mapping[Role, int]]) -> Policy:
        """The policy as it bears on requests with the roles of any of `cells`."""
        boxes = ({role: frozenset({leaf}) for role, leaf in cell.items()} for cell in cells)
        found = {rule.name for box in boxes for rule in self.meeting(box)}
        return self._of(rule for rule in self._policy.rules_in_order if rule.name in found)

    def _of(self, rules: Iterable[Rule]) -> Policy:
        """The policy with just these rules, each after those it yields to."""
        kept = {rule.name: rule for rule in rules}
        ordered = tuple(_among(rule, kept) for rule in kept.values())
        place = self._place
        declared = tuple(sorted(ordered, key=lambda rule: place[rule.name]))
        return replace(self._policy, rules=declared, rules_in_order=ordered)

    def meeting(self, box: Box) -> tuple[Rule, ...]:
        """The rules that can apply somewhere in the box, each after those it yields to."""
        found: frozenset[int] | None = None
        for role, leaves in box.items():
            index = self._index[role]
            able = frozenset[int]().union(*(index.get(leaf, frozenset()) for leaf in leaves))
            found = able if found is None else found & able
        rules = self._policy.rules_in_order
        return rules if found is None else tuple(rules[number] for number in sorted(found))

    @cached_property
    def read(self) -> frozenset[Key]:
        """The variables that the conditions of some rule read."""
        defined: dict[str, frozenset[Key]] = {}
        for name, definition in self._policy.definitions.items():
            defined[name] = variables_of(definition.formula, defined)
        conditions = (each for rule in self._policy.rules for each in (rule.when, rule.unless))
        return frozenset[Key]().union(*(variables_of(each, defined) for each in conditions))

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {rule.name: place for place, rule in enumerate(self._policy.rules)}

    @cached_property
    def _index(self) -> Mapping[Role, Mapping[int, frozenset[int]]]:
        """For each leaf of each role, the numbers of the rules whose scope holds it."""
        return {role: self._holding(role) for role in self._policy.roles}

    def _holding(self, role: Role) -> Mapping[int, frozenset[int]]:
        found: dict[int, list[int]] = {}
        for number, rule in enumerate(self._policy.rules_in_order):
            for leaf in rule.scope.roles[role]:
                found.setdefault(leaf, []).append(number)
        return {leaf: frozenset(numbers) for leaf, numbers in found.items()}


def _among(rule: Rule, kept: Mapping[str, Rule]) -> Rule:
    """The rule, yielding to those alone that are there."""
    if all(name in kept for name in rule.yields_to):
        return rule
    return replace(rule, yields_to=tuple(name for name in rule.yields_to if name in kept))
