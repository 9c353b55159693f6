"""Claims and scenarios notice every slip in the company's policies that changes a decision."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path, PurePath

import pytest
from tests.conftest import Golden
from tests.corpus.space import BOTH_SIDES, Reader, space_of

from privity.analyse.mutate import mutants
from privity.analyse.strength import (
    ENOUGH,
    BaselineError,
    Corpus,
    Strength,
    report,
    strength,
)
from privity.cli.main import main
from privity.model.nodes import Policy
from privity.model.resolve import resolve_policy
from privity.pipeline import Read, compile_policy
from privity.syntax import nodes as tree

ROOT = Path(__file__).parents[2]
CLAIMS = PurePath(ROOT / "proofs/metlife/customer_privacy.privity")


def corpus(name: str) -> Corpus:
    path = PurePath(ROOT / f"policies/metlife/{name}.privity")
    return loaded(path, CLAIMS, lambda file: Path(file).read_bytes())


def loaded(path: PurePath, claims: PurePath, read: Read) -> Corpus:
    compiled = compile_policy(path, read, [claims])
    assert compiled.policy is not None, compiled.diagnostics
    return Corpus(compiled.modules, compiled.claims)


@cache
def found(name: str, every: int) -> Strength:
    return strength(corpus(name), jobs=os.cpu_count() or 1, every=every)


SOME = 5
FULLY = pytest.param(1, marks=pytest.mark.nightly)


@pytest.mark.parametrize("every", [SOME, FULLY])
@pytest.mark.parametrize("name", ["customer_privacy", "literal"])
def test_corpus_is_strong(name: str, every: int) -> None:
    assert found(name, every).share >= ENOUGH, report(found(name, every))


@pytest.mark.parametrize("every", [SOME, FULLY])
def test_left_out_are_those_that_decide_the_same(every: int) -> None:
    """The solver's word against a count of all disclosures, mutant by mutant."""
    of = corpus("customer_privacy")
    original = resolved(of, of.modules)
    assert original is not None
    space = space_of(original, BOTH_SIDES, frozenset({"subject.product"}))
    allowed = Reader(original, space).permitted()
    chosen = islice(mutants(of.modules), 0, None, every)
    for mutant, finding in zip(chosen, found("customer_privacy", every).findings, strict=True):
        assert mutant.description == finding.mutant
        policy = resolved(of, mutant.modules)
        assert (policy is None) == (finding.fate == "invalid"), finding
        if policy is not None:
            same = Reader(policy, space).permitted() == allowed
            assert same == (finding.fate == "equivalent"), finding


def resolved(of: Corpus, modules: Sequence[tree.Module]) -> Policy | None:
    return resolve_policy(modules, of.claims, texts=[""] * len(modules)).policy


# ------------------------------------------------------------------ a small policy, weak claims

VOCABULARY = """
vocabulary words
taxonomy data { name  health { illness  allergy } }
taxonomy recipient { us  partner { insurer  bank } }
taxonomy purpose { service  offers }
fact subject.age : integer from 0 to 150
fact subject.agreed : boolean
fact subject.asked_on : date
fact disclosure.on : date
parameter wait = 30 days
parameter unread = 5 days
define grown_up = 2 times subject.age is at least 36
"""
POLICY = """
policy small otherwise deny
use words
assume lately that disclosure.on is on or after 2020-02-29 until 9000-01-01
permit letters
  share name or illness with partner but not bank for offers
  when grown_up and disclosure.on is on or after subject.asked_on + wait
  unless not subject.agreed
permit inside
  share data with us for any purpose
  when purpose is one of service, offers or true
forbid rest
  share data with partner for offers
  unless permitted by letters
"""
WEAK = """
claims for small
claim only_those_who_agreed
  allowed only if subject.agreed to share data with partner for any purpose
"""
STRONG = """
claims for small
claim exactly_this
  allowed only if data is one of name, illness and recipient is insurer and purpose is offers
    and subject.agreed and subject.age is at least 18
    and disclosure.on is on or after subject.asked_on + 30 days
  to share data with partner for any purpose
claim all_of_it
  always allowed to share name or illness with insurer for offers
  when subject.agreed and subject.age is at least 18
  when disclosure.on is on or after subject.asked_on + 30 days
claim inside_all always allowed to share data with us for any purpose
scenario "before the assumption"
  share name with us for service
  given disclosure.on is 2020-02-28
  expect deny by lately
scenario "on its first day"
  share name with us for service
  given disclosure.on is 2020-02-29
  expect permit
"""


def small(claims: str = STRONG, policy: str = POLICY) -> Corpus:
    files = {"words.privity": VOCABULARY, "small.privity": policy, "claims.privity": claims}
    return loaded(
        PurePath("small.privity"), PurePath("claims.privity"), lambda f: files[str(f)].encode()
    )


def test_slips_of_every_kind(golden: Golden) -> None:
    lines = [f"{m.place.file}:{m.place.line}  {m.description}" for m in mutants(small().modules)]
    golden(Path(__file__).with_name("slips.txt"), "\n".join(lines) + "\n")


def test_strong_claims_notice_all() -> None:
    strong = strength(small())
    assert not strong.of("survived"), report(strong)


def test_weak_claims_do_not() -> None:
    weak = strength(small(WEAK))
    survivors = {finding.mutant for finding in weak.of("survived")}
    assert "wait: `30 days` to `29 days`" in survivors
    assert "letters: drop `unless not subject.agreed`" not in survivors
    assert weak.share < ENOUGH
    assert weak.of("noticed")


def test_what_does_not_hold_to_begin_with_is_refused() -> None:
    with pytest.raises(BaselineError, match="only_those_who_agreed: refuted"):
        strength(small(WEAK, POLICY.replace("unless not subject.agreed", "")))
    with pytest.raises(BaselineError, match="on its first day"):
        strength(small(STRONG, POLICY.replace("2020-02-29", "2020-03-01")))


def test_expired_assumptions_are_refused() -> None:
    """Every verdict is unknown then, and a claim that is unknown would notice nothing."""
    with pytest.raises(BaselineError, match="exactly_this: unknown"):
        strength(small(STRONG, POLICY.replace("9000-01-01", "2021-01-01")))


@pytest.mark.parametrize(("claims", "code"), [(STRONG, 0), (WEAK, 1)])
def test_command_line(
    claims: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The claims are found in the folder `proofs` beside the policies."""
    for name, text in (("words", VOCABULARY), ("small", POLICY), ("../proofs/claims", claims)):
        file = tmp_path / "policies" / f"{name}.privity"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert main(["strength", str(tmp_path / "policies/small.privity"), "--jobs", "1"]) == code
    assert "noticed by nothing" in capsys.readouterr().out


def test_command_line_without_a_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["strength", "nowhere.privity"]) == 2
    assert "nowhere.privity" in capsys.readouterr().err
