"""Runs commands in processes of their own, with a time limit."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Ran:
    """`code` is None where the time limit ended it."""

    seconds: float
    code: int | None
    out: str
    err: str


def ran(command: Sequence[str], limit: float, extra: Mapping[str, str] | None = None) -> Ran:
    """The command, with all that it starts, is ended after `limit` seconds."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(extra or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Ran(limit, None, "", "")
    return Ran(time.perf_counter() - start, process.returncode, out, err)


def asked(task: str, *arguments: object, limit: float) -> Json | str:
    """What a task of `benchmarks.workers` finds in a fresh interpreter, or why it found nothing."""
    command = [sys.executable, "-m", "benchmarks.workers", task, *map(str, arguments)]
    found = ran(command, limit)
    if found.code is None:
        return f"not within {limit:.0f} s"
    if found.code != 0:
        return found.err.strip().rpartition("\n")[2][:160] or f"exit {found.code}"
    answer: Json = json.loads(found.out.strip().rpartition("\n")[2])
    return answer


def privity(*arguments: object, limit: float, cache: Path | None = None) -> Ran:
    """The command line, whole; without a cache of what it found before unless one is named."""
    extra = {"PRIVITY_NO_CACHE": "1"} if cache is None else {"XDG_CACHE_HOME": str(cache)}
    return ran([sys.executable, "-m", "privity.cli", *map(str, arguments)], limit, extra)


def peak_memory() -> int:
    """The most bytes that this process has held."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes if sys.platform == "darwin" else kilobytes * 1024
