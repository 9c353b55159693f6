"""Policies whose rules are decided apart answer as the semantics do, by each of their ways."""

from __future__ import annotations

from random import Random

import pytest
from tests.emit.example import example
from tests.emit.random_policies import random_policy
from tests.validate.modules import differs_by_chance

from privity.emit import apart
from privity.emit import python as emitter
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.nodes import Policy
from privity.pipeline import validate

SEEDS = range(-1, 10)


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every policy counts as too large for a diagram."""
    monkeypatch.setattr(emitter, "decision_diagram", lambda policy: None)


def policy_of(seed: int) -> Policy:
    """The example, which has a fact of every type, or a random policy."""
    return example() if seed < 0 else random_policy(Random(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_are_those_of_the_semantics(seed: int) -> None:
    policy = policy_of(seed)
    module = load_checker(emit_python(policy))
    assert module._PROGRAM.index is not None
    assert differs_by_chance(module, policy, Random(seed), 60) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_where_scopes_hold_too_much_to_be_tabled(seed: int) -> None:
    policy = policy_of(seed)
    module = load_checker(emit_python(policy))
    module.__dict__["_MOST_INDEXED"] = 0
    assert differs_by_chance(module, policy, Random(seed), 40) is None


def test_definitions_with_tables_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_OPENED", 0)
    named = 0
    for seed in range(-1, 30):
        policy = policy_of(seed)
        text = emit_python(policy)
        if "\n_WHERE_" not in text and "\n_UNLESS_" not in text:
            continue
        named += 1
        assert validate(text, policy).result == "proved"
        assert differs_by_chance(load_checker(text), policy, Random(seed), 30) is None
    assert named >= 3
