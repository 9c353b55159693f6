"""From a request that breaks a claim to what a reader should see of it.

The request is made plain (first leaves, false, none, a round date where that still breaks the
claim), widened to the region around it that breaks the claim as a whole, replayed through the
semantics and confirmed by the generated checker. The region is exact: every widening is an
unsatisfiable question of the solver.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from privity.model.formula import Atom, Key, Plain, read_by
from privity.model.nodes import (
    AllowedOnlyIf,
    BooleanType,
    Claim,
    DateType,
    DurationType,
    Fact,
    IntegerType,
    Policy,
    Role,
    Rule,
    TaxonomyType,
)
from privity.model.parts import Box
from privity.prove import replay as replaying
from privity.prove.completions import Question
from privity.prove.differences import is_large
from privity.prove.nodes import (
    Blame,
    Change,
    Counterexample,
    Region,
    Remedy,
    Replayed,
    Side,
    Verdict,
)
from privity.prove.obligations import Problem, problem, scope_of
from privity.semantics.cells import atoms_in, atoms_of
from privity.semantics.nearest import candidates, nearest_change
from privity.semantics.nodes import Request
from privity.symbolic.solver import Limits

if TYPE_CHECKING:
    from privity.prove.judge import Found

PLAIN_DAY = datetime.date(2026, 1, 1).toordinal()
"""Where a counterexample's dates are drawn to, so that they do not distract."""

Values = Mapping[Key, Plain]


def counterexample(blank: Verdict, scene: Scene, limits: Limits, found: Found) -> Verdict:
    """The verdict *refuted*, with all that explains it, and what is still to be confirmed."""
    policy = scene.policy
    values = scene.plain(found.values, found.other)
    replayed = scene.replay(values)
    replays = tuple(
        Replayed(side.policy.name, request_of(side.policy, side.values), side.permits, values)
        for side in replayed.sides
    )
    region = scene.region(values, limits)
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
        replays=replays,
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
        self.fixed = posed.variants[0].scene.names.fixed
        self.other: Values = {}
        self.large = is_large(policy, others)

    def near(self, box: Box) -> Near:
        """What bears on the claim in a box of role values: of a small problem, all of it."""
        policy, others, posed = self.policy, self.others, self.posed
        if self.large:
            policy = policy.parts.within(box)
            others = {name: other.parts.within(box) for name, other in others.items()}
            posed = problem(self.claim, policy, others)
        return Near(policy, posed, tuple(dict.fromkeys(_atoms(self.claim, posed))))

    def near_values(self, values: Values) -> Near:
        if not self.large:
            return self._whole
        cell = tuple(values[role] for role in self.policy.roles)
        if cell not in self._cells:
            self._cells[cell] = self.near(_cell(self.policy, values))
        return self._cells[cell]

    @cached_property
    def _whole(self) -> Near:
        return self.near({})

    @cached_property
    def _cells(self) -> dict[tuple[Plain, ...], Near]:
        return {}

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
            for key in self._roles_that_may_change(best):
                best[key] = self._plainest(key, best)
            matters = self.near_values(best).read if self.large else None
            for fact in self.policy.facts:
                if matters is None or fact.key in matters:
                    best[fact.key] = self._plainest(fact.key, best)
                else:
                    best[fact.key] = next(self._preferred(fact.key, best), best[fact.key])
        return best if self.replay(best).breaks else dict(values)

    def _roles_that_may_change(self, values: Values) -> Iterator[Role]:
        """Not those that a large problem's claim fixes to one leaf."""
        scope = scope_of(self.claim.statement)
        for role in self.policy.roles:
            if not self.large or scope is None or len(scope.roles[role]) > 1:
                yield role

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
            scope = scope_of(self.claim.statement) if self.large and fact is None else None
            leaves = range(len(self.policy.taxonomy_of(key).leaves))
            # No leaf outside of the claim's scope breaks it.
            yield from (n for n in leaves if scope is None or n in scope.roles[key])  # type: ignore[index]
            return
        if fact.optional:
            yield None
        if isinstance(fact.type, BooleanType):
            yield False
        elif isinstance(values[key], int):
            yield from self._plain_numbers(key, values)

    def _plain_numbers(self, key: Key, values: Values) -> Iterator[Plain]:
        """Values of a date or number that its conditions distinguish, nearest to a plain one."""
        aim = {**values, key: _plain_number(self.policy.fact_by_key[key])}
        yield aim[key]
        atoms = self.near_values(values).atoms
        low_first = sorted(candidates(self.policy, aim, key, atoms), key=lambda c: c[0])
        yield from (value for _, value in low_first)

    # -------------------------------------------------------------- the region around it

    def region(self, values: Values, limits: Limits) -> Region:
        """What of the request matters: facts first let go of, then roles widened.

        In a large problem each question is put to the rules alone that bear on the roles asked
        about: what the other ones read matters to none of them.
        """
        near = self.near_values(values)
        facts = [f for f in near.posed.facts if f.key not in self.fixed]
        kept = {fact.key: values[fact.key] for fact in facts}
        box = _cell(self.policy, values)
        question = self._question(near, values, limits, box)
        enough = question.enough(kept, box)
        for fact in facts:
            if enough is not None and fact.key not in enough:
                del kept[fact.key]
                continue
            value = kept.pop(fact.key)
            found = question.enough(kept, box)
            if found is None:
                kept[fact.key] = value
            else:
                enough = found
        for role, taxonomy in self.policy.roles.items():
            for leaf in range(len(taxonomy.leaves)):
                if leaf in box[role] or not self.may_widen(values, role, leaf):
                    continue
                tried = {**box, role: frozenset({leaf})}
                if self.large:
                    question = self._question(self.near(tried), values, limits, tried)
                if question.enough(kept, tried) is not None:
                    box = {**box, role: box[role] | {leaf}}
        others = self._read_in(box) - set(kept) - set(self.fixed)
        idle = tuple(fact.key for fact in self.policy.facts if fact.key in others)
        return Region(box, kept, idle)

    def _question(self, near: Near, values: Values, limits: Limits, box: Box) -> Question:
        """In a large problem, of requests in the box only."""
        return Question(near.posed, values, self.other, limits, box if self.large else None)

    def may_widen(self, values: Values, role: Role, leaf: int) -> bool:
        """False where the request itself, at that leaf, keeps the claim: the quickest refusal."""
        scope = scope_of(self.claim.statement)
        if scope is not None and leaf not in scope.roles[role]:
            return False
        return self.replay({**values, role: leaf}).breaks

    def _read_in(self, box: Box) -> frozenset[Key]:
        """The facts that bear on the claim: of a large problem, for requests in the box."""
        if not self.large:
            compared = map(read_by, self._whole.atoms)
            return read_anywhere(self.claim, self.policy).union(*compared)
        own = (read_by(atom) for atom in _stated_atoms(self.claim, self.policy))
        apart = self.posed.variants[-1].scene.names.renamed
        policies = (v.policy.parts.within(box) for v in self.posed.variants)
        first, *others = (policy.parts.read for policy in policies)
        return first.union(*own, *(read - set(apart) for read in others))

    # -------------------------------------------------------------- the nearest remedy

    def remedy(self, values: Values) -> Remedy | None:
        """The nearest request that keeps the promise, in the claim's scope where there is one.

        None for claims about two requests: what to change in which of them is not ours to say.
        """
        if self.fixed:
            return None
        for passes, in_scope in ((self._passes_inside, True), (self._passes_anyhow, False)):
            # Roles stay: no rule matters, nor tells values apart, whose scope is elsewhere.
            here = self.policy.parts.within(_cell(self.policy, values))
            changes = nearest_change(here, values, passes, self.near_values(values).atoms)
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


@dataclass(frozen=True)
class Near:
    """What bears on a claim in some part of its range: rules, their problem, their atoms."""

    policy: Policy
    posed: Problem
    atoms: tuple[Atom, ...]

    @cached_property
    def read(self) -> frozenset[Key]:
        assumed = (a.formula for a in self.policy.assumptions)
        own = (read_by(atom) for f in assumed for atom in atoms_in(f, self.policy))
        return frozenset[Key]().union(*(read_by(atom) for atom in self.atoms), *own)


def _cell(policy: Policy, values: Values) -> dict[Role, frozenset[int]]:
    return {role: frozenset({_leaf(values, role)}) for role in policy.roles}


def _atoms(claim: Claim, posed: Problem) -> Iterator[Atom]:
    """The atoms that bear on the claim, but for those about a second policy's own facts."""
    first, last = posed.variants[0], posed.variants[-1]
    for rule in first.rules:
        yield from atoms_of(rule, first.policy)
    if last.policy is not first.policy:
        apart = set(last.scene.names.renamed)
        for rule in last.rules:
            yield from (a for a in atoms_of(rule, last.policy) if not read_by(a) & apart)
    yield from _stated_atoms(claim, first.policy)


def read_anywhere(claim: Claim, policy: Policy) -> frozenset[Key]:
    """The facts that some rule of the policy reads, or the claim itself."""
    atoms = (atom for rule in policy.rules for atom in atoms_of(rule, policy))
    return frozenset[Key]().union(*map(read_by, (*atoms, *_stated_atoms(claim, policy))))


def _stated_atoms(claim: Claim, policy: Policy) -> Iterator[Atom]:
    stated = claim.statement
    own = (stated.condition,) if isinstance(stated, AllowedOnlyIf) else ()
    for formula in (claim.when, claim.assuming, *own):
        yield from atoms_in(formula, policy)


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


def _plain_number(fact: Fact) -> int:
    match fact.type:
        case IntegerType(low, high) | DurationType(low, high):
            return min(max(low, 0), high)
        case _:
            return PLAIN_DAY
