"""Diagnostics, in the format that was asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from privity.cli.files import shown
from privity.diagnostics.diagnostic import Diagnostic
from privity.diagnostics.span import Span


def rendered(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], form: str, *, color: bool
) -> str:
    """`form` is text, json or github; whatever else reads as text."""
    placed = tuple(relocated(each) for each in diagnostics)
    texts = {shown(file): text for file, text in sources.items()}
    if form == "json":
        from privity.diagnostics import json_format

        return json_format.render(placed, texts)
    if form == "github":
        from privity.diagnostics import github

        return github.render(placed, texts)
    from privity.diagnostics import text

    return text.render(placed, texts, color=color)


def relocated(diagnostic: Diagnostic) -> Diagnostic:
    """With files as a reader likes them."""
    labels = tuple(replace(each, span=_near(each.span)) for each in diagnostic.labels)
    here = os.path.join(os.getcwd(), "")
    notes = tuple(note.replace(here, "") for note in diagnostic.notes)
    return replace(diagnostic, span=_near(diagnostic.span), labels=labels, notes=notes)


def _near(span: Span) -> Span:
    return span._replace(file=shown(span.file))


def counted(number: int, noun: str) -> str:
    """`1 claim`, `2 claims`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
