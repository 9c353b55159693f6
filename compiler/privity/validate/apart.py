"""Rules apart: a policy too large for one `_apply` has the conditions of each rule in its row.

Conditions are numbers of atoms, nested: in a tuple all hold, in a tuple inside one does, and so
on in turn; `~n` says that atom n does not hold. Scopes, yields and what follows from them are the
prelude's, from the rows; so each row's conditions are compared with its own rule alone, over free
atoms, whatever their truth: that is more than all requests, partial ones with their free
comparisons included. First by the normal form of gates, and where that does not show it, by the
solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from privity.model.formula import And, Atom, Constant, Defined, Formula, Not, Or
from privity.model.nodes import Rule
from privity.symbolic.rules import in_scope
from privity.validate.abstract import Atoms, atom_name
from privity.validate.atoms import Known
from privity.validate.circuit import Gate
from privity.validate.findings import Difference
from privity.validate.literals import Ref
from privity.validate.proof import Obligation, Proof, hidden, whole
from privity.validate.table_rows import RuleRow, Tables
from privity.validate.world import Model, Question, World

BATCH = 400
"""Rules that are asked about in one question."""
SAID = "for any truth of the comparisons, free ones included, the conditions of each rule are the "


@dataclass
class Rows:
    """The conditions of rows as gates, from the gate of each row of `_ATOMS`."""

    world: World
    tables: Tables
    atoms: Sequence[Gate]
    _named: dict[tuple[str, bool], Gate] = field(default_factory=dict)

    def gate(self, parts: tuple[object, ...], every: bool = True) -> Gate:
        """That all parts hold; where not `every`, that one does."""
        circuit = self.world.circuit
        gates = [self._part(part, not every) for part in parts]
        return circuit.both(*gates) if every else circuit.either(*gates)

    def _part(self, part: object, every: bool) -> Gate:
        match part:
            case int():
                if part >= 0:
                    return self.atoms[part]
                return self.world.circuit.negation(self.atoms[~part])
            case Ref(name):
                if (name, every) not in self._named:
                    self._named[name, every] = self.gate(self.tables.parts[name], every)
                return self._named[name, every]
            case _:
                assert isinstance(part, tuple)
                return self.gate(part, every)

    def scope(self, row: RuleRow) -> Gate:
        return self.world.circuit.both(*(self.atoms[number] for number in row.scope))

    def conditions(self, row: RuleRow) -> Gate:
        return self.gate(row.conditions or ())


@dataclass
class Apart:
    """`numbers` has the policy's atom of each row of `_ATOMS`."""

    world: World
    tables: Tables
    known: Sequence[Known]
    numbers: Sequence[int]
    atoms: Atoms
    proof: Proof
    _opened: dict[tuple[str, bool], Gate] = field(default_factory=dict)

    def prove(self) -> bool:
        """Whether the conditions of every row are its rule's; else findings say where not."""
        free = Rows(self.world, self.tables, [self._free(number) for number in self.numbers])
        left = [(row, gate) for row in self.tables.rules if (gate := self._wrong(free, row))]
        for first in range(0, len(left), BATCH):
            if not self._proved(left[first : first + BATCH]):
                return False
        self.proof.statements.append(f"{SAID}policy's")
        return True

    def _wrong(self, free: Rows, row: RuleRow) -> Gate | None:
        """That a row is not its rule, of its scope; None where it obviously is."""
        circuit = self.world.circuit
        found = circuit.differ(free.conditions(row), self._conditions(row.rule))
        if found is circuit.false:
            return None
        found = circuit.both(free.scope(row), found)
        return None if found is circuit.false else found

    def _proved(self, left: Sequence[tuple[RuleRow, Gate]]) -> bool:
        """Whether the solver refutes that these are wrong; a request shows it, where one can."""
        world = self.world
        obligations = [Obligation(gate, row.line, _said(row)) for row, gate in left]
        declared = [f"(declare-const {atom_name(n)} Bool)" for n in self.atoms.numbers.values()]
        if self.proof.holds(SAID, declared, [gate for _, gate in left]):
            self.proof.statements.remove(SAID)
            return True
        decided = world.decided
        real = Rows(world, self.tables, [one.gate for one in self.known])
        shown = [Obligation(self._unlike(real, row), row.line, _said(row), rule=row.rule.name)
                 for row, _ in left]  # fmt: skip
        complete = "on complete requests the conditions of each rule are the policy's"
        if self.proof.add(complete, decided, shown, partial(_shown, world, decided)):
            self.proof.statements.remove(complete)
            self.proof.add(SAID, declared, obligations, hidden)
        return False

    def _unlike(self, real: Rows, row: RuleRow) -> Gate:
        """That on a complete request in its scope a row is not its rule, which does not yield."""
        circuit, world, rule = self.world.circuit, self.world, row.rule
        conditions = circuit.both(
            world.holds(rule.when), circuit.negation(world.holds(rule.unless))
        )
        stronger = circuit.either(*(_applies(name, world) for name in rule.yields_to))
        scope = circuit.term(in_scope(rule.scope, world.policy, world.scene))
        wrong = circuit.differ(real.conditions(row), conditions)
        return circuit.both(scope, wrong, circuit.negation(stronger))

    def _free(self, number: int) -> Gate:
        return self.world.circuit.term(atom_name(number))

    # -------------------------------------------------------------- the policy's conditions

    def _conditions(self, rule: Rule) -> Gate:
        return self.world.circuit.both(self._gate(rule.when, True), self._gate(rule.unless, False))

    def _gate(self, formula: Formula, holds: bool) -> Gate:
        """That the condition holds, or that it does not, over free atoms.

        Definitions are opened, each once; contraries stand at atoms, as they do in rows.
        """
        circuit = self.world.circuit
        match formula:
            case Constant(value):
                return circuit.constant(value is holds)
            case Defined(name):
                if (name, holds) not in self._opened:
                    opened = self.world.policy.definitions[name].formula
                    self._opened[name, holds] = self._gate(opened, holds)
                return self._opened[name, holds]
            case Not(operand):
                return self._gate(operand, not holds)
            case And(operands) | Or(operands):
                parts = [self._gate(operand, holds) for operand in operands]
                every = isinstance(formula, And) is holds
                return circuit.both(*parts) if every else circuit.either(*parts)
            case atom:
                gate = self._atom(atom)
                return gate if holds else circuit.negation(gate)

    def _atom(self, atom: Atom) -> Gate:
        return self._free(self.atoms.numbers[atom])


def _said(row: RuleRow) -> str:
    return f"the row of `{row.rule.name}` has other conditions than the policy"


def show_rules(
    tables: Tables,
    rows: Sequence[RuleRow],
    known: Sequence[Known],
    proof: Proof,
) -> None:
    """Where a row or an atom is wrong: requests for which a rule is so by it."""
    world, circuit = proof.world, proof.world.circuit
    real = Rows(world, tables, [one.gate for one in known])
    obligations = []
    for row in rows[:BATCH]:
        names = (world.policy.rules[number].name for number in row.yields)
        stronger = circuit.either(*(_applies(name, world) for name in names))
        module = circuit.both(real.scope(row), real.conditions(row), circuit.negation(stronger))
        gate = circuit.differ(module, _applies(row.rule.name, world))
        said = f"`{row.rule.name}` applies where the policy says that it does not, or not where"
        obligations.append(Obligation(gate, row.line, f"{said} it does", rule=row.rule.name))
    decided = world.decided
    show = partial(_shown, world, decided)
    proof.add("every rule is right whatever its atoms are", decided, obligations, show)


def _applies(rule: str, world: World) -> Gate:
    return world.circuit.term(world.scene.names.applies(rule))


def _shown(world: World, decided: tuple[str, ...], one: Obligation, model: Model) -> Difference:
    """A complete request that the rule decides, or would decide, if there is one."""
    rules = world.policy.rules
    if one.rule is None:
        return hidden(one, model)
    forbids: list[Gate] = []
    if world.policy.rule_by_name[one.rule].effect == "permit":
        forbids = [_applies(rule.name, world) for rule in rules if rule.effect == "forbid"]
    gate = world.circuit.both(one.gate, world.circuit.negation(world.circuit.either(*forbids)))
    found = next(world.ask(Question((gate,), decided), most=1), None)
    return whole(one, found) if isinstance(found, Model) else hidden(one, model)
