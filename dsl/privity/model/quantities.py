"""Parameters and definitions: their order, how deep they nest, what they denote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import assert_never

from privity.model.errors import CyclicDefinition, NotConstant, TooDeep
from privity.model.expressions import condition, denotation
from privity.model.guards import presence
from privity.model.nodes import Definition, TaxonomyType
from privity.model.rules import resolve_citations
from privity.model.symbols import Symbols
from privity.model.values import WRONG, Condition, Number, Text, Wrong
from privity.syntax import nodes as tree

MOST_NESTING = 200


def definition_order(
    nodes: Mapping[str, tree.Parameter | tree.Definition], symbols: Symbols
) -> Iterable[str]:
    """The names, each after those that it refers to; those in a circle are reported."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, node in nodes.items():
        sorter.add(name, *(r for r in references(node.value, symbols) if r in nodes))
    try:
        order = tuple(sorter.static_order())
    except CycleError as error:
        names = list(reversed(error.args[1]))
        path = " refers to ".join(f"`{name}`" for name in names)
        span = nodes[names[0]].name.span
        symbols.report.append(CyclicDefinition(span=span, name=names[0], path=path))
        symbols.quantities.update(dict.fromkeys(names, WRONG))
        symbols.used |= {(kind, name) for name in names for kind in ("definition", "parameter")}
        return [name for name in nodes if name not in names]
    _check_nesting(order, nodes, symbols)
    return order


def _check_nesting(
    order: Iterable[str], nodes: Mapping[str, tree.Parameter | tree.Definition], symbols: Symbols
) -> None:
    """Bound the nesting of a definition with all that it refers to opened."""
    depth = symbols.depths
    for name in order:
        node = nodes[name]
        deepest = max((depth.get(r, 0) for r in references(node.value, symbols)), default=0)
        depth[name] = deepest + nesting(node.value)
        if depth[name] > MOST_NESTING:
            symbols.report.append(TooDeep(span=node.name.span, name=name, limit=MOST_NESTING))
            depth[name] = 0  # reported once, not for all that build on it


def define(node: tree.Parameter | tree.Definition, symbols: Symbols) -> None:
    """Add a parameter or definition to `symbols`."""
    name = node.name.text
    citations = resolve_citations(node.cites, symbols)
    value = denotation(node.value, symbols)
    if isinstance(node, tree.Parameter):
        if not isinstance(value, Wrong) and not _is_constant(value):
            symbols.report.append(NotConstant(span=node.value.span))
        symbols.parameters[name] = value
    elif isinstance(value, Condition):
        formula = condition(node.value, symbols)
        symbols.definitions[name] = Definition(name, node.label, formula, citations, node.name.span)
        symbols.presences[name] = presence(formula, symbols.presences)
    else:
        symbols.quantities[name] = value


def references(node: tree.Expression, symbols: Symbols) -> Iterator[str]:
    """The names that an expression refers to, values of taxonomies left out, in order."""
    match node:
        case tree.Reference(name):
            yield name.text
        case tree.Not(operand) | tree.Times(_, operand) | tree.Contains(operand, _):
            yield from references(operand, symbols)
        case tree.OneOf(operand, _, _):
            yield from references(operand, symbols)
        case tree.And(operands) | tree.Or(operands):
            for operand in operands:
                yield from references(operand, symbols)
        case tree.Comparison(_, left, tree.Reference(name)) if _is_value(name, left, symbols):
            yield from references(left, symbols)
        case tree.Comparison(_, left, right):
            yield from references(left, symbols)
            yield from references(right, symbols)
        case tree.Sum(first, rest):
            yield from references(first, symbols)
            for _, term in rest:
                yield from references(term, symbols)
        case (
            tree.TruthLiteral() | tree.NoneLiteral() | tree.IntegerLiteral() | tree.DateLiteral()
            | tree.DurationLiteral() | tree.TextLiteral()
        ):  # fmt: skip
            return
        case _:
            assert_never(node)


def _is_value(name: tree.Name, left: tree.Expression, symbols: Symbols) -> bool:
    """Whether beside `left`, a role or fact, `name` is a value of its taxonomy."""
    if not isinstance(left, tree.Reference):
        return False
    fact = symbols.facts.get(left.name.text)
    known = isinstance(fact.type, TaxonomyType) if fact else left.name.text in symbols.roles()
    taxonomy = fact.type.taxonomy if fact and isinstance(fact.type, TaxonomyType) else None
    return known and name.text in symbols.values.get(taxonomy or left.name.text, {})


def nesting(node: tree.Expression) -> int:
    """How deep an expression is nested."""
    match node:
        case tree.Not(operand) | tree.Times(_, operand):
            return 1 + nesting(operand)
        case tree.And(operands) | tree.Or(operands):
            return 1 + max(nesting(operand) for operand in operands)
        case tree.Comparison(_, left, right):
            return 1 + max(nesting(left), nesting(right))
        case tree.Sum(first, rest):
            return 1 + max(nesting(first), *(nesting(term) for _, term in rest))
        case tree.OneOf(operand, _, _) | tree.Contains(operand, _):
            return 1 + nesting(operand)
        case tree.Reference():
            return 1
        case (
            tree.TruthLiteral() | tree.NoneLiteral() | tree.IntegerLiteral() | tree.DateLiteral()
            | tree.DurationLiteral() | tree.TextLiteral()
        ):  # fmt: skip
            return 1
        case _:
            assert_never(node)


def _is_constant(value: object) -> bool:
    match value:
        case Number():
            return not value.linear.terms
        case Text(fact, _):
            return fact is None
        case _:
            return False
