"""A policy as a decision diagram: which outcome, by which rules."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations
from typing import Literal, cast

from privity.lower.atoms import rule_atoms, scope_atoms
from privity.lower.diagram import Builder, Diagram, Ref, TooLargeError
from privity.lower.questions import Numbers, Question, guards, holding, questions_of
from privity.model.formula import And, Atom, Constant, Defined, Formula, Key, Not, Or
from privity.model.nodes import Policy, Rule

MOST_NODES = 1_000
"""A policy whose diagram has more nodes is decided rule by rule instead."""
MOST_QUESTIONS = 300
"""Likewise a policy that asks more; building recurses as deep as there are questions."""
MOST_RULES = 200
"""And one of more rules."""
MOST_ORDERS = 6
WORK = 15
"""Steps of work that making a diagram may take, for each node that it may have."""
LEAST_WORK = 15_000
"""And so many it may take, however small it has to be."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The end of a path. `rules`, numbers in the order of declaration, are those that decide."""

    outcome: Literal["permit", "deny"]
    rules: tuple[int, ...]


def decision_diagram(policy: Policy, limit: int = MOST_NODES) -> Diagram[Decided] | None:
    """What every request's answers lead to; None where that takes more than `limit` nodes, or
    more work than such a diagram is worth.

    The roles are tried in each order, and the smallest diagram is taken, the earliest of equals.
    For a complete request the end is its decision on one data category; for any other request
    too, wherever all that is asked on the way is known.
    """
    if len(policy.rules) > MOST_RULES:
        return None
    best: Diagram[Decided] | None = None
    for order in islice(permutations(policy.roles), MOST_ORDERS):
        try:
            found = _diagram(policy, order, limit)
        except TooLargeError:
            continue
        if best is None or len(found.nodes) < len(best.nodes):
            best = found
    return best


def _diagram(policy: Policy, order: Sequence[Key], limit: int) -> Diagram[Decided]:
    atoms = list(dict.fromkeys(a for rule in by_effect(policy) for a in rule_atoms(policy, rule)))
    questions = questions_of(policy, atoms, order)
    if len(questions) > MOST_QUESTIONS:
        raise TooLargeError
    encoder = Encoder(policy, questions, max(WORK * limit, LEAST_WORK))
    root = encoder.decided()
    found = encoder.builder.finished(root)
    if len(found.nodes) > limit:
        raise TooLargeError
    return cast("Diagram[Decided]", found)


def by_effect(policy: Policy) -> Iterator[Rule]:
    """Forbids first: where one applies, permits need not be looked at."""
    for effect in ("forbid", "permit"):
        yield from (rule for rule in policy.rules if rule.effect == effect)


@dataclass
class Encoder:
    """Conditions of a policy as diagrams over given questions."""

    policy: Policy
    questions: tuple[Question, ...]
    limit: int
    builder: Builder = field(init=False)
    _definitions: dict[str, Ref] = field(default_factory=dict)
    _rules: dict[str, Ref] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.builder = Builder(self.questions, self.limit)
        self._numbers = Numbers(self.questions)

    def condition(self, formula: Formula) -> Ref:
        match formula:
            case Constant(value):
                return self.builder.end(value)
            case Defined(name):
                if name not in self._definitions:
                    self._definitions[name] = self.condition(self.policy.definitions[name].formula)
                return self._definitions[name]
            case Not(operand):
                return self.builder.contrary(self.condition(operand))
            case And(operands):
                return self.builder.both([self.condition(operand) for operand in operands])
            case Or(operands):
                return self.builder.either([self.condition(operand) for operand in operands])
            case atom:
                return self._atom(atom)

    def applies(self, rule: Rule) -> Ref:
        """On which answers `rule` applies."""
        if rule.name not in self._rules:
            stronger = [self.applies(self.policy.rule_by_name[name]) for name in rule.yields_to]
            self._rules[rule.name] = self.builder.both(
                [
                    *(self._atom(atom) for atom in scope_atoms(self.policy, rule)),
                    self.condition(rule.when),
                    self.builder.contrary(self.condition(rule.unless)),
                    *(self.builder.contrary(ref) for ref in stronger),
                ]
            )
        return self._rules[rule.name]

    def decided(self) -> Ref:
        """The policy's decision: forbid beats permit, else what it says otherwise."""
        numbers = {rule.name: number for number, rule in enumerate(self.policy.rules)}
        found = self.builder.end(())
        for rule in by_effect(self.policy):
            joins = _joins(numbers[rule.name], rule, self.policy)
            found = self.builder.combine(joins, found, self.applies(rule))
        return self.builder.replaced(found, self._decided)

    def _decided(self, applying: Hashable) -> Decided:
        rules = cast("tuple[int, ...]", applying)
        effects = {self.policy.rules[number].effect for number in rules}
        if not effects:
            return Decided(self.policy.otherwise, ())
        return Decided("deny" if "forbid" in effects else "permit", rules)

    def _atom(self, atom: Atom) -> Ref:
        kind, held = holding(atom, self.policy, self._numbers)
        parts = [self.builder.answered(question, arm) for question, arm in held.items()]
        some = guards(atom, self.policy, self._numbers)
        guarded = [self.builder.answered(question, arm) for question, arm in some.items()]
        inner = self.builder.either(parts) if kind == "any" else self.builder.both(parts)
        return self.builder.both([inner, *guarded])


def _joins(number: int, rule: Rule, policy: Policy) -> Callable[[Hashable, Hashable], Hashable]:
    """How a rule joins the rules that decide: a permit does not where a forbid applies."""

    def joined(before: Hashable, applies: Hashable) -> Hashable:
        rules = cast("tuple[int, ...]", before)
        forbidden = bool(rules) and policy.rules[rules[0]].effect == "forbid"
        if not applies or (rule.effect == "permit" and forbidden):
            return rules
        return (*rules, number)

    return joined
