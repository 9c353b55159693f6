"""`privity fmt`: files in the one style there is."""

from __future__ import annotations

from argparse import Namespace

from privity.cli.console import Console
from privity.cli.exits import Exit, worst
from privity.cli.faults import PolicyError
from privity.cli.files import absolute, read_or_refuse, shown, standard_input, write
from privity.cli.report import counted, rendered
from privity.diagnostics.diagnostic import InternalError
from privity.syntax.format import format_module
from privity.syntax.parse import decode, parse

STANDARD_INPUT = "<stdin>"


def run(arguments: Namespace, console: Console) -> Exit:
    """Files that do not parse are left alone, and the others are put in order all the same."""
    only_look = arguments.check or arguments.diff
    results, changed = [], 0
    for file in arguments.files:
        try:
            different = _one(file, arguments, console)
        except PolicyError as error:
            text = rendered(error.diagnostics, error.sources, "text", color=console.error_color)
            console.note(text.rstrip("\n"))
            results.append(Exit.ERRORS)
            continue
        changed += different
        results.append(Exit.FINDING if different and only_look else Exit.OK)
    if arguments.files != ["-"]:
        word = "would change" if only_look else "changed"
        console.note(f"{changed} of {counted(len(arguments.files), 'file')} {word}")
    return worst(results)


def _one(file: str, arguments: Namespace, console: Console) -> bool:
    """Whether the file was not in the style."""
    path = None if file == "-" else absolute(file)
    name = shown(path) if path else STANDARD_INPUT
    before = read_or_refuse(path) if path else standard_input()
    after = formatted(before, name)
    different = before != after
    if arguments.diff and different:
        console.write(_difference(before, after, name))
    elif arguments.check and different:
        console.line(name)
    if arguments.check or arguments.diff:
        return different
    if path is None:
        console.write(after.decode("utf-8"))
    elif different:
        write(path, after)
    return different


def formatted(content: bytes, file: str) -> bytes:
    """The file's content in the style. Raises PolicyError where it does not parse."""
    decoded = decode(content, file)
    if not isinstance(decoded, str):
        raise PolicyError(decoded, {})
    parsed = parse(decoded, file)
    if parsed.module is None:
        raise PolicyError(parsed.diagnostics, {file: decoded})
    text = format_module(parsed.module)
    if parse(text, file).module != parsed.module:
        raise InternalError(f"the style would change what {file} says")
    return text.encode("utf-8")


def _difference(before: bytes, after: bytes, name: str) -> str:
    from difflib import unified_diff

    old, new = (_lines(text) for text in (before, after))
    return "".join(unified_diff(old, new, f"{name} (as it is)", f"{name} (in style)"))


def _lines(content: bytes) -> list[str]:
    lines = content.decode("utf-8", "replace").splitlines(keepends=True)
    return [line if line.endswith("\n") else line + "\n" for line in lines]
