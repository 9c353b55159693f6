"""A policy as the naive implementation sees it: its declarations by name, nothing prepared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from privity.syntax import nodes as tree
from privity.syntax.parse import parse

ROLES = ("data", "sender", "recipient", "subject", "purpose")
ROLE_OF_WORD = {"with": "recipient", "for": "purpose", "from": "sender", "about": "subject"}

Path = tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    """`paths` are all its values, the root first, each before those under it."""

    paths: tuple[Path, ...]

    def fitting(self, name: str) -> list[Path]:
        """The values that `name` is an end of the path of."""
        end = tuple(name.split("."))
        return [path for path in self.paths if path[len(path) - len(end) :] == end]

    def find(self, name: str) -> Path:
        (path,) = self.fitting(name)
        return path

    def leaf_paths(self) -> list[Path]:
        inner = {path[:-1] for path in self.paths}
        return [path for path in self.paths if path not in inner]

    def short(self, path: Path) -> str:
        """The shortest end of `path` that fits no other value."""
        for length in range(1, len(path) + 1):
            name = ".".join(path[-length:])
            if self.fitting(name) == [path]:
                return name
        raise LookupError(path)

    def leaves(self, name: str | None = None) -> list[str]:
        """What requests call the leaves at or under the value called `name`, or all leaves."""
        return list(_leaves(self, name))


@cache
def _leaves(taxonomy: Taxonomy, name: str | None) -> tuple[str, ...]:
    above = taxonomy.find(name) if name is not None else ()
    return tuple(
        taxonomy.short(path) for path in taxonomy.leaf_paths() if path[: len(above)] == above
    )


@dataclass(frozen=True)
class Policy:
    otherwise: str
    taxonomies: dict[str, Taxonomy]
    facts: dict[str, tree.Fact]
    named: dict[str, tree.Expression]
    rules: tuple[tree.Rule, ...]
    assumptions: tuple[tree.Assumption, ...]

    def roles(self) -> list[str]:
        """The roles that requests speak of."""
        return [role for role in ROLES if role in self.taxonomies]

    def parts(self) -> list[str]:
        """All that a request may state, in order."""
        return [*self.roles(), *self.facts]

    def taxonomy_of(self, name: str) -> Taxonomy | None:
        """That of a role or of a fact whose values are leaves."""
        if name in self.facts:
            type_ = self.facts[name].type
            if isinstance(type_, tree.TaxonomyType):
                return self.taxonomies[type_.name.text]
            return None
        return self.taxonomies[name] if name in ROLES and name in self.taxonomies else None

    def set_taxonomy_of(self, name: str) -> Taxonomy:
        return self.taxonomies[cast(tree.SetType, self.facts[name].type).name.text]


def read(*texts: str) -> Policy:
    """The policy that is the last of `texts`, with the vocabularies before it."""
    modules = [parse(text, "policy.privity").module for text in texts]
    assert all(module is not None for module in modules), "the text does not parse"
    everything = [each for module in modules if module is not None for each in module.declarations]
    header = modules[-1].header if modules[-1] is not None else None
    assert isinstance(header, tree.PolicyHeader)
    return Policy(
        otherwise=header.otherwise,
        taxonomies={
            each.name.text: Taxonomy(_paths(each))
            for each in everything
            if isinstance(each, tree.Taxonomy)
        },
        facts={each.name.text: each for each in everything if isinstance(each, tree.Fact)},
        named={
            each.name.text: each.value
            for each in everything
            if isinstance(each, tree.Parameter | tree.Definition)
        },
        rules=tuple(each for each in everything if isinstance(each, tree.Rule)),
        assumptions=tuple(each for each in everything if isinstance(each, tree.Assumption)),
    )


def _paths(taxonomy: tree.Taxonomy) -> tuple[Path, ...]:
    def below(path: Path, items: tuple[tree.Item, ...]) -> list[Path]:
        found = [path]
        for item in items:
            found += below((*path, item.name.text), item.children)
        return found

    return tuple(below((taxonomy.name.text,), taxonomy.items))
