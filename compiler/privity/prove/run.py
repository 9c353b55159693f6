"""All claims about a policy, one after the other or over processes."""

from __future__ import annotations

import datetime
import signal
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from dataclasses import dataclass, field, replace

from privity.model.nodes import Claim, Policy
from privity.prove.confirm import Confirm, confirmed
from privity.prove.differences import is_large
from privity.prove.judge import judge
from privity.prove.nodes import Verdict
from privity.prove.second import Second
from privity.symbolic.solver import Limits


@dataclass(frozen=True)
class Options:
    """How to prove. `claims` None means all; `witness` asks for one even where proved.

    `second` must be picklable where `jobs` is more than one.
    """

    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    as_of: datetime.date = field(default_factory=datetime.date.today)
    claims: tuple[str, ...] | None = None
    witness: bool = False
    confirm: Confirm | None = None
    second: Second | None = None


def chosen(policy: Policy, options: Options) -> tuple[Claim, ...]:
    """The claims that `options` ask for, in order."""
    wanted = options.claims
    return tuple(claim for claim in policy.claims if wanted is None or claim.name in wanted)


def prove(policy: Policy, others: Mapping[str, Policy], options: Options) -> Iterator[Verdict]:
    """A verdict for each claim asked for, in order of declaration.

    Each comes as soon as it is known; where generating a checker takes long, all come in the end.
    """
    verdicts, confirm = _proved(policy, others, options), options.confirm
    known = {**others, policy.name: policy}
    if confirm is None:
        yield from verdicts
    elif is_large(policy, others):
        yield from confirmed(list(verdicts), known, confirm)
    else:
        for verdict in verdicts:
            yield from confirmed([verdict], known, confirm)


def _proved(policy: Policy, others: Mapping[str, Policy], options: Options) -> Iterator[Verdict]:
    claims = chosen(policy, options)
    if options.jobs < 2 or len(claims) < 2:
        for claim in claims:
            yield timed(claim, policy, others, options)
        return
    workers = min(options.jobs, len(claims))
    given = policy, dict(others), replace(options, confirm=None)
    with ProcessPoolExecutor(workers, initializer=_start, initargs=given) as pool:
        yield from pool.map(_one, claims)


def timed(claim: Claim, policy: Policy, others: Mapping[str, Policy], options: Options) -> Verdict:
    """The verdict of one claim, with the time that it took."""
    start = time.perf_counter()
    verdict = judge(claim, policy, others, options)
    return replace(verdict, seconds=time.perf_counter() - start)


_given: list[tuple[Policy, Mapping[str, Policy], Options]] = []
"""What a worker proves claims about, once it has been told."""


def _start(policy: Policy, others: Mapping[str, Policy], options: Options) -> None:
    # An interrupt is for the parent to report, once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Diagrams that the parent has made stay with the parent.
    _given.append((policy, others, replace(options, second=copy(options.second))))


def _one(claim: Claim) -> Verdict:
    return timed(claim, *_given[-1])
