"""The vocabulary and the tables of a TypeScript module."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privity.emit.code import Module
from privity.emit.names import Names, class_name, identifier
from privity.emit.ts_atoms import Places, function, reads_of, sum_of
from privity.emit.ts_code import (
    Code,
    Raw,
    array,
    boolean,
    call,
    comment,
    doc,
    integer,
    integers,
    laid_out,
    record,
    said,
    text,
    text_or_null,
    texts,
)
from privity.emit.ts_text import words_used
from privity.emit.ts_walk import Walk
from privity.lower.partial import MOST_COMPLETIONS, has_tangled_sums, most_completions
from privity.lower.program import LoweredRule, Test, Variable
from privity.model.formula import (
    AtMost,
    Contains,
    Equals,
    Holds,
    IsNone,
    Linear,
    SameLeaf,
    SameText,
    TextIs,
    Within,
)
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    Duty,
    FactType,
    IntegerType,
    SetType,
    Taxonomy,
    TaxonomyType,
    TextType,
)

# ------------------------------------------------------------------ vocabulary


def type_names(module: Module) -> dict[str, tuple[str, str]]:
    """For each taxonomy in use the name of its list of leaves and that of its type."""
    names = Names(words_used())
    return {
        taxonomy: (
            names.fresh(identifier(taxonomy).upper()),
            names.fresh(class_name(identifier(taxonomy))),
        )
        for taxonomy in module.taxonomies
    }


def taxonomies(module: Module) -> Iterator[list[str]]:
    for taxonomy, (constant, name) in type_names(module).items():
        found = module.program.policy.taxonomies[taxonomy]
        yield [
            *doc(f"{found.name}: {found.label}" if found.label else found.name),
            f"export const {constant} = [",
            *(line for leaf in found.leaves for line in _leaf(leaf.name, leaf.label)),
            "] as const;",
            f"export type {name} = (typeof {constant})[number];",
        ]


def _leaf(name: str, label: str | None) -> list[str]:
    words = said(label or "")
    line = f"  {text(name).code},"
    fits = words and len(line) + len(words) + 4 <= 100
    return [f"{line} // {words}"] if fits else [*comment(words, "  "), line]


def request_types(module: Module) -> list[str]:
    """`Request` and `Facts`, as JSON has them."""
    data, *others = module.program.variables
    names = type_names(module)
    roles = [variable for variable in others if "." not in variable.key]
    facts = [variable for variable in others if "." in variable.key]
    return [
        "/** A disclosure that is asked about. What is left out is missing. */",
        "export interface Request {",
        f"  readonly data: readonly {_type(data.type, names)}[];",
        *(line for role in roles for line in _property(role.key, role, names)),
        "  readonly facts?: Facts | undefined;",
        "}",
        "",
        "/** What is known. Days are written 2026-03-01, durations are whole days. */",
        "export interface Facts {",
        *(line for fact in facts for line in _property(text(fact.key).code, fact, names)),
        "}",
    ]


def _property(key: str, variable: Variable, names: dict[str, tuple[str, str]]) -> list[str]:
    none = " | null" if variable.optional else ""
    kind = _type(variable.type, names)
    return [*doc(variable.label or "", "  "), f"  readonly {key}?: {kind}{none} | undefined;"]


def _type(kind: FactType, names: dict[str, tuple[str, str]]) -> str:
    match kind:
        case BooleanType(attested):
            return "boolean | Attestation" if attested else "boolean"
        case IntegerType() | DurationType():
            return "number"
        case DateType() | TextType():
            return "string"
        case TaxonomyType(taxonomy):
            return names[taxonomy][1]
        case SetType(taxonomy):
            return f"readonly {names[taxonomy][1]}[]"


# ------------------------------------------------------------------ tables


def numbers_of_variables(at: Places, used: str) -> list[str]:
    """A constant for each variable that the text `used` speaks of: where its value is found."""
    names = set(re.findall(r"\w+", used))
    keys = at.module.program.variables
    constants = [(at.constants[v.key], number) for number, v in enumerate(keys)]
    return [f"const {name} = {number};" for name, number in constants if name in names]


def tables(at: Places, walk: Walk | None) -> list[str]:
    module = at.module
    variables = (_variable(module, variable) for variable in module.program.variables)
    atoms = (_atom(at, number) for number in range(len(module.program.tests)))
    deadlines = {id(duty): name for name, duty, _ in _deadlines(module)}
    rules = (_rule(module, rule, deadlines) for rule in module.program.rules)
    return [
        *_table("VARIABLES: readonly Variable[]", variables),
        "",
        *_table("ATOMS: readonly Atom[]", atoms),
        "",
        *_table("RULES: readonly Rule[]", rules),
        "",
        *laid_out("const PROGRAM: Program = ", _program(at, walk)),
    ]


def _table(head: str, rows: Iterator[Code]) -> list[str]:
    lines = [line for row in rows for line in laid_out("", row, ",", "  ")]
    return [f"const {head} = [", *lines, "];"] if lines else [f"const {head} = [];"]


def _program(at: Places, walk: Walk | None) -> Code:
    program = at.module.program
    read = {at.module.number[key] for test in program.tests for key in test.reads}
    exact = most_completions(program) <= MOST_COMPLETIONS and not has_tangled_sums(program)
    return record(
        policy=record(name=Raw("POLICY"), sha256=Raw("SHA256")),
        otherwise=text(program.policy.otherwise),
        variables=Raw("VARIABLES"),
        atoms=Raw("ATOMS"),
        rules=Raw("RULES"),
        apply=Raw("applyRules"),
        walk=Raw("null") if walk is None else Raw(walk.name),
        walksPartial=boolean(walk is not None and exact),
        read=integers(sorted(read - {0})),
    )


def _variable(module: Module, variable: Variable) -> Code:
    details: dict[str, Code] = {"optional": boolean(True)} if variable.optional else {}
    match variable.type:
        case IntegerType(low, high) | DurationType(low, high):
            details |= {"low": integer(low), "high": integer(high)}
        case TaxonomyType(taxonomy) | SetType(taxonomy):
            details["members"] = Raw(type_names(module)[taxonomy][0])
            details["branches"] = _branches(module.program.policy.taxonomies[taxonomy])
        case _:
            pass
    if variable.label:
        details["label"] = text(variable.label)
    more = [record(**details)] if details else []
    return call("variable", text(variable.key), text(_kind(variable)), *more)


def _kind(variable: Variable) -> str:
    match variable.type:
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


def _branches(taxonomy: Taxonomy) -> Code:
    leaves = {leaf.name for leaf in taxonomy.leaves}
    return array(
        array([text(value.name), integer(value.first), integer(value.last)])
        for value in taxonomy.values
        if value.name not in leaves
    )


def _atom(at: Places, number: int) -> Code:
    module = at.module
    test = module.program.tests[number]
    kind, details = _details(at, test)
    reads = integers(module.number[key] for key in test.reads)
    more = [record(**details)] if details else []
    return call("atom", text(kind), reads, Raw(f"is_{module.atoms[number]}"), *more)


def _details(at: Places, test: Test) -> tuple[str, dict[str, Code]]:
    match test.atom:
        case Holds():
            return "holds", {}
        case IsNone():
            return "is_none", {}
        case Within():
            return "within", {}
        case SameLeaf():
            return "same_leaf", {}
        case Contains():
            return "contains", {}
        case TextIs(_, words):
            return "text_is", {"text": text(words)}
        case SameText():
            return "same_text", {}
        case AtMost(_, bound):
            return "sum", _sum(at, test, (bound,))
        case Equals(_, bound):
            return "sum", _sum(at, test, (bound - 1, bound))


def _sum(at: Places, test: Test, bounds: tuple[int, ...]) -> dict[str, Code]:
    assert isinstance(test.atom, AtMost | Equals)
    name = at.module.totals[Linear(test.atom.terms, 0)].removeprefix("_")
    found: dict[str, Code] = {"total": Raw(name), "bounds": integers(bounds)}
    if test.unsteady:
        found["unsteady"] = integers(at.module.number[key] for key in test.unsteady)
    return found


def _rule(module: Module, rule: LoweredRule, deadlines: dict[int, str]) -> Code:
    stated = rule.rule
    return record(
        effect=text(stated.effect),
        name=text(stated.name),
        label=text_or_null(stated.label),
        citations=texts(dict.fromkeys(map(str, stated.citations))),
        scope=integers(rule.scope),
        atoms=integers(rule.tests),
        duties=array(_duty(module, duty, deadlines) for duty in stated.duties),
    )


def _duty(module: Module, duty: Duty, deadlines: dict[int, str]) -> Code:
    arguments: list[Code] = [text(duty.name), text_or_null(duty.label)]
    if duty.deadline is not None:
        arguments += [integers(reads_of(duty.deadline, module)), Raw(deadlines[id(duty)])]
    return call("duty", *arguments)


def deadline_functions(at: Places) -> Iterator[list[str]]:
    for name, duty, deadline in _deadlines(at.module):
        yield function(name, "number", f"{duty.name}", sum_of(deadline, at))


def _deadlines(module: Module) -> Iterator[tuple[str, Duty, Linear]]:
    number = 0
    for rule in module.program.rules:
        for duty in rule.rule.duties:
            if duty.deadline is not None:
                number += 1
                yield f"deadline_{number}", duty, duty.deadline
