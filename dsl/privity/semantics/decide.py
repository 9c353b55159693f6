"""Decisions: the definition. `privity.symbolic.rules` mirrors `applying` and `permits`.

A partial request is decided by its completions, all of them, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from privity.model.formula import Atom, Key, facts_of, read_by
from privity.model.nodes import Outcome, Policy, Rule
from privity.semantics.cells import MOST_COMPLETIONS, Axes, axes_of, live_rules
from privity.semantics.evaluate import World, evaluate, evaluate_linear
from privity.semantics.nodes import Decision, OwedDuty, Plain, Request


def applies(rule: Rule, world: World, applying: Mapping[str, bool]) -> bool:
    """Whether `rule` applies to a complete request. `applying` tells of those it yields to."""
    return (
        all(world.values[role] in leaves for role, leaves in rule.scope.roles.items())
        and evaluate(rule.when, world)
        and not evaluate(rule.unless, world)
        and not any(applying[name] for name in rule.yields_to)
    )


def applying_rules(policy: Policy, world: World) -> Mapping[str, bool]:
    """For each rule, whether it applies to the complete request `world`."""
    found: dict[str, bool] = {}
    for rule in policy.rules_in_order:
        found[rule.name] = applies(rule, world, found)
    return found


def permits(policy: Policy, applying: Mapping[str, bool]) -> bool:
    """Forbid beats permit; where neither applies, what the policy says otherwise."""
    if any(applying[rule.name] for rule in policy.rules if rule.effect == "forbid"):
        return False
    if any(applying[rule.name] for rule in policy.rules if rule.effect == "permit"):
        return True
    return policy.otherwise == "permit"


# ------------------------------------------------------------------ completions


@dataclass(frozen=True)
class Case:
    """One completion of a request, decided for each of its data categories."""

    choice: tuple[object, ...]
    applying: tuple[Mapping[str, bool], ...]
    permitted: tuple[bool, ...]

    @cached_property
    def permits(self) -> bool:
        return all(self.permitted)

    def applies(self, rule: Rule) -> bool:
        return any(applying[rule.name] for applying in self.applying)

    def decides(self, rule: Rule) -> bool:
        """A forbid decides wherever it applies, a permit where all is permitted."""
        return self.applies(rule) and (rule.effect == "forbid" or self.permits)


def decide(policy: Policy, request: Request) -> Decision:
    """What the policy says of a partial or complete request."""
    axes = axes_of(policy, request)
    if axes.completions > MOST_COMPLETIONS:
        return _too_many(policy, request, axes)
    cases = [_case(policy, request, axes, choice) for choice in _choices(axes)]
    deciding = [rule for rule in policy.rules if all(case.decides(rule) for case in cases)]
    return Decision(
        outcome=_outcome(cases),
        rules=tuple(rule.name for rule in deciding),
        citations=_citations(deciding),
        missing=tuple(_missing(axes, cases)),
        duties=tuple(_duties(policy, request, cases)),
        permitted_data=tuple(
            category
            for number, category in enumerate(request.data)
            if all(case.permitted[number] for case in cases)
        ),
    )


def _choices(axes: Axes) -> Iterator[tuple[object, ...]]:
    return product(*axes.cells.values(), *((False, True) for _ in axes.opaque))


def _case(policy: Policy, request: Request, axes: Axes, choice: tuple[object, ...]) -> Case:
    cells: dict[Key, Plain] = dict(zip(axes.cells, choice, strict=False))  # type: ignore[arg-type]
    free: dict[Atom, bool] = dict(zip(axes.opaque, choice[len(cells) :], strict=True))  # type: ignore[arg-type]
    values = {**_anything(policy), **request.values, **cells}
    worlds = [World({**values, "data": c}, policy.definitions, free) for c in request.data]
    applying = tuple(applying_rules(policy, world) for world in worlds)
    return Case(choice, applying, tuple(permits(policy, one) for one in applying))


def _anything(policy: Policy) -> dict[Key, Plain]:
    """A value for what is irrelevant: no live rule can tell it from another."""
    return dict.fromkeys(policy.roles, 0)


def _outcome(cases: list[Case]) -> Outcome:
    outcomes = {case.permits for case in cases}
    if len(outcomes) == 2:
        return "unknown"
    return "permit" if True in outcomes else "deny"


def _missing(axes: Axes, cases: list[Case]) -> Iterator[Key]:
    """The variables of which alone (and of opaque atoms about it) the outcome may hang."""
    for position, variable in enumerate(axes.cells):
        with_it = [len(axes.cells) + n for n, a in enumerate(axes.opaque) if variable in read_by(a)]
        hidden = {position, *with_it}
        outcomes: dict[tuple[object, ...], bool] = {}
        for case in cases:
            rest = tuple(c for n, c in enumerate(case.choice) if n not in hidden)
            if outcomes.setdefault(rest, case.permits) != case.permits:
                yield variable
                break


def _citations(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(cite) for rule in rules for cite in rule.citations))


def _duties(policy: Policy, request: Request, cases: list[Case]) -> Iterator[OwedDuty]:
    for rule in policy.rules:
        if rule.duties and any(case.permits and case.applies(rule) for case in cases):
            yield from _owed(rule, policy, request)


def _owed(rule: Rule, policy: Policy, request: Request) -> Iterator[OwedDuty]:
    world = World(request.values, policy.definitions)
    for duty in rule.duties:
        day = None
        if duty.deadline is not None:
            facts = facts_of(duty.deadline.terms)
            if all(request.values.get(fact) is not None for fact in facts):
                day = evaluate_linear(duty.deadline, world)
        yield OwedDuty(rule.name, duty.name, duty.deadline is not None, day)


def _too_many(policy: Policy, request: Request, axes: Axes) -> Decision:
    """More completions than are looked at: nothing is said that might be wrong."""
    permitting = [rule for rule in live_rules(policy, request) if rule.effect == "permit"]
    duties = [duty for rule in permitting for duty in _owed(rule, policy, request)]
    return Decision("unknown", (), (), tuple(axes.cells), tuple(duties), ())
