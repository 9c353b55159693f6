"""Prelude, part 12: the decision on any request, by the shortest way there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from privity.emit.prelude.apart import _decide_apart, _decide_partly
from privity.emit.prelude.decide import Decision, _conclude, _duties, _Findings, _joined, _too_many
from privity.emit.prelude.masks import _Space
from privity.emit.prelude.program import _MOST_COMPLETIONS, _Program
from privity.emit.prelude.tables import _Applied, _missing_in, _Values
from privity.emit.prelude.values import MISSING

# --- copied from here


def _due(p: _Program, decision: Decision, values: _Values) -> Decision:
    """The decision with the deadlines of its duties."""
    rules = [p.rules[p.place[name]] for name in decision.rules]
    return replace(decision, duties=_duties(rules, values))


def _settled(p: _Program, data: Sequence[int], values: _Values) -> Decision | None:
    """The decision where known facts alone lead to it. `values[0]` is written to.

    What is missing is bounded first: of too many completions nothing is said, whatever a short
    way might show, so that all engines answer alike.
    """
    if p.settle is None or (
        p.most > _MOST_COMPLETIONS and MISSING in values and _missing_in(p.read, values)
    ):
        return None
    if len(data) == 1:
        found: Decision | None = p.settle(values)
        return found
    each: list[Decision] = []
    for category in data:
        values[0] = category
        one = p.settle(values)
        if one is None:
            return None
        each.append(one)
    return _joined(p, each)


def _decide(
    p: _Program, data: Sequence[int], values: _Values, limit: int = _MOST_COMPLETIONS
) -> Decision:
    """The decision on plain values. `values[0]` is written to."""
    if limit == _MOST_COMPLETIONS:
        if p.quick is not None and len(data) == 1:
            found = p.quick(values)
        elif p.index is not None:
            found = _decide_apart(p, p.index, data, values)
        else:
            found = _settled(p, data, values)
        if found is not None:
            return found  # type: ignore[no-any-return]
    return _decide_all(p, data, values, limit)


def _decide_all(p: _Program, data: Sequence[int], values: _Values, limit: int) -> Decision:
    """The same by all rules, for all completions at once."""
    # What no atom reads changes nothing, known or missing. Rules apart have no `apply`.
    if p.index is not None or (MISSING in values and _missing_in(p.read, values)):
        return _decide_partial(p, data, values, limit)
    assert p.apply and p.known and p.known_of_data
    found: dict[tuple[int, ...], _Applied] = {}
    each: list[_Applied] = []
    known = p.known(values)
    for category in data:
        values[0] = category
        about = p.known_of_data(values)
        if about not in found:
            found[about] = p.apply(known, about, 1)
        each.append(found[about])
    return _conclude(p, data, values, _Findings(p.forbids, p.permits, each))


def _decide_partial(p: _Program, data: Sequence[int], values: _Values, limit: int) -> Decision:
    space = _Space(p, data, values)
    if not space.open(limit):
        return _too_many(p, space)
    if p.index is not None:
        return _decide_partly(p, p.index, space)
    assert p.apply
    found: dict[tuple[int, ...], _Applied] = {}
    each: list[_Applied] = []
    split = p.about_data
    known = space.masks(range(split), -1)
    for category in data:
        about = space.masks(range(split, len(p.atoms)), category)
        if about not in found:
            found[about] = p.apply(known, about, space.full)
        each.append(found[about])
    return _conclude(p, data, values, _Findings(p.forbids, p.permits, each), space)


# --- to here
