# ruff: noqa: RUF009 (`_span` is a dataclass field)
"""The tree of a source text: what the author wrote, nothing resolved.

Nodes are frozen values. Spans and comments never take part in equality, so that
`parse(format(module)) == module` says just what it should.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from privity.diagnostics.span import NOWHERE, Span

Effect = Literal["permit", "forbid"]
DefaultEffect = Literal["permit", "deny"]
OutcomeWord = Literal["permit", "deny", "unknown"]
Unit = Literal["days", "months", "years"]


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, dots included."""

    text: str
    span: Span = _span()


# ------------------------------------------------------------------ expressions


@dataclass(frozen=True, slots=True)
class TruthLiteral:
    value: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class NoneLiteral:
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IntegerLiteral:
    value: int
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DateLiteral:
    value: datetime.date
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DurationLiteral:
    count: int
    unit: Unit
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TextLiteral:
    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Reference:
    """A definition, parameter, fact, role or taxonomy value: which one, the model decides."""

    name: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Expression, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Expression, ...]
    span: Span = _span()


class Comparator(StrEnum):
    """How a comparison is written."""

    IS = "is"
    IS_NOT = "is not"
    BEFORE = "is before"
    AFTER = "is after"
    ON_OR_BEFORE = "is on or before"
    ON_OR_AFTER = "is on or after"
    AT_LEAST = "is at least"
    AT_MOST = "is at most"
    MORE_THAN = "is more than"
    LESS_THAN = "is less than"


@dataclass(frozen=True, slots=True)
class Comparison:
    comparator: Comparator
    left: Expression
    right: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OneOf:
    """`x is one of a, b` or, negated, `x is not one of a, b`."""

    operand: Expression
    values: tuple[Name, ...]
    negated: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Contains:
    """`s contains v`: the set `s` has at least one value under `v`."""

    operand: Expression
    value: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Sum:
    """`first + a - b ...`, associating to the left."""

    first: Expression
    rest: tuple[tuple[Literal["+", "-"], Expression], ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Times:
    factor: int
    operand: Expression
    span: Span = _span()


Expression = (
    TruthLiteral | NoneLiteral | IntegerLiteral | DateLiteral | DurationLiteral | TextLiteral
    | Reference | Not | And | Or | Comparison | OneOf | Contains | Sum | Times
)  # fmt: skip


# ------------------------------------------------------------------ sets and scopes


@dataclass(frozen=True, slots=True)
class Anyone:
    """Every recipient."""

    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AnyValue:
    """`any purpose`: every value of the taxonomy named."""

    name: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Branch:
    """A taxonomy value with everything under it."""

    name: Name
    span: Span = _span()


SetItem = Anyone | AnyValue | Branch


@dataclass(frozen=True, slots=True)
class SetExpression:
    """`a, b or c but not d or e`: the union of `items` without that of `excluded`."""

    items: tuple[SetItem, ...]
    excluded: tuple[SetItem, ...] = ()
    span: Span = _span()


RoleWord = Literal["with", "for", "from", "about"]


@dataclass(frozen=True, slots=True)
class Scope:
    """`share DATA with RECIPIENT for PURPOSE`, and `from SENDER`, `about SUBJECT` where they have
    a taxonomy. Roles stand as written: the model finds those left out or given twice."""

    data: SetExpression
    roles: tuple[tuple[RoleWord, SetExpression], ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Citation:
    source: Name
    clause: str
    span: Span = _span()


# ------------------------------------------------------------------ what rules are written in


@dataclass(frozen=True, slots=True)
class Use:
    module: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    text: str
    informative: str | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Source:
    name: Name
    label: str | None
    clauses: tuple[Clause, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Item:
    name: Name
    label: str | None
    children: tuple[Item, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    name: Name
    label: str | None
    items: tuple[Item, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Party:
    title: str
    value: Name
    cites: tuple[Citation, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class BooleanType:
    attested: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IntegerType:
    """`bounds` are the lowest and highest value, both included."""

    bounds: tuple[int, int] | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DateType:
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DurationType:
    bounds: tuple[DurationLiteral, DurationLiteral] | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TextType:
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TaxonomyType:
    name: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SetType:
    name: Name
    span: Span = _span()


ValueType = BooleanType | IntegerType | DateType | DurationType | TextType | TaxonomyType | SetType


@dataclass(frozen=True, slots=True)
class Fact:
    """`name` is dotted, `role.fact`. `label` says the fact in words, `negative` its contrary."""

    name: Name
    type: ValueType
    optional: bool
    label: str | None
    negative: str | None
    cites: tuple[Citation, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Name
    label: str | None
    value: Expression
    cites: tuple[Citation, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Definition:
    name: Name
    label: str | None
    value: Expression
    cites: tuple[Citation, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Reading:
    name: Name
    text: str
    cites: tuple[Citation, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Assumption:
    name: Name
    label: str | None
    condition: Expression
    until: datetime.date
    cites: tuple[Citation, ...]
    span: Span = _span()


# ------------------------------------------------------------------ rules


@dataclass(frozen=True, slots=True)
class When:
    condition: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Unless:
    condition: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Yields:
    """`unless permitted by R, S` (on a forbid) or `unless forbidden by F` (on a permit)."""

    kind: Literal["permitted", "forbidden"]
    rules: tuple[Name, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class RestsOn:
    readings: tuple[Name, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Within:
    """`within LIMIT of START`."""

    limit: Expression
    start: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DueBy:
    day: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Duty:
    name: Name
    label: str | None
    deadline: Within | DueBy | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Cites:
    citations: tuple[Citation, ...]
    span: Span = _span()


RuleClause = When | Unless | Yields | RestsOn | Duty | Cites


@dataclass(frozen=True, slots=True)
class Rule:
    effect: Effect
    name: Name
    label: str | None
    scope: Scope
    clauses: tuple[RuleClause, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AtMoment:
    """`at start of relationship`."""

    moment: Literal["start", "end"]
    of: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Every:
    period: DurationLiteral
    span: Span = _span()


Occasion = AtMoment | Every | Within


@dataclass(frozen=True, slots=True)
class Must:
    """A duty of the firm itself, whatever it shares: recorded, cited and traced."""

    name: Name
    label: str | None
    schedule: tuple[Occasion, ...]
    before_sharing: Scope | None
    when: Expression | None
    cites: tuple[Citation, ...]
    span: Span = _span()


# ------------------------------------------------------------------ scenarios and claims


@dataclass(frozen=True, slots=True)
class Expectation:
    outcome: OutcomeWord
    rules: tuple[Name, ...]
    policy: Name | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    scope: Scope
    given: Expression | None
    expectations: tuple[Expectation, ...]
    cites: tuple[Citation, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Never:
    scope: Scope
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AllowedOnlyIf:
    condition: Expression
    scope: Scope
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AlwaysAllowed:
    scope: Scope
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SometimesAllowed:
    scope: Scope
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class NeverPermits:
    """`F never permits more` or `less`, `scope` None where the claim is about every disclosure."""

    fact: Name
    direction: Literal["more", "less"]
    scope: Scope | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class NeverAffects:
    fact: Name
    scope: Scope
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AtLeastAsStrict:
    left: Name
    right: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DecidesTheSame:
    left: Name
    right: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Carries:
    scope: Scope
    duty: Name
    span: Span = _span()


Statement = (
    Never | AllowedOnlyIf | AlwaysAllowed | SometimesAllowed | NeverPermits | NeverAffects
    | AtLeastAsStrict | DecidesTheSame | Carries
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assuming:
    condition: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OutcomesOnly:
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectRefuted:
    policy: Name
    because: str
    span: Span = _span()


ClaimClause = When | Unless | Assuming | OutcomesOnly | RestsOn | Cites | ExpectRefuted


@dataclass(frozen=True, slots=True)
class Claim:
    name: Name
    label: str | None
    statement: Statement
    clauses: tuple[ClaimClause, ...]
    span: Span = _span()


# ------------------------------------------------------------------ modules

Declaration = (
    Use | Source | Taxonomy | Party | Fact | Parameter | Definition | Reading | Assumption
    | Rule | Must | Scenario | Claim
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PolicyHeader:
    name: Name
    title: str | None
    otherwise: DefaultEffect
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class VocabularyHeader:
    name: Name
    title: str | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ClaimsHeader:
    policies: tuple[Name, ...]
    span: Span = _span()


Header = PolicyHeader | VocabularyHeader | ClaimsHeader


@dataclass(frozen=True, slots=True)
class Comment:
    """From `#` to the end of its line. `own_line`: nothing but white space stands before it."""

    text: str
    span: Span
    own_line: bool


@dataclass(frozen=True, slots=True)
class Module:
    """One file. `blank_lines` are the numbers of its empty lines, for the formatter to keep."""

    header: Header
    declarations: tuple[Declaration, ...]
    span: Span = _span()
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    blank_lines: frozenset[int] = field(default=frozenset(), compare=False, repr=False)
