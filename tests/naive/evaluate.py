"""What an expression comes to for a complete request, word by word, nothing normalised."""

from __future__ import annotations

import datetime

from tests.naive.policy import ROLES, Policy, Taxonomy
from tests.naive.values import (
    Days,
    Months,
    UnguardedError,
    Value,
    Values,
    minus,
    plus,
    sign,
    times,
)

from privity.syntax import nodes as tree
from privity.syntax.nodes import Comparator


def holds(condition: tree.Expression, policy: Policy, values: Values) -> bool:
    """Whether `condition` is true. Raises UnguardedError."""
    value = evaluate(condition, policy, values)
    assert isinstance(value, bool)
    return value


def evaluate(expression: tree.Expression, policy: Policy, values: Values) -> Value:
    """The value of an expression that stands where none has no meaning. Raises UnguardedError."""
    value = evaluate_or_none(expression, policy, values)
    if value is None:
        raise UnguardedError(expression)
    return value


def evaluate_or_none(expression: tree.Expression, policy: Policy, values: Values) -> Value:
    match expression:
        case tree.TruthLiteral(value) | tree.IntegerLiteral(value) | tree.TextLiteral(value):
            return value
        case tree.DateLiteral(day):
            return day
        case tree.DurationLiteral(count, "days"):
            return Days(count)
        case tree.DurationLiteral(count, "months"):
            return Months(count)
        case tree.DurationLiteral(count, "years"):
            return Months(12 * count)
        case tree.Reference(name):
            return _named(name.text, policy, values)
        case tree.Not(operand):
            return not holds(operand, policy, values)
        case tree.And(operands):
            return all(holds(each, policy, values) for each in operands)
        case tree.Or(operands):
            return any(holds(each, policy, values) for each in operands)
        case tree.Comparison(comparator, left, right):
            return _compared(comparator, left, right, policy, values)
        case tree.OneOf(operand, names, negated):
            leaf, taxonomy = _leaf(operand, policy, values)
            found = any(leaf in taxonomy.leaves(name.text) for name in names)
            return found is not negated
        case tree.Contains(operand, name):
            return _contains(operand, name.text, policy, values)
        case tree.Sum(first, rest):
            total = evaluate(first, policy, values)
            for operator, term in rest:
                combine = plus if operator == "+" else minus
                total = combine(total, evaluate(term, policy, values))
            return total
        case tree.Times(factor, operand):
            return times(factor, evaluate(operand, policy, values))
        case _:
            raise TypeError(expression)


def _named(name: str, policy: Policy, values: Values) -> Value:
    if name in policy.facts:
        value = values[name]
        if isinstance(policy.facts[name].type, tree.DurationType) and isinstance(value, int):
            return Days(value)
        return value
    if name in policy.named:
        return evaluate_or_none(policy.named[name], policy, values)
    assert name in ROLES, name
    return values[name]


def _compared(
    comparator: Comparator,
    left: tree.Expression,
    right: tree.Expression,
    policy: Policy,
    values: Values,
) -> bool:
    if comparator in (Comparator.IS, Comparator.IS_NOT):
        return _is(left, right, policy, values) is (comparator is Comparator.IS)
    order = sign(evaluate(left, policy, values), evaluate(right, policy, values))
    match comparator:
        case Comparator.BEFORE | Comparator.LESS_THAN:
            return order < 0
        case Comparator.AFTER | Comparator.MORE_THAN:
            return order > 0
        case Comparator.ON_OR_BEFORE | Comparator.AT_MOST:
            return order <= 0
        case Comparator.ON_OR_AFTER | Comparator.AT_LEAST:
            return order >= 0
    raise TypeError(comparator)


def _is(left: tree.Expression, right: tree.Expression, policy: Policy, values: Values) -> bool:
    value = evaluate_or_none(left, policy, values)
    if isinstance(right, tree.NoneLiteral):
        return value is None
    left = opened(left, policy)
    if isinstance(left, tree.Reference) and isinstance(right, tree.Reference):
        taxonomy = policy.taxonomy_of(left.name.text)
        if taxonomy is not None and taxonomy.fitting(right.name.text):
            return value in taxonomy.leaves(right.name.text)
    other = evaluate_or_none(right, policy, values)
    assert value is None or other is None or type(value) is type(other), (left, right)
    return value == other


def opened(expression: tree.Expression, policy: Policy) -> tree.Expression:
    """What is written to the right of `=`, where it is but a name."""
    while isinstance(expression, tree.Reference) and expression.name.text in policy.named:
        expression = policy.named[expression.name.text]
    return expression


def _leaf(operand: tree.Expression, policy: Policy, values: Values) -> tuple[Value, Taxonomy]:
    operand = opened(operand, policy)
    assert isinstance(operand, tree.Reference)
    taxonomy = policy.taxonomy_of(operand.name.text)
    assert taxonomy is not None
    return values[operand.name.text], taxonomy


def _contains(operand: tree.Expression, value: str, policy: Policy, values: Values) -> bool:
    operand = opened(operand, policy)
    assert isinstance(operand, tree.Reference)
    leaves = values[operand.name.text]
    if leaves is None:
        return False
    assert isinstance(leaves, frozenset)
    return any(leaf in leaves for leaf in policy.set_taxonomy_of(operand.name.text).leaves(value))


def due_day(
    deadline: tree.Within | tree.DueBy, policy: Policy, values: Values
) -> datetime.date | None:
    """The last day in time; None where its day is not known."""
    try:
        if isinstance(deadline, tree.DueBy):
            day = evaluate(deadline.day, policy, values)
        else:
            start = evaluate(deadline.start, policy, values)
            day = plus(start, evaluate(deadline.limit, policy, values))
    except (UnguardedError, KeyError):
        return None
    assert isinstance(day, datetime.date)
    return day
