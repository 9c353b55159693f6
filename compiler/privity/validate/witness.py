"""A request on which a fault in the rules shows, though the fast path answers most requests.

A model of the solver is a complete request for which the rules are wrong. Where `_settle` decides
it, and rightly, the module as a whole answers as it should; then one fact is left out that
`_settle` asks for, so that the general engine answers, which tries all values of that fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from privity.model.formula import Key, Linear, Plain
from privity.model.nodes import BooleanType, Outcome, Rule
from privity.symbolic import factory
from privity.symbolic.factory import Term
from privity.validate.circuit import Gate
from privity.validate.execute import Machine
from privity.validate.findings import Difference, Reference, RefusalError, Said
from privity.validate.proof import Obligation
from privity.validate.settle import Settling
from privity.validate.table_rows import AtomRow, Tables
from privity.validate.values import Mask, Row, Truth, Value, Whole
from privity.validate.world import Model, Question, World

MOST_TRIED = 6

Stated = Mapping[Key, Plain]


@dataclass
class Witness:
    """`reference` is what the definition says, where the caller has it at hand."""

    machine: Machine
    tables: Tables
    settling: Settling | None
    reference: Reference | None
    defined: tuple[str, ...]
    """The commands that obligations rest on."""

    @property
    def world(self) -> World:
        return self.machine.world

    def show(self, one: Obligation, model: Model) -> Difference:
        """A request on which the whole module differs; else the model's, hidden."""
        before, self.machine.do.raises = self.machine.do.raises, []
        try:
            for stated, values in self.candidates(one, model):
                self.machine.do.raises.clear()
                said = self.says(stated)
                if said is not None and not self.is_right(stated, said):
                    return Difference(stated, values, said)
        except RefusalError:
            pass
        finally:
            self.machine.do.raises = before
        return Difference(model.values, model.values, None, hidden=True)

    def candidates(self, one: Obligation, model: Model) -> Iterator[tuple[Stated, Stated]]:
        """Requests, each with a completion for which the rules are wrong."""
        yield model.values, model.values
        gate = self.world.circuit.both(one.gate, self.open())
        more = Question((gate,), self.defined)
        for _ in range(MOST_TRIED):
            found = next(self.world.ask(more, most=1), None)
            if not isinstance(found, Model):
                return
            yield found.partial, found.values
            more = Question((gate,), self.defined, (*more.given, self.unlike(found)))

    def open(self) -> Gate:
        """The general engine decides the request in question, which lacks at most one value, of
        few that there are."""
        circuit = self.world.circuit
        gates = [] if self.settling is None else [circuit.negation(self.settling.settled())]
        lacking = []
        for key in self.world.keys:
            missing = circuit.negation(self.world.stated(key))
            if self.cells(key):
                lacking.append(missing)
            else:
                gates.append(self.world.stated(key))
        for number, first in enumerate(lacking):
            rest = circuit.either(*lacking[number + 1 :])
            gates.append(circuit.negation(circuit.both(first, rest)))
        return circuit.both(*gates)

    def unlike(self, model: Model) -> Term:
        """Another request: other roles, or other facts missing."""
        terms = [
            f"(= {self.world.scene.names.variable(role)} {model.values[role]})"
            for role in self.world.policy.roles
        ]
        for key in self.world.keys:
            stated = self.world.circuit.text(self.world.stated(key))
            terms.append(stated if key in model.stated else factory.negation(stated))
        return factory.negation(factory.conjunction(terms))

    def is_right(self, stated: Stated, said: Said) -> bool:
        return self.reference is not None and self.reference(stated) == said

    def says(self, stated: Stated) -> Said | None:
        """What the module answers, if the general engine does and one value is missing at most."""
        if self.settling is not None and self.settling.settles(stated):
            return None
        missing = [key for key in self.world.keys if key not in stated]
        whole = not any(key in self.read for key in missing)
        filled = {key: self.cells(key)[0] for key in missing[1:]}
        cells: Sequence[Plain] = self.cells(missing[0]) if missing else (None,)
        cases = []
        for cell in cells[:1] if whole else cells:
            values = {**stated, **filled, **({missing[0]: cell} if missing else {})}
            read = None if whole else self.looked_at(stated)
            cases.append(self.case(values, read))
        if any(one.gate is self.world.circuit.true for one in self.machine.do.raises):
            return Said("unknown", (), raises=True)
        return _together(cases, self.world.policy.rules)

    def cells(self, key: Key) -> Sequence[Plain]:
        """All values of a variable that has few; of the others none."""
        fact = self.world.policy.fact_by_key.get(key)
        none: tuple[Plain, ...] = (None,) if fact is not None and fact.optional else ()
        if key in self.world.sizes:
            return (*none, *range(self.world.sizes[key]))
        if fact is not None and isinstance(fact.type, BooleanType):
            return (*none, False, True)
        return ()

    def looked_at(self, stated: Stated) -> frozenset[int]:
        """The atoms of the rules whose scope may match; the prelude takes the others for false."""
        found: set[int] = set()
        for row in self.tables.rules:
            keys = {number: self.world.keys[self.atoms[number].reads[0]] for number in row.scope}
            known = [number for number, key in keys.items() if key in stated]
            if all(self.holds(self.atoms[number], stated) for number in known):
                found.update(row.atoms)
        return frozenset(found)

    def holds(self, row: AtomRow, values: Stated) -> bool:
        found = self.atom(row, values).some
        return isinstance(found, Truth) and found.gate is self.world.circuit.true

    def case(self, values: Stated, read: frozenset[int] | None) -> tuple[bool, tuple[bool, ...]]:
        """Whether one completion is permitted, and which rules apply to it.

        Where nothing is missing that is read, the prelude asks for all atoms at once, else for
        those in `read`.
        """
        world = self.world
        known = world.values.known
        if read is None:
            given = known(Row(tuple(world.literal(key, values[key]) for key in world.keys)))
            atoms = self.masks(self.items(self.run("known", given)))
            about = self.masks(self.items(self.run("known_of_data", given)))
        else:
            split, no = self.tables.about_data, world.values.truth(world.circuit.false)
            rows = enumerate(self.atoms)
            each = [self.atom(row, values) if n in read else no for n, row in rows]
            atoms, about = self.masks(each[:split]), self.masks(each[split:])
        permitted, forbids, permits = self.items(
            self.run("apply", atoms, about, known(Mask(world.circuit.true)))
        )
        rules = {"forbid": self.truths(forbids), "permit": self.truths(permits)}
        order = tuple(next(rules[rule.effect]) for rule in world.policy.rules)
        return self.truth(permitted), order

    @property
    def atoms(self) -> Sequence[AtomRow]:
        return self.tables.atoms

    @cached_property
    def read(self) -> frozenset[Key]:
        """What any atom reads; whether the rest is stated does not count."""
        return frozenset(self.world.keys[n] for row in self.atoms for n in row.reads)

    def atom(self, row: AtomRow, values: Stated) -> Value:
        if row.test is None:
            raise RefusalError("changed-table", row.line, "an atom without its function")
        keys = [self.world.keys[number] for number in row.reads]
        return self.machine.value(row.test, [self.world.literal(key, values[key]) for key in keys])

    def items(self, value: Value) -> Sequence[Value]:
        assert isinstance(value.some, Row)
        return value.some.items

    def run(self, use: str, *arguments: Value) -> Value:
        return self.machine.value(self.tables.functions[use], arguments)

    def masks(self, values: Sequence[Value]) -> Value:
        """Truths as masks of one completion."""
        known = self.world.values.known
        gates = [item.some.gate for item in values if isinstance(item.some, Truth)]
        return known(Row(tuple(known(Mask(gate)) for gate in gates)))

    def truths(self, value: Value) -> Iterator[bool]:
        return (self.truth(item) for item in self.items(value))

    def truth(self, value: Value) -> bool:
        match value.some:
            case Mask(gate):
                return gate is self.world.circuit.true
            case Whole(Linear((), 0)):
                return False
            case _:
                raise RefusalError("not-in-subset", None, "what is no mask")


def _together(cases: Sequence[tuple[bool, tuple[bool, ...]]], rules: Sequence[Rule]) -> Said:
    """What is said of all completions."""
    permitted = [case[0] for case in cases]
    outcome: Outcome = "permit" if all(permitted) else "unknown" if any(permitted) else "deny"
    winning = {"permit": "permit", "deny": "forbid"}.get(outcome, "")
    named = tuple(
        rule.name
        for number, rule in enumerate(rules)
        if rule.effect == winning and all(case[1][number] for case in cases)
    )
    return Said(outcome, named)
