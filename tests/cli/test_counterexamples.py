"""What a counterexample says is so, and what it offers to paste passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from privity.cli.console import Console
from privity.cli.phrases import condition, listed, role_words, statement
from privity.cli.workspace import open_policy
from privity.model.formula import (
    AtMost,
    Contains,
    Equals,
    Holds,
    IsNone,
    Linear,
    Not,
    SameLeaf,
    Shifted,
    TextIs,
    Within,
)
from privity.model.nodes import Policy

POLICIES = Path(__file__).parent / "policies"
ROOT = Path(__file__).parents[2]


def pasted(report: str) -> list[str]:
    """The scenarios that a report offers."""
    blocks = re.findall(r"^  Paste:\n((?:    .*\n|\n(?=    ))+)", report, re.MULTILINE)
    return [line[4:] for block in blocks for line in [*block.rstrip().splitlines(), ""]]


@pytest.mark.parametrize(
    "policy", [POLICIES / "zoo.privity", ROOT / "policies/metlife/literal.privity"]
)
def test_what_it_offers_to_paste_parses_and_passes(
    policy: Path, tmp_path: Path, privity: Callable[..., Any]
) -> None:
    lines = pasted(privity("prove", policy).out)
    name = open_policy(str(policy)).policy.name
    count = sum(line.startswith("scenario") for line in lines)
    assert count >= 3
    file = tmp_path / "pasted.privity"
    file.write_text(f"claims for {name}\n\n" + "\n".join(lines))
    ran = privity("test", policy, "--claims", file)
    assert (ran.code, ran.out) == (0, f"{count} scenarios passed\n"), ran
    assert privity("fmt", "--check", file).code == 0


@pytest.fixture(scope="module")
def zoo() -> Policy:
    return open_policy(str(POLICIES / "zoo.privity")).policy


@pytest.mark.parametrize(
    ("leaves", "words"),
    [
        ({0, 1, 2, 3}, "anyone"),
        ({0}, "own staff"),
        ({1, 2}, "partner"),
        ({1, 2, 3}, "anyone but not own staff"),
        ({0, 1, 2}, "anyone but not stranger"),
        ({0, 3}, "anyone but not partner"),
        ({0, 1}, "own staff or bank"),
        ({1, 3}, "bank or stranger"),
    ],
)
def test_sets_of_leaves(zoo: Policy, leaves: set[int], words: str) -> None:
    assert role_words(zoo, "recipient", frozenset(leaves)) == words


def test_facts(zoo: Policy) -> None:
    said = {
        statement(zoo, "subject.opted_out", True): "the person has opted out",
        statement(zoo, "subject.opted_out", False): "the person has not opted out",
        statement(zoo, "subject.vip", True): "subject.vip is true",
        statement(zoo, "disclosure.sure", False): "it is not so that we are sure",
        statement(zoo, "subject.notice_on", None): "no notice was sent",
        statement(zoo, "subject.notice_on", 739617): "the day of the notice is 2026-01-01",
        statement(zoo, "sender.license", None): "sender.license is none",
        statement(zoo, "sender.license", "x"): 'sender.license is "x"',
        statement(zoo, "subject.state", 0): "the person's state is California",
        statement(zoo, "subject.states", frozenset({0, 2})): "subject.states is California and ny",
        statement(zoo, "subject.states", frozenset()): "subject.states is empty",
        statement(zoo, "disclosure.for_days", 1): "disclosure.for_days is 1 day",
    }
    for found, wanted in said.items():
        assert found == wanted


def test_conditions(zoo: Policy) -> None:
    notice, on = "subject.notice_on", "disclosure.on"
    thirty = AtMost(((-1, on), (1, notice)), -30)
    shifted = AtMost(((1, on), (-1, Shifted(Linear(((1, notice),), 0), 1))), 0)
    said = {
        condition(zoo, Not(Holds("subject.opted_out"))): "the person has not opted out",
        condition(zoo, IsNone(notice)): "no notice was sent",
        condition(zoo, Within("recipient", frozenset({1, 2})), False):
            "the recipient is not partner",
        condition(zoo, Contains("subject.states", frozenset({0}))):
            "subject.states contains California",
        condition(zoo, TextIs("sender.license", "x"), False): 'sender.license is not "x"',
        condition(zoo, SameLeaf("subject.state", "subject.state")):
            "the person's state is the person's state",
        condition(zoo, AtMost(((1, "subject.age"),), 17)): "the person's age is at most 17",
        condition(zoo, AtMost(((1, "subject.age"),), 17), False):
            "the person's age is more than 17",
        condition(zoo, Equals(((1, on),), 739617)): "disclosure.on is 2026-01-01",
        condition(zoo, AtMost(((1, on),), 739617)): "disclosure.on is on or before 2026-01-01",
        condition(zoo, AtMost(((1, on),), 739617), False): "disclosure.on is after 2026-01-01",
        condition(zoo, AtMost(((1, notice), (-1, on)), -30)):
            "the day of the notice is at least 30 days before disclosure.on",
        condition(zoo, AtMost(((1, notice), (-1, on)), -30), False):
            "disclosure.on is at most 29 days after the day of the notice",
        condition(zoo, thirty): condition(zoo, thirty),
        condition(zoo, shifted): "disclosure.on is not after 1 month after the day of the notice",
    }  # fmt: skip
    for found, wanted in said.items():
        assert found == wanted


def test_lists() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert listed(["a, b", "c"], "or") == "a, b; or c"


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal(
    width: int, privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but what is pasted, and names of places, is wider than the terminal."""
    monkeypatch.chdir(POLICIES)
    monkeypatch.setattr(Console, "width", width)
    said = privity("prove", "zoo.privity").out
    prose = re.sub(r"^  Paste:\n(?:    .*\n|\n(?=    ))+", "", said, flags=re.MULTILINE)
    until = prose.index("\n\nzoo: 14 claims")
    assert max(map(len, prose[:until].splitlines())) <= width
    assert "TIME" not in prose
