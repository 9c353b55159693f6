"""Tables that are written out: tuples of literals, names and calls, read without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from privity.validate.findings import RefusalError


@dataclass(frozen=True, slots=True)
class Ref:
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """A call: `function(*arguments, **named)`."""

    function: str
    arguments: tuple[object, ...]
    named: tuple[tuple[str, object], ...]
    line: int


def literal(node: ast.expr) -> object:
    """What an expression says. Raises RefusalError for anything but the above."""
    match node:
        case ast.Constant(value) if value is None or isinstance(value, str | int):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))) if not isinstance(value, bool):
            return -value
        case ast.Tuple(items):
            return tuple(literal(item) for item in items)
        case ast.Name(name):
            return Ref(name)
        case ast.Call(ast.Name(function), arguments, keywords):
            named = tuple((_keyword(one), literal(one.value)) for one in keywords)
            return Made(function, tuple(map(literal, arguments)), named, node.lineno)
        case _:
            said = f"`{ast.unparse(node)[:60]}` in a table"
            raise RefusalError("not-in-subset", node.lineno, said)


def _keyword(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise RefusalError("not-in-subset", keyword.value.lineno, "`**` in a table")
    return keyword.arg


def rows(node: ast.expr, function: str, fields: Mapping[str, object]) -> Iterator[Row]:
    """The rows of a table, each a call of `function`; `fields` has the defaults, `...` for none."""
    found = literal(node)
    if not isinstance(found, tuple):
        raise RefusalError("changed-table", node.lineno, "a table that is no tuple")
    return (row(item, function, fields, node.lineno) for item in found)


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of a row, all of them."""

    line: int
    fields: Mapping[str, object]

    def __getitem__(self, name: str) -> object:
        return self.fields[name]


def row(item: object, function: str, fields: Mapping[str, object], line: int) -> Row:
    """One row. Raises RefusalError unless it is a call that Python would take."""
    if not isinstance(item, Made) or item.function != function:
        raise RefusalError("changed-table", line, f"a row that is not made by `{function}`")
    found = dict(zip(fields, item.arguments, strict=False))
    if len(item.arguments) > len(fields):
        raise RefusalError("changed-table", item.line, "a row with too many parts")
    for name, value in item.named:
        if name not in fields or name in found:
            raise RefusalError("changed-table", item.line, f"`{name}` in a row of `{function}`")
        found[name] = value
    for name, default in fields.items():
        found.setdefault(name, default)
        if found[name] is ...:
            raise RefusalError("changed-table", item.line, f"a row without `{name}`")
    return Row(item.line, found)


def same(left: object, right: object) -> bool:
    """Equal and of one type throughout: `True` is not `1`, in tables neither."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Made) and isinstance(right, Made):
        # Where they stand does not count.
        parts = (left.function, left.arguments, left.named)
        return same(parts, (right.function, right.arguments, right.named))
    return type(left) is type(right) and left == right


def names_in(value: object) -> Iterator[str]:
    """The names that a table speaks of, functions of calls among them."""
    match value:
        case Ref(name):
            yield name
        case Made(function, arguments, named):
            yield function
            yield from names_in(arguments)
            yield from names_in(tuple(part for _, part in named))
        case tuple():
            for part in value:
                yield from names_in(part)
        case _:
            pass
