"""What `privity prove` recalls: the same report as without, for every kind of edit."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from benchmarks import generator

from privity import revision
from privity.cli import cache, proving, recall

WORDS = """vocabulary shop.words
taxonomy data { orders  payments  health { notes  scans } }
taxonomy recipient { staff  partner  stranger }
taxonomy purpose { sales  service }
fact subject.adult : boolean
fact subject.agreed : attested boolean
fact subject.joined : date or none
fact disclosure.on : date
"""
POLICY = """policy shop.rules "Shop" otherwise deny
use shop.words

define grown_up = subject.adult

permit sell "orders" share orders or payments with staff or partner for any purpose
  when grown_up
  duty log "keep a log"

# What patients say stays.
forbid keep share health with partner or stranger for sales
  when not subject.agreed

permit treat share health with partner for service or sales
  unless forbidden by hold

forbid hold share notes with partner for any purpose
  when not subject.agreed

permit late share scans with staff for service
  when subject.joined is not none and disclosure.on is on or after subject.joined + 30 days

permit open share payments with staff for sales

scenario "a seller" share orders with staff for sales
  given subject.adult
  expect permit by sell
"""
CLAIMS = """claims for shop.rules

define child = not subject.adult

claim none_to_strangers never share health with stranger for any purpose

claim adults_alone allowed only if not child to share orders with staff for any purpose

claim logged every permit to share orders with anyone for any purpose carries log

claim open_to_staff always allowed to share payments with staff for sales

claim agreed never share notes with partner for sales
  when not subject.agreed

claim late_scans sometimes allowed to share scans with staff for service

claim treated always allowed to share scans with partner for service or sales

claim no_payments never share payments with partner for any purpose
"""


@dataclass
class Shop:
    folder: Path
    run: Callable[..., Any]

    def __post_init__(self) -> None:
        self.policy = self.folder / "policies" / "shop" / "rules.privity"
        self.words = self.folder / "policies" / "shop" / "words.privity"
        self.claims = self.folder / "proofs" / "shop.privity"
        for path, text in ((self.policy, POLICY), (self.words, WORDS), (self.claims, CLAIMS)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def prove(self, *options: str) -> tuple[int, str, Any]:
        """Exit code, standard error, the report."""
        ran = self.run("prove", self.policy, "--format", "json", *options)
        return ran.code, ran.err, json.loads(ran.out) if ran.out else []

    def agrees(self, *options: str) -> list[bool]:
        """Which verdicts were recalled; what is said is what is said without recalling."""
        code, notes, report = self.prove(*options)
        fresh = self.prove("--no-cache", *options)
        assert (code, notes) == fresh[:2]
        if isinstance(report, list):  # what is wrong with the policy
            assert report == fresh[2]
            return []
        recalled = [claim["recalled"] for claim in report["claims"]]
        assert not any(claim["recalled"] for claim in fresh[2]["claims"])
        for old, new in zip(report["claims"], fresh[2]["claims"], strict=True):
            if old["recalled"] and old["obligation_sha256"] is None:
                self.still_stands(old)
                for key in old.keys() - {"name", "verdict", "as_expected", "file", "line"}:
                    del old[key], new[key]
            for key in ("seconds", "recalled"):
                old.pop(key, None)
                new.pop(key, None)
        assert report == fresh[2]
        return recalled

    def still_stands(self, claim: Any) -> None:
        """The request that a verdict shows is decided as it says, in the policy as it is now."""
        request = self.folder / "request.json"
        request.write_text(json.dumps(claim["witness"]), "utf-8")
        answer = json.loads(self.run("decide", self.policy, "--request", request).out)
        said = [(side["outcome"], side["rules"]) for side in claim["sides"]]
        assert (answer["outcome"], answer["rules"]) in (said or [("permit", answer["rules"])])

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text("utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def shop(tmp_path: Path, privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(cache.OFF, raising=False)
    monkeypatch.setattr(recall, "SLOW", -1.0)
    return Shop(tmp_path, privity)


def test_where_nothing_has_changed_everything_is_recalled(shop: Shop) -> None:
    assert not any(shop.agrees())
    assert all(shop.agrees())
    text = shop.run("prove", shop.policy)
    assert text.out.count(" before") == 8
    assert "An earlier run found 8 of 8 verdicts" in text.out


INSIDE = {
    "a condition": ("when grown_up", "when grown_up and subject.agreed", 4),
    "a scope, narrower": ("health with partner or stranger for", "health with stranger for", 5),
    "a scope, wider": ("scans with staff for service", "scans with anyone for service", 5),
    "a label": ('"orders"', '"goods"', 4),
    "a comment": ("# What patients say stays.", "# What patients say stays with us.", 4),
    "a line more": ("\n  unless forbidden by hold", "\n\n\n  unless forbidden by hold", 6),
    "a day": ("30 days", "31 days", 7),
}
"""Edits inside one rule, with the number of claims that its scope does not meet."""


@pytest.mark.parametrize("name", INSIDE)
def test_after_an_edit_inside_a_rule_the_rest_is_recalled(shop: Shop, name: str) -> None:
    old, new, left = INSIDE[name]
    shop.prove()
    shop.edit(shop.policy, old, new)
    assert shop.agrees().count(True) == left
    assert all(shop.agrees())
    shop.edit(shop.policy, new, old)
    assert shop.agrees().count(True) == left


BEYOND = {
    "another name": ("permit open share", "permit opened share"),
    "another effect": ("permit open share", "forbid open share"),
    "a rule more": ("permit open", "permit new share orders with anyone for sales\npermit open"),
    "a rule more behind one that is changed": (
        "open share payments with staff for sales",
        "open share payments with staff for sales or service\n"
        "permit new share orders with anyone for sales",
    ),
    "a rule more behind it, out of sight": (
        "open share payments with staff for sales",
        "open share payments with staff for sales or service\n"
        "  permit new share orders with anyone for sales",
    ),
    "a rule less": ("permit open share payments with staff for sales\n", ""),
    "another yield": ("\n  unless forbidden by hold", ""),
    "another duty": ('duty log "keep a log"', 'duty note "take a note"'),
    "a definition": ("= subject.adult", "= not subject.adult"),
    "otherwise": ("otherwise deny", "otherwise permit"),
    "a clause that the rule before takes": (
        "permit open share",
        "  unless subject.adult\npermit open share",
    ),
    "a citation that takes the next word": ("joined + 30 days\n", "joined + 30 days\n  cite\n"),
    "a comment over the next rule": ("joined + 30 days\n\n", "joined + 30 days #"),
    "a string over the next rule": ("joined + 30 days\n\n", 'joined + 30 days "'),
    "a bracket over the next rule": ("joined + 30 days\n", "joined + (30 days\n"),
    "an unknown fact": ("when grown_up", "when subject.grown_up"),
    "a condition that is never met": (
        "share health with partner for service or sales\n",
        "share health with partner for service or sales\n"
        "  when subject.adult and not subject.adult\n",
    ),
    "a rule that always applies where another yields": (
        "for any purpose\n  when not subject.agreed\n\npermit late",
        "for any purpose\n\npermit late",
    ),
    "an invisible character": ("when grown_up", "when\u200b grown_up"),
    "the header twice": ("permit open", "policy shop.rules otherwise permit\npermit open"),
    "a claim in between": (
        "permit open",
        "claim odd never share orders with staff for sales\npermit open",
    ),
    "all rules away": (POLICY[POLICY.index("permit sell") :], ""),
}


@pytest.mark.parametrize("name", BEYOND)
def test_whatever_else_changes_is_seen(shop: Shop, name: str) -> None:
    shop.prove()
    shop.edit(shop.policy, *BEYOND[name])
    shop.agrees()


ELSEWHERE = {
    "a fact": ("words", "fact subject.adult : boolean", "fact subject.adult : boolean or none"),
    "a taxonomy": ("words", "stranger }", "stranger  enemy }"),
    "a definition of the claims": ("claims", "= not subject.adult", "= subject.adult"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_all_rests_on(shop: Shop, name: str) -> None:
    file, old, new = ELSEWHERE[name]
    shop.prove()
    shop.edit(getattr(shop, file), old, new)
    assert not any(shop.agrees())


CLAIMED = {
    "a statement": ("never share payments with partner", "never share payments with staff"),
    "a scope": ("to share scans with partner for service or", "to share scans with partner for"),
    "a claim more": (
        "claim treated",
        "claim further never share orders with partner for sales\n\nclaim treated",
    ),
    "a claim less": (CLAIMS[CLAIMS.index("claim no_payments") :], ""),
    "an expectation": (
        "never share payments with partner for any purpose",
        "never share payments with partner for any purpose\n"
        '  expect refuted in shop.rules because "sold"',
    ),
    "a label": ("claim treated always", 'claim treated "treats" always'),
}


@pytest.mark.parametrize("name", CLAIMED)
def test_after_an_edit_of_a_claim_the_others_are_recalled(shop: Shop, name: str) -> None:
    shop.prove()
    shop.edit(shop.claims, *CLAIMED[name])
    assert shop.agrees().count(True) == (8 if name == "a claim more" else 7)
    assert all(shop.agrees())


def test_other_questions_are_other_answers(shop: Shop) -> None:
    shop.prove("--as-of", "2026-01-01")
    assert not any(shop.agrees("--as-of", "2026-01-02"))
    assert not any(shop.agrees("--as-of", "2026-01-02", "--timeout", "59"))
    assert not any(shop.agrees("--as-of", "2026-01-02", "--timeout", "59", "--witness"))
    assert all(shop.agrees("--as-of", "2026-01-02", "--timeout", "59", "--witness"))


def test_one_claim_is_recalled_and_keeps_the_others(shop: Shop) -> None:
    shop.prove()
    assert shop.agrees("--claim", "logged") == [True]
    assert shop.agrees().count(True) == 8


def test_what_is_unknown_is_not_kept(shop: Shop) -> None:
    shop.prove("--rlimit", "1")
    assert not any(shop.agrees("--rlimit", "1"))


def test_what_engines_disagree_on_is_not_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as planted:
        planted.setattr(proving, "confirm", lambda _, asked: ["unknown"] * len(asked))
        code, _, report = shop.prove()
    wrong = [claim["disagreement"] for claim in report["claims"]]
    assert code == 4 and any(wrong)
    assert shop.agrees() == [not each for each in wrong]


def test_obligations_are_those_of_this_run(shop: Shop, tmp_path: Path) -> None:
    shop.prove()
    _, _, report = shop.prove("--obligations", str(tmp_path / "out"))
    assert not any(claim["recalled"] for claim in report["claims"])
    assert len(list((tmp_path / "out" / "shop.rules").glob("*.smt2"))) == 8


def test_a_build_proves_everything_anew(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.edit(shop.claims, "never share payments with partner", "never share notes with stranger")
    shop.edit(shop.claims, CLAIMS[CLAIMS.index("claim treated") : CLAIMS.index("claim no_pay")], "")
    shop.prove()
    monkeypatch.setattr(recall, "recalled", lambda *_: pytest.fail("a build must not recall"))
    assert shop.run("build", shop.policy, "--no-validate").code == 0


# ------------------------------------------------------------------ a policy that is large


def test_random_edits_of_a_large_policy(
    tmp_path: Path, privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(cache.OFF, raising=False)
    monkeypatch.setattr(recall, "SLOW", -1.0)
    count, claims = 150, 8
    generator.write_all(tmp_path, count, claims)
    shop = Shop(tmp_path / "none", privity)
    shop.policy = tmp_path / "plain" / "policies" / "bench" / f"rules_{count}.privity"
    shop.claims = tmp_path / "plain" / "proofs" / "claims.privity"
    drawn = random.Random("edits")
    known = generator.rules(count)
    shop.prove()
    some = 0
    for _ in range(4):
        number = drawn.randrange(count)
        other = known[drawn.randrange(count)]
        rule = replace(known[number], when=other.when, unless=None)
        if drawn.random() < 0.5:
            rule = replace(rule, scope=other.scope)
        known = (*known[:number], rule, *known[number + 1 :])
        head = f"policy bench.rules_{count}\notherwise deny\n"
        texts = map(generator._rule_text, known)
        shop.policy.write_text("\n".join((head, generator.vocabulary(), *texts)), "utf-8")
        some += any(shop.agrees())
    assert some


# ------------------------------------------------------------------ planted faults


def test_a_revision_that_is_not_held_against_the_text_is_noticed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `holds` is for: without it, an edit is taken for what it is not."""
    shop.prove()
    monkeypatch.setattr(revision.Revision, "holds", lambda *_: True)
    shop.edit(shop.policy, *BEYOND["a rule more behind it, out of sight"])
    with pytest.raises(AssertionError):
        shop.agrees()


def test_rules_that_are_taken_to_meet_nothing_are_noticed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.prove()
    monkeypatch.setattr(recall, "meet", lambda *_: False)
    shop.edit(shop.policy, *INSIDE["a condition"][:2])
    with pytest.raises(AssertionError):
        shop.agrees()
