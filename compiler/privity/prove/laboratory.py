"""A problem loaded into the solver once, to ask many small questions about its requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from privity.model.formula import Key, Plain
from privity.model.nodes import Fact, Role
from privity.model.parts import Box
from privity.prove.obligations import Problem
from privity.symbolic import factory
from privity.symbolic.factory import Term
from privity.symbolic.requests import assign, read_facts, read_roles
from privity.symbolic.solver import Limits, Result, Session

Values = Mapping[Key, Plain]


class Laboratory:
    """Questions about which requests break a claim, fulfil its case, or lie in its range.

    Each question is a set of named literals; a literal implies the term that it stands for. With
    a `box`, they are about requests whose roles lie in it.
    """

    def __init__(self, problem: Problem, limits: Limits, box: Box = MappingProxyType({})) -> None:
        self.problem = problem
        self._literals: dict[str, Term] = {
            "ask.breaks": factory.conjunction([problem.range, problem.broken]),
            "ask.keeps": factory.negation(factory.conjunction([problem.range, problem.broken])),
            "ask.range": problem.range,
        }
        names = problem.variants[0].scene.names
        within = (factory.member(names.variable(role), leaves) for role, leaves in box.items())
        self._assertions = tuple(within)
        self._limits = limits
        self._session: Session | None = None

    def roles(self) -> Mapping[Role, int]:
        """How many leaves each role has."""
        policy = self.problem.variants[0].policy
        return {role: len(taxonomy.leaves) for role, taxonomy in policy.roles.items()}

    def has(self, fact: Fact, value: Plain) -> str:
        """The literal that says that `fact` has `value`."""
        owner = self.problem.variants[-1 if fact in self.problem.apart else 0]
        term = assign(owner.policy, fact, value, owner.scene.names, self.problem.shared)
        return self.literal(f"has.{fact.key}.{len(self._literals)}", term)

    def not_leaf(self, role: Role, leaf: int) -> str:
        """The literal that says that `role` does not have `leaf`."""
        name = self.problem.variants[0].scene.names.variable(role)
        return self.literal(f"not.{role}.{leaf}", f"(not (= {name} {leaf}))")

    def only(self, role: Role, leaves: Iterable[int]) -> list[str]:
        """The literals that say that `role` has one of `leaves`."""
        kept = set(leaves)
        return [self.not_leaf(role, leaf) for leaf in range(self.roles()[role]) if leaf not in kept]

    def literal(self, name: str, term: Term) -> str:
        """A named literal; a new one is known to the solver from the next question on."""
        if name not in self._literals:
            self._literals[name] = term
            self._session = None
        return name

    def ask(self, *literals: str) -> Result:
        """Whether some request fulfils all `literals`."""
        return self._loaded().check(literals)

    def core(self, *literals: str) -> frozenset[str] | None:
        """Some of `literals` that no request fulfils together, None unless that is so of all."""
        return self._loaded().core(literals)

    def impossible(self, *literals: str) -> bool:
        """Whether no request fulfils all `literals`, for certain."""
        return self._loaded().impossible(literals)

    def _loaded(self) -> Session:
        if self._session is None:
            self._session = Session(self._text(), self._limits)
        return self._session

    def read(self, answer: Mapping[str, int | bool]) -> dict[Key, Plain]:
        """The request of a model: every role and every fact of the claim's own policy."""
        first = self.problem.variants[0]
        names, shared = first.scene.names, self.problem.shared
        values = read_facts(first.policy, first.policy.facts, answer, names, shared)
        return values | read_roles(first.policy, answer, names)

    def read_other(self, answer: Mapping[str, int | bool]) -> dict[Key, Plain]:
        """The same request in the words of the last variant's policy."""
        last = self.problem.variants[-1]
        names, shared = last.scene.names, self.problem.shared
        values = read_facts(last.policy, last.policy.facts, answer, names, shared)
        return values | read_roles(last.policy, answer, names)

    def _text(self) -> str:
        lines = list(self.problem.preamble)
        lines += [f"(assert {term})" for term in self._assertions]
        for name, term in self._literals.items():
            lines += [f"(declare-const {name} Bool)", f"(assert (=> {name} {term}))"]
        return "\n".join(lines) + "\n"
