"""What the commands say, word for word: `pytest --update` records it anew."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

CASES = {
    "help": "--help",
    "usage": "prove",
    "check": "check zoo.privity words.privity proofs/zoo.privity",
    "check_broken": "check broken.privity zoo.privity",
    "check_github": "check broken.privity --format github",
    "prove": "prove zoo.privity",
    "prove_witness": "prove strict_zoo.privity --witness --claims ../more_claims.privity",
    "prove_json": "prove zoo.privity --format json --as-of 2026-03-01 --claim no_service",
    "prove_github": "prove zoo.privity --format github --claim health_stays --claim known_to_fail",
    "prove_junit": "prove zoo.privity --format junit --claim grown_up --claim empty",
    "prove_markdown": "prove zoo.privity --format markdown --claim served --claim known_to_fail",
    "prove_nothing": "prove strict_zoo.privity",
    "prove_misspelt": "prove zoo.privity --claim no_servise",
    "test": "test zoo.privity strict_zoo.privity",
    "test_json": "test zoo.privity --format json",
    "test_junit": "test zoo.privity --format junit",
    "test_github": "test zoo.privity --format github",
    "decide": "decide zoo.privity --request asked.json",
    "decide_many": "decide zoo.privity --requests many.jsonl",
    "explain_request": "explain zoo.privity --request asked.json",
    "explain_request_json": "explain zoo.privity --request asked.json --format json",
    "explain_code": "explain reserved-name",
    "explain_misspelt": "explain reserved-nane",
    "fmt_diff": "fmt --diff untidy.privity zoo.privity",
    "fmt_check": "fmt --check untidy.privity zoo.privity broken.privity",
    "trace": "trace zoo.privity",
    "trace_json": "trace zoo.privity --format json",
    "trace_markdown": "trace zoo.privity --format markdown",
    "trace_csv": "trace zoo.privity --format csv",
    "build_refuted": "build zoo.privity --out unwritten.py",
    "completion": "completion bash",
}


@pytest.mark.parametrize("name", CASES)
def test_says(
    name: str,
    privity: Callable[..., Any],
    golden: Callable[[Path, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(HERE / "policies")
    monkeypatch.setenv("COLUMNS", "80")
    ran = privity(*shlex.split(CASES[name]))
    parts = [f"$ privity {CASES[name]}\n{ran.out}"]
    if ran.err:
        parts.append(f"--- on standard error\n{ran.err}")
    parts.append(f"--- exit {ran.code}\n")
    golden(HERE / "golden" / f"{name}.txt", steady("".join(parts)))


def steady(text: str) -> str:
    """Without what differs from run to run."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text)
    text = re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', text)
    text = re.sub(r'time="[0-9.]+"', 'time="0"', text)
    return re.sub(r"\b[0-9.]+ m?s$", "0 ms", text, flags=re.MULTILINE)


def test_nothing_was_built() -> None:
    assert not (HERE / "policies" / "unwritten.py").exists()
