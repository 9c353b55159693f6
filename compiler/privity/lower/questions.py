"""What a decision diagram asks, and in which order: the finitely many things that rules can tell.

Questions are made from the atoms of rules so that every combination of answers, each possible by
itself, is possible for some request, as far as one variable is concerned: leaves fall into groups
that no rule tells apart, comparisons of one sum become the intervals between its bounds, and
whether a fact is `none` is asked before anything that needs its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from privity.model.formula import (
    AtMost,
    Atom,
    Contains,
    Equals,
    Holds,
    IsNone,
    Key,
    Quantity,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    facts_of,
    read_by,
)
from privity.model.nodes import BooleanType, Fact, Policy, TaxonomyType, TextType

Terms = tuple[tuple[int, Quantity], ...]


@dataclass(frozen=True, slots=True)
class OtherText:
    """Every text that no rule names."""


OTHER = OtherText()
Answer = bool | int | str | OtherText | None


@dataclass(frozen=True, slots=True)
class Pick:
    """Which group the value of `variable` lies in: a role or a boolean, taxonomy or text fact.

    `groups` part all values of its type, `none` among them where it may be none. Values are
    leaf numbers, booleans, texts; OTHER stands for all texts that no group names.
    """

    variable: Key
    groups: tuple[frozenset[Answer], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Between which of `bounds`, ascending, the sum lies; all its facts have values.

    Arm n is `bounds[n-1] < sum <= bounds[n]`, the first and the last one open to one side.
    """

    terms: Terms
    bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether an atom holds; arm 0 is no, arm 1 yes.

    The atom is IsNone of a date, number or set; Contains of a set whose leaves no rule tells
    apart; SameLeaf or SameText of two facts that have values.
    """

    atom: IsNone | Contains | SameLeaf | SameText


Question = Pick | Region | Truth


def arms(question: Question) -> int:
    """How many answers it has."""
    match question:
        case Pick(_, groups):
            return len(groups)
        case Region(_, bounds):
            return len(bounds) + 1
        case Truth():
            return 2


def asked_of(question: Question) -> frozenset[Key]:
    """The variables that settle the answer."""
    match question:
        case Pick(variable, _):
            return frozenset({variable})
        case Region(terms, _):
            return facts_of(terms)
        case Truth(atom):
            return read_by(atom)


# ------------------------------------------------------------------ from atoms


def picked(variable: Key, policy: Policy) -> bool:
    """Whether the values of a variable are few enough, once grouped, to be picked."""
    fact = policy.fact_by_key.get(variable)
    return fact is None or isinstance(fact.type, BooleanType | TaxonomyType | TextType)


def questions_of(
    policy: Policy, atoms: Sequence[Atom], roles: Sequence[Key] | None = None
) -> tuple[Question, ...]:
    """The questions that settle all of `atoms`, roles first, in the order `roles` if given.

    The others follow in the order in which atoms first read what they ask about, but for
    whether a fact is `none`, which comes right before the first that needs its value.
    """
    made: dict[Question, None] = {}
    grouping = _Grouping(policy, atoms)
    for role in roles if roles is not None else policy.roles:
        if grouping.about.get(role):
            made[grouping.pick(role)] = None
    for atom in atoms:
        for question in grouping.asked(atom):
            made.setdefault(question)
    return tuple(made)


@dataclass(frozen=True)
class _Grouping:
    policy: Policy
    atoms: Sequence[Atom]
    _picks: dict[Key, Pick] = field(default_factory=dict)

    @cached_property
    def about(self) -> Mapping[Key | Terms, list[Atom]]:
        """The atoms that part the values of a variable, or of a sum; in order."""
        found: dict[Key | Terms, list[Atom]] = {}
        for atom in self.atoms:
            match atom:
                case (
                    Within(about) | TextIs(about) | Contains(about) | AtMost(about) | Equals(about)
                ):
                    found.setdefault(about, []).append(atom)
                case _:
                    pass
        return found

    def sets(self, variable: Key) -> Iterator[frozenset[int]]:
        """The sets of leaves that atoms ask about, of a variable or of a set fact's members."""
        for atom in self.about.get(variable, ()):
            if isinstance(atom, Within | Contains):
                yield atom.leaves

    def asked(self, atom: Atom) -> Iterable[Question]:
        """The questions that settle `atom`, in order."""
        match atom:
            case Holds(variable) | Within(variable, _) | TextIs(variable, _):
                yield self.pick(variable)
            case IsNone(variable):
                yield self.none(variable)
            case Contains(variable, leaves):
                yield from self.nones((variable,))
                for group in self.members(variable):
                    if group <= leaves:
                        yield Truth(Contains(variable, group))
            case SameLeaf(left, right) | SameText(left, right):
                yield from self.nones((left, right))
                yield Truth(atom)
            case AtMost(terms) | Equals(terms):
                yield from self.nones(sorted(facts_of(terms)))
                yield self.region(terms)

    def none(self, variable: Key) -> Question:
        return self.pick(variable) if picked(variable, self.policy) else Truth(IsNone(variable))

    def nones(self, variables: Iterable[Key]) -> Iterable[Question]:
        return (self.none(v) for v in variables if is_optional(self.policy.fact_by_key.get(v)))

    def region(self, terms: Terms) -> Region:
        bounds: set[int] = set()
        for atom in self.about[terms]:
            match atom:
                case AtMost(_, bound):
                    bounds.add(bound)
                case Equals(_, bound):
                    bounds |= {bound - 1, bound}
                case _:
                    pass
        return Region(terms, tuple(sorted(bounds)))

    def members(self, variable: Key) -> tuple[frozenset[int], ...]:
        """The leaves of a set fact that some atom asks for, grouped."""
        sets = list(self.sets(variable))
        return tuple(group for group in _parted(frozenset().union(*sets), sets) if group)

    def pick(self, variable: Key) -> Pick:
        if variable not in self._picks:
            self._picks[variable] = self._pick(variable)
        return self._picks[variable]

    def _pick(self, variable: Key) -> Pick:
        fact = self.policy.fact_by_key.get(variable)
        none: tuple[frozenset[Answer], ...] = (frozenset({None}),) if is_optional(fact) else ()
        match None if fact is None else fact.type:
            case BooleanType():
                return Pick(variable, (*none, frozenset({False}), frozenset({True})))
            case TextType():
                return Pick(variable, (*none, *self._texts(variable)))
            case _:
                leaves = self.policy.taxonomy_of(variable).values[0].leaves
                parted = _parted(leaves, self.sets(variable))
                groups: Iterable[frozenset[Answer]] = map(frozenset, parted)
                return Pick(variable, (*none, *groups))

    def _texts(self, variable: Key) -> Iterable[frozenset[Answer]]:
        named = {a.text for a in self.about.get(variable, ()) if isinstance(a, TextIs)}
        yield from (frozenset({text}) for text in sorted(named))
        yield frozenset({OTHER})


def is_optional(fact: Fact | None) -> bool:
    return fact is not None and fact.optional


def _parted(leaves: frozenset[int], sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """`leaves` in groups that none of `sets` tells apart, by their first leaf."""
    found: dict[tuple[bool, ...], list[int]] = {}
    marks: list[frozenset[int]] = list(dict.fromkeys(sets))
    for leaf in sorted(leaves):
        found.setdefault(tuple(leaf in one for one in marks), []).append(leaf)
    return [frozenset(group) for group in found.values()]


# ------------------------------------------------------------------ atoms by answers

Holding = Mapping[int, frozenset[int]]
"""A conjunction: for some questions, by number, the arms on which it holds."""

Kind = Literal["all", "any"]


class Numbers:
    """Questions by their place in the order, and by what they ask about."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.picks: dict[Key, tuple[Pick, int]] = {}
        self.regions: dict[Terms, tuple[Region, int]] = {}
        self.truths: dict[Atom, int] = {}
        self.members: dict[Key, dict[int, frozenset[int]]] = {}
        for number, question in enumerate(questions):
            match question:
                case Pick(variable):
                    self.picks[variable] = question, number
                case Region(terms):
                    self.regions[terms] = question, number
                case Truth(atom):
                    self.truths[atom] = number
                    if isinstance(atom, Contains):
                        self.members.setdefault(atom.fact, {})[number] = atom.leaves


def holding(atom: Atom, policy: Policy, numbers: Numbers) -> tuple[Kind, Holding]:
    """On which answers an atom holds: on all of the conditions, or (Contains) on any.

    A fact that is `none` makes every atom but IsNone false: that is a condition of its own,
    except for Contains, whose questions are asked after it; see `guards`.
    """
    match atom:
        case Holds(variable):
            return "all", _arms(variable, numbers, lambda answer: answer is True)
        case IsNone(variable) if picked(variable, policy):
            return "all", _arms(variable, numbers, lambda answer: answer is None)
        case IsNone():
            return "all", {numbers.truths[atom]: frozenset({1})}
        case Within(variable, leaves):
            pick, number = numbers.picks[variable]
            held = (arm for arm, group in enumerate(pick.groups) if group <= leaves)
            return "all", {number: frozenset(held)}
        case TextIs(variable, text):
            return "all", _arms(variable, numbers, lambda answer: answer == text)
        case Contains(fact, leaves):
            groups = numbers.members.get(fact, {})
            return "any", {n: frozenset({1}) for n, group in groups.items() if group <= leaves}
        case SameLeaf() | SameText():
            return "all", {numbers.truths[atom]: frozenset({1})}
        case AtMost(terms, bound):
            return "all", _between(terms, None, bound, numbers)
        case Equals(terms, bound):
            return "all", _between(terms, bound - 1, bound, numbers)


def guards(atom: Atom, policy: Policy, numbers: Numbers) -> Holding:
    """The arms on which the facts that an atom reads are not `none`."""
    if isinstance(atom, IsNone | Holds | Within | TextIs):
        return {}
    found: dict[int, frozenset[int]] = {}
    for variable in sorted(read_by(atom)):
        if is_optional(policy.fact_by_key.get(variable)):
            if picked(variable, policy):
                found |= _arms(variable, numbers, lambda answer: answer is not None)
            else:
                found[numbers.truths[IsNone(variable)]] = frozenset({0})
    return found


def _arms(variable: Key, numbers: Numbers, test: Callable[[Answer], bool]) -> Holding:
    pick, number = numbers.picks[variable]
    held = (n for n, group in enumerate(pick.groups) if all(test(answer) for answer in group))
    return {number: frozenset(held)}


def _between(terms: Terms, above: int | None, upto: int, numbers: Numbers) -> Holding:
    region, number = numbers.regions[terms]
    last = region.bounds.index(upto)
    first = 0 if above is None else region.bounds.index(above) + 1
    return {number: frozenset(range(first, last + 1))}
