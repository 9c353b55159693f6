"""Sources and facts: what rules cite, and what they are written in."""

from __future__ import annotations

from privity.model.errors import OutOfRange, UnknownRole
from privity.model.nodes import (
    DEFAULT_INTEGER,
    MOST_INTEGER,
    MOST_OFFSET_DAYS,
    ROLES,
    BooleanType,
    Clause,
    DateType,
    DurationType,
    Fact,
    FactType,
    IntegerType,
    SetType,
    Source,
    TaxonomyType,
    TextType,
)
from privity.model.rules import resolve_citations
from privity.model.symbols import Symbols
from privity.syntax import nodes as tree

TYPES = ("boolean", "integer", "date", "duration", "text")


def resolve_source(node: tree.Source, origin: str, symbols: Symbols) -> Source:
    """A source, no two of its clauses with one id."""
    first: dict[str, tree.Clause] = {}
    for clause in node.clauses:
        if first.setdefault(clause.id, clause) is not clause:
            symbols.duplicate("clause", clause.id, clause.span, first[clause.id].span)
    clauses = tuple(Clause(c.id, c.text, c.informative, c.span) for c in node.clauses)
    return Source(node.name.text, node.label, clauses, origin, node.name.span)


def resolve_fact(node: tree.Fact, origin: str, symbols: Symbols) -> None:
    """Add a fact to `symbols`, or report what is wrong with it."""
    role, dot, _ = node.name.text.partition(".")
    if not dot or role not in (*ROLES, "disclosure") or node.name.text.count(".") > 1:
        symbols.report.append(UnknownRole(span=node.name.span, role=role))
        return
    citations = resolve_citations(node.cites, symbols)
    kind = _fact_type(node, symbols)
    if kind is not None:
        symbols.facts[node.name.text] = Fact(
            node.name.text, kind, node.optional, node.label, node.negative, origin,
            node.name.span, citations,
        )  # fmt: skip


def _fact_type(node: tree.Fact, symbols: Symbols) -> FactType | None:
    match node.type:
        case tree.BooleanType(attested):
            return BooleanType(attested)
        case tree.DateType():
            return DateType()
        case tree.TextType():
            return TextType()
        case tree.IntegerType(bounds):
            low, high = bounds or DEFAULT_INTEGER
            bounded = _bounded(node, low, high, MOST_INTEGER, symbols)
            return IntegerType(low, high) if bounded else None
        case tree.DurationType(bounds):
            return _duration_type(node, bounds, symbols)
        case tree.TaxonomyType(name) | tree.SetType(name):
            return _of_taxonomy(node.type, name, symbols)


def _of_taxonomy(
    kind: tree.TaxonomyType | tree.SetType, name: tree.Name, symbols: Symbols
) -> FactType | None:
    if name.text not in symbols.taxonomies:
        symbols.unknown("type or taxonomy", name, [*symbols.taxonomies, *TYPES])
        return None
    symbols.used.add(("taxonomy", name.text))
    make = SetType if isinstance(kind, tree.SetType) else TaxonomyType
    return make(name.text)


def _duration_type(
    node: tree.Fact,
    bounds: tuple[tree.DurationLiteral, tree.DurationLiteral] | None,
    symbols: Symbols,
) -> FactType | None:
    if bounds is None:
        return DurationType(-MOST_OFFSET_DAYS, MOST_OFFSET_DAYS)
    for bound in bounds:
        if bound.unit != "days":
            symbols.report.append(
                OutOfRange(span=bound.span, what="the bounds of a duration are in days")
            )
            return None
    low, high = bounds[0].count, bounds[1].count
    bounded = _bounded(node, low, high, MOST_OFFSET_DAYS, symbols)
    return DurationType(low, high) if bounded else None


def _bounded(node: tree.Fact, low: int, high: int, most: int, symbols: Symbols) -> bool:
    if -most <= low <= high <= most:
        return True
    what = f"the bounds must ascend and lie within {-most} to {most}"
    symbols.report.append(OutOfRange(span=node.type.span, what=what))
    return False
