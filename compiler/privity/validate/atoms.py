"""Which condition each row of `_ATOMS` stands for, and that its function is that condition.

The prelude finds the cells of what is missing from the rows (docs/completions.md): leaves by
trying the function on each, numbers by where `total` passes `bounds`, texts by `text`, and for
what two missing values decide together a free boolean. So a row must stand for one atom of the
model: its kind, what it reads, bounds, text and `unsteady` give the atom, and the function is
proved to be true of exactly those values, of `none` too, and never to raise.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from privity.model.formula import (
    AtMost,
    Atom,
    Contains,
    Equals,
    Holds,
    IsNone,
    Key,
    Linear,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    facts_of,
    read_by,
    steady,
)
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    FactType,
    IntegerType,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.validate.circuit import Gate
from privity.validate.execute import Machine
from privity.validate.findings import RefusalError
from privity.validate.subset import is_docstring
from privity.validate.table_rows import AtomRow
from privity.validate.values import Leaves, Truth, Value, Whole
from privity.validate.world import World


@dataclass(frozen=True, slots=True)
class Known:
    """A row, the atom that it stands for, and its function as a condition on the completion."""

    row: AtomRow
    keys: tuple[Key, ...]
    atom: Atom
    gate: Gate


def known_atom(row: AtomRow, machine: Machine) -> Known:
    """Raises RefusalError where the row stands for no atom. Equality is left to the solver."""
    return _Reading(row, machine).known()


@dataclass(frozen=True)
class _Reading:
    row: AtomRow
    machine: Machine

    @property
    def world(self) -> World:
        return self.machine.world

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(self.world.keys[number] for number in self.row.reads)

    def wrong(self, said: str) -> RefusalError:
        return RefusalError("changed-table", self.row.line, f"an atom {said}")

    def known(self) -> Known:
        makers: dict[str, Callable[[], Atom]] = {
            "holds": self.holds,
            "is_none": self.is_none,
            "within": self.within,
            "same_leaf": self.same_leaf,
            "contains": self.contains,
            "text_is": self.text_is,
            "same_text": self.same_text,
            "sum": self.sum,
        }
        if self.row.kind not in makers:
            raise self.wrong(f"of the unknown kind `{self.row.kind}`")
        atom = makers[self.row.kind]()
        self.require_nothing_idle()
        if self.row.test is None:
            # The prelude's function of this kind, which the row calls, is the atom.
            found = _normal(atom, self.world) or self.world.holds(atom)
            return Known(self.row, self.keys, atom, found)
        value = self.call([self.world.complete(key) for key in self.keys])
        return Known(self.row, self.keys, atom, value)

    def require_nothing_idle(self) -> None:
        """What a kind does not use would say something untrue."""
        row = self.row
        if (row.text and row.kind != "text_is") or (row.kind != "sum" and row.total is not None):
            raise self.wrong("with parts that its kind has not")
        if row.kind != "sum" and (row.bounds or row.unsteady):
            raise self.wrong("with parts that its kind has not")

    def call(self, arguments: Sequence[Value]) -> Gate:
        """The truth that the function gives, True or False and nothing else."""
        value = self.result(arguments)
        if not isinstance(value.some, Truth):
            raise self.wrong("whose function gives no boolean")
        never = self.world.circuit.false
        if value.none is not never or value.missing is not never:
            raise self.wrong("whose function may give no boolean")
        return value.some.gate

    def result(self, arguments: Sequence[Value]) -> Value:
        if self.row.test is None or self.row.test not in self.machine.functions:
            raise self.wrong(f"whose function `{self.row.test}` is not there")
        return self.machine.value(self.row.test, arguments)

    # -------------------------------------------------------------- kinds

    def of(self, *types: type, most: int = 1) -> tuple[Key, ...]:
        """What the row reads: one variable, or up to `most`, of these types."""
        keys = self.keys
        if not 0 < len(keys) <= most or not all(isinstance(self.type_of(k), types) for k in keys):
            raise self.wrong(f"of kind `{self.row.kind}` that reads what it cannot be about")
        return keys

    def type_of(self, key: Key) -> FactType:
        fact = self.world.policy.fact_by_key.get(key)
        return TaxonomyType(key) if fact is None else fact.type

    def holds(self) -> Atom:
        [key] = self.of(BooleanType)
        return Holds(key)

    def is_none(self) -> Atom:
        [key] = self.of(object)
        fact = self.world.policy.fact_by_key.get(key)
        if fact is None or not fact.optional:
            raise self.wrong("about `none` of what is never none")
        return IsNone(key)

    def within(self) -> Atom:
        [key] = self.of(TaxonomyType)
        if self.row.test is None:
            return Within(key, self.listed(key))
        return Within(key, frozenset(self.leaves(key, lambda gate, leaf: leaf in gate.leaves)))

    def contains(self) -> Atom:
        [key] = self.of(SetType)
        if self.row.test is None:
            return Contains(key, self.listed(key))
        members = self.world.complete(key).some
        assert isinstance(members, Leaves)
        place = {gate: leaf for leaf, gate in enumerate(members.members)}
        return Contains(
            key, frozenset(self.leaves(key, lambda gate, leaf: place.get(gate) == leaf))
        )

    def listed(self, key: Key) -> frozenset[int]:
        """The leaves that a row of numbers lists."""
        leaves = {n for first, last in self.row.runs for n in range(first, last + 1)}
        if leaves and max(leaves) >= len(self.world.policy.taxonomy_of(key).leaves):
            raise self.wrong("of leaves that are not there")
        return frozenset(leaves)

    def leaves(self, key: Key, holds: Callable[[Gate, int], bool]) -> Iterator[int]:
        """The leaves of which, each alone, the function is true."""
        value = self.world.complete(key)
        gate = self.call([value])
        for leaf in range(len(self.world.policy.taxonomy_of(key).leaves)):

            def truth(part: Gate, leaf: int = leaf) -> bool:
                return part is not value.none and holds(part, leaf)

            if self.world.circuit.value(gate, truth):
                yield leaf

    def same_leaf(self) -> Atom:
        first, last = self.pair(TaxonomyType)
        taxonomy_of = self.world.policy.taxonomy_of
        if taxonomy_of(first).name != taxonomy_of(last).name:
            raise self.wrong("that compares leaves of two taxonomies")
        return SameLeaf(first, last)

    def same_text(self) -> Atom:
        return SameText(*self.pair(TextType))

    def pair(self, kind: type) -> tuple[Key, Key]:
        keys = self.of(kind, most=2)
        return keys[0], keys[-1]

    def text_is(self) -> Atom:
        [key] = self.of(TextType)
        return TextIs(key, self.row.text)

    def sum(self) -> Atom:
        keys = self.of(IntegerType, DateType, DurationType, most=len(self.world.keys))
        total = self.total(keys)
        facts = facts_of(total.terms)
        if facts != set(keys):
            raise self.wrong("whose sum does not read what the row says")
        if self.world.reach(total) is None:
            raise self.wrong("whose sum may leave the calendar")
        unsteady = {key for key in facts if not steady(total.terms, key)}
        if {self.world.keys[number] for number in self.row.unsteady} != unsteady:
            raise self.wrong("that hides, or invents, where its sum may go up and down")
        match self.row.bounds:
            case (bound,):
                return AtMost(total.terms, bound - total.constant)
            case (below, bound) if below == bound - 1:
                return Equals(total.terms, bound - total.constant)
            case _:
                raise self.wrong("with other bounds than `(n,)` or `(n - 1, n)`")

    def total(self, keys: Sequence[Key]) -> Linear:
        """The sum as a function of what is known and not none."""
        if self.row.total is None or self.row.total not in self.machine.functions:
            raise self.wrong("without its sum")
        function = self.machine.functions[self.row.total]
        if not is_straight(function):
            raise self.wrong("whose sum is more than one line of arithmetic")
        some = [self.world.values.known(self.world.complete(key).some) for key in keys]
        value = self.machine.value(self.row.total, some)
        if not isinstance(value.some, Whole) or value.none is not self.world.circuit.false:
            raise self.wrong("whose sum is no number")
        found = value.some.linear
        written = _written(function.body[-1])
        if found.constant or written != sum(abs(factor) for factor, _ in found.terms):
            # In columns the parts of a sum are computed one by one, in few bits.
            raise self.wrong("whose sum has a constant, or parts that cancel")
        return found


def differs_from_its_atom(known: Known, world: World) -> Gate:
    """False where the function obviously is its atom; else what the solver has to refute."""
    if known.gate is _normal(known.atom, world):
        return world.circuit.false
    return world.circuit.differ(known.gate, world.holds(known.atom))


def _normal(atom: Atom, world: World) -> Gate | None:
    """The common atoms in the normal form of gates: the cases of `symbolic.encode`."""
    circuit, names = world.circuit, world.scene.names
    match atom:
        case Holds(fact):
            held = circuit.term(names.boolean(fact))
        case IsNone(fact):
            return world.complete(fact).none
        case Within(key, leaves):
            held = circuit.leaf(names.variable(key), leaves, world.sizes[key])
        case AtMost(terms, bound):
            held = world.compared(Linear(terms, 0), "<=", Linear((), bound))
        case _:
            return None
    some = (circuit.negation(world.complete(key).none) for key in sorted(read_by(atom)))
    return circuit.both(*some, held)


def is_straight(function: ast.FunctionDef) -> bool:
    """One `return` of `+`, `-`, `*` and `_shift` on parameters: it is computed of whole columns
    too, and the prelude looks for `_shift` in it."""
    match [statement for statement in function.body if not is_docstring(statement)]:
        case [ast.Return(ast.expr() as value)]:
            names = {argument.arg for argument in function.args.args}
            return "_shift" not in names and all(
                _is_arithmetic(node, names) for node in ast.walk(value)
            )
        case _:
            return False


def _is_arithmetic(node: ast.AST, names: set[str]) -> bool:
    match node:
        case ast.Name(name):
            return name in names or name == "_shift"
        case ast.Constant(value):
            return type(value) is int
        case ast.Call(ast.Name(called)):
            return called == "_shift"
        case _:
            plain = (ast.BinOp, ast.UnaryOp, ast.Add, ast.Sub, ast.Mult, ast.USub, ast.Load)
            return isinstance(node, plain)


def _written(node: ast.AST | None, factor: int = 1) -> int:
    """The coefficients of a sum as it is written, without signs, each time they occur."""
    match node:
        case ast.Return(value):
            return _written(value, factor)
        case ast.BinOp(ast.Constant(int(number)), ast.Mult(), right):
            return _written(right, factor * abs(number))
        case ast.BinOp(left, ast.Mult(), ast.Constant(int(number))):
            return _written(left, factor * abs(number))
        case ast.BinOp(left, ast.Add() | ast.Sub(), right):
            return _written(left, factor) + _written(right, factor)
        case ast.UnaryOp(_, operand):
            return _written(operand, factor)
        case ast.Name() | ast.Call():
            return factor
        case _:
            # A constant, or what is no sum: no coefficients add up to this.
            return -(10**30)
