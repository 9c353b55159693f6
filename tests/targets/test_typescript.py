"""TypeScript: every field of every decision is that of the reference semantics."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path, PurePath
from random import Random

import pytest
from tests.differential.test_checker_agrees import as_json, as_mapping, contract
from tests.emit.example import TREES, example
from tests.emit.policies import duty, everywhere, fact, policy, rule
from tests.emit.random_policies import random_policy, random_request
from tests.targets.node import Node, require_node, type_errors

from privity.emit import ts_text
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.emit.typescript import emit_typescript, unsupported_in_typescript
from privity.model.formula import Holds, Or, TextIs
from privity.model.linear import add, at_most, constant, variable
from privity.model.nodes import BooleanType, IntegerType, Policy, TextType
from privity.pipeline import compile_policy
from privity.semantics.cells import MOST_COMPLETIONS, axes_of
from privity.semantics.decide import decide
from privity.semantics.nodes import Request

POLICIES = ("policies/metlife/customer_privacy.privity", "policies/metlife/literal.privity")
MOST_LISTED = 4_000
"""The reference lists completions one by one; requests with more are left to others."""


def compiled(path: str) -> Policy:
    found = compile_policy(PurePath(path), lambda p: Path(p).read_bytes()).policy
    assert found is not None
    return found


@pytest.mark.parametrize("path", POLICIES)
def test_on_the_company_policies(path: str, node: Node) -> None:
    _agree(compiled(path), Random(1), node, requests=400)


@pytest.mark.parametrize("seed", range(80))
def test_on_random_policies(seed: int, node: Node) -> None:
    random = Random(seed)
    _agree(random_policy(random), random, node, requests=15)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1_000, 4_000))
def test_on_more_random_policies(seed: int, node: Node) -> None:
    random = Random(seed)
    _agree(random_policy(random), random, node, requests=25)


def _agree(made: Policy, random: Random, node: Node, requests: int) -> None:
    assert unsupported_in_typescript(made) == ()
    asked = [random_request(random, made) for _ in range(requests)]
    asked = [one for one in asked if not _is_slow(made, one)]
    mappings = [as_mapping(made, one) for one in asked]
    answers = node.ask(emit_typescript(made), [json.dumps(one) for one in mappings])
    for request, mapping, answer in zip(asked, mappings, answers, strict=True):
        assert "decision" in answer, (mapping, answer)
        assert contract(answer["decision"]) == as_json(made, decide(made, request)), mapping


def _is_slow(made: Policy, request: Request) -> bool:
    return MOST_LISTED < axes_of(made, request).completions <= MOST_COMPLETIONS


def test_explanations_are_those_of_the_python_checker(node: Node) -> None:
    """On complete requests: on others the words may tell more, or less, of how it was settled."""
    random = Random(7)
    for _ in range(12):
        made = random_policy(random)
        checker = load_checker(emit_python(made))
        requests = [random_request(random, made) for _ in range(80)]
        mappings = [as_mapping(made, request) for request in requests if _full(made, request)]
        answers = node.ask(emit_typescript(made), [json.dumps(one) for one in mappings])
        for mapping, answer in zip(mappings, answers, strict=True):
            assert answer["decision"] == checker.check_mapping(mapping).as_dict()


def _full(made: Policy, request: Request) -> bool:
    return len(request.values) == len(made.roles) - 1 + len(made.facts)


# ------------------------------------------------------------------ the text


def test_modules_pass_the_strictest_compiler(tmp_path: Path) -> None:
    require_node()
    policies = {"example": example(), **{Path(path).stem: compiled(path) for path in POLICIES}}
    policies |= {f"random{seed}": random_policy(Random(seed)) for seed in range(12)}
    sources = {f"{name}.ts": emit_typescript(each) for name, each in policies.items()}
    assert type_errors(tmp_path, sources) == ""


USES = """\
import { check, permits, RequestError, type Decision, type Request } from "./example.ts";
const request: Request = {
  data: ["name"],
  recipient: "partner",
  facts: { "subject.notice_on": null, "subject.states": ["here"], "subject.age": 40 },
};
const decision: Decision = check(request);
export const said: "permit" | "deny" | "unknown" = decision.outcome;
export const ok: boolean = permits({ data: ["name"] });
export const code = new RequestError("a", "b", "c").code;
"""

MISUSES = (
    ('"name"', '"nam"'),
    ('"partner"', '"partners"'),
    ("null", "false"),
    ('["here"]', '"here"'),
    ("40", '"40"'),
    ('"subject.age"', '"subject.aged"'),
    ('data: ["name"],', ""),
    ('"unknown" = ', '"never" = '),
)


def test_types_say_what_a_request_and_a_decision_are(tmp_path: Path) -> None:
    require_node()
    sources = {"example.ts": emit_typescript(example()), "use.ts": USES}
    for number, (right, wrong) in enumerate(MISUSES):
        assert right in USES
        sources[f"misuse{number}.ts"] = USES.replace(right, wrong, 1)
    found = type_errors(tmp_path, sources, allowImportingTsExtensions=True)
    wrong_files = {line.split("(")[0] for line in found.splitlines() if "error TS" in line}
    assert wrong_files == {f"misuse{number}.ts" for number in range(len(MISUSES))}, found


def test_the_prelude_is_the_same_in_every_module() -> None:
    for each in (example(), compiled(POLICIES[0]), random_policy(Random(3))):
        assert emit_typescript(each).count(ts_text.prelude()) == 1


def test_the_same_policy_gives_the_same_bytes() -> None:
    script = (
        "from pathlib import Path; from privity.pipeline import compile_policy;"
        "from privity.emit.typescript import emit_typescript;"
        f"p = compile_policy(Path({POLICIES[0]!r}), lambda p: Path(p).read_bytes()).policy;"
        "print(emit_typescript(p), end='')"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert texts == {emit_typescript(compiled(POLICIES[0]))}


def test_a_sum_beyond_exact_numbers_is_refused() -> None:
    big = 2**53 - 1
    facts = [fact(f"subject.f{n}", IntegerType(big - 9, big)) for n in range(2)]
    more = at_most(add(variable("subject.f0"), variable("subject.f1")), constant(3))
    fine = at_most(variable("subject.f0"), variable("subject.f1"))
    for when, refused in ((more, True), (fine, False)):
        rules = [rule("permit", "some", everywhere(TREES), when=when)]
        found = unsupported_in_typescript(policy(TREES, facts, rules))
        assert [each.code for each in found] == ["unsupported-by-target"] * refused


# ------------------------------------------------------------------ names and comments

ODD = "*/ `${1}` </script><!-- \u2028\u2029 \\ \" ' // \n \r \x00 \u202e é 😀"


def test_nothing_of_a_policy_is_code(node: Node, tmp_path: Path) -> None:
    """Labels, citations and texts that would end a comment, a string, a script."""
    facts = [
        fact("subject.class", TextType(), label=ODD),
        fact("subject.f", BooleanType(), label=ODD),
    ]
    rules = [
        rule(
            "permit", "constructor", everywhere(TREES), label=ODD, cites=(ODD,),
            when=Or((TextIs("subject.class", ODD), Holds("subject.f"))),
            duties=(duty("__proto__"),),
        )
    ]  # fmt: skip
    made = policy(TREES, facts, rules, title=ODD, name="a.b")
    source = emit_typescript(made, claims_proved=(ODD,))
    assert not {"\u2028", "\u2029", "\u202e", "\x00", "\r"} & set(source)
    assert "</script" not in source and "<!--" not in source
    request = {"data": ["name"], "facts": {"subject.class": ODD, "subject.f": False}}
    asked = Request((0,), {"subject.class": ODD, "subject.f": False})
    [answer] = node.ask(source, [json.dumps(request)])
    assert contract(answer["decision"]) == as_json(made, decide(made, asked))
    assert answer["decision"]["outcome"] == "permit"
    require_node()
    assert type_errors(tmp_path, {"odd.ts": source}) == ""
