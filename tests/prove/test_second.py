"""The second procedure: never wrong, applicable nearly everywhere, and heard when it disagrees."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from tests.prove import test_corpus as corpus
from tests.prove.oracle import Oracle
from tests.prove.policies import AS_OF, HEAD, compiled, proved, verdict_of
from tests.prove.random_policies import BY_HAND, Case, case

from privity.lower import binary, conditions, joint, questions, second
from privity.lower import goals as goals_
from privity.lower.binary import Space
from privity.lower.conditions import Conditions
from privity.lower.diagram import TooLargeError
from privity.lower.goals import Goal
from privity.lower.instances import Unsettled
from privity.lower.second import Procedure
from privity.model import nodes
from privity.model.formula import AtMost
from privity.pipeline import second_procedure
from privity.prove import obligations
from privity.prove.nodes import Opinion, Verdict
from privity.prove.replay import replay
from privity.prove.run import Options, prove
from privity.symbolic import encode, factory, rules

SEEDS = range(-len(BY_HAND), 12)
WANTED: dict[str, dict[Goal, bool]] = {
    "proved": {"broken": False, "case": True},
    "refuted": {"broken": True, "case": True},
    "vacuous": {"broken": False, "case": False},
}
"""Whether there is a request for each goal, by the verdict that enumeration comes to."""


@cache
def known(seed: int) -> tuple[Case, Oracle]:
    found = case(seed)
    return found, Oracle(found.policy, [found.other])


def others(found: Case) -> dict[str, nodes.Policy]:
    return {"p": found.policy, "q": found.other}


def options(procedure: Procedure | None = None) -> Options:
    return Options(as_of=AS_OF, second=procedure or Procedure())


# ------------------------------------------------------------------ never wrong


def goals(claim: nodes.Claim, verdict: str) -> dict[Goal, bool]:
    if isinstance(claim.statement, nodes.SometimesAllowed):
        return {"permitted": verdict == "proved"}
    return WANTED[verdict]


def fulfils(found: Case, claim: nodes.Claim, goal: Goal, told: Any) -> bool:
    replayed = replay(claim, found.policy, others(found), *told)
    fulfilled = {"broken": replayed.broken, "case": replayed.case, "permitted": not replayed.broken}
    return replayed.in_range and fulfilled[goal]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_never_contradicts_enumeration(seed: int) -> None:
    found, oracle = known(seed)
    procedure = Procedure()
    for claim in found.policy.claims:
        truth = oracle.verdict(claim)
        if truth == "unknown":  # the assumptions contradict each other
            continue
        paths = procedure(claim, found.policy, others(found))
        for goal, wanted in goals(claim, truth).items():
            told = paths.request(goal)
            assert (told is not None) == wanted, (claim.name, goal, found.source)
            if told is not None:
                assert isinstance(told, tuple)
                assert fulfils(found, claim, goal, told), (claim.name, goal, told)
                assert paths.holds(goal, *told) is True


@pytest.mark.parametrize("seed", SEEDS)
def test_a_request_s_path_leads_where_the_request_does(seed: int) -> None:
    """Every 40th request of those that there are, whatever it is to the claim."""
    found, oracle = known(seed)
    procedure = Procedure()
    for claim in found.policy.claims:
        paths = procedure(claim, found.policy, others(found))
        two = isinstance(claim.statement, nodes.AtLeastAsStrict | nodes.DecidesTheSame)
        for decided in oracle.requests[::40]:
            own = {fact.key: False for fact in found.other.facts if fact.key == "subject.own"}
            told = decided.values, {**decided.values, **own} if two else decided.values
            for goal in goals(claim, "proved"):
                assert paths.holds(goal, *told) == fulfils(found, claim, goal, told), claim.name


# ------------------------------------------------------------------ what it confirms


def opinions(verdicts: Iterator[Verdict]) -> Counter[str | None]:
    """How many verdicts it confirms, and why not the others."""
    found = [verdict for verdict in verdicts if verdict.verdict != "unknown"]
    assert all(verdict.diagram for verdict in found)
    return Counter(verdict.diagram.reason for verdict in found if verdict.diagram)


@pytest.mark.parametrize("name", (corpus.POLICY, corpus.LITERAL))
def test_every_verdict_of_the_corpus_is_confirmed(name: str) -> None:
    table = {each: corpus.policy(each) for each in (corpus.POLICY, corpus.LITERAL)}
    confirmed = opinions(prove(corpus.policy(name), table, options()))
    assert confirmed == {None: len(corpus.policy(name).claims)}


def test_every_verdict_on_random_policies_is_confirmed() -> None:
    kinds: Counter[tuple[type, str]] = Counter()
    for seed in SEEDS:
        found, _ = known(seed)
        for verdict in proved(found.policy, found.other, options=options()).values():
            assert not verdict.disagreement, verdict.why
            if verdict.verdict != "unknown":
                assert verdict.diagram == Opinion(None), (seed, verdict.claim.name)
                kinds[type(verdict.claim.statement), verdict.verdict] += 1
    for kind in (nodes.Never, nodes.NeverAffects, nodes.NeverPermits, nodes.Carries):
        assert all(kinds[kind, word] for word in ("proved", "refuted", "vacuous")), kind


def test_it_is_not_asked_where_nothing_is_known_or_nobody_asks() -> None:
    text = "permit p1 share data with anyone for mail\nclaim k never share a with shop for service"
    assert verdict_of(text).diagram is None
    assumed = "assume early that data is a until 2025-01-01\n"
    unknown = verdict_of(assumed + text, options=options())
    assert unknown.verdict == "unknown" and unknown.diagram is None
    assert verdict_of(text, options=options()).diagram == Opinion(None)


DATES = "".join(f"fact subject.{name} : date\n" for name in "xyzw")


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("subject.x is before subject.y and subject.y is before subject.x", "vacuous"),
        (  # a longer cycle than pairs tell
            "subject.x is before subject.y and subject.y is before subject.z"
            " and subject.z is before subject.w and subject.w is before subject.x",
            "vacuous",
        ),
        (
            "subject.x is on or after subject.y + 30 days and"
            " subject.y is on or after subject.z + 30 days and"
            " subject.x is before subject.z + 60 days",
            "vacuous",
        ),
        (
            "subject.x is on or after subject.y + 30 days and"
            " subject.y is on or after subject.z + 30 days and"
            " subject.x is before subject.z + 61 days",
            "refuted",
        ),
        ("subject.x + 1 month is before subject.x + 28 days", "vacuous"),
        ("subject.x + 1 month is before subject.x + 29 days", "refuted"),
        ("subject.x + 12 months is after subject.y and subject.y is after subject.x", "refuted"),
        ("subject.x is 2026-03-01 and subject.x + 1 month is not 2026-04-01", "vacuous"),
        ("subject.x is before 1700-01-01", "vacuous"),
    ],
)
def test_comparisons_that_exclude_each_other(condition: str, verdict: str) -> None:
    claim = f"claim k never share a with shop for mail when {condition}\n"
    found = verdict_of(f"{DATES}permit p1 share a with shop for mail\n{claim}", options=options())
    assert (found.verdict, found.diagram) == (verdict, Opinion(None)), found.why


def test_what_it_cannot_settle_is_not_applicable() -> None:
    """Two months are 59 to 62 days long; what it knows is that a month has 28 to 31."""
    text = f"""{DATES}permit p1 share a with shop for mail
claim k never share a with shop for mail when subject.x + 2 months is before subject.x + 59 days
claim l never share a with shop for mail when subject.x + 2 months is after subject.x + 62 days
"""
    found = proved(compiled(HEAD + text), options=options())
    assert {verdict.verdict for verdict in found.values()} == {"vacuous"}
    assert found["l"].diagram == Opinion(None)
    assert found["k"].diagram == Opinion("dates or numbers that fit its comparisons were not found")


def test_a_diagram_that_would_be_too_large_is_not_applicable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, _ = known(0)
    monkeypatch.setattr(Space, "_measured", _refused)
    [verdict, *_] = proved(found.policy, found.other, options=options()).values()
    assert verdict.diagram == Opinion("its decision diagram would be too large")
    assert not verdict.disagreement


def test_more_variables_than_can_be_gone_down_are_not_applicable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, _ = known(0)
    monkeypatch.setattr(binary, "MOST_VARIABLES", 1)
    [verdict, *_] = proved(found.policy, found.other, options=options()).values()
    assert verdict.diagram == Opinion("its decision diagram would be too large")


def _refused(space: Space, function: object) -> object:
    raise TooLargeError


@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_are_divided_where_many_rules_meet(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no rule is looked at that does not meet the claim's scope."""
    found, oracle = known(seed)
    monkeypatch.setattr(goals_, "MOST_TOGETHER", 1)
    monkeypatch.setattr(second, "LARGE", 0)
    for claim in found.policy.claims:
        paths = Procedure()(claim, found.policy, others(found))
        truth = oracle.verdict(claim)
        for goal, wanted in goals(claim, truth).items() if truth != "unknown" else ():
            told = paths.request(goal)
            assert (told is not None) == wanted, (claim.name, goal)
            assert told is None or (isinstance(told, tuple) and paths.holds(goal, *told) is True)
    monkeypatch.setattr(goals_, "MOST_LOOKED_AT", 0)
    paths = Procedure()(found.policy.claims[0], found.policy, others(found))
    assert paths.request("case") == Unsettled("it would take too many decision diagrams")


def test_policies_that_speak_of_other_things_are_not_compared() -> None:
    found, _ = known(0)
    roles = {**found.other.taxonomies}
    del roles["purpose"]
    apart = replace(found.other, taxonomies=roles)
    claim = next(c for c in found.policy.claims if isinstance(c.statement, nodes.DecidesTheSame))
    paths = Procedure()(claim, found.policy, {"q": apart})
    assert paths.request("broken") == Unsettled("p and q do not have the same roles")


def test_the_same_on_every_run_and_in_every_process() -> None:
    found, _ = known(3)
    table, claims = others(found), found.policy.claims
    one, two = Procedure(), pickle.loads(pickle.dumps(Procedure()))
    assert isinstance(second_procedure(), type(two))
    for claim in claims:
        here, there = one(claim, found.policy, table), two(claim, found.policy, table)
        assert here.request("case") == there.request("case")
    alone = prove(found.policy, table, options())
    several = prove(found.policy, table, replace(options(), jobs=2))
    assert [v.diagram for v in alone] == [v.diagram for v in several]


# ------------------------------------------------------------------ faults, on either side

Fault = Callable[[pytest.MonkeyPatch], None]


def _wrapped(owner: Any, name: str, change: Callable[..., Any]) -> Fault:
    """A function that does what `change` makes of it: it gets the original, then the arguments."""
    original = getattr(owner, name)

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(owner, name, lambda *a, **k: change(original, *a, **k))

    return plant


def _everywhere(name: str, change: Callable[..., Any], *owners: Any) -> Fault:
    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        for owner in owners:
            _wrapped(owner, name, change)(monkeypatch)

    return plant


def _without_permits(original: Any, policy: Any, kept: Any, scene: Any) -> str:
    return str(original(policy, [r for r in kept if r.effect == "forbid"], scene))


def _one_off(original: Any, formula: Any, scene: Any) -> str:
    match formula:
        case AtMost(terms, bound):
            return str(original(AtMost(terms, bound - 1), scene))
        case _:
            return str(original(formula, scene))


SOLVER: dict[str, Fault] = {
    "permits are forgotten": _wrapped(rules, "permits", _without_permits),
    "a bound is one off": _everywhere("encode", _one_off, encode, rules, obligations),
    "nothing breaks a claim": _wrapped(obligations, "_broken", lambda *_: factory.FALSE),
    "no claim has a case": _wrapped(obligations, "_case", lambda *_: factory.FALSE),
    "scopes are narrower": _everywhere(
        "in_scope",
        lambda original, *a: factory.conjunction([original(*a), "(= recipient 0)"]),
        rules,
        obligations,
    ),
    "pairs never differ": _wrapped(obligations, "_some_pair_differs", lambda *_: factory.FALSE),
    "duties are never lost": _wrapped(obligations, "_lost_duties", lambda *_: iter(())),
}


def _permits_whatever_is_forbidden(original: Any, self: Any, kept: Any, *rest: Any) -> Any:
    return original(self, [rule for rule in kept if rule.effect == "permit"], *rest)


def _shifted_arms(original: Any, *arguments: Any) -> Any:
    return {n: frozenset(arm + 1 for arm in held) for n, held in original(*arguments).items()}


def _nothing_renamed(original: Any, self: Any, fact: nodes.Fact) -> bool:
    return self.policy.fact_by_key.get(fact.key) is not None


def _nothing_owed(original: Any, self: Any, kept: Any, duty: Any, where: Any) -> Any:
    return self.space.false


DIAGRAM: dict[str, Fault] = {
    "forbids are forgotten": _wrapped(Conditions, "permits", _permits_whatever_is_forbidden),
    "rules yield to none": _wrapped(Conditions, "_yields", lambda *_: []),
    "sums lie in the next interval": _wrapped(questions, "_between", _shifted_arms),
    "duties are not owed": _wrapped(Conditions, "owes", _nothing_owed),
    "a fact is left as it is": _wrapped(Space, "given", lambda original, self, f, *_: f),
    "facts are shared by name": _wrapped(joint._Naming, "_shared", _nothing_renamed),
    "scopes are wider": _wrapped(conditions, "scope_atoms", lambda *_: ()),
    "conditions of claims are lost": _wrapped(goals_, "conditions_of", lambda *_: ()),
    "assumptions are lost": _wrapped(
        goals_, "conditions_of", lambda _, claim, policy: (claim.when, claim.assuming)
    ),
}


def disagreements(seeds: range) -> list[str]:
    found = (known(seed)[0] for seed in seeds)
    options_ = options()
    verdicts = (v for c in found for v in proved(c.policy, c.other, options=options_).values())
    return [verdict.why for verdict in verdicts if verdict.disagreement]


@pytest.mark.parametrize("fault", SOLVER)
def test_a_fault_of_the_solver_s_side_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    SOLVER[fault](monkeypatch)
    found = disagreements(SEEDS)
    assert any("decision diagram" in why for why in found), found


@pytest.mark.parametrize("fault", DIAGRAM)
def test_a_fault_of_the_diagram_s_side_is_found(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    DIAGRAM[fault](monkeypatch)
    found = disagreements(SEEDS)
    assert any("decision diagram" in why for why in found), found
