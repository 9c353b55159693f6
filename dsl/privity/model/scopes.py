"""Scopes and sets: from the author's words to leaves."""

from __future__ import annotations

from privity.diagnostics.span import Span
from privity.model.errors import (
    EmptyScope,
    IdleExclusion,
    RoleLeftOut,
    RoleTwice,
    RoleWithoutTaxonomy,
)
from privity.model.nodes import REQUIRED_ROLES, ROLES, Role, Scope
from privity.model.symbols import Symbols
from privity.syntax import nodes as tree

WORDS: dict[tree.RoleWord, Role] = {
    "from": "sender", "with": "recipient", "about": "subject", "for": "purpose",
}  # fmt: skip
PHRASES: dict[Role, str] = {
    "data": "what is shared (`share ...`)",
    "sender": "from whom (`from ...`)",
    "recipient": "with whom (`with ...`)",
    "subject": "about whom (`about ...`)",
    "purpose": "for which purpose (`for ...`)",
}
EVERYTHING: dict[Role, str] = {
    "sender": "from any sender", "recipient": "with anyone", "subject": "about any subject",
    "purpose": "for any purpose", "data": "any data",
}  # fmt: skip


def resolve_scope(node: tree.Scope, symbols: Symbols) -> Scope | None:
    """The scope, every role said; None after a report."""
    parts = resolve_roles(node, symbols)
    if parts is None:
        return None
    left_out = [role for role in symbols.roles() if role not in parts]
    for role in left_out:
        symbols.report.append(
            RoleLeftOut(
                span=node.span, role=PHRASES[role], help=f"for all, write `{EVERYTHING[role]}`"
            )
        )
    if left_out:
        return None
    roles = {role: leaves for role, (leaves, _) in parts.items()}
    words = {role: text for role, (_, text) in parts.items()}
    return Scope(_in_order(roles), words, node.span)


def whole_scope(symbols: Symbols, span: Span) -> Scope:
    """Every disclosure."""
    roles = {role: taxonomy.values[0].leaves for role, taxonomy in symbols.roles().items()}
    return Scope(roles, {role: EVERYTHING[role] for role in roles}, span)


def resolve_roles(
    node: tree.Scope, symbols: Symbols
) -> dict[Role, tuple[frozenset[int], str]] | None:
    """The leaves and words of each role that is said; None after a report."""
    said: list[tuple[Role, tree.SetExpression]] = [("data", node.data)]
    said += [(WORDS[word], expression) for word, expression in node.roles]
    parts: dict[Role, tuple[frozenset[int], str]] = {}
    fine = True
    for role, expression in said:
        if role in parts:
            symbols.report.append(RoleTwice(span=expression.span, role=PHRASES[role]))
            fine = False
        words = words_of(expression)
        leaves = _known_set(role, expression, words, symbols)
        fine = fine and leaves is not None
        parts[role] = (leaves or frozenset(), words)
    return parts if fine else None


def words_of(expression: tree.SetExpression) -> str:
    """The set as the author wrote it."""
    text = _listed(expression.items)
    return f"{text} but not {_listed(expression.excluded)}" if expression.excluded else text


def _in_order(roles: dict[Role, frozenset[int]]) -> dict[Role, frozenset[int]]:
    return {role: roles[role] for role in ROLES if role in roles}


def _known_set(
    role: Role, expression: tree.SetExpression, words: str, symbols: Symbols
) -> frozenset[int] | None:
    """The leaves of a set. One with nothing to report means the same wherever it stands."""
    known = symbols.sets.get((role, words))
    if known is not None:
        return known
    reported = len(symbols.report)
    leaves = _resolve_set(role, expression, symbols)
    if leaves is not None and len(symbols.report) == reported:
        symbols.sets[role, words] = leaves
    return leaves


def _resolve_set(
    role: Role, expression: tree.SetExpression, symbols: Symbols
) -> frozenset[int] | None:
    if role not in symbols.roles():
        if role not in REQUIRED_ROLES:  # a missing required taxonomy is reported once, elsewhere
            symbols.report.append(RoleWithoutTaxonomy(span=expression.span, role=role))
        return None
    included = [_resolve_item(role, item, symbols) for item in expression.items]
    excluded = [_resolve_item(role, item, symbols) for item in expression.excluded]
    if None in included or None in excluded:
        return None
    everything = frozenset[int]().union(*(leaves for leaves in included if leaves))
    left = everything.difference(*(leaves for leaves in excluded if leaves))
    if not left:
        symbols.report.append(EmptyScope(span=expression.span, what=words_of(expression)))
        return None
    for item, leaves in zip(expression.excluded, excluded, strict=True):
        if leaves is not None and not leaves & everything:
            symbols.report.append(IdleExclusion(span=item.span, what=_listed((item,))))
    return left


def _resolve_item(role: Role, item: tree.SetItem, symbols: Symbols) -> frozenset[int] | None:
    taxonomy = symbols.roles()[role]
    match item:
        case tree.Anyone():
            if role == "recipient":
                return taxonomy.values[0].leaves
            name = tree.Name("anyone", item.span)
            symbols.unknown(f"value of `{role}` named", name, ())
            return None
        case tree.AnyValue(name):
            if name.text == role:
                return taxonomy.values[0].leaves
            symbols.unknown("role here named", name, [role])
            return None
        case tree.Branch(name):
            value = symbols.value(taxonomy.name, name)
            return value.leaves if value else None


def _listed(items: tuple[tree.SetItem, ...]) -> str:
    words = [_word(item) for item in items]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _word(item: tree.SetItem) -> str:
    match item:
        case tree.Anyone():
            return "anyone"
        case tree.AnyValue(name):
            return f"any {name.text}"
        case tree.Branch(name):
            return name.text
