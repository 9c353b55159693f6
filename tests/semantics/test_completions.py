"""Partial requests against all their completions, on random policies over few values.

Exact where no two missing values are compared; elsewhere a definite answer is still that of every
completion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random

import pytest
from tests.prove.oracle import axes_of, combined
from tests.prove.policies import HEAD, compiled
from tests.prove.random_policies import BY_HAND, case

from privity.model.formula import Key, Plain
from privity.model.nodes import Policy
from privity.semantics.cells import axes_of as cells_of
from privity.semantics.decide import applying_rules, decide, permits
from privity.semantics.evaluate import World
from privity.semantics.nodes import Decision, Request

REQUESTS = 12
COMPARING = f"""{HEAD}
fact subject.x : integer from 0 to 2
fact subject.y : integer from 0 to 2 or none
fact subject.z : integer from 0 to 2
fact sender.name : text
fact recipient.name : text or none
permit p1 share data with anyone for mail
  when subject.y is not none and subject.x is less than subject.y
permit p2 share data with anyone for mail when subject.y is none or subject.x is at least subject.y
forbid f1 share a with shop for mail when subject.x is subject.z and subject.z is at most 2
forbid f2 share c with anyone for mail when sender.name is recipient.name
permit p3 share data with bank for service when subject.x + subject.z is at least 2 times subject.x
permit p4 share a with shop for service
  when subject.x + subject.z is at least 1 or subject.x is subject.z or sender.name is "x"
"""
"""Comparisons of two values, which are free where both are missing."""


@cache
def policies() -> tuple[Policy, ...]:
    drawn = (case(seed).policy for seed in range(-len(BY_HAND), 24))
    return (*[compiled(COMPARING)] * 6, *drawn)


NUMBERS = range(6 + len(BY_HAND) + 24)

Values = Mapping[Key, Plain]


def requests(policy: Policy, random: Random) -> Iterator[Request]:
    """Up to three categories, and each role and fact known or not."""
    axes = axes_of(policy)
    for _ in range(REQUESTS):
        leaves = range(len(policy.taxonomies["data"].leaves))
        data = tuple(sorted(random.sample(leaves, random.randint(1, 3))))
        known = random.choice((0.2, 0.5, 0.8, 1.0))
        yield Request(
            data,
            {
                key: random.choice(values)
                for key, values in axes.items()
                if key != "data" and random.random() < known
            },
        )


def completions(policy: Policy, request: Request) -> Iterator[Values]:
    axes = {key: values for key, values in axes_of(policy).items() if key != "data"}
    return combined(axes | {key: (value,) for key, value in request.values.items()})


class Whole:
    """What a policy says of a completion, each category decided as if it were alone."""

    def __init__(self, policy: Policy, request: Request, values: Values) -> None:
        self.values = values
        worlds = [World({**values, "data": leaf}, policy.definitions) for leaf in request.data]
        applying = [applying_rules(policy, world) for world in worlds]
        self.permitted = [permits(policy, each) for each in applying]
        self.permits = all(self.permitted)
        self.applying = [r.name for r in policy.rules if any(each[r.name] for each in applying)]
        wanted = "permit" if self.permits else "forbid"
        self.deciding = {r for r in self.applying if policy.rule_by_name[r].effect == wanted}


def wanted(policy: Policy, request: Request) -> tuple[Decision, set[str]]:
    """The decision, part by part, from docs/language.md; and the permits whose duties are owed."""
    whole = [Whole(policy, request, values) for values in completions(policy, request)]
    outcomes = {each.permits for each in whole}
    rules = [r for r in policy.rules if all(r.name in each.deciding for each in whole)]
    owed = {name for each in whole if each.permits for name in each.applying}
    decision = Decision(
        outcome="unknown" if len(outcomes) > 1 else "permit" if outcomes == {True} else "deny",
        rules=tuple(rule.name for rule in rules),
        citations=(),
        missing=tuple(missing(policy, request, whole)),
        duties=(),
        permitted_data=tuple(
            leaf for n, leaf in enumerate(request.data) if all(each.permitted[n] for each in whole)
        ),
    )
    return decision, {rule.name for rule in policy.rules if rule.duties and rule.name in owed}


def missing(policy: Policy, request: Request, whole: list[Whole]) -> Iterator[Key]:
    """What is left out and for which two completions, differing in it alone, differ."""
    for key in axes_of(policy):
        if key == "data" or key in request.values:
            continue
        outcomes: dict[tuple[Plain, ...], bool] = {}
        for each in whole:
            rest = tuple(value for name, value in each.values.items() if name != key)
            if outcomes.setdefault(rest, each.permits) != each.permits:
                yield key
                break


@pytest.mark.parametrize("number", NUMBERS)
def test_decisions(number: int) -> None:
    policy = policies()[number]
    for request in requests(policy, Random(number)):
        said, (should, owing) = decide(policy, request), wanted(policy, request)
        if not cells_of(policy, request).opaque:
            assert (said.outcome, said.rules) == (should.outcome, should.rules), request
            assert (said.missing, said.permitted_data) == (should.missing, should.permitted_data)
            assert {duty.rule for duty in said.duties} == owing, request
        else:
            assert said.outcome in (should.outcome, "unknown"), request
            assert set(said.rules) <= set(should.rules)
            assert set(said.permitted_data) <= set(should.permitted_data)
            assert set(said.missing) >= set(should.missing)
            assert {duty.rule for duty in said.duties} >= owing


def test_both_kinds_of_requests_are_met() -> None:
    seen = set()
    for number, policy in enumerate(policies()):
        for request in requests(policy, Random(number)):
            seen.add((bool(cells_of(policy, request).opaque), decide(policy, request).outcome))
    assert seen == {(o, w) for o in (True, False) for w in ("permit", "deny", "unknown")}


def test_supplying_a_value_never_overturns_a_definite_answer() -> None:
    for number, policy in enumerate(policies()):
        random = Random(number)
        for request in requests(policy, random):
            before = decide(policy, request).outcome
            for key, values in axes_of(policy).items():
                if before != "unknown" and key != "data" and key not in request.values:
                    more = Request(request.data, {**request.values, key: random.choice(values)})
                    assert decide(policy, more).outcome == before, (number, request, key)
