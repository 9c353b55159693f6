"""What a policy is written as, for other programs: checkers in TypeScript and Rego, vectors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from privity.cli.faults import PolicyError
from privity.cli.wire import decision_json, request_json
from privity.cli.workspace import Workspace
from privity.emit.errors import UnsupportedByTarget
from privity.emit.rego import emit_rego, unsupported_in_rego
from privity.emit.typescript import emit_typescript, unsupported_in_typescript
from privity.model.nodes import Policy

CALLED = {
    "typescript": "the TypeScript checker",
    "rego": "the Rego package",
    "vectors": "conformance vectors",
}


def target_text(space: Workspace, target: str, proved: Sequence[str] = ()) -> str:
    """The policy in a target's text. `proved` names the claims that hold, for its header.

    Raises PolicyError where the target cannot decide the policy.
    """
    unsupported, emit = _TARGETS[target]
    found = unsupported(space.policy)
    if found:
        raise PolicyError(found, space.compiled.sources)
    return emit(space.policy, proved)


def vector_lines(policy: Policy) -> Iterator[str]:
    """A line of JSON for each vector: docs/schemas/vectors.schema.json."""
    from privity.analyse.vectors import vectors_of
    from privity.semantics.decide import decide

    coverage = vectors_of(policy)
    for vector in coverage.vectors if coverage is not None else ():
        line: dict[str, Any] = {
            "covers": vector.covers,
            "request": request_json(policy, vector.request),
            "decision": {
                **decision_json(policy, decide(policy, vector.request)),
                "policy": {"name": policy.name, "sha256": policy.sha256},
            },
        }
        yield json.dumps(line)


def _unsupported_vectors(policy: Policy) -> tuple[UnsupportedByTarget, ...]:
    from privity.lower.decide import decision_diagram

    if decision_diagram(policy) is not None:
        return ()
    what = "more cases than one diagram holds, whose paths they would cover"
    return (UnsupportedByTarget(span=policy.span, target="A list of vectors", what=what),)


_Unsupported = Callable[[Policy], tuple[UnsupportedByTarget, ...]]
_Emit = Callable[[Policy, Sequence[str]], str]

_TARGETS: Mapping[str, tuple[_Unsupported, _Emit]] = {
    "typescript": (
        unsupported_in_typescript,
        lambda policy, proved: emit_typescript(policy, claims_proved=proved),
    ),
    "rego": (
        unsupported_in_rego,
        lambda policy, proved: emit_rego(policy, claims_proved=proved),
    ),
    "vectors": (
        _unsupported_vectors,
        lambda policy, _: "".join(f"{line}\n" for line in vector_lines(policy)),
    ),
}
