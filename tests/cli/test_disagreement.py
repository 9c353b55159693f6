"""Two engines that contradict each other: no verdict, no passing scenario, exit 4."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from privity.cli import checker
from privity.cli.checker import Checker
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.lower.conditions import Conditions
from privity.model.nodes import Policy
from privity.prove import obligations
from privity.symbolic import factory

POLICIES = Path(__file__).parent / "policies"


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker generated from a policy that permits by default, whatever the policy says."""

    def generated(policy: Policy, **_: bool) -> Checker:
        text = emit_python(policy).replace('default="deny"', 'default="permit"')
        text = re.sub(r"^def check_mapping.*?(?=\n\n\n)", LENIENT, text, flags=re.M | re.S)
        return load_checker(text)

    for module in ("checker", "test", "paste"):
        monkeypatch.setattr(f"privity.cli.{module}.checker_of", generated)
    assert checker.checker_of is generated


LENIENT = """\
def check_mapping(mapping):
    import dataclasses
    found = _decide(_PROGRAM, *_from_mapping(_PROGRAM, mapping))
    return dataclasses.replace(found, outcome={"permit": "deny"}.get(found.outcome, "permit"))"""


@pytest.mark.usefixtures("wrong")
def test_a_scenario_that_only_one_engine_passes(privity: Callable[..., Any]) -> None:
    ran = privity("test", POLICIES / "zoo.privity")
    assert ran.code == 4
    assert "DISAGREEMENT" in ran.out
    junit = privity("test", POLICIES / "zoo.privity", "--format", "junit")
    assert junit.code == 4
    assert "<error" in junit.out


@pytest.mark.usefixtures("wrong")
def test_a_counterexample_that_is_not_confirmed(privity: Callable[..., Any]) -> None:
    ran = privity("prove", POLICIES / "zoo.privity", "--claim", "health_stays")
    assert ran.code == 4
    assert "ENGINES DISAGREE" in ran.out
    assert "Confirmed" not in ran.out
    assert '  Request: {"data": ["diagnosis"]' in ran.out
    built = privity("build", POLICIES / "zoo.privity")
    assert (built.code, built.out) == (4, "")


def test_a_proof_that_the_diagram_contradicts(
    privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The solver is told that nothing breaks a claim."""
    monkeypatch.setattr(obligations, "_broken", lambda *_: factory.FALSE)
    ran = privity("prove", POLICIES / "zoo.privity", "--claim", "health_stays")
    assert ran.code == 4
    assert "ENGINES DISAGREE" in ran.out
    assert "Reason: the decision diagram leads to a disclosure that breaks the claim" in ran.out
    assert '  Request: {"data": ["diagnosis"]' in ran.out
    assert "The decision diagram confirms" not in ran.out
    built = privity("build", POLICIES / "zoo.privity")
    assert (built.code, built.out) == (4, "")


def test_a_counterexample_that_the_diagram_contradicts(
    privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The diagram is told that no rule applies."""
    monkeypatch.setattr(Conditions, "some", lambda self, *_: self.space.false)
    ran = privity("prove", POLICIES / "zoo.privity", "--claim", "health_stays", "--format", "json")
    assert ran.code == 4
    [claim] = json.loads(ran.out)["claims"]
    assert claim["disagreement"] and claim["verdict"] == "unknown" and claim["diagram"] is None
    assert claim["why"] == "the decision diagram knows no disclosure that breaks the claim"
    assert claim["witness"]["data"] == ["diagnosis"]
