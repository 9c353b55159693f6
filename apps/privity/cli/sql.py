"""`privity sql`: a policy's decisions in SQL, proved to be the policy's, whole or not at all."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from privity.cli.console import Console
from privity.cli.exits import Exit
from privity.cli.faults import UsageError
from privity.cli.files import absolute, read_or_refuse, shown, write
from privity.cli.workspace import Workspace, open_policy
from privity.model.columns import Columns, RefusedError, read_columns
from privity.version import VERSION


def run(arguments: Namespace, console: Console) -> Exit:
    try:
        import sqlglot  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError("SQL needs sqlglot: pip install 'privity[sql]'") from None
    space = open_policy(arguments.policy)
    raw = _raw(absolute(arguments.mapping))
    try:
        columns = read_columns(raw, space.policy)
        if arguments.verify is not None:
            return _verify(space, columns, arguments, console)
        return _write(space, columns, arguments, console)
    except RefusedError as error:
        for refusal in error.refusals:
            console.fail(str(refusal))
        return Exit.USAGE


def _raw(path: Path) -> Mapping[str, object]:
    """The mapping as its file has it. Raises UsageError."""
    content = read_or_refuse(path)
    try:
        text = content.decode("utf-8")
        found = json.loads(text) if path.suffix == ".json" else _toml(text)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise UsageError(f"{shown(path)} is not {kind}: {error}") from None
    if not isinstance(found, dict):
        raise UsageError(f"{shown(path)} holds no object")
    return found


def _toml(text: str) -> Mapping[str, object]:
    import tomllib

    return tomllib.loads(text)


# ------------------------------------------------------------------ writing


def _write(space: Workspace, columns: Columns, arguments: Namespace, console: Console) -> Exit:
    from privity.emit.sql.statements import emit_sql

    policy, dialect, what = space.policy, arguments.dialect, arguments.what
    text = emit_sql(policy, columns, dialect, what)
    claim = "nothing is proved of it"
    if not arguments.no_validate:
        texts = {what: text}
        if what == "filter":
            # What the filter returns is what the outcome permits: proved of the two together.
            texts["outcome"] = emit_sql(policy, columns, dialect, "outcome")
        code, claim = _validated(space, columns, dialect, texts, console)
        if code is not Exit.OK:
            console.fail("the SQL was not written: it is not proved to say what the policy does")
            return code
    header = [
        f"-- {what} of {policy.name} for {dialect}, by privity {VERSION}",
        f"-- policy {policy.sha256}",
        f"-- {claim}",
    ]
    return _out(space, "\n".join(header) + "\n" + text, claim, arguments, console)


def _out(space: Workspace, text: str, claim: str, arguments: Namespace, console: Console) -> Exit:
    if arguments.out is None:
        console.write(text)
        return Exit.OK
    out = absolute(arguments.out)
    inputs = [*space.compiled.sources, arguments.mapping]
    if str(out.resolve()) in {str(absolute(file).resolve()) for file in inputs}:
        raise UsageError(f"cannot write {shown(out)}: it is read")
    write(out, text.encode("utf-8"))
    console.note(f"{shown(out)}: {arguments.what} of {space.policy.name}, {claim}")
    return Exit.OK


# ------------------------------------------------------------------ proving


def _verify(space: Workspace, columns: Columns, arguments: Namespace, console: Console) -> Exit:
    path = absolute(arguments.verify)
    try:
        text = read_or_refuse(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{shown(path)} is not UTF-8") from None
    texts = {arguments.what: text}
    code, claim = _validated(space, columns, arguments.dialect, texts, console)
    if code is Exit.OK:
        console.line(f"{shown(path)}: {claim}")
    return code


def _validated(
    space: Workspace, columns: Columns, dialect: str, texts: dict[Any, str], console: Console
) -> tuple[Exit, str]:
    """Whether the texts say what the policy does, and how much of that is proved."""
    from privity.cli.wire import values_json
    from privity.validate.sql import Differs, Proved, Undecided, validate
    from privity.validate.sql_read import UnreadableError

    try:
        result = validate(space.policy, columns, dialect, texts)
    except UnreadableError as error:
        console.fail(f"the SQL is not of the subset that is proved: {error}")
        return Exit.UNKNOWN, ""
    match result:
        case Proved(_, ()):
            return Exit.OK, "proved; exact where at most one value is missing, tested beyond"
        case Proved(_, tested):
            but = f"but for {', '.join(tested)}"
            return Exit.OK, f"proved; exact where at most one value is missing, {but}: tested"
        case Differs(why, row, request):
            console.fail(why)
            console.note(f"row: {json.dumps(row, default=str)}")
            console.note(
                f"request that agrees with it: {json.dumps(values_json(space.policy, request))}"
            )
            return Exit.FINDING, ""
        case Undecided(reason):
            console.fail(f"the solver gave up: {reason}")
            return Exit.UNKNOWN, ""
