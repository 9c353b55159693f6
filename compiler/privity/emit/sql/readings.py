"""How a row's columns are read as roles and facts: what is missing, what is none, what is valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from privity.emit.sql.conditions import (
    Node,
    at_least,
    at_most,
    both,
    either,
    equal,
    is_null,
    negation,
    not_null,
    number,
    one_of,
    string,
    truth,
)
from privity.emit.sql.dialects import Dialect, compared, date
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


@dataclass(frozen=True)
class Reading:
    """One role or fact in a row. Every node is made anew, since a node stands in one place."""

    key: Key
    kind: FactType
    place: Place
    leaves: tuple[str, ...]
    """Of a role or taxonomy fact, the names of its leaves."""
    table: str
    dialect: Dialect

    @property
    def stored(self) -> str:
        """The type of its columns."""
        match self.kind:
            case BooleanType() | SetType():
                return "boolean"
            case IntegerType() | DurationType():
                return "integer"
            case DateType():
                return "date"
            case TaxonomyType() | TextType():
                return "text"

    @property
    def can_miss(self) -> bool:
        match self.place:
            case Column(_, null) | Members(_, null):
                return null == "missing"
            case Fixed():
                return False
            case Absent():
                return True

    @property
    def can_be_none(self) -> bool:
        match self.place:
            case Column(_, null, none) | Members(_, null, none):
                return null == "none" or none is not None
            case Fixed(value):
                return value is None
            case Absent():
                return False

    @property
    def fixed(self) -> bool:
        """Whether it has the same value in every row."""
        return isinstance(self.place, Fixed)

    @property
    def constant(self) -> Plain:
        assert isinstance(self.place, Fixed)
        return self.place.value

    # -------------------------------------------------------------- what is known

    def missing(self) -> Node:
        match self.place:
            case Column(_, "missing", none) | Members(_, "missing", none):
                return both([self.any_null(), *(() if none is None else [self._not_none(none)])])
            case Absent():
                return truth(True)
            case _:
                return truth(False)

    def none(self) -> Node:
        match self.place:
            case Column(_, "none", _) | Members(_, "none", _):
                return self.any_null()
            case Column(_, _, str(none)) | Members(_, _, str(none)):
                return both([not_null(self._column(none)), self._holds(none)])
            case Fixed(None):
                return truth(True)
            case _:
                return truth(False)

    def any_null(self) -> Node:
        return either(is_null(self._column(name)) for name in self._values())

    def known(self) -> Node:
        """Whether it has a value; certain where its column promises one."""
        return negation(either([self.missing(), self.none()]))

    def _not_none(self, none: str) -> Node:
        return either([is_null(self._column(none)), negation(self._holds(none))])

    def _values(self) -> tuple[str, ...]:
        match self.place:
            case Column(name):
                return (name,)
            case Members(columns):
                return tuple(columns.values())
            case _:
                return ()

    # -------------------------------------------------------------- its value

    def column(self) -> Node:
        """Its column as it stands."""
        [name] = self._values()
        return self._column(name)

    def text(self) -> Node:
        """The text of a leaf or of a text fact, compared by its characters."""
        if isinstance(self.place, Fixed):
            value = self.place.value
            assert isinstance(value, str | int)
            return string(value if isinstance(value, str) else self.leaves[value])
        return compared(self.dialect, self.column())

    def holds(self) -> Node:
        """Whether a boolean fact that is known is true."""
        return self._holds(self._values()[0])

    def contains(self, leaves: Iterable[int]) -> Node:
        """Whether a set that is known has one of these leaves."""
        if isinstance(self.place, Fixed):
            assert isinstance(self.place.value, frozenset)
            return truth(not self.place.value.isdisjoint(leaves))
        assert isinstance(self.place, Members)
        columns = self.place.columns
        return either(self._holds(columns[leaf]) for leaf in sorted(leaves))

    def day(self) -> Node:
        """A date that is known."""
        if isinstance(self.place, Fixed):
            assert isinstance(self.place.value, int)
            return date(self.dialect, self.place.value)
        return self.column()

    def integer(self) -> Node:
        """A number that is known, wide enough to compute with."""
        if isinstance(self.place, Fixed):
            assert isinstance(self.place.value, int)
            return number(self.place.value)
        return exp.Cast(this=self.column(), to=exp.DataType.build("bigint"))

    def _column(self, name: str) -> Node:
        return exp.Column(
            this=exp.to_identifier(name, quoted=True),
            table=exp.to_identifier(self.table, quoted=True),
        )

    def _holds(self, name: str) -> Node:
        column = self._column(name)
        return column if self.dialect.typed else equal(column, number(1))

    # -------------------------------------------------------------- what is valid

    def valid(self) -> Node:
        """Whether the row states a value of the type, or none, or nothing, and no two of them."""
        match self.place:
            case Fixed() | Absent():
                return truth(True)
            case Column(_, "never") | Members(_, "never"):
                return both([negation(self.any_null()), *self._domains()])
            case Column(_, _, str(none)) | Members(_, _, str(none)):
                return self._valid_by(none)
            case Members(_, "none"):
                empty = both(is_null(self._column(name)) for name in self._values())
                return either([empty, both([negation(self.any_null()), *self._domains()])])
            case _:
                domains = zip(self._values(), self._domains(), strict=True)
                return both(either([is_null(self._column(name)), test]) for name, test in domains)

    def _valid_by(self, none: str) -> Node:
        """With a second column that says whether it is none: a value excludes that it is."""
        flag = either([is_null(self._column(none)), self._boolean(none)])
        empty = both(is_null(self._column(name)) for name in self._values())
        some = both([not_null(self._column(none)), negation(self._holds(none))])
        domains = zip(self._values(), self._domains(), strict=True)
        stated = [either([is_null(self._column(name)), test]) for name, test in domains]
        return both([flag, either([empty, both([some, *stated])])])

    def _domains(self) -> Iterator[Node]:
        return (self._domain(name) for name in self._values())

    def _domain(self, name: str) -> Node:
        """Whether what stands in a column, not NULL, is a value."""
        match self.kind:
            case BooleanType() | SetType():
                return self._boolean(name)
            case IntegerType(low, high) | DurationType(low, high):
                column = self._column
                bounds = [at_least(column(name), number(low)), at_most(column(name), number(high))]
                return both([*self._typed(name, "integer"), *bounds])
            case DateType():
                return both([*self._typed(name, "text"), *self._calendar(name)])
            case TaxonomyType():
                text = compared(self.dialect, self._column(name))
                return both([*self._typed(name, "text"), one_of(text, self.leaves)])
            case TextType():
                return both(self._typed(name, "text"))

    def _boolean(self, name: str) -> Node:
        if self.dialect.typed:
            return truth(True)
        values = exp.In(this=self._column(name), expressions=[number(0), number(1)])
        return both([*self._typed(name, "integer"), values])

    def _calendar(self, name: str) -> Iterator[Node]:
        column = (
            self._column(name) if self.dialect.typed else compared(self.dialect, self._column(name))
        )
        if not self.dialect.typed:
            # As it stands DATE takes 30 February for a day; what is computed is written anew.
            parts = [self._column(name), string("+0 days")]
            normal = exp.Anonymous(this="DATE", expressions=parts)
            yield equal(column.copy(), normal)
        yield at_least(column.copy(), date(self.dialect, FIRST_DAY.toordinal()))
        yield at_most(column.copy(), date(self.dialect, LAST_DAY.toordinal()))

    def _typed(self, name: str, kind: str) -> Iterator[Node]:
        if not self.dialect.typed:
            typeof = exp.Anonymous(this="TYPEOF", expressions=[self._column(name)])
            yield equal(typeof, string(kind))


def readings_of(policy: Policy, columns: Columns, dialect: Dialect) -> dict[Key, Reading]:
    """A reading for each role and fact; what the mapping leaves out is missing."""
    table = columns.table[-1]
    found: dict[Key, Reading] = {}
    for key in (*policy.roles, *policy.fact_by_key):
        fact = policy.fact_by_key.get(key)
        kind = TaxonomyType(key) if fact is None else fact.type
        names: tuple[str, ...] = ()
        if isinstance(kind, TaxonomyType):
            names = tuple(leaf.name for leaf in policy.taxonomy_of(key).leaves)
        place = columns.places.get(key, Absent())
        found[key] = Reading(key, kind, place, names, table, dialect)
    return found
