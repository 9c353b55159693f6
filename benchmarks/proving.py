"""Proving, comparing and checking, as whole commands."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import generator
from benchmarks.company import POLICY, requests
from benchmarks.fresh import Ran, asked, privity
from benchmarks.report import Section, Table, Target, seconds

ANSWERED = (0, 1, 4)
"""Exit codes of a command that ran: proved, something refuted, something unknown."""


@dataclass(frozen=True)
class Size:
    """`limit` is a command's, in seconds; `prove` that of proving all claims, and of bare Z3."""

    rules: int
    claims: int
    limit: float
    prove: float


FULL = Size(rules=10_000, claims=100, limit=60, prove=200)
QUICK = Size(rules=1_000, claims=20, limit=20, prove=30)


@dataclass(frozen=True)
class Row:
    """One line of the table: how long something took; None, and a note, where that is unknown.

    `claims` is what the command says that the claims took, without reading the policy.
    """

    what: str
    took: float | None
    note: str = ""
    claims: float | None = None


Rows = Mapping[str, Row]


def run(quick: bool) -> Section:
    size = QUICK if quick else FULL
    with TemporaryDirectory(prefix="bench-proving-") as folder:
        out = Path(folder)
        generator.write_all(out, size.rules, size.claims)
        steps = (
            _started(out, size),
            _company(size),
            _claims(out, size),
            _compared(out, size),
            _checked(out, size),
        )
        rows = {name: row for step in steps for name, row in step}
    lines = tuple((row.what, seconds(row.took), row.note) for row in rows.values())
    return Section(
        title="Proving",
        said=(SAID,),
        tables=(Table(("what", "took", ""), lines),),
        targets=tuple(_targets(size, rows)),
        figures={"rows": rows},
    )


SAID = (
    "Whole commands, the interpreter's start included, claims one after another. Bare Z3 reads "
    "and checks the very texts that `privity prove --obligations` wrote, all in one process, and "
    "is asked nothing else: no replay, no reasons, no second procedure."
)


# ------------------------------------------------------------------ start-up


def _started(out: Path, size: Size) -> Iterator[tuple[str, Row]]:
    """The least of five runs: what is slow about starting is what is always slow."""
    asked = out / "request.json"
    asked.write_text(json.dumps(requests(1)[0]), "utf-8")
    for name, line in (("help", ["--help"]), ("decide", ["decide", POLICY, "--request", asked])):
        runs = [privity(*line, limit=size.limit) for _ in range(5)]
        least = min(runs, key=lambda ran: ran.seconds)
        said = f"privity {line[0]}"
        yield name, Row(said, least.seconds) if least.code in ANSWERED else _failed(said, least)


# ------------------------------------------------------------------ claims


def _company(size: Size) -> Iterator[tuple[str, Row]]:
    ran = privity("prove", POLICY, "--format", "json", limit=size.limit)
    yield "company", _proved("the company policy, all claims", ran)
    took = _claim_seconds(ran)
    if took:
        yield "claim", Row("a claim of it, median", median(took), f"slowest {seconds(max(took))}")


def _claims(out: Path, size: Size) -> Iterator[tuple[str, Row]]:
    """Many claims about many rules, against bare Z3; then again, and after an edit."""
    named = f"{size.rules:,} rules, {size.claims} claims"
    source = out / "plain" / "policies" / "bench" / f"rules_{size.rules}.privity"
    claims = out / "plain" / "proofs" / "claims.privity"
    texts, cache = out / "obligations", out / "cache"
    prove = ("prove", source, "--claims", claims, "--jobs", 1, "--format", "json")
    first = privity(*prove, "--obligations", texts, limit=size.prove)
    yield "prove", _proved(f"{named}: prove", first)
    yield "z3", _bare(f"{named}: bare Z3 on the same texts", asked("z3", texts, limit=size.prove))
    filled = privity(*prove, limit=size.prove, cache=cache)
    yield "filled", _proved("the same, filling the cache", filled)
    if filled.code is None:
        return
    yield (
        "again",
        _proved("the same, nothing changed", privity(*prove, limit=size.limit, cache=cache)),
    )
    shutil.copyfile(out / "edited" / "policies" / "bench" / source.name, source)
    yield (
        "edit",
        _proved("the same, one rule edited", privity(*prove, limit=size.limit, cache=cache)),
    )


def _bare(what: str, found: dict[str, float] | str) -> Row:
    match found:
        case str():
            return Row(what, None, found)
        case {"seconds": took, "texts": texts, "unknown": unknown}:
            return Row(what, took, f"{texts} texts, {unknown} unknown")
        case _:
            raise AssertionError(found)


def _proved(what: str, ran: Ran) -> Row:
    if ran.code not in ANSWERED:
        return _failed(what, ran)
    verdicts = Counter(claim["verdict"] for claim in json.loads(ran.out)["claims"])
    said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    alone = sum(_claim_seconds(ran))
    return Row(what, ran.seconds, f"{said}; the claims alone {seconds(alone)}", alone)


def _failed(what: str, ran: Ran) -> Row:
    if ran.code is None:
        return Row(what, None, f"not within {ran.seconds:.0f} s")
    last = ran.err.strip().rpartition("\n")[2]
    return Row(what, None, f"exit {ran.code}: {last[:120]}")


def _claim_seconds(ran: Ran) -> list[float]:
    if ran.code not in ANSWERED:
        return []
    return [claim["seconds"] for claim in json.loads(ran.out)["claims"]]


# ------------------------------------------------------------------ two policies


def _compared(out: Path, size: Size) -> Iterator[tuple[str, Row]]:
    left = out / "pair" / "policies" / "bench" / f"left_{size.rules}.privity"
    claims = out / "pair" / "proofs" / "claims.privity"
    for claim, said in (("equals", "decides the same as"), ("refines", "is at least as strict as")):
        chosen = ("--claims", claims, "--claim", claim, "--format", "json")
        ran = privity("prove", left, *chosen, limit=size.limit)
        yield claim, _proved(f"two policies of {size.rules:,} rules: {said}", ran)


# ------------------------------------------------------------------ checking


def _checked(out: Path, size: Size) -> Iterator[tuple[str, Row]]:
    """Parse and check, cold and again; what parses the language is made beforehand."""
    cache = out / "check"
    privity("check", POLICY, limit=size.limit, cache=cache)
    source = out / "shared" / "policies" / "bench" / f"shared_{size.rules}.privity"
    for name, said in (("cold", "parse and check"), ("warm", "the same, unchanged")):
        ran = privity("check", source, limit=size.limit, cache=cache)
        what = f"{said}, {size.rules:,} rules"
        yield name, Row(what, ran.seconds) if ran.code in ANSWERED else _failed(what, ran)


# ------------------------------------------------------------------ targets


def _targets(size: Size, rows: Rows) -> Iterator[Target]:
    """Reading a policy has targets of its own; where it says *alone*, it is not counted."""
    took = {name: row.took for name, row in rows.items()}
    median_claim = took.get("claim")
    milliseconds = None if median_claim is None else median_claim * 1000
    yield Target("`privity --help`, from start to end", took["help"], 0.15, "s")
    yield Target("`privity decide`, one request, from start to end", took["decide"], 0.3, "s")
    yield Target("a claim on the company policy, median", milliseconds, 5, "ms")
    yield Target("all claims on it, the whole command", took["company"], 1, "s")
    prove, bare = rows["prove"].claims, took["z3"]
    many = f"{size.rules:,} rules"
    over = prove / bare if prove is not None and bare else None
    yield Target(f"{many}, {size.claims} claims alone, and bare Z3", over, 1.5)
    yield Target("after an edit of one rule, with the cache", took.get("edit"), 1, "s")
    for claim, said in (("equals", "decides the same as"), ("refines", "is at least as strict as")):
        yield Target(f"two policies of {many}: {said}, alone", rows[claim].claims, 2, "s")
    yield Target(f"parse and check {many}", took["cold"], 4, "s")
    yield Target("the same, unchanged", took["warm"], 0.2, "s")
