"""What the checker answers, on one policy, read against its rules by eye."""

from __future__ import annotations

import datetime
import json

import pytest
from tests.emit.example import checker, example, letters, needed, without


def test_a_permit_says_all_that_it_rests_on() -> None:
    answer = checker().check_mapping(letters()).as_dict()
    assert answer == {
        "outcome": "permit",
        "rules": ["letters"],
        "citations": ["law S2", "law S1"],
        "missing": [],
        "duties": [
            {
                "name": "log_it",
                "rule": "letters",
                "label": "label of log_it",
                "deadline": "2026-03-03",
            },
            {
                "name": "expire",
                "rule": "letters",
                "label": "label of expire",
                "deadline": "2027-01-15",
            },
            {"name": "be_kind", "rule": "letters", "label": "label of be_kind"},
        ],
        "permitted_data": ["name"],
        "explanation": 'Permitted by letters "partners may write" (law S2, law S1).',
        "policy": {"name": "test.policy", "sha256": example().sha256},
    }
    assert json.loads(json.dumps(answer)) == answer


def test_only_permit_is_true() -> None:
    module = checker()
    unknown = module.check_mapping(without(letters(), "subject.opted_out"))
    denied = module.check_mapping(letters(subject__opted_out=True))
    assert [unknown.outcome, denied.outcome] == ["unknown", "deny"]
    assert not unknown and not denied and module.check_mapping(letters())


@pytest.mark.parametrize("notice", ["2026-01-30", "2026-01-31"])
def test_the_thirtieth_day_counts(notice: str) -> None:
    outcome = checker().check_mapping(letters(subject__notice_on=notice)).outcome
    assert outcome == ("permit" if notice == "2026-01-30" else "deny")


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, "permit"),
        ({"recipient__contract": "void"}, "deny"),
        ({"subject__states": ["there", "here"]}, "deny"),
        ({"subject__states": []}, "permit"),
        ({"subject__age": 17}, "deny"),
        ({"subject__age": 18}, "permit"),
        ({"subject__residence": "elsewhere"}, "deny"),
        ({"subject__residence": "here"}, "permit"),
        ({"disclosure__length": 100}, "deny"),
        ({"disclosure__length": 99}, "permit"),
    ],
)
def test_every_type_of_fact_is_read(facts: dict[str, object], outcome: str) -> None:
    assert checker().check_mapping(needed(**facts)).outcome == outcome


@pytest.mark.parametrize(
    "key",
    [
        "recipient.contract",
        "subject.states",
        "subject.age",
        "subject.residence",
        "disclosure.length",
        "disclosure.necessary",
    ],
)
def test_every_type_of_fact_may_be_missing(key: str) -> None:
    decision = checker().check_mapping(without(needed(), key))
    assert (decision.outcome, decision.missing) == ("unknown", (key,))


def test_what_does_not_matter_may_be_left_out() -> None:
    request = {"data": ["health"], "recipient": "staff"}
    decision = checker().check_mapping(request)
    assert (decision.outcome, decision.rules, decision.missing) == ("permit", ("inside",), ())


def test_several_categories_are_permitted_only_together() -> None:
    decision = checker().check_mapping(letters() | {"data": ["health", "name"]})
    assert (decision.outcome, decision.permitted_data) == ("deny", ("name",))
    assert "no rule permits all of it" in decision.explanation


def test_deadlines_that_are_not_known() -> None:
    request = without(letters(), "disclosure.on", "subject.customer")
    duties = checker().check_mapping(request).duties
    assert [(d.name, d.has_deadline, d.deadline) for d in duties] == [
        ("log_it", True, None),
        ("expire", True, datetime.date(2027, 1, 15)),
        ("be_kind", False, None),
    ]
    assert [d.as_dict().get("deadline", "absent") for d in duties] == [None, "2027-01-15", "absent"]


def test_a_request_as_an_object() -> None:
    module = checker()
    request = module.Request(
        data=(module.Data.NAME,),
        recipient=module.Recipient.PARTNER,
        purpose=module.Purpose.MARKETING,
        subject_customer=True,
        subject_opted_out=False,
        subject_notice_on=datetime.date(2026, 1, 15),
        disclosure_on=datetime.date(2026, 3, 1),
    )
    assert module.check(request) == module.check_mapping(letters())


def test_a_request_from_a_mapping_keeps_who_attested() -> None:
    module = checker()
    signed = {"value": True, "by": "J. Doe", "at": "2026-03-01T09:00:00Z"}
    mapping = needed(disclosure__necessary=signed, subject__states=["here", "elsewhere"])
    request = module.Request.from_mapping(mapping)
    assert request.disclosure_necessary == module.Attestation(
        True, by="J. Doe", at="2026-03-01T09:00:00Z"
    )
    assert request.subject_states == {module.State.HERE, module.State.ELSEWHERE}
    assert request.subject_residence is None
    assert module.check(request) == module.check_mapping(mapping)
    assert module.check(request).outcome == "permit"


def test_too_many_completions_are_unknown() -> None:
    module = checker()
    decision = module._decide(
        module._PROGRAM,
        *module._from_mapping(module._PROGRAM, {"data": ["name", "health"]}),
        limit=100,
    )
    assert (decision.outcome, decision.rules, decision.permitted_data) == ("unknown", (), ())
    assert decision.missing[:4] == (
        "recipient", "purpose", "subject.customer", "subject.opted_out",
    )  # fmt: skip
    assert [duty.name for duty in decision.duties] == ["log_it", "expire", "be_kind"]


def test_missing_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError):
        bool(checker().MISSING)
