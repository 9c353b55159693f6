"""Conditions as shared gates: built by folding, printed as SMT-LIB definitions, one for each gate.

A gate stands for a condition over one request. Gates are interned and put in a normal form
(flat, sorted, constants folded, the leaves of one variable collected), so that conditions that
are obviously the same are one object. What is not obvious is for the solver to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from privity.symbolic import factory
from privity.symbolic.factory import Term

WIDEST = 48
"""Gates with more parts stay whole in others, or a long chain of `or` would cost its square."""

Kind = Literal["constant", "term", "leaf", "not", "and", "or", "xor"]


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """`number` is the order of creation, in which operands come before what is made of them.

    `term` is the text of a constant or of a term; `leaves` those that the variable `term`, a
    number from 0 to `size` - 1, may be.
    """

    number: int
    kind: Kind
    term: Term = ""
    parts: tuple[Gate, ...] = ()
    leaves: frozenset[int] = frozenset()
    size: int = 0


class Circuit:
    """Makes gates. The constructors are total; the same arguments give the same gate."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Gate] = {}
        self._choices: list[tuple[int, str, Gate, Term, Term]] = []
        self.true = self._gate("constant", factory.TRUE)
        self.false = self._gate("constant", factory.FALSE)

    def constant(self, value: bool) -> Gate:
        return self.true if value else self.false

    def term(self, text: Term) -> Gate:
        """A condition that is written out in SMT-LIB."""
        if text in (factory.TRUE, factory.FALSE):
            return self.constant(text == factory.TRUE)
        return self._gate("term", text)

    def leaf(self, variable: Term, leaves: Iterable[int], size: int) -> Gate:
        """`variable`, which is at least 0 and less than `size`, is one of `leaves`."""
        kept = frozenset(leaf for leaf in leaves if 0 <= leaf < size)
        if len(kept) in (0, size):
            return self.constant(bool(kept))
        return self._gate("leaf", variable, leaves=kept, size=size)

    def negation(self, gate: Gate) -> Gate:
        match gate.kind:
            case "constant":
                return self.constant(gate is self.false)
            case "not":
                return gate.parts[0]
            case "leaf":
                return self.leaf(gate.term, frozenset(range(gate.size)) - gate.leaves, gate.size)
            case _:
                return self._gate("not", parts=(gate,))

    def both(self, *gates: Gate) -> Gate:
        """All of them; of none, true."""
        kept = [gate for gate in gates if gate is not self.true]
        if len(kept) < 2:
            return kept[0] if kept else self.true
        return self.false if self.false in kept else self._join("and", kept, self.true, self.false)

    def either(self, *gates: Gate) -> Gate:
        """One of them at least; of none, false."""
        kept = [gate for gate in gates if gate is not self.false]
        if len(kept) < 2:
            return kept[0] if kept else self.false
        return self.true if self.true in kept else self._join("or", kept, self.false, self.true)

    def choose(self, condition: Gate, then: Gate, otherwise: Gate) -> Gate:
        against = self.negation(condition)
        if then is otherwise:
            return then
        if then is condition:
            return self.either(condition, otherwise)
        if then is against:
            return self.both(against, otherwise)
        if otherwise is condition:
            return self.both(condition, then)
        if otherwise is against:
            return self.either(against, then)
        return self.either(self.both(condition, then), self.both(against, otherwise))

    def differ(self, left: Gate, right: Gate) -> Gate:
        if left is right:
            return self.false
        for one, other in ((left, right), (right, left)):
            if one.kind == "constant":
                return other if one is self.false else self.negation(other)
        if left is self.negation(right):
            return self.true
        first, second = sorted((left, right), key=_number)
        return self._gate("xor", parts=(first, second))

    def value(self, gate: Gate, of: Callable[[Gate], bool | None]) -> bool | None:
        """What a gate comes to where `of` gives the truth of terms and leaves; None if unknown."""
        match gate.kind:
            case "constant":
                return gate is self.true
            case "term" | "leaf":
                return of(gate)
            case _:
                parts = [self.value(part, of) for part in gate.parts]
                if None in parts:
                    return None
                match gate.kind:
                    case "not":
                        return not parts[0]
                    case "and":
                        return all(parts)
                    case "or":
                        return any(parts)
                    case "xor":
                        return parts[0] is not parts[1]

    def whole(self, condition: Gate, then: Term, otherwise: Term) -> str:
        """The name of a whole number that is `then` or `otherwise`."""
        for _, name, known, left, right in self._choices:
            if known is condition and (left, right) == (then, otherwise):
                return name
        number = len(self._made)
        name = f"whole.{number}"
        # Takes a number of its own, so that it is defined between what it needs and needs it.
        self._made[("whole", name)] = self.true
        self._choices.append((number, name, condition, then, otherwise))
        return name

    def _join(
        self, kind: Literal["and", "or"], gates: Iterable[Gate], unit: Gate, zero: Gate
    ) -> Gate:
        kept: dict[Gate, None] = {}
        sets: dict[tuple[Term, int], frozenset[int]] = {}
        for gate in self._flat(kind, gates):
            if gate is zero:
                return zero
            if gate.kind == "leaf":
                place = gate.term, gate.size
                known = sets.get(place)
                joined = (
                    gate.leaves
                    if known is None
                    else (known & gate.leaves if kind == "and" else known | gate.leaves)
                )
                sets[place] = joined
            elif gate is not unit:
                kept[gate] = None
        for (variable, size), leaves in sets.items():
            gate = self.leaf(variable, leaves, size)
            if gate is zero:
                return zero
            if gate is not unit:
                kept[gate] = None
        if any(gate.kind == "not" and gate.parts[0] in kept for gate in kept):
            return zero
        parts = tuple(sorted(kept, key=_number))
        return parts[0] if len(parts) == 1 else self._gate(kind, parts=parts) if parts else unit

    def _flat(self, kind: Kind, gates: Iterable[Gate]) -> Iterator[Gate]:
        for gate in gates:
            if gate.kind == kind and len(gate.parts) <= WIDEST:
                yield from gate.parts
            else:
                yield gate

    def _gate(
        self,
        kind: Kind,
        term: Term = "",
        parts: tuple[Gate, ...] = (),
        leaves: frozenset[int] = frozenset(),
        size: int = 0,
    ) -> Gate:
        key = (kind, term, tuple(part.number for part in parts), leaves, size)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Gate(len(self._made), kind, term, parts, leaves, size)
        return found

    # -------------------------------------------------------------- text

    def text(self, gate: Gate) -> Term:
        """The term that stands for a gate once `definitions` has defined what it is made of."""
        match gate.kind:
            case "constant" | "term":
                return gate.term
            case "leaf":
                return factory.member(gate.term, gate.leaves)
            case "not":
                return factory.negation(self.text(gate.parts[0]))
            case _:
                return f"gate.{gate.number}"

    def definitions(self, roots: Iterable[Gate]) -> Iterator[str]:
        """The commands that define all that `roots` are made of, in order."""
        needed = _reached([*roots, *(condition for _, _, condition, _, _ in self._choices)])
        lines: dict[int, str] = {}
        for gate in needed:
            if gate.kind in ("and", "or", "xor"):
                inner = " ".join(self.text(part) for part in gate.parts)
                name = f"gate.{gate.number}"
                lines[gate.number] = f"(define-fun {name} () Bool ({gate.kind} {inner}))"
        for number, name, condition, then, otherwise in self._choices:
            chosen = f"(ite {self.text(condition)} {then} {otherwise})"
            lines[number] = f"(define-fun {name} () Int {chosen})"
        return (lines[number] for number in sorted(lines))


def _reached(roots: Iterable[Gate]) -> Iterable[Gate]:
    found: dict[Gate, None] = {}
    waiting = list(roots)
    while waiting:
        gate = waiting.pop()
        if gate not in found:
            found[gate] = None
            waiting.extend(gate.parts)
    return found


def _number(gate: Gate) -> int:
    return gate.number
