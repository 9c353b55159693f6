"""The rules in TypeScript: masks over completions, one assignment a rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from privity.emit.code import Module
from privity.emit.ts_code import Code, Raw, array, comment, infix, laid_out
from privity.emit.words import headline
from privity.lower.program import (
    Atomic,
    Complement,
    Every,
    Intersection,
    Mask,
    Part,
    Step,
    Union,
)
from privity.model.nodes import Rule

WIDEST = 64
"""Longer chains of operators are cut into groups, so that none nests too deep."""


def apply_rules(module: Module) -> list[str]:
    """The function that says which completions are permitted, and where each rule applies."""
    steps = _needed(module)
    needed = {index for n in steps for index in _parts(module.program.steps[n].mask, Atomic)}
    atoms = (f"  const {module.atoms[n]} = atom({n});" for n in sorted(needed))
    return [
        "/**",
        " * The rules. Every constant is a set of completions, a bit each; `full` is all of them.",
        " *",
        " * Of a complete request there is one. `&` is and, `|` is or, `full ^` is not.",
        " */",
        "function applyRules(atom: (number: number) => Mask, full: Mask): Applied {",
        *atoms,
        *(line for number in steps for line in _step(module, number)),
        "",
        *_result(module),
        "}",
    ]


def _needed(module: Module) -> list[int]:
    """The steps that rules are, and those that these rest on, in order."""
    needed = {rule.step for rule in module.program.rules}
    for number in reversed(range(len(module.program.steps))):
        if number in needed:
            needed.update(_parts(module.program.steps[number].mask, Part))
    return sorted(needed)


def _parts(mask: Mask, kind: type[Atomic | Part]) -> Iterator[int]:
    """The numbers of the atoms, or of the steps, that a mask is made from."""
    match mask:
        case Atomic(index) | Part(index) if isinstance(mask, kind):
            yield index
        case Complement(operand):
            yield from _parts(operand, kind)
        case Intersection(operands) | Union(operands):
            for operand in operands:
                yield from _parts(operand, kind)
        case _:
            pass


def _step(module: Module, number: int) -> list[str]:
    step: Step = module.program.steps[number]
    said = [] if step.about is None else comment(headline(step.about), "  ")
    head = f"const {module.steps[number]} = "
    return ["", *said, *laid_out(head, _mask(module, step.mask), ";", "  ")]


def _result(module: Module) -> list[str]:
    forbidden = _chain("|", 3, _of_effect(module, "forbid"))
    allowed: Code = infix("^", 4, [Raw("full"), Raw("forbidden")])
    lines = laid_out("const forbidden = ", forbidden, ";", "  ")
    if module.program.policy.otherwise == "deny":
        permits = _chain("|", 3, _of_effect(module, "permit"))
        lines += laid_out("const permits = ", permits, ";", "  ")
        allowed = infix("&", 5, [Raw("permits"), allowed])
    rules = array(Raw(module.steps[rule.step]) for rule in module.program.rules)
    return [
        *lines,
        *laid_out("const permitted = ", allowed, ";", "  "),
        *laid_out("const rules = ", rules, ";", "  "),
        "  return { permitted, rules };",
    ]


def _of_effect(module: Module, effect: str) -> list[Code]:
    rules: list[Rule] = [rule.rule for rule in module.program.rules]
    found: list[Code] = [
        Raw(module.steps[lowered.step])
        for lowered, rule in zip(module.program.rules, rules, strict=True)
        if rule.effect == effect
    ]
    return found or [Raw("0n")]


def _mask(module: Module, mask: Mask) -> Code:
    match mask:
        case Every(value):
            return Raw("full" if value else "0n")
        case Atomic(index):
            return Raw(module.atoms[index])
        case Part(index):
            return Raw(module.steps[index])
        case Complement(operand):
            return infix("^", 4, [Raw("full"), _mask(module, operand)])
        case Intersection(operands):
            return _chain("&", 5, [_mask(module, operand) for operand in operands])
        case Union(operands):
            return _chain("|", 3, [_mask(module, operand) for operand in operands])
        case _:
            assert_never(mask)


def _chain(operator: str, level: int, operands: list[Code]) -> Code:
    while len(operands) > WIDEST:
        groups = [operands[n : n + WIDEST] for n in range(0, len(operands), WIDEST)]
        operands = [_chain(operator, level, group) for group in groups]
    return infix(operator, level, operands)
