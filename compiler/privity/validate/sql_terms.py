"""What SQL expressions come to, as SMT terms over one row, and what all of them share."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from privity.symbolic import factory
from privity.symbolic.factory import Term
from privity.validate.sql_read import Node, UnreadableError, shown
from privity.validate.sql_rows import Cell, Rows

Sort = Literal["integer", "date", "text", "null"]


@dataclass(frozen=True, slots=True)
class Condition:
    true: Term
    false: Term


@dataclass(frozen=True, slots=True)
class Value:
    """`exact`: a text that compares by its characters. `halves`: twice the number is `term`."""

    sort: Sort
    term: Term
    null: Term
    exact: bool = True
    cell: Cell | None = None
    halves: bool = False


CONDITIONS = (exp.Boolean, exp.Not, exp.Connector, exp.Predicate)
"""Nodes that are conditions whatever is in them."""
UNKNOWN = Condition(factory.FALSE, factory.FALSE)


def equivalent(condition: bool) -> Condition:
    return (
        Condition(factory.TRUE, factory.FALSE)
        if condition
        else Condition(factory.FALSE, factory.TRUE)
    )


@dataclass
class Terms(ABC):
    """The terms of one text over one row. `commands` declare what they need."""

    rows: Rows
    commands: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _free: dict[str, str] = field(default_factory=dict)
    _late: dict[str, tuple[Term, str]] = field(default_factory=dict)

    @abstractmethod
    def value(self, node: Node) -> Value:
        """What an expression comes to. Raises UnreadableError."""

    def late(self) -> Iterator[str]:
        """What to assert once the shifts are declared."""
        for free, (inside, result) in self._late.items():
            yield f"(assert (=> {inside} (= {free} {result})))"

    def _chosen(self, when: Condition, then: Value, found: Value) -> Value:
        sort = found.sort if then.sort == "null" else then.sort
        exact, halves = then.exact and found.exact, then.halves or found.halves
        terms = [doubled(each) if halves else each.term for each in (then, found)]
        term = self._name(choice(when.true, terms[0], terms[1]), "Int")
        null = self._name(choice(when.true, then.null, found.null), "Bool")
        return Value(sort, term, null, exact, halves=halves)

    def _settled(self, value: Value) -> Value:
        """What stands in a cell, anything where it is not as promised."""
        if value.cell is None or value.cell.typed:
            return Value(value.sort, value.term, value.null, value.exact, None, value.halves)
        term = self._name(
            choice(value.cell.proper, value.term, self._fresh("Int", f"value {value.cell.name}")),
            "Int",
        )
        return Value(value.sort, term, value.null, value.exact, None, value.halves)

    def _written_date(self, value: Value) -> Value:
        text = next((t for t, n in self.rows.shared.texts.items() if str(n) == value.term), None)
        day = None if text is None else ordinal(text)
        if day is None:
            raise UnreadableError("a date is compared with what is no date")
        return Value("date", factory.number(day), factory.FALSE)

    def _cell(self, node: exp.Column) -> Cell:
        return self.rows.cells[node.name]

    def _fresh(self, sort: str, about: str) -> str:
        """A constant that may be anything, one for each thing that it is `about`.

        Functions of SQL that are used here give the same for the same row.
        """
        if about not in self._free:
            self._free[about] = f"open.{len(self._free)}"
            self.commands.append(f"(declare-const {self._free[about]} {sort})")
        return self._free[about]

    def _named(self, true: Term, false: Term) -> Condition:
        return Condition(self._name(true, "Bool"), self._name(false, "Bool"))

    def _name(self, term: Term, sort: str) -> Term:
        """A short name for a long term, so that terms do not grow with depth."""
        if len(term) < 60:
            return term
        if term not in self._names:
            name = f"part.{len(self.commands)}"
            self.commands.append(f"(define-fun {name} () {sort} {term})")
            self._names[term] = name
        return self._names[term]


def doubled(value: Value) -> Term:
    """Twice the number."""
    return value.term if value.halves else factory.product(2, value.term)


def choice(condition: Term, then: Term, otherwise: Term) -> Term:
    if condition == factory.TRUE or then == otherwise:
        return then
    if condition == factory.FALSE:
        return otherwise
    return f"(ite {condition} {then} {otherwise})"


def opened(node: Node) -> Node:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def primary(node: Node) -> None:
    """Refuse what dialects may bind otherwise: conditions beside an operator, not in brackets."""
    loose = exp.Connector | exp.Not | exp.Predicate
    if isinstance(node, loose) and not isinstance(node, exp.Case):
        raise UnreadableError(f"`{shown(node)}` stands beside an operator without brackets")


def constant(node: Node) -> int | None:
    node = opened(node)
    if isinstance(node, exp.Neg):
        inner = constant(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit():
        return int(node.this)
    return None


def ordinal(text: str) -> int | None:
    try:
        day = datetime.date.fromisoformat(text) if len(text) == 10 and text[4] == "-" else None
    except ValueError:
        return None
    return None if day is None else day.toordinal()
