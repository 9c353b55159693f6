"""A later text of a policy that compiled, compiled as far as is asked for.

An *outline* holds how the policy's own file falls into pieces, and what other declarations can see
of each rule: its name, its effect, what it yields to, the names of its duties. Where a later text
differs from it inside rules alone, and these look the same from outside, every other declaration
means what it meant and is as free of errors as it was. So a text in which most rules are blanked
out compiles to the same policy with those rules missing, at the same lines.

Pieces begin at the start of a line, before which the reader is between declarations: no comment
and no string reaches over the end of a line. The piece after a changed one is always read, so
that what follows a rule cannot become part of it unseen, and `Revision.holds` compares where
declarations begin. Whatever is in doubt is no revision: then the whole text has to be compiled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from privity.model.nodes import Claim, Effect, Policy, Role, Rule
from privity.pipeline import Compiled
from privity.syntax import nodes as tree

Leaves = int
"""A set of leaves: bit n is set iff leaf n is in it."""


@dataclass(frozen=True, slots=True)
class Face:
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


@dataclass(frozen=True, slots=True)
class Piece:
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
        found: set[str] = set()
        waiting = [name for name in names if name in self.faces]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += (other for other in self.faces[name].yields_to if other in self.faces)
        return frozenset(found)

    def yielding(self, names: Set[str]) -> frozenset[str]:
        """`names` with all rules that yield to these, and so on."""
        back: dict[str, list[str]] = {}
        for face in self.faces.values():
            for other in face.yields_to:
                back.setdefault(other, []).append(face.name)
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += back.get(name, ())
        return frozenset(found)

    def meeting(self, scope: Sequence[Leaves]) -> Iterator[str]:
        """The rules whose scope meets another."""
        for face in self.faces.values():
            if meet(face.scope, scope):
                yield face.name


def meet(left: Sequence[Leaves], right: Sequence[Leaves]) -> bool:
    """Whether two scopes, over the same roles, have a disclosure in common."""
    return all(mine & theirs for mine, theirs in zip(left, right, strict=True))


def leaves_of(roles: Mapping[Role, frozenset[int]], order: Sequence[Role]) -> tuple[Leaves, ...]:
    """A scope as its sets of leaves, role by role."""
    return tuple(sum(1 << leaf for leaf in roles[role]) for role in order)


# ------------------------------------------------------------------ an outline


def outline_of(compiled: Compiled) -> Outline:
    """The outline of a policy that compiled."""
    policy = _policy(compiled)
    module = compiled.modules[-1]
    text = compiled.sources[module.header.span.file]
    pieces = tuple(_pieces(module, text, policy, 0, len(text)))
    return Outline(tuple(policy.roles), pieces, tuple(_spoken_of(policy)))


def _pieces(
    module: tree.Module, text: str, policy: Policy, first: int, end: int
) -> Iterator[Piece]:
    """The pieces of `text` between two places at the starts of lines."""
    nodes = [n for n in module.declarations if first <= n.span.start < end]
    cuts = [first, *(n.span.start for n in nodes if n.span.column == 1), end]
    cuts = list(dict.fromkeys(cuts))
    held: dict[int, list[tree.Declaration]] = {cut: [] for cut in cuts}
    place = 0
    for node in nodes:
        while place + 1 < len(cuts) and cuts[place + 1] <= node.span.start:
            place += 1
        held[cuts[place]].append(node)
    for start, stop in pairwise(cuts):
        inside = held[start]
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


def _policy(compiled: Compiled) -> Policy:
    assert compiled.policy is not None
    return compiled.policy


# ------------------------------------------------------------------ a later text


@dataclass(frozen=True)
class Revision:
    """A text that differs from an outline in the pieces `first` to `last` alone, all of them
    rules; they stand in it from `start` to `end`. Nothing differs where `first` is after `last`.
    """

    outline: Outline
    text: str
    first: int
    last: int
    start: int
    end: int

    @property
    def changed(self) -> frozenset[str]:
        """The rules that are written differently."""
        faces = (piece.face for piece in self.outline.pieces[self.first : self.last + 1])
        return frozenset(face.name for face in faces if face is not None)

    def masked(self, kept: Set[str]) -> str:
        """The text with blanks for the rules that are neither in `kept` nor changed."""
        return "".join(self._shown(kept))

    def _shown(self, kept: Set[str]) -> Iterator[str]:
        for number, place, piece in self._unchanged():
            if number == self.last + 1:
                yield self.text[self.start : self.end]
            part = self.text[place : place + piece.size]
            yield part if self._is_shown(number, piece, kept) else _blank(part)
        if self.last + 1 == len(self.outline.pieces):
            yield self.text[self.start : self.end]

    def _is_shown(self, number: int, piece: Piece, kept: Set[str]) -> bool:
        follows = number == self.last + 1 and self.first <= self.last
        return piece.face is None or piece.face.name in kept or follows

    def _unchanged(self) -> Iterator[tuple[int, int, Piece]]:
        """Pieces that are as they were: number, place in the text, piece."""
        place = 0
        for number, piece in enumerate(self.outline.pieces):
            if self.first <= number <= self.last:
                place = self.end
            else:
                yield number, place, piece
                place += piece.size

    def holds(self, compiled: Compiled, kept: Set[str]) -> bool:
        """Whether the masked text compiled to what it was blanked out for: the declarations
        that were there, in their places, and in the changed stretch the same rules, which look
        as they did from outside.
        """
        module = compiled.modules[-1]
        found = [node.span.start for node in module.declarations]
        inside = [n for n in module.declarations if self.start <= n.span.start < self.end]
        wanted = [
            place + start
            for number, place, piece in self._unchanged()
            if self._is_shown(number, piece, kept)
            for start in piece.starts
        ]
        others = [start for start in found if not self.start <= start < self.end]
        return others == wanted and self._same_rules(inside, _policy(compiled))

    def _same_rules(self, nodes: Sequence[tree.Declaration], policy: Policy) -> bool:
        before = [p.face for p in self.outline.pieces[self.first : self.last + 1]]
        after = [_face([node], policy, node.span.start) for node in nodes]
        if len(before) != len(after):
            return False
        # What stands before the first of them would belong to the rule before.
        if nodes and nodes[0].span.start != self.start:
            return False
        pairs = zip(before, after, strict=True)
        return all(a is not None and b is not None and a.outside == b.outside for a, b in pairs)

    def outlined(self, compiled: Compiled) -> Outline:
        """The outline of this text, from what the masked one compiled to."""
        pieces, policy = self.outline.pieces, _policy(compiled)
        new = _pieces(compiled.modules[-1], self.text, policy, self.start, self.end)
        changed = tuple(new) if self.first <= self.last else ()
        renewed = (*pieces[: self.first], *changed, *pieces[self.last + 1 :])
        return Outline(self.outline.roles, renewed, self.outline.always)


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
    if first > last:
        return Revision(outline, text, first, last, start, end) if start == end else None
    damaged = pieces[first : last + 1]
    whole_lines = end == len(text) or text[end - 1 : end] == "\n"
    if any(piece.face is None for piece in damaged) or start >= end or not whole_lines:
        return None
    return Revision(outline, text, first, last, start, end)


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


def claim_scope(claim: Claim, policy: Policy) -> tuple[Leaves, ...] | None:
    """The disclosures that a claim is about; None where it compares policies."""
    from privity.prove.obligations import scope_of

    scope = scope_of(claim.statement)
    return None if scope is None else leaves_of(scope.roles, tuple(policy.roles))
