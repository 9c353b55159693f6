"""The examples of docs/targets.md do what the page says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import regopy  # type: ignore[import-untyped]
from tests.docs.examples import ROOT, Example, examples
from tests.targets.node import compiled_to, require_node
from tests.targets.test_typescript import POLICIES, compiled

from privity.cli.main import main
from privity.emit.rego import emit_rego
from privity.emit.typescript import emit_typescript

PAGE = [example for example in examples() if example.place.startswith("docs/targets.md:")]


def _only(language: str) -> Example:
    [found] = [example for example in PAGE if example.language == language]
    return found


def test_the_typescript_prints_what_stands_below(tmp_path: Path) -> None:
    require_node()
    sources = {
        "customer_privacy.ts": emit_typescript(compiled(POLICIES[0])),
        "use.ts": "declare const console: { log(...said: unknown[]): void };\n"
        + _only("typescript").text,
    }
    out = compiled_to(tmp_path, sources)
    ran = subprocess.run(
        ["node", str(out / "use.js")], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ran.stdout == _only("text").text, ran.stderr


def test_the_rego_asks_the_package() -> None:
    interpreter = regopy.Interpreter()
    interpreter.add_module("policy.rego", emit_rego(compiled(POLICIES[0])))
    interpreter.add_module("gateway.rego", _only("rego").text)
    request = {"data": ["contact_details"], "recipient": "same_company"}
    for stated, said in ((request, True), ({"data": ["contact_details"]}, False)):
        interpreter.set_input_term(json.dumps(stated))
        found = json.loads(str(interpreter.query("found := data.company.gateway.allow")))
        assert found["bindings"] == {"found": said}
    assert '"recipient"' in str(interpreter.query("data.company.gateway.ask"))


def test_the_commands_are_commands(tmp_path: Path) -> None:
    lines = [
        line for example in PAGE if example.language == "sh" for line in example.text.splitlines()
    ]
    assert len(lines) == 4
    for line in lines:
        words = line.split(" | ")[0].split()
        assert words[:2] == ["privity", "emit"] and (ROOT / words[2]).exists()
        words = [str(ROOT / words[2]) if word == words[2] else word for word in words]
        if "--out" in words:
            words[-1] = str(tmp_path / words[-1])
            assert main(words[1:]) == 0
            assert Path(words[-1]).stat().st_size > 1_000
