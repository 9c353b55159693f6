"""Every engine behind one question: what does this policy say of this request?

Each takes a request in plain words and answers with the naive implementation's `Decision`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import Any

from tests.generators.policies import resolved
from tests.generators.requests import Asked
from tests.naive.decide import Decision, OwedDuty
from tests.naive.policy import Policy as NaivePolicy
from tests.naive.policy import read
from tests.naive.values import Value

from privity.emit import python
from privity.emit.load import load_checker
from privity.model.calendar import shift
from privity.model.nodes import Policy, SetType, Taxonomy, TaxonomyType
from privity.semantics import decide as semantics
from privity.semantics import nodes as semantic
from privity.semantics.evaluate import World
from privity.symbolic import months, requests, rules
from privity.symbolic.encode import Scene, Shared
from privity.symbolic.names import Names
from privity.symbolic.solver import Limits, Result, Satisfiable, Session, Unsatisfiable

MOST_REFINEMENTS = 12


@dataclass(frozen=True)
class Engines:
    """One policy text, as each engine has it."""

    text: str

    @cached_property
    def policy(self) -> Policy:
        return resolved(self.text)

    @cached_property
    def naive(self) -> NaivePolicy:
        return read(self.text)

    @cached_property
    def checker(self) -> ModuleType:
        return load_checker(python.emit_python(self.policy))

    def reference(self, asked: Asked) -> Decision:
        return in_words(self.policy, semantics.decide(self.policy, in_numbers(self.policy, asked)))

    def generated(self, asked: Asked) -> Decision:
        return from_json(self.checker.check_mapping(as_json(asked, self.naive)).as_dict())

    def symbolic(self, asked: list[Asked]) -> list[str]:
        """How the solver's view of complete requests differs from the reference semantics."""
        return list(_disagreements(self.policy, asked))


# ------------------------------------------------------------------ the reference semantics


def in_numbers(policy: Policy, asked: Asked) -> semantic.Request:
    """The request as the semantics has it."""
    leaves = policy.taxonomies["data"].leaf_numbers
    data = tuple(sorted(leaves[leaf] for leaf in asked.data))
    values = {name: _in_number(policy, name, value) for name, value in asked.values.items()}
    return semantic.Request(data, values)


def _in_number(policy: Policy, name: str, value: Value) -> semantic.Plain:
    taxonomy = _taxonomy(policy, name)
    match value:
        case None | bool() | int():
            return value
        case datetime.date():
            return value.toordinal()
        case str():
            return taxonomy.leaf_numbers[value] if taxonomy is not None else value
        case frozenset():
            assert taxonomy is not None
            return frozenset(taxonomy.leaf_numbers[leaf] for leaf in value)
        case _:
            raise TypeError(value)


def _taxonomy(policy: Policy, name: str) -> Taxonomy | None:
    fact = policy.fact_by_key.get(name)
    if fact is not None and not isinstance(fact.type, TaxonomyType | SetType):
        return None
    return policy.taxonomy_of(name)


def in_words(policy: Policy, decision: semantic.Decision) -> Decision:
    leaves = policy.taxonomies["data"].leaves
    return Decision(
        outcome=decision.outcome,
        rules=decision.rules,
        citations=decision.citations,
        missing=decision.missing,
        duties=tuple(
            OwedDuty(duty.rule, duty.name, duty.has_deadline, _day(duty.deadline))
            for duty in decision.duties
        ),
        permitted_data=tuple(leaves[number].name for number in decision.permitted_data),
    )


def _day(ordinal: int | None) -> datetime.date | None:
    return None if ordinal is None else datetime.date.fromordinal(ordinal)


# ------------------------------------------------------------------ the generated checker


def as_json(asked: Asked, policy: NaivePolicy) -> dict[str, Any]:
    """The request as JSON has it."""
    roles = {name: value for name, value in asked.values.items() if name not in policy.facts}
    facts = {name: _as_json(value) for name, value in asked.values.items() if name in policy.facts}
    return {"data": list(asked.data), **roles, "facts": facts}


def _as_json(value: Value) -> object:
    match value:
        case datetime.date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case _:
            return value


def from_json(answer: Mapping[str, Any]) -> Decision:
    return Decision(
        outcome=answer["outcome"],
        rules=tuple(answer["rules"]),
        citations=tuple(answer["citations"]),
        missing=tuple(answer["missing"]),
        duties=tuple(
            OwedDuty(duty["rule"], duty["name"], "deadline" in duty, _date(duty.get("deadline")))
            for duty in answer["duties"]
        ),
        permitted_data=tuple(answer["permitted_data"]),
    )


def _date(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


# ------------------------------------------------------------------ the solver


def _disagreements(policy: Policy, asked: list[Asked]) -> Iterator[str]:
    """Each request asserted, category by category, every verdict but the reference's is asked for:
    none may be possible. Calendar shifts are refined until the solver has the values used."""
    cases = [replace(each, data=(category,)) for each in asked for category in sorted(each.data)]
    shared = Shared()
    scene = Scene(Names(), policy.fact_by_key, shared)
    body = list(rules.decision(policy, policy.rules_in_order, scene))
    stated: list[str] = []
    for number, each in enumerate(cases):
        stated += _stated(policy, each, number, scene)
    text = [
        "(set-logic QF_LIA)",
        *requests.declare_roles(policy, scene.names),
        *(line for f in policy.facts for line in requests.declare_fact(policy, f, scene.names)),
        *months.declarations(shared.shifts),
        *body,
        *stated,
    ]
    yield from _possible_others(text, shared, cases)


def _stated(policy: Policy, asked: Asked, number: int, scene: Scene) -> Iterator[str]:
    """`asked.N` says that the request is this one, `wrong.N` that some rule, or the policy, says
    something else of it than the reference semantics does."""
    request = in_numbers(policy, asked)
    values = {**request.values, "data": request.data[0]}
    says = [f"(= {role} {values[role]})" for role in policy.roles]
    for fact in policy.facts:
        says.append(requests.assign(policy, fact, values[fact.key], scene.names, scene.shared))
    applying = semantics.applying_rules(policy, World(values, policy.definitions))
    verdicts = {scene.names.applies(name): its for name, its in applying.items()}
    verdicts[scene.names.permits()] = semantics.permits(policy, applying)
    others = [f"(not {term})" if verdict else term for term, verdict in verdicts.items()]
    yield f"(declare-const asked.{number} Bool)"
    yield f"(declare-const wrong.{number} Bool)"
    yield f"(assert (=> asked.{number} (and {' '.join(says)})))"
    yield f"(assert (=> wrong.{number} (or {' '.join(others)})))"


def _possible_others(text: list[str], shared: Shared, cases: list[Asked]) -> Iterator[str]:
    """The cases of which the solver could say something else, or of which it can say nothing."""
    known: set[str] = set()
    open_cases = list(range(len(cases)))
    for _ in range(MOST_REFINEMENTS):
        session = Session("\n".join([*text, *sorted(known)]), Limits())
        models = {n: session.check([f"asked.{n}", f"wrong.{n}"]) for n in open_cases}
        open_cases = [n for n, its in models.items() if not isinstance(its, Unsatisfiable)]
        before = len(known)
        for number in open_cases:
            known |= set(_inexact(models[number], shared))
        if len(known) == before:
            break
    session = Session("\n".join([*text, *sorted(known)]), Limits())
    for number, case in enumerate(cases):
        if number in open_cases:
            yield f"{case}: another verdict is possible"
        if not isinstance(session.check([f"asked.{number}"]), Satisfiable):
            yield f"{case}: no verdict is possible"


def _inexact(result: Result, shared: Shared) -> Iterator[str]:
    """What a model gets wrong about the calendar."""
    if isinstance(result, Satisfiable):
        for (_, moved), name in shared.shifts.items():
            value = int(result.values[f"{name}.day"])
            if result.values[name] != shift(value, moved):
                term = months.refinement(f"{name}.day", moved, name, value)
                yield f"(assert {term})"
