"""One slip in a scope's list, a condition or a quantity: all that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Generic, Literal, TypeVar

from privity.diagnostics.span import Span
from privity.model.claims import words
from privity.model.nodes import Taxonomy, Value
from privity.syntax import nodes as tree
from privity.syntax.nodes import Comparator

N = TypeVar("N")
M = TypeVar("M")
N_co = TypeVar("N_co", covariant=True)

Meanings = Mapping[str, tuple[Value, ...]]
"""From a taxonomy value as it may be written to what it may mean."""


@dataclass(frozen=True, slots=True)
class Slip(Generic[N_co]):
    """What a node becomes by one slip in it."""

    words: str
    place: Span
    node: N_co


# ------------------------------------------------------------------ slips of parts and wholes


def lift(slips: Iterable[Slip[N]], whole: Callable[[N], M]) -> Iterator[Slip[M]]:
    """The slips of a part as slips of the whole that it belongs to."""
    for slip in slips:
        yield Slip(slip.words, slip.place, whole(slip.node))


def each(
    nodes: tuple[N, ...], slips: Callable[[N], Iterable[Slip[N]]]
) -> Iterator[Slip[tuple[N, ...]]]:
    """A slip in one of `nodes`."""
    for number, node in enumerate(nodes):
        for slip in slips(node):
            new = (*nodes[:number], slip.node, *nodes[number + 1 :])
            yield Slip(slip.words, slip.place, new)


def dropped(nodes: tuple[N, ...], number: int) -> tuple[N, ...]:
    return (*nodes[:number], *nodes[number + 1 :])


# ------------------------------------------------------------------ sets


def of_set(
    chosen: tree.SetExpression, taxonomy: Taxonomy, meanings: Meanings
) -> Iterator[Slip[tree.SetExpression]]:
    def wider(item: tree.SetItem) -> Iterator[Slip[tree.SetItem]]:
        value = _value(item, taxonomy, meanings)
        if value is not None and value.parent is not None:
            parent = taxonomy.values[value.parent]
            said = f"widen `{_word(item)}` to `{parent.name}`"
            yield Slip(said, item.span, _branch(parent, item.span))

    for number, item in enumerate(chosen.items):
        if len(chosen.items) > 1:
            left = replace(chosen, items=dropped(chosen.items, number))
            yield Slip(f"drop the item `{_word(item)}`", item.span, left)
    for number, item in enumerate(chosen.excluded):
        left = replace(chosen, excluded=dropped(chosen.excluded, number))
        yield Slip(f"drop the exclusion of `{_word(item)}`", item.span, left)
    yield from lift(each(chosen.items, wider), lambda new: replace(chosen, items=new))
    yield from lift(each(chosen.excluded, wider), lambda new: replace(chosen, excluded=new))
    yield from _forgotten(chosen, taxonomy, meanings)


def _forgotten(
    chosen: tree.SetExpression, taxonomy: Taxonomy, meanings: Meanings
) -> Iterator[Slip[tree.SetExpression]]:
    """The set without one of the children of an item."""
    for item in chosen.items:
        value = _value(item, taxonomy, meanings)
        for child in taxonomy.values:
            if child.parent is not None and taxonomy.values[child.parent] is value:
                excluded = (*chosen.excluded, _branch(child, item.span))
                said = f"forget `{child.name}` under `{_word(item)}`"
                yield Slip(said, item.span, replace(chosen, excluded=excluded))


def _value(item: tree.SetItem, taxonomy: Taxonomy, meanings: Meanings) -> Value | None:
    """What an item stands for; None where its name is not that of one value."""
    if not isinstance(item, tree.Branch):
        return taxonomy.values[0]
    found = meanings.get(item.name.text, ())
    return found[0] if len(found) == 1 else None


def _branch(value: Value, place: Span) -> tree.Branch:
    return tree.Branch(tree.Name(".".join(value.path), place), place)


def _word(item: tree.SetItem) -> str:
    match item:
        case tree.Anyone():
            return "anyone"
        case tree.AnyValue(name):
            return f"any {name.text}"
        case tree.Branch(name):
            return name.text


# ------------------------------------------------------------------ expressions

_FAMILIES = (
    (Comparator.IS, Comparator.IS_NOT),
    (Comparator.BEFORE, Comparator.ON_OR_BEFORE, Comparator.AFTER, Comparator.ON_OR_AFTER),
    (Comparator.LESS_THAN, Comparator.AT_MOST, Comparator.MORE_THAN, Comparator.AT_LEAST),
)


def of_expression(node: tree.Expression) -> Iterator[Slip[tree.Expression]]:
    """The slips of a condition, its negation among them, or of a quantity."""
    match node:
        case tree.Not(operand):
            yield Slip(f"drop `not` before `{words(operand)}`", node.span, operand)
        case tree.TruthLiteral(value):
            new = replace(node, value=not value)
            yield Slip(f"`{words(node)}` to `{words(new)}`", node.span, new)
        case tree.OneOf(negated=negated):
            yield Slip(f"negate `{words(node)}`", node.span, replace(node, negated=not negated))
        case tree.Reference() | tree.Contains() | tree.And() | tree.Or():
            yield Slip(f"negate `{words(node)}`", node.span, tree.Not(node, node.span))
        case _:
            pass
    yield from _inside(node)


def _inside(node: tree.Expression) -> Iterator[Slip[tree.Expression]]:
    """The slips of an expression but for its negation."""
    match node:
        case tree.Not(operand):
            yield from lift(_inside(operand), lambda new: replace(node, operand=new))
        case tree.And() | tree.Or():
            yield from _connective(node)
        case tree.Comparison():
            yield from _comparison(node)
        case tree.OneOf(_, values) if len(values) > 1:
            for number, name in enumerate(values):
                left = replace(node, values=dropped(values, number))
                yield Slip(f"drop `{name.text}` of `{words(node)}`", name.span, left)
        case tree.Sum(first, rest):
            yield from lift(_inside(first), lambda new: replace(node, first=new))
            yield from lift(each(rest, _term), lambda new: replace(node, rest=new))
        case tree.Times(factor, operand):
            yield from _steps(node, lambda step: replace(node, factor=factor + step))
            yield from lift(_inside(operand), lambda new: replace(node, operand=new))
        case tree.IntegerLiteral(value):
            yield from _steps(node, lambda step: replace(node, value=value + step))
        case tree.DurationLiteral(count):
            yield from _steps(node, lambda step: replace(node, count=count + step))
        case tree.DateLiteral(day) if date.min < day < date.max:
            yield from _steps(node, lambda step: replace(node, value=day + timedelta(step)))
        case _:
            return


def _connective(node: tree.And | tree.Or) -> Iterator[Slip[tree.Expression]]:
    kind, other = ("and", "or") if isinstance(node, tree.And) else ("or", "and")
    contrary = tree.Or if kind == "and" else tree.And
    said = f"`{kind}` to `{other}` in `{words(node)}`"
    yield Slip(said, node.span, contrary(node.operands, node.span))
    for number, operand in enumerate(node.operands):
        left = dropped(node.operands, number)
        alone = left[0] if len(left) == 1 else replace(node, operands=left)
        yield Slip(f"drop `{words(operand)}` from `{kind}`", operand.span, alone)
    yield from lift(each(node.operands, of_expression), lambda new: replace(node, operands=new))


def _comparison(node: tree.Comparison) -> Iterator[Slip[tree.Expression]]:
    """Each other comparator of the kind, the contrary among them; and slips of the two sides."""
    family = next(family for family in _FAMILIES if node.comparator in family)
    for comparator in family:
        if comparator is not node.comparator:
            said = f"`{node.comparator}` to `{comparator}` in `{words(node)}`"
            yield Slip(said, node.span, replace(node, comparator=comparator))
    yield from lift(_inside(node.left), lambda new: replace(node, left=new))
    yield from lift(_inside(node.right), lambda new: replace(node, right=new))


_Term = tuple[Literal["+", "-"], tree.Expression]


def _term(term: _Term) -> Iterator[Slip[_Term]]:
    sign, operand = term
    return lift(_inside(operand), lambda new: (sign, new))


def _steps(
    node: tree.Expression, moved: Callable[[int], tree.Expression]
) -> Iterator[Slip[tree.Expression]]:
    for step in (-1, 1):
        new = moved(step)
        yield Slip(f"`{words(node)}` to `{words(new)}`", node.span, new)
