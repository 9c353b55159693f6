"""What took long to find out, kept for the next run, in the user's own cache folder.

An entry is JSON, so reading it runs nothing. It is believed only where nobody but the user can
have written it: the folder is the user's, the file too, neither is writable by others, and no
link is followed. A folder beside the policies would come with a copy of somebody else's
repository; this one does not. An entry that is damaged, cut short or made by another version of
Privity, Python or Z3 is as good as absent, and where nothing can be kept, nothing is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

OFF = "PRIVITY_NO_CACHE"
"""An environment variable: where it is set and not empty, nothing is read from or put into it."""
MOST_FILES = 400
LARGEST = 64 * 2**20
USED = ("z3", "oxidd", "lark")
SLOW = 0.3
"""Seconds from which on a result is worth keeping."""


def load(key: str) -> Any:
    """What was kept under `key`, None where there is nothing to be believed."""
    path = _path(key)
    if path is None or not _is_ours(path.parent):
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not _only_we_write(status, stat.S_ISREG) or status.st_size > LARGEST:
                return None
            digest, _, content = file.read().partition(b"\n")
        if digest != _sealed(key, content):
            return None
        os.utime(path)
        return json.loads(content)
    except (OSError, ValueError, RecursionError):
        return None


def save(key: str, value: object) -> None:
    """Keep `value`, whole or not at all. Never fails."""
    path = _path(key)
    if path is None:
        return
    with suppress(OSError, ValueError, TypeError, RecursionError):
        content = json.dumps(value, separators=(",", ":")).encode()
        if len(content) > LARGEST:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(path.parent):
            _put(path, _sealed(key, content) + b"\n" + content)
            _prune(path.parent)


def digest(*parts: str) -> str:
    """One name for all of `parts`, in this order."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


# ------------------------------------------------------------------ who made it


@cache
def engine() -> str:
    """Everything but the input that a result hangs on: our code, Python's version, what we use."""
    files = [*_sources(), *_used()]
    stats = (f"{path} {status.st_size} {status.st_mtime_ns}" for path, status in files)
    return digest("1", sys.version, *stats)


def _sources() -> Iterator[tuple[str, os.stat_result]]:
    import privity

    for root in sorted(privity.__path__):
        for place, folders, files in os.walk(root):
            folders[:] = sorted(set(folders) - {"__pycache__"})
            for file in sorted(files):
                path = os.path.join(place, file)
                yield path, os.stat(path)


def _used() -> Iterator[tuple[str, os.stat_result]]:
    """The packages that read, prove and confirm, with their libraries."""
    for name in USED:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            package = Path(spec.origin).parent
            libraries = (*package.glob("lib/libz3*"), *package.glob("*.so"))
            for path in (package, *sorted(libraries)):
                yield str(path), os.stat(path)


# ------------------------------------------------------------------ what a result rests on


class Seen:
    """The files read while something was found out, by the hash of their bytes.

    `steady` is false where one was read twice and had changed.
    """

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.steady = True

    def note(self, path: str, content: bytes) -> None:
        found = hashlib.sha256(content).hexdigest()
        self.steady = self.steady and self.files.setdefault(path, found) == found


_watching: list[Seen] = []


@contextmanager
def watched() -> Iterator[Seen]:
    """Notes every file that is read meanwhile."""
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def was_read(path: str, content: bytes) -> None:
    for seen in _watching:
        seen.note(path, content)


# ------------------------------------------------------------------ files


def _path(key: str) -> Path | None:
    if os.environ.get(OFF):
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        return None
    return Path(base, "privity", "results", digest(key, engine())[:40] + ".json")


def _sealed(key: str, content: bytes) -> bytes:
    """So that a file cut short, or moved to another's place, does not pass."""
    return hashlib.sha256(f"{engine()} {key}\n".encode() + content).hexdigest().encode()


def _put(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """The entries longest unused go, once there are too many."""
    files = [entry for entry in os.scandir(folder) if entry.name.endswith(".json")]
    if len(files) > MOST_FILES:
        files.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
        for entry in files[: len(files) - MOST_FILES * 3 // 4]:
            os.unlink(entry.path)


def _is_ours(folder: Path) -> bool:
    """The folder and the one above it: who owns that may put another in its place."""
    try:
        return all(_only_we_write(os.lstat(one), stat.S_ISDIR) for one in (folder, folder.parent))
    except OSError:
        return False


def _only_we_write(status: os.stat_result, kind: Any) -> bool:
    """Of the kind asked for, ours, and writable by nobody else."""
    if not kind(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows: the profile folder is the user's own
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022
