"""`privity prove`: every claim about policies, proved or shown to fail."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from privity.cli import verdicts
from privity.cli.annotations import annotation
from privity.cli.console import Console, Style, markdown_table, table
from privity.cli.counterexample import WIDTH, example, hanging, headline, told
from privity.cli.exits import Exit
from privity.cli.faults import UsageError, reason
from privity.cli.files import absolute, shown, write
from privity.cli.junit import Case, document
from privity.cli.proving import Proof, exit_of, proofs
from privity.prove.nodes import Verdict

HEAD = ("CLAIM", "VERDICT", "REASON", "TIME")

ROOMY = 100
"""Columns from which on a table has room for the times; no text is wider."""


def run(arguments: Namespace, console: Console) -> Exit:
    recall = arguments.obligations is None and not arguments.no_cache
    found = proofs(arguments.policies, arguments, recall=recall)
    if arguments.obligations is not None:
        _write_obligations(found, absolute(arguments.obligations))
    match arguments.format:
        case "json":
            for proof in found:
                console.line(verdicts.report(proof))
        case "github":
            _github(found, console)
        case "junit":
            console.write(document(case for proof in found for case in _cases(proof)))
        case "markdown":
            console.write("\n".join(_markdown(proof) for proof in found))
        case _:
            for proof in found:
                _text(proof, console)
    return exit_of(verdict for proof in found for verdict in proof.verdicts)


def _write_obligations(found: list[Proof], folder: Path) -> None:
    """What the solver was asked, one file a claim."""
    for proof in found:
        place = folder / proof.space.policy.name
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot write {shown(place)}: {reason(error)}") from None
        for verdict in proof.verdicts:
            if verdict.obligation:
                write(place / f"{verdict.claim.name}.smt2", verdict.obligation.encode())


# ------------------------------------------------------------------ text


def _text(proof: Proof, console: Console) -> None:
    for verdict in proof.verdicts:
        if verdict.verdict != "proved" or not verdict.as_expected:
            console.write("\n".join(_block(proof, verdict, console)) + "\n\n\n")
        elif verdict.witness is not None:
            console.write("\n".join(_witness(proof, verdict, console)) + "\n\n\n")
    console.write(_table(proof, console))
    console.line()
    console.line(verdicts.summary(proof))
    for said in verdicts.said_of_all(proof):
        console.write("\n".join(hanging("", said, 2, _width(console))) + "\n")
    console.line()


def _block(proof: Proof, verdict: Verdict, console: Console) -> Iterator[str]:
    """A claim that does not simply hold, in full."""
    promise, places = headline(proof.space, verdict)
    word = verdicts.word(verdict)
    shouted = word.partition(", as expected")[0].upper()
    yield from _titled(shouted, _style(word), promise, console)
    if verdict.verdict == "refuted" and verdict.expected is not None:
        yield from hanging("  ", f"refuted, as expected: {verdict.expected}", 4, _width(console))
    yield from (f"  {place}" for place in places)
    yield ""
    story = _story(proof, verdict, _width(console) - (ROOMY - WIDTH))
    yield from (f"  {line}".rstrip() for line in story)


def _titled(word: str, style: Style, promise: str, console: Console) -> Iterator[str]:
    first, *more = hanging(f"{word}  ", promise, width=_width(console))
    yield console.paint(word, style) + first.removeprefix(word)
    yield from more


def _width(console: Console) -> int:
    return min(console.width, ROOMY)


def _story(proof: Proof, verdict: Verdict, width: int = WIDTH) -> list[str]:
    """What is to be said below the headline."""
    if verdict.verdict == "refuted":
        return told(proof.space.policy, verdict, width)
    said = hanging("", f"Reason: {verdict.why}.", 2, width)
    if verdict.disagreement and verdict.witness is not None:
        said.append(f"Request: {verdicts.request(proof.space.policy, verdict.witness)}")
    if verdict.verdict == "proved":
        said += hanging("", f"It was expected to fail: {verdict.expected}.", 2, width)
    return said


def _witness(proof: Proof, verdict: Verdict, console: Console) -> Iterator[str]:
    promise, _ = headline(proof.space, verdict)
    yield from _titled("PROVED", Style.GREEN, promise, console)
    yield "  For example:"
    width = _width(console) - (ROOMY - WIDTH)
    yield from (f"  {line}" for line in example(proof.space.policy, verdict, width))


def _table(proof: Proof, console: Console) -> str:
    rows = [
        (v.claim.name, verdicts.word(v), verdicts.why(v), verdicts.taken(v)) for v in proof.verdicts
    ]

    def paint(cell: str) -> str:
        return console.paint(cell, _style(cell)) if cell in verdicts.WORDS else cell

    if console.width < ROOMY:
        return table(HEAD[:3], [row[:3] for row in rows], console.width, wrap=2, paint=paint)
    return table(HEAD, rows, console.width, wrap=2, paint=paint)


def _style(word: str) -> Style:
    """Green is for what is proved, and for nothing else."""
    if word == "proved":
        return Style.GREEN
    if word == "refuted, as expected":
        return Style.BLUE
    return Style.YELLOW if word in ("unknown", "vacuous") else Style.RED


# ------------------------------------------------------------------ elsewhere


def _github(found: list[Proof], console: Console) -> None:
    """An annotation for each claim that does not hold, beside the claim."""
    for proof in found:
        for verdict in proof.verdicts:
            if not verdict.as_expected:
                severe = verdict.verdict != "unknown" or verdict.disagreement
                title = f"{verdicts.word(verdict)}: {verdict.claim.name}"
                message = "\n".join([verdict.claim.label or "", *_story(proof, verdict)]).strip()
                console.line(annotation("error" if severe else "warning", verdict.claim.span,
                                        title, message))  # fmt: skip
        console.note(verdicts.summary(proof))


def _cases(proof: Proof) -> Iterator[Case]:
    for verdict in proof.verdicts:
        unknown = verdict.verdict == "unknown"
        fails = not verdict.as_expected
        yield Case(
            suite=proof.space.policy.name,
            name=verdict.claim.name,
            file=shown(verdict.claim.span.file),
            line=verdict.claim.span.line,
            seconds=verdict.seconds,
            kind=("error" if unknown else "failure") if fails else None,
            message=f"{verdicts.word(verdict)}: {verdict.why}",
            text="\n".join(_story(proof, verdict)) if fails else _under(verdict),
        )


def _under(verdict: Verdict) -> str:
    """What a claim was proved under, where the claim itself assumes it."""
    words = verdict.claim.assuming_words
    return f"proved assuming {words}" if words and verdict.verdict == "proved" else ""


def _markdown(proof: Proof) -> str:
    policy = proof.space.policy
    rows = [
        (f"`{v.claim.name}` {v.claim.label or ''}".strip(), _bold(v), verdicts.why(v))
        for v in proof.verdicts
    ]
    parts = [f"## {policy.title or policy.name}\n\n{verdicts.summary(proof)}\n\n"]
    said = verdicts.said_of_all(proof)
    parts += [f"{each}\n\n" for each in said]
    parts.append(markdown_table(("Claim", "Verdict", "Reason"), rows))
    for verdict in proof.verdicts:
        if verdict.verdict != "proved" or not verdict.as_expected:
            promise, _ = headline(proof.space, verdict)
            story = "\n".join(_story(proof, verdict)).replace("```", "'''")
            title = f"{verdicts.word(verdict)}: {promise}"
            parts.append(f"\n### {' '.join(title.split())}\n\n```text\n{story}\n```\n")
    return "".join(parts)


def _bold(verdict: Verdict) -> str:
    word = verdicts.word(verdict)
    return word if verdict.as_expected else f"**{word}**"
