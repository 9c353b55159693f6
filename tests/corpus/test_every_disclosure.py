"""The company policy on every disclosure there is: no solver, no diagram, one bit a disclosure.

What the policies can tell apart comes to 1,397,760 disclosures: leaf by leaf, boolean by boolean,
and the days around the end of the opportunity to opt out. A set of them is an integer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import product
from math import prod
from pathlib import Path, PurePath
from typing import cast

import pytest

from privity.model import formula as f
from privity.model import nodes
from privity.pipeline import compile_policy
from privity.semantics.decide import decide
from privity.semantics.evaluate import World, evaluate
from privity.semantics.nodes import Plain, Request

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "proofs/metlife/customer_privacy.privity"
POLICIES = ("metlife.customer_privacy", "metlife.literal")

NOTICE = date(2026, 1, 30).toordinal()
DAYS = [(None, NOTICE), *((NOTICE, NOTICE + days) for days in (-1, 0, 29, 30, 31))]
"""Day of the notice, day of the disclosure."""
FACTS = (
    "subject.customer",
    "subject.opted_out",
    "recipient.service_provider",
    "recipient.joint_marketing_agreement",
    "disclosure.sold",
    "disclosure.believed_necessary",
    "disclosure.required_by_law",
)
SIZES = {"data": 10, "recipient": 13, "purpose": 14, "days": len(DAYS), **dict.fromkeys(FACTS, 2)}
COUNT = prod(SIZES.values())
ALL = (1 << COUNT) - 1


@cache
def policy(name: str) -> nodes.Policy:
    path = ROOT.joinpath("policies", *name.split(".")).with_suffix(".privity")
    compiled = compile_policy(path, lambda file: Path(file).read_bytes(), [PurePath(CLAIMS)])
    assert compiled.policy is not None
    assert not compiled.diagnostics
    return compiled.policy


# ------------------------------------------------------------------ sets of disclosures


@cache
def stride(axis: str) -> int:
    """How far apart two disclosures are that differ in `axis` by one."""
    axes = list(SIZES)
    return prod(SIZES[after] for after in axes[axes.index(axis) + 1 :])


@cache
def where(axis: str, values: frozenset[int]) -> int:
    """The disclosures whose `axis` has one of `values`."""
    highest_first = reversed(range(SIZES[axis]))
    block = "".join("01"[value in values] * stride(axis) for value in highest_first)
    return int(block * (COUNT // len(block)), 2)


def holding(formula: f.Formula, of: nodes.Policy) -> int:
    """The disclosures for which `formula` holds."""
    match formula:
        case f.Constant(value):
            return ALL if value else 0
        case f.Defined(name):
            return holding(of.definitions[name].formula, of)
        case f.Not(operand):
            return ALL & ~holding(operand, of)
        case f.And(operands):
            return intersection(holding(operand, of) for operand in operands)
        case f.Or(operands):
            return ALL & ~intersection(ALL & ~holding(operand, of) for operand in operands)
        case f.Holds(fact):
            return where(fact, frozenset({1}))
        case f.Within(role, leaves):
            return where(role, leaves)
        case _:
            return where("days", frozenset(day for day in range(len(DAYS)) if on(day, formula)))


def on(day: int, comparison: f.Formula) -> bool:
    notice, disclosure = DAYS[day]
    values = {"subject.opt_out_notice_on": notice, "disclosure.on": disclosure}
    return evaluate(comparison, World(values, {}))


def intersection(sets: Iterable[int]) -> int:
    found = ALL
    for each in sets:
        found &= each
    return found


def matching(scope: nodes.Scope) -> int:
    return intersection(where(role, leaves) for role, leaves in scope.roles.items())


@cache
def permitted(name: str) -> int:
    """The disclosures that a policy permits: some permit applies, and no forbid."""
    of, applying = policy(name), dict[str, int]()
    permits = forbids = 0
    for rule in of.rules_in_order:
        here = matching(rule.scope) & holding(rule.when, of) & ~holding(rule.unless, of)
        for other in rule.yields_to:
            here &= ~applying[other]
        applying[rule.name] = here
        permits |= here if rule.effect == "permit" else 0
        forbids |= here if rule.effect == "forbid" else 0
    return permits & ~forbids


# ------------------------------------------------------------------ claims


def verdict(claim: nodes.Claim, name: str) -> str:
    """What docs/language.md says of the claim, case by case."""
    of, allowed = policy(name), permitted(name)
    within = holding(claim.when, of) & holding(claim.assuming, of)
    match claim.statement:
        case nodes.Never(scope):
            within &= matching(scope)
            return found(within, within & allowed)
        case nodes.AllowedOnlyIf(condition, scope):
            within &= matching(scope) & allowed
            return found(within, within & ~holding(condition, of))
        case nodes.AlwaysAllowed(scope):
            within &= matching(scope)
            return found(within, within & ~allowed)
        case nodes.SometimesAllowed(scope):
            return "proved" if within & matching(scope) & allowed else "refuted"
        case nodes.NeverPermits(fact, direction, scope):
            pairs, with_it, without = twins(fact, within & matching(scope), allowed)
            more, less = with_it & ~without, without & ~with_it
            return found(more | less, more if direction == "more" else less)
        case nodes.NeverAffects(fact, scope):
            pairs, with_it, without = twins(fact, within & matching(scope), allowed)
            return found(pairs, with_it ^ without)
        case other:
            raise NotImplementedError(other)


def found(cases: int, against: int) -> str:
    return "vacuous" if not cases else "refuted" if against else "proved"


def twins(fact: str, within: int, allowed: int) -> tuple[int, int, int]:
    """The pairs that differ in `fact` alone; those permitted with it; those permitted without.

    A pair is the bit of the disclosure where `fact` is false.
    """
    step, false = stride(fact), where(fact, frozenset({0}))
    pairs = within & (within >> step) & false
    return pairs, (allowed >> step) & pairs, allowed & pairs


CASES = [(name, claim) for name in POLICIES for claim in policy(name).claims]


@pytest.mark.parametrize(("name", "claim"), CASES, ids=[f"{n}: {c.name}" for n, c in CASES])
def test_claim(name: str, claim: nodes.Claim) -> None:
    refuted = any(expected.policy == name for expected in claim.expected)
    assert verdict(claim, name) == ("refuted" if refuted else "proved")


def test_three_claims_fail_on_the_literal_reading_alone() -> None:
    failing = {(e.policy, claim.name) for _, claim in CASES for e in claim.expected}
    assert {name for name, _ in failing} == {"metlife.literal"}
    assert len(failing) == 3


def test_grid_covers_what_the_policies_read() -> None:
    """All facts of the vocabulary, but for the line of business, which no rule reads."""
    of = policy(POLICIES[0])
    assert {role: len(taxonomy.leaves) for role, taxonomy in of.roles.items()} == {
        role: SIZES[role] for role in ("data", "recipient", "purpose")
    }
    dates = {"subject.opt_out_notice_on", "disclosure.on"}
    assert {fact.key for fact in of.facts} == {*FACTS, *dates, "subject.product"}


# ------------------------------------------------------------------ scenarios, citations


SCENARIOS = [(name, scenario) for name in POLICIES for scenario in policy(name).scenarios]


@pytest.mark.parametrize(
    ("name", "scenario"), SCENARIOS, ids=[f"{n}: {scenario.title}" for n, scenario in SCENARIOS]
)
def test_scenario(name: str, scenario: nodes.Scenario) -> None:
    others = [role for role in scenario.roles if role != "data"]
    expected = [e for e in scenario.expectations if e.policy in (None, name)]
    assert expected
    for leaves in product(*(scenario.roles[role] for role in others)):
        roles: dict[str, object] = dict(zip(others, leaves, strict=True))
        values = cast("dict[str, Plain]", roles | dict(scenario.facts))
        decision = decide(policy(name), Request(tuple(sorted(scenario.roles["data"])), values))
        for each in expected:
            assert decision.outcome == each.outcome
            assert each.rules is None or set(each.rules) == set(decision.rules)


Citing = (
    nodes.Rule | nodes.Definition | nodes.Party | nodes.Parameter | nodes.Must | nodes.Scenario
    | nodes.Claim
)  # fmt: skip


@pytest.mark.parametrize("name", POLICIES)
def test_every_clause_is_formalised_or_said_to_be_informative(name: str) -> None:
    of = policy(name)
    citing: tuple[Iterable[Citing], ...] = (
        of.rules, of.definitions.values(), of.parties, of.parameters, of.musts, of.scenarios,
        of.claims,
    )  # fmt: skip
    cited = {str(citation) for group in citing for each in group for citation in each.citations}
    for source in of.sources:
        for clause in source.clauses:
            formalised = f"{source.name} {clause.id}" in cited
            assert formalised != (clause.informative is not None), f"{source.name} {clause.id}"
