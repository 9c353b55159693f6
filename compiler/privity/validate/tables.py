"""The tables of a module: atoms, rules, the program, the decisions that paths end in.

What a table says of the policy's words (names, labels, citations, duties, the default) must be
the policy's; what it says of functions is kept for the proofs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from privity.model.nodes import Duty, Policy, Rule
from privity.validate.findings import Finding, RefusalError
from privity.validate.literals import Made, Ref, Row, literal, names_in, row, rows, same
from privity.validate.module import Module

_ATOM: dict[str, object] = {
    "kind": ..., "reads": ..., "test": ..., "text": "", "total": None, "bounds": (),
    "unsteady": (),
}  # fmt: skip
_RULE: dict[str, object] = {
    "effect": ..., "name": ..., "label": ..., "citations": ..., "scope": ..., "atoms": ...,
    "holds": None, "mask": None, "duties": (), "yields": (),
}  # fmt: skip
_DUTY: dict[str, object] = {"name": ..., "label": ..., "reads": (), "deadline": None}
_PROGRAM: dict[str, object] = {
    "policy": Ref("POLICY"), "sha256": Ref("SHA256"), "generator": Ref("GENERATOR"),
    "validator": Ref("VALIDATOR"),
    "claims": Ref("CLAIMS_PROVED"), "variables": Ref("_VARIABLES"), "atoms": Ref("_ATOMS"),
    "rules": Ref("_RULES"),
}  # fmt: skip
_FUNCTIONS = ("known", "known_of_data", "apply", "settle")
ROWS = {"_Atom": _ATOM, "_Rule": _RULE, "_Duty": _DUTY}
"""The rows that the prelude makes, with their fields in order and the defaults of these."""
BUILT = ("_Variable", "_Atom", "_Rule", "_Duty", "_Program", "_decided", "_numbers")
"""What tables may call, besides `tuple` and `dict`."""


@dataclass(frozen=True, slots=True)
class AtomRow:
    line: int
    kind: str
    reads: tuple[int, ...]
    test: str
    text: str
    total: str | None
    bounds: tuple[int, ...]
    unsteady: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DutyRow:
    """Only of duties with a deadline: the function that computes it, and the policy's duty."""

    line: int
    reads: tuple[int, ...]
    function: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class RuleRow:
    line: int
    scope: tuple[int, ...]
    atoms: tuple[int, ...]
    duties: tuple[DutyRow, ...]
    rule: Rule
    holds: str | None
    mask: str | None
    """Its functions, where rules are apart."""
    yields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A constant of decisions, by data category; `rules` are numbers in the order of `_RULES`."""

    line: int
    outcome: Literal["permit", "deny"]
    rules: tuple[int, ...]


@dataclass
class Tables:
    atoms: list[AtomRow] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)
    """The function that the program has for each of its uses: `known`, `apply` and so on."""
    about_data: int = 0
    decisions: dict[str, Decision] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def apart(self) -> bool:
        """Rules have functions of their own: there is none for all of them."""
        return not self.functions.keys() & {"known", "known_of_data", "apply"}


def read_tables(module: Module, policy: Policy) -> Tables:
    """The tables, with all that is wrong with them among the findings."""
    tables = Tables()
    reader = _Reader(module, policy, tables)
    for part in (reader.atoms, reader.rules, reader.program, reader.decisions, reader.order):
        try:
            part()
        except RefusalError as error:
            tables.findings.append(error.finding)
    return tables


@dataclass
class _Reader:
    module: Module
    policy: Policy
    tables: Tables

    def wrong(self, line: int | None, said: str, rule: str | None = None) -> None:
        self.tables.findings.append(Finding("changed-table", line, said, rule=rule))

    def table(self, name: str, function: str, fields: Mapping[str, object]) -> list[Row]:
        if name not in self.module.tables:
            raise RefusalError("changed-table", None, f"there is no table `{name}`")
        return list(rows(self.module.tables[name], function, fields))

    # -------------------------------------------------------------- atoms

    def atoms(self) -> None:
        for found in self.table("_ATOMS", "_Atom", _ATOM):
            test, total = found["test"], found["total"]
            kind, text = found["kind"], found["text"]
            if not isinstance(test, Ref) or not (total is None or isinstance(total, Ref)):
                raise RefusalError("changed-table", found.line, "an atom without its function")
            if not isinstance(kind, str) or not isinstance(text, str):
                raise RefusalError("changed-table", found.line, "an atom of no kind")
            self.tables.atoms.append(
                AtomRow(
                    found.line,
                    kind,
                    _numbers(found, "reads", len(self.variables)),
                    test.name,
                    text,
                    None if total is None else total.name,
                    _numbers(found, "bounds", None),
                    _numbers(found, "unsteady", len(self.variables)),
                )
            )

    @cached_property
    def variables(self) -> Sequence[str]:
        return [*self.policy.roles, *(fact.key for fact in self.policy.facts)]

    # -------------------------------------------------------------- rules

    def rules(self) -> None:
        found = self.table("_RULES", "_Rule", _RULE)
        for one, rule in zip(found, self.policy.rules, strict=False):
            self.rule(one, rule)
        if len(found) != len(self.policy.rules):
            said = f"`_RULES` has {len(found)} rows, the policy {len(self.policy.rules)} rules"
            raise RefusalError("changed-table", self.module.lines["_RULES"], said)

    def rule(self, found: Row, rule: Rule) -> None:
        wanted: dict[str, object] = {
            "effect": rule.effect,
            "name": rule.name,
            "label": rule.label,
            "citations": tuple(dict.fromkeys(map(str, rule.citations))),
        }
        for name, value in wanted.items():
            if not same(found[name], value):
                said = f"`{name}` of the rule `{rule.name}` is not the policy's"
                self.wrong(found.line, said, None if name == "label" else rule.name)
        scope = _numbers(found, "scope", len(self.tables.atoms))
        atoms = _numbers(found, "atoms", len(self.tables.atoms))
        duties = tuple(self.duties(found, rule))
        holds, mask = self.function(found, "holds"), self.function(found, "mask")
        yields = _numbers(found, "yields", len(self.policy.rules))
        row = RuleRow(found.line, scope, atoms, duties, rule, holds, mask, yields)
        self.tables.rules.append(row)
        self.require_yields(row)

    def function(self, found: Row, name: str) -> str | None:
        match found[name]:
            case None:
                return None
            case Ref(function):
                return function
            case _:
                raise RefusalError("changed-table", found.line, f"`{name}` is no function")

    def require_yields(self, row: RuleRow) -> None:
        """Stated where the rule has functions of its own, and only there."""
        rules = self.policy.rules
        apart = row.holds is not None or row.mask is not None
        wanted = row.rule.yields_to if apart else ()
        if sorted(rules[number].name for number in row.yields) != sorted(wanted):
            said = f"`yields` of the rule `{row.rule.name}` is not what the policy says"
            self.wrong(row.line, said)

    def duties(self, found: Row, rule: Rule) -> Iterator[DutyRow]:
        stated = found["duties"]
        if not isinstance(stated, tuple) or len(stated) != len(rule.duties):
            self.wrong(found.line, f"the duties of `{rule.name}` are not the policy's", rule.name)
            return
        for item, duty in zip(stated, rule.duties, strict=True):
            one = row(item, "_Duty", _DUTY, found.line)
            deadline = one["deadline"]
            fits = isinstance(deadline, Ref) if duty.deadline is not None else deadline is None
            if not (same(one["name"], duty.name) and same(one["label"], duty.label) and fits):
                said = f"the duty `{duty.name}` of `{rule.name}` is not the policy's"
                self.wrong(one.line, said, rule.name)
            elif isinstance(deadline, Ref):
                reads = _numbers(one, "reads", len(self.variables))
                yield DutyRow(one.line, reads, deadline.name, duty)

    # -------------------------------------------------------------- program, decisions

    def program(self) -> None:
        if "_PROGRAM" not in self.module.tables:
            raise RefusalError("changed-table", None, "there is no `_PROGRAM`")
        node = self.module.tables["_PROGRAM"]
        found = literal(node)
        if not isinstance(found, Made) or found.function != "_Program" or found.arguments:
            raise RefusalError("changed-table", node.lineno, "`_PROGRAM` is no `_Program`")
        wanted = {**_PROGRAM, "default": self.policy.otherwise}
        for name, value in found.named:
            if name == "settle" and value is None:
                # A policy may be too large to have one.
                continue
            if name in _FUNCTIONS and isinstance(value, Ref):
                self.tables.functions[name] = value.name
            elif name == "about_data" and type(value) is int:
                self.tables.about_data = value
            elif name not in wanted or not same(wanted.pop(name), value):
                self.wrong(node.lineno, f"`{name}` of `_PROGRAM` is not as it must be")
        needed = () if self.tables.apart else ("known", "known_of_data", "apply")
        lacking = [name for name in needed if name not in self.tables.functions]
        for name in (*wanted, *lacking):
            self.wrong(node.lineno, f"`_PROGRAM` lacks `{name}`")
        if any((row.holds is not None) != self.tables.apart for row in self.tables.rules) or any(
            (row.mask is not None) != self.tables.apart for row in self.tables.rules
        ):
            self.wrong(node.lineno, "rules have functions of their own, or not, all of them")

    def decisions(self) -> None:
        for name, node in self.module.tables.items():
            if name in ("_VARIABLES", "_ATOMS", "_RULES", "_PROGRAM"):
                continue
            match literal(node):
                case Made(
                    "_decided", (Ref("_PROGRAM"), "permit" | "deny" as outcome, (*numbers,)), ()
                ):
                    rules = tuple(number for number in numbers if type(number) is int)
                    if rules != tuple(numbers) or list(rules) != sorted(set(rules)):
                        self.wrong(node.lineno, f"the rules of `{name}` are not in order")
                    elif rules and not 0 <= rules[0] <= rules[-1] < len(self.policy.rules):
                        self.wrong(node.lineno, f"`{name}` names a rule that is not there")
                    else:
                        self.tables.decisions[name] = Decision(node.lineno, outcome, rules)
                case _:
                    raise RefusalError("not-in-subset", node.lineno, f"the table `{name}`")

    def order(self) -> None:
        """What a table speaks of has to be there when the module is imported."""
        for name, node in self.module.tables.items():
            for used in names_in(literal(node)):
                if used in BUILT or used in ("tuple", "dict") or used in self.module.header:
                    continue
                line = self.module.lines.get(used)
                if line is None or line >= self.module.lines[name]:
                    said = f"`{name}` speaks of `{used}`, which is not there yet"
                    raise RefusalError("changed-table", node.lineno, said)


def _numbers(found: Row, name: str, end: int | None) -> tuple[int, ...]:
    """A tuple of whole numbers, from 0 to less than `end` where that is given, none twice."""
    value = found[name]
    if not isinstance(value, tuple) or not all(type(number) is int for number in value):
        raise RefusalError("changed-table", found.line, f"`{name}` is no tuple of numbers")
    if end is not None and (len(set(value)) < len(value) or not all(0 <= n < end for n in value)):
        raise RefusalError("changed-table", found.line, f"`{name}` names what is not there")
    return value
