"""`privity explain`: a diagnostic by its code, or the decision on a request in words."""

from __future__ import annotations

import json
from argparse import Namespace

from privity.cli.checker import Checker, Explained, checker_of
from privity.cli.console import Console, Style
from privity.cli.decide import OUTCOMES, asked
from privity.cli.exits import Exit
from privity.cli.faults import UsageError
from privity.cli.workspace import open_policy
from privity.diagnostics.catalogue import by_code
from privity.diagnostics.suggest import did_you_mean


def run(arguments: Namespace, console: Console) -> Exit:
    if arguments.request is not None:
        return _decision(arguments, console)
    if arguments.what is None:
        return _all(console)
    return _diagnostic(arguments.what, console)


def _all(console: Console) -> Exit:
    for code, kind in by_code().items():
        console.line(f"{console.paint(code, Style.BOLD)}: {kind.title}")
    return Exit.OK


def _diagnostic(code: str, console: Console) -> Exit:
    kind = by_code().get(code)
    if kind is None:
        if code.endswith(".privity"):
            raise UsageError("which decision? name the request with --request FILE")
        hint = did_you_mean(code, by_code()) or "`privity explain` lists all codes"
        raise UsageError(f"no diagnostic has the code `{code[:60]}`; {hint}")
    console.line(console.paint(f"{kind.severity}[{code}]: {kind.title}", Style.BOLD))
    console.line()
    console.line(kind.explanation.strip())
    return Exit.OK


# ------------------------------------------------------------------ decisions


def _decision(arguments: Namespace, console: Console) -> Exit:
    if arguments.what is None:
        raise UsageError("whose decision? name a policy before --request")
    checker = checker_of(open_policy(arguments.what).policy)
    explained = asked(checker, arguments.request, checker.explain_mapping)
    if arguments.format == "json":
        console.line(json.dumps(_answer(checker, explained)))
    else:
        console.line(str(explained))
    return OUTCOMES[explained.decision.outcome]


def _answer(checker: Checker, explained: Explained) -> dict[str, object]:
    """The decision as `decide` gives it, and `nearest`: what would permit it, or null."""
    nearest = explained.nearest
    changes = None if nearest is None else [_change(checker, *change) for change in nearest]
    return {**explained.decision.as_dict(), "nearest": changes}


def _change(checker: Checker, fact: str, old: object, new: object) -> dict[str, object]:
    """A fact that was missing has no `from`."""
    before = {} if old is checker.MISSING else {"from": old}
    return {"fact": fact, **before, "to": new}
