"""Claims, in the words of the policy that they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from privity.model.errors import TypeMismatch
from privity.model.expressions import condition
from privity.model.formula import TRUE, Formula, Key, conjunction, negation
from privity.model.nodes import (
    AllowedOnlyIf,
    AlwaysAllowed,
    AtLeastAsStrict,
    BooleanType,
    Carries,
    Claim,
    DecidesTheSame,
    ExpectedRefutation,
    Never,
    NeverAffects,
    NeverPermits,
    Scope,
    SometimesAllowed,
    Statement,
)
from privity.model.rules import cited, resolve_citations, resolve_conditions, resolve_readings
from privity.model.scopes import resolve_scope, whole_scope
from privity.model.symbols import Symbols
from privity.syntax import nodes as tree
from privity.syntax import words as syntax


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A claim that compares two policies and is about another one than this."""

    left: tree.Name


def resolve_claim(node: tree.Claim, policy: str, symbols: Symbols) -> Claim | Elsewhere | None:
    """The claim as it reads for `policy`; None after a report."""
    outcomes_only = any(isinstance(c, tree.OutcomesOnly) for c in node.clauses)
    statement = _statement(node, policy, outcomes_only, symbols)
    if statement is None or isinstance(statement, Elsewhere):
        return statement
    when, unless = resolve_conditions(node.clauses, symbols)
    assumed = [c for c in node.clauses if isinstance(c, tree.Assuming)]
    return Claim(
        name=node.name.text,
        label=node.label,
        statement=statement,
        when=conjunction((when, negation(unless))),
        assuming=_assuming(assumed, symbols),
        assuming_words=" and ".join(words(c.condition) for c in assumed) or None,
        expected=tuple(
            ExpectedRefutation(c.policy.text, c.because, c.span)
            for c in node.clauses
            if isinstance(c, tree.ExpectRefuted)
        ),
        readings=resolve_readings(node.clauses, symbols),
        citations=resolve_citations(cited(node.clauses), symbols),
        span=node.name.span,
    )


def words(expression: tree.Expression) -> str:
    """The expression as the author would write it."""
    return " ".join(piece.text for piece in syntax.expression(expression))


def _assuming(clauses: list[tree.Assuming], symbols: Symbols) -> Formula:
    return conjunction(tuple(condition(c.condition, symbols) for c in clauses)) if clauses else TRUE


def _statement(
    node: tree.Claim, policy: str, outcomes_only: bool, symbols: Symbols
) -> Statement | Elsewhere | None:
    stated = node.statement
    match stated:
        case tree.AtLeastAsStrict(left, right) if left.text == policy:
            return AtLeastAsStrict(right.text, outcomes_only)
        case tree.DecidesTheSame(left, right) if left.text == policy:
            return DecidesTheSame(right.text, outcomes_only)
        case tree.AtLeastAsStrict(left, _) | tree.DecidesTheSame(left, _):
            return Elsewhere(left)
        case tree.NeverPermits(_, _, None):
            return _about(stated, whole_scope(symbols, node.span), symbols)
        case _:
            assert stated.scope is not None
            scope = resolve_scope(stated.scope, symbols)
            return None if scope is None else _about(stated, scope, symbols)


_Scoped = (
    tree.Never | tree.AllowedOnlyIf | tree.AlwaysAllowed | tree.SometimesAllowed
    | tree.NeverPermits | tree.NeverAffects | tree.Carries
)  # fmt: skip


def _about(stated: _Scoped, scope: Scope, symbols: Symbols) -> Statement | None:
    match stated:
        case tree.Never():
            return Never(scope)
        case tree.AllowedOnlyIf(expression, _):
            return AllowedOnlyIf(condition(expression, symbols), scope)
        case tree.AlwaysAllowed():
            return AlwaysAllowed(scope)
        case tree.SometimesAllowed():
            return SometimesAllowed(scope)
        case tree.NeverPermits(fact, direction, _):
            key = _boolean_fact(fact, symbols)
            return None if key is None else NeverPermits(key, direction, scope)
        case tree.NeverAffects(fact, _):
            key = _boolean_fact(fact, symbols)
            return None if key is None else NeverAffects(key, scope)
        case tree.Carries(_, duty):
            return _carries(duty, scope, symbols)
        case _:
            assert_never(stated)


def _carries(duty: tree.Name, scope: Scope, symbols: Symbols) -> Carries | None:
    duties = [d.name for rule in symbols.rules.values() for d in rule.duties]
    if duty.text not in duties:
        symbols.unknown("duty", duty, duties)
        return None
    return Carries(scope, duty.text)


def _boolean_fact(name: tree.Name, symbols: Symbols) -> Key | None:
    fact = symbols.facts.get(name.text)
    if fact is None:
        symbols.unknown("fact", name, symbols.facts)
        return None
    symbols.used.add(("fact", fact.key))
    if not isinstance(fact.type, BooleanType):
        symbols.report.append(
            TypeMismatch(span=name.span, expected="a yes-or-no fact", found=f"`{name.text}`")
        )
        return None
    return fact.key
