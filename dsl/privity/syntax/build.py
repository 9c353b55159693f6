# ruff: noqa: PLR0917 (children come by position, as many as the production has)
"""What each production of the grammar builds: one function a rule name, children in order.

The tables leave fixed texts out of the children and put None where an optional part is absent.
`NODES` get the place of the whole production first, `VALUES` need none.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Literal

from privity.diagnostics.span import Span
from privity.syntax.nodes import (
    AllowedOnlyIf,
    AlwaysAllowed,
    And,
    Anyone,
    AnyValue,
    Assuming,
    Assumption,
    AtLeastAsStrict,
    AtMoment,
    BooleanType,
    Branch,
    Carries,
    Citation,
    Cites,
    Claim,
    ClaimClause,
    ClaimsHeader,
    Clause,
    Comparator,
    Comparison,
    Contains,
    DateLiteral,
    DateType,
    DecidesTheSame,
    Declaration,
    Definition,
    DueBy,
    DurationLiteral,
    DurationType,
    Duty,
    Every,
    Expectation,
    ExpectRefuted,
    Expression,
    Fact,
    Header,
    IntegerLiteral,
    IntegerType,
    Item,
    Module,
    Must,
    Name,
    Never,
    NeverAffects,
    NeverPermits,
    NoneLiteral,
    Not,
    Occasion,
    OneOf,
    Or,
    OutcomesOnly,
    OutcomeWord,
    Parameter,
    Party,
    PolicyHeader,
    Reading,
    Reference,
    RestsOn,
    RoleWord,
    Rule,
    RuleClause,
    Scenario,
    Scope,
    SetExpression,
    SetItem,
    SetType,
    SometimesAllowed,
    Source,
    Statement,
    Sum,
    Taxonomy,
    TaxonomyType,
    TextLiteral,
    TextType,
    Times,
    TruthLiteral,
    Unit,
    Unless,
    Use,
    ValueType,
    VocabularyHeader,
    When,
    Within,
    Yields,
)

Addend = tuple[Literal["+", "-"], Expression]


def module(span: Span, header: Header, *declarations: Declaration) -> Module:
    return Module(header, declarations, span)


def claims_header(span: Span, *policies: Name) -> ClaimsHeader:
    return ClaimsHeader(policies, span)


# ------------------------------------------------------------------ what rules are written in


def source(span: Span, name: Name, label: str | None, *clauses: Clause) -> Source:
    return Source(name, label, clauses, span)


def item(span: Span, name: Name, label: str | None, *children: Item) -> Item:
    return Item(name, label, children, span)


def taxonomy(span: Span, name: Name, label: str | None, *items: Item) -> Taxonomy:
    return Taxonomy(name, label, items, span)


def party(span: Span, title: str, value: Name, cites: Cites | None) -> Party:
    return Party(title, value, _cited(cites), span)


def fact(
    span: Span,
    name: Name,
    kind: tuple[ValueType, bool],
    labels: tuple[str, str | None] | None,
    cites: Cites | None,
) -> Fact:
    value_type, optional = kind
    label, negative = labels or (None, None)
    return Fact(name, value_type, optional, label, negative, _cited(cites), span)


def type_(value_type: ValueType, or_none: object) -> tuple[ValueType, bool]:
    return value_type, or_none is not None


def integer_type(
    span: Span, low: IntegerLiteral | None, high: IntegerLiteral | None
) -> IntegerType:
    return IntegerType(None if low is None or high is None else (low.value, high.value), span)


def duration_type(
    span: Span, low: DurationLiteral | None, high: DurationLiteral | None
) -> DurationType:
    return DurationType(None if low is None or high is None else (low, high), span)


def parameter(
    span: Span, name: Name, label: str | None, value: Expression, cites: Cites | None
) -> Parameter:
    return Parameter(name, label, value, _cited(cites), span)


def definition(
    span: Span, name: Name, label: str | None, value: Expression, cites: Cites | None
) -> Definition:
    return Definition(name, label, value, _cited(cites), span)


def reading(span: Span, _: object, name: Name, text: str, cites: Cites | None) -> Reading:
    return Reading(name, text, _cited(cites), span)


def assumption(
    span: Span,
    name: Name,
    label: str | None,
    condition: Expression,
    until: DateLiteral,
    cites: Cites | None,
) -> Assumption:
    return Assumption(name, label, condition, until.value, _cited(cites), span)


def cite(span: Span, *citations: Citation) -> Cites:
    return Cites(citations, span)


def _cited(cites: Cites | None) -> tuple[Citation, ...]:
    return cites.citations if cites else ()


# ------------------------------------------------------------------ rules


def rule(
    span: Span,
    effect: Literal["permit", "forbid"],
    name: Name,
    label: str | None,
    scope: Scope,
    *clauses: RuleClause,
) -> Rule:
    return Rule(effect, name, label, scope, clauses, span)


def scope(span: Span, data: SetExpression, *roles: tuple[RoleWord, SetExpression]) -> Scope:
    return Scope(data, roles, span)


def set_(
    span: Span, items: tuple[SetItem, ...], excluded: tuple[SetItem, ...] | None
) -> SetExpression:
    return SetExpression(items, excluded or (), span)


def yields(span: Span, kind: Literal["permitted", "forbidden"], *rules: Name) -> Yields:
    return Yields(kind, rules, span)


def rests_on(span: Span, *readings: Name) -> RestsOn:
    return RestsOn(readings, span)


def must(
    span: Span,
    name: Name,
    label: str | None,
    schedule: tuple[Occasion, ...] | None,
    before_sharing: Scope | None,
    when: When | None,
    cites: Cites | None,
) -> Must:
    condition = when.condition if when else None
    return Must(name, label, schedule or (), before_sharing, condition, _cited(cites), span)


# ------------------------------------------------------------------ scenarios and claims


def scenario(span: Span, title: str, scope: Scope, *rest: Any) -> Scenario:
    """`rest` is the condition given or None, the expectations, the citations or None."""
    given, *expectations, cites = rest
    return Scenario(title, scope, given, tuple(expectations), _cited(cites), span)


def expectation(
    span: Span, outcome: OutcomeWord, rules: tuple[Name, ...] | None, policy: Name | None
) -> Expectation:
    return Expectation(outcome, rules or (), policy, span)


def claim(
    span: Span, name: Name, label: str | None, statement: Statement, *clauses: ClaimClause
) -> Claim:
    return Claim(name, label, statement, clauses, span)


# ------------------------------------------------------------------ expressions


def disjunction(span: Span, *operands: Expression) -> Or:
    return Or(operands, span)


def conjunction(span: Span, *operands: Expression) -> And:
    return And(operands, span)


def _comparison(comparator: Comparator) -> Callable[[Span, Expression, Expression], Comparison]:
    return lambda span, left, right: Comparison(comparator, left, right, span)


def one_of(span: Span, operand: Expression, values: tuple[Name, ...]) -> OneOf:
    return OneOf(operand, values, False, span)


def not_one_of(span: Span, operand: Expression, values: tuple[Name, ...]) -> OneOf:
    return OneOf(operand, values, True, span)


def sum_(span: Span, first: Expression, *rest: Addend) -> Sum:
    return Sum(first, rest, span)


def plus(term: Expression) -> Addend:
    return "+", term


def minus(term: Expression) -> Addend:
    return "-", term


def times(span: Span, factor: IntegerLiteral, operand: Expression) -> Times:
    return Times(factor.value, operand, span)


def truth(span: Span, word: str) -> TruthLiteral:
    return TruthLiteral(word == "true", span)


def negative(span: Span, value: int) -> IntegerLiteral:
    return IntegerLiteral(-value, span)


_UNITS: Mapping[str, Unit] = {
    "day": "days", "days": "days", "month": "months", "months": "months",
    "year": "years", "years": "years",
}  # fmt: skip


def duration(span: Span, count: IntegerLiteral, unit: str) -> DurationLiteral:
    return DurationLiteral(count.value, _UNITS[unit], span)


def date(span: Span, value: datetime.date) -> DateLiteral:
    return DateLiteral(value, span)


def branch(name: Name) -> Branch:
    return Branch(name, name.span)


def reference(name: Name) -> Reference:
    return Reference(name, name.span)


def dotted(span: Span, *parts: Name) -> Name:
    return Name(".".join(part.text for part in parts), span)


# ------------------------------------------------------------------ by rule name


def _alone(child: Any) -> Any:
    return child


def _list(*children: Any) -> tuple[Any, ...]:
    return children


def _made_of(node: Callable[..., Any]) -> Callable[..., Any]:
    """For a node whose fields are its children as they stand."""

    def make(span: Span, *children: Any) -> Any:
        return node(*children, span)

    return make


VALUES: Mapping[str, Callable[..., Any]] = {
    "labels": lambda label, negative: (label, negative),
    "type": type_,
    "or_none": lambda: True,
    "scope_role": lambda word, values: (word, values),
    "but_not": _alone,
    "set_items": _list,
    "branches": _list,
    "branch": branch,
    "reference": reference,
    "schedule": _list,
    "before_sharing": _alone,
    "given": _alone,
    "deciding": _list,
    "plus": plus,
    "minus": minus,
    "group": _alone,
}

NODES: Mapping[str, Callable[..., Any]] = {
    "module": module,
    "policy_header": lambda span, name, title, otherwise: PolicyHeader(
        name, title, otherwise, span
    ),
    "vocabulary_header": _made_of(VocabularyHeader),
    "claims_header": claims_header,
    "use": _made_of(Use),
    "source": source,
    "clause": _made_of(Clause),
    "taxonomy": taxonomy,
    "item": item,
    "party": party,
    "fact": fact,
    "boolean_type": lambda span: BooleanType(False, span),
    "attested_type": lambda span: BooleanType(True, span),
    "integer_type": integer_type,
    "date_type": DateType,
    "duration_type": duration_type,
    "text_type": TextType,
    "set_type": _made_of(SetType),
    "taxonomy_type": _made_of(TaxonomyType),
    "parameter": parameter,
    "definition": definition,
    "reading": reading,
    "assumption": assumption,
    "rule": rule,
    "scope": scope,
    "sharing": scope,
    "set": set_,
    "anyone": Anyone,
    "any_value": _made_of(AnyValue),
    "when": _made_of(When),
    "unless": _made_of(Unless),
    "yields": yields,
    "rests_on": rests_on,
    "duty": _made_of(Duty),
    "within": _made_of(Within),
    "due_by": _made_of(DueBy),
    "must": must,
    "at_moment": _made_of(AtMoment),
    "every": _made_of(Every),
    "within_of": _made_of(Within),
    "cite": cite,
    "citation": _made_of(Citation),
    "scenario": scenario,
    "expectation": expectation,
    "claim": claim,
    "never": _made_of(Never),
    "allowed_only_if": _made_of(AllowedOnlyIf),
    "always_allowed": _made_of(AlwaysAllowed),
    "sometimes_allowed": _made_of(SometimesAllowed),
    "never_permits": _made_of(NeverPermits),
    "never_affects": _made_of(NeverAffects),
    "at_least_as_strict": _made_of(AtLeastAsStrict),
    "decides_the_same": _made_of(DecidesTheSame),
    "carries": _made_of(Carries),
    "assuming": _made_of(Assuming),
    "outcomes_only": OutcomesOnly,
    "expect_refuted": _made_of(ExpectRefuted),
    "disjunction": disjunction,
    "conjunction": conjunction,
    "not_": _made_of(Not),
    "is_": _comparison(Comparator.IS),
    "is_not": _comparison(Comparator.IS_NOT),
    "before": _comparison(Comparator.BEFORE),
    "after": _comparison(Comparator.AFTER),
    "on_or_before": _comparison(Comparator.ON_OR_BEFORE),
    "on_or_after": _comparison(Comparator.ON_OR_AFTER),
    "at_least": _comparison(Comparator.AT_LEAST),
    "at_most": _comparison(Comparator.AT_MOST),
    "more_than": _comparison(Comparator.MORE_THAN),
    "less_than": _comparison(Comparator.LESS_THAN),
    "one_of": one_of,
    "not_one_of": not_one_of,
    "contains": _made_of(Contains),
    "sum": sum_,
    "times": times,
    "truth": truth,
    "none": NoneLiteral,
    "text": _made_of(TextLiteral),
    "integer": _made_of(IntegerLiteral),
    "negative": negative,
    "duration": duration,
    "date": date,
    "dotted": dotted,
}
