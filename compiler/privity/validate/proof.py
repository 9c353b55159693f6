"""What has to be proved, asked of the solver in few questions, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from privity.model.formula import Key, Plain
from privity.symbolic.solver import GaveUp
from privity.validate.circuit import Gate
from privity.validate.findings import Difference, Finding, RefusalError, Said
from privity.validate.world import Model, Question, World

Says = Callable[[dict[Key, Plain], dict[Key, Plain]], Said]
"""What the module answers: of a complete request, and of the part of it that is stated."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """There must be no request for which `gate` holds; `said` is what it means if there is."""

    gate: Gate
    line: int
    said: str
    code: str = "differs"
    module: Said | None = None
    """What the module answers there, where that is known."""


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
        says: Says | None,
        suffix: str = "",
    ) -> bool:
        """Prove that no obligation is broken; what is not proved becomes a finding.

        `defined` are the commands that the gates rest on; where they define what the policy says,
        under names with `suffix`, a finding tells it.
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
                shown = self._difference(question, one, found, says, suffix)
                self.findings.append(Finding(one.code, one.line or None, one.said, shown))
        if proved:
            self.statements.append(statement)
        return proved

    def holds(self, statement: str, defined: Sequence[str], gates: Sequence[Gate]) -> bool:
        """Whether no gate ever holds; nothing is found where it may."""
        for _ in self.world.ask(Question(tuple(gates), tuple(defined)), most=1):
            return False
        self.statements.append(statement)
        return True

    def _difference(
        self, question: Question, one: Obligation, model: Model, says: Says | None, suffix: str
    ) -> Difference:
        values, partial = dict(model.values), model.partial
        module = one.module
        if one.code == "may-raise":
            module = Said("unknown", (), raises=True)
        elif module is None and says is not None:
            partial = values
            module = self._run(says, values)
        return Difference(partial, values, self._policy(question, model, suffix), module)

    def _run(self, says: Says, values: dict[Key, Plain]) -> Said | None:
        try:
            return says(values, values)
        except RefusalError:
            return None

    def _policy(self, question: Question, model: Model, suffix: str) -> Said | None:
        """What the policy says of the completion, if the question defines it."""
        if not any(line.startswith(f"(define-fun permits{suffix} ") for line in question.defined):
            return None
        rules = self.world.policy.rules
        terms = [f"permits{suffix}", *(f"applies.{rule.name}{suffix}" for rule in rules)]
        told = self.world.tell(question, model, terms)
        if told is None:
            return None
        permits, *applies = told
        effect = "permit" if permits else "forbid"
        named = tuple(
            rule.name
            for rule, held in zip(rules, applies, strict=True)
            if held and rule.effect == effect
        )
        return Said("permit" if permits else "deny", named)
