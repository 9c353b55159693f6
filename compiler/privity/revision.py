"""A later text of a policy that compiled, compiled as far as is asked for.

An *outline* holds how the policy's own file falls into pieces, and what other declarations can see
of each rule: its name, its effect, what it yields to, the names of its duties. Where a later text
differs from it inside rules alone, and these look the same from outside, every other declaration
means what it meant and is as free of errors as it was. So a text in which most rules are blanked
out compiles to the same policy with those rules missing, at the same lines.

Pieces begin at the start of a line, where no comment and no string goes on from the line before.
The piece after a changed one is always read, so that what follows a rule cannot become part of it
unseen, and `Revision.holds` compares where declarations begin. Whatever is in doubt is no revision:
then the whole text has to be compiled.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from privity.model.nodes import Effect, Policy, Role, Rule
from privity.pipeline import Compiled
from privity.syntax import nodes as tree

Leaves = int
"""A set of leaves: bit n is set iff leaf n is in it."""


class Face(NamedTuple):
    """What is seen of a rule from outside, and its scope, in the order of the policy's roles."""

    effect: Effect
    name: str
    yields_to: tuple[str, ...]
    duties: tuple[str, ...]
    scope: tuple[Leaves, ...]

    @property
    def outside(self) -> object:
        """All but the scope, which no other declaration can see."""
        return self.effect, self.name, self.yields_to, self.duties


class Piece(NamedTuple):
    """A stretch of text from the start of a line on.

    `starts` says where in it declarations begin. `face` is there iff it holds one rule alone.
    """

    size: int
    digest: str
    starts: tuple[int, ...]
    face: Face | None


@dataclass(frozen=True)
class Outline:
    """`roles` are the policy's; `always` names the rules that other declarations speak of."""

    roles: tuple[Role, ...]
    pieces: tuple[Piece, ...]
    always: tuple[str, ...]

    @cached_property
    def faces(self) -> Mapping[str, Face]:
        return {piece.face.name: piece.face for piece in self.pieces if piece.face is not None}

    def closed(self, names: Iterable[str]) -> frozenset[str]:
        """`names` with all rules that these yield to, and so on."""
        faces = self.faces
        known = (name for name in names if name in faces)
        return _reached(known, lambda name: (r for r in faces[name].yields_to if r in faces))

    def yielding(self, names: Set[str]) -> frozenset[str]:
        """`names` with all rules that yield to these, and so on."""
        back: dict[str, list[str]] = {}
        for face in self.faces.values():
            for other in face.yields_to:
                back.setdefault(other, []).append(face.name)
        return _reached(names, lambda name: back.get(name, ()))

    def meeting(self, scope: Sequence[Leaves]) -> Iterator[str]:
        """The rules whose scope meets another."""
        for face in self.faces.values():
            if meet(face.scope, scope):
                yield face.name


def _reached(names: Iterable[str], next_to: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """`names` with all that is next to them, and so on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += next_to(name)
    return frozenset(found)


def meet(left: Sequence[Leaves], right: Sequence[Leaves]) -> bool:
    """Whether two scopes, over the same roles, have a disclosure in common."""
    return all(mine & theirs for mine, theirs in zip(left, right, strict=True))


def leaves_of(roles: Mapping[Role, frozenset[int]], order: Sequence[Role]) -> tuple[Leaves, ...]:
    """A scope as its sets of leaves, role by role."""
    return tuple(sum(1 << leaf for leaf in roles[role]) for role in order)


# ------------------------------------------------------------------ an outline


def outline_of(compiled: Compiled) -> Outline:
    """The outline of a policy that compiled."""
    policy, module = compiled.sound, compiled.modules[-1]
    text = compiled.sources[module.header.span.file]
    pieces = tuple(_pieces(module, text, policy))
    return Outline(tuple(policy.roles), pieces, tuple(_spoken_of(policy)))


def _pieces(module: tree.Module, text: str, policy: Policy) -> Iterator[Piece]:
    """The text cut at each declaration that begins a line; the first piece holds the header."""
    held: dict[int, list[tree.Declaration]] = {0: []}
    start = 0
    for node in module.declarations:
        if node.span.column == 1:
            start = node.span.start
        held.setdefault(start, []).append(node)
    for (start, inside), stop in zip(held.items(), [*list(held)[1:], len(text)], strict=True):
        starts = tuple(node.span.start - start for node in inside)
        yield Piece(stop - start, _digest(text[start:stop]), starts, _face(inside, policy, start))


def _face(nodes: Sequence[tree.Declaration], policy: Policy, start: int) -> Face | None:
    match nodes:
        case [tree.Rule() as node] if node.span.start == start:
            return face_of(policy.rule_by_name[node.name.text], tuple(policy.roles))
        case _:
            return None


def face_of(rule: Rule, roles: Sequence[Role]) -> Face:
    duties = tuple(duty.name for duty in rule.duties)
    scope = leaves_of(rule.scope.roles, roles)
    return Face(rule.effect, rule.name, rule.yields_to, duties, scope)


def _spoken_of(policy: Policy) -> Iterator[str]:
    """Rules without which a scenario or a claim would name something unknown."""
    yield from (
        name
        for scenario in policy.scenarios
        for expectation in scenario.expectations
        for name in expectation.rules or ()
    )
    carrying = {duty.name: rule.name for rule in reversed(policy.rules) for duty in rule.duties}
    yield from carrying.values()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


# ------------------------------------------------------------------ a later text


@dataclass(frozen=True)
class Revision:
    """A text that differs from an outline in some pieces alone, all of them rules.

    `places` says where each piece begins in it, and where the last one ends; `written` are the
    numbers of the pieces that are written differently.
    """

    outline: Outline
    text: str
    places: tuple[int, ...]
    written: frozenset[int]

    @property
    def changed(self) -> frozenset[str]:
        """The rules that are written differently."""
        faces = (self.outline.pieces[number].face for number in self.written)
        return frozenset(face.name for face in faces if face is not None)

    def masked(self, kept: Set[str]) -> str:
        """The text with blanks for the rules that are neither in `kept` nor changed."""
        parts = enumerate(map(self._part, range(len(self.outline.pieces))))
        return "".join(part if self._is_shown(n, kept) else _blank(part) for n, part in parts)

    def _part(self, number: int) -> str:
        return self.text[self.places[number] : self.places[number + 1]]

    def _is_shown(self, number: int, kept: Set[str]) -> bool:
        face = self.outline.pieces[number].face
        is_new = number in self.written or number - 1 in self.written
        return face is None or face.name in kept or is_new

    def holds(self, compiled: Compiled, kept: Set[str]) -> bool:
        """Whether the masked text compiled to what it was blanked out for: the declarations that
        were there, in their places, those that are written differently being the same rules as
        far as can be seen from outside.
        """
        pieces, nodes = self.outline.pieces, compiled.modules[-1].declarations
        wanted = [
            self.places[number] + start
            for number, piece in enumerate(pieces)
            if self._is_shown(number, kept)
            for start in piece.starts
        ]
        if [node.span.start for node in nodes] != wanted:
            return False
        found = {node.span.start: node for node in nodes}
        policy = compiled.sound
        return all(
            _is_same_rule(pieces[n].face, found.get(self.places[n]), policy) for n in self.written
        )

    def outlined(self, compiled: Compiled) -> Outline:
        """The outline of this text, from what the masked one compiled to."""
        policy = compiled.sound
        pieces = list(self.outline.pieces)
        for number in self.written:
            face, part = pieces[number].face, self._part(number)
            assert face is not None
            renewed = face_of(policy.rule_by_name[face.name], self.outline.roles)
            pieces[number] = Piece(len(part), _digest(part), (0,), renewed)
        return Outline(self.outline.roles, tuple(pieces), self.outline.always)


def _is_same_rule(face: Face | None, node: tree.Declaration | None, policy: Policy) -> bool:
    if face is None or node is None:
        return False
    found = _face([node], policy, node.span.start)
    return found is not None and found.outside == face.outside


def revision_of(outline: Outline, text: str) -> Revision | None:
    """How `text` differs from an outline; None where it differs in more than rules."""
    pieces = outline.pieces
    first = start = 0
    while first < len(pieces) and _is(pieces[first], text, start):
        start += pieces[first].size
        first += 1
    last, end = len(pieces) - 1, len(text)
    while last >= first and end - pieces[last].size >= start:
        if not _is(pieces[last], text, end - pieces[last].size):
            break
        end -= pieces[last].size
        last -= 1
    between = _heads(pieces[first : last + 1], text, start, end)
    if between is None:
        return None
    before = accumulate((piece.size for piece in pieces[:first]), initial=0)
    after = accumulate((piece.size for piece in pieces[last + 1 :]), initial=end)
    places = (*list(before)[:-1], *between, *after)
    parts = enumerate(pairwise(places))
    written = (n for n, (a, b) in parts if pieces[n].digest != _digest(text[a:b]))
    return Revision(outline, text, places, frozenset(written))


_HEAD = re.compile(r"^(permit|forbid)[ \t]+([a-z][a-z0-9_]*)", re.MULTILINE)


def _heads(pieces: Sequence[Piece], text: str, start: int, end: int) -> list[int] | None:
    """Where each of these pieces seems to begin between two places at the starts of lines; None
    where they are not all rules, each beginning a line, in the same order."""
    whole_lines = end == len(text) or text[end - 1 : end] == "\n"
    if start > end or not whole_lines:
        return None
    found = [(m.start(), (m[1], m[2])) for m in _HEAD.finditer(text, start, end)]
    wanted = [(piece.face.effect, piece.face.name) if piece.face else None for piece in pieces]
    at = [place for place, _ in found]
    if [head for _, head in found] != wanted or at[:1] != ([start] if start < end else []):
        return None
    return at


def _is(piece: Piece, text: str, start: int) -> bool:
    return piece.digest == _digest(text[start : start + piece.size])


def _blank(part: str) -> str:
    """As long, with as many lines."""
    lines = part.count("\n")
    return " " * (len(part) - lines) + "\n" * lines


# ------------------------------------------------------------------ claims


def claim_digests(compiled: Compiled, own: str) -> dict[str, str]:
    """For each claim, by name, what stands for all that the files of claims say to it.

    That is its own text and every declaration there that is no claim. `own` is the text of the
    policy's own file as it was read; of its declarations, only claims count.
    """
    texts = [(module, compiled.sources[module.header.span.file]) for module in compiled.claims]
    rest = hashlib.sha256()
    found: dict[str, str] = {}
    for module, text in texts:
        for node, part in _parts(module, text):
            if isinstance(node, tree.Claim):
                found[node.name.text] = part
            else:
                rest.update(f"{module.header.span.file}\0{len(part)}\0{part}".encode())
    for node, part in _parts(compiled.modules[-1], own):
        if isinstance(node, tree.Claim):
            found[node.name.text] = part
    return {name: _digest(f"{rest.hexdigest()} {part}") for name, part in found.items()}


def _parts(module: tree.Module, text: str) -> Iterator[tuple[tree.Declaration | tree.Header, str]]:
    """The header and each declaration with its text, up to the next one."""
    nodes: list[tree.Declaration | tree.Header] = [module.header, *module.declarations]
    ends = [*(node.span.start for node in nodes[1:]), len(text)]
    for node, end in zip(nodes, ends, strict=True):
        yield node, text[node.span.start : end].rstrip()
