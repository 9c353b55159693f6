"""Conditions over one complete request: the definition. `privity.symbolic.encode` mirrors it.

The cases stand in the same order in both, under the same names; they are changed together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from privity.model.calendar import shift
from privity.model.formula import (
    And,
    AtMost,
    Atom,
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
from privity.model.nodes import Definition
from privity.semantics.nodes import Plain


@dataclass(frozen=True)
class World:
    """One completion: a value for every variable that is read, `data` among them.

    `free` gives the truth of the opaque comparisons, those between values that are missing.
    """

    values: Mapping[Key, Plain]
    definitions: Mapping[str, Definition]
    free: Mapping[Atom, bool] = field(default_factory=dict)
    memo: dict[str, bool] = field(default_factory=dict)


def evaluate(formula: Formula, world: World) -> bool:
    """Whether `formula` holds. An atom about a fact that is `none` is false."""
    match formula:
        case Constant(value):
            return value
        case Holds(fact):
            return world.values[fact] is True
        case IsNone(fact):
            return world.values[fact] is None
        case Within(variable, leaves):
            return world.values[variable] in leaves
        case SameLeaf(left, right):
            return world.values[left] is not None and world.values[left] == world.values[right]
        case Contains(fact, leaves):
            return not leaves.isdisjoint(_set(world.values[fact]))
        case TextIs(fact, text):
            return world.values[fact] == text
        case SameText(left, right):
            if _some_none({left, right}, world):
                return False
            return world.free.get(formula, world.values[left] == world.values[right])
        case AtMost(terms, bound):
            if _some_none(facts_of(terms), world):
                return False
            free = world.free.get(formula)
            return _sum(terms, world) <= bound if free is None else free
        case Equals(terms, bound):
            if _some_none(facts_of(terms), world):
                return False
            free = world.free.get(formula)
            return _sum(terms, world) == bound if free is None else free
        case Defined(name):
            if name not in world.memo:
                world.memo[name] = evaluate(world.definitions[name].formula, world)
            return world.memo[name]
        case Not(operand):
            return not evaluate(operand, world)
        case And(operands):
            return all(evaluate(operand, world) for operand in operands)
        case Or(operands):
            return any(evaluate(operand, world) for operand in operands)
        case _:
            assert_never(formula)


def evaluate_linear(linear: Linear, world: World) -> int:
    """The sum; every fact in it has a value."""
    return _sum(linear.terms, world) + linear.constant


def _sum(terms: tuple[tuple[int, Quantity], ...], world: World) -> int:
    return sum(coefficient * _quantity(quantity, world) for coefficient, quantity in terms)


def _quantity(quantity: Quantity, world: World) -> int:
    if isinstance(quantity, str):
        value = world.values[quantity]
        assert isinstance(value, int)
        return value
    return shift(evaluate_linear(quantity.of, world), quantity.months)


def _some_none(facts: frozenset[Key] | set[Key], world: World) -> bool:
    return any(world.values[fact] is None for fact in facts)


def _set(value: Plain) -> frozenset[int]:
    return value if isinstance(value, frozenset) else frozenset()
