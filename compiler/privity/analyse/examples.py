"""A request to which a rule applies, guessed from the rule's conditions and then tried.

Nearly every rule has one that is plain to see: give each fact the value that the condition asks
for. What is guessed counts only once the semantics says that the rule applies, so a wrong guess
costs time and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

from privity.model.formula import (
    And,
    AtMost,
    Contains,
    Defined,
    Equals,
    Formula,
    Holds,
    IsNone,
    Key,
    Linear,
    Not,
    Or,
    Plain,
    Quantity,
    TextIs,
    Within,
    read_by,
)
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    Fact,
    IntegerType,
    Policy,
    Rule,
    SetType,
    TaxonomyType,
    TextType,
)
from privity.semantics.decide import applies
from privity.semantics.evaluate import World, evaluate, evaluate_linear

A_DAY = 738_000  # in 2021, far from where dates end


class Examples:
    """Guesses for the rules of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._usual = {fact.key: None if fact.optional else _some(fact) for fact in policy.facts}

    def shows(self, rule: Rule) -> bool:
        """Whether a request was found to which `rule` applies."""
        values: dict[Key, Plain] = {**self._usual}
        values.update((role, min(leaves)) for role, leaves in rule.scope.roles.items())
        guess = _Guess(self._policy, rule, values)
        guess.wish(rule.when, True)
        guess.wish(rule.unless, False)
        world = World(guess.values, self._policy.definitions)
        applying: dict[str, bool] = {}
        for other in self._yielded(rule):
            applying[other.name] = applies(other, world, applying)
        return applies(rule, world, applying)

    def _yielded(self, rule: Rule) -> Iterable[Rule]:
        return () if not rule.yields_to else closure(self._policy, rule)[:-1]


def closure(policy: Policy, rule: Rule) -> tuple[Rule, ...]:
    """`rule` after all rules that it yields to, directly or not, each after those of its own."""
    found: dict[str, Rule] = {}
    waiting = [(rule, False)]
    while waiting:
        one, ready = waiting.pop()
        if ready:
            found.setdefault(one.name, one)
        elif one.name not in found:
            waiting.append((one, True))
            waiting += [(policy.rule_by_name[name], False) for name in one.yields_to]
    return tuple(found.values())


def _some(fact: Fact) -> Plain:
    """A value that is not none."""
    match fact.type:
        case BooleanType():
            return False
        case DateType():
            return A_DAY
        case IntegerType(low, high) | DurationType(low, high):
            return min(max(low, 0), high)
        case TextType():
            return ""
        case TaxonomyType():
            return 0
        case SetType():
            return frozenset()


def _possible(fact: Fact, value: int) -> bool:
    """Whether a fact that is a number can have this value: else what is shown is no request."""
    match fact.type:
        case DateType():
            return FIRST_DAY.toordinal() <= value <= LAST_DAY.toordinal()
        case IntegerType(low, high) | DurationType(low, high):
            return low <= value <= high
        case _:
            return False


class _Guess:
    """Values on the way to fulfilling wishes; what a wish has settled, later ones leave alone."""

    def __init__(self, policy: Policy, rule: Rule, values: dict[Key, Plain]) -> None:
        self.values = values
        self._policy = policy
        self._scope: dict[Key, frozenset[int]] = {}
        self._scope.update(rule.scope.roles.items())
        self._settled: set[Key] = set()

    def wish(self, formula: Formula, truth: bool) -> None:
        """Try to give `formula` this truth."""
        match formula:
            case Not(operand):
                self.wish(operand, not truth)
            case And(operands) | Or(operands):
                if isinstance(formula, And) == truth:
                    # What leaves a choice comes last, when it is known what there is to choose.
                    for operand in sorted(operands, key=self._leaves_choice):
                        self.wish(operand, truth)
                else:
                    self.wish(self._easiest(operands, truth), truth)
            case Defined(name):
                self.wish(self._policy.definitions[name].formula, truth)
            case Holds(fact):
                self._set(fact, truth)
            case IsNone(fact):
                if truth:
                    self._set(fact, None)
                elif self.values[fact] is None and fact not in self._settled:
                    # Which value it is, others may say.
                    self.values[fact] = _some(self._policy.fact_by_key[fact])
            case TextIs(fact, text):
                self._set(fact, text if truth else text + "-")
            case Contains(fact, leaves):
                self._set(fact, frozenset(leaves if truth else ()))
            case Within(variable, leaves):
                self._choose(variable, leaves, truth)
            case AtMost(terms, bound):
                self._reach(terms, bound if truth else bound + 1)
            case Equals(terms, bound):
                self._reach(terms, bound if truth else bound + 1)
            case _:
                pass

    def _easiest(self, operands: tuple[Formula, ...], truth: bool) -> Formula:
        """An operand that has this truth already, else one that no earlier wish has touched."""
        world = World(self.values, self._policy.definitions)
        for operand in operands:
            if evaluate(operand, world) == truth:
                return operand
        for operand in operands:
            if not self._settled & self._read(operand):
                return operand
        return operands[0]

    def _leaves_choice(self, formula: Formula) -> bool:
        match formula:
            case Not(operand):
                return self._leaves_choice(operand)
            case And() | Or() | Defined():
                return True
            case _:
                return False

    def _read(self, formula: Formula) -> frozenset[Key]:
        match formula:
            case Not(operand):
                return self._read(operand)
            case And(operands) | Or(operands):
                return frozenset[Key]().union(*(self._read(operand) for operand in operands))
            case Defined(name):
                return self._read(self._policy.definitions[name].formula)
            case Holds() | IsNone() | TextIs() | Contains() | Within() | AtMost() | Equals():
                return read_by(formula)
            case _:
                return frozenset()

    def _set(self, variable: Key, value: Plain) -> None:
        if variable not in self._settled:
            self.values[variable] = value
            self._settled.add(variable)

    def _choose(self, variable: Key, leaves: frozenset[int], truth: bool) -> None:
        """A leaf inside or outside of `leaves`, for a role one in the rule's scope."""
        able = self._scope.get(variable)
        if able is None:
            able = self._policy.taxonomy_of(variable).values[0].leaves
        found = able & leaves if truth else able - leaves
        if found:
            self._set(variable, min(found))

    def _reach(self, terms: tuple[tuple[int, Quantity], ...], total: int) -> None:
        """Make the sum `total`, or near it, by one fact that is still free."""
        facts = [(c, fact) for c, fact in terms if isinstance(fact, str)]
        for _, fact in facts:
            if self.values[fact] is None:
                self.values[fact] = _some(self._policy.fact_by_key[fact])
        if len(facts) < len(terms):
            return
        for coefficient, fact in reversed(facts):
            if fact not in self._settled:
                now = self.values[fact]
                assert isinstance(now, int)
                rest = evaluate_linear(Linear(terms, 0), World(self.values, {})) - coefficient * now
                wanted = (total - rest) // coefficient
                if _possible(self._policy.fact_by_key[fact], wanted):
                    self._set(fact, wanted)
                    return
