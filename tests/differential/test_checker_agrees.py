"""The generated checker and the reference semantics: every field of every decision."""

from __future__ import annotations

import datetime
from pathlib import Path, PurePath
from random import Random

import pytest
from tests.emit.random_policies import random_policy, random_request

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.nodes import DateType, Policy, SetType, TaxonomyType
from privity.pipeline import compile_policy
from privity.semantics.cells import MOST_COMPLETIONS, axes_of
from privity.semantics.decide import decide
from privity.semantics.nodes import Decision, Request

POLICIES = ("policies/metlife/customer_privacy.privity", "policies/metlife/literal.privity")
MOST_LISTED = 4_000
"""The reference lists completions one by one; requests with more are left to others."""


@pytest.mark.parametrize("path", POLICIES)
def test_on_the_company_policies(path: str) -> None:
    policy = compile_policy(PurePath(path), lambda p: Path(p).read_bytes()).policy
    assert policy is not None
    _agree(policy, Random(1), requests=300)


@pytest.mark.parametrize("seed", range(60))
def test_on_random_policies(seed: int) -> None:
    random = Random(seed)
    _agree(random_policy(random), random, requests=12)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1_000, 6_000))
def test_on_more_random_policies(seed: int) -> None:
    random = Random(seed)
    _agree(random_policy(random), random, requests=25)


def _agree(policy: Policy, random: Random, requests: int) -> None:
    checker = load_checker(emit_python(policy))
    for _ in range(requests):
        request = random_request(random, policy)
        if MOST_LISTED < axes_of(policy, request).completions <= MOST_COMPLETIONS:
            continue
        mapping = as_mapping(policy, request)
        expected = as_json(policy, decide(policy, request))
        assert contract(checker.check_mapping(mapping).as_dict()) == expected, mapping
        typed = checker.Request.from_mapping(mapping)
        assert contract(checker.check(typed).as_dict()) == expected, mapping


def contract(answer: dict[str, object]) -> dict[str, object]:
    """Without what is for people, and without the policy."""
    return {key: value for key, value in answer.items() if key not in ("explanation", "policy")}


def as_mapping(policy: Policy, request: Request) -> dict[str, object]:
    """The request as JSON states it."""
    facts = {
        f.key: _stated(policy, f.key, request) for f in policy.facts if f.key in request.values
    }
    roles: dict[str, object] = {}
    for role in policy.roles:
        if role in request.values:
            roles[role] = _stated(policy, role, request)
    data = [policy.roles["data"].leaves[leaf].name for leaf in request.data]
    return {"data": data, **roles, "facts": facts}


def _stated(policy: Policy, key: str, request: Request) -> object:
    value = request.values[key]
    kind = TaxonomyType(key) if key in policy.roles else policy.fact_by_key[key].type
    match value, kind:
        case int(), DateType():
            return datetime.date.fromordinal(value).isoformat()
        case int(), TaxonomyType():
            return policy.taxonomy_of(key).leaves[value].name
        case frozenset(), SetType():
            return [policy.taxonomy_of(key).leaves[leaf].name for leaf in sorted(value)]
        case _:
            return value


def as_json(policy: Policy, decision: Decision) -> dict[str, object]:
    labels = {duty.name: duty.label for rule in policy.rules for duty in rule.duties}
    duties: list[dict[str, object]] = []
    for owed in decision.duties:
        said: dict[str, object] = {"name": owed.name, "rule": owed.rule, "label": labels[owed.name]}
        if owed.has_deadline:
            day = owed.deadline
            said["deadline"] = None if day is None else datetime.date.fromordinal(day).isoformat()
        duties.append(said)
    return {
        "outcome": decision.outcome,
        "rules": list(decision.rules),
        "citations": list(decision.citations),
        "missing": list(decision.missing),
        "duties": duties,
        "permitted_data": [policy.roles["data"].leaves[d].name for d in decision.permitted_data],
    }
