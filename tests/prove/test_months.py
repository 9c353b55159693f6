"""Calendar months in proofs: every lemma is true of the calendar, and what follows from them."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise
from random import Random

import pytest
from tests.model.day_by_day import CYCLE_MONTHS, cycle, moved
from tests.model.day_by_day import months as table
from tests.prove import oracle
from tests.prove.policies import compiled, verdict_of, words

from privity.model.calendar import shift
from privity.symbolic import months
from privity.symbolic.solver import Limits, Satisfiable, Unsatisfiable, solve

COUNTS = (*range(1, 27), 30, 36, 48, 60, 119, 120, 240, 480, 600, 1188, 1199, 1200)


# ------------------------------------------------------------------ the lemmas, over the cycle


def least_and_most(count: int) -> tuple[int, int]:
    by = [to - day for day, to in zip(cycle(), moved(count), strict=True)]
    return min(by), max(by)


@pytest.mark.parametrize("count", COUNTS)
def test_bounds_hold_and_are_reached(count: int) -> None:
    assert months.bounds(count) == least_and_most(count)
    assert months.bounds(-count) == least_and_most(-count)


@pytest.mark.nightly
def test_bounds_of_every_count_that_a_policy_may_have() -> None:
    for count in range(-1200, 1201):
        assert months.bounds(count) == least_and_most(count)


def test_shifts_are_monotone_in_the_day_and_in_the_months() -> None:
    previous: list[int] | None = None
    for count in (-600, -13, -12, -2, -1, 0, 1, 2, 11, 12, 13, 600):
        here = moved(count)
        assert all(one <= two for one, two in pairwise(here))
        if previous is not None:
            assert all(one <= two for one, two in zip(previous, here, strict=True))
        previous = here


NUMBER = r"(\d+|\(- \d+\))"
REFINEMENT = re.compile(
    rf"\(=> \(<= {NUMBER} d {NUMBER}\) "
    rf"\(ite \(<= d {NUMBER}\) \(= s \(\+ d {NUMBER}\)\) \(= s {NUMBER}\)\)\)"
)


def refined(count: int, inside: int) -> list[int]:
    """The numbers of a refinement: first and last day, where it clips, by how much, to where."""
    match = REFINEMENT.fullmatch(months.refinement("d", count, "s", inside))
    assert match is not None
    return [int(number.strip("()").replace(" ", "")) for number in match.groups()]


@pytest.mark.parametrize("count", (1, -1, 6, -11, 13, 25, 1188))
def test_a_refinement_says_exactly_what_the_shift_does_in_its_month(count: int) -> None:
    """For each month of the cycle: its days, where they clip, and to which day."""
    images = dict(zip(cycle(), moved(count), strict=True))
    for number in CYCLE_MONTHS:
        first, length = table()[number]
        for inside in {first, first + length - 1}:
            low, high, clip, by, end = refined(count, inside)
            assert (low, high) == (first, first + length - 1)
            for day in range(first, first + length):
                assert images[day] == (day + by if day <= clip else end)


@pytest.mark.parametrize("count", (1, -1, 12))
def test_the_solver_takes_lemmas_and_refinements_as_they_are_meant(count: int) -> None:
    """With a refinement, the day of its month has one image and no other."""
    for day in (datetime.date(2027, 1, 31), datetime.date(2028, 2, 29), datetime.date(2027, 3, 1)):
        at = day.toordinal()
        shifts = {("d", count): "shift.0"}
        text = "\n".join(
            [
                "(declare-const d Int)",
                *months.declarations(shifts),
                f"(assert (= d {at}))",
                f"(assert {months.refinement('d', count, 'shift.0', at)})",
            ]
        )
        found = solve(text + "\n", Limits())
        assert isinstance(found, Satisfiable) and found.values["shift.0"] == shift(at, count)
        other = f"{text}\n(assert (not (= shift.0 {shift(at, count)})))\n"
        assert solve(other, Limits()) == Unsatisfiable()


# ------------------------------------------------------------------ claims

SOURCE = """fact subject.x : date
fact subject.y : date
permit p1 share data with anyone for any purpose
"""
TRUE = (
    "subject.x + 1 month is on or before subject.x + 31 days",
    "subject.x + 1 month is on or after subject.x + 28 days",
    "subject.x - 1 month is on or after subject.x - 31 days",
    "subject.x + 1 year is on or after subject.x + 365 days",
    "subject.x + 1 year is on or before subject.x + 366 days",
    "subject.x + 1 month is after subject.x",
    "subject.x + 1 month is on or before subject.x + 2 months",
    "subject.x + 12 months is subject.x + 1 year",
    "subject.x is after subject.y or subject.x + 1 month is on or before subject.y + 1 month",
    "subject.x is after subject.y or subject.x + 6 months is on or before subject.y + 1 year",
    "subject.x + 1 month + 1 month is on or before subject.x + 62 days",
    "subject.x + 30 days + 1 month is on or after subject.x + 1 month",
    "subject.x is not 2027-01-31 or subject.x + 1 month is 2027-02-28",
    "subject.x is not 2028-01-30 or subject.x + 1 month is 2028-02-29",
    "subject.x is before 2027-02-01 or subject.x is after 2027-02-28 "
    "or subject.x + 1 month is subject.x + 28 days",
    "subject.x + 100 years is on or after subject.x + 36524 days",
    "subject.x + 1 month is before 2027-03-01 or subject.x is on or after 2027-02-01",
)
FALSE = (
    "subject.x + 1 month is on or before subject.x + 30 days",
    "subject.x + 1 month is on or after subject.x + 29 days",
    "subject.x - 1 month is on or after subject.x - 30 days",
    "subject.x + 1 year is subject.x + 365 days",
    "subject.x + 1 month + 1 month is subject.x + 2 months",
    "subject.x + 1 month is before subject.y + 1 month or subject.x is on or after subject.y",
    "subject.x + 1 month - 1 month is subject.x",
    "subject.x is not 2027-01-31 or subject.x + 1 month is 2027-03-03",
    "subject.x + 10 days + 1 month is subject.x + 1 month + 10 days",
    "subject.x + 4 years is subject.x + 1461 days",
)


@pytest.mark.parametrize("condition", TRUE)
def test_true_of_every_day(condition: str) -> None:
    claim = f"claim k allowed only if {condition} to share data with anyone for any purpose"
    assert verdict_of(SOURCE + claim).verdict == "proved"


@pytest.mark.parametrize("condition", FALSE)
def test_false_of_some_day_which_is_shown(condition: str) -> None:
    """The replay decides, so no day is shown that the calendar does not have."""
    claim = f"claim k allowed only if {condition} to share data with anyone for any purpose"
    found = verdict_of(SOURCE + claim)
    assert found.verdict == "refuted" and not found.disagreement
    assert found.witness is not None and isinstance(found.witness["subject.x"], int)


def test_the_day_shown_breaks_the_claim() -> None:
    found = verdict_of(
        SOURCE + "claim k allowed only if subject.x + 1 month + 1 month is subject.x + 2 months "
        "to share data with anyone for any purpose"
    )
    assert found.witness is not None
    day = found.witness["subject.x"]
    assert isinstance(day, int) and shift(shift(day, 1), 1) != shift(day, 2)


BETWEEN = "fact subject.x : date\npermit p1 share data with anyone for any purpose when {}\n"


def test_months_in_rules() -> None:
    rule = BETWEEN.format("subject.x + 18 years is on or before 2026-02-28")
    within = "claim k allowed only if subject.x is on or before {} to share a with anyone for mail"
    assert verdict_of(rule + within.format("2008-02-29")).verdict == "proved"
    found = verdict_of(rule + within.format("2008-02-28"))
    assert found.verdict == "refuted" and found.witness is not None
    assert found.witness["subject.x"] == datetime.date(2008, 2, 29).toordinal()


@pytest.mark.parametrize(("low", "high"), [(-1, 0), (0, -1), (0, 0)])
def test_exactly_the_bound_is_needed(low: int, high: int) -> None:
    """What is proved at a bound is refuted one day closer: 28 to 31, 89 to 92, 365 to 366 days."""
    for count, least, most in ((1, 28, 31), (3, 89, 92), (12, 365, 366)):
        later = f"subject.x + {count} months"
        claim = (
            f"claim k allowed only if {later} is on or after subject.x + {least - low} days "
            f"and {later} is on or before subject.x + {most + high} days "
            "to share data with anyone for any purpose"
        )
        wanted = "proved" if (low, high) == (0, 0) else "refuted"
        assert verdict_of(SOURCE + claim).verdict == wanted


# ------------------------------------------------------------------ random conditions, day by day

SPAN = (datetime.date(2027, 12, 25), datetime.date(2028, 3, 4))
"""Ends of months of 31, 29 and 31 days, and of a year."""
OFFSETS = ("1 month", "2 months", "1 year", "1 day", "28 days", "29 days", "30 days", "31 days")


def moved_somehow(random: Random, start: str) -> str:
    count = random.choice((0, 1, 1, 2))
    return start + "".join(f" {random.choice('+-')} {random.choice(OFFSETS)}" for _ in range(count))


def compared(random: Random) -> str:
    first, last = (day.toordinal() for day in SPAN)
    constant = datetime.date.fromordinal(random.randint(first - 40, last + 70)).isoformat()
    right = moved_somehow(random, random.choice((constant, "subject.x")))
    order = random.choice(("before", "after", "on or before", "on or after", "not"))
    return f"{moved_somehow(random, 'subject.x')} is {order} {right}"


def condition(random: Random) -> str:
    shapes = ("{}", "not ({})", "({} and {})", "({} or {})", "(not ({}) or {})")
    shape = random.choice(shapes)
    found = shape.format(*(compared(random) for _ in range(shape.count("{}"))))
    return f"({found} or subject.x is 2020-01-01)"  # or it might be plainly false, an error


@pytest.mark.parametrize("seed", range(20))
def test_verdicts_over_some_weeks_are_those_of_each_day(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    within = f"when subject.x is on or after {SPAN[0]} and subject.x is on or before {SPAN[1]}"
    claims = (
        "never share data with anyone for any purpose",
        f"allowed only if {condition(random)} to share data with anyone for any purpose",
        "always allowed to share data with anyone for any purpose",
        "sometimes allowed to share data with anyone for any purpose",
        "subject.f never permits more",
        "subject.f never affects sharing data with anyone for any purpose",
    )
    policy = compiled(
        "policy p otherwise deny taxonomy data {} taxonomy recipient {} taxonomy purpose {}\n"
        "fact subject.x : date\nfact subject.f : boolean\n"
        f"permit p1 share data with anyone for any purpose when {condition(random)}\n"
        f"forbid f1 share data with anyone for any purpose when {condition(random)}\n"
        "  unless subject.f\n"
        + "".join(f"claim k{n} {claim}\n  {within}\n" for n, claim in enumerate(claims))
    )
    monkeypatch.setattr(oracle, "DAYS", range(SPAN[0].toordinal(), SPAN[1].toordinal() + 1))
    said, wanted = words(policy), oracle.Oracle(policy)
    assert said == {claim.name: wanted.verdict(claim) for claim in policy.claims}


# ------------------------------------------------------------------ where lemmas are not enough

NEVER_SUCH_A_DAY = (
    "when subject.x is 2026-02-10 and subject.x + 1 month is on or after subject.x + 31 days"
)


@pytest.mark.parametrize(
    "statement",
    [
        "never share data with anyone for any purpose",
        "always allowed to share data with anyone for any purpose",
        "allowed only if subject.y is 2026-01-01 to share data with anyone for any purpose",
        "every permit to share data with anyone for any purpose carries log",
    ],
)
def test_a_range_without_a_day_of_the_calendar_is_vacuous(statement: str) -> None:
    found = verdict_of(SOURCE + f"  duty log\nclaim k {statement}\n  {NEVER_SUCH_A_DAY}")
    assert found.verdict == "vacuous"


def test_at_the_end_of_the_calendar() -> None:
    found = verdict_of(
        SOURCE
        + "claim k never share data with anyone for any purpose when subject.x is 9899-12-31 "
        "and (subject.x + 1199 months + 1 month) - subject.x is more than 36524 days"
    )
    assert found.verdict == "vacuous"


@pytest.mark.xfail(strict=True, reason="the region is asked of the lemmas, without refinements")
def test_a_region_is_widened_to_what_the_calendar_makes_irrelevant() -> None:
    found = verdict_of(
        SOURCE
        + "claim k allowed only if subject.x is not 2027-01-31 or subject.x + 1 month is 2027-03-03"
        " to share data with anyone for any purpose"
    )
    assert found.counterexample is not None
    assert found.counterexample.region.facts.keys() == {"subject.x"}
    assert found.counterexample.region.roles["data"] == frozenset({0, 1, 2})
