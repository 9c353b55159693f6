"""The general engine: atoms, the rules over masks, the tables that the prelude decides by.

What is proved, and why it is enough (`ARCHITECTURE.md` has the argument):

1. On a complete request `_known`, `_known_of_data` and `_apply` give, for each rule, whether it
   applies, and whether the request is permitted, as the policy says.
2. Each row of `_ATOMS` stands for one atom of the policy and each atom has one; each row of
   `_RULES` lists just the atoms of its scope and of the rule.
3. Over free atoms `_apply` is the policy's rules, so also in completions in which a comparison is
   a free boolean. Where only 1 can be shown, the module is *safe*: then masks of atoms that no
   live rule reads, which the prelude leaves empty, must change nothing either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from privity.model.formula import Key, Linear, facts_of, read_by
from privity.symbolic.rules import in_scope
from privity.validate.abstract import (
    Atoms,
    atom_name,
    atoms_of_policy,
    free_decision,
    in_order,
    matched,
)
from privity.validate.apart import Apart, show_rules
from privity.validate.atoms import Known, differs_from_its_atom, known_atom
from privity.validate.circuit import Gate
from privity.validate.execute import Machine
from privity.validate.findings import Finding, RefusalError
from privity.validate.operate import Raise
from privity.validate.proof import Obligation, Proof, Show, hidden, whole
from privity.validate.table_rows import DutyRow, RuleRow, Tables
from privity.validate.values import Mask, Row, Truth, Value, Whole
from privity.validate.world import World


@dataclass(frozen=True, slots=True)
class Masks:
    """What `_apply` gives; the rules in the order of `_RULES`."""

    permitted: Gate
    rules: tuple[Gate, ...]


@dataclass
class Engine:
    machine: Machine
    tables: Tables
    proof: Proof
    show: Show
    """How to show a request for which the rules are wrong."""
    findings: list[Finding] = field(default_factory=list)
    raising: list[tuple[int, Raise]] = field(default_factory=list)
    """Which atom's function may raise, and where."""

    @property
    def world(self) -> World:
        return self.machine.world

    @cached_property
    def policy_atoms(self) -> Atoms:
        return atoms_of_policy(self.world.policy)

    @cached_property
    def known(self) -> list[Known]:
        found = []
        for number, row in enumerate(self.tables.atoms):
            before = len(self.machine.do.raises)
            try:
                found.append(known_atom(row, self.machine))
            except RefusalError as error:
                self.findings.append(error.finding)
            self.raising += [(number, one) for one in self.machine.do.raises[before:]]
        return found

    # -------------------------------------------------------------- what is proved

    def prove(self) -> bool:
        """Whether all of it is proved exactly; what is not accepted is among the findings."""
        known = self.known
        sound = self.prove_atoms(known)
        self.prove_deadlines()
        if len(known) < len(self.tables.atoms):
            return False
        self.require_split(known)
        if self.tables.apart:
            return self.prove_apart(known, sound)
        self.prove_complete(known)
        numbers = self.numbers(known)
        if numbers is None or self.findings or self.tables.findings:
            return False
        return self.proves_free(numbers) or self.prove_zeroed(known)

    def prove_atoms(self, known: Sequence[Known]) -> bool:
        """Each function is its atom, of every value of its variables."""
        obligations = [
            Obligation(
                differs_from_its_atom(one, self.world),
                one.row.line,
                f"{one.row.said} is not what its row in `_ATOMS` says",
            )
            for one in known
        ]
        raised = self.raised()
        if raised and not self.tables.apart:
            said = "no function of `_ATOMS` raises where a rule looks at it"
            self.proof.add(said, (), [self.raises(*one) for one in self.raising], self.show)
        said = "each function of `_ATOMS` is the comparison that its row describes"
        if self.tables.apart:
            said = "each row of `_ATOMS` is a comparison, each sum what the row says of it"
        return self.proof.add(said, (), [*obligations, *raised], hidden)

    def raises(self, number: int, one: Raise) -> Obligation:
        """The function of an atom raises, and a rule that lists the atom may match."""
        policy, scene = self.world.policy, self.world.scene
        rules = (row.rule for row in self.tables.rules if number in row.atoms)
        terms = (in_scope(rule.scope, policy, scene) for rule in rules)
        circuit = self.world.circuit
        gate = circuit.both(one.gate, circuit.either(*map(circuit.term, terms)))
        return Obligation(gate, one.line, f"line {one.line} {one.what}", code="may-raise")

    def prove_apart(self, known: Sequence[Known], sound: bool) -> bool:
        """Each rule by itself; the prelude puts them together."""
        numbers = self.numbers(known)
        if numbers is None or not sound or self.tables.findings:
            self.show_rules(known)
        if numbers is None:
            return False
        apart = Apart(self.world, self.tables, known, numbers, self.policy_atoms, self.proof)
        proved = apart.prove()
        return proved and not self.findings

    def show_rules(self, known: Sequence[Known]) -> None:
        """Where something is wrong with atoms or rows: a request on which a rule shows it."""
        atoms = {in_order(atom, self.world) for atom in self.policy_atoms.numbers}
        odd = {n for n, one in enumerate(known) if in_order(one.atom, self.world) not in atoms}
        rules = self.tables.rules
        first = [row for row in rules if not odd.isdisjoint(row.atoms)]
        show_rules(self.tables, first or rules, known, self.proof)

    def prove_complete(self, known: Sequence[Known]) -> None:
        masks = self.apply(self.truths(known))
        circuit, names = self.world.circuit, self.world.scene.names
        rules = self.world.policy.rules
        obligations = [
            Obligation(
                circuit.differ(mask, circuit.term(names.applies(rule.name))),
                self.line("apply"),
                f"the rule `{rule.name}` applies where the policy says that it does not, or not "
                "where it does",
            )
            for mask, rule in zip(masks.rules, rules, strict=True)
        ]
        permits = circuit.term(names.permits())
        said = "what is permitted is not what the policy permits"
        permitted = Obligation(circuit.differ(masks.permitted, permits), self.line("apply"), said)
        raised = self.raised()
        said = "on every complete request the rules apply, and permit, as the policy says"
        self.proof.add(said, self.world.decided, [permitted, *obligations, *raised], self.show)

    def raised(self) -> list[Obligation]:
        found = [
            Obligation(one.gate, one.line, f"line {one.line} {one.what}", code="may-raise")
            for one in self.machine.do.raises
        ]
        self.machine.do.raises.clear()
        return found

    def require_split(self, known: Sequence[Known]) -> None:
        """Before `about_data` no atom reads the data: it is computed once for all categories."""
        for one in known[: self.tables.about_data]:
            if 0 in one.row.reads:
                said = "an atom that reads the data stands before `about_data`"
                self.findings.append(Finding("changed-table", one.row.line, said))

    def truths(self, known: Sequence[Known]) -> list[Gate]:
        """What `_known` and `_known_of_data` give, which must be the atoms' own truths."""
        read = {number for one in known for number in one.row.reads} | {0}
        keys = self.world.keys
        values = self.world.values.known(
            Row(
                tuple(
                    self.world.complete(key) if number in read else self.world.partial(key)
                    for number, key in enumerate(keys)
                )
            )
        )
        split = self.tables.about_data
        found = [
            *self.row(self.run("known", [values]), split),
            *self.row(self.run("known_of_data", [values]), len(known) - split),
        ]
        return [self.truth(value, one) for value, one in zip(found, known, strict=True)]

    def truth(self, value: Value, known: Known) -> Gate:
        never = self.world.circuit.false
        match value:
            case Value(missing, none, Truth(gate)) if missing is never and none is never:
                if gate is not known.gate:
                    said = f"`{known.row.test}` stands in another place, or reads other values"
                    gate_ = self.world.circuit.differ(gate, known.gate)
                    one = Obligation(gate_, self.line("known"), said)
                    self.proof.add("the atoms are computed in order", (), [one], hidden)
                return gate
            case _:
                raise RefusalError(
                    "not-in-subset", self.line("known"), "an atom that is no boolean"
                )

    def run(self, use: str, arguments: Sequence[Value]) -> Value:
        function = self.tables.functions.get(use, "")
        if function not in self.machine.functions:
            raise RefusalError("changed-table", None, f"there is no function `{use}`")
        self.machine.do.line = self.line(use)
        return self.machine.value(function, arguments)

    def line(self, use: str) -> int:
        function = self.machine.functions.get(self.tables.functions.get(use, ""))
        return 0 if function is None else function.lineno

    def row(self, value: Value, length: int | None) -> tuple[Value, ...]:
        if not isinstance(value.some, Row) or value.none is not self.world.circuit.false:
            raise RefusalError("not-in-subset", None, "a function that gives no tuple")
        if length is not None and len(value.some.items) != length:
            said = f"a tuple of {len(value.some.items)} where {length} belong"
            raise RefusalError("changed-table", self.line("known"), said)
        return value.some.items

    def apply(self, truths: Sequence[Gate]) -> Masks:
        """The rules over these truths of the atoms."""
        split = self.tables.about_data
        known = self.world.values.known
        masks = [known(Mask(gate)) for gate in truths]
        arguments = [
            known(Row(tuple(masks[:split]))),
            known(Row(tuple(masks[split:]))),
            known(Mask(self.world.circuit.true)),
        ]
        permitted, forbids, permits = self.row(self.run("apply", arguments), 3)
        rules = self.world.policy.rules
        found = {
            effect: iter(self.row(value, sum(rule.effect == effect for rule in rules)))
            for effect, value in (("forbid", forbids), ("permit", permits))
        }
        ordered = tuple(self.mask(next(found[rule.effect])) for rule in rules)
        return Masks(self.mask(permitted), ordered)

    def mask(self, value: Value) -> Gate:
        match value.some:
            case Mask(gate) if value.none is self.world.circuit.false:
                return gate
            case Whole(Linear((), 0)):
                return self.world.circuit.false
            case _:
                raise RefusalError("not-in-subset", self.line("apply"), "what is no mask")

    # -------------------------------------------------------------- rows, free atoms

    def numbers(self, known: Sequence[Known]) -> list[int] | None:
        """The policy's atom of each row; the rows of rules must list just theirs."""
        found = matched([one.atom for one in known], self.policy_atoms, self.world)
        if found is None:
            self.findings += self.unmatched(known)
            return None
        for row in self.tables.rules:
            for name, listed, wanted in (
                ("scope", row.scope, self.policy_atoms.of_scope(row.rule)),
                ("atoms", row.atoms, self.policy_atoms.of_rule(row.rule)),
            ):
                if {found[number] for number in listed} != wanted:
                    said = f"`{name}` of the rule `{row.rule.name}` does not list its atoms"
                    self.findings.append(Finding("changed-table", row.line, said))
        return found

    def unmatched(self, known: Sequence[Known]) -> Iterator[Finding]:
        atoms = [in_order(atom, self.world) for atom in self.policy_atoms.numbers]
        for one in known:
            atom = in_order(one.atom, self.world)
            if atom in atoms:
                atoms.remove(atom)
            else:
                said = f"the row of {one.row.said} stands for no comparison of the policy"
                yield Finding("changed-table", one.row.line, said)
        for atom in atoms:
            keys = ", ".join(sorted(read_by(atom)))
            yield Finding("changed-table", None, f"`_ATOMS` lacks a comparison about {keys}")

    def proves_free(self, numbers: Sequence[int]) -> bool:
        """Whether `_apply` is the policy's rules whatever the truth of the atoms."""
        circuit, world = self.world.circuit, self.world
        masks = self.apply([circuit.term(atom_name(number)) for number in numbers])
        names = [f"applies.{rule.name}.free" for rule in world.policy.rules]
        gates = [
            circuit.differ(masks.permitted, circuit.term("permits.free")),
            *(circuit.differ(m, circuit.term(n)) for m, n in zip(masks.rules, names, strict=True)),
        ]
        commands = free_decision(self.policy_atoms, world.scene)
        said = "for any truth of the comparisons, free ones included, the rules are the policy's"
        return self.proof.holds(said, commands, gates)

    def prove_zeroed(self, known: Sequence[Known]) -> bool:
        """Masks that the prelude leaves empty change nothing. False: what is shown is not exact."""
        circuit, world = self.world.circuit, self.world
        zeroes = [circuit.term(f"zero.{number}") for number in range(len(known))]
        truths = [
            circuit.both(one.gate, circuit.negation(zero))
            for one, zero in zip(known, zeroes, strict=True)
        ]
        allowed = circuit.both(
            *(
                circuit.negation(circuit.both(zeroes[n], self.live(row, known)))
                for row in self.tables.rules
                for n in row.atoms
            )
        )
        masks = self.apply(truths)
        names = world.scene.names
        pairs = [(masks.permitted, names.permits())]
        rules = zip(masks.rules, world.policy.rules, strict=True)
        pairs += [(mask, names.applies(rule.name)) for mask, rule in rules]
        line = self.line("apply")
        said = "an atom that a rule does not list changes whether it applies"
        obligations = [
            Obligation(circuit.both(allowed, circuit.differ(mask, circuit.term(n))), line, said)
            for mask, n in pairs
        ]
        declared = [f"(declare-const zero.{n} Bool)" for n in range(len(known))]
        said = "what no live rule reads changes nothing"
        self.proof.add(said, (*declared, *self.world.decided), obligations, hidden)
        return False

    def live(self, row: RuleRow, known: Sequence[Known]) -> Gate:
        return self.world.circuit.both(*(known[number].gate for number in row.scope))

    # -------------------------------------------------------------- deadlines

    def prove_deadlines(self) -> None:
        """Each deadline is the policy's day; first where it is owed, so that it shows."""
        circuit, names = self.world.circuit, self.world.scene.names
        always, owed = [], []
        for rule in self.tables.rules:
            applies = circuit.term(names.applies(rule.rule.name))
            for duty in rule.duties:
                try:
                    one = self.deadline(duty)
                except RefusalError as error:
                    self.findings.append(error.finding)
                    continue
                some = [circuit.negation(self.world.complete(k).none) for k in self.read(duty)]
                due = circuit.both(*some, applies, circuit.term(names.permits()), one.gate)
                always.append(one)
                owed.append(replace(one, gate=due))
        said = "every deadline is the day that the policy says"
        if not owed or self.proof.add(f"{said}, where it is owed", self.world.decided, owed, whole):
            self.proof.add(said, (), [*always, *self.raised()], hidden)

    def read(self, row: DutyRow) -> list[Key]:
        return [self.world.keys[number] for number in row.reads]

    def deadline(self, row: DutyRow) -> Obligation:
        keys = self.read(row)
        wanted = row.duty.deadline
        assert wanted is not None
        if set(keys) != facts_of(wanted.terms):
            said = f"the deadline of `{row.duty.name}` does not read what the policy's does"
            raise RefusalError("changed-table", row.line, said)
        if row.function not in self.machine.functions:
            raise RefusalError("changed-table", row.line, f"there is no `{row.function}`")
        some = [self.world.values.known(self.world.complete(key).some) for key in keys]
        value = self.machine.value(row.function, some)
        never = self.world.circuit.false
        if not isinstance(value.some, Whole) or value.none is not never:
            raise RefusalError("not-in-subset", row.line, f"`{row.function}` gives no day")
        same = self.world.compared(value.some.linear, "=", wanted)
        gate = never if value.some.linear == wanted else self.world.circuit.negation(same)
        return Obligation(gate, row.line, f"the deadline of `{row.duty.name}` is another day")
