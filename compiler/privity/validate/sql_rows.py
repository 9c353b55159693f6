"""A row of a table as SMT constants, and which requests agree with it: docs/sql.md, once more."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from privity.model.columns import Absent, Column, Columns, Fixed, Members, Place
from privity.model.formula import Key, Plain
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    FactType,
    IntegerType,
    Policy,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.symbolic import factory
from privity.symbolic.encode import Shared
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.requests import assign
from privity.symbolic.solver import Answer

Kind = Literal["boolean", "integer", "date", "text"]
NULL, INTEGER, REAL, TEXT, BLOB = range(5)
"""SQLite's storage classes. In other dialects a column holds NULL or its type."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row has in a column. `name` is a constant; in SQLite `name.class` its class.

    `name.null` is true iff it is NULL. A text is a number of which only equality counts; a date
    is an ordinal. In SQLite a text of a date column is a day iff `name.iso`.
    """

    name: str
    kind: Kind
    typed: bool

    @property
    def null(self) -> Term:
        return f"{self.name}.null" if self.typed else f"(= {self.name}.class {NULL})"

    @property
    def proper(self) -> Term:
        """It is not NULL and of the class that its kind is stored in."""
        if self.typed:
            return factory.negation(self.null)
        wanted = INTEGER if self.kind in ("boolean", "integer") else TEXT
        right = f"(= {self.name}.class {wanted})"
        return factory.conjunction([right, f"{self.name}.iso"] if self.kind == "date" else [right])

    def declare(self) -> Iterator[str]:
        boolean = self.kind == "boolean" and self.typed
        yield f"(declare-const {self.name} {'Bool' if boolean else 'Int'})"
        if self.typed:
            yield f"(declare-const {self.name}.null Bool)"
        else:
            yield f"(declare-const {self.name}.class Int)"
            yield f"(assert (<= {NULL} {self.name}.class {BLOB}))"
            yield f"(declare-const {self.name}.iso Bool)"
        if self.kind == "text":
            yield f"(assert (<= 0 {self.name}))"
        if self.kind == "date" and not self.typed:
            last = datetime.date.max.toordinal()
            first = -365  # 0000-01-01, before which SQLite writes years otherwise
            yield f"(assert (=> {self.name}.iso (<= {factory.number(first)} {self.name} {last})))"


KINDS: Mapping[type[FactType], Kind] = {
    BooleanType: "boolean",
    SetType: "boolean",
    IntegerType: "integer",
    DurationType: "integer",
    DateType: "date",
    TaxonomyType: "text",
    TextType: "text",
}


@dataclass(frozen=True)
class Rows:
    """The rows of a table, as constants. `shared` numbers texts as the policy's terms do."""

    policy: Policy
    columns: Columns
    dialect: str
    shared: Shared
    cells: dict[str, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, place in self.columns.places.items():
            match place:
                case Column(name):
                    self._cell(name, KINDS[type(self.kind(key))])
                case Members(columns):
                    for name in columns.values():
                        self._cell(name, "boolean")
                case _:
                    pass
            if isinstance(place, Column | Members) and place.none is not None:
                self._cell(place.none, "boolean")

    def _cell(self, name: str, kind: Kind) -> None:
        cell = Cell(f"row.{len(self.cells)}", kind, self.dialect != "sqlite")
        if self.cells.setdefault(name, cell).kind != kind:
            raise ValueError(f"the column `{name}` is given two types")

    def kind(self, key: Key) -> FactType:
        fact = self.policy.fact_by_key.get(key)
        return TaxonomyType(key) if fact is None else fact.type

    def declarations(self) -> Iterator[str]:
        for cell in self.cells.values():
            yield from cell.declare()

    # -------------------------------------------------------------- how a row reads

    def place(self, key: Key) -> Place:
        return self.columns.places.get(key, Absent())

    def variables(self) -> tuple[Key, ...]:
        return (*self.policy.roles, *self.policy.fact_by_key)

    def valid(self) -> Term:
        """Whether the row is a request."""
        return factory.conjunction(self._valid(key) for key in self.variables())

    def missing(self, key: Key) -> Term:
        """Whether a valid row leaves `key` open."""
        match self.place(key):
            case Absent():
                return factory.TRUE
            case Fixed():
                return factory.FALSE
            case Column(_, null, none) | Members(_, null, none):
                if null != "missing":
                    return factory.FALSE
                open_ = factory.disjunction(cell.null for cell in self._values(key))
                if none is None:
                    return open_
                return factory.conjunction([open_, factory.negation(self._is(none))])

    def none(self, key: Key) -> Term:
        match self.place(key):
            case Absent():
                return factory.FALSE
            case Fixed(value):
                return factory.TRUE if value is None else factory.FALSE
            case Column(_, "none") | Members(_, "none"):
                return factory.conjunction(cell.null for cell in self._values(key))
            case Column(_, _, none) | Members(_, _, none):
                return factory.FALSE if none is None else self._is(none)

    def agrees(self, key: Key, names: Names) -> Term:
        """Whether the value of `key` in a request, under `names`, is one that the row allows."""
        fact = self.policy.fact_by_key.get(key)
        none = self.none(key)
        is_none = names.none(key) if fact is not None and fact.optional else factory.FALSE
        known = factory.negation(factory.disjunction([self.missing(key), none]))
        same = factory.conjunction([factory.negation(is_none), self._same(key, names)])
        return factory.conjunction([f"(=> {none} {is_none})", f"(=> {known} {same})"])

    def _same(self, key: Key, names: Names) -> Term:
        """Whether the request has the value that the row states."""
        place, kind = self.place(key), self.kind(key)
        match place:
            case Fixed(value):
                return factory.TRUE if value is None else self._is_value(key, value, names)
            case Absent():
                return factory.TRUE
            case Members(columns):
                cells = {leaf: self._is(name) for leaf, name in columns.items()}
                # What the mapping does not name, no rule asks for.
                pairs = ((names.member(key, leaf), held) for leaf, held in cells.items())
                return factory.conjunction(f"(= {member} {held})" for member, held in pairs)
            case Column(name):
                return self._same_column(kind, self.cells[name], key, names)

    def _same_column(self, kind: FactType, cell: Cell, key: Key, names: Names) -> Term:
        variable = names.variable(key)
        match kind:
            case BooleanType():
                held = cell.name if cell.typed else f"(= {cell.name} 1)"
                return f"(= {names.boolean(key)} {held})"
            case TaxonomyType():
                leaves = self.policy.taxonomy_of(key).leaves
                numbered = ((n, self.shared.text(leaf.name)) for n, leaf in enumerate(leaves))
                return factory.conjunction(
                    f"(=> (= {cell.name} {text}) (= {variable} {n}))" for n, text in numbered
                )
            case _:
                return f"(= {variable} {cell.name})"

    def _is_value(self, key: Key, value: Plain, names: Names) -> Term:
        fact = self.policy.fact_by_key.get(key)
        if fact is None:
            assert isinstance(value, int)
            return f"(= {names.variable(key)} {factory.number(value)})"
        return assign(self.policy, fact, value, names, self.shared)

    # -------------------------------------------------------------- what is valid

    def _values(self, key: Key) -> list[Cell]:
        match self.place(key):
            case Column(name):
                return [self.cells[name]]
            case Members(columns):
                return [self.cells[name] for name in columns.values()]
            case _:
                return []

    def _is(self, name: str) -> Term:
        """Whether a boolean column says yes."""
        cell = self.cells[name]
        return factory.conjunction([cell.proper, cell.name if cell.typed else f"(= {cell.name} 1)"])

    def _no(self, name: str) -> Term:
        cell = self.cells[name]
        no = factory.negation(cell.name) if cell.typed else f"(= {cell.name} 0)"
        return factory.conjunction([cell.proper, no])

    def _valid(self, key: Key) -> Term:
        place = self.place(key)
        if isinstance(place, Fixed | Absent):
            return factory.TRUE
        cells = self._values(key)
        empty = factory.conjunction(cell.null for cell in cells)
        full = factory.conjunction(self._fits(key, cell) for cell in cells)
        stated = [factory.disjunction([cell.null, self._fits(key, cell)]) for cell in cells]
        if place.null == "never":
            return full
        if place.null == "none":
            return factory.disjunction([empty, full])
        each = factory.conjunction(stated)
        if place.none is None:
            return each
        flag = factory.disjunction([self.cells[place.none].null, self._is(place.none)])
        return factory.disjunction(
            [
                factory.conjunction([empty, factory.disjunction([flag, self._no(place.none)])]),
                factory.conjunction([each, self._no(place.none)]),
            ]
        )

    def _fits(self, key: Key, cell: Cell) -> Term:
        """Whether a column has a value of the type."""
        return factory.conjunction([cell.proper, self._in_range(self.kind(key), key, cell)])

    def _in_range(self, kind: FactType, key: Key, cell: Cell) -> Term:
        match kind:
            case BooleanType() | SetType():
                return factory.TRUE if cell.typed else f"(<= 0 {cell.name} 1)"
            case IntegerType(low, high) | DurationType(low, high):
                return factory.between(low, cell.name, high)
            case DateType():
                first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
                return factory.between(first, cell.name, last)
            case TaxonomyType():
                leaves = self.policy.taxonomy_of(key).leaves
                numbers = (self.shared.text(leaf.name) for leaf in leaves)
                return factory.member(cell.name, frozenset(numbers))
            case TextType():
                return factory.TRUE

    # -------------------------------------------------------------- and back

    def read(self, answer: Answer) -> dict[str, object]:
        """The row of a model: a value for each column, dates as dates."""
        texts = {number: text for text, number in self.shared.texts.items()}
        return {name: _value(cell, answer, texts) for name, cell in self.cells.items()}


def _value(cell: Cell, answer: Answer, texts: Mapping[int, str]) -> object:
    value = answer.get(cell.name, 0)
    if cell.typed:
        if answer.get(f"{cell.name}.null", False):
            return None
        if cell.kind == "boolean":
            return bool(value)
        return _proper(cell, int(value), texts)
    match answer.get(f"{cell.name}.class", NULL):
        case 0:
            return None
        case 2:
            return 0.5
        case 4:
            return b"blob"
        case kind:
            if (kind == TEXT) != (cell.kind in ("text", "date")):
                return "no number" if kind == TEXT else 0
            if cell.kind == "date" and not answer.get(f"{cell.name}.iso", False):
                return "no date"
            return _proper(cell, int(value), texts)


def _proper(cell: Cell, value: int, texts: Mapping[int, str]) -> object:
    match cell.kind:
        case "text":
            return texts.get(value, f"text {value}")
        case "date":
            first, last = datetime.date.min.toordinal(), datetime.date.max.toordinal()
            return datetime.date.fromordinal(min(max(value, first), last))
        case _:
            return value
