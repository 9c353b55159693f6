"""Whole numbers and dates in SQL, as SMT terms over one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from privity.model.calendar import shift
from privity.symbolic import factory
from privity.symbolic.factory import Term
from privity.symbolic.months import EARLIEST, LATEST
from privity.validate.sql_read import Node, UnreadableError, shown
from privity.validate.sql_terms import Terms, Value, choice, constant, doubled, primary

WORD = 2**63
"""Beyond this, on both sides of 0, whole numbers of Spark wrap around."""
JULIAN = 1_721_425
"""What is added to an ordinal to get the Julian day of noon; SQLite counts from midnight."""


@dataclass
class Numbers(Terms):
    """Sums, and what dialects do with dates."""

    def _arithmetic(self, node: Node) -> Value:
        for part in (node.this, node.args.get("expression")):
            if part is not None:
                primary(part)
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
            times = constant(factor)
            if times is not None and other.sort == "integer":
                return self._number([(times, other)])
        raise UnreadableError(f"`{shown(node)}` is no product with a number")

    def _number(self, parts: Sequence[tuple[int, Value]]) -> Value:
        parts = [(sign, self._settled(value)) for sign, value in parts]
        null = factory.disjunction(value.null for _, value in parts)
        halves = any(value.halves for _, value in parts)
        total = factory.total(
            factory.product(sign, doubled(value) if halves else value.term) for sign, value in parts
        )
        term = self._name(total, "Int")
        if self.rows.dialect == "spark":
            fits = f"(<= (- {WORD}) {term} {WORD - 1})"
            wrapped = self._fresh("Int", f"wrapped {term}")
            term = self._name(choice(fits, term, wrapped), "Int")
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
        return choice(inside, term, self._fresh("Int", f"beyond {term}"))

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
        moved = self._name(choice(inside, day.term, factory.number(first)), "Int")
        result = self.rows.shared.shift(moved, months)
        # The result's constant is declared with its lemmas, after all terms are known.
        free = self._fresh("Int", f"months {moved} {months}")
        self._late[free] = inside, result
        return Value("date", free, day.null)


def _day_of(node: Node) -> Node:
    """Spark reads both sides of a difference as dates, which ours are."""
    return node.this if isinstance(node, exp.TsOrDsToDate) else node


def _movable(months: int) -> tuple[int, int]:
    """The days that stay in the calendar of proofs when moved by so many months."""
    first, last = EARLIEST.toordinal(), LATEST.toordinal()
    if months > 0:
        last = shift(LATEST.toordinal(), -months)
    else:
        first = shift(EARLIEST.toordinal(), -months)
    return first, last
