"""What the emitters print: a policy as atoms, and rules as masks over them.

A condition denotes *the set of completions in which it holds* (docs/completions.md). Atoms are
numbered, equal ones are one; conditions are `Mask` expressions over them, cut into steps so that
no expression is deep.
"""

from __future__ import annotations

from dataclasses import dataclass

from privity.model.formula import Atom, Key
from privity.model.nodes import Definition, FactType, Policy, Rule, Value


@dataclass(frozen=True, slots=True)
class Variable:
    """A role that has a taxonomy, or a fact; a role's type is its taxonomy."""

    key: Key
    type: FactType
    optional: bool
    label: str | None
    negative: str | None


@dataclass(frozen=True, slots=True)
class Test:
    """An atom in its place.

    `reads` holds the variables it is about, in the order of `Program.variables`. Missing, one of
    `unsteady` makes it opaque even where it is the only one.
    """

    atom: Atom
    reads: tuple[Key, ...]
    unsteady: tuple[Key, ...]
    branch: Value | None
    """The taxonomy value whose leaves a `Within` or `Contains` lists, if there is one."""


# ------------------------------------------------------------------ masks


@dataclass(frozen=True, slots=True)
class Every:
    """All completions, or none."""

    value: bool


@dataclass(frozen=True, slots=True)
class Atomic:
    """Those in which test number `index` holds."""

    index: int


@dataclass(frozen=True, slots=True)
class Part:
    """What the step number `index` found."""

    index: int


@dataclass(frozen=True, slots=True)
class Complement:
    operand: Mask


@dataclass(frozen=True, slots=True)
class Intersection:
    operands: tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class Union:
    operands: tuple[Mask, ...]


Mask = Every | Atomic | Part | Complement | Intersection | Union

ALL = Every(True)


@dataclass(frozen=True, slots=True)
class Step:
    """One assignment. `about` is the definition or rule it is; None for a part of the next one."""

    mask: Mask
    about: Definition | Rule | None


# ------------------------------------------------------------------ the program


@dataclass(frozen=True, slots=True)
class LoweredRule:
    """`scope` holds the tests that its scope makes, `tests` these and those of its conditions.

    A role whose every leaf is in the scope makes no test.
    """

    rule: Rule
    step: int
    scope: tuple[int, ...]
    tests: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """`variables` begins with the roles, the data first; `rules` are in order of declaration.

    The tests from number `about_data` on read the data category, those before do not.
    """

    policy: Policy
    variables: tuple[Variable, ...]
    tests: tuple[Test, ...]
    about_data: int
    steps: tuple[Step, ...]
    rules: tuple[LoweredRule, ...]
