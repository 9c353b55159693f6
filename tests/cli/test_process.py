"""The command as a process of its own: streams that break, signals, how soon it starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

POLICIES = Path(__file__).parent / "policies"
COMMAND = [sys.executable, "-m", "privity.cli"]
PERMIT = (
    b'{"data": ["contact"], "recipient": "bank", "purpose": "advertising", '
    b'"facts": {"subject.vip": true, "subject.age": 18, "subject.opted_out": false}}\n'
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and devices of POSIX")


def privity(*line: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *line], cwd=POLICIES, capture_output=True, timeout=60, check=False, env=env
    )


def test_it_runs_as_a_module() -> None:
    ran = privity("--version")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith(b"privity ")


def through_a_shell(line: str) -> subprocess.CompletedProcess[bytes]:
    command = line.replace("privity ", f"{' '.join(COMMAND)} ", 1)
    return subprocess.run(
        ["bash", "-c", command], cwd=POLICIES, capture_output=True, timeout=60, check=False
    )


def test_a_reader_that_goes_away() -> None:
    ran = through_a_shell("privity trace zoo.privity | head -n 1; exit ${PIPESTATUS[0]}")
    assert ran.returncode in (1, 141)
    assert ran.stderr == b""
    ran = through_a_shell("privity explain | true; exit ${PIPESTATUS[0]}")
    assert ran.returncode in (0, 141)
    assert ran.stderr == b""


def test_standard_input_that_is_closed() -> None:
    ran = through_a_shell("privity decide zoo.privity --request - <&-")
    assert ran.returncode == 2
    assert ran.stderr == b"error: cannot read standard input: it is closed\n"


def test_standard_output_that_is_closed() -> None:
    ran = through_a_shell("privity decide zoo.privity --request asked.json >&-")
    assert ran.returncode == 2
    assert ran.stderr == b"error: cannot write: standard output is closed\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk() -> None:
    for line in ("decide zoo.privity --request asked.json", "--help", "trace zoo.privity"):
        ran = through_a_shell(f"privity {line} > /dev/full")
        assert ran.returncode == 2
        assert ran.stderr == b"error: cannot write: no space left on device\n"


def test_a_batch_is_answered_line_by_line() -> None:
    """Whoever waits for an answer before asking again gets it."""
    started = subprocess.Popen(
        [*COMMAND, "decide", "zoo.privity", "--requests", "-"],
        cwd=POLICIES, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert started.stdin is not None and started.stdout is not None
    for _ in range(3):
        started.stdin.write(PERMIT)
        started.stdin.flush()
        assert json.loads(started.stdout.readline())["outcome"] == "permit"
    started.stdin.close()
    assert started.stdout.read() == b""
    started.stdout.close()
    assert started.wait(30) == 0


def test_an_interruption() -> None:
    started = subprocess.Popen(
        [*COMMAND, "decide", "zoo.privity", "--requests", "-"],
        cwd=POLICIES, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert started.stdin is not None and started.stdout is not None
    started.stdin.write(PERMIT)
    started.stdin.flush()
    started.stdout.readline()
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=30)
    assert started.returncode == 130
    assert said == b"error: interrupted\n"


def test_a_terminal_without_such_letters() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = privity("check", "caf\u00e9.privity", env=environment)
    assert ran.returncode == 2
    assert b"Traceback" not in ran.stderr


# ------------------------------------------------------------------ start-up


def modules_after(line: Sequence[str]) -> set[str]:
    """What a command has imported by its end."""
    script = (
        "import sys; from privity.cli.main import main; main(sys.argv[1:]); "
        "print('MODULES', *sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *line], cwd=POLICIES, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    return set(ran.stdout.rsplit("MODULES", 1)[1].split())


def test_help_imports_next_to_nothing() -> None:
    loaded = modules_after(["--help"])
    assert not loaded & {"z3", "rich", "lark", "privity.pipeline", "privity.model.nodes", "asyncio"}


def test_decisions_need_no_prover() -> None:
    loaded = modules_after(["decide", "zoo.privity", "--request", "asked.json"])
    assert not loaded & {"z3", "rich", "lark", "privity.prove.run", "multiprocessing"}


def test_a_long_stream_is_answered_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "requests.jsonl").write_bytes(PERMIT * 20_000)
    ran = privity("decide", "zoo.privity", "--requests", str(tmp_path / "requests.jsonl"))
    first, *others = ran.stdout.splitlines()
    assert b'"outcome": "permit"' in first
    assert others == [first] * 19_999
