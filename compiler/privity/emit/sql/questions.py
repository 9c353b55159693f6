"""What a row is asked, so that the answers of what is missing do not hang together.

A condition in SQL looks at each question by itself: what is missing may answer it in any way that
it can be answered. That is exact, by docs/completions.md, iff no two questions are settled by one
missing value, and iff every answer that counts as possible is possible. So the questions here
differ from those of `lower` in three ways:
- A sum whose facts may be missing together is a free boolean for each of its comparisons: its
  answers are all truths of these, not only the intervals.
- Whether two leaves are the same is put leaf by leaf where one of them is asked for more.
- What would hang together all the same is refused, or its value tried out (`tried`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product

from privity.emit.sql.readings import Reading
from privity.lower.questions import OTHER, Answer, Pick, Terms
from privity.model.columns import Absent, Refusal
from privity.model.formula import (
    AtMost,
    Atom,
    Contains,
    Equals,
    Holds,
    IsNone,
    Key,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    facts_of,
    steady,
)
from privity.model.nodes import BooleanType, Policy, TaxonomyType, TextType

MOST_TOGETHER = 6
"""Comparisons of one sum whose facts may be missing together: their truths number 2 to this."""


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Whether a date, number or set is none; arm 1 is yes."""

    variable: Key


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a set has one of some leaves; arm 1 is yes."""

    variable: Key
    leaves: frozenset[int]


@dataclass(frozen=True, slots=True)
class Same:
    """Whether two leaves or texts, neither of them none, are the same; arm 1 is yes."""

    left: Key
    right: Key


@dataclass(frozen=True, slots=True)
class Sum:
    """Which of `atoms`, comparisons of one sum, are true. Arms are `truths`.

    The first ones belong to the intervals between `bounds`, ascending; the others, there if
    `free`, to no value at all: they are possible where the sum is opaque.
    """

    terms: Terms
    atoms: tuple[AtMost | Equals, ...]
    free: bool

    @property
    def bounds(self) -> tuple[int, ...]:
        found: set[int] = set()
        for atom in self.atoms:
            found |= {atom.bound} if isinstance(atom, AtMost) else {atom.bound - 1, atom.bound}
        return tuple(sorted(found))

    @property
    def truths(self) -> tuple[tuple[bool, ...], ...]:
        values = [*self.bounds, self.bounds[-1] + 1]
        found = [tuple(_holds(atom, value) for atom in self.atoms) for value in values]
        if self.free:
            every = product((False, True), repeat=len(self.atoms))
            found += [truths for truths in every if truths not in found]
        return tuple(found)


def _holds(atom: AtMost | Equals, value: int) -> bool:
    return value <= atom.bound if isinstance(atom, AtMost) else value == atom.bound


Asked = Pick | NoneOf | Member | Same | Sum


def arms(asked: Asked) -> int:
    match asked:
        case Pick(_, groups):
            return len(groups)
        case Sum():
            return len(asked.truths)
        case _:
            return 2


# ------------------------------------------------------------------ from atoms


@dataclass
class Asking:
    """The questions that settle the atoms of a policy, for rows as they are read."""

    policy: Policy
    readings: Mapping[Key, Reading]
    atoms: Sequence[Atom]
    refusals: list[Refusal] = field(default_factory=list)
    _picks: dict[Key, Pick] = field(default_factory=dict)

    def questions(self, roles: Sequence[Key]) -> tuple[Asked, ...]:
        """Roles first, in this order; the others as atoms first read what they ask about, but
        whether a fact is none comes before what needs its value."""
        made: dict[Asked, None] = {}
        for role in roles:
            if any(isinstance(atom, Within) and atom.variable == role for atom in self.atoms):
                made[self.pick(role)] = None
        for atom in self.atoms:
            made |= dict.fromkeys(self.asked(atom))
        return tuple(made)

    def asked(self, atom: Atom) -> Iterator[Asked]:
        match atom:
            case Holds(variable) | Within(variable, _) | TextIs(variable, _):
                yield self.pick(variable)
            case IsNone(variable):
                yield self.none(variable)
            case Contains(variable, leaves):
                yield from self.nones((variable,))
                members = self.members(variable)
                yield from (Member(variable, group) for group in members if group <= leaves)
            case SameLeaf(left, right) if atom in self.by_leaf:
                yield from (self.pick(left), self.pick(right))
            case SameLeaf(left, right) | SameText(left, right):
                yield from self.nones((left, right))
                yield Same(left, right)
            case AtMost(terms) | Equals(terms):
                yield from self.nones(sorted(facts_of(terms)))
                yield self.sums[terms]

    def none(self, variable: Key) -> Asked:
        fact = self.policy.fact_by_key.get(variable)
        if fact is None or isinstance(fact.type, BooleanType | TaxonomyType | TextType):
            return self.pick(variable)
        return NoneOf(variable)

    def nones(self, variables: Iterable[Key]) -> Iterator[Asked]:
        return (self.none(variable) for variable in variables if self.optional(variable))

    def optional(self, variable: Key) -> bool:
        fact = self.policy.fact_by_key.get(variable)
        return fact is not None and fact.optional

    def members(self, variable: Key) -> tuple[frozenset[int], ...]:
        """The leaves of a set that some atom asks for, grouped."""
        sets = [a.leaves for a in self.atoms if isinstance(a, Contains) and a.fact == variable]
        return tuple(_parted(frozenset().union(*sets), sets))

    def pick(self, variable: Key) -> Pick:
        if variable not in self._picks:
            none: list[frozenset[Answer]] = [frozenset({None})] if self.optional(variable) else []
            self._picks[variable] = Pick(variable, (*none, *self._groups(variable)))
        return self._picks[variable]

    def _groups(self, variable: Key) -> Iterator[frozenset[Answer]]:
        fact = self.policy.fact_by_key.get(variable)
        match None if fact is None else fact.type:
            case BooleanType():
                yield from (frozenset({False}), frozenset({True}))
            case TextType():
                named = {a.text for a in self.atoms if isinstance(a, TextIs) and a.fact == variable}
                yield from (frozenset({text}) for text in sorted(named))
                yield frozenset({OTHER})
            case _:
                leaves = self.policy.taxonomy_of(variable).values[0].leaves
                for group in _parted(leaves, self._sets(variable, leaves)):
                    yield frozenset(group)

    def _sets(self, variable: Key, leaves: frozenset[int]) -> Iterator[frozenset[int]]:
        for atom in self.atoms:
            match atom:
                case Within(about, held) if about == variable:
                    yield held
                case SameLeaf(left, right) if variable in (left, right) and atom in self.by_leaf:
                    yield from (frozenset({leaf}) for leaf in leaves)
                case _:
                    pass

    # -------------------------------------------------------------- what hangs together

    @cached_property
    def missable(self) -> frozenset[Key]:
        return frozenset(key for key, reading in self.readings.items() if reading.can_miss)

    @cached_property
    def sums(self) -> Mapping[Terms, Sum]:
        """The comparisons, by what they compare."""
        found: dict[Terms, list[AtMost | Equals]] = {}
        for atom in self.atoms:
            if isinstance(atom, AtMost | Equals):
                found.setdefault(atom.terms, []).append(atom)
        return {terms: self._sum(terms, atoms) for terms, atoms in found.items()}

    def _sum(self, terms: Terms, atoms: list[AtMost | Equals]) -> Sum:
        missing = sorted(facts_of(terms) & self.missable)
        opaque = len(missing) > 1 or not all(steady(terms, fact) for fact in missing)
        if opaque and len(atoms) > MOST_TOGETHER:
            self._refuse(
                "sql-many-comparisons",
                f"{len(atoms)} comparisons of {_listed(facts_of(terms))} may be missing together",
                missing,
            )
            atoms = atoms[:MOST_TOGETHER]
        return Sum(terms, tuple(atoms), opaque)

    @cached_property
    def tried(self) -> tuple[Key, ...]:
        """The dates and numbers that may be missing and settle several sums at once."""
        found = []
        for key in self.policy.fact_by_key:
            settled = [terms for terms in self.sums if self._settles(key, terms)]
            if key in self.missable and len(settled) > 1:
                found.append(key)
        return tuple(found)

    def _settles(self, key: Key, terms: Terms) -> bool:
        """Whether a sum is settled by the value of `key` where that alone is missing."""
        facts = facts_of(terms)
        if key not in facts or not steady(terms, key):
            return False
        return not any(isinstance(self.readings[k].place, Absent) for k in facts - {key})

    def settled_by(self, key: Key, among: Iterable[Asked]) -> list[Sum]:
        return [a for a in among if isinstance(a, Sum) and self._settles(key, a.terms)]

    @cached_property
    def by_leaf(self) -> frozenset[SameLeaf]:
        """The comparisons of leaves of which a side that may be missing is asked for more."""
        same = [atom for atom in self.atoms if isinstance(atom, SameLeaf)]
        sides = [side for atom in same for side in (atom.left, atom.right)]
        asked = {atom.variable for atom in self.atoms if isinstance(atom, Within)}
        busy = {side for side in sides if side in asked or sides.count(side) > 1} & self.missable
        # Whoever is put leaf by leaf is asked for more in all that it is compared with.
        found: set[SameLeaf] = set()
        while more := {a for a in same if {a.left, a.right} & busy} - found:
            found |= more
            busy |= {side for atom in more for side in (atom.left, atom.right)} & self.missable
        return frozenset(found | {atom for atom in same if self._single(atom)})

    def _single(self, atom: SameLeaf) -> bool:
        return len(self.policy.taxonomy_of(atom.left).leaves) == 1

    def check(self) -> None:
        """Refuse what would hang together."""
        for key in self.tried:
            for asked in self.settled_by(key, self.sums.values()):
                if all(abs(c) != 1 for c, quantity in asked.terms if quantity == key):
                    what = f"`{key}` settles several comparisons, one with months or a factor"
                    self._refuse("sql-together", what, [key])
                    break
        same = [atom for atom in self.atoms if isinstance(atom, SameText)]
        sides = [side for atom in same for side in (atom.left, atom.right)]
        named = {atom.fact for atom in self.atoms if isinstance(atom, TextIs)}
        busy = {side for side in sides if side in named or sides.count(side) > 1} & self.missable
        for fact in sorted(busy):
            what = f"`{fact}` is compared with another text and with more besides"
            self._refuse("sql-texts", what, [fact])

    def _refuse(self, code: str, what: str, missing: Sequence[Key]) -> None:
        mend = f"where the column of {_listed(missing)} is never NULL, say never_null = true"
        self.refusals.append(Refusal(code, what, mend))


def pairs(keys: Sequence[Key]) -> Iterator[tuple[Key, Key]]:
    return combinations(keys, 2)


def _listed(keys: Iterable[Key]) -> str:
    return ", ".join(f"`{key}`" for key in sorted(keys))


def _parted(leaves: frozenset[int], sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """`leaves` in groups that none of `sets` tells apart, by their first leaf."""
    marks = list(dict.fromkeys(sets))
    found: dict[tuple[bool, ...], list[int]] = {}
    for leaf in sorted(leaves):
        found.setdefault(tuple(leaf in one for one in marks), []).append(leaf)
    return [frozenset(group) for group in found.values()]
