"""Decision diagrams: reduced, ordered, shared; questions have several answers, ends any value.

A diagram is canonical for its order of questions: two functions of the answers are the same iff
they are the same node. OxiDD, which the prover's second procedure uses, has neither questions of
several answers nor ends other than true and false in Python, so emitters have these.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from privity.lower.questions import Question, arms

End = TypeVar("End", bound=Hashable)
Ref = int
"""A node by its number, or an end: `~number`, which is negative."""


class TooLargeError(Exception):
    """More nodes, or more work to make them, than was allowed."""


@dataclass(frozen=True, slots=True)
class Node:
    """A question by its number, and where each answer leads: to later questions, or to ends."""

    question: int
    children: tuple[Ref, ...]


@dataclass(frozen=True)
class Diagram(Generic[End]):
    """`nodes` stand after those that they lead to; all are reached from `root`."""

    questions: tuple[Question, ...]
    nodes: tuple[Node, ...]
    ends: tuple[End, ...]
    root: Ref

    def end(self, ref: Ref) -> End:
        return self.ends[~ref]

    def walk(self, answer: Callable[[Question], int]) -> End:
        """The end that a request's answers lead to; only what is met on the way is asked."""
        ref = self.root
        while ref >= 0:
            node = self.nodes[ref]
            ref = node.children[answer(self.questions[node.question])]
        return self.end(ref)

    def paths(self) -> Iterator[tuple[tuple[tuple[int, int], ...], End]]:
        """Each path as pairs of question and arm, with its end. There may be very many."""
        waiting: list[tuple[Ref, tuple[tuple[int, int], ...]]] = [(self.root, ())]
        while waiting:
            ref, path = waiting.pop()
            if ref < 0:
                yield path, self.end(ref)
                continue
            node = self.nodes[ref]
            for arm in reversed(range(len(node.children))):
                waiting.append((node.children[arm], (*path, (node.question, arm))))


@dataclass
class Builder:
    """Nodes made so far, for one order of questions. `limit` bounds the work of making them."""

    questions: tuple[Question, ...]
    limit: int
    nodes: list[Node] = field(default_factory=list)
    ends: list[Hashable] = field(default_factory=list)
    _work: int = 0
    _unique: dict[Node, Ref] = field(default_factory=dict)
    _numbers: dict[Hashable, Ref] = field(default_factory=dict)

    def end(self, value: Hashable) -> Ref:
        # True and 1 are equal and yet not the same end: ends are told apart by type as well.
        key = (type(value), value)
        if key not in self._numbers:
            self._numbers[key] = ~len(self.ends)
            self.ends.append(value)
        return self._numbers[key]

    def node(self, question: int, children: tuple[Ref, ...]) -> Ref:
        """The node, or where all its answers lead. Raises TooLargeError."""
        if children.count(children[0]) == len(children):
            return children[0]
        node = Node(question, children)
        if node not in self._unique:
            self._work += 1
            if self._work > self.limit:
                raise TooLargeError
            self._unique[node] = len(self.nodes)
            self.nodes.append(node)
        return self._unique[node]

    def answered(self, question: int, held: frozenset[int]) -> Ref:
        """True iff the answer is one of `held`."""
        yes, no = self.end(True), self.end(False)
        number = arms(self.questions[question])
        return self.node(question, tuple(yes if arm in held else no for arm in range(number)))

    def combine(
        self, operation: Callable[[Hashable, Hashable], Hashable], left: Ref, right: Ref
    ) -> Ref:
        """The diagram whose ends are `operation` of the two ends. Raises TooLargeError."""
        return self._combine(operation, left, right, {})

    def _combine(
        self,
        operation: Callable[[Hashable, Hashable], Hashable],
        left: Ref,
        right: Ref,
        memo: dict[tuple[Ref, Ref], Ref],
    ) -> Ref:
        pair = left, right
        if pair not in memo:
            self._work += 1
            if self._work > self.limit:
                raise TooLargeError
            if left < 0 and right < 0:
                memo[pair] = self.end(operation(self.ends[~left], self.ends[~right]))
            else:
                first = min(self.level(left), self.level(right))
                number = arms(self.questions[first])
                pairs = zip(
                    self._cofactors(left, first, number),
                    self._cofactors(right, first, number),
                    strict=True,
                )
                children = tuple(self._combine(operation, a, b, memo) for a, b in pairs)
                memo[pair] = self.node(first, children)
        return memo[pair]

    def both(self, refs: Sequence[Ref]) -> Ref:
        return self._folded(lambda a, b: bool(a and b), refs, True)

    def either(self, refs: Sequence[Ref]) -> Ref:
        return self._folded(lambda a, b: bool(a or b), refs, False)

    def contrary(self, ref: Ref) -> Ref:
        return self.combine(lambda a, _: not a, ref, self.end(True))

    def replaced(self, ref: Ref, change: Callable[[Hashable], Hashable]) -> Ref:
        """The same diagram with other ends."""
        return self.combine(lambda a, _: change(a), ref, self.end(True))

    def level(self, ref: Ref) -> int:
        return self.nodes[ref].question if ref >= 0 else len(self.questions)

    def _cofactors(self, ref: Ref, question: int, number: int) -> tuple[Ref, ...]:
        return self.nodes[ref].children if self.level(ref) == question else (ref,) * number

    def _folded(
        self,
        operation: Callable[[Hashable, Hashable], Hashable],
        refs: Sequence[Ref],
        unit: bool,
    ) -> Ref:
        found = self.end(unit)
        # The last questions first: what is combined stays small.
        for ref in sorted(refs, key=self.level, reverse=True):
            found = self.combine(operation, found, ref)
        return found

    def finished(self, root: Ref) -> Diagram[Hashable]:
        """The part that is reached from `root`, numbered anew."""
        numbers: dict[Ref, Ref] = {}
        nodes: list[Node] = []
        ends: list[Hashable] = []
        for ref in self._reached(root):
            if ref < 0:
                numbers[ref] = ~len(ends)
                ends.append(self.ends[~ref])
            else:
                node = self.nodes[ref]
                numbers[ref] = len(nodes)
                nodes.append(Node(node.question, tuple(numbers[c] for c in node.children)))
        return Diagram(self.questions, tuple(nodes), tuple(ends), numbers[root])

    def _reached(self, root: Ref) -> list[Ref]:
        """Children before parents, ends in the order in which answers first lead to them."""
        order: dict[Ref, None] = {}
        waiting = [(root, False)]
        while waiting:
            ref, opened = waiting.pop()
            if opened or ref < 0:
                order.setdefault(ref)
            elif ref not in order:
                waiting.append((ref, True))
                waiting.extend((c, False) for c in reversed(self.nodes[ref].children))
        return list(order)
