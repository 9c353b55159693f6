"""Diagnostics at a terminal: carets under what is meant, whatever the characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from privity.diagnostics.diagnostic import Diagnostic, Label, Severity
from privity.diagnostics.span import Span
from privity.diagnostics.text import WIDEST, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd(Diagnostic):
    code: ClassVar[str] = "odd"
    title: ClassVar[str] = "`{name}` is odd"
    explanation: ClassVar[str] = "Odd."
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curious(Odd):
    code: ClassVar[str] = "curious"
    severity: ClassVar[Severity] = "warning"


def span(text: str, words: str, file: str = "a.privity") -> Span:
    """The place of `words` in `text`."""
    start = text.index(words)
    line_start = text.rfind("\n", 0, start) + 1
    line = text.count("\n", 0, start) + 1
    return Span(file, start, start + len(words), line, start - line_start + 1)


def shown(text: str, words: str) -> list[str]:
    """The source line and the caret line."""
    lines = render([Odd(span=span(text, words), name="x")], {"a.privity": text}).splitlines()
    return [line.partition("| ")[2] for line in lines[3:]]


def test_everything_at_once() -> None:
    text = "first\nsecond line\nthird\nfourth\n"
    other = "elsewhere\n"
    found = Odd(
        span=span(text, "line"),
        name="line",
        caret="this one",
        labels=(
            Label(span(text, "second"), "before it"),
            Label(span(text, "fourth"), "after it"),
            Label(span(other, "where", "b.privity"), "in another file"),
        ),
        help="did you mean `lime`?",
        notes=("one note", "a longer\nnote"),
    )
    assert render([found, Curious(span=span(text, "third"), name="third")],
                  {"a.privity": text, "b.privity": other}) == """\
error[odd]: `line` is odd
 --> a.privity:2:8
  |
2 | second line
  |        ^^^^ this one
  | ------ before it
...
4 | fourth
  | ------ after it
 ::: b.privity:1:5
  |
1 | elsewhere
  |     ----- in another file
  |
  = help: did you mean `lime`?
  = note: one note
  = note: a longer
          note

warning[curious]: `third` is odd
 --> a.privity:3:1
  |
3 | third
  | ^^^^^
"""  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("a bc", "bc", ["a bc", "  ^^"]),
        ("\ta b", "b", ["    a b", "      ^"]),
        ("ab\tc", "c", ["ab  c", "    ^"]),
        ("日本 b", "b", ["日本 b", "     ^"]),
        ("日本 b", "本", ["日本 b", "  ^^"]),
        ("e\u0301e\u0301 b", "b", ["e\u0301e\u0301 b", "   ^"]),
        ("a\u202eb c", "c", ["a<U+202E>b c", "           ^"]),
        ("a\x1b[31m b", "b", ["a<U+001B>[31m b", "              ^"]),
        ("ab\r\n", "b", ["ab", " ^"]),
        ("ab\ncd\n", "b\ncd", ["ab", " ^"]),
    ],
)
def test_carets_stand_below(text: str, words: str, expected: list[str]) -> None:
    assert shown(text, words) == expected


@pytest.mark.parametrize("before", [0, 10, 200, 500, 5000])
@pytest.mark.parametrize("letter", ["a", "日", "\t"])
def test_long_lines_are_cut_around_the_caret(before: int, letter: str) -> None:
    source, carets = shown(letter * before + "HERE" + letter * 600, "HERE")
    columns = sum(2 if character == "日" else 1 for character in source)
    assert columns <= WIDEST
    where = source.index("HERE")
    assert carets.index("^") == sum(2 if each == "日" else 1 for each in source[:where])
    assert carets.count("^") == 4


def test_a_place_after_the_end_is_shown_there() -> None:
    found = Odd(span=Span("a.privity", 2, 2, 1, 3), name="x")
    assert render([found], {"a.privity": "ab"}).splitlines()[3:] == ["1 | ab", "  |   ^"]
    beyond = Odd(span=Span("a.privity", 90, 95, 9, 9), name="x")
    assert render([beyond], {"a.privity": "ab"}).splitlines() == [
        "error[odd]: `x` is odd",
        " --> a.privity:9:9",
        "  |",
    ]


def test_a_file_without_its_text_is_named() -> None:
    found = Odd(span=Span("a.privity", 0, 1, 3, 1), name="x")
    assert render([found], {}) == "error[odd]: `x` is odd\n --> a.privity:3:1\n"


def test_what_names_hold_cannot_reach_the_terminal() -> None:
    found = Odd(span=Span("\x1b]0;x\x07", 0, 1, 1, 1), name="\x1b[2J", help="\u202e")
    assert "\x1b" not in render([found], {})
    assert "\u202e" not in render([found], {})


def test_color_adds_nothing_but_color() -> None:
    import re

    text = "first\nsecond\n"
    found = [
        Odd(span=span(text, "first"), name="x", caret="c", help="h", notes=("n",)),
        Curious(span=span(text, "second"), name="x", labels=(Label(span(text, "first"), "l"),)),
    ]
    sources = {"a.privity": text}
    colored = render(found, sources, color=True)
    assert "\x1b[1;31m" in colored and "\x1b[1;33m" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == render(found, sources)


def test_nothing_found_is_nothing_said() -> None:
    assert render([], {}) == ""
