"""The sources as syntax trees: what each module imports and calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = ("dsl", "compiler", "apps")


@dataclass(frozen=True)
class Source:
    """A module: `name` is dotted, `room` the folder of `privity` that it lives in."""

    path: Path
    name: str

    @property
    def place(self) -> str:
        """Its path from the root of the project."""
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        return room_of(self.name)

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every module that is imported anywhere in it, late and for type checking too."""
        return frozenset(imported(self.tree, self.name))


@cache
def sources() -> tuple[Source, ...]:
    found = []
    for root in SOURCE_ROOTS:
        for path in sorted(ROOT.joinpath(root, "privity").rglob("*.py")):
            parts = path.relative_to(ROOT / root).with_suffix("").parts
            found.append(Source(path, ".".join(parts).removesuffix(".__init__")))
    return tuple(found)


def room_of(module: str) -> str:
    """`model` for `privity.model.nodes`, `pipeline` for `privity.pipeline`."""
    return [*module.split("."), ""][1]


def imported(tree: ast.AST, name: str) -> Iterator[str]:
    """The modules that a tree imports; of `from a import b` both `a` and `a.b`, whatever b is."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module, names, 0):
                assert module is not None
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                raise AssertionError(f"{name}: relative imports are not used here")
            case ast.Call(ast.Name("__import__") | ast.Attribute(attr="import_module"), arguments):
                yield from (a.value for a in arguments if _is_text(a))  # type: ignore[attr-defined]
            case _:
                pass


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def hold(rule: Callable[[Source], bool], known: Mapping[str, str], found: Iterable[Source]) -> Any:
    """A test of a rule over many sources at once, and a strict xfail for each known to break it.

    `known` goes from place to reason; whoever mends one takes it off the list.
    """
    there = {source.place: source for source in found}
    assert known.keys() <= there.keys()
    others = [source for place, source in there.items() if place not in known]
    cases = [pytest.param(others, id="all")]
    for place, reason in known.items():
        mark = pytest.mark.xfail(strict=True, reason=f"{place}: {reason}")
        cases.append(pytest.param([there[place]], id=place, marks=mark))

    @pytest.mark.parametrize("sources", cases)
    def test(sources: list[Source]) -> None:
        assert [source.place for source in sources if not rule(source)] == []

    test.__doc__ = rule.__doc__
    return test
