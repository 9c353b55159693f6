"""The decision diagram in TypeScript: nested comparisons that settle one data category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from privity.emit.atoms import runs, sum_in_words
from privity.emit.names import WIDTH
from privity.emit.ts_atoms import NULL, Places, condition
from privity.emit.ts_code import (
    Code,
    Infix,
    Raw,
    boolean,
    both,
    call,
    comment,
    differ,
    either,
    flat,
    integer,
    integers,
    laid_out,
    record,
    same,
    text,
)
from privity.lower.decide import Decided
from privity.lower.diagram import Diagram, Ref
from privity.lower.questions import (
    Answer,
    OtherText,
    Pick,
    Question,
    Region,
    Terms,
    Truth,
    asked_of,
)
from privity.model.formula import Atom, IsNone, Linear
from privity.model.nodes import BooleanType, Taxonomy, TaxonomyType

DEEPEST = 6
"""Comparisons nest no deeper: what lies below becomes a function of its own."""


@dataclass
class Walk:
    """The functions of a diagram: one for the root and one for each node that several lead to."""

    diagram: Diagram[Decided]
    at: Places
    _waiting: list[Ref] = field(default_factory=list)

    def functions(self) -> Iterator[list[str]]:
        """Each as lines, those that are called before those that call them."""
        yield self._ends()
        done: dict[Ref, list[str]] = {}
        self._waiting = [self.diagram.root]
        while self._waiting:
            ref = self._waiting.pop()
            if ref not in done:
                done[ref] = self._function(ref)
        yield from (done[ref] for ref in sorted(done))

    @property
    def name(self) -> str:
        return self._name(self.diagram.root)

    def _name(self, ref: Ref) -> str:
        return "decideOne" if ref == self.diagram.root else f"decideFrom{ref}"

    @cached_property
    def _parents(self) -> dict[Ref, int]:
        found: dict[Ref, int] = {}
        for node in self.diagram.nodes:
            for child in dict.fromkeys(node.children):
                found[child] = found.get(child, 0) + 1
        return found

    # -------------------------------------------------------------- ends

    def _ends(self) -> list[str]:
        """A constant for each end of a path."""
        lines = ["// Where the comparisons end: the outcome and, by number, the rules that decide."]
        for number, end in enumerate(self.diagram.ends):
            made = record(outcome=text(end.outcome), rules=integers(end.rules))
            lines += comment(self._ends_in_words[number])
            lines += laid_out(f"const end{number}: End = ", made)
        return lines

    @cached_property
    def _ends_in_words(self) -> list[str]:
        rules = self.at.module.program.policy.rules
        return [
            f"{end.outcome} by {', '.join(rules[rule].name for rule in end.rules) or 'no rule'}"
            for end in self.diagram.ends
        ]

    # -------------------------------------------------------------- nodes

    def _function(self, ref: Ref) -> list[str]:
        head = f"function {self._name(ref)}(v: Values): End | typeof OPEN {{"
        if ref < 0:
            # Without questions there are no values to look at.
            return [head, "  void v;", f"  return end{~ref};", "}"]
        return [head, *self._node(ref, "  "), "}"]

    def _then(self, ref: Ref, indent: str) -> list[str]:
        """What happens once an answer leads to `ref`."""
        if ref < 0:
            return self._end(ref, indent)
        if self._parents[ref] > 1 or len(indent) >= 2 * DEEPEST:
            self._waiting.append(ref)
            return [f"{indent}return {self._name(ref)}(v);"]
        return self._node(ref, indent)

    def _end(self, ref: Ref, indent: str) -> list[str]:
        line = f"{indent}return end{~ref};"
        words = self._ends_in_words[~ref]
        fits = len(line) + len(words) + 4 <= WIDTH
        return [f"{line} // {words}"] if fits else [*comment(words, indent), line]

    def _node(self, ref: Ref, indent: str) -> list[str]:
        node = self.diagram.nodes[ref]
        question = self.diagram.questions[node.question]
        open_ = either(
            same(self.at.at(key), Raw("undefined"))
            for key in self.at.attributes_in_order(asked_of(question))
            if key != "data"
        )
        lines = comment(self._asked(question), indent)
        if flat(open_) != "":
            lines += _branch(open_, [f"{indent}  return OPEN;"], "", indent)
        tests = list(self._arms(question))
        groups = _merged(node.children)
        *first, last = groups
        for arms in first:
            test = either(tests[arm][0] for arm in arms)
            words = ", or ".join(filter(None, (tests[arm][1] for arm in arms)))
            lines += _branch(test, self._then(node.children[arms[0]], f"{indent}  "), words, indent)
        words = ", or ".join(filter(None, (tests[arm][1] for arm in last)))
        return [*lines, *comment(words, indent), *self._then(node.children[last[0]], indent)]

    def _asked(self, question: Question) -> str:
        variables = self.at.module.program.variables
        match question:
            case Region(terms, _):
                return f"{sum_in_words(Linear(terms, 0))}?"
            case _:
                keys = self.at.attributes_in_order(asked_of(question))
                labels = {v.key: v.label for v in variables}
                return ", ".join(f"{k}: {labels[k]}?" if labels[k] else f"{k}?" for k in keys)

    # -------------------------------------------------------------- answers

    def _arms(self, question: Question) -> Iterator[tuple[Code, str]]:
        """For each arm its test and what it says in words. Of other texts the test says nothing:

        that arm is the last one, and the last one is not tested.
        """
        match question:
            case Pick(variable, groups):
                for group in groups:
                    yield self._picked(variable, group)
            case Region(terms, bounds):
                for number in range(len(bounds) + 1):
                    yield self._between(terms, bounds[max(number - 1, 0) : number + 1], number)
            case Truth(atom):
                yield self._not(atom), "no"
                yield condition(atom, self.at), "yes"

    def _between(self, terms: Terms, bounds: tuple[int, ...], arm: int) -> tuple[Code, str]:
        """Of arm 0 the upper bound is given, of the last one the lower, of others both."""
        total = self.at.total(terms)
        above = Infix(">", 7, (total, integer(bounds[0])))
        upto = Infix("<=", 7, (total, integer(bounds[-1])))
        if arm == 0:
            return upto, f"at most {bounds[-1]}"
        if len(bounds) == 1:
            return above, f"more than {bounds[0]}"
        return both([above, upto]), f"{bounds[0] + 1} to {bounds[-1]}"

    def _picked(self, variable: str, group: frozenset[Answer]) -> tuple[Code, str]:
        at = self.at.at(variable)
        if None in group:
            return same(at, NULL), "none"
        kind = self.at.module.variable(variable).type
        match kind:
            case BooleanType():
                return same(at, boolean(True in group)), "yes" if True in group else "no"
            case TaxonomyType():
                leaves = frozenset(leaf for leaf in group if isinstance(leaf, int))
                tests = [
                    call("among", Raw("v"), self.at.of(variable), integer(a), integer(b))
                    for a, b in runs(leaves)
                ]
                taxonomy = self.at.module.program.policy.taxonomy_of(variable)
                return either(tests), _covered(taxonomy, leaves)
            case _:
                named = sorted(words for words in group if isinstance(words, str))
                if any(isinstance(words, OtherText) for words in group):
                    return boolean(True), "any other text"
                return either(same(at, text(words)) for words in named), ""

    def _not(self, atom: Atom) -> Code:
        if isinstance(atom, IsNone):
            return differ(self.at.at(atom.fact), NULL)
        return Raw(f"!({flat(condition(atom, self.at))})", 11)


def _merged(children: tuple[Ref, ...]) -> list[list[int]]:
    """The arms that lead to the same place, the place of the last arm last."""
    found: dict[Ref, list[int]] = {}
    for arm, child in enumerate(children):
        found.setdefault(child, []).append(arm)
    last = found.pop(children[-1])
    return [*found.values(), last]


def _branch(test: Code, then: list[str], words: str, indent: str) -> list[str]:
    return [
        *laid_out("if (", test, ") {", indent),
        *comment(words, f"{indent}  "),
        *then,
        f"{indent}}}",
    ]


def _covered(taxonomy: Taxonomy, leaves: frozenset[int]) -> str:
    """The fewest values that have just these leaves under them."""
    found: list[str] = []
    last = 0
    for value in taxonomy.values:
        if value.first >= last and value.leaves <= leaves:
            found.append(value.name)
            last = value.last
    return ", ".join(found)
