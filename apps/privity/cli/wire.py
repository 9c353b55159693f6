"""Requests and decisions of the semantics, as JSON has them: docs/schemas."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from privity.model.formula import Key, Plain
from privity.model.nodes import DateType, Policy, Role, SetType, Taxonomy, TaxonomyType, Value
from privity.semantics.nodes import Decision, OwedDuty, Request


def request_json(policy: Policy, request: Request) -> dict[str, Any]:
    """The request in the form of request.schema.json."""
    found: dict[str, Any] = {"data": [leaf_name(policy.roles["data"], d) for d in request.data]}
    stated = {key: value_json(policy, key, value) for key, value in request.values.items()}
    found |= {role: stated[role] for role in policy.roles if role in stated}
    found["facts"] = {f.key: stated[f.key] for f in policy.facts if f.key in stated}
    return found


def values_json(policy: Policy, values: Mapping[Key, Plain]) -> dict[str, Any]:
    """The same of a request with one data leaf, `data` among its values."""
    data = values["data"]
    assert isinstance(data, int)
    return request_json(policy, Request((data,), {k: v for k, v in values.items() if k != "data"}))


def value_json(policy: Policy, key: Key, value: Plain) -> Any:
    """A value as JSON has it: names of leaves, dates as YYYY-MM-DD."""
    fact = policy.fact_by_key.get(key)
    match None if fact is None else fact.type, value:
        case _, None:
            return None
        case None | TaxonomyType(), int():
            return leaf_name(policy.taxonomy_of(key), value)
        case SetType(), frozenset():
            taxonomy = policy.taxonomy_of(key)
            return [leaf_name(taxonomy, leaf) for leaf in sorted(value)]
        case DateType(), int():
            return datetime.date.fromordinal(value).isoformat()
        case _:
            return value


def leaf_name(taxonomy: Taxonomy, leaf: int) -> str:
    return taxonomy.leaves[leaf].name


def region_json(
    policy: Policy, roles: Mapping[Role, frozenset[int]], facts: Mapping[Key, Plain]
) -> dict[str, Any]:
    """A partial request whose roles may be branches; a role that may be anything is left out."""
    found: dict[str, Any] = {}
    for role, leaves in roles.items():
        names = [value.name for value in cover(policy.roles[role], leaves)]
        if leaves != policy.roles[role].values[0].leaves:
            found[role] = names[0] if len(names) == 1 else names
    found["facts"] = {key: value_json(policy, key, value) for key, value in facts.items()}
    return found


def cover(taxonomy: Taxonomy, leaves: frozenset[int]) -> list[Value]:
    """The fewest values that have just these leaves under them, in order."""
    found: list[Value] = []
    for value in taxonomy.values:
        below_last = bool(found) and value.last <= found[-1].last
        if not below_last and value.leaves <= leaves:
            found.append(value)
    return found


# ------------------------------------------------------------------ decisions


def decision_json(policy: Policy, decision: Decision) -> dict[str, Any]:
    """What decision.schema.json makes a contract, without what the policy is called."""
    data = policy.roles["data"]
    return {
        "outcome": decision.outcome,
        "rules": list(decision.rules),
        "citations": list(decision.citations),
        "missing": list(decision.missing),
        "duties": [_duty(policy, duty) for duty in decision.duties],
        "permitted_data": [leaf_name(data, leaf) for leaf in decision.permitted_data],
    }


def _duty(policy: Policy, owed: OwedDuty) -> dict[str, str | None]:
    declared = policy.rule_by_name[owed.rule].duties
    label = next(duty.label for duty in declared if duty.name == owed.name)
    found: dict[str, str | None] = {"name": owed.name, "rule": owed.rule, "label": label}
    if owed.has_deadline:
        day = owed.deadline
        found["deadline"] = None if day is None else datetime.date.fromordinal(day).isoformat()
    return found
