"""What the policy means for requests that a row leaves open, as terms for the proof of SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from privity.model.formula import (
    And,
    AtMost,
    Atom,
    Constant,
    Contains,
    Defined,
    Equals,
    Formula,
    Key,
    Not,
    Or,
    SameLeaf,
    SameText,
    TextIs,
    Within,
    facts_of,
    read_by,
)
from privity.model.nodes import (
    FIRST_DAY,
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    Policy,
    Rule,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.symbolic import factory
from privity.symbolic.encode import Scene, Shared
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.rules import decision

MOST_VALUES = 64
"""Of what is missing, to be tried one by one; beyond, exactness is not proved."""


@dataclass(frozen=True)
class Meaning:
    """The policy's decision on a complete request whose constants are under `names`."""

    policy: Policy
    names: Names
    commands: tuple[str, ...]

    @property
    def permits(self) -> Term:
        return self.names.permits()

    def decides(self, rule: Rule) -> Term:
        applies = self.names.applies(rule.name)
        return applies if rule.effect == "forbid" else f"(and {applies} {self.permits})"


def meaning(policy: Policy, names: Names, shared: Shared, before: Iterable[str] = ()) -> Meaning:
    scene = Scene(names, policy.fact_by_key, shared)
    lines = decision(policy, policy.rules_in_order, scene)
    return Meaning(policy, names, (*before, *lines))


def atoms(policy: Policy) -> tuple[Atom, ...]:
    """Those of all conditions of rules, definitions opened, each once."""
    found: dict[Atom, None] = {}
    opened: set[str] = set()
    waiting: list[Formula] = [f for rule in policy.rules for f in (rule.when, rule.unless)]
    while waiting:
        match waiting.pop():
            case Constant():
                pass
            case Not(operand):
                waiting.append(operand)
            case And(operands) | Or(operands):
                waiting.extend(operands)
            case Defined(name):
                if name not in opened:
                    opened.add(name)
                    waiting.append(policy.definitions[name].formula)
            case atom:
                found[atom] = None
    return tuple(found)


def read_keys(policy: Policy) -> tuple[Key, ...]:
    """The roles and facts on which decisions may hang."""
    read = frozenset[Key]().union(*(read_by(atom) for atom in atoms(policy)))
    for role, taxonomy in policy.roles.items():
        if any(rule.scope.roles[role] != taxonomy.values[0].leaves for rule in policy.rules):
            read |= {role}
    return tuple(key for key in (*policy.roles, *policy.fact_by_key) if key in read)


# ------------------------------------------------------------------ one value missing


def copies(policy: Policy, key: Key, shared: Shared) -> list[Meaning] | None:
    """The decision for values of `key` that stand for all, the rest of the request the same.

    None where they are too many, or where the definition does not let the value alone decide.
    """
    about = [atom for atom in atoms(policy) if key in read_by(atom)]
    fact = policy.fact_by_key.get(key)
    optional = fact is not None and fact.optional
    values = _values(policy, key, about, shared)
    if values is None or len(values) > MOST_VALUES:
        return None
    found = []
    for number, value in enumerate(values):
        name = f"{key}.at{number}"
        stated = [*value, (".none", "Bool", factory.FALSE)] if optional else value
        lines = [f"(define-fun {name}{more} () {sort} {term})" for more, sort, term in stated]
        found.append(meaning(policy, _named(key, name), shared, lines))
    return [*found, _none_copy(policy, key, shared)] if optional else found


def _named(key: Key, name: str) -> Names:
    return Names(f".{name}", renamed={key: name})


Stated = list[tuple[str, str, Term]]
"""Definitions of the constants of one value: what comes after the name, the sort, the term."""


def _none_copy(policy: Policy, key: Key, shared: Shared) -> Meaning:
    name = f"{key}.at.none"
    kind = policy.fact_by_key[key].type
    lines = [f"(define-fun {name}.none () Bool true)"]
    match kind:
        case BooleanType():
            lines.append(f"(define-fun {name} () Bool false)")
        case SetType():
            leaves = range(len(policy.taxonomy_of(key).leaves))
            lines += [f"(define-fun {name}.has.{leaf} () Bool false)" for leaf in leaves]
        case _:
            lines.append(f"(define-fun {name} () Int 0)")
    return meaning(policy, _named(key, name), shared, lines)


def _values(policy: Policy, key: Key, about: Sequence[Atom], shared: Shared) -> list[Stated] | None:
    fact = policy.fact_by_key.get(key)
    match None if fact is None else fact.type:
        case BooleanType():
            return [[("", "Bool", factory.FALSE)], [("", "Bool", factory.TRUE)]]
        case None | TaxonomyType():
            return [[("", "Int", str(leaf))] for leaf in _leaves(policy, key, about)]
        case TextType():
            return list(_texts(key, about, shared))
        case SetType():
            return _sets(policy, key, about)
        case IntegerType(low, _) | DurationType(low, _):
            return _numbers(key, low, about)
        case DateType():
            return _numbers(key, FIRST_DAY.toordinal(), about)


def _leaves(policy: Policy, key: Key, about: Sequence[Atom]) -> Iterator[int]:
    sets = [atom.leaves for atom in about if isinstance(atom, Within)]
    if key in policy.roles:
        sets += [rule.scope.roles[key] for rule in policy.rules]  # type: ignore[index]
    single = any(isinstance(atom, SameLeaf) for atom in about)
    seen: set[object] = set()
    for leaf in range(len(policy.taxonomy_of(key).leaves)):
        mark = leaf if single else tuple(leaf in one for one in sets)
        if mark not in seen:
            seen.add(mark)
            yield leaf


def _texts(key: Key, about: Sequence[Atom], shared: Shared) -> Iterator[Stated]:
    for atom in about:
        match atom:
            case TextIs(_, text):
                yield [("", "Int", str(shared.text(text)))]
            case SameText(left, right):
                yield [("", "Int", right if left == key else left)]
            case _:
                pass
    # A text that no rule and no other fact of the request has.
    others = [right if left == key else left for left, right in _same(about)]
    most = factory.total(["1000000", *others])
    yield [("", "Int", most)]


def _same(about: Sequence[Atom]) -> Iterator[tuple[Key, Key]]:
    return ((atom.left, atom.right) for atom in about if isinstance(atom, SameText))


def _sets(policy: Policy, key: Key, about: Sequence[Atom]) -> list[Stated] | None:
    sets = [atom.leaves for atom in about if isinstance(atom, Contains)]
    marks: dict[tuple[bool, ...], int] = {}
    leaves = range(len(policy.taxonomy_of(key).leaves))
    for leaf in leaves:
        marks.setdefault(tuple(leaf in one for one in sets), leaf)
    firsts = [leaf for mark, leaf in marks.items() if any(mark)]
    if 2 ** len(firsts) > MOST_VALUES:
        return None
    found = []
    for chosen in product((False, True), repeat=len(firsts)):
        held = {leaf for leaf, one in zip(firsts, chosen, strict=True) if one}
        found.append(
            [
                (f".has.{leaf}", "Bool", factory.TRUE if leaf in held else factory.FALSE)
                for leaf in leaves
            ]
        )
    return found


def _numbers(key: Key, low: int, about: Sequence[Atom]) -> list[Stated] | None:
    """The least value, and the first beyond each bound; None where that cannot be written."""
    found: list[Stated] = [[("", "Int", factory.number(low))]]
    for atom in about:
        match atom:
            case AtMost(terms, bound):
                bounds = [bound]
            case Equals(terms, bound):
                bounds = [bound - 1, bound]
            case _:
                continue
        own = [c for c, quantity in terms if quantity == key]
        rest = [(c, quantity) for c, quantity in terms if quantity != key]
        plain = all(isinstance(quantity, str) for _, quantity in rest)
        if len(own) != 1 or abs(own[0]) != 1 or not plain or key in facts_of(tuple(rest)):
            return None
        for each in bounds:
            start = each + 1 if own[0] == 1 else -each
            parts = [factory.product(-own[0] * c, str(quantity)) for c, quantity in rest]
            value = factory.total([*parts, factory.number(start)])
            found.append([("", "Int", value)])
    return found
