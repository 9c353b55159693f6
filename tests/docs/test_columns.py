"""The page about columns: its examples, one after another, on the company's checker."""

from __future__ import annotations

from pathlib import Path, PurePath

from tests.docs.examples import examples

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.pipeline import compile_policy

POLICY = PurePath("policies/metlife/customer_privacy.privity")


def test_the_examples_do_as_they_say() -> None:
    policy = compile_policy(POLICY, lambda path: Path(path).read_bytes()).policy
    assert policy is not None
    scope: dict[str, object] = {"checker": load_checker(emit_python(policy))}
    shown = [e for e in examples() if e.place.startswith("docs/columns.md")]
    assert sum(example.text.count("assert") for example in shown) > 8
    for example in shown:
        exec(compile(example.text, example.place, "exec"), scope)
