"""SQL expressions under the three values of SQL's logic, as SMT terms over one row.

A condition is a pair: when it is true, when it is false; else it is NULL. A value has a term for
what it is and one for when it is NULL. What an engine does where a value is not of the type that
a column was promised to have is left open: a fresh constant stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from privity.symbolic import factory
from privity.symbolic.factory import Term
from privity.validate.sql_numbers import Numbers
from privity.validate.sql_read import Node, UnreadableError, shown
from privity.validate.sql_rows import BLOB, INTEGER, NULL, TEXT, Cell
from privity.validate.sql_terms import (
    CONDITIONS,
    UNKNOWN,
    Condition,
    Sort,
    Value,
    choice,
    doubled,
    equivalent,
    opened,
    ordinal,
    primary,
)

COLLATIONS = {"duckdb": "C", "postgres": "C", "sqlite": "BINARY"}
"""What compares texts by their characters; elsewhere the mapping promises that columns do."""


@dataclass
class Execution(Numbers):
    """The expressions of one text over one row."""

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
        primary(node.this)
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
        node = opened(node)
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
                choice(when.true, then.true, found.true),
                choice(when.true, then.false, found.false),
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
            choice(odd, free, condition.true),
            choice(odd, factory.negation(free), condition.false),
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
            primary(node)
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
        terms = [doubled(each) if halves else each.term for each in (left, right)]
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

    def _normal_date(self, operator: str, left: Node, right: Node) -> Condition | None:
        """`x = DATE(x, '+0 days')`: in SQLite, that a text is a day as it is written.

        Without `+0 days` it would be true of 30 February.
        """
        sides = [opened(left), opened(right)]
        functions = [side for side in sides if _is_normal(side)]
        if self.rows.dialect != "sqlite" or operator != "=" or len(functions) != 1:
            return None
        column = opened(next(side for side in sides if not _is_normal(side)))
        collated = isinstance(column, exp.Collate)
        column, inner = (
            opened(column.this) if collated else column,
            opened(functions[0].expressions[0]),
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
        inner = opened(node.this)
        if wanted == "DATE" and isinstance(inner, exp.Literal) and inner.is_string:
            day = ordinal(inner.this)
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

    def _class(self, node: exp.Typeof) -> Value:
        inner = opened(node.this)
        if self.rows.dialect != "sqlite" or not isinstance(inner, exp.Column):
            raise UnreadableError(f"`{shown(node)}` is not of the subset")
        kind = f"{self._cell(inner).name}.class"
        names = {INTEGER: "integer", 2: "real", TEXT: "text", BLOB: "blob", NULL: "null"}
        term = "0"
        for number, name in names.items():
            term = choice(f"(= {kind} {number})", str(self.rows.shared.text(name)), term)
        return Value("text", self._name(term, "Int"), factory.FALSE)


def _is_normal(node: Node) -> bool:
    match node:
        case exp.Anonymous(expressions=[_, exp.Literal(this="+0 days")]):
            return node.name.upper() == "DATE"
        case _:
            return False
