"""Random conditions and quantities, as text, well typed and guarded by construction.

`Words` holds what there is to speak of. A condition says which optional facts surely have a value
where it is true, and where it is false, so that what comes after may rely on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import TypeVar

Path = tuple[str, ...]
Facts = frozenset[str]
T = TypeVar("T")

NOTHING: Facts = frozenset()
MOST = Fraction(99, 100)  # of the hundred years that offsets to one date may take
ATOM, TERM, SUM, COMPARISON, NOT, AND, OR = range(7)
DATES = ("2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-31", "2023-12-31",
         "2023-02-28", "2024-04-30", "2023-03-31", "2000-02-29", "1900-02-28")  # fmt: skip
RARE_DATES = ("1700-01-01", "9899-12-31", "1700-02-28", "9899-11-30")
TEXTS = ('"a"', '"b"', '"A"', '"a b"', '"é"', '"\\""', '"\\\\"', '"𝔘"', '""')


@dataclass(frozen=True)
class FactWords:
    """`low` and `high` bound integers and durations; `declared` is the type as written."""

    name: str
    kind: str
    declared: str
    optional: bool
    taxonomy: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True)
class Quantity:
    """A date, integer or duration. `needs` are the optional facts that must have a value; `cost`
    is how much of a date's hundred years its offsets take; `size` the most days it can have.
    `reads` are all its facts, one twice where it might cancel out."""

    text: str
    level: int
    needs: Facts = NOTHING
    cost: Fraction = Fraction(0)
    size: int = 0
    reads: tuple[str, ...] = ()

    @property
    def constant(self) -> bool:
        return not self.reads

    def at(self, level: int) -> str:
        return self.text if self.level <= level else f"({self.text})"


@dataclass(frozen=True)
class Condition:
    """`if_true` and `if_false` are the optional facts that surely have a value then. Nothing is
    sure beside what is `plain`, plainly true or false perhaps: a compiler may drop it."""

    text: str
    level: int
    if_true: Facts = NOTHING
    if_false: Facts = NOTHING
    plain: bool = False

    def at(self, level: int) -> str:
        return self.text if self.level <= level else f"({self.text})"


@dataclass
class Words:
    """What conditions may speak of. Definitions come in as they are made."""

    taxonomies: dict[str, tuple[Path, ...]]
    roles: tuple[str, ...]
    facts: tuple[FactWords, ...]
    conditions: list[tuple[str, Condition]] = field(default_factory=list)
    quantities: dict[str, list[Quantity]] = field(default_factory=dict)
    leaves: list[tuple[str, str, bool]] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[FactWords]:
        return [fact for fact in self.facts if fact.kind in kinds]

    def leaf_names(self) -> list[tuple[str, str, bool]]:
        """What has a leaf, roles, facts and definitions: the name, its taxonomy, and whether it
        can be none."""
        roles = [(role, role, False) for role in self.roles]
        facts = ((f.name, f.taxonomy, f.optional) for f in self.of_kind("taxonomy"))
        return [*roles, *facts, *self.leaves]


def value_name(rng: Random, paths: Sequence[Path], path: Path) -> str:
    """Some end of `path` that fits no other value."""
    ends = [path[-length:] for length in range(1, len(path) + 1)]
    fitting = [end for end in ends if sum(p[-len(end) :] == end for p in paths) == 1]
    return ".".join(fitting[0] if rng.random() < 0.7 else rng.choice(fitting))


def sample(rng: Random, items: Sequence[T], low: int, high: int) -> list[T]:
    count = min(rng.randint(low, high), len(items))
    return rng.sample(list(items), count)


@dataclass
class ExpressionWriter:
    rng: Random
    words: Words

    # -------------------------------------------------------------- quantities

    def constant(self, kind: str) -> Quantity:
        rng = self.rng
        match kind:
            case "date":
                dates = RARE_DATES if rng.random() < 0.04 else DATES
                return Quantity(rng.choice(dates), ATOM)
            case "days":
                count = rng.choice((0, 1, 10, 28, 29, 30, 31, 59, 60, 90, 365, 366))
                unit = "day" if count == 1 else "days"
                return Quantity(f"{count} {unit}", ATOM, size=count)
            case "months":
                count = rng.choice((0, 1, 1, 2, 3, 6, 11, 12, 13))
                years = rng.choice((1, 1, 2, 4))
                if rng.random() < 0.3:
                    return Quantity(f"{years} year{'s' * (years > 1)}", ATOM, size=12 * years)
                return Quantity(f"{count} month{'s' * (count != 1)}", ATOM, size=count)
            case "text":
                return Quantity(rng.choice(TEXTS), ATOM)
            case _:
                value = rng.choice((-3, -1, 0, 1, 2, 5, 10, 18, 21, 40))
                return Quantity(str(value), ATOM)

    def atom(self, kind: str, *, constant: bool = False) -> Quantity:
        """A fact, definition, parameter or written value; with `constant` no fact is read."""
        rng = self.rng
        facts = [_as_quantity(fact) for fact in self.words.of_kind(_FACT_KIND.get(kind, kind))]
        named = self.words.quantities.get(kind, [])
        if constant:
            facts, named = [], [each for each in named if each.constant]
        pool: list[Sequence[Quantity]] = [group for group in (facts, facts, named) if group]
        if pool and rng.random() < (0.5 if constant else 0.8):
            return rng.choice(rng.choice(pool))
        return self.constant(kind)

    def term(self, kind: str, *, constant: bool = False) -> Quantity:
        atom = self.atom(kind, constant=constant)
        if kind in ("date", "text") or self.rng.random() < 0.75:
            return atom
        if self.rng.random() < 0.2:
            atom = self.summed(atom, [self.atom(kind, constant=constant)])
        factor = self.rng.choice((-2, -1, 0, 1, 2, 2, 3, 3))
        text = f"{factor} times {atom.at(ATOM)}"
        return Quantity(text, TERM, atom.needs, size=abs(factor) * atom.size,
                        reads=atom.reads if factor else atom.reads * 2)  # fmt: skip

    def quantity(self, kind: str, *, constant: bool = False, cost: Fraction = MOST) -> Quantity:
        """Any expression of a kind; its offsets to a date take `cost` at most."""
        rng = self.rng
        if kind == "text":
            return self.atom(kind, constant=constant)
        if kind == "days" and not constant and self.words.of_kind("date") and rng.random() < 0.4:
            return self.difference()
        if kind == "date":
            return self.moved(constant=constant, most=cost)
        first = self.term(kind, constant=constant)
        parts = [self.term(kind, constant=constant) for _ in range(rng.choice((0, 0, 0, 1, 1, 2)))]
        return self.summed(first, parts)

    def summed(self, first: Quantity, parts: list[Quantity]) -> Quantity:
        total = first
        for part in parts:
            nested = self.rng.random() < 0.15
            right = f"({part.text})" if nested else part.at(TERM)
            total = Quantity(
                f"{total.at(SUM)} {self.rng.choice('+-')} {right}",
                SUM,
                total.needs | part.needs,
                size=total.size + part.size,
                reads=total.reads + part.reads,
            )
        return total

    def difference(self) -> Quantity:
        left, right = self.moved(most=Fraction(1, 4)), self.moved(most=Fraction(1, 4))
        text = f"{left.at(SUM)} - {right.at(TERM)}"
        found = Quantity(
            text, SUM, left.needs | right.needs, size=10**7, reads=left.reads + right.reads
        )
        return self.summed(found, [self.constant("days")]) if self.rng.random() < 0.3 else found

    def moved(self, *, constant: bool = False, most: Fraction = MOST) -> Quantity:
        """A date, with offsets that take no more than `most` of its hundred years."""
        rng = self.rng
        total = self.atom("date", constant=constant)
        if total.cost > most:
            total = self.constant("date")
        for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3))):
            unit = rng.choice(("days", "months", "months"))
            offset = self.term(unit, constant=constant)
            if rng.random() < 0.15:
                offset = self.summed(offset, [self.term(unit, constant=constant)])
            cost = total.cost + Fraction(offset.size, 36_524 if unit == "days" else 1200)
            if cost <= most:
                total = Quantity(
                    f"{total.at(SUM)} {rng.choice('++-')} {offset.at(TERM)}",
                    SUM,
                    total.needs | offset.needs,
                    cost,
                    reads=total.reads + offset.reads,
                )
        return total

    # -------------------------------------------------------------- conditions

    def condition(self, depth: int, guarded: Facts = NOTHING) -> Condition:
        """Any condition, where the facts in `guarded` are known to have a value."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.3:
            return self.atomic(guarded)
        word = rng.choice(("and", "or", "not", "and", "or", "same"))
        if word == "not":
            return negated(self.condition(depth - 1, guarded))
        if word in ("and", "or"):
            return self.joined(word, depth, guarded)
        left, right = self.condition(depth - 1, guarded), self.condition(depth - 1, guarded)
        none_or_not = [fact for fact in self.words.of_kind("boolean") if fact.optional]
        if none_or_not and rng.random() < 0.3:
            right = Condition(rng.choice(none_or_not).name, ATOM)
        word = rng.choice(("is", "is not"))
        if left.text == right.text:
            return left
        text = f"{left.at(ATOM)} {word} {right.at(ATOM)}"
        return Condition(text, COMPARISON, plain=left.plain or right.plain)

    def joined(self, word: str, depth: int, guarded: Facts) -> Condition:
        total = self.condition(depth - 1, guarded)
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            known = guarded | (total.if_true if word == "and" else total.if_false)
            if self.rng.random() < 0.03:
                other = Condition(self.rng.choice(("true", "false")), ATOM, plain=True)
            else:
                other = self.condition(depth - 1, known)
            total = both(total, other) if word == "and" else either(total, other)
        return total

    def atomic(self, guarded: Facts) -> Condition:
        rng = self.rng
        makers: list[Callable[[], Condition | None]] = [
            self._boolean, self._boolean, self._defined, self._leaf, self._leaf, self._contains,
            self._same_leaf, self._same, self._none, self._ordered, self._ordered, self._ordered,
        ]  # fmt: skip
        while True:
            made = rng.choice(makers)()
            if made is not None:
                return made if made.level != _UNGUARDED else self._guard(made, guarded)

    def _boolean(self) -> Condition | None:
        facts = self.words.of_kind("boolean", "attested")
        if not facts:
            return None
        fact = self.rng.choice(facts)
        if fact.optional:
            return Condition(fact.name, _UNGUARDED, frozenset({fact.name}))
        return Condition(fact.name, ATOM)

    def _defined(self) -> Condition | None:
        if not self.words.conditions:
            return None
        name, meaning = self.rng.choice(self.words.conditions)
        return replace(meaning, text=name, level=ATOM)

    def _leaf(self) -> Condition | None:
        rng = self.rng
        name, taxonomy, optional = rng.choice(self.words.leaf_names())
        paths = self.words.taxonomies[taxonomy]
        below = paths[1:] or paths
        if len(below) > 2 and rng.random() < 0.5:
            listed = ", ".join(value_name(rng, paths, path) for path in sample(rng, below, 1, 3))
            word = rng.choice(("is one of", "is one of", "is not one of"))
            has_value = frozenset({name}) if optional else NOTHING
            if word == "is one of":
                return Condition(f"{name} {word} {listed}", COMPARISON, has_value)
            return Condition(f"{name} {word} {listed}", COMPARISON, NOTHING, has_value)
        if optional and rng.random() < 0.1:
            return Condition(f"{name} is {taxonomy}", COMPARISON, frozenset({name}))
        if len(below) < 2:
            return None
        word = rng.choice(("is", "is", "is not"))
        return Condition(f"{name} {word} {value_name(rng, paths, rng.choice(below))}", COMPARISON)

    def _contains(self) -> Condition | None:
        facts = self.words.of_kind("set")
        if not facts:
            return None
        fact = self.rng.choice(facts)
        paths = self.words.taxonomies[fact.taxonomy]
        path = self.rng.choice(paths)
        return Condition(f"{fact.name} contains {value_name(self.rng, paths, path)}", COMPARISON)

    def _same_leaf(self) -> Condition | None:
        pairs = [
            (left[0], right[0])
            for left, right in combinations(self.words.leaf_names(), 2)
            if left[1] == right[1] and right not in self.words.leaves
        ]
        if not pairs:
            return None
        left, right = self.rng.choice(pairs)
        return Condition(f"{left} {self.rng.choice(('is', 'is not'))} {right}", COMPARISON)

    def _same(self) -> Condition | None:
        """Plain `is` between what can be none, numbers, dates and texts: it needs no guard."""
        rng = self.rng
        facts = self.words.of_kind("integer", "date", "duration", "text", "boolean", "attested")
        if not facts:
            return None
        fact = rng.choice(facts)
        alike = [f for f in facts if _group(f.kind) == _group(fact.kind) and f != fact]
        word = rng.choice(("is", "is", "is not"))
        if alike and rng.random() < 0.6:
            return Condition(f"{fact.name} {word} {rng.choice(alike).name}", COMPARISON)
        kind = _QUANTITY_KIND.get(fact.kind, fact.kind)
        if _group(fact.kind) == "boolean":
            return Condition(f"{fact.name} {word} {rng.choice(('true', 'false'))}", COMPARISON)
        other = self.atom(kind, constant=True)
        return Condition(f"{fact.name} {word} {other.at(SUM)}", COMPARISON)

    def _none(self) -> Condition | None:
        facts = [fact for fact in self.words.facts if fact.optional]
        if not facts:
            return None
        name = frozenset({(fact := self.rng.choice(facts)).name})
        if self.rng.random() < 0.5:
            return Condition(f"{fact.name} is none", COMPARISON, NOTHING, name)
        return Condition(f"{fact.name} is not none", COMPARISON, name)

    def _ordered(self) -> Condition | None:
        rng = self.rng
        kind = rng.choice(("date", "date", "days", "integer"))
        left, right = self.quantity(kind), self.quantity(kind)
        if left.constant and right.constant:
            if rng.random() < 0.9:
                return None
            left, right = self.quantity("months", constant=True), self.constant("months")
            kind = "days"
            text = f"{left.at(SUM)} {rng.choice(_ORDER[kind])} {right.at(SUM)}"
            return Condition(text, COMPARISON, plain=True)
        if left.text == right.text:
            return None
        comparator = rng.choice((*_ORDER[kind], *_ORDER[kind], "is", "is not"))
        text = f"{left.at(SUM)} {comparator} {right.at(SUM)}"
        reads = left.reads + right.reads
        plain = len(set(reads)) < len(reads)
        return Condition(text, _UNGUARDED, left.needs | right.needs, plain=plain)

    def _guard(self, made: Condition, guarded: Facts) -> Condition:
        """`made` behind what it needs: `if_true` holds the facts that it must know to have a
        value."""
        needs = sorted(made.if_true - guarded)
        level = COMPARISON if " " in made.text else ATOM
        bare = Condition(made.text, level, plain=made.plain)
        if not needs:
            return bare
        if self.rng.random() < 0.7:
            total = bare_guard(needs[0], present=True)
            for name in needs[1:]:
                total = both(total, bare_guard(name, present=True))
            return both(total, bare)
        total = bare_guard(needs[0], present=False)
        for name in needs[1:]:
            total = either(total, bare_guard(name, present=False))
        return either(total, bare)


_UNGUARDED = -1
_FACT_KIND = {"days": "duration", "months": "no such fact"}
_QUANTITY_KIND = {"duration": "days"}
_DATES = ("is before", "is after", "is on or before", "is on or after")
_NUMBERS = ("is at least", "is at most", "is more than", "is less than")
_ORDER = {"date": _DATES, "days": _NUMBERS, "integer": _NUMBERS}


def _group(kind: str) -> str:
    return "boolean" if kind == "attested" else kind


def _as_quantity(fact: FactWords) -> Quantity:
    needs = frozenset({fact.name}) if fact.optional else NOTHING
    return Quantity(
        fact.name, ATOM, needs, size=max(abs(fact.low), abs(fact.high)), reads=(fact.name,)
    )


def bare_guard(name: str, *, present: bool) -> Condition:
    facts = frozenset({name})
    if present:
        return Condition(f"{name} is not none", COMPARISON, facts)
    return Condition(f"{name} is none", COMPARISON, NOTHING, facts)


def negated(condition: Condition) -> Condition:
    text = f"not {condition.at(NOT)}"
    return Condition(text, NOT, condition.if_false, condition.if_true, condition.plain)


def both(left: Condition, right: Condition) -> Condition:
    text = f"{left.at(AND)} and {right.at(AND)}"
    plain = left.plain or right.plain
    if_true = NOTHING if plain else left.if_true | right.if_true
    return Condition(text, AND, if_true, left.if_false & right.if_false, plain)


def either(left: Condition, right: Condition) -> Condition:
    text = f"{left.at(OR)} or {right.at(OR)}"
    plain = left.plain or right.plain
    if_false = NOTHING if plain else left.if_false | right.if_false
    return Condition(text, OR, left.if_true & right.if_true, if_false, plain)
