"""Comparisons in TypeScript: what atoms and sums say of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from privity.emit.atoms import runs, sum_in_words
from privity.emit.code import Module
from privity.emit.names import Names
from privity.emit.ts_code import (
    Code,
    Infix,
    Raw,
    boolean,
    both,
    call,
    comment,
    differ,
    either,
    flat,
    infix,
    integer,
    laid_out,
    same,
    text,
)
from privity.emit.words import atom_in_words
from privity.model.formula import (
    AtMost,
    Atom,
    Contains,
    Equals,
    Holds,
    IsNone,
    Key,
    Linear,
    Quantity,
    SameLeaf,
    SameText,
    Shifted,
    TextIs,
    Within,
    facts_of,
    read_by,
)
from privity.model.nodes import DurationType, IntegerType

NULL, UNDEFINED = Raw("null"), Raw("undefined")


@dataclass(frozen=True)
class Places:
    """The names under which variables and sums are found: `v[_SUBJECT_CUSTOMER]`, `sum_1(v)`."""

    module: Module
    constants: dict[Key, str]

    def at(self, key: Key) -> Raw:
        return Raw(f"v[{self.constants[key]}]")

    def of(self, key: Key) -> Raw:
        return Raw(self.constants[key])

    def total(self, terms: tuple[tuple[int, Quantity], ...]) -> Code:
        return Raw(f"{self.module.totals[Linear(terms, 0)].removeprefix('_')}(v)")

    def attributes_in_order(self, keys: Iterable[Key]) -> list[Key]:
        """The variables in the order of the program."""
        return sorted(keys, key=self.module.number.__getitem__)

    def optional(self, atom: Atom) -> Iterator[Key]:
        """The variables of an atom that may be none, in order."""
        for variable in self.module.program.variables:
            if variable.optional and variable.key in read_by(atom):
                yield variable.key


def places(module: Module) -> Places:
    names = Names()
    constants = {
        key: names.fresh(f"_{attribute.upper()}") for key, attribute in module.attributes.items()
    }
    return Places(module, constants)


def condition(atom: Atom, at: Places) -> Code:
    """That the atom holds, none of its variables missing. An atom about `none` is false."""
    match atom:
        case Holds(fact):
            return same(at.at(fact), Raw("true"))
        case IsNone(fact):
            return same(at.at(fact), NULL)
        case Within(variable, leaves):
            return _leaves("among", variable, leaves, at)
        case Contains(fact, leaves):
            return _leaves("meets", fact, leaves, at)
        case TextIs(fact, words):
            return same(at.at(fact), text(words))
        case SameLeaf(left, right) | SameText(left, right):
            return _guarded(atom, same(at.at(left), at.at(right)), at)
        case AtMost(terms, bound):
            return _guarded(atom, Infix("<=", 7, (at.total(terms), integer(bound))), at)
        case Equals(terms, bound):
            return _guarded(atom, same(at.total(terms), integer(bound)), at)
        case _:
            assert_never(atom)


def _leaves(function: str, variable: Key, leaves: frozenset[int], at: Places) -> Code:
    found = [
        call(function, Raw("v"), at.of(variable), integer(first), integer(last))
        for first, last in runs(leaves)
    ]
    return either(found or [boolean(False)])


def _guarded(atom: Atom, inner: Code, at: Places) -> Code:
    return both([*(differ(at.at(key), NULL) for key in at.optional(atom)), inner])


# ------------------------------------------------------------------ functions


def sum_functions(at: Places) -> Iterator[list[str]]:
    """A function each for the sums that are compared."""
    for total, name in at.module.totals.items():
        yield function(name.removeprefix("_"), "number", sum_in_words(total), sum_of(total, at))


def atom_functions(at: Places) -> Iterator[list[str]]:
    for test, name in zip(at.module.program.tests, at.module.atoms, strict=True):
        said = atom_in_words(at.module, test)
        yield function(f"is_{name}", "boolean", said, condition(test.atom, at))


def function(name: str, kind: str, words: str, value: Code) -> list[str]:
    return [
        f"function {name}(v: Values): {kind} {{",
        *comment(words, "  "),
        *laid_out("return ", value, ";", "  "),
        "}",
    ]


def sum_of(linear: Linear, at: Places) -> Code:
    """`linear` as an expression of variables that are known and not none."""
    found: Code | None = None
    for coefficient, quantity in linear.terms:
        found = _plus(found, coefficient, _quantity(quantity, at))
    if found is None:
        return integer(linear.constant)
    return _plus(found, linear.constant, None) if linear.constant else found


def _plus(left: Code | None, factor: int, quantity: Code | None) -> Code:
    size = integer(abs(factor)) if quantity is None else _times(abs(factor), quantity)
    if left is None:
        return size if factor > 0 else Raw(f"-{_bracketed(size, 10)}", 11)
    operator = "+" if factor > 0 else "-"
    # Sums associate to the left: what stands there needs no parentheses.
    return Raw(f"{flat(left)} {operator} {_bracketed(size)}", 9)


def _times(factor: int, quantity: Code) -> Code:
    return quantity if factor == 1 else infix("*", 10, [integer(factor), quantity])


def _bracketed(code: Code, level: int = 9) -> str:
    low = isinstance(code, Raw | Infix) and code.level <= level
    return f"({flat(code)})" if low else flat(code)


def _quantity(quantity: Quantity, at: Places) -> Code:
    match quantity:
        case Shifted(of, months):
            return call("shift", sum_of(of, at), integer(months))
        case key:
            return call("number", Raw("v"), at.of(key))


# ------------------------------------------------------------------ what numbers can hold

MOST = 2**53 - 1


def too_large(linear: Linear, module: Module) -> bool:
    """Whether some partial result of the sum may leave the whole numbers that doubles hold."""
    low = high = 0
    for coefficient, quantity in linear.terms:
        first, last = (coefficient * end for end in _range(quantity, module))
        low, high = low + min(first, last), high + max(first, last)
        if max(-low, high, abs(first), abs(last)) > MOST:
            return True
    return max(-low, high) + abs(linear.constant) > MOST


def _range(quantity: Quantity, module: Module) -> tuple[int, int]:
    if isinstance(quantity, Shifted):
        return 0, 4_000_000  # all days there are
    match module.variable(quantity).type:
        case IntegerType(low, high) | DurationType(low, high):
            return low, high
        case _:
            return 0, 4_000_000


def sums_of(module: Module) -> Iterator[Linear]:
    """All that is ever summed up: comparisons and deadlines."""
    yield from module.totals
    for rule in module.program.rules:
        yield from (duty.deadline for duty in rule.rule.duties if duty.deadline is not None)


def reads_of(linear: Linear, module: Module) -> list[int]:
    return sorted(module.number[key] for key in facts_of(linear.terms))
