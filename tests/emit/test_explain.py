"""Explanations, and the nearest change that would permit a request."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from tests.differential.test_checker_agrees import as_mapping
from tests.emit.example import checker, letters, needed, without
from tests.emit.random_policies import DAY, random_policy, random_request

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    Fact,
    IntegerType,
    Policy,
    TaxonomyType,
)


@pytest.mark.parametrize(
    ("request_", "nearest"),
    [
        (letters(), ()),
        (letters(subject__opted_out=True), (("subject.opted_out", True, False),)),
        (
            letters(subject__notice_on="2026-02-15"),
            (("subject.notice_on", "2026-02-15", "2026-01-30"),),
        ),
        (
            letters(subject__opted_out=True, subject__customer=False),
            (("subject.customer", False, True), ("subject.opted_out", True, False)),
        ),
        (needed(disclosure__necessary=False), (("disclosure.necessary", False, True),)),
        (needed(subject__age=5), (("subject.age", 5, 18),)),
        (needed(disclosure__length=365), (("disclosure.length", 365, 99),)),
        (needed(recipient__contract="void"), (("recipient.contract", "void", "another text"),)),
        (
            needed(subject__states=["here", "there"]),
            (("subject.states", ("here", "there"), ("here",)),),
        ),
        (needed(subject__residence="elsewhere"), (("subject.residence", "elsewhere", None),)),
        (letters() | {"data": ["health"]}, None),
        (letters() | {"recipient": "stranger"}, None),
    ],
)
def test_nearest(request_: dict[str, object], nearest: object) -> None:
    explanation = checker().explain_mapping(request_)
    assert explanation.nearest == nearest
    assert explanation.decision == checker().check_mapping(request_)


def test_what_is_missing_may_be_supplied() -> None:
    module = checker()
    explanation = module.explain_mapping(without(letters(), "subject.opted_out", "disclosure.on"))
    assert explanation.nearest == (
        ("subject.opted_out", module.MISSING, False),
        ("disclosure.on", module.MISSING, "2026-02-14"),
    )


def test_two_dates_are_chosen_one_after_the_other() -> None:
    module = checker()
    request = without(letters(), "subject.notice_on", "disclosure.on")
    nearest = module.explain_mapping(request).nearest
    assert nearest is not None
    assert [key for key, _, _ in nearest] == ["subject.notice_on", "disclosure.on"]
    assert module.check_mapping(_changed(request, nearest)).outcome == "permit"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (
            letters(subject__customer=False),
            "Denied: no rule permits it. It would be permitted if the person is our customer"
            " (subject.customer is true).",
        ),
        (
            needed(disclosure__necessary=False),
            "Denied: no rule permits it. It would be permitted if it is attested that"
            " it is necessary (disclosure.necessary is true).",
        ),
        (
            letters(subject__notice_on="2026-02-15"),
            "Denied: no rule permits it. It would be permitted if"
            ' subject.notice_on ("day of the notice") is 2026-01-30 instead of 2026-02-15.',
        ),
        (
            needed(subject__age=5) | {"data": ["health"]},
            "Denied by odd (law S4). It would be permitted if subject.age is 18 instead of 5.",
        ),
        (
            without(letters(), "subject.customer"),
            "Unknown: the answer is not the same for all that the missing facts may be."
            ' It depends on what is missing: subject.customer ("the person is our customer").'
            " It would be permitted if the person is our customer (subject.customer is true).",
        ),
        (
            letters() | {"recipient": "stranger"},
            "Denied: no rule permits it. No change of 4 facts or fewer was found to permit it.",
        ),
    ],
)
def test_in_words(request_: dict[str, object], said: str) -> None:
    assert str(checker().explain_mapping(request_)) == said


def test_of_a_request_as_an_object() -> None:
    module = checker()
    request = module.Request.from_mapping(letters(subject__opted_out=True))
    assert module.explain(request) == module.explain_mapping(letters(subject__opted_out=True))


# ------------------------------------------------------------------ on random policies


@pytest.mark.parametrize("seed", range(60))
def test_nearest_permits_and_no_single_change_is_nearer(seed: int) -> None:
    random = Random(seed)
    policy = random_policy(random)
    module = load_checker(emit_python(policy))
    for _ in range(4):
        mapping = as_mapping(policy, random_request(random, policy))
        nearest = module.explain_mapping(mapping).nearest
        if nearest:
            assert module.check_mapping(_changed(mapping, nearest)).outcome == "permit"
        if nearest == () or (nearest is not None and len(nearest) == 1):
            continue
        for fact in policy.facts:
            for value in _values(policy, fact):
                change = ((fact.key, None, value),)
                assert module.check_mapping(_changed(mapping, change)).outcome != "permit"


def _changed(mapping: Any, changes: Any) -> dict[str, object]:
    new = {key: list(value) if isinstance(value, tuple) else value for key, _, value in changes}
    return {**mapping, "facts": {**mapping["facts"], **new}}


def _values(policy: Policy, fact: Fact) -> Iterator[object]:
    match fact.type:
        case BooleanType():
            yield from (False, True)
        case IntegerType(low, high) | DurationType(low, high):
            yield from range(low, high + 1, 3)
        case DateType():
            days = range(DAY - 90, DAY + 90, 7)
            yield from (datetime.date.fromordinal(day).isoformat() for day in days)
        case TaxonomyType():
            yield from (leaf.name for leaf in policy.taxonomy_of(fact.key).leaves)
        case _:
            pass
