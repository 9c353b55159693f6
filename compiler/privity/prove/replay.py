"""Claims over one request, by the semantics alone: what every counterexample must pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from privity.model.formula import Formula, Key
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
    SometimesAllowed,
)
from privity.prove.obligations import scope_of
from privity.semantics.decide import applying_rules, permits
from privity.semantics.evaluate import World, evaluate
from privity.semantics.nodes import Plain

Values = Mapping[Key, Plain]
"""A complete request: every role, `data` among them, and every fact."""


@dataclass(frozen=True)
class Side:
    """One decision about the request, as the semantics takes it."""

    label: str
    policy: Policy
    values: Values
    permits: bool
    applying: Mapping[str, bool]
    near: tuple[Rule, ...]
    """The rules whose scope holds the request, in order of declaration; no other applies."""

    @property
    def deciding(self) -> tuple[str, ...]:
        wanted = "permit" if self.permits else "forbid"
        return tuple(r.name for r in self.near if r.effect == wanted and self.applying[r.name])

    def owes(self, duty: str) -> bool:
        return self.permits and any(
            self.applying[r.name] and any(d.name == duty for d in r.duties) for r in self.near
        )


@dataclass(frozen=True)
class Replay:
    """`in_range`: the claim is about this request. `broken`: it does not hold of it."""

    sides: tuple[Side, ...]
    in_range: bool
    broken: bool
    case: bool
    """The claim says something about this request, if it is in range."""

    @property
    def breaks(self) -> bool:
        return self.in_range and self.broken


def replay(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], values: Values, other: Values
) -> Replay:
    """How the claim fares on a request. `other` holds the values for a second policy's facts."""
    sides = tuple(_sides(claim, policy, others, values, other))
    if _is_pairwise(claim):
        sides = tuple(side for side in sides if _in_range(claim, policy, side.values))
        in_range = len(sides) > 1
    else:
        in_range = _in_range(claim, policy, sides[0].values)
    broken = bool(sides) and _broken(claim, policy, sides)
    return Replay(sides, in_range, broken, bool(sides) and _case(claim, sides))


def side(label: str, policy: Policy, values: Values) -> Side:
    """A decision by the semantics; `policy` as it bears on these roles decides the same."""
    roles = {role: leaf for role in policy.roles if isinstance(leaf := values[role], int)}
    near = policy.parts.at(roles)
    applying = applying_rules(near, World(values, near.definitions))
    return Side(label, policy, values, permits(near, applying), applying, near.rules)


def _sides(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], values: Values, other: Values
) -> Iterator[Side]:
    match claim.statement:
        case NeverPermits(fact, _, _) | NeverAffects(fact, _):
            yield side(f"{fact} true", policy, {**values, fact: True})
            yield side(f"{fact} false", policy, {**values, fact: False})
            if isinstance(claim.statement, NeverAffects) and policy.fact_by_key[fact].optional:
                yield side(f"{fact} none", policy, {**values, fact: None})
        case AtLeastAsStrict(name, _) | DecidesTheSame(name, _):
            yield side(policy.name, policy, values)
            yield side(name, others[name], other)
        case _:
            yield side(policy.name, policy, values)


def _is_pairwise(claim: Claim) -> bool:
    """Whether the claim is about requests that differ in one fact; each must be in range."""
    return isinstance(claim.statement, NeverPermits | NeverAffects)


def _in_range(claim: Claim, policy: Policy, values: Values) -> bool:
    scope = scope_of(claim.statement)
    if scope is not None and any(values[r] not in leaves for r, leaves in scope.roles.items()):
        return False
    conditions = (claim.when, claim.assuming, *(a.formula for a in policy.assumptions))
    return all(_holds(formula, policy, values) for formula in conditions)


def _holds(formula: Formula, policy: Policy, values: Values) -> bool:
    return evaluate(formula, World(values, policy.definitions))


def _broken(claim: Claim, policy: Policy, sides: tuple[Side, ...]) -> bool:
    first, last = sides[0], sides[-1]
    match claim.statement:
        case Never():
            return first.permits
        case AllowedOnlyIf(condition, _):
            return first.permits and not _holds(condition, policy, first.values)
        case AlwaysAllowed() | SometimesAllowed():
            return not first.permits
        case NeverPermits(_, "more", _):
            return len(sides) == 2 and first.permits and not last.permits
        case NeverPermits():
            return len(sides) == 2 and last.permits and not first.permits
        case NeverAffects():
            return len({side.permits for side in sides}) > 1
        case AtLeastAsStrict(_, outcomes_only):
            looser = first.permits and not last.permits
            return looser or (not outcomes_only and _loses_duty(first, last))
        case DecidesTheSame(_, outcomes_only):
            if first.permits != last.permits:
                return True
            return not outcomes_only and (_loses_duty(first, last) or _loses_duty(last, first))
        case Carries(_, duty):
            return first.permits and not first.owes(duty)
        case _:
            assert_never(claim.statement)


def _case(claim: Claim, sides: tuple[Side, ...]) -> bool:
    match claim.statement:
        case AllowedOnlyIf() | AtLeastAsStrict() | Carries():
            return sides[0].permits
        case NeverPermits():
            return len({side.permits for side in sides}) > 1
        case _:
            return True


def _loses_duty(strict: Side, loose: Side) -> bool:
    names = {duty.name for rule in loose.policy.rules for duty in rule.duties}
    return strict.permits and any(loose.owes(n) and not strict.owes(n) for n in names)
