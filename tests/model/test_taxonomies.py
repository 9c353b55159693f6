"""Names of values: the shortest end of the path that fits no other."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from privity.diagnostics.diagnostic import Diagnostic
from privity.model.nodes import Taxonomy, Value
from privity.model.taxonomies import resolve_taxonomy
from privity.syntax import nodes as tree


def items(
    names: str, children: st.SearchStrategy[tuple[tree.Item, ...]]
) -> st.SearchStrategy[tuple[tree.Item, ...]]:
    """Items with different names, as the children of one parent must have."""
    item = st.builds(
        lambda name, below: tree.Item(tree.Name(name), None, below),
        st.sampled_from(names),
        children,
    )
    return st.lists(item, max_size=3, unique_by=lambda each: each.name.text).map(tuple)


def trees(names: str) -> st.SearchStrategy[tree.Taxonomy]:
    nested = st.recursive(st.just(()), lambda inner: items(names, inner), max_leaves=12)
    return st.builds(lambda below: tree.Taxonomy(tree.Name("t"), None, below), nested)


def resolved(node: tree.Taxonomy) -> tuple[Taxonomy, dict[str, tuple[Value, ...]]]:
    report: list[Diagnostic] = []
    found = resolve_taxonomy(node, "here", report)
    assert not report
    return found


def suffixes(path: tuple[str, ...]) -> list[str]:
    return [".".join(path[-length:]) for length in range(1, len(path) + 1)]


@given(trees("abc"))
def test_a_name_is_the_shortest_end_that_fits_no_other(node: tree.Taxonomy) -> None:
    taxonomy, meanings = resolved(node)
    fits = Counter(suffix for value in taxonomy.values for suffix in suffixes(value.path))
    assert {suffix: len(values) for suffix, values in meanings.items()} == fits
    for value in taxonomy.values:
        assert value.name == next(s for s in suffixes(value.path) if fits[s] == 1)
        assert meanings[value.name] == (value,)


@given(trees("abt"))
def test_leaves_have_names_of_their_own_whatever_values_are_called(node: tree.Taxonomy) -> None:
    taxonomy, _ = resolved(node)
    assert len(taxonomy.leaf_numbers) == len(taxonomy.leaves)


@given(trees("abct"))
def test_leaves_are_numbered_as_they_are_written(node: tree.Taxonomy) -> None:
    taxonomy, _ = resolved(node)
    root = taxonomy.values[0]
    assert root.leaves == frozenset(range(len(taxonomy.leaves)))
    assert [leaf.first for leaf in taxonomy.leaves] == list(range(len(taxonomy.leaves)))
    for value in taxonomy.values:
        below = {
            leaf.first for leaf in taxonomy.leaves if leaf.path[: len(value.path)] == value.path
        }
        assert value.leaves == below
        assert value.parent is None or value.path[:-1] == taxonomy.values[value.parent].path


def test_a_taxonomy_without_values_is_its_own_leaf() -> None:
    taxonomy, _ = resolved(tree.Taxonomy(tree.Name("t"), None, ()))
    assert taxonomy.leaf_numbers == {"t": 0}
