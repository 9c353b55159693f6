"""Verdicts held against a second procedure, which decides claims without a solver.

It confirms that no request fulfils a goal by there being no path to it, and that some request
does by that request's path, once the request replays through the semantics. Where it finds paths
and no request on any of them it is *not applicable*, which is no disagreement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from privity.model.nodes import Claim, Policy, SometimesAllowed
from privity.prove.nodes import Opinion, Verdict
from privity.prove.replay import Replay, Values, replay

Goal = Literal["broken", "case", "permitted"]
"""A request in the claim's range that breaks it, is a case of it, is permitted."""

Told = tuple[Values, Values]
"""A complete request, as the claim's policy names it and as a second policy does."""


class Unsettled(Protocol):
    """Why the procedure does not know."""

    @property
    def reason(self) -> str: ...


class Paths(Protocol):
    """What the second procedure knows of a claim."""

    def holds(self, goal: Goal, values: Values, other: Values) -> bool | Unsettled:
        """Whether the path of a request leads to the goal."""

    def request(self, goal: Goal) -> Told | Unsettled | None:
        """A request whose path leads to the goal; None if there is none, for certain."""


Second = Callable[[Claim, Policy, Mapping[str, Policy]], Paths]
"""A second procedure. Must be picklable where claims are proved by several processes."""


@dataclass(frozen=True, slots=True)
class _Contradiction:
    why: str
    values: Values


@dataclass(frozen=True)
class Scrutiny:
    """A claim, to be held against the second procedure."""

    claim: Claim
    policy: Policy
    others: Mapping[str, Policy]
    second: Second | None

    def of(self, verdict: Verdict, blank: Verdict, found: Told | None) -> Verdict:
        """The verdict with the second opinion; *unknown* where that contradicts it.

        `found` is the request that the verdict rests on, which has been replayed: a
        counterexample, a case of what is proved, what is sometimes allowed.
        """
        if self.second is None or verdict.disagreement or verdict.verdict == "unknown":
            return verdict
        paths = self.second(self.claim, self.policy, self.others)
        said = [self._said(paths, goal, at) for goal, at in self._expected(verdict, found)]
        for each in said:
            if isinstance(each, _Contradiction):
                return replace(blank, why=each.why, disagreement=True, witness=each.values)
        reasons = [each for each in said if isinstance(each, str)]
        return replace(verdict, diagram=Opinion(reasons[0] if reasons else None))

    def _expected(self, verdict: Verdict, found: Told | None) -> Iterator[tuple[Goal, Told | None]]:
        """What must be so if the verdict is right: goals, each with a request on a path to it.

        There must be no path to the others.
        """
        match self.claim.statement, verdict.verdict:
            case SometimesAllowed(), _:
                yield "permitted", found if verdict.verdict == "proved" else None
            case _, "proved":
                yield "broken", None
                yield "case", found
            case _, "refuted":
                yield "broken", found
            case _:
                yield "case", None

    def _said(self, paths: Paths, goal: Goal, at: Told | None) -> _Contradiction | str | None:
        """None where the procedure agrees; a reason where it does not know."""
        if at is not None:
            match paths.holds(goal, *at):
                case True:
                    return None
                case False:
                    return _Contradiction(f"the decision diagram knows no {_WORDS[goal]}", at[0])
                case unsettled:
                    return unsettled.reason
        match paths.request(goal):
            case None:
                return None
            case (values, other):
                replayed = replay(self.claim, self.policy, self.others, values, other)
                lead = "the decision diagram leads to"
                if not _fulfils(replayed, goal):
                    return _Contradiction(
                        f"{lead} a {_WORDS[goal]} that the semantics does not know", values
                    )
                return _Contradiction(f"{lead} a {_WORDS[goal]}, the solver to none", values)
            case unsettled:
                return unsettled.reason


_WORDS: Mapping[Goal, str] = {
    "broken": "disclosure that breaks the claim",
    "case": "case of the claim",
    "permitted": "disclosure that is permitted",
}


def _fulfils(replayed: Replay, goal: Goal) -> bool:
    match goal:
        case "broken":
            return replayed.breaks
        case "case":
            return replayed.in_range and replayed.case
        case "permitted":
            return replayed.in_range and not replayed.broken
