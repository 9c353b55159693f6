"""The generated checker of a policy, run in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol, cast

from privity.cli.wire import request_json
from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.nodes import Outcome, Policy, Role
from privity.prove.differences import is_large
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


_checkers: dict[str, Checker] = {}


def checker_of(policy: Policy, *, apart: bool = False) -> Checker:
    """The checker, generated once for each text of a policy and the rules of it that there are.

    `apart` is what `emit_python` takes.
    """
    key = policy.parts.identity
    if key not in _checkers:
        module: ModuleType = load_checker(emit_python(policy, apart=apart))
        _checkers[key] = cast(Checker, module)
    return _checkers[key]


def confirm(policy: Policy, requests: Sequence[Request]) -> list[Outcome]:
    """What the generated checker says of complete requests: the prover's second opinion.

    Of a large policy, the checker is that of the rules whose scope holds one of the requests,
    written as that of the whole is: to the other ones no request here can be subject.
    """
    large = is_large(policy, {})
    cells = [_roles(policy, request) for request in requests]
    checker = checker_of(policy.parts.holding(cells) if large else policy, apart=large)
    return [checker.check_mapping(request_json(policy, request)).outcome for request in requests]


def _roles(policy: Policy, request: Request) -> dict[Role, int]:
    """The leaf of each role, in a complete request of one data category."""
    (data,) = request.data
    stated = {**request.values, "data": data}
    return {role: leaf for role in policy.roles if isinstance(leaf := stated[role], int)}


def contract(decided: Decided) -> dict[str, Any]:
    """What a decision says, without its wording and without the policy's name."""
    answer = decided.as_dict()
    return {key: answer[key] for key in answer if key not in ("explanation", "policy")}
