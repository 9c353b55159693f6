"""Prelude, part 12: decision tables, made once by running the rules, for `check`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from privity.emit.prelude.answer import _decide
from privity.emit.prelude.apart import _decide_complete
from privity.emit.prelude.decide import Decision, _decided
from privity.emit.prelude.errors import _wrong_type
from privity.emit.prelude.program import _Program
from privity.emit.prelude.reading import _Stated
from privity.emit.prelude.tables import _Atom, _Values

# --- copied from here

_MOST_LANES = 2**16
_MOST_ASKED = 12


_Later = Callable[[_Values], Decision | None]
"""What is left to ask where roles and boolean facts are known, of values none of them missing."""


_Entry = Decision | _Later | None


_Tables = tuple[tuple[Decision | None, ...], tuple[_Later, ...]]
"""Decisions by place, see _Stated; where one is None, what leads to it. At place 0 nothing does."""


def _nothing(values: _Values) -> Decision | None:
    """Nothing leads to a decision but the rules."""


def _tabulated(p: _Program) -> _Tables:
    """A stretch of places for each combination of roles that rules tell apart.

    Each truth of the boolean facts has a place in it, twice: for requests that state all that
    rules read, and for those that do not. Stretches that are the same are one.
    """
    if p.index is not None:
        p.index.defaults = _decided(p, p.default, ())
    decisions: list[Decision | None] = [None]
    later: list[_Later] = [_nothing]
    if p.role_sizes:
        groups = [_grouped(p, number) for number, _ in p.role_sizes]
        maker, found = _Maker(p), {}
        for leaves in product(*(sorted(set(group)) for group in groups)):
            entries = maker.entries(leaves)
            start = maker.starts.setdefault(tuple(map(id, entries)), len(decisions))
            if start == len(decisions):
                decisions += [None if callable(entry) else entry for entry in entries] * 2
                later += [entry if callable(entry) else _nothing for entry in entries]
                later += [_nothing] * len(entries)
            found[leaves] = start
        p.starts = [found[leaves] for leaves in product(*groups)]
    return tuple(decisions), tuple(later)


def _grouped(p: _Program, number: int) -> list[int]:
    """For each leaf of a role, the first leaf that no atom tells from it.

    Decisions name the data category, so each of those stands by itself.
    """
    about = [atom for atom in p.atoms if number in atom.reads]
    tests = [atom.test for atom in about if atom.kind == "within"]
    leaves = range(len(p.variables[number].members))
    if number == 0 or any(atom.kind != "within" for atom in about):
        return list(leaves)
    marks = [tuple([test(leaf) for test in tests]) for leaf in leaves]
    return [marks.index(mark) for mark in marks]


_Shape = tuple[list[int], list[tuple[int, ...]], list[int]]
"""The atoms left, the lanes of each truth of facts at hand, and which of these each place has."""


class _Maker:
    """Makes the entries of tables, each once, as long as there is `room` for lanes.

    The rules are run on sets of *lanes*, as they are on sets of completions. A lane is one truth
    of the boolean facts together with one of all the atoms that these leave open. Rules read
    nothing but atoms, so a request is decided as the lane is that has the truths of its atoms.
    Since atoms hang together there are lanes that no request has.
    """

    def __init__(self, p: _Program) -> None:
        self.p = p
        roles = {number for number, _ in p.role_sizes}
        self.of_roles = [(n, a) for n, a in enumerate(p.atoms) if roles.issuperset(a.reads)]
        self.room = _MOST_LANES
        self.shapes: dict[tuple[bool, ...], _Shape] = {}
        self.starts: dict[tuple[int, ...], int] = {}
        self.ends: dict[tuple[int, ...], Sequence[Decision]] = {}
        self.forks: dict[tuple[int, int, int], _Later] = {}

    def entries(self, leaves: Sequence[int]) -> list[_Entry]:
        """What each truth of the boolean facts leads to; None where that takes too much."""
        held = {n: atom.test(*[leaves[role] for role in atom.reads]) for n, atom in self.of_roles}
        shape = tuple(held.values())
        if shape not in self.shapes:
            self.shapes[shape] = self.shape(held)
        left, each, places = self.shapes[shape]
        entries = [self.entry(one, left, leaves[0]) for one in each]
        return [entries[place] for place in places]

    def shape(self, held: dict[int, bool]) -> _Shape:
        """What the rules come to where these atoms about roles hold, whatever the data."""
        p, (facts, left) = self.p, self.at_hand(held)
        width, lanes = 1 << len(left), 1 << len(facts) + len(left)
        if lanes > self.room or len(facts) + len(left) > _MOST_ASKED:
            return [], [()], [0] * (1 << len(p.booleans))
        self.room -= lanes
        rows = self.rows(held, [*left, *facts], (1 << lanes) - 1)
        part = (1 << width) - 1
        each = [tuple([row >> first & part for row in rows]) for first in range(0, lanes, width)]
        bits = {p.atoms[number].reads[0]: 1 << bit for bit, number in enumerate(facts)}
        places = [0]
        for number, _ in p.booleans:
            bit = bits.get(number, 0)
            places += [place | bit for place in places] if bit else places
        return left, each, places

    def at_hand(self, held: dict[int, bool]) -> tuple[list[int], list[int]]:
        """The atoms that rules at hand read: those that a boolean fact settles, and those left.

        The last of these is asked first: whether there is a value comes before what it is.
        """
        atoms, booleans = self.p.atoms, dict(self.p.booleans)
        at_hand = [rule for rule in self.p.rules if all(held[number] for number in rule.scope)]
        read = sorted({number for rule in at_hand for number in rule.atoms if number not in held})
        left = [number for number in read if atoms[number].reads[0] not in booleans]
        # That a boolean fact is none holds in no table.
        facts = [number for number in read if number not in left and atoms[number].kind == "holds"]
        return facts, sorted(left, key=lambda number: (atoms[number].kind == "is_none", -number))

    def rows(self, held: dict[int, bool], asked: Sequence[int], full: int) -> list[int]:
        """The lanes that are permitted, and those in which each forbid, each permit applies.

        Where atoms hold that no rule at hand reads makes no difference.
        """
        p, masks = self.p, [0] * len(self.p.atoms)
        for number, holds in held.items():
            masks[number] = full if holds else 0
        for bit, number in enumerate(asked):
            masks[number] = _lanes(1 << bit, full)
        assert p.apply
        known, of_data = tuple(masks[: p.about_data]), tuple(masks[p.about_data :])
        permitted, forbids, permits = p.apply(known, of_data, full)
        return [permitted, *forbids, *permits]

    def entry(self, lanes: tuple[int, ...], left: list[int], category: int) -> _Entry:
        """What the lanes of one truth of the boolean facts come to; where there are none, None."""
        if not lanes:
            return None
        if not left:
            found = self.end(lanes)[category]
            return None if found.duties else found
        half = 1 << len(left) - 1
        low = (1 << half) - 1
        yes = self.entry(tuple([lane >> half for lane in lanes]), left[:-1], category)
        no = self.entry(tuple([lane & low for lane in lanes]), left[:-1], category)
        if yes is no:
            return yes
        fork = left[-1], id(yes), id(no)
        if fork not in self.forks:
            self.forks[fork] = _forked(self.p.atoms[left[-1]], yes, no)
        return self.forks[fork]

    def end(self, lanes: tuple[int, ...]) -> Sequence[Decision]:
        """The decisions in a lane, by data category."""
        if lanes not in self.ends:
            p, (permitted, *applied) = self.p, lanes
            wanted = "permit" if permitted else "forbid"
            rules = zip([*p.forbids, *p.permits], applied, strict=True)
            named = [p.place[rule.name] for rule, held in rules if held and rule.effect == wanted]
            self.ends[lanes] = _decided(p, "permit" if permitted else "deny", tuple(named))
        return self.ends[lanes]


def _lanes(width: int, full: int) -> int:
    """The lanes whose number has the bit `width`."""
    return full // ((1 << width) + 1) << width


def _forked(atom: _Atom, yes: _Entry, no: _Entry) -> _Later:
    """Goes on with `yes` where the atom holds, else with `no`."""
    test, reads = atom.test, atom.reads
    if callable(yes) or callable(no):
        first, second = _going_on(yes), _going_on(no)
        if atom.kind == "is_none":
            number = reads[0]
            return lambda values: (first if values[number] is None else second)(values)
        return lambda values: (first if test(*[values[n] for n in reads]) else second)(values)
    if len(reads) == 2:
        one, two = reads
        return lambda values: yes if test(values[one], values[two]) else no
    return lambda values: yes if test(*[values[n] for n in reads]) else no


def _going_on(entry: _Entry) -> _Later:
    return entry if callable(entry) else lambda values: entry


def _check(p: _Program, request: object) -> Decision:
    """The decision on a request that no table holds."""
    if p.index is not None and isinstance(request, _Stated) and request._roles >= 0:
        # Its values need no copy: what would be written to them stands there.
        found = _decide_complete(p, p.index, request._roles, request._facts, request._values)
        if found is not None:
            return found
    return _decide(p, *_stated(request))


def _stated(request: object) -> tuple[list[int], _Values]:
    """The data categories and plain values of a `Request`."""
    if not isinstance(request, _Stated):
        raise _wrong_type("", "a Request", request)
    return request._data, request._values.copy()


# --- to here
