"""Partial requests by brute force: every completion that matters, tried.

Where a date, number or duration is missing, the values tried are the lowest one and each at which
some comparison changes its answer, found by bisection: a comparison that reads a fact once is
monotone in it. So this knows nothing of normal forms, thresholds or cells.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from itertools import product
from math import prod

from tests.naive.decide import (
    Decision,
    applying_names,
    citations,
    in_order,
    owed_duties,
    permits,
    rule_names,
)
from tests.naive.evaluate import evaluate
from tests.naive.policy import Policy
from tests.naive.values import FIRST_DAY, LAST_DAY, UnguardedError, Value, Values, sign

from privity.syntax import nodes as tree

OTHER_TEXT = "a text that no policy mentions"


def missing_parts(policy: Policy, values: Values) -> list[str]:
    return [part for part in policy.parts() if part != "data" and part not in values]


def is_exact(policy: Policy, values: Values) -> bool:
    """Whether trying `cells` gives the whole truth: at most one number and one text are missing,
    and no comparison reads the missing number twice."""
    missing = missing_parts(policy, values)
    numbers = [part for part in missing if is_number(policy, part)]
    texts = [part for part in missing if is_text(policy, part)]
    if len(numbers) > 1 or len(texts) > 1:
        return False
    return not any(
        facts_read(policy, each).count(number) > 1
        for number in numbers
        for each in comparisons(policy)
    )


def is_number(policy: Policy, part: str) -> bool:
    return part in policy.facts and isinstance(
        policy.facts[part].type, tree.DateType | tree.IntegerType | tree.DurationType
    )


def is_text(policy: Policy, part: str) -> bool:
    return part in policy.facts and isinstance(policy.facts[part].type, tree.TextType)


# ------------------------------------------------------------------ values worth trying


def cells(policy: Policy, part: str, values: Values) -> list[Value]:
    """Values of the missing `part`, at least one for each way that conditions can tell apart."""
    taxonomy = policy.taxonomy_of(part)
    if part not in policy.facts:
        assert taxonomy is not None
        return list(taxonomy.leaves())
    fact = policy.facts[part]
    none: list[Value] = [None] if fact.optional else []
    match fact.type:
        case tree.BooleanType():
            return [*none, False, True]
        case tree.TaxonomyType():
            assert taxonomy is not None
            return [*none, *taxonomy.leaves()]
        case tree.SetType():
            return [*none, *_subsets(policy.set_taxonomy_of(part).leaves())]
        case tree.TextType():
            known = [each for each in values.values() if isinstance(each, str)]
            return [*none, *dict.fromkeys([*texts_written(policy), *known, OTHER_TEXT])]
        case _:
            return [*none, *numbers_worth_trying(policy, part, values)]


def _subsets(leaves: list[str]) -> Iterator[Value]:
    for chosen in product((False, True), repeat=len(leaves)):
        yield frozenset(leaf for leaf, taken in zip(leaves, chosen, strict=True) if taken)


def texts_written(policy: Policy) -> list[str]:
    return [each.value for each in all_nodes(policy) if isinstance(each, tree.TextLiteral)]


def number_range(policy: Policy, part: str) -> tuple[int, int]:
    match policy.facts[part].type:
        case tree.DateType():
            return FIRST_DAY.toordinal(), LAST_DAY.toordinal()
        case tree.IntegerType(bounds):
            return bounds or (-(10**12), 10**12)
        case tree.DurationType(limits):
            return (limits[0].count, limits[1].count) if limits else (-36_524, 36_524)
        case _:
            raise TypeError(part)


def number(policy: Policy, part: str, place: int) -> Value:
    """The value that has the given place in `number_range`."""
    is_date = isinstance(policy.facts[part].type, tree.DateType)
    return datetime.date.fromordinal(place) if is_date else place


def numbers_worth_trying(policy: Policy, part: str, values: Values) -> list[Value]:
    """The lowest value of `part`, and those at which a comparison changes whose other facts are
    known and which reads `part` once."""
    lowest, highest = number_range(policy, part)
    places = {lowest}
    for each in comparisons(policy):
        facts = facts_read(policy, each)
        others = [values.get(fact) for fact in facts if fact != part]
        if facts.count(part) == 1 and all(other is not None for other in others):
            order = _order(policy, each, part, values)
            if order is not None:
                places |= set(_changes(order, lowest, highest))
    return [number(policy, part, place) for place in sorted(places)]


def _order(
    policy: Policy, comparison: tree.Comparison, part: str, values: Values
) -> Callable[[int], int] | None:
    """How the two sides of `comparison` compare, by the place of `part`."""

    def order(place: int) -> int:
        world = {**values, part: number(policy, part, place)}
        left = evaluate(comparison.left, policy, world)
        return sign(left, evaluate(comparison.right, policy, world))

    try:
        order(number_range(policy, part)[0])
    except (KeyError, TypeError, UnguardedError):  # not a comparison of quantities
        return None
    return order


def _changes(order: Callable[[int], int], lowest: int, highest: int) -> Iterator[int]:
    """The first places of each new value of the monotone `order`."""
    start, end = order(lowest), order(highest)
    direction = 1 if start <= end else -1
    for level in (0, 1):
        low, high = lowest, highest
        if direction * start >= level or direction * end < level:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if direction * order(middle) >= level:
                high = middle
            else:
                low = middle
        yield high


# ------------------------------------------------------------------ what conditions read


def comparisons(policy: Policy) -> list[tree.Comparison]:
    return [each for each in all_nodes(policy) if isinstance(each, tree.Comparison)]


def facts_read(policy: Policy, expression: tree.Expression) -> list[str]:
    """As often as they are read, definitions opened."""
    return [
        node.name.text
        for node in _nodes(expression, policy)
        if isinstance(node, tree.Reference) and node.name.text in policy.facts
    ]


def all_nodes(policy: Policy) -> Iterator[tree.Expression]:
    for named in policy.named.values():
        yield from _nodes(named, policy)
    for rule in policy.rules:
        for clause in rule.clauses:
            if isinstance(clause, tree.When | tree.Unless):
                yield from _nodes(clause.condition, policy)
    for assumption in policy.assumptions:
        yield from _nodes(assumption.condition, policy)


def _nodes(expression: tree.Expression, policy: Policy) -> Iterator[tree.Expression]:
    yield expression
    match expression:
        case tree.Reference(name) if name.text in policy.named:
            yield from _nodes(policy.named[name.text], policy)
        case tree.Not(operand) | tree.Times(_, operand):
            yield from _nodes(operand, policy)
        case tree.And(operands) | tree.Or(operands):
            for each in operands:
                yield from _nodes(each, policy)
        case tree.Comparison(_, left, right):
            yield from _nodes(left, policy)
            yield from _nodes(right, policy)
        case tree.OneOf(operand) | tree.Contains(operand):
            yield from _nodes(operand, policy)
        case tree.Sum(first, rest):
            yield from _nodes(first, policy)
            for _, term in rest:
                yield from _nodes(term, policy)
        case _:
            pass


# ------------------------------------------------------------------ all completions


def completions_of(policy: Policy, values: Values, limit: int) -> list[Values] | None:
    """One for each choice of cells, or None where they are more than `limit`."""
    missing = missing_parts(policy, values)
    choices = [cells(policy, part, values) for part in missing]
    if prod(map(len, choices)) > limit:
        return None
    return [{**values, **dict(zip(missing, chosen, strict=True))} for chosen in product(*choices)]


def decide_partial(
    policy: Policy, data: list[str], values: Values, completions: list[Values]
) -> Decision:
    """The decision on a partial request, given all its completions."""
    data = in_order(policy, data)
    permitted: dict[tuple[Value, ...], dict[str, bool]] = {}
    deciding: set[str] | None = None
    owing: set[str] = set()
    missing = missing_parts(policy, values)
    permit_names = set(rule_names(policy, "permit"))
    for completion in completions:
        worlds: dict[str, Values] = {each: {**completion, "data": each} for each in data}
        applying = set().union(*(applying_names(policy, world) for world in worlds.values()))
        by_category = {each: permits(policy, world) for each, world in worlds.items()}
        permitted[tuple(completion[part] for part in missing)] = by_category
        winners = applying - permit_names
        if all(by_category.values()):
            winners |= applying & permit_names
            owing |= applying & permit_names
        deciding = winners if deciding is None else deciding & winners
    verdicts = {key: all(each.values()) for key, each in permitted.items()}
    outcomes = {"permit" if each else "deny" for each in verdicts.values()}
    rules = [each for each in _declared(policy) if each in (deciding or set())]
    return Decision(
        outcome=outcomes.pop() if len(outcomes) == 1 else "unknown",
        rules=tuple(rules),
        citations=citations(policy, rules),
        missing=tuple(_that_matter(missing, verdicts)),
        duties=owed_duties(policy, sorted(owing), values),
        permitted_data=tuple(
            each for each in data if all(found[each] for found in permitted.values())
        ),
    )


def _declared(policy: Policy) -> list[str]:
    rules = [rule.name.text for rule in policy.rules]
    return [*rules, *(assumption.name.text for assumption in policy.assumptions)]


def _that_matter(missing: list[str], verdicts: dict[tuple[Value, ...], bool]) -> Iterator[str]:
    for index, part in enumerate(missing):
        groups: dict[tuple[Value, ...], set[bool]] = {}
        for key, verdict in verdicts.items():
            groups.setdefault((*key[:index], *key[index + 1 :]), set()).add(verdict)
        if any(len(group) > 1 for group in groups.values()):
            yield part
