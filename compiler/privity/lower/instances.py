"""Between requests and answers: what a request answers, and a request for given answers.

Answers that no request gives together are found out one after the other: each such `Conflict` is
certain by itself, by going through all leaves or texts or by adding up bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from privity.lower.questions import (
    OTHER,
    Answer,
    Numbers,
    OtherText,
    Pick,
    Question,
    Region,
    Truth,
    arms,
)
from privity.lower.sums import Between, impossible, solved, total
from privity.model.formula import Contains, IsNone, Key, Plain, SameLeaf, SameText, facts_of
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    Fact,
    IntegerType,
    Policy,
    SetType,
    TaxonomyType,
    TextType,
)

MOST_TRIED = 4_000
MOST_COMPARED = 40

Values = Mapping[Key, Plain]
Allowed = Mapping[int, frozenset[int]]
"""Questions by number, and the arms that an answer may be; any where it is left out."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """No request gives an answer among `arms` to each of these questions."""

    arms: Allowed


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Neither a request was found, nor that there is none."""

    reason: str


# ------------------------------------------------------------------ what a request answers


def answers_of(questions: Sequence[Question], values: Values) -> dict[int, int]:
    """The answer of a complete request to each question; 0 where a fact it needs is `none`."""
    return {number: _answer(question, values) for number, question in enumerate(questions)}


def _answer(question: Question, values: Values) -> int:
    match question:
        case Pick(variable, groups):
            return _group(groups, values[variable])
        case Region(terms, bounds):
            known = {fact: values[fact] for fact in facts_of(terms)}
            numbers = {fact: value for fact, value in known.items() if isinstance(value, int)}
            if len(numbers) < len(known):
                return 0
            found = total(terms, numbers)
            return sum(found > bound for bound in bounds)
        case Truth(atom):
            return int(_holds(atom, values))


def _holds(atom: IsNone | Contains | SameLeaf | SameText, values: Values) -> bool:
    match atom:
        case IsNone(fact):
            return values[fact] is None
        case Contains(fact, leaves):
            held = values[fact]
            return isinstance(held, frozenset) and not leaves.isdisjoint(held)
        case SameLeaf(left, right) | SameText(left, right):
            return values[left] is not None and values[left] == values[right]


def _group(groups: tuple[frozenset[Answer], ...], value: Plain) -> int:
    """Booleans are no leaf numbers: true is not 1."""
    rest = 0
    for number, group in enumerate(groups):
        if any(type(each) is type(value) and each == value for each in group):
            return number
        rest = number if OTHER in group else rest
    return rest


# ------------------------------------------------------------------ a request for answers


class _StoppedError(Exception):
    """A search took too many steps."""


Found = dict[Key, Plain] | Conflict | Unsettled


@dataclass(frozen=True)
class Finder:
    """Finds requests for the answers to `questions`, which are about `policy`."""

    questions: Sequence[Question]
    policy: Policy

    def request(self, answers: Mapping[int, int]) -> Found:
        """A complete request that gives these answers, the same one on every run."""
        allowed = {number: frozenset({arm}) for number, arm in answers.items()}
        values = self.anything()
        for step in (self.alike, self.sets, self.sums):
            found = step(allowed)
            if not isinstance(found, dict):
                return found
            values |= found
        return values

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.questions)

    def anything(self) -> dict[Key, Plain]:
        """A value for every role and fact."""
        facts = {fact.key: _first_value(fact) for fact in self.policy.facts}
        return {**dict.fromkeys(self.policy.roles, 0), **facts}

    # -------------------------------------------------------------- leaves, booleans, texts

    def alike(self, allowed: Allowed) -> Found:
        """Values of the variables that are picked, or compared for being the same."""
        try:
            found = self._assigned(allowed)
            compared = self._compared(allowed)
            if found is not None:
                alone = frozenset[Key]().union(*map(self._about, allowed)) - compared
                return {**{v: self._domain(v, allowed, 1)[0] for v in sorted(alone)}, **found}
            # Only what is compared can contradict itself.
            core = {n: held for n, held in allowed.items() if self._about(n) & compared}
            return Conflict(
                _widest(core, self.questions, lambda some: self._assigned(some) is None)
            )
        except _StoppedError:
            return Unsettled("too many values that may be the same")

    def _about(self, number: int) -> frozenset[Key]:
        match self.questions[number]:
            case Pick(variable):
                return frozenset({variable})
            case Truth(SameLeaf(left, right) | SameText(left, right)):
                return frozenset({left, right})
            case _:
                return frozenset()

    def _compared(self, allowed: Allowed) -> frozenset[Key]:
        pairs = (number for number in allowed if isinstance(self.questions[number], Truth))
        return frozenset[Key]().union(*map(self._about, pairs))

    def _assigned(self, allowed: Allowed) -> Mapping[Key, Plain] | None:
        """Values of what is compared; None if there are none. Raises _StoppedError."""
        variables = sorted(self._compared(allowed))
        if len(variables) > MOST_COMPARED:
            raise _StoppedError
        domains = {v: self._domain(v, allowed, len(variables)) for v in variables}
        pairs: dict[Key, list[tuple[Key, frozenset[int]]]] = {}
        for number, held in allowed.items():
            match self.questions[number]:
                case Truth(SameLeaf(left, right) | SameText(left, right)):
                    first, last = sorted((left, right))
                    pairs.setdefault(last, []).append((first, held))
                case _:
                    pass
        steps = [MOST_TRIED]

        def assign(number: int, chosen: dict[Key, Plain]) -> Mapping[Key, Plain] | None:
            steps[0] -= 1
            if steps[0] < 0:
                raise _StoppedError
            if number == len(variables):
                return chosen
            variable = variables[number]
            for value in domains[variable]:
                now = {**chosen, variable: value}
                same = (
                    (value is not None and value == now[o], held)
                    for o, held in pairs.get(variable, ())
                )
                if all(int(alike) in held for alike, held in same):
                    found = assign(number + 1, now)
                    if found is not None:
                        return found
            return None

        return assign(0, {})

    def _domain(self, variable: Key, allowed: Allowed, fresh: int) -> list[Plain]:
        """The values that a variable may have; of texts as many as may have to differ."""
        if variable in self.numbers.picks:
            pick, number = self.numbers.picks[variable]
            arms_ = sorted(allowed.get(number, range(len(pick.groups))))
            return [v for arm in arms_ for v in self._values(pick, pick.groups[arm], fresh)]
        fact = self.policy.fact_by_key.get(variable)
        if fact is not None and isinstance(fact.type, TextType):
            return list(self._texts(fresh))
        return list(range(len(self.policy.taxonomy_of(variable).leaves)))

    def _values(self, pick: Pick, group: frozenset[Answer], fresh: int) -> Iterator[Plain]:
        for each in sorted(group, key=lambda each: (str(type(each)), str(each).zfill(9))):
            if isinstance(each, OtherText):
                named = {text for named in pick.groups for text in named}
                yield from (text for text in self._texts(fresh) if text not in named)
            else:
                yield each

    def _texts(self, fresh: int) -> list[str]:
        """Those that some question names, and some that none does."""
        longest = max(map(len, self.named), default=0)
        return [*self.named, *("~" * (longest + 1 + number) for number in range(fresh))]

    @cached_property
    def named(self) -> list[str]:
        groups = (group for pick, _ in self.numbers.picks.values() for group in pick.groups)
        return sorted({each for group in groups for each in group if isinstance(each, str)})

    # -------------------------------------------------------------- sets

    def sets(self, allowed: Allowed) -> Found:
        found: dict[Key, Plain] = {}
        nones = self._nones(allowed)
        for number, held in allowed.items():
            match self.questions[number]:
                case Truth(Contains(fact, leaves)) if 0 not in held:
                    if fact in nones:
                        return Conflict({number: held, nones[fact]: frozenset({1})})
                    before = found.get(fact)
                    others = before if isinstance(before, frozenset) else frozenset()
                    found[fact] = others | {min(leaves)}
                case _:
                    pass
        empty: dict[Key, Plain] = {
            fact.key: frozenset() for fact in self.policy.facts if isinstance(fact.type, SetType)
        }
        return {**empty, **found, **dict.fromkeys(nones)}

    def _nones(self, allowed: Allowed) -> dict[Key, int]:
        """The dates, numbers and sets that must be `none`, each with the question that says so."""
        found = {}
        for number, held in allowed.items():
            match self.questions[number]:
                case Truth(IsNone(fact)) if 0 not in held:
                    found[fact] = number
                case _:
                    pass
        return found

    # -------------------------------------------------------------- dates and numbers

    def sums(self, allowed: Allowed) -> Found:
        nones = self._nones(allowed)
        regions = {n: h for n, h in allowed.items() if isinstance(self.questions[n], Region)}
        for number, held in regions.items():
            for fact in self._facts(number):
                if fact in nones:
                    if 0 in held:
                        continue
                    return Conflict({number: held, nones[fact]: frozenset({1})})
        kept = {n: h for n, h in regions.items() if not self._facts(n) & nones.keys()}
        found = solved(self._constraints(kept), self._ranges)
        if found is not None:
            return {**found, **dict.fromkeys(nones)}
        if not self._impossible(kept):
            return Unsettled("dates or numbers that fit its comparisons were not found")
        core = _widest(kept, self.questions, self._impossible)
        facts = frozenset[Key]().union(*map(self._facts, core))
        some = {n: frozenset({0}) for n in self._none_questions(facts)}
        return Conflict({**core, **some})

    def _impossible(self, allowed: Allowed) -> bool:
        return impossible(self._constraints(allowed), self._ranges)

    def _constraints(self, allowed: Allowed) -> list[Between]:
        """Arms between the first and the last allowed one count as allowed: that is weaker."""
        found = []
        for number, held in allowed.items():
            question = self.questions[number]
            assert isinstance(question, Region)
            first, last, bounds = min(held), max(held), question.bounds
            low = bounds[first - 1] + 1 if first else None
            high = bounds[last] if last < len(bounds) else None
            found.append(Between(question.terms, low, high))
        return found

    def _facts(self, number: int) -> frozenset[Key]:
        question = self.questions[number]
        return facts_of(question.terms) if isinstance(question, Region) else frozenset()

    def _none_questions(self, facts: frozenset[Key]) -> Iterator[int]:
        for number, question in enumerate(self.questions):
            match question:
                case Truth(IsNone(fact)) if fact in facts:
                    yield number
                case _:
                    pass

    @cached_property
    def _ranges(self) -> dict[Key, tuple[int, int]]:
        found = {}
        for fact in self.policy.facts:
            match fact.type:
                case IntegerType(low, high) | DurationType(low, high):
                    found[fact.key] = low, high
                case DateType():
                    found[fact.key] = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
                case _:
                    pass
        return found


def _widest(
    allowed: Allowed, questions: Sequence[Question], contradicts: Callable[[Allowed], bool]
) -> dict[int, frozenset[int]]:
    """The same contradiction with fewer questions and more arms: one that says more."""
    core = dict(allowed)
    for number in allowed:
        rest = {n: held for n, held in core.items() if n != number}
        if contradicts(rest):
            core = rest
    for number in core:
        for arm in range(arms(questions[number])):
            wider = {**core, number: core[number] | {arm}}
            if contradicts(wider):
                core = wider
    return core


def _first_value(fact: Fact) -> Plain:
    """Some value of the fact's type."""
    match fact.type:
        case BooleanType():
            return False
        case IntegerType(low, high) | DurationType(low, high):
            return min(max(0, low), high)
        case DateType():
            return FIRST_DAY.toordinal()
        case TextType():
            return ""
        case TaxonomyType():
            return 0
        case SetType():
            return frozenset()
