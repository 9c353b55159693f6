"""A policy to a Python module: `emit_python`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from privity.emit import prelude_text
from privity.emit.build import constant, tuple_of
from privity.emit.code import Module
from privity.emit.layout import assignment
from privity.emit.names import plain
from privity.emit.request import request_class, taxonomies
from privity.emit.rules import atom_functions, rule_functions, sum_functions
from privity.emit.settle import ends, settle_functions
from privity.emit.tables import ENTRY_POINTS, deadlines, tables
from privity.lower.decide import Decided, decision_diagram
from privity.lower.diagram import Diagram
from privity.lower.lower import lower
from privity.lower.partial import has_tangled_sums
from privity.model.nodes import Policy
from privity.version import VERSION

GENERATOR = f"privity {VERSION}"


def emit_python(
    policy: Policy,
    *,
    claims_proved: Sequence[str] = (),
    validator: str | None = None,
    apart: bool = False,
) -> str:
    """The checker of a policy: one typed module that needs the standard library only.

    `claims_proved` are the names of claims that hold of the policy, `validator` says who proved
    the module equal to it: both are for its header. With `apart` it is written like that of a
    policy too large for a decision diagram. The same arguments give the same text.
    """
    program = lower(policy)
    # Where comparisons of one sum are free together, a path does not speak for all completions.
    diagram = None if apart or has_tangled_sums(program) else decision_diagram(policy)
    module = Module(program, apart=diagram is None)
    sections = [
        _header(policy, claims_proved, validator),
        *taxonomies(module),
        request_class(module),
        *sum_functions(module),
        *(_together(module, diagram) if diagram else ()),
        *deadlines(module),
        tables(module),
        [*(ends(module, diagram) if diagram else ()), ENTRY_POINTS],
    ]
    return "\n\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _together(module: Module, diagram: Diagram[Decided]) -> Iterator[list[str]]:
    yield from atom_functions(module)
    yield from rule_functions(module)
    yield from settle_functions(module, diagram)


def _header(policy: Policy, claims: Sequence[str], validator: str | None) -> list[str]:
    """Docstring, imports, what identifies the policy, and the prelude."""
    return [
        *_docstring(policy, claims, validator),
        "",
        prelude_text.imports(),
        *assignment("POLICY", constant(policy.name), ""),
        *assignment("SHA256", constant(policy.sha256), ""),
        *assignment("GENERATOR", constant(GENERATOR), ""),
        *assignment("VALIDATOR: str | None", constant(validator), ""),
        *assignment("CLAIMS_PROVED: tuple[str, ...]", _claims(claims), ""),
        "",
        "",
        prelude_text.engine().rstrip("\n"),
    ]


def _claims(claims: Sequence[str]) -> ast.expr:
    return tuple_of(constant(claim) for claim in claims)


def _docstring(policy: Policy, claims: Sequence[str], validator: str | None) -> list[str]:
    title = plain(policy.title or policy.name)
    proved = [f"    {plain(claim)}" for claim in claims] or ["    no claims"]
    return [
        f'"""{title}: a checker of requests to share data.',
        "",
        "Generated from a policy; do not edit, change the policy and build it again. Use:",
        "",
        "    decision = check(Request(data=..., recipient=..., ...))",
        "    decision = check_mapping(parse_request(text))",
        "",
        "A decision is true iff the outcome is permit; what a request leaves out is missing, and",
        "then the outcome may be unknown. Below the policy come its parts in this order: a prelude",
        "that is the same in every checker, the vocabulary, the comparisons, the rules.",
        "",
        f"policy     {plain(policy.name)}",
        f"sha256     {plain(policy.sha256)}",
        f"generator  {plain(GENERATOR)}",
        *([f"validator  {plain(validator)}"] if validator else []),
        "proved",
        *proved,
        '"""',
    ]
