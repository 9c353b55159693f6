"""The Python that functions of a module may be made of. Everything else is refused, by line.

Statements: an assignment to names (also `a = b = x`, `(a, b) = row`, `a |= x`, `a: T = x`), `if`
with `elif` and `else`, `return x`, `pass`, a docstring. Expressions: literals (whole numbers,
texts, True, False, None), names, tuples and sets of them after `in`, `and`, `or`, `not`, `+`, `-`,
`*`, `&`, `|`, `^`, comparisons and chains of them, `x if c else y`, `row[n]`, calls without
keywords of functions of the module, of `range` after `in`, and `x.isdisjoint(y)`.

No loops, exceptions, comprehensions, lambdas, `:=`, `global`, `del`, attributes, default
arguments, decorators, inner functions or classes, floats, f-strings: what the executor has no
rule for does not reach it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from privity.validate.findings import RefusalError

_STATEMENTS = (ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.Pass, ast.Expr)
_EXPRESSIONS = (
    ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.IfExp, ast.Call, ast.Constant, ast.Name,
    ast.Tuple, ast.List, ast.Set, ast.Subscript, ast.Attribute,
)  # fmt: skip
_OPERATORS = (
    ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd, ast.Add, ast.Sub, ast.Mult, ast.BitAnd,
    ast.BitOr, ast.BitXor, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot,
    ast.In, ast.NotIn, ast.Load, ast.Store,
)  # fmt: skip


def outside(line: int | None, what: str) -> RefusalError:
    said = f"{what} is not in the subset of Python that is read"
    return RefusalError("not-in-subset", line, said)


def require_function(function: ast.stmt) -> ast.FunctionDef:
    """The function, if its head is plain and its body in the subset. Raises RefusalError."""
    line = function.lineno
    if not isinstance(function, ast.FunctionDef):
        raise outside(line, f"`{type(function).__name__}` here")
    taken = function.args
    if taken.defaults or taken.kw_defaults or taken.kwonlyargs or taken.posonlyargs:
        raise outside(line, f"`{function.name}` with parameters that are not plain")
    if taken.vararg or taken.kwarg:
        raise outside(line, f"`{function.name}` with `*` or `**` parameters")
    if function.decorator_list:
        raise outside(line, f"a decorator, on `{function.name}`,")
    if getattr(function, "type_params", []):
        raise outside(line, f"`{function.name}` with type parameters")
    for statement in function.body:
        _require_statement(statement)
    return function


def assigned_in(function: ast.FunctionDef) -> frozenset[str]:
    """The names that are local to it: its parameters and what it assigns to, anywhere."""
    names = {argument.arg for argument in function.args.args}
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return frozenset(names)


def is_docstring(statement: ast.stmt) -> bool:
    """A text that stands by itself does nothing."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _require_statement(statement: ast.stmt) -> None:
    line = statement.lineno
    if not isinstance(statement, _STATEMENTS):
        raise outside(line, f"`{type(statement).__name__}`")
    match statement:
        case ast.Expr():
            if not is_docstring(statement):
                raise outside(line, "an expression that stands by itself")
            return
        case ast.Assign(targets):
            for target in targets:
                _require_target(target)
        case ast.AugAssign(target) | ast.AnnAssign(target):
            if not isinstance(target, ast.Name):
                raise outside(line, "an assignment to anything but a name")
            if isinstance(statement, ast.AnnAssign) and not (statement.value and statement.simple):
                raise outside(line, "an annotation that is not of an assigned name")
        case ast.If(_, body, otherwise):
            for inner in (*body, *otherwise):
                _require_statement(inner)
        case _:
            pass
    for expression in _expressions(statement):
        _require_expression(expression)


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    match statement:
        case ast.Return(value) if value is not None:
            yield value
        case ast.Assign(_, value) | ast.AugAssign(_, _, value):
            yield value
        case ast.AnnAssign(_, _, value) if value is not None:
            yield value
        case ast.If(test):
            yield test
        case _:
            pass


def _require_target(target: ast.expr) -> None:
    named = target.elts if isinstance(target, ast.Tuple) else [target]
    if not all(isinstance(name, ast.Name) for name in named):
        raise outside(target.lineno, "an assignment to anything but names")


def _require_expression(expression: ast.expr) -> None:
    for node in ast.walk(expression):
        line = getattr(node, "lineno", expression.lineno)
        if not isinstance(node, _EXPRESSIONS + _OPERATORS):
            raise outside(line, f"`{type(node).__name__}`")
        match node:
            case ast.Constant(value) if value is not None and not isinstance(value, int | str):
                raise outside(line, f"the literal `{ast.unparse(node)}`")
            case ast.Call(_, _, [_, *_]):
                raise outside(line, "a call with keywords")
            case ast.Set(items) if not all(isinstance(item, ast.Constant) for item in items):
                raise outside(line, "a set of anything but literals")
            case _:
                pass
