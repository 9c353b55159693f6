"""Small constructors of `ast` expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence


def name(identifier: str) -> ast.expr:
    return ast.Name(identifier)


def constant(value: str | int | bool | None) -> ast.expr:
    """A literal; a negative number is an operation in Python."""
    if isinstance(value, int) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def tuple_of(items: Iterable[ast.expr]) -> ast.expr:
    return ast.Tuple(list(items))


def numbers(items: Iterable[int]) -> ast.expr:
    return tuple_of(constant(item) for item in items)


def call(function: str, *arguments: ast.expr, **named: ast.expr) -> ast.expr:
    keywords = [ast.keyword(key, value) for key, value in named.items()]
    return ast.Call(name(function), list(arguments), keywords)


def method(of: ast.expr, called: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(of, called), list(arguments), [])


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [operator], [right])


def both(conditions: Sequence[ast.expr]) -> ast.expr:
    return conditions[0] if len(conditions) == 1 else ast.BoolOp(ast.And(), list(conditions))


def either(conditions: Sequence[ast.expr]) -> ast.expr:
    return conditions[0] if len(conditions) == 1 else ast.BoolOp(ast.Or(), list(conditions))


def known(variable: ast.expr) -> ast.expr:
    """It is not none."""
    return compare(variable, ast.IsNot(), constant(None))
