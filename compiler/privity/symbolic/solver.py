"""The one door to Z3: texts in, answers out. Nothing else imports z3."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import z3

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


# Names are plain symbols, so nothing else in a text looks like this.
_DECLARED = re.compile(r"\(declare-const (\S+) (Int|Bool)\)")


_contexts: list[Any] = []


@contextmanager
def apart() -> Iterator[None]:
    """What is asked meanwhile is answered as if nothing had been asked before.

    In one context of Z3, models depend on all that it was asked since it was made.
    """
    _contexts.append(z3.Context())
    try:
        yield
    finally:
        _contexts.pop()


class Session:
    """One text loaded once and asked several times."""

    def __init__(self, text: str, limits: Limits) -> None:
        self._text = text
        self._context = _contexts[-1] if _contexts else z3.main_ctx()
        self._solver: Any = z3.SimpleSolver(ctx=self._context)
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
            return Satisfiable(_values(self._solver.model(), self._text))
        return GaveUp(str(self._solver.reason_unknown()))

    def core(self, literals: Iterable[str]) -> frozenset[str] | None:
        """Some of `literals` that are impossible together, None unless all of them are."""
        if self._ask(literals) != z3.unsat:
            return None
        return frozenset(each.decl().name() for each in self._solver.unsat_core())

    def impossible(self, literals: Iterable[str]) -> bool:
        """Whether `check` would answer Unsatisfiable; quicker, because no model is read."""
        return bool(self._ask(literals) == z3.unsat)

    def _ask(self, literals: Iterable[str]) -> Any:
        return self._solver.check(*(self._literal(name) for name in literals))

    def _literal(self, name: str) -> Any:
        if name not in self._literals:
            self._literals[name] = z3.Bool(name, self._context)
        return self._literals[name]


def solve(text: str, limits: Limits) -> Result:
    """Whether an SMT-LIB 2 text is satisfiable."""
    return Session(text, limits).check()


def _values(model: Any, text: str) -> Answer:
    """What the constants that `text` declares are, those apart that the model leaves open.

    Not by going over the model, which lists all that the text *defines* as well, and evaluated.
    Read by the functions beneath Z3's Python classes, which take ten times as long.
    """
    found: dict[str, int | bool] = {}
    context, held = model.ctx.ref(), model.model
    sorts = {"Int": z3.IntSort(model.ctx).ast, "Bool": z3.BoolSort(model.ctx).ast}
    for name, sort in _DECLARED.findall(text):
        symbol = z3.Z3_mk_string_symbol(context, name)
        declaration = z3.Z3_mk_func_decl(context, symbol, 0, None, sorts[sort])
        value = z3.Z3_model_get_const_interp(context, held, declaration)
        if not value:
            continue
        if sort == "Int":
            found[name] = int(z3.Z3_get_numeral_string(context, value))
        else:
            found[name] = z3.Z3_get_bool_value(context, value) == z3.Z3_L_TRUE
    return found
