"""Facts, values and conditions in the policy's own words, for readers without logic."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import assert_never

from privity.cli.wire import cover, leaf_name
from privity.model.formula import (
    And,
    AtMost,
    Constant,
    Contains,
    Defined,
    Equals,
    Formula,
    Holds,
    IsNone,
    Key,
    Not,
    Or,
    Plain,
    Quantity,
    SameLeaf,
    SameText,
    TextIs,
    Within,
)
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    Policy,
    Role,
    SetType,
    Taxonomy,
    TaxonomyType,
    TextType,
    Value,
)

EVERYTHING: dict[Role, str] = {
    "data": "any information",
    "sender": "any sender",
    "recipient": "anyone",
    "subject": "any person",
    "purpose": "any purpose",
}


COUNTED = DateType | DurationType | IntegerType


def listed(parts: Sequence[str], word: str = "and") -> str:
    """`a, b and c`. Parts that have commas of their own are kept apart by semicolons."""
    if len(parts) < 2:
        return "".join(parts)
    comma = ";" if any("," in part for part in parts) else ","
    last = f"{comma} {word} " if comma == ";" else f" {word} "
    return f"{comma} ".join(parts[:-1]) + last + parts[-1]


# ------------------------------------------------------------------ taxonomies


def value_words(value: Value) -> str:
    """Its label, else its name."""
    return value.label or value.path[-1].replace("_", " ")


def leaf_words(taxonomy: Taxonomy, leaf: int) -> str:
    return value_words(taxonomy.leaves[leaf])


def role_words(policy: Policy, role: Role, leaves: frozenset[int]) -> str:
    """A set of a role's leaves: `anyone but the company itself`, `a bank or an insurer`."""
    taxonomy = policy.roles[role]
    return _set_words(taxonomy, leaves, EVERYTHING[role])


def _set_words(taxonomy: Taxonomy, leaves: frozenset[int], everything: str) -> str:
    """Whichever is shorter: the branches that make it up, or one branch and what it leaves out."""
    root = taxonomy.values[0]
    if leaves == root.leaves:
        return everything
    branches = cover(taxonomy, leaves)
    around = [value for value in taxonomy.values if leaves <= value.leaves][-1]
    left_out = cover(taxonomy, around.leaves - leaves)
    if not left_out or len(left_out) >= len(branches):
        return listed([value_words(value) for value in branches], "or")
    whole = everything if around is root else value_words(around)
    return f"{whole} but not {listed([value_words(value) for value in left_out], 'or')}"


# ------------------------------------------------------------------ facts


def noun(policy: Policy, key: Key) -> str:
    """What a fact or role that is no yes or no is called."""
    fact = policy.fact_by_key.get(key)
    if fact is None:
        return f"the {key}" if key != "data" else "the information"
    return fact.label or key


def statement(policy: Policy, key: Key, value: Plain, *, instance: bool = False) -> str:
    """That a fact has a value, as a clause: `the person has opted out`.

    A day or a number that is but an `instance` of those that would do is said to be one.
    """
    fact = policy.fact_by_key[key]
    if isinstance(fact.type, BooleanType):
        return _truth(policy, key, value)
    if value is None:
        return fact.negative or f"{noun(policy, key)} is none"
    one = ", for instance," if instance and isinstance(fact.type, COUNTED) else ""
    return f"{noun(policy, key)} is{one} {_value(policy, key, value)}"


def _truth(policy: Policy, key: Key, value: Plain) -> str:
    fact = policy.fact_by_key[key]
    if value is True:
        return fact.label or f"{key} is true"
    if value is None:
        return f"it cannot be said whether {fact.label or key}"
    if fact.negative is not None:
        return fact.negative
    return f"it is not so that {fact.label}" if fact.label else f"{key} is false"


def question(policy: Policy, key: Key) -> str:
    """What is left open where a fact does not matter: `whether the person has opted out`."""
    fact = policy.fact_by_key[key]
    if isinstance(fact.type, BooleanType):
        return f"whether {fact.label}" if fact.label else key
    return noun(policy, key)


def _value(policy: Policy, key: Key, value: Plain) -> str:
    fact = policy.fact_by_key.get(key)
    match None if fact is None else fact.type, value:
        case None | TaxonomyType(), int():
            return leaf_words(policy.taxonomy_of(key), value)
        case SetType(), frozenset():
            taxonomy = policy.taxonomy_of(key)
            return listed([leaf_words(taxonomy, leaf) for leaf in sorted(value)]) or "empty"
        case DateType(), int():
            return datetime.date.fromordinal(value).isoformat()
        case DurationType(), int():
            return _days(value)
        case TextType(), str():
            return f'"{value}"'
        case _:
            return str(value)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


# ------------------------------------------------------------------ conditions


def condition(policy: Policy, formula: Formula, holds: bool = True) -> str:
    """That `formula` holds, or that it does not, as a clause."""
    match formula:
        case Not(operand):
            return condition(policy, operand, not holds)
        case And(operands):
            return _joined(policy, operands, holds, "and" if holds else "or")
        case Or(operands):
            return _joined(policy, operands, holds, "or" if holds else "and")
        case Constant(value):
            return "always" if value == holds else "never"
        case Defined(name):
            label = policy.definitions[name].label or f"`{name}`"
            return label if holds else f"it is not so that {label}"
        case Holds(fact):
            return statement(policy, fact, holds)
        case IsNone(fact):
            return _none(policy, fact, holds)
        case Within(variable, leaves):
            words = _set_words(policy.taxonomy_of(variable), leaves, "anything")
            return f"{noun(policy, variable)} {_is(holds)} {words}"
        case Contains(fact, leaves):
            words = _set_words(policy.taxonomy_of(fact), leaves, "anything")
            return f"{noun(policy, fact)} {'contains' if holds else 'does not contain'} {words}"
        case SameLeaf(left, right) | SameText(left, right):
            return f"{noun(policy, left)} {_is(holds)} {noun(policy, right)}"
        case TextIs(fact, text):
            return f'{noun(policy, fact)} {_is(holds)} "{text}"'
        case AtMost() | Equals():
            return _comparison(policy, formula, holds)
        case _:
            assert_never(formula)


def _joined(policy: Policy, operands: Iterable[Formula], holds: bool, word: str) -> str:
    parts = [condition(policy, operand, holds) for operand in operands]
    return f", {word} ".join(parts)


def _is(holds: bool) -> str:
    return "is" if holds else "is not"


def _none(policy: Policy, key: Key, holds: bool) -> str:
    if holds:
        return statement(policy, key, None)
    return f"{noun(policy, key)} is known"


# ------------------------------------------------------------------ comparisons


def _comparison(policy: Policy, atom: AtMost | Equals, holds: bool) -> str:
    days = _between_days(policy, atom, holds)
    if days is not None:
        return days
    sum_words, bound = _sum(policy, atom.terms), atom.bound
    if isinstance(atom, Equals):
        return f"{sum_words} {_is(holds)} {_bound(policy, atom, bound)}"
    if len(atom.terms) == 1 and _dates(policy, atom.terms) and atom.terms[0][0] == 1:
        word = "on or before" if holds else "after"
        return f"{sum_words} is {word} {datetime.date.fromordinal(bound).isoformat()}"
    word = "at most" if holds else "more than"
    return f"{sum_words} is {word} {_bound(policy, atom, bound)}"


def _between_days(policy: Policy, atom: AtMost | Equals, holds: bool) -> str | None:
    """Two dates compared: `a - b <= n`, or its contrary."""
    match atom.terms:
        case ((1, first), (-1, second)) if _dates(policy, atom.terms) and isinstance(atom, AtMost):
            least = atom.bound if holds else atom.bound + 1
            early, late = _quantity(policy, first), _quantity(policy, second)
            return _apart(early, late, least) if holds else _apart(late, early, -least)
        case _:
            return None


def _apart(early: str, late: str, bound: int) -> str:
    """`early - late <= bound`."""
    if bound == 0:
        return f"{early} is not after {late}"
    if bound < 0:
        return f"{early} is at least {_days(-bound)} before {late}"
    return f"{early} is at most {_days(bound)} after {late}"


def _bound(policy: Policy, atom: AtMost | Equals, bound: int) -> str:
    kinds = {_kind(policy, quantity) for _, quantity in atom.terms}
    if kinds == {"date"} and sum(coefficient for coefficient, _ in atom.terms) == 1:
        return datetime.date.fromordinal(bound).isoformat()
    return str(bound) if "integer" in kinds else _days(bound)


def _sum(policy: Policy, terms: tuple[tuple[int, Quantity], ...]) -> str:
    parts: list[str] = []
    for coefficient, quantity in terms:
        times = "" if abs(coefficient) == 1 else f"{abs(coefficient)} times "
        sign = "- " if coefficient < 0 else "+ " if parts else ""
        parts.append(f"{sign}{times}{_quantity(policy, quantity)}")
    return " ".join(parts)


def _quantity(policy: Policy, quantity: Quantity) -> str:
    if isinstance(quantity, str):
        return noun(policy, quantity)
    of = _sum(policy, quantity.of.terms)
    count = abs(quantity.months)
    shift = f"{count} month{'s' * (count != 1)} {'after' if quantity.months > 0 else 'before'} {of}"
    extra = quantity.of.constant
    return f"{shift} {'+' if extra > 0 else '-'} {_days(abs(extra))}" if extra else shift


def _dates(policy: Policy, terms: tuple[tuple[int, Quantity], ...]) -> bool:
    return all(_kind(policy, quantity) == "date" for _, quantity in terms)


def _kind(policy: Policy, quantity: Quantity) -> str:
    if not isinstance(quantity, str):
        return "date"
    kind = policy.fact_by_key[quantity].type
    return "date" if isinstance(kind, DateType) else "days" if _is_days(kind) else "integer"


def _is_days(kind: object) -> bool:
    return isinstance(kind, DurationType)


def tried(policy: Policy, role: Role, leaf: int) -> str:
    """The one leaf that stands for a set, by name: requests and scenarios say it so."""
    return leaf_name(policy.roles[role], leaf)
