"""Prints Python expressions, `ast` nodes, in the layout of common formatters."""

from __future__ import annotations

import ast
from typing import Final

from privity.emit.names import WIDTH

_OPERATORS: Final[dict[type[ast.AST], tuple[str, int]]] = {
    ast.Or: ("or", 1),
    ast.And: ("and", 2),
    ast.Eq: ("==", 4),
    ast.NotEq: ("!=", 4),
    ast.Lt: ("<", 4),
    ast.Gt: (">", 4),
    ast.LtE: ("<=", 4),
    ast.Is: ("is", 4),
    ast.IsNot: ("is not", 4),
    ast.BitOr: ("|", 5),
    ast.BitXor: ("^", 6),
    ast.BitAnd: ("&", 7),
    ast.Add: ("+", 8),
    ast.Sub: ("-", 8),
    ast.Mult: ("*", 9),
}
_NOT, _SUM, _NEGATIVE, _PRIMARY = 3, 8, 10, 12


def flat(node: ast.expr) -> str:
    """The expression on one line."""
    return _flat(node)[0]


def assignment(target: str, node: ast.expr, indent: str) -> list[str]:
    """`target = node`, over several lines where one is too short."""
    return _statement(f"{target} = ", node, indent)


def returned(node: ast.expr, indent: str) -> list[str]:
    return _statement("return ", node, indent)


def condition_line(node: ast.expr, indent: str, said: str = "") -> list[str]:
    """`if node:`, with what fits of `said` as a comment behind it."""
    *before, last = _statement("if ", node, indent)
    last = f"{last}:"
    room = WIDTH - len(last) - 4
    if said and room > 10:
        last += f"  # {said if len(said) <= room else said[: room - 3].rstrip() + '...'}"
    return [*before, last]


def _statement(head: str, node: ast.expr, indent: str) -> list[str]:
    line = f"{indent}{head}{flat(node)}"
    if len(line) <= WIDTH:
        return [line]
    if isinstance(node, ast.Tuple | ast.Call):
        return _exploded(head, node, indent)
    inner = f"{indent}    "
    if isinstance(node, ast.BinOp | ast.BoolOp):
        if hugged := _hugged(head, _parts(node), indent):
            return hugged
        if len(inner) + len(flat(node)) <= WIDTH:
            return [f"{indent}{head}(", f"{inner}{flat(node)}", f"{indent})"]
        lines = [line for part in _parts(node) for line in _operand(part, inner)]
        return [f"{indent}{head}(", *lines, f"{indent})"]
    return [line]


def _hugged(head: str, parts: list[tuple[str, ast.expr, int]], indent: str) -> list[str]:
    """Two operands of which the second stands in parentheses: formatters use these."""
    (_, left, _), (sign, right, needed) = parts[0], parts[-1]
    first = f"{indent}{head}{_within(left, needed)} {sign}("
    text, own = _flat(right)
    if len(parts) != 2 or own >= needed or len(first) > WIDTH:
        return []
    inner = f"{indent}    "
    if len(inner + text) <= WIDTH or not isinstance(right, ast.BinOp | ast.BoolOp):
        return [first, f"{inner}{text}", f"{indent})"]
    return [first, *(line for one in _parts(right) for line in _operand(one, inner)), f"{indent})"]


def signature(head: str) -> list[str]:
    """The head of a function, `def f(a: int, b: int) -> int:`."""
    if len(head) <= WIDTH:
        return [head]
    start, rest = head.split("(", 1)
    parameters, end = rest.rsplit(")", 1)
    inner = [f"    {parameters}"]
    if len(inner[0]) > WIDTH:
        inner = [f"    {parameter}," for parameter in parameters.split(", ")]
    return [f"{start}(", *inner, f"){end}"]


def element(node: ast.expr, indent: str) -> list[str]:
    """`node,` as a line, or lines, of its own."""
    line = f"{indent}{flat(node)},"
    if len(line) <= WIDTH or not isinstance(node, ast.Tuple | ast.Call):
        return [line]
    lines = _exploded("", node, indent)
    return [*lines[:-1], f"{lines[-1]},"]


def _exploded(head: str, node: ast.Tuple | ast.Call, indent: str) -> list[str]:
    inner = f"{indent}    "
    if isinstance(node, ast.Tuple):
        lines = [line for part in node.elts for line in element(part, inner)]
        return [f"{indent}{head}(", *lines, f"{indent})"]
    lines = [line for part in node.args for line in element(part, inner)]
    for keyword in node.keywords:
        value = element(keyword.value, inner)
        lines += [f"{inner}{keyword.arg}={value[0].removeprefix(inner)}", *value[1:]]
    return [f"{indent}{head}{flat(node.func)}(", *lines, f"{indent})"]


# ------------------------------------------------------------------ chains of operators


def _parts(node: ast.BinOp | ast.BoolOp) -> list[tuple[str, ast.expr, int]]:
    """The operands of a chain, each with the operator before it and the strength it needs."""
    sign, strength = _OPERATORS[type(node.op)]
    if isinstance(node, ast.BoolOp):
        first, *rest = node.values
        return [("", first, strength + 1), *((f"{sign} ", one, strength + 1) for one in rest)]
    left = node.left
    chained = isinstance(left, ast.BinOp) and _OPERATORS[type(left.op)][1] == strength
    # Few know by heart how `|`, `^` and `&` bind among each other: parentheses say it.
    weakest, needed = (_SUM, _SUM) if strength < _SUM else (strength, strength + 1)
    before = _parts(left) if chained and isinstance(left, ast.BinOp) else [("", left, weakest)]
    return [*before, (f"{sign} ", node.right, needed)]


def _operand(part: tuple[str, ast.expr, int], indent: str) -> list[str]:
    sign, node, strength = part
    text, own = _flat(node)
    closed = text if own >= strength else f"({text})"
    line = f"{indent}{sign}{closed}"
    if len(line) <= WIDTH or not isinstance(node, ast.BinOp | ast.BoolOp):
        return [line]
    inner = f"{indent}    "
    lines = [line for one in _parts(node) for line in _operand(one, inner)]
    return [f"{indent}{sign}(", *lines, f"{indent})"]


# ------------------------------------------------------------------ one line


def _flat(node: ast.expr) -> tuple[str, int]:
    """The text and how strongly it binds."""
    match node:
        case ast.Constant(value):
            return (string(value) if isinstance(value, str) else repr(value)), _PRIMARY
        case ast.Name(name):
            return name, _PRIMARY
        case ast.Starred(value):
            return f"*{flat(value)}", _PRIMARY
        case ast.Attribute(value, name):
            return f"{flat(value)}.{name}", _PRIMARY
        case ast.Subscript(value, index):
            return f"{flat(value)}[{flat(index)}]", _PRIMARY
        case ast.Tuple(elements):
            inside = ", ".join(flat(part) for part in elements)
            return (f"({inside},)" if len(elements) == 1 else f"({inside})"), _PRIMARY
        case ast.Call(function, arguments, keywords):
            named = [f"{keyword.arg}={flat(keyword.value)}" for keyword in keywords]
            given = ", ".join([*(flat(part) for part in arguments), *named])
            return f"{flat(function)}({given})", _PRIMARY
        case ast.UnaryOp(ast.Not(), operand):
            return f"not {_within(operand, _NOT)}", _NOT
        case ast.UnaryOp(ast.USub(), operand):
            return f"-{_within(operand, _NEGATIVE)}", _NEGATIVE
        case ast.BinOp() | ast.BoolOp():
            parts = _parts(node)
            text = " ".join(f"{sign}{_within(one, needed)}" for sign, one, needed in parts)
            return text, _OPERATORS[type(node.op)][1]
        case ast.Compare(left, operators, rights):
            compared = [_within(left, 5)]
            for operator, right in zip(operators, rights, strict=True):
                compared += [_OPERATORS[type(operator)][0], _within(right, 5)]
            return " ".join(compared), 4
        case _:
            raise AssertionError(f"no layout for {ast.dump(node)}")


def _within(node: ast.expr, needed: int) -> str:
    text, own = _flat(node)
    return text if own >= needed else f"({text})"


def string(text: str) -> str:
    """A literal of printable characters; double quotes unless that takes more escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_character(c, quote) for c in text) + quote


def _character(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
