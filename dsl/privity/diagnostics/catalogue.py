"""Every kind of finding there is, by its code."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from privity.diagnostics.diagnostic import Diagnostic, InternalError

# By name, since a renderer's room cannot import from the rooms that it serves.
PHASES = ("privity.syntax.errors", "privity.model.errors", "privity.emit.errors")


@cache
def by_code() -> Mapping[str, type[Diagnostic]]:
    """The diagnostics of all phases; codes are unique."""
    found: dict[str, type[Diagnostic]] = {}
    for kind in _kinds():
        if found.setdefault(kind.code, kind) is not kind:
            raise InternalError(f"two diagnostics have the code `{kind.code}`")
    return MappingProxyType(dict(sorted(found.items())))


def _kinds() -> Iterator[type[Diagnostic]]:
    for phase in PHASES:
        for value in vars(importlib.import_module(phase)).values():
            if isinstance(value, type) and issubclass(value, Diagnostic) and hasattr(value, "code"):
                yield value
