"""Tables for random policies: mappings, rows, and how a row reads, as docs/sql.md says."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.emit.random_policies import DAY

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.emit.sql.statements import emit_sql
from privity.model.columns import Columns, RefusedError, read_columns
from privity.model.formula import Key
from privity.model.nodes import (
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

HOSTILE = (
    'a"b', "c'd", "semi;colon--", "`tick`", "select", "dotted.name", "\u202egnol\u202c", "a\nb",
    "tab\there", "[bracket]", "\\back\\", "Ümläut", "x" * 63, "/* comment", "$1", "?", "%s", "{x}",
    "'; DROP TABLE t; --", ":y", "@z", " ", "\u200b",
)  # fmt: skip

Raw = dict[str, Any]
Row = dict[str, Any]
"""A value for each column; dates as dates."""


@dataclass
class Table:
    """A policy, a mapping of its facts, and how to make rows of it."""

    policy: Policy
    raw: Raw
    types: dict[str, str] = field(default_factory=dict)
    """Of each column: text, boolean, integer or date."""

    @property
    def columns(self) -> Columns:
        return read_columns(self.raw, self.policy)


def kind_of(policy: Policy, key: Key) -> FactType:
    fact = policy.fact_by_key.get(key)
    return TaxonomyType(key) if fact is None else fact.type


def sql_type(kind: FactType) -> str:
    match kind:
        case BooleanType() | SetType():
            return "boolean"
        case IntegerType() | DurationType():
            return "integer"
        case DateType():
            return "date"
        case TaxonomyType() | TextType():
            return "text"


def random_table(random: Random, policy: Policy, *, hostile: bool = False) -> Table | None:
    """A mapping that SQL takes; columns are promised never to be NULL until it does."""
    for promised in (0.1, 0.1, 0.4, 0.7, 1.0):
        names = random.sample(HOSTILE, len(HOSTILE)) if hostile else []
        table = _table(random, policy, promised, iter(names))
        try:
            emit_sql(policy, table.columns, "duckdb", "view")
        except RefusedError as error:
            assert all(refusal.code in WANTING for refusal in error.refusals), error
            continue
        return table
    return None


WANTING = {
    "sql-texts", "sql-many-comparisons", "sql-steps", "sql-together", "sql-too-many",
    "sql-too-large", "sql-shift",
}  # fmt: skip


def _table(random: Random, policy: Policy, promised: float, names: Any) -> Table:
    table = Table(policy, {"table": "asked", "key": ["row id"], "roles": {}, "facts": {}})
    table.types["row id"] = "integer"

    def column(kind: str) -> str:
        name = next(names, None) or f"column {len(table.types)}"
        table.types[name] = kind
        return name

    for key in (*policy.roles, *policy.fact_by_key):
        where = table.raw["roles" if key in policy.roles else "facts"]
        where[key] = _place(random, policy, key, promised, column)
    return table


def _place(random: Random, policy: Policy, key: Key, promised: float, column: Any) -> Raw:
    fact = policy.fact_by_key.get(key)
    kind = kind_of(policy, key)
    chance = random.random()
    if key != "data" and chance < 0.05:
        return {"missing": True}
    if chance < 0.15 and not isinstance(kind, SetType):
        return {"constant": constant(random, policy, key)}
    place: Raw = {}
    if isinstance(kind, SetType):
        leaves = policy.taxonomy_of(key).leaves
        place["members"] = {leaf.name: column("boolean") for leaf in leaves}
    else:
        place["column"] = column(sql_type(kind))
    if random.random() < promised:
        place["never_null"] = True
    elif fact is not None and fact.optional:
        match random.randrange(3):
            case 0:
                place["null"] = "none"
            case 1:
                place["null"] = "missing"
            case _:
                place["none"] = column("boolean")
    return place


def constant(random: Random, policy: Policy, key: Key) -> object:
    kind = kind_of(policy, key)
    match kind:
        case BooleanType():
            return random.random() < 0.5
        case IntegerType(low, high) | DurationType(low, high):
            return random.randint(max(low, -10), min(high, 40))
        case DateType():
            return datetime.date.fromordinal(DAY + random.randint(-45, 45))
        case TextType():
            return random.choice(("a", "b", "ä", "it's \\ here"))
        case _:
            return random.choice(policy.taxonomy_of(key).leaves).name


# ------------------------------------------------------------------ rows


ODD: dict[str, tuple[object, ...]] = {
    "boolean": (2, -1, "yes", 0.5, b"\1"),
    "integer": ("seven", 0.5, b"1"),
    "date": ("no date", "now", "2026-02-30", "2026-1-1", "2026-01-01 ", "-001-01-01", 5, 0.5, b"2"),
    "text": (b"a", b"name"),
}
"""What SQLite takes into a column of another type."""


def random_row(random: Random, table: Table, number: int, *, odd: float = 0.0) -> Row:
    """`odd`: how often a column holds what is not of its type, which SQLite lets it."""
    left_out = random.choice((0.0, 0.1, 0.3, 0.6))
    wrong = 0.02 if random.random() < 0.3 else 0.0
    row: Row = {"row id": number}
    for key in (*table.policy.roles, *table.policy.fact_by_key):
        place = table.raw["roles" if key in table.policy.roles else "facts"][key]
        kind = kind_of(table.policy, key)
        columns = list(place.get("members", {}).values())
        columns += [place["column"]] if "column" in place else []
        never = place.get("never_null") or key == "data"
        nothing = not never and random.random() < left_out
        for name in columns:
            row[name] = None if nothing else _value(random, table.policy, key, kind, wrong)
            if random.random() < wrong:
                row[name] = None
        if isinstance(place.get("none"), str):
            row[place["none"]] = random.choice((None, True)) if nothing else False
            if random.random() < wrong:
                row[place["none"]] = random.choice((None, True, False))
    for name, stored in table.types.items():
        if random.random() < odd and name != "row id":
            row[name] = random.choice(ODD[stored])
    return row


def _value(random: Random, policy: Policy, key: Key, kind: FactType, wrong: float) -> object:
    odd = random.random() < wrong
    match kind:
        case BooleanType() | SetType():
            return random.random() < 0.5
        case IntegerType(low, high) | DurationType(low, high):
            return random.choice((low - 1, high + 1)) if odd else constant(random, policy, key)
        case DateType():
            edges = (datetime.date(1699, 12, 31), datetime.date(9900, 1, 1))
            if random.random() < 0.03:
                return random.choice((datetime.date(1700, 1, 1), datetime.date(9899, 12, 31)))
            return random.choice(edges) if odd else constant(random, policy, key)
        case TextType():
            return random.choice(("a", "b", "c", "ä", "A", "a ", "", "a\u0308", "it's \\ here"))
        case TaxonomyType():
            leaf = random.choice(policy.taxonomy_of(key).leaves).name
            return random.choice((leaf.upper(), leaf + " ", "", "data")) if odd else leaf


def request_of(table: Table, row: Row) -> Raw | None:
    """The request that a row is, None where it is none; written from docs/sql.md."""
    request: Raw = {"facts": {}}
    policy = table.policy
    for key in (*policy.roles, *policy.fact_by_key):
        place = table.raw["roles" if key in policy.roles else "facts"][key]
        found = _read(policy, key, place, row)
        if found == BAD:
            return None
        if found == MISSING:
            if key == "data":
                return None
            continue
        if key == "data":
            request["data"] = [found]
        elif key in policy.roles:
            request[key] = found
        else:
            request["facts"][key] = found
    return request


BAD, MISSING = object(), object()


def _read(policy: Policy, key: Key, place: Raw, row: Row) -> object:
    kind = kind_of(policy, key)
    if "missing" in place:
        return MISSING
    if "constant" in place:
        value = place["constant"]
        return value.isoformat() if isinstance(value, datetime.date) else value
    names = list(place["members"].values()) if "members" in place else [place["column"]]
    values = [row[name] for name in names]
    nulls = sum(value is None for value in values)
    flag = row[place["none"]] if "none" in place else False
    if flag not in (None, True, False) or not isinstance(flag, bool | None):
        return BAD
    if "none" in place and nulls < len(values) and flag is not False:
        return BAD
    if any(value is not None and not _fits(policy, key, kind, value) for value in values):
        return BAD
    if nulls:
        if place.get("never_null") or key == "data":
            return BAD
        if "none" in place and flag is True:
            return None
        if place.get("null") == "none":
            return None if nulls == len(values) else BAD
        return MISSING
    if "members" in place:
        leaves = list(place["members"])
        return [leaf for leaf, held in zip(leaves, values, strict=True) if held]
    [value] = values
    return value.isoformat() if isinstance(value, datetime.date) else value


def _fits(policy: Policy, key: Key, kind: FactType, value: Any) -> bool:
    match kind:
        case BooleanType() | SetType():
            return isinstance(value, bool)
        case IntegerType(low, high) | DurationType(low, high):
            return type(value) is int and low <= value <= high
        case DateType():
            first, last = datetime.date(1700, 1, 1), datetime.date(9899, 12, 31)
            return type(value) is datetime.date and first <= value <= last
        case TextType():
            return isinstance(value, str)
        case TaxonomyType():
            return value in policy.taxonomy_of(key).leaf_numbers


@dataclass(frozen=True)
class Expected:
    """What must be said of a row; outcome None where it is no request."""

    outcome: str | None
    rules: tuple[str, ...]


class Checked:
    """The generated checker, asked about rows."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.module: Any = load_checker(emit_python(table.policy))

    def expected(self, row: Row) -> Expected:
        request = request_of(self.table, row)
        if request is None:
            return Expected(None, ())
        decision = self.module.check_mapping(request)
        return Expected(decision.outcome, tuple(decision.rules))


def stated(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in row.items())
