"""How many completions a row can have at most: beyond a limit every engine says *unknown*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod

from privity.emit.sql.readings import Reading
from privity.lower.atoms import rule_atoms
from privity.model.columns import Refusal
from privity.model.formula import (
    AtMost,
    Atom,
    Contains,
    Equals,
    Key,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    read_by,
    steady,
)
from privity.model.nodes import BooleanType, Policy, Role, Rule, SetType, TaxonomyType, TextType

MOST_COMPLETIONS = 2**20
MOST_SCENES = 20_000

Readings = Mapping[Key, Reading]


def too_many(policy: Policy, readings: Readings) -> Refusal | None:
    """Why rows could have more completions than are looked at, if they could."""
    most, live = max(
        ((_completions(policy, rules, readings), rules) for rules in _live(policy, readings)),
        key=lambda each: each[0],
        default=(1, ()),
    )
    if most <= MOST_COMPLETIONS:
        return None
    keys = sorted({k for a in _atoms(policy, live) for k in read_by(a) if readings[k].can_miss})
    named = ", ".join(f"`{key}`" for key in keys)
    return Refusal(
        "sql-too-many",
        f"a row may have {most:,} completions, and beyond {MOST_COMPLETIONS:,} the answer is "
        "unknown by definition",
        f"say never_null = true of columns that never are, among {named}",
    )


def _live(policy: Policy, readings: Readings) -> Iterable[tuple[Rule, ...]]:
    """The sets of rules that may be live together."""
    axes = [[(role, part) for part in _parts(policy, role, readings)] for role in policy.roles]
    if prod(map(len, axes)) > MOST_SCENES:
        return [policy.rules]
    scenes = (
        tuple(
            rule
            for rule in policy.rules
            if all(leaf is None or leaf in rule.scope.roles[role] for role, leaf in scene)
        )
        for scene in product(*axes)
    )
    return {tuple(rule.name for rule in rules): rules for rules in scenes}.values()


def _parts(policy: Policy, role: Role, readings: Readings) -> list[int | None]:
    """A leaf of each group that scopes tell apart; None where the role may be missing."""
    reading = readings[role]
    if reading.fixed:
        assert isinstance(reading.constant, int)
        return [reading.constant]
    marks: dict[tuple[bool, ...], int] = {}
    for leaf in range(len(policy.roles[role].leaves)):
        marks.setdefault(tuple(leaf in rule.scope.roles[role] for rule in policy.rules), leaf)
    return [*marks.values(), *([None] if reading.can_miss else [])]


def _atoms(policy: Policy, rules: Iterable[Rule]) -> list[Atom]:
    return list(dict.fromkeys(atom for rule in rules for atom in rule_atoms(policy, rule)))


def _completions(policy: Policy, rules: Sequence[Rule], readings: Readings) -> int:
    """At least as many as any row has for which just these rules are live."""
    atoms = _atoms(policy, rules)
    keys = sorted({k for atom in atoms for k in read_by(atom) if readings[k].can_miss})
    free = sum(_opaque(atom, readings) for atom in atoms)
    return prod((_cells(policy, key, atoms) for key in keys), start=1 << free)


def _opaque(atom: Atom, readings: Readings) -> bool:
    missing = [key for key in sorted(read_by(atom)) if readings[key].can_miss]
    match atom:
        case SameText():
            return len(missing) == 2
        case AtMost(terms) | Equals(terms):
            return len(missing) > 1 or any(not steady(terms, key) for key in missing)
        case _:
            return False


def _cells(policy: Policy, key: Key, atoms: Sequence[Atom]) -> int:
    fact = policy.fact_by_key.get(key)
    none = int(fact is not None and fact.optional)
    about = [atom for atom in atoms if key in read_by(atom)]
    match None if fact is None else fact.type:
        case BooleanType():
            return 2 + none
        case None | TaxonomyType():
            leaves = range(len(policy.taxonomy_of(key).leaves))
            if any(isinstance(atom, SameLeaf) for atom in about):
                return len(leaves) + none
            sets = [atom.leaves for atom in about if isinstance(atom, Within)]
            return len({tuple(leaf in one for one in sets) for leaf in leaves}) + none
        case TextType():
            named = sum(isinstance(atom, TextIs | SameText) for atom in about)
            return named + 1 + none
        case SetType():
            held = [atom.leaves for atom in about if isinstance(atom, Contains)]
            leaves = range(len(policy.taxonomy_of(key).leaves))
            marks = {tuple(leaf in one for one in held) for leaf in leaves}
            return (1 << sum(any(mark) for mark in marks)) + none
        case _:
            return 1 + none + sum(2 if isinstance(atom, Equals) else 1 for atom in about)
