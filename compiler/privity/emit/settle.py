"""Decisions as nested comparisons: a policy's diagram, printed so that one path reads by eye.

Whatever is asked on the way must be known; where it is missing, `None` is returned and the
general engine decides. Each arm returns, so that arms follow one another without `else`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import assert_never

from privity.emit import prelude_text
from privity.emit.atoms import runs
from privity.emit.build import both, call, compare, constant, either, method, name
from privity.emit.code import Module
from privity.emit.layout import condition_line, flat
from privity.emit.names import Names, comment, plain
from privity.lower.decide import Decided
from privity.lower.diagram import Diagram, Node, Ref
from privity.lower.questions import OTHER, Pick, Question, Region, Truth, asked_of
from privity.model.formula import Contains, IsNone, Key, Linear, SameLeaf, SameText, facts_of
from privity.model.nodes import BooleanType, TextType

_MOST_REPEATED = 6
"""A part with more lines that is met more than once becomes a function."""
_DEEPEST = 10
"""No function nests deeper."""


def settle_functions(module: Module, diagram: Diagram[Decided]) -> Iterator[list[str]]:
    """The functions that `_settle` consists of, it first."""
    writer = _Writer(module, diagram)
    yield writer.function("_settle", diagram.root)
    for ref, function in writer.functions.items():
        yield writer.function(function, ref)


def ends(module: Module, diagram: Diagram[Decided]) -> list[str]:
    """The constants that paths end in: tuples of decisions, by data category."""
    writer = _Writer(module, diagram)
    return [
        f"{constant_} = {flat(call('_decided', name('_PROGRAM'), _outcome(end), _rules(end)))}"
        for end, constant_ in writer.constants.items()
    ]


def _outcome(end: Decided) -> ast.expr:
    return constant(end.outcome)


def _rules(end: Decided) -> ast.expr:
    return ast.Tuple([constant(number) for number in end.rules])


@dataclass(frozen=True)
class _Known:
    """What is in a local by now, on the path so far."""

    variables: frozenset[Key] = frozenset()

    def and_(self, more: Iterable[Key]) -> _Known:
        return _Known(self.variables | set(more))


@dataclass
class _Writer:
    module: Module
    diagram: Diagram[Decided]
    _heights: dict[Ref, int] = field(default_factory=dict)

    @cached_property
    def constants(self) -> dict[Decided, str]:
        names = Names(prelude_text.names())
        return {end: names.fresh(self._wish(end)) for end in self.diagram.ends}

    def _wish(self, end: Decided) -> str:
        rules = self.module.program.policy.rules
        by = "_and_".join(rules[number].name for number in end.rules) or "no_rule"
        if len(by) > 60:
            by = f"{len(end.rules)}_rules"
        return f"_{end.outcome}_by_{by}".upper()

    @cached_property
    def functions(self) -> dict[Ref, str]:
        """The nodes that are functions of their own, in the order in which paths meet them."""
        references: dict[Ref, int] = {}
        for node in self.diagram.nodes:
            for child in set(node.children):
                references[child] = references.get(child, 0) + 1
        lines: dict[Ref, int] = {}
        heights: dict[Ref, int] = {}
        chosen: set[Ref] = set()
        for ref, node in enumerate(self.diagram.nodes):
            inner = [child for child in dict.fromkeys(node.children) if child >= 0]
            lines[ref] = 2 + sum(1 if c in chosen else 1 + lines[c] for c in inner)
            heights[ref] = 1 + max((0 if c in chosen else heights[c] for c in inner), default=0)
            repeated = references.get(ref, 0) > 1 and lines[ref] > _MOST_REPEATED
            if ref != self.diagram.root and (repeated or heights[ref] >= _DEEPEST):
                chosen.add(ref)
        order = [ref for ref in reversed(range(len(self.diagram.nodes))) if ref in chosen]
        return {ref: f"_settle_{number}" for number, ref in enumerate(order, 2)}

    def function(self, called: str, ref: Ref) -> list[str]:
        said = "The decision on one category, where known facts alone lead to it; else None."
        return [
            f"def {called}(values: _Values) -> Decision | None:",
            *([f'    """{said}"""'] if called == "_settle" else []),
            *self._body(ref, "    ", _Known()),
        ]

    # ---------------------------------------------------------------- statements

    def _body(self, ref: Ref, indent: str, known: _Known) -> list[str]:
        node = self.diagram.nodes[ref] if ref >= 0 else None
        if node is None:
            return self._end(self.diagram.end(ref), indent, known)
        question = self.diagram.questions[node.question]
        asked = sorted(asked_of(question) - known.variables, key=self.module.number.__getitem__)
        known = known.and_(asked)
        lines = [line for key in asked for line in self._loaded(key, indent)]
        if isinstance(question, Region) and len(set(node.children)) > 2:
            lines += [f"{indent}total = {flat(self._total(question))}"]
        *others, (last, last_arms) = _by_child(node, question)
        for child, arms in others:
            test = self._test(question, arms, len(set(node.children)) > 2)
            lines += condition_line(test, indent, self._said(question, arms))
            lines += self._arm(child, f"{indent}    ", known)
        if said := self._said(question, last_arms):
            lines += comment(f"{self._local(question)}: {said}", indent)[:1]
        return [*lines, *self._arm(last, indent, known)]

    def _arm(self, ref: Ref, indent: str, known: _Known) -> list[str]:
        if ref in self.functions:
            return [f"{indent}return {self.functions[ref]}(values)"]
        return self._body(ref, indent, known)

    def _end(self, end: Decided, indent: str, known: _Known) -> list[str]:
        data = "data" if "data" in known.variables else "values[0]"
        found = f"{self.constants[end]}[{data}]"
        rules = self.module.program.policy.rules
        if any(d.deadline for number in end.rules for d in rules[number].duties):
            return [f"{indent}return _due(_PROGRAM, {found}, values)"]
        return [f"{indent}return {found}"]

    def _loaded(self, key: Key, indent: str) -> Iterator[str]:
        local = self.module.attributes[key]
        yield f"{indent}{local} = values[{self.module.number[key]}]"
        # The data category is always stated.
        if key != "data":
            yield f"{indent}if {local} is MISSING:"
            yield f"{indent}    return None"

    def _local(self, question: Question) -> str:
        return self.module.attributes[min(asked_of(question), key=self.module.number.__getitem__)]

    # ---------------------------------------------------------------- conditions

    def _test(self, question: Question, arms: Sequence[int], in_total: bool) -> ast.expr:
        match question:
            case Pick():
                return self._picked(question, arms)
            case Region(_, bounds):
                total = name("total") if in_total else self._total(question)
                return either([_between(total, bounds, *run) for run in runs(frozenset(arms))])
            case Truth(atom):
                return self._holds(atom, arms == [1])
            case _:
                assert_never(question)

    def _picked(self, question: Pick, arms: Sequence[int]) -> ast.expr:
        local = name(self.module.attributes[question.variable])
        answers = [answer for arm in arms for answer in question.groups[arm]]
        tests = [compare(local, ast.Is(), constant(None))] if None in answers else []
        variable = self.module.variable(question.variable)
        match variable.type:
            case BooleanType():
                tests += [
                    compare(local, ast.Is(), constant(value))
                    for value in (True, False)
                    if any(answer is value for answer in answers)
                ]
            case TextType():
                tests += self._texts(question, [a for a in answers if a is not None], local)
            case _:
                leaves = frozenset(answer for answer in answers if isinstance(answer, int))
                tests += [_interval(local, *run) for run in runs(leaves)]
        return either(tests)

    def _texts(
        self, question: Pick, answers: Sequence[object], local: ast.expr
    ) -> Iterator[ast.expr]:
        if OTHER not in answers:
            yield from (compare(local, ast.Eq(), constant(str(text))) for text in answers)
            return
        named = (answer for group in question.groups for answer in group)
        others = [text for text in named if isinstance(text, str) and text not in answers]
        yield both([compare(local, ast.NotEq(), constant(text)) for text in others])

    def _total(self, question: Region) -> ast.expr:
        function = self.module.totals[Linear(question.terms, 0)]
        keys = sorted(facts_of(question.terms), key=self.module.number.__getitem__)
        return call(function, *(name(self.module.attributes[key]) for key in keys))

    def _holds(self, atom: IsNone | Contains | SameLeaf | SameText, wanted: bool) -> ast.expr:
        def local(key: Key) -> ast.expr:
            return name(self.module.attributes[key])

        match atom:
            case IsNone(fact):
                return compare(local(fact), ast.Is() if wanted else ast.IsNot(), constant(None))
            case SameLeaf(left, right) | SameText(left, right):
                return compare(local(left), ast.Eq() if wanted else ast.NotEq(), local(right))
            case Contains(fact, leaves):
                parts = [
                    method(local(fact), "isdisjoint", call("range", constant(a), constant(b + 1)))
                    for a, b in runs(leaves)
                ]
                if wanted:
                    return either([ast.UnaryOp(ast.Not(), part) for part in parts])
                return both(parts)

    # ---------------------------------------------------------------- in words

    def _said(self, question: Question, arms: Sequence[int]) -> str:
        """The leaves of taxonomy answers, by the name of their branch where there is one."""
        if not isinstance(question, Pick):
            return ""
        if isinstance(self.module.variable(question.variable).type, BooleanType | TextType):
            return ""
        taxonomy = self.module.program.policy.taxonomy_of(question.variable)
        answers = [answer for arm in arms for answer in question.groups[arm]]
        leaves = frozenset(answer for answer in answers if isinstance(answer, int))
        words = ["none"] if None in answers else []
        branch = next((v for v in taxonomy.values if v.leaves == leaves), None)
        if branch is not None:
            return plain(", ".join([*words, branch.name]))
        return plain(", ".join([*words, *(taxonomy.leaves[leaf].name for leaf in sorted(leaves))]))


def _by_child(node: Node, question: Question) -> list[tuple[Ref, list[int]]]:
    """Where the arms lead, those that lead to one place together: ends first, then by size of
    the set; an arm that holds `none` is first, or the others would compare it."""
    arms: dict[Ref, list[int]] = {}
    for arm, child in enumerate(node.children):
        arms.setdefault(child, []).append(arm)

    def rank(item: tuple[Ref, list[int]]) -> tuple[bool, bool, int]:
        ref, held = item
        none = isinstance(question, Pick) and any(None in question.groups[arm] for arm in held)
        return not none, ref >= 0, ref

    return sorted(arms.items(), key=rank)


def _interval(local: ast.expr, first: int, last: int) -> ast.expr:
    if first == last:
        return compare(local, ast.Eq(), constant(first))
    return ast.Compare(constant(first), [ast.LtE(), ast.LtE()], [local, constant(last)])


def _between(total: ast.expr, bounds: Sequence[int], first: int, last: int) -> ast.expr:
    """The sum lies in one of the arms `first` to `last`."""
    low = constant(bounds[first - 1]) if first else None
    high = constant(bounds[last]) if last < len(bounds) else None
    if low is None and high is not None:
        return compare(total, ast.LtE(), high)
    if low is not None and high is None:
        return compare(total, ast.Gt(), low)
    assert low is not None and high is not None
    return ast.Compare(low, [ast.Lt(), ast.LtE()], [total, high])
