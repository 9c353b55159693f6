"""The policy over its atoms: each atom a boolean of its own, whatever it is about.

`abstract` replaces atoms by boolean facts named `atom.<n>` and scopes by conditions, so that the
mirror of the semantics (`symbolic.rules`) says what the rules make of any truth of the atoms. An
equality proved so holds of every completion, of those too in which a comparison is free because
its values are missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from privity.model.formula import (
    And,
    AtMost,
    Atom,
    Constant,
    Defined,
    Equals,
    Formula,
    Holds,
    Key,
    Not,
    Or,
    SameLeaf,
    SameText,
    Within,
    conjunction,
    negation,
    read_by,
    steady,
)
from privity.model.nodes import Policy, Rule, Scope
from privity.symbolic import factory
from privity.symbolic.encode import Scene, encode
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.rules import decision
from privity.validate.world import World


def atom_name(number: int) -> Key:
    return f"atom.{number}"


@dataclass(frozen=True)
class Atoms:
    """The atoms of a policy, each once, numbered in the order of their first use."""

    policy: Policy
    numbers: Mapping[Atom, int]

    def of_rule(self, rule: Rule) -> frozenset[int]:
        """Those of its scope and conditions."""
        return self.of_scope(rule) | self._of(rule.when) | self._of(rule.unless)

    def of_scope(self, rule: Rule) -> frozenset[int]:
        return frozenset(self.numbers[atom] for atom in scope_atoms(self.policy, rule))

    def _of(self, formula: Formula) -> frozenset[int]:
        return frozenset(self.numbers[atom] for atom in atoms_of(formula, self.policy))


def atoms_of_policy(policy: Policy) -> Atoms:
    found: dict[Atom, int] = {}
    for rule in policy.rules:
        conditions = (atoms_of(formula, policy) for formula in (rule.when, rule.unless))
        every: Iterator[Atom] = chain(scope_atoms(policy, rule), *conditions)
        for atom in every:
            found.setdefault(atom, len(found))
    return Atoms(policy, found)


def scope_atoms(policy: Policy, rule: Rule) -> Iterator[Within]:
    """One for each role of which the scope leaves something out."""
    for role, taxonomy in policy.roles.items():
        leaves = rule.scope.roles.get(role)
        if leaves is not None and leaves != taxonomy.values[0].leaves:
            yield Within(role, leaves)


def atoms_of(formula: Formula, policy: Policy) -> Iterator[Atom]:
    """The atoms of a condition, definitions opened."""
    waiting, opened = [formula], set[str]()
    while waiting:
        match waiting.pop():
            case Constant():
                pass
            case Not(operand):
                waiting.append(operand)
            case And(operands) | Or(operands):
                waiting.extend(reversed(operands))
            case Defined(name):
                if name not in opened:
                    opened.add(name)
                    waiting.append(policy.definitions[name].formula)
            case atom:
                yield atom


# ------------------------------------------------------------------ the abstraction


def abstract(atoms: Atoms) -> Policy:
    """The same policy about boolean facts, one for each atom."""
    policy = atoms.policy
    anywhere = {role: taxonomy.values[0].leaves for role, taxonomy in policy.roles.items()}

    def opened(rule: Rule) -> Rule:
        within = [Holds(atom_name(n)) for n in sorted(atoms.of_scope(rule))]
        when = conjunction((*within, _abstracted(rule.when, atoms)))
        scope = Scope(anywhere, {}, rule.scope.span)
        return replace(rule, scope=scope, when=when, unless=_abstracted(rule.unless, atoms))

    definitions = {
        name: replace(definition, formula=_abstracted(definition.formula, atoms))
        for name, definition in policy.definitions.items()
        if all(atom in atoms.numbers for atom in atoms_of(definition.formula, policy))
    }
    rules = {rule.name: opened(rule) for rule in policy.rules}
    return replace(
        policy,
        rules=tuple(rules[rule.name] for rule in policy.rules),
        rules_in_order=tuple(rules[rule.name] for rule in policy.rules_in_order),
        definitions=definitions,
    )


def _abstracted(formula: Formula, atoms: Atoms) -> Formula:
    match formula:
        case Constant() | Defined():
            return formula
        case Not(operand):
            return negation(_abstracted(operand, atoms))
        case And(operands):
            return And(tuple(_abstracted(operand, atoms) for operand in operands))
        case Or(operands):
            return Or(tuple(_abstracted(operand, atoms) for operand in operands))
        case atom:
            return Holds(atom_name(atoms.numbers[atom]))


def free_decision(atoms: Atoms, scene: Scene) -> list[str]:
    """The commands that define the rules over free atoms. Names end in `.free`."""
    declared = [f"(declare-const {atom_name(n)} Bool)" for n in atoms.numbers.values()]
    return [*declared, *_decided(atoms, scene, ".free")]


def partial_decision(atoms: Atoms, world: World) -> list[str]:
    """The same where each atom has the truth that it has in a completion of the request.

    A comparison that two missing values decide, or one that its sum is not steady in, is a free
    boolean, false where one of its facts is none (docs/completions.md). Names end in `.partial`.
    """
    commands = []
    for atom, number in atoms.numbers.items():
        free = _free(atom, number, world)
        if free is not None:
            commands.append(f"(declare-const free.{number} Bool)")
        term = encode(atom, world.scene) if free is None else free
        commands.append(f"(define-fun {atom_name(number)} () Bool {term})")
    return [*commands, *_decided(atoms, world.scene, ".partial")]


def _decided(atoms: Atoms, scene: Scene, suffix: str) -> Iterator[str]:
    policy = abstract(atoms)
    apart = Scene(Names(suffix=suffix), {}, scene.shared)
    return decision(policy, policy.rules_in_order, apart)


def _free(atom: Atom, number: int, world: World) -> Term | None:
    """The truth of an atom that may be opaque; None of the others."""
    keys = sorted(read_by(atom), key=world.place.__getitem__)
    missing = [world.circuit.text(world.circuit.negation(world.stated(key))) for key in keys]
    match atom:
        case AtMost(terms, _) | Equals(terms, _):
            alone = [m for m, key in zip(missing, keys, strict=True) if not steady(terms, key)]
        case SameText():
            alone = []
        case _:
            return None
    pairs = [
        factory.conjunction([one, other])
        for n, one in enumerate(missing)
        for other in missing[n + 1 :]
    ]
    opaque = factory.disjunction([*alone, *pairs])
    if opaque == factory.FALSE:
        return None
    some = [factory.negation(world.circuit.text(world.complete(key).none)) for key in keys]
    free = factory.conjunction([*some, f"free.{number}"])
    return f"(ite {opaque} {free} {encode(atom, world.scene)})"


def in_order(atom: Atom, world: World) -> Atom:
    """With its two sides in the order of the variables, which says the same."""
    match atom:
        case SameLeaf(left, right) if world.place[left] > world.place[right]:
            return SameLeaf(right, left)
        case SameText(left, right) if world.place[left] > world.place[right]:
            return SameText(right, left)
        case _:
            return atom


def matched(found: Sequence[Atom], atoms: Atoms, world: World) -> list[int] | None:
    """For each row's atom the number of the policy's; None unless they are the same, each once."""
    waiting: dict[Atom, list[int]] = {}
    for atom, number in atoms.numbers.items():
        waiting.setdefault(in_order(atom, world), []).append(number)
    numbers = []
    for atom in found:
        left = waiting.get(in_order(atom, world))
        if not left:
            return None
        numbers.append(left.pop(0))
    return numbers if len(numbers) == len(atoms.numbers) else None
