"""The text of the prelude, read from its parts."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.resources import files

PARTS = (
    "errors", "values", "tables", "atoms", "index", "program", "cells", "masks", "sentences",
    "decide", "apart", "answer", "reading", "nearest", "explain", "tabulate", "at_once",
    "columns_source", "columns_part", "columns_lanes", "columns", "columns_call",
)  # fmt: skip
"""In the order of the generated module."""

_FROM, _TO = "# --- copied from here\n", "# --- to here\n"


@cache
def imports() -> str:
    """The imports at the head of the module, `from __future__` among them."""
    return _copied("header").strip("\n") + "\n"


@cache
def engine() -> str:
    """Everything else: types, cells, masks, decisions, explanations."""
    return "\n\n\n".join(_copied(part).strip("\n") for part in PARTS) + "\n"


_DEFINED = re.compile(r"^(?:class|def) (\w+)|^(\w+)(?:: [^=\n]+)? = ", re.MULTILINE)


@cache
def names() -> frozenset[str]:
    """What the prelude defines or imports at the top level.

    Read off the beginnings of its lines: parsing it would take most of the time that it takes to
    answer one request on the command line.
    """
    found = {function or value for function, value in _DEFINED.findall(engine())}
    for node in ast.parse(imports()).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return frozenset(found)


def _copied(part: str) -> str:
    text = (files("privity.emit") / "prelude" / f"{part}.py").read_text("utf-8")
    return text.split(_FROM, 1)[1].split(_TO, 1)[0]


@cache
def copied(folder: str, file: str) -> str:
    """What stands between the two marks of a file that is part of another target's prelude."""
    text = (files("privity.emit") / folder / file).read_text("utf-8")
    return re.split(r"(?m)^(?://|#) --- (?:copied from here|to here)\n", text)[1]
