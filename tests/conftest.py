"""Golden files: what a test says is compared with a file, or recorded there with `--update`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

# What tests find out, and the faults that they plant, are nobody else's business.
os.environ["PRIVITY_NO_CACHE"] = "1"

Golden = Callable[[Path, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="record golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(path, text)` holds iff the file at `path` has exactly `text`."""
    update: bool = request.config.getoption("--update")

    def check(path: Path, text: str) -> None:
        if update:
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"{path} is not recorded: run `pytest --update` and read what it says"
        assert text == path.read_bytes().decode("utf-8"), "run `pytest --update` if this is meant"

    return check
