"""Every type of fact in counterexamples: read back from the model, replayed, told in the region."""

from __future__ import annotations

import datetime

import pytest
from tests.prove.policies import verdict_of

from privity.model.formula import Key, Plain
from privity.prove.nodes import Counterexample

STATES = "taxonomy state { east west { north south } }\n"
DAY = datetime.date(2026, 3, 1).toordinal()


def refuted(
    fact: str, condition: str, claim: str = "never share data with anyone for any purpose"
) -> Counterexample:
    """The counterexample to a claim about a permit under a condition."""
    source = f"{STATES}{fact}\npermit p1 share data with anyone for any purpose when {condition}\n"
    found = verdict_of(source + f"claim k {claim}")
    assert found.verdict == "refuted" and found.counterexample is not None
    return found.counterexample


@pytest.mark.parametrize(
    ("kind", "condition", "value"),
    [
        ("boolean", "subject.x", True),
        ("boolean or none", "subject.x is false", False),
        ("boolean or none", "subject.x is none", None),
        ("attested boolean", "subject.x", True),
        ("integer from -5 to 5", "subject.x is at most -5", -5),
        ("integer from -5 to 5", "3 times subject.x is more than 12", 5),
        ("integer", "subject.x is at least 1000000000000", 10**12),
        ("integer or none", "subject.x is not none and 7 times subject.x is 49", 7),
        ("duration from -3 days to 3 days", "subject.x is less than -2 days", -3),
        ("date", "subject.x is 2026-03-01", DAY),
        ("date", "subject.x is on or before 1700-01-01", datetime.date(1700, 1, 1).toordinal()),
        ("date or none", "subject.x is not none and subject.x is after 9899-12-30",
         datetime.date(9899, 12, 31).toordinal()),
        ("state", "subject.x is south", 2),
        ("state or none", "subject.x is none", None),
        ("text", 'subject.x is "it\\"s"', 'it"s'),
        ("text or none", 'subject.x is "none"', "none"),
        ("set of state", "subject.x contains east and not subject.x contains west", frozenset({0})),
        ("set of state", "subject.x contains north and subject.x contains south "
         "and not subject.x contains east", frozenset({1, 2})),
        ("set of state", "not subject.x contains state", frozenset()),
        ("set of state or none", "subject.x is none", None),
    ],
)  # fmt: skip
def test_the_only_value_is_found_and_matters(kind: str, condition: str, value: Plain) -> None:
    shown = refuted(f"fact subject.x : {kind}", condition)
    assert shown.values["subject.x"] == value and type(shown.values["subject.x"]) is type(value)
    assert shown.region.facts == {"subject.x": value}
    assert all(len(leaves) > 1 for leaves in shown.region.roles.values())


def test_what_is_read_and_does_not_matter_is_idle() -> None:
    shown = refuted("fact subject.x : boolean\nfact subject.y : state\nfact subject.z : text",
                    "subject.x or subject.y is east or subject.y is west")  # fmt: skip
    assert shown.region.facts == {}
    assert shown.region.idle == ("subject.x", "subject.y")


def test_plain_values_are_preferred() -> None:
    facts = (
        "fact subject.b : boolean\nfact subject.o : date or none\nfact subject.d : date\n"
        "fact subject.n : integer from -9 to 9\nfact subject.s : state\n"
    )
    shown = refuted(facts, "subject.b or not subject.b or subject.o is none or subject.n is 3 "
                    "or subject.s is south or subject.d is 2000-01-01")  # fmt: skip
    wanted: dict[Key, Plain] = {
        "data": 0, "recipient": 0, "purpose": 0, "subject.b": False, "subject.o": None,
        "subject.d": datetime.date(2026, 1, 1).toordinal(), "subject.n": 0, "subject.s": 0,
    }  # fmt: skip
    assert shown.values == wanted


def test_other_texts_are_different_texts() -> None:
    """Three texts that differ, though nothing says what they are; the solver's numbers for them
    must not be taken for constants of the policy."""
    shown = refuted("fact subject.x : text\nfact subject.y : text\nfact subject.z : text",
                    "subject.x is not subject.y and subject.y is not subject.z and "
                    "subject.x is not subject.z and subject.x is not \"text 1\" and "
                    "subject.y is not \"text 2\" and subject.z is not \"text 3\"")  # fmt: skip
    x, y, z = (shown.values[f"subject.{name}"] for name in "xyz")
    assert len({x, y, z}) == 3
    assert x != "text 1" and y != "text 2" and z != "text 3"


def test_equal_texts_that_are_no_constant() -> None:
    shown = refuted("fact subject.x : text\nfact subject.y : text or none",
                    'subject.x is subject.y and subject.x is not "a"')  # fmt: skip
    assert shown.values["subject.x"] == shown.values["subject.y"] not in ("a", None)


def test_a_taxonomy_fact_and_a_role_of_one_taxonomy() -> None:
    shown = refuted("fact subject.chosen : recipient or none",
                    "recipient is subject.chosen and recipient is not bank")  # fmt: skip
    assert (shown.values["recipient"], shown.values["subject.chosen"]) == (1, 1)
    assert shown.region.roles["recipient"] == frozenset({1})


def test_regions_are_widened_to_what_the_policy_cannot_tell_apart() -> None:
    shown = refuted("fact subject.x : boolean", "data is b and subject.x and purpose is mail")
    assert shown.region.roles == {
        "data": frozenset({1, 2}), "recipient": frozenset({0, 1}), "purpose": frozenset({1}),
    }  # fmt: skip


def test_of_several_ways_the_simplest_is_shown() -> None:
    source = (
        "fact subject.x : boolean\nfact subject.y : boolean\n"
        "permit p1 share a with bank for mail when subject.x and subject.y\n"
        "permit p2 share b with anyone for any purpose\n"
        "claim k never share data with anyone for any purpose"
    )
    found = verdict_of(source)
    assert found.because == ("p2",) and found.counterexample is not None
    assert found.counterexample.region.facts == {}


# ------------------------------------------------------------------ the remedy


def test_the_remedy_moves_a_number_just_far_enough() -> None:
    claim = "never share data with anyone for any purpose when subject.n is at least 10"
    shown = refuted("fact subject.n : integer from 0 to 99", "subject.n is at least 18", claim)
    assert shown.remedy is not None
    [change] = shown.remedy.changes
    assert (change.fact, change.old, change.new) == ("subject.n", 18, 17)
    assert (shown.remedy.outcome, shown.remedy.rules, shown.remedy.in_scope) == ("deny", (), True)


def test_the_remedy_leaves_the_scope_only_where_nothing_in_it_passes() -> None:
    claim = "never share data with anyone for any purpose when subject.n is at least 18"
    shown = refuted("fact subject.n : integer from 0 to 99", "subject.n is at least 0", claim)
    assert shown.remedy is not None and not shown.remedy.in_scope
    assert [(c.fact, c.new) for c in shown.remedy.changes] == [("subject.n", 17)]
    assert shown.remedy.outcome == "permit"


def test_there_may_be_no_remedy() -> None:
    shown = refuted("fact subject.x : boolean", "subject.x or not subject.x")
    assert shown.remedy is None


def test_the_remedy_names_the_rules_that_decide_then() -> None:
    source = (
        "fact subject.x : boolean\npermit p1 share data with anyone for any purpose\n"
        "forbid f1 share data with anyone for any purpose when subject.x\n"
        "claim k never share data with bank for any purpose"
    )
    found = verdict_of(source)
    assert found.counterexample is not None and found.counterexample.remedy is not None
    assert found.counterexample.remedy.rules == ("f1",)
