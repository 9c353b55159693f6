"""Why a proved claim holds: the rules that it rests on, and the reason in words.

For claims that something is not permitted, forbids are dropped in the order of declaration while
the claim stays proved; for `always allowed` permits are. What is left is minimal and stable,
which unsatisfiable cores are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from privity.model.formula import Key, read_by
from privity.model.nodes import (
    AllowedOnlyIf,
    AlwaysAllowed,
    AtLeastAsStrict,
    Carries,
    Claim,
    DecidesTheSame,
    Never,
    NeverAffects,
    NeverPermits,
    Policy,
    Rule,
)
from privity.prove.differences import is_large
from privity.prove.obligations import Problem, problem, scope_of
from privity.semantics.cells import atoms_of
from privity.symbolic.names import Names
from privity.symbolic.rules import relevant_rules
from privity.symbolic.solver import Limits, Satisfiable, Session


@dataclass(frozen=True, slots=True)
class Reason:
    rules: tuple[str, ...]
    words: str


def why_proved(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], limits: Limits
) -> Reason:
    """The reason for a claim that is proved."""
    stated = claim.statement
    match stated:
        case Never() | AllowedOnlyIf() | AtLeastAsStrict():
            return _not_permitted(claim, policy, others, limits)
        case AlwaysAllowed():
            left = _needed(claim, policy, others, limits, "permit")
            return Reason(left, _verb(left, "permits it", "permit it") or "permitted by default")
        case Carries(_, duty):
            rules = [r for r in policy.rules if any(d.name == duty for d in r.duties)]
            left = tuple(r.name for r in rules if r.scope.meets(stated.scope))
            return Reason(left, f"{duty} hangs on {_listed(left)}")
        case NeverPermits(fact, _, _) | NeverAffects(fact, _):
            left = tuple(r.name for r in policy.rules if _reads(r, fact, policy, stated))
            return Reason(left, _reading(fact, left, stated))
        case DecidesTheSame():
            return Reason((), "no request is decided differently")
        case _:
            return Reason((), "")


def _not_permitted(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], limits: Limits
) -> Reason:
    stated = claim.statement
    if isinstance(stated, AtLeastAsStrict) and is_large(policy, others):
        # Without one of a thousand forbids it permits more than before, of which each has to be
        # compared anew: the reason would take longer than the proof, and be as long.
        return Reason((), f"{stated.other} permits it too; of so many rules, none is singled out")
    left = _needed(claim, policy, others, limits, "forbid")
    forbidding = _verb(left, "forbids the rest", "forbid the rest")
    if isinstance(claim.statement, Never):
        return Reason(left, _verb(left, "forbids it", "forbid it") or "permitted by no rule")
    permitting = _verb(_firing(claim, policy, others, limits), "permits", "permit")
    only = f"only {permitting}" if permitting else "permitted by no rule"
    return Reason(left, f"{only}; {forbidding}" if forbidding else only)


# ------------------------------------------------------------------ dropping rules


def _needed(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], limits: Limits, effect: str
) -> tuple[str, ...]:
    """The rules of an effect that are left when all are dropped that can be, in order."""
    candidates = _candidates(claim, policy, others, effect)
    if not candidates:
        return ()
    posed = problem(claim, policy, others, frozenset(candidates))
    session = Session(_text(posed, f"(assert {posed.broken})"), limits)
    needed = _enough(session, candidates)
    kept = list(candidates)
    for rule in candidates:
        if needed is not None and rule not in needed:
            kept.remove(rule)
            continue
        tried = [name for name in kept if name != rule]
        enough = _enough(session, tried)
        if enough is not None:
            kept, needed = tried, enough
    return tuple(kept)


def _enough(session: Session, on: Sequence[str]) -> frozenset[str] | None:
    """Some rules of `on` that do, whatever the others say; None unless all of `on` do.

    A forbid (of `always allowed`, a permit) that is switched on besides never makes the claim
    fail: it only forbids more, and makes more of those yield that permit. So what does with the
    other switches free does with all others off, and with any of them on.
    """
    names = Names()
    rules = {names.switch(rule): rule for rule in on}
    found = session.core(rules)
    return None if found is None else frozenset(rules[each] for each in found)


def _candidates(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], effect: str
) -> tuple[str, ...]:
    """The rules of an effect that are in the claim's problem, in order of declaration."""
    scope = scope_of(claim.statement)
    if scope is None:
        present = {rule.name for rule in problem(claim, policy, others).variants[0].rules}
    else:
        present = {rule.name for rule in relevant_rules(policy, scope)}
    return tuple(r.name for r in policy.rules if r.effect == effect and r.name in present)


def _firing(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], limits: Limits
) -> tuple[str, ...]:
    """The permits that decide some request in range."""
    posed = problem(claim, policy, others)
    first = posed.variants[0]
    permits = [r.name for r in policy.rules if r.effect == "permit" and r in first.rules]
    lines = [f"(assert {posed.permitted})"]
    for rule in permits:
        lines.append(f"(declare-const ask.{rule} Bool)")
        lines.append(f"(assert (= ask.{rule} {first.scene.names.applies(rule)}))")
    session = Session(_text(posed, *lines), limits)
    found: set[str] = set()
    for rule in permits:
        if rule not in found:
            match session.check([f"ask.{rule}"]):
                case Satisfiable(model):  # whatever else applies there applies somewhere too
                    found |= {r for r in permits if model.get(f"ask.{r}") is True}
                case _:
                    pass
    return tuple(rule for rule in permits if rule in found)


def _text(posed: Problem, *lines: str) -> str:
    parts = [*posed.preamble, f"(assert {posed.range})", *lines]
    return "\n".join(parts) + "\n"


# ------------------------------------------------------------------ words


def _reads(rule: Rule, fact: Key, policy: Policy, stated: NeverPermits | NeverAffects) -> bool:
    if not rule.scope.meets(stated.scope):
        return False
    return any(fact in read_by(atom) for atom in atoms_of(rule, policy))


def _reading(fact: Key, rules: tuple[str, ...], stated: NeverPermits | NeverAffects) -> str:
    if not rules:
        return f"no rule there reads {fact}"
    if isinstance(stated, NeverAffects):
        return f"read there by {_listed(rules)}, without effect"
    return f"read by {_listed(rules)}, which it can only make {_tendency(stated)}"


def _tendency(stated: NeverPermits) -> str:
    return "stricter" if stated.direction == "more" else "more lenient"


def _verb(rules: tuple[str, ...], one: str, many: str) -> str:
    return f"{_listed(rules)} {one if len(rules) == 1 else many}" if rules else ""


def _listed(rules: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(rules[:-1]), *rules[-1:])))
