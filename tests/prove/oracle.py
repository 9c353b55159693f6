"""Claims by enumeration: every complete request of a small policy, through the semantics alone.

What docs/language.md says of each claim, word for word; no solver and nothing of `privity.prove`.
Integers, durations and sets are small; dates and texts range over a few values each, enough for
policies that compare them with each other and with the constants of `random_policies`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import assert_never

from privity.model import nodes
from privity.model.formula import Formula, Key, Plain
from privity.semantics.decide import applying_rules, permits
from privity.semantics.evaluate import World, evaluate

Values = Mapping[Key, Plain]

DAY = datetime.date(2026, 3, 1).toordinal()
DAYS = tuple(range(DAY - 4, DAY + 6))
TEXTS = ("x", "y", "another", "yet another")


def values_of(policy: nodes.Policy, fact: nodes.Fact) -> tuple[Plain, ...]:
    none: tuple[Plain, ...] = (None,) if fact.optional else ()
    match fact.type:
        case nodes.BooleanType():
            return (*none, False, True)
        case nodes.IntegerType(low, high) | nodes.DurationType(low, high):
            assert high - low < 10
            return (*none, *range(low, high + 1))
        case nodes.DateType():
            return (*none, *DAYS)
        case nodes.TextType():
            return (*none, *TEXTS)
        case nodes.TaxonomyType():
            return (*none, *range(len(policy.taxonomy_of(fact.key).leaves)))
        case nodes.SetType():
            leaves = range(len(policy.taxonomy_of(fact.key).leaves))
            sets = (frozenset(s) for n in range(len(leaves) + 1) for s in combinations(leaves, n))
            return (*none, *sets)
        case _:
            assert_never(fact.type)


def combined(axes: Mapping[Key, tuple[Plain, ...]]) -> Iterator[dict[Key, Plain]]:
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def axes_of(policy: nodes.Policy) -> dict[Key, tuple[Plain, ...]]:
    axes: dict[Key, tuple[Plain, ...]] = {}
    for role, taxonomy in policy.roles.items():
        axes[role] = tuple(range(len(taxonomy.leaves)))
    for fact in policy.facts:
        axes[fact.key] = values_of(policy, fact)
    return axes


@dataclass(frozen=True)
class Decided:
    """A complete request, decided."""

    values: Values
    permits: bool
    owed: frozenset[str]


def decided(policy: nodes.Policy, values: Values) -> Decided:
    applying = applying_rules(policy, World(values, policy.definitions))
    permitted = permits(policy, applying)
    rules = policy.rules if permitted else ()
    owed = {d.name for rule in rules if applying[rule.name] for d in rule.duties}
    return Decided(values, permitted, frozenset(owed))


class Oracle:
    """All complete requests of a policy, and of it together with others."""

    def __init__(self, policy: nodes.Policy, others: Iterable[nodes.Policy] = ()) -> None:
        self.policy = policy
        self.others = {other.name: other for other in others}

    @cached_property
    def requests(self) -> list[Decided]:
        """Those for which the assumptions hold."""
        found = (decided(self.policy, values) for values in combined(axes_of(self.policy)))
        formulas = [assumption.formula for assumption in self.policy.assumptions]
        return [d for d in found if all(self.holds(f, d.values) for f in formulas)]

    def holds(self, formula: Formula, values: Values) -> bool:
        return evaluate(formula, World(values, self.policy.definitions))

    def verdict(self, claim: nodes.Claim) -> str:
        if not self.requests:
            return "unknown"  # the assumptions contradict each other
        there = [d for d in self.requests if self.in_range(claim, d.values)]
        stated = claim.statement
        match stated:
            case nodes.Never():
                return word(there, (d for d in there if d.permits))
            case nodes.AllowedOnlyIf(condition, _):
                permitted = [d for d in there if d.permits]
                return word(
                    permitted, (d for d in permitted if not self.holds(condition, d.values))
                )
            case nodes.AlwaysAllowed():
                return word(there, (d for d in there if not d.permits))
            case nodes.SometimesAllowed():
                return "proved" if any(d.permits for d in there) else "refuted"
            case nodes.NeverPermits(fact, direction, _):
                pairs = [p for p in twins(there, fact) if None not in (x.values[fact] for x in p)]
                differing = [(x, y) for x, y in pairs if x.permits != y.permits]
                wanted = direction == "more"
                broken = (x for pair in differing for x in pair if x.permits)
                return word(differing, (x for x in broken if x.values[fact] is wanted))
            case nodes.NeverAffects(fact, _):
                pairs = list(twins(there, fact))
                return word(pairs, ((x, y) for x, y in pairs if x.permits != y.permits))
            case nodes.Carries(_, duty):
                permitted = [d for d in there if d.permits]
                return word(permitted, (d for d in permitted if duty not in d.owed))
            case nodes.AtLeastAsStrict(other, outcomes_only):
                both = [(mine, theirs) for mine, theirs in self.joint(there, other) if mine.permits]
                broken_ = (
                    not theirs.permits or not (outcomes_only or theirs.owed <= mine.owed)
                    for mine, theirs in both
                )
                return word(both, filter(None, broken_))
            case nodes.DecidesTheSame(other, outcomes_only):
                both = list(self.joint(there, other))
                broken_ = (
                    mine.permits != theirs.permits
                    or not (outcomes_only or theirs.owed == mine.owed)
                    for mine, theirs in both
                )
                return word(both, filter(None, broken_))
            case _:
                assert_never(stated)

    def breaks(self, claim: nodes.Claim, values: Values, apart: Values | None = None) -> bool:
        """Whether a request, or the pair of those that differ from it in the claim's fact, breaks
        a claim. `apart` are the values of a second policy's own facts."""
        stated = claim.statement
        match stated:
            case nodes.NeverPermits(fact, direction, _):
                first, second = (
                    self.within(claim, {**values, fact: direction == word})
                    for word in ("more", "less")
                )
                return bool(first and second and first.permits and not second.permits)
            case nodes.NeverAffects(fact, _):
                every = values_of(self.policy, self.policy.fact_by_key[fact])
                found = [self.within(claim, {**values, fact: value}) for value in every]
                return len({each.permits for each in found if each}) > 1
            case nodes.AtLeastAsStrict() | nodes.DecidesTheSame():
                return self.breaks_beside(claim, stated, values, apart or {})
            case _:
                return self.breaks_alone(claim, values)

    def breaks_beside(
        self,
        claim: nodes.Claim,
        stated: nodes.AtLeastAsStrict | nodes.DecidesTheSame,
        values: Values,
        apart: Values,
    ) -> bool:
        mine, other = self.within(claim, values), self.others[stated.other]
        if mine is None:
            return False
        theirs = decided(other, {**values, **apart})
        compared = not stated.outcomes_only
        if isinstance(stated, nodes.DecidesTheSame):
            return mine.permits != theirs.permits or (compared and mine.owed != theirs.owed)
        return mine.permits and not (theirs.permits and (theirs.owed <= mine.owed or not compared))

    def breaks_alone(self, claim: nodes.Claim, values: Values) -> bool:
        here = self.within(claim, values)
        if here is None:
            return False
        match claim.statement:
            case nodes.Never():
                return here.permits
            case nodes.AllowedOnlyIf(condition, _):
                return here.permits and not self.holds(condition, values)
            case nodes.AlwaysAllowed():
                return not here.permits
            case nodes.Carries(_, duty):
                return here.permits and duty not in here.owed
            case _:
                raise NotImplementedError(claim.statement)

    def within(self, claim: nodes.Claim, values: Values) -> Decided | None:
        """The request decided, if it is in the claim's range."""
        assumed = (assumption.formula for assumption in self.policy.assumptions)
        there = self.in_range(claim, values) and all(self.holds(f, values) for f in assumed)
        return decided(self.policy, values) if there else None

    def in_range(self, claim: nodes.Claim, values: Values) -> bool:
        stated = claim.statement
        match stated:
            case nodes.AtLeastAsStrict() | nodes.DecidesTheSame():
                in_scope = True
            case _:
                in_scope = all(values[role] in ls for role, ls in stated.scope.roles.items())
        conditions = (claim.when, claim.assuming)
        return in_scope and all(self.holds(each, values) for each in conditions)

    def joint(self, there: list[Decided], name: str) -> Iterator[tuple[Decided, Decided]]:
        """The requests of both vocabularies together."""
        other = self.others[name]
        own = {
            fact.key: values_of(other, fact)
            for fact in other.facts
            if not same_fact(self.policy, other, fact.key)
        }
        shared = [key for key in axes_of(other) if key not in own]
        memo: dict[tuple[Plain, ...], list[Decided]] = {}
        for mine in there:
            common = tuple(mine.values[key] for key in shared)
            if common not in memo:
                known = dict(zip(shared, common, strict=True))
                memo[common] = [decided(other, {**known, **rest}) for rest in combined(own)]
            for theirs in memo[common]:
                yield mine, theirs


def word(cases: Iterable[object], against: Iterable[object]) -> str:
    if not any(True for _ in cases):
        return "vacuous"
    return "refuted" if any(True for _ in against) else "proved"


def twins(there: list[Decided], fact: Key) -> Iterator[tuple[Decided, Decided]]:
    """The pairs of requests that differ in `fact` alone."""
    groups: dict[tuple[tuple[Key, Plain], ...], list[Decided]] = {}
    for each in there:
        rest = tuple((key, value) for key, value in each.values.items() if key != fact)
        groups.setdefault(rest, []).append(each)
    for group in groups.values():
        yield from combinations(group, 2)


def same_fact(policy: nodes.Policy, other: nodes.Policy, key: Key) -> bool:
    """Whether a fact of `other` is declared, with its taxonomy, in the same place as `policy`'s."""
    mine, theirs = policy.fact_by_key.get(key), other.fact_by_key[key]
    if mine is None or mine.origin != theirs.origin:
        return False
    if isinstance(theirs.type, nodes.TaxonomyType | nodes.SetType):
        return policy.taxonomy_of(key).origin == other.taxonomy_of(key).origin
    return True
