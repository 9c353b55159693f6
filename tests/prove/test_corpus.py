"""The claims of the corpus: all hold on the policy, three fail on the literal reading."""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePath
from random import Random

import pytest
from tests.prove.oracle import Oracle, axes_of
from tests.prove.policies import AS_OF

from privity.model.nodes import Policy
from privity.pipeline import compile_policy
from privity.prove.nodes import Verdict
from privity.prove.run import Options, prove

ROOT = Path(__file__).parents[2]
POLICY, LITERAL = "metlife.customer_privacy", "metlife.literal"
REFUTED = 3


@cache
def policy(name: str) -> Policy:
    path = ROOT.joinpath("policies", *name.split(".")).with_suffix(".privity")
    claims = [PurePath(ROOT, "proofs/metlife/customer_privacy.privity")]
    found = compile_policy(path, lambda file: Path(file).read_bytes(), claims)
    assert found.policy is not None
    return found.policy


@cache
def verdicts(name: str) -> tuple[Verdict, ...]:
    others = {each: policy(each) for each in (POLICY, LITERAL)}
    return tuple(prove(policy(name), others, Options(as_of=AS_OF, witness=True)))


def test_every_claim_holds_on_the_policy_and_none_is_vacuous() -> None:
    assert {verdict.verdict for verdict in verdicts(POLICY)} == {"proved"}
    assert len(verdicts(POLICY)) == len(policy(POLICY).claims) > 20


def test_the_literal_reading_fails_where_the_claims_say_so() -> None:
    failed = {verdict.claim.name for verdict in verdicts(LITERAL) if verdict.verdict == "refuted"}
    expected = {verdict.claim.name for verdict in verdicts(LITERAL) if verdict.expected}
    assert failed == expected and len(failed) == REFUTED
    assert {v.verdict for v in verdicts(LITERAL)} == {"proved", "refuted"}


@pytest.mark.parametrize("name", (POLICY, LITERAL))
def test_all_is_as_expected(name: str) -> None:
    assert all(verdict.as_expected for verdict in verdicts(name))
    assert not any(verdict.disagreement for verdict in verdicts(name))


def test_counterexamples_are_told_whole() -> None:
    """Random completions of each region break the claim; the witness is one of them."""
    random, oracle = Random(0), Oracle(policy(LITERAL))
    for verdict in verdicts(LITERAL):
        shown = verdict.counterexample
        if shown is None:
            continue
        axes = axes_of(oracle.policy) | {
            r: tuple(sorted(ls)) for r, ls in shown.region.roles.items()
        }
        axes |= {key: (value,) for key, value in shown.region.facts.items()}
        assert oracle.breaks(verdict.claim, shown.values)
        for _ in range(300):
            values = {key: random.choice(every) for key, every in axes.items()}
            assert oracle.breaks(verdict.claim, values), verdict.claim.name
        assert shown.remedy is not None and verdict.blame and verdict.readings


def test_what_is_proved_has_a_witness_in_its_range() -> None:
    for name in (POLICY, LITERAL):
        oracle = Oracle(policy(name))
        for verdict in verdicts(name):
            assert verdict.witness is not None, verdict.claim.name
            if verdict.verdict == "proved":
                assert oracle.in_range(verdict.claim, verdict.witness)
