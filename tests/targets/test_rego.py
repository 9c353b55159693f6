"""Rego: every field of every decision is that of the reference semantics."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from tests.differential.test_checker_agrees import as_json, as_mapping
from tests.emit.example import TREES, checker, example
from tests.emit.policies import everywhere, fact, policy, rule
from tests.emit.random_policies import random_policy, random_request
from tests.targets.rego import RegoCpp, ask_opa, opa
from tests.targets.test_hostile import TEXTS, VALUES, _is_json, _with
from tests.targets.test_typescript import POLICIES, compiled

from privity.emit import rego
from privity.emit.rego import emit_rego, package, unsupported_in_rego
from privity.lower.at_once import at_once
from privity.lower.lower import lower
from privity.model.formula import And, Holds
from privity.model.nodes import BooleanType, Policy
from privity.semantics.cells import axes_of
from privity.semantics.decide import decide
from privity.semantics.nodes import Request

MOST_LISTED = 4_000
MOST_WORLDS = 40
"""rego-cpp takes long for more; OPA does not."""


def _asked(made: Policy, random: Random, count: int) -> list[Request]:
    found = [random_request(random, made) for _ in range(count)]
    return [one for one in found if axes_of(made, one).completions <= MOST_LISTED]


def _compare(made: Policy, requests: Sequence[Request], answers: Sequence[object]) -> None:
    for request, answer in zip(requests, answers, strict=True):
        expected = as_json(made, decide(made, request))
        match answer:
            case {"decision": {"policy": {"sha256": made.sha256, "name": made.name}, **decision}}:
                assert decision == expected, as_mapping(made, request)
            case _:
                pytest.fail(f"{as_mapping(made, request)}: {answer}")


def _agree(made: Policy, random: Random, count: int) -> None:
    requests = _asked(made, random, count)
    mappings = [as_mapping(made, one) for one in requests]
    _compare(made, requests, list(RegoCpp(emit_rego(made), made.name).ask(mappings)))


@pytest.mark.parametrize("path", POLICIES)
def test_on_the_company_policies(path: str) -> None:
    _agree(compiled(path), Random(5), 25)


def _is_light(made: Policy) -> bool:
    found = at_once(made)
    return found is not None and rego.most_worlds(lower(made), found) <= MOST_WORLDS


@pytest.mark.parametrize("seed", range(30))
def test_on_random_policies(seed: int) -> None:
    random = Random(seed)
    made = random_policy(random)
    if unsupported_in_rego(made) == () and _is_light(made):
        _agree(made, random, 5)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1_000, 1_600))
def test_on_more_random_policies(seed: int) -> None:
    random = Random(seed)
    made = random_policy(random)
    if unsupported_in_rego(made) == () and _is_light(made):
        _agree(made, random, 12)


def test_most_random_policies_are_supported() -> None:
    made = [random_policy(Random(seed)) for seed in range(60)]
    assert sum(unsupported_in_rego(each) == () for each in made) >= 55


@pytest.mark.parametrize("seed", range(6))
def test_by_open_policy_agent_itself(seed: int, tmp_path: Path) -> None:
    if opa() is None:
        pytest.skip("opa is not installed")
    random = Random(seed)
    for made in (compiled(POLICIES[0]), random_policy(random)):
        requests = _asked(made, random, 6)
        mappings = [as_mapping(made, one) for one in requests]
        _compare(made, requests, ask_opa(tmp_path, emit_rego(made), made.name, mappings))


# ------------------------------------------------------------------ what is no request

OF_JSON = [text for text in TEXTS if _is_json(text) and len(text) < 10_000]
OF_JSON += [_with(fact, value) for fact, values in VALUES.items() for value in values]
OF_JSON = [text for text in OF_JSON if _is_json(text) and text not in ("1", '"a"', "null", "[]")]
NOT_TOLD = (
    '"data": ["health"]}',
    '"facts": {}, "facts"',
    "\\ud800",
    "\\udc00",
    "1e400",
    "40.0",
    "4e1",
    "1e0",
)
"""Keys that stand twice, half characters and how a number is written are lost in JSON's reading."""


def test_what_is_no_request_has_errors_and_no_decision() -> None:
    module = checker()
    texts = [text for text in OF_JSON if not any(part in text for part in NOT_TOLD)]
    answers = RegoCpp(emit_rego(example()), example().name).ask([json.loads(t) for t in texts])
    refused = 0
    for text, answer in zip(texts, answers, strict=True):
        try:
            decision = module.check_mapping(module.parse_request(text))
        except module.RequestError as error:
            refused += 1
            codes = {(each["code"], each["path"]) for each in answer["errors"]}
            if error.path.startswith("facts.") and error.path.count(".") > 2:
                # Of an attestation Rego names the fact, not the part of it.
                assert any(error.path.startswith(path) for _, path in codes), text
            elif error.code not in ("too-deep", "out-of-range"):
                assert (error.code, error.path) in codes, (text, codes, error)
        else:
            assert answer["decision"]["outcome"] == decision.outcome, text
    assert refused > 60


@pytest.mark.parametrize("value", [None, 1, "x", [], True])
def test_an_input_that_is_no_object_has_no_decision(value: object) -> None:
    [answer] = RegoCpp(emit_rego(example()), example().name).ask([value])
    assert {"code": "wrong-type", "path": ""} in answer["errors"]


def test_without_ends_nothing_is_permitted() -> None:
    """Were the paths lost, the answer would not be permit: of nothing, nothing is said."""
    source = emit_rego(example())
    lost = source.replace("{target | some arm", "{target | false; some arm")
    assert lost != source
    [answer] = RegoCpp(lost, example().name).ask([{"data": ["name"], "recipient": "staff"}])
    assert answer["decision"]["outcome"] == "unknown"
    assert answer["decision"]["permitted_data"] == []


# ------------------------------------------------------------------ limits and names


def test_too_many_completions_are_refused() -> None:
    facts = [fact(f"subject.f{n}", BooleanType()) for n in range(21)]
    when = And(tuple(Holds(each.key) for each in facts))
    for number, refused in ((21, True), (18, False)):
        rules = [rule("permit", "some", everywhere(TREES), when=And(when.operands[:number]))]
        found = unsupported_in_rego(policy(TREES, facts, rules))
        assert [each.code for each in found] == ["unsupported-by-target"] * refused


def test_too_large_a_diagram_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rego, "at_once", lambda _: None)
    [found] = unsupported_in_rego(example())
    assert "diagram" in found.message


def test_too_many_worlds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rego, "MOST_WORLDS", 0)
    [found] = unsupported_in_rego(example())
    assert "one by one" in found.message


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("metlife.customer_privacy", "metlife.customer_privacy"),
        ("a.import.in", 'a["import"]["in"]'),
        ("default", 'policy["default"]'),
        ("data.x", 'policy["data.x"]'),
    ],
)
def test_packages_are_called_like_policies(name: str, path: str) -> None:
    assert package(name) == path
    made = policy(TREES, [], [rule("permit", "all", everywhere(TREES))], name=name)
    [answer] = RegoCpp(emit_rego(made), name).ask([{"data": ["name"]}])
    assert answer["decision"]["outcome"] == "permit"


def test_the_same_policy_gives_the_same_text_and_one_prelude() -> None:
    made = compiled(POLICIES[0])
    assert emit_rego(made) == emit_rego(made)
    for each in (made, example()):
        assert emit_rego(each).count(rego.prelude()) == 1
