"""Prelude, part 4: the policy as tables, and exact calendar months."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from math import prod
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from privity.emit.prelude.columns_source import _EPOCH, _numpy
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


_MOST_COMPLETIONS = 2**20
_MOST_TABULATED = 2**20
_BY_NAME = ("leaf", "date")


class _Program:
    """A policy: its variables (the data first), atoms, rules, and the functions made from them.

    `known` and `known_of_data` give the truth of all atoms where no variable is missing; atom
    number `about_data` is the first that reads the data category. `apply` is the rules. `settle`
    is the short way: the decision on one category where few known facts lead to it, else None;
    a policy may be too large to have one.
    No request has more completions than `most`; where these may be too many, `quick` is None.
    """

    __slots__ = (
        "about_data", "apply", "atoms", "boolean_facts", "booleans", "claims", "combinations",
        "data_numbers", "default", "facts", "forbids", "generator", "known", "known_of_data",
        "members", "most", "named_facts", "named_roles", "optional_facts", "permits", "place",
        "policy", "quick", "read", "role_sizes", "roles", "rules", "said", "scopes", "settle",
        "sha256", "typed", "variables",
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
        settle: Callable[[_Values], Any] | None,
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
        self.settle = settle
        self.place = {rule.name: number for number, rule in enumerate(rules)}
        self.most = _most_completions(variables, atoms)
        self.quick = settle if self.most <= _MOST_COMPLETIONS else None
        # What decision tables are made for, if any: see _Stated and _tabulated.
        boolean = [n for n in self.read if variables[n].kind in ("boolean", "attested")]
        roles = [(n, len(v.members)) for n, v in enumerate(variables) if "." not in v.key]
        size = prod(leaves for _, leaves in roles) << len(boolean)
        tabulated = settle and self.most <= _MOST_COMPLETIONS and size <= _MOST_TABULATED
        self.booleans = [(n, 1 << bit) for bit, n in enumerate(boolean)] if tabulated else []
        self.role_sizes = roles if tabulated else []
        self.combinations = prod(leaves for _, leaves in roles) if tabulated else 0
        slots = {v.key: (n, v, _WIRE[v.kind]) for n, v in enumerate(variables) if n}
        self.facts = {key: slot for key, slot in slots.items() if "." in key}
        self.roles = {key: slot for key, slot in slots.items() if "." not in key}
        # The same for requests that are simply written: see _read_simple.
        self.data_numbers = variables[0].numbers
        self.boolean_facts = {
            v.key: n for n, v in enumerate(variables) if v.kind in ("boolean", "attested")
        }
        self.optional_facts = {v.key: n for n, v in enumerate(variables) if v.optional}
        named = {v.key: (n, v.numbers) for n, v in enumerate(variables) if v.kind in _BY_NAME}
        self.named_facts = {key: slot for key, slot in named.items() if key in self.facts}
        self.named_roles = {key: slot for key, slot in named.items() if key in self.roles}
        self.members = attrgetter(*(variable.attribute for variable in variables))
        self.typed = [(n, v, _TYPED[v.kind]) for n, v in enumerate(variables) if n]


def _most_completions(variables: tuple[_Variable, ...], atoms: tuple[_Atom, ...]) -> int:
    """A bound on the completions of any request: on cells, and on comparisons that are free."""
    most = 1
    for number, variable in enumerate(variables):
        about = [atom for atom in atoms if number in atom.reads]
        if number and about:
            cuts = sum(max(1, len(atom.bounds)) for atom in about)
            most *= _most_cells(variable, about, cuts) + variable.optional
    return most << sum(len(atom.reads) > 1 or bool(atom.unsteady) for atom in atoms)


def _most_cells(variable: _Variable, about: list[_Atom], cuts: int) -> int:
    match variable.kind:
        case "boolean" | "attested":
            return 2
        case "leaf":
            return len(variable.members)
        case "set":
            return 1 << len(variable.members)
        case _:
            return cuts + 1


def _missing_in(reads: tuple[int, ...], values: _Values) -> list[int]:
    return [number for number in reads if values[number] is MISSING]


_LAST_ORDINAL = datetime.date.max.toordinal()


def _shift(day: int, months: int) -> int:
    """The ordinal `day` moved by calendar months, clipped to the month's end."""
    column: Any = day
    if not isinstance(column, int):
        moved: int = _shift_all(column, months)
        return moved
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    first = datetime.date(year, month + 1, 1).toordinal()
    return first + min(date.day, _days_in(year, month + 1)) - 1


def _shift_all(days: Any, months: int) -> Any:
    """The same of a column of ordinals. What is no ordinal of a day is moved to anywhere."""
    np = _numpy()
    dates = (np.clip(days, 1, _LAST_ORDINAL) - _EPOCH).view("datetime64[D]")
    month = dates.astype("datetime64[M]")
    day = dates - month.astype("datetime64[D]")
    first = (month + months).astype("datetime64[D]")
    last = (month + (months + 1)).astype("datetime64[D]") - 1
    return np.minimum(first + day, last).view(np.int64) + _EPOCH


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


# --- to here
