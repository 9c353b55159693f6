"""Results as JUnit's XML, which every build server shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from privity.diagnostics.visible import visible


@dataclass(frozen=True)
class Case:
    """`kind` is None for what holds; else `message` says in a line what does not, `text` why.

    A `text` of what holds says under which condition it does.
    """

    suite: str
    name: str
    file: str
    line: int
    seconds: float
    kind: Literal["failure", "error"] | None
    message: str
    text: str


def document(cases: Iterable[Case]) -> str:
    """All cases, a suite for each run of equal ones."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for suite, members in groupby(cases, key=lambda case: case.suite):
        lines += _suite(suite, list(members))
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(name: str, cases: list[Case]) -> Iterator[str]:
    counts = {
        "tests": len(cases),
        "failures": sum(case.kind == "failure" for case in cases),
        "errors": sum(case.kind == "error" for case in cases),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }
    yield f"  <testsuite name={_quoted(name)} {_attributes(counts)}>"
    for case in cases:
        yield from _case(case)
    yield "  </testsuite>"


def _case(case: Case) -> Iterator[str]:
    place = {
        "name": case.name,
        "classname": case.suite,
        "file": case.file,
        "line": case.line,
        "time": f"{case.seconds:.3f}",
    }
    said = escape(visible(case.text))
    if case.kind is None and not said:
        yield f"    <testcase {_attributes(place)}/>"
        return
    yield f"    <testcase {_attributes(place)}>"
    if case.kind is None:
        yield f"      <system-out>{said}</system-out>"
    else:
        yield f"      <{case.kind} message={_quoted(case.message)}>{said}</{case.kind}>"
    yield "    </testcase>"


def _attributes(values: dict[str, object] | dict[str, int | str]) -> str:
    return " ".join(f"{key}={_quoted(str(value))}" for key, value in values.items())


def _quoted(text: str) -> str:
    return quoteattr(visible(text))
