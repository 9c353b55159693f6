"""The atoms of a policy's rules, each once, in the order of their first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from privity.model.formula import (
    And,
    AtMost,
    Atom,
    Constant,
    Defined,
    Equals,
    Formula,
    Key,
    Not,
    Or,
    Within,
    facts_of,
    steady,
)
from privity.model.nodes import Definition, Policy, Rule

Definitions = Mapping[str, Definition]


def scope_atoms(policy: Policy, rule: Rule) -> Iterator[Within]:
    """A `Within` for each role of which the scope leaves something out."""
    for role, taxonomy in policy.roles.items():
        leaves = rule.scope.roles.get(role)
        if leaves is not None and len(leaves) < len(taxonomy.leaves):
            yield Within(role, leaves)


def rule_atoms(policy: Policy, rule: Rule) -> dict[Atom, None]:
    """Those of its scope and its conditions, definitions opened; not of what it yields to."""
    found: dict[Atom, None] = dict.fromkeys(scope_atoms(policy, rule))
    opened: set[str] = set()
    for formula in (rule.when, rule.unless):
        _collect(formula, policy.definitions, opened, found)
    return found


def formula_atoms(policy: Policy, formula: Formula) -> dict[Atom, None]:
    """Those of a condition, definitions opened."""
    found: dict[Atom, None] = {}
    _collect(formula, policy.definitions, set(), found)
    return found


def definitions_of(policy: Policy) -> Iterator[Definition]:
    """The definitions that rules rest on, each after those that it rests on."""
    opened: set[str] = set()
    for rule in policy.rules:
        for formula in (rule.when, rule.unless):
            _collect(formula, policy.definitions, opened, {})
    return (policy.definitions[name] for name in policy.definitions if name in opened)


def _collect(
    formula: Formula, definitions: Definitions, opened: set[str], found: dict[Atom, None]
) -> None:
    rest = [formula]
    while rest:
        match rest.pop():
            case Constant():
                pass
            case Not(operand):
                rest.append(operand)
            case And(operands) | Or(operands):
                rest.extend(reversed(operands))
            case Defined(name):
                if name not in opened:
                    opened.add(name)
                    rest.append(definitions[name].formula)
            case atom:
                found[atom] = None


def unsteady(atom: Atom) -> frozenset[Key]:
    """The variables that make it opaque when they alone are missing."""
    match atom:
        case AtMost(terms) | Equals(terms):
            return frozenset(fact for fact in facts_of(terms) if not steady(terms, fact))
        case _:
            return frozenset()
