"""The names that a policy's texts may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from privity.diagnostics.diagnostic import Diagnostic, Label
from privity.diagnostics.span import Span
from privity.diagnostics.suggest import did_you_mean
from privity.model.errors import AmbiguousName, DuplicateName, UnknownName
from privity.model.formula import Key
from privity.model.guards import Presence
from privity.model.nodes import (
    ROLES,
    Definition,
    Fact,
    Reading,
    Role,
    Rule,
    Source,
    Taxonomy,
    Value,
)
from privity.model.values import Denotation
from privity.syntax import nodes as tree


@dataclass(slots=True)
class Symbols:
    """Filled phase by phase while a policy is resolved; `used` gathers what is referred to."""

    taxonomies: dict[str, Taxonomy] = field(default_factory=dict)
    values: dict[str, dict[str, tuple[Value, ...]]] = field(default_factory=dict)
    facts: dict[Key, Fact] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    parameters: dict[str, Denotation] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    """The boolean ones, each after those that it refers to."""
    quantities: dict[str, Denotation] = field(default_factory=dict)
    """The definitions that are not boolean."""
    presences: dict[str, Presence] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    """How deep each definition nests, opened."""
    rule_names: set[str] = field(default_factory=set)
    """All that are declared, those with errors too."""
    rules: dict[str, Rule] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)
    report: list[Diagnostic] = field(default_factory=list)
    sets: dict[tuple[Role, str], frozenset[int]] = field(default_factory=dict)
    """The leaves of each part of a scope that was faultless, by its words."""
    comparisons: dict[object, Denotation] = field(default_factory=dict)
    """What each comparison means that was faultless, by its tree and the facts then present."""
    references: dict[Key, Denotation] = field(default_factory=dict)
    """What a reference to each fact means, once it was asked for."""
    _optional: tuple[int, frozenset[Key]] = (0, frozenset())
    _roles: tuple[int, Mapping[Role, Taxonomy]] = field(default=(0, MappingProxyType({})))

    def roles(self) -> Mapping[Role, Taxonomy]:
        number, roles = self._roles
        if number != len(self.taxonomies):
            roles = {role: self.taxonomies[role] for role in ROLES if role in self.taxonomies}
            self._roles = len(self.taxonomies), roles
        return roles

    def optional(self) -> frozenset[Key]:
        """The facts that may be none."""
        number, keys = self._optional
        if number != len(self.facts):
            keys = frozenset(fact.key for fact in self.facts.values() if fact.optional)
            self._optional = len(self.facts), keys
        return keys

    def unknown(self, kind: str, name: tree.Name, candidates: Iterable[str]) -> None:
        suggestion = did_you_mean(name.text, candidates)
        self.report.append(
            UnknownName(span=name.span, kind=kind, name=name.text, help=suggestion or "")
        )

    def duplicate(self, kind: str, name: str, span: Span, first: Span) -> None:
        label = Label(first, "declared here first")
        self.report.append(DuplicateName(span=span, kind=kind, name=name, labels=(label,)))

    def value(self, taxonomy: str, name: tree.Name) -> Value | None:
        """The taxonomy value that `name` means; reports if there is none or more than one."""
        found = self.values[taxonomy].get(name.text, ())
        self.used.add(("taxonomy", taxonomy))
        if len(found) == 1:
            return found[0]
        if not found:
            self.unknown(f"value of `{taxonomy}` named", name, self.values[taxonomy])
            return None
        self.report.append(
            AmbiguousName(
                span=name.span,
                name=name.text,
                candidates=" or ".join(f"`{value.name}`" for value in found),
                labels=tuple(Label(value.span, f"`{value.name}`") for value in found),
                help=f"write `{found[0].name}`",
            )
        )
        return None
