"""None: what the guard analysis lets pass cannot see what an atom about none is taken for.

Equality of two booleans is left out: its formula rests on the choice that such atoms are false.
"""

from __future__ import annotations

from itertools import product
from typing import assert_never

from hypothesis import given
from hypothesis import strategies as st
from tests.model.bundles import check_text

from privity.model import formula as f
from privity.model.guards import presence
from privity.model.nodes import Policy

FACTS = ("subject.f", "subject.g", "subject.m", "subject.n")
DOMAINS: tuple[tuple[f.Plain, ...], ...] = (
    (None, False, True), (None, False, True), (None, 0, 1), (None, 0, 1, 2),
)  # fmt: skip
WORLDS = [dict(zip(FACTS, values, strict=True)) for values in product(*DOMAINS)]
HEAD = """policy test otherwise deny
taxonomy data { a } taxonomy recipient { b } taxonomy purpose { c }
fact subject.f : boolean or none
fact subject.g : boolean or none
fact subject.m : integer from 0 to 1 or none
fact subject.n : integer from 0 to 2 or none
"""

PLAIN = (
    "subject.f is none", "subject.m is not none", "subject.n is none", "subject.n is not none",
    "subject.f is not none", "subject.g is not none", "subject.n is 1", "guard", "true",
    "subject.m is not subject.n",
)  # fmt: skip
NEEDY = (
    "subject.n is more than 1", "subject.n + 1 is 2", "subject.f", "not subject.g",
    "subject.m is at most subject.n",
)  # fmt: skip
"""These need guards."""
GUARDING = st.sampled_from(
    (
        "subject.n is not none", "not (subject.n is none or subject.m is none)", "subject.n is 1",
        "(subject.n is 1 or subject.n is 2)", "not (subject.n is not 1)", "subject.m is subject.n",
        "not (subject.m is not none or subject.f is none)", "subject.f is not none", "guard",
        "not (subject.g is none) and subject.m is not none and subject.n is not none",
    )
)  # fmt: skip
guarded = st.one_of(
    st.builds("({} and {})".format, GUARDING, st.sampled_from(NEEDY)),
    st.builds("(not ({}) or {})".format, GUARDING, st.sampled_from(NEEDY)),
    st.builds("({} or {})".format, GUARDING, st.sampled_from(NEEDY)),
)
conditions = st.recursive(
    st.one_of(st.sampled_from(PLAIN), guarded),
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.lists(inner, min_size=2, max_size=3).map(lambda cs: "(" + " and ".join(cs) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda cs: "(" + " or ".join(cs) + ")"),
    ),
    max_leaves=4,
)
guards = st.sampled_from(
    ("subject.n is not none", "subject.m is none or subject.n is none", "subject.g is none")
)


def compiled(condition: str, guard: str) -> Policy | None:
    """The policy with `condition` defined, unless it is refused."""
    checked = check_text(
        f"{HEAD}define guard = {guard}\ndefine wanted = {condition}\n"
        "permit p share a with b for c when wanted or subject.f is none"
    )
    refused = {each.code for each in checked.diagnostics if each.severity == "error"}
    assert refused <= {"unguarded-none", "never-applies"}
    return None if "unguarded-none" in refused else checked.policy


def holds(formula: f.Formula, world: dict[str, f.Plain], policy: Policy, about_none: bool) -> bool:
    """Whether it holds, if order, arithmetic and truth of none were `about_none`."""
    match formula:
        case f.Constant(value):
            return value
        case f.IsNone(fact):
            return world[fact] is None
        case f.Holds(fact):
            return about_none if world[fact] is None else world[fact] is True
        case f.AtMost(terms, bound) | f.Equals(terms, bound):
            if any(world[fact] is None for fact in f.facts_of(terms)):
                return about_none
            total = sum(c * int(world[str(q)]) for c, q in terms)  # type: ignore[arg-type, misc]
            return total <= bound if isinstance(formula, f.AtMost) else total == bound
        case f.Defined(name):
            return holds(policy.definitions[name].formula, world, policy, about_none)
        case f.Not(operand):
            return not holds(operand, world, policy, about_none)
        case f.And(operands):
            return all(holds(each, world, policy, about_none) for each in operands)
        case f.Or(operands):
            return any(holds(each, world, policy, about_none) for each in operands)
        case f.Within() | f.SameLeaf() | f.Contains() | f.TextIs() | f.SameText():
            raise AssertionError(formula)
        case _:
            assert_never(formula)


@given(conditions, guards)
def test_what_none_is_taken_for_cannot_be_seen(condition: str, guard: str) -> None:
    policy = compiled(condition, guard)
    if policy is None or "wanted" not in policy.definitions:
        return
    formula = policy.definitions["wanted"].formula
    for world in WORLDS:
        assert holds(formula, world, policy, False) == holds(formula, world, policy, True)


@given(conditions, guards)
def test_facts_said_to_be_present_are(condition: str, guard: str) -> None:
    policy = compiled(condition, guard)
    if policy is None or "wanted" not in policy.definitions:
        return
    table = {"guard": presence(policy.definitions["guard"].formula, {})}
    formula = policy.definitions["wanted"].formula
    if_holds, if_fails = presence(formula, table)
    for world in WORLDS:
        present = {fact for fact in FACTS if world[fact] is not None}
        assert (if_holds if holds(formula, world, policy, False) else if_fails) <= present


def test_guards_are_not_asked_for_where_they_are_not_needed() -> None:
    """Most conditions above are refused; these must not be."""
    for condition in (
        "subject.n is not none and subject.n is more than 1",
        "subject.n is none or subject.n is more than 1",
        "guard and subject.n is more than 1",
        "not (subject.n is none or subject.m is none) and subject.m is at most subject.n",
        "subject.n is 1 and subject.n is more than 0",
        "not (subject.n is not 1) and subject.n is more than 0",
        "(subject.n is 1 or subject.n is 2) and subject.n is more than 1",
        "subject.n is not none and (subject.m is none or subject.m is at most subject.n)",
    ):
        assert compiled(condition, "subject.n is not none") is not None, condition
