"""`check_mapping` of complete requests, read and decided in one go, against the careful way."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from copy import deepcopy
from enum import StrEnum
from random import Random
from types import ModuleType
from typing import Any

import pytest
from tests.differential.test_checker_agrees import as_json, as_mapping, contract
from tests.emit.random_policies import random_policy, random_value
from tests.emit.test_short_way import changed, company

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.formula import Key, Plain
from privity.model.nodes import Policy
from privity.semantics.decide import decide
from privity.semantics.nodes import Request

Json = dict[str, Any]


class Named(StrEnum):
    COURT = "court"
    DATE = "2026-03-01"


class Alike:
    """Equal to a text, and found by it, without being one."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return self.text == other


class Facts(dict[str, Any]):
    """What it holds is not what its items are said to be."""

    def items(self) -> Any:
        return {}.items()


VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 0.0, 1.0, 10**30, "", "x", "true", b"x", [], [1], {}, (),
    object, Named.COURT, Named.DATE, Alike("court"), Alike("contact_details"), Alike("2026-03-01"),
    "2026-03-01", "2026-3-01", "20260301", "2026-W10-1", "2026-W1-1", "2026-02-30", "2026-03-0x",
    "1699-12-31", "1700-01-01", "9899-12-31", "9900-01-01", "2026/03/01", "2026-03/01",
    "2026-03-1 ", "٢٠٢٦-03-01", datetime.date(2026, 3, 1), ["contact_details"],
    ("contact_details",), {"contact_details"}, {"contact_details": 1},
    ["contact_details", "identifiers"], [["contact_details"]], [Alike("contact_details")],
    {"value": True}, {"value": False, "by": "counsel"}, {"value": 1},
)  # fmt: skip


def complete(random: Random, policy: Policy) -> Request:
    leaves = {role: range(len(taxonomy.leaves)) for role, taxonomy in policy.roles.items()}
    values: dict[Key, Plain] = {}
    values |= {role: random.choice(some) for role, some in leaves.items() if role != "data"}
    values |= {one.key: random_value(random, policy, one) for one in policy.facts}
    return Request((random.choice(leaves["data"]),), values)


def spoiled(random: Random, mapping: Json) -> Json:
    """The request with something else in one place, one thing more, or one less."""
    found = deepcopy(mapping)
    inside = random.choice((found, found["facts"]))
    keys = sorted(inside)
    match random.randrange(8):
        case 0:
            del inside[random.choice(keys)]
        case 1:
            inside[random.choice(("more", "subject", "data.x"))] = random.choice(VALUES)
        case 2:
            # As many keys as there should be, but not these.
            inside["more"] = inside.pop(random.choice(keys))
        case 3:
            found["facts"] = Facts(found["facts"])
        case _:
            inside[random.choice(keys)] = random.choice(VALUES)
    return found


def answer(module: ModuleType, mapping: Json, how: str) -> object:
    program = module._PROGRAM
    try:
        if how == "careful":
            return module._decide(program, *module._read(program, mapping))
        return module.check_mapping(mapping)
    except module.RequestError as error:
        return error.code, error.path, error.problem


def differing(policy: Policy, module: ModuleType, count: int) -> Iterator[Json]:
    """Requests that are answered otherwise, most of which have something wrong with them."""
    random = Random(7)
    for _ in range(count):
        mapping = as_mapping(policy, complete(random, policy))
        for one in (mapping, *(spoiled(random, mapping) for _ in range(8))):
            if answer(module, one, "careful") != answer(module, one, "quick"):
                yield one


@pytest.mark.parametrize("seed", range(300, 325))
def test_complete_requests_are_decided_as_the_semantics_does(seed: int) -> None:
    random = Random(seed)
    policy = random_policy(random)
    module = load_checker(emit_python(policy))
    for _ in range(40):
        request = complete(random, policy)
        found = module.check_mapping(as_mapping(policy, request))
        assert contract(found.as_dict()) == as_json(policy, decide(policy, request))


@pytest.mark.parametrize("seed", range(400, 415))
def test_whatever_is_wrong_is_answered_alike(seed: int) -> None:
    policy = random_policy(Random(seed))
    assert not list(differing(policy, load_checker(emit_python(policy)), 30))


def test_whatever_is_wrong_with_a_request_to_the_company_is_answered_alike() -> None:
    policy = company()
    assert not list(differing(policy, load_checker(emit_python(policy)), 300))


def test_most_complete_requests_are_decided_at_once() -> None:
    random, at_once = Random(11), 0
    policy = company()
    module = load_checker(emit_python(policy))
    for _ in range(200):
        at_once += module._AT_ONCE(as_mapping(policy, complete(random, policy))) is not None
    assert at_once == 200


def test_nothing_is_written_to_a_mapping() -> None:
    policy = company()
    module = load_checker(emit_python(policy))
    mapping = as_mapping(policy, complete(Random(1), policy))
    before = deepcopy(mapping)
    module.check_mapping(mapping)
    assert mapping == before


FAULTS = {
    "more facts": (" or len(facts) != facts_size", ""),
    "more roles": (" or len(mapping) != size", ""),
    "facts of another kind": (" or type(facts) is not dict", ""),
    "data that is no list": ("if type(data) is not list or type(facts)", "if type(facts)"),
    "the name of a category that is no text": (
        "[name] = data\n            if type(name) is not str:\n                return None\n",
        "[name] = data\n",
    ),
    "a name that is no text": (
        "name = mapping[key]\n                if type(name) is not str:\n"
        "                    return None\n",
        "name = mapping[key]\n",
    ),
    "weeks for days": (' and stated[7] == "-":', ":"),
    "days that are too far": (
        "toordinal()\n                        if not _FIRST_DAY <= day <= _LAST_DAY:\n"
        "                            return None\n",
        "toordinal()\n",
    ),
    "none that is no value": ("stated is None and variable.optional:", "stated is None:"),
    "a date that is anything": (
        "                elif read is None:\n                    return None\n",
        "                elif read is None:\n                    continue\n",
    ),
    "roles mixed up": ("        width *= size\n", "        width += size\n"),
    "1 taken for true": ("found[dumps(stated(facts), 0)] = place", "found[stated(facts)] = place"),
}
AND_THEN = {
    "1 taken for true": ("places_of_flags[dumps(stated_flags(facts), 0)]",
                         "places_of_flags[stated_flags(facts)]"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_reading_at_once_are_noticed(fault: str) -> None:
    policy = company()
    with changed(*FAULTS[fault]), changed(*AND_THEN.get(fault, ("_AtOnce = ", "_AtOnce = "))):
        module = load_checker(emit_python(policy))
    assert any(differing(policy, module, 1_500))


def test_that_roles_are_not_told_is_noticed() -> None:
    """Some policies compare a role with a fact: those are not decided at once."""
    policy = random_policy(Random(311))
    random = Random(7)
    asked = [as_mapping(policy, complete(random, policy)) for _ in range(40)]
    with changed(" or _roles_meet_facts(p):", ":"):
        wrong = load_checker(emit_python(policy))
    right = load_checker(emit_python(policy))
    assert any(answer(wrong, one, "careful") != answer(wrong, one, "quick") for one in asked)
    assert all(answer(right, one, "careful") == answer(right, one, "quick") for one in asked)
