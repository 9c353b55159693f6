"""What validation finds: a module is the policy, or why that is not so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from privity.model.formula import Key, Plain
from privity.model.nodes import Outcome

VALIDATOR = "privity-validate 1"
"""Its name and version, for the headers of modules. The version says what is proved, and how."""

Result = Literal["proved", "safe", "refused", "unknown"]

PROVED = f"{VALIDATOR}: proved"
SAFE = f"{VALIDATOR}: safe; exactness tested"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a request; `rules` are those named. `raises`: there is none, but an error."""

    outcome: Outcome
    rules: tuple[str, ...]
    raises: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A request that tells a module from the policy.

    `values` holds what the request states, `data` among it; what it lacks is missing.
    `completion` is a complete request that agrees with it. `module` is what the module says of
    it; None where the difference is in neither outcome nor rules. Where it is `hidden`, the part
    in the finding's line is wrong for the request, but another part may answer it first.
    """

    values: Mapping[Key, Plain]
    completion: Mapping[Key, Plain]
    module: Said | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a module is not accepted, at a line of it (counted from 1; None for all of it).

    `code` is stable: `not-python`, `not-in-subset`, `changed-prelude`, `changed-header`,
    `changed-table`, `rebound`, `may-raise`, `differs`, `not-proved`.
    """

    code: str
    line: int | None
    message: str
    difference: Difference | None = field(default=None)
    rule: str | None = None
    """The rule that it is about: shown where that decides."""


@dataclass(frozen=True, slots=True)
class Validation:
    """`proved`: every answer of the module is the policy's, missing facts included, exactly.

    `safe`: V1 to V5 of a partial request hold, and all fields on a complete one; `unknown` may
    be said, or duties named, where the semantics would not. `refused`: `findings` say why.
    `unknown`: the solver gave up, which accepts nothing.
    """

    result: Result
    findings: tuple[Finding, ...]
    statements: tuple[str, ...]
    """What was proved, a sentence each."""
    questions: int
    seconds: float

    @property
    def accepted(self) -> bool:
        return self.result in ("proved", "safe")


class RefusalError(Exception):
    """Ends the reading of one part of a module."""

    def __init__(self, code: str, line: int | None, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(code, line, message)


Reference = Callable[[Mapping[Key, Plain]], Said]
"""What the definition says of a request, perhaps a partial one, `data` among its values."""
