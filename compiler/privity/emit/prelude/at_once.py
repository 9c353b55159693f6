"""Prelude, part 13: complete requests that are simply written, read and decided in one go."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from itertools import product
from marshal import dumps
from operator import itemgetter
from typing import Any

from privity.emit.prelude.decide import Decision
from privity.emit.prelude.program import _BY_NAME, _Program
from privity.emit.prelude.tabulate import _Later
from privity.emit.prelude.values import _FIRST_DAY, _LAST_DAY

# --- copied from here

_MOST_FLAGS = 10


_AtOnce = Callable[[object], Decision | None]


def _at_once(p: _Program, decisions: Sequence[Decision | None], later: Sequence[_Later]) -> _AtOnce:
    """A function from mappings to the decisions that tables lead to.

    It is for those that state all that the vocabulary has, of one data category, and nothing
    else, without attestations. Of any other, right or wrong, it says None. It asks for each key
    by name, which takes less time than looking at those that there are: where there are as many
    as there may be, these are all. What is usual is read here, because calls take long.
    """
    flags = [v.key for v in p.variables if v.kind in ("boolean", "attested")]
    others = _other_facts(p, flags)
    (_, places_of_data), *roles = _places_of_roles(p) or [("", {})]
    size, facts_size = len(roles) + 2, len(flags) + len(others)
    if not p.starts or len(flags) > _MOST_FLAGS or _roles_meet_facts(p):
        return _none_at_once
    stated_flags, places_of_flags = _places_of_flags(p, flags)
    starts, day_of = p.starts, datetime.date.fromisoformat
    unknown = [None] * len(p.variables)

    def decide(mapping: Any) -> Decision | None:
        if type(mapping) is not dict or len(mapping) != size:
            return None
        try:
            data, facts = mapping["data"], mapping["facts"]
            if type(data) is not list or type(facts) is not dict or len(facts) != facts_size:
                return None
            [name] = data
            if type(name) is not str:
                return None
            place = places_of_data[name]
            for key, places in roles:
                name = mapping[key]
                if type(name) is not str:
                    return None
                place += places[name]
            values: list[Any] = unknown.copy()
            for number, variable, key, names, read in others:
                stated = facts[key]
                if read is None and type(stated) is str:
                    if names:
                        values[number] = names[stated]
                    elif len(stated) == 10 and stated[7] == "-":
                        values[number] = day = day_of(stated).toordinal()
                        if not _FIRST_DAY <= day <= _LAST_DAY:
                            return None
                    else:
                        return None
                elif stated is None and variable.optional:
                    continue
                elif read is None:
                    return None
                else:
                    values[number] = read(variable, stated)
            place = starts[place] + places_of_flags[dumps(stated_flags(facts), 0)]
        except (LookupError, ValueError, TypeError):
            return None
        found = decisions[place]
        return later[place](values) if found is None else found

    return decide


def _other_facts(p: _Program, flags: list[str]) -> list[tuple[Any, ...]]:
    """The facts that are no booleans, with what reads those that are neither names nor dates."""
    return [
        (number, v, v.key, v.numbers, None if v.kind in _BY_NAME else read)
        for number, v, read in p.facts.values()
        if v.key not in flags
    ]


def _roles_meet_facts(p: _Program) -> bool:
    """Whether an atom reads both, and would have to be told the roles."""
    roles = {number for number, _ in p.role_sizes}
    return any(not roles.isdisjoint(a.reads) and not roles.issuperset(a.reads) for a in p.atoms)


def _none_at_once(mapping: object) -> Decision | None:
    """Nothing is decided here."""


def _places_of_roles(p: _Program) -> list[tuple[str, dict[str, int]]]:
    """For each role the names of its leaves with what they add to the number of a combination."""
    found: list[tuple[str, dict[str, int]]] = []
    width = 1
    for number, size in reversed(p.role_sizes):
        variable = p.variables[number]
        found.append((variable.key, {n: leaf * width for n, leaf in variable.numbers.items()}))
        width *= size
    return found[::-1]


def _places_of_flags(p: _Program, keys: list[str]) -> tuple[Callable[[Any], Any], dict[bytes, int]]:
    """What takes the booleans out of facts, and for each truth of theirs its bits in a place.

    It is looked up by how `marshal` writes it: that takes little time, runs no code of theirs,
    and tells True from 1, which are the same key to a dictionary.
    """
    stated: Callable[[Any], Any] = itemgetter(*keys) if keys else lambda facts: ()
    bits = {p.variables[number].key: bit for number, bit in p.booleans}
    found = {}
    for truths in product((False, True), repeat=len(keys)):
        facts = dict(zip(keys, truths, strict=True))
        place = sum(bits.get(key, 0) for key, true in facts.items() if true)
        found[dumps(stated(facts), 0)] = place
    return stated, found


# --- to here
