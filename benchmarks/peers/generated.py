"""The generator's policies in the languages of other engines, rule by rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from typing import Any, Literal

from benchmarks.generator import Rule
from benchmarks.peers import Json, Peer, ordinal
from benchmarks.vocabulary import DATES, FACTS, ON, REGION, ROLES, definitions

# ------------------------------------------------------------------ conditions, read again


@dataclass(frozen=True)
class Test:
    """A fact that holds, is one of some names, or compares; a date is some days ago or more."""

    fact: str
    kind: Literal["holds", "one_of", "at_least", "at_most", "aged"]
    values: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Not:
    of: Condition


@dataclass(frozen=True)
class All:
    of: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    of: tuple[Condition, ...]


Condition = Test | Not | All | Some

_NUMBER = re.compile(r"(\S+) is (at least|at most|more than) (\d+)")
_REGION = re.compile(r"(\S+) is one of (.+)")
_DATE = re.compile(
    r"\(?(\S+) is not none and disclosure\.on is (on or after|before) \1 \+ (\d+) days\)?"
)
_EITHER = re.compile(r"\(((?:not )?\S+) or ((?:not )?\S+)\)")
_SHARED = re.compile(r"define (\S+) =\s+(\S+) and (\(.+\))\s+or (\(.+\))")


def condition(text: str) -> Condition:
    """One of the conditions that `benchmarks.vocabulary` writes."""
    if text.startswith("shared_"):
        return _shared()[text]
    if found := _DATE.fullmatch(text):
        return _dated(found[1], found[2], int(found[3]))
    if found := _EITHER.fullmatch(text):
        return Some((_literal(found[1]), _literal(found[2])))
    if found := _REGION.fullmatch(text):
        return Test(found[1], "one_of", tuple(_regions(found[2])))
    if found := _NUMBER.fullmatch(text):
        bound = int(found[3])
        if found[2] == "at most":
            return Test(found[1], "at_most", number=bound)
        return Test(found[1], "at_least", number=bound + (found[2] == "more than"))
    return _literal(text)


def _literal(text: str) -> Condition:
    fact = text.removeprefix("not ")
    if fact not in FACTS:
        raise ValueError(f"no condition that is known: {text}")
    return Test(fact, "holds") if fact == text else Not(Test(fact, "holds"))


def _dated(date: str, way: str, days: int) -> Condition:
    aged = Test(date, "aged", number=days)
    known = Test(date, "aged", number=-(10**6))
    return aged if way == "on or after" else All((known, Not(aged)))


def _regions(names: str) -> Iterator[str]:
    for name in names.split(", "):
        yield from next(value for value in REGION.all if value.name == name).leaves or (name,)


@cache
def _shared() -> Mapping[str, Condition]:
    found: dict[str, Condition] = {}
    for text in definitions():
        read = _SHARED.fullmatch(text.strip())
        assert read is not None, text
        either = All((_literal(read[2]), condition(read[3])))
        found[read[1]] = Some((either, condition(read[4])))
    return found


def _own(rule: Rule) -> Iterator[Condition]:
    """What a rule asks for within its scope, yielding apart."""
    yield from map(condition, rule.when)
    if rule.unless:
        yield Not(condition(rule.unless))


def _scope(rule: Rule) -> Iterator[tuple[str, list[str]]]:
    """The leaves of each role that the scope narrows."""
    for role, part in rule.scope.items():
        leaves = ROLES[role].leaves
        if len(part.leaves) < len(leaves):
            yield role, [leaves[number] for number in sorted(part.leaves)]


def _facts(request: Json, keep_none: bool) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in request["facts"].items():
        about, _, name = key.partition(".")
        given = ordinal(value) if key == ON or key in DATES else value
        if given is not None or keep_none:
            found.setdefault(about, {})[name] = given
    return found


# ------------------------------------------------------------------ Cedar

_ENTITY = {"data": "Data", "recipient": "Recipient", "purpose": "Action"}
_VARIABLE = {"data": "resource", "recipient": "principal", "purpose": "action"}


def cedar(rules: Sequence[Rule]) -> str:
    named = {rule.name: rule for rule in rules}
    return "\n".join(
        f'@id("{rule.name}")\n{rule.effect} (principal, action, resource) when {{\n'
        f"  {_cedar_rule(rule, named)}\n}};\n"
        for rule in rules
    )


def _cedar_rule(rule: Rule, named: Mapping[str, Rule]) -> str:
    scope = [f"{_VARIABLE[role]} in [{_entities(role, names)}]" for role, names in _scope(rule)]
    yielded = [f"!({_cedar_rule(named[name], named)})" for name in rule.yields]
    return " && ".join((*scope, *map(_cedar, _own(rule)), *yielded))


def _entities(role: str, names: Sequence[str]) -> str:
    return ", ".join(f"{_ENTITY[role]}::{json.dumps(name)}" for name in names)


def _cedar(one: Condition) -> str:
    match one:
        case Not(of=inner):
            return f"!({_cedar(inner)})"
        case All(of=parts):
            return f"({' && '.join(map(_cedar, parts))})"
        case Some(of=parts):
            return f"({' || '.join(map(_cedar, parts))})"
        case Test():
            return _cedar_test(one)


def _cedar_test(test: Test) -> str:
    place = f"context.{test.fact}"
    match test.kind:
        case "holds":
            return place
        case "one_of":
            return f"{json.dumps(list(test.values))}.contains({place})"
        case "at_least":
            return f"{place} >= {test.number}"
        case "at_most":
            return f"{place} <= {test.number}"
        case "aged":
            about, _, name = test.fact.partition(".")
            later = f"context.{ON} >= {place} + {test.number}"
            return f"(context.{about} has {name} && {later})"


def cedarpy(rules: Sequence[Rule]) -> Peer:
    module: Any = import_module("cedarpy")
    policies = module.PolicySet.from_str(cedar(rules))
    entities = module.Entities.from_json_str("[]")
    decide = partial(_ask_cedar, module.is_authorized, policies, entities)
    return Peer("Cedar (cedarpy)", _cedar_request, decide)


def _ask_cedar(is_authorized: Any, policies: Any, entities: Any, request: Json) -> bool:
    return bool(is_authorized(request, policies, entities).allowed)


def _cedar_request(request: Json) -> Json:
    return {
        "principal": {"type": "Recipient", "id": request["recipient"]},
        "action": {"type": "Action", "id": request["purpose"]},
        "resource": {"type": "Data", "id": request["data"][0]},
        "context": _facts(request, keep_none=False),
    }


# ------------------------------------------------------------------ Rego

_INPUT = {"data": "data", "recipient": "recipient.kind", "purpose": "purpose"}


@dataclass
class _Rego:
    """Rules as they are written; a disjunction becomes a rule of its own, with a body each."""

    parts: list[str] = field(default_factory=list)

    def rule(self, rule: Rule) -> None:
        body = [
            f"input.{_INPUT[role]} in {{{', '.join(map(json.dumps, names))}}}"
            for role, names in _scope(rule)
        ]
        body += (line for one in _own(rule) for line in self.lines(rule.name, one))
        body += (f"not {name}" for name in rule.yields)
        self.written(rule.name, body)
        self.parts.append(f"{rule.effect}ted if {rule.name}\n".replace("forbidted", "forbidden"))

    def written(self, name: str, body: Sequence[str]) -> None:
        lines = "".join(f"\t{line}\n" for line in body)
        self.parts.append(f"{name} if {{\n{lines}}}\n")

    def lines(self, name: str, one: Condition) -> list[str]:
        """Lines of a body that hold together iff the condition does."""
        match one:
            case All(of=parts):
                return [line for part in parts for line in self.lines(name, part)]
            case Not(of=Test() as test):
                return [f"not {_rego_test(test)}"]
            case Test():
                return [_rego_test(one)]
            case Some(of=parts):
                return [self.helper(name, parts)]
            case Not(of=inner):
                return [f"not {self.helper(name, (inner,))}"]

    def helper(self, name: str, parts: Sequence[Condition]) -> str:
        called = f"{name}_{len(self.parts)}"
        for part in parts:
            self.written(called, self.lines(called, part))
        return called


def rego(rules: Sequence[Rule]) -> str:
    written = _Rego()
    for rule in rules:
        written.rule(rule)
    head = "package bench\n\nimport rego.v1\n\ndefault allow := false\n"
    allow = "allow if {\n\tpermitted\n\tnot forbidden\n}\n"
    return "\n".join((head, allow, *written.parts))


def _rego_test(test: Test) -> str:
    place = f"input.{test.fact}"
    match test.kind:
        case "holds":
            return place
        case "one_of":
            return f"{place} in {{{', '.join(map(json.dumps, test.values))}}}"
        case "at_least":
            return f"{place} >= {test.number}"
        case "at_most":
            return f"{place} <= {test.number}"
        case "aged":
            # Absent where there was none: a comparison with it is undefined, and does not hold.
            return f"input.{ON} - {place} >= {test.number}"


def regopy(rules: Sequence[Rule]) -> Peer:
    engine: Any = import_module("regopy").Interpreter()
    engine.add_module("bench", rego(rules))
    bundle = engine.build("data.bench.allow")
    return Peer("Rego (regopy)", _rego_request, partial(_ask_rego, engine, bundle))


def _ask_rego(engine: Any, bundle: Any, request: Json) -> bool:
    engine.set_input(request)
    return list(engine.query_bundle(bundle)[0].expressions) == [True]


def _rego_request(request: Json) -> Json:
    facts = _facts(request, keep_none=False)
    facts.setdefault("recipient", {})["kind"] = request["recipient"]
    return {"data": request["data"][0], "purpose": request["purpose"], **facts}


ENGINES: Mapping[str, Callable[[Sequence[Rule]], Peer]] = {"cedarpy": cedarpy, "regopy": regopy}
