"""`privity emit`: write a policy as TypeScript, as Rego, or as vectors that test a checker."""

from __future__ import annotations

from argparse import Namespace

from privity.cli.console import Console
from privity.cli.exits import Exit
from privity.cli.faults import UsageError
from privity.cli.files import absolute, shown, write
from privity.cli.targets import CALLED, target_text
from privity.cli.workspace import open_policy


def run(arguments: Namespace, console: Console) -> Exit:
    space = open_policy(arguments.policy)
    text = target_text(space, arguments.target)
    if arguments.out is None:
        console.write(text)
        return Exit.OK
    out = absolute(arguments.out)
    if str(out.resolve()) in {str(absolute(file).resolve()) for file in space.compiled.sources}:
        raise UsageError(f"cannot write {shown(out)}: the policy is read from there")
    write(out, text.encode("utf-8"))
    console.note(f"{shown(out)}: {CALLED[arguments.target]} of {space.policy.name}")
    return Exit.OK
