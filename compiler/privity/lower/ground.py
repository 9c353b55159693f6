"""What claims are asked of: a policy's rules, or two policies', over one set of questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

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
    """A box of answers about roles, with the rules whose scopes meet it, in order.

    Only requests to which `rule` applies are looked at, if there is one.
    """

    box: Box
    rules: tuple[Rule, ...]
    rule: Rule | None = None


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
        self._rules = tuple(rules)
        self._boxes = [self.box(rule.scope) for rule in rules]
        places = range(len(self._roles))
        self._having = [_by_member([box[place] for box in self._boxes]) for place in places]

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

    def met(self, box: Box) -> Slice:
        """The box with the rules that meet it."""
        found = (1 << len(self._rules)) - 1
        for held, having in zip(box, self._having, strict=True):
            found &= reduce(or_, (having.get(arm, 0) for arm in _members(held)), 0)
        return Slice(box, tuple(self._rules[number] for number in _members(found)))

    def halves(self, piece: Slice) -> list[Slice]:
        """Two slices that part this one; none where it is a single answer about each role."""
        box = piece.box
        widest = max(range(len(box)), key=lambda n: box[n].bit_count(), default=0)
        if not box or box[widest].bit_count() < 2:
            return []
        members = list(_members(box[widest]))
        low = sum(1 << n for n in members[: len(members) // 2])
        parted = (low, box[widest] & ~low)
        boxes = ((*box[:widest], half, *box[widest + 1 :]) for half in parted)
        return [replace(self.met(each), rule=piece.rule) for each in boxes]

    def by_permit(self, piece: Slice) -> Iterator[Slice]:
        """For each permit, where it applies in the slice."""
        for rule, box in zip(self._rules, self._boxes, strict=True):
            both = tuple(a & b for a, b in zip(box, piece.box, strict=True))
            if rule.effect == "permit" and all(both):
                yield replace(self.met(both), rule=rule)

    def within(self, box: Box) -> Function:
        """True iff the roles' answers lie in the box."""
        numbers = zip(self._roles.values(), box, strict=True)
        held = ((number, frozenset(_members(bits))) for number, bits in numbers)
        return self.space.all(self.space.answered(number, arms) for number, arms in held)

    def around(self, answers: Mapping[int, int]) -> Slice:
        """The box of one request."""
        return self.met(tuple(1 << answers[n] for n in self._roles.values()))

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


def _by_member(row: Sequence[int]) -> dict[int, int]:
    """For each arm the boxes, as bits, that hold it."""
    found: dict[int, int] = {}
    for number, held in enumerate(row):
        for arm in _members(held):
            found[arm] = found.get(arm, 0) | 1 << number
    return found


def _members(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class Index:
    """A policy's rules by their scopes, to find those that meet a scope at once."""

    def __init__(self, policy: Policy) -> None:
        self._rules = policy.rules
        self._holding: dict[Role, dict[int, int]] = {
            role: _as_bits(policy.rules, role) for role in policy.roles
        }

    def meeting(self, roles: Mapping[Role, frozenset[int]]) -> tuple[Rule, ...]:
        """The rules whose scope meets these leaves of each role, in order."""
        found = (1 << len(self._rules)) - 1
        for role, rules in self._holding.items():
            able = 0
            for leaf in roles[role]:
                able |= rules.get(leaf, 0)
            found &= able
        return tuple(self._rules[number] for number in _members(found))


def _as_bits(rules: Sequence[Rule], role: Role) -> dict[int, int]:
    """For each leaf that a scope holds, the rules whose scope holds it, a bit each."""
    numbers: dict[int, bytearray] = {}
    for number, rule in enumerate(rules):
        for leaf in rule.scope.roles[role]:
            if leaf not in numbers:
                numbers[leaf] = bytearray(len(rules) // 8 + 1)
            numbers[leaf][number // 8] |= 1 << number % 8
    return {leaf: int.from_bytes(found, "little") for leaf, found in numbers.items()}
