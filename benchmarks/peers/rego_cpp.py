"""Rego through regopy (rego-cpp): compiled to a bundle once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.peers import Json, Peer, nested
from benchmarks.peers.rego import PACKAGE, POLICY


def peers() -> Iterator[Peer]:
    regopy: Any = import_module("regopy")
    engine = regopy.Interpreter()
    engine.add_module("disclosure", POLICY)
    bundle = engine.build(f"{PACKAGE}.allow")
    yield Peer("Rego (regopy)", nested, partial(_decide, engine, bundle))


def _decide(engine: Any, bundle: Any, request: Json) -> bool:
    engine.set_input(request)
    # A query whose answer is false has no expressions at all.
    return list(engine.query_bundle(bundle)[0].expressions) == [True]
