"""docs/completions.md, part by part: what is live, what is relevant, and the cells of each type."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.semantics.small import day, policy, request

from privity.model.formula import AtMost, Equals, Key, Plain, SameText
from privity.semantics.cells import Axes, axes_of, live_rules

EVERYONE = "share data with anyone for any purpose"


def axes(rest: str, data: str = "a", /, **known: Plain) -> Axes:
    of = policy(rest)
    return axes_of(of, request(of, data, **known))


def cells(fact: str, condition: str, /, **known: Plain) -> tuple[Plain, ...]:
    """The cells of `subject.x`, all roles known."""
    rest = f"{fact}\npermit p1 {EVERYONE} when {condition}\n"
    return tuple(axes(rest, recipient="bank", purpose="mail", **known).cells["subject.x"])


# ------------------------------------------------------------------ live, relevant

RULES = (
    "fact subject.f : boolean\nfact subject.g : boolean\nfact subject.h : boolean\n"
    "permit to_banks share a with bank for any purpose when subject.f\n"
    "permit to_shops share b with shop for mail when subject.g\n"
    "forbid all_mail share data with anyone for mail when subject.h\n"
)


@pytest.mark.parametrize(
    ("data", "known", "live"),
    [
        ("a", {}, ["to_banks", "all_mail"]),
        ("c", {}, ["to_shops", "all_mail"]),
        ("a c", {}, ["to_banks", "to_shops", "all_mail"]),
        ("a c", {"recipient": "bank"}, ["to_banks", "all_mail"]),
        ("a", {"recipient": "shop"}, ["all_mail"]),
        ("c", {"purpose": "service"}, []),
    ],
)
def test_live_rules(data: str, known: Mapping[str, Plain], live: list[str]) -> None:
    of = policy(RULES)
    assert [rule.name for rule in live_rules(of, request(of, data, **known))] == live


@pytest.mark.parametrize(
    ("data", "known", "relevant"),
    [
        ("a", {}, ["recipient", "purpose", "subject.f", "subject.h"]),
        ("c", {"recipient": "bank"}, ["purpose", "subject.h"]),
        ("a", {"recipient": "bank", "subject__h": True}, ["purpose", "subject.f"]),
        ("a", {"purpose": "service"}, ["recipient", "subject.f"]),
        ("c", {"purpose": "service"}, []),
    ],
)
def test_relevant_variables_stand_in_order(
    data: str, known: Mapping[str, Plain], relevant: list[str]
) -> None:
    of = policy(RULES)
    assert list(axes_of(of, request(of, data, **known)).cells) == relevant


def test_a_role_that_every_live_rule_takes_whole_is_irrelevant_unless_it_is_read() -> None:
    assert "recipient" not in axes(f"permit p1 {EVERYONE}").cells
    assert "recipient" in axes(f"permit p1 {EVERYONE} when recipient is bank").cells
    assert "recipient" in axes(f"define d = recipient is bank\npermit p1 {EVERYONE} unless d").cells


# ------------------------------------------------------------------ cells

X = "fact subject.x : "


@pytest.mark.parametrize(
    ("kind", "condition", "wanted"),
    [
        ("boolean", "subject.x", (False, True)),
        ("boolean or none", "subject.x is none", (None, False, True)),
        ("integer from 0 to 9", "subject.x is at most 3", (0, 4)),
        ("integer from 0 to 9", "subject.x is less than 3", (0, 3)),
        ("integer from 0 to 9", "subject.x is at least 3", (0, 3)),
        ("integer from 0 to 9", "subject.x is 3", (0, 3, 4)),
        ("integer from 0 to 9", "subject.x is 0 or subject.x is 9", (0, 1, 9)),
        ("integer from 0 to 9", "2 times subject.x is at most 5", (0, 3)),
        ("integer from 0 to 9", "-3 times subject.x is at most -10", (0, 4)),
        ("integer from 0 to 9", "subject.x is at most 9", (0,)),
        ("integer from 0 to 9", "subject.x is at most 12 or subject.x is more than -4", (0,)),
        ("integer from -2 to 2 or none", "subject.x is none or subject.x is more than 0",
         (None, -2, 1)),
        ("integer", "subject.x is 7", (-(10**12), 7, 8)),
        ("duration from -5 days to 5 days", "subject.x is more than 1 day", (-5, 2)),
        ("text", 'subject.x is "b" or subject.x is "a"', ("a", "b", "\ufffd\ufffd")),
        ("text", 'subject.x is ""', ("", "\ufffd")),
        ("text or none", 'subject.x is "\N{LATIN SMALL LETTER E WITH ACUTE}" or subject.x is "z"',
         (None, "z", "\N{LATIN SMALL LETTER E WITH ACUTE}", "\ufffd\ufffd")),
    ],
)  # fmt: skip
def test_cells_by_type(kind: str, condition: str, wanted: tuple[Plain, ...]) -> None:
    assert cells(X + kind, condition) == wanted


def test_cells_of_dates() -> None:
    first = day("1700-01-01")
    found = cells(X + "date or none", "subject.x is 2026-03-01 or subject.x is none")
    assert found == (None, first, day("2026-03-01"), day("2026-03-02"))
    found = cells(X + "date", "subject.x is before 2026-03-01 or subject.x is after 2026-04-01")
    assert found == (first, day("2026-03-01"), day("2026-04-02"))
    assert cells(X + "date", "subject.x is on or after 1700-01-01") == (first,)
    assert cells(X + "date", "subject.x is 9899-12-31") == (first, day("9899-12-31"))


def test_thresholds_follow_the_calendar() -> None:
    """31 January + 1 month is 28 February still; the day before goes there too."""
    found = cells(X + "date", "subject.x + 1 month is on or before 2026-02-28")
    assert found == (day("1700-01-01"), day("2026-02-01"))
    found = cells(X + "date", "subject.x + 1 month is 2026-02-28")
    assert found == (day("1700-01-01"), day("2026-01-28"), day("2026-02-01"))


STATE = "taxonomy state { n { n1 n2 } s w { w1 w2 } }\n"


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("subject.x is n", (0, 2)),
        ("subject.x is n or subject.x is one of n1, s", (0, 1, 2, 3)),
        ("subject.x is not w", (0, 3)),
        ("subject.x is state", (0,)),
        ("subject.x is subject.y", (0, 1, 2, 3, 4)),
    ],
)
def test_leaves_are_grouped_unless_two_variables_are_compared(
    condition: str, wanted: tuple[int, ...]
) -> None:
    facts = STATE + X + "state\nfact subject.y : state"
    assert cells(facts, condition) == wanted
    assert cells(facts.replace("x : state", "x : state or none"), condition) == (None, *wanted)


def test_leaves_of_a_role_are_grouped_by_scopes_and_atoms() -> None:
    tree = "taxonomy subject { s1 s2 s3 s4 s5 }\nfact subject.f : boolean\n"
    of = tree + (
        "permit p1 share data about s1, s2 with anyone for any purpose\n"
        "permit p2 share data about s2, s4 with anyone for any purpose when subject.f\n"
        "permit p3 share data about any subject with anyone for any purpose when subject is s5\n"
    )
    assert axes(of).cells["subject"] == (0, 1, 2, 3, 4)
    without = of.replace(" when subject is s5", "")
    assert axes(without).cells["subject"] == (0, 1, 2, 3)  # s3 and s5 are alike


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("subject.x contains n", [set(), {0}]),
        ("subject.x contains n1 and subject.x contains w", [set(), {0}, {3}, {0, 3}]),
        ("subject.x contains n and subject.x contains n1", [set(), {0}, {1}, {0, 1}]),
        ("subject.x contains s or subject.x contains state", [set(), {0}, {2}, {0, 2}]),
    ],
)
def test_sets_are_subsets_of_groups(condition: str, wanted: list[set[int]]) -> None:
    """Counted in binary: the first group is the lowest bit."""
    found = cells(STATE + X + "set of state", condition)
    assert found == tuple(frozenset(each) for each in wanted)
    assert cells(STATE + X + "set of state or none", condition) == (None, *found)


# ------------------------------------------------------------------ thresholds with other facts

TWO = X + "integer from 0 to 9\nfact subject.y : integer from 0 to 9 or none"


def test_the_others_of_a_comparison_may_be_known() -> None:
    condition = "subject.y is not none and subject.x + 2 times subject.y is at most 8"
    assert cells(TWO, condition, subject__y=3) == (0, 3)
    assert cells(TWO, condition, subject__y=9) == (0,)
    assert cells(TWO, condition, subject__y=None) == (0,)
    assert cells(TWO, condition) == (0,)  # opaque, so no threshold


def test_known_texts_are_cells_of_those_that_they_are_compared_with() -> None:
    facts = X + "text\nfact subject.y : text or none"
    condition = 'subject.x is subject.y or subject.x is "m"'
    assert cells(facts, condition, subject__y="a") == ("a", "m", "\ufffd\ufffd")
    assert cells(facts, condition, subject__y=None) == ("m", "\ufffd\ufffd")
    assert cells(facts, condition) == ("m", "\ufffd\ufffd")


# ------------------------------------------------------------------ opaque atoms


def opaque(facts: str, condition: str, /, **known: Plain) -> tuple[object, ...]:
    rest = f"{facts}\npermit p1 {EVERYONE} when {condition}\n"
    return axes(rest, recipient="bank", purpose="mail", **known).opaque


DATES = X + "date\nfact subject.y : date or none"
BEFORE = "subject.y is not none and subject.x is before subject.y"


def test_a_comparison_of_two_missing_values_is_opaque() -> None:
    assert opaque(DATES, BEFORE) == (AtMost(((1, "subject.x"), (-1, "subject.y")), -1),)
    assert opaque(DATES, BEFORE, subject__x=day("2026-01-01")) == ()
    assert opaque(DATES, BEFORE, subject__y=day("2026-01-01")) == ()
    assert opaque(DATES, "subject.x is subject.y") == (
        Equals(((1, "subject.x"), (-1, "subject.y")), 0),
    )


def test_equal_atoms_are_one() -> None:
    """However they are written: later, not on or before, a day added to both sides."""
    written = (
        "subject.y is not none and subject.x is before subject.y",
        "subject.y is not none and not (subject.x is on or after subject.y)",
        "subject.y is not none and subject.x + 1 day is on or before subject.y",
        "subject.y is not none and 0 days is less than subject.y - subject.x",
    )
    assert len(opaque(DATES, "(" + ") or (".join(written) + ")")) == 1
    assert (
        len(opaque(DATES, f"({BEFORE}) or subject.y is none or subject.x is after subject.y")) == 2
    )


def test_one_missing_date_inside_and_outside_a_shift_is_opaque() -> None:
    [found] = opaque(X + "date", "subject.x + 1 month is after subject.x + 30 days")
    assert isinstance(found, AtMost) and len(found.terms) == 2
    assert opaque(X + "date", "subject.x + 1 month is after 2026-01-01") == ()


def test_two_missing_texts_are_opaque_and_one_is_not() -> None:
    facts = X + "text\nfact subject.y : text"
    assert opaque(facts, "subject.x is subject.y") == (SameText("subject.x", "subject.y"),)
    assert opaque(facts, "subject.x is subject.y", subject__y="a") == ()


def test_leaves_and_booleans_are_never_opaque() -> None:
    facts = STATE + X + "state\nfact subject.y : state\nfact subject.f : boolean"
    assert opaque(facts, "subject.x is subject.y and subject.f is (subject.x is n)") == ()


def test_completions_are_counted_after_grouping() -> None:
    rest = (
        STATE + DATES + "\nfact subject.s : set of state\nfact subject.r : state\n"
        f"permit p1 {EVERYONE} when {BEFORE} and subject.s contains n and subject.s contains w "
        "and subject.r is s\n"
    )
    found = axes(rest)
    assert list(found.cells) == ["subject.x", "subject.y", "subject.s", "subject.r"]
    # one cell of x, none and one of y, four sets, two groups of states, one free boolean
    assert found.completions == 1 * 2 * 4 * 2 * 2


def test_keys_are_of_missing_variables_only() -> None:
    known: dict[Key, Plain] = {"subject__x": day("2026-01-01"), "subject__y": None}
    assert axes(f"{DATES}\npermit p1 {EVERYONE} when {BEFORE}\n", **known).cells == {}
