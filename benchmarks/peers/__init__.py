"""Other engines on the company policy: one file an engine, each with the policy by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

Json = dict[str, Any]

ENGINES = (
    "zen_engine",
    "cel_rust",
    "vakt_guard",
    "regorus_engine",
    "rego_cpp",
    "opa",
    "cedar",
    "casbin_enforcer",
)


@dataclass(frozen=True)
class Peer:
    """An engine with the policy loaded.

    `prepare` turns a request into the dictionary that the engine is asked with, dates as suits
    it, and is not timed. `decide` is timed: true iff the engine permits.
    """

    name: str
    prepare: Callable[[Json], Any]
    decide: Callable[[Any], object]


@dataclass(frozen=True)
class Skipped:
    name: str
    reason: str


def peers(engines: Sequence[str] = ENGINES) -> Iterator[Peer | Skipped]:
    for engine in engines:
        module = import_module(f"benchmarks.peers.{engine}")
        try:
            yield from module.peers()
        except ModuleNotFoundError as error:
            yield Skipped(f"{error.name}", "it is not installed")


def disagreements(peer: Peer, asked: Sequence[Json], permitted: Sequence[bool]) -> list[Json]:
    """The requests on which the engine does not decide as it should, errors included."""
    return [
        request
        for request, expected in zip(asked, permitted, strict=True)
        if _answer(peer, request) is not expected
    ]


def _answer(peer: Peer, request: Json) -> bool | str:
    try:
        return bool(peer.decide(peer.prepare(request)))
    except Exception as error:  # whatever an engine raises is no decision
        return repr(error)


# ------------------------------------------------------------------ shapes that engines share


def ordinal(day: str | None) -> int | None:
    return None if day is None else date.fromisoformat(day).toordinal()


def flat(request: Json) -> Json:
    """One dictionary of roles and facts by their last name, days as numbers, none as null."""
    facts = {key.replace(".", "_"): value for key, value in request["facts"].items()}
    for key in ("subject_opt_out_notice_on", "disclosure_on"):
        facts[key] = ordinal(facts[key])
    roles = {"recipient": request["recipient"], "purpose": request["purpose"]}
    return {"data": request["data"][0], **roles, **facts}


def nested(request: Json) -> Json:
    """The same, facts grouped by whom they are about: `subject`, `recipient`, `disclosure`."""
    found: Json = {
        "data": request["data"][0],
        "purpose": request["purpose"],
        "recipient": {"kind": request["recipient"]},
    }
    for key, value in request["facts"].items():
        about, _, name = key.partition(".")
        day = name in ("opt_out_notice_on", "on")
        found.setdefault(about, {})[name] = ordinal(value) if day else value
    return found
