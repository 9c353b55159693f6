"""What a target cannot do. What each can do is said here and in docs/targets.md alone."""

from __future__ import annotations

from dataclasses import dataclass

from privity.diagnostics.diagnostic import Diagnostic

# ruff: noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedByTarget(Diagnostic):
    code = "unsupported-by-target"
    title = "{target} cannot decide this policy: it has {what}"
    explanation = """The policy is fine, and the Python checker decides it; the target that was asked for cannot do so exactly, and Privity writes no checker that is nearly right.

```
privity emit policy.privity --target rego     # a sum over numbers that Rego cannot add up exactly
```
`docs/targets.md` says what each target can do. Simplify the part that is named, or build another target."""
    target: str
    what: str
