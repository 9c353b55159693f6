"""The tables of a generated module, and its public functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from privity.emit.apart import Conditions, atom_rows, printed
from privity.emit.atoms import Terms, sum_in_words, sum_of
from privity.emit.build import call, constant, name, numbers, tuple_of
from privity.emit.code import Module
from privity.emit.layout import assignment, element, flat, returned, signature
from privity.emit.names import comment
from privity.lower.program import Test, Variable
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
    facts_of,
)
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    Duty,
    IntegerType,
    SetType,
    Taxonomy,
    TaxonomyType,
    TextType,
)


def tables(module: Module) -> list[str]:
    """Variables, atoms, rules, and the program that holds them."""
    program = module.program
    named = {id(duty): function for function, duty, _ in _deadlines(module)}
    return [
        *_table("_VARIABLES", (_variable(module, variable) for variable in program.variables)),
        "",
        *(_apart(module, named) if module.apart else _together(module, named)),
        "",
        *_program(module),
    ]


def deadlines(module: Module) -> Iterator[list[str]]:
    """A function each for the deadlines of duties."""
    for function, duty, deadline in _deadlines(module):
        keys = _reads(module, deadline)
        parameters = ", ".join(f"{module.attributes[key]}: int" for key in keys)
        yield [
            *signature(f"def {function}({parameters}) -> int:"),
            *comment(f"{duty.name}: {sum_in_words(deadline)}", "    "),
            *returned(sum_of(deadline, module.attributes), "    "),
        ]


def _deadlines(module: Module) -> Iterator[tuple[str, Duty, Linear]]:
    number = 0
    for rule in module.program.rules:
        for duty in rule.rule.duties:
            if duty.deadline is not None:
                number += 1
                yield f"_deadline_{number}", duty, duty.deadline


def _reads(module: Module, linear: Linear) -> list[str]:
    return sorted(facts_of(linear.terms), key=module.number.__getitem__)


def _table(target: str, rows: Iterable[ast.expr]) -> list[str]:
    """One row a line, even where several would fit."""
    found = list(rows)
    if len(found) <= 1:
        return assignment(target, tuple_of(found), "")
    return [f"{target} = (", *(line for row in found for line in element(row, "    ")), ")"]


def _together(module: Module, named: dict[int, str]) -> Iterator[str]:
    program = module.program
    yield from _table("_ATOMS", (_atom(module, n) for n in range(len(program.tests))))
    yield ""
    rows = (_rule(module, n, named, numbers(r.tests)) for n, r in enumerate(program.rules))
    yield from _table("_RULES", rows)


def _apart(module: Module, named: dict[int, str]) -> Iterator[str]:
    """A line for each row, since there may be very many."""
    conditions = Conditions(module)
    rows = [
        f"    {flat(_rule_apart(module, n, named, conditions))}," for n in range(len(module.places))
    ]
    yield "# fmt: off"
    yield from ("_ATOMS = (", *atom_rows(module), ")", "")
    yield from (f"{table} = {flat(printed(parts))}" for table, parts in conditions.tables.items())
    yield from ("_RULES = (", *rows, ")")
    yield "# fmt: on"


# ------------------------------------------------------------------ variables


def _variable(module: Module, variable: Variable) -> ast.expr:
    optional = {"optional": constant(True)} if variable.optional else {}
    labels = {
        key: constant(label)
        for key, label in (("label", variable.label), ("negative", variable.negative))
        if label is not None
    }
    return call(
        "_Variable",
        constant(variable.key),
        constant(module.attributes[variable.key]),
        constant(_kind(variable)),
        **optional,
        **_range(module, variable),
        **labels,
    )


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


def _range(module: Module, variable: Variable) -> dict[str, ast.expr]:
    match variable.type:
        case IntegerType(low, high) | DurationType(low, high):
            return {"low": constant(low), "high": constant(high)}
        case TaxonomyType(taxonomy) | SetType(taxonomy):
            leaves = name(module.taxonomies[taxonomy])
            inner = _branches(module.program.policy.taxonomies[taxonomy])
            return {
                "members": call("tuple", leaves),
                "numbers": call("_numbers", leaves),
                "branches": call("dict", inner),
            }
        case _:
            return {}


def _branches(taxonomy: Taxonomy) -> ast.expr:
    """The values that are not leaves, each with the interval of its leaves."""
    leaves = {leaf.name for leaf in taxonomy.leaves}
    return tuple_of(
        tuple_of((constant(value.name), numbers((value.first, value.last))))
        for value in taxonomy.values
        if value.name not in leaves
    )


# ------------------------------------------------------------------ atoms


def _atom(module: Module, number: int) -> ast.expr:
    test = module.program.tests[number]
    reads = numbers(module.number[key] for key in test.reads)
    kind, details = _details(module, test)
    return call("_Atom", constant(kind), reads, name(f"_{module.atoms[number]}"), **details)


def _details(module: Module, test: Test) -> tuple[str, dict[str, ast.expr]]:
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
        case TextIs(_, text):
            return "text_is", {"text": constant(text)}
        case SameText():
            return "same_text", {}
        case AtMost(terms, bound):
            return "sum", _sum(module, test, terms, (bound,))
        case Equals(terms, bound):
            return "sum", _sum(module, test, terms, (bound - 1, bound))


def _sum(module: Module, test: Test, terms: Terms, bounds: tuple[int, ...]) -> dict[str, ast.expr]:
    total = name(module.totals[Linear(terms, 0)])
    return {"total": total, "bounds": numbers(bounds), **_unsteady(module, test)}


def _unsteady(module: Module, test: Test) -> dict[str, ast.expr]:
    found = [module.number[key] for key in test.unsteady]
    return {"unsteady": numbers(found)} if found else {}


# ------------------------------------------------------------------ rules


def _rule(
    module: Module, number: int, deadlines: dict[int, str], *more: ast.expr, **named: ast.expr
) -> ast.expr:
    rule = module.program.rules[number]
    stated = rule.rule
    duties = [_duty(module, duty, deadlines) for duty in stated.duties]
    return call(
        "_Rule",
        constant(stated.effect),
        constant(stated.name),
        constant(stated.label),
        tuple_of(constant(cited) for cited in dict.fromkeys(map(str, stated.citations))),
        numbers(rule.scope),
        *more,
        **named,
        **({"duties": tuple_of(duties)} if duties else {}),
    )


def _rule_apart(
    module: Module, number: int, deadlines: dict[int, str], conditions: Conditions
) -> ast.expr:
    rule = module.program.rules[number]
    found = conditions.of(rule.rule)
    left_out = conditions.left_out(rule, found)
    stronger = sorted(module.places[rule] for rule in rule.rule.yields_to)
    more = {
        **({"atoms": numbers(left_out)} if left_out else {}),
        "conditions": printed(found),
        **({"yields": numbers(stronger)} if stronger else {}),
    }
    return _rule(module, number, deadlines, **more)


def _duty(module: Module, duty: Duty, deadlines: dict[int, str]) -> ast.expr:
    arguments = [constant(duty.name), constant(duty.label)]
    if duty.deadline is not None:
        reads = numbers(module.number[key] for key in _reads(module, duty.deadline))
        arguments += [reads, name(deadlines[id(duty)])]
    return call("_Duty", *arguments)


def _program(module: Module) -> list[str]:
    program = call(
        "_Program",
        policy=name("POLICY"),
        sha256=name("SHA256"),
        generator=name("GENERATOR"),
        validator=name("VALIDATOR"),
        claims=name("CLAIMS_PROVED"),
        default=constant(module.program.policy.otherwise),
        variables=name("_VARIABLES"),
        atoms=name("_ATOMS"),
        about_data=constant(module.program.about_data),
        rules=name("_RULES"),
        **({} if module.apart else {part: name(f"_{part}") for part in _TOGETHER}),
    )
    return assignment("_PROGRAM", program, "")


_TOGETHER = ("known", "known_of_data", "apply", "settle")
"""The functions of all rules together, in a policy whose rules are not apart."""

ENTRY_POINTS = '''\
_DECISIONS, _LATER = _tabulated(_PROGRAM)
_AT_ONCE = _at_once(_PROGRAM, _DECISIONS, _LATER)


def check(request: Request) -> Decision:
    """What the policy says of a request. Raises RequestError, never permits by mistake."""
    try:
        found = _DECISIONS[request._place]
        if found is not None:
            return found
        found = _LATER[request._place](request._values)
    except AttributeError:
        found = None
    return _check(_PROGRAM, request) if found is None else found


def check_mapping(mapping: Mapping[str, object]) -> Decision:
    """The same of a JSON object, for instance one from `parse_request`."""
    found = _AT_ONCE(mapping)
    return _decide(_PROGRAM, *_from_mapping(_PROGRAM, mapping)) if found is None else found


def explain(request: Request) -> Explanation:
    """The decision, and the nearest change that would permit it. Takes longer than `check`."""
    return _explain(_PROGRAM, *_stated(request))


def explain_mapping(mapping: Mapping[str, object]) -> Explanation:
    """The same of a JSON object."""
    return _explain(_PROGRAM, *_from_mapping(_PROGRAM, mapping))


def check_many(
    columns: Any,
    *,
    names: Mapping[str, str] = {},
    null_is: Mapping[str, str] = {},
    missing: Mapping[str, str] = {},
    keep: Sequence[str] = (),
    rules: bool = False,
    chunk: int | None = None,
    threads: int | None = None,
) -> Columns:
    """The same of each row of columns by name, or of a frame. Raises ColumnError."""
    return _check_many(
        _PROGRAM,
        columns,
        names=names,
        null_is=null_is,
        missing=missing,
        keep=keep,
        rules=rules,
        chunk=chunk,
        threads=threads,
    )


if __name__ == "__main__":
    sys.exit(_main(_PROGRAM, sys.argv[1:]))'''
