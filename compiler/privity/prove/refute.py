"""From a request that breaks a claim to what a reader should see of it.

The request is made plain (first leaves, false, none, a round date where that still breaks the
claim), widened to the region around it that breaks the claim as a whole, replayed through the
semantics and confirmed by the generated checker. The region is exact: every widening is an
unsatisfiable question of the solver.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from privity.model.formula import Atom, Key, Plain, read_by
from privity.model.nodes import (
    AllowedOnlyIf,
    BooleanType,
    Claim,
    DateType,
    Fact,
    Policy,
    Role,
    Rule,
    TaxonomyType,
)
from privity.prove import replay as replaying
from privity.prove.laboratory import Laboratory
from privity.prove.nodes import Blame, Change, Counterexample, Region, Remedy, Side, Verdict
from privity.prove.obligations import Problem
from privity.semantics.cells import atoms_in, atoms_of
from privity.semantics.nearest import candidates, nearest_change
from privity.semantics.nodes import Request

if TYPE_CHECKING:
    from privity.prove.judge import Found
    from privity.prove.run import Options

PLAIN_DAY = datetime.date(2026, 1, 1).toordinal()
"""Where a counterexample's dates are drawn to, so that they do not distract."""

Values = Mapping[Key, Plain]


def counterexample(blank: Verdict, scene: Scene, options: Options, found: Found) -> Verdict:
    """The verdict *refuted*, with all that explains it; *unknown* where engines disagree."""
    policy = scene.policy
    values = scene.plain(found.values, found.other)
    replayed = scene.replay(values)
    if options.confirm is not None:
        for side in replayed.sides:
            said = options.confirm(side.policy, request_of(side.policy, side.values))
            if (said == "permit") != side.permits or said == "unknown":
                why = f"the generated checker says {said}, the semantics does not, on a request"
                return replace(blank, why=why, disagreement=True, witness=values)
    region = scene.region(values, Laboratory(scene.posed, options.limits))
    if scene.fixed:  # of two requests, the one that is permitted is shown
        values = dict(next(side.values for side in replayed.sides if side.permits))
    sides = tuple(Side(s.label, _word(s.permits), s.deciding) for s in replayed.sides)
    blamed = _blamed(policy, replayed)
    return replace(
        blank,
        verdict="refuted",
        why=_why(blamed),
        because=tuple(blame.rule for blame in blamed),
        witness=values,
        counterexample=Counterexample(values, scene.apart(), region, sides, scene.remedy(values)),
        blame=blamed,
        readings=_readings(blank, policy, blamed),
    )


def request_of(policy: Policy, values: Values) -> Request:
    """The complete request of one data category that `values` describe to `policy`."""
    data = values["data"]
    assert isinstance(data, int)
    known = {*policy.roles, *policy.fact_by_key} - {"data"}
    return Request((data,), {key: value for key, value in values.items() if key in known})


def blame_of(policy: Policy, name: str) -> Blame:
    rule = policy.rule_by_name[name]
    cites = tuple(str(cite) for cite in rule.citations)
    return Blame(name, rule.span.file, rule.span.line, cites)


class Scene:
    """One claim being refuted."""

    def __init__(
        self, claim: Claim, policy: Policy, others: Mapping[str, Policy], posed: Problem
    ) -> None:
        self.claim, self.policy, self.others, self.posed = claim, policy, others, posed
        self.atoms = tuple(dict.fromkeys(_atoms(claim, posed)))
        self.read = frozenset[Key]().union(
            *(read_by(atom) for rule in policy.rules for atom in atoms_of(rule, policy)),
            *(read_by(atom) for atom in self.atoms),
        )
        self.fixed = posed.variants[0].scene.names.fixed
        self.other: Values = {}

    def replay(self, values: Values) -> replaying.Replay:
        """A second policy sees shared facts as they are in `values`, its own as first found."""
        renamed = self.posed.variants[-1].scene.names.renamed
        own = {key: value for key, value in self.other.items() if key in renamed}
        return replaying.replay(self.claim, self.policy, self.others, values, {**values, **own})

    def apart(self) -> dict[Key, str]:
        """What a second policy's own facts were found to be, in its words."""
        other = self.posed.variants[-1].policy
        return {f.key: _words(other, f, self.other[f.key]) for f in self.posed.apart}

    # -------------------------------------------------------------- a plain request

    def plain(self, values: Values, other: Values) -> dict[Key, Plain]:
        """A request that breaks the claim like `values`, with as little in it as can be."""
        self.other = {**other}
        best = dict(values)
        for _ in range(2):
            for key in (*self.policy.roles, *(fact.key for fact in self.policy.facts)):
                best[key] = self._plainest(key, best)
        return best

    def _plainest(self, key: Key, values: dict[Key, Plain]) -> Plain:
        for value in self._preferred(key, values):
            if value == values[key]:
                break
            if self.replay({**values, key: value}).breaks:
                return value
        return values[key]

    def _preferred(self, key: Key, values: Values) -> Iterator[Plain]:
        fact = self.policy.fact_by_key.get(key)
        if fact is None or isinstance(fact.type, TaxonomyType):
            if fact is not None and fact.optional:
                yield None
            yield from range(len(self.policy.taxonomy_of(key).leaves))
            return
        if fact.optional:
            yield None
        if isinstance(fact.type, BooleanType):
            yield False
        elif isinstance(values[key], int):
            yield from self._plain_numbers(key, values)

    def _plain_numbers(self, key: Key, values: Values) -> Iterator[Plain]:
        """Values of a date or number that its conditions distinguish, nearest to a plain one."""
        aim = {**values, key: PLAIN_DAY if _is_date(self.policy, key) else 0}
        low_first = sorted(candidates(self.policy, aim, key, self.atoms), key=lambda c: c[0])
        yield aim[key]
        yield from (value for _, value in low_first)

    # -------------------------------------------------------------- the region around it

    def region(self, values: Values, laboratory: Laboratory) -> Region:
        """What of the request matters: facts first let go of, then roles widened."""
        facts = [f for f in self.posed.facts if f.key not in self.fixed]
        apart = [laboratory.has(fact, self.other[fact.key]) for fact in self.posed.apart]
        literals = {fact.key: laboratory.has(fact, values[fact.key]) for fact in facts}
        roles = {role: {_leaf(values, role)} for role in self.policy.roles}
        for role, count in laboratory.roles().items():
            for leaf in range(count):
                laboratory.not_leaf(role, leaf)

        def breaks() -> bool:
            at = [lit for role, leaves in roles.items() for lit in laboratory.only(role, leaves)]
            return laboratory.impossible("ask.keeps", *apart, *literals.values(), *at)

        for fact in facts:
            literal = literals.pop(fact.key)
            if not breaks():
                literals[fact.key] = literal
        for role, count in laboratory.roles().items():
            for leaf in range(count):
                before = set(roles[role])
                roles[role] = {leaf}
                roles[role] = before | {leaf} if leaf in before or breaks() else before
        kept = {fact.key: values[fact.key] for fact in facts if fact.key in literals}
        others = self.read - set(kept) - set(self.fixed)
        idle = tuple(fact.key for fact in self.policy.facts if fact.key in others)
        return Region({role: frozenset(leaves) for role, leaves in roles.items()}, kept, idle)

    # -------------------------------------------------------------- the nearest remedy

    def remedy(self, values: Values) -> Remedy | None:
        """The nearest request that keeps the promise, in the claim's scope where there is one.

        None for claims about two requests: what to change in which of them is not ours to say.
        """
        if self.fixed:
            return None
        for passes, in_scope in ((self._passes_inside, True), (self._passes_anyhow, False)):
            changes = nearest_change(self.policy, values, passes, self.atoms)
            if changes is not None:
                after = self.replay({**values, **changes}).sides[0]
                changed = tuple(Change(k, values.get(k), v) for k, v in changes.items())
                return Remedy(changed, _word(after.permits), after.deciding, in_scope)
        return None

    def _passes_inside(self, values: Values) -> bool:
        replayed = self.replay(values)
        return replayed.in_range and not replayed.broken

    def _passes_anyhow(self, values: Values) -> bool:
        return not self.replay(values).breaks


def _atoms(claim: Claim, posed: Problem) -> Iterator[Atom]:
    """The atoms that bear on the claim, but for those about a second policy's own facts."""
    first, last = posed.variants[0], posed.variants[-1]
    for rule in first.rules:
        yield from atoms_of(rule, first.policy)
    if last.policy is not first.policy:
        apart = set(last.scene.names.renamed)
        for rule in last.rules:
            yield from (a for a in atoms_of(rule, last.policy) if not read_by(a) & apart)
    stated = claim.statement
    own = (stated.condition,) if isinstance(stated, AllowedOnlyIf) else ()
    for formula in (claim.when, claim.assuming, *own):
        yield from atoms_in(formula, first.policy)


# ------------------------------------------------------------------ whose doing it is


def _blamed(policy: Policy, replayed: replaying.Replay) -> tuple[Blame, ...]:
    """The rules of the claim's policy that decide as they should not, on any side."""
    names = [name for side in replayed.sides if side.policy is policy for name in side.deciding]
    return tuple(blame_of(policy, name) for name in dict.fromkeys(names))


def _why(blamed: Sequence[Blame]) -> str:
    return " and ".join(blame.rule for blame in blamed) or "no rule applies"


def _readings(blank: Verdict, policy: Policy, blamed: Sequence[Blame]) -> tuple[str, ...]:
    rules: list[Rule] = [policy.rule_by_name[blame.rule] for blame in blamed]
    return tuple(dict.fromkeys([*blank.readings, *(n for rule in rules for n in rule.readings)]))


def _words(policy: Policy, fact: Fact, value: Plain) -> str:
    """A value as conditions would state it."""
    match fact.type, value:
        case _, None:
            return "none"
        case DateType(), int():
            return datetime.date.fromordinal(value).isoformat()
        case TaxonomyType(), int():
            return policy.taxonomy_of(fact.key).leaves[value].name
        case _, frozenset():
            leaves = policy.taxonomy_of(fact.key).leaves
            return ", ".join(leaves[leaf].name for leaf in sorted(value)) or "empty"
        case _, bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _word(permitted: bool) -> str:
    return "permit" if permitted else "deny"


def _leaf(values: Values, role: Role) -> int:
    leaf = values[role]
    assert isinstance(leaf, int)
    return leaf


def _is_date(policy: Policy, key: Key) -> bool:
    return isinstance(policy.fact_by_key[key].type, DateType)
