"""The decision on a request, complete but for its having several categories."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from tests.naive.evaluate import due_day, holds
from tests.naive.policy import ROLE_OF_WORD, Policy
from tests.naive.values import Values

from privity.syntax import nodes as tree


@dataclass(frozen=True)
class OwedDuty:
    rule: str
    name: str
    has_deadline: bool
    deadline: datetime.date | None


@dataclass(frozen=True)
class Decision:
    outcome: str
    rules: tuple[str, ...]
    citations: tuple[str, ...]
    missing: tuple[str, ...]
    duties: tuple[OwedDuty, ...]
    permitted_data: tuple[str, ...]


def decide(policy: Policy, data: list[str], values: Values) -> Decision:
    """What the policy says of the categories `data`, given a value for each other role and fact."""
    permitted = []
    applying: set[str] = set()
    for category in in_order(policy, data):
        world: Values = {**values, "data": category}
        applying |= applying_names(policy, world)
        if permits(policy, world):
            permitted.append(category)
    yes = len(permitted) == len(data)
    effect = "permit" if yes else "forbid"
    rules = [name for name in rule_names(policy, effect) if name in applying]
    return Decision(
        outcome="permit" if yes else "deny",
        rules=tuple(rules),
        citations=citations(policy, rules),
        missing=(),
        duties=owed_duties(policy, rules, values) if yes else (),
        permitted_data=tuple(permitted),
    )


def in_order(policy: Policy, data: list[str]) -> list[str]:
    return [leaf for leaf in policy.taxonomies["data"].leaves() if leaf in data]


def permits(policy: Policy, values: Values) -> bool:
    applying = applying_names(policy, values)
    if applying & set(rule_names(policy, "forbid")):
        return False
    if applying & set(rule_names(policy, "permit")):
        return True
    return policy.otherwise == "permit"


def rule_names(policy: Policy, effect: str) -> list[str]:
    """Those of the rules of one effect in order of declaration, assumptions last."""
    names = [rule.name.text for rule in policy.rules if rule.effect == effect]
    if effect == "forbid":
        names += [assumption.name.text for assumption in policy.assumptions]
    return names


def applying_names(policy: Policy, values: Values) -> set[str]:
    """The rules that apply to a complete request of one category."""
    rules = {rule.name.text: rule for rule in policy.rules}
    applying = {name for name, rule in rules.items() if _applies(rule, rules, policy, values)}
    for assumption in policy.assumptions:
        if not holds(assumption.condition, policy, values):
            applying.add(assumption.name.text)
    return applying


def _applies(rule: tree.Rule, rules: dict[str, tree.Rule], policy: Policy, values: Values) -> bool:
    if not matches(rule.scope, policy, values):
        return False
    for clause in rule.clauses:
        match clause:
            case tree.When(condition) if not holds(condition, policy, values):
                return False
            case tree.Unless(condition) if holds(condition, policy, values):
                return False
            case tree.Yields(_, names):
                if any(_applies(rules[name.text], rules, policy, values) for name in names):
                    return False
            case _:
                pass
    return True


def matches(scope: tree.Scope, policy: Policy, values: Values) -> bool:
    parts = {"data": scope.data, **{ROLE_OF_WORD[word]: part for word, part in scope.roles}}
    return all(
        values[role] in _leaves(part.items, role, policy)
        and values[role] not in _leaves(part.excluded, role, policy)
        for role, part in parts.items()
    )


def _leaves(items: tuple[tree.SetItem, ...], role: str, policy: Policy) -> set[str]:
    found: set[str] = set()
    for item in items:
        match item:
            case tree.Anyone():
                found |= set(policy.taxonomies["recipient"].leaves())
            case tree.AnyValue(name):
                assert name.text == role
                found |= set(policy.taxonomies[role].leaves())
            case tree.Branch(name):
                found |= set(policy.taxonomies[role].leaves(name.text))
    return found


def citations(policy: Policy, rules: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for rule in policy.rules:
        for clause in rule.clauses:
            if rule.name.text in rules and isinstance(clause, tree.Cites):
                found += [f"{each.source.text} {each.clause}" for each in clause.citations]
    for assumption in policy.assumptions:
        if assumption.name.text in rules:
            found += [f"{each.source.text} {each.clause}" for each in assumption.cites]
    return tuple(dict.fromkeys(found))


def owed_duties(policy: Policy, permits: list[str], values: Values) -> tuple[OwedDuty, ...]:
    return tuple(
        OwedDuty(
            rule.name.text,
            clause.name.text,
            clause.deadline is not None,
            due_day(clause.deadline, policy, values) if clause.deadline is not None else None,
        )
        for rule in policy.rules
        for clause in rule.clauses
        if rule.name.text in permits and isinstance(clause, tree.Duty)
    )


def duty_names(duties: tuple[OwedDuty, ...]) -> set[tuple[str, str]]:
    return {(duty.rule, duty.name) for duty in duties}
