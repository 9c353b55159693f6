"""What ends a command early. `main` turns each into its message and exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from privity.diagnostics.diagnostic import Diagnostic


class UsageError(Exception):
    """Asked in a way that cannot be answered: exit 2. Its text is one line."""


class OutputError(UsageError):
    """What was found cannot be written: exit 2."""


class PolicyError(Exception):
    """The policy's text is wrong: exit 3. `sources` are the texts read, by file."""

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str]) -> None:
        super().__init__(f"{len(diagnostics)} diagnostics")
        self.diagnostics, self.sources = tuple(diagnostics), dict(sources)


def reason(error: OSError | ValueError) -> str:
    """Why the system refused, in a few words."""
    said = error.strerror if isinstance(error, OSError) else str(error)
    return (said or type(error).__name__).lower()
