"""The cells of what is missing: infinitely many completions reduced to finitely many.

docs/completions.md defines all that is computed here, under the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import overload

from privity.model.formula import (
    And,
    AtMost,
    Atom,
    Constant,
    Contains,
    Defined,
    Equals,
    Formula,
    Key,
    Not,
    Or,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    facts_of,
    read_by,
    steady,
)
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    Policy,
    Rule,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.semantics.evaluate import World, evaluate
from privity.semantics.nodes import Plain, Request

MOST_COMPLETIONS = 2**20
OTHER_TEXT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Axes:
    """What completions vary: the cells of each relevant missing variable, and opaque atoms."""

    cells: Mapping[Key, Sequence[Plain]]
    opaque: tuple[Atom, ...]

    @property
    def completions(self) -> int:
        """How many there are."""
        number: int = prod(
            (len(cells) for cells in self.cells.values()), start=2 ** len(self.opaque)
        )
        return number


def axes_of(policy: Policy, request: Request) -> Axes:
    """What a completion of `request` has to choose."""
    live = live_rules(policy, request)
    atoms = tuple(dict.fromkeys(chain.from_iterable(atoms_of(rule, policy) for rule in live)))
    relevant = _relevant(policy, request, live, atoms)
    cells = {variable: cells_of(variable, policy, request, live, atoms) for variable in relevant}
    opaque = tuple(atom for atom in atoms if is_opaque(atom, request))
    return Axes(cells, opaque)


def live_rules(policy: Policy, request: Request) -> tuple[Rule, ...]:
    """The rules whose scope may match."""
    return tuple(
        rule
        for rule in policy.rules
        if any(may_match(rule, category, request) for category in request.data)
    )


def may_match(rule: Rule, category: int, request: Request) -> bool:
    """Whether the scope matches for `category`, as far as the roles are known."""
    return category in rule.scope.roles["data"] and all(
        request.values[role] in leaves
        for role, leaves in rule.scope.roles.items()
        if role in request.values
    )


def atoms_of(rule: Rule, policy: Policy) -> Iterator[Atom]:
    """The atoms of a rule's conditions, definitions opened, in order."""
    opened: set[str] = set()
    yield from _atoms(rule.when, policy, opened)
    yield from _atoms(rule.unless, policy, opened)


def atoms_in(formula: Formula, policy: Policy) -> Iterator[Atom]:
    """The atoms of a formula, definitions opened, in order."""
    return _atoms(formula, policy, set())


def _atoms(formula: Formula, policy: Policy, opened: set[str]) -> Iterator[Atom]:
    match formula:
        case Constant():
            return
        case Defined(name):
            if name not in opened:
                opened.add(name)
                yield from _atoms(policy.definitions[name].formula, policy, opened)
        case Not(operand):
            yield from _atoms(operand, policy, opened)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _atoms(operand, policy, opened)
        case _:
            yield formula


def is_opaque(atom: Atom, request: Request) -> bool:
    """Whether an atom compares what is missing in a way that cells do not settle."""
    missing = [v for v in sorted(read_by(atom)) if v not in request.values]
    match atom:
        case SameText():
            return len(missing) == 2
        case AtMost(terms, _) | Equals(terms, _):
            return len(missing) > 1 or (len(missing) == 1 and not steady(terms, missing[0]))
        case _:
            return False


def _relevant(
    policy: Policy, request: Request, live: Iterable[Rule], atoms: Iterable[Atom]
) -> tuple[Key, ...]:
    read = frozenset[Key]().union(*(read_by(atom) for atom in atoms))
    for role, taxonomy in policy.roles.items():
        if any(rule.scope.roles[role] != taxonomy.values[0].leaves for rule in live):
            read |= {role}
    order = [role for role in policy.roles if role != "data"] + [f.key for f in policy.facts]
    return tuple(v for v in order if v in read and v not in request.values)


# ------------------------------------------------------------------ cells by type


def cells_of(
    variable: Key, policy: Policy, request: Request, live: Iterable[Rule], atoms: Iterable[Atom]
) -> Sequence[Plain]:
    """The representatives of a missing variable's cells, in order.

    Of more sets than are looked at, `none` may be left out.
    """
    fact = policy.fact_by_key.get(variable)
    about = [atom for atom in atoms if variable in read_by(atom)]
    none: tuple[Plain, ...] = (None,) if fact is not None and fact.optional else ()
    match None if fact is None else fact.type:
        case BooleanType():
            return (*none, False, True)
        case None | TaxonomyType():
            scopes = [rule.scope.roles.get(variable, frozenset()) for rule in live]  # type: ignore[call-overload]
            leaves = range(len(policy.taxonomy_of(variable).leaves))
            return (*none, *_groups(leaves, scopes, about))
        case DateType():
            bounds = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
            return (*none, *_intervals(variable, *bounds, about, request))
        case IntegerType(low, high) | DurationType(low, high):
            return (*none, *_intervals(variable, low, high, about, request))
        case TextType():
            return (*none, *_texts(variable, about, request))
        case SetType():
            subsets = _subsets(len(policy.taxonomy_of(variable).leaves), about)
            return subsets if len(subsets) > MOST_COMPLETIONS else (*none, *subsets)


def _groups(
    leaves: Iterable[int], scopes: list[frozenset[int]], about: list[Atom]
) -> Iterator[int]:
    """The first leaf of each group of leaves that scopes and atoms do not tell apart."""
    single = any(isinstance(atom, SameLeaf) for atom in about)
    sets = scopes + [atom.leaves for atom in about if isinstance(atom, Within)]
    return _first_of_each(leaves, lambda leaf: leaf if single else tuple(leaf in s for s in sets))


def _first_of_each(leaves: Iterable[int], mark: Callable[[int], object]) -> Iterator[int]:
    seen: set[object] = set()
    for leaf in leaves:
        if mark(leaf) not in seen:
            seen.add(mark(leaf))
            yield leaf


def _intervals(
    variable: Key, low: int, high: int, about: list[Atom], request: Request
) -> list[int]:
    """The lowest value of each interval that the thresholds cut."""
    starts = {low}
    for atom in about:
        if isinstance(atom, AtMost | Equals) and _cuts(atom, variable, request):
            starts |= _starts(atom, variable, low, high, request)
    return sorted(starts)


def _cuts(atom: AtMost | Equals, variable: Key, request: Request) -> bool:
    others = facts_of(atom.terms) - {variable}
    known = all(request.values.get(other) is not None for other in others)
    return known and steady(atom.terms, variable)


def _starts(
    atom: AtMost | Equals, variable: Key, low: int, high: int, request: Request
) -> set[int]:
    """Where `atom` changes its truth as `variable` grows; its sum is monotone in it."""
    bounds = (atom.bound,) if isinstance(atom, AtMost) else (atom.bound - 1, atom.bound)
    found = set()
    for bound in bounds:
        at_most = AtMost(atom.terms, bound)

        def holds(value: int, at_most: AtMost = at_most) -> bool:
            return evaluate(at_most, World({**request.values, variable: value}, {}))

        start = _first_change(holds, low, high)
        found |= set() if start is None else {start}
    return found


def _first_change(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """The least value from which on `holds` differs from its truth at `low`, if any."""
    before = holds(low)
    if holds(high) == before:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) == before else (low, middle)
    return high


def _texts(variable: Key, about: list[Atom], request: Request) -> Iterator[str]:
    known: set[str] = set()
    for atom in about:
        match atom:
            case TextIs(_, text):
                known.add(text)
            case SameText(left, right):
                other = request.values.get(right if left == variable else left)
                known |= {other} if isinstance(other, str) else set()
            case _:
                pass
    yield from sorted(known)
    yield OTHER_TEXT * (1 + max((len(text) for text in known), default=0))


def _subsets(leaves: int, about: list[Atom]) -> Sequence[frozenset[int]]:
    """All sets of first leaves of groups; the first group counts as the lowest bit."""
    sets = [atom.leaves for atom in about if isinstance(atom, Contains)]
    held = [leaf for leaf in range(leaves) if any(leaf in s for s in sets)]
    return _Subsets(tuple(_first_of_each(held, lambda leaf: tuple(leaf in s for s in sets))))


@dataclass(frozen=True)
class _Subsets(Sequence[frozenset[int]]):
    """The subsets of `elements`, made when asked for: there may be very many."""

    elements: tuple[int, ...]

    def __len__(self) -> int:
        return int(2 ** min(len(self.elements), 62))

    @overload
    def __getitem__(self, number: int) -> frozenset[int]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[frozenset[int]]: ...
    def __getitem__(self, number: int | slice) -> frozenset[int] | Sequence[frozenset[int]]:
        if isinstance(number, slice):
            return [self[n] for n in range(len(self))[number]]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return frozenset(e for bit, e in enumerate(self.elements) if number >> bit & 1)
