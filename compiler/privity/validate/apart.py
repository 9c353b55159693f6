"""Rules apart: a policy too large for one `_apply` has two functions for each rule.

`holds` decides the conditions of a rule on a complete request whose roles lie in its scope, with
no variable missing that the rule's row reads; `mask` is the same for all completions, from the
masks of the atoms that the row lists, and no others are there. Scopes, yields and what follows
from them are the prelude's, from the rows. So each function is compared with its own rule alone:
first by the normal form of gates, and where that does not show it, by the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from privity.model.formula import And, Atom, Constant, Defined, Formula, Not, Or
from privity.model.nodes import Rule
from privity.symbolic.rules import definitions, in_scope
from privity.validate.abstract import Atoms, atom_name
from privity.validate.atoms import Known
from privity.validate.circuit import Gate
from privity.validate.execute import Machine
from privity.validate.findings import Difference, Finding, RefusalError
from privity.validate.proof import Obligation, Proof, hidden, whole
from privity.validate.tables import RuleRow
from privity.validate.values import Mask, Masks, Row, Truth, Value
from privity.validate.world import Model, Question, World

BATCH = 400
"""Rules that are asked about in one question."""


@dataclass
class Apart:
    """`numbers` has the policy's atom of each row of `_ATOMS`."""

    machine: Machine
    rows: Sequence[RuleRow]
    known: Sequence[Known]
    numbers: Sequence[int]
    atoms: Atoms
    proof: Proof
    decided: tuple[str, ...]
    """The commands that define what the policy says of the completion."""
    findings: list[Finding] = field(default_factory=list)
    _opened: dict[tuple[str, str], Gate] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.machine.world

    def prove(self) -> bool:
        """Whether every rule's two functions are its conditions."""
        holds = self._proved("on complete requests", self._holds)
        masks = self._proved("for any truth of the comparisons, free ones included,", self._mask)
        return holds and masks

    def _proved(self, where: str, gate: Callable[[RuleRow], Obligation]) -> bool:
        left: list[Obligation] = []
        for row in self.rows:
            try:
                one = gate(row)
            except RefusalError as error:
                self.findings.append(error.finding)
                continue
            left += [one] if one.gate is not self.world.circuit.false else []
        left += self._raised()
        said = f"{where} the conditions of each rule are the policy's"
        batches = [left[n : n + BATCH] for n in range(0, len(left), BATCH)]
        defined = tuple(self._definitions())
        for number, batch in enumerate(batches, 1):
            if not self.proof.add(
                f"{said} ({number} of {len(batches)})", defined, batch, self._show
            ):
                return False
        self.proof.statements = [s for s in self.proof.statements if not s.startswith(said)]
        self.proof.statements.append(said)
        return True

    def _show(self, one: Obligation, model: Model) -> Difference:
        names = self.world.scene.names
        yields = self.world.policy.rule_by_name[one.rule].yields_to if one.rule else ()
        stronger = (self.world.circuit.term(names.applies(name)) for name in yields)
        free = self.world.circuit.negation(self.world.circuit.either(*stronger))
        narrowed = replace(one, gate=self.world.circuit.both(one.gate, free))
        return _shown(self.world, self.decided, narrowed, model)

    def _raised(self) -> Iterator[Obligation]:
        for one in self.machine.do.raises:
            yield Obligation(one.gate, one.line, f"line {one.line} {one.what}", code="may-raise")
        self.machine.do.raises.clear()

    def _definitions(self) -> Iterator[str]:
        policy = self.world.policy
        conditions = [f for rule in policy.rules for f in (rule.when, rule.unless)]
        yield from definitions(policy, conditions, self.world.scene)
        yield from (f"(declare-const {atom_name(n)} Bool)" for n in self.atoms.numbers.values())

    # -------------------------------------------------------------- complete requests

    def _holds(self, row: RuleRow) -> Obligation:
        circuit, world = self.world.circuit, self.world
        self.machine.reads.clear()
        value = self._run(row, row.holds, [self._values])
        if not isinstance(value.some, Truth) or not self._is_definite(value):
            raise RefusalError("not-in-subset", row.line, f"`{row.holds}` gives no boolean")
        listed = {number for atom in row.atoms for number in self.known[atom].row.reads}
        if not self.machine.reads <= listed | set(range(len(world.policy.roles))):
            said = f"`{row.holds}` reads what the row of `{row.rule.name}` does not list"
            raise RefusalError("changed-table", row.line, said)
        wanted = self._conditions(row.rule, self._known_gate, "h")
        scope = circuit.term(in_scope(row.rule.scope, world.policy, world.scene))
        gate = circuit.differ(value.some.gate, wanted)
        if gate is not circuit.false:
            # By the mirror of the semantics, instead of by the atoms.
            unless = circuit.negation(world.holds(row.rule.unless))
            conditions = circuit.both(world.holds(row.rule.when), unless)
            gate = circuit.both(scope, circuit.differ(value.some.gate, conditions))
        said = f"`{row.holds}` is not the conditions of `{row.rule.name}`"
        return Obligation(gate, self._line(row.holds), said, rule=row.rule.name)

    @cached_property
    def _values(self) -> Value:
        """A complete request."""
        complete = tuple(self.world.complete(key) for key in self.world.keys)
        return self.world.values.known(Row(complete))

    def _known_gate(self, atom: Atom) -> Gate:
        return self._gates[self.atoms.numbers[atom]]

    @cached_property
    def _gates(self) -> dict[int, Gate]:
        """The function of each atom of the policy; that it is the atom is proved by itself."""
        return {n: one.gate for n, one in zip(self.numbers, self.known, strict=True)}

    # -------------------------------------------------------------- masks

    def _mask(self, row: RuleRow) -> Obligation:
        circuit, known = self.world.circuit, self.world.values.known
        free = self._free
        masks = known(Masks({number: free[number] for number in row.atoms}))
        gate = self._gate(self._run(row, row.mask, [masks, known(Mask(circuit.true))]), row)
        wanted = self._conditions(row.rule, self._free_gate, "m")
        scope = circuit.both(*(free[number] for number in row.scope))
        wrong = circuit.both(scope, circuit.differ(gate, wanted))
        said = f"`{row.mask}` is not the conditions of `{row.rule.name}`"
        return Obligation(wrong, self._line(row.mask), said)

    @cached_property
    def _free(self) -> list[Gate]:
        return [self.world.circuit.term(atom_name(number)) for number in self.numbers]

    def _free_gate(self, atom: Atom) -> Gate:
        return self.world.circuit.term(atom_name(self.atoms.numbers[atom]))

    def _gate(self, value: Value, row: RuleRow) -> Gate:
        if not self._is_definite(value):
            raise RefusalError("not-in-subset", row.line, f"`{row.mask}` gives no mask")
        return self.machine.do.mask(value)

    # -------------------------------------------------------------- the policy's conditions

    def _conditions(self, rule: Rule, of: Callable[[Atom], Gate], kind: str) -> Gate:
        circuit = self.world.circuit
        unless = circuit.negation(self._opened_gate(rule.unless, of, kind))
        return circuit.both(self._opened_gate(rule.when, of, kind), unless)

    def _opened_gate(self, formula: Formula, of: Callable[[Atom], Gate], kind: str) -> Gate:
        """The condition with its definitions opened, each once."""
        circuit = self.world.circuit
        match formula:
            case Constant(value):
                return circuit.constant(value)
            case Defined(name):
                if (kind, name) not in self._opened:
                    opened = self.world.policy.definitions[name].formula
                    self._opened[kind, name] = self._opened_gate(opened, of, kind)
                return self._opened[kind, name]
            case Not(operand):
                return circuit.negation(self._opened_gate(operand, of, kind))
            case And(operands):
                return circuit.both(*(self._opened_gate(one, of, kind) for one in operands))
            case Or(operands):
                return circuit.either(*(self._opened_gate(one, of, kind) for one in operands))
            case atom:
                return of(atom)

    # -------------------------------------------------------------- functions

    def _run(self, row: RuleRow, function: str | None, arguments: Sequence[Value]) -> Value:
        if function is None or function not in self.machine.functions:
            said = f"the rule `{row.rule.name}` lacks a function"
            raise RefusalError("changed-table", row.line, said)
        self.machine.do.line = self._line(function)
        return self.machine.value(function, arguments)

    def _is_definite(self, value: Value) -> bool:
        never = self.world.circuit.false
        return value.none is never and value.missing is never

    def _line(self, function: str | None) -> int:
        found = self.machine.functions.get(function or "")
        return 0 if found is None else found.lineno


def show_rules(
    machine: Machine,
    rows: Sequence[RuleRow],
    known: Sequence[Known],
    proof: Proof,
    decided: tuple[str, ...],
) -> None:
    """Where a row or the function of an atom is wrong: requests for which a rule is so by it."""
    world, circuit = machine.world, machine.world.circuit
    values = world.values.known(Row(tuple(world.complete(key) for key in world.keys)))
    obligations = []
    for row in rows[:BATCH]:
        if row.holds is None or row.holds not in machine.functions:
            continue
        found = machine.value(row.holds, [values])
        if isinstance(found.some, Truth):
            scope = circuit.both(*(known[number].gate for number in row.scope))
            names = (world.policy.rules[number].name for number in row.yields)
            stronger = circuit.either(*(_applies(name, world) for name in names))
            module = circuit.both(scope, found.some.gate, circuit.negation(stronger))
            gate = circuit.differ(module, _applies(row.rule.name, world))
            said = f"`{row.rule.name}` applies where the policy says that it does not, or not where"
            obligations.append(Obligation(gate, row.line, f"{said} it does", rule=row.rule.name))
    machine.do.raises.clear()
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
