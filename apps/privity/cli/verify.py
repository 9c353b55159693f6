"""`privity verify`: whether a module, found anywhere, is the checker of a policy.

The module is read, never run. A request on which it differs is decided by the reference semantics
before it is shown: what the policy says of it is what these say.
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from privity.cli.console import Console, Style
from privity.cli.counterexample import hanging
from privity.cli.exits import Exit
from privity.cli.faults import UsageError
from privity.cli.files import LARGEST, absolute, read_or_refuse, shown
from privity.cli.phrases import leaf_words, noun, statement
from privity.cli.report import counted
from privity.cli.wire import values_json
from privity.cli.workspace import open_policy
from privity.model.formula import Key, Plain
from privity.model.nodes import Policy
from privity.pipeline import validate
from privity.semantics.decide import decide
from privity.semantics.nodes import Decision, Request
from privity.validate.findings import VALIDATOR, Difference, Finding, Said, Validation

CODES: dict[str, Exit] = {
    "proved": Exit.OK, "safe": Exit.OK, "refused": Exit.FINDING, "unknown": Exit.UNKNOWN,
}  # fmt: skip


def run(arguments: Namespace, console: Console) -> Exit:
    policy = open_policy(arguments.policy).policy
    path = absolute(arguments.module)
    validation = _validated(path, policy)
    unconfirmed = [f for f in validation.findings if not _confirmed(policy, f.difference)]
    if arguments.format == "json":
        console.line(json.dumps(report(policy, path, validation), indent=2))
    else:
        _write(policy, path, validation, console)
    if unconfirmed:
        console.fail("the semantics say what the module says: the validator is wrong")
        return Exit.UNKNOWN
    return CODES[validation.result]


def _validated(path: Path, policy: Policy) -> Validation:
    content = read_or_refuse(path)
    if len(content) > LARGEST:
        raise UsageError(f"cannot read {shown(path)}: it is too large")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        finding = Finding("not-python", None, "the text is not UTF-8")
        return Validation("refused", (finding,), (), 0, 0.0)
    return validate(text, policy)


def _confirmed(policy: Policy, shown: Difference | None) -> bool:
    """Whether the semantics differ from what the module is held to say."""
    if shown is None or shown.hidden or shown.module is None or shown.module.raises:
        return True
    decision = _decided(policy, shown)
    return (decision.outcome, decision.rules) != (shown.module.outcome, shown.module.rules)


def _decided(policy: Policy, shown: Difference) -> Decision:
    data = shown.values["data"]
    assert isinstance(data, int)
    values = {key: value for key, value in shown.values.items() if key != "data"}
    return decide(policy, Request((data,), values))


# ------------------------------------------------------------------ in words


def _write(policy: Policy, path: Path, validation: Validation, console: Console) -> None:
    for finding in validation.findings:
        for line in _told(policy, path, finding, console):
            console.line(line)
        console.line()
    said = f"against {policy.name}, in {validation.seconds:.2f} s"
    match validation.result:
        case "proved":
            word = console.paint("validated", Style.GREEN)
            console.line(f"{shown(path)}: {word} {said}")
        case "safe":
            word = console.paint("validated", Style.GREEN)
            console.line(f"{shown(path)}: {word} {said}: safe; exactness tested")
        case "refused":
            word = console.paint("refused", Style.RED)
            found = counted(len(validation.findings), "finding")
            console.line(f"{shown(path)}: {word} {said}: {found}")
        case "unknown":
            word = console.paint("unknown", Style.YELLOW)
            console.line(f"{shown(path)}: {word} {said}: not proved")
    if validation.accepted:
        for statement_ in validation.statements:
            console.line(f"  {statement_}")


def _told(policy: Policy, path: Path, finding: Finding, console: Console) -> Iterator[str]:
    place = shown(path) if finding.line is None else f"{shown(path)}:{finding.line}"
    code = console.paint(finding.code, Style.RED)
    yield f"{place}: {code}: {finding.message}"
    if finding.difference is None:
        return
    if finding.difference.hidden:
        yield "  this part is wrong of this request, though another part may answer it first:"
    else:
        yield "  for this request:"
    for head, text in _request(policy, finding.difference.values):
        yield from hanging(f"    {head:<10}", text)
    decision = _decided(policy, finding.difference)
    yield f"  the policy says  {_answer(Said(decision.outcome, decision.rules))}"
    if finding.difference.module is not None:
        who = "this part says " if finding.difference.hidden else "the module says"
        yield f"  {who}  {_answer(finding.difference.module)}"


def _request(policy: Policy, values: Mapping[Key, Plain]) -> Iterator[tuple[str, str]]:
    for role, taxonomy in policy.roles.items():
        leaf = values.get(role)
        if isinstance(leaf, int):
            yield role, leaf_words(taxonomy, leaf)
    facts = [fact.key for fact in policy.facts]
    for key in facts:
        if key in values:
            yield "given", statement(policy, key, values[key])
    missing = [noun(policy, key) for key in (*policy.roles, *facts) if key not in values]
    if missing:
        yield "missing", ", ".join(missing) if len(missing) < 4 else "everything else"


def _answer(said: Said) -> str:
    if said.raises:
        return "nothing: it raises an exception"
    return f"{said.outcome}, by {', '.join(said.rules) or 'no rule'}"


# ------------------------------------------------------------------ as JSON


def report(policy: Policy, path: Path, validation: Validation) -> dict[str, Any]:
    """What verify.schema.json makes a contract."""
    return {
        "module": shown(path),
        "policy": {"name": policy.name, "sha256": policy.sha256},
        "validator": VALIDATOR,
        "result": validation.result,
        "proved": list(validation.statements),
        "findings": [_finding(policy, finding) for finding in validation.findings],
        "seconds": round(validation.seconds, 3),
    }


def _finding(policy: Policy, finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": finding.code,
        "line": finding.line,
        "message": finding.message,
    }
    if finding.difference is not None:
        decision = _decided(policy, finding.difference)
        found["request"] = values_json(policy, finding.difference.values)
        found["completion"] = values_json(policy, finding.difference.completion)
        found["policy_says"] = _said(Said(decision.outcome, decision.rules))
        module = finding.difference.module
        found["module_says"] = None if module is None else _said(module)
        found["hidden"] = finding.difference.hidden
    return found


def _said(said: Said) -> dict[str, Any]:
    return {"outcome": said.outcome, "rules": list(said.rules), "raises": said.raises}
