"""Prelude, part 3: the values of roles and facts, as a caller or JSON gives them, made plain.

Plain values are what the decision functions compute with: booleans, integers, ordinals of dates,
days, numbers of leaves, texts, frozen sets of leaf numbers, None for `none`, MISSING.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from privity.emit.prelude.errors import (
    RequestError,
    _shown,
    _unknown,
    _unknown_key,
    _wrong_type,
)

# --- copied from here


class Missing(enum.Enum):
    """What a request does not state. It is neither true, nor false, nor none."""

    MISSING = "missing"

    def __bool__(self) -> bool:
        raise TypeError("a missing fact is neither true nor false")


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Attestation:
    """A judgement and who answers for it, when: `at` is a time as the caller writes times."""

    value: bool
    by: str | None = None
    at: str | None = None


_Kind = Literal["boolean", "attested", "integer", "date", "duration", "text", "leaf", "set"]


class _Variable(NamedTuple):
    """A role or a fact; `attribute` is its name in `Request`, `label` says it in words.

    Of a taxonomy, `members` are its leaves in order and `numbers` their places by name;
    `branches` gives the first leaf and the one after the last of each other value.
    """

    key: str
    attribute: str
    kind: _Kind
    optional: bool = False
    members: tuple[enum.StrEnum, ...] = ()
    numbers: dict[str, int] = {}  # noqa: RUF012 - never written to
    branches: dict[str, tuple[int, int]] = {}  # noqa: RUF012
    low: int = 0
    high: int = 0
    label: str | None = None
    negative: str | None = None

    @property
    def path(self) -> str:
        return f"facts.{self.key}" if "." in self.key else self.key


def _numbers(taxonomy: type[enum.StrEnum]) -> dict[str, int]:
    return {member.value: number for number, member in enumerate(taxonomy)}


_FIRST_DAY: Final = datetime.date(1700, 1, 1).toordinal()
_LAST_DAY: Final = datetime.date(9899, 12, 31).toordinal()


# ------------------------------------------------------------------ from JSON


def _boolean(variable: _Variable, value: object) -> object:
    if value is True or value is False:
        return value
    raise _wrong_type(variable.path, "true or false", value)


def _attested(variable: _Variable, value: object) -> object:
    if value is True or value is False:
        return value
    return _attestation(variable, value).value


def _attestation(variable: _Variable, value: object) -> Attestation:
    path = variable.path
    if not isinstance(value, dict):
        raise _wrong_type(path, 'true, false or {"value": ..., "by": ..., "at": ...}', value)
    for key in value:
        if key not in ("value", "by", "at"):
            raise _unknown_key(path, "key", key, ("value", "by", "at"))
    truth = value.get("value", MISSING)
    if truth is not True and truth is not False:
        raise _wrong_type(f"{path}.value", "true or false", None if truth is MISSING else truth)
    signed = {key: _characters(f"{path}.{key}", value[key]) for key in ("by", "at") if key in value}
    return Attestation(truth, **signed)


def _integer(variable: _Variable, value: object) -> object:
    if type(value) is not int:
        days = variable.kind == "duration"
        wanted = "a whole number of days" if days else "a whole number"
        raise _wrong_type(variable.path, wanted, value)
    if variable.low <= value <= variable.high:
        return value
    raise _out_of_range(variable, str(variable.low), str(variable.high))


def _date(variable: _Variable, value: object) -> object:
    if isinstance(value, str) and len(value) == 10 and value[4] == "-" == value[7]:
        try:
            return _day(variable, datetime.date.fromisoformat(value))
        except RequestError:
            raise
        except ValueError:
            pass
    raise _wrong_type(variable.path, "a date such as '2026-03-01'", value)


def _day(variable: _Variable, value: datetime.date) -> int:
    day = value.toordinal()
    if _FIRST_DAY <= day <= _LAST_DAY:
        return day
    raise _out_of_range(variable, "1700-01-01", "9899-12-31")


def _out_of_range(variable: _Variable, low: str, high: str) -> RequestError:
    problem = f"it must lie between {low} and {high}, both included"
    return RequestError("out-of-range", variable.path, problem)


def _text(variable: _Variable, value: object) -> object:
    return _characters(variable.path, value)


def _characters(path: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong_type(path, "a text", value)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise RequestError("not-text", path, "the text holds half a character (a lone surrogate)")
    # Not str(value): of a member of a text enum that is its name.
    return str.__str__(value)


def _leaf(variable: _Variable, value: object) -> object:
    number = variable.numbers.get(value) if isinstance(value, str) else None
    if number is None:
        raise _not_a_leaf(variable, value)
    return number


def _not_a_leaf(variable: _Variable, value: object) -> RequestError:
    if not isinstance(value, str):
        return _wrong_type(variable.path, "the name of a value", value)
    if value in variable.branches:
        leaves = variable.members[slice(*variable.branches[value])]
        named = ", ".join(leaves[:12]) + (", ..." if len(leaves) > 12 else "")
        problem = f"{_shown(value)} has values below it; name those that are meant: {named}"
        return RequestError("unknown-name", variable.path, problem)
    kind = "value that is a leaf, called"
    return _unknown("unknown-name", variable.path, kind, value, variable.numbers)


def _set(variable: _Variable, value: object) -> object:
    if not isinstance(value, list | tuple):
        raise _wrong_type(variable.path, "a list of names", value)
    return frozenset(_all_different(variable, [_leaf(variable, item) for item in value]))


def _all_different(variable: _Variable, numbers: list[Any]) -> list[Any]:
    if len(set(numbers)) == len(numbers):
        return numbers
    problem = f"{_name(variable, _first_twice(numbers))!r} stands in it twice"
    raise RequestError("duplicate-name", variable.path, problem)


def _first_twice(items: list[Any]) -> Any:
    seen: set[Any] = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    return None


def _name(variable: _Variable, leaf: int) -> str:
    return variable.members[leaf].value


_Reader = Callable[[_Variable, object], object]

_WIRE: Final[dict[_Kind, _Reader]] = {
    "boolean": _boolean,
    "attested": _attested,
    "integer": _integer,
    "date": _date,
    "duration": _integer,
    "text": _text,
    "leaf": _leaf,
    "set": _set,
}


# ------------------------------------------------------------------ from a Request


def _attested_member(variable: _Variable, value: object) -> object:
    if not isinstance(value, Attestation):
        return _boolean(variable, value)
    for name, part in (("by", value.by), ("at", value.at)):
        if part is not None:
            _characters(f"{variable.path}.{name}", part)
    return _boolean(variable, value.value)


def _date_member(variable: _Variable, value: object) -> object:
    # A datetime is a date to isinstance, but not the day that somebody meant.
    if type(value) is datetime.date:
        return _day(variable, value)
    raise _wrong_type(variable.path, "a datetime.date", value)


def _leaf_member(variable: _Variable, value: object) -> object:
    # Members of other taxonomies may bear the same name.
    taxonomy = type(variable.members[0])
    if type(value) is taxonomy:
        return variable.numbers[value.value]
    raise _wrong_type(variable.path, f"a member of {taxonomy.__name__}", value)


def _set_member(variable: _Variable, value: object) -> object:
    if not isinstance(value, frozenset | set | list | tuple):
        raise _wrong_type(variable.path, "a set", value)
    return frozenset(_all_different(variable, [_leaf_member(variable, item) for item in value]))


_TYPED: Final[dict[_Kind, _Reader]] = {
    **_WIRE,
    "attested": _attested_member,
    "date": _date_member,
    "leaf": _leaf_member,
    "set": _set_member,
}


# ------------------------------------------------------------------ and back


def _to_wire(variable: _Variable, value: Any) -> Any:
    """A plain value as JSON writes it; MISSING stays."""
    if value is None or value is MISSING:
        return value
    match variable.kind:
        case "leaf":
            return _name(variable, value)
        case "set":
            return tuple(_name(variable, leaf) for leaf in sorted(value))
        case "date":
            return datetime.date.fromordinal(value).isoformat()
        case _:
            return value


def _to_member(variable: _Variable, value: Any) -> Any:
    """A plain value as an attribute of Request has it."""
    if value is None or value is MISSING:
        return value
    match variable.kind:
        case "leaf":
            return variable.members[value]
        case "set":
            return frozenset(variable.members[leaf] for leaf in value)
        case "date":
            return datetime.date.fromordinal(value)
        case _:
            return value


# --- to here
