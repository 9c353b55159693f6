"""The variables of a request: declared and bounded; and read back from a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from privity.model.formula import Key, Plain
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    Fact,
    IntegerType,
    Policy,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.symbolic import factory
from privity.symbolic.encode import Shared
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.solver import Answer


def declare_roles(policy: Policy, names: Names) -> Iterator[str]:
    """Each role is a leaf number of its taxonomy."""
    for role, taxonomy in policy.roles.items():
        yield from _integer(names.variable(role), 0, len(taxonomy.leaves) - 1)


def declare_fact(policy: Policy, fact: Fact, names: Names) -> Iterator[str]:
    """The constants that stand for a fact, and the bounds of its type."""
    key, name = fact.key, names.variable(fact.key)
    if key in names.fixed:
        return
    if fact.optional:
        yield _boolean(names.none(key))
    match fact.type:
        case BooleanType():
            yield _boolean(name)
        case IntegerType(low, high) | DurationType(low, high):
            yield from _integer(name, low, high)
        case DateType():
            yield from _integer(name, FIRST_DAY.toordinal(), LAST_DAY.toordinal())
        case TextType():
            yield from _integer(name, 0, None)
        case TaxonomyType(taxonomy):
            yield from _integer(name, 0, len(policy.taxonomies[taxonomy].leaves) - 1)
        case SetType(taxonomy):
            for leaf in range(len(policy.taxonomies[taxonomy].leaves)):
                yield _boolean(names.member(key, leaf))


def read_roles(policy: Policy, answer: Answer, names: Names) -> dict[Key, Plain]:
    """The roles of a model, `data` among them; what a model leaves open is leaf 0."""
    return {role: int(answer.get(names.variable(role), 0)) for role in policy.roles}


def read_facts(
    policy: Policy, facts: Iterable[Fact], answer: Answer, names: Names, shared: Shared
) -> dict[Key, Plain]:
    """The value of each fact in a model."""
    return {fact.key: _read(policy, fact, answer, names, shared) for fact in facts}


def assign(policy: Policy, fact: Fact, value: Plain, names: Names, shared: Shared) -> Term:
    """The term that says that `fact` has `value`."""
    name = names.variable(fact.key)
    if value is None:
        return names.none(fact.key)
    some = factory.negation(names.none(fact.key)) if fact.optional else factory.TRUE
    if isinstance(value, frozenset):
        leaves = range(len(policy.taxonomy_of(fact.key).leaves))
        members = ((leaf in value, names.member(fact.key, leaf)) for leaf in leaves)
        held = (member if inside else factory.negation(member) for inside, member in members)
        return factory.conjunction([some, *held])
    return factory.conjunction([some, _equals(name, value, shared)])


def _equals(name: str, value: bool | int | str, shared: Shared) -> Term:
    match value:
        case bool():
            return name if value else factory.negation(name)
        case int():
            return f"(= {name} {factory.number(value)})"
        case str():
            return f"(= {name} {shared.text(value)})"


def _read(policy: Policy, fact: Fact, answer: Answer, names: Names, shared: Shared) -> Plain:
    key, name = fact.key, names.variable(fact.key)
    if fact.optional and answer.get(names.none(key), False):
        return None
    match fact.type:
        case BooleanType():
            return bool(answer.get(name, False))
        case TextType():
            return _read_text(int(answer.get(name, -1)), shared)
        case SetType(taxonomy):
            leaves = range(len(policy.taxonomies[taxonomy].leaves))
            return frozenset(leaf for leaf in leaves if answer.get(names.member(key, leaf)))
        case DateType():
            return int(answer.get(name, FIRST_DAY.toordinal()))
        case IntegerType(low, high) | DurationType(low, high):
            return int(answer.get(name, min(max(0, low), high)))
        case TaxonomyType():
            return int(answer.get(name, 0))


def _read_text(number: int, shared: Shared) -> str:
    """The text that a model's number stands for; any other text where it stands for none."""
    for text, known in shared.texts.items():
        if known == number:
            return text
    fresh = f"text {number}" if number >= 0 else "some text"
    return fresh if fresh not in shared.texts else fresh + " " * len("".join(shared.texts))


def _boolean(name: str) -> str:
    return f"(declare-const {name} Bool)"


def _integer(name: str, low: int, high: int | None) -> Iterator[str]:
    yield f"(declare-const {name} Int)"
    if high is None:
        yield f"(assert (<= {factory.number(low)} {name}))"
    else:
        yield f"(assert {factory.between(low, name, high)})"
