"""Mutants of a policy: its text with one slip in it, such as an author could make.

A slip is in a place that decisions hang on: a rule, an assumption, what the header says after
`otherwise`, or a definition or parameter that a condition rests on, in whichever file it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from privity.analyse.slips import Meanings, Slip, dropped, each, lift, of_expression, of_set
from privity.diagnostics.span import Span
from privity.model.claims import words
from privity.model.nodes import Taxonomy
from privity.model.quantities import references
from privity.model.scopes import WORDS
from privity.model.symbols import Symbols
from privity.model.taxonomies import resolve_taxonomy
from privity.syntax import nodes as tree

N = TypeVar("N")

Taxonomies = Mapping[str, tuple[Taxonomy, Meanings]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """`modules` with one slip, which stands at `place`."""

    description: str
    place: Span
    modules: tuple[tree.Module, ...]


def mutants(modules: Sequence[tree.Module]) -> Iterator[Mutant]:
    """Every mutant of a policy and the files it uses, each once.

    A mutant need not resolve, and need not decide differently.
    """
    taxonomies, resting = _taxonomies(modules), frozenset(_rested_on(modules))
    seen = {tuple(modules)}
    for slip in each(tuple(modules), lambda module: _module(module, taxonomies, resting)):
        if slip.node not in seen:
            seen.add(slip.node)
            yield Mutant(slip.words, slip.place, slip.node)


# ------------------------------------------------------------------ what decisions hang on


def _rested_on(modules: Iterable[tree.Module]) -> Iterator[str]:
    """The names of all that the conditions of rules and assumptions refer to, indirectly too."""
    found: dict[str, tree.Expression] = {}
    pending: list[str] = []
    for module in modules:
        for node in module.declarations:
            match node:
                case tree.Definition() | tree.Parameter():
                    found[node.name.text] = node.value
                case tree.Rule() | tree.Assumption():
                    pending += [
                        name for part in _conditions(node) for name in references(part, Symbols())
                    ]
                case _:
                    pass
    while pending:
        name = pending.pop()
        if name in found:
            pending += references(found.pop(name), Symbols())
            yield name


def _conditions(node: tree.Rule | tree.Assumption) -> Iterator[tree.Expression]:
    if isinstance(node, tree.Assumption):
        yield node.condition
        return
    for clause in node.clauses:
        if isinstance(clause, tree.When | tree.Unless):
            yield clause.condition


def _taxonomies(modules: Iterable[tree.Module]) -> Taxonomies:
    nodes = (n for m in modules for n in m.declarations if isinstance(n, tree.Taxonomy))
    return {node.name.text: resolve_taxonomy(node, "", []) for node in nodes}


# ------------------------------------------------------------------ declarations


def _module(
    module: tree.Module, taxonomies: Taxonomies, resting: frozenset[str]
) -> Iterator[Slip[tree.Module]]:
    def named(slips: Iterable[Slip[N]], node: N) -> Iterator[Slip[N]]:
        name: tree.Name = node.name  # type: ignore[attr-defined]
        for slip in slips:
            yield Slip(f"{name.text}: {slip.words}", slip.place, slip.node)

    def declaration(node: tree.Declaration) -> Iterator[Slip[tree.Declaration]]:
        match node:
            case tree.Rule():
                yield from named(_rule(node, taxonomies), node)
            case tree.Assumption(condition=condition):
                slips = of_expression(condition)
                yield from named(lift(slips, lambda new: replace(node, condition=new)), node)
            case tree.Definition() | tree.Parameter() if node.name.text in resting:
                slips = of_expression(node.value)
                yield from named(lift(slips, lambda new: replace(node, value=new)), node)
            case _:
                return

    yield from lift(_header(module.header), lambda new: replace(module, header=new))
    slips = (each(module.declarations, declaration), _swaps(module), _unassumed(module))
    for group in slips:
        yield from lift(group, lambda new: replace(module, declarations=new))


def _header(header: tree.Header) -> Iterator[Slip[tree.Header]]:
    if isinstance(header, tree.PolicyHeader):
        other: tree.DefaultEffect = "permit" if header.otherwise == "deny" else "deny"
        said = f"`otherwise {header.otherwise}` to `otherwise {other}`"
        yield Slip(said, header.span, replace(header, otherwise=other))


def _unassumed(module: tree.Module) -> Iterator[Slip[tuple[tree.Declaration, ...]]]:
    for number, node in enumerate(module.declarations):
        if isinstance(node, tree.Assumption):
            left = dropped(module.declarations, number)
            yield Slip(f"{node.name.text}: drop the assumption", node.span, left)


def _swaps(module: tree.Module) -> Iterator[Slip[tuple[tree.Declaration, ...]]]:
    """A rule with the other effect: it yields to none, none to it, and it carries no duties."""
    for node in module.declarations:
        if isinstance(node, tree.Rule):
            effect: tree.Effect = "forbid" if node.effect == "permit" else "permit"
            said = f"{node.name.text}: `{node.effect}` to `{effect}`"
            rest = tuple(c for c in node.clauses if not isinstance(c, tree.Yields | tree.Duty))
            swapped = replace(node, effect=effect, clauses=rest)
            others = (_unyielding(other, node.name) for other in module.declarations)
            yield Slip(said, node.span, tuple(swapped if o is node else o for o in others))


def _unyielding(node: tree.Declaration, to: tree.Name) -> tree.Declaration:
    """The declaration, its rule yielding to all that it yields to but `to`."""
    if not isinstance(node, tree.Rule) or node.name == to:
        return node
    clauses: list[tree.RuleClause] = []
    for clause in node.clauses:
        if isinstance(clause, tree.Yields) and to in clause.rules:
            left = tuple(name for name in clause.rules if name != to)
            clauses += [replace(clause, rules=left)] if left else []
        else:
            clauses.append(clause)
    return replace(node, clauses=tuple(clauses))


# ------------------------------------------------------------------ rules


def _rule(rule: tree.Rule, taxonomies: Taxonomies) -> Iterator[Slip[tree.Rule]]:
    yield from lift(_scope(rule.scope, taxonomies), lambda new: replace(rule, scope=new))
    yield from lift(each(rule.clauses, _clause), lambda new: replace(rule, clauses=new))
    yield from lift(_without_clause(rule.clauses), lambda new: replace(rule, clauses=new))


def _clause(clause: tree.RuleClause) -> Iterator[Slip[tree.RuleClause]]:
    match clause:
        case tree.When(condition) | tree.Unless(condition):
            yield from lift(of_expression(condition), lambda new: replace(clause, condition=new))
        case tree.Yields(_, rules) if len(rules) > 1:
            for number, name in enumerate(rules):
                left = replace(clause, rules=dropped(rules, number))
                yield Slip(f"drop the yield to `{name.text}`", name.span, left)
        case _:
            return


def _without_clause(
    clauses: tuple[tree.RuleClause, ...],
) -> Iterator[Slip[tuple[tree.RuleClause, ...]]]:
    for number, clause in enumerate(clauses):
        left = dropped(clauses, number)
        match clause:
            case tree.When(condition):
                yield Slip(f"drop `when {words(condition)}`", clause.span, left)
            case tree.Unless(condition):
                yield Slip(f"drop `unless {words(condition)}`", clause.span, left)
            case tree.Yields(_, (name,)):
                yield Slip(f"drop the yield to `{name.text}`", name.span, left)
            case _:
                pass


# ------------------------------------------------------------------ scopes


def _scope(scope: tree.Scope, taxonomies: Taxonomies) -> Iterator[Slip[tree.Scope]]:
    def role(
        part: tuple[tree.RoleWord, tree.SetExpression],
    ) -> Iterator[Slip[tuple[tree.RoleWord, tree.SetExpression]]]:
        word, chosen = part
        return lift(of_set(chosen, *taxonomies[WORDS[word]]), lambda new: (word, new))

    data = of_set(scope.data, *taxonomies["data"])
    yield from lift(data, lambda new: replace(scope, data=new))
    yield from lift(each(scope.roles, role), lambda new: replace(scope, roles=new))
