"""One policy with a fact of every type, for the tests of this folder."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from tests.emit.policies import Tree, duty, fact, policy, rule

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.formula import And, Contains, Holds, IsNone, Not, Or, TextIs, Within
from privity.model.linear import add, at_most, constant, shifted, variable
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    Policy,
    SetType,
    TaxonomyType,
    TextType,
)

TREES: dict[str, Tree] = {
    "data": {"contact": ["name", "address"], "health": []},
    "recipient": ["staff", "partner", "stranger"],
    "purpose": ["service", "marketing"],
    "state": ["here", "there", "elsewhere"],
}
NAME, ADDRESS, HEALTH = range(3)
STAFF, PARTNER, STRANGER = range(3)
SERVICE, MARKETING = range(2)
EVERYONE, EVERYTHING, EVERY_PURPOSE = {0, 1, 2}, {0, 1, 2}, {0, 1}

FACTS = (
    fact("subject.customer", BooleanType(), label="the person is our customer"),
    fact("subject.opted_out", BooleanType()),
    fact("subject.notice_on", DateType(), optional=True, label="day of the notice"),
    fact("subject.age", IntegerType(0, 150)),
    fact("subject.states", SetType("state")),
    fact("subject.residence", TaxonomyType("state"), optional=True),
    fact("recipient.contract", TextType()),
    fact("disclosure.on", DateType()),
    fact("disclosure.length", DurationType(0, 365)),
    fact("disclosure.necessary", BooleanType(attested=True), label="it is necessary"),
)

NOTICE = variable("subject.notice_on")
CHANCE = And(
    (
        Not(IsNone("subject.notice_on")),
        at_most(add(NOTICE, constant(30)), variable("disclosure.on")),
    )
)


@cache
def example() -> Policy:
    rules = (
        rule(
            "permit", "inside",
            {"data": EVERYTHING, "recipient": {STAFF}, "purpose": EVERY_PURPOSE},
            label="our staff may know", cites=("S1",),
        ),
        rule(
            "permit", "letters",
            {"data": {NAME, ADDRESS}, "recipient": {PARTNER}, "purpose": {MARKETING}},
            when=And((Holds("subject.customer"), CHANCE)), unless=Holds("subject.opted_out"),
            label="partners may write", cites=("S2", "S1"),
            duties=(
                duty("log_it", add(variable("disclosure.on"), constant(2))),
                duty("expire", shifted(NOTICE, 12)),
                duty("be_kind"),
            ),
        ),
        rule(
            "permit", "needed",
            {"data": EVERYTHING, "recipient": {PARTNER, STRANGER}, "purpose": {SERVICE}},
            when=Holds("disclosure.necessary"), cites=("S3",),
        ),
        rule(
            "forbid", "odd",
            {"data": EVERYTHING, "recipient": {STRANGER}, "purpose": EVERY_PURPOSE},
            when=Or(
                (
                    TextIs("recipient.contract", "void"),
                    Contains("subject.states", frozenset({1})),
                    at_most(variable("subject.age"), constant(17)),
                    Within("subject.residence", frozenset({2})),
                    at_most(constant(100), variable("disclosure.length")),
                )
            ),
            cites=("S4",),
        ),
    )  # fmt: skip
    return policy(TREES, FACTS, rules, title="An example")


@cache
def checker() -> ModuleType:
    return load_checker(emit_python(example(), claims_proved=("claim_a", "claim_b")))


def letters(**changes: object) -> dict[str, object]:
    """A complete request that `letters` permits; `changes` are facts, `a__b` for `a.b`."""
    facts: dict[str, object] = {
        "subject.customer": True, "subject.opted_out": False, "subject.notice_on": "2026-01-15",
        "subject.age": 40, "subject.states": ["here"], "subject.residence": None,
        "recipient.contract": "c", "disclosure.on": "2026-03-01", "disclosure.length": 3,
        "disclosure.necessary": False,
    }  # fmt: skip
    facts |= {key.replace("__", "."): value for key, value in changes.items()}
    return {"data": ["name"], "recipient": "partner", "purpose": "marketing", "facts": facts}


def needed(**changes: object) -> dict[str, object]:
    """A complete request that `needed` permits and `odd` does not forbid."""
    necessary: dict[str, object] = {"disclosure__necessary": True}
    return letters(**necessary | changes) | {"recipient": "stranger", "purpose": "service"}


def without(request: dict[str, object], *facts: str) -> dict[str, object]:
    stated = request["facts"]
    assert isinstance(stated, dict)
    return request | {"facts": {key: value for key, value in stated.items() if key not in facts}}
