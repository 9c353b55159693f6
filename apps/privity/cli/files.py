"""Files in and out: read with a bound, written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path, PurePath

from privity.cli.cache import was_read
from privity.cli.faults import UsageError, reason

LARGEST = 16 * 2**20
"""Bytes of a policy's file. One more is read, so that the parser sees that it is too large."""


def read(path: PurePath) -> bytes:
    """The bytes of a policy's file. Raises OSError."""
    with open(path, "rb") as file:
        content = file.read(LARGEST + 1)
    was_read(str(path), content)
    return content


def read_or_refuse(path: PurePath) -> bytes:
    """The same for a file that the user names."""
    try:
        return read(path)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def unreadable(path: PurePath | str, error: OSError | ValueError) -> UsageError:
    return UsageError(f"cannot read {shown(path)}: {reason(error)}")


def standard_input() -> bytes:
    """All of it, up to the bound."""
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("cannot read standard input: it is closed")
    try:
        return sys.stdin.buffer.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise unreadable("standard input", error) from None


def absolute(path: str) -> Path:
    """Where a file is, links and all: the root of a policy is told by its absolute path."""
    try:
        return Path(os.path.abspath(path))
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def shown(path: PurePath | str) -> str:
    """A path as a reader likes it: from here, where that is shorter."""
    full = str(path)
    if not os.path.isabs(full):
        return full
    try:
        near = os.path.relpath(full)
    except (OSError, ValueError):
        return full
    return near if len(near) < len(full) else full


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside it first, then in its place."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise UsageError(f"cannot write {shown(path)}: is a directory")
    # A name of its own, so that two commands at once do not write the same file.
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        _write(draft, target, content)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write {shown(path)}: {reason(error)}") from None
    finally:
        with suppress(OSError, ValueError):
            draft.unlink(missing_ok=True)


def _write(draft: Path, target: Path, content: bytes) -> None:
    """Keeps the permissions of the file that is replaced."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(draft, flags, 0o666), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        draft.chmod(stat.S_IMODE(target.stat().st_mode))
    os.replace(draft, target)
