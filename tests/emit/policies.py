"""Policies made by hand, without text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from privity.diagnostics.span import NOWHERE, Span
from privity.model.formula import FALSE, TRUE, Formula, Key, Linear
from privity.model.nodes import (
    ROLES,
    Citation,
    Definition,
    Duty,
    Effect,
    Fact,
    FactType,
    Policy,
    Role,
    Rule,
    Scope,
    Taxonomy,
    Value,
)

Tree = Mapping[str, "Tree"] | Sequence[str]


def taxonomy(name: str, tree: Tree) -> Taxonomy:
    """`{"partner": ["insurer", "bank"], "stranger": []}`; names of values must be unique."""
    values: list[Value] = []
    _grow(values, (name,), tree, None, 0)
    return Taxonomy(name, f"label of {name}", tuple(values), "test", NOWHERE)


def _grow(
    values: list[Value], path: tuple[str, ...], tree: Tree, parent: int | None, first: int
) -> int:
    """Append a value and what is under it; the number of the first leaf after it."""
    place, name = len(values), path[-1]
    values.append(Value(name, path, f"label of {name}", first, first + 1, parent, NOWHERE))
    last = first
    children: Mapping[str, Tree] = tree if isinstance(tree, Mapping) else dict.fromkeys(tree, ())
    for child, below in children.items():
        last = _grow(values, (*path, child), below, place, last)
    last = last if children else first + 1
    values[place] = Value(name, path, f"label of {name}", first, last, parent, NOWHERE)
    return last


def fact(key: Key, kind: FactType, *, optional: bool = False, label: str | None = None) -> Fact:
    return Fact(key, kind, optional, label, None, "test", NOWHERE)


def define(name: str, formula: Formula) -> Definition:
    return Definition(name, None, formula, (), Span("test", 0, 0, 7, 1))


def duty(name: str, deadline: Linear | None = None) -> Duty:
    return Duty(name, f"label of {name}", deadline, NOWHERE)


def rule(
    effect: Effect,
    name: str,
    scope: Mapping[Role, Iterable[int]],
    *,
    when: Formula = TRUE,
    unless: Formula = FALSE,
    yields_to: tuple[str, ...] = (),
    duties: tuple[Duty, ...] = (),
    label: str | None = None,
    cites: Sequence[str] = (),
) -> Rule:
    """A role that `scope` leaves out must have no taxonomy."""
    leaves = {role: frozenset(found) for role, found in scope.items()}
    citations = tuple(Citation("law", clause, NOWHERE) for clause in cites)
    words: dict[Role, str] = dict.fromkeys(leaves, "some")
    return Rule(
        effect, name, label, Scope(leaves, words, NOWHERE), when, unless, yields_to, duties, (),
        citations, False, Span("test", 0, 0, 31, 1),
    )  # fmt: skip


def policy(
    taxonomies: Mapping[str, Tree],
    facts: Sequence[Fact],
    rules: Sequence[Rule],
    definitions: Sequence[Definition] = (),
    *,
    otherwise: Literal["permit", "deny"] = "deny",
    name: str = "test.policy",
    title: str | None = None,
) -> Policy:
    return Policy(
        name=name,
        title=title,
        otherwise=otherwise,
        taxonomies={n: taxonomy(n, tree) for n, tree in taxonomies.items()},
        facts=tuple(facts),
        definitions={definition.name: definition for definition in definitions},
        parameters=(), readings=(), assumptions=(), sources=(), parties=(),
        rules=tuple(rules),
        rules_in_order=tuple(_in_order(rules)),
        musts=(), scenarios=(), claims=(),
        sha256=hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest(),
        span=NOWHERE,
    )  # fmt: skip


def _in_order(rules: Sequence[Rule]) -> list[Rule]:
    by_name = {rule.name: rule for rule in rules}
    done: dict[str, Rule] = {}

    def add(rule: Rule) -> None:
        for name in rule.yields_to:
            add(by_name[name])
        done.setdefault(rule.name, rule)

    for rule in rules:
        add(rule)
    return list(done.values())


def everywhere(taxonomies: Mapping[str, Tree]) -> dict[Role, frozenset[int]]:
    """The scope that leaves nothing out."""
    return {r: taxonomy(r, taxonomies[r]).values[0].leaves for r in ROLES if r in taxonomies}
