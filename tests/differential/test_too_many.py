"""Requests with more completions than are looked at, the limit set low to meet them often."""

from __future__ import annotations

import pytest
from tests.differential.engines import Engines
from tests.differential.sample import cases

from privity.emit import prelude_text
from privity.semantics import decide

SAMPLE = 60
LIMIT = 12


def test_engines_give_up_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "MOST_COMPLETIONS", LIMIT)
    text = prelude_text.engine()
    lower = text.replace("_MOST_COMPLETIONS = 2**20", f"_MOST_COMPLETIONS = {LIMIT}")
    assert lower != text
    monkeypatch.setattr(prelude_text, "engine", lambda: lower)
    given_up = 0
    for case in cases(0, SAMPLE):
        anew = Engines(case.engines.text)
        for asked in (*case.partial, *case.large):
            found = anew.reference(asked)
            assert anew.generated(asked) == found, asked
            given_up += bool(found.missing) and found.outcome == "unknown"
    assert given_up > SAMPLE
