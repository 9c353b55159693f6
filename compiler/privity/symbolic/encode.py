"""Conditions as SMT terms: the mirror of `privity.semantics.evaluate`.

For every formula and every complete request: the term is true under the request's values iff
`evaluate` answers True. Calendar shifts apart, which `privity.symbolic.months` over-approximates
by lemmas: there, *unsatisfiable* still carries over, and a model counts once it is replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from privity.model.formula import (
    And,
    AtMost,
    Constant,
    Contains,
    Defined,
    Equals,
    Formula,
    Holds,
    IsNone,
    Key,
    Linear,
    Not,
    Or,
    Quantity,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    facts_of,
)
from privity.model.nodes import Fact
from privity.symbolic import factory
from privity.symbolic.factory import Term
from privity.symbolic.names import Names


@dataclass(slots=True)
class Shared:
    """What all terms of one obligation have in common."""

    texts: dict[str, int] = field(default_factory=dict)
    """The text constants met, numbered: texts are integers of which only equality counts."""
    shifts: dict[tuple[Term, int], str] = field(default_factory=dict)
    """The calendar shifts met: (ordinal, months) to the constant that stands for the result."""

    def text(self, value: str) -> int:
        return self.texts.setdefault(value, len(self.texts))

    def shift(self, day: Term, months: int) -> str:
        return self.shifts.setdefault((day, months), f"shift.{len(self.shifts)}")


@dataclass(frozen=True, slots=True)
class Scene:
    """The variables of one request, for terms."""

    names: Names
    facts: Mapping[Key, Fact]
    shared: Shared


def encode(formula: Formula, scene: Scene) -> Term:
    """The term of a condition. An atom about a fact that is `none` is false."""
    names = scene.names
    match formula:
        case Constant(value):
            return factory.TRUE if value else factory.FALSE
        case Holds(fact):
            return _if_some({fact}, names.boolean(fact), scene)
        case IsNone(fact):
            return names.none(fact) if scene.facts[fact].optional else factory.FALSE
        case Within(variable, leaves):
            return _if_some({variable}, factory.member(names.variable(variable), leaves), scene)
        case SameLeaf(left, right):
            same = f"(= {names.variable(left)} {names.variable(right)})"
            return _if_some({left, right}, same, scene)
        case Contains(fact, leaves):
            some = factory.disjunction(names.member(fact, leaf) for leaf in sorted(leaves))
            return _if_some({fact}, some, scene)
        case TextIs(fact, text):
            same = f"(= {names.variable(fact)} {scene.shared.text(text)})"
            return _if_some({fact}, same, scene)
        case SameText(left, right):
            same = f"(= {names.variable(left)} {names.variable(right)})"
            return _if_some({left, right}, same, scene)
        case AtMost(terms, bound):
            holds = f"(<= {_sum(terms, scene)} {factory.number(bound)})"
            return _if_some(facts_of(terms), holds, scene)
        case Equals(terms, bound):
            holds = f"(= {_sum(terms, scene)} {factory.number(bound)})"
            return _if_some(facts_of(terms), holds, scene)
        case Defined(name):
            return names.definition(name)
        case Not(operand):
            return factory.negation(encode(operand, scene))
        case And(operands):
            return factory.conjunction(encode(operand, scene) for operand in operands)
        case Or(operands):
            return factory.disjunction(encode(operand, scene) for operand in operands)
        case _:
            assert_never(formula)


def encode_linear(linear: Linear, scene: Scene) -> Term:
    parts = [_sum(linear.terms, scene)] if linear.terms else []
    if linear.constant or not parts:
        parts.append(factory.number(linear.constant))
    return factory.total(parts)


def _sum(terms: tuple[tuple[int, Quantity], ...], scene: Scene) -> Term:
    return factory.total(factory.product(c, _quantity(quantity, scene)) for c, quantity in terms)


def _quantity(quantity: Quantity, scene: Scene) -> Term:
    if isinstance(quantity, str):
        return scene.names.variable(quantity)
    return scene.shared.shift(encode_linear(quantity.of, scene), quantity.months)


def _if_some(variables: frozenset[Key] | set[Key], term: Term, scene: Scene) -> Term:
    some = [
        factory.negation(scene.names.none(variable))
        for variable in sorted(variables)
        if variable in scene.facts and scene.facts[variable].optional
    ]
    return factory.conjunction([*some, term])
