"""Where two policies can differ at all.

A rule that stands in both, word for word the same, with the same definitions, over the same
facts, yielding to rules that are the same, applies to a request under one policy iff it does
under the other. So where no other rule's scope holds the request, both decide it alike, by the
same rules, with the same duties. Two policies that differ in one rule need to be compared in that
rule's scope only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from privity.model.formula import And, Defined, Formula, Key, Not, Or, variables_of
from privity.model.nodes import Fact, Policy, Rule, Scope, SetType, Taxonomy, TaxonomyType

FEW = 64
"""A policy of more rules is large. What is asked about a refutation is then asked of those rules
alone that bear on the roles in question; two policies are compared where they differ; and of the
ways in which a claim breaks, the first that is found is shown."""


def is_large(policy: Policy, others: Mapping[str, Policy]) -> bool:
    return any(len(one.rules) > FEW for one in (policy, *others.values()))


def differences(left: Policy, right: Policy, apart: frozenset[Key]) -> tuple[Scope, ...] | None:
    """Scopes outside of which both policies decide alike; None where that may be nowhere.

    Both have the same roles, from the same taxonomies. `apart` are the facts of `right` that
    are not those of `left` by the same key.
    """
    if left.otherwise != right.otherwise:
        return None
    same = frozenset(_same_rules(left, right, apart))
    return tuple(r.scope for one in (left, right) for r in one.rules if r.name not in same)


def _same_rules(left: Policy, right: Policy, apart: frozenset[Key]) -> Iterator[str]:
    definitions = frozenset(_same_definitions(left, right, apart))
    found: set[str] = set()
    for rule in right.rules_in_order:
        twin = left.rule_by_name.get(rule.name)
        if twin is None or not _same_text(twin, rule) or not found.issuperset(rule.yields_to):
            continue
        conditions = (rule.when, rule.unless)
        if all(_is_common(formula, definitions, apart) for formula in conditions):
            found.add(rule.name)
            yield rule.name


def _same_text(left: Rule, right: Rule) -> bool:
    return (
        left.effect == right.effect
        and left.scope.roles == right.scope.roles
        and left.when == right.when
        and left.unless == right.unless
        and set(left.yields_to) == set(right.yields_to)
        and {duty.name for duty in left.duties} == {duty.name for duty in right.duties}
    )


def _same_definitions(left: Policy, right: Policy, apart: frozenset[Key]) -> Iterator[str]:
    """In the order of the right policy, in which what is referred to comes before."""
    found: set[str] = set()
    for name, definition in right.definitions.items():
        twin = left.definitions.get(name)
        same = twin is not None and twin.formula == definition.formula
        if same and _is_common(definition.formula, found, apart):
            found.add(name)
            yield name


def _is_common(
    formula: Formula, definitions: set[str] | frozenset[str], apart: frozenset[Key]
) -> bool:
    """Whether a formula reads nothing that is another thing in the other policy."""
    match formula:
        case Defined(name):
            return name in definitions
        case Not(operand):
            return _is_common(operand, definitions, apart)
        case And(operands) | Or(operands):
            return all(_is_common(operand, definitions, apart) for operand in operands)
        case _:
            return apart.isdisjoint(variables_of(formula, {}))


# ------------------------------------------------------------------ the same thing


def same_taxonomy(left: Taxonomy, right: Taxonomy) -> bool:
    """Whether leaf numbers mean the same: declared in the same place, with the same values."""
    shape = ([(v.path, v.first, v.last) for v in t.values] for t in (left, right))
    return left.origin == right.origin and next(shape) == next(shape)


def same_fact(left: Fact | None, owner: Policy, right: Fact, other: Policy) -> bool:
    """Whether two facts of one key are one fact: declared, with their type, in the same place."""
    if left is None or left.origin != right.origin:
        return False
    match left.type, right.type:
        case (TaxonomyType(mine), TaxonomyType(theirs)) | (SetType(mine), SetType(theirs)):
            same = same_taxonomy(owner.taxonomies[mine], other.taxonomies[theirs])
            return same and left.optional == right.optional
        case _:
            return left.type == right.type and left.optional == right.optional
