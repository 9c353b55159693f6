"""Claims that compare two policies: what they share, what each has for itself, duties."""

from __future__ import annotations

import pytest
from tests.prove.policies import compiled, proved

from privity.model.nodes import Policy
from privity.prove.nodes import Verdict

SHARED = """vocabulary shared
taxonomy data      { a  b }
taxonomy recipient { bank  shop }
taxonomy purpose   { service }
taxonomy state     { east  west }
fact subject.f    : boolean
fact subject.home : state
"""
STRICT = "claim k p is at least as strict as q"
SAME = "claim k p decides the same as q"
PERMIT = "permit p1 share data with bank for service "


def policy(rest: str, name: str = "p", *, shared: str = SHARED) -> Policy:
    return compiled(f"policy {name} otherwise deny\nuse shared\n{rest}", shared=shared)


def compare(left: str, right: str, *, shared: str = SHARED) -> Verdict:
    [found] = proved(policy(left, shared=shared), policy(right, "q", shared=shared)).values()
    return found


@pytest.mark.parametrize(
    ("left", "right", "strict", "same"),
    [
        ("when subject.f", "when subject.f", "proved", "proved"),
        ("when subject.f", "", "proved", "refuted"),
        ("", "when subject.f", "refuted", "refuted"),
        ("when subject.f", "unless subject.f", "refuted", "refuted"),
        ("when subject.home is east", "unless subject.home is west", "proved", "proved"),
        ("when subject.f and data is a and data is b", "when subject.f", "vacuous", "refuted"),
    ],
)
def test_outcomes(left: str, right: str, strict: str, same: str) -> None:
    left, right = f"{PERMIT}{left}\n", f"{PERMIT}{right}\n"
    assert compare(left + STRICT, right).verdict == strict
    assert compare(left + SAME, right).verdict == same


def test_rules_may_have_other_names_and_shapes() -> None:
    one = "permit p1 share a with bank for service\npermit p2 share b with bank for service\n"
    two = "permit x share data with anyone for service\nforbid y share data with shop for service\n"
    assert compare(one + SAME, two).verdict == "proved"


def test_the_left_policy_may_be_asked_about_anything() -> None:
    """The conditions of the claim are those of the left policy."""
    left = "fact subject.own : boolean\n" + PERMIT + "unless subject.own\n" + STRICT
    assert compare(left, PERMIT).verdict == "proved"
    assert compare(left, PERMIT + "when subject.f").verdict == "refuted"
    assert (
        compare(left + " when subject.own or subject.f", PERMIT + "when subject.f").verdict
        == "proved"
    )
    assert compare(left + " when subject.own", PERMIT).verdict == "vacuous"


def test_the_range_of_decides_the_same_may_be_empty() -> None:
    assert compare(PERMIT + SAME + " when false", PERMIT).verdict == "vacuous"


def test_two_sides_are_told_apart_in_a_counterexample() -> None:
    found = compare(
        PERMIT + STRICT, PERMIT + "when subject.f\nforbid f1 share b with bank for service"
    )
    assert found.counterexample is not None
    assert [side.name for side in found.counterexample.sides] == ["p", "q"]
    assert [side.outcome for side in found.counterexample.sides] == ["permit", "deny"]
    assert [blame.rule for blame in found.blame] == ["p1"]


def test_a_policy_is_as_strict_as_itself() -> None:
    rules = PERMIT + "\nforbid f1 share a with anyone for service when subject.f\n"
    itself = policy(rules + "claim k p is at least as strict as p\nclaim m p decides the same as p")
    assert {name: v.verdict for name, v in proved(itself).items()} == {"k": "proved", "m": "proved"}


# ------------------------------------------------------------------ one fact or two


def test_a_fact_of_each_policy_is_independent() -> None:
    """Same key, same type, declared twice: nothing about the one is known of the other."""
    own = "fact subject.own : boolean\n" + PERMIT + "when subject.own\n"
    found = compare(own + STRICT, own)
    assert found.verdict == "refuted"
    shared = SHARED + "fact subject.own : boolean\n"
    rule = PERMIT + "when subject.own\n"
    assert compare(rule + STRICT, rule, shared=shared).verdict == "proved"


def test_a_fact_with_another_type_is_another_fact() -> None:
    left = "fact subject.n : integer from 0 to 9\n" + PERMIT + "when subject.n is at least 5\n"
    right = "fact subject.n : integer from 0 to 3\n" + PERMIT + "when subject.n is at least 0\n"
    assert compare(left + STRICT, right).verdict == "proved"
    right = right.replace("at least 0", "at least 1")
    assert compare(left + STRICT, right).verdict == "refuted"


def test_a_shared_fact_with_values_of_each_policys_own_taxonomy_is_two_facts() -> None:
    """`subject.home` is declared once, the taxonomy that it takes its values from twice."""
    shared = SHARED.replace("taxonomy state     { east  west }\n", "")
    rule = PERMIT + "when subject.home is east\n"
    left, right = "taxonomy state { east west }\n", "taxonomy state { north east }\n"
    assert compare(left + rule + STRICT, right + rule, shared=shared).verdict == "refuted"
    assert compare(left + rule + STRICT, left + rule, shared=shared).verdict == "refuted"


def test_a_role_with_another_taxonomy_cannot_be_compared() -> None:
    shared = SHARED.replace("taxonomy purpose   { service }\n", "")
    own = "taxonomy purpose { service }\n" + PERMIT + "\n"
    found = compare(own + STRICT, own, shared=shared)
    assert (found.verdict, found.obligation) == ("unknown", "")
    assert found.why == "p and q do not share a taxonomy `purpose`"


@pytest.mark.parametrize("has", ("p", "q"))
def test_a_role_of_one_policy_alone_cannot_be_compared(has: str) -> None:
    with_sender = (
        "taxonomy sender { us them }\npermit p1 share data from us with bank for service\n"
    )
    sides = [with_sender if name == has else PERMIT for name in ("p", "q")]
    found = compare(f"{sides[0]}\n{STRICT}", sides[1])
    assert found.verdict == "unknown" and ("sender" in found.why or "roles" in found.why)


def test_definitions_of_one_name_are_two() -> None:
    left = "define d = subject.f\n" + PERMIT + "when d\n"
    right = "define d = not subject.f\n" + PERMIT + "when d\n"
    assert compare(left + STRICT, right).verdict == "refuted"
    assert compare(left + STRICT + " when not d", right).verdict == "vacuous"


def test_what_does_not_matter_is_left_out_of_a_region_of_two_policies() -> None:
    """Only `subject.own` of q matters: nothing of p's is needed to break the claim."""
    left = PERMIT + "when subject.f or not subject.f\n" + STRICT
    found = compare(left, "fact subject.own : boolean\n" + PERMIT + "when subject.own")
    assert found.counterexample is not None
    assert not {"subject.f", "subject.home"} & found.counterexample.region.facts.keys()
    assert found.counterexample.region.roles["data"] == frozenset({0, 1})


# ------------------------------------------------------------------ duties


@pytest.mark.parametrize(
    ("left", "right", "strict", "same"),
    [
        ("duty log", "duty log", "proved", "proved"),
        ("duty log duty tell", "duty log", "proved", "refuted"),
        ("duty log", "duty log duty tell", "refuted", "refuted"),
        ("", "duty log", "refuted", "refuted"),
        ("duty log within 3 days of 2026-01-01", "duty log", "proved", "proved"),
    ],
)
def test_duties_are_compared_by_name_unless_outcomes_only(
    left: str, right: str, strict: str, same: str
) -> None:
    for claim, wanted in ((STRICT, strict), (SAME, same)):
        found = compare(f"{PERMIT}{left}\n{claim}", PERMIT + right)
        assert found.verdict == wanted
        assert found.counterexample is None or {
            side.outcome for side in found.counterexample.sides
        } == {"permit"}
        assert compare(f"{PERMIT}{left}\n{claim} outcomes only", PERMIT + right).verdict == "proved"


def test_a_duty_may_hang_on_another_permit() -> None:
    left = "permit p1 share data with bank for service\n"
    left += "permit p2 share a with bank for service duty log\n"
    right = "permit q1 share a with bank for service duty log\n"
    right += "permit q2 share b with bank for service\n"
    assert compare(left + SAME, right).verdict == "proved"
    assert compare(left + SAME, right.replace("q1 share a", "q1 share data")).verdict == "refuted"


# ------------------------------------------------------------------ assumptions


def test_the_left_policys_assumptions_limit_the_range() -> None:
    assumed = "assume a1 that subject.f until 2030-01-01\n"
    assert compare(PERMIT + "\n" + assumed + STRICT, PERMIT + "when subject.f").verdict == "proved"
    assert compare(PERMIT + "\n" + STRICT, PERMIT + "\n" + assumed).verdict == "refuted"
    assert (
        compare(PERMIT + "when subject.f\n" + STRICT, PERMIT + "\n" + assumed).verdict == "proved"
    )
