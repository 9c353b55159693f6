"""Rules apart: rows of numbers, for policies too large for one diagram.

A rule's conditions are the numbers of atoms, nested: in a tuple all hold, in a tuple inside one
does, and so on in turn; `~n` says that atom n does not hold. The prelude reads them. Definitions
are opened; where that would take much room, they are tables of their own that rows refer to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from privity.emit.atoms import runs
from privity.emit.build import call, constant, name, numbers, tuple_of
from privity.emit.code import Module
from privity.emit.layout import flat
from privity.emit.names import plain
from privity.emit.words import atom_in_words
from privity.lower.program import LoweredRule, Test
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
    Linear,
    Not,
    Or,
    SameLeaf,
    SameText,
    TextIs,
    Within,
)
from privity.model.nodes import Rule

MOST_OPENED = 200
"""A definition that has more parts is not opened in each place."""
_LONGEST = 60


# ------------------------------------------------------------------ atoms


def atom_rows(module: Module) -> Iterator[str]:
    """A line for each atom, with its number, what it reads and, in short, what it says."""
    for number, test in enumerate(module.program.tests):
        said = plain(f"{number}: {', '.join(test.reads)} {atom_in_words(module, test)}").strip()
        short = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 3].rstrip()}..."
        yield f"    {flat(_atom(module, test))},  # {short}"


def _atom(module: Module, test: Test) -> ast.expr:
    match test.atom:
        case Holds(fact):
            return call("_if_true", _number(module, fact))
        case IsNone(fact):
            return call("_if_none", _number(module, fact))
        case Within(variable, leaves):
            return call("_if_in", _number(module, variable), *map(numbers, runs(leaves)))
        case Contains(fact, leaves):
            return call("_if_has", _number(module, fact), *map(numbers, runs(leaves)))
        case TextIs(fact, text):
            return call("_if_text", _number(module, fact), constant(text))
        case SameLeaf(left, right):
            return call("_if_same_leaf", *_pair(module, left, right))
        case SameText(left, right):
            return call("_if_same_text", *_pair(module, left, right))
        case AtMost(terms, bound):
            return _sum("_if_at_most", module, test, Linear(terms, 0), bound)
        case Equals(terms, bound):
            return _sum("_if_equal", module, test, Linear(terms, 0), bound)


def _number(module: Module, key: str) -> ast.expr:
    return ast.Constant(module.number[key])


def _pair(module: Module, left: str, right: str) -> list[ast.expr]:
    """In the order of the variables."""
    return [ast.Constant(number) for number in sorted((module.number[left], module.number[right]))]


def _sum(function: str, module: Module, test: Test, total: Linear, bound: int) -> ast.expr:
    reads = numbers(module.number[key] for key in test.reads)
    unsteady = numbers(module.number[key] for key in test.unsteady)
    more = {"unsteady": unsteady} if test.unsteady else {}
    return call(function, name(module.totals[total]), reads, constant(bound), **more)


# ------------------------------------------------------------------ conditions

_Part = int | str | tuple["_Part", ...]
"""An atom or its contrary, the table of a definition, or such parts joined the other way."""


@dataclass
class Conditions:
    """The conditions of a policy's rules as rows have them."""

    module: Module
    tables: dict[str, tuple[_Part, ...]] = field(default_factory=dict)
    """Of large definitions, each after those that it refers to."""
    _sizes: dict[str, int] = field(default_factory=dict)

    def of(self, rule: Rule) -> tuple[_Part, ...]:
        """What holds iff the rule's conditions do."""
        return self._all(And((rule.when, Not(rule.unless))), True)

    def left_out(self, rule: LoweredRule, conditions: tuple[_Part, ...]) -> list[int]:
        """The atoms of a rule that are in its conditions no more: constants decided."""
        kept = {*rule.scope, *self._atoms(conditions)}
        return [atom for atom in rule.tests if atom not in kept]

    def _atoms(self, parts: tuple[_Part, ...]) -> Iterator[int]:
        waiting, seen = [parts], set[str]()
        while waiting:
            for part in waiting.pop():
                if isinstance(part, int):
                    yield part if part >= 0 else ~part
                elif isinstance(part, tuple):
                    waiting.append(part)
                elif part not in seen:
                    seen.add(part)
                    waiting.append(self.tables[part])

    @cached_property
    def _numbers(self) -> dict[Atom, int]:
        return {test.atom: number for number, test in enumerate(self.module.program.tests)}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {n: place for place, n in enumerate(self.module.program.policy.definitions)}

    # -------------------------------------------------------------- nesting

    def _all(self, formula: Formula, holds: bool) -> tuple[_Part, ...]:
        found = self._parts(formula, holds, True)
        return ((),) if found is None else tuple(found)

    def _parts(self, formula: Formula, holds: bool, every: bool) -> list[_Part] | None:
        """That `formula` holds, or does not, as parts of which all hold where `every`, else one.

        None where one of them settles it: one that is false of all, one that is true of some.
        """
        match formula:
            case Constant(value):
                return [] if (value is holds) is every else None
            case Not(operand):
                return self._parts(operand, not holds, every)
            case And(operands) | Or(operands):
                if (isinstance(formula, And) is holds) is not every:
                    return _turned(self._parts(formula, holds, not every))
                found = [self._parts(operand, holds, every) for operand in operands]
                if None in found:
                    return None
                return [part for parts in found for part in parts or ()]
            case Defined(definition):
                return self._opened(definition, holds, every)
            case atom:
                number = self._numbers[atom]
                return [number if holds else ~number]

    def _opened(self, definition: str, holds: bool, every: bool) -> list[_Part] | None:
        formula = self.module.program.policy.definitions[definition].formula
        if self._size(formula) <= MOST_OPENED:
            return self._parts(formula, holds, every)
        table = f"_{'WHERE' if holds else 'UNLESS'}_{self._places[definition]}"
        if table not in self.tables:
            self.tables[table] = self._all(formula, holds)
        return [(table,)] if every else [table]

    def _size(self, formula: Formula) -> int:
        """How many parts it has, a definition with a table of its own being one."""
        match formula:
            case Constant():
                return 0
            case Not(operand):
                return self._size(operand)
            case And(operands) | Or(operands):
                return sum(map(self._size, operands))
            case Defined(definition):
                if definition not in self._sizes:
                    opened = self.module.program.policy.definitions[definition].formula
                    self._sizes[definition] = self._size(opened)
                found = self._sizes[definition]
                return found if found <= MOST_OPENED else 1
            case _:
                return 1


def _turned(parts: list[_Part] | None) -> list[_Part] | None:
    """Parts joined one way as parts joined the other way."""
    match parts:
        case None:
            return []
        case []:
            return None
        case [int(only)]:
            return [only]
        case [(*inner,)]:
            return inner
        case _:
            return [tuple(parts)]


def printed(part: _Part) -> ast.expr:
    match part:
        case int():
            return constant(part)
        case str():
            return name(part)
        case _:
            return tuple_of(map(printed, part))
