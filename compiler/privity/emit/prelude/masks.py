"""Prelude, part 6: all completions of a request at once, one bit each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from privity.emit.prelude.cells import _atoms_of, _cells, _chosen, _live, _opaque
from privity.emit.prelude.program import _Program
from privity.emit.prelude.tables import _Atom, _Values
from privity.emit.prelude.values import MISSING

# --- copied from here


class _Axis(NamedTuple):
    """A choice that completions make: a digit of their number, worth `stride`."""

    stride: int
    cells: Sequence[Any]

    @property
    def span(self) -> int:
        """How many completions pass until the digit is the same again."""
        return self.stride * len(self.cells)


class _Space:
    """The completions of a partial request, numbered; bit n of a mask stands for number n.

    `axes` holds the axis of each relevant missing variable. A set has one for whether it is
    `none`, and in `chosen` one for each group of leaves; that is the same as an axis of all
    subsets, but masks are found without listing these. `free` has those of opaque atoms.
    """

    __slots__ = (
        "axes",
        "chosen",
        "data",
        "free",
        "full",
        "live",
        "p",
        "read",
        "relevant",
        "size",
        "values",
    )

    def __init__(self, p: _Program, data: Sequence[int], values: _Values) -> None:
        self.p, self.data, self.values = p, data, values
        self.live = _live(p, data, values)
        self.read = _atoms_of(p, self.live)
        found = {v for n in self.read for v in p.atoms[n].reads if values[v] is MISSING}
        self.relevant = sorted(found)
        self.size = 1
        self.axes: dict[int, _Axis] = {}
        self.chosen: dict[int, list[_Axis]] = {}
        self.free: dict[int, _Axis] = {}
        self.full = 1

    def open(self, limit: int) -> bool:
        """Lay out the axes; False if there are more completions than `limit`."""
        p, completions = self.p, 1
        firsts: dict[int, list[int]] = {}
        for number in self.relevant:
            about = [p.atoms[n] for n in self.read if number in p.atoms[n].reads]
            cells = _cells(p, number, about, self.values)
            if p.variables[number].kind == "set":
                firsts[number] = _chosen(p.variables[number], about)
            # All subsets of the groups, and none.
            completions *= len(cells) - 1 + 2 ** len(firsts.get(number, ()))
            self.axes[number] = self._axis(cells)
        opaque = [n for n in self.read if _opaque(p.atoms[n], self.values)]
        if completions << len(opaque) > limit:
            return False
        for number, leaves in firsts.items():
            self.chosen[number] = [self._axis((None, leaf)) for leaf in leaves]
        self.free = {n: self._axis((False, True)) for n in opaque}
        self.full = (1 << self.size) - 1
        return True

    def _axis(self, cells: Sequence[Any]) -> _Axis:
        axis = _Axis(self.size, cells)
        self.size *= len(cells)
        return axis

    def masks(self, numbers: Iterable[int], category: int) -> tuple[int, ...]:
        """The completions in which each atom holds. What no live rule reads has any mask: 0."""
        atoms, values, read, full = self.p.atoms, self.values, self.read, self.full
        found = []
        for number in numbers:
            mask, atom = 0, atoms[number]
            if number in read:
                only = atom.reads[0] if len(atom.reads) == 1 else -1
                value = MISSING if only < 0 else values[only] if only else category
                if value is MISSING:
                    mask = self._mask(number, atom, category)
                elif atom.test(value):
                    mask = full
            found.append(mask)
        return tuple(found)

    def _mask(self, number: int, atom: _Atom, category: int) -> int:
        if number in self.free:
            return self._but_first(self.free[number]) & ~self._none_in(atom)
        arguments = [category if read == 0 else self.values[read] for read in atom.reads]
        places = [place for place, value in enumerate(arguments) if value is MISSING]
        if not places:
            return self.full if atom.test(*arguments) else 0
        if atom.kind == "contains":
            return self._contains(atom)
        varied = [(self.axes[atom.reads[place]], place) for place in places]
        varied.sort(key=lambda one: (one[0].span, one[0].stride), reverse=True)
        return self._repeated(_block(atom.test, arguments, varied), varied[0][0])

    def _repeated(self, block: int, axis: _Axis) -> int:
        """A mask from its bits for the lowest completions, as many as the axis spans."""
        return _repeat(block, axis.span, self.size)

    def _but_first(self, axis: _Axis) -> int:
        """The completions that do not choose the first cell."""
        return self._repeated((1 << axis.span) - (1 << axis.stride), axis)

    def _none_in(self, atom: _Atom) -> int:
        """The completions in which one of the atom's variables is none."""
        found = 0
        for number in atom.reads:
            if self.values[number] is None:
                return self.full
            if number in self.axes and self.axes[number].cells[0] is None:
                found |= self.full ^ self._but_first(self.axes[number])
        return found

    def _contains(self, atom: _Atom) -> int:
        held = 0
        for axis in self.chosen[atom.reads[0]]:
            if atom.test(frozenset((axis.cells[1],))):
                held |= self._but_first(axis)
        return held & ~self._none_in(atom)

    def depends(self, mask: int, number: int) -> bool:
        """Whether two completions that differ in this variable alone are told apart by `mask`.

        They may differ in the opaque atoms that read it as well. Any two such are joined by
        steps along one axis each, so it is enough to look at neighbours.
        """
        about = [axis for n, axis in self.free.items() if number in self.p.atoms[n].reads]
        axes = (self.axes[number], *self.chosen.get(number, ()), *about)
        return any(self._varies(mask, axis) for axis in axes)

    def _varies(self, mask: int, axis: _Axis) -> bool:
        differ = mask ^ (mask >> axis.stride)
        but_last = self._repeated((1 << (axis.span - axis.stride)) - 1, axis)
        return differ & but_last != 0


def _block(test: Callable[..., bool], arguments: list[Any], varied: list[tuple[_Axis, int]]) -> int:
    """The truth of `test` for as many completions as the first axis spans.

    `varied` holds the axes of the missing arguments and their places, the widest first.
    """
    (axis, place), *inner = varied
    stride, block, first = axis.stride, 0, 0
    for number, cell in enumerate(axis.cells):
        arguments[place] = cell
        if inner:
            part = _block(test, arguments, inner)
            block |= _repeat(part, inner[0][0].span, stride) << (number * stride)
        elif not test(*arguments):
            # The cells from `first` on hold.
            block |= (1 << (number * stride)) - (1 << (first * stride))
            first = number + 1
    return block if inner else block | (1 << axis.span) - (1 << (first * stride))


def _repeat(block: int, span: int, size: int) -> int:
    """`block`, of `span` bits, over and over, `size` bits in all."""
    times, mask, filled = size // span, 0, 0
    while times:
        if times & 1:
            mask |= block << filled
            filled += span
        times >>= 1
        if times:
            block |= block << span
            span *= 2
    return mask


# --- to here
