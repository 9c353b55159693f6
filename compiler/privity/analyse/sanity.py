"""What is wrong with a policy as a whole, for all that its names and types are right."""

from __future__ import annotations

from collections.abc import Iterator

from privity.diagnostics.diagnostic import Diagnostic
from privity.model.errors import ContradictoryAssumptions, NeverApplies
from privity.model.nodes import Policy
from privity.symbolic import factory, months
from privity.symbolic.encode import Scene, Shared, encode
from privity.symbolic.names import Names
from privity.symbolic.requests import declare_fact, declare_roles
from privity.symbolic.rules import decision
from privity.symbolic.solver import Limits, Session

ASSUMED = "ask.assumed"


def findings(policy: Policy, limits: Limits) -> tuple[Diagnostic, ...]:
    """Rules that can never apply, and assumptions that contradict each other.

    Sound: a finding is reported only where the solver has found no request at all.
    """
    if not policy.rules:
        return ()
    session = Session(_text(policy), limits)
    return tuple(_findings(policy, session))


def _findings(policy: Policy, session: Session) -> Iterator[Diagnostic]:
    if policy.assumptions and session.impossible([ASSUMED]):
        yield ContradictoryAssumptions(span=policy.assumptions[0].span)
    for rule in policy.rules:
        if rule.assumption:
            continue
        if session.impossible([_ask(rule.name)]):
            yield NeverApplies(span=rule.span, name=rule.name)


def _text(policy: Policy) -> str:
    names, shared = Names(), Shared()
    scene = Scene(names, policy.fact_by_key, shared)
    assumed = [assumption.formula for assumption in policy.assumptions]
    body = list(decision(policy, policy.rules_in_order, scene, also=assumed))
    holds = factory.conjunction(encode(formula, scene) for formula in assumed)
    asks = {_ask(rule.name): names.applies(rule.name) for rule in policy.rules}
    lines = [
        *declare_roles(policy, names),
        *(line for fact in policy.facts for line in declare_fact(policy, fact, names)),
        *months.declarations(shared.shifts),
        *body,
    ]
    for ask, term in {ASSUMED: holds, **asks}.items():
        lines += [f"(declare-const {ask} Bool)", f"(assert (=> {ask} {term}))"]
    return "\n".join(lines) + "\n"


def _ask(rule: str) -> str:
    return f"ask.applies.{rule}"
