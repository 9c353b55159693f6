"""A disclosure that breaks a claim, told so that no logic is needed to follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from privity.cli.files import shown
from privity.cli.paste import decided, scenarios
from privity.cli.phrases import condition, listed, question, role_words, statement, tried
from privity.cli.workspace import Workspace
from privity.model.formula import (
    And,
    AtMost,
    Defined,
    Equals,
    Formula,
    Key,
    Not,
    Or,
    Plain,
    read_by,
)
from privity.model.nodes import (
    AllowedOnlyIf,
    AlwaysAllowed,
    AtLeastAsStrict,
    Carries,
    Claim,
    DateType,
    DecidesTheSame,
    Never,
    NeverAffects,
    NeverPermits,
    Policy,
    Role,
    SometimesAllowed,
)
from privity.prove.nodes import Blame, Counterexample, Remedy, Side, Verdict
from privity.prove.refute import PLAIN_DAY
from privity.semantics.cells import atoms_in
from privity.semantics.evaluate import World, evaluate
from privity.syntax import nodes as tree

WIDTH = 96
"""Columns to tell it in, unless a narrower terminal is in the way."""

CONFIRMED = "Confirmed by the reference semantics and the generated checker."

Values = Mapping[Key, Plain]

SCOPE_WORDS: dict[Role, str] = {
    "data": "share",
    "sender": "from",
    "recipient": "with",
    "subject": "about",
    "purpose": "for",
}


@dataclass(frozen=True)
class Scene:
    """A refuted claim and the policy that it fails on."""

    policy: Policy
    verdict: Verdict
    width: int = WIDTH

    @property
    def claim(self) -> Claim:
        return self.verdict.claim

    def hanging(self, head: str, text: str, indent: int | None = None) -> list[str]:
        return hanging(head, text, indent, self.width)


def told(policy: Policy, verdict: Verdict, width: int = WIDTH) -> list[str]:
    """The lines below the headline of a refuted claim."""
    scene, shown_one = Scene(policy, verdict, width), verdict.counterexample
    if shown_one is None:
        return list(_without_example(scene))
    parts = [
        [*_disclosure(scene, shown_one), *_beside_it(scene, shown_one), *_idle(scene, shown_one)],
        [
            *_culprits(scene, shown_one),
            *_remedy(scene, shown_one),
            *_rests_on(scene),
            *scene.hanging("", CONFIRMED, 3),
        ],
        _paste(scene, shown_one),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part).split("\n")


def headline(space: Workspace, verdict: Verdict) -> tuple[str, list[str]]:
    """The promise with what it rests on, and where it and the policy stand."""
    claim, policy = verdict.claim, space.policy
    cites = ", ".join(str(cite) for cite in claim.citations)
    promise = f'"{claim.label}"' if claim.label else written(space, claim)
    title = f'{policy.name} "{policy.title}"' if policy.title else policy.name
    places = [
        f"{title}, {shown(policy.span.file)}",
        f"claim {claim.name}, {shown(claim.span.file)}:{claim.span.line}",
    ]
    return f"{promise}     {cites}".rstrip(), places


def written(space: Workspace, claim: Claim) -> str:
    """What a claim says, as its author wrote it."""
    compiled = space.compiled
    for module in (*compiled.modules, *compiled.claims):
        for node in module.declarations:
            if isinstance(node, tree.Claim) and node.name.text == claim.name:
                span = node.statement.span
                return " ".join(compiled.sources[span.file][span.start : span.end].split())
    return claim.name


# ------------------------------------------------------------------ the disclosure


def _disclosure(scene: Scene, example: Counterexample) -> Iterator[str]:
    yield from scene.hanging("", _opening(scene, example), 0)
    yield from _roles(scene, example.region.roles, example.values)
    yield from _given(scene, example.region.facts)
    if example.apart:
        facts = " and ".join(f"{key} is {value}" for key, value in example.apart.items())
        yield from scene.hanging("  given   ", f"in {example.sides[-1].name}: {facts}")


def _roles(scene: Scene, roles: Mapping[Role, frozenset[int]], values: Values) -> Iterator[str]:
    for role, leaves in roles.items():
        words = role_words(scene.policy, role, leaves)
        leaf = values[role]
        if len(leaves) > 1 and isinstance(leaf, int):
            words += f"   (tried: {tried(scene.policy, role, leaf)})"
        yield from scene.hanging(f"  {SCOPE_WORDS[role]:<6}  ", words)


def _given(scene: Scene, known: Values) -> Iterator[str]:
    facts = [statement(scene.policy, key, value, instance=True) for key, value in known.items()]
    for number, fact in enumerate(facts):
        link = ", and" if number < len(facts) - 1 else ""
        yield from scene.hanging("  given   " if number == 0 else " " * 10, fact + link)


def _opening(scene: Scene, example: Counterexample) -> str:
    sides = example.sides
    match scene.claim.statement:
        case Never():
            return "The policy permits this disclosure:"
        case AllowedOnlyIf():
            return "The policy permits this disclosure, though the condition is not met:"
        case AlwaysAllowed() | SometimesAllowed():
            return "The policy does not permit this disclosure:"
        case Carries(_, duty):
            return f"The policy permits this disclosure and does not ask for the duty {duty}:"
        case NeverPermits() | NeverAffects():
            return "For this disclosure it makes a difference:"
        case AtLeastAsStrict(other, _) | DecidesTheSame(other, _):
            if sides[0].outcome == sides[-1].outcome:
                return f"{scene.policy.name} and {other} permit this under different duties:"
            return f"{scene.policy.name} and {other} disagree on this disclosure:"


def _beside_it(scene: Scene, example: Counterexample) -> Iterator[str]:
    """What else belongs to the disclosure: the condition not met, or the sides that differ."""
    match scene.claim.statement:
        case AllowedOnlyIf(required, _):
            world = World(example.values, scene.policy.definitions)
            parts = failing(required, world)
            known = {*scene.policy.roles, *example.region.facts}
            telling = [part for part in parts if _variables(scene.policy, part) <= known]
            words = [condition(scene.policy, part, False) for part in telling or parts]
            yield from scene.hanging("  but     ", ", and ".join(words))
        case NeverPermits(fact, _, _) | NeverAffects(fact, _):
            for side in example.sides:
                value = {"true": True, "false": False}.get(side.name.rsplit(" ", 1)[-1])
                said = f"{statement(scene.policy, fact, value)}: {_outcome(side)}"
                yield from scene.hanging("  if      ", said)
        case AtLeastAsStrict() | DecidesTheSame():
            for side in example.sides:
                yield from scene.hanging("  ", f"{side.name}: {_outcome(side)}")
        case _:
            return


def failing(formula: Formula, world: World) -> tuple[Formula, ...]:
    """The parts of a condition that fail, each of them; of alternatives, those of the one that
    comes closest to being met. Definitions are opened, save those that reckon."""
    if evaluate(formula, world):
        return ()
    match formula:
        case And(operands):
            return tuple(part for each in operands for part in failing(each, world))
        case Or(operands):
            return min((failing(each, world) for each in operands), key=len)
        case Defined(name):
            inside = failing(world.definitions[name].formula, world)
            reckons = any(_reckons(part) for part in inside)
            return (formula,) if reckons and world.definitions[name].label else inside
        case _:
            return (formula,)


def _variables(policy: Policy, formula: Formula) -> frozenset[Key]:
    return frozenset[Key]().union(*(read_by(atom) for atom in atoms_in(formula, policy)))


def _reckons(part: Formula) -> bool:
    """Whether a label says it better than the comparison that it stands for."""
    inner = part.operand if isinstance(part, Not) else part
    return isinstance(inner, AtMost | Equals | And | Or)


def _outcome(side: Side | Remedy) -> str:
    """`permitted by own_offers`, `denied, permitted by no rule`."""
    word = "permitted" if side.outcome == "permit" else "denied"
    if side.rules:
        return f"{word} by {listed(side.rules)}"
    return f"{word}, {'forbidden' if word == 'permitted' else 'permitted'} by no rule"


def _idle(scene: Scene, example: Counterexample) -> Iterator[str]:
    questions = [question(scene.policy, key) for key in example.region.idle]
    if not questions:
        yield "Nothing else matters."
    elif len(questions) == 1:
        yield from scene.hanging("", f"Nothing else matters, not even {questions[0]}.")
    else:
        yield from scene.hanging("", f"Nothing else matters: neither {', nor '.join(questions)}.")


# ------------------------------------------------------------------ whose doing it is


def _culprits(scene: Scene, example: Counterexample) -> Iterator[str]:
    """The rules that decide, each with what its scope says."""
    permitted = example.sides[0].outcome == "permit"
    word = "Let through by" if permitted else "Stopped by"
    if isinstance(scene.claim.statement, NeverPermits | NeverAffects):
        word = "Decided by"
    if not scene.verdict.blame:
        otherwise = f"the policy says `otherwise {scene.policy.otherwise}`"
        yield from scene.hanging(f"{word}  ", f"no rule: none applies, and {otherwise}", 3)
    for blame in scene.verdict.blame:
        yield from scene.hanging(f"{word}  ", _named(scene, blame))
        yield from scene.hanging("   ", _says(scene.policy, blame))


def _named(scene: Scene, blame: Blame) -> str:
    here = blame.file == scene.policy.span.file
    place = f"line {blame.line}" if here else f"{shown(blame.file)}:{blame.line}"
    cites = f" ({', '.join(blame.citations)})" if blame.citations else ""
    return f"{blame.rule}, {place}{cites}"


def _says(policy: Policy, blame: Blame) -> str:
    rule = policy.rule_by_name[blame.rule]
    if rule.assumption:
        return "it stands for an assumption: whatever lies outside is forbidden"
    words = rule.scope.words
    parts = [f"{SCOPE_WORDS[role]} {words[role]}" for role in policy.roles if role in words]
    said = f"it says `{' '.join(parts)}`"
    several = len(rule.scope.roles["data"]) > 1
    if rule.effect == "permit" and several and "but not" not in words["data"]:
        said += " and leaves no information out"
    return said


def _remedy(scene: Scene, example: Counterexample) -> Iterator[str]:
    if isinstance(scene.claim.statement, NeverPermits | NeverAffects):
        return
    remedy = example.remedy
    yield "Nearest disclosure that keeps the promise"
    if remedy is None:
        none = "none is near: no change of a few facts keeps it, so the rules have to change"
        yield from scene.hanging("   ", none)
        return
    changes = [statement(scene.policy, change.fact, change.new) for change in remedy.changes]
    where = "" if remedy.in_scope else ", and outside what the claim is about"
    yield from scene.hanging("   ", f"{listed(changes) or 'this one'}: {_outcome(remedy)}{where}")


def _rests_on(scene: Scene) -> Iterator[str]:
    verdict = scene.verdict
    if verdict.readings:
        yield from scene.hanging("Readings involved: ", ", ".join(verdict.readings), 3)
    if verdict.assumptions:
        yield from scene.hanging("Assumed: ", ", ".join(verdict.assumptions), 3)
    if verdict.claim.assuming_words:
        yield from scene.hanging("Assumed in the claim: ", verdict.claim.assuming_words, 3)


def _without_example(scene: Scene) -> Iterator[str]:
    """`sometimes allowed` fails for want of an example: nothing is there to be shown."""
    yield from scene.hanging("", f"{scene.verdict.why[:1].upper()}{scene.verdict.why[1:]}.")
    for blame in scene.verdict.blame:
        yield from scene.hanging("Stopped by  ", _named(scene, blame))
        yield from scene.hanging("   ", _says(scene.policy, blame))
    yield from _rests_on(scene)


# ------------------------------------------------------------------ an example of what holds


def example(policy: Policy, verdict: Verdict, width: int = WIDTH) -> Iterator[str]:
    """A disclosure in the range of a proved claim, with no more facts than settle its outcome."""
    scene = Scene(policy, verdict, width)
    values = verdict.witness or {}
    roles = {role: frozenset({_leaf(values, role)}) for role in policy.roles}
    yield from _roles(scene, roles, values)
    facts = {fact.key: values[fact.key] for fact in policy.facts if fact.key in values}
    decision = decided(policy, values, facts)
    free = [key for key in facts if key not in _read(policy, verdict.claim)]
    plainer = [{key: PLAIN_DAY} for key in free if _is_day(policy, key, facts)]
    # Twice, since a day may have to wait for another one to move.
    for change in (*plainer, *plainer):
        moved = {**facts, **change}
        facts = moved if _alike(decided(policy, values, moved), decision) else facts
    for key in free:
        fewer = {other: value for other, value in facts.items() if other != key}
        facts = fewer if _alike(decided(policy, values, fewer), decision) else facts
    yield from _given(scene, facts)
    by = f" by {listed(decision['rules'])}" if decision["rules"] else ""
    yield f"  it is {'permitted' if decision['outcome'] == 'permit' else 'denied'}{by}"


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[part] == other[part] for part in ("outcome", "rules"))


def _is_day(policy: Policy, key: Key, facts: Values) -> bool:
    return isinstance(policy.fact_by_key[key].type, DateType) and facts[key] is not None


def _leaf(values: Values, role: Role) -> int:
    leaf = values[role]
    assert isinstance(leaf, int)
    return leaf


def _read(policy: Policy, claim: Claim) -> frozenset[Key]:
    """What decides whether a request is one that the claim is about."""
    formulas = (claim.when, claim.assuming, *(each.formula for each in policy.assumptions))
    return frozenset[Key]().union(*(_variables(policy, formula) for formula in formulas))


# ------------------------------------------------------------------ as a scenario


def _paste(scene: Scene, example: Counterexample) -> list[str]:
    texts = scenarios(scene.policy, scene.verdict, example)
    if not texts:
        return []
    lines = "\n".join(texts).rstrip("\n").split("\n")
    return ["Paste:", *(f"  {line}".rstrip() for line in lines)]


def hanging(head: str, text: str, indent: int | None = None, width: int = WIDTH) -> list[str]:
    """`text` after `head`, its further lines indented by `indent`, else like the first."""
    margin = " " * (len(head) if indent is None else indent)
    return wrap(text, width, initial_indent=head, subsequent_indent=margin,
                break_long_words=False, break_on_hyphens=False) or [head.rstrip()]  # fmt: skip
