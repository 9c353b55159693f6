"""What the parts of a generated module share: the program, and the names in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from privity.emit import prelude_text
from privity.emit.names import BUILTIN, Names, class_name, identifier
from privity.lower.program import Program, Step, Test, Variable
from privity.model.formula import (
    AtMost,
    Contains,
    Equals,
    Holds,
    IsNone,
    Key,
    Linear,
    SameLeaf,
    SameText,
    TextIs,
    Within,
)
from privity.model.nodes import (
    BooleanType,
    DateType,
    Definition,
    DurationType,
    FactType,
    IntegerType,
    SetType,
    TaxonomyType,
    TextType,
)

FIXED = frozenset(
    [
        "POLICY",
        "SHA256",
        "GENERATOR",
        "VALIDATOR",
        "CLAIMS_PROVED",
        "Request",
        "check",
        "check_many",
        "check_mapping",
        "explain",
        "explain_mapping",
    ]
)


@dataclass(frozen=True)
class Module:
    """Names are made once, in the order of the program, so that the text never varies.

    Where rules are `apart` there may be very many atoms: they are named by number.
    """

    program: Program
    apart: bool = False

    @cached_property
    def attributes(self) -> dict[Key, str]:
        """Of each variable, in `Request` and as a parameter of atoms: `subject_opted_out`."""
        names = Names(BUILTIN)
        return {v.key: names.fresh(v.key.replace(".", "_")) for v in self.program.variables}

    @cached_property
    def taxonomies(self) -> dict[str, str]:
        """The class of each taxonomy that a role or fact takes its values from."""
        names = Names(BUILTIN | FIXED | prelude_text.names())
        used = dict.fromkeys(
            v.type.taxonomy
            for v in self.program.variables
            if isinstance(v.type, TaxonomyType | SetType)
        )
        return {taxonomy: names.fresh(class_name(identifier(taxonomy))) for taxonomy in used}

    @cached_property
    def atoms(self) -> tuple[str, ...]:
        """Of each test, as a local of the rules; with a `_` before it, its function."""
        if self.apart:
            return tuple(f"a_{number}" for number in range(len(self.program.tests)))
        names = Names()
        return tuple(names.fresh(f"a_{self._wish(test)}") for test in self.program.tests)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        names = Names()
        return tuple(names.fresh(_step_wish(step)) for step in self.program.steps)

    @cached_property
    def totals(self) -> dict[Linear, str]:
        """The function of each sum that is compared."""
        found = dict.fromkeys(
            Linear(test.atom.terms, 0)
            for test in self.program.tests
            if isinstance(test.atom, AtMost | Equals)
        )
        return {total: f"_sum_{number}" for number, total in enumerate(found, 1)}

    @cached_property
    def number(self) -> dict[Key, int]:
        return {v.key: number for number, v in enumerate(self.program.variables)}

    @cached_property
    def places(self) -> dict[str, int]:
        """The number of each rule, by name."""
        return {one.rule.name: number for number, one in enumerate(self.program.rules)}

    def variable(self, key: Key) -> Variable:
        return self.program.variables[self.number[key]]

    def parameters(self, keys: Iterable[Key]) -> str:
        """Typed parameters for plain values of these variables."""
        return ", ".join(f"{self.attributes[k]}: {plain_type(self.variable(k))}" for k in keys)

    def _wish(self, test: Test) -> str:
        fact = self.attributes[test.reads[0]]
        branch = "" if test.branch is None else f"_{test.branch.name.replace('.', '_')}"
        match test.atom:
            case Holds():
                return fact
            case IsNone():
                return f"{fact}_is_none"
            case Within():
                return f"{fact}_in{branch or '_some'}"
            case Contains():
                return f"{fact}_has{branch or '_some'}"
            case SameLeaf() | SameText():
                return f"{fact}_same_as_{self.attributes[test.reads[-1]]}"
            case TextIs():
                return f"{fact}_is_text"
            case AtMost():
                return f"{fact}_at_most"
            case Equals():
                return f"{fact}_equals"


def _step_wish(step: Step) -> str:
    if step.about is None:
        return "p_part"
    return f"d_{step.about.name}" if isinstance(step.about, Definition) else f"r_{step.about.name}"


def plain_type(variable: Variable) -> str:
    """The type of plain values that are known."""
    return f"{_plain(variable.type)} | None" if variable.optional else _plain(variable.type)


def _plain(kind: FactType) -> str:
    match kind:
        case BooleanType():
            return "bool"
        case TextType():
            return "str"
        case SetType():
            return "frozenset[int]"
        case IntegerType() | DateType() | DurationType() | TaxonomyType():
            return "int"
