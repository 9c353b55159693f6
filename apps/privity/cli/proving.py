"""Running the prover for a command: which claims, within which limits, and what it amounts to."""

from __future__ import annotations

import datetime
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from privity.cli.checker import confirm
from privity.cli.console import is_terminal
from privity.cli.exits import Exit, worst
from privity.cli.faults import UsageError
from privity.cli.files import absolute, shown
from privity.cli.recall import Recalled, keep, recalled
from privity.cli.settings import settings_for
from privity.cli.workspace import Workspace, open_sane, proofs_folder
from privity.diagnostics.suggest import did_you_mean
from privity.pipeline import second_procedure
from privity.prove.nodes import Verdict
from privity.prove.run import Options, chosen, prove
from privity.symbolic.solver import Limits


@dataclass(frozen=True)
class Proof:
    """What was found out about a policy.

    Where an earlier run knew some of it, the policy may lack rules that do not matter here.
    """

    space: Workspace
    options: Options
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class _Task:
    space: Workspace
    options: Options
    known: Recalled | None


def proofs(files: Sequence[str], arguments: Namespace, *, recall: bool = False) -> list[Proof]:
    """The verdicts on all claims asked for, policy by policy, once every policy compiles.

    With `recall`, verdicts of earlier runs serve where nothing that they rest on has changed.
    """
    wanted = getattr(arguments, "claim", None)
    tasks = [_task(file, arguments, wanted, recall) for file in files]
    spaces = [task.space for task in tasks]
    _require_use(spaces, arguments.claims)
    _require_claims(spaces, wanted, arguments.claims)
    # All texts are read and compiled before the first claim is proved.
    for space in spaces:
        _ = space.others
    total = sum(len(chosen(task.space.policy, task.options)) for task in tasks)
    with progress(total) as step:
        found = [Proof(task.space, task.options, tuple(_verdicts(task, step))) for task in tasks]
    for task, proof in zip(tasks, found, strict=True):
        if recall and wanted is None:
            keep(proof.space, proof.options, proof.verdicts, task.known)
    return found


def _task(file: str, arguments: Namespace, wanted: Sequence[str] | None, recall: bool) -> _Task:
    place = absolute(file)
    options = _options(place, arguments, wanted)
    known = recalled(place, arguments.claims, options) if recall else None
    space = open_sane(file, arguments.claims) if known is None else known.space
    return _Task(space, options, known)


def exit_of(verdicts: Iterable[Verdict]) -> Exit:
    """Engines that disagree win, then findings, then what is unknown."""
    found = list(verdicts)
    if any(verdict.disagreement for verdict in found):
        return Exit.UNKNOWN
    return worst(_exit(verdict) for verdict in found)


def _exit(verdict: Verdict) -> Exit:
    if verdict.as_expected:
        return Exit.OK
    return Exit.UNKNOWN if verdict.verdict == "unknown" else Exit.FINDING


def _verdicts(task: _Task, step: Callable[[str], None]) -> Iterator[Verdict]:
    """In order of declaration, those that are known among those that are found out now."""
    space, options = task.space, task.options
    known = {} if task.known is None else task.known.verdicts
    claims = chosen(space.policy, options)
    anew = tuple(claim.name for claim in claims if claim.name not in known)
    found = prove(space.policy, space.others, replace(options, claims=anew))
    for claim in claims:
        verdict = known[claim.name] if claim.name in known else next(found)
        step(claim.name)
        yield verdict


# ------------------------------------------------------------------ what is asked for


def _require_claims(
    spaces: Sequence[Workspace], wanted: Sequence[str] | None, files: Sequence[str] | None
) -> None:
    """Nothing to prove is not the same as proved."""
    for space in spaces:
        if not space.policy.claims:
            where = f"none in {shown(space.path)}, none in {_searched(space, files)}"
            raise UsageError(f"no claims about `{space.policy.name}`: {where}")
    names = {claim.name for space in spaces for claim in space.policy.claims}
    for name in wanted or ():
        if name not in names:
            hint = did_you_mean(name, names)
            raise UsageError(f"there is no claim `{name[:80]}`" + (f"; {hint}" if hint else ""))


def _require_use(spaces: Sequence[Workspace], files: Sequence[str] | None) -> None:
    """A file of claims that was named and is about none of the policies was named by mistake."""
    used = {file for space in spaces for file in space.claims}
    for file in files or ():
        if absolute(file) not in used:
            names = " or ".join(f"`{space.policy.name}`" for space in spaces)
            raise UsageError(f"{shown(absolute(file))} is not about {names}")


def _searched(space: Workspace, files: Sequence[str] | None) -> str:
    if files is not None:
        return ", ".join(files)
    settings = settings_for(space.path.parent)
    return shown(proofs_folder(space.path, space.policy.name, settings))


def _options(place: Path, arguments: Namespace, wanted: Sequence[str] | None) -> Options:
    settings = settings_for(place.parent)
    usual = Limits()
    limits = Limits(
        seconds=arguments.timeout or settings.timeout or usual.seconds,
        resources=arguments.rlimit or usual.resources,
    )
    return Options(
        limits=limits,
        jobs=arguments.jobs or settings.jobs or 1,
        as_of=arguments.as_of or datetime.date.today(),
        claims=None if wanted is None else tuple(wanted),
        witness=getattr(arguments, "witness", False),
        confirm=confirm,
        second=second_procedure(),
    )


# ------------------------------------------------------------------ progress


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on standard error, if that is a terminal. Call what it yields after each claim."""
    import sys

    if not is_terminal(sys.stderr):
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    name = TextColumn("{task.fields[name]}")
    columns = (TextColumn("proving"), BarColumn(), MofNCompleteColumn(), name)
    console = Console(stderr=True)
    # Refreshed by hand: a thread that draws does not mix with processes that fork.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("proving", total=total, name="")
        bar.refresh()
        yield lambda name: bar.update(task, advance=1, name=name, refresh=True)
