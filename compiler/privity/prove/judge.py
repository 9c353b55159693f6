"""The verdict of one claim.

Soundness. The obligation's models are the complete requests in the claim's range that break it
(calendar shifts apart, for which it has more models, never fewer). *Proved* is said only where
the solver finds it unsatisfiable and the claim's case satisfiable; *refuted* only with a request
that breaks the claim when replayed through the semantics. Everything else is *unknown*, and so is
a verdict that a second procedure contradicts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from privity.model.formula import Key, Plain
from privity.model.nodes import (
    AllowedOnlyIf,
    AtLeastAsStrict,
    Carries,
    Claim,
    Never,
    NeverPermits,
    Policy,
    SometimesAllowed,
)
from privity.prove.differences import is_large
from privity.prove.laboratory import Laboratory
from privity.prove.nodes import Verdict
from privity.prove.obligations import IncomparableError, Problem, problem
from privity.prove.refute import Scene, blame_of, counterexample
from privity.prove.replay import Replay, replay
from privity.prove.second import Scrutiny
from privity.prove.why import why_proved
from privity.symbolic import factory, months
from privity.symbolic.factory import Term
from privity.symbolic.solver import (
    Answer,
    GaveUp,
    Limits,
    Satisfiable,
    Unsatisfiable,
    apart,
    solve,
)

if TYPE_CHECKING:
    from privity.prove.run import Options

MOST_REFINEMENTS = 64
MOST_WAYS = 16


@dataclass(frozen=True, slots=True)
class Found:
    """A request that fulfils the goal, replayed; `other` are a second policy's facts."""

    values: dict[Key, Plain]
    other: dict[Key, Plain]
    replayed: Replay


@dataclass(frozen=True, slots=True)
class Spurious:
    """The solver's models do not replay, and refinement did not help: `reason` says how far."""

    reason: str
    disagreement: bool


def judge(claim: Claim, policy: Policy, others: Mapping[str, Policy], options: Options) -> Verdict:
    """The verdict, without the time it took. Raises InternalError where engines contradict.

    It depends on nothing that was asked before, its counterexample included.
    """
    with apart():
        return _judged(claim, policy, others, options)


def _judged(
    claim: Claim, policy: Policy, others: Mapping[str, Policy], options: Options
) -> Verdict:
    blank = blank_verdict(claim, policy)
    expired = [a for a in policy.assumptions if a.until < options.as_of]
    if expired:
        names = ", ".join(f"{a.name} ({a.until})" for a in expired)
        return replace(blank, why=f"rests on an assumption that has expired: {names}")
    try:
        posed = problem(claim, policy, others)
    except IncomparableError as reason:
        return replace(blank, why=str(reason))
    goal = posed.permitted if isinstance(claim.statement, SometimesAllowed) else posed.broken
    text = posed.obligation(goal)
    digest = hashlib.sha256(text.encode()).hexdigest()
    blank = replace(blank, obligation=text, obligation_sha256=digest)
    case = _Case(claim, policy, others, options, posed)
    if isinstance(claim.statement, SometimesAllowed):
        return case.sometimes(blank)
    return case.universal(blank)


def blank_verdict(claim: Claim, policy: Policy) -> Verdict:
    """*Unknown*, with what is known of a claim before anything is asked."""
    expected = [e.because for e in claim.expected if e.policy == policy.name]
    return Verdict(
        claim=claim,
        policy=policy.name,
        verdict="unknown",
        why="",
        readings=claim.readings,
        assumptions=tuple(a.name for a in policy.assumptions),
        expected=expected[0] if expected else None,
    )


@dataclass(frozen=True)
class _Case:
    """A claim, its problem and how to go about it."""

    claim: Claim
    policy: Policy
    others: Mapping[str, Policy]
    options: Options
    problem: Problem

    @property
    def limits(self) -> Limits:
        return self.options.limits

    def scrutinised(self, verdict: Verdict, blank: Verdict, found: Found | None) -> Verdict:
        """The verdict, which rests on the request `found`, held against a second procedure."""
        scrutiny = Scrutiny(self.claim, self.policy, self.others, self.options.second)
        return scrutiny.of(verdict, blank, None if found is None else (found.values, found.other))

    def universal(self, blank: Verdict) -> Verdict:
        """For claims about every request: look for one that breaks it."""
        found = self.search(self.problem.broken, lambda replayed: replayed.breaks)
        match found:
            case None:
                return self.proved(blank)
            case Found():
                return self.scrutinised(self.refuted(blank, found), blank, found)
            case Spurious(reason, disagreement):
                return replace(blank, why=reason, disagreement=disagreement)
            case GaveUp(reason):
                return replace(blank, why=f"the solver gave up: {reason}")

    def sometimes(self, blank: Verdict) -> Verdict:
        """For `sometimes allowed`: look for a request that is permitted."""
        found = self.search(
            self.problem.permitted, lambda replayed: replayed.in_range and not replayed.broken
        )
        match found:
            case None:
                return self.scrutinised(self.never_allowed(blank), blank, None)
            case Found(values, _, replayed):
                rules = replayed.sides[0].deciding
                why = f"{' and '.join(rules) or 'no rule forbids'}: such a disclosure is shown"
                shown = replace(blank, verdict="proved", why=why, because=rules, witness=values)
                return self.scrutinised(self.with_readings(shown), blank, found)
            case Spurious(reason, disagreement):
                return replace(blank, why=reason, disagreement=disagreement)
            case GaveUp(reason):
                return replace(blank, why=f"the solver gave up: {reason}")

    def proved(self, blank: Verdict) -> Verdict:
        case = self.some_case()
        if case is None and self.problem.places is not None:
            # Where the two policies differ the claim says nothing, but it may elsewhere.
            alone = problem(self.claim, self.policy, self.others, alone=True)
            case = replace(self, problem=alone).some_case()
        match case:
            case None:
                return self.scrutinised(self.vacuous(blank), blank, None)
            case Spurious(reason, disagreement):
                why = f"no case of it was found: {reason}"
                return replace(blank, why=why, disagreement=disagreement)
            case GaveUp(reason):
                return replace(blank, why=f"holds, perhaps for want of a case: {reason}")
            case Found():
                pass
        reasons = why_proved(self.claim, self.policy, self.others, self.limits)
        witness = case.values if self.options.witness else None
        shown = replace(
            blank, verdict="proved", why=reasons.words, because=reasons.rules, witness=witness
        )
        return self.scrutinised(self.with_readings(shown), blank, case)

    def some_case(self) -> Found | Spurious | GaveUp | None:
        return self.search(self.problem.case, lambda replayed: replayed.in_range and replayed.case)

    def vacuous(self, blank: Verdict) -> Verdict:
        if self.contradictory():
            return replace(blank, why="the assumptions contradict each other")
        return replace(blank, verdict="vacuous", why=self.emptiness())

    def emptiness(self) -> str:
        """Why the claim says nothing."""
        under = " under the assumptions" if self.policy.assumptions else ""
        match self.claim.statement:
            case AllowedOnlyIf() | AtLeastAsStrict() | Carries():
                return f"nothing is permitted there{under}, so the claim says nothing"
            case NeverPermits(fact, _, _):
                return f"{fact} changes no outcome there{under}, so the claim says nothing"
            case _:
                return f"no disclosure meets its scope and conditions{under}"

    def contradictory(self) -> bool:
        """No request fulfils the policy's assumptions."""
        lines = [*self.problem.preamble, f"(assert {self.problem.assumed})", ""]
        return isinstance(solve("\n".join(lines), self.limits), Unsatisfiable)

    def never_allowed(self, blank: Verdict) -> Verdict:
        match Laboratory(self.problem, self.limits).ask("ask.range"):
            case Unsatisfiable() if self.contradictory():
                return replace(blank, why="the assumptions contradict each other")
            case Unsatisfiable():
                return replace(
                    blank, verdict="refuted", why="no disclosure meets its scope and conditions"
                )
            case GaveUp(reason):
                return replace(blank, why=f"the solver gave up: {reason}")
            case Satisfiable():
                twin = replace(self.claim, statement=Never(self.claim.statement.scope))  # type: ignore[union-attr]
                why = why_proved(twin, self.policy, self.others, self.limits)
                blame = tuple(blame_of(self.policy, rule) for rule in why.rules)
                words = f"none of these is ever permitted: {why.words}"
                return replace(blank, verdict="refuted", why=words, because=why.rules, blame=blame)

    def refuted(self, blank: Verdict, found: Found) -> Verdict:
        """Of the ways in which the claim breaks, the one for which least has to be known."""
        scene = Scene(self.claim, self.policy, self.others, self.problem)
        ways = [found, *self.other_ways()]
        shown = [counterexample(blank, scene, self.limits, way) for way in ways]
        replays = tuple(each for verdict in shown for each in verdict.replays)
        return replace(min(shown, key=_complexity), replays=replays)

    def other_ways(self) -> Iterator[Found]:
        """A request for each rule under which the claim breaks, in order of declaration."""
        if is_large(self.policy, self.others):
            return
        first = self.problem.variants[0]
        present = [rule for rule in self.policy.rules if rule in first.rules]
        for rule in present[:MOST_WAYS]:
            goal = factory.conjunction([self.problem.broken, first.scene.names.applies(rule.name)])
            found = self.search(goal, lambda replayed: replayed.breaks)
            if isinstance(found, Found):
                yield found

    def with_readings(self, verdict: Verdict) -> Verdict:
        """The readings that the claim, or a rule it is proved by, rests on."""
        rules = [self.policy.rule_by_name[r] for r in verdict.because]
        names = [*verdict.readings, *(name for rule in rules for name in rule.readings)]
        return replace(verdict, readings=tuple(dict.fromkeys(names)))

    def search(
        self, goal: Term, wanted: Callable[[Replay], bool]
    ) -> Found | Spurious | GaveUp | None:
        """A request in range that fulfils `goal` and replays as `wanted`; None if there is none.

        A model that does not replay must owe it to a calendar shift; the shift's exact meaning
        around the model's day is added and the search repeated.
        """
        refinements: list[Term] = []
        laboratory = Laboratory(self.problem, self.limits)
        for _ in range(MOST_REFINEMENTS):
            result = solve(self.problem.obligation(goal, refinements=refinements), self.limits)
            match result:
                case Unsatisfiable():
                    return None
                case GaveUp():
                    return result
                case Satisfiable(answer):
                    values, other = laboratory.read(answer), laboratory.read_other(answer)
                    replayed = replay(self.claim, self.policy, self.others, values, other)
                    if wanted(replayed):
                        return Found(values, other, replayed)
                    more = _refined(self.problem, answer)
                    if not set(more) - set(refinements):
                        return Spurious("the solver's model does not replay", True)
                    refinements += [term for term in more if term not in refinements]
        return Spurious("calendar months were refined too often", False)


def _refined(posed: Problem, answer: Answer) -> list[Term]:
    """The exact meaning of every shift around the day that a model gives it."""
    terms = []
    for (day, count), name in posed.shared.shifts.items():
        value = answer.get(f"{name}.day")
        if value is not None:
            terms.append(months.refinement(day, count, name, int(value)))
    return terms


def _complexity(verdict: Verdict) -> tuple[int, int]:
    """How much a reader has to take in: facts that matter, then roles that are not wide."""
    assert verdict.counterexample is not None
    region = verdict.counterexample.region
    return len(region.facts), -sum(len(leaves) for leaves in region.roles.values())
