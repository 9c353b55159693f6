"""The tables of a module: atoms, rules, the program, the decisions that paths end in.

What a table says of the policy's words (names, labels, citations, duties, the default) must be
the policy's; what it says of functions is kept for the proofs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from privity.model.nodes import Policy, Rule
from privity.validate.findings import Finding, RefusalError
from privity.validate.literals import Made, Ref, Row, literal, names_in, row, rows, same
from privity.validate.module import Module
from privity.validate.table_rows import AtomRow, Decision, DutyRow, RuleRow, Tables, atoms_in

_ATOM: dict[str, object] = {
    "kind": ..., "reads": ..., "test": ..., "text": "", "total": None, "bounds": (),
    "unsteady": (), "runs": (),
}  # fmt: skip
_RULE: dict[str, object] = {
    "effect": ..., "name": ..., "label": ..., "citations": ..., "scope": ..., "atoms": (),
    "conditions": None, "duties": (), "yields": (),
}  # fmt: skip
_DUTY: dict[str, object] = {"name": ..., "label": ..., "reads": (), "deadline": None}
_PROGRAM: dict[str, object] = {
    "policy": Ref("POLICY"), "sha256": Ref("SHA256"), "generator": Ref("GENERATOR"),
    "validator": Ref("VALIDATOR"),
    "claims": Ref("CLAIMS_PROVED"), "variables": Ref("_VARIABLES"), "atoms": Ref("_ATOMS"),
    "rules": Ref("_RULES"),
}  # fmt: skip
_TABLES = ("_VARIABLES", "_ATOMS", "_RULES", "_PROGRAM")
_FUNCTIONS = ("known", "known_of_data", "apply", "settle")
ROWS = {"_Atom": _ATOM, "_Rule": _RULE, "_Duty": _DUTY}
"""The rows that the prelude makes, with their fields in order and the defaults of these."""
_ONE: dict[str, object] = {"number": ...}
_TWO: dict[str, object] = {"left": ..., "right": ...}
_SUM: dict[str, object] = {"total": ..., "reads": ..., "bound": ..., "unsteady": ()}
MAKERS: dict[str, tuple[str, dict[str, object]]] = {
    "_if_true": ("holds", _ONE),
    "_if_none": ("is_none", _ONE),
    "_if_in": ("within", {**_ONE, "*runs": ...}),
    "_if_has": ("contains", {**_ONE, "*runs": ...}),
    "_if_text": ("text_is", {**_ONE, "text": ...}),
    "_if_same_leaf": ("same_leaf", _TWO),
    "_if_same_text": ("same_text", _TWO),
    "_if_at_most": ("sum", _SUM),
    "_if_equal": ("sum", _SUM),
}
"""The functions of the prelude that make atoms from numbers: their kinds and parameters."""
BUILT = (
    "_Variable", "_Atom", "_Rule", "_Duty", "_Program", "_decided", "_numbers", *MAKERS,
)  # fmt: skip
"""What tables may call, besides `tuple` and `dict`."""


def read_tables(module: Module, policy: Policy) -> Tables:
    """The tables, with all that is wrong with them among the findings."""
    tables = Tables()
    reader = _Reader(module, policy, tables)
    steps = (reader.atoms, reader.parts, reader.rules, reader.program, reader.decisions)
    for part in (*steps, reader.order):
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
        if "_ATOMS" not in self.module.tables:
            raise RefusalError("changed-table", None, "there is no table `_ATOMS`")
        node = self.module.tables["_ATOMS"]
        found = literal(node)
        if not isinstance(found, tuple):
            raise RefusalError("changed-table", node.lineno, "a table that is no tuple")
        for item in found:
            if isinstance(item, Made) and item.function in MAKERS:
                self.tables.atoms.append(self.made_atom(item))
            else:
                self.tables.atoms.append(self.atom(row(item, "_Atom", _ATOM, node.lineno)))

    def atom(self, found: Row) -> AtomRow:
        test, total = found["test"], found["total"]
        kind, text = found["kind"], found["text"]
        if not isinstance(test, Ref) or not (total is None or isinstance(total, Ref)):
            raise RefusalError("changed-table", found.line, "an atom without its function")
        if not isinstance(kind, str) or not isinstance(text, str) or found["runs"] != ():
            raise RefusalError("changed-table", found.line, "an atom of no kind")
        return AtomRow(
            found.line,
            kind,
            _numbers(found, "reads", len(self.variables)),
            test.name,
            text,
            None if total is None else total.name,
            _numbers(found, "bounds", None),
            _numbers(found, "unsteady", len(self.variables)),
        )

    def made_atom(self, item: Made) -> AtomRow:
        """An atom that the prelude makes from numbers."""
        kind, fields = MAKERS[item.function]
        if "*runs" in fields:
            first, runs = item.arguments[:1], item.arguments[1:]
            found = row(Made(item.function, first, item.named, item.line), item.function, _ONE, 0)
            return AtomRow(item.line, kind, self.reads(found, "number"), None, "", None, (), (),
                           _runs(runs, item.line))  # fmt: skip
        found = row(item, item.function, fields, item.line)
        if kind == "sum":
            return self.made_sum(found, item.function)
        text = found["text"] if "text" in fields else ""
        if not isinstance(text, str):
            raise RefusalError("changed-table", item.line, "a text that is none")
        names = [name for name in fields if name != "text"]
        reads = tuple(dict.fromkeys(n for name in names for n in self.reads(found, name)))
        return AtomRow(item.line, kind, reads, None, text, None, (), ())

    def made_sum(self, found: Row, function: str) -> AtomRow:
        total, bound = found["total"], found["bound"]
        if not isinstance(total, Ref) or not isinstance(bound, int) or type(bound) is not int:
            raise RefusalError("changed-table", found.line, "a sum without its function or bound")
        bounds = (bound - 1, bound) if function == "_if_equal" else (bound,)
        reads, unsteady = (_numbers(found, n, len(self.variables)) for n in ("reads", "unsteady"))
        return AtomRow(found.line, "sum", reads, None, "", total.name, bounds, unsteady)

    def reads(self, found: Row, name: str) -> tuple[int, ...]:
        number = found[name]
        if type(number) is not int or not 0 <= number < len(self.variables):
            raise RefusalError("changed-table", found.line, f"`{name}` is no variable")
        return (number,)

    def parts(self) -> None:
        """Tables of conditions: every table that is a tuple, besides those that a module has."""
        for name, node in self.module.tables.items():
            if name not in _TABLES and isinstance(node, ast.Tuple):
                value = literal(node)
                assert isinstance(value, tuple)
                self.require_conditions(value, node.lineno)
                self.tables.parts[name] = value

    def require_conditions(self, found: tuple[object, ...], line: int) -> None:
        """Numbers of atoms or their contraries, names of such tables before it, and tuples."""
        waiting = [found]
        while waiting:
            for part in waiting.pop():
                match part:
                    case tuple():
                        waiting.append(part)
                    case Ref(name) if name in self.tables.parts:
                        pass
                    case int() if type(part) is int and (
                        -len(self.tables.atoms) <= part < len(self.tables.atoms)
                    ):
                        pass
                    case _:
                        raise RefusalError("changed-table", line, "a condition of no known atom")

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
                # Labels are in no decision, and effects only in those of the general engine.
                shown = name in ("name", "citations")
                self.wrong(found.line, said, rule.name if shown else None)
        scope = _numbers(found, "scope", len(self.tables.atoms))
        atoms = _numbers(found, "atoms", len(self.tables.atoms))
        duties = tuple(self.duties(found, rule))
        conditions = found["conditions"]
        if isinstance(conditions, tuple):
            self.require_conditions(conditions, found.line)
            atoms = tuple(sorted({*scope, *atoms, *atoms_in(conditions, self.tables.parts)}))
        elif conditions is not None:
            raise RefusalError("changed-table", found.line, "`conditions` is no tuple")
        yields = _numbers(found, "yields", len(self.policy.rules))
        row = RuleRow(found.line, scope, atoms, duties, rule, conditions, yields)
        self.tables.rules.append(row)
        self.require_yields(row)

    def require_yields(self, row: RuleRow) -> None:
        """Stated where the rule has conditions of its own, and only there."""
        rules = self.policy.rules
        wanted = row.rule.yields_to if row.conditions is not None else ()
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
        apart = self.tables.apart
        if any((row.conditions is not None) is not apart for row in self.tables.rules) or any(
            (row.test is None) is not apart for row in self.tables.atoms
        ):
            self.wrong(node.lineno, "rules have conditions of their own, or not, all of them")

    def decisions(self) -> None:
        for name, node in self.module.tables.items():
            if name in _TABLES or name in self.tables.parts:
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


def _runs(found: tuple[object, ...], line: int) -> tuple[tuple[int, int], ...]:
    """Intervals of leaves, in order and apart."""
    runs, before = [], -1
    for item in found:
        match item:
            case (int(first), int(last)) if type(first) is int and type(last) is int:
                if before < first <= last:
                    runs.append((first, last))
                    before = last
                    continue
            case _:
                pass
        raise RefusalError("changed-table", line, "leaves that are no intervals in order")
    return tuple(runs)
