"""One policy's requests as the solver's constants, and questions about them.

A model of the declarations is a complete request, with a free boolean for each variable that
says whether the request in question states it: every pair of a partial request and one of its
completions is a model, and nothing else is. Calendar shifts apart, for which there are more
models, never fewer; a model that the calendar does not allow is refined away, or nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from privity.model.calendar import shift
from privity.model.formula import Formula, Key, Linear, Plain, Quantity
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    Policy,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.symbolic import factory, months
from privity.symbolic.encode import Scene, Shared, encode, encode_linear
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.requests import declare_fact, declare_roles, read_facts, read_roles
from privity.symbolic.rules import decision
from privity.symbolic.solver import (
    Answer,
    GaveUp,
    Limits,
    Result,
    Satisfiable,
    Session,
    Unsatisfiable,
)
from privity.validate.circuit import Circuit, Gate
from privity.validate.values import Leaves, Some, Truth, Value, Values, Whole, Words

MOST_REFINEMENTS = 64


@dataclass(frozen=True, slots=True)
class Model:
    """A complete request, what of it is stated, and which of the questions it answers."""

    values: Mapping[Key, Plain]
    stated: frozenset[Key]
    yes: tuple[int, ...]
    answer: Answer

    @property
    def partial(self) -> dict[Key, Plain]:
        """What the request in question states."""
        return {key: value for key, value in self.values.items() if key in self.stated}


@dataclass(frozen=True, slots=True)
class Question:
    """Is there a request for which one of `gates` holds?

    `defined` are commands that define what the gates' terms speak of; `given` is asserted.
    """

    gates: tuple[Gate, ...]
    defined: tuple[str, ...] = ()
    given: tuple[Term, ...] = ()


@dataclass
class World:
    policy: Policy
    limits: Limits
    circuit: Circuit = field(default_factory=Circuit)
    refinements: dict[Term, None] = field(default_factory=dict)
    """What has been learnt of calendar shifts; true, so that every later question has it too."""
    asked: int = 0
    _complete: dict[Key, Value] = field(default_factory=dict)

    @cached_property
    def scene(self) -> Scene:
        return Scene(Names(), self.policy.fact_by_key, Shared())

    @cached_property
    def values(self) -> Values:
        return Values(self.circuit)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The variables in the order of a module: roles, then facts."""
        return (*self.policy.roles, *(fact.key for fact in self.policy.facts))

    @cached_property
    def place(self) -> Mapping[Key, int]:
        return {key: number for number, key in enumerate(self.keys)}

    @cached_property
    def sizes(self) -> Mapping[Key, int]:
        """How many leaves the variables have that have one of them."""
        found: dict[Key, int] = {role: len(t.leaves) for role, t in self.policy.roles.items()}
        for fact in self.policy.facts:
            if isinstance(fact.type, TaxonomyType):
                found[fact.key] = len(self.policy.taxonomies[fact.type.taxonomy].leaves)
        return found

    @cached_property
    def decided(self) -> tuple[str, ...]:
        """The commands that define what the policy says of the completion; long, so made late."""
        return tuple(decision(self.policy, self.policy.rules_in_order, self.scene))

    # -------------------------------------------------------------- values

    def stated(self, key: Key) -> Gate:
        """Whether the request in question states a variable; the data it always does."""
        if key == "data":
            return self.circuit.true
        return self.circuit.term(f"stated.{self.place[key]}")

    def complete(self, key: Key) -> Value:
        """A variable's value in the completion."""
        if key not in self._complete:
            self._complete[key] = self._completed(key)
        return self._complete[key]

    def _completed(self, key: Key) -> Value:
        fact = self.policy.fact_by_key.get(key)
        none = self.circuit.false
        if fact is not None and fact.optional:
            none = self.circuit.term(self.scene.names.none(key))
        return Value(self.circuit.false, none, self._some(key))

    def partial(self, key: Key) -> Value:
        """Its value in the request in question, perhaps MISSING."""
        whole, stated = self.complete(key), self.stated(key)
        return Value(
            self.circuit.negation(stated), self.circuit.both(stated, whole.none), whole.some
        )

    def _some(self, key: Key) -> Some:
        names = self.scene.names
        fact = self.policy.fact_by_key.get(key)
        match None if fact is None else fact.type:
            case BooleanType():
                return Truth(self.circuit.term(names.boolean(key)))
            case TextType():
                return Words(names.variable(key))
            case SetType(taxonomy):
                leaves = range(len(self.policy.taxonomies[taxonomy].leaves))
                return Leaves(tuple(self.circuit.term(names.member(key, n)) for n in leaves))
            case _:
                return Whole(Linear(((1, key),), 0))

    def literal(self, key: Key, value: Plain) -> Value:
        """A value of a variable, given."""
        match value:
            case None:
                return self.values.none
            case bool():
                return self.values.truth(self.circuit.constant(value))
            case int():
                return self.values.number(value)
            case str():
                return self.values.known(Words(str(self.scene.shared.text(value))))
            case frozenset():
                leaves = range(len(self.policy.taxonomy_of(key).leaves))
                held = tuple(self.circuit.constant(leaf in value) for leaf in leaves)
                return self.values.known(Leaves(held))

    # -------------------------------------------------------------- terms

    def holds(self, formula: Formula) -> Gate:
        """The policy's own word on a condition, by the mirror of its semantics."""
        return self.circuit.term(encode(formula, self.scene))

    def compared(self, left: Linear, sign: str, right: Linear) -> Gate:
        """`left` <= or = `right`, as it is written: nothing is moved from side to side."""
        term = f"({sign} {encode_linear(left, self.scene)} {encode_linear(right, self.scene)})"
        return self.circuit.term(term)

    def reach(self, linear: Linear) -> tuple[int, int] | None:
        """Bounds of a sum over all requests; None where a date may leave the calendar."""
        low = high = linear.constant
        for coefficient, quantity in linear.terms:
            found = self._reach(quantity)
            if found is None:
                return None
            ends = sorted((coefficient * found[0], coefficient * found[1]))
            low, high = low + ends[0], high + ends[1]
        return low, high

    def _reach(self, quantity: Quantity) -> tuple[int, int] | None:
        if isinstance(quantity, str):
            return self._bounds(quantity)
        inner = self.reach(quantity.of)
        first, last = months.EARLIEST.toordinal(), months.LATEST.toordinal()
        if inner is None or inner[0] < first or inner[1] > last:
            return None
        try:
            # A shift is monotone.
            moved = shift(inner[0], quantity.months), shift(inner[1], quantity.months)
        except (ValueError, OverflowError):
            return None
        return None if moved[0] < first or moved[1] > last else moved

    def _bounds(self, key: Key) -> tuple[int, int] | None:
        if key in self.sizes:
            return 0, self.sizes[key] - 1
        fact = self.policy.fact_by_key.get(key)
        match None if fact is None else fact.type:
            case DateType():
                return FIRST_DAY.toordinal(), LAST_DAY.toordinal()
            case IntegerType(low, high) | DurationType(low, high):
                return low, high
            case _:
                # A number that was chosen on the way: its bounds are not looked for.
                return None

    # -------------------------------------------------------------- questions

    def ask(self, question: Question, *, most: int = 8) -> Iterator[Model | GaveUp]:
        """Requests for which one of the question's gates holds, each gate once, up to `most`.

        Nothing comes iff there is no such request.
        """
        never = self.circuit.false
        left = [number for number, gate in enumerate(question.gates) if gate is not never]
        while left and most:
            found = self._search(question, left)
            if isinstance(found, Unsatisfiable):
                return
            yield found
            if isinstance(found, GaveUp):
                return
            left = [number for number in left if number not in found.yes]
            most -= 1

    def _search(self, question: Question, left: Sequence[int]) -> Model | GaveUp | Unsatisfiable:
        for _ in range(MOST_REFINEMENTS):
            result = self._solve(question, left)
            if not isinstance(result, Satisfiable):
                return result
            more = self._unlike_the_calendar(result.values)
            if not more:
                return self._model(result.values, left)
            if not set(more) - self.refinements.keys():
                return GaveUp("a model does not keep to the calendar")
            self.refinements |= dict.fromkeys(more)
        return GaveUp("calendar months were refined too often")

    def _solve(self, question: Question, left: Sequence[int]) -> Result:
        self.asked += 1
        text = self.circuit.text
        wanted = {number: question.gates[number] for number in left}
        lines = [
            "(set-logic QF_LIA)",
            *self.declarations(),
            *question.defined,
            *self.circuit.definitions(wanted.values()),
            *(f"(declare-const ask.{n} Bool)" for n in left),
            *(f"(assert (= ask.{n} {text(gate)}))" for n, gate in wanted.items()),
            *(f"(assert {term})" for term in (*self.refinements, *question.given)),
            f"(assert {factory.disjunction(f'ask.{n}' for n in left)})",
        ]
        return Session("\n".join(lines), self.limits).check()

    def declarations(self) -> Iterator[str]:
        """The constants that stand for the completion, for what is stated, for shifts."""
        names = self.scene.names
        yield from declare_roles(self.policy, names)
        for fact in self.policy.facts:
            yield from declare_fact(self.policy, fact, names)
        for number, key in enumerate(self.keys):
            if key != "data":
                yield f"(declare-const stated.{number} Bool)"
        yield from months.declarations(self.scene.shared.shifts)

    def _unlike_the_calendar(self, answer: Answer) -> list[Term]:
        """What the calendar says of the shifts that a model gets wrong."""
        found = []
        for (day, count), name in self.scene.shared.shifts.items():
            value, moved = answer.get(f"{name}.day"), answer.get(name)
            if value is None or moved is None or shift(int(value), count) != moved:
                near = months.EARLIEST.toordinal() if value is None else int(value)
                found.append(months.refinement(day, count, name, near))
        return found

    def _model(self, answer: Answer, left: Iterable[int]) -> Model:
        facts, shared, names = self.policy.facts, self.scene.shared, self.scene.names
        values = read_roles(self.policy, answer, names)
        values |= read_facts(self.policy, facts, answer, names, shared)
        stated = frozenset(
            key for n, key in enumerate(self.keys) if key == "data" or answer.get(f"stated.{n}")
        )
        yes = tuple(number for number in left if answer.get(f"ask.{number}"))
        return Model(values, stated, yes, answer)
