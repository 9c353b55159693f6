"""What other programs read fits docs/schemas, and says what the text says."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.cli.schemas import problems, undeclared

POLICIES = Path(__file__).parent / "policies"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(POLICIES)


def test_decisions(privity: Callable[..., Any]) -> None:
    ran = privity("decide", "zoo.privity", "--requests", "many.jsonl")
    answers = [json.loads(line) for line in ran.out.splitlines()]
    decisions = [answer for answer in answers if "outcome" in answer]
    assert len(answers) == 6
    assert len(decisions) == 3
    assert not [problem for each in decisions for problem in problems(each, "decision")]


def test_reports_of_the_prover(privity: Callable[..., Any]) -> None:
    """One policy, one line."""
    policies = [ROOT / "policies/metlife/literal.privity", "zoo.privity"]
    ran = privity("prove", *policies, "--format", "json", "--witness")
    reports = [json.loads(line) for line in ran.out.splitlines()]
    assert [report["policy"]["name"] for report in reports] == ["metlife.literal", "zoo"]
    for report in reports:
        assert problems(report, "prove") == []
        for claim in report["claims"]:
            if claim["witness"] is not None:
                assert problems(claim["witness"], "request") == []


def test_the_schema_declares_all_that_the_prover_reports(privity: Callable[..., Any]) -> None:
    report = json.loads(privity("prove", "zoo.privity", "--format", "json", "--witness").out)
    assert undeclared(report, "prove") == []
    claims = report["claims"]
    for part in ("citations", "sides", "idle", "nearest", "region", "blame", "expected"):
        assert any(claim[part] for claim in claims), part
    assert any(claim["nearest"]["changes"] for claim in claims if claim["nearest"])
    assert undeclared({"claims": [{"sides": [{"odd": 1}]}]}, "prove") == ["$.claims[].sides[].odd"]


def test_because_is_for_the_claims_that_have_such_an_answer(privity: Callable[..., Any]) -> None:
    ran = privity("prove", "zoo.privity", "--format", "json")
    claims = {claim["name"]: claim for claim in json.loads(ran.out)["claims"]}
    assert claims["thought_to_fail"]["because"] == []
    assert claims["health_stays"]["because"] is None
    assert claims["as_strict"]["assumptions"] == ["subject.vip"]
    assert claims["health_stays"]["region"]["data"] == "health"


def test_diagnostics_go_where_the_answer_would(privity: Callable[..., Any]) -> None:
    for line in (["check", "broken.privity"], ["prove", "broken.privity"],
                 ["test", "broken.privity"], ["trace", "broken.privity"]):  # fmt: skip
        as_text, as_json = privity(*line), privity(*line, "--format", "json")
        assert as_text.code == as_json.code == 3
        assert "module-not-found" in (as_text.out if line[0] == "check" else as_text.err)
        assert "module-not-found" in json.dumps(json.loads(as_json.out))


ASSUMED = """
reading of_age "eighteen is of age"

assume adults "we know adults only" that subject.age is at least 18 until 2099-12-31

claim quiet
  never share contact with stranger for advertising
  assuming subject.vip
  reading of_age
"""


def test_what_verdicts_rest_on_is_said(tmp_path: Path, privity: Callable[..., Any]) -> None:
    (tmp_path / "words.privity").write_text(Path("words.privity").read_text())
    policy = tmp_path / "strict_zoo.privity"
    policy.write_text(Path("strict_zoo.privity").read_text() + ASSUMED)
    for form in ("text", "markdown"):
        lines = privity("prove", policy, "--format", form).out.splitlines()
        assert (
            "Assumes adults (until 2099-12-31): every verdict holds under it, "
            "and the checker enforces it."
        ) in lines
        assert "Rests on 1 reading: of_age." in lines
    suites = ElementTree.fromstring(privity("prove", policy, "--format", "junit").out)
    assert suites.findtext("*/testcase/system-out") == "proved assuming subject.vip"


def test_junit_is_xml(privity: Callable[..., Any]) -> None:
    for command in ("prove", "test"):
        ran = privity(command, "zoo.privity", "--format", "junit")
        suites = ElementTree.fromstring(ran.out)
        (suite,) = suites
        assert suite.get("tests") == str(len(suite))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))


def test_annotations_are_lines(privity: Callable[..., Any]) -> None:
    for command in ("prove", "test", "check"):
        file = "broken.privity" if command == "check" else "zoo.privity"
        ran = privity(command, file, "--format", "github")
        assert ran.out
        pattern = r"::(error|warning) file=[^,:]+,line=\d+,col=\d+,title=[^,]+::\S.*"
        assert all(re.fullmatch(pattern, line) for line in ran.out.splitlines())


def test_the_trace_in_all_its_formats(privity: Callable[..., Any]) -> None:
    document = json.loads(privity("trace", "zoo.privity", "--format", "json").out)
    rows = list(csv.DictReader(privity("trace", "zoo.privity", "--format", "csv").out.splitlines()))
    missing = {clause["clause"] for clause in document["clauses"] if clause["missing"]}
    assert missing == {row["clause"] for row in rows if row["kind"] == "missing"} == {"L2"}
    uncited = [rule["rule"] for rule in document["uncited"]]
    assert uncited == [row["name"] for row in rows if row["kind"] == "uncited"]
    assert uncited == ["later", "diagnosed", "not_in_vermont", "strangers"]


def test_a_fact_traces_what_it_cites(started: Path, privity: Callable[..., Any]) -> None:
    policy = started / "policies/example/newsletter.privity"
    text = (
        policy.read_text()
        .replace('not take the agreement back"\n', 'not take the agreement back" cite notice N4\n')
        .replace(' informative "a statement of values: it names nobody and no purpose"', "")
    )
    assert text.count("N4") == 2
    policy.write_text(text)
    ran = privity("trace", policy)
    assert ran.code == 0
    assert re.search(r"N4 .*\n +fact +subject.took_it_back", ran.out)


def test_a_built_checker_is_python(started: Path, privity: Callable[..., Any]) -> None:
    ran = privity("build", "policies/example/newsletter.privity")
    assert ran.code == 0
    names = {node.name for node in ast.parse(ran.out).body if isinstance(node, ast.FunctionDef)}
    assert {"check", "check_mapping"} <= names


def test_obligations_are_written(tmp_path: Path, privity: Callable[..., Any]) -> None:
    ran = privity("prove", "zoo.privity", "--obligations", tmp_path, "--format", "json")
    for claim in json.loads(ran.out)["claims"]:
        text = (tmp_path / "zoo" / f"{claim['name']}.smt2").read_bytes()
        import hashlib

        assert hashlib.sha256(text).hexdigest() == claim["obligation_sha256"]


def test_colours_come_when_called(privity: Callable[..., Any]) -> None:
    line = ["prove", "zoo.privity", "--claim", "no_service"]
    assert "\x1b" not in privity(*line).out
    painted = privity(*line, "--color", "always").out
    assert "\x1b[1;31mREFUTED\x1b[0m" in painted
    assert privity("--color", "always", *line).out.count("\x1b") == painted.count("\x1b")
    assert "\x1b" not in privity(*line, "--color", "never").out
