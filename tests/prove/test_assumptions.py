"""Assumptions limit what claims range over, are enforced, expire, and must not contradict."""

from __future__ import annotations

import datetime

import pytest
from tests.prove.policies import AS_OF, HEAD, compiled, proved, verdict_of, words

from privity.prove.run import Options
from privity.semantics.decide import decide
from privity.semantics.nodes import Request

FACTS = "fact subject.f : boolean\nfact subject.g : boolean\n"
PERMIT = "permit p1 share data with anyone for any purpose\n"
ASSUME = "assume a1 that subject.f until 2026-06-30\n"
NEVER = "claim k never share data with anyone for any purpose "


def test_claims_range_over_what_is_assumed() -> None:
    source = FACTS + "permit p1 share data with anyone for any purpose unless subject.f\n"
    assert verdict_of(source + NEVER).verdict == "refuted"
    found = verdict_of(source + ASSUME + NEVER)
    assert (found.verdict, found.assumptions) == ("proved", ("a1",))
    assert verdict_of(source + ASSUME + NEVER + "when not subject.f").verdict == "vacuous"


def test_what_is_assumed_is_enforced() -> None:
    """Outside it, the forbid of its name speaks: also to requests that say nothing of it."""
    policy = compiled(HEAD + FACTS + PERMIT + ASSUME)
    roles = {"recipient": 0, "purpose": 0}
    denied = decide(policy, Request((0,), {**roles, "subject.f": False}))
    assert (denied.outcome, denied.rules) == ("deny", ("a1",))
    assert decide(policy, Request((0,), {**roles, "subject.f": True})).outcome == "permit"
    unknown = decide(policy, Request((0,), roles))
    assert (unknown.outcome, unknown.missing) == ("unknown", ("subject.f",))


def test_two_assumptions_hold_at_once() -> None:
    source = FACTS + PERMIT + ASSUME + "assume a2 that subject.g until 2026-07-01\n"
    claim = "claim k allowed only if subject.f and subject.g to share data with anyone for mail"
    found = verdict_of(source + claim)
    assert (found.verdict, found.assumptions, found.because) == ("proved", ("a1", "a2"), ())


@pytest.mark.parametrize(
    ("day", "verdict"),
    [("2026-06-29", "proved"), ("2026-06-30", "proved"), ("2026-07-01", "unknown")],
)
def test_an_assumption_counts_up_to_its_last_day(day: str, verdict: str) -> None:
    source = FACTS + "permit p1 share data with anyone for any purpose unless subject.f\n" + ASSUME
    options = Options(as_of=datetime.date.fromisoformat(day))
    found = verdict_of(source + NEVER, options=options)
    assert found.verdict == verdict
    if verdict == "unknown":
        assert found.why == "rests on an assumption that has expired: a1 (2026-06-30)"
        assert not found.as_expected


def test_when_one_has_expired_every_verdict_is_unknown() -> None:
    claims = (
        "claim k1 never share a with bank for service\n"
        "claim k2 sometimes allowed to share a with bank for service\n"
        "claim k3 subject.g never permits more\n"
        "claim k4 p decides the same as p\n"
    )
    policy = compiled(
        HEAD + FACTS + PERMIT + ASSUME + "assume a2 that subject.g until 2099-01-01\n" + claims
    )
    assert set(words(policy, options=Options(as_of=datetime.date(2027, 1, 1))).values()) == {
        "unknown"
    }


CONTRADICTION = ASSUME + "assume a2 that not subject.f until 2099-01-01\n"


@pytest.mark.parametrize(
    "claim",
    [
        "never share data with anyone for any purpose",
        "allowed only if subject.f to share data with anyone for any purpose",
        "always allowed to share data with anyone for any purpose",
        "subject.g never permits more",
        "subject.g never affects sharing data with anyone for any purpose",
        "p decides the same as p",
        "sometimes allowed to share data with anyone for any purpose",
    ],
)
def test_nothing_is_proved_from_a_contradiction(claim: str) -> None:
    found = verdict_of(FACTS + PERMIT + CONTRADICTION + "claim k " + claim)
    assert (found.verdict, found.why) == ("unknown", "the assumptions contradict each other")


def test_an_assumption_about_the_fact_leaves_no_pair() -> None:
    """The assumptions are fine; it is the claim that has nothing to say."""
    found = verdict_of(
        FACTS + PERMIT + ASSUME.replace("that", "that not") + "claim k subject.f never permits more"
    )
    assert found.verdict == "vacuous"


def test_what_a_claim_assumes_for_itself_is_not_enforced_and_said() -> None:
    source = FACTS + "permit p1 share data with anyone for any purpose unless subject.f\n"
    policy = compiled(HEAD + source + NEVER + "assuming subject.f")
    found = proved(policy, options=Options(as_of=AS_OF))["k"]
    assert (found.verdict, found.claim.assuming_words) == ("proved", "subject.f")
    request = Request((0,), {"recipient": 0, "purpose": 0, "subject.f": False})
    assert decide(policy, request).outcome == "permit"
