"""A policy as the model has it, for people to review: names gone, leaves and atoms left."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import asdict
from typing import assert_never

from privity.model import formula as f
from privity.model import nodes


def listing(policy: nodes.Policy) -> str:
    """One line a declaration."""
    return "".join(line + "\n" for line in _lines(policy))


def _lines(policy: nodes.Policy) -> Iterator[str]:
    yield f"policy {policy.name}, otherwise {policy.otherwise}"
    for taxonomy in policy.taxonomies.values():
        leaves = ", ".join(leaf.name for leaf in taxonomy.leaves)
        yield f"taxonomy {taxonomy.name} of {module(taxonomy.origin)}: {leaves}"
    for source in policy.sources:
        yield f"source {source.name}: {', '.join(clause.id for clause in source.clauses)}"
    for party in policy.parties:
        names = leaf_names(party.leaves, policy.taxonomies["recipient"])
        yield f"party {party.title!r}: {names}{_cited(party.citations)}"
    for fact in policy.facts:
        none = " or none" if fact.optional else ""
        yield f"fact {fact.key} of {module(fact.origin)}: {_type(fact.type)}{none}"
    for parameter in policy.parameters:
        yield f"parameter {parameter.name} = {parameter.text}{_cited(parameter.citations)}"
    for reading in policy.readings:
        yield f"reading {reading.name}{_cited(reading.citations)}"
    show = Shown(policy)
    for definition in policy.definitions.values():
        formula = show.formula(definition.formula)
        yield f"define {definition.name} = {formula}{_cited(definition.citations)}"
    for rule in policy.rules:
        yield from _rule(rule, show)
    yield f"order: {', '.join(rule.name for rule in policy.rules_in_order)}"
    for assumption in policy.assumptions:
        formula = show.formula(assumption.formula)
        yield f"assume {assumption.name} until {assumption.until}: {formula}"
    for must in policy.musts:
        yield f"must {must.name}{_cited(must.citations)}"
    for scenario in policy.scenarios:
        yield from _scenario(scenario, show)
    for claim in policy.claims:
        yield from _claim(claim, show)


def module(origin: str) -> str:
    """The name of the module, without its file."""
    return origin.partition(" in ")[0]


def _type(kind: nodes.FactType) -> str:
    parts = " ".join(f"{name}={value}" for name, value in asdict(kind).items())
    return f"{type(kind).__name__} {parts}".strip()


def _cited(citations: tuple[nodes.Citation, ...]) -> str:
    return f" [{', '.join(map(str, citations))}]" if citations else ""


def leaf_names(leaves: frozenset[int], taxonomy: nodes.Taxonomy) -> str:
    return "{" + ", ".join(taxonomy.leaves[leaf].name for leaf in sorted(leaves)) + "}"


def _rule(rule: nodes.Rule, show: Shown) -> Iterator[str]:
    yield f"{rule.effect} {rule.name}{_cited(rule.citations)}{' (assumption)' * rule.assumption}"
    yield f"  scope {show.scope(rule.scope)}"
    yield f"  when {show.formula(rule.when)}"
    yield f"  unless {show.formula(rule.unless)}"
    for what, names in (("yields to", rule.yields_to), ("readings", rule.readings)):
        if names:
            yield f"  {what} {', '.join(names)}"
    for duty in rule.duties:
        yield f"  duty {duty.name} by {show.linear(duty.deadline) if duty.deadline else 'no day'}"


def _scenario(scenario: nodes.Scenario, show: Shown) -> Iterator[str]:
    yield f"scenario {scenario.title!r}{_cited(scenario.citations)}"
    yield f"  {show.roles(scenario.roles)}"
    for key, value in scenario.facts.items():
        yield f"  {key} = {show.value(key, value)}"
    for each in scenario.expectations:
        yield f"  expect {each.outcome} by {each.rules} in {each.policy or 'all'}"


def _claim(claim: nodes.Claim, show: Shown) -> Iterator[str]:
    yield f"claim {claim.name}{_cited(claim.citations)}"
    stated = claim.statement
    match stated:
        case nodes.AtLeastAsStrict(other, outcomes_only) | nodes.DecidesTheSame(
            other, outcomes_only
        ):
            yield f"  {type(stated).__name__} {other}{' outcomes only' * outcomes_only}"
        case _:
            yield f"  {type(stated).__name__} {_own_words(stated, show)}".rstrip()
            yield f"  scope {show.scope(stated.scope)}"
    yield f"  when {show.formula(claim.when)}"
    yield f"  assuming {show.formula(claim.assuming)} ({claim.assuming_words})"
    for expected in claim.expected:
        yield f"  expect refuted in {expected.policy} because {expected.because!r}"
    if claim.readings:
        yield f"  readings {', '.join(claim.readings)}"


def _own_words(stated: nodes.Statement, show: Shown) -> str:
    match stated:
        case nodes.AllowedOnlyIf(condition, _):
            return show.formula(condition)
        case nodes.NeverPermits(fact, direction, _):
            return f"{fact} {direction}"
        case nodes.NeverAffects(fact, _):
            return fact
        case nodes.Carries(_, duty):
            return duty
        case _:
            return ""


class Shown:
    """Parts of one policy in words."""

    def __init__(self, policy: nodes.Policy) -> None:
        self.policy = policy

    def scope(self, scope: nodes.Scope) -> str:
        return self.roles(scope.roles)

    def roles(self, roles: dict[nodes.Role, frozenset[int]] | object) -> str:
        assert isinstance(roles, dict)
        taxonomies = self.policy.taxonomies
        return "; ".join(f"{r} {leaf_names(leaves, taxonomies[r])}" for r, leaves in roles.items())

    def leaves(self, variable: f.Key, leaves: frozenset[int]) -> str:
        return leaf_names(leaves, self.policy.taxonomy_of(variable))

    def value(self, key: f.Key, value: f.Plain) -> str:
        match self.policy.fact_by_key[key].type, value:
            case nodes.DateType(), int(day):
                return str(datetime.date.fromordinal(day))
            case nodes.TaxonomyType(), int(leaf):
                return self.policy.taxonomy_of(key).leaves[leaf].name
            case nodes.SetType(), frozenset():
                return self.leaves(key, value)
            case _:
                return repr(value)

    def formula(self, formula: f.Formula) -> str:
        match formula:
            case f.Constant(value):
                return str(value).lower()
            case f.Holds(fact):
                return fact
            case f.IsNone(fact):
                return f"{fact} is none"
            case f.Within(variable, leaves):
                return f"{variable} in {self.leaves(variable, leaves)}"
            case f.SameLeaf(left, right) | f.SameText(left, right):
                return f"{left} = {right}"
            case f.Contains(fact, leaves):
                return f"{fact} meets {self.leaves(fact, leaves)}"
            case f.TextIs(fact, text):
                return f"{fact} = {text!r}"
            case f.AtMost(terms, bound):
                return f"{self.sum(terms)} <= {self.bound(terms, bound)}"
            case f.Equals(terms, bound):
                return f"{self.sum(terms)} = {self.bound(terms, bound)}"
            case f.Defined(name):
                return name
            case f.Not(operand):
                return f"not ({self.formula(operand)})"
            case f.And(operands):
                return "(" + " and ".join(map(self.formula, operands)) + ")"
            case f.Or(operands):
                return "(" + " or ".join(map(self.formula, operands)) + ")"
            case _:
                assert_never(formula)

    def linear(self, linear: f.Linear) -> str:
        if not linear.terms:
            return self.bound(((1, ""),), linear.constant)
        constant = f" {linear.constant:+}" if linear.constant else ""
        return self.sum(linear.terms) + constant

    def sum(self, terms: tuple[tuple[int, f.Quantity], ...]) -> str:
        return " ".join(f"{c:+} {self.quantity(quantity)}" for c, quantity in terms)

    def quantity(self, quantity: f.Quantity) -> str:
        if isinstance(quantity, str):
            return quantity
        return f"({self.linear(quantity.of)} moved {quantity.months:+} months)"

    def bound(self, terms: tuple[tuple[int, f.Quantity], ...], bound: int) -> str:
        dates = sum(c for c, quantity in terms if self._is_date(quantity))
        return str(datetime.date.fromordinal(bound)) if dates == 1 else str(bound)

    def _is_date(self, quantity: f.Quantity) -> bool:
        if not isinstance(quantity, str):
            return True
        fact = self.policy.fact_by_key.get(quantity)
        return fact is None or isinstance(fact.type, nodes.DateType)
