"""Every complete request that a policy and its claims can tell apart, and claims over all of them.

A set of requests is an integer, a bit a request. Conditions, scopes and claims are read here anew
from docs/language.md: nothing of the prover's or of the semantics is used.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

from privity.model import formula as f
from privity.model import nodes
from privity.model.formula import Key, Plain

NOTICE = datetime.date(2026, 1, 30).toordinal()
BOTH_SIDES, AROUND = (-1, 0), (-1, 0, 1)
"""Which days around each threshold stand for the regions that it parts."""


@dataclass(frozen=True)
class Axis:
    """Variables that vary together, and the values that they take."""

    keys: tuple[Key, ...]
    values: tuple[tuple[Plain, ...], ...]


@dataclass(frozen=True)
class Space:
    """The product of the axes; the last one varies fastest. Request number n is bit n of a set."""

    axes: tuple[Axis, ...]

    @cached_property
    def size(self) -> int:
        return prod(len(axis.values) for axis in self.axes)

    @cached_property
    def all(self) -> int:
        return (1 << self.size) - 1

    def stride(self, axis: Axis) -> int:
        """How far apart two requests are whose values of `axis` are neighbours."""
        return prod(len(a.values) for a in self.axes[self.axes.index(axis) + 1 :])

    def axis_of(self, keys: Iterable[Key]) -> Axis:
        """The one axis that holds `keys`: what is compared must vary together."""
        (axis,) = (axis for axis in self.axes if set(keys) <= set(axis.keys))
        return axis

    def where(self, keys: Iterable[Key], test: Callable[[Mapping[Key, Plain]], bool]) -> int:
        """The requests for whose values of `keys` the test is true."""
        axis = self.axis_of(keys)
        marks = ["01"[test(dict(zip(axis.keys, v, strict=True)))] for v in axis.values]
        block = "".join(mark * self.stride(axis) for mark in reversed(marks))
        return int(block * (self.size // len(block)), 2)


def space_of(policy: nodes.Policy, around: tuple[int, ...], fixed: frozenset[Key]) -> Space:
    """The dates outermost, the data category fastest.

    The facts of `fixed`, which nobody reads, have their first value only.
    """
    assert fixed.isdisjoint(key for atom in _atoms(policy) for key in _read_by(atom))
    facts = []
    for fact in policy.facts:
        values = _values(policy, fact)
        if values:
            facts.append(Axis((fact.key,), values[:1] if fact.key in fixed else values))
    roles = [
        Axis((role,), tuple((leaf,) for leaf in range(len(taxonomy.leaves))))
        for role, taxonomy in policy.roles.items()
    ]
    return Space((_days(policy, around), *facts, *reversed(roles)))


def _values(policy: nodes.Policy, fact: nodes.Fact) -> tuple[tuple[Plain, ...], ...]:
    """All values of a fact; none for a date."""
    assert fact.optional == (fact.key == "subject.opt_out_notice_on")
    match fact.type:
        case nodes.BooleanType():
            return (False,), (True,)
        case nodes.TaxonomyType():
            return tuple((leaf,) for leaf in range(len(policy.taxonomy_of(fact.key).leaves)))
        case nodes.DateType():
            return ()
        case other:
            raise NotImplementedError(other)


def _days(policy: nodes.Policy, around: tuple[int, ...]) -> Axis:
    """No notice, and a notice with the days around every threshold that somebody reads.

    The two dates are compared with each other alone, so that only their distance counts.
    """
    keys = ("disclosure.on", "subject.opt_out_notice_on")
    assert {f.key for f in policy.facts if isinstance(f.type, nodes.DateType)} == set(keys)
    distances = set[int]()
    for atom in _atoms(policy):
        if isinstance(atom, f.AtMost | f.Equals):
            assert atom.terms == ((1, keys[0]), (-1, keys[1])), "dates compared otherwise"
            turns = {atom.bound + 1, atom.bound + isinstance(atom, f.AtMost)}
            distances |= {turn + step for turn in turns for step in around}
    pairs = ((NOTICE + distance, NOTICE) for distance in sorted(distances))
    return Axis(keys, ((NOTICE, None), *pairs))


# ------------------------------------------------------------------ what is read


def _atoms(policy: nodes.Policy) -> Iterator[f.Formula]:
    """The atoms of all rules, definitions, assumptions and claims."""
    for rule in policy.rules:
        yield from _parts(rule.when)
        yield from _parts(rule.unless)
    for definition in policy.definitions.values():
        yield from _parts(definition.formula)
    for claim in policy.claims:
        stated = claim.statement
        own = (stated.condition,) if isinstance(stated, nodes.AllowedOnlyIf) else ()
        for formula in (claim.when, claim.assuming, *own):
            yield from _parts(formula)


def _parts(formula: f.Formula) -> Iterator[f.Formula]:
    match formula:
        case f.Not(operand):
            yield from _parts(operand)
        case f.And(operands) | f.Or(operands):
            for operand in operands:
                yield from _parts(operand)
        case _:
            yield formula


def _read_by(atom: f.Formula) -> tuple[f.Quantity, ...]:
    match atom:
        case f.Constant() | f.Defined():
            return ()
        case f.Holds(key) | f.IsNone(key) | f.Within(key, _):
            return (key,)
        case f.AtMost(terms, _) | f.Equals(terms, _):
            return tuple(quantity for _, quantity in terms)
        case other:
            raise NotImplementedError(other)


# ------------------------------------------------------------------ conditions and scopes


class Reader:
    """A policy's conditions, scopes and claims as sets of requests."""

    def __init__(self, policy: nodes.Policy, space: Space) -> None:
        self.policy, self.space = policy, space
        self.known: dict[f.Formula, int] = {}

    def holding(self, formula: f.Formula) -> int:
        """The requests for which `formula` is true."""
        if formula not in self.known:
            self.known[formula] = self.found(formula)
        return self.known[formula]

    def found(self, formula: f.Formula) -> int:
        space = self.space
        match formula:
            case f.Constant(value):
                return space.all if value else 0
            case f.Defined(name):
                return self.holding(self.policy.definitions[name].formula)
            case f.Not(operand):
                return space.all & ~self.holding(operand)
            case f.And(operands):
                return self.every(self.holding(operand) for operand in operands)
            case f.Or(operands):
                return space.all & ~self.every(space.all & ~self.holding(o) for o in operands)
            case f.Holds(key):
                return space.where([key], lambda values: values[key] is True)
            case f.IsNone(key):
                return space.where([key], lambda values: values[key] is None)
            case f.Within(key, leaves):
                return space.where([key], lambda values: values[key] in leaves)
            case f.AtMost(terms, bound):
                return self.summing(terms, lambda total: total <= bound)
            case f.Equals(terms, bound):
                return self.summing(terms, lambda total: total == bound)
            case other:
                raise NotImplementedError(other)

    def summing(
        self, terms: tuple[tuple[int, f.Quantity], ...], test: Callable[[int], bool]
    ) -> int:
        keys = [quantity for _, quantity in terms if isinstance(quantity, str)]
        assert len(keys) == len(terms), "a calendar shift"

        def true(values: Mapping[Key, Plain]) -> bool:
            found = [values[key] for key in keys]
            numbers = [value for value in found if isinstance(value, int)]
            if len(numbers) < len(found):  # one is none
                return False
            return test(sum(term[0] * number for term, number in zip(terms, numbers, strict=True)))

        return self.space.where(keys, true)

    def every(self, sets: Iterable[int]) -> int:
        found = self.space.all
        for each in sets:
            found &= each
        return found

    def matching(self, scope: nodes.Scope) -> int:
        return self.every(self.holding(f.Within(role, lv)) for role, lv in scope.roles.items())

    def permitted(self) -> int:
        """What the rules permit: a forbid beats a permit, and either may yield."""
        applying = dict[str, int]()
        permits = forbids = 0
        for rule in self.policy.rules_in_order:
            here = self.matching(rule.scope) & self.holding(rule.when) & ~self.holding(rule.unless)
            for other in rule.yields_to:
                here &= ~applying[other]
            applying[rule.name] = here
            permits |= here if rule.effect == "permit" else 0
            forbids |= here if rule.effect == "forbid" else 0
        default = self.space.all if self.policy.otherwise == "permit" else 0
        return (permits | default) & ~forbids

    # -------------------------------------------------------------- claims

    def range(self, claim: nodes.Claim) -> int:
        """The requests that a claim is about, its scope apart."""
        assumed = (assumption.formula for assumption in self.policy.assumptions)
        return self.every(self.holding(c) for c in (claim.when, claim.assuming, *assumed))

    def judge(self, claim: nodes.Claim, allowed: int) -> Count:
        """How a claim fares where `allowed` are the requests that are permitted."""
        within = self.range(claim)
        match claim.statement:
            case nodes.Never(scope):
                within &= self.matching(scope)
                return Count(within, within & allowed)
            case nodes.AllowedOnlyIf(condition, scope):
                within &= self.matching(scope) & allowed
                return Count(within, within & ~self.holding(condition))
            case nodes.AlwaysAllowed(scope):
                within &= self.matching(scope)
                return Count(within, within & ~allowed)
            case nodes.SometimesAllowed(scope):
                shown = within & self.matching(scope) & allowed
                return Count(shown, 0) if shown else Count(self.space.all, self.space.all)
            case nodes.NeverPermits(fact, direction, scope):
                pairs, step = self.pairs(fact, within & self.matching(scope))
                true, false = allowed >> step & pairs, allowed & pairs
                more, less = true & ~false, false & ~true
                return Count(more | less, more if direction == "more" else less)
            case nodes.NeverAffects(fact, scope):
                pairs, step = self.pairs(fact, within & self.matching(scope))
                return Count(pairs, (allowed >> step ^ allowed) & pairs)
            case other:
                raise NotImplementedError(other)

    def pairs(self, fact: Key, within: int) -> tuple[int, int]:
        """The requests without `fact` that are in range and whose twins with it are too, and how
        far away the twins are."""
        axis = self.space.axis_of([fact])
        assert axis.values == ((False,), (True,))
        step = self.space.stride(axis)
        without = self.space.where([fact], lambda values: values[fact] is False)
        return within & (within >> step) & without, step

    # -------------------------------------------------------------- what claims settle

    def settled(self) -> tuple[int, int]:
        """The requests that must be permitted, and that must be denied, if all claims hold."""
        permitted, denied = self.stated()
        before = None
        while before != (permitted, denied):
            before = permitted, denied
            for pairs, step, more, less in self.ties():
                if not more:  # permitted with the fact, so permitted without
                    permitted |= permitted >> step & pairs
                    denied |= (denied & pairs) << step
                if not less:  # permitted without the fact, so permitted with it
                    permitted |= (permitted & pairs) << step
                    denied |= denied >> step & pairs
        return permitted, denied

    def stated(self) -> tuple[int, int]:
        """What claims about single requests permit and deny."""
        permitted = denied = 0
        for claim in self.policy.claims:
            within = self.range(claim)
            match claim.statement:
                case nodes.Never(scope):
                    denied |= within & self.matching(scope)
                case nodes.AllowedOnlyIf(condition, scope):
                    denied |= within & self.matching(scope) & ~self.holding(condition)
                case nodes.AlwaysAllowed(scope):
                    permitted |= within & self.matching(scope)
                case _:
                    pass
        return permitted, denied

    def ties(self) -> Iterator[tuple[int, int, bool, bool]]:
        """For each claim about pairs: the pairs, and whether the fact may permit more, or less."""
        for claim in self.policy.claims:
            within = self.range(claim)
            match claim.statement:
                case nodes.NeverPermits(fact, direction, scope):
                    pairs = self.pairs(fact, within & self.matching(scope))
                    yield *pairs, direction == "less", direction == "more"
                case nodes.NeverAffects(fact, scope):
                    yield *self.pairs(fact, within & self.matching(scope)), False, False
                case _:
                    pass


@dataclass(frozen=True)
class Count:
    """The requests, or pairs, that a claim speaks of, and those that break it."""

    about: int
    against: int

    @property
    def verdict(self) -> str:
        return "vacuous" if not self.about else "refuted" if self.against else "proved"

    def __str__(self) -> str:
        return (
            f"{self.verdict}: {self.against.bit_count():,} of {self.about.bit_count():,} break it"
        )
