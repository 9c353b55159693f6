"""Interval bounds: never too narrow, and offsets that keep every date in the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import product
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privity.model.arithmetic import NumberError, literal_date, literal_integer, plus, times
from privity.model.linear import constant, variable
from privity.model.nodes import FIRST_DAY, LAST_DAY, MOST_INTEGER, MOST_OFFSET_DAYS
from privity.model.values import Number, NumberKind
from privity.semantics.evaluate import World, evaluate_linear

Sign = Literal["+", "-"]
SIGNS: tuple[Sign, ...] = ("+", "-")
signs = st.sampled_from(SIGNS)
FIRST, LAST = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
DATE = Number("date", variable("subject.on"), FIRST, LAST, bare="subject.on")
LATER = Number("date", variable("subject.later"), FIRST, LAST, bare="subject.later")
WAIT = Number("days", variable("subject.wait"), -40, 90, bare="subject.wait")
X = Number("integer", variable("subject.x"), -3, 5, bare="subject.x")
Y = Number("integer", variable("subject.y"), 0, 2, bare="subject.y")


def days(count: int) -> Number:
    return Number("days", constant(count), count, count)


def months(count: int) -> Number:
    return Number("months", constant(count), count, count)


def value(number: Number, **facts: int) -> int:
    return evaluate_linear(number.linear, World({f"subject.{k}": v for k, v in facts.items()}, {}))


@given(st.lists(st.tuples(signs, st.integers(-4, 4), st.sampled_from((X, Y))), max_size=5))
def test_sums_of_integers_stay_within_their_bounds(
    terms: list[tuple[Sign, int, Number]],
) -> None:
    total = literal_integer(7)
    for sign, factor, operand in terms:
        total = plus(total, sign, times(factor, operand))
    found = {value(total, x=x, y=y) for x, y in product(range(-3, 6), range(3))}
    assert total.low <= min(found) <= max(found) <= total.high


@given(st.integers(-4, 4), st.integers(-4, 4))
def test_bounds_are_exact_where_each_fact_stands_once(a: int, b: int) -> None:
    total = plus(times(a, X), "-", times(b, Y))
    found = {value(total, x=x, y=y) for x, y in product(range(-3, 6), range(3))}
    assert (total.low, total.high) == (min(found), max(found))


def test_what_may_leave_the_exact_integers_is_refused() -> None:
    top = literal_integer(MOST_INTEGER)
    assert plus(top, "-", literal_integer(1)).high == MOST_INTEGER - 1
    assert literal_integer(-MOST_INTEGER).low == -MOST_INTEGER
    makes: tuple[Callable[[], Number], ...] = (
        lambda: plus(top, "+", literal_integer(1)),
        lambda: plus(literal_integer(-MOST_INTEGER), "-", literal_integer(1)),
        lambda: literal_integer(MOST_INTEGER + 1),
        lambda: times(-MOST_INTEGER, literal_integer(2)),
        lambda: plus(times(2**52, Y), "+", literal_integer(0)),
    )
    for make in makes:
        with pytest.raises(NumberError, match="2\\^53"):
            make()


# ------------------------------------------------------------------ dates

offsets = st.lists(
    st.one_of(
        st.tuples(signs, st.integers(-20_000, 20_000).map(days)),
        st.tuples(signs, st.integers(-700, 700).map(months)),
        st.tuples(signs, st.just(WAIT)),
    ),
    max_size=4,
)


@given(offsets)
def test_no_date_leaves_the_calendar(moves: list[tuple[Sign, Number]]) -> None:
    try:
        moved = DATE
        for sign, offset in moves:
            moved = plus(moved, sign, offset)
    except NumberError as error:
        assert "100 years" in str(error)
        return
    for on, wait in product((FIRST, LAST), (-40, 90)):
        assert in_calendar(value(moved, on=on, wait=wait))


def in_calendar(day: int) -> bool:
    return datetime.date(1600, 1, 1).toordinal() <= day <= datetime.date.max.toordinal()


def accepted(*moves: tuple[Sign, Number]) -> bool:
    try:
        moved = DATE
        for sign, offset in moves:
            moved = plus(moved, sign, offset)
    except NumberError:
        return False
    assert all(in_calendar(value(moved, on=on)) for on in (FIRST, LAST))
    return True


@pytest.mark.parametrize(("one", "two"), list(product(SIGNS, repeat=2)))
def test_as_far_as_offsets_may_go_is_not_too_far(one: Sign, two: Sign) -> None:
    """For each number of months the most days that are accepted beside them, in both orders."""
    for count in range(0, 1201, 4):
        low, high = 0, 40_000
        while high - low > 1:
            middle = (low + high) // 2
            if accepted((one, months(count)), (two, days(middle))):
                low = middle
            else:
                high = middle
        assert accepted((two, days(low)), (one, months(count)))
        assert not accepted((two, days(high)), (one, months(count)))
        assert low > (1190 - count) * 30.3  # a hundred years, but for a little


def test_a_hundred_years_are_not_too_much() -> None:
    for sign in SIGNS:
        assert accepted((sign, months(1200))) and not accepted((sign, months(1201)))
        assert accepted((sign, days(MOST_OFFSET_DAYS)))
        assert not accepted((sign, days(MOST_OFFSET_DAYS + 1)))
    assert not accepted(("+", months(600)), ("-", months(601)))  # all counted as positive
    assert not accepted(("+", days(20_000)), ("-", days(20_000)))


@given(offsets, offsets, st.integers(FIRST, LAST), st.integers(FIRST, LAST), st.integers(-40, 90))
def test_days_between_stay_within_their_bounds(
    first: list[tuple[Sign, Number]],
    second: list[tuple[Sign, Number]],
    on: int,
    later: int,
    wait: int,
) -> None:
    try:
        left, right = DATE, LATER
        for sign, offset in first:
            left = plus(left, sign, offset)
        for sign, offset in second:
            right = plus(right, sign, offset)
    except NumberError:
        return
    between = plus(left, "-", right)
    assert between.kind == "days"
    for a, b in ((on, later), (FIRST, LAST), (LAST, FIRST)):
        assert between.low <= value(between, on=a, later=b, wait=wait) <= between.high


KINDS: dict[NumberKind, Number] = {
    "date": DATE, "days": WAIT, "months": months(2), "integer": X,
}  # fmt: skip
SUMS = {
    ("date", "+", "days"): "date",
    ("date", "-", "days"): "date",
    ("date", "+", "months"): "date",
    ("date", "-", "months"): "date",
    ("date", "-", "date"): "days",
    **{(kind, sign, kind): kind for kind in ("days", "months", "integer") for sign in ("+", "-")},
}


@pytest.mark.parametrize("left", KINDS)
@pytest.mark.parametrize("sign", ("+", "-"))
@pytest.mark.parametrize("right", KINDS)
def test_what_adds_to_what(left: NumberKind, sign: Sign, right: NumberKind) -> None:
    wanted = SUMS.get((left, sign, right))
    if wanted is None:
        with pytest.raises(NumberError) as refused:
            plus(KINDS[left], sign, KINDS[right])
        assert refused.value.expected and refused.value.found
    else:
        total = plus(KINDS[left], sign, KINDS[right])
        assert (total.kind, total.bare) == (wanted, None)


def test_dates_are_not_multiplied_and_lie_in_the_calendar() -> None:
    with pytest.raises(NumberError):
        times(2, DATE)
    for day in (FIRST_DAY, LAST_DAY):
        assert literal_date(day).low == day.toordinal()
        with pytest.raises(NumberError):
            literal_date(day + datetime.timedelta(1 if day == LAST_DAY else -1))
