"""TypeScript as nodes, and their layout. Texts of a policy get in by `text` and `comment` alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from privity.emit.names import WIDTH, plain
from privity.emit.names import comment as python_comment

PRIMARY = 12


@dataclass(frozen=True, slots=True)
class Raw:
    """Code that is written out. `level` says how strongly it binds."""

    code: str
    level: int = PRIMARY


@dataclass(frozen=True, slots=True)
class Infix:
    """Operands with one operator between them; `&` binds at level 5."""

    operator: str
    level: int
    operands: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Items between brackets: arrays, objects, the arguments of calls."""

    opening: str
    items: tuple[Code, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Named:
    """`name: value`, in an object."""

    name: str
    value: Code


Code = Raw | Infix | Listed | Named


# ------------------------------------------------------------------ making nodes


def text(value: str) -> Raw:
    """A literal in ASCII, without what ends a script element."""
    return Raw(json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e"))


def integer(value: int) -> Raw:
    return Raw(str(value), PRIMARY if value >= 0 else 11)


def boolean(value: bool) -> Raw:
    return Raw("true" if value else "false")


def text_or_null(value: str | None) -> Raw:
    return Raw("null") if value is None else text(value)


def array(items: Iterable[Code]) -> Listed:
    return Listed("[", tuple(items), "]")


def integers(items: Iterable[int]) -> Listed:
    return array(integer(item) for item in items)


def texts(items: Iterable[str]) -> Listed:
    return array(text(item) for item in items)


def record(**fields: Code) -> Listed:
    """An object with these fields, in their order."""
    named = (Named(name, value) for name, value in fields.items())
    return Listed("{ ", tuple(named), " }")


def call(function: str, *arguments: Code) -> Listed:
    return Listed(f"{function}(", arguments, ")")


def infix(operator: str, level: int, operands: Iterable[Code]) -> Code:
    """Of one operand, that operand."""
    found = tuple(operands)
    return found[0] if len(found) == 1 else Infix(operator, level, found)


def either(operands: Iterable[Code]) -> Code:
    return infix("||", 1, operands)


def both(operands: Iterable[Code]) -> Code:
    return infix("&&", 2, operands)


def same(left: Code, right: Code) -> Code:
    return Infix("===", 6, (left, right))


def differ(left: Code, right: Code) -> Code:
    return Infix("!==", 6, (left, right))


def arrow(head: str, body: Code) -> Raw:
    return Raw(f"({head}) => {flat(body)}", 0)


# ------------------------------------------------------------------ layout


def flat(node: Code) -> str:
    """On one line."""
    match node:
        case Raw(code):
            return code
        case Named(name, value):
            return f"{name}: {flat(value)}"
        case Listed(_, items, _) if not items:
            return f"{node.opening.strip()}{node.closing.strip()}"
        case Listed(opening, items, closing):
            return f"{opening}{', '.join(flat(item) for item in items)}{closing}"
        case Infix(operator, _, operands):
            return f" {operator} ".join(_operand(node, operand) for operand in operands)


def _operand(of: Infix, operand: Code) -> str:
    return f"({flat(operand)})" if _needs_parentheses(of, operand) else flat(operand)


def _needs_parentheses(of: Infix, operand: Code) -> bool:
    """Also where precedence would do but a reader would wonder."""
    match operand:
        case Raw(_, level) | Infix(_, level, _):
            return level <= of.level or (isinstance(operand, Infix) and level < 6)
        case _:
            return False


def laid_out(head: str, node: Code, tail: str = ";", indent: str = "") -> list[str]:
    """`head node tail`, over several lines where one is too short."""
    line = f"{indent}{head}{flat(node)}{tail}"
    if len(line) <= WIDTH or isinstance(node, Raw):
        return [line]
    inner = f"{indent}  "
    match node:
        case Named(name, value):
            return laid_out(f"{head}{name}: ", value, tail, indent)
        case Listed(opening, items, closing):
            lines = [line for item in items for line in laid_out("", item, ",", inner)]
            return [
                f"{indent}{head}{opening.rstrip()}",
                *lines,
                f"{indent}{closing.lstrip()}{tail}",
            ]
        case Infix(operator, _, operands):
            return [
                f"{indent}{head}(",
                *_operands(node, operator, operands, inner),
                f"{indent}){tail}",
            ]


def _operands(node: Infix, operator: str, operands: Sequence[Code], indent: str) -> Iterable[str]:
    for number, operand in enumerate(operands):
        end = "" if number == len(operands) - 1 else f" {operator}"
        line = f"{indent}{_operand(node, operand)}{end}"
        if len(line) > WIDTH and isinstance(operand, Infix):
            yield f"{indent}("
            yield from _operands(operand, operand.operator, operand.operands, f"{indent}  ")
            yield f"{indent}){end}"
        else:
            yield line


# ------------------------------------------------------------------ comments


def said(words: str) -> str:
    """A policy's text for a comment: one line that ends neither a comment nor a script."""
    return plain(words).replace("*/", "* /").replace("</", "< /").replace("<!", "< !")


def comment(words: str, indent: str = "") -> list[str]:
    """Lines that hold the words."""
    return [line.replace("#", "//", 1) for line in python_comment(said(words), indent)]


def doc(words: str, indent: str = "") -> list[str]:
    """A comment that editors show where the name after it is used."""
    found = said(words)
    return [f"{indent}/** {found} */"] if found else []
