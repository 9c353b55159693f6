"""Every finding has an example that produces it, and more to say when it is asked about."""

from __future__ import annotations

import pytest
from tests.model.bundles import check
from tests.model.test_goldens import BAD

from privity.diagnostics.catalogue import by_code
from privity.syntax.parse import LARGEST, decode, parse

HEAD = b"vocabulary v\n"
IN_TEXT = {
    "bad-date": HEAD + b"define late = disclosure.on is after 2026-02-30",
    "bad-escape": HEAD + b'reading r "a\\n"',
    "bad-name": HEAD + b"fact subject.Customer : boolean",
    "empty-text": b"# nothing\n",
    "invisible-character": HEAD + 'reading r "\N{RIGHT-TO-LEFT OVERRIDE}"'.encode(),
    "lookalike-character": HEAD
    + "fact subject.\N{CYRILLIC SMALL LETTER ES}ustomer : date".encode(),
    "nesting-too-deep": HEAD + b"define d = " + b"(" * 101 + b"true" + b")" * 101,
    "not-utf8": b"policy caf\xe9",
    "number-too-large": HEAD + b"parameter p = 1234567890123456789",
    "reserved-name": HEAD + b"taxonomy purpose { every }",
    "syntax-error": HEAD + b"permit p share",
    "text-too-large": b" " * (LARGEST + 1),
    "unknown-character": HEAD + b"define d = a & b",
    "unterminated-text": HEAD + b'reading r "open',
}


def codes_of(phase: str) -> list[str]:
    return [code for code, kind in by_code().items() if kind.__module__ == phase]


@pytest.mark.parametrize("code", codes_of("privity.syntax.errors"))
def test_every_fault_of_the_text_has_an_example(code: str) -> None:
    text = decode(IN_TEXT[code], "test.privity")
    found = parse(text, "test.privity").diagnostics if isinstance(text, str) else text
    assert [each.code for each in found] == [code]


def test_every_fault_of_the_policy_has_an_example() -> None:
    found = {each.code for path in BAD for each in check(path).diagnostics}
    assert found == set(codes_of("privity.model.errors"))


@pytest.mark.parametrize("code", by_code())
def test_every_finding_is_explained(code: str) -> None:
    kind = by_code()[code]
    assert kind.title.strip() and len(kind.explanation.split()) > 5
    assert kind.explanation.count("```") % 2 == 0
