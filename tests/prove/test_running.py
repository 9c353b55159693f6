"""How claims are run: limits, processes, and the same obligations on every machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.prove.policies import AS_OF, HEAD, compiled, proved
from tests.prove.random_policies import case

from privity.prove.judge import judge
from privity.prove.nodes import Verdict
from privity.prove.run import Options, prove
from privity.symbolic.solver import GaveUp, Limits, Satisfiable, Session, Unsatisfiable, solve

ROOT = Path(__file__).parents[2]

# ------------------------------------------------------------------ limits

HARD = """fact subject.x : date
fact subject.y : date
fact subject.n : integer
fact subject.m : integer
permit p1 share data with anyone for any purpose
  when subject.x + 1 month is before subject.y
  when 3 times subject.n + 5 times subject.m is 7
claim k never share data with anyone for any purpose
  when subject.y + 1 month is before subject.x
  when 2 times subject.n is at least 7 times subject.m
"""


@pytest.mark.parametrize("resources", (1, 10, 100))
def test_too_little_room_is_unknown_and_never_proved(resources: int) -> None:
    options = Options(limits=Limits(resources=resources), as_of=AS_OF)
    found = proved(compiled(HEAD + HARD), options=options)["k"]
    assert found.verdict == "unknown" and not found.disagreement and not found.as_expected
    assert "gave up" in found.why


def test_limits_only_ever_turn_an_answer_into_unknown() -> None:
    seen = set()
    for seed in range(2):
        found = case(seed)
        table = {"p": found.policy, "q": found.other}
        for claim in found.policy.claims:
            free = judge(claim, found.policy, table, Options(as_of=AS_OF)).verdict
            for resources in (1, 300, 2000):
                options = Options(limits=Limits(resources=resources), as_of=AS_OF)
                bound = judge(claim, found.policy, table, options)
                assert bound.verdict in (free, "unknown") and not bound.disagreement
                seen.add((free, bound.verdict))
    assert {("proved", "unknown"), ("refuted", "unknown"), ("vacuous", "unknown")} <= seen


PIGEONS = "".join(f"(declare-const p{i}_{h} Bool)" for i in range(12) for h in range(11))
PIGEONS += "".join(f"(assert (or {' '.join(f'p{i}_{h}' for h in range(11))}))" for i in range(12))
PIGEONS += "".join(
    f"(assert (not (and p{i}_{h} p{j}_{h})))"
    for h in range(11)
    for i in range(12)
    for j in range(i)
)


def test_time_runs_out() -> None:
    assert isinstance(solve(PIGEONS, Limits(seconds=0.05)), GaveUp)


def test_a_session_answers_again_after_it_gave_up() -> None:
    session = Session(PIGEONS, Limits(resources=20_000))
    assert isinstance(session.check(), GaveUp)
    assert not session.impossible([])
    assert isinstance(solve("(assert true)", Limits()), Satisfiable)
    assert isinstance(solve("(assert false)", Limits()), Unsatisfiable)


# ------------------------------------------------------------------ processes


def bare(verdict: Verdict) -> Verdict:
    return replace(verdict, seconds=0.0)


def test_over_processes_as_one_after_the_other() -> None:
    found = case(3)
    table = {"p": found.policy, "q": found.other}
    one, two = (
        [bare(v) for v in prove(found.policy, table, Options(as_of=AS_OF, jobs=jobs, witness=True))]
        for jobs in (1, 2)
    )
    assert one == two
    assert [verdict.claim.name for verdict in one] == [claim.name for claim in found.policy.claims]


def test_asking_twice_is_asking_once() -> None:
    found = case(5)
    table = {"p": found.policy, "q": found.other}
    options = Options(as_of=AS_OF, witness=True)
    first = [bare(verdict) for verdict in prove(found.policy, table, options)]
    assert first == [bare(verdict) for verdict in prove(found.policy, table, options)]


# ------------------------------------------------------------------ hash seeds

TELL = """
import hashlib
from tests.prove.policies import AS_OF
from tests.prove.random_policies import case
from privity.prove.judge import judge
from privity.prove.run import Options
for seed in range(2):
    found = case(seed)
    for claim in found.policy.claims:
        table = {"p": found.policy, "q": found.other}
        v = judge(claim, found.policy, table, Options(as_of=AS_OF, witness=True))
        shown = repr((v.verdict, v.why, v.because, v.readings, v.blame)) + v.obligation
        shown += repr(sorted((v.witness or {}).items(), key=str))
        print(seed, claim.name, hashlib.sha256(shown.encode()).hexdigest(), v.obligation_sha256)
"""


def test_hash_seeds_change_nothing() -> None:
    """The bytes of each obligation, the witness and the reasons."""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    told = [
        subprocess.Popen(
            [sys.executable, "-c", TELL],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "424242")
    ]
    one, two = (process.communicate(timeout=300)[0] for process in told)
    assert one == two
    assert len(one.splitlines()) == 2 * 17


def test_the_hash_is_that_of_the_obligation() -> None:
    found = proved(compiled(HEAD + "claim k never share a with bank for service"))["k"]
    assert found.obligation.endswith("(check-sat)\n")
    assert found.obligation_sha256 == hashlib.sha256(found.obligation.encode()).hexdigest()
    assert isinstance(solve(found.obligation, Limits()), Unsatisfiable)
