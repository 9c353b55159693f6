"""Laws of decisions, over policies and requests that Hypothesis draws."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite
from tests.differential.engines import Engines, in_numbers
from tests.generators.policies import Generated, compiled, policies
from tests.generators.requests import Asked, complete_request, partial_request, random_value
from tests.naive.completions import missing_parts
from tests.naive.decide import Decision, decide, duty_names

from privity.emit.python import emit_python
from privity.semantics.cells import axes_of

MOST_CELLS = 600
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
LAW = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)
LONG = settings(LAW, max_examples=2000)


@dataclass(frozen=True)
class Drawn:
    """A policy and a request, partial mostly, with the randomness for what a law adds."""

    generated: Generated
    engines: Engines
    asked: Asked
    rng: Random

    def decided(self) -> Decision:
        return self.engines.reference(self.asked)


@composite
def drawn(draw: DrawFn) -> Drawn:
    generated = draw(policies())
    rng = Random(draw(st.integers(0, 2**32)))
    engines = Engines(generated.text)
    asked = partial_request(rng, engines.naive)
    assume(small(engines, asked))
    return Drawn(generated, engines, asked, rng)


def small(engines: Engines, asked: Asked) -> bool:
    request = in_numbers(engines.policy, asked)
    return axes_of(engines.policy, request).completions <= MOST_CELLS


def supplied(case: Drawn) -> Asked:
    """The request with one more of its parts stated."""
    missing = missing_parts(case.engines.naive, case.asked.values)
    assume(missing)
    part = case.rng.choice(missing)
    value = random_value(case.rng, case.engines.naive, part)
    return replace(case.asked, values={**case.asked.values, part: value})


# ------------------------------------------------------------------ what is asked


def supplying_never_flips(case: Drawn) -> None:
    more = supplied(case)
    assume(small(case.engines, more))
    before, after = case.decided(), case.engines.reference(more)
    assert before.outcome in ("unknown", after.outcome)
    assert set(before.rules) <= set(after.rules)
    assert set(before.permitted_data) <= set(after.permitted_data)
    assert duty_names(after.duties) <= duty_names(before.duties)


def definite_holds_of_completions(case: Drawn) -> None:
    before = case.decided()
    naive = case.engines.naive
    values = dict(case.asked.values)
    for part in missing_parts(naive, values):
        values[part] = random_value(case.rng, naive, part)
    after = decide(naive, list(case.asked.data), values)
    assert before.outcome in ("unknown", after.outcome)
    assert set(before.rules) <= set(after.rules)
    assert set(before.permitted_data) <= set(after.permitted_data)
    assert duty_names(after.duties) <= duty_names(before.duties)


def something_is_missing_iff_unknown(case: Drawn) -> None:
    decision = case.decided()
    assert bool(decision.missing) is (decision.outcome == "unknown")
    assert set(decision.missing) <= set(missing_parts(case.engines.naive, case.asked.values))


def categories_are_decided_one_by_one(case: Drawn) -> None:
    together = case.decided()
    alone = [case.engines.reference(replace(case.asked, data=(leaf,))) for leaf in case.asked.data]
    outcomes = {each.outcome for each in alone}
    if outcomes == {"permit"} or "deny" in outcomes:
        assert together.outcome == ("deny" if "deny" in outcomes else "permit")
    permitted = {leaf for each in alone for leaf in each.permitted_data}
    assert permitted == set(together.permitted_data)


def order_of_categories_is_no_matter(case: Drawn) -> None:
    data = case.rng.sample(case.asked.data, len(case.asked.data))
    asked = replace(case.asked, data=tuple(data))
    assert case.engines.reference(asked) == case.decided()
    assert case.engines.generated(asked) == case.decided()


# ------------------------------------------------------------------ what is written


def order_of_rules_is_no_matter(case: Drawn) -> None:
    blocks = list(case.generated.blocks)
    places = [n for n, block in enumerate(blocks) if re.match("permit|forbid|assume", block)]
    for place, other in zip(places, case.rng.sample(places, len(places)), strict=True):
        blocks[place] = case.generated.blocks[other]
    shuffled = Engines(replace(case.generated, blocks=tuple(blocks)).text)
    before, after = case.decided(), shuffled.reference(case.asked)
    same = ("outcome", "permitted_data", "missing")
    assert [getattr(before, name) for name in same] == [getattr(after, name) for name in same]
    for name in ("rules", "citations", "duties"):
        assert set(getattr(before, name)) == set(getattr(after, name))


def another_forbid_never_permits_more(case: Drawn) -> None:
    rules = [block for block in case.generated.blocks if re.match("permit|forbid", block)]
    model = case.rng.choice(rules)
    kept = [
        line
        for line in model.split("\n")[1:]
        if not re.match(r"  (duty|unless (permitted|forbidden) by) ", line)
    ]
    blocks = (*case.generated.blocks, "\n".join(["forbid another", *kept]))
    more = Engines(replace(case.generated, blocks=blocks).text)
    assume(small(more, case.asked))
    before, after = case.decided(), more.reference(case.asked)
    assert after.outcome != "permit" or before.outcome == "permit"
    assert before.outcome != "deny" or after.outcome == "deny"
    assert set(after.permitted_data) <= set(before.permitted_data)
    assert duty_names(after.duties) <= duty_names(before.duties)


def the_same_text_says_the_same(case: Drawn) -> None:
    again = Engines(case.generated.text)
    assert again.policy == case.engines.policy
    assert emit_python(again.policy) == emit_python(case.engines.policy)
    assert again.reference(case.asked) == case.decided()


Law = Callable[[Drawn], None]
LAWS: tuple[Law, ...] = (
    supplying_never_flips,
    definite_holds_of_completions,
    something_is_missing_iff_unknown,
    categories_are_decided_one_by_one,
    order_of_categories_is_no_matter,
    order_of_rules_is_no_matter,
    another_forbid_never_permits_more,
    the_same_text_says_the_same,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law: Law) -> None:
    @given(drawn())
    @LAW
    def check(case: Drawn) -> None:
        law(case)

    check()


@pytest.mark.nightly
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_at_length(law: Law) -> None:
    @given(drawn())
    @LONG
    def check(case: Drawn) -> None:
        law(case)

    check()


@given(policies())
@LAW
def test_random_policies_resolve(generated: Generated) -> None:
    result = compiled(generated.text)
    assert result.policy is not None, result.diagnostics


@given(policies(), st.integers(0, 2**32))
@LAW
def test_complete_requests_are_never_unknown(generated: Generated, seed: int) -> None:
    engines = Engines(generated.text)
    asked = complete_request(Random(seed), engines.naive)
    decision = engines.reference(asked)
    assert decision.outcome != "unknown"
    assert decision == decide(engines.naive, list(asked.data), asked.values)
