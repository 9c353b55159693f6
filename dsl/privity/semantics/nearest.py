"""The nearest change to a request that makes something true of it.

Nearest: fewest changed facts, then the smallest total distance of dates and numbers, then the
order of declaration. Roles never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations

from privity.model.formula import Atom, Key, read_by
from privity.model.nodes import DateType, DurationType, IntegerType, Policy, TaxonomyType
from privity.semantics.cells import atoms_of, cells_of
from privity.semantics.nodes import Plain, Request

MOST_CHANGES = 4

Values = Mapping[Key, Plain]
Changes = Mapping[Key, Plain]


def nearest_change(
    policy: Policy,
    values: Values,
    goal: Callable[[Values], bool],
    also: Sequence[Atom] = (),
) -> Changes | None:
    """The nearest change to facts after which `goal` holds, or None if up to four do not do.

    `values` may leave facts out; supplying one is a change. Only facts that some rule's
    condition, or an atom of `also`, reads can matter. Dates and numbers move to the nearest value
    of each interval that the conditions distinguish, given the other values, one after another.
    """
    atoms = tuple(dict.fromkeys((*(a for r in policy.rules for a in atoms_of(r, policy)), *also)))
    read = frozenset[Key]().union(*(read_by(atom) for atom in atoms))
    keys = [fact.key for fact in policy.facts if fact.key in read]
    for count in range(MOST_CHANGES + 1):
        best: tuple[int, int, int] | None = None
        found: Changes | None = None
        for number, chosen in enumerate(combinations(keys, count)):
            for order, (distance, changed) in enumerate(_changes(policy, values, chosen, atoms)):
                rank = (distance, number, order)
                if (best is None or rank < best) and goal({**values, **changed}):
                    best, found = rank, {key: changed[key] for key in chosen}
        if found is not None:
            return found
    return None


def _changes(
    policy: Policy, values: Values, chosen: Sequence[Key], atoms: Sequence[Atom]
) -> Iterator[tuple[int, Changes]]:
    """Ways to change all of `chosen`, each with its distance."""
    numeric = [key for key in chosen if _is_numeric(policy, key)]
    rest = [key for key in chosen if key not in numeric]
    for order in permutations(numeric):
        yield from _assigned(policy, values, (*rest, *order), atoms)


def _assigned(
    policy: Policy, values: Values, keys: Sequence[Key], atoms: Sequence[Atom]
) -> Iterator[tuple[int, Changes]]:
    """Ways to set `keys` one after the other, each seeing those before it."""
    if not keys:
        yield 0, {}
        return
    key, *others = keys
    for step, value in candidates(policy, values, key, atoms):
        for distance, changed in _assigned(policy, {**values, key: value}, others, atoms):
            yield step + distance, {key: value, **changed}


def candidates(
    policy: Policy, values: Values, key: Key, atoms: Sequence[Atom]
) -> Iterator[tuple[int, Plain]]:
    """Other values for a fact, with their distance from the present one."""
    old = values.get(key)
    rest = {name: value for name, value in values.items() if name != key}
    cells = cells_of(key, policy, Request((), rest), (), atoms)
    kind = policy.fact_by_key[key].type
    if isinstance(kind, TaxonomyType):
        cells = (*(c for c in cells if c is None), *range(len(policy.taxonomy_of(key).leaves)))
    for number, cell in enumerate(cells):
        new = _clamped(cells, number, old) if _is_numeric(policy, key) else cell
        if new != old or key not in values:
            known = isinstance(old, int) and isinstance(new, int) and _is_numeric(policy, key)
            yield abs(int(new) - int(old)) if known else 0, new  # type: ignore[arg-type]


def _clamped(cells: Sequence[Plain], number: int, old: Plain) -> Plain:
    """The value of a numeric cell nearest to `old`."""
    low = cells[number]
    if not isinstance(old, int) or not isinstance(low, int):
        return low
    after = cells[number + 1] if number + 1 < len(cells) else None
    high = after - 1 if isinstance(after, int) else max(low, old)
    return min(max(low, old), high)


def _is_numeric(policy: Policy, key: Key) -> bool:
    return isinstance(policy.fact_by_key[key].type, DateType | IntegerType | DurationType)
