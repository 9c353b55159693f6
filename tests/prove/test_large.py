"""What is done otherwise in large policies, done to small ones: it must come to the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from tests.prove import test_enumeration as small
from tests.prove.oracle import Oracle
from tests.prove.policies import AS_OF, compiled, proved
from tests.prove.random_policies import Case, case

from privity.model.nodes import Policy
from privity.prove import differences
from privity.prove.judge import judge
from privity.prove.nodes import Verdict
from privity.prove.obligations import problem
from privity.prove.run import Options

CHECKS = (
    small.test_verdicts,
    small.test_every_completion_of_a_region_breaks_the_claim,
    small.test_nothing_can_be_dropped_from_a_region,
    small.test_what_is_shown_is_a_request_of_the_region,
    small.test_the_remedy_is_the_nearest_request_that_keeps_the_claim,
)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "FEW", 0)


@cache
def judged(seed: int) -> tuple[Case, Oracle, list[Verdict]]:
    found = case(seed)
    table = {"p": found.policy, "q": found.other}
    options = Options(as_of=AS_OF)
    verdicts = [judge(claim, found.policy, table, options) for claim in found.policy.claims]
    return found, Oracle(found.policy, [found.other]), verdicts


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("seed", small.SEEDS)
def test_against_enumeration(
    seed: int, check: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small, "judged", judged)
    check(seed)


# ------------------------------------------------------------------ two policies

WORDS = """vocabulary words
taxonomy data { a  b  c }
taxonomy recipient { bank  shop }
taxonomy purpose { service }
fact subject.f : boolean
fact subject.g : boolean
"""
RULES = """
define usual = subject.f
permit first share a with bank for service when usual
permit two share b with anyone for service unless forbidden by barred
forbid barred share b with shop for service when subject.g
forbid last share c with anyone for service unless permitted by three
permit three share c with bank for service unless forbidden by barred
"""


def policy(name: str, rules: str) -> Policy:
    claims = "claim stricter p is at least as strict as q\nclaim alike p decides the same as q\n"
    head = f"policy {name} otherwise deny\nuse words\n"
    return compiled(head + rules + (claims if name == "p" else ""), words=WORDS)


@pytest.mark.parametrize(
    ("old", "new", "strict", "same"),
    [
        ("", "", "proved", "proved"),
        ("when usual", "", "proved", "refuted"),
        ("when usual", "when usual and subject.g", "refuted", "refuted"),
        ("usual = subject.f", "usual = subject.g", "refuted", "refuted"),
        ("when subject.g", "when subject.f and subject.g", "proved", "refuted"),
        ("when subject.g", "", "refuted", "refuted"),
        (" unless forbidden by barred\nforbid barred", "\nforbid barred", "proved", "proved"),
    ],
)
def test_two_policies_that_differ_in_one_place(old: str, new: str, strict: str, same: str) -> None:
    left, right = policy("p", RULES), policy("q", RULES.replace(old, new) if old else RULES)
    found = proved(left, right)
    assert (found["stricter"].verdict, found["alike"].verdict) == (strict, same)


def test_what_is_the_same_is_left_out() -> None:
    left, right = policy("p", RULES), policy("q", RULES.replace("when usual", ""))
    posed = problem(left.claims[1], left, {"q": right})
    assert [[rule.name for rule in variant.rules] for variant in posed.variants] == [["first"]] * 2


@pytest.mark.parametrize(
    ("old", "new"),
    [("when subject.g", "when subject.f"), ("usual = subject.f", "usual = subject.g")],
)
def test_what_rests_on_a_difference_is_different(old: str, new: str) -> None:
    """A rule that yields to one that differs, a definition that differs."""
    left, right = policy("p", RULES), policy("q", RULES.replace(old, new))
    places = differences.differences(left, right, frozenset())
    assert places is not None
    dependent = {"two", "three", "last", "barred"} if "when" in old else {"first"}
    scopes = [rule.scope for one in (left, right) for rule in one.rules if rule.name in dependent]
    assert len(places) == 2 * len(dependent)
    assert all(place in scopes for place in places)


def test_a_fact_of_each_policys_own_is_a_difference() -> None:
    left, right = policy("p", RULES), policy("q", RULES)
    places = differences.differences(left, right, frozenset({"subject.f"}))
    assert places is not None and len(places) == 2
    assert differences.differences(left, right, frozenset()) == ()


def test_another_default_is_a_difference_everywhere() -> None:
    left = policy("p", RULES)
    other = compiled(f"policy q otherwise permit\nuse words\n{RULES}", words=WORDS)
    assert differences.differences(left, other, frozenset()) is None
