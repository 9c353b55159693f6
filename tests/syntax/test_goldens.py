"""By feature: what good texts look like formatted, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import Golden

from privity.diagnostics.diagnostic import Diagnostic
from privity.diagnostics.text import render
from privity.syntax import errors
from privity.syntax.format import format_module
from privity.syntax.parse import decode, parse

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.privity"))
BAD = sorted((HERE / "bad").glob("*.privity"))


def diagnostics(path: Path) -> tuple[tuple[Diagnostic, ...], str]:
    """What is found in a file, and its text."""
    decoded = decode(path.read_bytes(), path.name)
    if not isinstance(decoded, str):
        return decoded, path.read_bytes().decode("utf-8", "replace")
    return parse(decoded, path.name).diagnostics, decoded


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good(path: Path, golden: Golden) -> None:
    found, text = diagnostics(path)
    assert not found, render(found, {path.name: text})
    module = parse(text, path.name).module
    assert module is not None
    formatted = format_module(module)
    golden(path.with_suffix(".formatted"), formatted)
    again = parse(formatted, path.name).module
    assert again == module
    assert format_module(again) == formatted


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad(path: Path, golden: Golden) -> None:
    found, text = diagnostics(path)
    assert found
    golden(path.with_suffix(".stderr"), render(found, {path.name: text}))


def test_every_code_has_a_bad_example() -> None:
    shown = {each.code for path in BAD for each in diagnostics(path)[0]}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, Diagnostic) and kind is not Diagnostic}
    assert codes - shown == {"text-too-large"}  # 16 MiB: see test_hostile
