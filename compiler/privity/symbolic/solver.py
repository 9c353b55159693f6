"""The one door to Z3: texts in, answers out. Nothing else imports z3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import z3

from privity.symbolic.names import DEFINED

Answer = Mapping[str, int | bool]


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` bounds a claim's time; `resources` bounds Z3's work and is the same anywhere."""

    seconds: float = 60.0
    resources: int = 50_000_000


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    pass


@dataclass(frozen=True, slots=True)
class Satisfiable:
    """A model: the value of every declared constant that has one."""

    values: Answer


@dataclass(frozen=True, slots=True)
class GaveUp:
    reason: str


Result = Unsatisfiable | Satisfiable | GaveUp


class Session:
    """One text loaded once and asked several times."""

    def __init__(self, text: str, limits: Limits) -> None:
        self._solver: Any = z3.SimpleSolver()
        self._solver.set("rlimit", limits.resources)
        self._solver.set("timeout", max(1, int(limits.seconds * 1000)))
        self._solver.set("random_seed", 0)
        self._literals: dict[str, Any] = {}
        self._solver.from_string(text)

    def check(self, literals: Iterable[str] = ()) -> Result:
        """Whether the text is satisfiable with these boolean constants true besides."""
        result = self._ask(literals)
        if result == z3.unsat:
            return Unsatisfiable()
        if result == z3.sat:
            return Satisfiable(_values(self._solver.model()))
        return GaveUp(str(self._solver.reason_unknown()))

    def core(self, literals: Iterable[str]) -> frozenset[str] | None:
        """Some of `literals` that are impossible together, None unless all of them are."""
        if self._ask(literals) != z3.unsat:
            return None
        return frozenset(str(each) for each in self._solver.unsat_core())

    def impossible(self, literals: Iterable[str]) -> bool:
        """Whether `check` would answer Unsatisfiable; quicker, because no model is read."""
        return bool(self._ask(literals) == z3.unsat)

    def _ask(self, literals: Iterable[str]) -> Any:
        return self._solver.check(*(self._literal(name) for name in literals))

    def _literal(self, name: str) -> Any:
        if name not in self._literals:
            self._literals[name] = z3.Bool(name)
        return self._literals[name]


def solve(text: str, limits: Limits) -> Result:
    """Whether an SMT-LIB 2 text is satisfiable."""
    return Session(text, limits).check()


def _values(model: Any) -> Answer:
    """Read by the functions beneath Z3's Python classes, which take ten times as long."""
    found: dict[str, int | bool] = {}
    context, held = model.ctx.ref(), model.model
    for number in range(z3.Z3_model_get_num_consts(context, held)):
        declaration = z3.Z3_model_get_const_decl(context, held, number)
        name = str(z3.Z3_get_symbol_string(context, z3.Z3_get_decl_name(context, declaration)))
        if name.startswith(DEFINED):  # no constant: Z3 lists what the text defines as well
            continue
        value = z3.Z3_model_get_const_interp(context, held, declaration)
        if not value:
            continue
        if z3.Z3_is_numeral_ast(context, value):
            found[name] = int(z3.Z3_get_numeral_string(context, value))
        else:
            truth = z3.Z3_get_bool_value(context, value)
            if truth:  # 1 true, -1 false, 0 no boolean
                found[name] = truth == 1
    return found
