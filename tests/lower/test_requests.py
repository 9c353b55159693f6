"""Requests and answers: what excludes itself does so for every request, and what is found fits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from random import Random

import pytest
from tests.emit.random_policies import random_policy
from tests.lower.test_diagrams import arm, complete
from tests.prove.oracle import Oracle
from tests.prove.random_policies import BY_HAND, case

from privity.lower.atoms import rule_atoms
from privity.lower.binary import Space
from privity.lower.instances import Conflict, Finder, Unsettled, answers_of
from privity.lower.questions import Question, Region, arms, questions_of
from privity.lower.sums import Between, fits, impossible, solved
from privity.model.calendar import shift
from privity.model.formula import Linear, Quantity, Shifted, facts_of
from privity.model.nodes import FIRST_DAY, LAST_DAY, Policy

# ------------------------------------------------------------------ answers


def asked(policy: Policy) -> tuple[Question, ...]:
    return questions_of(
        policy, list(dict.fromkeys(a for rule in policy.rules for a in rule_atoms(policy, rule)))
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_request_answers_what_the_semantics_says(seed: int) -> None:
    """But for sums of what is `none`, of which the semantics knows no value."""
    random = Random(seed)
    policy = random_policy(random)
    questions = asked(policy)
    for _ in range(20):
        values = complete(policy, random)
        for number, answer in answers_of(questions, values).items():
            question = questions[number]
            if not isinstance(question, Region) or _known(question, values):
                assert answer == arm(values, question), question


def _known(question: Region, values: Mapping[str, object]) -> bool:
    return all(values[fact] is not None for fact in facts_of(question.terms))


def some_answers(questions: tuple[Question, ...], random: Random) -> dict[int, int]:
    chosen = random.sample(range(len(questions)), random.randint(1, len(questions)))
    return {n: random.randrange(arms(questions[n])) for n in sorted(chosen)}


@pytest.mark.parametrize("seed", range(-len(BY_HAND), 12))
def test_what_is_found_gives_the_answers_and_what_excludes_itself_is_given_by_no_request(
    seed: int,
) -> None:
    found = case(seed)
    questions = asked(found.policy)
    if not questions:
        return
    every = [answers_of(questions, each.values) for each in Oracle(found.policy).requests]
    finder, random = Finder(questions, found.policy), Random(seed)
    kinds = set()
    for _ in range(150):
        wanted = some_answers(questions, random)
        told = finder.request(wanted)
        kinds.add(type(told))
        match told:
            case Conflict(excluded):
                assert excluded.keys() and all(excluded[n] for n in excluded)
                assert not any(all(a[n] in held for n, held in excluded.items()) for a in every)
            case Unsettled():
                raise AssertionError(told.reason)
            case values:
                given = answers_of(questions, values)
                assert {n: given[n] for n in wanted} == wanted
    assert dict in kinds


def test_answers_that_exclude_each_other_are_met() -> None:
    """The test above is one that can fail."""
    random, conflicts = Random(0), 0
    for seed in range(12):
        policy = case(seed).policy
        questions = asked(policy)
        finder = Finder(questions, policy)
        told = [finder.request(some_answers(questions, random)) for _ in range(50)]
        conflicts += sum(isinstance(each, Conflict) for each in told)
    assert conflicts > 5


# ------------------------------------------------------------------ sums


def random_sums(random: Random) -> list[Between]:
    """Three small numbers, compared with each other and with constants."""
    found = []
    for _ in range(random.randint(1, 6)):
        names = sorted(random.sample("abc", random.randint(1, 3)))
        terms = tuple((random.choice((-2, -1, 1, 1, 3)), name) for name in names)
        low = random.randint(-12, 12)
        high = low + random.choice((0, 1, 5))
        found.append(Between(terms, *random.choice(((low, None), (None, high), (low, high)))))
    return found


@pytest.mark.parametrize("seed", range(300))
def test_small_sums_against_enumeration(seed: int) -> None:
    constraints = random_sums(Random(seed))
    ranges = dict.fromkeys("abc", (-4, 4))
    fitting = (
        all(fits(each, dict(zip("abc", values, strict=True))) for each in constraints)
        for values in product(range(-4, 5), repeat=3)
    )
    possible = any(fitting)
    found = solved(constraints, ranges)
    assert not (possible and impossible(constraints, ranges))
    if found is not None:
        assert all(fits(each, {**dict.fromkeys("abc", 0), **found}) for each in constraints)
    assert possible or found is None


def test_small_sums_are_nearly_always_settled() -> None:
    ranges = dict.fromkeys("abc", (-4, 4))
    settled = [
        solved(sums, ranges) is not None or impossible(sums, ranges)
        for sums in (random_sums(Random(seed)) for seed in range(300))
    ]
    assert sum(settled) > 290


DAYS = FIRST_DAY.toordinal(), LAST_DAY.toordinal()


def moved(name: str, months: int) -> Quantity:
    return Shifted(Linear(((1, name),), 0), months)


@pytest.mark.parametrize("seed", range(60))
def test_sums_with_calendar_months(seed: int) -> None:
    """Bounds around what some days give are possible, and a fitting day is found."""
    random = Random(seed)
    values = {"a": random.randint(*DAYS), "b": random.randint(*DAYS)}
    months = random.choice((-13, -1, 1, 2, 12))
    there = shift(values["a"], months)
    constraints = [
        Between(((1, moved("a", months)),), there, there),
        Between(((-1, "a"), (1, moved("a", months))), there - values["a"], None),
        Between(((1, "b"), (-1, moved("a", months))), values["b"] - there, None),
    ]
    ranges = {"a": DAYS, "b": DAYS}
    assert not impossible(constraints, ranges)
    found = solved(constraints, ranges)
    assert found is not None and all(fits(each, found) for each in constraints)


def test_a_month_has_28_to_31_days() -> None:
    """What `impossible` adds up, over every day of four hundred years."""
    first = FIRST_DAY.toordinal() + 366
    for months in (-13, -1, 1, 2, 25):
        low, high = sorted((28 * months, 31 * months))
        for day in range(first, first + 146_097):
            assert low <= shift(day, months) - day <= high


def test_a_cycle_of_comparisons_is_impossible() -> None:
    names = [f"d{number}" for number in range(8)]
    ranges = dict.fromkeys(names, DAYS)
    cycle = [
        Between(((1, one), (-1, two)), None, -1)
        for one, two in zip(names, [*names[1:], names[0]], strict=True)
    ]
    assert impossible(cycle, ranges)
    assert solved(cycle[:-1], ranges) is not None and not impossible(cycle[:-1], ranges)


# ------------------------------------------------------------------ codes


@pytest.mark.parametrize("seed", range(10))
def test_every_code_means_an_answer(seed: int) -> None:
    """However few answers use up their bits, a question has one of them and no other."""
    questions = asked(random_policy(Random(seed)))
    space = Space(questions, 1)
    for number, question in enumerate(questions):
        parts = [space.answered(number, frozenset({n})) for n in range(arms(question))]
        assert space.any(parts) == space.true
        for n, one in enumerate(parts):
            assert all((one & other) == space.false for other in parts[:n])
            assert space.path(one) == ({number: n} if len(parts) > 1 else {})
            assert space.holds(one, {number: n})
            assert space.given(one, number, n) == space.true
