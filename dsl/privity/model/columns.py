"""Where the columns of a table stand for roles and facts: what a mapping file says.

A row of the table is a request. `docs/sql.md` says how a row is read; this is the input that
those who print SQL and those who check it have in common.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from privity.diagnostics.suggest import did_you_mean
from privity.model.formula import Key, Plain
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    Fact,
    IntegerType,
    Policy,
    SetType,
    TaxonomyType,
    TextType,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something cannot be put in SQL, and how to mend it."""

    code: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}; {self.mend} [{self.code}]"


class RefusedError(Exception):
    """What was asked cannot be had: all the reasons."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(str(refusal) for refusal in refusals))
        self.refusals = tuple(refusals)


# ------------------------------------------------------------------ the mapping

Null = Literal["missing", "none", "never"]
"""What NULL in a column says; `never` promises that there is none."""


@dataclass(frozen=True, slots=True)
class Column:
    """The value stands in a column. `none`, if given, is a boolean column that says it is none."""

    name: str
    null: Null
    none: str | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """A set: a boolean column for each leaf that rules may ask for."""

    columns: Mapping[int, str]
    null: Null
    none: str | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same value in every row."""

    value: Plain


@dataclass(frozen=True, slots=True)
class Absent:
    """Missing in every row."""


Place = Column | Members | Fixed | Absent


@dataclass(frozen=True)
class Columns:
    """`places` has the roles and facts that rows state, in the order of the policy.

    `table` is the table's name in parts, the last of which qualifies columns. `key` are the
    columns that tell rows apart. `binary` promises that texts compare by their characters.
    """

    table: tuple[str, ...]
    key: tuple[str, ...]
    binary: bool
    places: Mapping[Key, Place]

    def names(self) -> tuple[str, ...]:
        """The columns that facts and roles are read from, each once."""
        found: dict[str, None] = {}
        for place in self.places.values():
            found |= dict.fromkeys(_names(place))
        return tuple(found)


def _names(place: Place) -> Iterator[str]:
    match place:
        case Column(name, _, none):
            yield name
            yield from () if none is None else (none,)
        case Members(columns, _, none):
            yield from columns.values()
            yield from () if none is None else (none,)
        case Fixed() | Absent():
            pass


# ------------------------------------------------------------------ reading it


def read_columns(raw: Mapping[str, object], policy: Policy) -> Columns:
    """The mapping that a file states, names and types checked. Raises RefusedError."""
    return _Reader(policy).read(raw)


TOP = ("table", "key", "collation", "roles", "facts")
SHAPES = ("column", "members", "constant", "missing")
ABOUT_NULL = ("null", "never_null", "none")


@dataclass
class _Reader:
    policy: Policy
    found: list[Refusal] = field(default_factory=list)

    def read(self, raw: Mapping[str, object]) -> Columns:
        self._known(raw, TOP, "the mapping")
        table = self._texts(raw.get("table"), "table")
        if not table:
            self._refuse("table", "the mapping names no table", 'write table = "NAME"')
        key = self._texts(raw.get("key", ()), "key")
        if len(set(key)) < len(key):
            self._refuse("key", "`key` names a column twice", "name it once")
        stated = {**self._table(raw, "roles", list(self.policy.roles)), **self._facts(raw)}
        if "data" not in stated:
            self._refuse("data", "nothing is said of the role `data`", "name its column")
        order = [*self.policy.roles, *self.policy.fact_by_key]
        places = {name: self._place(name, stated[name]) for name in order if name in stated}
        if self.found:
            raise RefusedError(self.found)
        found = {name: place for name, place in places.items() if place is not None}
        return Columns(table, key, self._binary(raw), found)

    def _binary(self, raw: Mapping[str, object]) -> bool:
        return raw.get("collation") == "binary"

    def _facts(self, raw: Mapping[str, object]) -> dict[str, object]:
        if raw.get("collation", "binary") != "binary":
            self._refuse(
                "collation",
                "`collation` can say nothing but binary",
                "texts that compare otherwise are not equal where a policy says they are",
            )
        return self._table(raw, "facts", list(self.policy.fact_by_key))

    def _table(
        self, raw: Mapping[str, object], name: str, known: Sequence[str]
    ) -> dict[str, object]:
        table = raw.get(name, {})
        if not isinstance(table, Mapping):
            self._refuse("shape", f"`{name}` is no table", f"write [{name}]")
            return {}
        self._known(table, known, f"`{name}`")
        return {str(key): value for key, value in table.items() if key in known}

    def _known(self, table: Mapping[str, object], known: Sequence[str], where: str) -> None:
        for key in table:
            if key not in known:
                help = did_you_mean(str(key), known) or f"known are {', '.join(known)}"
                self._refuse("unknown-name", f"`{key}` is not known in {where}", help)

    def _texts(self, value: object, name: str) -> tuple[str, ...]:
        given = [value] if isinstance(value, str) else value
        if given is None:
            return ()
        if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
            self._refuse("shape", f"`{name}` is no name", "write a text or a list of texts")
            return ()
        return tuple(given)

    def _refuse(self, code: str, what: str, mend: str) -> None:
        self.found.append(Refusal(f"mapping-{code}", what, mend))

    # -------------------------------------------------------------- one variable

    def _place(self, key: Key, stated: object) -> Place | None:
        if isinstance(stated, str):
            stated = {"column": stated}
        if not isinstance(stated, Mapping):
            self._refuse("shape", f"`{key}` is given neither a column nor a table", "name a column")
            return None
        self._known(stated, (*SHAPES, *ABOUT_NULL), f"`{key}`")
        shapes = [shape for shape in SHAPES if shape in stated]
        if len(shapes) != 1:
            says = " and ".join(shapes) or "nothing"
            self._refuse("shape", f"`{key}` is given {says}", f"give it one of {', '.join(SHAPES)}")
            return None
        return self._shaped(key, shapes[0], stated)

    def _shaped(self, key: Key, shape: str, stated: Mapping[str, object]) -> Place | None:
        fact = self.policy.fact_by_key.get(key)
        is_set = fact is not None and isinstance(fact.type, SetType)
        if shape in ("constant", "missing") and any(word in stated for word in ABOUT_NULL):
            self._refuse("null", f"`{key}` has no column", "say nothing of NULL")
        match shape, stated[shape]:
            case "missing", True:
                if key == "data":
                    self._refuse("data", "the data category is never missing", "name its column")
                return Absent()
            case "constant", value:
                return self._fixed(key, fact, value)
            case "column", str(name) if not is_set:
                null, none = self._null(key, fact, stated)
                return Column(name, null, none)
            case "members", Mapping() as members if is_set:
                columns = self._members(key, members)
                null, none = self._null(key, fact, stated)
                return Members(columns, null, none)
            case _:
                wanted = "members, a column for each leaf" if is_set else "a column, by its name"
                self._refuse("shape", f"`{key}` has a wrong {shape}", f"give it {wanted}")
                return None

    def _members(self, key: Key, members: Mapping[str, object]) -> dict[int, str]:
        leaves = self.policy.taxonomy_of(key).leaf_numbers
        self._known(members, list(leaves), f"the members of `{key}`")
        wrong = [leaf for leaf, column in members.items() if not isinstance(column, str)]
        if wrong or not members:
            self._refuse("shape", f"the members of `{key}` are no columns", "name a column each")
        return {
            leaves[leaf]: column
            for leaf, column in members.items()
            if leaf in leaves and isinstance(column, str)
        }

    def _null(
        self, key: Key, fact: Fact | None, stated: Mapping[str, object]
    ) -> tuple[Null, str | None]:
        null, never, none = (stated.get(word) for word in ABOUT_NULL)
        optional = fact is not None and fact.optional
        if sum(word is not None for word in (null, never, none)) > 1:
            self._refuse("null", f"`{key}` says more than one thing of NULL", "say one")
        if never is True or key == "data":
            return "never", None
        if never not in (None, False):
            self._refuse("null", f"`never_null` of `{key}` is no boolean", "write true")
        if isinstance(none, str) and optional:
            return "missing", none
        if null == "missing" or (null == "none" and optional):
            return null, None
        if null is not None or none is not None:
            self._refuse("null", f"`{key}` is never none", "NULL can only be `missing` there")
        elif optional:
            self._refuse(
                "null",
                f"`{key}` may be none, and nothing says what NULL in its column means",
                'write null = "none", null = "missing", or none = "COLUMN" for a second column',
            )
        return "missing", None

    # -------------------------------------------------------------- constants

    def _fixed(self, key: Key, fact: Fact | None, value: object) -> Place | None:
        if value is None and fact is not None and fact.optional:
            return Fixed(None)
        plain = self._plain(key, fact, value)
        if plain is None:
            self._refuse(
                "constant", f"`{key}` cannot be {value!r}", "write a value of the fact's type"
            )
            return None
        return Fixed(plain)

    def _plain(self, key: Key, fact: Fact | None, value: object) -> Plain:
        match None if fact is None else fact.type:
            case None | TaxonomyType():
                leaves = self.policy.taxonomy_of(key).leaf_numbers
                return leaves.get(value) if isinstance(value, str) else None
            case BooleanType():
                return value if isinstance(value, bool) else None
            case IntegerType(low, high) | DurationType(low, high):
                return value if type(value) is int and low <= value <= high else None
            case DateType():
                return _day(value)
            case TextType():
                return value if isinstance(value, str) and _whole(value) else None
            case SetType():
                leaves = self.policy.taxonomy_of(key).leaf_numbers
                if not isinstance(value, list | tuple):
                    return None
                known = [isinstance(leaf, str) and leaf in leaves for leaf in value]
                return frozenset(leaves[leaf] for leaf in value) if all(known) else None


def _day(value: object) -> int | None:
    if isinstance(value, str) and len(value) == 10:
        try:
            value = datetime.date.fromisoformat(value)
        except ValueError:
            return None
    if type(value) is datetime.date and FIRST_DAY <= value <= LAST_DAY:
        return value.toordinal()
    return None


def _whole(text: str) -> bool:
    """Whether a text has no half characters."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
