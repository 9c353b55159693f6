"""Taxonomies: from nested items to values in preorder, each an interval of leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from privity.diagnostics.diagnostic import Diagnostic, Label
from privity.model.errors import DuplicateName
from privity.model.nodes import Taxonomy, Value
from privity.syntax import nodes as tree


def resolve_taxonomy(
    node: tree.Taxonomy, origin: str, report: list[Diagnostic]
) -> tuple[Taxonomy, dict[str, tuple[Value, ...]]]:
    """The taxonomy, and from each dotted suffix of a path the values that it may mean."""
    rows = list(_preorder(node))
    _report_twins(rows, report)
    by_suffix = _suffixes([row.path for row in rows])
    values = tuple(
        Value(
            name=_shortest(number, row.path, by_suffix),
            path=row.path,
            label=row.label,
            first=row.first,
            last=row.last,
            parent=row.parent,
            span=row.name.span,
        )
        for number, row in enumerate(rows)
    )
    meanings = {suffix: tuple(values[n] for n in rows_) for suffix, rows_ in by_suffix.items()}
    return Taxonomy(node.name.text, node.label, values, origin, node.name.span), meanings


class _Row:
    """A value whose interval is not closed yet."""

    def __init__(
        self, name: tree.Name, label: str | None, path: tuple[str, ...], parent: int | None
    ) -> None:
        self.name, self.label, self.path, self.parent = name, label, path, parent
        self.first = self.last = 0


def _preorder(node: tree.Taxonomy) -> Iterator[_Row]:
    """Rows in preorder; an item without children is a leaf, a childless root too."""
    rows = [_Row(node.name, node.label, (node.name.text,), None)]
    leaves = _descend(node.items, 0, rows, 0)
    rows[0].first, rows[0].last = 0, leaves or 1
    return iter(rows)


def _descend(items: tuple[tree.Item, ...], parent: int, rows: list[_Row], leaves: int) -> int:
    for item in items:
        row = _Row(item.name, item.label, (*rows[parent].path, item.name.text), parent)
        row.first = leaves
        rows.append(row)
        here = len(rows) - 1
        leaves = _descend(item.children, here, rows, leaves) if item.children else leaves + 1
        row.last = leaves
    return leaves


def _report_twins(rows: list[_Row], report: list[Diagnostic]) -> None:
    seen: dict[tuple[str, ...], _Row] = {}
    for row in rows:
        first = seen.setdefault(row.path, row)
        if first is not row:
            report.append(
                DuplicateName(
                    span=row.name.span,
                    kind="value",
                    name=".".join(row.path[1:]),
                    labels=(Label(first.name.span, "declared here first"),),
                )
            )


def _suffixes(paths: list[tuple[str, ...]]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, path in enumerate(paths):
        for start in range(len(path)):
            found[".".join(path[start:])].append(number)
    for number, path in enumerate(paths):  # a whole path means itself and nothing below
        if len(path) > 1:
            found[".".join(path)] = [number]
    return found


def _shortest(number: int, path: tuple[str, ...], by_suffix: dict[str, list[int]]) -> str:
    candidates = (".".join(path[start:]) for start in range(len(path) - 1, -1, -1))
    return next((c for c in candidates if by_suffix[c] == [number]), ".".join(path))
