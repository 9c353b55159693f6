"""Random requests for any policy, complete and partial, often at the edge of what it says."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.naive.completions import (
    OTHER_TEXT,
    all_nodes,
    is_number,
    number,
    number_range,
    numbers_worth_trying,
    texts_written,
)
from tests.naive.policy import Policy
from tests.naive.values import FIRST_DAY, LAST_DAY, Value, Values, months_later

from privity.syntax import nodes as tree


@dataclass(frozen=True)
class Asked:
    """A request: its data categories and what is known otherwise."""

    data: tuple[str, ...]
    values: Values


def complete_request(rng: Random, policy: Policy) -> Asked:
    """One or more categories, and a value for everything else."""
    leaves = policy.taxonomies["data"].leaves()
    data = rng.sample(leaves, min(rng.choice((1, 1, 1, 2, 3)), len(leaves)))
    parts = [part for part in policy.parts() if part != "data"]
    values = {part: random_value(rng, policy, part) for part in parts}
    if rng.random() < 0.15:
        values |= {name: None for name, fact in policy.facts.items() if fact.optional}
    for _ in range(rng.choice((0, 1, 1, 2))):
        _to_an_edge(rng, policy, values)
    return Asked(tuple(data), values)


def partial_request(rng: Random, policy: Policy) -> Asked:
    """A complete request with some of it left out: a part or two, or a good deal."""
    asked = complete_request(rng, policy)
    parts = sorted(asked.values)
    count = rng.choice((1, 2, 2, 3, 4, len(parts) // 2, len(parts)))
    dropped = rng.sample(parts, min(count, len(parts)))
    kept = {part: value for part, value in asked.values.items() if part not in dropped}
    return Asked(asked.data, kept)


def random_value(rng: Random, policy: Policy, part: str) -> Value:
    """Any value of a role or fact, edges of the policy's constants more often than others."""
    taxonomy = policy.taxonomy_of(part)
    if part not in policy.facts:
        assert taxonomy is not None
        return rng.choice(taxonomy.leaves())
    fact = policy.facts[part]
    if fact.optional and rng.random() < 0.25:
        return None
    match fact.type:
        case tree.BooleanType():
            return rng.random() < 0.5
        case tree.TaxonomyType():
            assert taxonomy is not None
            return rng.choice(taxonomy.leaves())
        case tree.SetType():
            leaves = policy.set_taxonomy_of(part).leaves()
            return frozenset(leaf for leaf in leaves if rng.random() < 0.4)
        case tree.TextType():
            return rng.choice([*texts_written(policy), "a", "A", OTHER_TEXT])
        case tree.DateType():
            return _date(rng, policy)
        case _:
            return _number(rng, policy, part)


def _number(rng: Random, policy: Policy, part: str) -> int:
    lowest, highest = number_range(policy, part)
    near = [place + offset for place in _integers(policy) for offset in (-1, 0, 1)]
    inside = [place for place in near if lowest <= place <= highest]
    if inside and rng.random() < 0.7:
        return rng.choice(inside)
    return rng.choice((lowest, highest, rng.randint(lowest, highest)))


def _date(rng: Random, policy: Policy) -> datetime.date:
    written = [each.value for each in all_nodes(policy) if isinstance(each, tree.DateLiteral)]
    if rng.random() < 0.03:
        return rng.choice((FIRST_DAY, LAST_DAY))
    day = rng.choice([*written, *_MONTH_ENDS])
    if rng.random() < 0.5:
        day = months_later(day, rng.choice((-12, -1, 1, 2, 12)))
    return _clipped(day.toordinal() + rng.choice((-30, -1, 0, 0, 0, 1, 30)))


_MONTH_ENDS = [datetime.date(2024, 1, 31), datetime.date(2024, 2, 29), datetime.date(2023, 12, 31)]


def _clipped(ordinal: int) -> datetime.date:
    inside = min(max(ordinal, FIRST_DAY.toordinal()), LAST_DAY.toordinal())
    return datetime.date.fromordinal(inside)


def _integers(policy: Policy) -> Sequence[int]:
    return [
        each.value if isinstance(each, tree.IntegerLiteral) else each.count
        for each in all_nodes(policy)
        if isinstance(each, tree.IntegerLiteral | tree.DurationLiteral)
    ]


def _to_an_edge(rng: Random, policy: Policy, values: Values) -> None:
    """Move one number to where a comparison changes, the others being as they are."""
    numbers = [part for part in values if is_number(policy, part) and values[part] is not None]
    if not numbers:
        return
    part = rng.choice(numbers)
    value = rng.choice(numbers_worth_trying(policy, part, values))
    if rng.random() < 0.4:
        lowest, highest = number_range(policy, part)
        place = value.toordinal() if isinstance(value, datetime.date) else value
        assert isinstance(place, int)
        value = number(policy, part, min(max(place - 1, lowest), highest))
    values[part] = value
