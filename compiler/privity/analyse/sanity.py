"""What is wrong with a policy as a whole, for all that its names and types are right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from privity.analyse.examples import Examples, closure
from privity.diagnostics.diagnostic import Diagnostic
from privity.model.errors import ContradictoryAssumptions, NeverApplies
from privity.model.formula import Atom, Key, read_by
from privity.model.nodes import Policy, Rule
from privity.semantics.cells import atoms_in, atoms_of
from privity.symbolic import factory, months
from privity.symbolic.encode import Scene, Shared, encode
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.requests import declare_fact, declare_roles
from privity.symbolic.rules import decision, definitions
from privity.symbolic.solver import Limits, Unsatisfiable, solve


def findings(policy: Policy, limits: Limits) -> tuple[Diagnostic, ...]:
    """Rules that can never apply, and assumptions that contradict each other.

    Sound: a finding is reported only where the solver has found no request at all. It is asked
    about those rules alone for which no example is plain to see, each with those it yields to.
    """
    return tuple(_findings(policy, limits))


def _findings(policy: Policy, limits: Limits) -> Iterator[Diagnostic]:
    if policy.assumptions and _impossible(_assumed(policy), limits):
        yield ContradictoryAssumptions(span=policy.assumptions[0].span)
    examples = Examples(policy)
    for rule in policy.rules:
        if rule.assumption or examples.shows(rule):
            continue
        if _impossible(_applies(policy, rule), limits):
            yield NeverApplies(span=rule.span, name=rule.name)


def _impossible(text: str, limits: Limits) -> bool:
    return isinstance(solve(text, limits), Unsatisfiable)


def _assumed(policy: Policy) -> str:
    """That all assumptions hold."""
    formulas = [assumption.formula for assumption in policy.assumptions]
    scene = Scene(Names(), policy.fact_by_key, Shared())
    body = list(definitions(policy, formulas, scene))
    holds = factory.conjunction(encode(formula, scene) for formula in formulas)
    atoms = (atom for formula in formulas for atom in atoms_in(formula, policy))
    return _text(policy, scene, atoms, body, holds)


def _applies(policy: Policy, rule: Rule) -> str:
    """That `rule` applies."""
    scene = Scene(Names(), policy.fact_by_key, Shared())
    rules = closure(policy, rule)
    body = list(decision(policy, rules, scene))
    atoms = (atom for one in rules for atom in atoms_of(one, policy))
    return _text(policy, scene, atoms, body, scene.names.applies(rule.name))


def _text(
    policy: Policy, scene: Scene, atoms: Iterable[Atom], body: Iterable[str], goal: Term
) -> str:
    read = frozenset[Key]().union(*(read_by(atom) for atom in atoms))
    facts = [fact for fact in policy.facts if fact.key in read]
    lines = [
        *declare_roles(policy, scene.names),
        *(line for fact in facts for line in declare_fact(policy, fact, scene.names)),
        *months.declarations(scene.shared.shifts),
        *body,
        f"(assert {goal})",
    ]
    return "\n".join(lines) + "\n"
