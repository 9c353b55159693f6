"""The benchmarks at their smallest: who agrees, who is left out, what the report looks like."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks import company, fresh, generator, growth, peers, proving, report, single, workers
from benchmarks.company import Json
from benchmarks.peers import Peer, Skipped, generated
from benchmarks.report import Bars, Lines, Section, Table, Target
from benchmarks.timing import Contestant, Times, race

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.pipeline import compile_policy

Golden = Callable[[Path, str], None]
HERE = Path(__file__).parent
TINY = single.Size(requests=60, rounds=2, budget=0.002)

# ------------------------------------------------------------------ agreement


def test_python_by_hand_agrees_with_check() -> None:
    asked = [*company.requests(1_000, seed=7), *company.near_offers(1_000, seed=7)]
    assert not list(company.disagreements(asked))
    outcomes = {company.by_hand(company.disclosure(one)) for one in asked}
    assert len(outcomes) == 9, "each outcome that the policy has"


def test_requests_are_different_and_the_same_each_time() -> None:
    asked = company.requests(500)
    assert len({json.dumps(one) for one in asked}) == 500
    assert asked == company.requests(500)


@pytest.mark.parametrize("engine", peers.ENGINES)
def test_an_engine_agrees(engine: str) -> None:
    asked = [*company.requests(200, seed=8), *company.near_offers(100, seed=8)]
    permitted = [company.by_hand(company.disclosure(one)).permitted for one in asked]
    for peer in peers.peers([engine]):
        match peer:
            case Skipped(name=name, reason=reason):
                pytest.skip(f"{name}: {reason}")
            case Peer():
                assert not peers.disagreements(peer, asked, permitted)
                contrary = [not one for one in permitted]
                assert len(peers.disagreements(peer, asked, contrary)) == 300


@pytest.mark.parametrize("engine", generated.ENGINES)
def test_an_engine_agrees_on_a_generated_policy(engine: str) -> None:
    pytest.importorskip(engine)
    text = generator.policy(20)
    compiled = compile_policy(Path("bench/rules_20.privity"), lambda path: text.encode())
    assert compiled.policy is not None
    checker = load_checker(emit_python(compiled.policy))
    asked = list(generator.requests(120, seed=3))
    permitted = [checker.check_mapping(one).outcome == "permit" for one in asked]
    assert any(permitted)
    peer = generated.ENGINES[engine](generator.rules(20))
    assert not peers.disagreements(peer, asked, permitted)


def test_every_condition_of_the_generator_is_read() -> None:
    for rule in generator.rules(2_000):
        for one in rule.when:
            generated.condition(one)
    with pytest.raises(ValueError, match="no condition that is known"):
        generated.condition("subject.flag_0 is likely")


# ------------------------------------------------------------------ who is left out


def _permits_everything(engines: object = ()) -> Iterator[Peer | Skipped]:
    yield Peer("generous", lambda request: request, lambda request: True)
    yield Peer("broken", lambda request: request, lambda request: 1 // 0)


def test_who_disagrees_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "peers", _permits_everything)
    monkeypatch.setattr(single, "QUICK", TINY)
    said = report.markdown([single.run(quick=True)], "somewhere")
    assert "| generous | not timed: it disagrees on " in said
    assert "| broken | not timed: it disagrees on 66 of 66 requests" in said
    assert "| generous |" not in said.partition("| left out |")[0]
    assert "fastest engine, from the same dictionary | - | at least 2x | not measured |" in said


def test_a_fault_by_hand_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "NONFINANCIAL", frozenset({"retailer"}))
    assert list(company.disagreements(company.requests(300)))


def test_what_is_not_installed_is_skipped_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cedarpy", "regorus"):
        monkeypatch.setitem(sys.modules, name, None)
    found = list(peers.peers(["cedar", "regorus_engine"]))
    assert found == [Skipped(n, "it is not installed") for n in ("cedarpy", "regorus")]


def test_opa_is_skipped_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(peers.peers(["opa"])) == [
        Skipped("Rego (OPA, its server)", "`opa` is not on the path")
    ]


STAND_IN = """\
#!{python}
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def say(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.say({{}})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        known = self.path == "/v1/data/disclosure/allow"
        self.say({{"result": known and asked["recipient"]["kind"] == "same_company"}})

host, port = sys.argv[sys.argv.index("--addr") + 1].split(":")
HTTPServer((host, int(port)), Handler).serve_forever()
"""


def test_opa_is_asked_over_the_loopback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By a server that speaks as OPA's does: the way there and back, not OPA itself."""
    command = tmp_path / "opa"
    command.write_text(STAND_IN.format(python=sys.executable))
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (peer,) = peers.peers(["opa"])
    assert isinstance(peer, Peer)
    for one in company.requests(40):
        inside = one["recipient"] == "same_company"
        assert peer.decide(peer.prepare(one)) is inside


# ------------------------------------------------------------------ laps


def test_each_round_asks_everybody() -> None:
    seen: dict[str, list[int]] = {"one": [], "two": []}
    both = [Contestant(name, said.append, range(5)) for name, said in seen.items()]
    times = race(both, rounds=3, budget=10.0)
    assert [len(one.laps) for one in times] == [3, 3]
    # Two laps that warm up, then three.
    assert seen == {"one": [0, 1, 2, 3, 4] * 5, "two": [0, 1, 2, 3, 4] * 5}


def test_who_is_slow_is_asked_a_part_each_round() -> None:
    seen: list[int] = []
    race([Contestant("slow", seen.append, range(50))], rounds=60, budget=0.0)
    assert seen[40:] == [*range(50), *range(10)]


def test_figures() -> None:
    one, two = Times("one", (10.0, 30.0, 20.0)), Times("two", (5.0, 10.0, 10.0))
    assert one.median == 20.0
    assert one.spread == (12.0, 28.0)
    assert one.over(two) == 2.0
    assert Times("once", (4.0,)).spread == (4.0, 4.0)


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [
        (43, "43.0 ns"),
        (999.96, "1,000 ns"),
        (2_900, "2.90 µs"),
        (12.5e6, "12.5 ms"),
        (3e9, "3.00 s"),
    ],
)
def test_durations(nanoseconds: float, words: str) -> None:
    assert report.duration(nanoseconds) == words


# ------------------------------------------------------------------ the parts, at their smallest


def test_one_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single, "QUICK", TINY)
    section = single.run(quick=True)
    (plot,) = section.plots
    assert isinstance(plot, Bars)
    names = [one.name for one in plot.times]
    assert names[:3] == [single.EMPTY, single.CHECK, single.BY_HAND]
    assert [len(one.laps) for one in plot.times] == [2] * len(names)
    assert [target.bound for target in section.targets] == [3, 1, 2, 30, 2, 30]


def test_growth_of_ten_rules(tmp_path: Path) -> None:
    size = growth.Size((10,), (), requests=5, rounds=2, build=120, peer=60)
    policy = growth._policy(tmp_path, 10, "spread", size)
    assert isinstance(policy.built, dict), policy.built
    assert policy.built["accepted"]
    assert policy.built["bytes"] == policy.module.stat().st_size
    assert len(policy.imported) == growth.IMPORTS
    times = growth._decisions([policy], size)
    assert list(times) == [("check", 10), ("check_mapping", 10)]
    assert [target.seen is not None for target in growth._targets([policy], times)] == [True] * 5


def test_what_takes_too_long_is_ended() -> None:
    found = fresh.ran([sys.executable, "-c", "import time; time.sleep(600)"], limit=0.2)
    assert found.code is None
    assert proving._failed("sleep", found).note == "not within 0 s"


def test_what_fails_says_why() -> None:
    found = fresh.asked("engine", "nobody", limit=60)
    assert isinstance(found, str)
    assert "TypeError" in found


def test_bare_z3_reads_the_obligations(tmp_path: Path) -> None:
    text = "(declare-const x Bool)\n(assert x)\n(check-sat)\n"
    for name in ("one", "two"):
        (tmp_path / f"{name}.smt2").write_text(text)
    found = workers.z3(str(tmp_path))
    assert (found["texts"], found["unknown"]) == (2, 0)


def test_verdicts_are_counted() -> None:
    claims = [{"verdict": "refuted", "seconds": 0.5}, {"verdict": "proved", "seconds": 0.25}]
    ran = fresh.Ran(2.0, 1, json.dumps({"claims": claims}), "")
    assert proving._proved("both", ran) == proving.Row(
        "both", 2.0, "1 proved, 1 refuted; the claims alone 750 ms", 0.75
    )


# ------------------------------------------------------------------ the report


def _sections() -> list[Section]:
    times = (Times("an empty function", (40.0, 42.0, 44.0)), Times("a | b", (4e4, 5e4, 6e4)))
    rows = tuple(map(report.time_row, times))
    targets = (
        Target("kept", 2.0, 3),
        Target("broken", 29.9, 30, at_least=True),
        Target("seconds", 0.25, 0.3, "s"),
        Target("nowhere", None, 2),
    )
    table = Table(("one decision", "median", "p10 to p90"), rows)
    bars = Bars("single.svg", "One decision", times)
    lines = Lines("growth.svg", "As rules grow", {"check": {10: 1e-7, 100: 2e-7}})
    return [
        Section("One decision", ("Said before.",), (table,), (bars,), targets[:2]),
        Section("As rules grow", plots=(lines,), targets=targets[2:], figures={"times": times}),
    ]


def test_the_report(golden: Golden) -> None:
    golden(HERE / "report.md", report.markdown(_sections(), "Python 3, somewhere."))


def test_files_are_the_same_each_time(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    written = []
    for name in ("one", "two"):
        report.write(tmp_path / name, _sections(), "somewhere")
        written.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    assert sorted(written[0]) == ["growth.svg", "report.json", "report.md", "single.svg"]
    assert b"an empty function" in written[0]["single.svg"]
    figures: Json = json.loads(written[0]["report.json"])
    assert figures["As rules grow"]["figures"]["times"][0]["laps"] == [40.0, 42.0, 44.0]
