"""The functions of a generated module: sums, atoms, and the rules over them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from privity.emit.atoms import Terms, condition, guarded, sum_in_words, sum_of
from privity.emit.build import call, name, tuple_of
from privity.emit.code import Module
from privity.emit.layout import assignment, returned, signature
from privity.emit.names import comment
from privity.emit.words import atom_in_words, headline
from privity.lower.program import (
    Atomic,
    Complement,
    Every,
    Intersection,
    Mask,
    Part,
    Step,
    Test,
    Union,
)
from privity.model.formula import Key, Linear, facts_of
from privity.model.nodes import Definition, Rule

_WIDEST = 64
"""Longer chains of operators are cut into groups, or Python's own compiler would nest too deep."""


# ------------------------------------------------------------------ atoms


def sum_functions(module: Module) -> Iterator[list[str]]:
    for total, function in module.totals.items():
        keys = sorted(facts_of(total.terms), key=module.number.__getitem__)
        parameters = ", ".join(f"{module.attributes[key]}: int" for key in keys)
        yield _function(
            f"def {function}({parameters}) -> int:",
            sum_in_words(total),
            sum_of(total, module.attributes),
        )


def atom_functions(module: Module) -> Iterator[list[str]]:
    for test, atom in zip(module.program.tests, module.atoms, strict=True):
        head = f"def _{atom}({module.parameters(test.reads)}) -> bool:"
        yield _function(
            head, atom_in_words(module, test), atom_body(module, test, module.attributes)
        )


def _function(head: str, said: str, value: ast.expr) -> list[str]:
    return [*signature(head), *comment(said, "    "), *returned(value, "    ")]


def atom_body(module: Module, test: Test, names: Mapping[Key, str]) -> ast.expr:
    """That the atom holds, of variables under these names; false of `none`."""

    def total(terms: Terms) -> ast.expr:
        function = module.totals[Linear(terms, 0)]
        return call(function, *(name(names[key]) for key in test.reads))

    optional = [names[key] for key in test.reads if module.variable(key).optional]
    return guarded(test, optional, condition(test, names, total))


def known_functions(module: Module) -> Iterator[list[str]]:
    split = module.program.about_data
    tests = list(zip(module.program.tests, module.atoms, strict=True))
    yield _known(
        module, "_known", "The truth of the atoms that do not read the data.", tests[:split]
    )
    yield _known(module, "_known_of_data", "The truth of those that do.", tests[split:])


def _known(
    module: Module, function: str, said: str, tests: Sequence[tuple[Test, str]]
) -> list[str]:
    calls = [
        call(f"_{atom}", *(_value(module.number[key]) for key in test.reads))
        for test, atom in tests
    ]
    return [
        f"def {function}(values: _Values) -> tuple[int, ...]:",
        f'    """{said} No variable is missing."""',
        *returned(tuple_of(calls), "    "),
    ]


def _value(number: int) -> ast.expr:
    return ast.Subscript(name("values"), ast.Constant(number))


# ------------------------------------------------------------------ rules


def rule_functions(module: Module) -> Iterator[list[str]]:
    yield from known_functions(module)
    yield _apply(module)


def _apply(module: Module) -> list[str]:
    split = module.program.about_data
    return [
        "def _apply(atoms: tuple[int, ...], data_atoms: tuple[int, ...], full: int) -> _Applied:",
        '    """The rules. Every local is a set of completions, a bit each; `full` is all of them.',
        "",
        "    Of a complete request there is one. `&` is and, `|` is or, `full ^` is not.",
        '    """',
        *_unpacked(module.atoms[:split], "atoms"),
        *_unpacked(module.atoms[split:], "data_atoms"),
        "    permitted = forbidden = 0",
        *(line for number in range(len(module.steps)) for line in _step(module, number)),
        "",
        *_result(module),
    ]


def _unpacked(names: Sequence[str], value: str) -> list[str]:
    if len(names) <= 1:
        return [f"    ({only},) = {value}" for only in names]
    return ["    (", *(f"        {name}," for name in names), f"    ) = {value}"]


def _step(module: Module, number: int) -> list[str]:
    step: Step = module.program.steps[number]
    value = assignment(module.steps[number], _mask(module, step.mask), "    ")
    match step.about:
        case None:
            return ["", *value]
        case Definition():
            return ["", *comment(headline(step.about), "    "), *value]
        case Rule(effect):
            total = "permitted" if effect == "permit" else "forbidden"
            collected = f"    {total} |= {module.steps[number]}"
            return ["", *comment(headline(step.about), "    "), *value, collected]


def _result(module: Module) -> list[str]:
    permitted = "full ^ forbidden"
    if module.program.policy.otherwise == "deny":
        permitted = f"permitted & ({permitted})"
    rules = [(rule.rule.effect, module.steps[rule.step]) for rule in module.program.rules]
    forbids = tuple_of(name(step) for effect, step in rules if effect == "forbid")
    permits = tuple_of(name(step) for effect, step in rules if effect == "permit")
    return [
        *assignment("forbids", forbids, "    "),
        *assignment("permits", permits, "    "),
        f"    return {permitted}, forbids, permits",
    ]


def _mask(module: Module, mask: Mask) -> ast.expr:
    match mask:
        case Every(value):
            return name("full") if value else ast.Constant(0)
        case Atomic(index):
            return name(module.atoms[index])
        case Part(index):
            return name(module.steps[index])
        case Complement(operand):
            return ast.BinOp(name("full"), ast.BitXor(), _mask(module, operand))
        case Intersection(operands):
            return chain(ast.BitAnd(), [_mask(module, operand) for operand in operands])
        case Union(operands):
            return chain(ast.BitOr(), [_mask(module, operand) for operand in operands])
        case _:
            assert_never(mask)


def chain(operator: ast.operator, operands: list[ast.expr]) -> ast.expr:
    """`operands` joined by `operator`."""
    while len(operands) > _WIDEST:
        groups = [operands[n : n + _WIDEST] for n in range(0, len(operands), _WIDEST)]
        operands = [chain(operator, group) for group in groups]
    found = operands[0]
    for operand in operands[1:]:
        found = ast.BinOp(found, operator, operand)
    return found
