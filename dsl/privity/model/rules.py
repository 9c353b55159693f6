"""Rules, assumptions and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from privity.diagnostics.diagnostic import Label
from privity.diagnostics.suggest import did_you_mean
from privity.model.errors import (
    CyclicYield,
    DanglingCitation,
    DuplicateName,
    NeverApplies,
    TooDeep,
    TypeMismatch,
    WrongYield,
)
from privity.model.expressions import Present, condition, denotation, extended
from privity.model.formula import (
    FALSE,
    TRUE,
    Formula,
    Linear,
    conjunction,
    disjunction,
    negation,
)
from privity.model.guards import NO_FACTS
from privity.model.nodes import (
    Assumption,
    Citation,
    Duty,
    Effect,
    Rule,
)
from privity.model.scopes import resolve_scope, whole_scope
from privity.model.symbols import Symbols
from privity.model.values import Number, Wrong, described
from privity.syntax import nodes as tree

MOST_YIELDS = 200


def resolve_rule(node: tree.Rule, symbols: Symbols) -> Rule | None:
    """The rule, its yields still unchecked; None after a report."""
    reported = len(symbols.report)
    scope = resolve_scope(node.scope, symbols)
    when, unless = resolve_conditions(node.clauses, symbols)
    faultless = len(symbols.report) == reported
    duties = tuple(_duty(c, symbols) for c in node.clauses if isinstance(c, tree.Duty))
    if scope is None:
        return None
    rule = Rule(
        effect=node.effect,
        name=node.name.text,
        label=node.label,
        scope=scope,
        when=when,
        unless=unless,
        yields_to=_yields(node, symbols),
        duties=tuple(duty for duty in duties if duty is not None),
        readings=resolve_readings(node.clauses, symbols),
        citations=resolve_citations(cited(node.clauses), symbols),
        assumption=False,
        span=node.name.span,
    )
    if faultless and (when == FALSE or unless == TRUE):
        symbols.report.append(NeverApplies(span=node.name.span, name=rule.name))
    if node.effect == "forbid":
        _refuse_duties(node, symbols)
    _refuse_twin_duties(rule, symbols)
    return rule


def resolve_assumption(node: tree.Assumption, symbols: Symbols) -> tuple[Assumption, Rule]:
    """The assumption, and the forbid that enforces it."""
    formula = condition(node.condition, symbols)
    citations = resolve_citations(node.cites, symbols)
    name, span = node.name.text, node.name.span
    assumption = Assumption(name, node.label, formula, node.until, citations, span)
    rule = Rule(
        effect="forbid",
        name=name,
        label=node.label,
        scope=whole_scope(symbols, span),
        when=negation(formula),
        unless=FALSE,
        yields_to=(),
        duties=(),
        readings=(),
        citations=citations,
        assumption=True,
        span=span,
    )
    return assumption, rule


def resolve_conditions(clauses: Iterable[object], symbols: Symbols) -> tuple[Formula, Formula]:
    """All `when` together, any `unless`.

    Conditions are read in the order written, so that an earlier one may guard a later one.
    """
    whens: list[Formula] = []
    unlesses: list[Formula] = []
    present: Present = NO_FACTS
    stated = [clause for clause in clauses if isinstance(clause, tree.When | tree.Unless)]
    for number, clause in enumerate(stated, 1):
        found = whens if isinstance(clause, tree.When) else unlesses
        found.append(condition(clause.condition, symbols, present))
        if number < len(stated):
            present = extended(present, found[-1], found is whens, symbols)
    return conjunction(tuple(whens)), disjunction(tuple(unlesses))


def resolve_readings(clauses: Iterable[object], symbols: Symbols) -> tuple[str, ...]:
    names = [n for c in clauses if isinstance(c, tree.RestsOn) for n in c.readings]
    for name in names:
        symbols.used.add(("reading", name.text))
        if name.text not in symbols.readings:
            symbols.unknown("reading", name, symbols.readings)
    return tuple(name.text for name in names)


def resolve_citations(cites: Iterable[tree.Citation], symbols: Symbols) -> tuple[Citation, ...]:
    """The citations that name a clause of a source; the others are reported."""
    found = []
    for cite in cites:
        source = symbols.sources.get(cite.source.text)
        if source is None:
            symbols.unknown("source", cite.source, symbols.sources)
            continue
        symbols.used.add(("source", source.name))
        if cite.clause not in source.clause_ids:
            _dangling(cite, symbols)
        found.append(Citation(cite.source.text, cite.clause, cite.span))
    return tuple(found)


def cited(clauses: Iterable[object]) -> tuple[tree.Citation, ...]:
    """All that the `cite` clauses among `clauses` name."""
    return tuple(
        c for clause in clauses if isinstance(clause, tree.Cites) for c in clause.citations
    )


def _dangling(cite: tree.Citation, symbols: Symbols) -> None:
    source = symbols.sources[cite.source.text]
    symbols.report.append(
        DanglingCitation(
            span=cite.span,
            source=source.name,
            clause=cite.clause,
            labels=(Label(source.span, "its clauses are declared here"),),
            help=did_you_mean(cite.clause, [clause.id for clause in source.clauses]) or "",
        )
    )


# ------------------------------------------------------------------ duties


def _refuse_duties(node: tree.Rule, symbols: Symbols) -> None:
    for clause in node.clauses:
        if isinstance(clause, tree.Duty):
            symbols.report.append(
                WrongYield(
                    span=clause.span, problem="a forbid obliges nobody: a duty hangs on a permit"
                )
            )


def _refuse_twin_duties(rule: Rule, symbols: Symbols) -> None:
    seen: dict[str, Duty] = {}
    for duty in rule.duties:
        first = seen.setdefault(duty.name, duty)
        if first is not duty:
            label = Label(first.span, "declared here first")
            symbols.report.append(
                DuplicateName(span=duty.span, kind="duty", name=duty.name, labels=(label,))
            )


def _duty(node: tree.Duty, symbols: Symbols) -> Duty | None:
    deadline = None
    match node.deadline:
        case tree.Within(limit, start):
            total = tree.Sum(start, (("+", limit),), node.deadline.span)
            deadline = resolve_day(total, symbols)
        case tree.DueBy(day):
            deadline = resolve_day(day, symbols)
        case None:
            pass
    return Duty(node.name.text, node.label, deadline, node.name.span)


def resolve_day(node: tree.Expression, symbols: Symbols) -> Linear | None:
    """A deadline; where a fact that it counts from is none or missing, the day is not known."""
    value = denotation(node, symbols)
    if isinstance(value, Number) and value.kind == "date":
        return value.linear
    if not isinstance(value, Wrong):
        symbols.report.append(
            TypeMismatch(span=node.span, expected="a date", found=described(value))
        )
    return None


# ------------------------------------------------------------------ yielding


def _yields(node: tree.Rule, symbols: Symbols) -> tuple[str, ...]:
    wanted = "permitted" if node.effect == "forbid" else "forbidden"
    names: list[str] = []
    for clause in node.clauses:
        if not isinstance(clause, tree.Yields):
            continue
        if clause.kind != wanted:
            problem = f"a {node.effect} yields with `unless {wanted} by`"
            symbols.report.append(WrongYield(span=clause.span, problem=problem))
        else:
            names += [name.text for name in clause.rules]
    return tuple(dict.fromkeys(names))


def check_yields(nodes: Sequence[tree.Rule], rules: Sequence[Rule], symbols: Symbols) -> None:
    """Every rule yielded to exists and is of the other effect."""
    effects: dict[str, Effect] = {node.name.text: node.effect for node in nodes}
    for node in nodes:
        for clause in node.clauses:
            if isinstance(clause, tree.Yields):
                for name in clause.rules:
                    _check_yield(node, name, effects, symbols)


def _check_yield(
    node: tree.Rule, name: tree.Name, effects: dict[str, Effect], symbols: Symbols
) -> None:
    if name.text not in effects:
        symbols.unknown("rule", name, [r for r, e in effects.items() if e != node.effect])
    elif effects[name.text] == node.effect:
        problem = f"`{name.text}` is a {node.effect} itself: rules yield to those of the other kind"
        symbols.report.append(WrongYield(span=name.span, problem=problem))


def in_order(rules: Sequence[Rule], symbols: Symbols) -> tuple[Rule, ...]:
    """The rules, each after those it yields to; among equals in order of declaration.

    The order of some rules, with all that they yield to, is the same where other rules are left
    out: how many steps of yielding are below a rule does not depend on those.
    """
    by_name = {rule.name: rule for rule in rules}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for rule in rules:
        sorter.add(rule.name, *(name for name in rule.yields_to if name in by_name))
    try:
        ordered = tuple(by_name[name] for name in sorter.static_order())
    except CycleError as error:
        names = list(reversed(error.args[1]))
        path = " yields to ".join(f"`{name}`" for name in names)
        rule = by_name[names[0]]
        symbols.report.append(CyclicYield(span=rule.span, name=rule.name, path=path))
        return tuple(rules)
    depth = _depths(ordered, symbols)
    return tuple(sorted(by_name.values(), key=lambda rule: depth[rule.name]))


def _depths(ordered: Sequence[Rule], symbols: Symbols) -> dict[str, int]:
    """The length of the longest chain of rules from each one down, itself included."""
    depth: dict[str, int] = {}
    for rule in ordered:
        depth[rule.name] = 1 + max((depth.get(name, 0) for name in rule.yields_to), default=0)
        if depth[rule.name] == MOST_YIELDS + 1:
            symbols.report.append(TooDeep(span=rule.span, name=rule.name, limit=MOST_YIELDS))
    return depth
