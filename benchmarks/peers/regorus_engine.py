"""Rego through regorus, where some build of it can be imported."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.peers import Json, Peer, nested
from benchmarks.peers.rego import PACKAGE, POLICY


def peers() -> Iterator[Peer]:
    engine = import_module("regorus").Engine()
    engine.add_policy("disclosure.rego", POLICY)
    yield Peer("Rego (regorus)", nested, partial(_decide, engine))


def _decide(engine: Any, request: Json) -> bool:
    engine.set_input(request)
    return bool(engine.eval_rule(f"{PACKAGE}.allow") is True)
