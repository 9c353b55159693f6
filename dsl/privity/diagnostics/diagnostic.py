"""A diagnostic is data: a code, a place and named parts. Renderers turn it into text elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from privity.diagnostics.span import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that takes part in the finding, with what to say of it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """Base of every finding about a source text.

    A subclass sets `code` (stable, kebab-case), `severity`, `title` (a template over the fields)
    and `explanation` (Markdown for `privity explain CODE`: what it means, an example, the mend).
    `span` is where the carets go, `caret` the few words beside them; `labels` are the other
    places involved; `help` is the next step, often "did you mean ...?".
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    title: ClassVar[str]
    explanation: ClassVar[str]

    span: Span
    caret: str = ""
    labels: tuple[Label, ...] = ()
    help: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def message(self) -> str:
        """The title with this finding's own parts filled in."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return self.title.format(**parts)


class InternalError(Exception):
    """Privity contradicts itself: a defect of ours, never of the policy's author. Exit 4."""
