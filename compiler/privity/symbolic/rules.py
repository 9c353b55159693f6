"""Rules and decisions as SMT definitions: the mirror of `privity.semantics.decide`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from privity.model.formula import And, Defined, Formula, Not, Or
from privity.model.nodes import Definition, Policy, Rule, Scope
from privity.symbolic import factory
from privity.symbolic.encode import Scene, encode
from privity.symbolic.factory import Term


def relevant_rules(policy: Policy, scope: Scope) -> tuple[Rule, ...]:
    """The rules that can apply somewhere in `scope`, each after those it yields to."""
    return policy.parts.meeting(scope.roles)


def applies(rule: Rule, policy: Policy, scene: Scene, present: Set[str]) -> Term:
    """Whether `rule` applies. Rules not `present` cannot apply where this is used."""
    names = scene.names
    return factory.conjunction(
        [
            in_scope(rule.scope, policy, scene),
            encode(rule.when, scene),
            factory.negation(encode(rule.unless, scene)),
            *(factory.negation(names.applies(r)) for r in rule.yields_to if r in present),
        ]
    )


def in_scope(scope: Scope, policy: Policy, scene: Scene) -> Term:
    """Whether the roles lie in `scope`; roles that may be anything are left out."""
    return factory.conjunction(
        factory.member(scene.names.variable(role), leaves)
        for role, leaves in scope.roles.items()
        if leaves != policy.roles[role].values[0].leaves
    )


def permits(policy: Policy, rules: Sequence[Rule], scene: Scene) -> Term:
    """Forbid beats permit; where neither applies, what the policy says otherwise."""
    names = scene.names
    forbids = [names.applies(rule.name) for rule in rules if rule.effect == "forbid"]
    permitting = [names.applies(rule.name) for rule in rules if rule.effect == "permit"]
    default = factory.TRUE if policy.otherwise == "permit" else factory.FALSE
    permitted = factory.disjunction([*permitting, default])
    return factory.conjunction([factory.negation(factory.disjunction(forbids)), permitted])


def decision(
    policy: Policy,
    rules: Sequence[Rule],
    scene: Scene,
    *,
    also: Sequence[Formula] = (),
    switched: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """The commands that define which of `rules` apply and whether a request is permitted.

    The definitions that the formulas `also` rest on come with them. A rule in `switched` applies
    only where its switch, a free boolean, is on.
    """
    yield from definitions(policy, [*_conditions(rules), *also], scene)
    present = frozenset(rule.name for rule in rules)
    for rule in rules:
        term = applies(rule, policy, scene, present)
        if rule.name in switched:
            term = factory.conjunction([scene.names.switch(rule.name), term])
        yield define(scene.names.applies(rule.name), term)
    yield define(scene.names.permits(), permits(policy, rules, scene))


def definitions(policy: Policy, formulas: Iterable[Formula], scene: Scene) -> Iterator[str]:
    """The commands for all definitions that `formulas` rest on, in order."""
    needed = needed_definitions(policy.definitions, formulas)
    for name, definition in policy.definitions.items():
        if name in needed:
            yield define(scene.names.definition(name), encode(definition.formula, scene))


def needed_definitions(
    table: Mapping[str, Definition], formulas: Iterable[Formula]
) -> frozenset[str]:
    """The names of the definitions that are reached from `formulas`."""
    found: set[str] = set()
    waiting = list(formulas)
    while waiting:
        match waiting.pop():
            case Defined(name):
                if name not in found:
                    found.add(name)
                    waiting.append(table[name].formula)
            case Not(operand):
                waiting.append(operand)
            case And(operands) | Or(operands):
                waiting.extend(operands)
            case _:
                pass
    return frozenset(found)


def define(name: str, term: Term) -> str:
    return f"(define-fun {name} () Bool {term})"


def _conditions(rules: Iterable[Rule]) -> Iterator[Formula]:
    for rule in rules:
        yield rule.when
        yield rule.unless
