"""Counterexamples held against generated checkers, before they are believed.

What the semantics decides, the checker of the same policy has to decide alike; a verdict whose
request it decides otherwise is unknown, and a disagreement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from privity.model.nodes import Outcome, Policy
from privity.prove.judge import blank_verdict
from privity.prove.nodes import Replayed, Verdict
from privity.semantics.nodes import Request

Confirm = Callable[[Policy, Sequence[Request]], Sequence[Outcome]]
"""What the generated checker of a policy says of complete requests, in their order."""


def confirmed(
    verdicts: Sequence[Verdict], policies: Mapping[str, Policy], confirm: Confirm
) -> list[Verdict]:
    """The verdicts, each *unknown* whose request the checker of some policy decides otherwise.

    A checker is asked once, about all that there is to ask it.
    """
    asked = [(n, each) for n, verdict in enumerate(verdicts) for each in verdict.replays]
    found = [replace(verdict, replays=()) for verdict in verdicts]
    for name in dict.fromkeys(each.policy for _, each in asked):
        own = [(n, each) for n, each in asked if each.policy == name]
        said = confirm(policies[name], [each.request for _, each in own])
        for (n, each), outcome in zip(own, said, strict=True):
            if outcome != ("permit" if each.permits else "deny"):
                found[n] = _contradicted(found[n], policies, outcome, each)
    return found


def _contradicted(
    verdict: Verdict, policies: Mapping[str, Policy], said: Outcome, replayed: Replayed
) -> Verdict:
    if verdict.disagreement:
        return verdict
    return replace(
        blank_verdict(verdict.claim, policies[verdict.policy]),
        why=f"the generated checker says {said}, the semantics does not, on a request",
        disagreement=True,
        witness=replayed.shown,
        obligation=verdict.obligation,
        obligation_sha256=verdict.obligation_sha256,
        seconds=verdict.seconds,
    )
