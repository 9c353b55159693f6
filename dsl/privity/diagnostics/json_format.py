"""Diagnostics for other programs. The shape is a contract: keys are added, never changed."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from privity.diagnostics.diagnostic import Diagnostic
from privity.diagnostics.span import Span


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> str:
    """A JSON array, one object a diagnostic; lines and columns count from 1, offsets from 0, both
    in code points."""
    places = _Places(sources)
    return json.dumps([_entry(each, places) for each in diagnostics], indent=2) + "\n"


def _entry(diagnostic: Diagnostic, places: _Places) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **places.of(diagnostic.span),
        "caret": diagnostic.caret,
        "labels": [{**places.of(each.span), "text": each.text} for each in diagnostic.labels],
        "help": diagnostic.help,
        "notes": list(diagnostic.notes),
    }


class _Places:
    """Spans as JSON. The end of a span needs the line starts of its file."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._starts: dict[str, list[int]] = {}

    def of(self, span: Span) -> dict[str, Any]:
        return {
            "file": span.file,
            "start": {"line": span.line, "column": span.column, "offset": span.start},
            "end": self._end(span),
        }

    def _end(self, span: Span) -> dict[str, int]:
        starts = self._line_starts(span.file)
        inside = bisect_right(starts, span.end)
        if inside <= span.line:
            line, column = span.line, span.column + span.end - span.start
        else:
            line, column = inside, span.end - starts[inside - 1] + 1
        return {"line": line, "column": column, "offset": span.end}

    def _line_starts(self, file: str) -> list[int]:
        if file not in self._starts:
            starts, text = [0], self._sources.get(file, "")
            while (end := text.find("\n", starts[-1])) >= 0:
                starts.append(end + 1)
            self._starts[file] = starts
        return self._starts[file]
