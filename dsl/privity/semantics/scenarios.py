"""Scenarios: the requests that they tell of, decided and compared with what is expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from privity.model.nodes import Expectation, Policy, Scenario
from privity.semantics.nodes import Decision, Plain, Request

Decide = Callable[[Policy, Request], Decision]


@dataclass(frozen=True, slots=True)
class Failure:
    """A request of a scenario that is not decided as expected."""

    expectation: Expectation
    request: Request
    decision: Decision


def requests_of(scenario: Scenario) -> Iterator[Request]:
    """One request for each combination of the leaves given for the roles other than data."""
    others = [role for role in scenario.roles if role != "data"]
    data = tuple(sorted(scenario.roles["data"]))
    facts: dict[str, Plain] = dict(scenario.facts)
    for leaves in product(*(sorted(scenario.roles[role]) for role in others)):
        yield Request(data, {**dict(zip(others, leaves, strict=True)), **facts})


def failures(policy: Policy, scenario: Scenario, decide: Decide) -> Iterator[Failure]:
    """Where `decide` does not say what the scenario expects."""
    for request in requests_of(scenario):
        decision = decide(policy, request)
        for expectation in scenario.expectations:
            if not meets(decision, expectation):
                yield Failure(expectation, request, decision)


def meets(decision: Decision, expectation: Expectation) -> bool:
    """The outcome is the expected one, and the rules are, where the author names them."""
    if decision.outcome != expectation.outcome:
        return False
    return expectation.rules is None or set(decision.rules) == set(expectation.rules)
