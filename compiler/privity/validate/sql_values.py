"""SQL expressions under the three values of SQL's logic, as SMT terms over one row.

A condition is a pair: when it is true, when it is false; else it is NULL. A value has a term for
what it is and one for when it is NULL. What an engine does where a value is not of the type that
a column was promised to have is left open: a fresh constant stands for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from privity.model.calendar import shift
from privity.symbolic import factory
from privity.symbolic.factory import Term
from privity.symbolic.months import EARLIEST, LATEST
from privity.validate.sql_read import Node, UnreadableError, shown
from privity.validate.sql_rows import BLOB, INTEGER, NULL, TEXT, Cell, Rows

Sort = Literal["integer", "date", "text", "null"]

WORD = 2**63
"""Beyond this, on both sides of 0, whole numbers of Spark wrap around."""
JULIAN = 1_721_425
"""What is added to an ordinal to get the Julian day of noon; SQLite counts from midnight."""
COLLATIONS = {"duckdb": "C", "postgres": "C", "sqlite": "BINARY"}
"""What compares texts by their characters; elsewhere the mapping promises that columns do."""


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
class Execution:
    """The expressions of one text over one row. `commands` declare what they need."""

    rows: Rows
    commands: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _free: dict[str, str] = field(default_factory=dict)
    _late: dict[str, tuple[Term, str]] = field(default_factory=dict)

    # -------------------------------------------------------------- conditions

    def condition(self, node: Node) -> Condition:
        match node:
            case exp.Paren():
                return self.condition(node.this)
            case exp.Boolean():
                return equivalent(bool(node.this))
            case exp.Null():
                return UNKNOWN
            case exp.Not():
                inner = self.condition(node.this)
                return Condition(inner.false, inner.true)
            case exp.And() | exp.Or():
                return self._connected(node)
            case exp.Is():
                return self._is(node)
            case exp.In():
                return self._any(
                    [self._compared("=", node.this, each) for each in node.expressions]
                )
            case exp.Between():
                low = self._compared("<=", node.args["low"], node.this)
                return self._all([low, self._compared("<=", node.this, node.args["high"])])
            case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
                return self._comparison(node)
            case exp.Case():
                return self._case_condition(node)
            case exp.Coalesce():
                return self._first(
                    [self.condition(each) for each in (node.this, *node.expressions)]
                )
            case exp.Column():
                return self._boolean_column(node)
            case _:
                raise UnreadableError(f"`{shown(node)}` is no condition")

    def _connected(self, node: exp.And | exp.Or) -> Condition:
        kind = type(node)
        operands: list[Node] = []
        rest: Node = node
        while isinstance(rest, kind):
            operands.append(rest.expression)
            rest = rest.this
        conditions = [self.condition(each) for each in (rest, *reversed(operands))]
        return self._all(conditions) if kind is exp.And else self._any(conditions)

    def _all(self, conditions: Sequence[Condition]) -> Condition:
        true = factory.conjunction(each.true for each in conditions)
        return self._named(true, factory.disjunction(each.false for each in conditions))

    def _any(self, conditions: Sequence[Condition]) -> Condition:
        false = factory.conjunction(each.false for each in conditions)
        return self._named(factory.disjunction(each.true for each in conditions), false)

    def _first(self, conditions: Sequence[Condition]) -> Condition:
        """The first that is not NULL."""
        found = UNKNOWN
        for each in reversed(conditions):
            null = factory.negation(factory.disjunction([each.true, each.false]))
            found = Condition(
                factory.disjunction([each.true, factory.conjunction([null, found.true])]),
                factory.disjunction([each.false, factory.conjunction([null, found.false])]),
            )
        return self._named(found.true, found.false)

    def _is(self, node: exp.Is) -> Condition:
        _primary(node.this)
        match node.expression:
            case exp.Null():
                null = self._null(node.this)
                return Condition(null, factory.negation(null))
            case exp.Boolean() as wanted:
                inner = self.condition(node.this)
                holds = inner.true if wanted.this else inner.false
                return Condition(holds, factory.negation(holds))
            case _:
                raise UnreadableError(f"`{shown(node)}` is no test that is known")

    def _null(self, node: Node) -> Term:
        """When an expression is NULL, whether it is a value or a condition."""
        node = _opened(node)
        if isinstance(node, exp.Column):
            return self._cell(node).null
        if not isinstance(node, CONDITIONS):
            return self.value(node).null
        inner = self.condition(node)
        return factory.negation(factory.disjunction([inner.true, inner.false]))

    def _case_condition(self, node: exp.Case) -> Condition:
        whens = [
            (self.condition(each.this), self.condition(each.args["true"]))
            for each in node.args["ifs"]
        ]
        default = node.args.get("default")
        found = UNKNOWN if default is None else self.condition(default)
        for when, then in reversed(whens):
            found = self._named(
                _choice(when.true, then.true, found.true),
                _choice(when.true, then.false, found.false),
            )
        return found

    def _boolean_column(self, node: exp.Column) -> Condition:
        cell = self._cell(node)
        if cell.kind != "boolean":
            raise UnreadableError(f"the column `{shown(node)}` is no boolean")
        some = factory.negation(cell.null)
        if cell.typed:
            return Condition(
                factory.conjunction([some, cell.name]),
                factory.conjunction([some, factory.negation(cell.name)]),
            )
        number = factory.conjunction([cell.proper, factory.negation(f"(= {cell.name} 0)")])
        zero = factory.conjunction([cell.proper, f"(= {cell.name} 0)"])
        return self._open(cell, Condition(number, zero), f"holds {cell.name}")

    def _open(self, cell: Cell, condition: Condition, about: str) -> Condition:
        """The condition where a cell is NULL or as promised, and anything elsewhere."""
        if cell.typed:
            return condition
        odd = factory.conjunction([factory.negation(cell.null), factory.negation(cell.proper)])
        free = self._fresh("Bool", about)
        return self._named(
            _choice(odd, free, condition.true),
            _choice(odd, factory.negation(free), condition.false),
        )

    # -------------------------------------------------------------- comparisons

    def _comparison(self, node: Node) -> Condition:
        left, right = node.this, node.args["expression"]
        match node:
            case exp.EQ():
                return self._compared("=", left, right)
            case exp.NEQ():
                same = self._compared("=", left, right)
                return Condition(same.false, same.true)
            case exp.LT():
                return self._compared("<", left, right)
            case exp.LTE():
                return self._compared("<=", left, right)
            case exp.GT():
                return self._compared("<", right, left)
            case _:
                return self._compared("<=", right, left)

    def _compared(self, operator: str, left_node: Node, right_node: Node) -> Condition:
        for node in (left_node, right_node):
            _primary(node)
        if (normal := self._normal_date(operator, left_node, right_node)) is not None:
            return normal
        left, right = self._alike(self.value(left_node), self.value(right_node))
        if left.sort == "null" or right.sort == "null":
            return UNKNOWN
        if left.sort != right.sort:
            raise UnreadableError(f"`{shown(left_node)}` and `{shown(right_node)}` do not compare")
        self._require_exact(operator, left, right)
        some = factory.conjunction([factory.negation(left.null), factory.negation(right.null)])
        halves = left.halves or right.halves
        terms = [_doubled(each) if halves else each.term for each in (left, right)]
        holds = f"({operator} {terms[0]} {terms[1]})"
        found = self._named(
            factory.conjunction([some, holds]), factory.conjunction([some, factory.negation(holds)])
        )
        for each in (left, right):
            if each.cell is not None:
                about = f"{left_node.sql()} {operator} {right_node.sql()} {each.cell.name}"
                found = self._open(each.cell, found, about)
        return found

    def _require_exact(self, operator: str, left: Value, right: Value) -> None:
        if left.sort != "text":
            return
        if operator != "=":
            raise UnreadableError("texts are compared for order")
        if not (left.exact or right.exact):
            raise UnreadableError("texts are compared by a collation that is not known")

    def _alike(self, left: Value, right: Value) -> tuple[Value, Value]:
        """A date that is written as a text, in SQLite, beside one in a column."""
        if self.rows.dialect == "sqlite":
            if left.sort == "date" and right.sort == "text":
                return left, self._written_date(right)
            if right.sort == "date" and left.sort == "text":
                return self._written_date(left), right
        return left, right

    def _written_date(self, value: Value) -> Value:
        text = next((t for t, n in self.rows.shared.texts.items() if str(n) == value.term), None)
        day = None if text is None else _ordinal(text)
        if day is None:
            raise UnreadableError("a date is compared with what is no date")
        return Value("date", factory.number(day), factory.FALSE)

    def _normal_date(self, operator: str, left: Node, right: Node) -> Condition | None:
        """`x = DATE(x, '+0 days')`: in SQLite, that a text is a day as it is written.

        Without `+0 days` it would be true of 30 February.
        """
        sides = [_opened(left), _opened(right)]
        functions = [side for side in sides if _is_normal(side)]
        if self.rows.dialect != "sqlite" or operator != "=" or len(functions) != 1:
            return None
        column = _opened(next(side for side in sides if not _is_normal(side)))
        collated = isinstance(column, exp.Collate)
        column, inner = (
            _opened(column.this) if collated else column,
            _opened(functions[0].expressions[0]),
        )
        if not (collated and isinstance(column, exp.Column) and column == inner):
            return None
        cell = self._cell(column)
        text = f"(= {cell.name}.class {TEXT})"
        # Of a text that is no date the function may be NULL: the comparison is false or NULL.
        odd = self._fresh("Bool", f"normal {cell.name}")
        holds = factory.conjunction([text, f"{cell.name}.iso"])
        fails = factory.conjunction([text, factory.negation(f"{cell.name}.iso"), odd])
        other = factory.conjunction([factory.negation(text), factory.negation(cell.null)])
        return self._named(factory.disjunction([holds, factory.conjunction([other, odd])]), fails)

    # -------------------------------------------------------------- values

    def value(self, node: Node) -> Value:
        match node:
            case exp.Paren():
                return self.value(node.this)
            case exp.Null():
                return Value("null", "0", factory.TRUE)
            case exp.Literal():
                return self._literal(node)
            case exp.Column():
                return self._column(node)
            case exp.Collate():
                return self._collated(node)
            case exp.Neg() | exp.Add() | exp.Sub() | exp.Mul():
                return self._arithmetic(node)
            case exp.Cast() | exp.TryCast():
                return self._cast(node)
            case exp.Case():
                return self._case_value(node)
            case exp.DateDiff():
                return self._days_between(node)
            case exp.Typeof():
                return self._class(node)
            case exp.Anonymous() | exp.Least():
                return self._function(node)
            case _:
                raise UnreadableError(f"`{shown(node)}` is no value")

    def _literal(self, node: exp.Literal) -> Value:
        if node.is_string:
            return Value("text", str(self.rows.shared.text(node.this)), factory.FALSE, exact=False)
        if not (node.this.isascii() and node.this.isdigit() and len(node.this) < 19):
            raise UnreadableError(f"`{node.this}` is no whole number")
        return Value("integer", str(int(node.this)), factory.FALSE)

    def _column(self, node: exp.Column) -> Value:
        cell = self._cell(node)
        if cell.kind == "boolean" and cell.typed:
            raise UnreadableError(
                f"the column `{shown(node)}` is compared as if it were no boolean"
            )
        sort: Sort = "integer" if cell.kind in ("boolean", "integer") else cell.kind  # type: ignore[assignment]
        exact = self.rows.dialect not in COLLATIONS and self.rows.columns.binary
        return Value(sort, cell.name, cell.null, exact, cell)

    def _collated(self, node: exp.Collate) -> Value:
        inner = self.value(node.this)
        if COLLATIONS.get(self.rows.dialect) != node.expression.name or inner.sort not in (
            "text",
            "date",
        ):
            raise UnreadableError(f"the collation of `{shown(node)}` is not known")
        return Value(inner.sort, inner.term, inner.null, True, inner.cell)

    def _cast(self, node: Node) -> Value:
        """To a date, of a date written out; to a whole number, of one."""
        wanted = node.args["to"].this.value
        inner = _opened(node.this)
        if wanted == "DATE" and isinstance(inner, exp.Literal) and inner.is_string:
            day = _ordinal(inner.this)
            if day is None:
                raise UnreadableError(f"`{shown(node)}` is no date")
            return Value("date", factory.number(day), factory.FALSE)
        if (
            wanted == "DATE"
            and isinstance(inner, exp.Add)
            and isinstance(inner.expression, exp.Interval)
        ):
            return self._later(inner)
        value = self.value(inner)
        if wanted in ("INT", "BIGINT") and value.sort == "integer" and not value.halves:
            return Value("integer", value.term, value.null, cell=value.cell)
        raise UnreadableError(f"`{shown(node)}` is no cast that is known")

    def _case_value(self, node: exp.Case) -> Value:
        whens = [
            (self.condition(each.this), self.value(each.args["true"])) for each in node.args["ifs"]
        ]
        default = node.args.get("default")
        found = Value("null", "0", factory.TRUE) if default is None else self.value(default)
        for when, then in reversed(whens):
            if "null" not in (then.sort, found.sort) and then.sort != found.sort:
                raise UnreadableError(f"the values of `{shown(node)}` are not of one type")
            found = self._chosen(when, self._settled(then), self._settled(found))
        return found

    def _chosen(self, when: Condition, then: Value, found: Value) -> Value:
        sort = found.sort if then.sort == "null" else then.sort
        exact, halves = then.exact and found.exact, then.halves or found.halves
        terms = [_doubled(each) if halves else each.term for each in (then, found)]
        term = self._name(_choice(when.true, terms[0], terms[1]), "Int")
        null = self._name(_choice(when.true, then.null, found.null), "Bool")
        return Value(sort, term, null, exact, halves=halves)

    def _settled(self, value: Value) -> Value:
        """What stands in a cell, anything where it is not as promised."""
        if value.cell is None or value.cell.typed:
            return Value(value.sort, value.term, value.null, value.exact, None, value.halves)
        term = self._name(
            _choice(value.cell.proper, value.term, self._fresh("Int", f"value {value.cell.name}")),
            "Int",
        )
        return Value(value.sort, term, value.null, value.exact, None, value.halves)

    def _class(self, node: exp.Typeof) -> Value:
        inner = _opened(node.this)
        if self.rows.dialect != "sqlite" or not isinstance(inner, exp.Column):
            raise UnreadableError(f"`{shown(node)}` is not of the subset")
        kind = f"{self._cell(inner).name}.class"
        names = {INTEGER: "integer", 2: "real", TEXT: "text", BLOB: "blob", NULL: "null"}
        term = "0"
        for number, name in names.items():
            term = _choice(f"(= {kind} {number})", str(self.rows.shared.text(name)), term)
        return Value("text", self._name(term, "Int"), factory.FALSE)

    # -------------------------------------------------------------- numbers and dates

    def _arithmetic(self, node: Node) -> Value:
        for part in (node.this, node.args.get("expression")):
            if part is not None:
                _primary(part)
        if isinstance(node, exp.Neg):
            return self._number([(-1, self.value(node.this))])
        left, right = (
            self._settled(self.value(node.this)),
            self._settled(self.value(node.args["expression"])),
        )
        if isinstance(node, exp.Mul):
            return self._product(node, left, right)
        sign = -1 if isinstance(node, exp.Sub) else 1
        if left.sort == "date" and right.sort == "date" and sign == -1:
            if self.rows.dialect not in ("duckdb", "postgres"):
                raise UnreadableError(f"`{shown(node)}` takes a date from a date")
            return self._number([(1, left), (-1, right)])
        if left.sort == "date" and right.sort == "integer":
            if self.rows.dialect not in ("duckdb", "postgres"):
                raise UnreadableError(f"`{shown(node)}` adds days to a date")
            moved = self._number([(1, left), (sign, right)])
            return Value("date", moved.term, moved.null)
        if left.sort != "integer" or right.sort != "integer":
            raise UnreadableError(f"`{shown(node)}` computes with what is no number")
        return self._number([(1, left), (sign, right)])

    def _product(self, node: Node, left: Value, right: Value) -> Value:
        for factor, other in ((node.this, right), (node.args["expression"], left)):
            constant = _constant(factor)
            if constant is not None and other.sort == "integer":
                return self._number([(constant, other)])
        raise UnreadableError(f"`{shown(node)}` is no product with a number")

    def _number(self, parts: Sequence[tuple[int, Value]]) -> Value:
        parts = [(sign, self._settled(value)) for sign, value in parts]
        null = factory.disjunction(value.null for _, value in parts)
        halves = any(value.halves for _, value in parts)
        total = factory.total(
            factory.product(sign, _doubled(value) if halves else value.term)
            for sign, value in parts
        )
        term = self._name(total, "Int")
        if self.rows.dialect == "spark":
            fits = f"(<= (- {WORD}) {term} {WORD - 1})"
            wrapped = self._fresh("Int", f"wrapped {term}")
            term = self._name(_choice(fits, term, wrapped), "Int")
        return Value("integer", term, self._name(null, "Bool"), halves=halves)

    def _days_between(self, node: exp.DateDiff) -> Value:
        unit = node.args.get("unit")
        if unit is not None and unit.name.upper() != "DAY":
            raise UnreadableError(f"`{shown(node)}` counts no days")
        if unit is None and self.rows.dialect != "spark":
            raise UnreadableError(f"`{shown(node)}` has no unit")
        sides = [self.value(_day_of(side)) for side in (node.this, node.expression)]
        if any(side.sort != "date" for side in sides) or self.rows.dialect == "sqlite":
            raise UnreadableError(f"`{shown(node)}` is about what are no dates")
        return self._number([(1, sides[0]), (-1, sides[1])])

    def _function(self, node: Node) -> Value:
        """The functions of SQLite."""
        if self.rows.dialect != "sqlite":
            raise UnreadableError(f"`{shown(node)}` is not of the subset")
        name = "MIN" if isinstance(node, exp.Least) else node.name.upper()
        match name, node.expressions if isinstance(node, exp.Anonymous) else []:
            case "JULIANDAY", [day]:
                value = self._day(day)
                return Value(
                    "integer", f"(+ (* 2 {value.term}) {2 * JULIAN - 1})", value.null, halves=True
                )
            case "DATE", [day, exp.Literal() as by] if by.is_string:
                return self._moved_days(self._day(day), by.this, node)
            case "MIN", _:
                return self._clipped(node)
            case _:
                raise UnreadableError(f"`{shown(node)}` is not of the subset")

    def _day(self, node: Node) -> Value:
        """A date of SQLite, which is a text."""
        value = self.value(node)
        if value.sort == "text":
            return self._written_date(value)
        if value.sort != "date":
            raise UnreadableError(f"`{shown(node)}` is no date")
        if value.cell is None:
            return value
        odd_null = self._fresh("Bool", f"null {value.cell.name}")
        odd = factory.conjunction([factory.negation(value.cell.proper), odd_null])
        null = factory.disjunction([value.null, odd])
        settled = self._settled(value)
        return Value("date", settled.term, self._name(null, "Bool"))

    def _moved_days(self, day: Value, by: str, node: Node) -> Value:
        number, _, unit = by.partition(" ")
        if unit != "days" or number[:1] not in "+-" or not number[1:].isdigit():
            raise UnreadableError(f"`{shown(node)}` does not add days")
        moved = f"(+ {day.term} {factory.number(int(number))})"
        return Value("date", self._name(self._within_calendar(moved), "Int"), day.null)

    def _within_calendar(self, term: Term) -> Term:
        inside = factory.between(EARLIEST.toordinal(), term, LATEST.toordinal())
        return _choice(inside, term, self._fresh("Int", f"beyond {term}"))

    def _clipped(self, node: Node) -> Value:
        """The one way to add months in SQLite that clips: as emitted, word for word."""
        match node:
            case exp.Least(
                this=exp.Anonymous(this="DATE", expressions=[day, exp.Literal(this=over)]),
                expressions=[
                    exp.Coalesce(
                        this=exp.Anonymous(this="DATE", expressions=[same, *end]),
                        expressions=[exp.Literal(this="9999-12-31")],
                    )
                ],
            ) if day == same:
                words = [each.this if isinstance(each, exp.Literal) else None for each in end]
                number = over.removesuffix(" months")
                if number[1:].isdigit() and over.endswith(" months") and number[0] in "+-":
                    months = int(number)
                    if words == ["start of month", f"{months + 1:+d} months", "-1 days"]:
                        return self._shifted(self._day(day), months)
        raise UnreadableError(f"`{shown(node)}` is not of the subset")

    def _later(self, node: exp.Add) -> Value:
        """A date and calendar months, of DuckDB and PostgreSQL, which clip."""
        interval = node.expression
        months = interval.this.this if isinstance(interval.this, exp.Literal) else ""
        unit = interval.args.get("unit")
        plain = months.removeprefix("-").isdigit() and unit is not None and unit.name == "MONTH"
        day = self.value(node.this)
        if not plain or day.sort != "date" or self.rows.dialect not in ("duckdb", "postgres"):
            raise UnreadableError(f"`{shown(node)}` adds no calendar months")
        return self._shifted(self._settled(day), int(months))

    def _shifted(self, day: Value, months: int) -> Value:
        """The lemmas of a shift hold for days of the calendar; elsewhere it is anything."""
        first, last = _movable(months)
        inside = factory.between(first, day.term, last)
        moved = self._name(_choice(inside, day.term, factory.number(first)), "Int")
        result = self.rows.shared.shift(moved, months)
        # The result's constant is declared with its lemmas, after all terms are known.
        free = self._fresh("Int", f"months {moved} {months}")
        self._late[free] = inside, result
        return Value("date", free, day.null)

    def late(self) -> Iterator[str]:
        """What to assert once the shifts are declared."""
        for free, (inside, result) in self._late.items():
            yield f"(assert (=> {inside} (= {free} {result})))"

    # -------------------------------------------------------------- terms

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


def _is_normal(node: Node) -> bool:
    match node:
        case exp.Anonymous(expressions=[_, exp.Literal(this="+0 days")]):
            return node.name.upper() == "DATE"
        case _:
            return False


def _doubled(value: Value) -> Term:
    """Twice the number."""
    return value.term if value.halves else factory.product(2, value.term)


def _choice(condition: Term, then: Term, otherwise: Term) -> Term:
    if condition == factory.TRUE or then == otherwise:
        return then
    if condition == factory.FALSE:
        return otherwise
    return f"(ite {condition} {then} {otherwise})"


def _opened(node: Node) -> Node:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _day_of(node: Node) -> Node:
    """Spark reads both sides of a difference as dates, which ours are."""
    return node.this if isinstance(node, exp.TsOrDsToDate) else node


def _primary(node: Node) -> None:
    """Refuse what dialects may bind otherwise: conditions beside an operator, not in brackets."""
    loose = exp.Connector | exp.Not | exp.Predicate
    if isinstance(node, loose) and not isinstance(node, exp.Case):
        raise UnreadableError(f"`{shown(node)}` stands beside an operator without brackets")


def _constant(node: Node) -> int | None:
    node = _opened(node)
    if isinstance(node, exp.Neg):
        inner = _constant(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit():
        return int(node.this)
    return None


def _ordinal(text: str) -> int | None:
    try:
        day = datetime.date.fromisoformat(text) if len(text) == 10 and text[4] == "-" else None
    except ValueError:
        return None
    return None if day is None else day.toordinal()


def _movable(months: int) -> tuple[int, int]:
    """The days that stay in the calendar of proofs when moved by so many months."""
    first, last = EARLIEST.toordinal(), LATEST.toordinal()
    if months > 0:
        last = shift(LATEST.toordinal(), -months)
    else:
        first = shift(EARLIEST.toordinal(), -months)
    return first, last
