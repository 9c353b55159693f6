"""`python -m benchmarks`: measures, and writes build/bench/report.md with its plots."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks import report
from benchmarks.report import Section

PARTS = {"single": "single", "growth": "growth", "proving": "proving", "columns": "many"}
"""Each part of the report and the module that measures it."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, in two minutes")
    parser.add_argument("--only", type=_parts, default=tuple(PARTS), metavar="PART,...",
                        help=f"some of {', '.join(PARTS)}")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    asked = parser.parse_args(arguments)
    sections: list[Section] = []
    for part in asked.only:
        start = time.monotonic()
        sections.append(_measured(part, asked.quick))
        # Written after each part: a run that is broken off leaves what it has.
        report.write(asked.out, sections, _where(asked.quick))
        print(f"{part}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    print(f"{asked.out / 'report.md'}", file=sys.stderr)
    return 0


def _parts(text: str) -> tuple[str, ...]:
    named = tuple(text.split(","))
    for part in named:
        if part not in PARTS:
            raise argparse.ArgumentTypeError(f"there is no part {part!r}, only {', '.join(PARTS)}")
    return named


def _measured(part: str, quick: bool) -> Section:
    run: Callable[[bool], Section] = import_module(f"benchmarks.{PARTS[part]}").run
    return run(quick)


def _where(quick: bool) -> str:
    kind = (
        "A quick run: small sizes, few rounds; read it for the order of things. " if quick else ""
    )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{kind if quick else ''}Python {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}, "
        f"{os.cpu_count()} processors, load before the last part's end {load}. "
        "docs/benchmarks.md says how to read this."
    )


if __name__ == "__main__":
    sys.exit(main())
