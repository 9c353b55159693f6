"""Conformance vectors: what they cover, counted anew; every target gives every answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.docs.json_schema import faults
from tests.docs.test_schemas import SCHEMAS
from tests.emit.example import example
from tests.emit.random_policies import random_policy
from tests.lower.test_diagrams import arm
from tests.targets.node import Node
from tests.targets.rego import RegoCpp, ask_opa, opa
from tests.targets.test_typescript import POLICIES, compiled

from privity.analyse.vectors import Coverage, Vector, vectors_of
from privity.cli.main import main
from privity.cli.targets import vector_lines
from privity.emit.rego import emit_rego
from privity.emit.typescript import emit_typescript
from privity.lower.decide import decision_diagram
from privity.lower.questions import Pick, Region, asked_of
from privity.model.formula import Key, Linear, Plain
from privity.model.nodes import FIRST_DAY, LAST_DAY, DateType, Policy
from privity.semantics.evaluate import World, evaluate_linear

MADE: Mapping[str, Policy] = {
    "customer_privacy": compiled(POLICIES[0]),
    "literal": compiled(POLICIES[1]),
    "example": example(),
}


@cache
def coverage(name: str) -> Coverage:
    found = vectors_of(MADE[name])
    assert found is not None
    return found


@cache
def lines(name: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in vector_lines(MADE[name]))


def complete(made: Policy, covered: Coverage) -> Iterator[dict[Key, Plain]]:
    """The vectors in which nothing is missing, one data category at a time."""
    for vector in covered.vectors:
        if len(vector.request.values) == len(made.roles) - 1 + len(made.facts):
            for data in vector.request.data:
                yield {"data": data, **vector.request.values}


# ------------------------------------------------------------------ coverage, counted anew


def paths_taken(made: Policy, covered: Coverage) -> set[tuple[tuple[int, int], ...]]:
    """The paths that vectors take, by what the semantics says of each question."""
    diagram = decision_diagram(made)
    assert diagram is not None
    found = set()
    for values in complete(made, covered):
        ref, path = diagram.root, []
        while ref >= 0:
            node = diagram.nodes[ref]
            answer = arm(values, diagram.questions[node.question])
            path.append((node.question, answer))
            ref = node.children[answer]
        found.add(tuple(path))
    return found


def edges_met(made: Policy, covered: Coverage) -> set[tuple[int, int, int]]:
    """The questions, bounds and distances from these that vectors have, on the way or not."""
    diagram = decision_diagram(made)
    assert diagram is not None
    found = set()
    for number, question in enumerate(diagram.questions):
        if isinstance(question, Region):
            for values in complete(made, covered):
                if all(values[key] is not None for key in asked_of(question)):
                    total = evaluate_linear(Linear(question.terms, 0), World(values, {}))
                    near = ((bound, total - bound) for bound in question.bounds)
                    found |= {(number, bound, away) for bound, away in near if abs(away) < 2}
    return found


def gaps(made: Policy, covered: Coverage) -> list[str]:
    """What a request could show, and no vector does."""
    diagram = decision_diagram(made)
    assert diagram is not None
    paths = {path for path, _ in diagram.paths()}
    found = (
        []
        if len(paths_taken(made, covered)) == len(paths) - covered.impossible_paths
        else ["paths"]
    )
    met = edges_met(made, covered) | covered.impossible_edges
    for number in sorted({node.question for node in diagram.nodes}):
        question = diagram.questions[number]
        match question:
            case Region(_, bounds):
                wanted = {(number, bound, away) for bound in bounds for away in (-1, 0, 1)}
                found += [f"bound {edge}" for edge in sorted(wanted - met)]
            case Pick(variable, groups):
                values = {value for group in groups for value in group if isinstance(value, int)}
                seen = {one[variable] for one in complete(made, covered)}
                found += [f"{variable}, leaf {value}" for value in sorted(values - seen)]
            case _:
                pass
    return found + list(_facts_without(made, covered))


def _facts_without(made: Policy, covered: Coverage) -> Iterator[str]:
    diagram = decision_diagram(made)
    assert diagram is not None
    asked = {key for node in diagram.nodes for key in asked_of(diagram.questions[node.question])}
    requests = [vector.request for vector in covered.vectors]
    for fact in (fact for fact in made.facts if fact.key in asked):
        known = [request.values[fact.key] for request in requests if fact.key in request.values]
        if len(known) == len(requests):
            yield f"{fact.key} missing"
        if fact.optional and None not in known:
            yield f"{fact.key} none"
        if isinstance(fact.type, DateType):
            days = {FIRST_DAY.toordinal(), LAST_DAY.toordinal()}
            yield from (f"{fact.key} {day}" for day in days - set(known))
    if not any(len(request.data) > 1 for request in requests):
        yield "several categories"
    if not any(not request.values for request in requests):
        yield "nothing known"


@pytest.mark.parametrize("name", MADE)
def test_every_path_and_every_boundary_is_covered(name: str) -> None:
    covered = coverage(name)
    assert covered.open_paths == [] and covered.open_edges == set()
    assert gaps(MADE[name], covered) == []


@pytest.mark.parametrize("seed", [*range(0, 12, 3), *range(15, 40, 3)])
def test_so_it_is_for_random_policies(seed: int) -> None:
    made = random_policy(Random(seed))
    covered = vectors_of(made)
    assert covered is not None
    if not covered.open_paths and not covered.open_edges and covered.paths < 400:
        assert gaps(made, covered) == []


LOSSES: Mapping[str, Callable[[Vector], bool]] = {
    "paths": lambda vector: vector.covers.startswith("path 3"),
    "bound": lambda vector: "bound" in vector.covers or "path" in vector.covers,
    "leaf": lambda vector: "each of a group" in vector.covers or len(vector.request.data) > 1,
    "several categories": lambda vector: len(vector.request.data) > 1,
    "nothing known": lambda vector: not vector.request.values,
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("lost", LOSSES)
def test_a_gap_would_be_noticed(name: str, lost: str) -> None:
    covered = coverage(name)
    kept = [vector for vector in covered.vectors if not LOSSES[lost](vector)]
    found = gaps(MADE[name], Coverage(kept, impossible_paths=covered.impossible_paths))
    assert any(lost in each for each in found), found


@pytest.mark.parametrize("name", MADE)
def test_that_nothing_is_ever_missing_would_be_noticed(name: str) -> None:
    covered = coverage(name)
    kept = list(complete_vectors(MADE[name], covered))
    found = gaps(MADE[name], Coverage(kept, impossible_paths=covered.impossible_paths))
    assert any("missing" in each for each in found), found


def complete_vectors(made: Policy, covered: Coverage) -> Iterator[Vector]:
    for vector in covered.vectors:
        if len(vector.request.values) == len(made.roles) - 1 + len(made.facts):
            yield vector


def test_vectors_are_the_same_on_every_run() -> None:
    assert vectors_of(MADE["example"]) == vectors_of(MADE["example"])
    assert list(vector_lines(MADE["example"])) == list(vector_lines(MADE["example"]))


@pytest.mark.parametrize("name", ["customer_privacy", "literal"])
def test_vectors_fit_their_schema(name: str) -> None:
    for line in lines(name):
        assert list(faults(line, SCHEMAS["vectors"], SCHEMAS["vectors"])) == []


# ------------------------------------------------------------------ every target answers


def wrong(line: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    """Whether an answer is not the expected one; what it says besides is not looked at."""
    decision = answer.get("decision", {})
    return any(decision.get(key) != value for key, value in line["decision"].items())


def in_typescript(node: Node, source: str, name: str) -> list[str]:
    """What the vectors cover of which a module says something else."""
    answers = node.ask(source, [json.dumps(line["request"]) for line in lines(name)])
    pairs = zip(lines(name), answers, strict=True)
    return [line["covers"] for line, answer in pairs if wrong(line, answer)]


@pytest.mark.parametrize("name", MADE)
def test_typescript_answers_all(name: str, node: Node) -> None:
    assert in_typescript(node, emit_typescript(MADE[name]), name) == []


def in_rego(source: str, name: str, every: int = 1, order: int | None = None) -> Iterator[str]:
    """The same of a package; in an order drawn by a seed, if one is given."""
    chosen = list(lines(name)[::every])
    if order is not None:
        Random(order).shuffle(chosen)
    answers = RegoCpp(source, MADE[name].name).ask([line["request"] for line in chosen])
    pairs = zip(chosen, answers, strict=True)
    return (line["covers"] for line, answer in pairs if wrong(line, answer))


@pytest.mark.parametrize(
    ("name", "every"), [("example", 1), ("customer_privacy", 25), ("literal", 9)]
)
def test_rego_answers_them(name: str, every: int) -> None:
    assert list(in_rego(emit_rego(MADE[name]), name, every)) == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", MADE)
def test_rego_answers_all(name: str) -> None:
    assert list(in_rego(emit_rego(MADE[name]), name)) == []


def test_opa_answers_them(tmp_path: Path) -> None:
    if opa() is None:
        pytest.skip("opa is not installed")
    chosen = lines("customer_privacy")[::50]
    requests = [line["request"] for line in chosen]
    made = MADE["customer_privacy"]
    answers = ask_opa(tmp_path, emit_rego(made), made.name, requests)
    assert not [line for line, answer in zip(chosen, answers, strict=True) if wrong(line, answer)]


# ------------------------------------------------------------------ the command


@pytest.mark.parametrize("target", ["typescript", "rego", "vectors"])
def test_the_command_writes_the_text(
    target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["emit", POLICIES[1], "--target", target, "--out", str(out)]) == 0
    assert main(["emit", POLICIES[1], "--target", target]) == 0
    assert capsys.readouterr().out == out.read_text("utf-8")
    assert main(["emit", POLICIES[1], "--target", target, "--out", POLICIES[1]]) == 2
    assert main(["emit", POLICIES[1], "--target", "cobol"]) == 2


def test_the_command_refuses_what_a_target_cannot_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = "\n".join(f"fact subject.f{n}: boolean" for n in range(22))
    when = " and ".join(f"subject.f{n}" for n in range(22))
    scope = "share data\n  with anyone\n  for any purpose"
    file = tmp_path / "many.privity"
    trees = "\n".join(
        f"taxonomy {role} {{ a_{role} b_{role} }}" for role in ("data", "recipient", "purpose")
    )
    file.write_text(
        f"policy many\notherwise deny\n{trees}\n{facts}\npermit p\n  {scope}\n  when {when}\n"
    )
    assert main(["emit", str(file), "--target", "rego"]) == 3
    assert "unsupported-by-target" in capsys.readouterr().err
    assert main(["emit", str(file), "--target", "typescript"]) == 0
