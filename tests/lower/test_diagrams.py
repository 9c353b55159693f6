"""Decision diagrams: the semantics decides the same; reduced, ordered, the same on every run."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

import pytest
from tests.emit.example import example
from tests.emit.random_policies import random_policy, random_request

from privity.lower import decide as lowered
from privity.lower.decide import Decided, decision_diagram
from privity.lower.diagram import Builder, Diagram, Node, TooLargeError
from privity.lower.questions import (
    OTHER,
    Answer,
    Pick,
    Question,
    Region,
    Truth,
    asked_of,
)
from privity.model.formula import Holds, Key, Linear
from privity.model.nodes import Policy
from privity.semantics.cells import MOST_COMPLETIONS, axes_of
from privity.semantics.decide import applying_rules, decide, permits
from privity.semantics.evaluate import World, evaluate, evaluate_linear
from privity.semantics.nodes import Plain, Request

Values = dict[Key, Plain]


@pytest.mark.parametrize("seed", range(80))
def test_the_semantics_decides_the_same(seed: int) -> None:
    random = Random(seed)
    policy = random_policy(random)
    diagram = decision_diagram(policy, 4_000)
    assert diagram is not None
    for _ in range(20):
        values = complete(policy, random)
        assert diagram.walk(partial(arm, values)) == decided(policy, values)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_settled_on_the_way_is_settled_for_partial_requests(seed: int) -> None:
    random = Random(seed)
    policy = random_policy(random)
    diagram = decision_diagram(policy, 4_000)
    assert diagram is not None
    for _ in range(20):
        values = complete(policy, random)
        asked: set[Key] = set()

        def answer(question: Question, v: Values = values, a: set[Key] = asked) -> int:
            a |= asked_of(question)
            return arm(v, question)

        end = diagram.walk(answer)
        data = values["data"]
        assert isinstance(data, int)
        known = {key: value for key, value in values.items() if key in asked and key != "data"}
        decision = decide(policy, Request((data,), known))
        if axes_of(policy, Request((data,), known)).completions <= MOST_COMPLETIONS:
            assert decision.outcome != "unknown"
            assert end == Decided(decision.outcome, numbers(policy, decision.rules))


@pytest.mark.parametrize("seed", range(20))
def test_diagrams_are_reduced_and_ordered(seed: int) -> None:
    diagram = decision_diagram(random_policy(Random(seed)), 4_000)
    assert diagram is not None
    assert len(set(diagram.nodes)) == len(diagram.nodes)
    assert len(set(diagram.ends)) == len(diagram.ends)
    for number, node in enumerate(diagram.nodes):
        assert len(set(node.children)) > 1
        for child in node.children:
            assert child < number
            assert child < 0 or diagram.nodes[child].question > node.question


def test_what_is_too_large_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = example()
    found = decision_diagram(policy, 4_000)
    assert found is not None
    assert decision_diagram(policy, len(found.nodes)) == found
    assert decision_diagram(policy, len(found.nodes) - 1) is None
    monkeypatch.setattr(lowered, "MOST_QUESTIONS", 1)
    assert decision_diagram(policy, 4_000) is None


def test_every_path_ends_where_walking_it_does() -> None:
    diagram = decision_diagram(example(), 4_000)
    assert diagram is not None
    paths = list(diagram.paths())
    assert len({path for path, _ in paths}) == len(paths) > 1
    for path, end in paths:
        answers = {diagram.questions[question]: chosen for question, chosen in path}
        assert diagram.walk(answers.__getitem__) == end


def test_true_and_one_are_different_ends() -> None:
    builder = Builder((Pick("a", (frozenset({False}), frozenset({True}))),), 10)
    root = builder.node(0, (builder.end(True), builder.end(1)))
    assert builder.finished(root) == Diagram(builder.questions, (Node(0, (-1, -2)),), (True, 1), 0)


def test_more_nodes_than_allowed_are_an_error() -> None:
    builder = Builder((Truth(Holds("a")),), 0)  # type: ignore[arg-type]
    with pytest.raises(TooLargeError):
        builder.answered(0, frozenset({1}))


# ------------------------------------------------------------------ answers, by the semantics


def complete(policy: Policy, random: Random) -> Values:
    """A complete request, every fact stated, on one data category."""
    request = random_request(random, policy)
    values = {**first(policy, random), **request.values}
    return {**values, "data": request.data[0]}


def first(policy: Policy, random: Random) -> Values:
    """Values for what a random request may have left out."""
    found: Values = dict.fromkeys(policy.roles, 0)
    while len(found) < len(policy.roles) + len(policy.facts):
        request = random_request(random, policy)
        found |= request.values
    return found


def decided(policy: Policy, values: Values) -> Decided:
    applying = applying_rules(policy, World(values, policy.definitions))
    outcome = "permit" if permits(policy, applying) else "deny"
    effect = "permit" if outcome == "permit" else "forbid"
    names = tuple(r.name for r in policy.rules if r.effect == effect and applying[r.name])
    return Decided("permit" if outcome == "permit" else "deny", numbers(policy, names))


def numbers(policy: Policy, names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(n for n, rule in enumerate(policy.rules) if rule.name in names)


def arm(values: Values, question: Question) -> int:
    match question:
        case Pick(variable, groups):
            value: Answer = values[variable]  # type: ignore[assignment]
            if isinstance(value, str) and not any(value in group for group in groups):
                value = OTHER
            return next(n for n, group in enumerate(groups) if holds(group, value))
        case Region(terms, bounds):
            total = evaluate_linear(Linear(terms, 0), World(values, {}))
            return sum(total > bound for bound in bounds)
        case Truth(atom):
            return int(evaluate(atom, World(values, {})))


def holds(group: frozenset[Answer], value: Answer) -> bool:
    return any(type(one) is type(value) and one == value for one in group)


def test_a_changed_policy_is_noticed() -> None:
    """The comparison above is one that can fail."""
    policy = example()
    other = replace(policy, otherwise="deny" if policy.otherwise == "permit" else "permit")
    diagram = decision_diagram(other, 4_000)
    assert diagram is not None
    random = Random(1)
    seen = [complete(policy, random) for _ in range(200)]
    assert any(diagram.walk(partial(arm, v)) != decided(policy, v) for v in seen)
