"""A diagram that decides all data categories at once and asks about each comparison by itself.

For targets that follow every path which what is known leaves open. For one category, or for a
complete request, `decide` has the smaller diagram. Two things differ here:

- The ends say what each *group* of categories gets. Categories share all other variables, so that
  what a set of them gets is read off one end, completion by completion.
- Comparisons of one sum are questions of their own: where two of its facts are missing, each is
  free, as docs/completions.md has it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations, product
from math import prod
from typing import cast

from privity.lower.atoms import rule_atoms
from privity.lower.decide import MOST_ORDERS, MOST_QUESTIONS, Decided, Encoder, by_effect
from privity.lower.diagram import Builder, Diagram, Node, Ref, TooLargeError
from privity.lower.questions import (
    Question,
    Region,
    Truth,
    arms,
    asked_of,
    guards,
    questions_of,
)
from privity.model.formula import (
    AtMost,
    Atom,
    Constant,
    Contains,
    Equals,
    IsNone,
    Key,
    SameLeaf,
    Within,
    steady,
)
from privity.model.nodes import Policy, Rule

MOST_NODES = 2_000
MOST_COMBINATIONS = 512
"""Of answers to all questions that read one variable."""

Ends = tuple[Decided, ...]
"""What each group of categories gets."""
Permitted = frozenset[int]
"""The groups that are permitted."""


@dataclass(frozen=True)
class Influence:
    """Whether a variable alone matters, the answers to all other questions being what they are.

    From `root` lead the answers to the questions that do not read it, to a tuple: for each
    combination of answers to those that do, `asks`, the first one varying slowest, the groups
    that are permitted.
    """

    variable: Key
    asks: tuple[int, ...]
    root: Ref


@dataclass(frozen=True)
class AtOnce:
    """`groups` are the data categories, by number, that every rule treats alike.

    `nodes` and `ends` are shared by the root, whose ends are `Ends`, and the influences, whose
    ends are tuples of `Permitted`. Influences stand in the order of roles and facts.
    """

    groups: tuple[tuple[int, ...], ...]
    questions: tuple[Question, ...]
    nodes: tuple[Node, ...]
    ends: tuple[Ends | tuple[Permitted, ...], ...]
    root: Ref
    influences: tuple[Influence, ...]


def at_once(policy: Policy, limit: int = MOST_NODES) -> AtOnce | None:
    """None where that takes more than `limit` nodes; of some orders of roles the smallest."""
    best: AtOnce | None = None
    roles = [role for role in policy.roles if role != "data"]
    for order in islice(permutations(roles), MOST_ORDERS):
        try:
            found = _Maker(policy, order, limit if best is None else len(best.nodes)).made()
        except TooLargeError:
            continue
        if best is None or len(found.nodes) < len(best.nodes):
            best = found
    return best


def tangled(questions: Sequence[Question]) -> tuple[Key, ...]:
    """The variables of which several questions ask: their answers depend on each other.

    Whether a fact is `none` is asked before all else that needs its value, and what a set holds
    are questions without influence on each other: they do not count.
    """
    asked: dict[Key, int] = {}
    for question in questions:
        for key in sorted(asked_of(question)):
            match question:
                case Truth(IsNone() | Contains()):
                    pass
                case Region(terms, _) if not steady(terms, key):
                    pass  # free wherever this one is missing
                case _:
                    asked[key] = asked.get(key, 0) + 1
    return tuple(key for key, count in asked.items() if count > 1)


# ------------------------------------------------------------------ one category


def specialised(atom: Atom, data: int) -> Atom | Constant:
    """The atom where the data category is known: it does not read that any more."""
    match atom:
        case Within("data", leaves):
            return Constant(data in leaves)
        case SameLeaf("data", other) | SameLeaf(other, "data"):
            return Constant(True) if other == "data" else Within(other, frozenset({data}))
        case _:
            return atom


def _groups(policy: Policy, atoms: Sequence[Atom]) -> tuple[tuple[int, ...], ...]:
    found: dict[tuple[Atom | Constant, ...], list[int]] = {}
    for leaf in range(len(policy.roles["data"].leaves)):
        found.setdefault(tuple(specialised(atom, leaf) for atom in atoms), []).append(leaf)
    return tuple(tuple(group) for group in found.values())


@dataclass
class _OneCategory(Encoder):
    """The policy's conditions where the data category is `data`."""

    data: int = 0
    numbers: Mapping[Atom, int] = field(default_factory=dict)

    def _atom(self, atom: Atom) -> Ref:
        match specialised(atom, self.data):
            case Constant(value):
                return self.builder.end(value)
            case AtMost() | Equals() as compared:
                held = self.builder.answered(
                    self.numbers[compared], frozenset({int(isinstance(compared, Equals))})
                )
                known = guards(compared, self.policy, self._numbers).items()
                return self.builder.both(
                    [held, *(self.builder.answered(number, arm) for number, arm in known)]
                )
            case other:
                return super()._atom(other)


# ------------------------------------------------------------------ all of them


class _Maker:
    def __init__(self, policy: Policy, order: Sequence[Key], limit: int) -> None:
        self.policy, self.limit = policy, limit
        rules: list[Rule] = list(by_effect(policy))
        atoms = list(dict.fromkeys(atom for rule in rules for atom in rule_atoms(policy, rule)))
        self.groups = _groups(policy, [atom for atom in atoms if _about_data(atom)])
        self.questions, self.numbers = _questions(policy, atoms, self.groups, order)
        if len(self.questions) > MOST_QUESTIONS:
            raise TooLargeError
        self.builder = Builder(self.questions, 20 * limit)

    def made(self) -> AtOnce:
        root = self.builder.end(())
        for group in self.groups:
            joined = self.builder.combine(_appended, root, self._decided(group[0]))
            root = joined
        permitted = self.builder.replaced(root, _permitted)
        influences = [self._influence(key, permitted) for key in self._variables()]
        return self._finished(root, [each for each in influences if each is not None])

    def _decided(self, data: int) -> Ref:
        encoder = _OneCategory(
            self.policy, self.questions, self.limit, data=data, numbers=self.numbers
        )
        encoder.builder = self.builder
        return encoder.decided()

    def _variables(self) -> Iterator[Key]:
        asked = frozenset[Key]().union(*(asked_of(question) for question in self.questions))
        keys = [*self.policy.roles, *self.policy.fact_by_key]
        return (key for key in keys if key in asked)

    def _influence(self, key: Key, permitted: Ref) -> Influence | None:
        """None where the variable never matters."""
        asks = tuple(n for n, question in enumerate(self.questions) if key in asked_of(question))
        answers = [range(arms(self.questions[number])) for number in asks]
        if prod(len(each) for each in answers) > MOST_COMBINATIONS:
            raise TooLargeError
        root = self.builder.end(())
        for chosen in product(*answers):
            fixed = self._fixed(permitted, dict(zip(asks, chosen, strict=True)), {})
            root = self.builder.combine(_appended, root, fixed)
        return None if root < 0 and self._indifferent(root) else Influence(key, asks, root)

    def _indifferent(self, end: Ref) -> bool:
        return len(set(cast("tuple[Permitted, ...]", self.builder.ends[~end]))) == 1

    def _fixed(self, ref: Ref, answers: Mapping[int, int], memo: dict[Ref, Ref]) -> Ref:
        """The diagram once some questions are answered."""
        if ref < 0:
            return ref
        if ref not in memo:
            node = self.builder.nodes[ref]
            if node.question in answers:
                child = node.children[answers[node.question]]
                memo[ref] = self._fixed(child, answers, memo)
            else:
                children = tuple(self._fixed(child, answers, memo) for child in node.children)
                memo[ref] = self.builder.node(node.question, children)
        return memo[ref]

    def _finished(self, root: Ref, influences: Sequence[Influence]) -> AtOnce:
        """Only what is reached, numbered anew."""
        roots = [root, *(each.root for each in influences)]
        found = self._together(roots)
        if len(found.nodes) > self.limit:
            raise TooLargeError
        return AtOnce(
            self.groups,
            found.questions,
            found.nodes,
            cast("tuple[Ends | tuple[Permitted, ...], ...]", found.ends),
            self._renumbered[root],
            tuple(
                Influence(each.variable, each.asks, self._renumbered[each.root])
                for each in influences
            ),
        )

    def _together(self, roots: Sequence[Ref]) -> Diagram[Hashable]:
        """As `Builder.finished`, from several roots."""
        self._renumbered: dict[Ref, Ref] = {}
        nodes: list[Node] = []
        ends: list[Hashable] = []
        for ref in self._reached(roots):
            if ref < 0:
                self._renumbered[ref] = ~len(ends)
                ends.append(self.builder.ends[~ref])
            else:
                node = self.builder.nodes[ref]
                self._renumbered[ref] = len(nodes)
                children = tuple(self._renumbered[child] for child in node.children)
                nodes.append(Node(node.question, children))
        return Diagram(self.questions, tuple(nodes), tuple(ends), 0)

    def _reached(self, roots: Sequence[Ref]) -> list[Ref]:
        """Children before parents."""
        order: dict[Ref, None] = {}
        waiting = [(root, False) for root in reversed(roots)]
        while waiting:
            ref, opened = waiting.pop()
            if opened or ref < 0:
                order.setdefault(ref)
            elif ref not in order:
                waiting.append((ref, True))
                waiting.extend((c, False) for c in reversed(self.builder.nodes[ref].children))
        return list(order)


def _about_data(atom: Atom) -> bool:
    match atom:
        case Within(variable, _):
            return variable == "data"
        case SameLeaf(left, right):
            return "data" in (left, right)
        case _:
            return False


def _questions(
    policy: Policy,
    atoms: Sequence[Atom],
    groups: Sequence[Sequence[int]],
    order: Sequence[Key],
) -> tuple[tuple[Question, ...], Mapping[Atom, int]]:
    """The questions, and the number of that which settles a comparison."""
    free = dict.fromkeys(specialised(atom, group[0]) for atom in atoms for group in groups)
    plain = [atom for atom in free if not isinstance(atom, Constant)]
    found: list[Question] = []
    numbers: dict[Atom, int] = {}
    for question in questions_of(policy, plain, order):
        if not isinstance(question, Region):
            found.append(question)
            continue
        for atom in plain:
            if isinstance(atom, AtMost | Equals) and atom.terms == question.terms:
                numbers[atom] = len(found)
                found.append(_about(atom))
    return tuple(found), numbers


def _about(atom: AtMost | Equals) -> Region:
    match atom:
        case AtMost(terms, bound):
            return Region(terms, (bound,))
        case Equals(terms, bound):
            return Region(terms, (bound - 1, bound))


def _appended(before: Hashable, one: Hashable) -> Hashable:
    return (*cast("tuple[Hashable, ...]", before), one)


def _permitted(ends: Hashable) -> Hashable:
    decided = enumerate(cast(Ends, ends))
    return frozenset(group for group, one in decided if one.outcome == "permit")
