"""The generated checker of a policy, run in this process."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Protocol, cast

from privity.cli.wire import request_json
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.nodes import Outcome, Policy
from privity.semantics.nodes import Request


class Decided(Protocol):
    """A decision, as a generated checker gives it."""

    outcome: Outcome

    def as_dict(self) -> dict[str, Any]: ...


class Explained(Protocol):
    """A decision in words. `nearest` holds what would change it: fact, old and new value."""

    decision: Decided
    nearest: tuple[tuple[str, Any, Any], ...] | None


class Checker(Protocol):
    """What is used of a generated module."""

    RequestError: type[ValueError]
    MISSING: object

    def parse_request(self, text: str | bytes) -> dict[str, object]: ...
    def check_mapping(self, mapping: Mapping[str, object]) -> Decided: ...
    def explain_mapping(self, mapping: Mapping[str, object]) -> Explained: ...


_checkers: dict[tuple[str, str], Checker] = {}


def checker_of(policy: Policy) -> Checker:
    """The checker, generated once for each text of a policy."""
    key = (policy.name, policy.sha256)
    if key not in _checkers:
        module: ModuleType = load_checker(emit_python(policy))
        _checkers[key] = cast(Checker, module)
    return _checkers[key]


def confirm(policy: Policy, request: Request) -> Outcome:
    """What the generated checker says of a request: the prover's second opinion."""
    return checker_of(policy).check_mapping(request_json(policy, request)).outcome


def contract(decided: Decided) -> dict[str, Any]:
    """What a decision says, without its wording and without the policy's name."""
    answer = decided.as_dict()
    return {key: answer[key] for key in answer if key not in ("explanation", "policy")}
