"""Every node's span covers the whole of its text, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args

from hypothesis import given
from tests.generators.syntax_trees import modules

from privity.diagnostics.span import Span
from privity.syntax import nodes
from privity.syntax.format import format_module
from privity.syntax.nodes import Module
from privity.syntax.parse import parse

HEAD = "vocabulary v\n"


def below(node: Any) -> Iterator[Any]:
    """The nodes directly inside `node`."""
    for each in dataclasses.fields(node):
        if each.compare:
            yield from _nodes(getattr(node, each.name))


def _nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)
    elif dataclasses.is_dataclass(value):
        yield value


def everywhere(node: Any) -> Iterator[Any]:
    yield node
    for each in below(node):
        yield from everywhere(each)


def spanned(module: Module) -> tuple[str, Module]:
    text = format_module(module)
    parsed = parse(text, "spans.privity")
    assert parsed.module is not None
    return text, parsed.module


@given(modules)
def test_parts_lie_inside_the_whole(module: Module) -> None:
    text, module = spanned(module)
    for node in everywhere(module):
        span: Span = node.span
        words = text[span.start : span.end]
        assert words and words == words.strip()
        assert span.line == text.count("\n", 0, span.start) + 1
        assert span.column == span.start - (text.rfind("\n", 0, span.start) + 1) + 1
        for part in below(node):
            assert span.start <= part.span.start < part.span.end <= span.end


@given(modules)
def test_the_text_of_a_node_reads_as_that_node(module: Module) -> None:
    text, module = spanned(module)
    for declaration in module.declarations:
        words = text[declaration.span.start : declaration.span.end]
        assert reread(words) == declaration
    for node in everywhere(module):
        if isinstance(node, get_args(nodes.Expression)):
            words = text[node.span.start : node.span.end]
            again = reread(f"define d = {words}")
            assert isinstance(again, nodes.Definition)
            assert again.value == node


def reread(text: str) -> nodes.Declaration:
    parsed = parse(HEAD + text, "again.privity")
    assert parsed.module is not None, (text, parsed.diagnostics)
    (declaration,) = parsed.module.declarations
    return declaration


def test_a_bracketed_part_is_inside_the_whole() -> None:
    text = HEAD + "define d = (a or b) and (c)"
    parsed = parse(text, "spans.privity")
    assert parsed.module is not None
    (definition,) = parsed.module.declarations
    assert isinstance(definition, nodes.Definition)
    whole = definition.value
    assert isinstance(whole, nodes.And)
    texts = [text[each.span.start : each.span.end] for each in (whole, *whole.operands)]
    assert texts == ["(a or b) and (c)", "a or b", "c"]
