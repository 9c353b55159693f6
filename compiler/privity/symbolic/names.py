"""Symbols of the obligations: which SMT constant stands for which variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from privity.model.formula import Key


@dataclass(frozen=True, slots=True)
class Names:
    """Variables keep their keys as names, which SMT-LIB takes as they are.

    `fixed` replaces a boolean fact by a constant; `suffix` tells definitions and rules of two
    variants apart; `renamed` gives variables of a second policy, declared elsewhere under the
    same key, names of their own.
    """

    suffix: str = ""
    fixed: Mapping[Key, bool | None] = field(default_factory=dict)
    renamed: Mapping[Key, str] = field(default_factory=dict)

    def variable(self, key: Key) -> str:
        return self.renamed.get(key, key)

    def none(self, key: Key) -> str:
        if key in self.fixed:
            return "true" if self.fixed[key] is None else "false"
        return f"{self.variable(key)}.none"

    def boolean(self, key: Key) -> str:
        if key in self.fixed:
            return "true" if self.fixed[key] else "false"
        return self.variable(key)

    def member(self, key: Key, leaf: int) -> str:
        return f"{self.variable(key)}.has.{leaf}"

    def definition(self, name: str) -> str:
        return f"define.{name}{self.suffix}"

    def applies(self, rule: str) -> str:
        return f"applies.{rule}{self.suffix}"

    def switch(self, rule: str) -> str:
        return f"on.{rule}{self.suffix}"

    def permits(self) -> str:
        return f"permits{self.suffix}"

    def with_fixed(self, suffix: str, fact: Key, value: bool | None) -> Names:
        return replace(self, suffix=self.suffix + suffix, fixed={**self.fixed, fact: value})
