"""That random policies and requests are worth their while: what occurs in a seeded sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from random import Random

from tests.differential.engines import Engines
from tests.differential.sample import cases
from tests.generators.policies import random_policy
from tests.naive.completions import is_exact

from privity.syntax import nodes as tree
from privity.syntax.parse import parse

SAMPLE = 80
WORDS = (" but not ", " within ", " by ", "anyone", "any data", " or none", "attested", "times",
         "months", "years", "days", "assume", "permitted by", "forbidden by")  # fmt: skip


@cache
def texts() -> tuple[str, ...]:
    return tuple(random_policy(Random(seed)).text for seed in range(SAMPLE))


def test_each_outcome_makes_up_a_fifth() -> None:
    outcomes = Counter[str]()
    for case in cases(0, SAMPLE):
        outcomes.update(answered.answer.outcome for answered in case.complete)
        asked = (*case.partial, *case.large)
        outcomes.update(case.engines.generated(each).outcome for each in asked)
    assert set(outcomes) == {"permit", "deny", "unknown"}
    assert min(outcomes.values()) >= 0.2 * outcomes.total(), outcomes


def test_many_partial_requests_are_decided_exactly_by_brute_force() -> None:
    sample = list(cases(0, SAMPLE))
    assert sum(len(case.exact) for case in sample) >= SAMPLE
    rest = [
        asked
        for case in sample
        for asked in case.partial
        if not is_exact(case.engines.naive, asked.values)
    ]
    assert len(rest) >= SAMPLE // 2, "opaque comparisons have to occur too"


def test_every_operator_occurs() -> None:
    found = [_nodes(parse(text, "sample").module) for text in texts()]
    nodes = [node for each in found for node in each]
    comparators = {node.comparator for node in nodes if isinstance(node, tree.Comparison)}
    assert comparators == set(tree.Comparator)
    kinds = {type(node) for node in nodes}
    expressions = tree.Expression.__args__
    values = tree.ValueType.__args__
    assert kinds >= {*expressions, *values, tree.Yields, tree.Duty, tree.Within, tree.DueBy}
    assert {node.negated for node in nodes if isinstance(node, tree.OneOf)} == {True, False}
    assert {sign for node in nodes if isinstance(node, tree.Sum) for sign, _ in node.rest} == {
        "+",
        "-",
    }
    units = {node.unit for node in nodes if isinstance(node, tree.DurationLiteral)}
    assert units == {"days", "months", "years"}


def _nodes(node: object) -> list[object]:
    """All nodes of a tree."""
    if isinstance(node, tuple):
        return [found for each in node for found in _nodes(each)]
    if not is_dataclass(node):
        return []
    inner = (getattr(node, field.name) for field in fields(node) if field.name != "span")
    return [node, *(found for each in inner for found in _nodes(each))]


def test_every_form_of_words_occurs() -> None:
    everything = "\n".join(texts())
    assert [word for word in WORDS if word not in everything] == []
    assert "otherwise permit" in everything
    assert "otherwise deny" in everything


def test_leaf_names_are_not_always_unique() -> None:
    policies = [Engines(text).naive for text in texts()]
    leaves = [leaf for p in policies for t in p.taxonomies.values() for leaf in t.leaves()]
    assert any("." in leaf for leaf in leaves)


def test_yields_are_nested() -> None:
    depths = Counter(max(_depths(Engines(text))) for text in texts())
    assert depths[2] >= SAMPLE // 10, depths
    assert any(depth > 2 for depth in depths), depths


def _depths(engines: Engines) -> Iterator[int]:
    """How many rules yield to each other in a row."""
    yields_to = {
        rule.name.text: [
            name.text
            for clause in rule.clauses
            if isinstance(clause, tree.Yields)
            for name in clause.rules
        ]
        for rule in engines.naive.rules
    }

    def depth(rule: str) -> int:
        return max((1 + depth(other) for other in yields_to[rule]), default=0)

    return map(depth, yields_to)
