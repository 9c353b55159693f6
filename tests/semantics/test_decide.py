"""Decisions of small policies, computed by hand from docs/language.md and docs/completions.md."""

from __future__ import annotations

import pytest
from tests.semantics.small import ask, compiled, day, policy

from privity.model.formula import Plain
from privity.semantics import decide as deciding
from privity.semantics.cells import MOST_COMPLETIONS
from privity.semantics.nodes import OwedDuty

EVERYONE = "share data with anyone for any purpose"
BANK = {"recipient": "bank", "purpose": "mail"}
F = "fact subject.f : boolean\nfact subject.g : boolean\n"

# ------------------------------------------------------------------ complete requests


def test_forbid_beats_permit_and_otherwise_decides_the_rest() -> None:
    rules = "permit p1 share a with bank for mail\nforbid f1 share a with bank for any purpose\n"
    assert ask(policy(rules), **BANK).rules == ("f1",)
    assert ask(policy(rules.split("\n", maxsplit=1)[0]), **BANK).rules == ("p1",)
    nothing = ask(policy(rules), recipient="shop", purpose="mail")
    assert (nothing.outcome, nothing.rules, nothing.permitted_data) == ("deny", (), ())


def test_otherwise_permit() -> None:
    source = "policy p otherwise permit\ntaxonomy data { a } taxonomy recipient { bank }\n"
    source += "taxonomy purpose { mail }\npermit p1 share a with bank for mail when subject.f\n"
    source += "  duty log\nfact subject.f : boolean\n"
    of = compiled(source)
    by_default = ask(of, **BANK, subject__f=False)
    assert (by_default.outcome, by_default.rules, by_default.duties) == ("permit", (), ())
    by_rule = ask(of, **BANK, subject__f=True)
    assert (by_rule.outcome, by_rule.rules) == ("permit", ("p1",))
    assert [duty.name for duty in by_rule.duties] == ["log"]


def test_all_rules_of_the_winning_effect_in_order_and_their_citations_once() -> None:
    of = policy(
        'source s { A "a" B "b" C "c" }\n'
        f"permit p2 {EVERYONE} cite s B, s A\npermit p1 {EVERYONE} cite s A, s C, s B\n"
        f"permit p3 {EVERYONE} when false or subject.f\nfact subject.f : boolean\n"
    )
    found = ask(of, **BANK, subject__f=False)
    assert found.rules == ("p2", "p1")
    assert found.citations == ("s B", "s A", "s C")


@pytest.mark.parametrize(("data", "rules"), [("a", ("f1",)), ("c", ("p1",)), ("d", ("f1",))])
def test_yielding(data: str, rules: tuple[str, ...]) -> None:
    """p1 yields to f1, which yields to p2: where p2 applies, f1 does not, so p1 does, beaten or
    not."""
    of = policy(
        f"permit p1 {EVERYONE} unless forbidden by f1\n"
        f"forbid f1 {EVERYONE} unless permitted by p2\n"
        "permit p2 share c with anyone for mail when subject.f\n"
        "forbid f2 share c with shop for any purpose\nfact subject.f : boolean\n"
    )
    decided = ask(of, data, **BANK, subject__f=True)
    assert decided.rules == (("p1", "p2") if data == "c" else rules)
    assert ask(of, "c", **BANK, subject__f=False).rules == ("f1",)
    beaten = ask(of, "c", recipient="shop", purpose="mail", subject__f=True)
    assert beaten.rules == ("f2",)  # p2 applies though it is beaten: f1 still yields


# ------------------------------------------------------------------ several categories


def test_each_unknown_and_together_deny() -> None:
    """a is permitted when x, c when not x: whatever x is, one of the two is denied."""
    of = policy(
        F + "permit p1 share a with bank for mail when subject.f\n"
        "permit p2 share c with bank for mail unless subject.f\n"
    )
    for data in ("a", "c"):
        assert ask(of, data, **BANK).outcome == "unknown"
        assert ask(of, data, **BANK).missing == ("subject.f",)
    both = ask(of, "a c", **BANK)
    assert (both.outcome, both.rules, both.missing, both.permitted_data) == ("deny", (), (), ())


def test_several_categories_are_permitted_if_each_is() -> None:
    of = policy(
        "permit p1 share a with bank for mail\npermit p2 share c with bank for mail duty log\n"
        "forbid f1 share d with bank for mail\n"
    )
    both = ask(of, "a c", **BANK)
    assert (both.outcome, both.rules, both.permitted_data) == ("permit", ("p1", "p2"), (0, 1))
    three = ask(of, "a c d", **BANK)
    assert (three.outcome, three.rules, three.permitted_data) == ("deny", ("f1",), (0, 1))
    assert three.duties == ()  # nothing is owed on deny


def test_conditions_see_one_category_at_a_time() -> None:
    of = policy(f"permit p1 {EVERYONE} when data is a\nforbid f1 {EVERYONE} when data is d\n")
    assert ask(of, "a", **BANK).outcome == "permit"
    assert ask(of, "a c", **BANK).rules == ()
    assert ask(of, "a d", **BANK).rules == ("f1",)


# ------------------------------------------------------------------ partial requests


def test_definite_where_every_completion_agrees() -> None:
    of = policy(
        F + "permit p1 share a with bank for any purpose when subject.f\n"
        "permit p2 share a with bank for mail unless subject.f\n"
    )
    whole = ask(of, recipient="bank", purpose="mail")
    assert (whole.outcome, whole.rules, whole.missing) == ("permit", (), ())
    assert whole.permitted_data == (0,)
    open_ = ask(of, recipient="bank")
    assert (open_.outcome, open_.missing) == ("unknown", ("purpose", "subject.f"))


def test_missing_is_what_can_change_the_outcome_alone() -> None:
    """Where f and g must both hold, either alone may decide; where either does, so too."""
    both = policy(F + f"permit p1 {EVERYONE} when subject.f and subject.g\n")
    assert ask(both, **BANK).missing == ("subject.f", "subject.g")
    assert ask(both, **BANK, subject__f=True).missing == ("subject.g",)
    assert ask(both, **BANK, subject__f=False).missing == ()
    same = policy(F + f"permit p1 {EVERYONE} when subject.f or not subject.f and subject.g\n")
    assert ask(same, **BANK, subject__g=True).outcome == "permit"
    assert ask(same, **BANK).missing == ("subject.f", "subject.g")


def test_rules_are_those_that_decide_in_every_completion() -> None:
    of = policy(
        F + f"forbid f1 {EVERYONE} when subject.f\nforbid f2 {EVERYONE}\npermit p1 {EVERYONE}\n"
    )
    assert ask(of, **BANK).rules == ("f2",)
    assert ask(of, **BANK, subject__f=True).rules == ("f1", "f2")


def test_none_is_not_missing_and_not_false() -> None:
    of = policy(
        "fact subject.n : boolean or none\n"
        f"permit p1 {EVERYONE} when subject.n is none\n"
        f"permit p2 {EVERYONE} when subject.n is not none and subject.n\n"
    )
    assert ask(of, **BANK, subject__n=None).rules == ("p1",)
    assert ask(of, **BANK, subject__n=True).rules == ("p2",)
    assert ask(of, **BANK, subject__n=False).outcome == "deny"
    assert ask(of, **BANK).missing == ("subject.n",)


DATES = "fact subject.x : date\nfact subject.y : date\n"
BEFORE = f"permit p1 {EVERYONE} when subject.x is before subject.y\n"


def test_one_missing_date_ranges_over_all_its_values() -> None:
    of = policy(DATES + BEFORE)
    assert ask(of, **BANK, subject__x=day("2026-01-01")).missing == ("subject.y",)
    assert ask(of, **BANK, subject__x=day("9899-12-31")).outcome == "deny"
    assert ask(of, **BANK, subject__y=day("1700-01-01")).outcome == "deny"
    assert ask(of, **BANK, subject__y=day("1700-01-02")).outcome == "unknown"


def test_two_missing_dates_make_one_free_boolean_of_their_comparison() -> None:
    of = policy(DATES + BEFORE)
    open_ = ask(of, **BANK)
    assert (open_.outcome, open_.missing) == ("unknown", ("subject.x", "subject.y"))
    same_atom = policy(
        DATES + BEFORE + f"permit p2 {EVERYONE} unless subject.y is after subject.x\n"
    )
    assert ask(same_atom, **BANK).outcome == "permit"


def test_two_comparisons_of_missing_dates_are_free_of_each_other() -> None:
    """Safe, not exact: no dates have x before y and y before x, and yet it stays open."""
    of = policy(DATES + f"permit p1 {EVERYONE} when subject.x is before subject.y "
                "and subject.y is before subject.x\n")  # fmt: skip
    assert ask(of, **BANK).outcome == "unknown"
    assert ask(of, **BANK, subject__x=day("2026-01-01")).outcome == "deny"


def test_an_opaque_atom_about_none_is_false() -> None:
    of = policy(
        "fact subject.x : date\nfact subject.y : date or none\n"
        f"forbid f1 {EVERYONE} when subject.y is none\n"
        f"permit p1 {EVERYONE} when subject.x is subject.y\n"
        f"permit p2 {EVERYONE} when subject.x is not subject.y\n"
    )
    assert ask(of, **BANK).missing == ("subject.y",)
    assert ask(of, **BANK, subject__y=None).rules == ("f1",)


def test_a_shift_beside_its_own_date_is_opaque_even_if_always_true() -> None:
    of = policy(DATES + f"permit p1 {EVERYONE} when subject.x + 1 month is after subject.x\n")
    assert ask(of, **BANK).outcome == "unknown"
    assert ask(of, **BANK, subject__x=day("2026-01-31")).outcome == "permit"


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({}, "unknown"),
        ({"subject__x": "a"}, "unknown"),
        ({"subject__x": "a", "subject__y": "b"}, "deny"),
        ({"subject__x": "a", "subject__y": "a"}, "permit"),
        ({"subject__x": "z", "subject__y": "z"}, "deny"),
        ({"subject__x": "z"}, "deny"),
    ],
)
def test_texts(known: dict[str, Plain], outcome: str) -> None:
    facts = "fact subject.x : text\nfact subject.y : text\n"
    rule = f"permit p1 {EVERYONE} when subject.x is subject.y"
    of = policy(facts + rule + ' unless subject.x is "z"\n')
    assert ask(of, **BANK, **known).outcome == outcome


def test_a_missing_role() -> None:
    of = policy(
        "permit p1 share a with bank for mail\npermit p2 share a with shop for mail\n"
        "permit p3 share c with bank for mail\n"
    )
    assert ask(of, purpose="mail").outcome == "permit"
    assert ask(of, purpose="mail").rules == ()
    assert ask(of, "c", purpose="mail").missing == ("recipient",)
    assert ask(of, "a").missing == ("purpose",)


# ------------------------------------------------------------------ duties

DUTIES = (
    "fact disclosure.on : date\nfact subject.asked : date or none\nfact subject.wait : duration\n"
    "fact subject.f : boolean\n"
    "permit p1 share a with bank for mail\n"
    "  duty now\n  duty soon within 3 days of disclosure.on\n"
    "  duty later by disclosure.on + 1 month\n  duty answer within subject.wait of subject.asked\n"
    "permit p2 share a with bank for mail when subject.f duty log duty now\n"
)


def test_duties_of_all_permits_that_apply_in_order_with_their_days() -> None:
    of = policy(DUTIES)
    found = ask(of, **BANK, subject__f=True, disclosure__on=day("2026-01-31"),
                subject__asked=day("2026-01-01"), subject__wait=10)  # fmt: skip
    assert found.duties == (
        OwedDuty("p1", "now", False, None),
        OwedDuty("p1", "soon", True, day("2026-02-03")),
        OwedDuty("p1", "later", True, day("2026-02-28")),
        OwedDuty("p1", "answer", True, day("2026-01-11")),
        OwedDuty("p2", "log", False, None),
        OwedDuty("p2", "now", False, None),
    )


@pytest.mark.parametrize(
    ("known", "deadline"),
    [
        ({}, None),
        ({"subject__asked": None, "subject__wait": 3}, None),
        ({"subject__asked": day("2026-01-01")}, None),
        ({"subject__asked": day("2026-01-01"), "subject__wait": 0}, day("2026-01-01")),
    ],
)
def test_a_day_that_hangs_on_what_is_missing_or_none_is_not_known(
    known: dict[str, Plain], deadline: int | None
) -> None:
    found = ask(policy(DUTIES), **BANK, **known)
    assert [d for d in found.duties if d.name == "answer"] == [
        OwedDuty("p1", "answer", True, deadline)
    ]


def test_duties_are_owed_that_are_owed_in_some_permitted_completion() -> None:
    of = policy(DUTIES + "forbid f1 share a with bank for mail when subject.f\n")
    assert {duty.rule for duty in ask(of, **BANK).duties} == {"p1"}  # p2 applies only where f1 does
    assert {duty.rule for duty in ask(policy(DUTIES), **BANK).duties} == {"p1", "p2"}
    assert ask(of, **BANK, subject__f=True).duties == ()
    assert ask(policy(DUTIES), recipient="shop").duties == ()


def test_a_duty_of_one_category_is_owed_where_all_are_permitted() -> None:
    of = policy(F + "permit p1 share a with bank for mail duty log\n"
                "permit p2 share c with bank for mail when subject.f\n")  # fmt: skip
    assert [d.name for d in ask(of, "a c", **BANK).duties] == ["log"]
    assert ask(of, "a c", **BANK, subject__f=False).duties == ()


# ------------------------------------------------------------------ too many completions

MANY = "".join(f"fact subject.f{n} : boolean\n" for n in range(21)) + (
    "permit p1 share a with bank for mail when "
    + " or ".join(f"subject.f{n}" for n in range(21))
    + " duty log\npermit p2 share a with bank for any purpose duty tell\n"
    + "permit p3 share c with bank for mail duty elsewhere\nforbid f1 share a with shop for mail\n"
)


def test_too_many_completions_are_not_looked_at() -> None:
    of = policy(MANY)
    found = ask(of, **BANK)
    assert (found.outcome, found.rules, found.citations) == ("unknown", (), ())
    assert found.missing == tuple(f"subject.f{n}" for n in range(21))
    assert [(duty.rule, duty.name) for duty in found.duties] == [("p1", "log"), ("p2", "tell")]
    assert found.permitted_data == ()


def test_just_as_many_as_may_be_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    of = policy(MANY)
    known: dict[str, Plain] = {f"subject__f{n}": False for n in range(18)}
    monkeypatch.setattr(deciding, "MOST_COMPLETIONS", 8)
    assert ask(of, **BANK, **known).outcome == "permit"
    monkeypatch.setattr(deciding, "MOST_COMPLETIONS", 7)
    assert ask(of, **BANK, **known).outcome == "unknown"


def test_the_limit_is_two_to_the_twentieth() -> None:
    assert MOST_COMPLETIONS == 1_048_576
