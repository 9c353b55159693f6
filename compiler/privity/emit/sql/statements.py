"""The texts: a filter, an outcome, the deciding rules, a whole query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, permutations
from typing import Literal

from sqlglot import exp

from privity.emit.sql.bound import too_many
from privity.emit.sql.conditions import Node, both, case, negation, string, truth
from privity.emit.sql.dialects import DIALECTS, Dialect
from privity.emit.sql.encoder import RowEncoder, diagram, reduced
from privity.emit.sql.questions import Asking
from privity.emit.sql.readings import Reading, readings_of
from privity.emit.sql.sums import Sums
from privity.emit.sql.ways import Ways
from privity.lower.atoms import rule_atoms
from privity.lower.decide import Decided, by_effect
from privity.lower.diagram import Ref, TooLargeError
from privity.model.columns import Column, Columns, Members, Refusal, RefusedError
from privity.model.formula import Key, TextIs, read_by
from privity.model.nodes import Policy, Rule, TaxonomyType, TextType

What = Literal["filter", "outcome", "rules", "view"]
WHATS: tuple[What, ...] = ("filter", "outcome", "rules", "view")
MOST_NODES = 2_000
MOST_QUESTIONS = 300
MOST_ORDERS = 6


def emit_sql(policy: Policy, columns: Columns, dialect: str, what: What) -> str:
    """SQL text without a header. Raises RefusedError, with every reason that is found.

    `filter` is a condition that holds for the rows that are permitted, `outcome` an expression:
    'permit', 'deny', 'unknown', NULL for a row that is no request. `rules` is a query for the
    key and a boolean `rule_NAME` for each rule, whether it decides; `view` has the outcome too.
    """
    return _printer(policy, columns, DIALECTS[dialect]).text(what)


def _printer(policy: Policy, columns: Columns, dialect: Dialect) -> _Printer:
    readings = readings_of(policy, columns, dialect)
    atoms = list(dict.fromkeys(a for rule in by_effect(policy) for a in rule_atoms(policy, rule)))
    asking = Asking(policy, readings, atoms)
    asking.check()
    sums = Sums(dialect, readings, asking.tried)
    refusals = [*_unfit(policy, columns, dialect, readings, asking), *asking.refusals]
    if not refusals and (many := too_many(policy, readings)) is not None:
        refusals.append(many)
    if refusals:
        raise RefusedError(refusals)
    return _best(policy, columns, dialect, asking, sums)


def _best(
    policy: Policy, columns: Columns, dialect: Dialect, asking: Asking, sums: Sums
) -> _Printer:
    """With the order of roles that takes the fewest conditions, the earliest of equals."""
    found: tuple[int, _Printer] | None = None
    for order in islice(permutations(policy.roles), MOST_ORDERS):
        if len(asking.questions(order)) > MOST_QUESTIONS:
            break
        try:
            asked, encoder, root = diagram(asking, order, 20 * MOST_NODES)
        except TooLargeError:
            continue
        printer = _Printer(policy, columns, dialect, Ways(asking, sums, asked), encoder, root)
        size = printer.size()
        if sums.refusals:
            raise RefusedError(sums.refusals)
        if found is None or size < found[0]:
            found = size, printer
    if found is None:
        what = "the policy has too many rules and conditions for one expression"
        mend = "decide the rows with the generated checker"
        raise RefusedError([Refusal("sql-too-large", what, mend)])
    return found[1]


@dataclass(frozen=True)
class _Printer:
    policy: Policy
    columns: Columns
    dialect: Dialect
    ways: Ways
    encoder: RowEncoder
    root: Ref

    def size(self) -> int:
        diagram = reduced(self.encoder, self.root, lambda end: end.outcome == "deny")
        return self.ways.size(diagram)

    def text(self, what: What) -> str:
        node = self._node(what)
        if self.ways.sums.refusals:
            raise RefusedError(self.ways.sums.refusals)
        return node.sql(dialect=self.dialect.name, pretty=True) + "\n"

    def _node(self, what: What) -> Node:
        match what:
            case "filter":
                return self.filter()
            case "outcome":
                return self.outcome()
            case "rules":
                return self._query([])
            case "view":
                return self._query([_named(self.outcome(), "outcome")])

    # -------------------------------------------------------------- expressions

    def filter(self) -> Node:
        return case([(self._valid(), negation(self._some("deny")))], truth(False))

    def outcome(self) -> Node:
        whens = [
            (negation(self._some("deny")), string("permit")),
            (negation(self._some("permit")), string("deny")),
        ]
        # Valid comes first: of what is no value of its type nothing else need be false.
        return case([(self._valid(), case(whens, string("unknown")))], exp.Null())

    def decides(self, rule: Rule) -> Node:
        number = self.policy.rules.index(rule)
        other = self._where(lambda end: number not in end.rules)
        return case([(self._valid(), negation(other))], truth(False))

    def _some(self, outcome: str) -> Node:
        return self._where(lambda end: end.outcome == outcome)

    def _where(self, held: Callable[[Decided], bool]) -> Node:
        return self.ways.some(reduced(self.encoder, self.root, held))

    def _valid(self) -> Node:
        return both(reading.valid() for reading in self.ways.asking.readings.values())

    # -------------------------------------------------------------- queries

    def _query(self, more: list[Node]) -> Node:
        if not self.columns.key:
            raise RefusedError([_NO_KEY])
        table = self.columns.table[-1]
        key = [exp.Column(this=_name(name), table=_name(table)) for name in self.columns.key]
        rules = [_named(self.decides(rule), f"rule_{rule.name}") for rule in self.policy.rules]
        return exp.Select(expressions=[*key, *more, *rules], from_=exp.From(this=self._table()))

    def _table(self) -> Node:
        parts = [_name(part) for part in self.columns.table]
        roles = dict(zip(("this", "db", "catalog"), reversed(parts), strict=False))
        return exp.Table(**roles, alias=exp.TableAlias(this=_name(self.columns.table[-1])))


_NO_KEY = Refusal(
    "sql-no-key",
    "a query hands back rows in no order, and the mapping names no key to tell them apart",
    'write key = ["COLUMN"]',
)


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _named(node: Node, name: str) -> Node:
    return exp.Alias(this=node, alias=_name(name))


# ------------------------------------------------------------------ what does not fit


def _unfit(
    policy: Policy,
    columns: Columns,
    dialect: Dialect,
    readings: dict[Key, Reading],
    asking: Asking,
) -> Iterator[Refusal]:
    read = {key for atom in asking.atoms for key in read_by(atom)} | {"data"}
    for key in readings:
        if key in read and key not in columns.places:
            what = f"rules ask for `{key}`, and the mapping does not say where it stands"
            mend = "name its column, a constant, or say missing = true"
            yield Refusal("sql-unmapped", what, mend)
    yield from _unasked_members(columns, asking)
    yield from _two_types(columns, readings)
    yield from _texts(columns, dialect, readings, asking)
    outputs = ["outcome", *(f"rule_{rule.name}" for rule in policy.rules)]
    for name in dict.fromkeys((*columns.table, *columns.key, *columns.names(), *outputs)):
        yield from _bad_name(name, dialect)
    for name in columns.key:
        if name.lower() in outputs:
            what = f"`{name}` is a column of the result as well as of the key"
            yield Refusal("sql-name", what, "rename the column of the key")
    if not 1 <= len(columns.table) <= 3:
        what = "a table's name has one to three parts"
        yield Refusal("sql-name", what, 'such as ["catalog", "schema", "table"]')


def _two_types(columns: Columns, readings: dict[Key, Reading]) -> Iterator[Refusal]:
    """Columns that would have to be of two types at once."""
    seen: dict[str, str] = {}
    for key, place in columns.places.items():
        kind = readings[key].stored
        named = {place.name: kind} if isinstance(place, Column) else {}
        named |= dict.fromkeys(place.columns.values(), kind) if isinstance(place, Members) else {}
        if isinstance(place, Column | Members) and place.none is not None:
            named[place.none] = "boolean" if place.none not in named else "two"
        for name, one in named.items():
            if seen.setdefault(name, one) != one:
                what = f"`{key}` is read from the column `{name}`, which holds another type"
                yield Refusal("sql-types", what, "name a column of its own")


def _unasked_members(columns: Columns, asking: Asking) -> Iterator[Refusal]:
    for key, place in columns.places.items():
        if isinstance(place, Members):
            asked = frozenset().union(*asking.members(key))
            missing = [asking.policy.taxonomy_of(key).leaves[n].name for n in sorted(asked)]
            missing = [
                name
                for n, name in zip(sorted(asked), missing, strict=True)
                if n not in place.columns
            ]
            if missing:
                what = f"rules ask whether `{key}` has {', '.join(missing)}"
                yield Refusal("sql-members", what, "name a boolean column for each")


def _texts(
    columns: Columns, dialect: Dialect, readings: dict[Key, Reading], asking: Asking
) -> Iterator[Refusal]:
    compared = any(
        isinstance(reading.place, Column) and isinstance(reading.kind, TaxonomyType | TextType)
        for reading in readings.values()
    )
    if compared and dialect.collation is None and not columns.binary:
        yield Refusal(
            "sql-collation",
            f"in {dialect.name} texts may compare by more than their characters",
            'where all columns have the binary collation, write collation = "binary"',
        )
    for atom in asking.atoms:
        if isinstance(atom, TextIs) and "\0" in atom.text:
            what = f"`{atom.fact}` is compared with a text that has the character NUL"
            yield Refusal("sql-text", what, "no SQL text can hold it")


def _bad_name(name: str, dialect: Dialect) -> Iterator[Refusal]:
    shown = name if len(name) < 40 else f"{name[:30]}..."
    problem = None
    if not name:
        problem = "a name is empty"
    elif "\0" in name or any("\ud800" <= character <= "\udfff" for character in name):
        problem = f"the name {shown!a} holds a character that SQL cannot"
    elif dialect.longest is not None and _length(name, dialect.longest[1]) > dialect.longest[0]:
        problem = f"the name `{shown}` is longer than {dialect.longest[0]} {dialect.longest[1]}"
    elif dialect.letters is not None and not dialect.letters.fullmatch(name):
        problem = f"the name `{shown}` has characters that are not allowed in {dialect.name}"
    if problem is not None:
        yield Refusal("sql-name", problem, "rename it, or read from a view that does")


def _length(name: str, unit: str) -> int:
    return len(name.encode("utf-8")) if unit == "bytes" else len(name)
