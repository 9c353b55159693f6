"""The generated text as such: typed, formatted, always the same, safe against hostile names."""

from __future__ import annotations

import ast
import builtins
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.emit.example import EVERY_PURPOSE, EVERYONE, EVERYTHING, TREES, example, letters
from tests.emit.policies import Tree, define, duty, everywhere, fact, policy, rule
from tests.emit.test_layout import HOSTILE

from privity.emit import prelude_text
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.formula import And, Defined, Formula, Holds, Not, Or, TextIs, Within
from privity.model.nodes import BooleanType, Policy, TaxonomyType, TextType
from privity.semantics.decide import decide
from privity.semantics.nodes import Plain, Request

ROOT = Path(__file__).parents[2]


def _run(*command: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_a_module_alone_is_typed_strictly(tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(emit_python(example()), "utf-8")
    (tmp_path / "hostile.py").write_text(emit_python(_hostile()), "utf-8")
    options = ("--strict", "--config-file=", f"--cache-dir={tmp_path}/cache")
    done = _run("-m", "mypy", *options, str(tmp_path / "example.py"), str(tmp_path / "hostile.py"))
    assert done.returncode == 0, done.stdout


def test_a_module_is_formatted() -> None:
    text = emit_python(example(), claims_proved=("some_claim",))
    done = _run("-m", "ruff", "format", "--isolated", "--line-length=100", "-", stdin=text)
    assert done.stdout == text
    select = "--select=E,F,W,I,UP,B,SIM"
    done = _run("-m", "ruff", "check", "--isolated", "--line-length=100", select, "-", stdin=text)
    assert done.returncode == 0, done.stdout


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse(emit_python(example()))
    found = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    found |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {name.split(".")[0] for name in found} <= sys.stdlib_module_names


def test_the_prelude_is_the_same_in_every_module() -> None:
    for one in (example(), _hostile()):
        text = emit_python(one)
        assert text.count(prelude_text.imports()) == 1
        assert text.count(prelude_text.engine()) == 1


def test_names_of_the_prelude_are_defined_once() -> None:
    tree = ast.parse(prelude_text.engine())
    defined = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert len(defined) == len(set(defined))


def test_names_of_the_prelude_are_what_it_binds() -> None:
    bound: list[str] = []
    for node in ast.parse(prelude_text.imports() + prelude_text.engine()).body:
        match node:
            case ast.Import(aliases) | ast.ImportFrom(_, aliases):
                bound += [alias.asname or alias.name for alias in aliases]
            case ast.ClassDef(name) | ast.FunctionDef(name):
                bound.append(name)
            case ast.Assign([ast.Name(name)]) | ast.AnnAssign(ast.Name(name)):
                bound.append(name)
            case ast.Expr(ast.Constant(str())):
                pass
            case _:
                raise AssertionError(ast.dump(node))
    assert set(bound) == prelude_text.names()
    assert len(bound) == len(set(bound))


PRINT = """
from random import Random
from privity.emit.python import emit_python
from tests.emit.example import example
from tests.emit.random_policies import random_policy
from hashlib import sha256
text = emit_python(example()) + "".join(emit_python(random_policy(Random(n))) for n in range(8))
print(sha256(text.encode()).hexdigest())
"""


def test_the_same_policy_gives_the_same_bytes() -> None:
    found = {_run("-c", PRINT, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2", "random")}
    assert len(found) == 1
    assert len(found.pop()) == 65


def test_the_header_says_which_policy_it_is() -> None:
    module = load_checker(emit_python(example(), claims_proved=("never_sold", "always_kind")))
    assert ("test.policy", example().sha256) == (module.POLICY, module.SHA256)
    assert module.CLAIMS_PROVED == ("never_sold", "always_kind")
    assert module.GENERATOR.startswith("privity ")
    about = module.__doc__ or ""
    assert "An example" in about and "never_sold" in about
    assert str(ROOT) not in emit_python(example())


# ------------------------------------------------------------------ as a command


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("script") / "checker.py"
    path.write_text(emit_python(example(), claims_proved=("never_sold",)), "utf-8")
    return str(path)


def test_about(script: str) -> None:
    done = _run(script, "--about")
    assert done.returncode == 0
    assert "test.policy" in done.stdout and "never_sold" in done.stdout


@pytest.mark.parametrize(
    ("request_", "code"),
    [(letters(), 0), (letters(subject__opted_out=True), 1), ({"data": ["name"]}, 4), ({}, 2)],
)
def test_as_a_command(script: str, request_: object, code: int, tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request_), "utf-8")
    given = _run(script, "-", stdin=json.dumps(request_))
    named = _run(script, str(file))
    assert (given.returncode, given.stdout) == (code, named.stdout)
    assert not given.stdout if code == 2 else json.loads(given.stdout)["explanation"]
    assert "Traceback" not in given.stderr


@pytest.mark.parametrize("arguments", [["--what"], ["a", "b"], ["/no/such/file"], ["."]])
def test_wrong_usage(script: str, arguments: list[str]) -> None:
    done = _run(script, *arguments)
    assert done.returncode == 2
    assert done.stderr and "Traceback" not in done.stderr


def test_explained(script: str) -> None:
    done = _run(script, "--explain", "-", stdin=json.dumps(letters(subject__opted_out=True)))
    assert done.returncode == 1
    assert "It would be permitted if" in done.stdout


# ------------------------------------------------------------------ hostile names


def _hostile() -> Policy:
    """Every text that a policy may bring along is hostile; the model would refuse most of it."""
    evil = 'x"""\nimport builtins\nbuiltins.privity_was_here = 1\n"""'
    trees: dict[str, Tree] = {
        "data": ["mro", "name", "_ignore_", "__init__", evil, "a b", "class", "ﬁ", "fi", "FI"],
        "recipient": {"r": [*HOSTILE]},
        "purpose": ["1", "None", "True"],
        "request": ["check"],
        "str": ["self"],
    }
    facts = [
        fact("subject.class", BooleanType(), label=evil),
        fact("subject.data", BooleanType(), label="\\"),
        fact("subject.__class__", BooleanType()),
        fact("subject.a.b", TextType()),
        fact("subject.a_b", TaxonomyType("request"), optional=True),
        fact(f"subject.{evil}", TaxonomyType("str")),
    ]
    when = And((Defined(evil), TextIs("subject.a.b", evil), Not(Holds("subject.class"))))
    rules = [
        rule("permit", evil, everywhere(trees), when=when, label=evil, cites=(evil, "\\", "\n")),
        rule("permit", "full", everywhere(trees), duties=(duty(evil), duty('"'))),
        rule("forbid", "atoms", everywhere(trees), when=Within("recipient", frozenset({1, 2}))),
    ]
    return policy(trees, facts, rules, [define(evil, Holds("subject.data"))], name=evil, title=evil)


def test_hostile_names_stay_data() -> None:
    hostile = _hostile()
    text = emit_python(hostile, claims_proved=HOSTILE)
    module = load_checker(text)
    assert not hasattr(builtins, "privity_was_here")
    assert hostile.name == module.POLICY and module.CLAIMS_PROVED == HOSTILE
    data = [leaf.name for leaf in hostile.taxonomies["data"].leaves]
    assert [member.value for member in module.Data] == data
    generated = text.replace(prelude_text.engine(), "")
    assert all(line.isprintable() for line in generated.split("\n"))
    answer = module.check_mapping({"data": data, "recipient": HOSTILE[0]}).as_dict()
    assert answer["outcome"] == "permit"
    assert json.loads(json.dumps(answer)) == answer
    assert module.explain_mapping({"data": data, "recipient": HOSTILE[1]}).nearest is None


# ------------------------------------------------------------------ large policies


def test_deep_and_wide_conditions() -> None:
    deep: Formula = Holds("subject.a")
    for number in range(100):
        deep = Or((And((deep, Holds("subject.b"))), Not(deep))) if number < 8 else Not(And((deep,)))
    wide = Or(tuple(TextIs("subject.t", f"text {n}") for n in range(3_000)))
    facts = [
        fact("subject.a", BooleanType()),
        fact("subject.b", BooleanType()),
        fact("subject.t", TextType()),
    ]
    trees = {"data": TREES["data"], "recipient": TREES["recipient"]}
    scope = everywhere(trees)
    rules = [rule("permit", "deep", scope, when=deep), rule("forbid", "wide", scope, when=wide)]
    built = policy(trees, facts, rules)
    module = load_checker(emit_python(built))
    for a, text in ((True, "none"), (False, "none"), (True, "text 2999")):
        stated: dict[str, Plain] = {"subject.a": a, "subject.b": not a, "subject.t": text}
        decision = module.check_mapping({"data": ["name"], "facts": stated})
        expected = decide(built, Request((0,), stated))
        assert (decision.outcome, decision.rules) == (expected.outcome, expected.rules)


def test_thousands_of_rules() -> None:
    trees = {name: TREES[name] for name in ("data", "recipient", "purpose")}
    scope = {"data": EVERYTHING, "recipient": EVERYONE, "purpose": EVERY_PURPOSE}
    rules = [
        rule("permit", f"rule_{n}", scope, when=TextIs("subject.t", str(n)))  # type: ignore[arg-type]
        for n in range(2_000)
    ]
    module = load_checker(emit_python(policy(trees, [fact("subject.t", TextType())], rules)))
    request = {"data": ["name"], "recipient": "staff", "purpose": "service"}
    decision = module.check_mapping({**request, "facts": {"subject.t": "1999"}})
    assert decision.rules == ("rule_1999",)
    assert module.check_mapping(request).missing == ("subject.t",)
