"""Workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from typing import Literal

from privity.cli.files import shown
from privity.diagnostics.span import Span
from privity.diagnostics.visible import visible


def annotation(
    severity: Literal["error", "warning", "notice"], span: Span, title: str, message: str
) -> str:
    """One line."""
    place = f"file={_property(shown(span.file))},line={span.line},col={span.column}"
    return f"::{severity} {place},title={_property(title)}::{_data(visible(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
