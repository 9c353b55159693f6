"""The fast path: what `_settle` decides without the general engine.

A request is partial here: for each variable a boolean says whether it is stated, and where it is
not, Python sees MISSING. Wherever a decision is returned, its outcome must be the policy's and
its rules just those of the winning effect that apply, in every completion, those in which a
comparison of missing values is a free boolean included. Returning None decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privity.model.formula import Key, Plain
from privity.validate.abstract import Atoms, partial_decision
from privity.validate.circuit import Gate
from privity.validate.execute import Machine
from privity.validate.findings import RefusalError, Said
from privity.validate.frames import End
from privity.validate.proof import Obligation, Proof, stated
from privity.validate.tables import Decision, Tables
from privity.validate.values import Decided, Nothing, Program, Row, Value
from privity.validate.world import World


@dataclass
class Settling:
    machine: Machine
    tables: Tables
    proof: Proof

    @property
    def world(self) -> World:
        return self.machine.world

    def prove(self, atoms: Atoms) -> None:
        """Raises RefusalError where the functions are not in the subset."""
        function = self.tables.functions.get("settle", "")
        if function not in self.machine.functions:
            raise RefusalError("changed-table", None, "there is no function `settle`")
        ends = self.ends(function, self.partial())
        raises = Said("unknown", (), raises=True)
        raised = [
            Obligation(one.gate, one.line, f"line {one.line} {one.what}", "may-raise", raises)
            for one in self.machine.do.raises
        ]
        self.machine.do.raises.clear()
        obligations = [one for end in ends for one in self.obligations(end)]
        said = "what is settled from known facts is so, and by these rules, in every completion"
        defined = partial_decision(atoms, self.world)
        self.proof.add(said, defined, [*obligations, *raised], stated)

    def partial(self) -> Value:
        """The values of the request in question."""
        values = self.world.values
        return values.known(Row(tuple(self.world.partial(key) for key in self.world.keys)))

    def settled(self) -> Gate:
        """Whether the request in question is decided here. Raises RefusalError."""
        circuit = self.world.circuit
        ends = self.ends(self.tables.functions.get("settle", ""), self.partial())
        raised = [one.gate for one in self.machine.do.raises]
        self.machine.do.raises.clear()
        decided = [circuit.both(end.reached, circuit.negation(end.value.none)) for end in ends]
        return circuit.either(*decided, *raised)

    def ends(self, function: str, values: Value) -> list[End]:
        self.machine.request = values
        return self.machine.ends(function, [values], frozenset(self.machine.functions))

    def obligations(self, end: End) -> list[Obligation]:
        circuit = self.world.circuit
        settled = circuit.both(end.reached, circuit.negation(end.value.none))
        if settled is circuit.false:
            return []
        name, owed = self.decided(end)
        decision = self.tables.decisions[name]
        rules = self.world.policy.rules
        if not owed and any(d.deadline for n in decision.rules for d in rules[n].duties):
            said = f"line {end.line} returns `{name}` without the deadlines of its duties"
            return [Obligation(settled, end.line, said)]
        wrong = circuit.negation(self.right(decision))
        outcome = decision.outcome
        named = tuple(rules[number].name for number in decision.rules)
        by = f"by {', '.join(named)}" if named else "by no rule"
        said = f"line {end.line} settles `{outcome}` {by} where the policy does not"
        gate = circuit.both(settled, wrong)
        return [Obligation(gate, end.line, said, module=Said(outcome, named))]

    def decided(self, end: End) -> tuple[str, bool]:
        """The constant that is returned."""
        match end.value.some:
            case Decided(name, False, owed) if end.value.missing is self.world.circuit.false:
                if name in self.tables.decisions:
                    return name, owed
            case Nothing() | Program() | _:
                pass
        raise RefusalError("not-in-subset", end.line, "what is returned is no decision")

    def right(self, decision: Decision) -> Gate:
        """The outcome and the rules are the policy's."""
        circuit = self.world.circuit
        permits = circuit.term("permits.partial")
        permit = decision.outcome == "permit"
        effect = "permit" if permit else "forbid"
        gates = [permits if permit else circuit.negation(permits)]
        for number, rule in enumerate(self.world.policy.rules):
            applies = circuit.term(f"applies.{rule.name}.partial")
            if number in decision.rules:
                gates.append(applies if rule.effect == effect else circuit.false)
            elif rule.effect == effect:
                gates.append(circuit.negation(applies))
        return circuit.both(*gates)

    def settles(self, values: Mapping[Key, Plain]) -> bool:
        """Whether a request is decided here, and not left to the engine."""
        world = self.world
        given = [
            world.literal(key, values[key]) if key in values else world.values.missing
            for key in world.keys
        ]
        try:
            ends = self.ends(self.tables.functions["settle"], world.values.known(Row(tuple(given))))
        except RefusalError:
            return True
        raised = any(one.gate is world.circuit.true for one in self.machine.do.raises)
        self.machine.do.raises.clear()
        return raised or any(isinstance(end.value.some, Decided) for end in ends)
