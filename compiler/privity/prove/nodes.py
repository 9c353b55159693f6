"""Verdicts and what they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from privity.model.formula import Key
from privity.model.nodes import Claim, Role
from privity.semantics.nodes import Plain, Request

VerdictWord = Literal["proved", "refuted", "unknown", "vacuous"]


@dataclass(frozen=True, slots=True)
class Region:
    """A partial request, every completion of which breaks the claim; nothing can be dropped.

    `roles` holds the leaves each role may have, `facts` what must be known. `idle` names the
    facts that the policy reads there and that make no difference.
    """

    roles: Mapping[Role, frozenset[int]]
    facts: Mapping[Key, Plain]
    idle: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A fact set to another value."""

    fact: Key
    old: Plain
    new: Plain


@dataclass(frozen=True, slots=True)
class Remedy:
    """The nearest request that keeps the promise: what to change, and why it passes then.

    `in_scope` is false where no request in the claim's scope passes and this one leaves it.
    """

    changes: tuple[Change, ...]
    outcome: str
    rules: tuple[str, ...]
    in_scope: bool


@dataclass(frozen=True, slots=True)
class Blame:
    rule: str
    file: str
    line: int
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """How one variant of the request, or one of two policies, decides the witness."""

    name: str
    outcome: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """`values` is a complete request: every role, `data` among them, and every fact.

    `apart` says in words what the facts are that only the second of two policies has, or
    declares elsewhere under the same name; they are part of the request and of its region.
    """

    values: Mapping[Key, Plain]
    apart: Mapping[Key, str]
    region: Region
    sides: tuple[Side, ...]
    remedy: Remedy | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A complete request that was decided by the semantics, in the words of a policy, by name.

    `shown` is the request as the counterexample has it that rests on this.
    """

    policy: str
    request: Request
    permits: bool
    shown: Mapping[Key, Plain]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the decision diagram says: it confirms the verdict, or is not applicable, and why."""

    reason: str | None

    @property
    def confirms(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one claim about one policy.

    `because` names rules, `why` says it in words. `witness` is, for a proved claim, a request
    from its scope. `expected` is the reason recorded beside an expected refutation. `diagram` is
    None where the second procedure was not asked. `recalled` says that it was found out in an
    earlier run, and that nothing it rests on has changed; its obligation is left out then, and its
    hash too where other rules are in it now.
    `replays` are what a generated checker should be asked before the verdict is believed.
    """

    claim: Claim
    policy: str
    verdict: VerdictWord
    why: str
    because: tuple[str, ...] = ()
    witness: Mapping[Key, Plain] | None = None
    counterexample: Counterexample | None = None
    blame: tuple[Blame, ...] = ()
    readings: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    expected: str | None = None
    disagreement: bool = False
    diagram: Opinion | None = None
    obligation: str = ""
    obligation_sha256: str = ""
    seconds: float = 0.0
    recalled: bool = False
    replays: tuple[Replayed, ...] = field(default=(), repr=False)

    @property
    def as_expected(self) -> bool:
        """Proved, or refuted where the claim says that it will be."""
        wanted = "proved" if self.expected is None else "refuted"
        return self.verdict == wanted and not self.disagreement
