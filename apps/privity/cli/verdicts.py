"""Verdicts in few words, and as the report of docs/schemas/prove.schema.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from privity.cli.files import shown
from privity.cli.proving import Proof
from privity.cli.report import counted
from privity.cli.wire import region_json, values_json
from privity.model.formula import Key, Plain
from privity.model.nodes import AllowedOnlyIf, AlwaysAllowed, AtLeastAsStrict, Never, Policy
from privity.prove.nodes import Blame, Change, Opinion, Remedy, Side, Verdict

WORDS = (
    "proved", "refuted", "refuted, as expected", "vacuous", "unknown", "engines disagree",
    "proved, not expected", "vacuous, not expected",
)  # fmt: skip

REASONED = Never | AllowedOnlyIf | AlwaysAllowed | AtLeastAsStrict
"""The claims whose proof has a `because`."""


def word(verdict: Verdict) -> str:
    """One of WORDS."""
    if verdict.disagreement:
        return "engines disagree"
    if verdict.expected is None or verdict.verdict == "unknown":
        return verdict.verdict
    return "refuted, as expected" if verdict.as_expected else f"{verdict.verdict}, not expected"


def why(verdict: Verdict) -> str:
    """The reason, on a line."""
    if verdict.verdict == "refuted" and verdict.as_expected:
        return f"expected: {verdict.expected}"
    if verdict.verdict == "refuted" and verdict.counterexample is not None:
        permitted = verdict.counterexample.sides[0].outcome == "permit"
        by = f"{'permitted' if permitted else 'denied'} by {verdict.why}"
        return by if verdict.blame else verdict.why
    if verdict.claim.assuming_words and verdict.verdict == "proved":
        return f"{verdict.why}; under: {verdict.claim.assuming_words}"
    return verdict.why


def taken(verdict: Verdict) -> str:
    """The time that it took, if it was found out in this run."""
    seconds = verdict.seconds
    if verdict.recalled:
        return "before"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def summary(proof: Proof) -> str:
    """`metlife.literal: 42 claims, 39 proved, 3 refuted as expected`."""
    counts = Counter(word(verdict) for verdict in proof.verdicts)
    parts = [f"{counts[each]} {_running(each)}" for each in WORDS if counts[each]]
    policy = proof.space.policy
    said = f"{policy.name}: {counted(len(proof.verdicts), 'claim')}, {', '.join(parts)}"
    as_of = f" (as of {proof.options.as_of})" if policy.assumptions else ""
    return said + as_of


def rests_on(proof: Proof) -> list[str]:
    """The assumptions and readings behind all verdicts, a sentence each."""
    found = []
    assumed = proof.space.policy.assumptions
    if assumed:
        names = ", ".join(f"{each.name} (until {each.until})" for each in assumed)
        them = "it" if len(assumed) == 1 else "them"
        found.append(
            f"Assumes {names}: every verdict holds under {them}, and the checker enforces {them}."
        )
    readings = list(dict.fromkeys(name for v in proof.verdicts for name in v.readings))
    if readings:
        found.append(f"Rests on {counted(len(readings), 'reading')}: {', '.join(readings)}.")
    return found


def said_of_all(proof: Proof) -> list[str]:
    """What there is to be said below the summary, a sentence each."""
    return [*recalls(proof), *diagrams(proof), *rests_on(proof)]


def recalls(proof: Proof) -> list[str]:
    """How many verdicts an earlier run found, in a sentence; nothing if there are none."""
    found = sum(verdict.recalled for verdict in proof.verdicts)
    if not found:
        return []
    said = f"An earlier run found {found} of {counted(len(proof.verdicts), 'verdict')}"
    return [f"{said}; nothing that they rest on has changed since (--no-cache proves all anew)."]


def diagrams(proof: Proof) -> list[str]:
    """What the second procedure says of all verdicts, in a sentence; nothing if it was not asked.

    It is not asked where the verdict is unknown.
    """
    asked = [(v.claim.name, v.diagram) for v in proof.verdicts if v.diagram is not None]
    if not asked:
        return []
    rest = [f"{name} ({opinion.reason})" for name, opinion in asked if not opinion.confirms]
    confirmed = f"{len(asked) - len(rest)} of {counted(len(asked), 'verdict')}"
    said = f"The decision diagram confirms {confirmed}"
    return [said + (f"; it is not applicable to {', '.join(rest)}." if rest else ".")]


def request(policy: Policy, values: Mapping[Key, Plain]) -> str:
    return json.dumps(values_json(policy, values))


def _running(word: str) -> str:
    return word.replace(", as", " as").replace(", not", " but not")


# ------------------------------------------------------------------ the report


def report(proof: Proof) -> str:
    """One policy's report, on one line."""
    policy = proof.space.policy
    counts = Counter(verdict.verdict for verdict in proof.verdicts)
    document = {
        "policy": {"name": policy.name, "sha256": policy.sha256},
        "as_of": proof.options.as_of.isoformat(),
        "claims": [_claim(policy, verdict) for verdict in proof.verdicts],
        "summary": {each: counts[each] for each in ("proved", "refuted", "unknown", "vacuous")},
    }
    return json.dumps(document)


def _claim(policy: Policy, verdict: Verdict) -> dict[str, Any]:
    claim, example = verdict.claim, verdict.counterexample
    reasoned = verdict.verdict == "proved" and isinstance(claim.statement, REASONED)
    assuming = [claim.assuming_words] if claim.assuming_words else []
    region = None if example is None else example.region
    return {
        "name": claim.name,
        "label": claim.label,
        "file": shown(claim.span.file),
        "line": claim.span.line,
        "citations": [str(cite) for cite in claim.citations],
        "verdict": verdict.verdict,
        "why": verdict.why,
        "expected": verdict.expected,
        "as_expected": verdict.as_expected,
        "disagreement": verdict.disagreement,
        "diagram": None if verdict.diagram is None else _opinion(verdict.diagram),
        "because": list(verdict.because) if reasoned else None,
        "witness": None if verdict.witness is None else values_json(policy, verdict.witness),
        "region": None if region is None else region_json(policy, region.roles, region.facts),
        "idle": [] if region is None else list(region.idle),
        "sides": [] if example is None else [_side(side) for side in example.sides],
        "nearest": _remedy(policy, example.remedy) if example and example.remedy else None,
        "readings": list(verdict.readings),
        "assumptions": [*verdict.assumptions, *assuming],
        "blame": [_blame(blame) for blame in verdict.blame],
        "obligation_sha256": verdict.obligation_sha256 or None,
        "seconds": round(verdict.seconds, 6),
        "recalled": verdict.recalled,
    }


def _opinion(opinion: Opinion) -> dict[str, Any]:
    return {"confirms": opinion.confirms, "reason": opinion.reason}


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "outcome": side.outcome, "rules": list(side.rules)}


def _remedy(policy: Policy, remedy: Remedy) -> dict[str, Any]:
    return {
        "changes": [_change(policy, change) for change in remedy.changes],
        "outcome": remedy.outcome,
        "rules": list(remedy.rules),
        "in_scope": remedy.in_scope,
    }


def _change(policy: Policy, change: Change) -> dict[str, Any]:
    from privity.cli.wire import value_json

    old, new = (value_json(policy, change.fact, each) for each in (change.old, change.new))
    return {"fact": change.fact, "from": old, "to": new}


def _blame(blame: Blame) -> dict[str, Any]:
    return {
        "rule": blame.rule,
        "file": shown(blame.file),
        "line": blame.line,
        "citations": list(blame.citations),
    }
