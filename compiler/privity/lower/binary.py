"""Functions of answers as binary decision diagrams: the one door to OxiDD.

Each question takes as many binary variables as its answers need; a code that is left over means
the last answer. So every assignment of the variables answers every question, and no constraint
about codes can be forgotten. Two functions are the same iff they are the same node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from oxidd.bcdd import BCDDFunction as Function
from oxidd.bcdd import BCDDManager
from oxidd.util import BooleanOperator, DDMemoryError

from privity.lower.diagram import TooLargeError
from privity.lower.questions import Question, arms

__all__ = ["Function", "Space"]

FEWEST, MOST = 2**19, 2**21
"""Nodes that there is room for, for the smallest policy and for the largest."""
SMALL, LARGE = 2**13, 2**17
"""The largest function there may be: where a smaller part can be looked at, where none can."""
MOST_VARIABLES = 5_000
"""OxiDD goes down a diagram by recursion; with 50,000 variables there is still stack enough."""


class Space:
    """The functions of the answers to `questions`, in this order. Raises TooLargeError.

    A function of more nodes than are allowed is refused with TooLargeError: results are measured,
    not what is left over from computing them, so the same is refused on every run.
    """

    def __init__(self, questions: Sequence[Question], size: int) -> None:
        self.questions = tuple(questions)
        self._room = min(max(FEWEST, 2 ** (size * 512).bit_length()), MOST)
        self._most = LARGE
        self._manager = BCDDManager(self._room, self._room // 4, 1)
        self._variables: list[list[Function]] = []
        self._numbers: list[list[int]] = []
        if sum((arms(question) - 1).bit_length() for question in self.questions) > MOST_VARIABLES:
            raise TooLargeError
        for question in self.questions:
            added = list(self._manager.add_vars((arms(question) - 1).bit_length()))
            self._numbers.append(added)
            self._variables.append([self._manager.var(number) for number in added])
        self._answered: dict[tuple[int, frozenset[int]], Function] = {}
        self.true, self.false = self._manager.true(), self._manager.false()

    @contextmanager
    def bounded(self, *, small: bool = False) -> Iterator[None]:
        """Raises TooLargeError where there is no room for what is computed inside.

        `small` leaves room for functions that are to be quick to compute.
        """
        self._most = SMALL if small else LARGE
        try:
            yield
        except DDMemoryError:
            raise TooLargeError from None

    def answered(self, number: int, held: frozenset[int]) -> Function:
        """True iff the answer to a question is one of `held`."""
        key = number, held
        if key not in self._answered:
            codes = sum(1 << arm for arm in held)
            all_codes = 1 << len(self._variables[number])
            last = arms(self.questions[number]) - 1
            if last in held:
                codes |= (1 << all_codes) - (1 << last)
            self._answered[key] = self._coded(self._variables[number], codes, all_codes)
        return self._answered[key]

    def _coded(self, variables: Sequence[Function], codes: int, number: int) -> Function:
        """True iff the variables, the highest bit first, spell one of `codes`, bits of `number`."""
        if codes == 0:
            return self.false
        if codes == (1 << number) - 1:
            return self.true
        half = number // 2
        high = self._coded(variables[1:], codes >> half, half)
        low = self._coded(variables[1:], codes & ((1 << half) - 1), half)
        return variables[0].ite(high, low)

    def answers(self, given: Mapping[int, int]) -> Function:
        """True iff each of these questions, by number, has this answer."""
        return self.all(self.answered(number, frozenset({arm})) for number, arm in given.items())

    def all(self, parts: Iterable[Function]) -> Function:
        found = self.true
        # What is asked last comes first: a function of later questions is put below.
        for part in reversed(list(parts)):
            found = found & part
        return self._measured(found)

    def any(self, parts: Iterable[Function]) -> Function:
        return self._joined(list(parts))

    def _joined(self, parts: Sequence[Function]) -> Function:
        """Like alternatives stand side by side, so they are joined by halves.

        One half after the other: what grows too large does so before the rest is looked at.
        """
        if len(parts) < 2:
            return parts[0] if parts else self.false
        middle = len(parts) // 2
        return self._measured(self._joined(parts[:middle]) | self._joined(parts[middle:]))

    def given(self, function: Function, number: int, arm: int) -> Function:
        """The function where a question has one answer; it no longer depends on the question."""
        variables = self.all(self._variables[number])
        answered = self.answered(number, frozenset({arm}))
        return function.apply_exists(BooleanOperator.AND, answered, variables)

    def holds(self, function: Function, answers: Mapping[int, int]) -> bool:
        """Whether the path of these answers, one for each question, leads to true."""
        values: list[tuple[int, bool]] = []
        for number, arm in answers.items():
            bits = self._numbers[number]
            for place, bit in enumerate(bits):
                values.append((bit, bool(arm >> (len(bits) - 1 - place) & 1)))
        return function.eval(values)

    def path(self, function: Function) -> dict[int, int] | None:
        """The answers on a path that leads to true, always the same one; None if none does.

        Questions that are not asked on it are left out.
        """
        cube = function.pick_cube()
        if cube is None:
            return None
        found: dict[int, int] = {}
        for number, bits in enumerate(self._numbers):
            chosen = [cube[bit] for bit in bits]
            if any(each is not None for each in chosen):
                code = sum(bool(each) << place for place, each in enumerate(reversed(chosen)))
                found[number] = min(code, arms(self.questions[number]) - 1)
        return found

    def _measured(self, function: Function) -> Function:
        if function.node_count() > self._most:
            raise TooLargeError
        if self._manager.approx_num_inner_nodes() > self._room // 2:
            self._manager.gc()
            if self._manager.num_inner_nodes() > self._room // 2:
                raise TooLargeError
        return function
