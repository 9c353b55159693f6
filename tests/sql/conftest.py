"""A PostgreSQL server of our own, for the tests that need one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.sql.engines import Engine

PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/pgsql-*/bin")
SECONDS = 60


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; that of the newest version where there are several."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).resolve().parent
    root = Path("/")
    folders = [path for place in PLACES for path in root.glob(place.removeprefix("/"))]
    there = [folder for folder in folders if (folder / "initdb").exists()]
    return max(there, key=lambda folder: [int(n) for n in _digits(str(folder))], default=None)


def _digits(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()


def nobody() -> str | None:
    """Whom the server runs as: it refuses root. None where we are somebody else already."""
    return "nobody" if os.geteuid() == 0 else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A connection to a server on a socket in a folder of its own, gone afterwards.

    Without PostgreSQL the tests are skipped, but in continuous integration they fail.
    """
    folder = programs()
    if folder is None:
        why = "PostgreSQL is not installed: its programs initdb and postgres are missing"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        yield from _served(folder, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _served(folder: Path, home: Path) -> Iterator[Engine]:
    user = nobody()
    if user is not None:
        shutil.chown(home, user)
    start = [str(folder / "initdb"), "-D", str(home / "data"), "-U", "tester"]
    start += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    with (home / "log").open("wb") as log:
        subprocess.run(start, check=True, user=user, stdout=log, stderr=log, cwd="/")
        serve = [str(folder / "postgres"), "-D", str(home / "data"), "-k", str(home), "-F"]
        serve += ["-c", "listen_addresses="]
        server = subprocess.Popen(serve, user=user, stdout=log, stderr=log, cwd="/")
        try:
            with _connected(home, server) as connection:
                yield "postgres", connection
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(SECONDS)


def _connected(home: Path, server: subprocess.Popen[bytes]) -> psycopg.Connection:
    """A connection, once the server takes one."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            # Nothing is prepared: tables of one name come and go.
            return psycopg.connect(
                host=str(home),
                user="tester",
                dbname="postgres",
                autocommit=True,
                prepare_threshold=None,
            )
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                log = (home / "log").read_text("utf-8", "replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log}") from None
            time.sleep(0.1)
