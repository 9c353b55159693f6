"""Where each clause of each source is put into force, and which rules rest on none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from privity.diagnostics.span import Span
from privity.model.nodes import Citation, Clause, Policy, Rule, Source


@dataclass(frozen=True, slots=True)
class Place:
    """A declaration that cites a clause. `kind` is the word that it begins with."""

    kind: str
    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A clause with all that cites it."""

    source: Source
    clause: Clause
    places: tuple[Place, ...]

    @property
    def missing(self) -> bool:
        """Neither put into force anywhere nor said to be informative: somebody forgot it."""
        return not self.places and self.clause.informative is None


@dataclass(frozen=True, slots=True)
class Trace:
    """Every clause in order of declaration, and the rules that cite nothing."""

    rows: tuple[Row, ...]
    uncited: tuple[Rule, ...]

    @property
    def missing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.missing)


def trace(policy: Policy) -> Trace:
    """What `policy`, with the claims that it was compiled with, does with its sources."""
    cited: defaultdict[tuple[str, str], dict[Place, None]] = defaultdict(dict)
    for place, citations in _declarations(policy):
        for cite in citations:
            cited[cite.source, cite.clause][place] = None
    rows = (
        Row(source, clause, tuple(cited[source.name, clause.id]))
        for source in policy.sources
        for clause in source.clauses
    )
    return Trace(tuple(rows), tuple(rule for rule in policy.rules if not rule.citations))


def _declarations(policy: Policy) -> Iterator[tuple[Place, tuple[Citation, ...]]]:
    """Rules first: they are what puts a clause into force."""
    for rule in policy.rules:
        kind = "assume" if rule.assumption else rule.effect
        yield Place(kind, rule.name, rule.span), rule.citations
    for must in policy.musts:
        yield Place("must", must.name, must.span), must.citations
    for fact in policy.facts:
        yield Place("fact", fact.key, fact.span), fact.citations
    for definition in policy.definitions.values():
        yield Place("define", definition.name, definition.span), definition.citations
    for parameter in policy.parameters:
        yield Place("parameter", parameter.name, parameter.span), parameter.citations
    for party in policy.parties:
        yield Place("party", party.title, party.span), party.citations
    for reading in policy.readings:
        yield Place("reading", reading.name, reading.span), reading.citations
    for claim in policy.claims:
        yield Place("claim", claim.name, claim.span), claim.citations
    for scenario in policy.scenarios:
        yield Place("scenario", scenario.title, scenario.span), scenario.citations
