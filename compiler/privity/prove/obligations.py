"""Claims as satisfiability problems.

A `Problem` holds, as SMT-LIB text, all requests that the claim ranges over (`preamble`, then
`range`), when one of them breaks the claim (`broken`), and when the claim says something at all
(`case`). The claim holds iff `range and broken` is unsatisfiable; it is vacuous iff
`range and case` is. `sometimes allowed` turns the first around: see `judge`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import assert_never

from privity.model.formula import Formula, Key, read_by
from privity.model.nodes import (
    AllowedOnlyIf,
    AlwaysAllowed,
    AtLeastAsStrict,
    Carries,
    Claim,
    DecidesTheSame,
    Fact,
    Never,
    NeverAffects,
    NeverPermits,
    Policy,
    Rule,
    Scope,
    SometimesAllowed,
    Statement,
)
from privity.prove.differences import differences, is_large, same_fact, same_taxonomy
from privity.semantics.cells import atoms_in
from privity.symbolic import factory, months
from privity.symbolic.encode import Scene, Shared, encode
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.requests import declare_fact, declare_roles
from privity.symbolic.rules import (
    decision,
    in_scope,
    relevant_rules,
)


class IncomparableError(Exception):
    """Two policies that do not speak of the same requests."""


@dataclass(frozen=True)
class Variant:
    """One decision about the request: under one policy, with a fact fixed perhaps."""

    label: str
    policy: Policy
    rules: tuple[Rule, ...]
    scene: Scene

    @property
    def permits(self) -> Term:
        return self.scene.names.permits()

    def owes(self, duty: str) -> Term:
        """Some permit that carries the duty applies."""
        return factory.disjunction(
            self.scene.names.applies(rule.name)
            for rule in self.rules
            if any(d.name == duty for d in rule.duties)
        )


@dataclass(frozen=True)
class Problem:
    variants: tuple[Variant, ...]
    preamble: tuple[str, ...]
    range: Term
    broken: Term
    case: Term
    assumed: Term
    """The policy's assumptions hold, for some value of a fixed fact; part of `range`."""
    facts: tuple[Fact, ...]
    """The facts of the request that bear on the claim, but for a second policy's own."""
    apart: tuple[Fact, ...]
    """Those: facts of a second policy that the claim's policy does not share."""
    shared: Shared
    switches: Mapping[str, str]
    """From a switched rule to the free boolean that turns it on."""
    places: tuple[Scope, ...] | None = None
    """Where two large policies may differ, if `range` lies there."""

    @property
    def permitted(self) -> Term:
        """When the claim's policy permits the request."""
        return self.variants[0].permits

    def obligation(self, *goals: Term, refinements: Sequence[Term] = ()) -> str:
        """The text that is satisfiable iff a request in range fulfils all `goals`."""
        asserted = [self.range, *goals, *refinements]
        lines = [*self.preamble, *(f"(assert {term})" for term in asserted), "(check-sat)"]
        return "\n".join(lines) + "\n"


def problem(
    claim: Claim,
    policy: Policy,
    others: Mapping[str, Policy],
    switched: frozenset[str] = frozenset(),
    *,
    alone: bool = False,
) -> Problem:
    """The problem of a claim about `policy`; `others` are the policies that it is compared with.

    Large policies are compared where they differ, outside of which no such claim is broken; of
    two of them, `range` lies there. With `alone` it does not, and a second policy has no rules:
    enough for `case`, which is about the first one, and for nothing else.

    A rule named in `switched` applies only where its switch, a free boolean, is on.
    Raises IncomparableError.
    """
    shared = Shared()
    variants = _variants(claim.statement, policy, others, shared)
    places = None if alone or switched else _differing(variants, policy)
    if alone:
        variants = (variants[0], *(replace(variant, rules=()) for variant in variants[1:]))
    if places is not None:
        variants = tuple(_there(variant, places) for variant in variants)
    conditions = _conditions(claim, policy)
    bodies = [
        _body(v, conditions if v.policy is policy else (), frozenset() if number else switched)
        for number, v in enumerate(variants)
    ]
    range_ = factory.conjunction([_range(claim, variants), _inside(places, variants[0])])
    broken, case = _broken(claim, variants), _case(claim.statement, variants)
    facts = _facts(variants, policy, conditions)
    switches = {rule: Names().switch(rule) for rule in sorted(switched)}
    preamble = [
        "(set-logic QF_LIA)",
        *declare_roles(policy, variants[0].scene.names),
        *_declared(facts),
        *months.declarations(shared.shifts),
        *(f"(declare-const {switch} Bool)" for switch in switches.values()),
        *(line for body in bodies for line in body),
    ]
    own = tuple(fact for owner, fact in facts if fact.key not in owner.scene.names.renamed)
    apart = tuple(fact for owner, fact in facts if fact.key in owner.scene.names.renamed)
    assumed = factory.disjunction(_assumed(v) for v in variants if v.policy is policy)
    return Problem(
        variants=variants,
        preamble=tuple(preamble),
        range=range_,
        broken=broken,
        case=case,
        assumed=assumed,
        facts=own,
        apart=apart,
        shared=shared,
        switches=switches,
        places=places,
    )


# ------------------------------------------------------------------ variants


def scope_of(statement: Statement) -> Scope | None:
    """The scope of a claim; None where it is about every disclosure."""
    match statement:
        case AtLeastAsStrict() | DecidesTheSame():
            return None
        case _:
            return statement.scope


def _variants(
    statement: Statement, policy: Policy, others: Mapping[str, Policy], shared: Shared
) -> tuple[Variant, ...]:
    scope = scope_of(statement)
    rules = policy.rules_in_order if scope is None else relevant_rules(policy, scope)
    scene = Scene(Names(), policy.fact_by_key, shared)
    plain = Variant(policy.name, policy, rules, scene)
    match statement:
        case NeverPermits(fact, _, _):
            return tuple(_fixed(plain, fact, value) for value in (True, False))
        case NeverAffects(fact, _):
            values = (True, False, None) if policy.fact_by_key[fact].optional else (True, False)
            return tuple(_fixed(plain, fact, value) for value in values)
        case AtLeastAsStrict(other, _) | DecidesTheSame(other, _):
            return plain, _second(policy, others[other], shared)
        case _:
            return (plain,)


def _differing(variants: Sequence[Variant], policy: Policy) -> tuple[Scope, ...] | None:
    """The scopes in which two large policies may differ; None where all must be looked at."""
    other = variants[-1]
    if other.policy is policy or not is_large(policy, {"": other.policy}):
        return None
    return differences(policy, other.policy, frozenset(other.scene.names.renamed))


def _there(variant: Variant, places: Sequence[Scope]) -> Variant:
    """With the rules alone that can apply in one of `places`."""
    found = {r.name for place in places for r in variant.policy.parts.meeting(place.roles)}
    return replace(variant, rules=tuple(r for r in variant.rules if r.name in found))


def _fixed(plain: Variant, fact: Key, value: bool | None) -> Variant:
    word = {True: "true", False: "false", None: "none"}[value]
    names = plain.scene.names.with_fixed(f".if.{word}", fact, value)
    scene = Scene(names, plain.scene.facts, plain.scene.shared)
    return Variant(f"{fact} {word}", plain.policy, plain.rules, scene)


def _second(policy: Policy, other: Policy, shared: Shared) -> Variant:
    """Names are the same iff declared in the same place; others get names of their own."""
    for role, taxonomy in other.roles.items():
        twin = policy.roles.get(role)
        if twin is None or not same_taxonomy(twin, taxonomy):
            raise IncomparableError(
                f"{policy.name} and {other.name} do not share a taxonomy `{role}`"
            )
    if set(other.roles) != set(policy.roles):
        raise IncomparableError(f"{policy.name} has roles that {other.name} does not have")
    renamed = {
        fact.key: f"{fact.key}.of.{other.name}"
        for fact in other.facts
        if not same_fact(policy.fact_by_key.get(fact.key), policy, fact, other)
    }
    scene = Scene(Names(suffix=".other", renamed=renamed), other.fact_by_key, shared)
    return Variant(other.name, other, other.rules_in_order, scene)


# ------------------------------------------------------------------ text


def _body(variant: Variant, also: Sequence[Formula], switched: frozenset[str]) -> list[str]:
    rules, scene = variant.rules, variant.scene
    return list(decision(variant.policy, rules, scene, also=also, switched=switched))


def _conditions(claim: Claim, policy: Policy) -> tuple[Formula, ...]:
    """The formulas of the claim itself, read in the words of its policy."""
    stated = claim.statement
    own = (stated.condition,) if isinstance(stated, AllowedOnlyIf) else ()
    assumed = (assumption.formula for assumption in policy.assumptions)
    return (claim.when, claim.assuming, *own, *assumed)


def _inside(places: Sequence[Scope] | None, variant: Variant) -> Term:
    """Whether the request lies in one of `places`; None is everywhere."""
    if places is None:
        return factory.TRUE
    policy, scene = variant.policy, variant.scene
    return factory.disjunction(in_scope(place, policy, scene) for place in places)


def _range(claim: Claim, variants: Sequence[Variant]) -> Term:
    """The requests that the claim is about; of variants of one request, at least two must be."""
    plain = variants[0]
    scope = scope_of(claim.statement)
    scoped = in_scope(scope, plain.policy, plain.scene) if scope else factory.TRUE
    if not plain.scene.names.fixed:
        return factory.conjunction([scoped, _about(claim, plain)])
    pairs = (
        factory.conjunction([_about(claim, left), _about(claim, right)])
        for left, right in combinations(variants, 2)
    )
    return factory.conjunction([scoped, factory.disjunction(pairs)])


def _about(claim: Claim, variant: Variant) -> Term:
    """Whether one variant fulfils the claim's conditions and its policy's assumptions."""
    stated = [encode(formula, variant.scene) for formula in (claim.when, claim.assuming)]
    return factory.conjunction([*stated, _assumed(variant)])


def _assumed(variant: Variant) -> Term:
    assumptions = variant.policy.assumptions
    return factory.conjunction(encode(a.formula, variant.scene) for a in assumptions)


def _broken(claim: Claim, variants: Sequence[Variant]) -> Term:
    """When a request in range breaks the claim."""
    first, last = variants[0], variants[-1]
    match claim.statement:
        case Never():
            return first.permits
        case AllowedOnlyIf(condition, _):
            failed = factory.negation(encode(condition, first.scene))
            return factory.conjunction([first.permits, failed])
        case AlwaysAllowed() | SometimesAllowed():
            return factory.negation(first.permits)
        case NeverPermits(_, "more", _):
            return factory.conjunction([first.permits, factory.negation(last.permits)])
        case NeverPermits():
            return factory.conjunction([last.permits, factory.negation(first.permits)])
        case NeverAffects():
            return _some_pair_differs(claim, variants)
        case AtLeastAsStrict(_, outcomes_only):
            looser = factory.conjunction([first.permits, factory.negation(last.permits)])
            return factory.disjunction([looser, *_lost_duties(first, last, outcomes_only)])
        case DecidesTheSame(_, outcomes_only):
            lost = [*_lost_duties(first, last, outcomes_only)]
            lost += _lost_duties(last, first, outcomes_only)
            return factory.disjunction([_some_differ(variants), *lost])
        case Carries(_, duty):
            return factory.conjunction([first.permits, factory.negation(first.owes(duty))])
        case _:
            assert_never(claim.statement)


def _some_pair_differs(claim: Claim, variants: Sequence[Variant]) -> Term:
    """Two variants that the claim is about are decided differently."""
    return factory.disjunction(
        factory.conjunction(
            [
                _about(claim, left),
                _about(claim, right),
                factory.different(left.permits, right.permits),
            ]
        )
        for left, right in combinations(variants, 2)
    )


def _some_differ(variants: Sequence[Variant]) -> Term:
    first = variants[0]
    return factory.disjunction(factory.different(first.permits, v.permits) for v in variants[1:])


def _lost_duties(strict: Variant, loose: Variant, outcomes_only: bool) -> Iterator[Term]:
    """Where both permit and the stricter one does not owe what the other one owes."""
    if outcomes_only:
        return
    names = dict.fromkeys(duty.name for rule in loose.rules for duty in rule.duties)
    for name in names:
        lost = [
            strict.permits,
            loose.permits,
            loose.owes(name),
            factory.negation(strict.owes(name)),
        ]
        yield factory.conjunction(lost)


def _case(statement: Statement, variants: Sequence[Variant]) -> Term:
    """When the claim says something about a request; if it never does, it is vacuous."""
    match statement:
        case AllowedOnlyIf() | AtLeastAsStrict() | Carries():
            return variants[0].permits
        case NeverPermits():
            return _some_differ(variants)
        case _:
            return factory.TRUE


def _facts(
    variants: Sequence[Variant], policy: Policy, conditions: Sequence[Formula]
) -> list[tuple[Variant, Fact]]:
    """Every fact that rules or conditions read, with the first variant that has it by its name."""
    found: dict[str, tuple[Variant, Fact]] = {}
    for variant in variants:
        read = {key for rule in variant.rules for key in _read(rule.when, rule.unless, of=variant)}
        if variant.policy is policy:
            read |= _read(*conditions, of=variant)
        for fact in variant.policy.facts:
            if fact.key in read:
                found.setdefault(variant.scene.names.variable(fact.key), (variant, fact))
    return list(found.values())


def _read(*formulas: Formula, of: Variant) -> frozenset[Key]:
    atoms = (atom for formula in formulas for atom in atoms_in(formula, of.policy))
    return frozenset(key for atom in atoms for key in read_by(atom))


def _declared(facts: list[tuple[Variant, Fact]]) -> Iterator[str]:
    for variant, fact in facts:
        yield from declare_fact(variant.policy, fact, variant.scene.names)
