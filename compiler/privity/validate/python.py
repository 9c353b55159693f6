"""A generated Python module and its policy: `validate_python`, the room's one function.

What it means that a module is accepted, and why that can be believed, stands in
`ARCHITECTURE.md`. In short: whatever the module does beyond its fixed prelude is in a small
subset of Python, which is executed symbolically, and whatever it says was proved, missing facts
included, to be what the policy says.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator, Sequence

from privity.model.nodes import Policy
from privity.symbolic.solver import Limits
from privity.validate.engine import Engine
from privity.validate.execute import Machine
from privity.validate.findings import (
    PROVED,
    SAFE,
    Finding,
    Reference,
    RefusalError,
    Result,
    Validation,
)
from privity.validate.literals import literal
from privity.validate.module import (
    Module,
    Prelude,
    bound_names,
    read_module,
    require_makers,
    require_rows,
)
from privity.validate.proof import Proof
from privity.validate.settle import Settling
from privity.validate.table_rows import Tables
from privity.validate.tables import MAKERS, ROWS, read_tables
from privity.validate.values import Decided, Program, Value
from privity.validate.vocabulary import FIELDS, Vocabulary
from privity.validate.witness import Witness
from privity.validate.world import World

_LIMITS = Limits(seconds=120.0, resources=400_000_000)


def validate_python(
    text: str,
    policy: Policy,
    prelude: Prelude,
    *,
    reference: Reference | None = None,
    limits: Limits = _LIMITS,
) -> Validation:
    """Whether a module's text is the checker of `policy`.

    `prelude` are the reviewed texts that every module has. `reference` takes no part in any
    proof: it helps to find, for what is refused, a request on which the module as a whole
    differs. Never raises for what a text holds.
    """
    start = time.perf_counter()
    proof = Proof(World(policy, limits))
    collecting = gc.isenabled()
    # Of what is made here, nothing is garbage before the end; looking for it takes half the time.
    gc.disable()
    try:
        exact, findings = _found(text, prelude, proof, reference)
    except RefusalError as error:
        exact, findings = False, [error.finding]
    except RecursionError:
        said = "an expression that nests too deep"
        exact, findings = False, [Finding("not-in-subset", None, said)]
    finally:
        if collecting:
            gc.enable()
    return _validation(findings, proof, exact, start)


def _found(
    text: str, prelude: Prelude, proof: Proof, reference: Reference | None
) -> tuple[bool, list[Finding]]:
    """Whether all was proved exactly, and what was found. Raises RefusalError."""
    policy = proof.world.policy
    require_rows(prelude, {"_Variable": FIELDS, **ROWS})
    require_makers(prelude, {name: parameters for name, (_, parameters) in MAKERS.items()})
    module = read_module(text, prelude)
    findings = [*module.findings, *_header(module, policy)]
    findings += Vocabulary(policy, bound_names(prelude)).findings(module)
    tables = read_tables(module, policy)
    exact = False
    try:
        exact = _prove(module, tables, proof, findings, reference)
    except RefusalError as error:
        findings.append(error.finding)
    findings = sorted([*proof.findings, *findings, *tables.findings], key=_is_hidden)
    findings += _claimed(module, "proved" if exact else "safe")
    return exact, findings


def _prove(
    module: Module,
    tables: Tables,
    proof: Proof,
    findings: list[Finding],
    reference: Reference | None,
) -> bool:
    machine = Machine(proof.world, module.functions, _constants(tables, proof.world))
    settling = None
    if "settle" in tables.functions:
        settling = Settling(machine, tables, proof)
    world = proof.world
    # Rules apart are shown by themselves.
    decided = () if tables.apart else world.decided
    witness = Witness(machine, tables, settling, reference, decided)
    engine = Engine(machine, tables, proof, witness.show)
    try:
        exact = engine.prove()
    except RefusalError as error:
        findings.append(error.finding)
        exact = False
    findings += engine.findings
    if settling is not None:
        exact = settling.prove(engine.policy_atoms) and exact
    for finding in tables.findings:
        if finding.rule is not None:
            findings += proof.where_it_decides(finding, world.decided)
    return exact


def _constants(tables: Tables, world: World) -> dict[str, Value]:
    known = world.values.known
    found = {name: known(Decided(name, True, False)) for name in tables.decisions}
    return {**found, "_PROGRAM": known(Program())}


def _validation(findings: Sequence[Finding], proof: Proof, exact: bool, start: float) -> Validation:
    result: Result = "proved" if exact else "safe"
    if proof.gave_up:
        result = "unknown"
    if findings:
        result = "refused"
    given_up = tuple(Finding("not-proved", None, said) for said in proof.gave_up)
    return Validation(
        result=result,
        findings=(*_once(findings), *given_up),
        statements=tuple(proof.statements),
        questions=proof.world.asked,
        seconds=time.perf_counter() - start,
    )


def _is_hidden(finding: Finding) -> bool:
    return finding.difference is not None and finding.difference.hidden


def _once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """What says the same of the same line is said once."""
    seen = set()
    for finding in findings:
        place = finding.code, finding.line, finding.message
        if place not in seen:
            seen.add(place)
            yield finding


# ------------------------------------------------------------------ the header


def _header(module: Module, policy: Policy) -> Iterator[Finding]:
    """The constants name the policy; the docstring says what the constants say."""
    said = {}
    for name, node in module.header.items():
        try:
            said[name] = literal(node)
        except RefusalError as error:
            yield error.finding
            return
    for name, value in (("POLICY", policy.name), ("SHA256", policy.sha256)):
        if said.get(name) != value:
            line = module.lines.get(name)
            yield Finding("changed-header", line, f"`{name}` is not the policy's")
    generator, claims = said.get("GENERATOR"), said.get("CLAIMS_PROVED")
    if not isinstance(generator, str):
        yield Finding("changed-header", None, "`GENERATOR` is no text")
        return
    if not isinstance(claims, tuple) or not all(isinstance(one, str) for one in claims):
        yield Finding("changed-header", None, "`CLAIMS_PROVED` is no tuple of names")
        return
    validator = said.get("VALIDATOR")
    if validator is not None and validator not in (PROVED, SAFE):
        yield Finding("changed-header", module.lines["VALIDATOR"], "`VALIDATOR` is not this one")
        return
    wanted = [f"policy     {_line(policy.name)}", f"sha256     {_line(policy.sha256)}"]
    wanted.append(f"generator  {_line(generator)}")
    wanted += [f"validator  {validator}"] if validator is not None else []
    wanted += ["proved", *(f"    {_line(str(one))}" for one in claims or ("no claims",))]
    if module.docstring.rstrip("\n").split("\n")[-len(wanted) :] != wanted:
        yield Finding("changed-header", 1, "the docstring does not say what the constants say")


def _claimed(module: Module, result: Result) -> Iterator[Finding]:
    """The header claims no more than was found."""
    node = module.header.get("VALIDATOR")
    if node is None or result == "proved":
        return
    try:
        said = literal(node)
    except RefusalError:
        return
    if said == PROVED:
        yield Finding("changed-header", node.lineno, "`VALIDATOR` says more than can be proved")


def _line(text: str) -> str:
    """A text as a docstring may hold it: one line, no quotes or backslashes."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"\s+", " ", shown.replace("\\", "/").replace('"', "'")).strip()
