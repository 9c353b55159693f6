"""Scenarios: one request for each combination of leaves, and what counts as met."""

from __future__ import annotations

from tests.semantics.small import HEAD, compiled, policy

from privity.model.nodes import Scenario
from privity.semantics.decide import decide
from privity.semantics.nodes import Request
from privity.semantics.scenarios import failures, requests_of

RULES = "fact subject.f : boolean\npermit p1 share a with bank for mail when subject.f\n"
RULES += "permit p2 share a with anyone for mail\nforbid f1 share b with shop for any purpose\n"


def scenario(text: str) -> Scenario:
    return policy(RULES + text).scenarios[0]


def failing(text: str) -> list[Request]:
    of = policy(RULES + text)
    return [failure.request for failure in failures(of, of.scenarios[0], decide)]


def test_data_leaves_are_one_request_and_other_roles_make_several() -> None:
    told = scenario(
        'scenario "s" share a, c for any purpose with anyone given subject.f expect deny'
    )
    assert [(r.data, r.values["recipient"], r.values["purpose"]) for r in requests_of(told)] == [
        ((0, 1), 0, 0), ((0, 1), 1, 0), ((0, 1), 0, 1), ((0, 1), 1, 1),
    ]  # fmt: skip
    assert all(r.values["subject.f"] is True for r in requests_of(told))


def test_what_is_not_said_is_missing() -> None:
    [request] = requests_of(scenario('scenario "s" share b expect unknown'))
    assert request == Request((1, 2), {})


def test_every_request_must_be_decided_as_expected() -> None:
    text = 'scenario "s" share a with anyone for mail given subject.f expect permit by p1, p2'
    assert [request.values["recipient"] for request in failing(text)] == [1]
    assert failing(text.replace(" by p1, p2", "")) == []


def test_rules_are_exactly_those_named() -> None:
    text = 'scenario "s" share a with bank for mail given subject.f expect permit by {}'
    assert failing(text.format("p2, p1")) == []
    assert len(failing(text.format("p1"))) == 1
    assert len(failing(text.format("p2"))) == 1
    assert failing(text.format("p1").replace("given subject.f ", "").replace("p1", "p2")) == []


def test_unknown_and_deny_are_told_apart() -> None:
    assert failing('scenario "s" share c with bank for mail expect deny') == []
    assert len(failing('scenario "s" share c with bank for mail expect unknown')) == 1
    assert failing('scenario "s" share a with bank expect unknown') == []


def test_several_expectations_are_all_asked_for() -> None:
    text = 'scenario "s" share c with shop for mail expect deny by f1 expect permit in p'
    assert len(failing(text)) == 1
    assert failing(text.replace("expect permit in p", "expect deny in p")) == []


def test_expectations_for_another_policy_are_left_to_that_one() -> None:
    claims = 'claims for p, q scenario "s" share c with shop for mail'
    claims += " expect deny in p expect permit in q"
    of = compiled(HEAD + RULES, claims=claims)
    assert list(failures(of, of.scenarios[0], decide)) == []
    assert [expected.outcome for expected in of.scenarios[0].expectations] == ["deny"]
