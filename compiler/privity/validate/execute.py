"""Runs functions of the subset symbolically.

Both arms of an `if` are run and what they assign is joined; `reached` is the condition on which
a statement is run, a gate. A function that is called is run in place. `Machine.value` gives what
a function returns; `Machine.ends` follows a chain of `return f(values)` and gives, for each place
where a decision is returned, the condition on which that is reached.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from privity.diagnostics.diagnostic import InternalError
from privity.validate.circuit import Gate
from privity.validate.frames import Call, End, Frame
from privity.validate.operate import Operations, Raise
from privity.validate.run import Run
from privity.validate.subset import assigned_in, outside
from privity.validate.values import Value
from privity.validate.world import World

DEEPEST = 60
"""Calls that nest; Python's own limit is 1,000 frames."""


@dataclass(frozen=True, slots=True)
class _Ran:
    """What a call returned, and where it may raise."""

    value: Value
    raises: tuple[Raise, ...]


@dataclass
class Machine:
    """`functions` are all of the module that are in the subset; `constants` its decisions."""

    world: World
    functions: Mapping[str, ast.FunctionDef]
    constants: Mapping[str, Value] = field(default_factory=dict)
    request: Value | None = None
    """The values that a decision is about, as they are handed on."""
    steps: int = 0
    _stack: list[str] = field(default_factory=list)
    _known: dict[tuple[str, tuple[Value, ...]], _Ran] = field(default_factory=dict)
    _assigned: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def do(self) -> Operations:
        return Operations(self.world)

    def value(
        self, function: str, arguments: Sequence[Value], reached: Gate | None = None
    ) -> Value:
        """What a call returns; where it may raise is added to `do.raises`."""
        place = (function, tuple(arguments))
        if place not in self._known:
            self._known[place] = self._run_apart(function, place[1])
        ran = self._known[place]
        for one in ran.raises:
            gate = one.gate if reached is None else self.world.circuit.both(reached, one.gate)
            if gate is not self.world.circuit.false:
                self.do.raises.append(Raise(gate, one.line, one.what))
        return ran.value

    def _run_apart(self, function: str, arguments: tuple[Value, ...]) -> _Ran:
        raises, self.do.raises = self.do.raises, []
        try:
            frame = self._run(function, arguments, self.world.circuit.true, frozenset())
            value = self._joined(frame.ends)
            return _Ran(value, tuple(self.do.raises))
        finally:
            self.do.raises = raises

    def _joined(self, ends: Sequence[End]) -> Value:
        """One of them is reached, whatever the request."""
        *others, last = ends
        found = last.value
        for end in reversed(others):
            self.do.line = end.line
            found = self.do.merge(end.reached, end.value, found)
        return found

    def ends(self, function: str, arguments: Sequence[Value], family: frozenset[str]) -> list[End]:
        """Every place where `function`, or one of `family` that it hands on to, returns.

        Each function is run once, for all the places it is called from; so calls must not go
        round in circles.
        """
        found: list[End] = []
        done: set[str] = set()
        calls = {function: [Call(self.world.circuit.true, function, tuple(arguments), 0)]}
        for name in self._in_order(function, family):
            if name in calls:
                reached = self.world.circuit.either(*(call.reached for call in calls[name]))
                frame = self._run(name, self._arguments(calls[name]), reached, family)
                found += frame.ends
                done.add(name)
                for call in frame.calls:
                    if call.function in done:
                        raise InternalError(f"`{call.function}` was run before all its calls")
                    calls.setdefault(call.function, []).append(call)
        return found

    def _arguments(self, calls: Sequence[Call]) -> tuple[Value, ...]:
        first = calls[0].arguments
        for call in calls[1:]:
            if len(call.arguments) != len(first):
                raise outside(call.line, f"a wrong number of arguments of `{call.function}`")
            first = tuple(
                self.do.merge(call.reached, one, known)
                for one, known in zip(call.arguments, first, strict=True)
            )
        return first

    def _in_order(self, root: str, family: frozenset[str]) -> list[str]:
        """The functions that `root` hands on to, each after all that hand on to it."""
        heights: dict[str, int] = {}
        order: list[str] = []

        def visit(name: str, chain: tuple[str, ...]) -> int:
            if name in chain or len(chain) > DEEPEST:
                raise outside(self.functions[name].lineno, f"so long a chain of calls to `{name}`")
            if name not in heights:
                inner = [visit(one, (*chain, name)) for one in self._handed_on(name, family)]
                heights[name] = 1 + max(inner, default=0)
                order.append(name)
            return heights[name]

        if visit(root, ()) > DEEPEST:
            raise outside(self.functions[root].lineno, "so long a chain of calls")
        return order[::-1]

    def _handed_on(self, name: str, family: frozenset[str]) -> Iterator[str]:
        called = {
            node.func.id: None
            for statement in self.functions[name].body
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        return (one for one in called if one in family and one in self.functions)

    def _run(
        self, function: str, arguments: Sequence[Value], reached: Gate, tail: frozenset[str]
    ) -> Frame:
        body = self.functions[function]
        parameters = [argument.arg for argument in body.args.args]
        if len(parameters) != len(arguments):
            raise outside(self.do.line, f"a wrong number of arguments of `{function}`")
        if function in self._stack or len(self._stack) > DEEPEST:
            raise outside(body.lineno, f"`{function}`, which calls itself or nests too deep,")
        if function not in self._assigned:
            self._assigned[function] = assigned_in(body)
        frame = Frame(function, self._assigned[function], tail)
        self._stack.append(function)
        try:
            names = dict(zip(parameters, arguments, strict=True))
            left, _ = Run(self, frame).block(body.body, names, reached)
        finally:
            self._stack.pop()
        if left is not self.world.circuit.false:
            # Nothing is returned: Python returns None.
            frame.ends.append(End(left, self.world.values.none, body.lineno))
        return frame
