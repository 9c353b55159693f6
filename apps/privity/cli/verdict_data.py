"""Verdicts as JSON, to be kept and read again. Not the report's form, which names leaves.

What depends on where a rule or a claim stands (lines, files, labels, expectations) is not kept:
it is looked up anew in the policy that the verdict is read for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from privity.model.formula import Key, Plain
from privity.model.nodes import Claim, NeverAffects, NeverPermits, Policy, SometimesAllowed
from privity.prove.differences import is_large
from privity.prove.judge import blank_verdict
from privity.prove.nodes import Change, Counterexample, Opinion, Region, Remedy, Side, Verdict
from privity.prove.refute import blame_of, read_anywhere
from privity.revision import Leaves, leaves_of

WORDS = ("proved", "refuted", "vacuous")
"""The verdicts worth keeping: those that are certain."""


def plain(verdict: Verdict, policy: Policy) -> dict[str, Any] | None:
    """The verdict as JSON has it; None for what is not to be kept.

    `near` names the rules at the roles of the requests that are shown, which are decided again to
    tell of them: wherever the verdict is recalled, no other has come to be there.
    """
    if verdict.verdict not in WORDS or verdict.disagreement:
        return None
    example = verdict.counterexample
    return {
        "verdict": verdict.verdict,
        "why": verdict.why,
        "because": list(verdict.because),
        "witness": None if verdict.witness is None else _values(verdict.witness),
        "example": None if example is None else _example(example),
        "blame": [blame.rule for blame in verdict.blame],
        "readings": list(verdict.readings),
        "diagram": None if verdict.diagram is None else [verdict.diagram.reason],
        "sha256": verdict.obligation_sha256,
        "near": sorted(_near(verdict, policy)),
    }


def _near(verdict: Verdict, policy: Policy) -> set[str]:
    example = verdict.counterexample
    shown = (verdict.witness, None if example is None else example.values)
    cells = ({r: leaf for r in policy.roles if isinstance(leaf := v[r], int)} for v in shown if v)
    return {rule.name for cell in cells for rule in policy.parts.at(cell).rules}


def places(verdict: Verdict, scope: Sequence[Leaves], policy: Policy) -> list[Sequence[Leaves]]:
    """Where a rule has to apply for the verdict, or what is shown of it, to depend on it.

    `scope` is the claim's. A disclosure that breaks the claim goes on breaking it while the rules
    at its roles are the same; what is shown of it is the region around, which was widened one role
    at a time.
    """
    order, example = tuple(policy.roles), verdict.counterexample
    if isinstance(verdict.claim.statement, SometimesAllowed) and verdict.witness is not None:
        cell = {role: verdict.witness[role] for role in order}
        return [[1 << leaf for leaf in cell.values() if isinstance(leaf, int)]]
    if example is None:
        return [scope]
    box = leaves_of(example.region.roles, order)
    return [[*box[:n], scope[n], *box[n + 1 :]] for n in range(len(order))]


def rules_shown(data: Mapping[str, Any]) -> set[str]:
    """The rules that have to be at hand for a verdict to be read again and shown."""
    names = {*data["because"], *data["blame"], *data["near"]}
    example = data["example"]
    if example is not None:
        names |= {rule for side in example["sides"] for rule in side[2]}
        names |= set(example["remedy"][2]) if example["remedy"] is not None else set()
    return names


def verdict_of(data: Mapping[str, Any], claim: Claim, policy: Policy, *, same: bool) -> Verdict:
    """The verdict that `plain` made, on a claim that is still the same.

    `same` says that its obligation would be, too. Raises ValueError, KeyError, TypeError where
    that is not what `data` is.
    """
    if data["verdict"] not in WORDS:
        raise ValueError("no verdict")
    witness, example, diagram = data["witness"], data["example"], data["diagram"]
    return replace(
        blank_verdict(claim, policy),
        verdict=data["verdict"],
        why=data["why"],
        because=tuple(data["because"]),
        witness=None if witness is None else _read(witness),
        counterexample=None if example is None else _example_of(example, claim, policy),
        blame=tuple(blame_of(policy, rule) for rule in data["blame"]),
        readings=tuple(data["readings"]),
        diagram=None if diagram is None else Opinion(diagram[0]),
        obligation_sha256=data["sha256"] if same else "",
        recalled=True,
    )


def _example(example: Counterexample) -> dict[str, Any]:
    region, remedy = example.region, example.remedy
    return {
        "values": _values(example.values),
        "apart": dict(example.apart),
        "roles": {role: sorted(leaves) for role, leaves in region.roles.items()},
        "facts": _values(region.facts),
        "idle": list(region.idle),
        "sides": [[side.name, side.outcome, list(side.rules)] for side in example.sides],
        "remedy": None if remedy is None else _remedy(remedy),
    }


def _example_of(data: Mapping[str, Any], claim: Claim, policy: Policy) -> Counterexample:
    roles = {role: frozenset(leaves) for role, leaves in data["roles"].items()}
    facts, remedy = _read(data["facts"]), data["remedy"]
    return Counterexample(
        values=_read(data["values"]),
        apart=dict(data["apart"]),
        region=Region(roles, facts, tuple(_idle(data["idle"], facts, claim, policy))),
        sides=tuple(Side(name, outcome, tuple(rules)) for name, outcome, rules in data["sides"]),
        remedy=None if remedy is None else _remedy_of(remedy),
    )


def _idle(
    known: Sequence[Key], given: Mapping[Key, Plain], claim: Claim, policy: Policy
) -> Sequence[Key]:
    """The facts that do not matter, of those that are spoken of: in a small policy, all that some
    rule reads, wherever it applies."""
    if is_large(policy, {}):
        return known
    stated = claim.statement
    fixed = {stated.fact} if isinstance(stated, NeverPermits | NeverAffects) else set()
    others = read_anywhere(claim, policy) - set(given) - fixed
    return [fact.key for fact in policy.facts if fact.key in others]


def _remedy(remedy: Remedy) -> list[Any]:
    changes = [[c.fact, _value(c.old), _value(c.new)] for c in remedy.changes]
    return [changes, remedy.outcome, list(remedy.rules), remedy.in_scope]


def _remedy_of(data: list[Any]) -> Remedy:
    changes, outcome, rules, in_scope = data
    changed = tuple(Change(fact, _value_of(old), _value_of(new)) for fact, old, new in changes)
    return Remedy(changed, outcome, tuple(rules), in_scope)


def _values(values: Mapping[Key, Plain]) -> dict[Key, Any]:
    return {key: _value(value) for key, value in values.items()}


def _read(data: Mapping[Key, Any]) -> dict[Key, Plain]:
    return {key: _value_of(value) for key, value in data.items()}


def _value(value: Plain) -> Any:
    """Sets of leaves are lists."""
    return sorted(value) if isinstance(value, frozenset) else value


def _value_of(data: Any) -> Plain:
    match data:
        case list():
            return frozenset(data)
        case bool() | int() | str() | None:
            return data
        case _:
            raise TypeError("no value")
