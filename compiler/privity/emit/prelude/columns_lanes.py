"""Prelude, part 14: a run of rows decided at once, a bit each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from privity.emit.prelude.apart import _masks_of
from privity.emit.prelude.columns_part import _Part
from privity.emit.prelude.columns_source import _EPOCH, _Array, _packed
from privity.emit.prelude.index import _Index
from privity.emit.prelude.program import _Program
from privity.emit.prelude.tables import _Atom, _atoms_in

# --- copied from here


class _Lanes:
    """A set of rows for `apply`, in place of the integers that are sets of completions.

    It is never changed, as an integer is not: `a |= b` makes a new one. The only integer that
    `apply` mixes with it is 0, the empty set.
    """

    __slots__ = ("bits",)

    def __init__(self, bits: _Array) -> None:
        self.bits = bits

    def __and__(self, other: Any) -> _Lanes:
        return _Lanes(self.bits & (other and other.bits))

    def __or__(self, other: Any) -> _Lanes:
        return _Lanes(self.bits | (other and other.bits))

    def __xor__(self, other: Any) -> _Lanes:
        return _Lanes(self.bits ^ (other and other.bits))

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__


def _apply_lanes(
    p: _Program, atoms: Sequence[_Array], full: _Array
) -> tuple[_Array, Sequence[Any], Sequence[Any]]:
    """The rules, on rows: those permitted, and those in which each forbid, each permit applies."""
    lanes: list[Any] = [_Lanes(bits) for bits in atoms]
    if p.index is not None:
        return _apply_apart(p, p.index, lanes, full)
    known, about = tuple(lanes[: p.about_data]), tuple(lanes[p.about_data :])
    apply: Callable[..., Any] | None = p.apply
    assert apply
    permitted, forbids, permits = apply(known, about, _Lanes(full))
    return _bits_of(full, permitted), forbids, permits


def _apply_apart(
    p: _Program, index: _Index, lanes: Sequence[Any], full: _Array
) -> tuple[_Array, Sequence[Any], Sequence[Any]]:
    """The same of rules that are decided apart."""
    everywhere: Any = _Lanes(full)
    found: Any = _masks_of(p, index.order, dict(enumerate(lanes)), everywhere)
    each = [(rule.effect, found[number]) for number, rule in enumerate(p.rules)]
    forbids = [rows for effect, rows in each if effect == "forbid"]
    permits = [rows for effect, rows in each if effect == "permit"]
    permitted = full if p.default == "permit" else _union(full, permits)
    return permitted & ~_union(full, forbids), forbids, permits


def _union(full: _Array, found: Sequence[Any]) -> _Array:
    bits = full ^ full
    for rows in found:
        bits |= rows and rows.bits
    return bits


def _bits_of(full: _Array, found: Any) -> _Array:
    return full & (found and found.bits)


# ------------------------------------------------------------------ atoms


class _Rows:
    """A run of rows: their parts by number of variable, None for a variable without a column."""

    __slots__ = ("above", "count", "full", "none", "np", "parts")

    def __init__(self, np: Any, parts: Sequence[_Part | None], count: int) -> None:
        self.np, self.parts, self.count = np, parts, count
        self.none = np.zeros((count + 7) // 8, np.uint8)
        self.full = ~self.none
        self.above: dict[int, dict[int, _Array]] = {}

    def part(self, atom: _Atom, place: int = 0) -> _Part:
        part = self.parts[atom.reads[place]]
        assert part is not None
        return part

    def missing(self, number: int) -> _Array | None:
        """The rows in which a variable is missing."""
        part = self.parts[number]
        return self.full if part is None else part.missing

    def beyond(self, number: int, boundaries: Sequence[int]) -> dict[int, _Array]:
        """For each of a variable's boundaries the rows whose leaf has a greater number."""
        if number not in self.above:
            part = self.parts[number]
            assert part is not None
            self.above[number] = _beyond(self.np, part.values, boundaries)
        return self.above[number]

    def atom(self, atom: _Atom, lane: _Lane) -> _Array:
        """The rows in which an atom holds; none of those in which one of its variables is missing.

        As everywhere, an atom about what is none is false, but for that which says so.
        """
        parts = self.parts
        for number in atom.reads:
            if parts[number] is None:
                return self.none
        found = lane(self)
        for number in atom.reads:
            part: Any = parts[number]
            blank = part.missing if atom.kind == "is_none" else part.blank
            if blank is not None:
                found = found & ~blank
        return found


def _beyond(np: Any, values: _Array, boundaries: Sequence[int]) -> dict[int, _Array]:
    """For each boundary the rows whose leaf has a greater number.

    Eight boundaries at a time: few calls on much are quick, and yet need little memory.
    """
    found: dict[int, _Array] = {}
    for first in range(0, len(boundaries), 8):
        some = boundaries[first : first + 8]
        greater = values > np.array(some, values.dtype)[:, None]
        found |= zip(some, np.packbits(greater, axis=1, bitorder="little"), strict=True)
    return found


_Lane = Callable[[_Rows], _Array]
"""The rows in which an atom holds; where one of its variables is missing or none, anything."""
_MOST_BOUNDARIES = 6


def _lanes_of(p: _Program) -> list[_Lane]:
    """How each atom is found in columns."""
    boundaries: dict[int, list[int]] = {}
    lanes = [_lane_of(p, atom, boundaries) for atom in p.atoms]
    for found in boundaries.values():
        found[:] = sorted(set(found))
    return lanes


def _lane_of(p: _Program, atom: _Atom, boundaries: dict[int, list[int]]) -> _Lane:
    """How an atom is found. Where the leaves of a variable are told apart is added to its
    `boundaries`."""
    match atom.kind:
        case "holds":
            return lambda rows: rows.part(atom).values
        case "is_none":
            return lambda rows: _or_none(rows, rows.part(atom).none)
        case "within":
            return _within(p, atom, boundaries.setdefault(atom.reads[0], []))
        case "same_leaf":
            return lambda rows: _packed(
                rows.np, rows.part(atom).values == rows.part(atom, 1).values
            )
        case "contains" | "text_is":
            return lambda rows: _listed(rows, atom)
        case "same_text":
            return lambda rows: _same_text(rows.np, rows.part(atom), rows.part(atom, 1))
        case "sum":
            return _sum_lane(p, atom)


def _or_none(rows: _Rows, bits: _Array | None) -> _Array:
    return rows.none if bits is None else bits


def _within(p: _Program, atom: _Atom, boundaries: list[int]) -> _Lane:
    """Leaves change sides after each of a few boundaries of their own, or are looked up.

    `boundaries` are those of all atoms about the variable.
    """
    number = atom.reads[0]
    truth = [atom.test(leaf) for leaf in range(len(p.variables[number].members))]
    own = [n for n in range(len(truth) - 1) if truth[n] != truth[n + 1]]

    def compared(rows: _Rows) -> _Array:
        if not own:
            return rows.full if truth[0] else rows.none
        beyond = rows.beyond(number, boundaries)
        found = ~beyond[own[0]] if truth[0] else beyond[own[0]]
        for boundary in own[1:]:
            found = found ^ beyond[boundary]
        return found

    def looked_up(rows: _Rows) -> _Array:
        return _packed(rows.np, rows.np.array(truth).take(rows.part(atom).values))

    if len(own) > _MOST_BOUNDARIES:
        return looked_up
    boundaries += own
    return compared


def _listed(rows: _Rows, atom: _Atom) -> _Array:
    """Each different text or set is tested once."""
    part = rows.part(atom)
    truth = [atom.test(value) for value in part.plain] or [False]
    return _packed(rows.np, rows.np.array(truth).take(part.values, mode="clip"))


def _same_text(np: Any, left: _Part, right: _Part) -> _Array:
    """Each column has its own numbers: the right one's are put into the left one's."""
    places = {text: number for number, text in enumerate(left.plain)}
    numbers = [places.get(text, -1) for text in right.plain] or [-1]
    return _packed(np, left.values == np.array(numbers).take(right.values, mode="clip"))


def _sum_lane(p: _Program, atom: _Atom) -> _Lane:
    """The sum of whole columns. Where no day is moved by months, days may count from any day."""
    assert atom.total is not None
    total: Callable[..., Any] = atom.total
    places = range(len(atom.reads))
    dates = [p.variables[number].kind == "date" for number in atom.reads]
    moved = "_shift" in total.__code__.co_names
    ordinals = [_EPOCH if date else 0 for date in dates]
    bound = atom.bounds[-1] - (0 if moved else total(*ordinals))
    narrow = all(dates) and not moved and _weight(total, len(dates)) <= 256
    exact = len(atom.bounds) == 2

    def lane(rows: _Rows) -> _Array:
        columns = [rows.part(atom, place).values for place in places]
        if not narrow:
            columns = [values.astype(rows.np.int64, copy=False) for values in columns]
        if moved:
            columns = [v + base for v, base in zip(columns, ordinals, strict=True)]
        found = total(*columns)
        return _packed(rows.np, found == bound if exact else found <= bound)

    return lane


def _weight(total: Callable[..., Any], places: int) -> int:
    """The sum of the coefficients, without signs, of a sum without shifts."""
    units = ([int(place == other) for other in range(places)] for place in range(places))
    return sum(abs(total(*unit)) for unit in units)


# ------------------------------------------------------------------ groups of rows


class _Relevance:
    """What the decision on a row hangs on, as docs/completions.md says.

    A rule is live where each atom of its scope holds or reads what is missing. Only the atoms of
    live rules matter, and of what is missing only what these read. `open`: the rows in which that
    is something. `sets`: what tells rows apart, as far as it matters.
    """

    __slots__ = ("missing", "open", "sets")

    def __init__(self, p: _Program, rows: _Rows, atoms: Sequence[_Array]) -> None:
        read = [rows.none] * len(p.atoms)
        self.sets = []
        for rule in p.rules:
            live = rows.full
            for number in rule.scope:
                absent = rows.missing(p.atoms[number].reads[0])
                live = live & (atoms[number] if absent is None else atoms[number] | absent)
            self.sets.append(live)
            for number in _atoms_in(rule):
                read[number] = read[number] | live
        self.sets += [bits & about for bits, about in zip(atoms, read, strict=True)]
        self.missing: dict[int, _Array] = {}
        self.open = rows.none
        for number in p.read:
            abouts = [
                about for about, atom in zip(read, p.atoms, strict=True) if number in atom.reads
            ]
            self._variable(rows, number, abouts)

    def _variable(self, rows: _Rows, number: int, abouts: Sequence[_Array]) -> None:
        part, absent = rows.parts[number], rows.missing(number)
        relevant = rows.none
        for about in abouts:
            relevant = relevant | about
        if absent is not None:
            self.missing[number] = absent & relevant
            self.open = self.open | self.missing[number]
        # The same sets in every run, since answers are remembered by them.
        self.sets.append(self.missing.get(number, rows.none))
        none = None if part is None else part.none
        self.sets.append(rows.none if none is None else none & relevant)


class _Groups:
    """Rows told apart by more and more of what they have.

    `ids` are numbers of groups, and `codes` what the rows of each have: a number for each `split`.
    """

    __slots__ = ("codes", "ids", "np")

    def __init__(self, np: Any, rows: int) -> None:
        self.np, self.ids = np, np.zeros(rows, np.int32)
        self.codes: list[tuple[int, ...]] = [()]

    def split(self, codes: _Array, most: int) -> None:
        """By numbers below `most`."""
        np, size = self.np, len(self.codes) * most
        few = size <= 1 << 20
        joint = codes
        if len(self.codes) != 1:
            joint = (self.ids if few else self.ids.astype(np.int64)) * most + codes
        if few:
            found = np.flatnonzero(np.bincount(joint, minlength=size))
            places = np.zeros(size, np.int32)
            places[found] = np.arange(len(found))
            self.ids = places.take(joint)
        else:
            found, self.ids = np.unique(joint, return_inverse=True)
        self.codes = [(*self.codes[n // most], n % most) for n in found.tolist()]

    def samples(self) -> _Array:
        """A row of each group."""
        found = self.np.zeros(len(self.codes), self.np.int64)
        found[self.ids] = self.np.arange(len(self.ids))
        return found


def _octets(np: Any, lanes: Sequence[_Array], count: int) -> list[_Array]:
    """For each eight sets of rows a byte a row, its bits saying in which of them the row is."""
    spread = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    spread = spread.view("<u8").ravel()
    found = []
    for first in range(0, len(lanes), 8):
        bytes_ = np.zeros(len(lanes[0]), "<u8")
        for place, bits in enumerate(lanes[first : first + 8]):
            if bits.any():
                bytes_ |= spread.take(bits) << np.uint64(place)
        found.append(bytes_.view(np.uint8)[:count])
    return found


# --- to here
