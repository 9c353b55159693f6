"""Python's operators on symbolic values: what they give, and when they raise.

`Operations` says *no* to whatever it has no exact rule for. What may raise is noted as a
condition, with its line, under the condition on which the operator is reached at all.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from privity.model import linear
from privity.model.formula import Linear
from privity.symbolic.encode import encode_linear
from privity.symbolic.factory import Term
from privity.validate.circuit import Gate
from privity.validate.findings import RefusalError
from privity.validate.subset import outside
from privity.validate.values import (
    Leaves,
    Mask,
    Nothing,
    Some,
    Truth,
    Value,
    Whole,
    Words,
)
from privity.validate.world import World


@dataclass(frozen=True, slots=True)
class Raise:
    """Where `gate` holds, line `line` raises an exception."""

    gate: Gate
    line: int
    what: str


@dataclass
class Operations:
    """`raises` collects what may raise; `line` is the one being read."""

    world: World
    raises: list[Raise] = field(default_factory=list)
    line: int = 0

    def may_raise(self, reached: Gate, when: Gate, what: str) -> None:
        gate = self.world.circuit.both(reached, when)
        if gate is not self.world.circuit.false:
            self.raises.append(Raise(gate, self.line, what))

    def refuse(self, what: str) -> RefusalError:
        return outside(self.line, what)

    # -------------------------------------------------------------- truth

    def truth(self, value: Value, reached: Gate) -> Gate:
        """Whether Python takes the value for true. MISSING refuses to be asked."""
        circuit = self.world.circuit
        self.may_raise(reached, value.missing, "asks MISSING whether it is true")
        some = self.world.values.is_some(value)
        match value.some:
            case Truth(gate):
                return circuit.both(some, gate)
            case Whole(number):
                zero = self._numbers(number, "=", Linear((), 0))
                return circuit.both(some, circuit.negation(zero))
            case Nothing():
                return circuit.false
            case _:
                raise self.refuse("the truth of what is neither a boolean nor a number")

    def merge(self, condition: Gate, then: Value, otherwise: Value) -> Value:
        """`then` where the condition holds, else `otherwise`."""
        if then == otherwise:
            return then
        choose = self.world.circuit.choose
        missing = choose(condition, then.missing, otherwise.missing)
        none = choose(condition, then.none, otherwise.none)
        return Value(missing, none, self._merged(condition, then.some, otherwise.some))

    def _merged(self, condition: Gate, then: Some, otherwise: Some) -> Some:
        if then == otherwise or isinstance(otherwise, Nothing):
            return then
        circuit = self.world.circuit
        match then, otherwise:
            case Nothing(), _:
                return otherwise
            case Truth(left), Truth(right):
                return Truth(circuit.choose(condition, left, right))
            case Mask(left), Mask(right):
                raise self.refuse("a choice between masks")
            case Whole(first), Whole(second):
                name = circuit.whole(condition, self._term(first), self._term(second))
                return Whole(linear.variable(name))
            case Words(one), Words(other):
                return Words(circuit.whole(condition, one, other))
            case _:
                raise self.refuse("what may come to values of different types")

    def _term(self, number: Linear) -> Term:
        return encode_linear(number, self.world.scene)

    # -------------------------------------------------------------- comparisons

    def compare(self, left: Value, sign: ast.cmpop, right: Value, reached: Gate) -> Gate:
        circuit = self.world.circuit
        match sign:
            case ast.Eq():
                return self.equal(left, right)
            case ast.NotEq():
                return circuit.negation(self.equal(left, right))
            case ast.LtE():
                return self._at_most(left, right, reached)
            case ast.GtE():
                return self._at_most(right, left, reached)
            case ast.Lt():
                return circuit.negation(self._at_most(right, left, reached))
            case ast.Gt():
                return circuit.negation(self._at_most(left, right, reached))
            case _:
                raise self.refuse(f"`{type(sign).__name__}` here")

    def equal(self, left: Value, right: Value) -> Gate:
        """`==`: MISSING and None equal themselves alone, and nothing raises."""
        circuit, values = self.world.circuit, self.world.values
        if values.is_plain(left) and values.is_plain(right):
            return self._alike(left.some, right.some)
        both_some = circuit.both(values.is_some(left), values.is_some(right))
        alike = circuit.false
        if both_some is not circuit.false:
            alike = self._alike(left.some, right.some)
        return circuit.either(
            circuit.both(left.missing, right.missing),
            circuit.both(left.none, right.none),
            circuit.both(both_some, alike),
        )

    def _alike(self, left: Some, right: Some) -> Gate:
        circuit = self.world.circuit
        match left, right:
            case (Nothing(), _) | (_, Nothing()):
                return circuit.false
            case Truth(one), Truth(other):
                return circuit.negation(circuit.differ(one, other))
            case Whole(one), Whole(other):
                return self._numbers(one, "=", other)
            case Words(one), Words(other):
                return self._texts(one, other)
            case _:
                raise self.refuse("`==` between values of different types, or of sets,")

    def _texts(self, one: Term, other: Term) -> Gate:
        circuit = self.world.circuit
        if one == other or (one.isdigit() and other.isdigit()):
            return circuit.constant(one == other)
        first, second = sorted((one, other))
        return circuit.term(f"(= {first} {second})")

    def _at_most(self, left: Value, right: Value, reached: Gate) -> Gate:
        """`left <= right`; what is said of MISSING or None does not matter, it raises."""
        for side in (left, right):
            self.may_raise(reached, self.world.values.unusable(side), "orders MISSING or None")
        match left.some, right.some:
            case Whole(one), Whole(other):
                return self._numbers(one, "<=", other)
            case (Nothing(), _) | (_, Nothing()):
                return self.world.circuit.false
            case _:
                raise self.refuse("an order of anything but numbers and dates")

    def _numbers(self, left: Linear, sign: str, right: Linear) -> Gate:
        difference = linear.subtract(left, right)
        circuit = self.world.circuit

        def holds(value: int) -> bool:
            return value <= 0 if sign == "<=" else value == 0

        match difference.terms:
            case ():
                return circuit.constant(holds(difference.constant))
            case ((factor, str() as key),) if key in self.world.sizes:
                size = self.world.sizes[key]
                kept = [n for n in range(size) if holds(factor * n + difference.constant)]
                return circuit.leaf(self.world.scene.names.variable(key), kept, size)
            case _:
                return self.world.compared(left, sign, right)

    def is_constant(self, value: Value, constant: object) -> Gate:
        """`value is constant`, of True, False, None or (`...` here) MISSING."""
        circuit = self.world.circuit
        if constant is None:
            return value.none
        if constant is ...:
            return value.missing
        if isinstance(value.some, Mask):
            raise self.refuse("`is` on masks")
        if not isinstance(value.some, Truth):
            # Neither a number nor a text is the object True.
            return circuit.false
        held = value.some.gate if constant is True else circuit.negation(value.some.gate)
        return circuit.both(self.world.values.is_some(value), held)

    def among(self, value: Value, items: Sequence[Value]) -> Gate:
        """`value in (a, b)`."""
        return self.world.circuit.either(*(self.equal(value, item) for item in items))

    def within(self, value: Value, first: int, end: int) -> Gate:
        """`value in range(first, end)`; of MISSING or None it is false, and nothing raises."""
        circuit = self.world.circuit
        if not isinstance(value.some, Whole):
            raise self.refuse("`in range` of anything but a number")
        low = self._numbers(Linear((), first), "<=", value.some.linear)
        high = self._numbers(value.some.linear, "<=", Linear((), end - 1))
        return circuit.both(self.world.values.is_some(value), low, high)

    def contains(self, held: Value, value: Value, reached: Gate) -> Gate:
        """`value in held`, of a set of leaves and a leaf that is written out."""
        self.may_raise(reached, self.world.values.unusable(held), "looks into MISSING or None")
        match held.some, value.some:
            case Leaves(members), Whole(Linear((), leaf)):
                known = 0 <= leaf < len(members)
                return members[leaf] if known else self.world.circuit.false
            case _:
                raise self.refuse("`in` here")

    def disjoint(self, held: Value, leaves: Sequence[int], reached: Gate) -> Gate:
        """`held.isdisjoint(leaves)`."""
        self.may_raise(reached, self.world.values.unusable(held), "looks into MISSING or None")
        if isinstance(held.some, Nothing):
            return self.world.circuit.false
        if not isinstance(held.some, Leaves):
            raise self.refuse("`isdisjoint` of anything but a set of leaves")
        members = held.some.members
        inside = [members[leaf] for leaf in leaves if 0 <= leaf < len(members)]
        return self.world.circuit.negation(self.world.circuit.either(*inside))

    # -------------------------------------------------------------- arithmetic, masks

    def binary(self, left: Value, sign: ast.operator, right: Value, reached: Gate) -> Value:
        if isinstance(sign, ast.BitAnd | ast.BitOr | ast.BitXor):
            return self._bits(left, sign, right)
        for side in (left, right):
            self.may_raise(reached, self.world.values.unusable(side), "counts with MISSING or None")
        match left.some, sign, right.some:
            case Whole(one), ast.Add(), Whole(other):
                found = linear.add(one, other)
            case Whole(one), ast.Sub(), Whole(other):
                found = linear.subtract(one, other)
            case Whole(Linear((), factor)), ast.Mult(), Whole(other):
                found = linear.scale(factor, other)
            case Whole(one), ast.Mult(), Whole(Linear((), factor)):
                found = linear.scale(factor, one)
            case (Nothing(), _, _) | (_, _, Nothing()):
                # It has raised; what comes of it does not matter.
                found = Linear((), 0)
            case _:
                raise self.refuse("this arithmetic")
        return self.world.values.known(Whole(found))

    def negative(self, value: Value, reached: Gate) -> Value:
        self.may_raise(reached, self.world.values.unusable(value), "counts with MISSING or None")
        if not isinstance(value.some, Whole):
            raise self.refuse("`-` of anything but a number")
        return self.world.values.known(Whole(linear.scale(-1, value.some.linear)))

    def _bits(self, left: Value, sign: ast.operator, right: Value) -> Value:
        """Bit by bit, so completion by completion. 0 has no bit; no other number is a mask."""
        circuit = self.world.circuit
        one, other = self.mask(left), self.mask(right)
        match sign:
            case ast.BitAnd():
                gate = circuit.both(one, other)
            case ast.BitOr():
                gate = circuit.either(one, other)
            case _:
                gate = circuit.differ(one, other)
        return self.world.values.known(Mask(gate))

    def mask(self, value: Value) -> Gate:
        """The bit of a completion."""
        match value.some:
            case Mask(gate):
                return gate
            case Whole(Linear((), 0)):
                return self.world.circuit.false
            case _:
                raise self.refuse("`&`, `|` or `^` of anything but masks")

    def shift(self, day: Value, months: Value, reached: Gate) -> Value:
        """`_shift(day, months)`, by a number of months that is written out."""
        self.may_raise(reached, self.world.values.unusable(day), "moves MISSING or None")
        match day.some, months.some:
            case Whole(moved), Whole(Linear((), count)):
                found = self._shifted(moved, count)
            case Nothing(), _:
                return day
            case _:
                raise self.refuse("`_shift` of anything but a date by a number of months")
        if self.world.reach(found) is None:
            raise RefusalError("not-proved", self.line, "a date may leave the calendar")
        return self.world.values.known(Whole(found))

    def _shifted(self, moved: Linear, count: int) -> Linear:
        try:
            return linear.shifted(moved, count)
        except (ValueError, OverflowError):
            raise RefusalError("not-proved", self.line, "a date leaves the calendar") from None
