"""Requests and decisions, as the semantics sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privity.model.formula import Key, Plain
from privity.model.nodes import Outcome

__all__ = ["Decision", "OwedDuty", "Plain", "Request"]


@dataclass(frozen=True)
class Request:
    """A disclosure that is asked about, partial or complete.

    `data` holds the leaf numbers of the categories asked for, ascending, at least one.
    `values` holds what is known of the other roles and the facts, by key; what is absent is
    missing, `None` is the value `none`.
    """

    data: tuple[int, ...]
    values: Mapping[Key, Plain]


@dataclass(frozen=True, slots=True)
class OwedDuty:
    """`deadline` is an ordinal; None where there is none or where its day is not known."""

    rule: str
    name: str
    has_deadline: bool
    deadline: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of a request; docs/language.md says how each part is found."""

    outcome: Outcome
    rules: tuple[str, ...]
    citations: tuple[str, ...]
    missing: tuple[Key, ...]
    duties: tuple[OwedDuty, ...]
    permitted_data: tuple[int, ...]
