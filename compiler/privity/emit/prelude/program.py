"""Prelude, part 6: the policy as one object."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from operator import attrgetter
from typing import Any, Literal

from privity.emit.prelude.index import _Index
from privity.emit.prelude.tables import _Applied, _Atom, _Rule, _rule_said, _Values
from privity.emit.prelude.values import _TYPED, _WIRE, _Variable

# --- copied from here


_MOST_COMPLETIONS = 2**20


_MOST_TABULATED = 2**20


_BY_NAME = ("leaf", "date")


class _Program:
    """A policy: its variables (the data first), atoms, rules, and the functions made from them.

    `known` and `known_of_data` give the truth of all atoms where no variable is missing; atom
    number `about_data` is the first that reads the data category. `apply` is the rules. `settle`
    is the short way: the decision on one category where few known facts lead to it, else None;
    a policy may be too large to have one. It may then have no `apply` either: its rules are apart.
    No request has more completions than `most`; where these may be too many, `quick` is None.
    """

    __slots__ = (
        "about_data", "apply", "atoms", "boolean_facts", "booleans", "claims", "data_numbers",
        "default", "facts", "forbids", "generator", "index", "known", "known_of_data", "members",
        "most", "named_facts", "named_roles", "optional_facts", "other_reads", "permits", "place",
        "policy", "quick", "read", "role_sizes", "roles", "rules", "said", "scopes", "settle",
        "sha256", "starts", "typed", "validator", "variables",
    )  # fmt: skip

    def __init__(
        self,
        *,
        policy: str,
        sha256: str,
        generator: str,
        validator: str | None,
        claims: tuple[str, ...],
        default: Literal["permit", "deny"],
        variables: tuple[_Variable, ...],
        atoms: tuple[_Atom, ...],
        about_data: int,
        rules: tuple[_Rule, ...],
        known: Callable[[_Values], tuple[int, ...]] | None = None,
        known_of_data: Callable[[_Values], tuple[int, ...]] | None = None,
        apply: Callable[[tuple[int, ...], tuple[int, ...], int], _Applied] | None = None,
        settle: Callable[[_Values], Any] | None = None,
    ) -> None:
        self.policy, self.sha256, self.generator, self.claims = policy, sha256, generator, claims
        self.validator = validator
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
        self.most = _most_completions(variables, atoms) if settle else 0
        self.quick = settle if self.most <= _MOST_COMPLETIONS else None
        self.index = None if apply else _Index(rules, atoms, variables)
        # What decision tables are made for, if any: see _Stated. _tabulated sets `starts`.
        boolean = [n for n in self.read if variables[n].kind in ("boolean", "attested")]
        roles = [(n, len(v.members)) for n, v in enumerate(variables) if "." not in v.key]
        size = prod(leaves for _, leaves in roles) << len(boolean)
        tabulated = settle and self.most <= _MOST_COMPLETIONS and size <= _MOST_TABULATED
        self.booleans = [(n, 1 << bit) for bit, n in enumerate(boolean)] if tabulated else []
        self.role_sizes = roles if tabulated else []
        self.starts: list[int] = []
        packed = {*boolean, *(n for n, _ in roles)}
        self.other_reads = tuple(n for n in self.read if n not in packed) if tabulated else ()
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


# --- to here
