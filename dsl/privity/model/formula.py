"""What conditions mean: formulas over atoms, normalised, the one form that every engine reads.

A formula is about one complete request: a single data category and a value for each role and
fact. Variables are named by *keys*: a role (`"recipient"`) or a fact (`"subject.customer"`).
Dates are ordinals (`datetime.date.toordinal`), durations are days, taxonomy values are leaf
numbers, `none` is `None`.

An atom about a fact whose value is `none` is false, `IsNone` apart. The model refuses policies
in which that choice could be seen (an unguarded `none`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Key = str

Plain = bool | int | str | frozenset[int] | None
"""A value: boolean, integer, date (ordinal), days, leaf number, text, set of leaves, none."""


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool


@dataclass(frozen=True, slots=True)
class Holds:
    """A boolean fact is true."""

    fact: Key


@dataclass(frozen=True, slots=True)
class IsNone:
    fact: Key


@dataclass(frozen=True, slots=True)
class Within:
    """A role or fact has one of these leaves of its taxonomy."""

    variable: Key
    leaves: frozenset[int]


@dataclass(frozen=True, slots=True)
class SameLeaf:
    """Two variables of one taxonomy have the same leaf."""

    left: Key
    right: Key


@dataclass(frozen=True, slots=True)
class Contains:
    """A set fact has at least one of these leaves."""

    fact: Key
    leaves: frozenset[int]


@dataclass(frozen=True, slots=True)
class TextIs:
    fact: Key
    text: str


@dataclass(frozen=True, slots=True)
class SameText:
    left: Key
    right: Key


@dataclass(frozen=True, slots=True)
class Shifted:
    """The date `of`, an ordinal, moved by whole calendar months, clipped to the month's end."""

    of: Linear
    months: int


Quantity = Key | Shifted


@dataclass(frozen=True, slots=True)
class Linear:
    """`sum(coefficient * quantity) + constant`.

    Terms are sorted by quantity (facts first, by key), coefficients are not zero.
    """

    terms: tuple[tuple[int, Quantity], ...]
    constant: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """`sum(terms) <= bound`; normalised: coefficients without common divisor, the first positive.

    Comparisons that say the same, or the contrary, have the same `AtMost` in them.
    """

    terms: tuple[tuple[int, Quantity], ...]
    bound: int


@dataclass(frozen=True, slots=True)
class Equals:
    """`sum(terms) = bound`, normalised like `AtMost`."""

    terms: tuple[tuple[int, Quantity], ...]
    bound: int


@dataclass(frozen=True, slots=True)
class Defined:
    """A boolean definition, by name: its formula stands in `Policy.definitions`."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    operand: Formula


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Formula, ...]


Numeric = AtMost | Equals
Atom = Holds | IsNone | Within | SameLeaf | Contains | TextIs | SameText | AtMost | Equals
Formula = Constant | Atom | Defined | Not | And | Or

TRUE = Constant(True)
FALSE = Constant(False)


def negation(operand: Formula) -> Formula:
    match operand:
        case Constant(value):
            return Constant(not value)
        case Not(inner):
            return inner
        case _:
            return Not(operand)


def conjunction(operands: tuple[Formula, ...]) -> Formula:
    """And, with constants folded; of nothing, true."""
    if FALSE in operands:
        return FALSE
    rest = tuple(operand for operand in operands if operand != TRUE)
    return rest[0] if len(rest) == 1 else And(rest) if rest else TRUE


def disjunction(operands: tuple[Formula, ...]) -> Formula:
    """Or, with constants folded; of nothing, false."""
    if TRUE in operands:
        return TRUE
    rest = tuple(operand for operand in operands if operand != FALSE)
    return rest[0] if len(rest) == 1 else Or(rest) if rest else FALSE


def facts_of(terms: tuple[tuple[int, Quantity], ...]) -> frozenset[Key]:
    """The facts that a sum reads."""
    found: set[Key] = set()
    for _, quantity in terms:
        found |= {quantity} if isinstance(quantity, str) else facts_of(quantity.of.terms)
    return frozenset(found)


def read_by(atom: Atom) -> frozenset[Key]:
    """The variables that an atom reads."""
    match atom:
        case Holds(fact) | IsNone(fact) | Contains(fact, _) | TextIs(fact, _) | Within(fact, _):
            return frozenset({fact})
        case SameLeaf(left, right) | SameText(left, right):
            return frozenset({left, right})
        case AtMost(terms, _) | Equals(terms, _):
            return facts_of(terms)


def variables_of(formula: Formula, defined: Mapping[str, frozenset[Key]]) -> frozenset[Key]:
    """The variables that a formula reads; `defined` says it of the definitions it may name."""
    match formula:
        case Constant():
            return frozenset()
        case Defined(name):
            return defined[name]
        case Not(operand):
            return variables_of(operand, defined)
        case And(operands) | Or(operands):
            return frozenset[Key]().union(*(variables_of(each, defined) for each in operands))
        case _:
            return read_by(formula)


def steady(terms: tuple[tuple[int, Quantity], ...], fact: Key) -> bool:
    """Whether the sum only grows, or only falls, as `fact` alone does.

    True where `fact` stands in it once, shifts opened; a calendar shift is monotone. Where it
    stands twice, bare and inside a shift say, the sum may go up and down and the answer is no.
    """
    return _occurrences(terms, fact) == 1


def _occurrences(terms: tuple[tuple[int, Quantity], ...], fact: Key) -> int:
    return sum(
        quantity == fact if isinstance(quantity, str) else _occurrences(quantity.of.terms, fact)
        for _, quantity in terms
    )
