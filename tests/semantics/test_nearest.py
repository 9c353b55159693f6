"""The nearest change: fewest facts, then least distance, then order of declaration."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.semantics.small import day, policy

from privity.model.formula import Key, Plain
from privity.model.nodes import Policy
from privity.semantics.decide import applying_rules, permits
from privity.semantics.evaluate import World
from privity.semantics.nearest import nearest_change

EVERYONE = "share data with anyone for any purpose"
ROLES: dict[Key, Plain] = {"data": 0, "recipient": 0, "purpose": 0}


def permitted(of: Policy, values: Mapping[Key, Plain]) -> bool:
    return permits(of, applying_rules(of, World(values, of.definitions)))


def nearest(facts: str, condition: str, /, **known: Plain) -> object:
    """The nearest change after which a permit applies, by the names of the facts."""
    of = policy(f"{facts}\npermit p1 {EVERYONE} when {condition}\n")
    values = {**ROLES, **{f"subject.{name}": value for name, value in known.items()}}
    known_facts = {fact.key for fact in of.facts}

    def goal(changed: Mapping[Key, Plain]) -> bool:
        return known_facts <= changed.keys() and permitted(of, changed)

    found = nearest_change(of, values, goal)
    return found and {key.removeprefix("subject."): value for key, value in found.items()}


BOOLEANS = "fact subject.a : boolean\nfact subject.b : boolean\nfact subject.c : boolean"


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("not subject.a", {}),
        ("subject.b", {"b": True}),
        ("subject.a and subject.b or subject.c", {"c": True}),
        ("subject.a and subject.b", {"a": True, "b": True}),
        ("subject.c or subject.b", {"b": True}),
        ("subject.b and subject.c or subject.a and subject.c", {"a": True, "c": True}),
        ("subject.a and not subject.a or subject.a and subject.b and subject.c",
         {"a": True, "b": True, "c": True}),
    ],
)  # fmt: skip
def test_fewest_facts_then_order(condition: str, wanted: object) -> None:
    assert nearest(BOOLEANS, condition, a=False, b=False, c=False) == wanted


def test_roles_never_change() -> None:
    assert nearest(BOOLEANS, "recipient is shop", a=False, b=False, c=False) is None


def test_more_than_four_changes_are_not_looked_for() -> None:
    facts = "\n".join(f"fact subject.f{n} : boolean" for n in range(5))
    known: dict[str, Plain] = {f"f{n}": False for n in range(5)}
    for count in (4, 5):
        condition = " and ".join(f"subject.f{n}" for n in range(count))
        found = nearest(facts, condition, **known)
        assert found == ({f"f{n}": True for n in range(4)} if count == 4 else None)


ONE_AFTER_ANOTHER = pytest.mark.xfail(
    strict=True, reason="numbers move one after another, each to another interval only"
)
NUMBERS = "fact subject.n : integer from 0 to 99\nfact subject.m : integer from 0 to 99"


@pytest.mark.parametrize(
    ("condition", "n", "m", "wanted"),
    [
        ("subject.n is at least 18", 7, 0, {"n": 18}),
        ("subject.n is less than 18", 40, 0, {"n": 17}),
        ("subject.n is 30 or subject.n is 60", 40, 0, {"n": 30}),
        ("subject.n is 30 or subject.n is 60", 50, 0, {"n": 60}),
        ("subject.n is 30 or subject.n is 60", 45, 0, {"n": 30}),
        ("subject.n is at least 20 or subject.m is at least 5", 10, 0, {"m": 5}),
        ("subject.n is at least 20 or subject.m is at least 10", 10, 0, {"n": 20}),
        ("subject.n is more than subject.m", 3, 8, {"n": 9}),  # as far as m to 2
        ("subject.n is at least subject.m + 5", 3, 8, {"n": 13}),
        ("subject.n is at least 20 and subject.m is at least 30", 0, 0, {"n": 20, "m": 30}),
        ("subject.n is at least 20 and subject.m is at least 2 times subject.n", 0, 0,
         {"n": 20, "m": 40}),
        pytest.param(
            "subject.m + subject.n is 50 and subject.n is at most 40 and subject.m is at most 30",
            0, 0, {"n": 40, "m": 10}, marks=ONE_AFTER_ANOTHER,
        ),
        pytest.param(
            "2 times subject.n + subject.m is at least 50 and subject.n is at most 20 "
            "and subject.m is at most 30",
            0, 0, {"n": 20, "m": 10}, marks=ONE_AFTER_ANOTHER,
        ),
    ],
)  # fmt: skip
def test_numbers_move_just_far_enough(condition: str, n: int, m: int, wanted: object) -> None:
    assert nearest(NUMBERS, condition, n=n, m=m) == wanted


def test_dates_move_to_the_boundary_day() -> None:
    facts = "fact subject.on : date\nfact subject.notice : date or none"
    condition = "subject.notice is not none and subject.on is on or after subject.notice + 1 month"
    known = {"on": day("2026-02-10"), "notice": day("2026-01-31")}
    assert nearest(facts, condition, **known) == {"on": day("2026-02-28")}
    assert nearest(facts, condition, on=day("2026-02-10"), notice=None) == {
        "notice": day("1700-01-01")
    }


def test_other_types() -> None:
    facts = (
        "taxonomy state { east west { north south } }\nfact subject.home : state or none\n"
        "fact subject.name : text\nfact subject.homes : set of state"
    )
    known: dict[str, Plain] = {"home": 0, "name": "Ann", "homes": frozenset({0})}
    assert nearest(facts, "subject.home is west", **known) == {"home": 1}
    assert nearest(facts, "subject.home is south", **known) == {"home": 2}
    assert nearest(facts, "subject.home is none", **known) == {"home": None}
    assert nearest(facts, 'subject.name is "Bob"', **known) == {"name": "Bob"}
    assert nearest(facts, "subject.homes contains west", **known) == {"homes": frozenset({1})}
    other = nearest(facts, 'subject.name is not "Ann"', **known)
    assert isinstance(other, dict) and other.keys() == {"name"} and other["name"] != "Ann"


def test_supplying_what_is_missing_is_a_change() -> None:
    assert nearest(BOOLEANS, "subject.a and subject.b", a=True, c=False) == {"b": True}
    assert nearest(BOOLEANS, "subject.a and not subject.b", a=True, c=False) == {"b": False}
    assert nearest(NUMBERS, "subject.n is at least 18", m=3) == {"n": 18}


def test_only_facts_that_are_read_change() -> None:
    of = policy(f"{BOOLEANS}\npermit p1 {EVERYONE} when subject.a\n")
    values: dict[Key, Plain] = {**ROLES, "subject.a": False, "subject.b": False, "subject.c": False}
    assert nearest_change(of, values, lambda changed: changed["subject.b"] is True) is None
