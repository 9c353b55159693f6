"""What claims are asked of: a policy's rules, or two policies', over one set of questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from privity.lower.atoms import formula_atoms, rule_atoms
from privity.lower.binary import Function, Space
from privity.lower.conditions import Conditions
from privity.lower.instances import Conflict, Finder, Values, answers_of
from privity.lower.joint import Joint
from privity.lower.questions import holding, questions_of
from privity.model.formula import Atom, Formula, Key, Plain, Within
from privity.model.nodes import (
    AllowedOnlyIf,
    AtLeastAsStrict,
    Claim,
    DecidesTheSame,
    Policy,
    Role,
    Rule,
    Scope,
)

MOST_TOGETHER = 60
"""So many rules are joined in one diagram; boxes in which more may apply are divided."""

Box = tuple[int, ...]
"""For each role that is asked about, a set of answers, as the bits of an integer."""


@dataclass(frozen=True)
class Slice:
    """A box of answers about roles, with the rules whose scopes meet it."""

    box: Box
    inside: Sequence[tuple[Rule, Box]]

    @property
    def rules(self) -> list[Rule]:
        return [rule for rule, _ in self.inside]

    def halves(self) -> list[Slice]:
        """Two slices that part this one; none where it is a single answer about each role."""
        widest = max(range(len(self.box)), key=lambda n: self.box[n].bit_count(), default=0)
        if not self.box or self.box[widest].bit_count() < 2:
            return []
        members = sorted(_members(self.box[widest]))
        low = sum(1 << n for n in members[: len(members) // 2])
        parted = (low, self.box[widest] & ~low)
        boxes = ((*self.box[:widest], half, *self.box[widest + 1 :]) for half in parted)
        return [_met(box, self.inside) for box in boxes]


class Ground:
    """A vocabulary's questions, and the rules of one policy or of two."""

    def __init__(self, joint: Joint, rules: Sequence[Rule], claims: Iterable[Claim]) -> None:
        self.joint, self.policy = joint, joint.policy
        atoms = dict.fromkeys(atom for rule in rules for atom in rule_atoms(self.policy, rule))
        for claim in claims:
            atoms |= dict.fromkeys(_atoms(claim, self.policy))
        self.space = Space(questions_of(self.policy, list(atoms)), len(rules))
        self.conditions = Conditions(self.policy, self.space, {rule.name for rule in rules})
        self.finder = Finder(self.space.questions, self.policy)
        picks = self.conditions.numbers.picks
        self._roles: dict[Role, int] = {r: picks[r][1] for r in self.policy.roles if r in picks}
        self._bits: dict[tuple[Role, frozenset[int]], int] = {}
        self._boxes = [(rule, self.box(rule.scope)) for rule in rules]

    # -------------------------------------------------------------- boxes

    def box(self, scope: Scope | None) -> Box:
        """The box of a scope, which parts no group of leaves; of everything where it is None."""
        taxonomies = self.policy.roles
        return tuple(
            self._held(role, scope.roles[role] if scope else taxonomies[role].values[0].leaves)
            for role in self._roles
        )

    def _held(self, role: Role, leaves: frozenset[int]) -> int:
        if (role, leaves) not in self._bits:
            # A scope parts no group: it was among the atoms that made the groups.
            _, held = holding(Within(role, leaves), self.policy, self.conditions.numbers)
            self._bits[role, leaves] = sum(1 << arm for arm in held[self._roles[role]])
        return self._bits[role, leaves]

    def whole(self, scope: Scope | None) -> Slice:
        return _met(self.box(scope), self._boxes)

    def within(self, box: Box) -> Function:
        """True iff the roles' answers lie in the box."""
        numbers = zip(self._roles.values(), box, strict=True)
        return self.space.all(self.space.answered(n, _members(held)) for n, held in numbers)

    def around(self, answers: Mapping[int, int]) -> Slice:
        """The box of one request."""
        return _met(tuple(1 << answers[n] for n in self._roles.values()), self._boxes)

    # -------------------------------------------------------------- requests

    def answers(self, values: Values, other: Values) -> dict[int, int]:
        """What a request answers; `other` says the same to the second policy."""
        own = {name: other[key] for key, name in self.joint.renamed.items()}
        return answers_of(self.space.questions, {**values, **own})

    def told_apart(self, values: Mapping[Key, Plain]) -> tuple[Values, Values]:
        """The values of a request as each of the policies names them."""
        renamed = self.joint.renamed
        back = {key: values[name] for key, name in renamed.items()}
        own = {key: value for key, value in values.items() if key not in renamed.values()}
        return own, {**own, **back}

    def never(self, conflict: Conflict) -> Function:
        """That it does not happen, which is true of the answers of every request."""
        parts = (self.space.answered(number, held) for number, held in conflict.arms.items())
        return ~self.space.all(parts)


def scope_of(claim: Claim) -> Scope | None:
    """None where a claim is about every disclosure."""
    stated = claim.statement
    return None if isinstance(stated, AtLeastAsStrict | DecidesTheSame) else stated.scope


def conditions_of(claim: Claim, policy: Policy) -> tuple[Formula, ...]:
    """What holds of the requests that a claim is about, its scope apart."""
    return (claim.when, claim.assuming, *(each.formula for each in policy.assumptions))


def _atoms(claim: Claim, policy: Policy) -> Iterator[Atom]:
    scope, stated = scope_of(claim), claim.statement
    for role, leaves in scope.roles.items() if scope else ():
        if len(leaves) < len(policy.roles[role].leaves):
            yield Within(role, leaves)
    own = (stated.condition,) if isinstance(stated, AllowedOnlyIf) else ()
    for formula in (*conditions_of(claim, policy), *own):
        yield from formula_atoms(policy, formula)


def _met(box: Box, boxed: Sequence[tuple[Rule, Box]]) -> Slice:
    """The box with the rules that meet it."""
    meets = (each for each in boxed if all(a & b for a, b in zip(box, each[1], strict=True)))
    return Slice(box, list(meets))


def _members(bits: int) -> frozenset[int]:
    return frozenset(n for n in range(bits.bit_length()) if bits >> n & 1)


class Index:
    """A policy's rules by their scopes, to find those that meet a scope at once."""

    def __init__(self, policy: Policy) -> None:
        self._rules = policy.rules
        self._having: dict[Role, dict[frozenset[int], int]] = {role: {} for role in policy.roles}
        for number, rule in enumerate(policy.rules):
            for role, leaves in rule.scope.roles.items():
                there = self._having[role]
                there[leaves] = there.get(leaves, 0) | 1 << number

    def meeting(self, roles: Mapping[Role, frozenset[int]]) -> tuple[Rule, ...]:
        """The rules whose scope meets these leaves of each role, in order."""
        found = (1 << len(self._rules)) - 1
        for role, having in self._having.items():
            wanted = roles[role]
            found &= sum(bits for leaves, bits in having.items() if not wanted.isdisjoint(leaves))
        return tuple(self._rules[number] for number in sorted(_members(found)))
