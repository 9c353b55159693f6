"""SQL text as a tree, of which exactly a written-down subset is taken; all else is refused.

Nothing is skipped: an argument of a node that is not listed, a comment after the header, a second
statement, a name that is not the mapping's are all reasons to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from privity.model.columns import Columns
from privity.model.nodes import Policy

Node = exp.Expr
What = Literal["filter", "outcome", "rules", "view"]
DEEPEST = 400

NODES: Mapping[type[Node], frozenset[str]] = {
    kind: frozenset(arguments.split())
    for kind, arguments in {
        exp.And: "this expression",
        exp.Or: "this expression",
        exp.Not: "this",
        exp.Paren: "this",
        exp.Boolean: "this",
        exp.Null: "",
        exp.Literal: "this is_string",
        exp.Neg: "this",
        exp.Is: "this expression",
        exp.In: "this expressions",
        exp.Between: "this low high",
        exp.EQ: "this expression",
        exp.NEQ: "this expression",
        exp.LT: "this expression",
        exp.LTE: "this expression",
        exp.GT: "this expression",
        exp.GTE: "this expression",
        exp.Add: "this expression",
        exp.Sub: "this expression",
        exp.Mul: "this expression",
        exp.Case: "ifs default",
        exp.If: "this true",
        exp.Coalesce: "this expressions",
        exp.Column: "this table",
        exp.Identifier: "this quoted",
        exp.Collate: "this expression",
        exp.Cast: "this to",
        exp.TryCast: "this to",
        exp.DataType: "this nested",
        exp.Interval: "this unit",
        exp.Var: "this",
        exp.DateDiff: "this expression unit date_part_boundary",
        exp.TsOrDsToDate: "this",
        exp.Typeof: "this",
        exp.Least: "this expressions ignore_nulls",
        exp.Anonymous: "this expressions",
    }.items()
}
"""What an expression is made of, and which arguments each node may have."""

FUNCTIONS = {"sqlite": {"DATE", "JULIANDAY"}}
"""Functions that sqlglot does not know, by dialect."""

HEADER = re.compile(r"(?:--[ -~]*\n|\n)*")


class UnreadableError(Exception):
    """The text is not of the subset: why, and the part that is not."""


@dataclass(frozen=True)
class Parts:
    """What a text says of each row: the parts that it has."""

    filter: Node | None = None
    outcome: Node | None = None
    rules: Mapping[str, Node] | None = None


def read(text: str, policy: Policy, columns: Columns, dialect: str, what: What) -> Parts:
    """The expressions of a text. Raises UnreadableError."""
    tree = _parsed(text, dialect)
    match what:
        case "filter":
            return Parts(filter=_expression(tree, columns, dialect))
        case "outcome":
            return Parts(outcome=_expression(tree, columns, dialect))
        case "rules" | "view":
            return _query(tree, policy, columns, dialect, what)


def _parsed(text: str, dialect: str) -> Node:
    header = HEADER.match(text)
    body = text[header.end() :] if header is not None else text
    if "\0" in body:
        raise UnreadableError("the text holds the character NUL")
    try:
        if any(token.comments for token in sqlglot.tokenize(body, dialect=dialect)):
            raise UnreadableError("there are comments after the header")
        trees = sqlglot.parse(body, dialect=dialect)
    except (SqlglotError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise UnreadableError(f"the text does not parse: {said}") from None
    if len(trees) != 1 or trees[0] is None:
        raise UnreadableError(f"there are {len(trees)} statements, and one is expected")
    return trees[0]


# ------------------------------------------------------------------ expressions


def _expression(tree: Node, columns: Columns, dialect: str) -> Node:
    """The same, once it is known to be of the subset."""
    table, known = columns.table[-1], set(columns.names())
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise UnreadableError("the text is nested too deep")
        _check(node, dialect)
        if isinstance(node, exp.Column):
            _check_column(node, table, known)
            continue
        chained = isinstance(node, exp.And | exp.Or)
        waiting.extend((part, depth + (not chained)) for part in _parts(node))
    return tree


def _check(node: Node, dialect: str) -> None:
    if type(node) not in NODES:
        raise UnreadableError(f"`{shown(node)}` is not of the subset ({type(node).__name__})")
    stated = {name for name, value in node.args.items() if value not in (None, [], False)}
    more = stated - NODES[type(node)]
    if more:
        raise UnreadableError(f"`{shown(node)}` has {', '.join(sorted(more))}")
    if isinstance(node, exp.Anonymous) and node.name.upper() not in FUNCTIONS.get(dialect, ()):
        raise UnreadableError(f"the function `{node.name}` is not of the subset")


def _check_column(node: exp.Column, table: str, known: set[str]) -> None:
    """Quoted and qualified: of SQLite an unknown name alone would be a text."""
    parts = [node.this, node.args.get("table")]
    if not all(isinstance(part, exp.Identifier) and part.args.get("quoted") for part in parts):
        raise UnreadableError(f"the column `{shown(node)}` is not quoted and qualified")
    if node.table != table or node.name not in known:
        raise UnreadableError(f"the column `{shown(node)}` is not one of the mapping")


def _parts(node: Node) -> Iterator[Node]:
    for value in node.args.values():
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, Node):
                yield part


def shown(node: Node) -> str:
    """A node as SQL, shortened."""
    text = " ".join(node.sql().split())
    return text if len(text) < 80 else f"{text[:77]}..."


# ------------------------------------------------------------------ queries


def _query(tree: Node, policy: Policy, columns: Columns, dialect: str, what: What) -> Parts:
    """A query that gives, for every row of the table, the key and what is said of it."""
    if not isinstance(tree, exp.Select):
        raise UnreadableError("the text is no query")
    stated = {name for name, value in tree.args.items() if value not in (None, [], False)}
    if stated != {"expressions", "from_"}:
        more = ", ".join(sorted(stated - {"expressions", "from_"}))
        raise UnreadableError(f"the query has more than columns and a table: {more}")
    _check_table(tree, columns)
    count = len(columns.key)
    key, rest = tree.expressions[:count], tree.expressions[count:]
    if [_key_name(node, columns.table[-1]) for node in key] != list(columns.key):
        raise UnreadableError("the query does not begin with the columns of the key")
    named = [(_alias(node), node.this) for node in rest]
    wanted = [f"rule_{rule.name}" for rule in policy.rules]
    wanted = ["outcome", *wanted] if what == "view" else wanted
    if [name for name, _ in named] != wanted:
        raise UnreadableError(f"the columns of the query are not {', '.join(wanted)}")
    found = {name: _expression(node, columns, dialect) for name, node in named}
    outcome = found.pop("outcome", None) if what == "view" else None
    return Parts(outcome=outcome, rules={name.removeprefix("rule_"): found[name] for name in found})


def _check_table(tree: exp.Select, columns: Columns) -> None:
    table = tree.args["from_"].this
    if not isinstance(table, exp.Table):
        raise UnreadableError("the query is not from a table")
    names = [part.name for part in table.parts if isinstance(part, exp.Identifier)]
    stated = {name for name, value in table.args.items() if value not in (None, [], False)}
    plain = stated <= {"this", "db", "catalog", "alias"}
    if tuple(names) != columns.table or not plain or table.alias != columns.table[-1]:
        raise UnreadableError("the query is not from the table of the mapping")


def _key_name(node: Node, table: str) -> str | None:
    if isinstance(node, exp.Column) and node.table == table and node.this.args.get("quoted"):
        return node.name if set(node.args) - {"this", "table"} == set() else None
    return None


def _alias(node: Node) -> str:
    """The name of a column of the result; of one that has none, empty."""
    return node.alias if isinstance(node, exp.Alias) else ""
