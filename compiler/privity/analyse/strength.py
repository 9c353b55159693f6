"""How much a policy's claims and scenarios notice: its mutants, and which of them get by.

A mutant that does not resolve is no policy, and one that is proved to decide the same is no slip:
both are left out. The others must be noticed by a scenario that fails or a claim whose verdict is
not the one expected. Those that are not show what nobody has promised yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import Literal

from privity.analyse.mutate import Mutant, mutants
from privity.diagnostics.span import NOWHERE, Span
from privity.model.formula import TRUE
from privity.model.nodes import Claim, DecidesTheSame, Policy, SometimesAllowed
from privity.model.resolve import resolve_policy
from privity.prove.judge import judge
from privity.prove.laboratory import Laboratory
from privity.prove.nodes import VerdictWord
from privity.prove.obligations import IncomparableError, problem
from privity.prove.replay import replay
from privity.prove.run import Options
from privity.semantics.decide import decide
from privity.semantics.scenarios import failures
from privity.symbolic.solver import Satisfiable, Unsatisfiable, solve
from privity.syntax import nodes as tree

Fate = Literal["invalid", "equivalent", "noticed", "survived"]

ENOUGH = 0.95


class BaselineError(Exception):
    """The policy itself does not resolve, or its claims and scenarios do not hold of it."""


@dataclass(frozen=True)
class Corpus:
    """A policy's modules, used ones first, those of its claims, and the policies it is compared
    with. It can be sent to other processes."""

    modules: tuple[tree.Module, ...]
    claims: tuple[tree.Module, ...]
    others: Mapping[str, Policy] = field(default_factory=dict)
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a mutant, and the first scenario and the first claim that noticed it."""

    mutant: str
    place: Span
    fate: Fate
    scenario: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Strength:
    findings: tuple[Finding, ...]

    def of(self, fate: Fate) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.fate == fate)

    @property
    def real(self) -> tuple[Finding, ...]:
        """The mutants that resolve and decide differently."""
        return (*self.of("noticed"), *self.of("survived"))

    @property
    def share(self) -> float:
        """Of the mutants that are real, how many are noticed; none if there are none."""
        return len(self.of("noticed")) / len(self.real) if self.real else 0.0


def strength(corpus: Corpus, *, jobs: int = 1, every: int = 1) -> Strength:
    """What becomes of each mutant, or of one in `every`. Raises BaselineError."""
    _baseline(corpus)
    if jobs < 2:
        return Strength(_part(corpus, every, 0))
    with ProcessPoolExecutor(jobs) as pool:
        parts = [pool.submit(_part, corpus, every * jobs, every * n) for n in range(jobs)]
        rounds = zip_longest(*(part.result() for part in parts))
    return Strength(tuple(finding for each in rounds for finding in each if finding is not None))


def _part(corpus: Corpus, every: int, first: int) -> tuple[Finding, ...]:
    """What becomes of one mutant in `every`, beginning with the number `first`."""
    original = _resolved(corpus.modules, corpus)
    assert original is not None
    chosen = islice(mutants(corpus.modules), first, None, every)
    return tuple(_fate(mutant, original, corpus) for mutant in chosen)


def _baseline(corpus: Corpus) -> None:
    """Raises BaselineError."""
    original = _resolved(corpus.modules, corpus)
    if original is None:
        raise BaselineError("the policy does not resolve")
    noticed = _failing_scenario(original) or _failing_claim(original, corpus, certain=False)
    if noticed:
        raise BaselineError(f"not as expected even without a slip: {noticed}")


# ------------------------------------------------------------------ one mutant


def _fate(mutant: Mutant, original: Policy, corpus: Corpus) -> Finding:
    policy = _resolved(mutant.modules, corpus)
    if policy is None:
        return Finding(mutant.description, mutant.place, "invalid")
    if _decides_the_same(original, policy, corpus):
        return Finding(mutant.description, mutant.place, "equivalent")
    scenario, claim = _failing_scenario(policy), _failing_claim(policy, corpus)
    fate: Fate = "noticed" if scenario or claim else "survived"
    return Finding(mutant.description, mutant.place, fate, scenario, claim)


def _resolved(modules: Sequence[tree.Module], corpus: Corpus) -> Policy | None:
    return resolve_policy(modules, corpus.claims, texts=[""] * len(modules)).policy


def _decides_the_same(left: Policy, right: Policy, corpus: Corpus) -> bool:
    """Whether that is proved, of every complete request: those outside assumptions too."""
    name = f"{right.name}.mutant"
    claim = Claim(
        name="decides_the_same",
        label=None,
        statement=DecidesTheSame(name, outcomes_only=False),
        when=TRUE,
        assuming=TRUE,
        assuming_words=None,
        expected=(),
        readings=(),
        citations=(),
        span=NOWHERE,
    )
    policy, others = replace(left, assumptions=()), {name: replace(right, name=name)}
    posed = problem(claim, policy, others)
    match solve(posed.obligation(posed.broken), corpus.options.limits):
        case Unsatisfiable():
            return True
        case Satisfiable() if not posed.shared.shifts:
            return False
        case _:  # calendar shifts have models that do not replay
            return judge(claim, policy, others, corpus.options).verdict == "proved"


def _failing_scenario(policy: Policy) -> str:
    """The first scenario that fails, or nothing."""
    failing = (s for s in policy.scenarios if any(failures(policy, s, decide)))
    return next((scenario.title for scenario in failing), "")


def _failing_claim(policy: Policy, corpus: Corpus, *, certain: bool = True) -> str:
    """The first claim that is otherwise than expected, known to be if `certain`; or nothing."""
    for claim in policy.claims:
        expected = any(refutation.policy == policy.name for refutation in claim.expected)
        found = _verdict(claim, policy, corpus)
        if found != ("refuted" if expected else "proved") and not (certain and found == "unknown"):
            return f"{claim.name}: {found}"
    return ""


def _verdict(claim: Claim, policy: Policy, corpus: Corpus) -> VerdictWord:
    """The verdict of a claim. What it would say to a reader is left out where that takes long."""
    try:
        posed = problem(claim, policy, corpus.others)
    except IncomparableError:
        return "unknown"
    if not isinstance(claim.statement, SometimesAllowed):
        result = solve(posed.obligation(posed.broken), corpus.options.limits)
        if isinstance(result, Satisfiable):
            laboratory = Laboratory(posed, corpus.options.limits)
            values = laboratory.read(result.values), laboratory.read_other(result.values)
            if replay(claim, policy, corpus.others, *values).breaks:
                return "refuted"
    return judge(claim, policy, corpus.others, corpus.options).verdict


# ------------------------------------------------------------------ in words


def report(found: Strength) -> str:
    """The figures, what noticed how much, and every mutant that nothing noticed."""
    real = found.real
    scenarios, claims = ([f.scenario for f in real], [f.claim for f in real])
    lines = [
        f"{len(found.findings)} mutants: {len(found.of('invalid'))} do not resolve, "
        f"{len(found.of('equivalent'))} decide the same, {len(real)} are left",
        f"  noticed                {_portion(len(found.of('noticed')), len(real))}",
        f"  by scenarios alone     {_portion(sum(map(bool, scenarios)), len(real))}",
        f"  by claims alone        {_portion(sum(map(bool, claims)), len(real))}",
        *_ranking("the first scenario to notice", scenarios),
        *_ranking("the first claim to notice", claims),
        "noticed by nothing",
    ]
    survivors = [f"  {f.place.file}:{f.place.line}  {f.mutant}" for f in found.of("survived")]
    return "\n".join([*lines, *(survivors or ["  none"])])


def _portion(part: int, whole: int) -> str:
    return f"{part:4} of {whole}  {100 * part / max(whole, 1):5.1f} %"


def _ranking(title: str, names: Sequence[str]) -> Iterator[str]:
    ranked = Counter(filter(None, names)).most_common()
    yield title
    yield from (f"{count:6}  {name}" for name, count in ranked)
