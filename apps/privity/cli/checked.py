"""What `privity check` found out about a file before, where nothing has changed since.

An entry rests on the bytes of every file that was read (the policy, what it uses, all files in
the proofs folder, the settings), on which files there are in that folder, and on which settings
files there are above. Where one of these is not as it was, there is no entry.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from privity.cli import cache
from privity.cli.files import read
from privity.diagnostics.diagnostic import Diagnostic, Label
from privity.diagnostics.span import Span

SETTINGS = "pyproject.toml"


@dataclass(frozen=True)
class Found:
    """All that was found in a file and those that it rests on; `sources` are their texts."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def recalled(path: Path) -> Found | None:
    """What was found, if all is as it was."""
    entry = cache.load(_key(path))
    try:
        if entry is None or entry["places"] != places(path, entry["folder"]):
            return None
        texts = {file: _unchanged(file, digest) for file, digest in entry["files"].items()}
        found = tuple(_diagnostic(each) for each in entry["found"])
        return Found(found, texts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(path: Path, found: Found, seen: cache.Seen, folder: str | None, before: object) -> None:
    """Keep what was found, if nothing changed meanwhile: `before` is what `places` said first.

    Errors are not kept: what a file lacks may be found anywhere, and an author mends it next.
    """
    if not seen.steady or any(each.severity == "error" for each in found.diagnostics):
        return
    if set(found.sources) - set(seen.files) or places(path, folder) != before:
        return
    kept = [_plain(each) for each in found.diagnostics]
    entry = {"places": before, "folder": folder, "files": seen.files, "found": kept}
    cache.save(_key(path), entry)


def _key(path: Path) -> str:
    return cache.digest("check", str(path))


def _unchanged(file: str, digest: str) -> str:
    """The text of a file that has the same bytes as before. Raises ValueError, OSError."""
    content = read(Path(file))
    seen = cache.Seen()
    seen.note(file, content)
    if seen.files[file] != digest:
        raise ValueError(file)
    return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")


# ------------------------------------------------------------------ where things are


def places(path: Path, folder: str | None) -> list[Any]:
    """What is there to be found: the settings above a policy, the files in its proofs folder."""
    settings = (place / SETTINGS for place in path.parents)
    return [[str(file) for file in settings if file.is_file()], sorted(_under(folder))]


def _under(folder: str | None) -> Iterator[list[str]]:
    seen: set[str] = set()
    for place, folders, files in os.walk(folder or os.devnull, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        yield [place, real, *sorted(f for f in files if f.endswith(".privity"))]


# ------------------------------------------------------------------ diagnostics as data


def _plain(value: Any) -> Any:
    """A diagnostic as JSON has it: the name of its class, then its fields."""
    if isinstance(value, Diagnostic | Label):
        return [
            type(value).__name__,
            {f.name: _plain(getattr(value, f.name)) for f in fields(value)},
        ]
    if isinstance(value, Span):
        return ["Span", list(value)]
    if isinstance(value, tuple):
        return ["tuple", [_plain(each) for each in value]]
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(type(value).__name__)


def _diagnostic(data: Any) -> Diagnostic:
    found = _value(data, {kind.__name__: kind for kind in _kinds(Diagnostic)})
    if not isinstance(found, Diagnostic):
        raise TypeError("no diagnostic")
    return found


def _value(data: Any, kinds: Mapping[str, type[Diagnostic]]) -> Any:
    match data:
        case ["Span", [str(file), int(start), int(end), int(line), int(column)]]:
            return Span(file, start, end, line, column)
        case ["tuple", list(items)]:
            return tuple(_value(each, kinds) for each in items)
        case ["Label", dict(parts)]:
            return Label(**{name: _value(each, kinds) for name, each in parts.items()})
        case [str(name), dict(parts)]:
            return kinds[name](**{key: _value(each, kinds) for key, each in parts.items()})
        case str() | int() | None:
            return data
        case _:
            raise TypeError("not what was kept")


def _kinds(root: type[Diagnostic]) -> Iterable[type[Diagnostic]]:
    """All kinds of diagnostics, once the modules that declare them are there."""
    from privity.model import errors as _of_model
    from privity.syntax import errors as _of_syntax

    del _of_model, _of_syntax
    waiting = [root]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()
