"""`privity sql`: written once proved; a file that differs is a finding; what cannot be had, 2."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Privity

POLICY = """\
policy letters otherwise deny
taxonomy data { name health }
taxonomy recipient { us partner }
taxonomy purpose { service marketing }
fact subject.customer : boolean
fact disclosure.on : date
permit partners_may_write
  share name
  with  partner
  for   marketing
  when  subject.customer and disclosure.on is on or after 2026-03-01
"""
MAPPING = {
    "table": "asked",
    "key": ["id"],
    "roles": {"data": "category", "recipient": "recipient", "purpose": {"constant": "marketing"}},
    "facts": {"subject.customer": "is_customer", "disclosure.on": "day"},
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "letters.privity").write_text(POLICY)
    (tmp_path / "m.json").write_text(json.dumps(MAPPING))
    monkeypatch.chdir(tmp_path)
    return tmp_path


ARGUMENTS = ("sql", "letters.privity", "--mapping", "m.json", "--dialect")


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite", "postgres"])
@pytest.mark.parametrize("what", ["filter", "outcome", "rules", "view"])
def test_what_is_written_is_proved_and_verifies(
    files: Path, privity: Privity, dialect: str, what: str
) -> None:
    ran = privity(*ARGUMENTS, dialect, "--what", what, "--out", "out.sql")
    assert (ran.code, ran.out) == (0, "")
    assert "proved" in ran.err
    text = (files / "out.sql").read_text()
    assert text.startswith(f"-- {what} of letters for {dialect}, by privity ")
    assert privity(*ARGUMENTS, dialect, "--what", what).out == text
    verified = privity(*ARGUMENTS, dialect, "--what", what, "--verify", "out.sql")
    assert verified.code == 0
    assert "proved" in verified.out


def test_a_file_that_differs_is_a_finding_with_a_row(files: Path, privity: Privity) -> None:
    privity(*ARGUMENTS, "duckdb", "--out", "out.sql")
    text = (files / "out.sql").read_text()
    (files / "out.sql").write_text(text.replace("2026-02-28", "2026-02-27"))
    ran = privity(*ARGUMENTS, "duckdb", "--verify", "out.sql")
    assert ran.code == 1
    assert '"day": "2026-02-28"' in ran.err
    assert ran.out == ""


def test_a_file_that_is_not_of_the_subset_is_unknown(files: Path, privity: Privity) -> None:
    (files / "out.sql").write_text("RANDOM() < 0.5")
    ran = privity(*ARGUMENTS, "duckdb", "--verify", "out.sql")
    assert ran.code == 4
    assert "not of the subset" in ran.err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"table": None}, "mapping-table"),
        ({"facts": {}}, "sql-unmapped"),
        ({"key": []}, "sql-no-key"),
        ({"roles": {"data": "a\0b"}}, "sql-name"),
        (
            {"roles": {"data": {"column": 'a"; DROP TABLE asked; --\x1b[31m\u202e', "nul": 1}}},
            "nul",
        ),
    ],
)
def test_what_cannot_be_had_is_wrong_usage(
    files: Path, privity: Privity, changes: dict[str, Any], said: str
) -> None:
    (files / "m.json").write_text(json.dumps(MAPPING | changes))
    ran = privity(*ARGUMENTS, "duckdb", "--what", "view")
    assert ran.code == 2
    assert said in ran.err
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err


@pytest.mark.parametrize("content", ["{", "[]", "\ufeff", "[" * 100_000, '{"table": NaN}'])
def test_a_mapping_that_is_none(files: Path, privity: Privity, content: str) -> None:
    (files / "m.json").write_text(content)
    assert privity(*ARGUMENTS, "duckdb").code == 2
    (files / "m.toml").write_text(content)
    assert privity("sql", "letters.privity", "--mapping", "m.toml", "--dialect", "sqlite").code == 2


def test_files_that_are_not_there(files: Path, privity: Privity) -> None:
    assert privity("sql", "letters.privity", "--mapping", "no", "--dialect", "sqlite").code == 2
    assert privity(*ARGUMENTS, "sqlite", "--verify", "no").code == 2
    assert privity(*ARGUMENTS, "sqlite", "--out", "letters.privity").code == 2
    assert privity(*ARGUMENTS, "sqlite", "--out", "m.json").code == 2
    assert (files / "letters.privity").read_text() == POLICY


def test_without_sqlglot(files: Path, privity: Privity, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == "sqlglot":
            raise ModuleNotFoundError("No module named 'sqlglot'", name="sqlglot")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    ran = privity(*ARGUMENTS, "sqlite")
    assert ran.code == 2
    assert "privity[sql]" in ran.err
