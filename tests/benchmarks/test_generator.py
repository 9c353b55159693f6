"""The published generator: same seed, same text; policies that compile; requests they decide."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePath

import pytest
from benchmarks import generator
from benchmarks.vocabulary import FACTS

from privity.cli.checker import checker_of
from privity.model.nodes import Policy
from privity.pipeline import compile_policy

HASHED = "from benchmarks.generator import *; print(policy(60), claims(60, 20), edited(60))"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return _compiled("bench.rules_100", generator.policy(100), generator.claims(100, 40))


def _compiled(name: str, text: str, claims: str) -> Policy:
    place = Path("/root", *name.split(".")).with_suffix(".privity")
    texts: dict[PurePath, str] = {place: text, Path("/claims/claims.privity"): claims}
    compiled = compile_policy(place, lambda path: texts[path].encode(), [*texts][1:])
    assert compiled.policy is not None, compiled.diagnostics[:3]
    return compiled.policy


def test_the_same_text_under_any_hash_seed() -> None:
    texts = {
        subprocess.run(
            [sys.executable, "-c", HASHED],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_what_is_promised(policy: Policy) -> None:
    assert len(policy.rules) == 100
    assert len(policy.facts) == len(FACTS) == 200
    assert generator.CELLS == 36_000
    assert {rule.effect for rule in policy.rules} == {"permit", "forbid"}
    assert any(rule.yields_to for rule in policy.rules)
    assert all(len(rule.when) >= 3 for rule in generator.rules(100))


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_as_many_rules_meet_whatever_the_size(count: int) -> None:
    assert 2.8 < generator.mean_overlap(count) < 3.2


def test_the_edit_changes_one_rule_that_few_claims_meet() -> None:
    before, after = generator.rules(1000), generator.edited_rules(1000)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    met = sum(changed[0][0].meets(claim.scope) for claim in generator.claims_of(1000, 100))
    assert 1 <= met <= generator.MOST_MET


def test_the_pair_compiles_and_differs_in_one_rule() -> None:
    texts = generator.pair(30)
    left, right = (texts[f"bench.{side}_30"].splitlines() for side in ("left", "right"))
    assert sum(one != other for one, other in zip(left[1:], right[1:], strict=True)) == 1


def test_requests_are_decided(policy: Policy) -> None:
    checker = checker_of(policy)
    complete = [checker.check_mapping(one).outcome for one in generator.requests(30)]
    assert set(complete) == {"permit", "deny"}
    partial = [checker.check_mapping(one).outcome for one in generator.partial_requests(8)]
    assert set(partial) <= {"permit", "deny", "unknown"}
