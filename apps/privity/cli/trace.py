"""`privity trace`: where each clause of each source is put into force."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from privity.analyse.trace import Place, Row, Trace, trace
from privity.cli.console import Console, Style, markdown_table
from privity.cli.exits import Exit
from privity.cli.files import shown
from privity.cli.report import counted
from privity.cli.workspace import Workspace, open_with_claims
from privity.diagnostics.span import Span

NOWHERE = "nothing cites it, and it is not called informative"


def run(arguments: Namespace, console: Console) -> Exit:
    space = open_with_claims(arguments.policy, arguments.claims)
    found = trace(space.policy)
    match arguments.format:
        case "json":
            import json

            console.line(json.dumps(_document(space, found), indent=2))
        case "markdown":
            console.write(_markdown(space, found))
        case "csv":
            _csv(found, console)
        case _:
            _text(space, found, console)
    return Exit.FINDING if found.missing else Exit.OK


def _place(span: Span) -> str:
    return f"{shown(span.file)}:{span.line}"


def _name(place: Place) -> str:
    return f'"{place.name}"' if place.kind in ("party", "scenario") else place.name


# ------------------------------------------------------------------ text


def _text(space: Workspace, found: Trace, console: Console) -> None:
    names = [len(_name(place)) for row in found.rows for place in row.places]
    width = min(50, max(names, default=0))
    for row in found.rows:
        head = console.paint(f"{row.source.name} {row.clause.id}", Style.BOLD)
        console.line(f'{head}  "{row.clause.text}"')
        if row.clause.informative is not None:
            console.line(f"    informative  {row.clause.informative}")
        for place in row.places:
            console.line(f"    {place.kind:<11}  {_name(place):<{width}}  {_place(place.span)}")
        if row.missing:
            console.line("    " + console.paint(f"NOT TRACED   {NOWHERE}", Style.RED))
    console.line()
    for row in found.missing:
        word = console.paint("NOT TRACED", Style.RED)
        console.line(f"{word}  {row.source.name} {row.clause.id}, {_place(row.clause.span)}")
    for rule in found.uncited:
        word = console.paint("no citation", Style.YELLOW)
        console.line(f"{word}  {rule.effect} {rule.name}, {_place(rule.span)}")
    console.line(_summary(space, found))


def _summary(space: Workspace, found: Trace) -> str:
    rows = found.rows
    inert = sum(row.clause.informative is not None and not row.places for row in rows)
    parts = [f"{sum(bool(row.places) for row in rows)} traced", f"{inert} informative"]
    if found.missing:
        parts.append(f"{len(found.missing)} not traced")
    if found.uncited:
        parts.append(f"{counted(len(found.uncited), 'rule')} without a citation")
    return f"{space.policy.name}: {counted(len(rows), 'clause')}, {', '.join(parts)}"


# ------------------------------------------------------------------ for other programs


def _document(space: Workspace, found: Trace) -> dict[str, Any]:
    return {
        "policy": {"name": space.policy.name, "sha256": space.policy.sha256},
        "clauses": [_entry(row) for row in found.rows],
        "uncited": [
            {"rule": rule.name, "file": shown(rule.span.file), "line": rule.span.line}
            for rule in found.uncited
        ],
    }


def _entry(row: Row) -> dict[str, Any]:
    return {
        "source": row.source.name,
        "clause": row.clause.id,
        "text": row.clause.text,
        "informative": row.clause.informative,
        "places": [
            {
                "kind": place.kind,
                "name": place.name,
                "file": shown(place.span.file),
                "line": place.span.line,
            }
            for place in row.places
        ],
        "missing": row.missing,
    }


def _csv(found: Trace, console: Console) -> None:
    """A line for each place; a clause without one has a line all the same."""
    import csv
    import io

    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(["source", "clause", "text", "kind", "name", "file", "line"])
    for row in found.rows:
        about = [row.source.name, row.clause.id, row.clause.text]
        for place in row.places:
            writer.writerow([*about, place.kind, place.name, shown(place.span.file),
                             place.span.line])  # fmt: skip
        if row.clause.informative is not None:
            writer.writerow([*about, "informative", row.clause.informative, *_at(row.clause.span)])
        elif row.missing:
            writer.writerow([*about, "missing", NOWHERE, *_at(row.clause.span)])
    for rule in found.uncited:
        writer.writerow(["", "", "", "uncited", rule.name, *_at(rule.span)])
    console.write(page.getvalue())


def _at(span: Span) -> tuple[str, int]:
    return shown(span.file), span.line


def _markdown(space: Workspace, found: Trace) -> str:
    rows = [(f"{r.source.name} {r.clause.id}", r.clause.text, _where(r)) for r in found.rows]
    parts = [f"## Clauses of {space.policy.name}\n\n"]
    parts.append(markdown_table(("Clause", "Says", "Where"), rows))
    if found.uncited:
        listed = "".join(f"- `{rule.name}`, {_place(rule.span)}\n" for rule in found.uncited)
        parts.append(f"\n### Rules without a citation\n\n{listed}")
    parts.append(f"\n{_summary(space, found)}\n")
    return "".join(parts)


def _where(row: Row) -> str:
    if row.missing:
        return f"**not traced**: {NOWHERE}"
    places = [f"{place.kind} {_name(place)}" for place in row.places]
    said = [] if row.clause.informative is None else [f"informative: {row.clause.informative}"]
    return "; ".join([*said, *places])
