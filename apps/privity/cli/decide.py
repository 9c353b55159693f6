"""`privity decide`: one request, or one a line.

Each line of a batch is answered on a line of its own, in order, for that request alone. A line
that is no request gets an object with `line` and `error` and no outcome, and the next is read.
"""

from __future__ import annotations

import gc
import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, TypeVar

from privity.cli.checker import Checker, checker_of
from privity.cli.console import Console
from privity.cli.exits import Exit, worst
from privity.cli.faults import UsageError
from privity.cli.files import absolute, shown, unreadable
from privity.cli.report import counted
from privity.cli.workspace import open_policy

MOST_BYTES = 2_000_000
"""Of one request; the checker takes a million characters."""

T = TypeVar("T")

OUTCOMES = {"permit": Exit.OK, "deny": Exit.FINDING, "unknown": Exit.UNKNOWN}


def run(arguments: Namespace, console: Console) -> Exit:
    checker = checker_of(open_policy(arguments.policy).policy)
    if arguments.requests is None:
        return _one(checker, arguments.request, console)
    with _source(arguments.requests) as source:
        return _batch(checker, source, console)


def _one(checker: Checker, file: str, console: Console) -> Exit:
    decision = asked(checker, file, checker.check_mapping)
    console.line(json.dumps(decision.as_dict()))
    return OUTCOMES[decision.outcome]


def asked(checker: Checker, file: str, ask: Callable[[Mapping[str, object]], T]) -> T:
    """What `ask` says of the request in a file. Raises UsageError where it is no request."""
    with _source(file) as source:
        content = source.read(MOST_BYTES)
    try:
        return ask(checker.parse_request(content))
    except checker.RequestError as error:
        called = "standard input" if file == "-" else shown(file)
        raise UsageError(f"not a request, in {called}: {error}") from None


# ------------------------------------------------------------------ batches


def _batch(checker: Checker, source: BinaryIO, console: Console) -> Exit:
    """A finding wins over what is unknown, and that over lines that are no requests."""
    # What is loaded stays: no need to look through it for garbage a thousand times a second.
    gc.freeze()
    found: set[Exit] = set()
    number = bad = 0
    # Whoever feeds us line by line may wait for each answer.
    prompt = source is getattr(sys.stdin, "buffer", None)
    for number, line in enumerate(_bounded(source), 1):
        code, answer = _answer(checker, line, number)
        bad += code is Exit.USAGE
        found.add(code)
        console.write(answer + "\n")
        if prompt:
            console.flush()
    if number == 0:
        raise UsageError("there are no requests to decide")
    if bad:
        console.note(f"not a request: {bad} of {counted(number, 'line')}")
    return worst(found)


def _answer(checker: Checker, line: bytes, number: int) -> tuple[Exit, str]:
    try:
        decision = checker.check_mapping(checker.parse_request(line))
    except checker.RequestError as error:
        said = {
            "code": getattr(error, "code", "bad-request"),
            "path": getattr(error, "path", ""),
            "message": str(error),
        }
        return Exit.USAGE, json.dumps({"line": number, "error": said})
    return OUTCOMES[decision.outcome], json.dumps(decision.as_dict())


def _bounded(source: BinaryIO) -> Iterator[bytes]:
    """The lines, each no longer than can be a request, what is beyond that skipped."""
    while line := source.readline(MOST_BYTES):
        yield line.rstrip(b"\r\n")
        while len(line) == MOST_BYTES and not line.endswith(b"\n"):
            line = source.readline(MOST_BYTES)


# ------------------------------------------------------------------ sources


@contextmanager
def _source(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise UsageError("cannot read standard input: it is closed")
        yield sys.stdin.buffer
        return
    try:
        source = open(absolute(file), "rb")  # noqa: SIM115 (closed below)
    except (OSError, ValueError) as error:
        raise unreadable(file, error) from None
    with source:
        yield source
