"""Expressions as text: Python reads back what was meant, and formatters leave it alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from random import Random

import pytest

from privity.emit.layout import assignment, flat, string
from privity.emit.names import Names, class_name, comment, identifier, member_name, plain

BINARY = (ast.BitAnd(), ast.BitOr(), ast.BitXor(), ast.Add(), ast.Sub(), ast.Mult())
COMPARED = (ast.Eq(), ast.LtE(), ast.Is(), ast.IsNot())


def _expression(random: Random, depth: int) -> ast.expr:
    def inner() -> ast.expr:
        return _expression(random, depth - 1)

    if depth == 0 or random.random() < 0.15:
        return ast.Name(random.choice(("a", "b_1", "full")))
    match random.randrange(8):
        case 0:
            return ast.UnaryOp(random.choice((ast.Not(), ast.USub())), inner())
        case 1:
            operands = [inner() for _ in range(random.randint(2, 4))]
            return ast.BoolOp(random.choice((ast.And(), ast.Or())), operands)
        case 2:
            rights = [inner() for _ in range(random.randint(1, 2))]
            return ast.Compare(inner(), [random.choice(COMPARED) for _ in rights], rights)
        case 3:
            return ast.Tuple([inner() for _ in range(random.randint(0, 3))])
        case 4:
            keywords = [ast.keyword("key", inner())] if random.random() < 0.5 else []
            return ast.Call(ast.Name("f"), [inner() for _ in range(random.randint(0, 2))], keywords)
        case 5:
            return ast.Constant(random.choice((None, True, 7, "text", 'it\'s "so"\n')))
        case _:
            return ast.BinOp(inner(), random.choice(BINARY), inner())


def _shape(expression: ast.expr) -> str:
    """What it means: chains of `and` and `or` are flat to Python, in whatever way they are made."""
    text = ast.unparse(ast.fix_missing_locations(ast.Expression(expression)))
    return ast.dump(ast.parse(text, mode="eval"))


@pytest.mark.parametrize("seed", range(300))
def test_python_reads_what_was_meant(seed: int) -> None:
    expression = _expression(Random(seed), 4)
    assert ast.dump(ast.parse(flat(expression), mode="eval")) == _shape(expression)
    lines = "\n".join(assignment("x", expression, ""))
    read = ast.parse(lines).body[0]
    assert isinstance(read, ast.Assign)
    assert ast.dump(ast.Expression(read.value)) == _shape(expression)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "'",
        '"',
        "'\"",
        "\\",
        "\n\r\t\0",
        "\u202e",
        "\ud800",
        "é§",
        "\U0001f600",
        "\x85\u2028",
    ],
    ids=map(str, range(12)),
)
def test_strings(text: str) -> None:
    assert ast.literal_eval(string(text)) == text
    assert string(text).isprintable()


HOSTILE = (
    'a"""b', "a\nimport os", "a\\", "\u202eabc", "#", "\u2028x = 1", "\x0c", "\ud800", "'''", "\r",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=map(str, range(len(HOSTILE))))
def test_comments_stay_comments(text: str) -> None:
    lines = comment(text)
    assert all(line.startswith("# ") and line.isprintable() for line in lines)
    assert not ast.parse("\n".join(lines)).body
    assert ast.literal_eval(f'"""{plain(text)}"""') == plain(text)


def test_identifiers_differ_and_are_identifiers() -> None:
    names = Names(("class", "Request"))
    wishes = ["class", "Request", "a", "a", "a.b", "au2eb", "é", "1st", "", "x y", "a", "\u202e"]
    found = [names.fresh(wish) for wish in wishes]
    assert len(set(found)) == len(found)
    assert all(name.isidentifier() and name.isascii() for name in found)
    assert found[:4] == ["class_2", "Request_2", "a", "a_2"]
    assert [class_name(identifier(n)) for n in ("product", "line_of_business")] == [
        "Product",
        "LineOfBusiness",
    ]
    assert [member_name(n) for n in ("court", "affiliate.insurer", "_x_", "__y")] == [
        "COURT",
        "AFFILIATE__INSURER",
        "X_X_",
        "X__Y",
    ]


def test_formatters_leave_it_alone() -> None:
    operands = [ast.Name(f"a_long_name_number_{n}") for n in range(9)]
    negated = ast.BinOp(ast.Name("full"), ast.BitXor(), ast.Name("another_quite_long_name_here"))
    chain: ast.expr = operands[0]
    for operand in operands[1:]:
        chain = ast.BinOp(chain, ast.BitAnd(), operand)
    expressions: list[ast.expr] = [
        chain,
        ast.BinOp(ast.BinOp(negated, ast.BitOr(), chain), ast.BitOr(), chain),
        ast.BinOp(ast.BinOp(negated, ast.BitAnd(), negated), ast.BitAnd(), negated),
        ast.BinOp(negated, ast.BitAnd(), ast.BinOp(negated, ast.BitOr(), negated)),
        ast.Tuple([*operands]),
        ast.Call(ast.Name("f"), [*operands], [ast.keyword("key", ast.Tuple([*operands]))]),
        ast.BoolOp(ast.Or(), [ast.Compare(o, [ast.Eq()], [ast.Constant(1)]) for o in operands]),
    ]
    text = "\n".join(line for e in expressions for line in assignment("x", e, "")) + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert done.stdout == text
