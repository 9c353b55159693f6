"""The fast path: what `_settle` decides without the general engine.

A request is partial here: for each variable a boolean says whether it is stated, and where it is
not, Python sees MISSING. Wherever a decision is returned, in every completion, those in which a
comparison of missing values is a free boolean included, its outcome must be the policy's, its
rules must apply, and no other rule that applies may owe duties; on a complete request no other
rule of the winning effect may apply at all. Where that is so of every completion, the decision is
the very one of the semantics, else some rule may be left unnamed. Returning None decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privity.model.formula import Key, Plain, facts_of
from privity.model.nodes import BooleanType, Fact, Rule
from privity.validate.abstract import Atoms, partial_decision
from privity.validate.circuit import Gate
from privity.validate.execute import Machine
from privity.validate.findings import RefusalError, Said
from privity.validate.frames import End
from privity.validate.proof import Obligation, Proof, stated
from privity.validate.table_rows import Decision, Tables
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

    def prove(self, atoms: Atoms) -> bool:
        """Whether it is proved exactly. Raises RefusalError for what is not in the subset."""
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
        proved = self.proof.add(
            said, defined, [*obligations, *raised], stated, self.beyond_the_tables()
        )
        said = "no rule that decides is left unnamed"
        return proved and self.proof.holds(said, defined, [self.unnamed(end) for end in ends])

    def beyond_the_tables(self) -> Gate:
        """The request in question lacks a role or a boolean fact that rules read: then nothing
        answers it before this does."""
        circuit, world = self.world.circuit, self.world
        read = world.policy.parts.read
        needed: set[Key] = {role for role in world.policy.roles if role != "data"}
        needed |= {f.key for f in world.policy.facts if _is_flag(f) and f.key in read}
        lacking = (circuit.negation(world.stated(key)) for key in world.keys if key in needed)
        return circuit.either(*lacking)

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
        outcome = decision.outcome
        named = tuple(rules[number].name for number in decision.rules)
        by = f"by {', '.join(named)}" if named else "by no rule"
        said = f"line {end.line} settles `{outcome}` {by} where the policy does not"
        gate = circuit.both(settled, circuit.negation(self.right(decision)))
        found = [Obligation(gate, end.line, said, module=Said(outcome, named))]
        if not owed:
            said = f"line {end.line} returns `{name}` without the deadlines of its duties"
            found.append(Obligation(circuit.both(settled, self.due(decision)), end.line, said))
        return found

    def due(self, decision: Decision) -> Gate:
        """A deadline of its duties can be computed."""
        circuit, world = self.world.circuit, self.world
        gates = []
        for number in decision.rules:
            for duty in world.policy.rules[number].duties:
                if duty.deadline is not None:
                    facts = sorted(facts_of(duty.deadline.terms))
                    known = (world.values.is_some(world.partial(fact)) for fact in facts)
                    gates.append(circuit.both(*known))
        return circuit.either(*gates)

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
        """The outcome is the policy's, its rules apply, and no others that would have to be named:
        none that owe duties, and on a complete request none at all."""
        circuit, world = self.world.circuit, self.world
        complete = circuit.both(*(world.stated(key) for key in world.keys))
        permits = circuit.term("permits.partial")
        gates = [permits if decision.outcome == "permit" else circuit.negation(permits)]
        for number in decision.rules:
            rule = world.policy.rules[number]
            fits = (rule.effect == "permit") == (decision.outcome == "permit")
            gates.append(self.applies(rule) if fits else circuit.false)
        for rule in self.others(decision):
            never = circuit.negation(self.applies(rule))
            gates.append(
                never if rule.duties else circuit.either(circuit.negation(complete), never)
            )
        return circuit.both(*gates)

    def unnamed(self, end: End) -> Gate:
        """A rule decides that the returned decision does not name."""
        circuit = self.world.circuit
        settled = circuit.both(end.reached, circuit.negation(end.value.none))
        if settled is circuit.false:
            return circuit.false
        decision = self.tables.decisions[self.decided(end)[0]]
        return circuit.both(settled, circuit.either(*map(self.applies, self.others(decision))))

    def others(self, decision: Decision) -> list[Rule]:
        """The rules of the winning effect that it does not name."""
        effect = "permit" if decision.outcome == "permit" else "forbid"
        rules = enumerate(self.world.policy.rules)
        return [rule for n, rule in rules if rule.effect == effect and n not in decision.rules]

    def applies(self, rule: Rule) -> Gate:
        return self.world.circuit.term(f"applies.{rule.name}.partial")

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


def _is_flag(fact: Fact) -> bool:
    return isinstance(fact.type, BooleanType) and not fact.optional
