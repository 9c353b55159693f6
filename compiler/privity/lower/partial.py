"""What partial requests can come to, whatever they leave out: bounds that hold for a policy."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from privity.lower.program import Program, Test, Variable
from privity.model.formula import (
    AtMost,
    Contains,
    Equals,
    Key,
    SameLeaf,
    SameText,
    TextIs,
    Within,
)
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    SetType,
    TaxonomyType,
    TextType,
)

MOST_COMPLETIONS = 2**20


def most_completions(program: Program) -> int:
    """No request to this policy has more completions (docs/completions.md) than that."""
    read = {key for test in program.tests for key in test.reads}
    cells = (
        cells_at_most(program, v) for v in program.variables if v.key in read and v.key != "data"
    )
    return prod(cells) << sum(may_be_opaque(test) for test in program.tests)


def may_be_opaque(test: Test) -> bool:
    """Whether some request makes it a free boolean."""
    match test.atom:
        case AtMost() | Equals() | SameText():
            return len(test.reads) > 1 or bool(test.unsteady)
        case _:
            return False


def has_tangled_sums(program: Program) -> bool:
    """Whether comparisons of one sum may be opaque together.

    Each is a free boolean then, so that a sum may be at most 5 and not at most 7. Questions about
    the interval in which a sum lies know no such completions.
    """
    sums = [
        test.atom.terms
        for test in program.tests
        if isinstance(test.atom, AtMost | Equals) and may_be_opaque(test)
    ]
    return len(set(sums)) < len(sums)


def cells_at_most(program: Program, variable: Variable) -> int:
    """A missing variable has at most so many cells."""
    return _known_cells(program, variable) + variable.optional


def _known_cells(program: Program, variable: Variable) -> int:
    about = [test.atom for test in program.tests if variable.key in test.reads]
    match variable.type:
        case BooleanType():
            return 2
        case TaxonomyType():
            sets = [atom.leaves for atom in about if isinstance(atom, Within)]
            each = any(isinstance(atom, SameLeaf) for atom in about)
            leaves = range(_leaves(program, variable.key))
            return len(leaves) if each else len(_marks(leaves, sets))
        case SetType():
            sets = [atom.leaves for atom in about if isinstance(atom, Contains)]
            marks = _marks(range(_leaves(program, variable.key)), sets)
            return 1 << sum(any(mark) for mark in marks)
        case TextType():
            named = {atom.text for atom in about if isinstance(atom, TextIs)}
            return len(named) + sum(isinstance(atom, SameText) for atom in about) + 1
        case DateType() | IntegerType() | DurationType():
            return 1 + sum(1 if isinstance(atom, AtMost) else 2 for atom in about)


def _leaves(program: Program, variable: Key) -> int:
    return len(program.policy.taxonomy_of(variable).leaves)


def _marks(leaves: Iterable[int], sets: list[frozenset[int]]) -> set[tuple[bool, ...]]:
    return {tuple(leaf in one for one in sets) for leaf in leaves}
