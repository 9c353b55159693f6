"""The short way to a decision, and the tables made from it, against the semantics."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from random import Random
from types import ModuleType

import pytest
from tests.differential.test_checker_agrees import as_json, as_mapping, contract
from tests.emit.example import TREES, checker, example, letters
from tests.emit.policies import everywhere, fact, rule
from tests.emit.policies import policy as make
from tests.emit.random_policies import random_policy, random_request, random_value

from privity.emit import prelude_text, python
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.formula import And, Holds, Not, Or
from privity.model.linear import add, at_most, constant, variable
from privity.model.nodes import BooleanType, DateType, Policy
from privity.pipeline import compile_policy
from privity.semantics.cells import axes_of
from privity.semantics.decide import decide
from privity.semantics.nodes import Request

MOST_LISTED = 2_000
COMPANY = "policies/metlife/customer_privacy.privity"


def company() -> Policy:
    policy = compile_policy(PurePath(COMPANY), lambda path: Path(path).read_bytes()).policy
    assert policy is not None
    return policy


def disagreements(policy: Policy, module: ModuleType, random: Random, count: int) -> Iterator[str]:
    """Requests of which `check` says something else than the semantics."""
    for _ in range(count):
        request = random_request(random, policy)
        if axes_of(policy, request).completions > MOST_LISTED:
            continue
        if disagrees(policy, module, request):
            yield str(as_mapping(policy, request))


def disagrees(policy: Policy, module: ModuleType, request: Request) -> bool:
    found = module.check(module.Request.from_mapping(as_mapping(policy, request)))
    return contract(found.as_dict()) != as_json(policy, decide(policy, request))


@pytest.mark.parametrize("seed", range(100, 125))
def test_check_agrees_on_random_policies(seed: int) -> None:
    random = Random(seed)
    policy = random_policy(random)
    assert not list(disagreements(policy, load_checker(emit_python(policy)), random, 25))


@pytest.mark.parametrize("seed", range(200, 225))
def test_check_agrees_where_rules_are_apart(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "decision_diagram", lambda policy: None)
    random = Random(seed)
    policy = random_policy(random)
    module = load_checker(emit_python(policy))
    assert module._PROGRAM.index is not None
    assert not list(disagreements(policy, module, random, 25))


def test_what_tables_hold_is_what_the_semantics_decides() -> None:
    policy = company()
    module = load_checker(emit_python(policy))
    random, filled = Random(5), 0
    sizes = [len(policy.taxonomies[role].leaves) for role in policy.roles]
    booleans = [module._VARIABLES[number].key for number, _ in module._PROGRAM.booleans]
    for _ in range(1_500):
        leaves = [random.randrange(size) for size in sizes]
        bits = [random.random() < 0.5 for _ in booleans]
        place = 0
        for leaf, size in zip(leaves, sizes, strict=True):
            place = place * size + leaf
        start = module._PROGRAM.starts[place]
        found = module._DECISIONS[start + sum(bit << n for n, bit in enumerate(bits))]
        if found is None:
            continue
        filled += 1
        roles = dict(zip(policy.roles, leaves, strict=True))
        known = {**roles, **dict(zip(booleans, bits, strict=True))}
        del known["data"]
        expected = as_json(policy, decide(policy, Request((leaves[0],), known)))
        assert contract(found.as_dict()) == expected
    assert filled > 1_000


def test_what_tables_leave_open_is_what_the_semantics_decides() -> None:
    policy = company()
    module = load_checker(emit_python(policy))
    random, asked = Random(6), 0
    for _ in range(4_000):
        request = near_an_offer(random, policy)
        built = module.Request.from_mapping(as_mapping(policy, request))
        if module._DECISIONS[built._place] is None:
            asked += 1
            found = module._LATER[built._place](built._values)
            assert contract(found.as_dict()) == as_json(policy, decide(policy, request))
    assert asked > 100


def near_an_offer(random: Random, policy: Policy) -> Request:
    """A complete request about which dates often decide."""
    leaves = {role: taxonomy.leaves for role, taxonomy in policy.roles.items()}
    number = {role: {leaf.name: n for n, leaf in enumerate(leaves[role])} for role in leaves}
    on = random.randrange(738_000, 738_200)
    values = {one.key: random_value(random, policy, one) for one in policy.facts}
    values |= {"subject.customer": True, "subject.opted_out": False, "disclosure.on": on}
    values["subject.opt_out_notice_on"] = random.choice((None, *range(on - 32, on - 27)))
    values["recipient"] = number["recipient"]["financial_affiliate"]
    values["purpose"] = number["purpose"]["affiliate_products"]
    return Request((number["data"]["contact_details"],), values)


def test_what_is_not_known_has_no_place() -> None:
    module = load_checker(emit_python(company()))
    assert module._DECISIONS[0] is None and module._LATER[0]([]) is None
    data = frozenset({module.Data.CONTACT_DETAILS})
    several = frozenset({module.Data.CONTACT_DETAILS, module.Data.HEALTH_INFORMATION})
    recipient, purpose = module.Recipient.COURT, module.Purpose.AUDIT
    outside = [
        module.Request(data=data, purpose=purpose),
        module.Request(data=data, recipient=recipient),
        module.Request(data=data, recipient=recipient, purpose=purpose),
        module.Request(data=several, recipient=recipient, purpose=purpose),
    ]
    assert {request._place for request in outside} == {0}


@pytest.mark.parametrize(
    ("limit", "smaller"),
    [("_MOST_LANES = 2**16", "_MOST_LANES = 2**7"), ("_MOST_ASKED = 12", "_MOST_ASKED = 3")],
)
def test_what_is_too_much_is_left_to_the_rules(limit: str, smaller: str) -> None:
    policy = company()
    with changed(limit, smaller):
        module = load_checker(emit_python(policy))
    whole = load_checker(emit_python(policy))
    held = [sum(one is not None for one in each._DECISIONS) for each in (module, whole)]
    assert 0 < held[0] < held[1]
    assert not list(disagreements(policy, module, Random(1), 300))


def test_comparisons_that_are_free_together_settle_nothing() -> None:
    """Both dates missing, `at most 5` and `at most 7` may differ in any way: nothing is certain,
    though of real dates one of the two always holds."""
    first, second = variable("subject.notice_on"), variable("disclosure.on")
    soon = at_most(first, add(second, constant(7)))
    late = Not(at_most(first, add(second, constant(5))))
    facts = (fact("subject.notice_on", DateType()), fact("disclosure.on", DateType()))
    scope = everywhere(TREES)
    rules = [rule("permit", "either", scope, when=Or((soon, late)))]
    tangled = make(TREES, facts, rules)
    request = Request((0,), {"recipient": 0, "purpose": 0})
    assert decide(tangled, request).outcome == "unknown"
    module = load_checker(emit_python(tangled))
    found = module.check(module.Request.from_mapping(as_mapping(tangled, request)))
    assert contract(found.as_dict()) == as_json(tangled, decide(tangled, request))
    assert not list(disagreements(tangled, module, Random(2), 200))


@contextmanager
def changed(old: str, new: str) -> Iterator[None]:
    right = prelude_text.engine()
    assert right.count(old) == 1, old
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prelude_text, "engine", lambda: right.replace(old, new))
        yield


FAULTS = {
    "categories share tables": (
        'number == 0 or any(atom.kind != "within"',
        'any(atom.kind != "within"',
    ),
    "bits are mixed up": ("            facts |= bit\n", "            facts |= 1\n"),
    "a fact that is missing is false": (
        "        elif value is not False:\n            return 0\n",
        "",
    ),
    "roles are mixed up": (
        "roles = roles * size + value\n",
        "roles = roles * size + value // 2\n",
    ),
    "lanes are mixed up": ("_lanes(1 << bit, full)", "_lanes(1 << bit // 2, full)"),
    "bits of places are mixed up": ("place | bit for place in", "place ^ 1 for place in"),
    "rules that lose are named": ("if held and rule.effect == wanted", "if held"),
    "rules are not at hand": ("if all(held[number] for", "if not all(held[number] for"),
    "halves are swapped": ("lane >> half for lane", "lane & low for lane"),
    "yes is taken for no": (
        "yes if test(values[one], values[two]) else no",
        "no if test(values[one], values[two]) else yes",
    ),
    "none is taken for a value": (
        "(first if values[number] is None else second)",
        "(second if values[number] is None else first)",
    ),
    "rules that permit are kept beside those that deny": (
        "deciding = [one for one in each if not one] or each",
        "deciding = list(each)",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_tables_are_noticed(fault: str) -> None:
    policy = company()
    with changed(*FAULTS[fault]):
        module = load_checker(emit_python(policy))
    assert noticed(policy, module)


def noticed(policy: Policy, module: ModuleType) -> bool:
    random = Random(1)
    if any(disagreements(policy, module, random, 600)):
        return True
    near = (near_an_offer(random, policy) for _ in range(300))
    return any(disagrees(policy, module, request) for request in near)


def test_that_something_is_missing_is_noticed() -> None:
    """Where what is left to ask cannot be asked, it is not."""
    policy = company()
    with changed("facts |= 1 << len(p.booleans)", "facts |= 0"):
        module = load_checker(emit_python(policy))
    request = near_an_offer(Random(1), policy)
    values = {key: value for key, value in request.values.items() if key != "disclosure.on"}
    with pytest.raises(TypeError):
        disagrees(policy, module, Request(request.data, values))


FAULTS_APART = {
    "what must be false may be true": ("facts & mask == wanted", "facts & wanted == wanted"),
    "what must be true may be false": ("facts & mask == wanted", "facts & mask <= wanted"),
    "roles are mixed up": (
        "            roles = roles * size + values[number]\n",
        "            roles = roles + values[number]\n",
    ),
    "bits are mixed up": ("{number: 1 << bit for bit,", "{number: 1 << bit // 2 for bit,"),
    "what a rule yields to is forgotten": (
        "            and (not yields or set(yields).isdisjoint(applying))\n        ):\n",
        "        ):\n",
    ),
    "other conditions are forgotten": (
        "            and (not rest or _hold(rest, values, True))\n",
        "",
    ),
}


@pytest.mark.parametrize("fault", FAULTS_APART)
def test_faults_of_rules_apart_are_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "decision_diagram", lambda policy: None)
    with changed(*FAULTS_APART[fault]):
        found = (
            any(disagreements(policy, load_checker(emit_python(policy)), Random(seed), 150))
            for seed, policy in ((seed, random_policy(Random(seed))) for seed in range(200, 240))
        )
        assert any(found)


def test_what_must_be_true_and_false_never_applies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "decision_diagram", lambda policy: None)
    held = Holds("subject.yes")
    when = And((held, Not(held)))
    rules = [rule("permit", "never", everywhere(TREES), when=when)]
    policy = make(TREES, (fact("subject.yes", BooleanType(False)),), rules)
    module = load_checker(emit_python(policy))
    for yes in (True, False):
        request = Request((0,), {"recipient": 0, "purpose": 0, "subject.yes": yes})
        assert not disagrees(policy, module, request)


# ------------------------------------------------------------------ requests


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, replace, lambda request: pickle.loads(pickle.dumps(request))],
    ids=["copy", "deepcopy", "replace", "pickle"],
)
def test_a_copy_of_a_request_is_one(again: Callable[[object], object]) -> None:
    module = checker()
    sys.modules[module.__name__] = module
    try:
        request = module.Request.from_mapping(letters())
        twin = again(request)
        assert twin == request and twin is not request
        assert module.check(twin) == module.check(request)
    finally:
        del sys.modules[module.__name__]


def test_a_request_holds_no_decision() -> None:
    module = checker()
    request = module.Request.from_mapping(letters())
    before = {name: getattr(request, name) for name in module._Stated.__slots__}
    module.check(request)
    assert {name: getattr(request, name) for name in module._Stated.__slots__} == before
    held = [*before.values(), *(getattr(request, n) for n in request.__dataclass_fields__)]
    assert not any(isinstance(one, module.Decision) for one in held)


def test_simple_reading_reads_the_same() -> None:
    """The quick reader answers as the careful one does, or leaves the request to it."""
    random = Random(3)
    for policy, least in ((example(), 10), (company(), 100)):
        module, read = load_checker(emit_python(policy)), 0
        for _ in range(300):
            mapping = as_mapping(policy, random_request(random, policy))
            quick = module._read_simple(module._PROGRAM, mapping)
            if quick is not None:
                assert quick == module._read(module._PROGRAM, mapping)
                read += 1
        assert read > least
