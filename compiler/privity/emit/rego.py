"""A policy to a Rego package: `emit_rego`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from math import prod

from privity.emit.code import Module
from privity.emit.errors import UnsupportedByTarget
from privity.emit.names import plain
from privity.emit.prelude_text import copied
from privity.emit.rego_code import comment, laid_out, quoted, sets
from privity.emit.rego_sums import near, total
from privity.emit.rego_tables import constants, diagram_tables, question_id
from privity.lower.at_once import AtOnce, at_once, tangled
from privity.lower.lower import lower
from privity.lower.partial import MOST_COMPLETIONS, cells_at_most, most_completions
from privity.lower.program import Program
from privity.lower.questions import Region, asked_of
from privity.model.formula import Key, Linear, steady
from privity.model.nodes import Policy
from privity.version import VERSION

GENERATOR = f"privity {VERSION}"
MOST_WORLDS = 256

RESERVED = frozenset(
    [
        "as", "contains", "data", "default", "else", "every", "false", "if", "import", "in",
        "input", "not", "null", "package", "some", "true", "with",
    ]
)  # fmt: skip
"""Of these a package's path has none as it stands."""


def unsupported_in_rego(policy: Policy) -> tuple[UnsupportedByTarget, ...]:
    """What of the policy a Rego package cannot do; empty iff `emit_rego` can."""
    return tuple(
        UnsupportedByTarget(span=policy.span, target="Rego", what=what)
        for what in _unsupported(policy)
    )


def _unsupported(policy: Policy) -> Iterator[str]:
    program = lower(policy)
    if most_completions(program) > MOST_COMPLETIONS:
        yield f"so many facts that a request may have more than {MOST_COMPLETIONS:,} completions"
        return
    found = at_once(policy)
    if found is None:
        yield "more cases than one diagram of all data categories holds"
    elif (worlds := most_worlds(program, found)) > MOST_WORLDS:
        yield (
            "facts that take part in several comparisons each, and together in up to "
            f"{worlds:,} cases to look at one by one (at most {MOST_WORLDS:,} are)"
        )


def most_worlds(program: Program, found: AtOnce) -> int:
    keys = set(tangled(found.questions))
    return prod(cells_at_most(program, v) for v in program.variables if v.key in keys)


def emit_rego(policy: Policy, *, claims_proved: Sequence[str] = ()) -> str:
    """The checker of a policy: one Rego package, for Open Policy Agent 1.0 or newer.

    `policy` must be one of which `unsupported_in_rego` says nothing. The same arguments give the
    same text.
    """
    module = Module(lower(policy))
    found = at_once(policy)
    assert found is not None
    sections = [
        _header(policy, claims_proved),
        [prelude().rstrip("\n")],
        _title("the vocabulary and the rules"),
        *constants(module, found),
        _title("the questions, and where the answers lead"),
        *diagram_tables(module, found),
        _worlds(module, found),
        _sums(found),
        _deadlines(module),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


@cache
def prelude() -> str:
    """The text that is the same in every package."""
    return copied("prelude_rego", "engine.rego")


def package(name: str) -> str:
    """The path of a policy's package under `data`: `metlife.customer_privacy`."""
    first, *others = name.split(".")
    if first in RESERVED or not re.fullmatch(r"[a-z_][A-Za-z0-9_]*", first):
        return f"policy[{quoted(name)}]"
    quote = [part in RESERVED or not re.fullmatch(r"[A-Za-z_]\w*", part, re.A) for part in others]
    parts = (f"[{quoted(o)}]" if q else f".{o}" for o, q in zip(others, quote, strict=True))
    return first + "".join(parts)


def _header(policy: Policy, claims: Sequence[str]) -> list[str]:
    proved = [line for claim in claims for line in comment(f"    {claim}")]
    return [
        *comment(f"{plain(policy.title or policy.name)}: decides requests to share data."),
        "#",
        "# Generated from a policy; do not edit, change the policy and build it again. The input",
        "# is a request; `decision` is the answer, `allow` whether it is permitted, `errors` says",
        "# why the input is no request. What a request leaves out is missing, and then the outcome",
        "# may be unknown.",
        "#",
        *comment(f"policy     {policy.name}"),
        *comment(f"sha256     {policy.sha256}"),
        *comment(f"generator  {GENERATOR}"),
        "# proved",
        *(proved or ["#     no claims"]),
        "",
        f"package {package(policy.name)}",
        "",
        "import rego.v1",
    ]


def _title(words: str) -> list[str]:
    return [f"# {'-' * 64} {words}"]


def _worlds(module: Module, found: AtOnce) -> list[str]:
    """All ways to give values to the variables whose answers depend on each other."""
    keys = sorted(tangled(found.questions), key=module.number.__getitem__)
    varying = [
        question_id(number)
        for number, question in enumerate(found.questions)
        if asked_of(question) & set(keys)
    ]
    lines = [
        *laid_out("tangled := ", sets(keys)),
        "",
        *laid_out("varying := ", sets(varying)),
        "",
        *_chosen("worlds :=", keys),
        "",
        'worlds_without("") := set()',
    ]
    for influence in found.influences:
        others = [key for key in keys if key != influence.variable]
        lines += ["", *_chosen(f"worlds_without({quoted(influence.variable)}) :=", others)]
    return lines


def _chosen(head: str, keys: Sequence[Key]) -> list[str]:
    """All ways to give these variables values."""
    if not keys:
        return [f"{head} {{{{}}}}"]
    chosen = [f"\tsome part_{n} in chosen[{quoted(key)}]" for n, key in enumerate(keys)]
    union = "part_0"
    for number in range(1, len(keys)):
        union = f"object.union({union}, part_{number})"
    return [f"{head} {{world |", *chosen, f"\tworld := {union}", "}"]


def _sums(found: AtOnce) -> list[str]:
    """What is compared, and for each of its facts about where it meets a bound."""
    lines = ['total("", _) := 0', "", 'near("", _, _, _) := 0']
    for number, question in enumerate(found.questions):
        if isinstance(question, Region):
            name = quoted(question_id(number))
            lines += ["", f"total({name}, v) := {total(Linear(question.terms, 0))}"]
            for key in sorted(asked_of(question)):
                if steady(question.terms, key):
                    lines += ["", *_near(name, question, key)]
    return lines


def _near(name: str, question: Region, key: Key) -> list[str]:
    code = near(question.terms, key, "bound")
    values = "v" if "v[" in code else "_"
    return [f"near({name}, {quoted(key)}, bound, {values}) := {code}"]


def _deadlines(module: Module) -> list[str]:
    lines = ['deadline("", _) := 0']
    for name, linear in deadline_ids(module).items():
        lines += ["", f"deadline({quoted(name)}, v) := {total(linear)}"]
    return lines


def deadline_ids(module: Module) -> dict[str, Linear]:
    found: dict[str, Linear] = {}
    for rule in module.program.rules:
        for number, duty in enumerate(rule.rule.duties):
            if duty.deadline is not None:
                found[f"{rule.rule.name}.{number}"] = duty.deadline
    return found
