"""What the rows of a module's tables come to, for the proofs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from privity.model.nodes import Duty, Rule
from privity.validate.findings import Finding
from privity.validate.literals import Ref


@dataclass(frozen=True, slots=True)
class AtomRow:
    """`test` is its function; None where the prelude makes it from numbers, then `runs` are the
    intervals of leaves that it lists."""

    line: int
    kind: str
    reads: tuple[int, ...]
    test: str | None
    text: str
    total: str | None
    bounds: tuple[int, ...]
    unsteady: tuple[int, ...]
    runs: tuple[tuple[int, int], ...] = ()

    @property
    def said(self) -> str:
        """What to call it."""
        return f"`{self.test}`" if self.test is not None else f"line {self.line}"


@dataclass(frozen=True, slots=True)
class DutyRow:
    """Only of duties with a deadline: the function that computes it, and the policy's duty."""

    line: int
    reads: tuple[int, ...]
    function: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class RuleRow:
    line: int
    scope: tuple[int, ...]
    atoms: tuple[int, ...]
    duties: tuple[DutyRow, ...]
    rule: Rule
    conditions: tuple[object, ...] | None
    """Where rules are apart: numbers of atoms, or their contraries, tuples and names of these."""
    yields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A constant of decisions, by data category; `rules` are numbers in the order of `_RULES`."""

    line: int
    outcome: Literal["permit", "deny"]
    rules: tuple[int, ...]


@dataclass
class Tables:
    atoms: list[AtomRow] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)
    """The function that the program has for each of its uses: `known`, `apply` and so on."""
    about_data: int = 0
    decisions: dict[str, Decision] = field(default_factory=dict)
    parts: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """Conditions that rows refer to by name; each is made of atoms and of those before it."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def apart(self) -> bool:
        """Rules have conditions of their own: there is no function for all of them."""
        return not self.functions.keys() & {"known", "known_of_data", "apply"}


def atoms_in(
    conditions: tuple[object, ...], parts: Mapping[str, tuple[object, ...]]
) -> Iterator[int]:
    """The atoms of conditions, in any order, perhaps several times."""
    waiting, seen = [conditions], set[str]()
    while waiting:
        for part in waiting.pop():
            match part:
                case int():
                    yield part if part >= 0 else ~part
                case Ref(name):
                    if name not in seen:
                        seen.add(name)
                        waiting.append(parts[name])
                case tuple():
                    waiting.append(part)
                case _:
                    pass
