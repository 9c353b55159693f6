"""`privity check`: what is wrong with policies, vocabularies and claims."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from privity.cli import cache, checked
from privity.cli.console import Console
from privity.cli.exits import Exit
from privity.cli.files import absolute, read_or_refuse
from privity.cli.report import counted, rendered
from privity.diagnostics.diagnostic import Diagnostic

if TYPE_CHECKING:
    from privity.pipeline import Compiled


def run(arguments: Namespace, console: Console) -> Exit:
    found: dict[Diagnostic, None] = {}
    sources: dict[str, str] = {}
    for file in arguments.files:
        path = absolute(file)
        known = checked.recalled(path) or _found(path)
        found.update(dict.fromkeys(known.diagnostics))
        sources |= known.sources
    machine = arguments.format != "text"
    if found or machine:
        color = console.color and not machine
        console.write(rendered(found, sources, arguments.format, color=color))
    errors = sum(each.severity == "error" for each in found)
    if not machine:
        console.note(_summary(len(arguments.files), errors, len(found) - errors))
    return Exit.ERRORS if errors else Exit.OK


def _found(path: Path) -> checked.Found:
    """All that is wrong with a file; kept for the next time if it took long."""
    start = time.monotonic()
    folder = _folder(path)
    before = checked.places(path, folder)
    found: dict[Diagnostic, None] = {}
    sources: dict[str, str] = {}
    with cache.watched() as seen:
        for settings in before[0]:
            read_or_refuse(Path(settings))
        for compiled in _compiled(path):
            found.update(dict.fromkeys((*compiled.diagnostics, *_as_a_whole(compiled))))
            sources |= compiled.sources
    answer = checked.Found(tuple(found), sources)
    if folder is not None and time.monotonic() - start > cache.SLOW:
        checked.keep(path, answer, seen, folder, before)
    return answer


def _folder(path: Path) -> str | None:
    """Where claims about a policy or vocabulary are looked for; None for a file of claims."""
    from privity.cli.settings import settings_for
    from privity.cli.workspace import name_of, proofs_folder

    name = name_of(read_or_refuse(path), str(path))
    return None if name is None else str(proofs_folder(path, name, settings_for(path.parent)))


def _compiled(path: Path) -> Iterator[Compiled]:
    """A policy with the claims about it; a file of claims with each policy that it is about."""
    from privity.cli.workspace import (
        claims_files,
        compiled_file,
        kind_of,
        name_of,
        policies_in,
        text_of,
    )

    content = read_or_refuse(path)
    if kind_of(text_of(content, str(path))) == "claims":
        policies = list(policies_in(path, path.parent))
        yield from (compiled_file(policy, [path]) for policy in policies)
        if policies:
            return
    name = name_of(content, str(path))
    yield compiled_file(path, list(claims_files(path, name)) if name else [])


def _as_a_whole(compiled: Compiled) -> tuple[Diagnostic, ...]:
    """What the solver finds, once names and types are right."""
    if compiled.policy is None:
        return ()
    from privity.analyse.sanity import findings
    from privity.symbolic.solver import Limits

    return findings(compiled.policy, Limits())


def _summary(files: int, errors: int, warnings: int) -> str:
    found = [counted(errors, "error")] if errors or not warnings else []
    found += [counted(warnings, "warning")] if warnings else []
    return f"{counted(files, 'file')} checked: {', '.join(found)}"
