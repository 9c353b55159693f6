"""A counterexample as a scenario: real syntax that parses, and passes as the policy stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from privity.cli.checker import checker_of, contract
from privity.cli.wire import leaf_name, values_json
from privity.model.formula import Key, Plain
from privity.model.nodes import (
    AllowedOnlyIf,
    AlwaysAllowed,
    BooleanType,
    Claim,
    DateType,
    DurationType,
    Never,
    NeverAffects,
    NeverPermits,
    Policy,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.prove.nodes import Counterexample, Verdict
from privity.syntax.format import format_module
from privity.syntax.parse import parse

WORDS = {"sender": "from", "recipient": "with", "subject": "about", "purpose": "for"}

Values = Mapping[Key, Plain]


def scenarios(policy: Policy, verdict: Verdict, example: Counterexample) -> list[str]:
    """One, or one for each side where a single fact makes the difference.

    Nothing but what matters is given, as long as that settles the outcome. A comment says what
    the claim asks for instead, unless it is known to fail.
    """
    found, claim = [], verdict.claim
    wanted = None if verdict.expected is not None else _wanted(claim)
    for title, extra in _variants(policy, claim, example):
        facts = {**example.region.facts, **extra}
        decision = decided(policy, example.values, facts)
        if decision["outcome"] == "unknown":
            facts = {**_all_facts(policy, example.values), **extra}
            decision = decided(policy, example.values, facts)
        text = _scenario(policy, title, example.values, facts, decision)
        if text is not None:
            mended = f"# passes today; once the rules are mended, expect {wanted}\n"
            found.append(mended + text if wanted not in (None, decision["outcome"]) else text)
    return found


def _wanted(claim: Claim) -> str | None:
    """The outcome that a claim asks for, where it asks for one."""
    match claim.statement:
        case Never() | AllowedOnlyIf():
            return "deny"
        case AlwaysAllowed():
            return "permit"
        case _:
            return None


def _variants(
    policy: Policy, claim: Claim, example: Counterexample
) -> Iterator[tuple[str, dict[Key, Plain]]]:
    title = f"breaks {claim.name}"
    stated = claim.statement
    if not isinstance(stated, NeverPermits | NeverAffects):
        yield title, {}
        return
    yield f"{title}, with", {stated.fact: True}
    yield f"{title}, without", {stated.fact: False}
    if isinstance(stated, NeverAffects) and policy.fact_by_key[stated.fact].optional:
        yield f"{title}, with none", {stated.fact: None}


def _all_facts(policy: Policy, values: Values) -> dict[Key, Plain]:
    return {fact.key: values[fact.key] for fact in policy.facts if fact.key in values}


def decided(policy: Policy, values: Values, facts: Values) -> dict[str, Any]:
    """What the policy says of the roles in `values` and the facts in `facts`, no more."""
    roles: dict[Key, Plain] = {role: values[role] for role in policy.roles}
    return contract(checker_of(policy).check_mapping(values_json(policy, {**roles, **facts})))


# ------------------------------------------------------------------ text


def _scenario(
    policy: Policy, title: str, values: Values, facts: Values, decision: dict[str, Any]
) -> str | None:
    """None where a value cannot be written, such as a text with a line break in it."""
    lines = [f"scenario {_quoted(title)}", f"share {_leaf(policy, 'data', values)}"]
    lines += [
        f"{word} {_leaf(policy, r, values)}" for r, word in WORDS.items() if r in policy.roles
    ]
    given = [part for f in policy.facts if f.key in facts for part in _given(policy, f.key, facts)]
    lines += [f"given {' and '.join(given)}"] if given else []
    by = f" by {', '.join(decision['rules'])}" if decision["rules"] else ""
    lines.append(f"expect {decision['outcome']}{by} in {policy.name}")
    parsed = parse(f"claims for {policy.name}\n" + "\n".join(lines) + "\n", "")
    if parsed.module is None:
        return None
    return format_module(parsed.module).split("\n", 1)[1].lstrip("\n")


def _leaf(policy: Policy, role: str, values: Values) -> str:
    leaf = values[role]
    assert isinstance(leaf, int)
    return leaf_name(policy.taxonomies[role], leaf)


def _given(policy: Policy, key: Key, facts: Values) -> Iterator[str]:
    value = facts[key]
    kind = policy.fact_by_key[key].type
    if value is None:
        yield f"{key} is none"
        return
    match kind, value:
        case BooleanType(), _:
            yield key if value else f"not {key}"
        case DateType(), int():
            yield f"{key} is {datetime.date.fromordinal(value).isoformat()}"
        case DurationType(), int():
            yield f"{key} is {_duration(value)}"
        case TextType(), str():
            yield f"{key} is {_quoted(value)}"
        case TaxonomyType(), int():
            yield f"{key} is {leaf_name(policy.taxonomy_of(key), value)}"
        case SetType(taxonomy), frozenset():
            names = [leaf_name(policy.taxonomy_of(key), leaf) for leaf in sorted(value)]
            yield from (f"{key} contains {name}" for name in names)
            if not names:
                yield f"not {key} contains {taxonomy}"
        case _:
            yield f"{key} is {value}"


def _duration(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
