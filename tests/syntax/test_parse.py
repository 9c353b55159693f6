"""Parsing by example: what goldens cannot hold."""

from __future__ import annotations

import gc

import pytest

from privity.syntax import nodes
from privity.syntax.parse import decode, parse
from privity.syntax.reserved import keywords

HEAD = 'policy p "x"\notherwise deny\n'


def codes(text: str) -> list[str]:
    return [each.code for each in parse(text, "test.privity").diagnostics]


# ------------------------------------------------------------------ bytes


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a\n\xe9t\xe9", (2, 1)),
        (b"\xef\xbb\xbfab\xff", (1, 3)),
        ("é\né".encode() + b"\xc3", (2, 2)),
        (b"\xff\xfep\x00", (1, 1)),
        (b"policy\n\x00", (2, 1)),
        ("policy p".encode("utf-16-le"), (1, 2)),
        (b"\xed\xa0\x80", (1, 1)),
    ],
)
def test_what_is_not_utf8_is_said_with_its_place(data: bytes, place: tuple[int, int]) -> None:
    decoded = decode(data, "bytes.privity")
    assert not isinstance(decoded, str)
    (found,) = decoded
    assert (found.code, (found.span.line, found.span.column)) == ("not-utf8", place)


def test_a_byte_order_mark_is_dropped() -> None:
    assert decode(b"\xef\xbb\xbfpolicy", "bom.privity") == "policy"


def test_a_byte_order_mark_elsewhere_is_found() -> None:
    assert codes("\ufeff" + HEAD) == ["invisible-character"]


def test_too_many_bytes() -> None:
    decoded = decode(b" " * (16 * 2**20 + 1), "large.privity")
    assert not isinstance(decoded, str)
    assert [each.code for each in decoded] == ["text-too-large"]


# ------------------------------------------------------------------ characters


@pytest.mark.parametrize(
    "character",
    list("\x00\x07\x0b\x0c\x1b\x7f\x85\xa0\xad\u200b\u200d\u200f\u2028\u2029\u202e\u2066\u3000\ufeff"
         "\u3164\ufe0f\ud800\U000e0041"),
)  # fmt: skip
@pytest.mark.parametrize("place", ["define d = a{}", 'define d = "a{}b"', "# a{}b"])
def test_invisible_characters_are_found_everywhere(character: str, place: str) -> None:
    assert codes(HEAD + place.format(character)) == ["invisible-character"]


def test_a_carriage_return_ends_a_line_only_before_a_line_feed() -> None:
    assert codes((HEAD + "use a\n").replace("\n", "\r\n")) == []
    assert codes(HEAD + "# harmless\rforbid everything\n") == ["invisible-character"]


def test_windows_line_ends_change_nothing() -> None:
    text = HEAD + "# note\nfact a.b : date\n\n# more\nuse c # end\n"
    unix, windows = parse(text, "a"), parse(text.replace("\n", "\r\n"), "b")
    assert unix.module is not None and windows.module is not None
    assert unix.module == windows.module
    assert unix.module.blank_lines == windows.module.blank_lines
    assert [each.text for each in unix.module.comments] == [
        each.text for each in windows.module.comments
    ]


# ------------------------------------------------------------------ words


@pytest.mark.parametrize("word", sorted(keywords()))
def test_a_keyword_cannot_name_what_is_declared(word: str) -> None:
    assert codes(HEAD + f"taxonomy t {{ {word} }}") == ["reserved-name"]


def test_words_that_run_together_are_not_two() -> None:
    assert codes(HEAD + "usefoo") == ["syntax-error"]
    assert codes(HEAD + "define d = a is 30days") == ["bad-name"]
    assert codes(HEAD + "define d = a is 2026-01-011") == ["bad-date"]
    assert codes(HEAD + "define d = a is 2026-1-31") == ["bad-date"]
    assert codes(HEAD + "define d = a is 2026 - 1 - 31") == []


def test_a_keyword_may_follow_a_dot() -> None:
    parsed = parse(HEAD + "define d = subject.when", "test.privity")
    assert parsed.module is not None
    (definition,) = parsed.module.declarations
    assert isinstance(definition, nodes.Definition)
    assert definition.value == nodes.Reference(nodes.Name("subject.when"))


def test_reading_declares_iff_a_text_follows_its_name() -> None:
    rule = "permit r share a\n  reading b\n"
    declared = parse(HEAD + rule + 'reading # why\n c # so\n "text"', "test.privity")
    assert declared.module is not None
    kinds = [type(each) for each in declared.module.declarations]
    assert kinds == [nodes.Rule, nodes.Reading]
    undeclared = parse(HEAD + rule + "reading c", "test.privity").module
    assert undeclared is not None and len(undeclared.declarations) == 1


# ------------------------------------------------------------------ speed


def big(rules: int) -> str:
    rule = """
permit affiliate_offers_{0} "affiliates offer their products directly"
  share   customer_information_{0} but not health_information or consumer_report
  with    affiliate
  for     affiliate_products
  when    subject.customer and had_the_chance_to_opt_out
  unless  subject.opted_out
  cite    faq S17, faq S18
"""
    return HEAD + "".join(map(rule.format, range(rules)))


def test_ten_thousand_rules_are_read() -> None:
    module = parse(big(10_000), "big.privity").module
    assert module is not None
    assert sum(isinstance(node, nodes.Rule) for node in module.declarations) == 10_000


def test_the_garbage_collector_is_left_as_it_was() -> None:
    for set_to, expected in ((gc.disable, False), (gc.enable, True)):
        set_to()
        parse(HEAD, "test.privity")
        assert gc.isenabled() is expected
