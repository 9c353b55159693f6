"""Prelude, part 7: decisions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from privity.emit.prelude.masks import _Space
from privity.emit.prelude.program import (
    _MOST_COMPLETIONS,
    Outcome,
    _Applied,
    _Duty,
    _missing_in,
    _Program,
    _Rule,
    _Values,
)
from privity.emit.prelude.sentences import _sentences
from privity.emit.prelude.values import MISSING, _name

# --- copied from here


@dataclass(frozen=True, slots=True)
class OwedDuty:
    """What the permit `rule` obliges its user to do.

    `deadline` is the last day; None where there is none, or where its day is not known.
    """

    name: str
    rule: str
    label: str | None
    has_deadline: bool
    deadline: datetime.date | None

    def as_dict(self) -> dict[str, str | None]:
        found = {"name": self.name, "rule": self.rule, "label": self.label}
        if self.has_deadline:
            found["deadline"] = None if self.deadline is None else self.deadline.isoformat()
        return found


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of a request. True iff the outcome is permit."""

    outcome: Outcome
    rules: tuple[str, ...]
    citations: tuple[str, ...]
    missing: tuple[str, ...]
    duties: tuple[OwedDuty, ...]
    permitted_data: tuple[str, ...]
    _program: _Program = field(repr=False, compare=False)
    _completions: int = field(repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.outcome == "permit"

    @property
    def explanation(self) -> str:
        return _sentences(self)

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON has it."""
        return {
            "outcome": self.outcome,
            "rules": list(self.rules),
            "citations": list(self.citations),
            "missing": list(self.missing),
            "duties": [duty.as_dict() for duty in self.duties],
            "permitted_data": list(self.permitted_data),
            "explanation": _sentences(self),
            "policy": {"name": self._program.policy, "sha256": self._program.sha256},
        }


def _decided(
    p: _Program, outcome: Literal["permit", "deny"], rules: tuple[int, ...]
) -> tuple[Decision, ...]:
    """The decision on each data category alone, by these rules; without deadlines of duties."""
    named = [p.rules[number] for number in rules]
    values: _Values = [MISSING] * len(p.variables)
    permit = outcome == "permit"
    duties = _duties(named, values) if permit else ()
    parts = outcome, tuple([rule.name for rule in named]), _citations(named), (), duties
    if not permit:
        return (Decision(*parts, (), p, 1),) * len(p.variables[0].members)
    return tuple([Decision(*parts, (data.value,), p, 1) for data in p.variables[0].members])


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
        if one is None or one.duties:
            return None
        each.append(one)
    return _joined(p, each)


def _joined(p: _Program, each: Sequence[Decision]) -> Decision:
    """The decision on all categories, each settled by itself and without duties."""
    deciding = [one for one in each if not one] or each
    names = sorted({name for one in deciding for name in one.rules}, key=p.place.__getitem__)
    rules = [p.rules[p.place[name]] for name in names]
    permitted = tuple([data for one in each for data in one.permitted_data])
    outcome = deciding[0].outcome
    return Decision(outcome, tuple(names), _citations(rules), (), (), permitted, p, 1)


def _decide(
    p: _Program, data: Sequence[int], values: _Values, limit: int = _MOST_COMPLETIONS
) -> Decision:
    """The decision on plain values. `values[0]` is written to."""
    if limit == _MOST_COMPLETIONS:
        if p.quick is not None and len(data) == 1:
            found = p.quick(values)
        else:
            found = _settled(p, data, values)
        if found is not None:
            return found  # type: ignore[no-any-return]
    return _decide_all(p, data, values, limit)


def _decide_all(p: _Program, data: Sequence[int], values: _Values, limit: int) -> Decision:
    """The same by all rules, for all completions at once."""
    # What no atom reads changes nothing, known or missing.
    if MISSING in values and _missing_in(p.read, values):
        return _decide_partial(p, data, values, limit)
    found: dict[tuple[int, ...], _Applied] = {}
    each: list[_Applied] = []
    known = p.known(values)
    for category in data:
        values[0] = category
        about = p.known_of_data(values)
        if about not in found:
            found[about] = p.apply(known, about, 1)
        each.append(found[about])
    return _conclude(p, data, values, each, None)


def _decide_partial(p: _Program, data: Sequence[int], values: _Values, limit: int) -> Decision:
    space = _Space(p, data, values)
    if not space.open(limit):
        return _too_many(p, space)
    found: dict[tuple[int, ...], _Applied] = {}
    each: list[_Applied] = []
    split = p.about_data
    known = space.masks(range(split), -1)
    for category in data:
        about = space.masks(range(split, len(p.atoms)), category)
        if about not in found:
            found[about] = p.apply(known, about, space.full)
        each.append(found[about])
    return _conclude(p, data, values, each, space)


def _conclude(
    p: _Program,
    data: Sequence[int],
    values: _Values,
    each: Sequence[_Applied],
    space: _Space | None,
) -> Decision:
    """The decision from what was found for each category."""
    full = 1 if space is None else space.full
    permitted, forbids, permits = each[0]
    for other in each[1:]:
        if other is not each[0]:
            permitted &= other[0]
            forbids = tuple([a | b for a, b in zip(forbids, other[1], strict=True)])
            permits = tuple([a | b for a, b in zip(permits, other[2], strict=True)])
    outcome: Outcome = "unknown" if permitted else "deny"
    rules: list[_Rule] = []
    if permitted == full:
        outcome = "permit"
        rules = [rule for rule, mask in zip(p.permits, permits, strict=True) if mask == full]
    elif not permitted:
        rules = [rule for rule, mask in zip(p.forbids, forbids, strict=True) if mask == full]
    leaves = p.variables[0]
    return Decision(
        outcome,
        tuple([rule.name for rule in rules]),
        _citations(rules),
        () if space is None or not space.relevant else _missing(space, permitted),
        _owed(p, values, permits, permitted) if permitted else (),
        tuple([_name(leaves, d) for d, one in zip(data, each, strict=True) if one[0] == full]),
        p,
        1 if space is None else space.size,
    )


def _too_many(p: _Program, space: _Space) -> Decision:
    """More completions than are looked at: nothing is said that might be wrong."""
    live = {p.rules[n].name for n in space.live}
    masks = tuple([int(rule.name in live) for rule in p.permits])
    missing = tuple([p.variables[number].key for number in space.relevant])
    duties = _owed(p, space.values, masks, 1)
    return Decision("unknown", (), (), missing, duties, (), p, 0)


def _citations(rules: Sequence[_Rule]) -> tuple[str, ...]:
    if len(rules) == 1:
        return rules[0].citations
    return tuple(dict.fromkeys([citation for rule in rules for citation in rule.citations]))


def _missing(space: _Space, permitted: int) -> tuple[str, ...]:
    if permitted in (0, space.full):
        return ()
    variables = space.p.variables
    return tuple([variables[n].key for n in space.relevant if space.depends(permitted, n)])


def _owed(
    p: _Program, values: _Values, permits: Sequence[int], permitted: int
) -> tuple[OwedDuty, ...]:
    """The duties owed in some permitted completion."""
    rules = [rule for rule, mask in zip(p.permits, permits, strict=True) if mask & permitted]
    return _duties(rules, values)


def _duties(rules: Sequence[_Rule], values: _Values) -> tuple[OwedDuty, ...]:
    return tuple(
        [
            OwedDuty(duty.name, rule.name, duty.label, duty.deadline is not None, day)
            for rule in rules
            for duty in rule.duties
            for day in (_deadline(duty, values),)
        ]
    )


def _deadline(duty: _Duty, values: _Values) -> datetime.date | None:
    if duty.deadline is None:
        return None
    arguments = [values[number] for number in duty.reads]
    if None in arguments or MISSING in arguments:
        return None
    return datetime.date.fromordinal(duty.deadline(*arguments))


# --- to here
