"""The published generator: policies of any size, claims and requests, the same on every run.

`policy(n)` is the text of a policy of `n` rules over 200 facts and 36,000 cells (30 categories of
data, 40 recipients, 30 purposes). The width of scopes goes with `n`, so that the scopes of three
rules hold a disclosure drawn at random, on average and whatever `n` is; `mean_overlap` counts it.
In the adversarial family (`family="shared"`) all rules have one scope. Everything is drawn from
`random.Random`, whose numbers are the same on every machine.

    python -m benchmarks.generator --rules 10000 --claims 100 --requests 1000 --out DIR
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from pathlib import Path
from random import Random
from typing import Literal

from benchmarks.vocabulary import (
    ATTESTED,
    FACTS,
    FLAGS,
    REGION,
    ROLES,
    Part,
    conditions,
    definitions,
    exception,
    facts,
    part,
    taxonomies,
    whole,
)

Family = Literal["spread", "shared"]
Effect = Literal["permit", "forbid"]
Scope = Mapping[str, Part]
Json = dict[str, object]

CELLS = prod(tree.size for tree in ROLES.values())
COVER = 3.0
"""How many rules' scopes hold a disclosure drawn at random."""
MOST_MET = 5
"""The rule that `edited` changes meets the scopes of at most so many claims."""
WIDTHS = (1, 12, 40, 12, 200, 12, 1, 40, 12, 1000, 12, 40, 1, 12, 200, 12, 40, 12, 12, CELLS)
"""Sizes of claims' scopes in cells, taken in turn."""
HEADINGS = {"data": "share", "recipient": "with", "purpose": "for"}


@dataclass(frozen=True)
class Rule:
    """A rule as it is written: at least three conditions in `when`."""

    effect: Effect
    name: str
    scope: Scope
    when: tuple[str, ...]
    unless: str | None
    yields: tuple[str, ...] = ()

    def meets(self, scope: Scope) -> bool:
        return all(mine.leaves & scope[role].leaves for role, mine in self.scope.items())

    @property
    def condition(self) -> str:
        """When it applies within its scope, yielding apart."""
        return " and ".join((*self.when, *([f"not {self.unless}"] if self.unless else [])))


# ------------------------------------------------------------------ rules


@cache
def rules(count: int, seed: int = 0, family: Family = "spread") -> tuple[Rule, ...]:
    """The rules of a policy, in order."""
    random = Random(f"rules {count} {seed} {family}")
    index: dict[tuple[int, int], list[Rule]] = {}
    found: list[Rule] = []
    usual = COVER * CELLS / count
    covered = 0
    for number in range(count):
        owed = usual * (number + 1) - covered
        scope = _scope(random, CELLS if family == "shared" else _clipped(owed, usual))
        covered += _cells(scope)
        rule = _yielding(random, _rule(random, number, scope), index)
        for key in _corners(scope):
            index.setdefault(key, []).append(rule)
        found.append(rule)
    return tuple(found)


def _clipped(owed: float, usual: float) -> float:
    return min(max(owed, usual / 3), usual * 3)


def _scope(random: Random, cells: float) -> dict[str, Part]:
    """A scope of about so many cells, its roles narrowed unevenly."""
    if cells >= CELLS:
        return {role: whole(role) for role in ROLES}
    weights = {role: random.uniform(0.5, 1.5) for role in ROLES}
    total = sum(weights.values())
    scope = {}
    for role, tree in ROLES.items():
        size: float = tree.size * (cells / CELLS) ** (weights[role] / total)
        scope[role] = part(random, role, max(1, int(size + random.random())))
    return scope


def _cells(scope: Scope) -> int:
    return prod(len(one.leaves) for one in scope.values())


def _corners(scope: Scope) -> Iterator[tuple[int, int]]:
    for data in sorted(scope["data"].leaves)[:4]:
        for recipient in sorted(scope["recipient"].leaves)[:4]:
            yield data, recipient


def _rule(random: Random, number: int, scope: Scope) -> Rule:
    effect: Effect = "permit" if random.random() < 0.7 else "forbid"
    when = tuple(conditions(random, random.choice((3, 3, 3, 4, 5))))
    free = exception(random) if random.random() < 0.5 else None
    unless = None if free is None or any(free in one for one in when) else free
    return Rule(effect, f"{effect}_{number}", scope, when, unless)


def _yielding(random: Random, rule: Rule, index: Mapping[tuple[int, int], list[Rule]]) -> Rule:
    """To an earlier rule or two, of the other effect, whose scope meets its own: no circles."""
    if random.random() > 0.3:
        return rule
    near = [other for key in _corners(rule.scope) for other in index.get(key, [])[-8:]]
    able = {o.name: o for o in near if o.effect != rule.effect and o.meets(rule.scope)}
    chosen = random.sample(sorted(able), min(len(able), random.choice((1, 1, 2))))
    return replace(rule, yields=tuple(chosen))


def mean_overlap(count: int, seed: int = 0, family: Family = "spread") -> float:
    """How many rules' scopes hold a disclosure drawn at random, exactly."""
    return sum(_cells(rule.scope) for rule in rules(count, seed, family)) / CELLS


# ------------------------------------------------------------------ policies


def policy(count: int, seed: int = 0, family: Family = "spread") -> str:
    """A policy with its own taxonomies, facts and definitions: `bench.rules_N`."""
    name = "rules" if family == "spread" else "shared"
    return _written(f"bench.{name}_{count}", [vocabulary()], rules(count, seed, family))


def edited(count: int, claims: int = 100, seed: int = 0) -> str:
    """`policy(count)` with one condition of one rule changed.

    The rule's scope meets between one and five scopes of `claims(count, claims)`, or as few as
    any rule's does.
    """
    return _written(f"bench.rules_{count}", [vocabulary()], edited_rules(count, claims, seed))


def edited_rules(count: int, claims: int = 100, seed: int = 0) -> tuple[Rule, ...]:
    found = rules(count, seed)
    scopes = [claim.scope for claim in claims_of(count, claims, seed)]
    met = {rule.name: sum(map(rule.meets, scopes)) for rule in found}
    few = min((n for n in met.values() if n), default=0)
    name = next(n for n in met if few <= met[n] <= max(few, MOST_MET) and met[n] > 0)
    return tuple(_changed(rule) if rule.name == name else rule for rule in found)


def _changed(rule: Rule) -> Rule:
    free = next(flag for flag in FLAGS if not any(flag in one for one in rule.when))
    return replace(rule, when=(free, *rule.when[1:]))


def vocabulary() -> str:
    """The taxonomies, facts and definitions that every generated policy has."""
    source = 'source house "House rules" {\n'
    source += "".join(f'  H{n} "clause {n}"\n' for n in range(50)) + "}\n"
    return "\n".join((source, *taxonomies(), "".join(facts()), *definitions()))


def pair(count: int, seed: int = 0) -> dict[str, str]:
    """Two policies that share a vocabulary and differ in one rule, by their names."""
    shared = "vocabulary bench.words\n\n" + vocabulary()
    changed = tuple(
        _changed(rule) if number == count // 2 else rule
        for number, rule in enumerate(rules(count, seed))
    )
    named = {f"bench.left_{count}": rules(count, seed), f"bench.right_{count}": changed}
    texts = {name: _written(name, ["use bench.words\n"], one) for name, one in named.items()}
    return {"bench.words": shared, **texts}


def comparisons(count: int) -> str:
    """Claims that the left policy of `pair` decides as the right one does, and as strictly."""
    left, right = f"bench.left_{count}", f"bench.right_{count}"
    return (
        f"claims for {left}\n\n"
        f"claim refines {left} is at least as strict as {right}\n\n"
        f"claim equals {left} decides the same as {right}\n"
    )


def _written(name: str, before: Sequence[str], written: Sequence[Rule]) -> str:
    head = f"policy {name}\notherwise deny\n"
    return "\n".join((head, *before, *map(_rule_text, written)))


def _rule_text(rule: Rule) -> str:
    number = int(rule.name.rpartition("_")[2])
    lines = [f"{rule.effect} {rule.name}", *_scope_lines(rule.scope)]
    lines.append(f"  when {' and '.join(rule.when)}")
    if rule.unless:
        lines.append(f"  unless {rule.unless}")
    if rule.yields:
        word = "forbidden" if rule.effect == "permit" else "permitted"
        lines.append(f"  unless {word} by {' or '.join(rule.yields)}")
    lines.append(f"  cite house H{number % 50}")
    return "\n".join(lines) + "\n"


def _scope_lines(scope: Scope) -> Iterator[str]:
    for role, word in HEADINGS.items():
        yield f"  {word} {scope[role].words}"


# ------------------------------------------------------------------ claims


@dataclass(frozen=True)
class Claim:
    scope: Scope
    text: str


def claims(count: int, number: int, seed: int = 0) -> str:
    """`number` claims of all kinds about `policy(count)`, most of them over narrow scopes."""
    texts = (claim.text for claim in claims_of(count, number, seed))
    return f"claims for bench.rules_{count}\n\n" + "\n".join(texts)


def claims_of(count: int, number: int, seed: int = 0) -> Iterator[Claim]:
    random = Random(f"claims {count} {number} {seed}")
    known = rules(count, seed)
    kinds = (_forbidden, _never, _only_if, _permitted, _sometimes, _monotone, _only_if, _forbidden)
    for place in range(number):
        cells = WIDTHS[place % len(WIDTHS)]
        scope, text = kinds[place % len(kinds)](random, known, _scope(random, cells))
        yield Claim(scope, f"claim c{place}\n{text}\n")


def _sharing(scope: Scope) -> str:
    return "\n".join(_scope_lines(scope)).strip()


def _forbidden(random: Random, known: Sequence[Rule], scope: Scope) -> tuple[Scope, str]:
    """Where a forbid applies nothing is permitted: proved, unless it yields."""
    rule = _of(random, known, "forbid") or _of(random, known, "permit")
    assert rule is not None
    return rule.scope, f"  never {_sharing(rule.scope)}\n  when {rule.condition}"


def _never(random: Random, known: Sequence[Rule], scope: Scope) -> tuple[Scope, str]:
    return scope, f"  never {_sharing(scope)}"


def _only_if(random: Random, known: Sequence[Rule], scope: Scope) -> tuple[Scope, str]:
    """One of the permits that meet the scope applies: proved where all of them are named."""
    meeting = [rule for rule in known if rule.effect == "permit" and rule.meets(scope)][:12]
    named = [f"({rule.condition})" for rule in meeting] or ["false"]
    return scope, f"  allowed only if {' or '.join(named)}\n  to {_sharing(scope)}"


def _permitted(random: Random, known: Sequence[Rule], scope: Scope) -> tuple[Scope, str]:
    """Where a permit applies: proved, unless it yields or a forbid meets it."""
    rule = _of(random, known, "permit") or known[0]
    return rule.scope, f"  always allowed to {_sharing(rule.scope)}\n  when {rule.condition}"


def _sometimes(random: Random, known: Sequence[Rule], scope: Scope) -> tuple[Scope, str]:
    return scope, f"  sometimes allowed to {_sharing(scope)}"


def _monotone(random: Random, known: Sequence[Rule], scope: Scope) -> tuple[Scope, str]:
    words = _sharing(scope).removeprefix("share ")
    fact, way = random.choice((*FLAGS, *ATTESTED)), random.choice(("more", "less"))
    return scope, f"  {fact} never permits {way} sharing {words}"


def _of(random: Random, known: Sequence[Rule], effect: Effect) -> Rule | None:
    tried = (random.choice(known) for _ in range(50))
    return next((rule for rule in tried if rule.effect == effect), None)


# ------------------------------------------------------------------ requests


def requests(number: int, seed: int = 0) -> Iterator[Json]:
    """Complete requests: every role and all 200 facts, in the requests' own shape."""
    random = Random(f"requests {seed}")
    for _ in range(number):
        roles: Json = {role: random.choice(tree.leaves) for role, tree in ROLES.items()}
        known = {key: _value(random, kind) for key, kind in FACTS.items()}
        yield {**roles, "data": [roles["data"]], "facts": known}


def partial_requests(number: int, seed: int = 0) -> Iterator[Json]:
    """The same with up to eight facts left out, and of every fourth the recipient or purpose."""
    random = Random(f"partial {seed}")
    for place, request in enumerate(requests(number, seed)):
        known = request["facts"]
        assert isinstance(known, dict)
        for key in random.sample(sorted(known), random.randint(1, 8)):
            del known[key]
        if place % 4 == 0:
            del request[random.choice(("recipient", "purpose"))]
        yield request


def _value(random: Random, kind: str) -> object:
    match kind:
        case "boolean" | "attested boolean":
            return random.random() < 0.5
        case "date" | "date or none":
            if kind == "date or none" and random.random() < 0.25:
                return None
            day = datetime.date(2025, 1, 1) + datetime.timedelta(random.randrange(365))
            return day.isoformat()
        case "region":
            return random.choice(REGION.leaves)
        case _:
            return random.randint(0, 1000)


# ------------------------------------------------------------------ command


def write_all(out: Path, count: int, number: int, seed: int = 0) -> None:
    """A policy with its claims, the edited one with the same, and two that are compared."""
    for folder, text in (("plain", policy(count, seed)), ("edited", edited(count, number, seed))):
        _write(out / folder / "policies" / "bench" / f"rules_{count}.privity", text)
        _write(out / folder / "proofs" / "claims.privity", claims(count, number, seed))
    shared = policy(count, seed, "shared")
    _write(out / "shared" / "policies" / "bench" / f"shared_{count}.privity", shared)
    for name, text in pair(count, seed).items():
        place = Path(*name.split(".")).with_suffix(".privity")
        _write(out / "pair" / "policies" / place, text)
    _write(out / "pair" / "proofs" / "claims.privity", comparisons(count))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write generated policies, claims and requests.")
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--claims", type=int, default=100)
    parser.add_argument("--requests", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(arguments)
    write_all(asked.out, asked.rules, asked.claims, asked.seed)
    for name, drawn in (("complete", requests), ("partial", partial_requests)):
        lines = "".join(f"{json.dumps(one)}\n" for one in drawn(asked.requests, asked.seed))
        _write(asked.out / f"{name}.jsonl", lines)
    overlap = mean_overlap(asked.rules, asked.seed)
    print(f"{overlap:.3f} rules' scopes hold a disclosure on average", file=sys.stderr)


if __name__ == "__main__":
    main()
