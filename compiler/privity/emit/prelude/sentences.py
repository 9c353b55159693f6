"""Prelude, part 7: decisions in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from privity.emit.prelude.decide import Decision

# --- copied from here


def _sentences(decision: Decision) -> str:
    """The outcome and its reasons. What would change it is for `explain` to find."""
    said = _outcome(decision)
    if decision.permitted_data and decision.outcome != "permit":
        said += f" Permitted by themselves: {_list(decision.permitted_data)}."
    if decision.missing:
        labels = {v.key: v.label for v in decision._program.variables}
        missing = [_quoted(key, labels[key]) for key in decision.missing]
        said += f" It depends on what is missing: {_list(missing)}."
    return said


def _outcome(decision: Decision) -> str:
    outcome = decision.outcome
    if outcome == "unknown":
        return "Unknown: the answer is not the same for all that the missing facts may be."
    if decision.rules:
        verb = "Permitted" if outcome == "permit" else "Denied"
        said = decision._program.said
        return f"{verb} by {_list([said[name] for name in decision.rules])}."
    return _by_no_rule(decision, outcome)


def _by_no_rule(decision: Decision, outcome: Literal["permit", "deny"]) -> str:
    default = decision._program.default
    if outcome == "permit" and default == "permit":
        return "Permitted: no rule forbids it."
    if decision._completions != 1:
        verb = "Permitted" if outcome == "permit" else "Denied"
        return f"{verb} whatever the missing facts are; no single rule decides all these cases."
    part = " all of" if decision.permitted_data else ""
    return f"Denied: no rule permits{part} it."


def _quoted(key: str, label: str | None) -> str:
    return f'{key} ("{label}")' if label else key


def _list(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


# --- to here
