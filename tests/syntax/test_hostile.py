"""No input ends in a traceback, a hang or a silent pass."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generators.syntax_trees import modules

from privity.diagnostics import github, json_format, text
from privity.syntax.format import format_module
from privity.syntax.parse import Parsed, decode, parse
from privity.syntax.reserved import keywords

HEAD = 'policy p "x"\notherwise deny\n'


def outcome(source: str) -> Parsed:
    """Parse, hold what holds for every text, and render what is found in every format."""
    parsed = parse(source, "hostile.privity")
    assert (parsed.module is None) == bool(parsed.diagnostics)
    places = [each.span.start for each in parsed.diagnostics]
    assert places == sorted(places)
    assert all(0 <= each.span.start <= each.span.end <= len(source) for each in parsed.diagnostics)
    sources = {"hostile.privity": source}
    text.render(parsed.diagnostics, sources).encode("utf-8")
    json_format.render(parsed.diagnostics, sources).encode("ascii")
    github.render(parsed.diagnostics, sources).encode("utf-8")
    return parsed


@given(st.text())
def test_any_text(source: str) -> None:
    outcome(source)


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    decoded = decode(data, "hostile.privity")
    if isinstance(decoded, str):
        assert decoded.encode("utf-8") in (data, data.removeprefix(b"\xef\xbb\xbf"))
        outcome(decoded)
    else:
        assert decoded


PIECES = st.one_of(
    st.sampled_from(sorted(keywords())),
    st.sampled_from(tuple('"\\#(){}.,:=+-\n\r\t \x00\u200b\u202e\ufeff\u0430\ud800')),
    st.sampled_from(("S14", "2026-02-30", "9" * 30, "-5", "a.b", "x_", "A", "\r\n", "30days")),
    st.text(max_size=3),
)


@given(st.lists(PIECES, max_size=40), st.booleans(), st.booleans())
def test_words_of_the_language_in_any_order(pieces: list[str], headed: bool, spaced: bool) -> None:
    outcome((HEAD if headed else "") + (" " if spaced else "").join(pieces))


@given(modules.map(format_module), st.data())
def test_a_good_text_with_something_changed(source: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(source)))
        end = start + data.draw(st.integers(0, 6))
        source = source[:start] + data.draw(PIECES) + source[end:]
    parsed = outcome(source)
    if parsed.module is not None:
        assert parse(format_module(parsed.module), "again.privity").module == parsed.module


@given(modules.map(format_module), st.data())
def test_a_good_text_cut_off(source: str, data: st.DataObject) -> None:
    outcome(source[: data.draw(st.integers(0, len(source)))])


DEEP = 100_000
SLOW = (
    (HEAD + "define d = " + "(" * DEEP, "nesting-too-deep"),
    (HEAD + "define d = " + "not " * DEEP, "nesting-too-deep"),
    (HEAD + "define d = " + "not (" * DEEP, "nesting-too-deep"),
    (HEAD + "define d = " + "1 times (" * DEEP, "nesting-too-deep"),
    (HEAD + "taxonomy d " + "{ a " * DEEP, "nesting-too-deep"),
    (HEAD + "define d = (" + "a and (" * 101 + "a" + ")" * 102, "nesting-too-deep"),
    (HEAD + "permit\n" * DEEP, "syntax-error"),
    (HEAD + "reading x cite\n" * DEEP, "syntax-error"),
    ("$" * 1_000_000, "unknown-character"),
    (HEAD + '"' * DEEP, "syntax-error"),
    (HEAD + 'define a = "x\n' * DEEP, "unterminated-text"),
    (HEAD + "reading " + "# comment\n" * DEEP, "syntax-error"),
    (HEAD + ("reading " + "# comment\n" * 10) * 10_000, "syntax-error"),
    ("#\n" * DEEP, "empty-text"),
    (HEAD + "parameter a = " + "9" * 1_000_000, "number-too-large"),
    (HEAD + "parameter a = 1 cite a b" + "(c" * DEEP, "syntax-error"),
    ("\0" * DEEP, "invisible-character"),
    ("\u202e" * DEEP, "invisible-character"),
    (HEAD + "permit \u0430\n" * 5000, "lookalike-character"),
    ("a" * (16 * 2**20 + 1), "text-too-large"),
)


@pytest.mark.parametrize(("source", "code"), SLOW, ids=range(len(SLOW)))
def test_large_nonsense_is_answered_soon(source: str, code: str) -> None:
    start = time.process_time()
    parsed = parse(source, "hostile.privity")
    # No promise of speed: what is quadratic here takes many minutes.
    assert time.process_time() - start < 60
    assert code in {each.code for each in parsed.diagnostics}
    assert len(parsed.diagnostics) <= 1001


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("not (", ")"), ("not ", ""), ("1 times (", ")")],
)
def test_a_hundred_levels_are_read(opening: str, closing: str) -> None:
    levels = 100 // (1 + (opening == "not ("))
    good = f"define d = {opening * levels}a{closing * levels}"
    assert parse(HEAD + good, "deep.privity").module is not None
    deeper = f"define d = {opening * (levels + 1)}a{closing * (levels + 1)}"
    assert parse(HEAD + deeper, "deep.privity").diagnostics[0].code == "nesting-too-deep"


@pytest.mark.parametrize("operator", ["and", "or", "+"])
def test_long_chains_are_flat(operator: str) -> None:
    parsed = parse(HEAD + "define d = " + f" {operator} ".join(["a"] * 100_000), "long.privity")
    assert parsed.module is not None
    assert "Reference" in repr(parsed.module)


def test_errors_are_found_behind_errors() -> None:
    lines = [
        "permit a share",
        "forbid b with",
        "fact c",
        "claim d never",
        "use",
        "permit A share b",
    ]
    parsed = parse(HEAD + "\n".join(lines), "many.privity")
    found = [(each.span.line, each.code) for each in parsed.diagnostics]
    assert found == [*((line, "syntax-error") for line in (4, 4, 6, 7, 8)), (8, "bad-name")]


def test_very_many_errors_in_one_text() -> None:
    rng = random.Random(1)
    words = [*keywords(), "a", '"x"', "(", ")", "{", "}", ",", "S1", "\n"]
    outcome(HEAD + " ".join(rng.choice(words) for _ in range(50_000)))
