"""Every diagnostic can be explained."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from privity.diagnostics.catalogue import by_code
from privity.diagnostics.diagnostic import Diagnostic

KINDS = list(by_code().values())


def test_codes_are_sorted_and_their_own() -> None:
    codes = list(by_code())
    assert codes == sorted(codes)
    assert all(by_code()[code].code == code for code in codes)
    assert "syntax-error" in codes


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_says_what_it_means(kind: type[Diagnostic]) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.code)
    assert kind.severity in ("error", "warning")
    assert kind.explanation.strip()
    parts = {name for _, name, _, _ in Formatter().parse(kind.title) if name is not None}
    assert parts <= set(kind.__dataclass_fields__)
    assert not kind.title.endswith(".")
