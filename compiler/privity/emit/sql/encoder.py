"""A policy as a diagram over the questions that rows are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from privity.emit.sql.questions import Asked, Asking, Member, NoneOf, Same, arms
from privity.lower.decide import Decided, Encoder
from privity.lower.diagram import Diagram, Ref
from privity.lower.questions import Answer, Pick
from privity.model.formula import (
    AtMost,
    Atom,
    Contains,
    Equals,
    Holds,
    IsNone,
    Key,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    facts_of,
)


@dataclass
class RowEncoder(Encoder):
    """`Encoder` with other questions: of each, a diagram needs only how many answers it has."""

    asking: Asking = field(kw_only=True)
    asked: tuple[Asked, ...] = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._places = {question: number for number, question in enumerate(self.asked)}

    def _atom(self, atom: Atom) -> Ref:
        match atom:
            case Holds(variable):
                return self._picked(variable, lambda answer: answer is True)
            case IsNone(variable):
                return self._is_none(variable)
            case Within(variable, leaves):
                return self._picked(variable, lambda answer: _in(answer, leaves))
            case TextIs(variable, text):
                return self._picked(variable, lambda answer: answer == text)
            case Contains(variable, leaves):
                groups = self.asking.members(variable)
                parts = [self._yes(Member(variable, g)) for g in groups if g <= leaves]
                return self._guarded((variable,), self.builder.either(parts))
            case SameLeaf(left, right) if atom in self.asking.by_leaf:
                return self._leaf_by_leaf(left, right)
            case SameLeaf(left, right) | SameText(left, right):
                return self._guarded((left, right), self._yes(Same(left, right)))
            case AtMost(terms) | Equals(terms):
                asked = self.asking.sums[terms]
                place = asked.atoms.index(atom)
                held = frozenset(n for n, one in enumerate(asked.truths) if one[place])
                answered = self.builder.answered(self._places[asked], held)
                return self._guarded(sorted(facts_of(terms)), answered)

    def _picked(self, variable: Key, test: Callable[[Answer], bool]) -> Ref:
        pick = self.asking.pick(variable)
        held = (n for n, group in enumerate(pick.groups) if all(test(answer) for answer in group))
        return self.builder.answered(self._places[pick], frozenset(held))

    def _yes(self, asked: Asked) -> Ref:
        return self.builder.answered(self._places[asked], frozenset({1}))

    def _is_none(self, variable: Key) -> Ref:
        if not self.asking.optional(variable):
            return self.builder.end(False)
        asked = self.asking.none(variable)
        if isinstance(asked, NoneOf):
            return self._yes(asked)
        return self._picked(variable, lambda answer: answer is None)

    def _guarded(self, variables: Sequence[Key], ref: Ref) -> Ref:
        """None makes an atom false."""
        optional = [variable for variable in variables if self.asking.optional(variable)]
        some = [self.builder.contrary(self._is_none(variable)) for variable in optional]
        return self.builder.both([ref, *some])

    def _leaf_by_leaf(self, left: Key, right: Key) -> Ref:
        leaves = sorted(self.policy.taxonomy_of(left).values[0].leaves)
        return self.builder.either(
            [self.builder.both([self._leaf(left, n), self._leaf(right, n)]) for n in leaves]
        )

    def _leaf(self, variable: Key, leaf: int) -> Ref:
        return self._picked(variable, lambda answer: _in(answer, {leaf}))


def _in(answer: Answer, leaves: frozenset[int] | set[int]) -> bool:
    return answer is not None and answer in leaves


def diagram(
    asking: Asking, roles: Sequence[Key], limit: int
) -> tuple[tuple[Asked, ...], RowEncoder, Ref]:
    """The questions, and a diagram over them that leads to what is `Decided`.

    Raises TooLargeError where it takes more than `limit` nodes on the way.
    """
    asked = asking.questions(roles)
    stands = tuple(_stand_in(number, arms(question)) for number, question in enumerate(asked))
    encoder = RowEncoder(asking.policy, stands, limit, asking=asking, asked=asked)
    return asked, encoder, encoder.decided()


def reduced(encoder: RowEncoder, root: Ref, held: Callable[[Decided], bool]) -> Diagram[bool]:
    """The same diagram, of which it only counts whether the end is one of those `held`."""
    ref = encoder.builder.replaced(root, lambda end: held(cast("Decided", end)))
    return cast("Diagram[bool]", encoder.builder.finished(ref))


def _stand_in(number: int, answers: int) -> Pick:
    return Pick(f"{number}", tuple(frozenset({answer}) for answer in range(answers)))
