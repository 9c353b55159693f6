"""Runs statements and expressions of one call; `execute.Machine` runs calls."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from privity.validate.circuit import Gate
from privity.validate.findings import RefusalError
from privity.validate.frames import Call, End, Frame, Locals
from privity.validate.operate import Operations
from privity.validate.values import Decided, Program, Row, Value, Words

if TYPE_CHECKING:
    from privity.validate.execute import Machine

MOST_STEPS = 5_000_000


@dataclass
class Run:
    machine: Machine
    frame: Frame

    @property
    def do(self) -> Operations:
        return self.machine.do

    # -------------------------------------------------------------- statements

    def block(self, body: Sequence[ast.stmt], names: Locals, reached: Gate) -> tuple[Gate, Locals]:
        """On which condition the end of the block is reached, and what is known there."""
        circuit = self.machine.world.circuit
        for statement in body:
            if reached is circuit.false:
                break
            self.step(statement)
            match statement:
                case ast.Return(value):
                    self.returned(value, names, reached, statement.lineno)
                    return circuit.false, names
                case ast.If():
                    reached, names = self.branch(statement, names, reached)
                case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
                    self.assign(statement, names, reached)
                case _:
                    pass
        return reached, names

    def step(self, node: ast.stmt | ast.expr) -> None:
        self.do.line = node.lineno
        self.machine.steps += 1
        if self.machine.steps > MOST_STEPS:
            raise RefusalError("not-proved", node.lineno, "there is too much to run")

    def branch(self, statement: ast.If, names: Locals, reached: Gate) -> tuple[Gate, Locals]:
        circuit = self.machine.world.circuit
        test = self.test(statement.test, names, reached)
        then = self.block(statement.body, dict(names), circuit.both(reached, test))
        against = circuit.negation(test)
        other = self.block(statement.orelse, dict(names), circuit.both(reached, against))
        if then[0] is circuit.false or other[0] is circuit.false:
            return other if then[0] is circuit.false else then
        self.do.line = statement.lineno
        shared = [name for name in then[1] if name in other[1]]
        # What only one arm assigns may be unbound from here on: reading it is refused.
        joined = {name: self.do.merge(test, then[1][name], other[1][name]) for name in shared}
        return circuit.either(then[0], other[0]), joined

    def assign(
        self, statement: ast.Assign | ast.AugAssign | ast.AnnAssign, names: Locals, reached: Gate
    ) -> None:
        assert statement.value is not None
        value = self.value(statement.value, names, reached)
        match statement:
            case ast.Assign(targets):
                for target in targets:
                    self.bind(target, value, names)
            case ast.AugAssign(ast.Name(name), sign):
                before = self.name(name, names)
                if isinstance(before.some, Row):
                    raise self.do.refuse("an assignment that changes a row")
                names[name] = self.do.binary(before, sign, value, reached)
            case _:
                self.bind(statement.target, value, names)

    def bind(self, target: ast.expr, value: Value, names: Locals) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
            return
        assert isinstance(target, ast.Tuple)
        if not isinstance(value.some, Row) or len(value.some.items) != len(target.elts):
            raise self.do.refuse("this unpacking")
        for part, item in zip(target.elts, value.some.items, strict=True):
            self.bind(part, item, names)

    def returned(self, value: ast.expr | None, names: Locals, reached: Gate, line: int) -> None:
        circuit = self.machine.world.circuit
        match value:
            case ast.IfExp(test, body, otherwise) if self.frame.tail:
                held = self.test(test, names, reached)
                self.returned(body, names, circuit.both(reached, held), body.lineno)
                against = circuit.both(reached, circuit.negation(held))
                self.returned(otherwise, names, against, otherwise.lineno)
            case ast.Call(ast.Name(called), arguments) if called in self.frame.tail:
                self.require_global(called)
                found = tuple(self.value(argument, names, reached) for argument in arguments)
                if reached is not circuit.false:
                    self.frame.calls.append(Call(reached, called, found, line))
            case None:
                self.frame.ends.append(End(reached, self.machine.world.values.none, line))
            case _:
                found_value = self.value(value, names, reached)
                if reached is not circuit.false:
                    self.frame.ends.append(End(reached, found_value, line))

    # -------------------------------------------------------------- expressions

    def name(self, name: str, names: Locals) -> Value:
        if name in names:
            return names[name]
        if name in self.frame.names:
            raise self.do.refuse(f"`{name}`, which may not have been assigned to,")
        if name == "MISSING":
            return self.machine.world.values.missing
        if name in self.machine.constants:
            return self.machine.constants[name]
        raise self.do.refuse(f"the name `{name}`")

    def require_global(self, name: str) -> None:
        if name in self.frame.names:
            raise self.do.refuse(f"a call of the local `{name}`")

    def test(self, node: ast.expr, names: Locals, reached: Gate) -> Gate:
        """The truth of a condition; the operands of `and`, `or`, `not` may be any truth."""
        circuit = self.machine.world.circuit
        match node:
            case ast.BoolOp(sign, operands):
                found: list[Gate] = []
                for operand in operands:
                    found.append(self.test(operand, names, reached))
                    last = found[-1]
                    on = last if isinstance(sign, ast.And) else circuit.negation(last)
                    reached = circuit.both(reached, on)
                join = circuit.both if isinstance(sign, ast.And) else circuit.either
                return join(*found)
            case ast.UnaryOp(ast.Not(), operand):
                return circuit.negation(self.test(operand, names, reached))
            case _:
                return self.do.truth(self.value(node, names, reached), reached)

    def value(self, node: ast.expr, names: Locals, reached: Gate) -> Value:
        self.step(node)
        values = self.machine.world.values
        match node:
            case ast.Constant(value):
                return self.literal(value)
            case ast.Name(name):
                return self.name(name, names)
            case ast.BoolOp():
                return self.operand(node, names, reached)
            case ast.UnaryOp(ast.Not()):
                return values.truth(self.test(node, names, reached))
            case ast.UnaryOp(ast.USub(), operand):
                return self.do.negative(self.value(operand, names, reached), reached)
            case ast.BinOp(left, sign, right):
                one = self.value(left, names, reached)
                other = self.value(right, names, reached)
                return self.do.binary(one, sign, other, reached)
            case ast.Compare():
                return values.truth(self.compare(node, names, reached))
            case ast.IfExp(test, body, otherwise):
                return self.chosen(test, body, otherwise, names, reached)
            case ast.Call():
                return self.call(node, names, reached)
            case ast.Subscript(row, index):
                return self.item(self.value(row, names, reached), index, names, reached)
            case ast.Tuple(items):
                return values.known(Row(tuple(self.value(i, names, reached) for i in items)))
            case _:
                raise self.do.refuse(f"`{type(node).__name__}` here")

    def literal(self, value: object) -> Value:
        world = self.machine.world
        match value:
            case None:
                return world.values.none
            case bool():
                return world.values.truth(world.circuit.constant(value))
            case int():
                return world.values.number(value)
            case str():
                return world.values.known(Words(str(world.scene.shared.text(value))))
            case _:
                raise self.do.refuse("this literal")

    def operand(self, node: ast.BoolOp, names: Locals, reached: Gate) -> Value:
        """`and` and `or` give one of their operands, which need not be a boolean."""
        circuit = self.machine.world.circuit
        *before, last = node.values
        found: list[tuple[Gate, Value]] = []
        for operand in before:
            value = self.value(operand, names, reached)
            truth = self.do.truth(value, reached)
            stops = circuit.negation(truth) if isinstance(node.op, ast.And) else truth
            found.append((stops, value))
            reached = circuit.both(reached, circuit.negation(stops))
        result = self.value(last, names, reached)
        for stops, value in reversed(found):
            result = self.do.merge(stops, value, result)
        return result

    def chosen(
        self, test: ast.expr, body: ast.expr, otherwise: ast.expr, names: Locals, reached: Gate
    ) -> Value:
        circuit = self.machine.world.circuit
        held = self.test(test, names, reached)
        then = self.value(body, names, circuit.both(reached, held))
        against = circuit.negation(held)
        other = self.value(otherwise, names, circuit.both(reached, against))
        return self.do.merge(held, then, other)

    def compare(self, node: ast.Compare, names: Locals, reached: Gate) -> Gate:
        """A chain holds iff each link does; a link is looked at only where those before it hold."""
        circuit = self.machine.world.circuit
        found = []
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            self.do.line = node.lineno
            held = self.link(left, sign, right, names, reached)
            found.append(held)
            reached = circuit.both(reached, held)
            left = right
        return circuit.both(*found)

    def link(
        self, left: ast.expr, sign: ast.cmpop, right: ast.expr, names: Locals, reached: Gate
    ) -> Gate:
        circuit = self.machine.world.circuit
        match sign:
            case ast.Is():
                return self.identical(left, right, names, reached)
            case ast.IsNot():
                return circuit.negation(self.identical(left, right, names, reached))
            case ast.In():
                return self.member(left, right, names, reached)
            case ast.NotIn():
                return circuit.negation(self.member(left, right, names, reached))
            case _:
                one = self.value(left, names, reached)
                return self.do.compare(one, sign, self.value(right, names, reached), reached)

    def identical(self, left: ast.expr, right: ast.expr, names: Locals, reached: Gate) -> Gate:
        """`is`, with True, False, None or MISSING on a side: there is one object of each."""
        for one, other in ((left, right), (right, left)):
            match other:
                case ast.Constant(None | True | False as constant):
                    return self.do.is_constant(self.value(one, names, reached), constant)
                case ast.Name("MISSING") if "MISSING" not in self.frame.names:
                    return self.do.is_constant(self.value(one, names, reached), ...)
                case _:
                    pass
        raise self.do.refuse("`is` without True, False, None or MISSING")

    def member(self, left: ast.expr, right: ast.expr, names: Locals, reached: Gate) -> Gate:
        value = self.value(left, names, reached)
        match right:
            case ast.Tuple(items) | ast.List(items) | ast.Set(items):
                return self.do.among(value, [self.value(i, names, reached) for i in items])
            case ast.Call(ast.Name("range")):
                return self.do.within(value, *self.interval(right))
            case _:
                return self.do.contains(self.value(right, names, reached), value, reached)

    def interval(self, node: ast.Call) -> tuple[int, int]:
        """`range(a, b)` or `range(b)` of numbers that are written out."""
        self.require_global("range")
        match [_number(argument) for argument in node.args]:
            case [int(first), int(end)]:
                return first, end
            case [int(end)]:
                return 0, end
            case _:
                raise self.do.refuse("this `range`")

    def call(self, node: ast.Call, names: Locals, reached: Gate) -> Value:
        match node.func:
            case ast.Attribute(held, "isdisjoint") if len(node.args) == 1:
                of = self.value(held, names, reached)
                leaves = self.leaves(node.args[0])
                return self.machine.world.values.truth(self.do.disjoint(of, leaves, reached))
            case ast.Name(called):
                self.require_global(called)
                arguments = [self.value(a, names, reached) for a in node.args]
                self.do.line = node.lineno
                return self.called(called, arguments, reached)
            case _:
                raise self.do.refuse("this call")

    def called(self, called: str, arguments: list[Value], reached: Gate) -> Value:
        match called, arguments:
            case "_shift", [day, months]:
                return self.do.shift(day, months, reached)
            case "_due", [program, decision, values]:
                return self.due(program, decision, values)
            case _ if called in self.machine.functions:
                return self.machine.value(called, arguments, reached)
            case _:
                raise self.do.refuse(f"a call of `{called}`")

    def due(self, program: Value, decision: Value, values: Value) -> Value:
        """The decision with its deadlines, which are computed from all `values`."""
        match program.some, decision.some:
            case Program(), Decided(name, False, _) if values == self.machine.request:
                return self.machine.world.values.known(Decided(name, False, True))
            case _:
                raise self.do.refuse("`_due` of anything but `_PROGRAM`, a decision and `values`")

    def leaves(self, node: ast.expr) -> Sequence[int]:
        match node:
            case ast.Call(ast.Name("range")):
                return range(*self.interval(node))
            case ast.Tuple(items) | ast.List(items) | ast.Set(items):
                found = [_number(item) for item in items]
                if None not in found:
                    return [number for number in found if number is not None]
            case _:
                pass
        raise self.do.refuse("this argument of `isdisjoint`")

    def item(self, row: Value, index: ast.expr, names: Locals, reached: Gate) -> Value:
        number = _number(index)
        match row.some:
            case Row(items) if number is not None and 0 <= number < len(items):
                return items[number]
            case Decided(name, True, owed):
                category = self.value(index, names, reached)
                data = self.machine.world.complete("data")
                if category != data:
                    raise self.do.refuse("a decision on anything but the data category")
                return self.machine.world.values.known(Decided(name, False, owed))
            case _:
                raise self.do.refuse("this subscript")


def _number(node: ast.expr) -> int | None:
    """A whole number that is written out."""
    match node:
        case ast.Constant(int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))) if not isinstance(value, bool):
            return -value
        case _:
            return None
