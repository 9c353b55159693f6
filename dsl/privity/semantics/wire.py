"""Requests as JSON objects, the shape that other programs rely on (docs/schemas)."""

from __future__ import annotations

import datetime

from privity.model.formula import Key, Plain
from privity.model.nodes import DateType, Fact, Policy, Role, SetType, TaxonomyType
from privity.semantics.nodes import Request

Json = bool | int | str | list[str] | None


def to_json(policy: Policy, request: Request) -> dict[str, object]:
    """The object that states `request`: roles by the names of leaves, what is known of facts."""
    taxonomies = policy.roles
    shape: dict[str, object] = {"data": [taxonomies["data"].leaves[n].name for n in request.data]}
    for role in taxonomies:
        if role != "data" and role in request.values:
            shape[role] = leaf_name(policy, role, request.values[role])
    known = [fact for fact in policy.facts if fact.key in request.values]
    shape["facts"] = {
        fact.key: value_to_json(policy, fact, request.values[fact.key]) for fact in known
    }
    return shape


def value_to_json(policy: Policy, fact: Fact, value: Plain) -> Json:
    """A fact's value as requests state it: ISO dates, days as integers, names of leaves."""
    match fact.type, value:
        case _, None:
            return None
        case DateType(), int():
            return datetime.date.fromordinal(value).isoformat()
        case TaxonomyType(), int():
            return leaf_name(policy, fact.key, value)
        case SetType(), frozenset():
            return [leaf_name(policy, fact.key, leaf) for leaf in sorted(value)]
        case _:
            assert not isinstance(value, frozenset)
            return value


def leaf_name(policy: Policy, variable: Key | Role, leaf: Plain) -> str:
    assert isinstance(leaf, int)
    return policy.taxonomy_of(variable).leaves[leaf].name
