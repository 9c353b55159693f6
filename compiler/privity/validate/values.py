"""Python's values, symbolically: what an expression of the subset may come to.

A value is MISSING, None or `some`, the conditions for the first two being gates that exclude
each other. `some` has one Python type, known without running anything; an expression that could
come to two types is not in the subset. So none of Python's meetings of types (`True == 1`, the
order of texts, a set compared with a number) is ever decided here: they are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from privity.model.formula import Linear
from privity.symbolic.factory import Term
from privity.validate.circuit import Circuit, Gate


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no other value: it is None or MISSING."""


@dataclass(frozen=True, slots=True)
class Truth:
    """True or False, the objects."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class Whole:
    """An `int` that is no `bool`: a number, an ordinal, days, the number of a leaf."""

    linear: Linear


@dataclass(frozen=True, slots=True)
class Words:
    """A `str`; of texts only equality counts, so they are numbers to the solver."""

    term: Term


@dataclass(frozen=True, slots=True)
class Leaves:
    """A `frozenset` of leaf numbers: for each leaf, whether it is in it."""

    members: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Mask:
    """An `int` read as bits, one a completion; the gate says whether the bit of one is set."""

    gate: Gate


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A tuple or list that nothing writes to."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A constant of decisions, one for each data category; `owed`: its deadlines are filled in."""

    name: str
    by_category: bool
    owed: bool


@dataclass(frozen=True, slots=True)
class Program:
    """The tables of the module."""


Some = Nothing | Truth | Whole | Words | Leaves | Mask | Row | Decided | Program


@dataclass(frozen=True, slots=True)
class Value:
    missing: Gate
    none: Gate
    some: Some


class Values:
    """Makes values."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.none = Value(circuit.false, circuit.true, Nothing())
        self.missing = Value(circuit.true, circuit.false, Nothing())

    def known(self, some: Some) -> Value:
        return Value(self.circuit.false, self.circuit.false, some)

    def truth(self, gate: Gate) -> Value:
        return self.known(Truth(gate))

    def number(self, value: int) -> Value:
        return self.known(Whole(Linear((), value)))

    def is_some(self, value: Value) -> Gate:
        circuit = self.circuit
        return circuit.both(circuit.negation(value.missing), circuit.negation(value.none))

    def is_plain(self, value: Value) -> bool:
        """It is neither MISSING nor None, whatever the request."""
        never = self.circuit.false
        return value.missing is never and value.none is never

    def unusable(self, value: Value) -> Gate:
        """It is MISSING or None: arithmetic, order and methods raise."""
        return self.circuit.either(value.missing, value.none)
