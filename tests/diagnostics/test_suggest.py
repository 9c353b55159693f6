"""Guessing which name was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privity.diagnostics.suggest import closest, did_you_mean

WORDS = ["permit", "forbid", "unless", "use", "opted_out", "opted_in", "customer", "is", "in"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("permitt", "permit"),
        ("premit", "permit"),
        ("unles", "unless"),
        ("opted_ot", "opted_out"),
        ("opt_out", "opted_out"),
        ("customers", "customer"),
        ("xyz", None),
        ("rule", None),
        ("a", None),
        ("", None),
        ("permit", None),
    ],
)
def test_by_example(word: str, meant: str | None) -> None:
    assert closest(word, WORDS) == meant


def test_the_question() -> None:
    assert did_you_mean("permitt", WORDS) == "did you mean `permit`?"
    assert did_you_mean("nothing_like_it", WORDS) == ""


@given(st.text(max_size=12), st.lists(st.text(max_size=12)), st.randoms())
def test_the_order_of_candidates_does_not_matter(
    word: str, candidates: list[str], random: object
) -> None:
    assert closest(word, candidates) == closest(word, reversed(candidates))
    assert closest(word, [*candidates, *candidates]) == closest(word, candidates)
