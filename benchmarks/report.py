"""What was measured, as Markdown, JSON and plots."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.timing import Times


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bars:
    """A plot of one bar a name, logarithmic: its median, and a whisker from p10 to p90."""

    file: str
    title: str
    times: tuple[Times, ...]


@dataclass(frozen=True)
class Lines:
    """A plot of seconds over the number of rules, both logarithmic; one line a name."""

    file: str
    title: str
    lines: Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class Target:
    """A promise and what this run saw of it; `seen` is None where nothing was measured."""

    what: str
    seen: float | None
    bound: float
    unit: str = "x"
    at_least: bool = False

    @property
    def met(self) -> str:
        if self.seen is None:
            return "not measured"
        kept = self.seen >= self.bound if self.at_least else self.seen <= self.bound
        return "yes" if kept else "**no**"


@dataclass(frozen=True)
class Section:
    title: str
    said: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    plots: tuple[Bars | Lines, ...] = ()
    targets: tuple[Target, ...] = ()
    figures: Mapping[str, object] = field(default_factory=dict)
    """The same for programs, whatever the section thinks worth keeping."""


# ------------------------------------------------------------------ figures in words


def duration(nanoseconds: float) -> str:
    for unit, worth in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= worth:
            return f"{_three(nanoseconds / worth)} {unit}"
    return f"{_three(nanoseconds)} ns"


def seconds(value: float | None) -> str:
    return "-" if value is None else duration(value * 1e9)


def ratio(value: float) -> str:
    return f"{_three(value)}x"


def megabytes(value: float) -> str:
    return f"{_three(value / 1e6)} MB"


def _three(value: float) -> str:
    """Three digits that count, and no more behind the point than these."""
    if value >= 99.95:
        return f"{value:,.0f}"
    if value >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.0995 or value == 0 else f"{value:.2g}"


def time_row(times: Times) -> tuple[str, str, str]:
    low, high = times.spread
    return times.name, duration(times.median), f"{duration(low)} to {duration(high)}"


# ------------------------------------------------------------------ Markdown


def markdown(sections: Sequence[Section], where: str) -> str:
    """The whole report; `where` says what it was measured on."""
    parts = ["# Benchmarks", where]
    parts += (text for section in sections for text in _section(section))
    targets = [target for section in sections for target in section.targets]
    if targets:
        parts += ("## Targets", _table(_targets(targets)))
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield from section.said
    for table in section.tables:
        yield _table(table)
    for plot in section.plots:
        yield f"![{plot.title}]({plot.file})"


def _table(table: Table) -> str:
    ruler = ["---"] + ["--:"] * (len(table.head) - 1)
    return "\n".join(map(_row, (table.head, ruler, *table.rows)))


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _targets(targets: Sequence[Target]) -> Table:
    rows = (
        (
            target.what,
            "-" if target.seen is None else f"{_three(target.seen)}{_spaced(target.unit)}",
            f"{'at least' if target.at_least else 'at most'} "
            f"{target.bound:g}{_spaced(target.unit)}",
            target.met,
        )
        for target in targets
    )
    return Table(("what", "seen", "target", "met"), tuple(rows))


def _spaced(unit: str) -> str:
    return unit if unit == "x" else f" {unit}"


# ------------------------------------------------------------------ files


def write(out: Path, sections: Sequence[Section], where: str) -> None:
    """report.md, report.json and a plot each, the same bytes for the same figures."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.md").write_text(markdown(sections, where), "utf-8")
    kept = {section.title: _kept(section) for section in sections}
    (out / "report.json").write_text(json.dumps(kept, indent=1, default=str) + "\n", "utf-8")
    for section in sections:
        for plot in section.plots:
            draw(out / plot.file, plot)


def _kept(section: Section) -> dict[str, Any]:
    """For programs: the targets, and the figures as they were measured."""
    found = asdict(section)
    return {"targets": found["targets"], "figures": found["figures"]}


def draw(path: Path, plot: Bars | Lines) -> None:
    """Nothing where matplotlib is not installed."""
    try:
        matplotlib: Any = import_module("matplotlib")
    except ModuleNotFoundError:
        return
    matplotlib.use("svg")
    # Without a salt the marks' ids, and without this the date, would differ from run to run.
    style = {"svg.hashsalt": path.name, "svg.fonttype": "none", "font.family": "sans-serif"}
    with matplotlib.rc_context(style):
        figure = _bars(plot) if isinstance(plot, Bars) else _lines(plot)
        figure.savefig(path, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
        import_module("matplotlib.pyplot").close(figure)


def _bars(plot: Bars) -> Any:
    pyplot: Any = import_module("matplotlib.pyplot")
    height = 0.34 * len(plot.times) + 1.2
    figure, axes = pyplot.subplots(figsize=(8.5, height))
    times = plot.times[::-1]
    medians = [one.median for one in times]
    whiskers = [
        [max(0.0, one.median - one.spread[0]) for one in times],
        [max(0.0, one.spread[1] - one.median) for one in times],
    ]
    # On a logarithmic axis a bar has no natural foot: here, half of the shortest.
    foot = min(medians) / 2
    lengths = [one - foot for one in medians]
    names = [one.name for one in times]
    axes.barh(names, lengths, left=foot, xerr=whiskers, color="#9db4d6", capsize=2)
    for place, one in enumerate(times):
        axes.text(one.spread[1] * 1.15, place, duration(one.median), va="center", fontsize=8)
    axes.set_xscale("log")
    axes.set_xlim(foot, max(one.spread[1] for one in times) * 5)
    axes.set_xlabel("nanoseconds a decision")
    return _titled(figure, axes, plot.title)


def _lines(plot: Lines) -> Any:
    pyplot: Any = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(8.5, 4.5))
    for name, points in plot.lines.items():
        axes.plot([*points], [*points.values()], marker="o", label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("rules")
    axes.set_ylabel("seconds")
    axes.legend(fontsize=8)
    axes.grid(alpha=0.3)
    return _titled(figure, axes, plot.title)


def _titled(figure: Any, axes: Any, title: str) -> Any:
    axes.set_title(title, fontsize=11)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure
