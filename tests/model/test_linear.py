"""The normal form of comparisons, against brute force over small sums."""

from __future__ import annotations

import datetime
from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from privity.model.formula import AtMost, Constant, Equals, Formula, Linear, Not, facts_of, negation
from privity.model.linear import add, at_most, constant, equal, scale, shifted, subtract, variable
from privity.semantics.evaluate import World, evaluate, evaluate_linear

FACTS = ("subject.a", "subject.b", "subject.c")
WORLDS = [World(dict(zip(FACTS, v, strict=True)), {}) for v in product(range(-3, 4), repeat=3)]
coefficients = st.integers(-6, 6)


@st.composite
def sums(draw: st.DrawFn) -> Linear:
    total = constant(draw(st.integers(-12, 12)))
    for fact in draw(st.permutations(FACTS)):
        total = add(total, scale(draw(coefficients), variable(fact)))
    return total


def value(linear: Linear, world: World) -> int:
    return evaluate_linear(linear, world)


@given(sums(), sums())
def test_at_most_says_at_most(left: Linear, right: Linear) -> None:
    formula = at_most(left, right)
    for world in WORLDS:
        assert evaluate(formula, world) == (value(left, world) <= value(right, world))


@given(sums(), sums())
def test_equal_says_equal(left: Linear, right: Linear) -> None:
    formula = equal(left, right)
    for world in WORLDS:
        assert evaluate(formula, world) == (value(left, world) == value(right, world))


@given(sums(), sums(), sums(), st.integers(1, 5))
def test_comparisons_that_say_the_same_are_the_same(
    left: Linear, right: Linear, more: Linear, factor: int
) -> None:
    """Both sides scaled, the same added to both, sides changed, a strict one loosened."""
    for compare in (at_most, equal):
        formula = compare(left, right)
        assert compare(scale(factor, left), scale(factor, right)) == formula
        assert compare(add(left, more), add(right, more)) == formula
        assert compare(subtract(left, right), constant(0)) == formula
    assert equal(right, left) == equal(left, right)
    assert at_most(scale(-1, right), scale(-1, left)) == at_most(left, right)
    assert negation(at_most(add(right, constant(1)), left)) == at_most(left, right)


@given(sums(), sums(), st.integers(2, 5), st.data())
def test_bounds_are_tightened_to_the_common_divisor(
    left: Linear, right: Linear, factor: int, data: st.DataObject
) -> None:
    """`3 x <= 3 y + 2` is `x <= y`; `3 x = 3 y + 2` is false."""
    assume(subtract(left, right).terms)
    slack = data.draw(st.integers(1, factor - 1))
    loosened = add(scale(factor, right), constant(slack))
    assert at_most(scale(factor, left), loosened) == at_most(left, right)
    assert equal(scale(factor, left), loosened) == Constant(False)


def atom(formula: Formula) -> AtMost | Equals:
    inner = formula.operand if isinstance(formula, Not) else formula
    assert isinstance(inner, AtMost | Equals)
    return inner


@given(sums(), sums(), sums(), sums())
def test_different_comparisons_are_different(a: Linear, b: Linear, c: Linear, d: Linear) -> None:
    """Equal atoms hold in the same worlds; atoms with equal terms and other bounds do not."""
    first, second = at_most(a, b), at_most(c, d)
    assume(subtract(a, b).terms and subtract(c, d).terms)
    truth = [(evaluate(first, world), evaluate(second, world)) for world in WORLDS]
    if atom(first) == atom(second):
        assert all(x == y for x, y in truth) or all(x != y for x, y in truth)


@given(sums(), sums())
def test_normal_form(left: Linear, right: Linear) -> None:
    assume(subtract(left, right).terms)
    for formula in (at_most(left, right), equal(left, right)):
        if not isinstance(formula, Constant):
            terms = atom(formula).terms
            assert terms[0][0] > 0
            assert [quantity for _, quantity in terms] == sorted(facts_of(terms))
            assert not any(all(c % d == 0 for c, _ in terms) for d in range(2, 13))


# ------------------------------------------------------------------ shifts

DAYS = [datetime.date(2028, 1, day).toordinal() for day in (28, 29, 30, 31)]
months = st.integers(-14, 14)


@given(months, months, st.integers(-2, 2), st.sampled_from((1, -1, 2)))
def test_shifts_are_terms_like_others(first: int, second: int, days: int, factor: int) -> None:
    a, b = variable("subject.a"), variable("subject.b")
    left = shifted(add(shifted(a, first), constant(days)), second)
    assert at_most(left, b) == negation(at_most(add(b, constant(1)), left))
    assert equal(scale(factor, left), scale(factor, b)) == equal(left, b)
    for day, other in product(DAYS, repeat=2):
        world = World({"subject.a": day, "subject.b": other}, {})
        assert evaluate(at_most(left, b), world) == (value(left, world) <= other)


def test_a_constant_moves_at_once() -> None:
    day = datetime.date(2027, 1, 31).toordinal()
    assert shifted(constant(day), 1) == constant(datetime.date(2027, 2, 28).toordinal())
    assert shifted(variable("subject.a"), 0) == variable("subject.a")
