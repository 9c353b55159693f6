"""Conditions, rules and decisions as functions of answers: a third reading of what a policy says.

`semantics` and `symbolic` say the same, of requests and in terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Literal

from privity.lower.atoms import scope_atoms
from privity.lower.binary import Function, Space
from privity.lower.questions import Numbers, guards, holding
from privity.model.formula import And, Atom, Constant, Defined, Formula, Not, Or
from privity.model.nodes import Policy, Rule


class Conditions:
    """What holds on which answers, for one policy; each thing is worked out once.

    Rules that are not `present`, by name, cannot apply where this is used.
    """

    def __init__(self, policy: Policy, space: Space, present: Set[str]) -> None:
        self.policy, self.space, self._present = policy, space, present
        self.numbers = Numbers(space.questions)
        self._atoms: dict[Atom, Function] = {}
        self._definitions: dict[str, Function] = {}
        self._rules: dict[str, Function] = {}

    def condition(self, formula: Formula) -> Function:
        for name in self._resting_on(formula):
            self._definitions[name] = self._condition(self.policy.definitions[name].formula)
        return self._condition(formula)

    def applies(self, rule: Rule) -> Function:
        """On which answers `rule` applies."""
        waiting = [rule]
        while rule.name not in self._rules:
            each = waiting[-1]
            stronger = [self.policy.rule_by_name[name] for name in self._yields(each)]
            before = [other for other in stronger if other.name not in self._rules]
            if before:
                waiting += before
            else:
                self._rules[each.name] = self._applies(waiting.pop())
        return self._rules[rule.name]

    def permits(
        self, rules: Sequence[Rule], otherwise: Literal["permit", "deny"], where: Function
    ) -> Function:
        """Where a request is permitted: forbid beats permit. Of `rules` alone may apply there."""
        forbidden = self.some(rules, "forbid", where)
        permitted = where if otherwise == "permit" else self.some(rules, "permit", where)
        return permitted & ~forbidden

    def owes(self, rules: Sequence[Rule], duty: str, where: Function) -> Function:
        """Where a permit that carries the duty applies."""
        carrying = [rule for rule in rules if any(each.name == duty for each in rule.duties)]
        return self.some(carrying, "permit", where)

    def some(self, rules: Iterable[Rule], effect: str, where: Function) -> Function:
        parts = (self.applies(rule) & where for rule in rules if rule.effect == effect)
        return self.space.any(part for part in parts if part != self.space.false)

    def _applies(self, rule: Rule) -> Function:
        return self.space.all(
            [
                *(self._atom(atom) for atom in scope_atoms(self.policy, rule)),
                self.condition(rule.when),
                ~self.condition(rule.unless),
                *(~self._rules[name] for name in self._yields(rule)),
            ]
        )

    def _yields(self, rule: Rule) -> list[str]:
        return [name for name in rule.yields_to if name in self._present]

    def _condition(self, formula: Formula) -> Function:
        match formula:
            case Constant(value):
                return self.space.true if value else self.space.false
            case Defined(name):
                return self._definitions[name]
            case Not(operand):
                return ~self._condition(operand)
            case And(operands):
                return self.space.all(self._condition(operand) for operand in operands)
            case Or(operands):
                return self.space.any(self._condition(operand) for operand in operands)
            case atom:
                return self._atom(atom)

    def _resting_on(self, formula: Formula) -> list[str]:
        """The definitions not yet worked out that a formula rests on, each after its own."""
        found: set[str] = set()
        waiting = [formula]
        while waiting:
            match waiting.pop():
                case Defined(name) if name not in self._definitions and name not in found:
                    found.add(name)
                    waiting.append(self.policy.definitions[name].formula)
                case Not(operand):
                    waiting.append(operand)
                case And(operands) | Or(operands):
                    waiting.extend(operands)
                case _:
                    pass
        return [name for name in self.policy.definitions if name in found] if found else []

    def _atom(self, atom: Atom) -> Function:
        if atom not in self._atoms:
            kind, held = holding(atom, self.policy, self.numbers)
            parts = [self.space.answered(number, arm) for number, arm in held.items()]
            some = guards(atom, self.policy, self.numbers).items()
            known = [self.space.answered(number, arm) for number, arm in some]
            inner = self.space.any(parts) if kind == "any" else self.space.all(parts)
            self._atoms[atom] = self.space.all([*known, inner])
        return self._atoms[atom]
