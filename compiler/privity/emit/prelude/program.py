"""Prelude, part 4: the policy as tables, and exact calendar months."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from privity.emit.prelude.values import _TYPED, _WIRE, MISSING, _Variable

# --- copied from here

Outcome = Literal["permit", "deny", "unknown"]
_Values = list[Any]
"""Plain values by number of variable; number 0 is the data category in question."""


class _Atom(NamedTuple):
    """A comparison. `test` takes plain values of the variables `reads`, all known.

    A sum compares `total`, a monotone function of each variable but those `unsteady`; its truth
    changes where that passes one of `bounds`. `text` is what a text is compared with.
    """

    kind: Literal[
        "holds", "is_none", "within", "same_leaf", "contains", "text_is", "same_text", "sum"
    ]
    reads: tuple[int, ...]
    test: Callable[..., bool]
    text: str = ""
    total: Callable[..., int] | None = None
    bounds: tuple[int, ...] = ()
    unsteady: tuple[int, ...] = ()


class _Duty(NamedTuple):
    """`deadline` computes an ordinal from the variables `reads`."""

    name: str
    label: str | None
    reads: tuple[int, ...] = ()
    deadline: Callable[..., int] | None = None


class _Rule(NamedTuple):
    """`scope`: the atoms of its scope; `atoms`: these and those of its conditions."""

    effect: Literal["permit", "forbid"]
    name: str
    label: str | None
    citations: tuple[str, ...]
    scope: tuple[int, ...]
    atoms: tuple[int, ...]
    duties: tuple[_Duty, ...] = ()


def _rule_said(rule: _Rule) -> str:
    """Its name, its label, what it cites."""
    label = f' "{rule.label}"' if rule.label else ""
    cited = f" ({', '.join(rule.citations)})" if rule.citations else ""
    return f"{rule.name}{label}{cited}"


_Applied = tuple[int, tuple[int, ...], tuple[int, ...]]
"""The completions that are permitted, and those in which each forbid, each permit applies."""


class _Program:
    """A policy: its variables (the data first), atoms, rules, and the functions made from them.

    `known` and `known_of_data` give the truth of all atoms where no variable is missing; atom
    number `about_data` is the first that reads the data category. `apply` is the rules.
    """

    __slots__ = (
        "about_data", "apply", "atoms", "claims", "default", "facts", "forbids", "generator",
        "known", "known_of_data", "members", "permits", "policy", "read", "roles", "rules",
        "said", "scopes", "sha256", "typed", "variables",
    )  # fmt: skip

    def __init__(
        self,
        *,
        policy: str,
        sha256: str,
        generator: str,
        claims: tuple[str, ...],
        default: Literal["permit", "deny"],
        variables: tuple[_Variable, ...],
        atoms: tuple[_Atom, ...],
        about_data: int,
        rules: tuple[_Rule, ...],
        known: Callable[[_Values], tuple[int, ...]],
        known_of_data: Callable[[_Values], tuple[int, ...]],
        apply: Callable[[tuple[int, ...], tuple[int, ...], int], _Applied],
    ) -> None:
        self.policy, self.sha256, self.generator, self.claims = policy, sha256, generator, claims
        self.default: Literal["permit", "deny"] = default
        self.variables, self.atoms, self.about_data = variables, atoms, about_data
        self.rules = rules
        self.read = tuple(sorted({number for atom in atoms for number in atom.reads if number}))
        self.scopes = sorted({number for rule in rules for number in rule.scope})
        self.forbids = tuple(rule for rule in rules if rule.effect == "forbid")
        self.said = {rule.name: _rule_said(rule) for rule in rules}
        self.permits = tuple(rule for rule in rules if rule.effect == "permit")
        self.known, self.known_of_data, self.apply = known, known_of_data, apply
        slots = {v.key: (n, v, _WIRE[v.kind]) for n, v in enumerate(variables) if n}
        self.facts = {key: slot for key, slot in slots.items() if "." in key}
        self.roles = {key: slot for key, slot in slots.items() if "." not in key}
        self.members = attrgetter(*(variable.attribute for variable in variables))
        self.typed = [(n, v, _TYPED[v.kind]) for n, v in enumerate(variables) if n]


def _missing_in(reads: tuple[int, ...], values: _Values) -> list[int]:
    return [number for number in reads if values[number] is MISSING]


def _shift(day: int, months: int) -> int:
    """The ordinal `day` moved by calendar months, clipped to the month's end."""
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    first = datetime.date(year, month + 1, 1).toordinal()
    return first + min(date.day, _days_in(year, month + 1)) - 1


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


# --- to here
