"""Generated modules to tamper with, and what tells a tampered one from its policy."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any
from unittest.mock import patch

from tests.emit.example import example
from tests.emit.random_policies import random_policy, random_request

from privity.cli.wire import decision_json, request_json
from privity.emit import python as emitter
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.formula import Key, Plain
from privity.model.nodes import Policy
from privity.pipeline import compile_policy, prelude, validate
from privity.semantics.decide import decide
from privity.semantics.nodes import Request
from privity.validate.findings import Finding, Validation

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Subject:
    """A policy and its generated module."""

    name: str
    policy: Policy
    text: str


@cache
def corpus(name: str) -> Subject:
    path = ROOT / "policies" / "metlife" / f"{name}.privity"
    policy = compile_policy(path, lambda file: Path(file).read_bytes()).policy
    assert policy is not None
    return Subject(name, policy, emit_python(policy))


@cache
def made(seed: int) -> Subject:
    """A random policy; the example that has a fact of every type where `seed` is negative."""
    policy = example() if seed < 0 else random_policy(Random(seed))
    return Subject(f"random {seed}", policy, emit_python(policy))


@cache
def large(seed: int) -> Subject:
    """A random policy emitted as if it were too large for a diagram, its rules apart."""
    policy = example() if seed < 0 else random_policy(Random(seed))
    with patch.object(emitter, "decision_diagram", lambda policy: None):
        return Subject(f"random {seed}, apart", policy, emit_python(policy))


def subjects() -> list[Subject]:
    """The policies to draw from."""
    found = [corpus("customer_privacy"), corpus("literal"), *map(made, range(-1, 24))]
    return [*found, *map(large, range(-1, 12))]


# ------------------------------------------------------------------ changing a module

Change = Callable[[], object]
"""Changes a syntax tree in place."""
Sites = Callable[["Parts"], Iterator[tuple[ast.stmt, Change]]]
"""Where a change can be made: the statement at the top level that it changes, and how."""


@dataclass(frozen=True)
class Parts:
    """The statements of a module that are its own, neither prelude nor entry points."""

    subject: Subject
    body: list[ast.stmt]

    def functions(self, *starts: str) -> Iterator[ast.FunctionDef]:
        """Those whose names begin with one of these."""
        for node in self.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith(starts):
                yield node

    def table(self, name: str) -> ast.Assign:
        [found] = [s for s in self.tables() if isinstance(s.targets[0], ast.Name)
                   and s.targets[0].id == name]  # fmt: skip
        return found

    def tables(self) -> Iterator[ast.Assign]:
        return (node for node in self.body if isinstance(node, ast.Assign))

    def rows(self, name: str) -> list[ast.Call]:
        value = self.table(name).value
        assert isinstance(value, ast.Tuple)
        return [row for row in value.elts if isinstance(row, ast.Call)]

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in self.body if isinstance(node, ast.ClassDef))


def parts_of(subject: Subject) -> Parts:
    """Parsed anew, to be changed in place."""
    text = subject.text
    start = text.index(prelude().engine.strip("\n")) + len(prelude().engine.strip("\n"))
    first = text.count("\n", 0, start) + 1
    last = text.count("\n", 0, text.index(prelude().entry_points.strip("\n")))
    body = [s for s in ast.parse(text).body if first < s.lineno <= last]
    return Parts(subject, body)


def changed(subject: Subject, sites: Sites, random: Random) -> str | None:
    """The module with the change made at one of its sites; None if it has none."""
    parts = parts_of(subject)
    found = list(sites(parts))
    if not found:
        return None
    statement, change = random.choice(found)
    change()
    return spliced(subject.text, statement)


def spliced(text: str, *statements: ast.stmt) -> str:
    """The text with these statements printed anew; all else is kept byte for byte."""
    lines = text.split("\n")
    for statement in sorted(statements, key=lambda s: -s.lineno):
        decorators = getattr(statement, "decorator_list", [])
        lines_of = [getattr(d, "lineno", statement.lineno) for d in decorators]
        first = min([statement.lineno, *lines_of])
        assert statement.end_lineno is not None
        printed = ast.unparse(ast.fix_missing_locations(copy.deepcopy(statement)))
        lines[first - 1 : statement.end_lineno] = printed.split("\n")
    return "\n".join(lines)


def inserted(text: str, lines: str) -> str:
    """With lines of code before the entry points."""
    entry = prelude().entry_points.strip("\n")
    place = text.index(entry)
    return f"{text[:place]}{lines}\n\n\n{text[place:]}"


# ------------------------------------------------------------------ telling modules apart


def tells_apart(module: ModuleType, policy: Policy, request: Request) -> bool:
    """Whether a module's answer to a request is not the one that the semantics give."""
    wanted = decision_json(policy, decide(policy, request))
    return any(answer != wanted for answer in _answers(module, request_json(policy, request)))


def _answers(module: Any, mapping: Mapping[str, Any]) -> Iterator[object]:
    """What it says of a mapping and of a `Request`; an exception is an answer of its own."""
    for typed in (False, True):
        try:
            if typed:
                answer = module.check(module.Request.from_mapping(mapping)).as_dict()
            else:
                answer = module.check_mapping(mapping).as_dict()
        except Exception as error:
            yield type(error).__name__
        else:
            yield {k: v for k, v in answer.items() if k not in ("explanation", "policy")}


def request_of(values: Mapping[Key, Plain]) -> Request:
    data = values["data"]
    assert isinstance(data, int)
    return Request((data,), {key: value for key, value in values.items() if key != "data"})


def confirmed(finding: Finding, module: ModuleType, policy: Policy) -> bool:
    """Whether the finding's request really tells the module from the policy."""
    assert finding.difference is not None
    return tells_apart(module, policy, request_of(finding.difference.values))


def differs_by_chance(
    module: ModuleType, policy: Policy, random: Random, tries: int, *, partial: bool = True
) -> Request | None:
    """A random request that tells them apart, if one is met; perhaps a `partial` one."""
    for _ in range(tries):
        request = random_request(random, policy)
        complete = len(request.values) == len(policy.roles) - 1 + len(policy.facts)
        if (complete or partial) and tells_apart(module, policy, request):
            return request
    return None


def loaded(text: str) -> ModuleType | None:
    """The module, None where it cannot even be imported."""
    try:
        return load_checker(text)
    except Exception:
        return None


def validated(subject: Subject, text: str) -> Validation:
    return validate(text, subject.policy)
