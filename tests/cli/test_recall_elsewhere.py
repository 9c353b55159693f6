"""What is said of a verdict that is recalled, though rules elsewhere are written differently."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from tests.cli import test_recall
from tests.cli.test_recall import Shop

from privity.cli.workspace import open_with_claims
from privity.lower import second
from privity.lower.second import Procedure
from privity.model.nodes import Rule
from privity.prove.differences import FEW
from privity.prove.obligations import scope_of

shop = test_recall.shop

HEAD = """policy shop.rules otherwise deny
use shop.words
fact sender.name : text
"""
MANY = "".join(
    f'permit m{n} share health with stranger for service when sender.name is "{n}"\n'
    for n in range(80)
)
"""So many that a policy is large, of which only some rules are read again."""
ELSEWHERE = """permit other share scans with partner for service
  when sender.name is "c"
"""
CLAIMS = """claims for shop.rules
claim sold never share orders with staff or stranger for any purpose
claim kept never share health with partner for any purpose
"""
TIME = re.compile(r" (?:before|[0-9]+ ms|[0-9.]+ s)$", re.MULTILINE)


def told(shop: Shop, *options: str) -> list[str]:
    """The report in words, but for times and for what is said of recalling."""
    text = TIME.sub("", shop.run("prove", shop.policy, *options).out)
    return re.sub(r"An earlier run [^;]*; nothing [^)]*\)\.", "", text).split()


def after(shop: Shop, rules: str, new: str, *options: str) -> list[bool]:
    """Which verdicts are recalled once a rule about scans reads otherwise."""
    shop.policy.write_text(HEAD + rules + ELSEWHERE, "utf-8")
    shop.claims.write_text(CLAIMS, "utf-8")
    shop.prove(*options)
    shop.edit(shop.policy, 'sender.name is "c"', new)
    return shop.agrees(*options)


def test_what_does_not_matter_is_what_the_rules_of_now_read(shop: Shop) -> None:
    sell = "permit sell share orders with staff for any purpose when subject.adult\n"
    assert after(shop, sell, "subject.agreed") == [True, False]


def test_a_remedy_is_none_of_the_values_that_other_rules_speak_of(shop: Shop) -> None:
    """A text that differs from `b` is told by the rules that apply there, not by any other."""
    sell = 'permit sell share orders with staff for any purpose when sender.name is "b"\n'
    assert after(shop, sell, 'sender.name is "aaaa"') == [True, False]


def test_rules_are_in_the_same_order_without_the_rest(shop: Shop) -> None:
    """`gift` draws `sell` before `lend`, unless rules that are alike are as they were declared."""
    rules = """forbid gift share payments with staff for service
  unless permitted by sell
permit lend share orders with staff or partner for any purpose when subject.agreed
permit sell share orders or payments with staff for any purpose when subject.adult
permit odd share orders with stranger for service when sender.name is "o"
"""
    after(shop, MANY + rules, 'sender.name is "d"')
    shop.edit(shop.policy, 'sender.name is "o"', 'sender.name is "p"')
    assert shop.agrees() == [False, True]


def test_an_example_is_decided_by_all_rules_that_apply_to_it(shop: Shop) -> None:
    """`twice` and `thrice` forbid what `once` does: no proof needs both, but one is named."""
    rules = """permit share_it share health with partner or staff for any purpose
forbid once share notes or scans with partner for any purpose
forbid twice share notes or scans with partner for any purpose when subject.adult
forbid thrice share notes or scans with partner for any purpose unless subject.adult
permit odd share orders with stranger for service when sender.name is "o"
"""
    shop.policy.write_text(HEAD + MANY + rules, "utf-8")
    shop.claims.write_text(CLAIMS, "utf-8")
    shop.prove("--witness")
    shop.edit(shop.policy, 'sender.name is "o"', 'sender.name is "p"')
    fresh = told(shop, "--witness", "--no-cache")
    assert {"twice", "thrice"} & {*fresh}
    assert told(shop, "--witness") == fresh


def test_a_second_procedure_looks_at_the_rules_of_a_claim_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a diagram that is too large is too large where much of the policy is left out, too."""
    shop.policy.write_text(HEAD + MANY + ELSEWHERE, "utf-8")
    shop.claims.write_text(CLAIMS.replace("health with partner", "health with stranger"), "utf-8")
    policy = open_with_claims(str(shop.policy)).policy
    looked_at: list[Sequence[Rule]] = []
    monkeypatch.setattr(second, "Ground", lambda _, rules, claims: looked_at.append(rules))
    for claim in policy.claims:
        Procedure().ground(claim, policy, None, None)
    scopes = [scope_of(claim.statement) for claim in policy.claims]
    meeting = [tuple(r for r in policy.rules if s and r.scope.meets(s)) for s in scopes]
    assert looked_at == meeting
    assert second.LARGE == FEW < len(policy.rules)
