"""Random policies and requests, small enough that all completions can be listed."""

from __future__ import annotations

from random import Random

from tests.emit.policies import Tree, define, duty, fact, policy, rule

from privity.model.formula import (
    And,
    Constant,
    Contains,
    Defined,
    Formula,
    Holds,
    IsNone,
    Key,
    Linear,
    Not,
    Or,
    SameLeaf,
    SameText,
    TextIs,
    Within,
)
from privity.model.linear import add, at_most, constant, equal, scale, shifted, subtract, variable
from privity.model.nodes import (
    ROLES,
    BooleanType,
    DateType,
    Definition,
    DurationType,
    Duty,
    Fact,
    FactType,
    IntegerType,
    Policy,
    Role,
    Rule,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.semantics.nodes import Plain, Request

TREES: dict[str, Tree] = {
    "data": {"personal": ["name", "address"], "health": [], "public": []},
    "sender": ["us", "them"],
    "recipient": {"inside": ["staff", "agent"], "outside": {"firm": ["bank", "shop"], "court": []}},
    "purpose": ["service", "marketing", "research"],
    "solo": ["only"],
    "state": ["here", "there", "elsewhere", "abroad"],
}
DAY = 738_000
TYPES: tuple[FactType, ...] = (
    BooleanType(), BooleanType(attested=True), IntegerType(-20, 20), IntegerType(0, 3), DateType(),
    DateType(), DurationType(0, 60), TextType(), TextType(), TaxonomyType("state"),
    TaxonomyType("data"), TaxonomyType("recipient"), TaxonomyType("solo"), SetType("state"),
    SetType("recipient"),
)  # fmt: skip


def random_policy(random: Random) -> Policy:
    trees = {n: t for n, t in TREES.items() if n != "sender" or random.random() < 0.4}
    roles = ("subject", "recipient", "disclosure")
    facts = [
        fact(f"{random.choice(roles)}.f{n}", kind, optional=random.random() < 0.35)
        for n, kind in enumerate(random.choices(TYPES, k=random.randint(2, 7)))
    ]
    maker = _Maker(random, trees, facts)
    maker.definitions = [define(f"d{n}", maker.formula(2)) for n in range(random.randint(0, 2))]
    rules: list[Rule] = []
    for number in range(random.randint(1, 6)):
        rules.append(maker.rule(number, rules))
    random.shuffle(rules)
    otherwise = random.choice(("deny", "deny", "permit"))
    return policy(trees, facts, rules, maker.definitions, otherwise=otherwise)  # type: ignore[arg-type]


class _Maker:
    def __init__(self, random: Random, trees: dict[str, Tree], facts: list[Fact]) -> None:
        self.random, self.facts = random, facts
        self.definitions: list[Definition] = []
        self.taxonomies = policy(trees, facts, ()).taxonomies
        self.roles: list[Role] = [role for role in ROLES if role in trees]

    def leaves(self, taxonomy: str) -> frozenset[int]:
        values = self.taxonomies[taxonomy].values
        chosen = self.random.sample(values, self.random.choice((1, 1, 2)))
        return frozenset().union(*(value.leaves for value in chosen))

    def rule(self, number: int, before: list[Rule]) -> Rule:
        effect = self.random.choice(("permit", "permit", "forbid"))
        scope = {r: self.leaves(r) for r in self.roles}
        for role in self.roles:
            if self.random.random() < 0.4:
                scope[role] = self.taxonomies[role].values[0].leaves
        others = [one.name for one in before if one.effect != effect]
        return rule(
            effect,  # type: ignore[arg-type]
            f"rule_{number}",
            scope,
            when=self.formula(2) if self.random.random() < 0.8 else Constant(True),
            unless=self.formula(1) if self.random.random() < 0.4 else Constant(False),
            yields_to=tuple(others[: self.random.choice((0, 0, 1, 2))]),
            duties=self.duties() if effect == "permit" else (),
            label=self.random.choice((None, f"label {number}")),
            cites=self.random.sample(("S1", "S2", "S3(a)"), self.random.randint(0, 2)),
        )

    def duties(self) -> tuple[Duty, ...]:
        if self.random.random() < 0.6:
            return ()
        dates = self.of_type(DateType)
        deadline = None
        if dates and self.random.random() < 0.7:
            deadline = add(variable(self.random.choice(dates)), constant(30))
        return (duty("log_it", deadline), duty("tell_them"))[: self.random.randint(1, 2)]

    def formula(self, depth: int) -> Formula:
        if depth == 0 or self.random.random() < 0.3:
            return self.atom()
        match self.random.randrange(6):
            case 0:
                return Not(self.formula(depth - 1))
            case 1 if self.definitions:
                return Defined(self.random.choice(self.definitions).name)
            case 2 | 3:
                return And(tuple(self.formula(depth - 1) for _ in range(self.random.randint(1, 3))))
            case _:
                return Or(tuple(self.formula(depth - 1) for _ in range(self.random.randint(1, 3))))

    def of_type(self, *kinds: type) -> list[Key]:
        return [one.key for one in self.facts if isinstance(one.type, kinds)]

    def atom(self) -> Formula:
        if self.random.random() < 0.15:
            role = self.random.choice(self.roles)
            same = [f.key for f in self.facts if f.type == TaxonomyType(role)]
            if same and self.random.random() < 0.6:
                return SameLeaf(role, self.random.choice(same))
            return Within(role, self.leaves(role))
        about = self.random.choice(self.facts)
        if about.optional and self.random.random() < 0.3:
            return IsNone(about.key)
        return self.about(about)

    def about(self, about: Fact) -> Formula:
        match about.type:
            case BooleanType():
                return Holds(about.key)
            case TaxonomyType(taxonomy):
                same = [f.key for f in self.facts if f.type == about.type]
                if len(same) > 1 and self.random.random() < 0.5:
                    return SameLeaf(*self.random.sample(same, 2))
                return Within(about.key, self.leaves(taxonomy))
            case SetType(taxonomy):
                return Contains(about.key, self.leaves(taxonomy))
            case TextType():
                same = self.of_type(TextType)
                if len(same) > 1 and self.random.random() < 0.5:
                    return SameText(*self.random.sample(same, 2))
                return TextIs(about.key, self.random.choice(("a", "b", "ä")))
            case DateType():
                return self.compared(self.date(about.key), self.of_type(DateType))
            case _:
                return self.compared(
                    self.number(about.key), self.of_type(IntegerType, DurationType)
                )

    def compared(self, left: Linear, others: list[Key]) -> Formula:
        other = self.random.choice(others)
        is_date = other in self.of_type(DateType)
        if self.random.random() < 0.5:
            right = constant(DAY if is_date else 0)
        else:
            right = self.date(other) if is_date else self.number(other)
        reach = 30 if is_date else 9
        right = add(right, constant(self.random.randint(-reach, reach)))
        return self.random.choice((at_most, at_most, equal))(left, right)

    def date(self, key: Key) -> Linear:
        day = variable(key)
        for _ in range(self.random.choice((0, 0, 1, 2))):
            if self.random.random() < 0.5:
                day = shifted(day, self.random.choice((-13, -1, 1, 2, 12)))
            else:
                day = add(day, constant(self.random.randint(-40, 40)))
        lengths = self.of_type(DurationType)
        if lengths and self.random.random() < 0.3:
            day = self.random.choice((add, subtract))(day, variable(self.random.choice(lengths)))
        return day

    def number(self, key: Key) -> Linear:
        total = scale(self.random.choice((1, 1, 2, -3)), variable(key))
        if self.random.random() < 0.3:
            total = add(
                total, variable(self.random.choice(self.of_type(IntegerType, DurationType)))
            )
        return total


# ------------------------------------------------------------------ requests


def random_request(random: Random, policy: Policy) -> Request:
    left_out = random.choice((0.0, 0.1, 0.25, 0.5, 0.9))
    leaves = range(len(policy.roles["data"].leaves))
    data = tuple(sorted(random.sample(leaves, random.choice((1, 1, 2, 3)))))
    values: dict[Key, Plain] = {}
    for role, taxonomy in policy.roles.items():
        if role != "data" and random.random() >= left_out:
            values[role] = random.randrange(len(taxonomy.leaves))
    for one in policy.facts:
        if random.random() >= left_out:
            values[one.key] = random_value(random, policy, one)
    return Request(data, values)


def random_value(random: Random, policy: Policy, one: Fact) -> Plain:
    if one.optional and random.random() < 0.25:
        return None
    match one.type:
        case BooleanType():
            return random.random() < 0.5
        case DateType():
            return DAY + random.randint(-45, 45)
        case IntegerType(low, high) | DurationType(low, high):
            return random.randint(max(low, -10), min(high, 40))
        case TextType():
            return random.choice(("a", "b", "c", "ä"))
        case TaxonomyType():
            return random.randrange(len(policy.taxonomy_of(one.key).leaves))
        case SetType():
            leaves = range(len(policy.taxonomy_of(one.key).leaves))
            return frozenset(random.sample(leaves, random.randint(0, 2)))
