"""Rego values and their layout. Texts of a policy get in by `quoted` and `comment` alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from privity.emit.names import comment as python_comment

WIDTH = 110


@dataclass(frozen=True)
class SetOf:
    """A set, its items in this order."""

    items: tuple[Value, ...]


Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | SetOf | None"


def quoted(text: str) -> str:
    """A literal in ASCII."""
    return json.dumps(text)


def flat(value: Value) -> str:
    match value:
        case bool() | int() | str() | None:
            return json.dumps(value)
        case SetOf(items):
            return f"{{{', '.join(map(flat, items))}}}" if items else "set()"
        case Mapping():
            return f"{{{', '.join(f'{quoted(k)}: {flat(v)}' for k, v in value.items())}}}"
        case _:
            return f"[{', '.join(map(flat, value))}]"


def laid_out(head: str, value: Value, tail: str = "", depth: int = 0) -> list[str]:
    """`head value tail`, over several lines where one is too short."""
    indent = "\t" * depth
    line = f"{indent}{head}{flat(value)}{tail}"
    if len(line.expandtabs(4)) <= WIDTH or not _parts(value):
        return [line]
    opening, closing = ("[", "]") if isinstance(value, Sequence) else ("{", "}")
    lines = [
        line for head_, part in _parts(value) for line in laid_out(head_, part, ",", depth + 1)
    ]
    return [f"{indent}{head}{opening}", *lines, f"{indent}{closing}{tail}"]


def _parts(value: Value) -> Sequence[tuple[str, Value]]:
    match value:
        case str() | int() | None:
            return ()
        case SetOf(items):
            return [("", item) for item in items]
        case Mapping():
            return [(f"{quoted(key)}: ", part) for key, part in value.items()]
        case _:
            return [("", item) for item in value]


def table(
    name: str, rows: Mapping[str, Value], comments: Mapping[str, str] | None = None
) -> list[str]:
    """`name := {...}`, a row a line, each under its comment."""
    if not rows:
        return [f"{name} := {{}}"]
    lines: list[str] = []
    for key, row in rows.items():
        lines += comment((comments or {}).get(key, ""), "\t")
        lines += laid_out(f"{quoted(key)}: ", row, ",", 1)
    return [f"{name} := {{", *lines, "}"]


def comment(words: str, indent: str = "") -> list[str]:
    return python_comment(words, indent)


def sets(items: Iterable[Value]) -> SetOf:
    return SetOf(tuple(items))
