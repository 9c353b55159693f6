"""Seeded faults in generated modules: each refused, with a request that tells them apart.

A fault is drawn by seed over the company's policies, the example and random ones. Whatever the
validator accepts must answer random requests as the semantics do: then the fault was none. What
it refuses with a request must really answer that request otherwise, by running it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from types import ModuleType
from zlib import crc32

import pytest
from tests.validate.faults import FAULTS, QUIET
from tests.validate.modules import (
    Subject,
    confirmed,
    corpus,
    differs_by_chance,
    large,
    loaded,
    made,
    subjects,
    validated,
)

from privity.validate.findings import Finding

MOST = 12
"""How many of a kind are drawn until one is shown by a request."""


@dataclass
class Tally:
    refused: int = 0
    shown: int = 0
    equivalent: int = 0
    codes: Counter[str] = field(default_factory=Counter)


def drawn(kind: str, random: Random) -> Iterator[tuple[Subject, str]]:
    """Up to MOST modules with a fault of a kind, of different policies."""
    candidates = subjects()
    random.shuffle(candidates)
    texts = ((subject, FAULTS[kind](subject, random)) for subject in candidates)
    faulty = ((s, text) for s, text in texts if text is not None and text != s.text)
    return islice(faulty, MOST)


def is_left_to_the_engine(finding: Finding, module: ModuleType) -> bool:
    """Of so many completions the prelude says nothing by the fast path, if anything is missing."""
    assert finding.difference is not None
    complete = finding.difference.values.keys() == finding.difference.completion.keys()
    return not complete and module._PROGRAM.most > module._MOST_COMPLETIONS


def judge(subject: Subject, text: str, random: Random, tally: Tally) -> None:
    """One faulty module: the findings are true, or there was no fault."""
    validation = validated(subject, text)
    module = loaded(text)
    if validation.accepted:
        assert module is not None, "accepted, and cannot be imported"
        exact = validation.result == "proved"
        by_chance = differs_by_chance(module, subject.policy, random, 150, partial=exact)
        assert by_chance is None, (subject.name, by_chance)
        tally.equivalent += 1
        return
    assert validation.result == "refused", validation
    tally.refused += 1
    for finding in validation.findings:
        tally.codes[finding.code] += 1
        if finding.difference is not None and module is not None:
            if finding.difference.hidden or is_left_to_the_engine(finding, module):
                continue
            assert confirmed(finding, module, subject.policy), (subject.name, finding)
            tally.shown += 1


def tallied(kind: str, seed: int, planted: int) -> Tally:
    """Faults of a kind, at least `planted`, until one is refused with a request that shows it."""
    random = Random(crc32(kind.encode()) + seed)
    tally = Tally()
    for number, (subject, text) in enumerate(drawn(kind, random), 1):
        judge(subject, text, random, tally)
        if number >= planted and tally.refused and (tally.shown or kind in QUIET):
            break
    return tally


@pytest.mark.parametrize("kind", FAULTS)
def test_faults_are_refused(kind: str) -> None:
    tally = tallied(kind, 0, 1)
    assert tally.refused, f"never refused: {tally}"
    assert tally.shown or kind in QUIET, f"refused, but no request shows it: {tally}"


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("kind", FAULTS)
def test_more_faults_are_refused(kind: str, seed: int) -> None:
    assert tallied(kind, seed, MOST).refused


def test_there_are_many_kinds() -> None:
    assert len(FAULTS) >= 80
    assert len(FAULTS.keys() - QUIET) >= 30


@pytest.mark.parametrize("seed", range(-1, 12))
def test_what_is_generated_is_accepted(seed: int) -> None:
    subject = made(seed)
    assert validated(subject, subject.text).result == "proved"


@pytest.mark.parametrize("seed", range(-1, 12))
def test_rules_apart_are_accepted(seed: int) -> None:
    subject = large(seed)
    assert "conditions=(" in subject.text
    assert validated(subject, subject.text).result == "proved"


@pytest.mark.parametrize("name", ["customer_privacy", "literal"])
def test_the_corpus_is_accepted(name: str) -> None:
    subject = corpus(name)
    assert validated(subject, subject.text).result == "proved"


def test_a_module_of_another_policy_is_refused() -> None:
    one, other = corpus("customer_privacy"), corpus("literal")
    validation = validated(one, other.text)
    assert validation.result == "refused"
    module = loaded(other.text)
    assert module is not None
    shown = [f for f in validation.findings if f.difference is not None]
    assert shown and all(confirmed(finding, module, one.policy) for finding in shown)


def test_the_judge_notices() -> None:
    """A module that permits everything is told apart by chance, so the tests above can fail."""
    subject = made(-1)
    text = subject.text.replace("return permitted & (full ^ forbidden)", "return full")
    text = text.replace("settle=_settle", "settle=None")
    module = loaded(text)
    if module is not None:
        assert differs_by_chance(module, subject.policy, Random(1), 200) is not None
