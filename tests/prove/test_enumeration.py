"""The prover against enumeration: random policies, claims of every kind, every complete request.

What is shown with a verdict is checked in the same way: that a counterexample's region breaks the
claim wherever it is completed and holds nothing that could be dropped, that the nearest request
that keeps the claim is the nearest, and that *because* names what remains when rules are dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, product

import pytest
from tests.prove.oracle import Oracle, Values, axes_of, combined
from tests.prove.policies import AS_OF
from tests.prove.random_policies import BY_HAND, Case, case

from privity.model import nodes
from privity.model.formula import Key, Plain
from privity.prove.judge import judge
from privity.prove.nodes import Verdict
from privity.prove.run import Options

SEEDS = range(-len(BY_HAND), 10)
ONE_POLICY = (
    nodes.Never, nodes.AllowedOnlyIf, nodes.AlwaysAllowed, nodes.NeverPermits, nodes.NeverAffects,
    nodes.Carries,
)  # fmt: skip


@cache
def judged(seed: int) -> tuple[Case, Oracle, list[Verdict]]:
    found = case(seed)
    table = {"p": found.policy, "q": found.other}
    options = Options(as_of=AS_OF)
    verdicts = [judge(claim, found.policy, table, options) for claim in found.policy.claims]
    return found, Oracle(found.policy, [found.other]), verdicts


@pytest.mark.parametrize("seed", SEEDS)
def test_verdicts(seed: int) -> None:
    found, oracle, verdicts = judged(seed)
    for verdict in verdicts:
        wanted = oracle.verdict(verdict.claim)
        assert verdict.verdict == wanted, (verdict.claim.name, verdict.why, found.source)
        assert not verdict.disagreement


def test_every_verdict_of_every_kind_of_claim_is_met() -> None:
    seen = Counter((type(v.claim.statement), v.verdict) for s in SEEDS for v in judged(s)[2])
    for kind in (*ONE_POLICY, nodes.AtLeastAsStrict, nodes.DecidesTheSame):
        assert seen[kind, "proved"] and seen[kind, "refuted"], kind
    for kind in ONE_POLICY:
        assert seen[kind, "vacuous"], kind


# ------------------------------------------------------------------ counterexamples


def counterexamples(seed: int) -> Iterator[tuple[Oracle, Verdict]]:
    _, oracle, verdicts = judged(seed)
    for verdict in verdicts:
        if verdict.counterexample:
            yield oracle, verdict


def breaks(oracle: Oracle, verdict: Verdict, values: Values) -> bool:
    """The facts that the second policy has for itself are booleans here, told in words."""
    assert verdict.counterexample is not None
    apart = {key: word == "true" for key, word in verdict.counterexample.apart.items()}
    return oracle.breaks(verdict.claim, values, apart)


def fact_of(claim: nodes.Claim) -> Key | None:
    stated = claim.statement
    return stated.fact if isinstance(stated, nodes.NeverPermits | nodes.NeverAffects) else None


def axes_within(policy: nodes.Policy, verdict: Verdict) -> dict[Key, tuple[Plain, ...]]:
    """What the completions of a counterexample's region choose."""
    assert verdict.counterexample is not None
    region = verdict.counterexample.region
    axes = axes_of(policy)
    axes.update((role, tuple(sorted(leaves))) for role, leaves in region.roles.items())
    axes.update((key, (value,)) for key, value in region.facts.items())
    fixed = fact_of(verdict.claim)
    if fixed is not None:
        axes[fixed] = (False,)  # both values are tried, whichever stands here
    return axes


@pytest.mark.parametrize("seed", SEEDS)
def test_every_completion_of_a_region_breaks_the_claim(seed: int) -> None:
    for oracle, verdict in counterexamples(seed):
        for values in combined(axes_within(oracle.policy, verdict)):
            assert breaks(oracle, verdict, values), (verdict.claim.name, values)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_can_be_dropped_from_a_region(seed: int) -> None:
    for oracle, verdict in counterexamples(seed):
        claim, region = verdict.claim, axes_within(oracle.policy, verdict)
        for key, every in axes_of(oracle.policy).items():
            added = [value for value in every if value not in region[key]]
            if key == fact_of(claim) or not added:
                continue
            wider = [{key: tuple(added)}] if "." in key else [{key: (leaf,)} for leaf in added]
            for axis in wider:
                keeping = (not breaks(oracle, verdict, v) for v in combined({**region, **axis}))
                assert any(keeping), (claim.name, key, verdict.counterexample)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_is_a_request_of_the_region(seed: int) -> None:
    for oracle, verdict in counterexamples(seed):
        shown = verdict.counterexample
        assert shown is not None and verdict.witness == shown.values
        assert shown.values.keys() == axes_of(oracle.policy).keys()
        assert breaks(oracle, verdict, shown.values)
        assert all(shown.values[role] in leaves for role, leaves in shown.region.roles.items())
        assert all(shown.values[key] == value for key, value in shown.region.facts.items())
        assert not set(shown.region.idle) & set(shown.region.facts)


# ------------------------------------------------------------------ the nearest that keeps it


def changes(policy: nodes.Policy, values: Values, count: int) -> Iterator[Values]:
    """The requests that differ from `values` in just so many facts."""
    axes = axes_of(policy)
    for keys in combinations([fact.key for fact in policy.facts], count):
        others = ([v for v in axes[key] if v != values[key]] for key in keys)
        for changed in product(*others):
            yield {**values, **dict(zip(keys, changed, strict=True))}


def distance(policy: nodes.Policy, one: Values, two: Values) -> int:
    return sum(
        abs(a - b)
        for key, fact in policy.fact_by_key.items()
        if isinstance(fact.type, nodes.DateType | nodes.IntegerType | nodes.DurationType)
        and isinstance(a := one[key], int)
        and isinstance(b := two[key], int)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_remedy_is_the_nearest_request_that_keeps_the_claim(seed: int) -> None:
    """Claims about two requests have none: what to change in which is not the prover's to say."""
    for oracle, verdict in counterexamples(seed):
        assert verdict.counterexample is not None
        values, remedy = verdict.counterexample.values, verdict.counterexample.remedy
        if fact_of(verdict.claim) is not None:
            assert remedy is None
            continue
        wanted = nearest(oracle, verdict)
        if remedy is None:
            assert wanted is None, (verdict.claim.name, wanted)
            continue
        after = {**values, **{change.fact: change.new for change in remedy.changes}}
        assert all(values[change.fact] == change.old for change in remedy.changes)
        found = (len(remedy.changes), distance(oracle.policy, values, after), remedy.in_scope)
        assert found == wanted, (verdict.claim.name, remedy)


def nearest(oracle: Oracle, verdict: Verdict) -> tuple[int, int, bool] | None:
    """How many facts change and how far, and whether the request stays in the claim's range."""
    assert verdict.counterexample is not None
    policy, values = oracle.policy, verdict.counterexample.values

    def passes(after: Values, in_range: bool) -> bool:
        stays = not in_range or oracle.within(verdict.claim, after) is not None
        return stays and not breaks(oracle, verdict, after)

    for in_range in (True, False):
        for count in range(1, min(len(policy.facts), 4) + 1):
            passing = (v for v in changes(policy, values, count) if passes(v, in_range))
            if there := [distance(policy, values, after) for after in passing]:
                return count, min(there), in_range
    return None


# ------------------------------------------------------------------ because


def without(policy: nodes.Policy, dropped: set[str]) -> nodes.Policy:
    """The policy with rules that never apply, also for those that yield to them."""

    def kept(rules: tuple[nodes.Rule, ...]) -> tuple[nodes.Rule, ...]:
        return tuple(
            replace(rule, yields_to=tuple(n for n in rule.yields_to if n not in dropped))
            for rule in rules
            if rule.name not in dropped
        )

    return replace(policy, rules=kept(policy.rules), rules_in_order=kept(policy.rules_in_order))


def because(found: Case, claim: nodes.Claim, effect: str) -> tuple[str, ...]:
    dropped: set[str] = set()
    candidates = [rule.name for rule in found.policy.rules if rule.effect == effect]
    for name in candidates:
        tried = Oracle(without(found.policy, dropped | {name}), [found.other])
        if tried.verdict(claim) != "refuted":
            dropped.add(name)
    return tuple(name for name in candidates if name not in dropped)


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_because_is_what_remains_when_rules_are_dropped_in_order(seed: int) -> None:
    found, _, verdicts = judged(seed)
    for verdict in verdicts:
        effect = {
            nodes.Never: "forbid",
            nodes.AllowedOnlyIf: "forbid",
            nodes.AtLeastAsStrict: "forbid",
            nodes.AlwaysAllowed: "permit",
        }.get(type(verdict.claim.statement))
        if verdict.verdict == "proved" and effect is not None:
            assert verdict.because == because(found, verdict.claim, effect), verdict.claim.name
