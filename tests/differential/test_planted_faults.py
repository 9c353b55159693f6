"""Faults planted in the engines: the comparison must find each of them, or it proves little.

A fault replaces one function. Those of the model change what all engines but the naive one read.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.differential.engines import Engines
from tests.differential.sample import Case, cases
from tests.generators.policies import compiled

from privity.emit import atoms as emitted_atoms
from privity.emit import prelude_text
from privity.lower import lower
from privity.model import arithmetic, comparisons, formula, linear, rules, scopes
from privity.model.formula import (
    And,
    AtMost,
    Contains,
    Equals,
    Formula,
    IsNone,
    Not,
    Or,
    TextIs,
    Within,
)
from privity.model.nodes import Policy, Rule
from privity.semantics import cells, decide, evaluate
from privity.semantics.evaluate import World
from privity.symbolic import encode, factory, months, requests
from privity.symbolic import rules as symbolic_rules

FIRST, SAMPLE = 0, 160  # seeds; the search ends at the first difference
Patch = pytest.MonkeyPatch
Fault = Callable[[Patch], None]


# ------------------------------------------------------------------ the comparison


def semantics_differ(case: Case) -> bool:
    """The reference semantics against naive answers, and against generated code."""
    answered = (*case.complete, *case.exact)
    if any(case.engines.reference(each.asked) != each.answer for each in answered):
        return True
    return any(
        case.engines.reference(each) != case.engines.generated(each) for each in case.partial
    )


def model_differs(case: Case) -> bool:
    """What the model makes of the text now, against naive answers."""
    if compiled(case.engines.text).policy is None:
        return True
    anew = Engines(case.engines.text)
    answered = (*case.complete, *case.exact)
    return any(anew.reference(each.asked) != each.answer for each in answered)


def generated_differs(case: Case) -> bool:
    """A checker emitted now against the reference semantics."""
    anew = Engines(case.engines.text)
    asked = (*(each.asked for each in case.complete), *case.partial)
    try:
        return any(anew.generated(each) != case.engines.reference(each) for each in asked)
    except TypeError:  # a checker may well stumble over a none that it does not look for
        return True


def solver_differs(case: Case) -> bool:
    return bool(case.engines.symbolic([each.asked for each in case.complete]))


# ------------------------------------------------------------------ faults of the semantics


def evaluating(change: Callable[[Formula, World], bool | None]) -> Fault:
    """`change` answers for the formulas that it is about, None for the others."""
    right = evaluate.evaluate

    def wrong(formula: Formula, world: World) -> bool:
        changed = change(formula, world)
        return right(formula, world) if changed is None else changed

    def plant(patch: Patch) -> None:
        for module in (evaluate, decide, cells):
            patch.setattr(module, "evaluate", wrong)

    return plant


def at_most_strict(formula: Formula, world: World) -> bool | None:
    match formula:
        case AtMost(terms, bound) if formula not in world.free:
            return ORIGINAL(AtMost(terms, bound - 1), world)
        case _:
            return None


def is_none_false(formula: Formula, world: World) -> bool | None:
    return False if isinstance(formula, IsNone) else None


def none_is_within(formula: Formula, world: World) -> bool | None:
    match formula:
        case Within(variable, _) if world.values[variable] is None:
            return True
        case _:
            return None


def contains_all(formula: Formula, world: World) -> bool | None:
    match formula:
        case Contains(fact, leaves):
            held = world.values[fact]
            return isinstance(held, frozenset) and leaves <= held
        case _:
            return None


def text_ignores_case(formula: Formula, world: World) -> bool | None:
    match formula:
        case TextIs(fact, text):
            return str(world.values[fact]).lower() == text.lower()
        case _:
            return None


def equality_one_off(formula: Formula, world: World) -> bool | None:
    match formula:
        case Equals(terms, bound) if formula not in world.free:
            return ORIGINAL(Equals(terms, bound + 1), world)
        case _:
            return None


def last_operand_dropped(formula: Formula, world: World) -> bool | None:
    match formula:
        case And(operands) if len(operands) > 2:
            return evaluate.evaluate(And(operands[:-1]), world)
        case Or(operands) if len(operands) > 2:
            return evaluate.evaluate(Or(operands[:-1]), world)
        case _:
            return None


ORIGINAL = evaluate.evaluate


def applying(change: Callable[[Rule], Rule]) -> Fault:
    right = decide.applies

    def wrong(rule: Rule, world: World, found: Mapping[str, bool]) -> bool:
        return right(change(rule), world, found)

    return lambda patch: patch.setattr(decide, "applies", wrong)


def scope_without(role: str) -> Callable[[Rule], Rule]:
    def change(rule: Rule) -> Rule:
        roles = {name: leaves for name, leaves in rule.scope.roles.items() if name != role}
        return replace(rule, scope=replace(rule.scope, roles=roles))

    return change


def permits_first(policy: Policy, applying: Mapping[str, bool]) -> bool:
    effects = [rule.effect for rule in policy.rules if applying[rule.name]]
    return "permit" in effects or (not effects and policy.otherwise == "permit")


def otherwise_flipped(policy: Policy, applying: Mapping[str, bool]) -> bool:
    if any(applying.values()):
        return not any(applying[r.name] for r in policy.rules if r.effect == "forbid")
    return policy.otherwise == "deny"


def rolling_over(day: int, by: int) -> int:
    """31 January + 1 month is 2 or 3 March."""
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + by, 12)
    return datetime.date(year, month + 1, 1).toordinal() + date.day - 1


def never_leaping(day: int, by: int) -> int:
    """February ends on the 28th."""
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + by, 12)
    last = 28 if month == 1 else calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(date.day, last)).toordinal()


def sticking_to_month_ends(day: int, by: int) -> int:
    """The last day of a month leads to the last day of a month."""
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + by, 12)
    last = calendar.monthrange(year, month + 1)[1]
    was_last = date.day == calendar.monthrange(date.year, date.month)[1]
    return datetime.date(year, month + 1, last if was_last else min(date.day, last)).toordinal()


def swapped(module: object, name: str, wrong: Callable[..., Any]) -> Fault:
    return lambda patch: patch.setattr(module, name, wrong)


def around(module: object, name: str, change: Callable[[Any], Any]) -> Fault:
    """The function's result changed."""
    right = getattr(module, name)
    return swapped(module, name, lambda *args, **named: change(right(*args, **named)))


def without_none(found: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(cell for cell in found if cell is not None)


def first_change_one_off(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    found = FIRST_CHANGE(holds, low, high)
    return found + 1 if found is not None and found < high else found


FIRST_CHANGE = cells._first_change


def every_axis_missing(axes: cells.Axes, found: list[decide.Case]) -> Iterator[str]:
    return iter(axes.cells if len({case.permits for case in found}) > 1 else ())


def decides_wherever_it_applies(case: decide.Case, rule: Rule) -> bool:
    return case.applies(rule)


SEMANTICS: dict[str, Fault] = {
    "unless is ignored": applying(lambda rule: replace(rule, unless=Or(()))),
    "when is ignored": applying(lambda rule: replace(rule, when=And(()))),
    "yields are ignored": applying(lambda rule: replace(rule, yields_to=())),
    "only one yield counts": applying(lambda rule: replace(rule, yields_to=rule.yields_to[:1])),
    "the recipient is not looked at": applying(scope_without("recipient")),
    "the subject is not looked at": applying(scope_without("subject")),
    "permit beats forbid": swapped(decide, "permits", permits_first),
    "otherwise is flipped": swapped(decide, "permits", otherwise_flipped),
    "at most is less than": evaluating(at_most_strict),
    "equality is one off": evaluating(equality_one_off),
    "nothing is none": evaluating(is_none_false),
    "none lies in every branch": evaluating(none_is_within),
    "contains wants all leaves": evaluating(contains_all),
    "texts ignore case": evaluating(text_ignores_case),
    "the last of three operands is dropped": evaluating(last_operand_dropped),
    "months roll over": swapped(evaluate, "shift", rolling_over),
    "February never leaps": swapped(evaluate, "shift", never_leaping),
    "month ends stick": swapped(evaluate, "shift", sticking_to_month_ends),
    "opaque comparisons are dropped": around(decide, "axes_of", lambda a: replace(a, opaque=())),
    "the cell none is forgotten": around(cells, "cells_of", without_none),
    "the last cell is forgotten": around(cells, "cells_of", lambda c: c[: max(1, len(c) - 1)]),
    "thresholds are one off": swapped(cells, "_first_change", first_change_one_off),
    "whatever is missing makes it unknown": swapped(
        decide, "_outcome", lambda found: "unknown" if len(found) > 1 else _definite(found)
    ),
    "missing is everything": swapped(decide, "_missing", every_axis_missing),
    "missing stops at one": around(decide, "_missing", lambda found: list(found)[:1]),
    "rules that apply decide": swapped(decide.Case, "decides", decides_wherever_it_applies),
    "duties are owed only for sure": swapped(
        decide,
        "_duties",
        lambda *about: _sure_duties(*about),  # noqa: PLW0108 (defined below)
    ),
    "citations come twice": swapped(
        decide, "_citations", lambda found: tuple(str(c) for r in found for c in r.citations)
    ),
}


def _definite(found: list[decide.Case]) -> str:
    return "permit" if found[0].permits else "deny"


def _sure_duties(policy: Policy, request: Any, found: list[decide.Case]) -> Iterator[Any]:
    return DUTIES(policy, request, found) if all(case.permits for case in found) else iter(())


DUTIES = decide._duties


# ------------------------------------------------------------------ faults of the model


def excluded_ignored(patch: Patch) -> None:
    right = scopes._resolve_set
    patch.setattr(
        scopes,
        "_resolve_set",
        lambda role, node, symbols: right(role, replace(node, excluded=()), symbols),
    )


def minus_is_plus(patch: Patch) -> None:
    right = arithmetic._moved_by_months

    def wrong(date: Any, count: Any) -> Any:
        positive = replace(count, linear=linear.constant(abs(count.linear.constant)))
        return right(date, positive)

    patch.setattr(arithmetic, "_moved_by_months", wrong)


def at_most_off(patch: Patch) -> None:
    right = linear.at_most

    def wrong(left: Any, other: Any) -> Formula:
        return right(linear.add(left, linear.constant(1)), other)

    patch.setattr(comparisons, "at_most", wrong)


def plain_is_sees_no_none(patch: Patch) -> None:
    patch.setattr(comparisons, "_both_or_neither", lambda left, right, same: same)


def unless_joined_by_and(patch: Patch) -> None:
    patch.setattr(rules, "disjunction", formula.conjunction)


MODEL: dict[str, Fault] = {
    "but not is ignored": excluded_ignored,
    "minus months is plus months": minus_is_plus,
    "<= is <": at_most_off,
    "none is not none": plain_is_sees_no_none,
    "unless needs all": unless_joined_by_and,
    "months roll over": swapped(linear, "shift", rolling_over),
}


# ------------------------------------------------------------------ faults of generated code


def prelude(old: str, new: str) -> Fault:
    """A change to the text that every checker starts with."""

    def plant(patch: Patch) -> None:
        text = prelude_text.engine()
        assert text.count(old) == 1, f"the prelude has no single `{old}`"
        patch.setattr(prelude_text, "engine", lambda: text.replace(old, new))

    return plant


def lowering(change: Callable[[Rule], Rule]) -> Fault:
    def plant(patch: Patch) -> None:
        right = lower._Steps.decide
        patch.setattr(
            lower._Steps, "decide", lambda self, policy, rule: right(self, policy, change(rule))
        )

    return plant


def runs_one_short(patch: Patch) -> None:
    right = emitted_atoms.runs
    patch.setattr(
        emitted_atoms,
        "runs",
        lambda leaves: ((a, b if a == b else b - 1) for a, b in right(leaves)),
    )


GENERATED: dict[str, Fault] = {
    "yields are ignored": lowering(lambda rule: replace(rule, yields_to=())),
    "when is ignored": lowering(lambda rule: replace(rule, when=And(()))),
    "complements are dropped": swapped(lower, "_complement", lambda mask: mask),
    "no guard for none": swapped(emitted_atoms, "known", lambda variable: variable),
    "a run of leaves is one short": runs_one_short,
    "February never leaps": prelude("return 29 if year % 4 == 0 and", "return 28 if"),
    "opaque needs three missing": prelude(
        "return len(missing) > 1 or", "return len(missing) > 2 or"
    ),
    "the cell none is forgotten": prelude("[None] if variable.optional else []", "[]"),
    "thresholds are one off": prelude("first = bound + 1 if sign", "first = bound if sign"),
    "nothing is missing": prelude("if permitted in (0, space.full):", "if True:"),
    "duties owed anywhere": prelude("if mask & permitted]\n", "if mask]\n"),
    "texts have no other": prelude("return [*sorted(known), other]", "return sorted(known)"),
}


# ------------------------------------------------------------------ faults of the encoding


def encoding(change: Callable[[Formula, encode.Scene], str | None]) -> Fault:
    right = encode.encode

    def wrong(formula: Formula, scene: encode.Scene) -> str:
        changed = change(formula, scene)
        return right(formula, scene) if changed is None else changed

    def plant(patch: Patch) -> None:
        for module in (encode, symbolic_rules):
            patch.setattr(module, "encode", wrong)

    return plant


def encoded_strict(formula: Formula, scene: encode.Scene) -> str | None:
    match formula:
        case AtMost(terms, bound):
            return ENCODE(AtMost(terms, bound - 1), scene)
        case _:
            return None


ENCODE = encode.encode


def symbolic_applying(change: Callable[[Rule], Rule]) -> Fault:
    right = symbolic_rules.applies
    return swapped(
        symbolic_rules,
        "applies",
        lambda rule, policy, scene, present: right(change(rule), policy, scene, present),
    )


def between_one_short(low: int, term: str, high: int) -> str:
    return BETWEEN(low, term, high - 1 if high > low else high)


BETWEEN = factory.between

SOLVER: dict[str, Fault] = {
    "unless is ignored": symbolic_applying(lambda rule: replace(rule, unless=Or(()))),
    "yields are ignored": symbolic_applying(lambda rule: replace(rule, yields_to=())),
    "forbids do not count": swapped(
        symbolic_rules, "permits", lambda policy, found, scene: _permitting(found, scene)
    ),
    "the scope is everything": swapped(symbolic_rules, "in_scope", lambda *_: factory.TRUE),
    "at most is less than": encoding(encoded_strict),
    "nothing is none": encoding(
        lambda formula, scene: factory.FALSE if isinstance(formula, IsNone) else None
    ),
    "not is dropped": encoding(
        lambda formula, scene: ENCODE(formula.operand, scene) if isinstance(formula, Not) else None
    ),
    "no guard for none": swapped(encode, "_if_some", lambda variables, term, scene: term),
    "an interval of leaves is one short": swapped(factory, "between", between_one_short),
    "months roll over": swapped(months, "shift", rolling_over),
    "lemmas bound too tightly": around(
        months, "bounds", lambda found: (found[0] + 1, found[1] - 1)
    ),
    "an empty set has a leaf": around(
        requests, "assign", lambda term: term.replace("(not ", "(or ")
    ),
}


def _permitting(found: Any, scene: encode.Scene) -> str:
    return factory.disjunction(
        scene.names.applies(rule.name) for rule in found if rule.effect == "permit"
    )


# ------------------------------------------------------------------ each must be found

FAULTS: list[tuple[str, str, Fault, Callable[[Case], bool]]] = [
    (engine, name, fault, differs)
    for engine, faults, differs in (
        ("semantics", SEMANTICS, semantics_differ),
        ("model", MODEL, model_differs),
        ("generated", GENERATED, generated_differs),
        ("solver", SOLVER, solver_differs),
    )
    for name, fault in faults.items()
]


@pytest.mark.parametrize(
    ("engine", "name", "fault", "differs"), FAULTS, ids=[f"{e}: {n}" for e, n, _, _ in FAULTS]
)
def test_fault_is_found(
    engine: str,
    name: str,
    fault: Fault,
    differs: Callable[[Case], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sample = list(cases(FIRST, SAMPLE))
    for case in sample:
        assert case.engines.checker is not None  # made before the fault is
    fault(monkeypatch)
    assert any(differs(case) for case in sample), f"{engine}: {name} goes unnoticed"


def test_without_a_fault_nothing_differs() -> None:
    for case in cases(FIRST, 25):
        assert not semantics_differ(case)
        assert not model_differs(case)
        assert not generated_differs(case)
        assert not solver_differs(case)
