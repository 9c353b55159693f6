"""A policy to a TypeScript module: `emit_typescript`."""

from __future__ import annotations

from collections.abc import Sequence

from privity.emit.code import Module
from privity.emit.errors import UnsupportedByTarget
from privity.emit.ts_atoms import (
    Places,
    atom_functions,
    places,
    sum_functions,
    sums_of,
    too_large,
)
from privity.emit.ts_code import laid_out, said, text, texts
from privity.emit.ts_rules import apply_rules
from privity.emit.ts_tables import (
    deadline_functions,
    numbers_of_variables,
    request_types,
    tables,
    taxonomies,
)
from privity.emit.ts_text import ENTRY_POINTS, prelude
from privity.emit.ts_walk import Walk
from privity.lower.decide import decision_diagram
from privity.lower.lower import lower
from privity.model.nodes import Policy
from privity.version import VERSION

GENERATOR = f"privity {VERSION}"


def unsupported_in_typescript(policy: Policy) -> tuple[UnsupportedByTarget, ...]:
    """What of the policy a TypeScript module cannot do; empty iff `emit_typescript` can."""
    module = Module(lower(policy))
    large = sum(too_large(linear, module) for linear in sums_of(module))
    if not large:
        return ()
    what = "a sum whose partial results pass 2^53, beyond which numbers are not exact there"
    return (UnsupportedByTarget(span=policy.span, target="TypeScript", what=what),)


def emit_typescript(policy: Policy, *, claims_proved: Sequence[str] = ()) -> str:
    """The checker of a policy: one ES module, typed, that needs nothing else.

    `policy` must be one of which `unsupported_in_typescript` says nothing. The same arguments
    give the same text.
    """
    module = Module(lower(policy))
    at = places(module)
    diagram = decision_diagram(policy)
    walk = None if diagram is None else Walk(diagram, at)
    code = [*sum_functions(at), *atom_functions(at), *_decisions(at, walk), *deadline_functions(at)]
    sections = [
        _header(policy, claims_proved),
        *taxonomies(module),
        request_types(module),
        numbers_of_variables(at, "\n".join(line for lines in code for line in lines)),
        *code,
        tables(at, walk),
        ENTRY_POINTS.split("\n"),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _decisions(at: Places, walk: Walk | None) -> list[list[str]]:
    found = [] if walk is None else list(walk.functions())
    return [*found, apply_rules(at.module)]


def _header(policy: Policy, claims: Sequence[str]) -> list[str]:
    proved = [f"//     {said(claim)}" for claim in claims] or ["//     no claims"]
    return [
        f"// {said(policy.title or policy.name)}: a checker of requests to share data.",
        "//",
        "// Generated from a policy; do not edit, change the policy and build it again. Use:",
        "//",
        "//     const decision = check({ data: [...], recipient: ..., facts: { ... } });",
        "//",
        "// What a request leaves out is missing, and then the outcome may be unknown. Below: a",
        "// prelude that is the same in every checker, the vocabulary, the comparisons, the rules.",
        "//",
        f"// policy     {said(policy.name)}",
        f"// sha256     {said(policy.sha256)}",
        f"// generator  {said(GENERATOR)}",
        "// proved",
        *proved,
        "",
        *laid_out("export const POLICY = ", text(policy.name)),
        *laid_out("export const SHA256 = ", text(policy.sha256)),
        *laid_out("export const GENERATOR = ", text(GENERATOR)),
        *laid_out("export const CLAIMS_PROVED: readonly string[] = ", texts(claims)),
        "",
        prelude().rstrip("\n"),
    ]
