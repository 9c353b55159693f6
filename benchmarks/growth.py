"""Decisions, modules and builds as rules grow from ten to ten thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import generator
from benchmarks.fresh import Json, asked
from benchmarks.generator import Family
from benchmarks.peers.generated import ENGINES
from benchmarks.report import Lines, Section, Table, Target, megabytes, ratio, seconds, time_row
from benchmarks.timing import Contestant, Times, race
from benchmarks.workers import loaded


@dataclass(frozen=True)
class Size:
    """`build` and `peer` are time limits in seconds, for one policy and one engine on it."""

    rules: tuple[int, ...]
    shared: tuple[int, ...]
    requests: int
    rounds: int
    build: float
    peer: float


FULL = Size((10, 100, 1_000, 10_000), (10, 100, 1_000), 1_000, 15, build=240, peer=45)
QUICK = Size((10, 100, 1_000), (10,), 200, 5, build=60, peer=4)
PEER_REQUESTS = 100
IMPORTS = 5

Theirs = Mapping[tuple[str, int], Json | str]


@dataclass(frozen=True)
class Policy:
    """A generated policy and what building it took: the reason where it was not built."""

    rules: int
    module: Path
    built: Json | str
    imported: tuple[Json, ...] = ()


def run(quick: bool) -> Section:
    size = QUICK if quick else FULL
    with TemporaryDirectory(prefix="bench-growth-") as folder:
        spread = [_policy(Path(folder), n, "spread", size) for n in size.rules]
        shared = [_policy(Path(folder), n, "shared", size) for n in size.shared]
        ours, adversarial = _decisions(spread, size), _decisions(shared, size)
        theirs = {(e, p.rules): _peer(e, p, size) for e in ENGINES for p in spread if p.imported}
    return Section(
        title="As rules grow",
        said=(SAID,),
        tables=(
            Table(HEAD, tuple(map(_built_row, spread))),
            _decision_table("one decision, scopes that spread", ours),
            Table(PEER_HEAD, tuple(_peer_rows(theirs))),
            Table(HEAD, tuple(map(_built_row, shared))),
            _decision_table("one decision, one scope for all", adversarial),
        ),
        plots=(Lines("growth.svg", "One decision as rules grow", _lines(ours, theirs)),),
        targets=tuple(_targets(spread, ours)),
        figures={
            "spread": spread,
            "shared": shared,
            "times": [*ours.values(), *adversarial.values()],
        },
    )


SAID = (
    "Policies from benchmarks/generator.py, 200 facts each. Builds, imports and other engines run "
    "in fresh interpreters with a time limit; memory is the most that such a process held. In the "
    "second pair of tables every rule has the scope of all others: nothing to find a rule by, "
    "and no target."
)
HEAD = ("rules", "compile", "emit", "validate", "module", "import", "memory, built",
        "memory, imported", "")  # fmt: skip
PEER_HEAD = ("other engines, in processes of their own", "rules", "load", "one decision")


# ------------------------------------------------------------------ builds


def _policy(folder: Path, rules: int, family: Family, size: Size) -> Policy:
    name = "rules" if family == "spread" else "shared"
    source = folder / "bench" / f"{name}_{rules}.privity"
    source.parent.mkdir(exist_ok=True)
    source.write_text(generator.policy(rules, 0, family), "utf-8")
    module = folder / f"{name}_{rules}.py"
    built = asked("build", source, module, limit=size.build)
    if not module.exists():
        return Policy(rules, module, built)
    # The first writes the bytecode; the second is what every later start of a program sees.
    tried = [asked("imported", module, limit=60) for _ in range(IMPORTS + 1)]
    return Policy(rules, module, built, tuple(one for one in tried[1:] if isinstance(one, dict)))


def _built_row(one: Policy) -> tuple[str, ...]:
    times = _import_seconds(one)
    memory = megabytes(one.imported[0]["memory"]) if one.imported else "-"
    count = f"{one.rules:,}"
    match one.built:
        case str():
            size = megabytes(one.module.stat().st_size) if one.module.exists() else "-"
            return (count, "-", "-", "-", size, seconds(times), "-", memory, one.built)
        case found:
            steps = (seconds(found[step]) for step in ("compile", "emit", "validate"))
            return (
                count,
                *steps,
                megabytes(found["bytes"]),
                seconds(times),
                megabytes(found["memory"]),
                memory,
                found["result"],
            )


def _import_seconds(one: Policy) -> float | None:
    return median(each["seconds"] for each in one.imported) if one.imported else None


# ------------------------------------------------------------------ decisions

Kind = tuple[str, int]


def _decisions(policies: Sequence[Policy], size: Size) -> dict[Kind, Times]:
    """`check` and `check_mapping` on the same requests, all sizes in turn."""
    drawn = list(generator.requests(size.requests, seed=2))
    found: dict[Kind, Contestant] = {}
    for one in policies:
        if not one.imported:
            continue
        module = loaded(one.module)
        built = [module.Request.from_mapping(each) for each in drawn]
        said = f"{one.rules:,} rules"
        found["check", one.rules] = Contestant(f"check, {said}", module.check, built)
        mapping = Contestant(f"check_mapping, {said}", module.check_mapping, drawn)
        found["check_mapping", one.rules] = mapping
    times = race([*found.values()], size.rounds, budget=0.3)
    return dict(zip(found, times, strict=True))


def _decision_table(title: str, times: Mapping[Kind, Times]) -> Table:
    rows = []
    for (kind, _), one in sorted(times.items()):
        least = times[kind, min(n for k, n in times if k == kind)]
        rows.append((*time_row(one), ratio(one.over(least))))
    return Table((title, "median", "p10 to p90", "of the fewest rules"), tuple(rows))


# ------------------------------------------------------------------ other engines


def _peer(engine: str, policy: Policy, size: Size) -> Json | str:
    return asked("engine", engine, policy.rules, policy.module, PEER_REQUESTS, limit=size.peer)


def _peer_rows(theirs: Theirs) -> Iterator[tuple[str, ...]]:
    for (engine, rules), found in theirs.items():
        match found:
            case str():
                yield engine, f"{rules:,}", "-", found
            case {"wrong": 0}:
                decision = seconds(median(found["laps"]) / 1e9)
                yield engine, f"{rules:,}", seconds(found["load"]), decision
            case _:
                said = f"not timed: wrong on {found['wrong']} of {PEER_REQUESTS}"
                yield engine, f"{rules:,}", seconds(found["load"]), said


def _lines(ours: Mapping[Kind, Times], theirs: Theirs) -> dict[str, dict[int, float]]:
    lines: dict[str, dict[int, float]] = {}
    for (kind, rules), times in ours.items():
        lines.setdefault(kind, {})[rules] = times.median / 1e9
    for (engine, rules), found in theirs.items():
        if isinstance(found, dict) and not found["wrong"]:
            lines.setdefault(engine, {})[rules] = median(found["laps"]) / 1e9
    return lines


# ------------------------------------------------------------------ targets


def _targets(spread: Sequence[Policy], ours: Mapping[Kind, Times]) -> Iterator[Target]:
    fewest, most = spread[0].rules, spread[-1].rules
    for kind in ("check", "check_mapping"):
        many, few = ours.get((kind, most)), ours.get((kind, fewest))
        grown = many.over(few) if many and few else None
        yield Target(f"`{kind}`, {most:,} rules and {fewest:,}", grown, 1.5)
    last = spread[-1]
    found = last.built if isinstance(last.built, dict) else None
    building = found["emit"] + found["validate"] if found else None
    yield Target(f"generate and validate {most:,} rules", building, 60, "s")
    yield Target(f"import {most:,} rules", _import_seconds(last), 0.3, "s")
    size = found["bytes"] / 1e6 if found else None
    yield Target(f"module of {most:,} rules", size, 5, "MB")
