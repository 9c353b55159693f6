"""`privity build`: prove a policy, then write its checker, whole or not at all."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from privity.cli.console import Console
from privity.cli.exits import Exit
from privity.cli.faults import UsageError
from privity.cli.files import absolute, shown, write
from privity.cli.report import counted
from privity.cli.workspace import Workspace, open_policy
from privity.emit.python import emit_python
from privity.model.nodes import Policy
from privity.prove.nodes import Verdict

if TYPE_CHECKING:
    from privity.validate.findings import Validation


def run(arguments: Namespace, console: Console) -> Exit:
    if arguments.no_prove:
        return _build(open_policy(arguments.policy), (), arguments, console)
    from privity.cli import verdicts
    from privity.cli.proving import exit_of, proofs

    (proof,) = proofs([arguments.policy], arguments)
    code = exit_of(proof.verdicts)
    if code is not Exit.OK:
        for verdict in proof.verdicts:
            if not verdict.as_expected:
                said = f"{verdicts.word(verdict)}: {verdicts.why(verdict)}"
                console.note(f"{verdict.claim.name}  {said}")
        console.note(verdicts.summary(proof))
        console.fail(f"not built; see: privity prove {arguments.policy}")
        return code
    proved = tuple(_proved(v) for v in proof.verdicts if v.verdict == "proved")
    return _build(proof.space, proved, arguments, console)


def _proved(verdict: Verdict) -> str:
    """The claim, with what it was proved under where that is not enforced."""
    assumed = verdict.claim.assuming_words
    return f"{verdict.claim.name}, assuming {assumed}" if assumed else verdict.claim.name


def _build(
    space: Workspace, proved: tuple[str, ...], arguments: Namespace, console: Console
) -> Exit:
    text, validation = _validated(space.policy, proved, arguments.no_validate)
    if validation is not None and not validation.accepted:
        return _refused(space.policy, validation, console)
    if arguments.out is None:
        console.write(text)
        return Exit.OK
    out = absolute(arguments.out)
    if str(out.resolve()) in {str(absolute(file).resolve()) for file in space.compiled.sources}:
        raise UsageError(f"cannot write {shown(out)}: the policy is read from there")
    write(out, text.encode("utf-8"))
    claims = f"{counted(len(proved), 'claim')} proved" if proved else "nothing proved"
    console.note(f"{shown(out)}: the checker of {space.policy.name}, {claims}, {_said(validation)}")
    return Exit.OK


def _validated(
    policy: Policy, proved: tuple[str, ...], unvalidated: bool
) -> tuple[str, Validation | None]:
    """The text, with a header that says what was proved of it, and that proof."""
    if unvalidated:
        return emit_python(policy, claims_proved=proved), None
    from privity.pipeline import validate
    from privity.validate.findings import PROVED, SAFE

    text = emit_python(policy, claims_proved=proved, validator=PROVED)
    validation = validate(text, policy)
    if any(f.code == "changed-header" for f in validation.findings):
        # Exactness is proved up to a size only: beyond it the header claims less.
        text = emit_python(policy, claims_proved=proved, validator=SAFE)
        validation = validate(text, policy)
    return text, validation


def _refused(policy: Policy, validation: Validation, console: Console) -> Exit:
    for finding in validation.findings:
        console.note(f"{finding.code}: {finding.message}")
    console.fail(f"not built: the checker of {policy.name} does not validate ({validation.result})")
    return Exit.UNKNOWN


def _said(validation: Validation | None) -> str:
    if validation is None:
        return "not validated"
    exactly = "" if validation.result == "proved" else " (safe; exactness tested)"
    return f"validated in {validation.seconds:.2f} s{exactly}"
