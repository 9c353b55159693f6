"""Open Policy Agent itself, where `opa` is on the path: its server, asked over the loopback."""

from __future__ import annotations

import atexit
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.peers import Json, Peer, Skipped, nested
from benchmarks.peers.rego import POLICY

NAME = "Rego (OPA, its server)"
PATIENCE = 10.0
"""Seconds that the server has to come up."""


def peers() -> Iterator[Peer | Skipped]:
    command = shutil.which("opa")
    if command is None:
        yield Skipped(NAME, "`opa` is not on the path")
        return
    connection = _served(command)
    if connection is None:
        yield Skipped(NAME, f"its server did not answer within {PATIENCE:.0f} s")
        return
    atexit.register(connection.close)
    yield Peer(NAME, nested, partial(_decide, connection))


def _decide(connection: HTTPConnection, request: Json) -> bool:
    connection.request("POST", "/v1/data/disclosure/allow", json.dumps({"input": request}))
    return json.load(connection.getresponse()).get("result") is True


def _served(command: str) -> HTTPConnection | None:
    """A connection to a server of our own, which ends with this process."""
    folder = Path(mkdtemp(prefix="bench-opa-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    policy = folder / "disclosure.rego"
    policy.write_text(POLICY, "utf-8")
    port = _free_port()
    address = f"127.0.0.1:{port}"
    server = subprocess.Popen(
        [command, "run", "--server", "--addr", address, "--log-level", "error", str(policy)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(server.kill)
    return _answering(port)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answering(port: int) -> HTTPConnection | None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
            return connection
        except OSError:
            connection.close()
            time.sleep(0.1)
    return None
