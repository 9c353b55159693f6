"""Files and functions that fit in a head."""

from __future__ import annotations

import ast

from tests.architecture.sources import Source, hold, sources

MOST_LINES = 400
MOST_OF_A_FUNCTION = 60

TOO_LONG = {
    "dsl/privity/model/nodes.py": "442 lines",
    "dsl/privity/syntax/build.py": "459 lines",
    "dsl/privity/syntax/format.py": "516 lines",
    "dsl/privity/syntax/nodes.py": "637 lines",
}
WITH_A_LONG_FUNCTION = {"dsl/privity/syntax/driver.py": "`run`, the parsing loop, has 90 lines"}


def is_short(source: Source) -> bool:
    """A file has less than 400 lines."""
    return source.text.count("\n") < MOST_LINES


def has_short_functions(source: Source) -> bool:
    """A function has less than 60 lines, its decorators and docstring included."""
    return all(
        lines_of(node) < MOST_OF_A_FUNCTION
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - min([node.lineno, *(d.lineno for d in node.decorator_list)]) + 1


test_files_are_short = hold(is_short, TOO_LONG, sources())
test_functions_are_short = hold(has_short_functions, WITH_A_LONG_FUNCTION, sources())
