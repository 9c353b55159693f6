"""Every example of the language reads as it stands, and a whole policy resolves."""

from __future__ import annotations

import re

import pytest
from tests.docs.examples import ROOT, Example, examples, pages
from tests.model.bundles import check_text

from privity.diagnostics import text
from privity.semantics.decide import decide
from privity.semantics.scenarios import failures
from privity.syntax.parse import parse
from privity.syntax.reserved import keywords

LANGUAGES = {
    "privity",
    "privity-fragment",
    "json",
    "text",
    "sh",
    "console",
    "python",
    "toml",
    "sql",
    "typescript",
    "rego",
}


def written_in(*languages: str) -> pytest.MarkDecorator:
    found = [example for example in examples() if example.language in languages]
    return pytest.mark.parametrize("example", found, ids=lambda example: str(example.place))


def test_there_are_examples() -> None:
    assert {path.name for path in pages()} >= {"language.md", "completions.md"}
    assert {"privity", "privity-fragment", "json"} <= {example.language for example in examples()}
    assert {example.language for example in examples()} <= LANGUAGES


@written_in("privity")
def test_an_example_parses(example: Example) -> None:
    parsed = parse(example.text, example.place)
    assert text.render(parsed.diagnostics, {example.place: example.text}) == ""


@written_in("privity")
def test_a_whole_policy_resolves_and_does_as_its_scenarios_say(example: Example) -> None:
    if not re.match(r"(\s|#.*\n)*policy\b", example.text):
        pytest.skip("not a whole policy")
    if re.search(r"^use ", example.text, re.MULTILINE):
        pytest.skip("uses files that the page does not show")
    checked = check_text(example.text)
    assert checked.rendered == ""
    assert checked.policy is not None
    for scenario in checked.policy.scenarios:
        assert list(failures(checked.policy, scenario, decide)) == []


@written_in("privity-fragment")
def test_a_fragment_parses_behind_a_header(example: Example) -> None:
    headed = "policy p otherwise deny\n" + example.text
    parsed = parse(headed, example.place)
    assert text.render(parsed.diagnostics, {example.place: headed}) == ""


def test_the_reserved_words_are_those_of_the_grammar() -> None:
    language = ROOT.joinpath("docs/language.md").read_text("utf-8")
    listed = re.search(r"reserved: .*?```text\n(.*?)```", language, re.DOTALL)
    assert listed is not None
    words = listed[1].split()
    assert words == sorted(words)
    assert set(words) == set(keywords())
