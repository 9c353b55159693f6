"""The vocabulary of a module: taxonomies, the class of requests, the table of variables.

They are what callers see, so nothing in them may differ, names included: `Data.HEALTH` must be
the leaf `health`, the attribute `subject_opted_out` the fact `subject.opted_out`. What the names
have to be follows from the policy by rules that are said here a second time.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from privity.model.formula import Key
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    Fact,
    FactType,
    IntegerType,
    Policy,
    SetType,
    Taxonomy,
    TaxonomyType,
    TextType,
)
from privity.validate.findings import Finding, RefusalError
from privity.validate.literals import Made, Ref, Row, rows, same
from privity.validate.module import HEADER, Module
from privity.validate.subset import is_docstring

_RESERVED = frozenset([*dir(builtins), *keyword.kwlist, *keyword.softkwlist])
_ENTRIES = ("check", "check_mapping", "explain", "explain_mapping")
_PUBLIC = frozenset((*HEADER, "Request", *_ENTRIES))
FIELDS: dict[str, object] = {
    "key": ..., "attribute": ..., "kind": ..., "optional": False, "members": (), "numbers": None,
    "branches": None, "low": 0, "high": 0, "label": None, "negative": None,
}  # fmt: skip
_METHODS = """
@classmethod
def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
    return cls(**_members(_PROGRAM, mapping))

def __post_init__(self) -> None:
    _state(_PROGRAM, self)
"""


@dataclass(frozen=True)
class Variable:
    """A role or fact as a module has it. A role's type is its taxonomy."""

    key: Key
    type: FactType
    fact: Fact | None
    attribute: str

    @property
    def optional(self) -> bool:
        return self.fact is not None and self.fact.optional


@dataclass(frozen=True)
class Vocabulary:
    """What the vocabulary of `policy` must be, in a module whose prelude binds `taken`."""

    policy: Policy
    taken: frozenset[str]

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        facts: list[Fact | None] = [None] * len(self.policy.roles)
        keys = [*self.policy.roles, *(fact.key for fact in self.policy.facts)]
        attributes = _fresh((key.replace(".", "_") for key in keys), _RESERVED)
        return tuple(
            Variable(key, TaxonomyType(key) if fact is None else fact.type, fact, attribute)
            for key, fact, attribute in zip(
                keys, [*facts, *self.policy.facts], attributes, strict=True
            )
        )

    @cached_property
    def classes(self) -> dict[str, str]:
        """The class of each taxonomy that a variable takes its values from."""
        used = dict.fromkeys(
            v.type.taxonomy for v in self.variables if isinstance(v.type, TaxonomyType | SetType)
        )
        wishes = ["".join(p[:1].upper() + p[1:] for p in _ascii(name).split("_")) for name in used]
        names = _fresh(wishes, _RESERVED | _PUBLIC | self.taken)
        return dict(zip(used, names, strict=True))

    def findings(self, module: Module) -> Iterator[Finding]:
        """All that is not as it must be."""
        wanted = {name: taxonomy for taxonomy, name in self.classes.items()}
        for name, found in module.classes.items():
            if name in wanted:
                yield from self._enumeration(found, self.policy.taxonomies[wanted[name]])
            elif name != "Request":
                yield Finding("not-in-subset", found.lineno, f"the class `{name}`")
        for name in (*wanted, "Request"):
            if name not in module.classes:
                yield Finding("changed-table", None, f"there is no class `{name}`")
        if "Request" in module.classes:
            yield from self._request(module.classes["Request"])
        yield from self._table(module)

    # -------------------------------------------------------------- taxonomies

    def _enumeration(self, found: ast.ClassDef, taxonomy: Taxonomy) -> Iterator[Finding]:
        line = found.lineno
        bases = [ast.unparse(base) for base in found.bases]
        if bases != ["enum.StrEnum"] or found.keywords or found.decorator_list or _typed(found):
            yield Finding("changed-table", line, f"`{found.name}` is no plain `enum.StrEnum`")
        members = [_member(statement) for statement in _body(found)]
        leaves = [leaf.name for leaf in taxonomy.leaves]
        wanted = list(zip(_fresh(map(_member_name, leaves), frozenset()), leaves, strict=True))
        for statement, member, leaf in zip(_body(found), members, wanted, strict=False):
            if member != leaf:
                said = f"where `{leaf[0]} = {leaf[1]!r}` belongs"
                yield Finding("changed-table", statement.lineno, f"something else {said}")
        if len(members) != len(wanted):
            said = f"`{found.name}` has {len(members)} members, the taxonomy {len(wanted)} leaves"
            yield Finding("changed-table", line, said)

    # -------------------------------------------------------------- requests

    def _request(self, found: ast.ClassDef) -> Iterator[Finding]:
        decorators = [ast.unparse(decorator) for decorator in found.decorator_list]
        wanted = ["dataclass(frozen=True, slots=True, kw_only=True)"]
        bases = [ast.unparse(base) for base in found.bases]
        if decorators != wanted or bases != ["_Stated"] or found.keywords or _typed(found):
            yield Finding("changed-table", found.lineno, "`Request` is no plain data class")
        fields = _body(found)
        methods = [statement for statement in fields if isinstance(statement, ast.FunctionDef)]
        fields = [statement for statement in fields if statement not in methods]
        if not _same_methods(methods):
            yield Finding("changed-table", found.lineno, "`Request` has not its usual methods")
        for statement, variable in zip(fields, self.variables, strict=False):
            if ast.unparse(statement) != self._field(variable):
                said = f"something else where `{self._field(variable)}` belongs"
                yield Finding("changed-table", statement.lineno, said)
        if len(fields) != len(self.variables):
            said = f"`Request` has {len(fields)} fields, the policy {len(self.variables)} variables"
            yield Finding("changed-table", found.lineno, said)

    def _field(self, variable: Variable) -> str:
        kind = self._type(variable.type)
        if variable.key == "data":
            return f"{variable.attribute}: frozenset[{kind}] | set[{kind}] | tuple[{kind}, ...]"
        none = " | None" if variable.optional else ""
        return f"{variable.attribute}: {kind}{none} | Missing = MISSING"

    def _type(self, kind: FactType) -> str:
        match kind:
            case BooleanType(attested):
                return "bool | Attestation" if attested else "bool"
            case IntegerType() | DurationType():
                return "int"
            case DateType():
                return "datetime.date"
            case TextType():
                return "str"
            case TaxonomyType(taxonomy):
                return self.classes[taxonomy]
            case SetType(taxonomy):
                return "frozenset[{0}] | set[{0}]".format(self.classes[taxonomy])

    # -------------------------------------------------------------- the table

    def _table(self, module: Module) -> Iterator[Finding]:
        node = module.tables.get("_VARIABLES")
        if node is None:
            yield Finding("changed-table", None, "there is no table `_VARIABLES`")
            return
        try:
            found = list(rows(node, "_Variable", FIELDS))
        except RefusalError as error:
            yield error.finding
            return
        for one, variable in zip(found, self.variables, strict=False):
            yield from self._row(one, variable)
        if len(found) != len(self.variables):
            said = f"`_VARIABLES` has {len(found)} rows, the policy {len(self.variables)} variables"
            yield Finding("changed-table", node.lineno, said)

    def _row(self, found: Row, variable: Variable) -> Iterator[Finding]:
        for name, value in self.row(variable).items():
            if not same(found[name], value):
                said = f"`{name}` of `{variable.key}` is not what the policy says"
                yield Finding("changed-table", found.line, said)

    def row(self, variable: Variable) -> dict[str, object]:
        """The fields of a variable's row."""
        fact = variable.fact
        found = dict(FIELDS) | {
            "key": variable.key,
            "attribute": variable.attribute,
            "kind": _kind(variable.type),
            "optional": variable.optional,
            "label": fact.label if fact else None,
            "negative": fact.negative if fact else None,
        }
        match variable.type:
            case IntegerType(low, high) | DurationType(low, high):
                found |= {"low": low, "high": high}
            case TaxonomyType(taxonomy) | SetType(taxonomy):
                leaves = (Ref(self.classes[taxonomy]),)
                inner = (_branches(self.policy.taxonomies[taxonomy]),)
                found |= {
                    "members": Made("tuple", leaves, (), 0),
                    "numbers": Made("_numbers", leaves, (), 0),
                    "branches": Made("dict", inner, (), 0),
                }
            case _:
                pass
        return found


def _kind(kind: FactType) -> str:
    match kind:
        case BooleanType(attested):
            return "attested" if attested else "boolean"
        case IntegerType():
            return "integer"
        case DateType():
            return "date"
        case DurationType():
            return "duration"
        case TextType():
            return "text"
        case TaxonomyType():
            return "leaf"
        case SetType():
            return "set"


def _branches(taxonomy: Taxonomy) -> tuple[object, ...]:
    """The values that are not leaves, each with the interval of its leaves."""
    leaves = {leaf.name for leaf in taxonomy.leaves}
    return tuple((v.name, (v.first, v.last)) for v in taxonomy.values if v.name not in leaves)


def _body(found: ast.ClassDef) -> list[ast.stmt]:
    """A class's statements without its docstring."""
    return found.body[1:] if is_docstring(found.body[0]) else found.body


def _typed(found: ast.ClassDef) -> bool:
    return bool(getattr(found, "type_params", []))


def _member(statement: ast.stmt) -> tuple[str, str] | None:
    match statement:
        case ast.Assign([ast.Name(name)], ast.Constant(str(value))):
            return name, value
        case _:
            return None


def _same_methods(found: list[ast.FunctionDef]) -> bool:
    """Those that `Request` has, docstrings apart."""
    wanted = [ast.dump(method) for method in ast.parse(_METHODS).body]
    return [ast.dump(_bare(method)) for method in found] == wanted


def _bare(method: ast.FunctionDef) -> ast.FunctionDef:
    body = method.body[1:] if is_docstring(method.body[0]) else method.body
    return ast.FunctionDef(**{**vars(method), "body": body})


# ------------------------------------------------------------------ names


def _fresh(wishes: Iterable[str], taken: frozenset[str]) -> list[str]:
    """Each wish as an identifier, numbered from 2 where it is taken."""
    used = set(taken)
    found = []
    for wish in wishes:
        base = name = _ascii(wish)
        number = 2
        while name in used:
            name, number = f"{base}_{number}", number + 1
        used.add(name)
        found.append(name)
    return found


def _ascii(wish: str) -> str:
    """What an ASCII identifier may not have is written `u` and its code, in hexadecimal."""
    safe = re.sub(r"[^A-Za-z0-9_]", lambda found: f"u{ord(found[0]):x}", wish)
    return safe if safe[:1] == "_" or safe[:1].isalpha() else f"n{safe}"


def _member_name(leaf: str) -> str:
    name = _ascii(leaf.replace(".", "__")).upper()
    return f"X{name}" if name.startswith("_") else name
