"""Prelude, part 4: the policy as tables, and exact calendar months."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from privity.emit.prelude.columns_source import _EPOCH, _numpy
from privity.emit.prelude.values import MISSING

# --- copied from here


Outcome = Literal["permit", "deny", "unknown"]


_Values = list[Any]
"""Plain values by number of variable; number 0 is the data category in question."""


_Masks = dict[int, int]
"""Sets of completions by number of atom."""


class _Atom(NamedTuple):
    """A comparison. `test` takes plain values of the variables `reads`, all known.

    A sum compares `total`, a monotone function of each variable but those `unsteady`; its truth
    changes where that passes one of `bounds`. `text` is what a text is compared with. Atoms that
    are made from rows of numbers have the `runs` of leaves that they list.
    """

    kind: Literal[
        "holds", "is_none", "within", "same_leaf", "contains", "text_is", "same_text", "sum"
    ]
    reads: tuple[int, ...]
    test: Callable[..., bool]
    text: str = ""
    total: Callable[..., int] | None = None
    bounds: tuple[int, ...] = ()
    unsteady: tuple[int, ...] = ()
    runs: tuple[tuple[int, int], ...] = ()


class _Duty(NamedTuple):
    """`deadline` computes an ordinal from the variables `reads`."""

    name: str
    label: str | None
    reads: tuple[int, ...] = ()
    deadline: Callable[..., int] | None = None


_Conditions = tuple[Any, ...]
"""Numbers of atoms, nested: all of them hold; in a tuple inside one holds, inside that all, and
so on in turn. `~n` says that atom n does not hold. So `()` is true and `((),)` is false."""


class _Rule(NamedTuple):
    """`scope`: the atoms of its scope; `atoms`: these and those of its conditions.

    In a policy whose rules are decided apart, `conditions` are its conditions, without definitions
    and constants, `atoms` those that went with the constants, and `yields` names the rules that it
    yields to. `_atoms_in` then gives all atoms.
    """

    effect: Literal["permit", "forbid"]
    name: str
    label: str | None
    citations: tuple[str, ...]
    scope: tuple[int, ...]
    atoms: tuple[int, ...] = ()
    conditions: _Conditions | None = None
    duties: tuple[_Duty, ...] = ()
    yields: tuple[int, ...] = ()


def _atoms_in(rule: _Rule) -> Iterable[int]:
    """The atoms of its scope and conditions, each once."""
    if rule.conditions is None:
        return rule.atoms
    found = {*rule.scope, *rule.atoms}
    seen: set[int] = set()
    waiting = [rule.conditions]
    while waiting:
        for part in waiting.pop():
            if isinstance(part, int):
                found.add(part if part >= 0 else ~part)
            elif id(part) not in seen:
                # A tuple may stand in many places.
                seen.add(id(part))
                waiting.append(part)
    return found


def _rule_said(rule: _Rule) -> str:
    """Its name, its label, what it cites."""
    label = f' "{rule.label}"' if rule.label else ""
    cited = f" ({', '.join(rule.citations)})" if rule.citations else ""
    return f"{rule.name}{label}{cited}"


_Applied = tuple[int, tuple[int, ...], tuple[int, ...]]
"""The completions that are permitted, and those in which each forbid, each permit applies."""


def _missing_in(reads: tuple[int, ...], values: _Values) -> list[int]:
    return [number for number in reads if values[number] is MISSING]


_LAST_ORDINAL = datetime.date.max.toordinal()


def _shift(day: int, months: int) -> int:
    """The ordinal `day` moved by calendar months, clipped to the month's end."""
    column: Any = day
    if not isinstance(column, int):
        moved: int = _shift_all(column, months)
        return moved
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    first = datetime.date(year, month + 1, 1).toordinal()
    return first + min(date.day, _days_in(year, month + 1)) - 1


def _shift_all(days: Any, months: int) -> Any:
    """The same of a column of ordinals. What is no ordinal of a day is moved to anywhere."""
    np = _numpy()
    dates = (np.clip(days, 1, _LAST_ORDINAL) - _EPOCH).view("datetime64[D]")
    month = dates.astype("datetime64[M]")
    day = dates - month.astype("datetime64[D]")
    first = (month + months).astype("datetime64[D]")
    last = (month + (months + 1)).astype("datetime64[D]") - 1
    return np.minimum(first + day, last).view(np.int64) + _EPOCH


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


# --- to here
