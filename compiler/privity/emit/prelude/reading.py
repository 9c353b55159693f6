"""Prelude, part 9: requests, from JSON text, mappings and `Request`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NoReturn

from privity.emit.prelude.errors import RequestError, _shown, _unknown_key, _wrong_type
from privity.emit.prelude.program import _Program
from privity.emit.prelude.tables import _missing_in, _Values
from privity.emit.prelude.values import (
    _FIRST_DAY,
    _LAST_DAY,
    _TYPED,
    MISSING,
    _all_different,
    _attestation,
    _first_twice,
    _leaf,
    _to_member,
    _Variable,
)

# --- copied from here

_MOST_CHARACTERS = 1_000_000
_MOST_DIGITS = 20
_DEEPEST = 16


def _from_mapping(p: _Program, mapping: object) -> tuple[list[int], _Values]:
    """The data categories, ascending, and the plain values of a request."""
    return _read_simple(p, mapping) or _read(p, mapping)


def _read_simple(p: _Program, mapping: object) -> tuple[list[int], _Values] | None:
    """The same of a request that is simply written and right; None of any other.

    One loop without calls, because this is most of the time that `check_mapping` takes. Whatever
    is unusual or wrong is left to `_read`.
    """
    if type(mapping) is not dict:
        return None
    values: _Values = [MISSING] * len(p.variables)
    named, booleans = p.named_facts, p.boolean_facts
    data: object = None
    try:
        for key, value in mapping.items():
            if key == "facts":
                if type(value) is not dict:
                    return None
                for fact, stated in value.items():
                    if stated is True or stated is False:
                        values[booleans[fact]] = stated
                    elif type(stated) is str:
                        number, names = named[fact]
                        if names:
                            values[number] = names[stated]
                        elif len(stated) == 10 and stated[4] == "-" == stated[7]:
                            day = datetime.date.fromisoformat(stated).toordinal()
                            if not _FIRST_DAY <= day <= _LAST_DAY:
                                return None
                            values[number] = day
                        else:
                            return None
                    elif stated is None:
                        values[p.optional_facts[fact]] = None
                    else:
                        return None
            elif key == "data":
                data = value
            elif type(value) is str:
                number, names = p.named_roles[key]
                values[number] = names[value]
            else:
                return None
        if type(data) is not list or len(data) != 1 or type(data[0]) is not str:
            return None
        values[0] = p.data_numbers[data[0]]
    except (LookupError, ValueError, TypeError):
        return None
    return [values[0]], values


def _read(p: _Program, mapping: object) -> tuple[list[int], _Values]:
    """The same of any mapping. Raises RequestError."""
    if type(mapping) is not dict and not isinstance(mapping, Mapping):
        raise _wrong_type("", "an object", mapping)
    values: _Values = [MISSING] * len(p.variables)
    data: object = MISSING
    if type(mapping) is not dict:
        mapping = _once("", mapping)
    for key, value in mapping.items():
        if key == "facts":
            _facts(p, value, values)
        elif key == "data":
            data = value
        elif key in p.roles:
            number, variable, read = p.roles[key]
            values[number] = read(variable, value)
        else:
            raise _unknown_key("", "key", key, ["data", "facts", *p.roles])
    categories = _categories(p.variables[0], data)
    values[0] = categories[0]
    return categories, values


def _facts(p: _Program, facts: object, values: _Values) -> None:
    if type(facts) is not dict and not isinstance(facts, Mapping):
        raise _wrong_type("facts", "an object", facts)
    facts_of = p.facts
    if type(facts) is not dict:
        facts = _once("facts", facts)
    for key, value in facts.items():
        slot = facts_of.get(key)
        if slot is None:
            raise _unknown_key("facts", "fact", key, facts_of)
        number, variable, read = slot
        if value is not None:
            values[number] = read(variable, value)
        elif variable.optional:
            values[number] = None
        else:
            raise _never_none(variable)


def _once(path: str, mapping: Mapping[Any, object]) -> dict[Any, object]:
    """The items of a mapping that may not be a dictionary, no key twice."""
    found: dict[Any, object] = {}
    for key, value in mapping.items():
        if key in found:
            raise RequestError("duplicate-key", path, f"the key {_shown(key)} is given twice")
        found[key] = value
    return found


def _never_none(variable: _Variable) -> RequestError:
    problem = "it is never none; leave it out if it is not known"
    return RequestError("never-none", variable.path, problem)


def _categories(variable: _Variable, data: object) -> list[int]:
    if data is MISSING:
        raise RequestError("missing-data", "data", "the data categories are needed")
    if not isinstance(data, list | tuple):
        raise _wrong_type("data", "a list of names", data)
    numbers: list[Any] = [_leaf(variable, name) for name in data]
    return _in_order(variable, numbers)


def _in_order(variable: _Variable, numbers: list[Any]) -> list[int]:
    if len(numbers) > 1:
        return sorted(_all_different(variable, numbers))
    if not numbers:
        raise RequestError("empty-data", "data", "at least one data category is needed")
    return numbers


class _Stated:
    """A request in plain values, found once, when it is made: no part of any decision.

    `_place` is where tables are looked at: there begin those of its roles, and it has a bit for
    each boolean fact that rules read, and one for whether anything else that they read is
    missing. It is 0 where there are no tables, where one of its roles or boolean facts is not
    known, or where it states several data categories. Where rules are apart, and it states all
    there is, of one data category, `_roles` is the number of its combination of roles and `_facts`
    has a bit for each boolean fact that is true; else `_roles` is -1.
    """

    __slots__ = ("_data", "_facts", "_place", "_roles", "_values")

    _data: list[int]
    _values: _Values
    _place: int
    _roles: int
    _facts: int

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies and unpickled requests are made, and checked, anew.
        request: Any = self
        return _remade, (type(self), {one.name: getattr(self, one.name) for one in fields(request)})


def _remade(kind: type, stated: dict[str, Any]) -> Any:
    return kind(**stated)


def _state(p: _Program, request: _Stated) -> None:
    """Find the plain values of a `Request`. Raises RequestError."""
    data, values = _from_members(p, request)
    put = object.__setattr__
    put(request, "_data", data)
    put(request, "_values", values)
    put(request, "_place", _place(p, data, values))
    roles, facts = -1, 0
    if p.index is not None and len(data) == 1 and MISSING not in values:
        roles, facts = p.index.packed(values)
    put(request, "_roles", roles)
    put(request, "_facts", facts)


def _place(p: _Program, data: list[int], values: _Values) -> int:
    if len(data) != 1 or not p.starts:
        return 0
    roles = facts = 0
    for number, size in p.role_sizes:
        value = values[number]
        if value is MISSING:
            return 0
        roles = roles * size + value
    for number, bit in p.booleans:
        value = values[number]
        if value is True:
            facts |= bit
        elif value is not False:
            return 0
    if _missing_in(p.other_reads, values):
        facts |= 1 << len(p.booleans)
    return p.starts[roles] + facts


def _from_members(p: _Program, request: object) -> tuple[list[int], _Values]:
    """The same from the attributes of a `Request`."""
    leaves = p.variables[0]
    data, *stated = p.members(request)
    if not isinstance(data, frozenset | set | list | tuple):
        raise _wrong_type("data", "a set of data categories", data)
    read_leaf = _TYPED["leaf"]
    categories = _in_order(leaves, [read_leaf(leaves, member) for member in data])
    values: _Values = [categories[0], *stated]
    for number, variable, read in p.typed:
        value = values[number]
        if value is None and not variable.optional:
            raise _never_none(variable)
        if value is not None and value is not MISSING:
            values[number] = read(variable, value)
    return categories, values


def _members(p: _Program, mapping: Mapping[str, object]) -> dict[str, Any]:
    """The attributes of the `Request` that a mapping states."""
    categories, values = _from_mapping(p, mapping)
    first = p.variables[0]
    found: dict[str, Any] = {"data": frozenset(first.members[leaf] for leaf in categories)}
    facts: Any = mapping.get("facts", {})
    for number, variable, _ in p.typed:
        if isinstance(facts.get(variable.key), dict):
            found[variable.attribute] = _attestation(variable, facts[variable.key])
        else:
            found[variable.attribute] = _to_member(variable, values[number])
    return found


# ------------------------------------------------------------------ JSON text


def parse_request(text: str | bytes) -> dict[str, object]:
    """The object that a JSON text holds, for `check_mapping`. Raises RequestError.

    Stricter than `json`: no key twice, no NaN, bounded size, depth and integers.
    """
    import json

    decoded = _decoded(text)
    _bound_depth(decoded)
    try:
        found = json.loads(
            decoded,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_constant=_no_constant,
        )
    except RequestError:
        raise
    except (ValueError, RecursionError) as error:
        raise RequestError("not-json", "", f"this is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise _wrong_type("", "an object", found)
    return found


def _decoded(text: object) -> str:
    if not isinstance(text, str | bytes):
        raise _wrong_type("", "JSON text", text)
    if len(text) > _MOST_CHARACTERS:
        raise RequestError("too-large", "", f"more than {_MOST_CHARACTERS:,} characters")
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError("not-json", "", "this is not UTF-8") from None


def _bound_depth(text: str) -> None:
    # Fewer brackets than that cannot nest deeper; few requests are looked at twice.
    if text.count("[") + text.count("{") <= _DEEPEST:
        return
    depth, quoted, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif quoted:
            quoted, escaped = character != '"', character == "\\"
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > _DEEPEST:
                raise RequestError("too-deep", "", f"more than {_DEEPEST} levels of brackets")
        elif character in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = _first_twice([key for key, _ in pairs])
        raise RequestError("duplicate-key", "", f"the key {_shown(twice)} stands twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise RequestError("out-of-range", "", "a number has too many digits")
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    raise RequestError("not-json", "", f"{name} is not a number that JSON has")


# --- to here
