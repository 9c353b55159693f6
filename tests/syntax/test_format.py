"""The formatter's laws, over random trees and over random comments in their text."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from tests.generators.syntax_trees import expressions, modules

from privity.syntax import nodes
from privity.syntax.format import format_module
from privity.syntax.nodes import Module
from privity.syntax.parse import parse


def read(text: str) -> Module:
    parsed = parse(text, "test.privity")
    assert parsed.module is not None, (text, parsed.diagnostics)
    return parsed.module


@given(modules)
def test_what_is_formatted_reads_as_the_same_tree(module: Module) -> None:
    assert read(format_module(module)) == module


@given(modules)
def test_formatting_twice_changes_nothing(module: Module) -> None:
    text = format_module(module)
    assert format_module(read(text)) == text


@given(expressions)
def test_brackets_stand_exactly_where_the_tree_needs_them(value: nodes.Expression) -> None:
    """Without any one pair, the text reads as another tree or not at all."""
    header = nodes.VocabularyHeader(nodes.Name("v"), None)
    module = Module(header, (nodes.Definition(nodes.Name("d"), None, value, ()),))
    text = format_module(module)
    for start, end in _bracket_pairs(text):
        bare = text[:start] + " " + text[start + 1 : end] + " " + text[end + 1 :]
        assert parse(bare, "test.privity").module != module, bare


def _bracket_pairs(text: str) -> list[tuple[int, int]]:
    pairs, opened = [], []
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[()]', text):
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == ")":
            pairs.append((opened.pop(), match.start()))
    return pairs


# ------------------------------------------------------------------ comments and blank lines


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, Module]:
    """The text of a module with comments and blank lines put in wherever a blank is, and the
    module."""
    module = draw(modules)
    gaps = re.split(r'((?:"(?:[^"\\]|\\.)*"|\S)+)', format_module(module))
    fillings = st.sampled_from(
        (None, None, None, None, " #{}\n", "\n#{}\n", "\n\n  # {}  \n", "\n#{}\n\n#\n")
    )
    text = ""
    for i, piece in enumerate(gaps):
        filling = draw(fillings) if i % 2 == 0 else None
        text += piece if filling is None else filling.format(f'note {i}, "#" \'') + piece
    return text, module


def _comments(module: Module) -> Counter[str]:
    return Counter(comment.text for comment in module.comments)


@given(commented())
def test_comments_change_no_tree_and_are_all_kept(case: tuple[str, Module]) -> None:
    text, module = case
    before = read(text)
    assert before == module
    after = read(format_module(before))
    assert after == module
    assert _comments(after) == _comments(before)


@given(commented())
def test_formatting_twice_moves_no_comment(case: tuple[str, Module]) -> None:
    text = format_module(read(case[0]))
    assert format_module(read(text)) == text


@given(commented())
def test_no_trailing_blanks_and_never_two_blank_lines(case: tuple[str, Module]) -> None:
    text = format_module(read(case[0]))
    assert not re.search(r"[ \t]\n", text)
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    assert text.endswith("\n") and not text.endswith("\n\n")


# ------------------------------------------------------------------ by example

HEAD = "vocabulary v\n\n"
SAME = (
    "use a\nuse b\n",
    "use a\n\nuse b\n",
    "use a\nfact x.y : date\n",
    "use a  # trails\n# precedes\nuse b\n",
    "use a\n\n# of its own\n\nuse b\n",
    "permit a\n  share   b  # trails\n  # precedes\n  when    c\n  # the end of it\n\nuse d\n",
    "define d =\n  " + "a" * 60 + "\n  and " + "b" * 60 + "\n",
    "define d = a  # why\n",
    "taxonomy t {\n  a\n\n  b { c d }\n  # last\n}\n",
    "taxonomy t {}\n",
)


def test_these_stay_as_they_are() -> None:
    for text in SAME:
        assert format_module(read(HEAD + text)) == HEAD + text


def test_a_long_chain_breaks_one_operand_a_line() -> None:
    operands = [f"operand_number_{i}" for i in range(12)]
    text = format_module(read(HEAD + f"permit r share x when {' or '.join(operands)}"))
    assert text.endswith("  when    " + "\n          or ".join(operands) + "\n")


def test_a_list_is_filled() -> None:
    values = [f"value_{i}" for i in range(30)]
    text = format_module(read(HEAD + f"permit r share {', '.join(values)}"))
    lines = text.splitlines()[3:]
    assert len(lines) == 4 and all(len(line) <= 100 for line in lines)
    assert all(line.startswith(" " * 10) for line in lines[1:])


def test_a_hundred_thousand_operands() -> None:
    module = read(HEAD + "define d = " + " and ".join(["a"] * 100_000))
    assert read(format_module(module)) == module
