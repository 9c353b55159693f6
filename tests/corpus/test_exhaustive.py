"""Every claim on every disclosure, decided by the generated checker and by nothing else.

Nightly, all combinations of

    data 10 x recipient 13 x purpose 14 x product 7 x seven booleans
    x no notice, or a notice with the days around every threshold that a rule or a claim reads

are complete requests with one category of data each, given to `check` of the generated module:
11,415,040 for each policy. By default the same is asked in fewer calls: one product stands for
all, each threshold has its two sides, and the ten categories of data are one request, whose
permitted data are read off. That this makes no difference is looked at on a sample.
"""

from __future__ import annotations

import datetime
import enum
import time
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from itertools import product
from pathlib import Path, PurePath
from random import Random
from typing import Any

import pytest
from tests.corpus.space import AROUND, BOTH_SIDES, Axis, Reader, Space, space_of

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model import nodes
from privity.model.formula import Key, Plain
from privity.pipeline import compile_policy
from privity.prove.run import Options, prove

ROOT = Path(__file__).parents[2]
CLAIMS = PurePath(ROOT / "proofs/metlife/customer_privacy.privity")
POLICIES = ("metlife.customer_privacy", "metlife.literal")
UNREAD = frozenset({"subject.product"})
"""What no rule and no claim reads."""
SAMPLE = 500


@cache
def policy(name: str) -> nodes.Policy:
    path = ROOT.joinpath("policies", *name.split(".")).with_suffix(".privity")
    found = compile_policy(path, lambda file: Path(file).read_bytes(), [CLAIMS]).policy
    assert found is not None
    return found


# ------------------------------------------------------------------ the checker's answers


class Checker:
    """A policy's generated module, asked in the plain values of the model."""

    def __init__(self, of: nodes.Policy) -> None:
        self.policy = of
        module: Any = load_checker(emit_python(of))
        self.check, self.check_mapping = module.check, module.check_mapping
        self.request = module.Request
        keys = (*of.roles, *(fact.key for fact in of.facts))
        names = [field.name for field in fields(self.request)]
        self.attribute = dict(zip(keys, names, strict=True))
        found = [c for c in vars(module).values() if isinstance(c, type)]
        enumerations = {tuple(str(m) for m in c): c for c in found if issubclass(c, enum.StrEnum)}
        self.leaves: dict[Key, list[Any]] = {}
        for key in keys:
            if key in of.roles or isinstance(of.fact_by_key[key].type, nodes.TaxonomyType):
                leaves = tuple(leaf.name for leaf in of.taxonomy_of(key).leaves)
                self.leaves[key] = list(enumerations[leaves])

    def typed(self, key: Key, value: Plain) -> Any:
        """The value as `Request` wants it."""
        if value is None or isinstance(value, bool):
            return value
        assert isinstance(value, int)
        if key in self.leaves:
            return self.leaves[key][value]
        return datetime.date.fromordinal(value)

    def circumstances(self, space: Space) -> Iterator[dict[str, Any]]:
        """All but the data of every request of the space, in order."""
        *rest, data = space.axes
        assert data.keys == ("data",)
        names = [self.attribute[key] for axis in rest for key in axis.keys]
        for chosen in product(*(self._typed(axis) for axis in rest)):
            yield dict(zip(names, (v for values in chosen for v in values), strict=True))

    def _typed(self, axis: Axis) -> list[tuple[Any, ...]]:
        return [
            tuple(self.typed(k, v) for k, v in zip(axis.keys, values, strict=True))
            for values in axis.values
        ]

    def one_by_one(self, space: Space) -> Iterator[bool]:
        """Whether each request of the space is permitted."""
        check, request, categories = self.check, self.request, [(d,) for d in self.leaves["data"]]
        for known in self.circumstances(space):
            for category in categories:
                decision = check(request(data=category, **known))
                assert decision.outcome in ("permit", "deny"), decision
                yield decision.outcome == "permit"

    def together(self, space: Space) -> Iterator[bool]:
        """The same, from one request with all categories of data in place of ten."""
        categories = self.leaves["data"]
        everything = tuple(categories)
        for known in self.circumstances(space):
            decision = self.check(self.request(data=everything, **known))
            assert decision.outcome in ("permit", "deny"), decision
            permitted = set(decision.permitted_data)
            yield from (category in permitted for category in categories)


def as_set(permitted: Iterable[bool], space: Space) -> int:
    """The answers, in the order of the space, as a set of requests."""
    bits = bytearray(b"01"[answer] for answer in permitted)
    assert len(bits) == space.size
    bits.reverse()
    return int(bits, 2)


@cache
def fewer(name: str) -> tuple[Space, int]:
    """The space of the default run, and what is permitted of it."""
    space = space_of(policy(name), BOTH_SIDES, UNREAD)
    return space, as_set(Checker(policy(name)).together(space), space)


# ------------------------------------------------------------------ claims


@cache
def proved(name: str) -> dict[str, str]:
    """The prover's verdicts."""
    return {v.claim.name: v.verdict for v in prove(policy(name), {}, Options())}


def confirm(name: str, space: Space, allowed: int) -> list[str]:
    """Each claim fares as the prover says and as the claims file expects; a line for each."""
    reader, lines = Reader(policy(name), space), []
    for claim in policy(name).claims:
        count = reader.judge(claim, allowed)
        refuted = any(expected.policy == name for expected in claim.expected)
        assert count.verdict == ("refuted" if refuted else "proved"), (claim.name, str(count))
        assert count.verdict == proved(name)[claim.name], (claim.name, str(count))
        lines.append(f"{claim.name}: {count}")
    return lines


@pytest.mark.parametrize("name", POLICIES)
def test_every_claim(name: str) -> None:
    space, allowed = fewer(name)
    assert space.size == 10 * 13 * 14 * 2**7 * 5
    assert confirm(name, space, allowed)


@pytest.mark.nightly
@pytest.mark.parametrize("name", POLICIES)
def test_every_claim_on_every_disclosure(name: str) -> None:
    start = time.process_time()
    space = space_of(policy(name), AROUND, frozenset())
    assert space.size == 10 * 13 * 14 * 7 * 2**7 * 7
    allowed = as_set(Checker(policy(name)).one_by_one(space), space)
    lines = confirm(name, space, allowed)
    seconds = time.process_time() - start
    permitted = f"{allowed.bit_count():,} of {space.size:,} permitted, {seconds:.0f} s of one core"
    print(f"\n{name}: {permitted}", *lines, sep="\n  ")


# ------------------------------------------------------------------ what the above rests on


@pytest.mark.parametrize("name", POLICIES)
def test_checker_decides_as_the_rules_say(name: str) -> None:
    space, allowed = fewer(name)
    assert allowed == Reader(policy(name), space).permitted()


@pytest.mark.parametrize("name", POLICIES)
def test_fewer_calls_make_no_difference(name: str) -> None:
    """A product more or less, one category at a time, JSON in place of objects: same decision."""
    checker, (space, allowed), random = Checker(policy(name)), fewer(name), Random(1)
    for number in random.sample(range(space.size), SAMPLE):
        values = at(space, number)
        decisions = []
        for line in range(len(checker.leaves["subject.product"])):
            stated = {**values, "subject.product": line}
            typed = {checker.attribute[k]: checker.typed(k, v) for k, v in stated.items()}
            decisions.append(checker.check(checker.request(**typed | {"data": (typed["data"],)})))
        assert len({(d.outcome, d.rules, d.citations, d.permitted_data) for d in decisions}) == 1
        assert decisions[0].outcome == ("permit" if allowed >> number & 1 else "deny")
        assert checker.check_mapping(as_mapping(checker, values)) == decisions[0]


def at(space: Space, number: int) -> dict[Key, Plain]:
    """The values of the request of that number."""
    found: dict[Key, Plain] = {}
    for axis in space.axes:
        values = axis.values[number // space.stride(axis) % len(axis.values)]
        found |= dict(zip(axis.keys, values, strict=True))
    return found


def as_mapping(checker: Checker, values: dict[Key, Plain]) -> dict[str, Any]:
    """The request as JSON states it, from the names that the policy gives to its leaves."""
    stated: dict[str, Any] = {}
    for key, value in values.items():
        if value is None or isinstance(value, bool):
            stated[key] = value
        elif key in checker.leaves:
            assert isinstance(value, int)
            stated[key] = checker.policy.taxonomy_of(key).leaves[value].name
        else:
            assert isinstance(value, int)
            stated[key] = datetime.date.fromordinal(value).isoformat()
    facts = {key: value for key, value in stated.items() if "." in key}
    roles = {key: value for key, value in stated.items() if "." not in key}
    return {**roles, "data": [stated["data"]], "facts": facts}


def test_claims_are_able_to_fail() -> None:
    """A disclosure too many, or one too few, and a claim is refuted."""
    space, allowed = fewer(POLICIES[0])
    reader = Reader(policy(POLICIES[0]), space)
    for number in Random(2).sample(range(space.size), SAMPLE // 25):
        verdicts = {reader.judge(c, allowed ^ 1 << number).verdict for c in reader.policy.claims}
        assert "refuted" in verdicts, at(space, number)


def test_claims_leave_nothing_open() -> None:
    """Whatever keeps all the promises decides every disclosure like the company's policy."""
    space, allowed = fewer(POLICIES[0])
    permitted, denied = Reader(policy(POLICIES[0]), space).settled()
    assert permitted == allowed
    assert denied == space.all & ~allowed
