"""Two policies as one vocabulary: what each calls a fact, where both speak of one request.

A fact of the second policy is the first one's iff both declare it, with its type and taxonomy, in
the same place. Others, and all its definitions and rules, get names of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from privity.model.formula import (
    And,
    AtMost,
    Atom,
    Constant,
    Contains,
    Defined,
    Equals,
    Formula,
    Holds,
    IsNone,
    Key,
    Linear,
    Not,
    Or,
    Quantity,
    SameLeaf,
    SameText,
    Shifted,
    TextIs,
    Within,
)
from privity.model.nodes import Definition, Fact, Policy, Rule, SetType, Taxonomy, TaxonomyType


class ApartError(Exception):
    """The two do not speak of the same requests."""


@dataclass(frozen=True)
class Joint:
    """`policy` has the words of both and the first one's rules; `other` are the second one's.

    Nothing reads in which order the rules of the two yield. `renamed` goes from a fact of the
    second policy to what it is called here, where that differs.
    """

    policy: Policy
    other: tuple[Rule, ...]
    renamed: Mapping[Key, Key]


def joint(policy: Policy, other: Policy, rules: Sequence[Rule]) -> Joint:
    """With `rules` of the second policy, in order, which stand for all of them.

    Raises ApartError where the roles of the two do not have the same taxonomies.
    """
    if policy.roles.keys() != other.roles.keys():
        raise ApartError(f"{policy.name} and {other.name} do not have the same roles")
    for role, taxonomy in other.roles.items():
        if _shape(taxonomy) != _shape(policy.roles[role]):
            raise ApartError(f"{policy.name} and {other.name} do not share a taxonomy `{role}`")
    naming = _Naming(policy, other)
    second = tuple(map(naming.rule, rules))
    both = replace(
        policy,
        taxonomies={**policy.taxonomies, **naming.taxonomies()},
        facts=(*policy.facts, *naming.facts()),
        definitions={**policy.definitions, **dict(naming.definitions())},
        rules=(*policy.rules, *second),
        rules_in_order=(),
    )
    return Joint(both, second, naming.renamed)


def _shape(taxonomy: Taxonomy) -> object:
    """Taxonomies of one shape number their leaves alike and mean the same by them."""
    return taxonomy.origin, [(v.path, v.first, v.last) for v in taxonomy.values]


class _Naming:
    def __init__(self, policy: Policy, other: Policy) -> None:
        self.policy, self.other = policy, other
        self.renamed = {f.key: self.own(f.key) for f in other.facts if not self._shared(f)}
        self._alike = not self.renamed and not other.definitions

    def own(self, name: str) -> str:
        """No name of a policy holds a space."""
        return f"{name} of {self.other.name}"

    def _shared(self, fact: Fact) -> bool:
        twin = self.policy.fact_by_key.get(fact.key)
        if twin is None or (twin.origin, twin.optional) != (fact.origin, fact.optional):
            return False
        if not isinstance(fact.type, TaxonomyType | SetType):
            return twin.type == fact.type
        return type(twin.type) is type(fact.type) and _shape(
            self.policy.taxonomy_of(fact.key)
        ) == _shape(self.other.taxonomy_of(fact.key))

    # -------------------------------------------------------------- declarations

    def taxonomies(self) -> Mapping[str, Taxonomy]:
        return {self.own(name): each for name, each in self.other.taxonomies.items()}

    def facts(self) -> Iterator[Fact]:
        for fact in self.other.facts:
            if fact.key in self.renamed:
                match fact.type:
                    case TaxonomyType(name) | SetType(name):
                        kind = replace(fact.type, taxonomy=self.own(name))
                        yield replace(fact, key=self.renamed[fact.key], type=kind)
                    case _:
                        yield replace(fact, key=self.renamed[fact.key])

    def definitions(self) -> Iterator[tuple[str, Definition]]:
        for name, definition in self.other.definitions.items():
            formula = self.formula(definition.formula)
            yield self.own(name), replace(definition, name=self.own(name), formula=formula)

    def rule(self, rule: Rule) -> Rule:
        return replace(
            rule,
            name=self.own(rule.name),
            when=self.formula(rule.when),
            unless=self.formula(rule.unless),
            yields_to=tuple(map(self.own, rule.yields_to)),
        )

    # -------------------------------------------------------------- conditions

    def key(self, key: Key) -> Key:
        return self.renamed.get(key, key)

    def formula(self, formula: Formula) -> Formula:
        if self._alike:
            return formula
        match formula:
            case Constant():
                return formula
            case Defined(name):
                return Defined(self.own(name))
            case Not(operand):
                return Not(self.formula(operand))
            case And(operands):
                return And(tuple(map(self.formula, operands)))
            case Or(operands):
                return Or(tuple(map(self.formula, operands)))
            case atom:
                return self.atom(atom)

    def atom(self, atom: Atom) -> Atom:
        match atom:
            case Holds(fact) | IsNone(fact) | TextIs(fact) | Contains(fact):
                return replace(atom, fact=self.key(fact))
            case Within(variable, leaves):
                return Within(self.key(variable), leaves)
            case SameLeaf(left, right) | SameText(left, right):
                return replace(atom, left=self.key(left), right=self.key(right))
            case AtMost(terms) | Equals(terms):
                return replace(atom, terms=self.terms(terms))

    def terms(self, terms: tuple[tuple[int, Quantity], ...]) -> tuple[tuple[int, Quantity], ...]:
        return tuple((coefficient, self.quantity(quantity)) for coefficient, quantity in terms)

    def quantity(self, quantity: Quantity) -> Quantity:
        if isinstance(quantity, str):
            return self.key(quantity)
        of = quantity.of
        return Shifted(Linear(self.terms(of.terms), of.constant), quantity.months)
