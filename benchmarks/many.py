"""Many decisions at once: `benchmarks.columns`, as a part of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.report import Section, Table, Target, megabytes, ratio, time_row
from benchmarks.timing import Times

FULL, QUICK = (10_000_000, 7), (300_000, 3)
"""Rows, and rounds."""
OURS = "check_many"
WITH_MORE = ("rules", "missing")
"""What no expression by hand answers."""


def run(quick: bool) -> Section:
    rows, rounds = QUICK if quick else FULL
    try:
        from benchmarks import columns
    except ModuleNotFoundError as error:
        return Section("Many decisions", (f"Left out: `{error.name}` is not installed.",))
    found = columns.run(rows, rounds)
    times = [Times(name, tuple(1e9 * one for one in laps)) for name, laps in found]
    fastest = _fastest(one for one in times if not one.name.startswith(OURS))
    peaks = {} if quick else {one.name: columns.peak(one.name, rows) for one in times}
    lines = tuple(
        (
            *time_row(one),
            f"{rows / median(one.laps) * 1e3:,.0f} M/s",
            ratio(fastest.over(one)),
            megabytes(peaks[one.name]) if one.name in peaks else "-",
        )
        for one in times
    )
    return Section(
        title="Many decisions",
        said=(
            f"{rows:,} rows in columns, {rounds} rounds, outcomes only unless said otherwise; "
            "every answer was compared with that of `check_many` on every row before it was timed.",
        ),
        tables=(Table((*HEAD,), lines),),
        targets=tuple(_targets(times, fastest)),
        figures={"times": times, "peaks": peaks},
    )


HEAD = (
    "all rows",
    "median",
    "p10 to p90",
    "rows",
    "as fast as the fastest by hand",
    "memory beside the columns",
)


def _fastest(times: Iterator[Times]) -> Times:
    return min(times, key=lambda one: one.median)


def _targets(times: Sequence[Times], fastest: Times) -> Iterator[Target]:
    plain = (
        one
        for one in times
        if one.name.startswith(OURS) and not any(word in one.name for word in WITH_MORE)
    )
    ours = _fastest(plain)
    what = f"{ours.name}, as fast as {fastest.name} by hand"
    yield Target(what, fastest.over(ours), 0.95, at_least=True)
