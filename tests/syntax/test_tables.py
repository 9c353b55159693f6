"""The parser's tables: as Lark has them, and cached so that nobody can tamper."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from lark import Lark
from tests.generators.syntax_trees import modules

from privity.syntax import build, tables
from privity.syntax.format import format_module
from privity.syntax.nodes import Module
from privity.syntax.parse import parse

GRAMMAR = Path(tables.__file__).with_name("grammar.lark").read_text("utf-8")
LARK = Lark(GRAMMAR, parser="lalr", start="module")


@given(modules)
def test_lark_itself_reads_what_we_read(module: Module) -> None:
    LARK.parse(format_module(module))


def test_every_production_has_one_builder() -> None:
    built = {
        each.name
        for each in tables.load().productions
        if not each.passes and not each.name.startswith("_")
    }
    assert built == set(build.NODES) | set(build.VALUES)
    assert not set(build.NODES) & set(build.VALUES)


def test_no_production_is_empty() -> None:
    """A place is that of the first word: nothing may have no words."""
    assert all(each.size for each in tables.load().productions)


# ------------------------------------------------------------------ the cache


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "privity"


@pytest.fixture
def uncomputed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was computed because no cache was there or good."""
    computed: list[str] = []
    real = tables.compute

    def compute(grammar: str) -> dict[str, object]:
        computed.append(grammar)
        return real(grammar)

    monkeypatch.setattr(tables, "compute", compute)
    return computed


def test_the_second_time_comes_from_the_cache(cache: Path, uncomputed: list[str]) -> None:
    first = tables.load()
    assert tables.load() == first
    assert len(uncomputed) == 1
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00\xff", b"[" * 100_000])
def test_a_broken_cache_is_made_anew(cache: Path, uncomputed: list[str], content: bytes) -> None:
    first = tables.load()
    (file,) = cache.iterdir()
    file.write_bytes(content)
    assert tables.load() == first
    assert tables.load() == first
    assert len(uncomputed) == 2


def test_a_changed_cache_is_made_anew(cache: Path, uncomputed: list[str]) -> None:
    first = tables.load()
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes().replace(b"permit", b"forbid"))
    assert tables.load() == first
    assert len(uncomputed) == 2


def test_a_cache_that_others_may_write_is_not_read(cache: Path, uncomputed: list[str]) -> None:
    tables.load()
    (file,) = cache.iterdir()
    file.chmod(0o666)
    tables.load()
    assert len(uncomputed) == 2
    cache.chmod(0o777)
    tables.load()
    assert len(uncomputed) == 3


def test_a_cache_of_somebody_else_is_not_read(
    cache: Path, uncomputed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.load()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    tables.load()
    assert len(uncomputed) == 2


def test_a_link_is_not_followed(cache: Path, uncomputed: list[str], tmp_path: Path) -> None:
    tables.load()
    (file,) = cache.iterdir()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    tables.load()
    assert len(uncomputed) == 2


def test_where_nothing_can_be_written_there_is_no_cache(
    tmp_path: Path, uncomputed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert tables.load() == tables.load()
    assert len(uncomputed) == 2


def test_a_relative_cache_folder_is_not_used(
    tmp_path: Path, uncomputed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    tables.load()
    assert list(tmp_path.iterdir()) == []


def test_reading_needs_no_cache(cache: Path) -> None:
    assert parse("vocabulary v", "v.privity").module is not None
