"""Scenarios: from what the author tells to requests and expectations."""

from __future__ import annotations

from collections.abc import Iterator

from privity.model.errors import DuplicateName, NeverNone, NotAStatement, OutOfRange, TypeMismatch
from privity.model.expressions import denotation
from privity.model.formula import Key, Plain
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    Expectation,
    Fact,
    IntegerType,
    Role,
    Scenario,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.model.rules import resolve_citations
from privity.model.scopes import resolve_roles
from privity.model.symbols import Symbols
from privity.model.values import Number, Text, described
from privity.syntax import nodes as tree


def resolve_scenario(node: tree.Scenario, symbols: Symbols) -> Scenario | None:
    """The scenario; None after a report."""
    parts = resolve_roles(node.scope, symbols)
    facts = _given(node.given, symbols)
    expectations = tuple(_expectation(e, symbols) for e in node.expectations)
    citations = resolve_citations(node.cites, symbols)
    if parts is None:
        return None
    roles: dict[Role, frozenset[int]] = {role: leaves for role, (leaves, _) in parts.items()}
    return Scenario(node.title, roles, facts, expectations, citations, node.span)


def _expectation(node: tree.Expectation, symbols: Symbols) -> Expectation:
    for name in node.rules:
        if name.text not in symbols.rule_names:
            symbols.unknown("rule", name, sorted(symbols.rule_names))
    rules = tuple(name.text for name in node.rules) or None
    policy = node.policy.text if node.policy else None
    return Expectation(node.outcome, rules, policy, node.span)


# ------------------------------------------------------------------ given


def _given(node: tree.Expression | None, symbols: Symbols) -> dict[Key, Plain]:
    facts: dict[Key, Plain] = {}
    for statement in _conjuncts(node):
        said = _statement(statement, symbols)
        if said is None:
            continue
        fact, value = said
        before = facts.get(fact.key)
        if isinstance(before, frozenset) and isinstance(value, frozenset):
            facts[fact.key] = before | value
        elif fact.key in facts:
            symbols.report.append(DuplicateName(span=statement.span, kind="fact", name=fact.key))
        else:
            facts[fact.key] = value
    return facts


def _conjuncts(node: tree.Expression | None) -> Iterator[tree.Expression]:
    match node:
        case None:
            return
        case tree.And(operands):
            for operand in operands:
                yield from _conjuncts(operand)
        case _:
            yield node


def _statement(node: tree.Expression, symbols: Symbols) -> tuple[Fact, Plain] | None:
    """The fact that a conjunct of `given` speaks of, and its value."""
    match node:
        case tree.Reference():
            return _truth(node, True, symbols)
        case tree.Not(tree.Reference() as operand):
            return _truth(operand, False, symbols)
        case tree.Not(tree.Contains(tree.Reference() as operand, value)):
            return _without(operand, value, node, symbols)
        case tree.Comparison(tree.Comparator.IS, tree.Reference() as left, right):
            fact = _fact(left, symbols)
            return None if fact is None else _valued(fact, right, symbols)
        case tree.Contains(tree.Reference() as operand, value):
            return _member(operand, value, symbols)
        case _:
            symbols.report.append(NotAStatement(span=node.span))
            return None


def _fact(node: tree.Reference, symbols: Symbols) -> Fact | None:
    fact = symbols.facts.get(node.name.text)
    if fact is None:
        symbols.unknown("fact", node.name, symbols.facts)
    else:
        symbols.used.add(("fact", fact.key))
    return fact


def _truth(node: tree.Reference, value: bool, symbols: Symbols) -> tuple[Fact, Plain] | None:
    fact = _fact(node, symbols)
    if fact is None or isinstance(fact.type, BooleanType):
        return None if fact is None else (fact, value)
    _mismatch(node, "a yes-or-no fact", symbols)
    return None


def _valued(fact: Fact, node: tree.Expression, symbols: Symbols) -> tuple[Fact, Plain] | None:
    if isinstance(node, tree.NoneLiteral):
        if fact.optional:
            return fact, None
        symbols.report.append(NeverNone(span=node.span, fact=fact.key))
        return None
    value = _constant(fact, node, symbols)
    return None if value is None else (fact, value)


def _constant(fact: Fact, node: tree.Expression, symbols: Symbols) -> Plain:
    """The value that `node` gives to `fact`; None after a report."""
    match fact.type, node:
        case BooleanType(), tree.TruthLiteral(value):
            return value
        case TaxonomyType(taxonomy), tree.Reference(name):
            return _leaf(taxonomy, name, symbols)
        case TextType(), _:
            text = denotation(node, symbols)
            if isinstance(text, Text) and text.fact is None:
                return text.constant
        case IntegerType(low, high), _:
            return _number(node, "integer", low, high, symbols)
        case DurationType(low, high), _:
            return _number(node, "days", low, high, symbols)
        case DateType(), _:
            return _number(node, "date", FIRST_DAY.toordinal(), LAST_DAY.toordinal(), symbols)
        case _:
            pass
    _mismatch(node, f"a value for `{fact.key}`", symbols)
    return None


def _number(node: tree.Expression, kind: str, low: int, high: int, symbols: Symbols) -> int | None:
    value = denotation(node, symbols)
    if not isinstance(value, Number) or value.kind != kind or value.linear.terms:
        _mismatch(node, f"a constant {kind if kind != 'days' else 'duration'}", symbols)
        return None
    if not low <= value.linear.constant <= high:
        what = "the value lies outside the range of its fact"
        symbols.report.append(OutOfRange(span=node.span, what=what))
        return None
    return value.linear.constant


def _leaf(taxonomy: str, name: tree.Name, symbols: Symbols) -> int | None:
    value = symbols.value(taxonomy, name)
    if value is None:
        return None
    if value.last != value.first + 1:
        symbols.report.append(
            TypeMismatch(
                span=name.span, expected="one value", found=f"`{name.text}`, which has several"
            )
        )
        return None
    return value.first


def _member(node: tree.Reference, name: tree.Name, symbols: Symbols) -> tuple[Fact, Plain] | None:
    fact = _fact(node, symbols)
    if fact is None:
        return None
    if not isinstance(fact.type, SetType):
        _mismatch(node, "a set", symbols)
        return None
    leaf = _leaf(fact.type.taxonomy, name, symbols)
    return None if leaf is None else (fact, frozenset({leaf}))


def _without(
    node: tree.Reference, name: tree.Name, whole: tree.Expression, symbols: Symbols
) -> tuple[Fact, Plain] | None:
    """`not S contains ROOT`: the set is empty."""
    fact = _fact(node, symbols)
    if fact is None:
        return None
    if not isinstance(fact.type, SetType):
        _mismatch(node, "a set", symbols)
        return None
    if name.text != fact.type.taxonomy:
        symbols.report.append(NotAStatement(span=whole.span))
        return None
    return fact, frozenset()


def _mismatch(node: tree.Expression, expected: str, symbols: Symbols) -> None:
    found = (
        described(denotation(node, symbols))
        if not isinstance(node, tree.Reference)
        else (f"`{node.name.text}`")
    )
    symbols.report.append(TypeMismatch(span=node.span, expected=expected, found=found))
