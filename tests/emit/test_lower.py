"""Policies as masks."""

from __future__ import annotations

from tests.emit.example import example
from tests.emit.policies import define, everywhere, fact, policy, rule

from privity.lower.lower import DEEPEST, lower
from privity.lower.program import Atomic, Complement, Intersection, Mask, Part, Union
from privity.model.formula import And, Constant, Defined, Formula, Holds, Not, Or, Within
from privity.model.nodes import BooleanType

TREES = {"data": ["a", "b"], "recipient": ["r", "s"], "purpose": ["p"]}
SCOPE = everywhere(TREES)
X, Y = Holds("subject.x"), Holds("subject.y")
FACTS = (fact("subject.x", BooleanType()), fact("subject.y", BooleanType()))


def test_equal_atoms_are_one_and_those_about_data_come_last() -> None:
    program = lower(example())
    atoms = [test.atom for test in program.tests]
    assert len(set(atoms)) == len(atoms)
    assert all("data" not in test.reads for test in program.tests[: program.about_data])
    assert all("data" in test.reads for test in program.tests[program.about_data :])


def test_a_scope_that_leaves_nothing_out_tests_nothing() -> None:
    rules = [
        rule("permit", "everywhere", SCOPE),
        rule("permit", "somewhere", {**SCOPE, "recipient": {1}}),
    ]
    program = lower(policy(TREES, FACTS, rules))
    assert [test.atom for test in program.tests] == [Within("recipient", frozenset({1}))]
    assert [one.scope for one in program.rules] == [(), (0,)]


def test_rules_come_after_those_that_they_yield_to() -> None:
    rules = [
        rule("forbid", "strict", SCOPE, when=X, yields_to=("mild",)),
        rule("permit", "mild", SCOPE, when=Y),
    ]
    program = lower(policy(TREES, FACTS, rules))
    assert [one.rule.name for one in program.rules] == ["strict", "mild"]
    strict, mild = program.rules
    assert strict.step > mild.step
    assert program.steps[strict.step].mask == Intersection((Atomic(0), Complement(Part(mild.step))))
    assert strict.tests == (0,)


def test_definitions_are_opened_for_what_rules_read() -> None:
    definitions = [define("one", X), define("two", Or((Defined("one"), Y))), define("idle", Y)]
    rules = [rule("permit", "p", SCOPE, when=Defined("two"))]
    program = lower(policy(TREES, FACTS, rules, definitions))
    assert program.rules[0].tests == (0, 1)
    assert [getattr(step.about, "name", None) for step in program.steps] == ["one", "two", "p"]


def test_constants_are_folded() -> None:
    when = And((Constant(True), Or((X, Constant(False))), Not(Constant(False))))
    program = lower(policy(TREES, FACTS, [rule("permit", "p", SCOPE, when=when)]))
    assert program.steps[0].mask == Atomic(0)


def test_no_mask_is_deep() -> None:
    formula: Formula = X
    for number in range(90):
        formula = And((Or((formula, Y)), Y)) if number % 2 else Not(formula)
    program = lower(policy(TREES, FACTS, [rule("permit", "p", SCOPE, when=formula)]))
    assert max(_depth(step.mask) for step in program.steps) <= DEEPEST + 2
    assert len(program.steps) > 5


def _depth(mask: Mask) -> int:
    match mask:
        case Complement(operand):
            return 1 + _depth(operand)
        case Intersection(operands) | Union(operands):
            return 1 + max(map(_depth, operands))
        case _:
            return 0
