"""Prelude, part 5: the cells of what is missing, as docs/completions.md defines them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from privity.emit.prelude.program import _Program
from privity.emit.prelude.tables import _Atom, _atoms_in, _missing_in, _Values
from privity.emit.prelude.values import _FIRST_DAY, _LAST_DAY, MISSING, _Variable

# --- copied from here


def _live(p: _Program, data: Sequence[int], values: _Values) -> list[int]:
    """The rules whose scope may match for one of the categories."""
    if p.index is not None:
        held = [p.index.at([category, *values[1:]]) for category in data]
        if None not in held:
            return sorted({number for numbers in held for number in numbers or ()})
    excluded: set[int] = set()
    for number in p.scopes:
        atom = p.atoms[number]
        variable = atom.reads[0]
        stated = data if variable == 0 else (values[variable],)
        if MISSING not in stated and not any(atom.test(value) for value in stated):
            excluded.add(number)
    return [n for n, rule in enumerate(p.rules) if excluded.isdisjoint(rule.scope)]


def _atoms_of(p: _Program, live: Iterable[int]) -> list[int]:
    return sorted({number for rule in live for number in _atoms_in(p.rules[rule])})


def _opaque(atom: _Atom, values: _Values) -> bool:
    """Whether cells do not settle it: it is a free boolean."""
    if atom.kind not in ("sum", "same_text"):
        return False
    missing = _missing_in(atom.reads, values)
    return len(missing) > 1 or (len(missing) == 1 and missing[0] in atom.unsteady)


def _cells(p: _Program, number: int, about: Sequence[_Atom], values: _Values) -> list[Any]:
    """Each cell's representative. Sets have groups instead: here, `none` and the empty set."""
    variable = p.variables[number]
    cells: list[Any] = [None] if variable.optional else []
    match variable.kind:
        case "boolean" | "attested":
            cells += (False, True)
        case "leaf":
            cells += _groups(variable, about)
        case "date":
            cells += _starts(number, _FIRST_DAY, _LAST_DAY, about, values)
        case "integer" | "duration":
            cells += _starts(number, variable.low, variable.high, about, values)
        case "text":
            cells += _texts(number, about, values)
        case "set":
            cells.append(frozenset())
    return cells


def _groups(variable: _Variable, about: Sequence[_Atom]) -> Iterable[int]:
    leaves = range(len(variable.members))
    if any(atom.kind == "same_leaf" for atom in about):
        return leaves
    tests = [atom.test for atom in about if atom.kind == "within"]
    firsts: dict[tuple[bool, ...], int] = {}
    for leaf in leaves:
        firsts.setdefault(tuple([test(leaf) for test in tests]), leaf)
    return firsts.values()


def _chosen(variable: _Variable, about: Sequence[_Atom]) -> list[int]:
    """The first leaf of each group that some `contains` tells from the others."""
    tests = [atom.test for atom in about if atom.kind == "contains"]
    firsts: dict[tuple[bool, ...], int] = {}
    for leaf in range(len(variable.members)):
        firsts.setdefault(tuple([test(frozenset((leaf,))) for test in tests]), leaf)
    return [leaf for held, leaf in firsts.items() if any(held)]


def _starts(number: int, low: int, high: int, about: Sequence[_Atom], values: _Values) -> list[int]:
    starts = {low}
    for atom in about:
        if atom.kind == "sum" and number not in atom.unsteady:
            others = [values[other] for other in atom.reads if other != number]
            if None not in others and MISSING not in others:
                starts.update(_passes(atom, number, low, high, values))
    return sorted(starts)


def _passes(atom: _Atom, number: int, low: int, high: int, values: _Values) -> Iterator[int]:
    """The values at which the sum, monotone in this variable, passes its bounds."""
    total, place = atom.total, atom.reads.index(number)
    arguments = [values[other] for other in atom.reads]
    assert total is not None

    def rising(value: int) -> int:
        arguments[place] = value
        return sign * total(*arguments)

    sign = 1
    sign = 1 if rising(low) <= rising(high) else -1
    for bound in atom.bounds:
        # Rising, the first value past the bound; falling, the first that is back within it.
        first = bound + 1 if sign == 1 else -bound
        passed = low + bisect_left(range(low, high + 1), first, key=rising)
        if low < passed <= high:
            yield passed


def _texts(number: int, about: Sequence[_Atom], values: _Values) -> list[str]:
    known = {atom.text for atom in about if atom.kind == "text_is"}
    for atom in about:
        if atom.kind == "same_text":
            others = [values[other] for other in atom.reads if other != number]
            known.update(other for other in others if isinstance(other, str))
    other = "another text"
    while other in known:
        other += "."
    return [*sorted(known), other]


# --- to here
