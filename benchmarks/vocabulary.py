"""The words of the generated policies: taxonomies, facts, definitions, scopes and conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

# ------------------------------------------------------------------ taxonomies


@dataclass(frozen=True)
class Branch:
    """A taxonomy value: the leaves `first` (included) to `last` (excluded) lie under it."""

    name: str
    first: int
    last: int
    under: tuple[Branch, ...] = ()

    @property
    def size(self) -> int:
        return self.last - self.first

    @cached_property
    def all(self) -> tuple[Branch, ...]:
        """This value and all under it, in order."""
        return (self, *(value for branch in self.under for value in branch.all))

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        return tuple(value.name for value in self.all if not value.under)


def grown(name: str, stem: str, shape: Sequence[int], first: int = 0) -> Branch:
    """A tree that has `shape[n]` branches at depth n; values are called after their place."""
    if not shape:
        return Branch(name, first, first + 1)
    under: list[Branch] = []
    for number in range(shape[0]):
        called = f"{stem}_{number}"
        under.append(grown(called, called, shape[1:], under[-1].last if under else first))
    return Branch(name, first, under[-1].last, tuple(under))


ROLES: Mapping[str, Branch] = {
    "data": grown("data", "d", (5, 6)),
    "recipient": grown("recipient", "r", (4, 2, 5)),
    "purpose": grown("purpose", "p", (5, 6)),
}
REGION = grown("region", "region", (4, 5))


def taxonomies() -> Iterator[str]:
    for tree in (*ROLES.values(), REGION):
        yield f"taxonomy {tree.name} {_braces(tree)}\n"


def _braces(branch: Branch) -> str:
    inner = (
        f"{value.name} {_braces(value)}" if value.under else value.name for value in branch.under
    )
    return "{ " + "  ".join(inner) + " }"


# ------------------------------------------------------------------ facts

ABOUT = ("subject", "subject", "subject", "recipient", "disclosure", "sender")
ON = "disclosure.on"


def _named(stem: str, count: int) -> tuple[str, ...]:
    return tuple(f"{ABOUT[n % len(ABOUT)]}.{stem}_{n}" for n in range(count))


FLAGS = _named("flag", 140)
ATTESTED = _named("attested", 20)
DATES = _named("date", 20)
NUMBERS = _named("number", 10)
REGIONS = _named("region", 9)
FACTS: Mapping[str, str] = {
    ON: "date",
    **dict.fromkeys(FLAGS, "boolean"),
    **dict.fromkeys(ATTESTED, "attested boolean"),
    **dict.fromkeys(DATES, "date or none"),
    **dict.fromkeys(NUMBERS, "integer from 0 to 1000"),
    **dict.fromkeys(REGIONS, "region"),
}
"""The 200 facts, each with its type as it is written."""

OWN_FLAGS, SHARED_FLAGS = FLAGS[:110], FLAGS[110:]


def facts() -> Iterator[str]:
    for key, kind in FACTS.items():
        yield f"fact {key} : {kind}\n"


# ------------------------------------------------------------------ conditions


def definitions(count: int = 40) -> Iterator[str]:
    """Conditions that rules share, over booleans that they do not read themselves."""
    random = Random("definitions")
    for number in range(count):
        one, two, three = random.sample(SHARED_FLAGS, 3)
        date = random.choice(DATES)
        yield (
            f"define shared_{number} =\n  {one} and ({two} or not {three})\n"
            f"  or ({date} is not none and {ON} is before {date} + {random.randint(1, 90)} days)\n"
        )


def conditions(random: Random, count: int) -> Iterator[str]:
    """`count` conditions that can hold together: no two read the same fact."""
    flags = iter(random.sample(OWN_FLAGS, 2 * count))
    others = iter(random.sample((*DATES, *NUMBERS, *REGIONS, *ATTESTED), count))
    shared = False
    for _ in range(count):
        draw = random.random()
        if draw < 0.45:
            yield _literal(random, next(flags))
        elif draw < 0.65:
            yield f"({_literal(random, next(flags))} or {_literal(random, next(flags))})"
        elif draw < 0.75 and not shared:
            shared = True
            yield f"shared_{random.randrange(40)}"
        else:
            yield _test(random, next(others))


def _literal(random: Random, fact: str) -> str:
    return fact if random.random() < 0.6 else f"not {fact}"


def _test(random: Random, fact: str) -> str:
    match FACTS[fact]:
        case "date or none":
            days = random.choice((10, 14, 30, 60, 90))
            return f"({fact} is not none and {ON} is on or after {fact} + {days} days)"
        case "region":
            values = random.sample(REGION.all[1:], 3)
            return f"{fact} is one of {', '.join(value.name for value in values)}"
        case "attested boolean":
            return fact
        case _:
            word = random.choice(("at least", "at most", "more than"))
            return f"{fact} is {word} {random.randint(100, 900)}"


# ------------------------------------------------------------------ scopes


@dataclass(frozen=True)
class Part:
    """What a scope says of one role."""

    words: str
    leaves: frozenset[int]


def whole(role: str) -> Part:
    words = {"data": "data", "recipient": "anyone", "purpose": "any purpose"}[role]
    return Part(words, frozenset(range(ROLES[role].size)))


def part(random: Random, role: str, size: int) -> Part:
    """About `size` leaves of a role: branches, leaves, branches `but not` a leaf or two."""
    tree = ROLES[role]
    if size >= tree.size:
        return whole(role)
    wider = [value for value in tree.all if 0 < value.size - size <= 2]
    if size > 2 and wider and random.random() < 0.5:
        return _without(random, random.choice(wider), size)
    chosen: list[Branch] = []
    left = size
    while left > 0 and len(chosen) < 4:
        fitting = [v for v in tree.all if v.size <= left and not _overlaps(v, chosen)]
        widest = max((value.size for value in fitting), default=0)
        if not widest:
            break
        chosen.append(random.choice([v for v in fitting if v.size == widest]))
        left -= chosen[-1].size
    chosen.sort(key=lambda value: value.first)
    return Part(_listed(chosen), frozenset(n for v in chosen for n in range(v.first, v.last)))


def _without(random: Random, value: Branch, size: int) -> Part:
    leaves = [branch for branch in value.all if not branch.under]
    cut = sorted(random.sample(leaves, value.size - size), key=lambda leaf: leaf.first)
    kept = frozenset(range(value.first, value.last)) - {leaf.first for leaf in cut}
    called = whole(value.name).words if value.name in ROLES else value.name
    return Part(f"{called} but not {_listed(cut)}", kept)


def _overlaps(value: Branch, chosen: Sequence[Branch]) -> bool:
    return any(value.first < other.last and other.first < value.last for other in chosen)


def _listed(values: Sequence[Branch]) -> str:
    return " or ".join(filter(None, (", ".join(v.name for v in values[:-1]), values[-1].name)))


def exception(random: Random) -> str:
    """A fact that an `unless` names: an attested one, which no `not` stands before."""
    return random.choice(ATTESTED)
