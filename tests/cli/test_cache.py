"""What `privity check` keeps: recalled where nothing has changed, never believed otherwise."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from privity.cli import cache, check
from privity.cli.checked import Found

WORDS = """vocabulary shop.words
taxonomy data { orders }
taxonomy recipient { staff  stranger }
taxonomy purpose { sales }
fact subject.adult : boolean
"""
POLICY = """policy shop.rules otherwise deny
use shop.words
define grown_up = subject.adult
permit sell share orders with staff for sales
"""
CLAIMS = """claims for shop.rules
claim nobody never share orders with stranger for sales
"""


class Shop:
    """A policy, the words that it uses, claims about it; how often it was compiled."""

    def __init__(self, folder: Path, privity: Callable[..., Any]) -> None:
        self.compiled = 0
        self._privity = privity
        self.folder = folder
        self.policy = folder / "policies" / "shop" / "rules.privity"
        self.words = folder / "policies" / "shop" / "words.privity"
        self.claims = folder / "proofs" / "shop.privity"
        for path, text in ((self.policy, POLICY), (self.words, WORDS), (self.claims, CLAIMS)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def check(self) -> tuple[int, str, str]:
        ran = self._privity("check", str(self.policy))
        return ran.code, ran.out, ran.err

    def entries(self) -> list[Path]:
        return sorted((self.folder / "cache" / "privity" / "results").glob("*.json"))


@pytest.fixture
def shop(
    tmp_path: Path, privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(cache.OFF, raising=False)
    monkeypatch.setattr(cache, "SLOW", -1.0)
    shop = Shop(tmp_path, privity)
    usual = check._found

    def counted(path: Path) -> Found:
        shop.compiled += 1
        return usual(path)

    monkeypatch.setattr(check, "_found", counted)
    yield shop


def test_what_has_not_changed_is_recalled(shop: Shop) -> None:
    first = shop.check()
    assert "grown_up" in first[1]  # a warning comes back as it was
    assert shop.check() == first
    assert shop.compiled == 1


@pytest.mark.parametrize("file", ["policy", "words", "claims"])
def test_a_change_in_any_file_is_seen(shop: Shop, file: str) -> None:
    shop.check()
    path: Path = getattr(shop, file)
    path.write_text(path.read_text("utf-8") + "\nnonsense\n", "utf-8")
    code, said, _ = shop.check()
    assert code == 3 and "nonsense" in said
    assert shop.compiled == 2


def test_files_that_come_and_go_are_seen(shop: Shop) -> None:
    shop.check()
    more = shop.folder / "proofs" / "deeper" / "more.privity"
    more.parent.mkdir()
    more.write_text("claims for shop.rules\nclaim odd never share nothing\n", "utf-8")
    assert shop.check()[0] == 3
    more.unlink()
    assert shop.check()[0] == 0
    (shop.folder / "elsewhere").mkdir()
    settings = shop.folder / "pyproject.toml"
    settings.write_text('[tool.privity]\nproofs = "elsewhere"\n', "utf-8")
    shop.check()
    assert shop.compiled == 4


def test_errors_are_not_kept(shop: Shop) -> None:
    shop.words.unlink()
    assert shop.check()[0] == 3
    shop.words.write_text(WORDS, "utf-8")
    assert shop.check()[0] == 0
    assert shop.compiled == 2


def test_nothing_is_kept_where_that_is_asked_for(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cache.OFF, "1")
    shop.check()
    assert shop.entries() == []


def test_a_change_meanwhile_is_not_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = check._as_a_whole

    def changing(compiled: Any) -> Any:
        shop.claims.write_text("claims for shop.rules\nclaim odd never share nothing\n", "utf-8")
        return usual(compiled)

    monkeypatch.setattr(check, "_as_a_whole", changing)
    assert shop.check()[0] == 0
    assert shop.check()[0] == 3


# ------------------------------------------------------------------ what is not believed


def _lie(content: bytes) -> bytes:
    """The entry without its warnings, and not sealed anew."""
    seal, _, body = content.partition(b"\n")
    data = json.loads(body)
    data["found"] = []
    return seal + b"\n" + json.dumps(data).encode()


@pytest.mark.parametrize(
    "damage",
    [lambda c: b"", lambda c: c[:-20], lambda c: c[:70], lambda c: b"\xff" + c, _lie],
    ids=["empty", "short", "no body", "no text", "changed"],
)
def test_a_damaged_entry_is_ignored(shop: Shop, damage: Callable[[bytes], bytes]) -> None:
    first = shop.check()
    (entry,) = shop.entries()
    entry.write_bytes(damage(entry.read_bytes()))
    assert shop.check() == first
    assert shop.compiled == 2


def test_an_entry_of_another_kind_is_ignored(shop: Shop) -> None:
    first = shop.check()
    key = cache.digest("check", str(shop.policy))
    others: list[object] = [None, [], {}, {"places": 1}, {"found": [["Span", [1]]]}, "x"]
    for value in others:
        cache.save(key, value)
        assert shop.check() == first


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
def test_what_others_can_write_is_ignored(shop: Shop) -> None:
    shop.check()
    (entry,) = shop.entries()
    for place in (entry, entry.parent, entry.parent.parent):
        usual = place.stat().st_mode
        place.chmod(usual | 0o022)
        before = shop.compiled
        shop.check()
        assert shop.compiled == before + 1
        if place.exists():
            place.chmod(usual)


def test_links_are_not_followed(shop: Shop, tmp_path: Path) -> None:
    shop.check()
    (entry,) = shop.entries()
    entry.rename(tmp_path / "planted.json")
    entry.symlink_to(tmp_path / "planted.json")
    shop.check()
    assert shop.compiled == 2


def test_an_entry_in_the_place_of_another_is_ignored(shop: Shop) -> None:
    cache.save("one", 1)
    cache.save("other", 2)
    one, other = (
        next(p for p in shop.entries() if p.read_bytes().endswith(e)) for e in (b"1", b"2")
    )
    one.write_bytes(other.read_bytes())
    assert cache.load("one") is None and cache.load("other") == 2


def test_another_version_has_its_own_entries(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.check()
    monkeypatch.setattr(cache, "engine", lambda: "another")
    shop.check()
    assert shop.compiled == 2


def test_there_are_never_too_many(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_FILES", 8)
    for number in range(40):
        cache.save(str(number), number)
    assert len(shop.entries()) <= 8
    assert cache.load("39") == 39
