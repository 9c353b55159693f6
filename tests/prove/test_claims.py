"""Each kind of claim on small policies: proved, refuted, vacuous, and what is said with it."""

from __future__ import annotations

import pytest
from tests.prove.policies import AS_OF, HEAD, compiled, proved, verdict_of, words

from privity.prove.nodes import Verdict
from privity.prove.run import Options

PERMIT_A = "permit p1 share a with bank for service\n"
NEVER = "claim k never share data with shop for any purpose"


def test_never() -> None:
    held = verdict_of(PERMIT_A + NEVER)
    assert (held.verdict, held.because, held.why) == ("proved", (), "permitted by no rule")
    failed = verdict_of("permit p1 share a with anyone for service\n" + NEVER)
    assert (failed.verdict, failed.because, failed.why) == ("refuted", ("p1",), "p1")
    empty = verdict_of(PERMIT_A + NEVER + " when data is a and data is b")
    assert (empty.verdict, empty.because) == ("vacuous", ())


def test_never_because_of_a_forbid() -> None:
    found = verdict_of(
        "permit p1 share data with anyone for any purpose\n"
        "forbid f1 share a with shop for any purpose\n"
        "forbid f2 share data with shop for any purpose\n"
        "forbid f3 share data with anyone for mail\n" + NEVER
    )
    assert (found.because, found.why) == (("f2",), "f2 forbids it")


def test_because_may_need_several_rules() -> None:
    found = verdict_of(
        "permit p1 share data with anyone for any purpose\n"
        "forbid f1 share a with shop for any purpose\n"
        "forbid f2 share b with shop for service\n"
        "forbid f3 share b with shop for mail\n" + NEVER
    )
    assert (found.because, found.why) == (("f1", "f2", "f3"), "f1, f2 and f3 forbid it")


def test_a_rule_that_is_dropped_is_gone_for_those_that_yield_to_it() -> None:
    """Without f1, p1 applies again: f1 is needed though it forbids nothing in the scope."""
    found = verdict_of(
        "permit p1 share data with shop for mail unless forbidden by f1\n"
        "forbid f1 share data with shop for mail unless permitted by p2\n"
        "permit p2 share c with shop for mail\n"
        "claim k never share a with shop for mail"
    )
    assert (found.verdict, found.because) == ("proved", ("f1",))


def test_allowed_only_if() -> None:
    policy = "fact subject.f : boolean\nfact subject.g : boolean\n{}"
    rule = "permit p1 share data with anyone for any purpose when subject.f\n"
    claim = "claim k allowed only if subject.f to share a with bank for service"
    held = verdict_of(policy.format(rule) + claim)
    assert (held.verdict, held.because, held.why) == ("proved", (), "only p1 permits")
    failed = verdict_of(policy.format(rule.replace(".f", ".g")) + claim)
    assert failed.verdict == "refuted"
    assert failed.witness is not None and failed.witness["subject.f"] is False
    assert verdict_of(policy.format("") + claim).verdict == "vacuous"
    forbidding = rule.replace(".f", ".g") + "forbid f1 share data with anyone for any purpose "
    found = verdict_of(policy.format(forbidding) + "when not subject.f\n" + claim)
    assert (found.verdict, found.because) == ("proved", ("f1",))
    assert found.why == "only p1 permits; f1 forbids the rest"


def test_always_allowed() -> None:
    claim = "claim k always allowed to share a with bank for service"
    held = verdict_of("permit p0 share a with bank for service\n" + PERMIT_A + claim)
    assert (held.verdict, held.because, held.why) == ("proved", ("p1",), "p1 permits it")
    failed = verdict_of(PERMIT_A + claim.replace("a with bank", "data with bank"))
    assert (failed.verdict, failed.because, failed.why) == ("refuted", (), "no rule applies")
    empty = verdict_of(PERMIT_A + claim + " when false")
    assert empty.verdict == "vacuous"
    by_default = compiled(HEAD.replace("otherwise deny", "otherwise permit") + claim)
    [found] = proved(by_default).values()
    assert (found.verdict, found.because, found.why) == ("proved", (), "permitted by default")


def test_sometimes_allowed() -> None:
    claim = "claim k sometimes allowed to share data with anyone for mail"
    held = verdict_of("permit p1 share b with shop for any purpose\n" + claim)
    assert held.verdict == "proved" and held.because == ("p1",)
    assert held.witness is not None
    assert (held.witness["recipient"], held.witness["purpose"]) == (1, 1)
    assert held.witness["data"] in (1, 2)
    failed = verdict_of(
        "permit p1 share b with shop for any purpose\n"
        "forbid f1 share data with anyone for mail\n" + claim
    )
    assert (failed.verdict, failed.because) == ("refuted", ("f1",))
    assert failed.why == "none of these is ever permitted: f1 forbids it"
    assert verdict_of(PERMIT_A + claim).why.endswith("permitted by no rule")


def test_sometimes_allowed_is_never_vacuous() -> None:
    claim = "claim k sometimes allowed to share a with bank for service when false"
    assert verdict_of(PERMIT_A + claim).verdict == "refuted"


@pytest.mark.parametrize(
    ("rule", "more", "less"),
    [
        ("when subject.f", "refuted", "proved"),
        ("unless subject.f", "proved", "refuted"),
        ("when subject.f is subject.g", "refuted", "refuted"),
        ("when subject.g", "vacuous", "vacuous"),
        ("when subject.g and (subject.f or subject.g)", "vacuous", "vacuous"),
    ],
)
def test_never_permits(rule: str, more: str, less: str) -> None:
    source = "fact subject.f : boolean\nfact subject.g : boolean\n"
    source += f"permit p1 share data with anyone for any purpose {rule}\n"
    assert verdict_of(source + "claim k subject.f never permits more").verdict == more
    assert verdict_of(source + "claim k subject.f never permits less").verdict == less


def test_never_permits_says_who_reads_the_fact() -> None:
    source = "fact subject.f : boolean\npermit p1 share a with bank for mail unless subject.f\n"
    found = verdict_of(
        source + PERMIT_A.replace("p1", "p2") + "claim k subject.f never permits more"
    )
    assert (found.because, found.why) == (("p1",), "read by p1, which it can only make stricter")


def test_never_affects() -> None:
    source = "fact subject.f : boolean\npermit p1 share a with anyone for service\n"
    source += "forbid f1 share data with shop for any purpose unless subject.f\n"
    claim = "claim k subject.f never affects sharing a with {} for service"
    held = verdict_of(source + claim.format("bank"))
    assert (held.verdict, held.why) == ("proved", "no rule there reads subject.f")
    assert verdict_of(source + claim.format("shop")).verdict == "refuted"
    assert verdict_of(source + claim.format("shop") + " when subject.f").verdict == "vacuous"
    source += "forbid f2 share a with shop for any purpose\n"
    unseen = verdict_of(source + claim.format("shop"))
    assert (unseen.verdict, unseen.why) == ("proved", "read there by f1, without effect")


def test_both_requests_of_a_pair_are_in_range() -> None:
    source = "fact subject.f : boolean\nfact subject.g : boolean\n"
    source += "permit p1 share data with anyone for any purpose when subject.f\n"
    claim = "claim k subject.f never affects sharing data with anyone for any purpose "
    assert verdict_of(source + claim + "when subject.f or subject.g").verdict == "refuted"
    assert verdict_of(source + claim + "unless subject.f or subject.g").verdict == "vacuous"


def test_none_takes_part_in_never_affects_and_not_in_never_permits() -> None:
    source = "fact subject.f : boolean or none\n"
    source += "permit p1 share data with anyone for any purpose when subject.f is not none\n"
    affects = "claim k subject.f never affects sharing data with anyone for any purpose"
    found = verdict_of(source + affects)
    assert found.verdict == "refuted" and found.counterexample is not None
    sides = {side.name: side.outcome for side in found.counterexample.sides}
    assert sides == {
        "subject.f true": "permit",
        "subject.f false": "permit",
        "subject.f none": "deny",
    }
    assert verdict_of(source + "claim k subject.f never permits more").verdict == "vacuous"


def test_pairs_without_none_count_where_none_is_out_of_range() -> None:
    source = "fact subject.f : boolean or none\n"
    source += "permit p1 share data with anyone for any purpose "
    source += "when subject.f is not none and subject.f\n"
    affects = "claim k subject.f never affects sharing data with anyone for any purpose "
    assert verdict_of(source + affects + "when subject.f is not none").verdict == "refuted"


@pytest.mark.parametrize("kind", ("boolean", "boolean or none"))
def test_of_two_requests_the_one_that_is_permitted_is_shown(kind: str) -> None:
    source = f"fact subject.f : {kind}\npermit p1 share data with anyone for any purpose "
    source += "when subject.f is not none and subject.f\n" if "none" in kind else "when subject.f\n"
    found = verdict_of(source + "claim k subject.f never permits more")
    assert found.verdict == "refuted"
    assert found.witness is not None and found.witness["subject.f"] is True


def test_carries() -> None:
    claim = "claim k every permit to share a with anyone for any purpose carries log"
    log = "permit p1 share a with bank for service duty log\n"
    elsewhere = "permit p2 share b with shop for mail\n"
    held = verdict_of(log + elsewhere + claim)
    assert (held.verdict, held.because, held.why) == ("proved", ("p1",), "log hangs on p1")
    failed = verdict_of(log + "permit p2 share a with anyone for service\n" + claim)
    assert failed.verdict == "refuted" and failed.because == ("p2",)
    assert failed.witness is not None and failed.witness["recipient"] == 1
    both = verdict_of(log + "permit p2 share a with bank for service\n" + claim)
    assert both.verdict == "proved"
    forbidden = "forbid f1 share a with anyone for any purpose\n"
    assert verdict_of(log + forbidden + claim).verdict == "vacuous"
    default = compiled(HEAD.replace("otherwise deny", "otherwise permit") + log + claim)
    assert words(default) == {"k": "refuted"}  # a permit by `otherwise` owes nothing


def test_when_unless_and_assuming_narrow_the_range() -> None:
    source = "fact subject.f : boolean\npermit p1 share a with bank for service when subject.f\n"
    claim = "claim k never share a with bank for service "
    for clause in ("unless subject.f", "when not subject.f", "assuming not subject.f"):
        assert verdict_of(source + claim + clause).verdict == "proved", clause
    assert verdict_of(source + claim + "when subject.f").verdict == "refuted"
    assert verdict_of(source + claim + "assuming subject.f").claim.assuming_words == "subject.f"


def test_readings_of_the_claim_and_of_the_rules_that_it_rests_on() -> None:
    found = verdict_of(
        'reading of_p "x"\nreading of_k "y"\nreading of_f "z"\nreading unused "w"\n'
        "permit p1 share data with anyone for any purpose reading of_p\n"
        "forbid f1 share data with shop for any purpose reading of_f\n"
        "forbid f2 share data with bank for mail reading unused\n"
        "claim k never share data with shop for any purpose reading of_k"
    )
    assert found.readings == ("of_k", "of_f")
    failed = verdict_of(
        'reading of_p "x"\nreading of_k "y"\npermit p1 share a with bank for service reading of_p\n'
        "claim k never share data with bank for any purpose reading of_k"
    )
    assert failed.readings == ("of_k", "of_p")


def test_blame_names_the_rule_its_place_and_its_clauses() -> None:
    found = verdict_of(
        'source faq { S1 "one" S2 "two" }\npermit p1 share a with bank for service\n'
        "  cite faq S1, faq S2\nclaim k never share data with bank for any purpose"
    )
    [blame] = found.blame
    assert (blame.rule, blame.file, blame.line) == ("p1", "p.privity", HEAD.count("\n") + 2)
    assert blame.citations == ("faq S1", "faq S2")


def test_expected_refutations() -> None:
    expect = ' expect refuted in p because "as written" expect refuted in q because "too"'

    def found(rule: str, claim: str) -> Verdict:
        policy = compiled(HEAD + rule, claims=f"claims for p, q\n{claim}")
        return proved(policy)["k"]

    failed = found("permit p1 share a with shop for mail\n", NEVER + expect)
    assert (failed.verdict, failed.expected, failed.as_expected) == ("refuted", "as written", True)
    held = found(PERMIT_A, NEVER + expect)
    assert (held.verdict, held.as_expected) == ("proved", False)
    elsewhere = found(PERMIT_A, NEVER + ' expect refuted in q because "too"')
    assert (elsewhere.expected, elsewhere.as_expected) == (None, True)


def test_only_the_claims_asked_for_are_proved_in_order() -> None:
    claims = "".join(f"claim k{n} never share a with bank for mail\n" for n in range(4))
    policy = compiled(HEAD + claims)
    options = Options(as_of=AS_OF, claims=("k3", "k1"))
    assert list(words(policy, options=options)) == ["k1", "k3"]


def test_a_witness_is_shown_where_it_is_asked_for() -> None:
    source = "fact subject.n : integer from 0 to 9\n" + PERMIT_A
    source += "claim k never share b with shop for any purpose when subject.n is more than 7"
    plain, shown = (
        verdict_of(source, options=Options(as_of=AS_OF, witness=wanted)) for wanted in (False, True)
    )
    assert plain.witness is None
    assert shown.witness is not None
    assert shown.witness["recipient"] == 1 and shown.witness["data"] in (1, 2)
    assert shown.witness["subject.n"] in (8, 9)


def test_a_contradicting_checker_is_a_disagreement() -> None:
    source = (
        HEAD
        + "permit p1 share a with bank for service\nclaim k never share a with bank for service"
    )
    policy = compiled(source)
    for says, verdict in (("permit", "refuted"), ("deny", "unknown"), ("unknown", "unknown")):
        options = Options(as_of=AS_OF, confirm=lambda policy, asked, says=says: [says] * len(asked))  # type: ignore[misc]
        found = proved(policy, options=options)["k"]
        assert (found.verdict, found.disagreement) == (verdict, verdict == "unknown")
        assert not (found.as_expected and found.disagreement)
