"""Edits that change no answer are accepted: the validator proves, and does not merely compare."""

from __future__ import annotations

from random import Random

import pytest
from tests.validate.edits import EDITS
from tests.validate.modules import (
    Subject,
    corpus,
    differs_by_chance,
    large,
    loaded,
    made,
    validated,
)

SEEDS = (-1, 3)


def edited(kind: str) -> list[tuple[Subject, str]]:
    """The modules in which the edit finds a place."""
    subjects = [corpus("customer_privacy"), *map(made, SEEDS), *map(large, SEEDS)]
    texts = [(subject, EDITS[kind](subject)) for subject in subjects]
    return [(subject, text) for subject, text in texts if text != subject.text]


@pytest.mark.parametrize("kind", EDITS)
def test_edits_are_accepted(kind: str) -> None:
    found = edited(kind)
    assert found, "no module has a place for it"
    for subject, text in found:
        validation = validated(subject, text)
        assert validation.result == "proved", (subject.name, validation.findings)


@pytest.mark.parametrize("kind", EDITS)
def test_edits_change_no_answer(kind: str) -> None:
    """So the test above accepts what is right."""
    subject, text = edited(kind)[0]
    module = loaded(text)
    assert module is not None
    assert differs_by_chance(module, subject.policy, Random(5), 60) is None


def test_there_are_many_kinds() -> None:
    assert len(EDITS) >= 30
