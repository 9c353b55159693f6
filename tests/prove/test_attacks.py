"""Would anybody notice? Faults planted in the prover, and the checks that must see each of them.

The checks are those of the other files here, made small: random policies against enumeration,
months with known answers, regions, two policies that cannot be compared, too little room. A fault
is noticed if some verdict is another one. It must not break the prover down, or nothing is shown.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from tests.prove import test_enumeration, test_months, test_two_policies
from tests.prove.oracle import Oracle, combined
from tests.prove.policies import AS_OF, HEAD, compiled, proved, verdict_of
from tests.prove.random_policies import BY_HAND, case
from tests.prove.test_running import HARD

from privity.model import formula as f
from privity.model.calendar import shift
from privity.model.nodes import Claim, NeverPermits, Policy, Rule
from privity.prove import judge as judging
from privity.prove import laboratory, obligations, refute, run
from privity.prove.nodes import Verdict
from privity.prove.run import Options
from privity.prove.why import Reason
from privity.symbolic import encode, factory, months, requests, rules, solver
from privity.symbolic.names import Names
from privity.symbolic.solver import Limits, Unsatisfiable

Patch = pytest.MonkeyPatch
SEEDS = range(-len(BY_HAND), 8)
OPTIONS = Options(as_of=AS_OF)


# ------------------------------------------------------------------ what notices


case_of = cache(case)


@cache
def known(seed: int) -> tuple[tuple[Claim, str], ...]:
    """The claims of a random policy with their verdicts by enumeration."""
    found = case(seed)
    oracle = Oracle(found.policy, [found.other])
    return tuple((claim, oracle.verdict(claim)) for claim in found.policy.claims)


def by_enumeration() -> Iterator[bool]:
    """For one claim after the other, whether its verdict is wrong."""
    for seed in SEEDS:
        found = case_of(seed)
        for claim, wanted in known(seed):
            said = judging.judge(
                claim, found.policy, {"p": found.policy, "q": found.other}, OPTIONS
            )
            yield said.verdict != wanted


def by_months() -> Iterator[bool]:
    for wanted, conditions in (("proved", test_months.TRUE), ("refuted", test_months.FALSE)):
        for condition in conditions:
            claim = f"claim k allowed only if {condition} to share data with anyone for any purpose"
            yield verdict_of(test_months.SOURCE + claim).verdict != wanted


def by_regions() -> Iterator[bool]:
    """Whether some completion of a counterexample's region keeps the claim."""
    for seed in range(-len(BY_HAND), 3):
        found = case_of(seed)
        oracle = Oracle(found.policy, [found.other])
        for claim in found.policy.claims:
            table = {"p": found.policy, "q": found.other}
            said = judging.judge(claim, found.policy, table, OPTIONS)
            yield said.counterexample is not None and keeps_somewhere(oracle, said)


def keeps_somewhere(oracle: Oracle, verdict: Verdict) -> bool:
    axes = test_enumeration.axes_within(oracle.policy, verdict)
    return not all(test_enumeration.breaks(oracle, verdict, values) for values in combined(axes))


def by_two_policies() -> Iterator[bool]:
    for test in (
        test_two_policies.test_a_fact_of_each_policy_is_independent,
        test_two_policies.test_a_fact_with_another_type_is_another_fact,
        test_two_policies.test_a_shared_fact_with_values_of_each_policys_own_taxonomy_is_two_facts,
        test_two_policies.test_a_role_with_another_taxonomy_cannot_be_compared,
        test_two_policies.test_definitions_of_one_name_are_two,
    ):
        try:
            test()
        except AssertionError:
            yield True
        else:
            yield False


def by_limits() -> Iterator[bool]:
    options = replace(OPTIONS, limits=Limits(resources=1))
    yield proved(compiled(HEAD + HARD), options=options)["k"].verdict != "unknown"


def by_expiry() -> Iterator[bool]:
    source = "assume a1 that true until 2026-01-01\nclaim k never share data with shop for mail"
    options = replace(OPTIONS, as_of=datetime.date(2026, 1, 2))
    yield verdict_of(source, options=options).verdict != "unknown"


def by_contradiction() -> Iterator[bool]:
    source = "fact subject.f : boolean\nassume a1 that subject.f until 2030-01-01\n"
    source += "assume a2 that not subject.f until 2030-01-01\n"
    claim = "claim k never share data with anyone for any purpose"
    yield verdict_of(source + claim).verdict != "unknown"


CHECKS = (
    by_enumeration,
    by_months,
    by_regions,
    by_two_policies,
    by_limits,
    by_expiry,
    by_contradiction,
)


@pytest.fixture
def only_words(monkeypatch: Patch) -> None:
    """Verdicts without what is shown beside them, which takes most of the time."""
    monkeypatch.setattr(
        judging._Case, "refuted", lambda self, blank, found: replace(blank, verdict="refuted")
    )
    monkeypatch.setattr(judging, "why_proved", lambda *ignored: Reason((), ""))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
def test_nothing_is_noticed_where_nothing_is_wrong(
    check: Callable[[], Iterator[bool]], request: pytest.FixtureRequest
) -> None:
    if check is not by_regions:
        request.getfixturevalue("only_words")
    assert not any(check())


# ------------------------------------------------------------------ faults

FAULTS: dict[str, tuple[Callable[[Patch], None], Callable[[], Iterator[bool]]]] = {}


def fault(check: Callable[[], Iterator[bool]]) -> Callable[[Callable[[Patch], None]], None]:
    """Registers a fault that `check` must notice, by the name of the function that plants it."""

    def register(plant: Callable[[Patch], None]) -> None:
        FAULTS[plant.__name__] = plant, check

    return register


def swap(patch: Patch, place: Any, name: str, made: Callable[[Any], Any]) -> None:
    """Put `made(old)` in the place of the old function."""
    patch.setattr(place, name, made(getattr(place, name)))


# rules and decisions


@fault(by_enumeration)
def a_forbid_is_forgotten(patch: Patch) -> None:
    def without_one(found: tuple[Rule, ...]) -> tuple[Rule, ...]:
        forbids = [rule for rule in found if rule.effect == "forbid"]
        return tuple(rule for rule in found if rule not in forbids[-1:])

    swap(patch, obligations, "relevant_rules", lambda old: lambda *a: without_one(old(*a)))


@fault(by_enumeration)
def rules_must_cover_the_scope_to_be_relevant(patch: Patch) -> None:
    def covering(policy: Policy, scope: Any) -> tuple[Rule, ...]:
        return tuple(
            rule
            for rule in policy.rules_in_order
            if all(rule.scope.roles[role] >= leaves for role, leaves in scope.roles.items())
        )

    patch.setattr(obligations, "relevant_rules", covering)


@fault(by_enumeration)
def nothing_yields(patch: Patch) -> None:
    swap(
        patch,
        rules,
        "applies",
        lambda old: lambda rule, policy, scene, present: old(rule, policy, scene, ()),
    )


@fault(by_enumeration)
def unless_is_ignored(patch: Patch) -> None:
    swap(
        patch, rules, "applies", lambda old: lambda rule, *a: old(replace(rule, unless=f.FALSE), *a)
    )


@fault(by_enumeration)
def when_is_ignored(patch: Patch) -> None:
    swap(patch, rules, "applies", lambda old: lambda rule, *a: old(replace(rule, when=f.TRUE), *a))


@fault(by_enumeration)
def permit_beats_forbid(patch: Patch) -> None:
    def permits(policy: Policy, found: Any, scene: Any) -> str:
        names = [scene.names.applies(rule.name) for rule in found if rule.effect == "permit"]
        return factory.disjunction(names)

    patch.setattr(rules, "permits", permits)


@fault(by_enumeration)
def otherwise_is_always_deny(patch: Patch) -> None:
    swap(
        patch,
        rules,
        "permits",
        lambda old: lambda policy, *a: old(replace(policy, otherwise="deny"), *a),
    )


@fault(by_enumeration)
def recipients_are_ignored(patch: Patch) -> None:
    def narrowed(scope: Any) -> Any:
        return replace(scope, roles={r: ls for r, ls in scope.roles.items() if r != "recipient"})

    swap(patch, rules, "in_scope", lambda old: lambda scope, *a: old(narrowed(scope), *a))


@fault(by_enumeration)
def the_last_leaf_of_a_run_is_lost(patch: Patch) -> None:
    swap(
        patch,
        factory,
        "intervals",
        lambda old: lambda values: [(a, max(a, b - 1)) for a, b in old(values)],
    )


# claims


@fault(by_enumeration)
def the_range_is_not_asserted(patch: Patch) -> None:
    patch.setattr(obligations, "_range", lambda claim, variants: factory.TRUE)


@fault(by_enumeration)
def conditions_do_not_narrow_the_range(patch: Patch) -> None:
    swap(
        patch,
        obligations,
        "_range",
        lambda old: lambda claim, vs: old(replace(claim, when=f.TRUE, assuming=f.TRUE), vs),
    )


@fault(by_enumeration)
def one_request_of_a_pair_may_be_out_of_range(patch: Patch) -> None:
    old = obligations._about

    def first_alone(claim: Claim, variant: Any) -> str:
        out = variant.scene.names.fixed and variant.label.endswith((" false", " none"))
        return factory.TRUE if out else old(claim, variant)

    patch.setattr(obligations, "_about", first_alone)


@fault(by_enumeration)
def assumptions_do_not_narrow_the_range(patch: Patch) -> None:
    def bare(variants: Any) -> Any:
        first, *others = variants
        return (replace(first, policy=replace(first.policy, assumptions=())), *others)

    swap(
        patch, obligations, "_range", lambda old: lambda claim, variants: old(claim, bare(variants))
    )


@fault(by_enumeration)
def what_breaks_and_what_matters_are_swapped(patch: Patch) -> None:
    broken, matters = obligations._broken, obligations._case
    claims: list[Claim] = []

    def swapped(claim: Claim, variants: Any) -> str:
        claims.append(claim)
        return matters(claim.statement, variants)

    patch.setattr(obligations, "_broken", swapped)
    patch.setattr(obligations, "_case", lambda stated, variants: broken(claims[-1], variants))


@fault(by_enumeration)
def nothing_is_vacuous(patch: Patch) -> None:
    patch.setattr(obligations, "_case", lambda *ignored: factory.TRUE)


@fault(by_enumeration)
def the_case_is_never_asked_for(patch: Patch) -> None:
    def proved_at_once(self: Any, blank: Verdict) -> Verdict:
        return replace(blank, verdict="proved")

    patch.setattr(judging._Case, "proved", proved_at_once)


@fault(by_enumeration)
def a_fact_is_not_fixed(patch: Patch) -> None:
    patch.setattr(Names, "with_fixed", lambda self, suffix, *ignored: replace(self, suffix=suffix))


@fault(by_enumeration)
def more_is_less(patch: Patch) -> None:
    def turned(claim: Claim) -> Claim:
        if not isinstance(claim.statement, NeverPermits):
            return claim
        other: Any = "less" if claim.statement.direction == "more" else "more"
        return replace(claim, statement=replace(claim.statement, direction=other))

    swap(patch, obligations, "_broken", lambda old: lambda claim, vs: old(turned(claim), vs))


@fault(by_enumeration)
def none_takes_no_part_in_never_affects(patch: Patch) -> None:
    swap(patch, obligations, "_some_pair_differs", lambda old: lambda claim, vs: old(claim, vs[:2]))


@fault(by_enumeration)
def duties_are_not_compared(patch: Patch) -> None:
    patch.setattr(obligations, "_lost_duties", lambda *ignored: iter(()))


@fault(by_enumeration)
def duties_are_compared_even_where_one_side_denies(patch: Patch) -> None:
    patch.setattr(
        obligations.Variant,
        "owes",
        lambda self, duty: factory.TRUE if duty == "log" else factory.FALSE,
    )


@fault(by_enumeration)
def whatever_is_not_in_range_is_permitted(patch: Patch) -> None:
    """`refuted` without a replay."""
    swap(
        patch,
        judging,
        "replay",
        lambda old: lambda *a: replace(old(*a), in_range=True, broken=True),
    )
    patch.setattr(obligations, "_range", lambda claim, variants: factory.TRUE)


# conditions


@fault(by_enumeration)
def none_is_like_any_value(patch: Patch) -> None:
    patch.setattr(encode, "_if_some", lambda variables, term, scene: term)


@fault(by_enumeration)
def no_fact_is_ever_none(patch: Patch) -> None:
    patch.setattr(Names, "none", lambda self, key: "false")
    swap(
        patch,
        requests,
        "declare_fact",
        lambda old: lambda policy, fact, names: old(policy, replace(fact, optional=False), names),
    )
    patch.setattr(obligations, "declare_fact", requests.declare_fact)


@fault(by_enumeration)
def all_texts_are_one(patch: Patch) -> None:
    patch.setattr(encode.Shared, "text", lambda self, value: self.texts.setdefault(value, 0))


@fault(by_enumeration)
def bounds_of_numbers_are_forgotten(patch: Patch) -> None:
    patch.setattr(
        requests, "_integer", lambda name, low, high: iter([f"(declare-const {name} Int)"])
    )


@fault(by_enumeration)
def numbers_may_be_one_too_large(patch: Patch) -> None:
    swap(
        patch,
        requests,
        "_integer",
        lambda old: lambda name, low, high: old(name, low, None if high is None else high + 1),
    )


def conditions_read(change: Callable[[f.Formula], f.Formula]) -> Callable[[Any], Any]:
    """An encoder that reads another formula in the place of some."""
    return lambda old: lambda formula, scene: old(change(formula), scene)


@fault(by_enumeration)
def equal_is_at_most(patch: Patch) -> None:
    def change(formula: f.Formula) -> f.Formula:
        return f.AtMost(formula.terms, formula.bound) if isinstance(formula, f.Equals) else formula

    swap(patch, encode, "encode", conditions_read(change))
    patch.setattr(rules, "encode", encode.encode)


@fault(by_enumeration)
def at_most_is_less(patch: Patch) -> None:
    def change(formula: f.Formula) -> f.Formula:
        if isinstance(formula, f.AtMost):
            return f.AtMost(formula.terms, formula.bound - 1)
        return formula

    swap(patch, encode, "encode", conditions_read(change))
    patch.setattr(rules, "encode", encode.encode)


@fault(by_enumeration)
def and_is_or(patch: Patch) -> None:
    def change(formula: f.Formula) -> f.Formula:
        return f.Or(formula.operands) if isinstance(formula, f.And) else formula

    swap(patch, encode, "encode", conditions_read(change))
    patch.setattr(rules, "encode", encode.encode)


@fault(by_enumeration)
def a_set_contains_what_it_holds_whole(patch: Patch) -> None:
    def change(formula: f.Formula) -> f.Formula:
        if isinstance(formula, f.Contains) and len(formula.leaves) > 1:
            return f.And(tuple(f.Contains(formula.fact, frozenset({x})) for x in formula.leaves))
        return formula

    swap(patch, encode, "encode", conditions_read(change))
    patch.setattr(rules, "encode", encode.encode)


@fault(by_enumeration)
def definitions_mean_the_contrary(patch: Patch) -> None:
    swap(
        patch,
        rules,
        "define",
        lambda old: (
            lambda name, term: old(
                name, factory.negation(term) if name.startswith("define.") else term
            )
        ),
    )


# two policies


@fault(by_two_policies)
def facts_of_one_key_are_one_fact(patch: Patch) -> None:
    patch.setattr(obligations, "same_fact", lambda left, *ignored: left is not None)


@fault(by_two_policies)
def facts_of_one_key_and_type_are_one_fact(patch: Patch) -> None:
    patch.setattr(
        obligations, "same_fact", lambda one, p, two, q: one is not None and one.type == two.type
    )


@fault(by_two_policies)
def no_fact_is_shared(patch: Patch) -> None:
    patch.setattr(obligations, "same_fact", lambda *ignored: False)


@fault(by_two_policies)
def taxonomies_of_one_name_are_one(patch: Patch) -> None:
    def renamed(policy: Policy) -> Policy:
        same = {name: replace(t, origin="") for name, t in policy.taxonomies.items()}
        return replace(policy, taxonomies=same)

    swap(
        patch,
        obligations,
        "_second",
        lambda old: lambda policy, other, shared: old(renamed(policy), renamed(other), shared),
    )


@fault(by_two_policies)
def definitions_of_one_name_are_one(patch: Patch) -> None:
    """The first policy's stand for the second one's too."""
    patch.setattr(Names, "definition", lambda self, name: f"define.{name}")
    swap(
        patch,
        rules,
        "definitions",
        lambda old: (
            lambda policy, formulas, scene: (
                iter(()) if scene.names.suffix else old(policy, formulas, scene)
            )
        ),
    )


# months


@fault(by_months)
def the_least_number_of_days_is_one_too_many(patch: Patch) -> None:
    swap(patch, months, "bounds", lambda old: lambda count: (old(count)[0] + 1, old(count)[1]))


@fault(by_months)
def the_greatest_number_of_days_is_one_too_few(patch: Patch) -> None:
    swap(patch, months, "bounds", lambda old: lambda count: (old(count)[0], old(count)[1] - 1))


@fault(by_months)
def the_bounds_are_one_day_too_wide(patch: Patch) -> None:
    swap(patch, months, "bounds", lambda old: lambda count: (old(count)[0] - 1, old(count)[1] + 1))
    patch.setattr(judging, "MOST_REFINEMENTS", 8)


@fault(by_months)
def later_days_go_strictly_later(patch: Patch) -> None:
    def strictly(lesser: tuple[str, int, str], greater: tuple[str, int, str]) -> Iterator[str]:
        (day, count, name), (other, others, twin) = lesser, greater
        if count <= others:
            yield f"(=> (< {day} {other}) (< {name} {twin}))"

    patch.setattr(months, "_monotone", strictly)


@fault(by_months)
def nothing_is_clipped_in_refinements(patch: Patch) -> None:
    def unclipped(day: str, count: int, name: str, value: int) -> str:
        date = datetime.date.fromordinal(value).replace(day=1)
        by = shift(date.toordinal(), count) - date.toordinal()
        first = date.toordinal()
        return f"(=> (<= {first} {day} {first + 30}) (= {name} (+ {day} {by})))"

    patch.setattr(months, "refinement", unclipped)


@fault(by_months)
def months_are_never_refined(patch: Patch) -> None:
    patch.setattr(judging, "_refined", lambda *ignored: [])


@fault(by_months)
def models_are_not_replayed(patch: Patch) -> None:
    swap(
        patch,
        judging,
        "replay",
        lambda old: lambda *a: replace(old(*a), in_range=True, broken=True),
    )
    patch.setattr(months, "refinement", lambda *ignored: factory.FALSE)
    swap(patch, months, "bounds", lambda old: lambda count: (0, old(count)[1] + 40))


# regions, limits, time


@fault(by_regions)
def roles_are_widened_to_anything(patch: Patch) -> None:
    swap(
        patch,
        laboratory.Laboratory,
        "only",
        lambda old: lambda self, role, leaves: old(self, role, {min(leaves)}),
    )


@fault(by_regions)
def every_fact_is_let_go_of(patch: Patch) -> None:
    patch.setattr(laboratory.Laboratory, "core", lambda self, *literals: frozenset())


@fault(by_regions)
def values_are_stated_as_another(patch: Patch) -> None:
    swap(
        patch,
        laboratory,
        "assign",
        lambda old: (
            lambda policy, fact, value, *a: old(
                policy, fact, not value if isinstance(value, bool) else value, *a
            )
        ),
    )
    patch.setattr(refute, "_leaf", lambda values, role: 0)


@fault(by_limits)
def giving_up_is_taken_for_a_proof(patch: Patch) -> None:
    patch.setattr(solver, "GaveUp", lambda reason: Unsatisfiable())
    patch.setattr(judging._Case, "proved", lambda self, blank: replace(blank, verdict="proved"))


@fault(by_limits)
def limits_are_not_set(patch: Patch) -> None:
    swap(
        patch,
        solver.Session,
        "__init__",
        lambda old: lambda self, text, limits: old(self, text, Limits()),
    )


@fault(by_expiry)
def what_has_expired_still_counts(patch: Patch) -> None:
    def forever(options: Options) -> Options:
        return replace(options, as_of=datetime.date.min)

    swap(
        patch, judging, "judge", lambda old: lambda c, p, o, options: old(c, p, o, forever(options))
    )
    patch.setattr(run, "judge", judging.judge)


@fault(by_contradiction)
def contradictions_are_mere_vacuity(patch: Patch) -> None:
    patch.setattr(judging._Case, "vacuous", lambda self, blank: replace(blank, verdict="vacuous"))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str, monkeypatch: Patch, request: pytest.FixtureRequest) -> None:
    plant, check = FAULTS[name]
    if check is not by_regions:
        request.getfixturevalue("only_words")
    for seed in SEEDS if check is by_enumeration else ():
        known(seed)  # before the fault is planted
    plant(monkeypatch)
    assert any(check())
