"""What resolving means where a golden says too much or too little."""

from __future__ import annotations

import pytest
from tests.model.bundles import check_text

HEAD = """policy test otherwise deny
taxonomy data { a } taxonomy recipient { b } taxonomy purpose { c  mail }
"""


def codes(rest: str, head: str = HEAD) -> set[str]:
    return {each.code for each in check_text(head + rest).diagnostics}


def test_a_definition_may_be_called_like_the_value_that_it_is_about() -> None:
    """To the right of `is`, a name that fits a value means that value."""
    assert (
        codes("define mail = purpose is mail\npermit p share a with b for mail when mail") == set()
    )


def test_every_value_has_a_name_that_policies_can_say() -> None:
    head = "policy test otherwise deny\ntaxonomy data { data { x } x }\n"
    head += "taxonomy recipient { b } taxonomy purpose { c }\n"
    policy = check_text(head).policy
    assert policy is not None
    _, *below = policy.taxonomies["data"].values
    for name in ("any data", *(value.name for value in below)):
        assert codes(f"permit p share {name} with b for c", head) == set(), name


def test_a_condition_that_is_wrong_is_not_said_to_be_never_true_as_well() -> None:
    rule = "permit p share a with b for c when not subject.nowhere"
    assert codes(rule) == {"unknown-name"}


def test_a_circle_is_reported_once_and_its_members_count_as_declared() -> None:
    source = "define x = y\ndefine y = x\npermit p share a with b for c when x"
    assert codes(source) == {"cyclic-definition"}


def test_the_firm_acts_within_so_long_of_a_date() -> None:
    assert codes("permit p share a with b for c\nmust m within 3 days of 5 days") == {
        "type-mismatch"
    }


# ------------------------------------------------------------------ limits

PERMIT = "permit r0 share a with b for c\n"


def definitions(count: int) -> str:
    """A chain of definitions, each of which says no more than the one before."""
    names = ["define d1 = subject.f", *(f"define d{n} = d{n - 1}" for n in range(2, count + 1))]
    return "\n".join(["fact subject.f : boolean", *names, PERMIT]) + f"  when d{count}\n"


def yields(count: int) -> str:
    """A chain of rules, each yielding to the one before."""
    text = PERMIT
    for n in range(1, count):
        effect, word = ("forbid", "permitted") if n % 2 else ("permit", "forbidden")
        text += f"{effect} r{n} share a with b for c unless {word} by r{n - 1}\n"
    return text


def uses(count: int) -> str:
    """A chain of vocabularies, each using the next."""
    files = [f"# file: m{n}.privity\nvocabulary m{n}\n" for n in range(1, count + 1)]
    linked = [file + f"use m{n}\n" for n, file in enumerate(files[:-1], start=2)]
    return "use m1\n" + PERMIT + "".join([*linked, files[-1]])


@pytest.mark.parametrize("chain", (definitions, uses))
def test_chains_are_bounded(chain: object) -> None:
    assert callable(chain)
    assert codes(chain(200)) <= {"unused"}
    assert "too-deep" in codes(chain(201))


def test_chains_of_rules_that_yield_are_bounded() -> None:
    """Every other rule of such a chain is idle, which is found too."""
    assert "too-deep" not in codes(yields(200))
    assert "too-deep" in codes(yields(201))
