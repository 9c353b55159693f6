"""Expressions: their types checked, their meaning normalised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import assert_never

from privity.diagnostics.diagnostic import Label
from privity.diagnostics.span import Span
from privity.model import comparisons
from privity.model.arithmetic import NumberError, literal_date, literal_integer, plus, times
from privity.model.errors import OutOfRange, TypeMismatch, UnguardedNone
from privity.model.formula import (
    TRUE,
    Constant,
    Contains,
    Defined,
    Formula,
    Holds,
    Key,
    Not,
    Within,
    conjunction,
    disjunction,
    facts_of,
    negation,
)
from privity.model.guards import NO_FACTS, presence
from privity.model.linear import variable
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    Fact,
    IntegerType,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.model.symbols import Symbols
from privity.model.values import (
    WRONG,
    Choice,
    Condition,
    Denotation,
    Nothing,
    Number,
    SetOf,
    Text,
    Wrong,
    described,
)
from privity.syntax import nodes as tree

Present = frozenset[Key]
"""The optional facts that are known to have a value at this place."""


def condition(node: tree.Expression, symbols: Symbols, present: Present = NO_FACTS) -> Formula:
    """The formula of an expression that must be a condition; true where it is wrong."""
    value = denotation(node, symbols, present)
    match value:
        case Condition(formula, bare):
            if bare is not None and bare not in present:
                _unguarded(node.span, bare, symbols)
            return formula
        case Wrong():
            return TRUE
        case _:
            _mismatch(node.span, "a condition", value, symbols)
            return TRUE


def denotation(node: tree.Expression, symbols: Symbols, present: Present = NO_FACTS) -> Denotation:
    """What an expression means. Reports what is wrong with it and answers `WRONG`."""
    match node:
        case tree.Reference():  # the most frequent first
            return _reference(node, symbols)
        case tree.Not(operand):
            return Condition(negation(condition(operand, symbols, present)))
        case tree.And(operands):
            return Condition(conjunction(_guarded(operands, True, symbols, present)))
        case tree.Or(operands):
            return Condition(disjunction(_guarded(operands, False, symbols, present)))
        case tree.Comparison():
            return _known_comparison(node, symbols, present)
        case tree.TruthLiteral(truth):
            return Condition(Constant(truth))
        case tree.NoneLiteral():
            return Nothing()
        case tree.IntegerLiteral(number):
            return _checked(node.span, symbols, lambda: literal_integer(number))
        case tree.DateLiteral(day):
            return _checked(node.span, symbols, lambda: literal_date(day))
        case tree.DurationLiteral():
            return _checked(node.span, symbols, lambda: duration(node))
        case tree.TextLiteral(text):
            return Text(None, text)
        case tree.OneOf():
            return _one_of(node, symbols)
        case tree.Contains():
            return _contains(node, symbols, present)
        case tree.Sum():
            return _sum(node, symbols, present)
        case tree.Times():
            return _times(node, symbols, present)
        case _:
            assert_never(node)


def extended(present: Present, formula: Formula, holds: bool, symbols: Symbols) -> Present:
    """`present` and what is known besides where `formula` holds, or does not."""
    sure = presence(formula, symbols.presences)[0 if holds else 1] & symbols.optional()
    return present | sure if sure else present


def fact_denotation(fact: Fact) -> Denotation:
    """A reference to `fact`."""
    bare = fact.key if fact.optional else None
    match fact.type:
        case BooleanType():
            return Condition(Holds(fact.key), bare)
        case IntegerType(low, high):
            return Number("integer", variable(fact.key), low, high, bare=bare)
        case DateType():
            low, high = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
            return Number("date", variable(fact.key), low, high, bare=bare)
        case DurationType(low, high):
            return Number("days", variable(fact.key), low, high, bare=bare)
        case TextType():
            return Text(fact.key)
        case TaxonomyType(taxonomy):
            return Choice(fact.key, taxonomy)
        case SetType(taxonomy):
            return SetOf(fact.key, taxonomy)
        case _:
            assert_never(fact.type)


def duration(node: tree.DurationLiteral) -> Number:
    """A duration in days, or in months; a year is twelve months. Raises NumberError."""
    if node.unit == "days":
        return replace(literal_integer(node.count), kind="days")
    months = node.count * (12 if node.unit == "years" else 1)
    return replace(literal_integer(months), kind="months")


# ------------------------------------------------------------------ operators


def _guarded(
    operands: tuple[tree.Expression, ...], holds: bool, symbols: Symbols, present: Present
) -> tuple[Formula, ...]:
    """The operands of an `and` (of an `or`), each guarded by those before it holding (failing)."""
    formulas = []
    for number, operand in enumerate(operands, 1):
        formula = condition(operand, symbols, present)
        formulas.append(formula)
        if number < len(operands):
            present = extended(present, formula, holds, symbols)
    return tuple(formulas)


def _reference(node: tree.Reference, symbols: Symbols) -> Denotation:
    name = node.name.text
    if name in symbols.facts:
        if name not in symbols.references:
            symbols.used.add(("fact", name))
            symbols.references[name] = fact_denotation(symbols.facts[name])
        return symbols.references[name]
    if name in symbols.definitions:
        symbols.used.add(("definition", name))
        formula = symbols.definitions[name].formula
        return Condition(formula if isinstance(formula, Constant) else Defined(name))
    for kind, table in (("parameter", symbols.parameters), ("definition", symbols.quantities)):
        if name in table:
            symbols.used.add((kind, name))
            return table[name]
    if name in symbols.roles():
        return Choice(name, name)
    candidates = [*symbols.facts, *symbols.definitions, *symbols.parameters, *symbols.quantities]
    kind = "fact" if "." in name else "definition, parameter or role"
    symbols.unknown(kind, node.name, [*candidates, *symbols.roles()])
    return WRONG


def _known_comparison(node: tree.Comparison, symbols: Symbols, present: Present) -> Denotation:
    """One with nothing to report means the same wherever it stands, guarded alike."""
    key = (node, present)  # trees are equal whatever their places are
    known = symbols.comparisons.get(key)
    if known is not None:
        return known
    reported = len(symbols.report)
    found = _comparison(node, symbols, present)
    if not isinstance(found, Wrong) and len(symbols.report) == reported:
        symbols.comparisons[key] = found
    return found


def _comparison(node: tree.Comparison, symbols: Symbols, present: Present) -> Denotation:
    left = denotation(node.left, symbols, present)
    if isinstance(left, Wrong):
        return WRONG
    if isinstance(left, Choice) and _is_value(node.right, left.taxonomy, symbols):
        assert isinstance(node.right, tree.Reference)
        return _choice_is(node, left, node.right.name, symbols)
    right = denotation(node.right, symbols, present)
    if isinstance(right, Wrong):
        return WRONG
    _check_guards(node, left, right, symbols, present)
    try:
        formula = comparisons.compare(node.comparator, left, right, symbols.facts)
    except NumberError as error:
        return _number_error(node.span, error, symbols)
    if isinstance(formula, comparisons.Misfit):
        place = node.left if formula.left else node.right
        found = left if formula.left else right
        _mismatch(place.span, formula.expected, found, symbols, other=node.span)
        return WRONG
    return Condition(formula)


def _is_value(node: tree.Expression, taxonomy: str, symbols: Symbols) -> bool:
    """Whether, beside a choice, `node` is the name of a value and not of a fact or definition."""
    if not isinstance(node, tree.Reference):
        return False
    name = node.name.text
    if name in symbols.values.get(taxonomy, {}):
        return True
    named = name in symbols.facts or name in symbols.roles() or name in symbols.quantities
    return not named


def _choice_is(
    node: tree.Comparison, left: Choice, name: tree.Name, symbols: Symbols
) -> Denotation:
    value = symbols.value(left.taxonomy, name)
    if value is None:
        return WRONG
    within: Formula = Within(left.variable, value.leaves)
    match node.comparator:
        case tree.Comparator.IS:
            return Condition(within)
        case tree.Comparator.IS_NOT:
            return Condition(Not(within))
        case _:
            _mismatch(node.left.span, "a date or number", left, symbols)
            return WRONG


def _one_of(node: tree.OneOf, symbols: Symbols) -> Denotation:
    operand = denotation(node.operand, symbols)
    if not isinstance(operand, Choice):
        return _mismatch(node.operand.span, "a role or a fact with a taxonomy", operand, symbols)
    values = [symbols.value(operand.taxonomy, name) for name in node.values]
    if any(value is None for value in values):
        return WRONG
    leaves = frozenset[int]().union(*(value.leaves for value in values if value is not None))
    within = Within(operand.variable, leaves)
    return Condition(Not(within) if node.negated else within)


def _contains(node: tree.Contains, symbols: Symbols, present: Present) -> Denotation:
    operand = denotation(node.operand, symbols)
    if not isinstance(operand, SetOf):
        return _mismatch(node.operand.span, "a set", operand, symbols)
    value = symbols.value(operand.taxonomy, node.value)
    if value is None:
        return WRONG
    return Condition(Contains(operand.fact, value.leaves))


def _sum(node: tree.Sum, symbols: Symbols, present: Present) -> Denotation:
    first = _number(node.first, symbols, present)
    rest = [(sign, _number(term, symbols, present), term) for sign, term in node.rest]
    if first is None or any(term is None for _, term, _ in rest):
        return WRONG
    try:
        return reduce(lambda total, r: plus(total, r[0], r[1]), [(s, t) for s, t, _ in rest], first)  # type: ignore[arg-type]
    except NumberError as error:
        return _number_error(node.span, error, symbols)


def _times(node: tree.Times, symbols: Symbols, present: Present) -> Denotation:
    operand = _number(node.operand, symbols, present)
    if operand is None:
        return WRONG
    return _checked(node.span, symbols, lambda: times(node.factor, operand))


def _number(node: tree.Expression, symbols: Symbols, present: Present) -> Number | None:
    """A number to calculate with. An optional fact in it is checked where it is compared."""
    value = denotation(node, symbols, present)
    if isinstance(value, Number):
        return value
    _mismatch(node.span, "a date, number or duration", value, symbols)
    return None


# ------------------------------------------------------------------ what can be wrong


def _check_guards(
    node: tree.Comparison, left: Denotation, right: Denotation, symbols: Symbols, present: Present
) -> None:
    """Order and arithmetic need every optional fact to be present; plain equality does not."""
    equality = node.comparator in (tree.Comparator.IS, tree.Comparator.IS_NOT)
    for side, place in ((left, node.left), (right, node.right)):
        if not isinstance(side, Number) or (equality and side.bare is not None):
            continue
        for fact in sorted(facts_of(side.linear.terms)):
            if symbols.facts[fact].optional and fact not in present:
                _unguarded(place.span, fact, symbols)


def _unguarded(span: Span, fact: Key, symbols: Symbols) -> None:
    symbols.report.append(
        UnguardedNone(
            span=span,
            fact=fact,
            labels=(Label(symbols.facts[fact].span, "declared `or none` here"),),
            help=f"write `{fact} is not none and ...` before it",
        )
    )


def _mismatch(
    span: Span, expected: str, found: Denotation, symbols: Symbols, other: Span | None = None
) -> Wrong:
    if not isinstance(found, Wrong):
        symbols.report.append(TypeMismatch(span=span, expected=expected, found=described(found)))
    return WRONG


def _number_error(span: Span, error: NumberError, symbols: Symbols) -> Wrong:
    if error.expected:
        symbols.report.append(TypeMismatch(span=span, expected=error.expected, found=error.found))
    else:
        symbols.report.append(OutOfRange(span=span, what=str(error)))
    return WRONG


def _checked(span: Span, symbols: Symbols, make: Callable[[], Denotation]) -> Denotation:
    try:
        return make()
    except NumberError as error:
        return _number_error(span, error, symbols)
