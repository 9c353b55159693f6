"""A policy to the program that the emitters print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from privity.lower.atoms import definitions_of, rule_atoms, scope_atoms, unsteady
from privity.lower.program import (
    ALL,
    Atomic,
    Complement,
    Every,
    Intersection,
    LoweredRule,
    Mask,
    Part,
    Program,
    Step,
    Test,
    Union,
    Variable,
)
from privity.model.formula import (
    And,
    Atom,
    Constant,
    Contains,
    Defined,
    Formula,
    Key,
    Not,
    Or,
    Within,
    read_by,
)
from privity.model.nodes import Definition, Policy, Rule, TaxonomyType, Value

DEEPEST = 6
"""Masks nest no deeper: what lies below becomes a step of its own."""


def lower(policy: Policy) -> Program:
    """The same policy gives the same program, byte for byte once printed."""
    variables = _variables(policy)
    atoms = _atoms(policy)
    steps = _Steps({atom: index for index, atom in enumerate(atoms)})
    for definition in definitions_of(policy):
        steps.define(definition)
    for rule in policy.rules_in_order:
        steps.decide(policy, rule)
    return Program(
        policy=policy,
        variables=variables,
        tests=_tests(policy, variables, atoms),
        about_data=sum("data" not in read_by(atom) for atom in atoms),
        steps=tuple(steps.steps),
        rules=tuple(_rule(policy, rule, steps) for rule in policy.rules),
    )


def _variables(policy: Policy) -> tuple[Variable, ...]:
    roles = [Variable(role, TaxonomyType(role), False, None, None) for role in policy.roles]
    facts = [
        Variable(fact.key, fact.type, fact.optional, fact.label, fact.negative)
        for fact in policy.facts
    ]
    return (*roles, *facts)


def _atoms(policy: Policy) -> tuple[Atom, ...]:
    found: dict[Atom, None] = {}
    for rule in policy.rules:
        found |= rule_atoms(policy, rule)
    return tuple(sorted(found, key=lambda atom: "data" in read_by(atom)))


def _tests(
    policy: Policy, variables: tuple[Variable, ...], atoms: tuple[Atom, ...]
) -> tuple[Test, ...]:
    rank = {variable.key: index for index, variable in enumerate(variables)}

    def ordered(keys: frozenset[Key]) -> tuple[Key, ...]:
        return tuple(sorted(keys, key=rank.__getitem__))

    return tuple(
        Test(atom, ordered(read_by(atom)), ordered(unsteady(atom)), _branch(policy, atom))
        for atom in atoms
    )


def _branch(policy: Policy, atom: Atom) -> Value | None:
    match atom:
        case Within(variable, leaves) | Contains(variable, leaves):
            values = policy.taxonomy_of(variable).values
            size = len(leaves)
            first = min(leaves, default=0)
            exact = (v for v in values if (v.first, v.last) == (first, first + size) and size)
            return next((v for v in exact if v.leaves == leaves), None)
        case _:
            return None


def _rule(policy: Policy, rule: Rule, steps: _Steps) -> LoweredRule:
    scope = tuple(steps.atoms[atom] for atom in scope_atoms(policy, rule))
    tests = sorted(steps.atoms[atom] for atom in rule_atoms(policy, rule))
    return LoweredRule(rule, steps.rules[rule.name], scope, tuple(tests))


@dataclass
class _Steps:
    """Steps as they are made, and where each definition and rule stands among them."""

    atoms: Mapping[Atom, int]
    steps: list[Step] = field(default_factory=list)
    definitions: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)

    def define(self, definition: Definition) -> None:
        mask, _ = self._mask(definition.formula)
        self.definitions[definition.name] = self._add(mask, definition)

    def decide(self, policy: Policy, rule: Rule) -> None:
        scope: list[Mask] = [Atomic(self.atoms[atom]) for atom in scope_atoms(policy, rule)]
        when, _ = self._mask(rule.when)
        unless, _ = self._mask(rule.unless)
        stronger = [Complement(Part(self.rules[name])) for name in rule.yields_to]
        mask = _intersection([*scope, when, _complement(unless), *stronger])
        self.rules[rule.name] = self._add(mask, rule)

    def _add(self, mask: Mask, about: Definition | Rule | None) -> int:
        self.steps.append(Step(mask, about))
        return len(self.steps) - 1

    def _mask(self, formula: Formula) -> tuple[Mask, int]:
        """The mask and how deep it nests."""
        match formula:
            case Constant(value):
                return Every(value), 0
            case Defined(name):
                return Part(self.definitions[name]), 0
            case Not(operand):
                mask, depth = self._shallow(operand)
                return _complement(mask), depth + 1
            case And(operands):
                masks, depth = self._masks(operands)
                return _intersection(masks), depth
            case Or(operands):
                masks, depth = self._masks(operands)
                return _union(masks), depth
            case atom:
                return Atomic(self.atoms[atom]), 0

    def _masks(self, operands: tuple[Formula, ...]) -> tuple[list[Mask], int]:
        parts = [self._shallow(operand) for operand in operands]
        return [mask for mask, _ in parts], 1 + max((depth for _, depth in parts), default=0)

    def _shallow(self, formula: Formula) -> tuple[Mask, int]:
        mask, depth = self._mask(formula)
        return (mask, depth) if depth < DEEPEST else (Part(self._add(mask, None)), 0)


def _complement(mask: Mask) -> Mask:
    match mask:
        case Every(value):
            return Every(not value)
        case Complement(operand):
            return operand
        case _:
            return Complement(mask)


def _intersection(masks: list[Mask]) -> Mask:
    """Flat; of nothing, all completions."""
    parts: list[Mask] = []
    for mask in masks:
        parts.extend(mask.operands if isinstance(mask, Intersection) else (mask,))
    kept = tuple(part for part in parts if part != ALL)
    if Every(False) in kept:
        return Every(False)
    return kept[0] if len(kept) == 1 else Intersection(kept) if kept else ALL


def _union(masks: list[Mask]) -> Mask:
    """Flat; of nothing, no completion."""
    parts: list[Mask] = []
    for mask in masks:
        parts.extend(mask.operands if isinstance(mask, Union) else (mask,))
    kept = tuple(part for part in parts if part != Every(False))
    if ALL in kept:
        return ALL
    return kept[0] if len(kept) == 1 else Union(kept) if kept else Every(False)
