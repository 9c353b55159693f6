"""What an expression denotes while its types are checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from privity.model.formula import FALSE, Formula, Key, Linear

NumberKind = Literal["integer", "date", "days", "months"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A yes or no. `bare` is the fact if the expression is nothing but an optional fact."""

    formula: Formula
    bare: Key | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A sum within `low` to `high`. `days` and `months` bound what a date was moved by.

    Months are constants (`linear` has no terms). `bare` is the fact if there is nothing else.
    """

    kind: NumberKind
    linear: Linear
    low: int
    high: int
    days: int = 0
    months: int = 0
    bare: Key | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A role or fact with a taxonomy value."""

    variable: Key
    taxonomy: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text fact, or a constant."""

    fact: Key | None
    constant: str = ""


@dataclass(frozen=True, slots=True)
class SetOf:
    fact: Key
    taxonomy: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """`none`."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Already reported."""


Denotation = Condition | Number | Choice | Text | SetOf | Nothing | Wrong

WRONG = Wrong()
WRONG_CONDITION = Condition(FALSE)


def described(value: Denotation) -> str:
    """What `value` is, in the author's words."""
    match value:
        case Condition():
            return "a condition"
        case Number(kind="integer"):
            return "a number"
        case Number(kind="date"):
            return "a date"
        case Number(kind="days"):
            return "a duration in days"
        case Number():
            return "a duration in months"
        case Choice(taxonomy=taxonomy):
            return f"a value of `{taxonomy}`"
        case Text():
            return "a text"
        case SetOf(taxonomy=taxonomy):
            return f"a set of values of `{taxonomy}`"
        case Nothing():
            return "`none`"
        case Wrong():
            return "an error"
