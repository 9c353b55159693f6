"""Prelude, part 11: decisions of a policy whose rules are decided apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from privity.emit.prelude.cells import _live
from privity.emit.prelude.decide import Decision, _citations, _conclude, _duties, _Findings, _joined
from privity.emit.prelude.index import _hold, _Index
from privity.emit.prelude.masks import _Space
from privity.emit.prelude.program import _Program
from privity.emit.prelude.tables import _Applied, _Conditions, _Masks, _Values
from privity.emit.prelude.values import MISSING, _name

# --- copied from here


def _decide_apart(
    p: _Program, index: _Index, data: Sequence[int], values: _Values
) -> Decision | None:
    """The decision, rule by rule; None where a rule at hand reads what is missing."""
    each: list[Decision] = []
    for category in data:
        values[0] = category
        numbers = _rules_at(p, index, values)
        applying = None if numbers is None else _applying(index, numbers, values)
        if applying is None:
            return None
        each.append(_decided_by(p, index, applying, values))
    return each[0] if len(each) == 1 else _joined(p, each)


def _decide_complete(
    p: _Program, index: _Index, roles: int, facts: int, values: _Values
) -> Decision | None:
    """The same on one data category where nothing is missing; `roles` and `facts` as in _Stated."""
    ready = index.ready.get(roles)
    if ready is None:
        ready = index.made_ready(roles, values)
        if ready is None:
            return _decide_apart(p, index, values[:1], values)
    applying: list[int] = []
    for mask, wanted, rest, yields, number in ready:
        if (
            facts & mask == wanted
            and (not rest or _hold(rest, values, True))
            and (not yields or set(yields).isdisjoint(applying))
        ):
            applying.append(number)
    if not applying:
        return index.defaults[values[0]]  # type: ignore[no-any-return]
    return _decided_by(p, index, applying, values)


def _rules_at(p: _Program, index: _Index, values: _Values) -> Sequence[int] | None:
    """The rules whose scope holds these roles, each after those it yields to."""
    found = index.at(values)
    if found is not None or MISSING in [values[number] for number, _ in index.sizes]:
        return found
    live = set(_live(p, values[:1], values))
    return [number for number in index.order if number in live]


def _applying(index: _Index, numbers: Sequence[int], values: _Values) -> list[int] | None:
    """Those of the rules at hand that apply; None where one reads what is missing."""
    applying: list[int] = []
    steps = index.steps
    for number in numbers:
        flags, rest, yields, reads = steps[number] or index.step(number)
        for variable in reads:
            if values[variable] is MISSING:
                return None
        for variable, wanted in flags:
            if values[variable] is not wanted:
                break
        else:
            if rest and not _hold(rest, values, True):
                continue
            if not yields or set(yields).isdisjoint(applying):
                applying.append(number)
    return applying


def _decided_by(p: _Program, index: _Index, applying: list[int], values: _Values) -> Decision:
    """The decision on one category from the rules that apply."""
    category = values[0]
    if not applying:
        return index.defaults[category]  # type: ignore[no-any-return]
    if len(applying) == 1 and not p.rules[applying[0]].duties:
        alone = index.alone[category] or _alone(p, index, category)
        return alone[applying[0]]  # type: ignore[no-any-return]
    forbids = [number for number in applying if p.rules[number].effect == "forbid"]
    rules = [p.rules[number] for number in sorted(forbids or applying)]
    names = tuple([rule.name for rule in rules])
    if forbids:
        return Decision("deny", names, _citations(rules), (), (), (), p, 1)
    permitted = (_name(p.variables[0], category),)
    return Decision("permit", names, _citations(rules), (), _duties(rules, values), permitted, p, 1)


def _alone(p: _Program, index: _Index, category: int) -> dict[int, Any]:
    """Make, and keep, the decisions on a data category by one rule each."""
    permitted = (_name(p.variables[0], category),)
    found: dict[int, Any] = {}
    for number in index.of_data[category]:
        rule = p.rules[number]
        parts = (rule.name,), rule.citations, (), ()
        if rule.effect == "forbid":
            found[number] = Decision("deny", *parts, (), p, 1)
        else:
            found[number] = Decision("permit", *parts, permitted, p, 1)
    index.alone[category] = found
    return found


def _decide_partly(p: _Program, index: _Index, space: _Space) -> Decision:
    """The decision on a partial request by the rules at hand."""
    live = set(space.live)
    rules = [p.rules[number] for number in space.live]
    order = [number for number in index.order if number in live]
    forbids = [n for n in space.live if p.rules[n].effect == "forbid"]
    permits = [n for n in space.live if p.rules[n].effect == "permit"]
    each: list[_Applied] = []
    for category in space.data:
        masks = dict(zip(space.read, space.masks(space.read, category), strict=True))
        found = _masks_of(p, order, masks, space.full)
        forbidden = permitted = 0
        for number in forbids:
            forbidden |= found[number]
        for number in permits:
            permitted |= found[number]
        permitted = space.full if p.default == "permit" else permitted
        each.append(
            (
                permitted & (space.full ^ forbidden),
                tuple([found[number] for number in forbids]),
                tuple([found[number] for number in permits]),
            )
        )
    looked_at = _Findings(
        [rule for rule in rules if rule.effect == "forbid"],
        [rule for rule in rules if rule.effect == "permit"],
        each,
    )
    return _conclude(p, space.data, space.values, looked_at, space)


def _masks_of(p: _Program, order: Sequence[int], masks: _Masks, full: int) -> dict[int, int]:
    """The completions in which each rule applies; one that is not at hand applies in none."""
    found: dict[int, int] = {}
    for number in order:
        rule = p.rules[number]
        assert rule.conditions is not None
        mask = full
        for atom in rule.scope:
            mask &= masks[atom]
        if mask:
            mask &= _mask_of(rule.conditions, masks, full)
        for stronger in rule.yields:
            mask &= full ^ found.get(stronger, 0)
        found[number] = mask
    return found


def _mask_of(conditions: _Conditions, masks: _Masks, full: int) -> int:
    """The completions in which all of the conditions hold."""
    mask = full
    for part in conditions:
        mask &= (
            _either_of(part, masks, full) if isinstance(part, tuple) else _one(part, masks, full)
        )
    return mask


def _either_of(conditions: _Conditions, masks: _Masks, full: int) -> int:
    mask = 0
    for part in conditions:
        mask |= _mask_of(part, masks, full) if isinstance(part, tuple) else _one(part, masks, full)
    return mask


def _one(part: int, masks: _Masks, full: int) -> int:
    return masks[part] if part >= 0 else full ^ masks[~part]


# --- to here
