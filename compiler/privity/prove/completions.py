"""What of a counterexample is enough to break the claim."""

from __future__ import annotations

from collections.abc import Mapping

from privity.model.formula import Key, Plain
from privity.model.parts import Box
from privity.prove.laboratory import Laboratory, Values
from privity.prove.obligations import Problem
from privity.symbolic.solver import Limits


class Question:
    """Whether every completion of a partial request breaks the claim, put to the solver.

    `values` are the request's, `other` those of a second policy's own facts. With a `box`, it is
    about requests in there only.
    """

    def __init__(
        self, posed: Problem, values: Values, other: Values, limits: Limits, box: Box | None
    ) -> None:
        self._large = box is not None
        self._laboratory = Laboratory(posed, limits, box or {})
        fixed = posed.variants[0].scene.names.fixed
        facts = [f for f in posed.facts if f.key not in fixed]
        has = self._laboratory.has
        self._apart = [has(fact, other[fact.key]) for fact in posed.apart]
        self._literals = {fact.key: has(fact, values[fact.key]) for fact in facts}
        for role, count in self._laboratory.roles().items():
            for leaf in range(0 if self._large else count):
                self._laboratory.not_leaf(role, leaf)

    def enough(self, kept: Mapping[Key, Plain], box: Box) -> frozenset[Key] | None:
        """Facts of `kept` that are enough for it, None unless all are.

        Those that nothing here reads do not matter.
        """
        roles = {} if self._large else box
        at = [lit for role, leaves in roles.items() for lit in self._laboratory.only(role, leaves)]
        known = {literal: key for key, literal in self._literals.items() if key in kept}
        core = self._laboratory.core("ask.keeps", *self._apart, *known, *at)
        return None if core is None else frozenset(known[each] for each in core if each in known)
