"""Rules apart: two small functions each, for policies too large for one diagram.

`_h_N` says whether the conditions of a rule hold of a complete request; `_m_N` is the same for
all completions of a partial one, a bit each. Scopes and yields stand in the rule's row. Which
rules are looked at goes by their scopes, so a decision costs what the rules at hand cost.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from privity.emit.build import both, call, compare, constant, either, name
from privity.emit.code import Module, plain_type
from privity.emit.layout import flat
from privity.emit.names import plain
from privity.emit.rules import atom_body, chain
from privity.lower.atoms import definitions_of
from privity.model.formula import And, Atom, Constant, Defined, Formula, Holds, IsNone, Not, Or
from privity.model.nodes import Definition, Rule


def rule_functions_apart(module: Module) -> Iterator[list[str]]:
    """The functions of definitions, then those of rules in the order of declaration."""
    writer = _Writer(module)
    for definition, number in writer.definitions.values():
        yield from writer.functions(f"d{number}", definition, definition.formula)
    for number, rule in enumerate(module.program.rules):
        yield from writer.functions(str(number), rule.rule, _conditions(rule.rule))


def atom_functions_apart(module: Module) -> Iterator[list[str]]:
    """A function each: by number, and each on one line, since there may be very many."""
    for number, test in enumerate(module.program.tests):
        names = {key: f"x{place}" if place else "x" for place, key in enumerate(test.reads)}
        types = (f"{names[key]}: {plain_type(module.variable(key))}" for key in test.reads)
        yield [
            f"def _a_{number}({', '.join(types)}) -> bool:",
            f"    return {flat(atom_body(module, test, names))}",
        ]


def _conditions(rule: Rule) -> Formula:
    return And((rule.when, Not(rule.unless)))


@dataclass(frozen=True)
class _Writer:
    module: Module

    @cached_property
    def definitions(self) -> dict[str, tuple[Definition, int]]:
        found = definitions_of(self.module.program.policy)
        return {one.name: (one, number) for number, one in enumerate(found)}

    @cached_property
    def atoms(self) -> dict[Atom, int]:
        return {test.atom: number for number, test in enumerate(self.module.program.tests)}

    def functions(
        self, number: str, about: Definition | Rule, formula: Formula
    ) -> Iterator[list[str]]:
        yield [
            f"def _h_{number}(v: _Values) -> bool:",
            f"    # {plain(about.name)}",
            f"    return {flat(self.holds(formula))}",
        ]
        yield [
            f"def _m_{number}(a: _Masks, f: int) -> int:",
            f"    return {flat(self.mask(formula))}",
        ]

    # ---------------------------------------------------------------- of one complete request

    def holds(self, formula: Formula) -> ast.expr:
        match formula:
            case Constant(value):
                return constant(value)
            case Defined(definition):
                return call(f"_h_d{self.definitions[definition][1]}", name("v"))
            case Not(operand):
                return _not(self.holds(operand))
            case And(operands):
                return self._flat(operands, both, ast.And, True)
            case Or(operands):
                return self._flat(operands, either, ast.Or, False)
            case Holds(fact):
                return compare(self._value(fact), ast.Is(), constant(True))
            case IsNone(fact):
                return compare(self._value(fact), ast.Is(), constant(None))
            case atom:
                number = self.atoms[atom]
                reads = self.module.program.tests[number].reads
                return call(f"_a_{number}", *map(self._value, reads))

    def _flat(
        self,
        operands: Sequence[Formula],
        join: Callable[[Sequence[ast.expr]], ast.expr],
        kind: type[ast.boolop],
        unit: bool,
    ) -> ast.expr:
        """A chain; what does not change it is left out, and chains in it are opened."""
        parts: list[ast.expr] = []
        for part in map(self.holds, operands):
            if isinstance(part, ast.Constant) and part.value is (not unit):
                return part
            if isinstance(part, ast.BoolOp) and isinstance(part.op, kind):
                parts += part.values
            elif not isinstance(part, ast.Constant):
                parts.append(part)
        return join(parts) if parts else constant(unit)

    def _value(self, key: str) -> ast.expr:
        return ast.Subscript(name("v"), ast.Constant(self.module.number[key]))

    # ---------------------------------------------------------------- of all completions

    def mask(self, formula: Formula) -> ast.expr:
        match formula:
            case Constant(value):
                return name("f") if value else ast.Constant(0)
            case Defined(definition):
                called = f"_m_d{self.definitions[definition][1]}"
                return call(called, name("a"), name("f"))
            case Not(operand):
                return _complement(self.mask(operand))
            case And(operands):
                parts = [part for part in map(self.mask, operands) if not _is_full(part)]
                return chain(ast.BitAnd(), parts) if parts else name("f")
            case Or(operands):
                parts = [part for part in map(self.mask, operands) if not _is_none(part)]
                return chain(ast.BitOr(), parts) if parts else ast.Constant(0)
            case atom:
                return ast.Subscript(name("a"), ast.Constant(self.atoms[atom]))


def _not(operand: ast.expr) -> ast.expr:
    match operand:
        case ast.Constant(value):
            return constant(not value)
        case ast.UnaryOp(ast.Not(), inner):
            return inner
        case ast.Compare(left, [ast.Is()], [right]):
            return compare(left, ast.IsNot(), right)
        case _:
            return ast.UnaryOp(ast.Not(), operand)


def _complement(mask: ast.expr) -> ast.expr:
    if _is_full(mask):
        return ast.Constant(0)
    return name("f") if _is_none(mask) else ast.BinOp(name("f"), ast.BitXor(), mask)


def _is_full(mask: ast.expr) -> bool:
    return isinstance(mask, ast.Name)


def _is_none(mask: ast.expr) -> bool:
    return isinstance(mask, ast.Constant)
