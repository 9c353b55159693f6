"""All engines say the same: the naive implementation, the semantics, generated code, the solver."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.differential.engines import Engines, in_numbers, in_words
from tests.differential.minimise import Differs, smallest
from tests.differential.sample import Case, cases
from tests.generators.requests import Asked, complete_request, partial_request, random_value
from tests.naive.completions import (
    cells,
    completions_of,
    decide_partial,
    is_exact,
    is_number,
    missing_parts,
    number,
    number_range,
)
from tests.naive.decide import Decision, decide
from tests.naive.policy import read
from tests.naive.values import Values

from privity.pipeline import compile_policy
from privity.semantics import decide as semantics

SAMPLE = 80
FEWER = 60
NIGHTLY = 3000


def check(case: Case, asked: Asked, differs: Differs) -> None:
    if differs(case.engines, asked):
        pytest.fail("engines disagree\n" + smallest(case.engines, asked, differs))


# ------------------------------------------------------------------ complete requests


def differs_from_naive(engines: Engines, asked: Asked) -> bool:
    return engines.reference(asked) != decide(engines.naive, list(asked.data), asked.values)


def generated_differs(engines: Engines, asked: Asked) -> bool:
    return engines.generated(asked) != engines.reference(asked)


def solver_differs(engines: Engines, asked: Asked) -> bool:
    return bool(engines.symbolic([asked]))


def complete_requests(first: int, count: int) -> None:
    for case in cases(first, count):
        for answered in case.complete:
            if case.engines.reference(answered.asked) != answered.answer:
                check(case, answered.asked, differs_from_naive)
                pytest.fail(f"disagrees once, not twice: {answered.asked}")


def test_semantics_decides_complete_requests_as_the_naive_implementation_does() -> None:
    complete_requests(0, SAMPLE)


def generated_code(first: int, count: int) -> None:
    for case in cases(first, count):
        for answered in case.complete:
            check(case, answered.asked, generated_differs)
        for asked in case.partial:
            check(case, asked, generated_differs)


def test_generated_code_decides_as_the_semantics_does() -> None:
    generated_code(0, SAMPLE)


def solver(first: int, count: int) -> None:
    for case in cases(first, count):
        asked = [answered.asked for answered in case.complete]
        if case.engines.symbolic(asked):
            for each in asked:
                check(case, each, solver_differs)
            pytest.fail(f"disagrees on all together, on none alone: {case.engines.text}")


def test_solver_sees_complete_requests_as_the_semantics_does() -> None:
    solver(0, FEWER)


# ------------------------------------------------------------------ partial requests


def differs_from_brute_force(engines: Engines, asked: Asked) -> bool:
    naive = engines.naive
    completions = completions_of(naive, asked.values, 100_000)
    assert completions is not None
    expected = decide_partial(naive, list(asked.data), asked.values, completions)
    return engines.reference(asked) != expected


def exactness(first: int, count: int) -> None:
    for case in cases(first, count):
        for answered in case.exact:
            if case.engines.reference(answered.asked) != answered.answer:
                check(case, answered.asked, differs_from_brute_force)


def test_partial_requests_are_decided_exactly_where_one_number_is_missing() -> None:
    exactness(0, SAMPLE)


def random_completion(rng: Random, engines: Engines, asked: Asked) -> Values:
    """The parts supplied one after the other, often at an edge of what is known by then."""
    values = dict(asked.values)
    missing = missing_parts(engines.naive, values)
    for part in rng.sample(missing, len(missing)):
        if rng.random() < 0.5:
            values[part] = random_value(rng, engines.naive, part)
        elif is_number(engines.naive, part) and rng.random() < 0.3:
            lowest, highest = number_range(engines.naive, part)
            values[part] = number(engines.naive, part, rng.choice((lowest, highest)))
        else:
            values[part] = rng.choice(cells(engines.naive, part, values))
    return values


def contradicted(partial: Decision, complete: Decision, data: tuple[str, ...]) -> bool:
    """Whether the decision on a completion breaks a promise of that on the partial request."""
    owed = {(duty.rule, duty.name) for duty in partial.duties}
    return (
        partial.outcome not in ("unknown", complete.outcome)
        or not set(partial.rules) <= set(complete.rules)
        or not set(partial.permitted_data) <= set(complete.permitted_data)
        or any((duty.rule, duty.name) not in owed for duty in complete.duties)
        or any(
            (kept := days[duty.rule, duty.name]) is not None and kept != duty.deadline
            for days in [{(d.rule, d.name): d.deadline for d in partial.duties}]
            for duty in complete.duties
        )
    )


def soundness(first: int, count: int, tries: int) -> None:
    for seed, case in enumerate(cases(first, count)):
        for asked in case.partial:
            rng = Random(seed)

            def unsound(engines: Engines, asked: Asked, rng: Random = rng) -> bool:
                partial = engines.reference(asked)
                data = list(asked.data)
                found = (random_completion(rng, engines, asked) for _ in range(tries))
                return any(
                    contradicted(partial, decide(engines.naive, data, each), asked.data)
                    for each in found
                )

            check(case, asked, unsound)


def test_partial_decisions_hold_of_random_completions() -> None:
    soundness(0, FEWER, tries=4)


# ------------------------------------------------------------------ the company's policies

POLICIES = Path(__file__).parents[2] / "policies"
USED = ("insurance/vocabulary", "metlife/faq")


@pytest.mark.parametrize("name", ["metlife/customer_privacy", "metlife/literal"])
def test_company_policies_are_decided_as_the_naive_implementation_does(name: str) -> None:
    path = POLICIES / f"{name}.privity"
    policy = compile_policy(path, lambda file: Path(file).read_bytes()).policy
    assert policy is not None
    files = [POLICIES / f"{used}.privity" for used in USED]
    naive = read(*(file.read_text("utf-8") for file in [*files, path]))
    rng = Random(1)
    for _ in range(150):
        asked = complete_request(rng, naive)
        found = in_words(policy, semantics.decide(policy, in_numbers(policy, asked)))
        assert found == decide(naive, list(asked.data), asked.values)
        part = partial_request(rng, naive)
        completions = completions_of(naive, part.values, 200)
        if completions is not None and is_exact(naive, part.values):
            found = in_words(policy, semantics.decide(policy, in_numbers(policy, part)))
            assert found == decide_partial(naive, list(part.data), part.values, completions)


# ------------------------------------------------------------------ at length


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(100_000, 100_000 + NIGHTLY, 100))
def test_engines_at_length(first: int) -> None:
    complete_requests(first, 100)
    generated_code(first, 100)
    exactness(first, 100)
    soundness(first, 100, tries=20)
    solver(first, 100)
