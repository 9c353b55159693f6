"""A diagram as a condition on rows: whether some way that the row leaves open leads to yes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

from privity.emit.sql.conditions import (
    Node,
    both,
    either,
    equal,
    is_false,
    is_true,
    negation,
    not_null,
    one_of,
    truth,
)
from privity.emit.sql.questions import Asked, Asking, Member, NoneOf, Same, Sum
from privity.emit.sql.sums import Sums, Tried
from privity.lower.diagram import Diagram, Ref
from privity.lower.questions import OTHER, Answer, Pick
from privity.model.columns import Absent, Refusal, RefusedError
from privity.model.formula import Key
from privity.model.nodes import BooleanType

MOST_CONDITIONS = 4_000
"""In one expression; a policy that takes more is refused, and decided by its checker instead."""

Children = list[tuple[Ref, frozenset[int]]]


@dataclass
class Ways:
    """Conditions for one policy, mapping and dialect."""

    asking: Asking
    sums: Sums
    asked: tuple[Asked, ...]
    _tests: dict[tuple[int, frozenset[int]], Node] = field(default_factory=dict)

    def some(self, diagram: Diagram[bool]) -> Node:
        """Whether some answers that the row leaves open lead to yes. Never NULL on valid rows.

        Raises RefusedError where it takes too many conditions to say.
        """
        trials = list(self._trials(diagram))
        size = self._size(diagram) * len(trials)
        if size > MOST_CONDITIONS:
            raise RefusedError([_too_large(size)])
        return either(self._way(diagram, diagram.root, values) for values in trials)

    def size(self, diagram: Diagram[bool]) -> int:
        """How many conditions `some` takes."""
        return self._size(diagram) * sum(1 for _ in self._trials(diagram))

    # -------------------------------------------------------------- building

    def _way(self, diagram: Diagram[bool], ref: Ref, values: Tried) -> Node:
        if ref < 0:
            return truth(diagram.end(ref))
        node = diagram.nodes[ref]
        children = _children(diagram, ref)
        if len(children) == 2:
            return self._one_of_two(diagram, node.question, children, values)
        ways = []
        for child, arms in children:
            test = self._test(node.question, arms, values)
            if not is_false(test):
                ways.append(both([test, self._way(diagram, child, values)]))
        return either(ways)

    def _one_of_two(
        self, diagram: Diagram[bool], question: int, children: Children, values: Tried
    ) -> Node:
        """One of two answers is possible, so that where the first is not the second is."""
        (first, _), (second, _) = children
        tests = [self._test(question, arms, values) for _, arms in children]
        ways = [self._way(diagram, child, values) for child in (first, second)]
        for test, way, other in ((tests[0], *ways), (tests[1], ways[1], ways[0])):
            if is_true(way):
                return either([test, other])
        return either(both(pair) for pair in zip(tests, ways, strict=True))

    def _size(self, diagram: Diagram[bool]) -> int:
        """Without counting, what `_way` would build without trials."""
        sizes: dict[Ref, int] = {}
        for ref in range(len(diagram.nodes)):
            question = diagram.nodes[ref].question
            for child, arms in _children(diagram, ref):
                test = self._test(question, arms, {})
                below = sizes.get(child, 0) if child >= 0 else int(diagram.end(child))
                if not is_false(test) and below:
                    sizes[ref] = sizes.get(ref, 0) + below + (not is_true(test) and child >= 0)
        return sizes.get(diagram.root, 0)

    def _test(self, question: int, arms: frozenset[int], values: Tried) -> Node:
        asked = self.asked[question]
        used = values if isinstance(asked, Sum) else {}
        if used:
            return self._possible(asked, arms, used)
        if (question, arms) not in self._tests:
            self._tests[question, arms] = self._possible(asked, arms, {})
        return self._tests[question, arms].copy()

    # -------------------------------------------------------------- values that are tried out

    def _trials(self, diagram: Diagram[bool]) -> Iterator[Tried]:
        """What missing values that settle several sums might be, in each combination."""
        numbers = sorted({node.question for node in diagram.nodes})
        asked = [self.asked[number] for number in numbers]
        settled = {key: self.asking.settled_by(key, asked) for key in self.asking.tried}
        keys = [key for key, sums in settled.items() if sums]
        candidates = [self.sums.candidates(key, settled[key]) for key in keys]
        for chosen in product(*candidates):
            yield dict(zip(keys, chosen, strict=True))

    # -------------------------------------------------------------- one question

    def _possible(self, asked: Asked, arms: frozenset[int], values: Tried) -> Node:
        """Whether one of these answers is possible: a value is missing, or it is one of them."""
        readings = self.asking.readings
        match asked:
            case Pick(variable):
                return self._picked(asked, arms)
            case NoneOf(variable):
                reading = readings[variable]
                held = reading.none() if 1 in arms else negation(reading.none())
                return either([reading.missing(), held])
            case Member(variable, leaves):
                if isinstance(readings[variable].place, Absent):
                    return truth(True)
                return self._yes_or_no([variable], arms, readings[variable].contains(leaves))
            case Same(left, right):
                sides = readings[left], readings[right]
                if any(isinstance(side.place, Absent) for side in sides):
                    return truth(True)
                if all(side.fixed for side in sides):
                    return truth((sides[0].constant == sides[1].constant) == (1 in arms))
                return self._yes_or_no([left, right], arms, equal(sides[0].text(), sides[1].text()))
            case Sum():
                return self.sums.condition(asked, arms, values)

    def _yes_or_no(self, variables: Iterable[Key], arms: frozenset[int], yes: Node) -> Node:
        readings = [self.asking.readings[variable] for variable in variables]
        held = yes if 1 in arms else negation(yes)
        some = [r.known() for r in readings if r.can_be_none]
        return either([*(r.missing() for r in readings), both([*some, held])])

    def _picked(self, pick: Pick, arms: frozenset[int]) -> Node:
        reading = self.asking.readings[pick.variable]
        if len(arms) == len(pick.groups):
            return truth(True)
        chosen = [answer for arm in sorted(arms) for answer in pick.groups[arm]]
        if reading.fixed:
            return truth(_answer(reading.constant, pick) in arms)
        if isinstance(reading.place, Absent):
            return truth(True)
        value = self._value(pick, [answer for answer in chosen if answer is not None])
        if reading.can_be_none and None not in chosen:
            value = both([not_null(reading.column()), value])
        none = [reading.none()] if None in chosen else []
        return either([reading.missing(), *none, value])

    def _value(self, pick: Pick, chosen: list[Answer]) -> Node:
        """Whether a value that is known is one of these."""
        reading = self.asking.readings[pick.variable]
        every = [answer for group in pick.groups for answer in group if answer is not None]
        if len(chosen) == len(every):
            return truth(True)
        if isinstance(reading.kind, BooleanType):
            return either(
                reading.holds() if answer else negation(reading.holds()) for answer in chosen
            )
        if OTHER in chosen or 2 * len(chosen) > len(every):
            others = [answer for answer in every if answer not in chosen]
            return negation(one_of(reading.text(), self._texts(pick.variable, others)))
        return one_of(reading.text(), self._texts(pick.variable, chosen))

    def _texts(self, variable: Key, answers: Iterable[Answer]) -> list[str]:
        leaves = self.asking.readings[variable].leaves
        numbers = sorted(a for a in answers if isinstance(a, int))
        return [leaves[n] for n in numbers] or sorted(a for a in answers if isinstance(a, str))


def _answer(value: object, pick: Pick) -> int:
    """The arm that a constant lies in."""
    for arm, group in enumerate(pick.groups):
        if any(type(answer) is type(value) and answer == value for answer in group):
            return arm
    return next(arm for arm, group in enumerate(pick.groups) if OTHER in group)


def _children(diagram: Diagram[bool], ref: Ref) -> Children:
    """Where answers lead, each with the arms that do, by the first of them."""
    found: dict[Ref, list[int]] = {}
    for arm, child in enumerate(diagram.nodes[ref].children):
        found.setdefault(child, []).append(arm)
    return [(child, frozenset(arms)) for child, arms in found.items()]


def _too_large(size: int) -> Refusal:
    return Refusal(
        "sql-too-large",
        f"it would take {size:,} conditions, and {MOST_CONDITIONS:,} are allowed",
        "fix roles or facts by a constant, declare columns never_null, "
        "or decide the rows with the generated checker",
    )
