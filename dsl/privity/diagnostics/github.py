"""Diagnostics as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from privity.diagnostics.diagnostic import Diagnostic
from privity.diagnostics.visible import visible


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> str:
    """One line a diagnostic. `sources` is not needed: the page has its own."""
    return "".join(_command(each) + "\n" for each in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    properties = {
        "file": span.file,
        "line": str(span.line),
        "col": str(span.column),
        "title": diagnostic.code,
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{diagnostic.severity} {listed}::{_data(_message(diagnostic))}"


def _message(diagnostic: Diagnostic) -> str:
    labels = [
        f"{each.span.file}:{each.span.line}:{each.span.column}: {each.text}"
        for each in diagnostic.labels
    ]
    lines = [diagnostic.message, diagnostic.caret, *labels, diagnostic.help, *diagnostic.notes]
    return visible("\n".join(line for line in lines if line))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
