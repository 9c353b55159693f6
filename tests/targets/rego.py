"""Generated Rego, run by rego-cpp, and by OPA where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import regopy  # type: ignore[import-untyped]

from privity.emit.rego import package


class RegoCpp:
    """One generated package, compiled once."""

    def __init__(self, source: str, policy: str) -> None:
        self._interpreter = regopy.Interpreter()
        self._interpreter.add_module("policy.rego", source)
        place = f"data.{package(policy)}"
        self._answer = self._interpreter.build(
            f"decisions := [found | found := {place}.decision]; errors := {place}.errors; "
            f"allowed := {place}.allow"
        )

    def ask(self, requests: Sequence[object]) -> Iterator[dict[str, Any]]:
        """For each request `decision` or `errors`, as the package has them."""
        for request in requests:
            self._interpreter.set_input_term(json.dumps(request))
            said = json.loads(str(self._interpreter.query_bundle(self._answer)))
            found = said["bindings"]
            outcomes = [decision["outcome"] for decision in found["decisions"]]
            assert found["allowed"] == (outcomes == ["permit"])
            if found["decisions"]:
                [decision] = found["decisions"]
                yield {"decision": decision}
            else:
                yield {"errors": found["errors"]}


def opa() -> str | None:
    return shutil.which("opa")


def ask_opa(folder: Path, source: str, policy: str, requests: Sequence[object]) -> list[Any]:
    """The same by OPA."""
    (folder / "policy.rego").write_text(source, "utf-8")
    query = f"data.{package(policy)}"
    found = []
    for request in requests:
        ran = subprocess.run(
            ["opa", "eval", "--format=json", "--data", "policy.rego", "--stdin-input", query],
            cwd=folder, input=json.dumps(request), capture_output=True, text=True, check=True,
        )  # fmt: skip
        value = json.loads(ran.stdout)["result"][0]["expressions"][0]["value"]
        found.append({key: value[key] for key in ("decision", "errors") if value.get(key)})
    return found
