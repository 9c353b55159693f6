"""The command, run in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from privity.cli.main import main

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Privity = Callable[..., Ran]


@pytest.fixture
def privity(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Privity:
    """`privity("check", file)`; `stdin` is what the command reads there."""

    def run(*argv: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        code = main([str(each) for each in argv])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def started(tmp_path: Path, privity: Privity, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what `privity init` makes, and the current one."""
    assert privity("init", tmp_path).code == 0
    monkeypatch.chdir(tmp_path)
    return tmp_path
