"""What a claim says, as functions of answers: where it breaks, where it says something.

`prove.obligations` says the same in terms, `prove.replay` of requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import combinations
from typing import Literal

from privity.lower.binary import Function
from privity.lower.diagram import TooLargeError
from privity.lower.ground import MOST_TOGETHER, Ground, Slice, conditions_of, scope_of
from privity.lower.instances import Conflict, Unsettled, Values
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

Goal = Literal["broken", "case", "permitted"]
"""A request that breaks the claim, of which it says something, that the policy permits.

Each is in the claim's range besides.
"""

MOST_LOOKED_AT = 60_000
"""So many rules, over all slices, are looked at for a claim: more would take many seconds."""
MOST_EXCLUSIONS = 400
MOST_PATHS = 16
"""So many paths are tried in a slice before the search for a request on one is given up."""

TOO_LARGE = Unsettled("its decision diagram would be too large")
TOO_MANY = Unsettled("it would take too many decision diagrams")


class Asked:
    """A claim, asked of the diagrams of some rules: all that can apply where it is asked."""

    def __init__(self, claim: Claim, policy: Policy, other: Policy | None, ground: Ground) -> None:
        self.claim, self.own, self.other, self.ground = claim, policy, other, ground
        self.space, self.conditions = ground.space, ground.conditions
        self._exclusions: list[Function] = []
        self._second = frozenset(rule.name for rule in ground.joint.other)

    @cached_property
    def _about(self) -> Function:
        about = conditions_of(self.claim, self.own)
        return self.space.all(self.conditions.condition(each) for each in about)

    def holds(self, goal: Goal, values: Values, other: Values) -> bool:
        """Whether a request's path leads to the goal. Raises TooLargeError.

        `other` says the request to a second policy.
        """
        answers = self.ground.answers(values, other)
        with self.space.bounded():
            function = self._goal(goal, self.ground.around(answers))
            scope = self.ground.within(self.ground.box(scope_of(self.claim)))
            return self.space.holds(function & scope, answers)

    def request(self, goal: Goal) -> tuple[Values, Values] | Unsettled | None:
        """A request whose path leads to the goal; None if there is none, for certain."""
        with self.space.bounded():
            _ = self._about  # which is not to be too large for a small part of the scope
        unsettled = None
        pieces, waiting, looked_at = self._pieces(goal), list[Slice](), 0
        while (piece := waiting.pop() if waiting else next(pieces, None)) is not None:
            looked_at += 1 + len(piece.rules)
            if looked_at > MOST_LOOKED_AT:
                return TOO_MANY
            halves = self.ground.halves(piece)
            if halves and piece.rule is None and len(piece.rules) > MOST_TOGETHER:
                waiting += reversed(halves)
                continue
            try:
                with self.space.bounded(small=bool(halves)):
                    found = self._request(self._goal(goal, piece))
            except TooLargeError:
                if not halves:
                    return TOO_LARGE
                waiting += reversed(halves)
                continue
            if isinstance(found, tuple):
                return found
            unsettled = unsettled or found
        return unsettled

    def _pieces(self, goal: Goal) -> Iterator[Slice]:
        """Slices that hold every request that fulfils the goal."""
        whole = self.ground.met(self.ground.box(scope_of(self.claim)))
        if len(whole.rules) <= MOST_TOGETHER or not self._needs_a_permit(goal):
            yield whole
        else:
            yield from self.ground.by_permit(whole)

    def _needs_a_permit(self, goal: Goal) -> bool:
        """Whether the goal is only fulfilled where a permit, of either policy, applies."""
        if any(each and each.otherwise == "permit" for each in (self.own, self.other)):
            return False
        match self.claim.statement:
            case Never() | AllowedOnlyIf() | Carries() | AtLeastAsStrict() | DecidesTheSame():
                return goal == "broken"
            case _:
                return goal == "permitted"

    def _request(self, function: Function) -> tuple[Values, Values] | Unsettled | None:
        left = self.space.all([*self._exclusions, function])
        unsettled, tried, excluded = None, 0, 0
        while (path := self.space.path(left)) is not None:
            found = self.ground.finder.request(path)
            match found:
                case Conflict():
                    excluded += 1
                    self._exclusions.append(self.ground.never(found))
                    left = left & self._exclusions[-1]
                case Unsettled():
                    unsettled = unsettled or found
                    left, tried = left & ~self.space.answers(path), tried + 1
                case values:
                    own, other = self.ground.told_apart(values)
                    if self.space.holds(function, self.ground.answers(own, other)):
                        return own, other
                    unsettled = Unsettled("a request that was to lie on its path does not")
                    left, tried = left & ~self.space.answers(path), tried + 1
            if tried > MOST_PATHS or excluded > MOST_EXCLUSIONS:
                return unsettled or Unsettled("too many comparisons exclude each other")
        return unsettled

    # -------------------------------------------------------------- goals

    def _goal(self, goal: Goal, piece: Slice) -> Function:
        """Where a request in the slice fulfils the goal."""
        where = self._about & self.ground.within(piece.box)
        if piece.rule is not None:
            where = where & self.conditions.applies(piece.rule)
        match self.claim.statement:
            case NeverPermits() | NeverAffects():
                return self._of_pairs(goal, piece, where)
            case AtLeastAsStrict() | DecidesTheSame():
                return self._of_two(goal, piece, where)
            case _:
                return self._of_one(goal, piece, where)

    def _of_one(self, goal: Goal, piece: Slice, where: Function) -> Function:
        match goal, self.claim.statement:
            case "broken", AllowedOnlyIf(condition, _):
                return self._permitted(piece, where & ~self.conditions.condition(condition))
            case "broken", AlwaysAllowed() | SometimesAllowed():
                return where & ~self._permitted(piece, where)
            case "broken", Carries(_, duty):
                owed = self.conditions.owes(piece.rules, duty, where)
                return self._permitted(piece, where) & ~owed
            case "case", Never() | AlwaysAllowed() | SometimesAllowed():
                return where
            case _:
                return self._permitted(piece, where)

    def _permitted(self, piece: Slice, where: Function) -> Function:
        rules = [rule for rule in piece.rules if rule.name not in self._second]
        applies = piece.rule is not None and piece.rule.name not in self._second
        return self.conditions.permits(rules, "permit" if applies else self.own.otherwise, where)

    def _of_pairs(self, goal: Goal, piece: Slice, where: Function) -> Function:
        """Two requests that differ in a boolean; each has to be in range."""
        stated = self.claim.statement
        assert isinstance(stated, NeverPermits | NeverAffects)
        sides = list(self._sides(stated, where, self._permitted(piece, where)))
        pairs = [(one, two, one[0] & two[0]) for one, two in combinations(sides, 2)]
        if goal == "case" and isinstance(stated, NeverAffects):
            return self.space.any(both for _, _, both in pairs)
        if goal == "case" or isinstance(stated, NeverAffects):
            return self.space.any(both & (one[1] ^ two[1]) for one, two, both in pairs)
        ((_, holding), (_, not_holding), both) = pairs[0]
        if stated.direction == "more":
            return both & holding & ~not_holding
        return both & not_holding & ~holding

    def _sides(
        self, stated: NeverPermits | NeverAffects, where: Function, permitted: Function
    ) -> Iterator[tuple[Function, Function]]:
        """In range, and permitted, where the fact is true, false, and perhaps `none`."""
        optional = self.own.fact_by_key[stated.fact].optional
        values = (True, False, None) if isinstance(stated, NeverAffects) else (True, False)
        asked = self.conditions.numbers.picks.get(stated.fact)
        for value in values if optional else values[:2]:
            if asked is None:
                yield where, permitted
            else:
                pick, number = asked
                arm = pick.groups.index(frozenset({value}))
                given = self.space.given
                yield given(where, number, arm), given(permitted, number, arm)

    def _of_two(self, goal: Goal, piece: Slice, where: Function) -> Function:
        assert self.other is not None
        stated = self.claim.statement
        assert isinstance(stated, AtLeastAsStrict | DecidesTheSame)
        first = [rule for rule in piece.rules if rule.name not in self._second]
        second = [rule for rule in piece.rules if rule.name in self._second]
        one = self._permitted(piece, where)
        two = self.conditions.permits(second, self.other.otherwise, where)
        if goal == "case":
            return one if isinstance(stated, AtLeastAsStrict) else where
        broken = one & ~two if isinstance(stated, AtLeastAsStrict) else one ^ two
        if stated.outcomes_only:
            return broken
        lost = list(self._lost(first, second, one & two))
        if isinstance(stated, DecidesTheSame):
            lost += self._lost(second, first, one & two)
        return self.space.any([broken, *lost])

    def _lost(self, strict: list[Rule], loose: list[Rule], both: Function) -> Iterator[Function]:
        """Where the looser side owes a duty that the stricter does not owe."""
        for duty in dict.fromkeys(duty.name for rule in loose for duty in rule.duties):
            owed = self.conditions.owes(loose, duty, both)
            yield owed & ~self.conditions.owes(strict, duty, both)
