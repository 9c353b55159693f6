"""One decision on the company policy: the checker, Python by hand, and other engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType

from benchmarks import company, peers
from benchmarks.company import Json
from benchmarks.peers import Peer, Skipped
from benchmarks.report import Bars, Section, Table, Target, duration, ratio, time_row
from benchmarks.timing import Contestant, Times, race

EMPTY = "an empty function"
CHECK = "check, on a built Request"
BY_HAND = "Python by hand, on its own record"
MAPPING = "check_mapping, from a dictionary, checked"
MADE = "a Request made from the dictionary, then check"
CEDAR = "Cedar (cedarpy, policies parsed before)"


@dataclass(frozen=True)
class Size:
    requests: int
    rounds: int
    budget: float


@dataclass(frozen=True)
class Laps:
    """Of the first list of requests, of the one near an offer, and of those with gaps and more.

    `reshaped` is the first list as dictionaries, with what engines need done to these.
    """

    times: Sequence[Times]
    reshaped: Sequence[Times]
    near: Sequence[Times]
    others: Sequence[Times]


FULL = Size(requests=10_000, rounds=15, budget=0.4)
QUICK = Size(requests=2_000, rounds=5, budget=0.08)


def empty(request: object) -> object:
    """Of the same signature as `check`, and nothing else."""


def run(quick: bool) -> Section:
    size = QUICK if quick else FULL
    module = company.checker()
    asked = company.requests(size.requests)
    offers = company.near_offers(size.requests)
    engines, refused = _admitted(module, [*asked, *offers[: size.requests // 10]])
    ours = list(_ours(module, asked))
    theirs = [Contestant(p.name, p.decide, [p.prepare(one) for one in asked]) for p in engines]
    laps = Laps(
        times=race([*ours, *theirs], size.rounds, size.budget),
        reshaped=race(list(_reshaped(module, asked, engines)), size.rounds, size.budget),
        near=race(list(_ours(module, offers)), size.rounds, size.budget),
        others=race(list(_others(module, size)), size.rounds, size.budget),
    )
    refused += _ourselves(module, [*asked, *offers])
    return _section(size, laps, refused, [peer.name for peer in engines])


# ------------------------------------------------------------------ who takes part


def _admitted(module: ModuleType, asked: Sequence[Json]) -> tuple[list[Peer], list[Skipped]]:
    """The engines that decide as the checker does on every request, and why the others do not."""
    permitted = [module.check_mapping(one).outcome == "permit" for one in asked]
    admitted: list[Peer] = []
    refused: list[Skipped] = []
    for peer in peers.peers():
        match peer:
            case Skipped():
                refused.append(peer)
            case Peer():
                wrong = peers.disagreements(peer, asked, permitted)
                if wrong:
                    said = f"not timed: it disagrees on {len(wrong):,} of {len(asked):,} requests"
                    refused.append(Skipped(peer.name, f"{said}, first on {wrong[0]}"))
                else:
                    admitted.append(peer)
    return admitted, refused


def _ourselves(module: ModuleType, asked: Sequence[Json]) -> Iterator[Skipped]:
    wrong = list(company.disagreements(list(asked)))
    if wrong:
        yield Skipped(BY_HAND, f"disagrees on {len(wrong):,} requests: its time says nothing")
    differing = [
        one
        for one in asked
        if module.check(module.Request.from_mapping(one)) != module.check_mapping(one)
    ]
    if differing:
        yield Skipped(CHECK, f"disagrees on {len(differing):,} requests with check_mapping")


def _ours(module: ModuleType, asked: Sequence[Json]) -> Iterator[Contestant]:
    built = [module.Request.from_mapping(one) for one in asked]
    yield Contestant(EMPTY, empty, built)
    yield Contestant(CHECK, module.check, built)
    yield Contestant(BY_HAND, company.by_hand, [company.disclosure(one) for one in asked])
    yield Contestant(MAPPING, module.check_mapping, asked)
    made, check = module.Request.from_mapping, module.check
    yield Contestant(MADE, lambda one: check(made(one)), asked)


def _reshaped(
    module: ModuleType, asked: Sequence[Json], engines: Sequence[Peer]
) -> Iterator[Contestant]:
    """Everybody from the very same dictionaries: dates parsed, facts put where they belong."""
    yield Contestant(MAPPING, module.check_mapping, asked)
    for peer in engines:
        yield Contestant(peer.name, partial(_from_the_same, peer.prepare, peer.decide), asked)


def _from_the_same(
    prepare: Callable[[Json], object], decide: Callable[[object], object], request: Json
) -> object:
    return decide(prepare(request))


def _others(module: ModuleType, size: Size) -> Iterator[Contestant]:
    """What no other engine here answers: requests with gaps, and several categories at once."""
    for kind, drawn in (
        ("something missing", company.partial_requests(size.requests)),
        ("two to five categories", company.broad_requests(size.requests)),
    ):
        built = [module.Request.from_mapping(one) for one in drawn]
        yield Contestant(f"check, {kind}", module.check, built)
        yield Contestant(f"check_mapping, {kind}", module.check_mapping, drawn)


# ------------------------------------------------------------------ what is said of it


def _section(size: Size, laps: Laps, refused: Sequence[Skipped], engines: Sequence[str]) -> Section:
    rest = Table(("requests that others do not answer", "median", "p10 to p90"),
                 tuple(map(time_row, laps.others)))  # fmt: skip
    left_out = Table(("left out", "why"), tuple((one.name, one.reason) for one in refused))
    said = (
        f"{size.requests:,} different requests, {size.rounds} rounds, all in one process; a lap's "
        f"time for one request, the loop's own included. An engine for which the list takes more "
        f"than {duration(size.budget * 1e9)} is asked a part of it, each round the next one.",
    )
    return Section(
        title="One decision",
        said=said,
        tables=(
            _compared("one decision", laps.times),
            _compared("the very same dictionaries, reshaping included", laps.reshaped),
            _compared("near an offer, where dates often decide", laps.near),
            rest,
            *([left_out] if refused else []),
        ),
        plots=(Bars("single.svg", "One decision on the company policy", tuple(laps.times)),),
        targets=tuple(_targets(laps, engines)),
        figures={"laps": laps},
    )


def _compared(title: str, times: Sequence[Times]) -> Table:
    """With ratios to what stands beside: an empty call, Python by hand, `check_mapping`."""
    by_name = {one.name: one for one in times}
    sides = {"an empty call": EMPTY, "Python by hand": BY_HAND, "check_mapping": MAPPING}
    sides = {said: name for said, name in sides.items() if name in by_name}
    rows = tuple(
        (*time_row(one), *(ratio(one.over(by_name[side])) for side in sides.values()))
        for one in times
    )
    return Table((title, "median", "p10 to p90", *(f"of {side}" for side in sides)), rows)


def _targets(laps: Laps, engines: Sequence[str]) -> Iterator[Target]:
    times = {one.name: one for one in laps.times}
    check = times[CHECK]
    yield Target("`check` and an empty function", check.over(times[EMPTY]), 3)
    yield Target("`check` and Python by hand", check.over(times[BY_HAND]), 1)
    yield from _faster("each from its own shape", laps.times, engines)
    yield from _faster("from the same dictionary", laps.reshaped, engines)


def _faster(how: str, found: Sequence[Times], engines: Sequence[str]) -> Iterator[Target]:
    times = {one.name: one for one in found}
    mapping = times[MAPPING]
    fastest = min((times[name] for name in engines), key=lambda one: one.median, default=None)
    faster = fastest.over(mapping) if fastest else None
    named = f", {fastest.name}" if fastest else ""
    what = f"`check_mapping` faster than the fastest engine{named}, {how}"
    yield Target(what, faster, 2, at_least=True)
    cedar = times[CEDAR].over(mapping) if CEDAR in times else None
    yield Target(
        f"`check_mapping` faster than Cedar, parsed before, {how}", cedar, 30, at_least=True
    )
