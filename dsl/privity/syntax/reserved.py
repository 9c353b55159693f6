"""Names that a file may not declare: the words of the language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from privity.diagnostics.diagnostic import Diagnostic
from privity.syntax.automaton import automaton
from privity.syntax.errors import ReservedName
from privity.syntax.nodes import (
    Assumption,
    Claim,
    ClaimsHeader,
    Declaration,
    Definition,
    Duty,
    Fact,
    Item,
    Module,
    Must,
    Name,
    Parameter,
    Party,
    Reading,
    Rule,
    Scenario,
    Source,
    Taxonomy,
    Use,
)


@cache
def keywords() -> frozenset[str]:
    """Every word that the grammar gives a meaning to, somewhere."""
    symbols = {symbol for moves in automaton().tables.actions for symbol in moves}
    return frozenset(symbol for symbol in symbols if symbol.isalpha()) | {"reading"}


def reserved_names(module: Module) -> Iterator[Diagnostic]:
    """A diagnostic for each declared name that is a keyword, in the order of the text."""
    for what, name in _declared(module):
        if name.text in keywords():
            yield ReservedName(span=name.span, name=name.text, what=what)


def _declared(module: Module) -> Iterator[tuple[str, Name]]:
    if not isinstance(module.header, ClaimsHeader):
        yield "a policy", module.header.name
    for declaration in module.declarations:
        yield from _names(declaration)


def _names(declaration: Declaration) -> Iterator[tuple[str, Name]]:
    match declaration:
        case Rule(name=name, clauses=clauses):
            yield "a rule", name
            yield from (("a duty", each.name) for each in clauses if isinstance(each, Duty))
        case Taxonomy(name=name, items=items):
            yield "a taxonomy", name
            yield from _item_names(items)
        case (
            Source(name=name)
            | Fact(name=name)
            | Parameter(name=name)
            | Definition(name=name)
            | Reading(name=name)
            | Assumption(name=name)
            | Must(name=name)
            | Claim(name=name)
        ):
            yield _WHAT[type(declaration)], name
        case Use() | Party() | Scenario():
            pass


_WHAT: Mapping[type, str] = {
    Source: "a source",
    Fact: "a fact",
    Parameter: "a parameter",
    Definition: "a definition",
    Reading: "a reading",
    Assumption: "an assumption",
    Must: "a duty",
    Claim: "a claim",
}


def _item_names(items: tuple[Item, ...]) -> Iterator[tuple[str, Name]]:
    """Nesting is bounded by the parser, so recursion is too."""
    for item in items:
        yield "a value", item.name
        yield from _item_names(item.children)
