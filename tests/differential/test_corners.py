"""Corners of the calendar: long offsets, and sums that rise and fall with one fact."""

from __future__ import annotations

import datetime
from random import Random

import pytest
from tests.differential.engines import Engines
from tests.generators.policies import compiled
from tests.generators.requests import Asked
from tests.naive.decide import decide
from tests.naive.values import ONE_DAY, Values

VOCABULARY = """policy sample otherwise deny
taxonomy data { red }
taxonomy recipient { green }
taxonomy purpose { blue }
fact subject.day : date
fact subject.span : duration from 0 days to 60 days
permit rule
  share data with anyone for any purpose
"""
ROLES: Values = {"recipient": "green", "purpose": "blue"}


def asked(**facts: datetime.date | int) -> Asked:
    stated = {f"subject.{name}": value for name, value in facts.items()}
    return Asked(("red",), {**ROLES, **stated})


# ------------------------------------------------------------------ years 1600 to 9999

OFFSETS = ("+ 36524 days", "+ 36525 days", "+ 36494 days + 1 month", "+ 1200 months",
           "- 36525 days", "- 36494 days - 1 month", "- 1200 months")  # fmt: skip
DAYS = (datetime.date(1700, 1, 1), datetime.date(9899, 12, 31))


@pytest.mark.parametrize("offset", OFFSETS)
def test_no_date_leaves_the_calendar(offset: str) -> None:
    """A policy that is not refused never leads out of the years 1 to 9999."""
    text = f"{VOCABULARY}  when subject.day {offset} is after 2024-01-01\n"
    engines = Engines(f"{text}  duty act by subject.day {offset}\n")
    if compiled(engines.text).policy is None:
        return
    for day in DAYS:
        right = decide(engines.naive, ["red"], asked(day=day).values)
        assert engines.reference(asked(day=day)) == right
        assert engines.generated(asked(day=day)) == right
    assert engines.reference(asked()).outcome == engines.generated(asked()).outcome == "unknown"


# ------------------------------------------------------------------ one fact, read twice


def test_a_fact_that_is_added_taken_away_and_shifted_in_between() -> None:
    moved = "subject.day + subject.span + 1 month - subject.span + 1 month"
    engines = Engines(f"{VOCABULARY}  when {moved} is on or before 2024-03-13\n")
    day = datetime.date(2024, 1, 15)
    assert engines.reference(asked(day=day, span=0)).outcome == "deny"
    assert engines.reference(asked(day=day, span=20)).outcome == "permit"
    assert engines.reference(asked(day=day, span=60)).outcome == "deny"
    assert engines.reference(asked(day=day)).outcome == "unknown"
    assert engines.generated(asked(day=day)).outcome == "unknown"


def test_sums_of_shifts_never_decide_too_much() -> None:
    for seed in range(100):
        rng = Random(seed)
        chain, day = _chain(rng), datetime.date(2024, 1, 1) + rng.randint(0, 60) * ONE_DAY
        limit = _value(chain, asked(day=day, span=rng.randint(0, 60)))
        engines = Engines(f"{VOCABULARY}  when {chain} is on or before {limit}\n")
        complete = [asked(day=day, span=span) for span in range(61)]
        right = {decide(engines.naive, ["red"], each.values).outcome for each in complete}
        assert {engines.reference(each).outcome for each in complete} == right
        partial = asked(day=day)
        found = {engines.reference(partial).outcome, engines.generated(partial).outcome}
        assert found <= {"unknown", *(right if len(right) == 1 else ())}, (engines.text, day)


def _chain(rng: Random) -> str:
    """A date moved back and forth, by the same span of days more than once."""
    spans, months = ("+ subject.span", "- subject.span"), ("+ 1 month", "- 1 month", "+ 11 months")
    offsets = [rng.choice(each) for each in [spans, months] * rng.randint(2, 3)]
    return " ".join(["subject.day", *offsets])


def _value(chain: str, request: Asked) -> datetime.date:
    policy = Engines(f"{VOCABULARY}  duty act by {chain}\n").naive
    (duty,) = decide(policy, ["red"], request.values).duties
    assert duty.deadline is not None
    return duty.deadline
