"""`privity init`: a small policy with claims and scenarios that hold, to start from."""

from __future__ import annotations

from argparse import Namespace
from importlib.resources import files
from pathlib import Path

from privity.cli.console import Console
from privity.cli.exits import Exit
from privity.cli.faults import UsageError, reason
from privity.cli.files import absolute, shown, write

PLACES = {
    "policy.privity": "policies/example/newsletter.privity",
    "claims.privity": "proofs/example/newsletter.privity",
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
}
"""From the template to where it goes."""


def run(arguments: Namespace, console: Console) -> Exit:
    folder = absolute(arguments.folder)
    targets = {name: folder / place for name, place in PLACES.items()}
    there = [shown(target) for target in targets.values() if _exists(target)]
    if there:
        raise UsageError(f"nothing written, since this is there already: {', '.join(there)}")
    templates = files("privity.cli") / "templates"
    for name, target in targets.items():
        _make_folder(target.parent)
        write(target, (templates / name).read_bytes())
        console.note(f"wrote {shown(target)}")
    policy = shown(targets["policy.privity"])
    console.note(f"Now try: privity prove {policy}")
    return Exit.OK


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot make {shown(folder)}: {reason(error)}") from None
