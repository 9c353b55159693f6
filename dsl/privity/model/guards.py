"""Which facts are known not to be `none` where a condition holds, or does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from privity.model.formula import (
    And,
    Constant,
    Defined,
    Formula,
    Holds,
    IsNone,
    Key,
    Not,
    Or,
    read_by,
)

Presence = tuple[frozenset[Key], frozenset[Key]]
"""The facts present where a formula holds, and where it does not."""

NO_FACTS: frozenset[Key] = frozenset()


def presence(formula: Formula, defined: Mapping[str, Presence]) -> Presence:
    """The facts that surely have a value if `formula` holds; and if it does not.

    Sound because atoms about a fact that is `none` are false. `defined` gives the presence of
    the definitions that the formula may name.
    """
    match formula:
        case Holds(fact):  # the most frequent first
            return frozenset({fact}), NO_FACTS
        case Not(operand):
            holds, fails = presence(operand, defined)
            return fails, holds
        case And(operands):
            parts = [presence(operand, defined) for operand in operands]
            return _union(p[0] for p in parts), _common(p[1] for p in parts)
        case Or(operands):
            parts = [presence(operand, defined) for operand in operands]
            return _common(p[0] for p in parts), _union(p[1] for p in parts)
        case IsNone(fact):
            return NO_FACTS, frozenset({fact})
        case Defined(name):
            return defined.get(name, (NO_FACTS, NO_FACTS))
        case Constant():
            return NO_FACTS, NO_FACTS
        case _:
            return read_by(formula), NO_FACTS


def _union(sets: Iterable[frozenset[Key]]) -> frozenset[Key]:
    return NO_FACTS.union(*sets)


def _common(sets: Iterable[frozenset[Key]]) -> frozenset[Key]:
    first, *rest = sets
    return first.intersection(*rest)
