"""Prelude, part 10: decisions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from privity.emit.prelude.masks import _Space
from privity.emit.prelude.program import _Program
from privity.emit.prelude.sentences import _sentences
from privity.emit.prelude.tables import Outcome, _Applied, _Duty, _Rule, _Values
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


def _joined(p: _Program, each: Sequence[Decision]) -> Decision:
    """The decision on all categories, each decided by itself."""
    deciding = [one for one in each if not one] or each
    names = sorted({name for one in deciding for name in one.rules}, key=p.place.__getitem__)
    rules = [p.rules[p.place[name]] for name in names]
    permitted = tuple([data for one in each for data in one.permitted_data])
    outcome = deciding[0].outcome
    owed = {duty: None for one in deciding for duty in one.duties}
    duties = sorted(owed, key=lambda duty: p.place[duty.rule])
    return Decision(outcome, tuple(names), _citations(rules), (), tuple(duties), permitted, p, 1)


class _Findings(NamedTuple):
    """The rules that were looked at, in the order of declaration, and each category's outcome."""

    forbids: Sequence[_Rule]
    permits: Sequence[_Rule]
    each: Sequence[_Applied]


def _conclude(
    p: _Program,
    data: Sequence[int],
    values: _Values,
    found: _Findings,
    space: _Space | None = None,
) -> Decision:
    """The decision from what was found for each category."""
    full, each = 1 if space is None else space.full, found.each
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
        rules = [rule for rule, mask in zip(found.permits, permits, strict=True) if mask == full]
    elif not permitted:
        rules = [rule for rule, mask in zip(found.forbids, forbids, strict=True) if mask == full]
    leaves = p.variables[0]
    return Decision(
        outcome,
        tuple([rule.name for rule in rules]),
        _citations(rules),
        () if space is None or not space.relevant else _missing(space, permitted),
        _owed(found.permits, values, permits, permitted) if permitted else (),
        tuple([_name(leaves, d) for d, one in zip(data, each, strict=True) if one[0] == full]),
        p,
        1 if space is None else space.size,
    )


def _too_many(p: _Program, space: _Space) -> Decision:
    """More completions than are looked at: nothing is said that might be wrong."""
    live = {p.rules[n].name for n in space.live}
    masks = tuple([int(rule.name in live) for rule in p.permits])
    missing = tuple([p.variables[number].key for number in space.relevant])
    duties = _owed(p.permits, space.values, masks, 1)
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
    rules: Sequence[_Rule], values: _Values, permits: Sequence[int], permitted: int
) -> tuple[OwedDuty, ...]:
    """The duties owed in some permitted completion."""
    owing = [rule for rule, mask in zip(rules, permits, strict=True) if mask & permitted]
    return _duties(owing, values)


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
