"""A disagreement made small: lines of the policy, parts of the request dropped while it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tests.differential.engines import Engines
from tests.generators.policies import compiled
from tests.generators.requests import Asked

Differs = Callable[[Engines, Asked], bool]


def smallest(engines: Engines, asked: Asked, differs: Differs) -> str:
    """The policy and the request of which no line and no part can be dropped, for a report."""

    def still(lines: list[str], request: Asked) -> bool:
        text = "\n".join(lines)
        policy = compiled(text).policy
        if policy is None:
            return False
        known = {*policy.roles, *policy.fact_by_key}
        values = {part: value for part, value in request.values.items() if part in known}
        try:
            return differs(Engines(text), replace(request, values=values))
        except Exception:  # a difference of another kind
            return False

    lines = engines.text.splitlines()
    before = None
    while before != (lines, asked):
        before = (lines, asked)
        for size in (8, 4, 2, 1):
            start = 0
            while start < len(lines):
                fewer = lines[:start] + lines[start + size :]
                if still(fewer, asked):
                    lines = fewer
                else:
                    start += 1
        for request in _fewer(asked):
            if still(lines, request):
                asked = request
                break
    text = "\n".join(lines)
    policy = compiled(text).policy
    known = {*policy.roles, *policy.fact_by_key} if policy is not None else set[str]()
    values: Mapping[str, object] = {k: v for k, v in asked.values.items() if k in known}
    return f"{text}\n\nasked: {', '.join(asked.data)} {values}"


def _fewer(asked: Asked) -> Iterator[Asked]:
    if len(asked.data) > 1:
        for leaf in asked.data:
            yield replace(asked, data=(leaf,))
