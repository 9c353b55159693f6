"""What has to be proved, asked of the solver in few questions, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from privity.symbolic.solver import GaveUp
from privity.validate.circuit import Gate
from privity.validate.findings import Difference, Finding, Said
from privity.validate.world import Model, Question, World

Show = Callable[["Obligation", Model], Difference]
"""The request of a model for which an obligation is broken, as the module meets it."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """There must be no request for which `gate` holds; `said` is what it means if there is."""

    gate: Gate
    line: int
    said: str
    code: str = "differs"
    module: Said | None = None
    """What the module answers there, where that is known."""
    rule: str | None = None
    """The rule whose conditions it is about."""


@dataclass
class Proof:
    world: World
    statements: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)

    def add(
        self,
        statement: str,
        defined: Sequence[str],
        obligations: Sequence[Obligation],
        show: Show,
        in_sight: Gate | None = None,
    ) -> bool:
        """Prove that no obligation is broken; what is not proved becomes a finding.

        `defined` are the commands that the gates rest on. A request for which `in_sight` holds is
        shown rather than another, which is shown as hidden then.
        """
        question = Question(tuple(one.gate for one in obligations), tuple(defined))
        proved = True
        for found in self.world.ask(question):
            proved = False
            if isinstance(found, GaveUp):
                self.gave_up.append(f"{statement}: {found.reason}")
                continue
            broken = [obligations[number] for number in found.yes]
            for one in broken[:3]:
                model = found if in_sight is None else self._seen(one, in_sight, defined)
                by = show if model is not None else hidden
                self.findings.append(self._finding(one, model or found, by))
        if proved:
            self.statements.append(statement)
        return proved

    def holds(self, statement: str, defined: Sequence[str], gates: Sequence[Gate]) -> bool:
        """Whether no gate ever holds; nothing is found where it may."""
        for _ in self.world.ask(Question(tuple(gates), tuple(defined)), most=1):
            return False
        self.statements.append(statement)
        return True

    def where_it_decides(self, finding: Finding, defined: Sequence[str]) -> Iterator[Finding]:
        """The finding with a request that its rule decides, if there is one."""
        circuit, names = self.world.circuit, self.world.scene.names
        rule = self.world.policy.rule_by_name[finding.rule or ""]
        permits = circuit.term(names.permits())
        effect = permits if rule.effect == "permit" else circuit.negation(permits)
        gate = circuit.both(circuit.term(names.applies(rule.name)), effect)
        for found in self.world.ask(Question((gate,), tuple(defined)), most=1):
            if isinstance(found, Model):
                difference = Difference(found.values, found.values, None)
                yield replace(finding, difference=difference)

    def _seen(self, one: Obligation, in_sight: Gate, defined: Sequence[str]) -> Model | None:
        """A request that breaks the obligation, and for which `in_sight` holds."""
        gate = self.world.circuit.both(one.gate, in_sight)
        found = next(self.world.ask(Question((gate,), tuple(defined)), most=1), None)
        return found if isinstance(found, Model) else None

    def _finding(self, one: Obligation, model: Model, show: Show) -> Finding:
        return Finding(one.code, one.line or None, one.said, show(one, model))


def stated(one: Obligation, model: Model) -> Difference:
    """What the request in question states."""
    return Difference(model.partial, model.values, one.module)


def whole(one: Obligation, model: Model) -> Difference:
    """The completion."""
    return Difference(model.values, model.values, one.module)


def hidden(one: Obligation, model: Model) -> Difference:
    """The completion, of which nothing is said but that a part of the module is wrong for it."""
    return Difference(model.values, model.values, one.module, hidden=True)
