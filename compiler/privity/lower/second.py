"""Claims by decision diagram: the prover's second procedure, which knows nothing of the first.

A claim's goal is a function of the answers to questions. Every request answers all questions, and
its answers settle every atom; so a goal that no answers lead to is one that no request fulfils:
absence of a path is sound, whatever the questions are. The converse needs a request on the path.

Where answers exclude each other (dates that cannot lie so, leaves that cannot be the same), the
paths through them are cut off, one exclusion after the other, each certain by itself; no axiom
about pairs or cycles of comparisons is assumed. What is cut off is the path of no request.

The requests of a claim are looked at in slices, boxes of roles in which few rules can apply:
elsewhere a rule's scope does not match, so leaving it out changes no decision. Where a goal needs
a permit, there is a slice for each; together they hold every request that fulfils the goal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from privity.lower.diagram import TooLargeError
from privity.lower.goals import TOO_LARGE, TOO_MANY, Asked, Goal
from privity.lower.ground import Ground, Index, scope_of
from privity.lower.instances import Unsettled, Values
from privity.lower.joint import ApartError, Joint, joint
from privity.model.nodes import (
    AtLeastAsStrict,
    Claim,
    DecidesTheSame,
    Policy,
    Role,
    Rule,
)

Leaves = Mapping[Role, frozenset[int]]
LARGE = 64
"""Of a policy of more rules, only those whose scope meets the claim's are looked at: what is said
of the claim is the same where others are left out. The prover calls the same policies large."""
MOST_COMPARED = 5_000
"""Two policies of more rules are compared at single requests, but not everywhere."""


class Procedure:
    """Decision diagrams of policies, made once for all claims about them.

    A copy, as another process gets it, starts with none.
    """

    def __init__(self) -> None:
        self._grounds: list[tuple[Policy, Policy | None, Ground]] = []
        self._indices: list[tuple[Policy, Index]] = []

    def __reduce__(self) -> tuple[type[Procedure], tuple[()]]:
        return Procedure, ()

    def __call__(self, claim: Claim, policy: Policy, others: Mapping[str, Policy]) -> Paths:
        """What the diagram knows of a claim."""
        match claim.statement:
            case AtLeastAsStrict(name, _) | DecidesTheSame(name, _):
                return Paths(self, claim, policy, others[name])
            case _:
                return Paths(self, claim, policy, None)

    def ground(
        self, claim: Claim, policy: Policy, other: Policy | None, at: Leaves | None
    ) -> Ground:
        """Where to ask a claim, of all requests or only of those `at` these leaves.

        All that is asked of small policies is asked in one place. Raises ApartError and
        TooLargeError.
        """
        number = len(policy.rules) + (len(other.rules) if other else 0)
        leaves = _leaves(claim) if at is None else at
        if number > LARGE and leaves is not None:
            return _made(
                policy, other, [self._meeting(each, leaves) for each in (policy, other)], (claim,)
            )
        for one, two, ground in self._grounds:
            if one is policy and two is other and claim in policy.claims:
                return ground
        claims = policy.claims if claim in policy.claims else (claim,)
        ground = _made(policy, other, [policy.rules, other.rules if other else ()], claims)
        if claims is policy.claims:
            self._grounds.append((policy, other, ground))
        return ground

    def _meeting(self, policy: Policy | None, leaves: Leaves) -> tuple[Rule, ...]:
        if policy is None:
            return ()
        for one, index in self._indices:
            if one is policy:
                return index.meeting(leaves)
        self._indices.append((policy, Index(policy)))
        return self._indices[-1][1].meeting(leaves)


def _leaves(claim: Claim) -> Leaves | None:
    scope = scope_of(claim)
    return None if scope is None else scope.roles


def _made(
    policy: Policy,
    other: Policy | None,
    rules: Sequence[tuple[Rule, ...]],
    claims: tuple[Claim, ...],
) -> Ground:
    """`rules` are those looked at, of the one and of the other policy."""
    both = Joint(policy, (), {}) if other is None else joint(policy, other, rules[1])
    return Ground(both, (*rules[0], *both.other), claims)


class Paths:
    """The paths of one claim, looked for where they are asked for."""

    def __init__(
        self, procedure: Procedure, claim: Claim, policy: Policy, other: Policy | None
    ) -> None:
        self._procedure, self._of = procedure, (claim, policy, other)

    def holds(self, goal: Goal, values: Values, other: Values) -> bool | Unsettled:
        """Whether a request's path leads to the goal. `other` says it to a second policy."""
        _, policy, _ = self._of
        at = {
            role: frozenset({leaf})
            for role in policy.roles
            if isinstance(leaf := values[role], int)
        }
        try:
            return self._asked(at).holds(goal, values, other)
        except ApartError as reason:
            return Unsettled(str(reason))
        except TooLargeError:
            return TOO_LARGE

    def request(self, goal: Goal) -> tuple[Values, Values] | Unsettled | None:
        """A request whose path leads to the goal; None if there is none, for certain."""
        try:
            return self._asked(None).request(goal) if self._comparable() else TOO_MANY
        except ApartError as reason:
            return Unsettled(str(reason))
        except TooLargeError:
            return TOO_LARGE

    def _comparable(self) -> bool:
        """Whether two policies are small enough to be compared everywhere."""
        _, policy, other = self._of
        return other is None or len(policy.rules) + len(other.rules) <= MOST_COMPARED

    def _asked(self, at: Leaves | None) -> Asked:
        return Asked(*self._of, self._procedure.ground(*self._of, at))
