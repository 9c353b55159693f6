"""A policy whose names are resolved and whose types are right: what every engine reads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from privity.diagnostics.span import Span
from privity.model.formula import Formula, Key, Linear, Plain

if TYPE_CHECKING:
    from privity.model.parts import Parts

Effect = Literal["permit", "forbid"]
Outcome = Literal["permit", "deny", "unknown"]
Role = Literal["data", "sender", "recipient", "subject", "purpose"]

ROLES: tuple[Role, ...] = ("data", "sender", "recipient", "subject", "purpose")
REQUIRED_ROLES: tuple[Role, ...] = ("data", "recipient", "purpose")

FIRST_DAY = datetime.date(1700, 1, 1)
LAST_DAY = datetime.date(9899, 12, 31)
MOST_OFFSET_DAYS = 36_524  # from 9899-12-31 to 9999-12-31, 100 years
MOST_OFFSET_MONTHS = 1_200
DEFAULT_INTEGER = (-(10**12), 10**12)
MOST_INTEGER = 2**53 - 1


# ------------------------------------------------------------------ vocabulary


@dataclass(frozen=True, slots=True)
class Citation:
    source: str
    clause: str
    span: Span = field(compare=False)

    def __str__(self) -> str:
        return f"{self.source} {self.clause}"


@dataclass(frozen=True, slots=True)
class Value:
    """A taxonomy value with all under it: leaves `first` (included) to `last` (excluded)."""

    name: str
    """The shortest dotted suffix of its path that is unique in the taxonomy."""
    path: tuple[str, ...]
    label: str | None
    first: int
    last: int
    parent: int | None
    span: Span = field(compare=False)

    @property
    def leaves(self) -> frozenset[int]:
        return _interval(self.first, self.last)


@lru_cache(maxsize=4096)
def _interval(first: int, last: int) -> frozenset[int]:
    return frozenset(range(first, last))


@dataclass(frozen=True)
class Taxonomy:
    """A tree of values in preorder; the root is `values[0]` and bears the taxonomy's name.

    Leaves are numbered in the order of declaration, so that every value is an interval.
    """

    name: str
    label: str | None
    values: tuple[Value, ...]
    origin: str
    span: Span = field(compare=False)

    @cached_property
    def leaves(self) -> tuple[Value, ...]:
        """The leaves, `leaves[n]` being leaf number n."""
        parents = {value.parent for value in self.values}
        return tuple(v for number, v in enumerate(self.values) if number not in parents)

    @cached_property
    def leaf_numbers(self) -> Mapping[str, int]:
        """From the name of a leaf, as requests state it, to its number."""
        return {leaf.name: leaf.first for leaf in self.leaves}


@dataclass(frozen=True, slots=True)
class BooleanType:
    attested: bool = False


@dataclass(frozen=True, slots=True)
class IntegerType:
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class DateType:
    """Values are ordinals from FIRST_DAY to LAST_DAY."""


@dataclass(frozen=True, slots=True)
class DurationType:
    """Whole days, both bounds included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class TextType:
    pass


@dataclass(frozen=True, slots=True)
class TaxonomyType:
    taxonomy: str


@dataclass(frozen=True, slots=True)
class SetType:
    taxonomy: str


FactType = (
    BooleanType | IntegerType | DateType | DurationType | TextType | TaxonomyType | SetType
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed property of a role or of the disclosure; `key` is `role.name`.

    `label` says in words that it holds, `negative` that it does not.
    """

    key: Key
    type: FactType
    optional: bool
    label: str | None
    negative: str | None
    origin: str
    span: Span = field(compare=False)
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    text: str
    informative: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Source:
    name: str
    label: str | None
    clauses: tuple[Clause, ...]
    origin: str
    span: Span = field(compare=False)

    @cached_property
    def clause_ids(self) -> frozenset[str]:
        return frozenset(clause.id for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Party:
    """A named recipient: one of `leaves`, all those under the value that the author gave."""

    title: str
    leaves: frozenset[int]
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`text` is the value as written."""

    name: str
    label: str | None
    text: str
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition. Definitions of other types are put in where they are used."""

    name: str
    label: str | None
    formula: Formula
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    name: str
    text: str
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


# ------------------------------------------------------------------ rules


@dataclass(frozen=True, slots=True)
class Scope:
    """The leaves that each role may have; a role without a taxonomy is absent."""

    roles: Mapping[Role, frozenset[int]]
    words: Mapping[Role, str]
    """Each role's part as the author wrote it."""
    span: Span = field(compare=False)

    def meets(self, other: Scope) -> bool:
        return all(leaves & other.roles[role] for role, leaves in self.roles.items())


@dataclass(frozen=True, slots=True)
class Duty:
    """What a permit obliges its user to do. `deadline` is a day, as an ordinal, if there is one."""

    name: str
    label: str | None
    deadline: Linear | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A permit or forbid.

    It applies to a complete request iff `scope` matches, `when` holds, `unless` does not, and
    none of the rules named in `yields_to` applies.
    """

    effect: Effect
    name: str
    label: str | None
    scope: Scope
    when: Formula
    unless: Formula
    yields_to: tuple[str, ...]
    duties: tuple[Duty, ...]
    readings: tuple[str, ...]
    citations: tuple[Citation, ...]
    assumption: bool
    """It stands for an `assume`: forbids whatever lies outside the assumption."""
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Assumption:
    """Holds for every request that claims range over; `rules` carries the forbid it stands for."""

    name: str
    label: str | None
    formula: Formula
    until: datetime.date
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Must:
    name: str
    label: str | None
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


# ------------------------------------------------------------------ scenarios and claims


@dataclass(frozen=True, slots=True)
class Expectation:
    """`rules` None where the author names none: any deciding rules do. `policy` None: all."""

    outcome: Outcome
    rules: tuple[str, ...] | None
    policy: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Requests that must all be decided as expected.

    `roles` holds the leaves of each role that is given: the data leaves are one request, every
    combination of the others is a request of its own. A role or fact not given is missing.
    """

    title: str
    roles: Mapping[Role, frozenset[int]]
    facts: Mapping[Key, Plain]
    expectations: tuple[Expectation, ...]
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Never:
    scope: Scope


@dataclass(frozen=True, slots=True)
class AllowedOnlyIf:
    condition: Formula
    scope: Scope


@dataclass(frozen=True, slots=True)
class AlwaysAllowed:
    scope: Scope


@dataclass(frozen=True, slots=True)
class SometimesAllowed:
    scope: Scope


@dataclass(frozen=True, slots=True)
class NeverPermits:
    """Setting the boolean `fact`, all else equal, never permits more (or less)."""

    fact: Key
    direction: Literal["more", "less"]
    scope: Scope


@dataclass(frozen=True, slots=True)
class NeverAffects:
    fact: Key
    scope: Scope


@dataclass(frozen=True, slots=True)
class AtLeastAsStrict:
    """Whatever the policy permits, `other` permits; with its duties unless `outcomes_only`."""

    other: str
    outcomes_only: bool


@dataclass(frozen=True, slots=True)
class DecidesTheSame:
    other: str
    outcomes_only: bool


@dataclass(frozen=True, slots=True)
class Carries:
    """Every permit in the scope owes the duty."""

    scope: Scope
    duty: str


Statement = (
    Never | AllowedOnlyIf | AlwaysAllowed | SometimesAllowed | NeverPermits | NeverAffects
    | AtLeastAsStrict | DecidesTheSame | Carries
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExpectedRefutation:
    policy: str
    because: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement about every complete request for which `when` and `assuming` hold.

    `when` includes the claim's `unless`. `assuming` is kept apart because the verdict names it.
    """

    name: str
    label: str | None
    statement: Statement
    when: Formula
    assuming: Formula
    assuming_words: str | None
    expected: tuple[ExpectedRefutation, ...]
    readings: tuple[str, ...]
    citations: tuple[Citation, ...]
    span: Span = field(compare=False)


# ------------------------------------------------------------------ the policy


@dataclass(frozen=True)
class Policy:
    """Everything that a policy's file and the files it uses say.

    `facts`, `rules` and all other tuples stand in the order of declaration, used files first.
    `definitions` and `rules_in_order` are such that whatever is referred to comes before.
    """

    name: str
    title: str | None
    otherwise: Literal["permit", "deny"]
    taxonomies: Mapping[str, Taxonomy]
    facts: tuple[Fact, ...]
    definitions: Mapping[str, Definition]
    parameters: tuple[Parameter, ...]
    readings: tuple[Reading, ...]
    assumptions: tuple[Assumption, ...]
    sources: tuple[Source, ...]
    parties: tuple[Party, ...]
    rules: tuple[Rule, ...]
    rules_in_order: tuple[Rule, ...]
    musts: tuple[Must, ...]
    scenarios: tuple[Scenario, ...]
    claims: tuple[Claim, ...]
    sha256: str
    span: Span = field(compare=False)

    @cached_property
    def roles(self) -> Mapping[Role, Taxonomy]:
        """The roles that have a taxonomy, in the order of ROLES; the others have no value."""
        return {role: self.taxonomies[role] for role in ROLES if role in self.taxonomies}

    @cached_property
    def fact_by_key(self) -> Mapping[Key, Fact]:
        return {fact.key: fact for fact in self.facts}

    @cached_property
    def rule_by_name(self) -> Mapping[str, Rule]:
        return {rule.name: rule for rule in self.rules}

    @cached_property
    def parts(self) -> Parts:
        """What of the policy bears on a part of all requests."""
        from privity.model.parts import Parts

        return Parts(self)

    def taxonomy_of(self, variable: Key) -> Taxonomy:
        """The taxonomy that a role, a taxonomy fact or a set fact takes its values from."""
        if variable in self.taxonomies and variable in ROLES:
            return self.taxonomies[variable]
        kind = self.fact_by_key[variable].type
        assert isinstance(kind, TaxonomyType | SetType)
        return self.taxonomies[kind.taxonomy]
