"""Each atom of a condition on complete requests, none included."""

from __future__ import annotations

import datetime

import pytest

from privity.model import formula as f
from privity.model.formula import Formula, Plain
from privity.semantics.evaluate import World, evaluate, evaluate_linear

X, Y = "subject.x", "subject.y"
DAY = datetime.date(2027, 1, 31).toordinal()
ONE = ((1, X),)
DIFFERENCE = ((1, X), (-1, Y))
SHIFTED = ((1, f.Shifted(f.Linear(((1, X),), 0), 1)),)


@pytest.mark.parametrize(
    ("formula", "x", "y", "wanted"),
    [
        (f.TRUE, None, None, True),
        (f.FALSE, None, None, False),
        (f.Holds(X), True, None, True),
        (f.Holds(X), False, None, False),
        (f.Holds(X), None, None, False),
        (f.IsNone(X), None, None, True),
        (f.IsNone(X), False, None, False),
        (f.IsNone(X), 0, None, False),
        (f.IsNone(X), frozenset(), None, False),
        (f.Within(X, frozenset({0, 2})), 2, None, True),
        (f.Within(X, frozenset({0, 2})), 1, None, False),
        (f.Within(X, frozenset({0, 2})), None, None, False),
        (f.SameLeaf(X, Y), 1, 1, True),
        (f.SameLeaf(X, Y), 1, 0, False),
        (f.SameLeaf(X, Y), None, None, False),
        (f.SameLeaf(X, Y), 0, None, False),
        (f.Contains(X, frozenset({1, 2})), frozenset({0, 2}), None, True),
        (f.Contains(X, frozenset({1, 2})), frozenset({0}), None, False),
        (f.Contains(X, frozenset({1, 2})), frozenset(), None, False),
        (f.Contains(X, frozenset({1, 2})), None, None, False),
        (f.TextIs(X, "a"), "a", None, True),
        (f.TextIs(X, "a"), "A", None, False),
        (f.TextIs(X, ""), None, None, False),
        (f.TextIs(X, "\u00e9"), "e\u0301", None, False),  # code points, not what is seen
        (f.SameText(X, Y), "a", "a", True),
        (f.SameText(X, Y), "a", "b", False),
        (f.SameText(X, Y), None, None, False),
        (f.AtMost(ONE, 3), 3, None, True),
        (f.AtMost(ONE, 3), 4, None, False),
        (f.AtMost(ONE, 3), None, None, False),
        (f.AtMost(DIFFERENCE, -1), 3, 4, True),
        (f.AtMost(DIFFERENCE, -1), 4, 4, False),
        (f.AtMost(DIFFERENCE, -1), 4, None, False),
        (f.Equals(ONE, 3), 3, None, True),
        (f.Equals(ONE, 3), 2, None, False),
        (f.Equals(DIFFERENCE, 0), None, None, False),
        (f.Equals(((3, X), (2, Y)), 12), 2, 3, True),
        (f.Equals(SHIFTED, datetime.date(2027, 2, 28).toordinal()), DAY, None, True),
        (f.AtMost(SHIFTED, datetime.date(2027, 2, 27).toordinal()), DAY, None, False),
        (f.Not(f.Holds(X)), None, None, True),
        (f.And((f.Holds(X), f.Holds(Y))), True, True, True),
        (f.And((f.Holds(X), f.Holds(Y))), True, None, False),
        (f.And(()), None, None, True),
        (f.Or((f.Holds(X), f.Holds(Y))), None, True, True),
        (f.Or((f.Holds(X), f.Holds(Y))), None, False, False),
        (f.Or(()), None, None, False),
    ],
)
def test_atoms(formula: Formula, x: Plain, y: Plain, wanted: bool) -> None:
    assert evaluate(formula, World({X: x, Y: y}, {})) is wanted


@pytest.mark.parametrize("free", (False, True))
@pytest.mark.parametrize(
    "atom", (f.AtMost(DIFFERENCE, 0), f.Equals(DIFFERENCE, 0), f.SameText(X, Y))
)
def test_a_free_atom_is_what_the_completion_says_unless_none_takes_part(
    atom: f.Atom, free: bool
) -> None:
    known: Plain = "a" if isinstance(atom, f.SameText) else 1
    assert evaluate(atom, World({X: known, Y: known}, {}, {atom: free})) is free
    for x, y in ((None, known), (known, None), (None, None)):
        assert evaluate(atom, World({X: x, Y: y}, {}, {atom: free})) is False


def test_sums_of_shifts_inside_shifts() -> None:
    once = f.Shifted(f.Linear(((1, X),), 0), 1)
    twice = f.Shifted(f.Linear(((1, once),), 1), 1)  # a day later, then a month
    world = World({X: DAY}, {})
    assert evaluate_linear(f.Linear(((1, once),), 2), world) == DAY + 28 + 2
    april = datetime.date(2027, 4, 1).toordinal()
    assert evaluate_linear(f.Linear(((1, twice),), 0), world) == april
    assert evaluate_linear(f.Linear(((-2, X), (1, once)), 5), world) == -DAY + 28 + 5
