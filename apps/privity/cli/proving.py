"""Running the prover for a command: which claims, within which limits, and what it amounts to."""

from __future__ import annotations

import datetime
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from privity.cli.checker import confirm
from privity.cli.console import is_terminal
from privity.cli.exits import Exit, worst
from privity.cli.faults import UsageError
from privity.cli.files import absolute, shown
from privity.cli.settings import settings_for
from privity.cli.workspace import Workspace, open_sane, proofs_folder
from privity.diagnostics.suggest import did_you_mean
from privity.pipeline import second_procedure
from privity.prove.nodes import Verdict
from privity.prove.run import Options, chosen, prove
from privity.symbolic.solver import Limits


@dataclass(frozen=True)
class Proof:
    """What was found out about a policy."""

    space: Workspace
    options: Options
    verdicts: tuple[Verdict, ...]


def proofs(files: Sequence[str], arguments: Namespace) -> list[Proof]:
    """The verdicts on all claims asked for, policy by policy, once every policy compiles."""
    spaces = [open_sane(file, arguments.claims) for file in files]
    _require_use(spaces, arguments.claims)
    wanted = getattr(arguments, "claim", None)
    _require_claims(spaces, wanted, arguments.claims)
    options = [_options(space, arguments, wanted) for space in spaces]
    # All texts are read and compiled before the first claim is proved.
    for space in spaces:
        _ = space.others
    total = sum(len(chosen(s.policy, o)) for s, o in zip(spaces, options, strict=True))
    with progress(total) as step:
        return [
            Proof(space, option, tuple(_verdicts(space, option, step)))
            for space, option in zip(spaces, options, strict=True)
        ]


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


def _verdicts(space: Workspace, options: Options, step: Callable[[str], None]) -> Iterator[Verdict]:
    for verdict in prove(space.policy, space.others, options):
        step(verdict.claim.name)
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


def _options(space: Workspace, arguments: Namespace, wanted: Sequence[str] | None) -> Options:
    settings = settings_for(space.path.parent)
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
