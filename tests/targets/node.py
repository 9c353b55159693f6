"""Generated TypeScript, run by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
COMPILER = HERE / "node_modules" / "typescript" / "bin" / "tsc"

STRICT = {
    "strict": True, "noEmit": True, "module": "es2022", "moduleResolution": "bundler",
    "target": "es2022", "lib": ["es2022"], "types": [], "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True, "noImplicitReturns": True, "noUnusedLocals": True,
    "noFallthroughCasesInSwitch": True, "noUnusedParameters": True, "noImplicitOverride": True,
    "noPropertyAccessFromIndexSignature": True, "erasableSyntaxOnly": True,
}  # fmt: skip


def require_node() -> None:
    """Skip, by name, where Node or what it runs is not installed."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not COMPILER.exists():
        pytest.skip("typescript is not installed: make test installs it")


class Node:
    """A process that decides requests by generated modules."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "run.mjs")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def ask(self, source: str, texts: Sequence[str], how: str = "json") -> list[dict[str, Any]]:
        """For each request, a JSON text, `decision` or `error` or `defect`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        question = {"source": source, "how": how, "requests": list(texts)}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answers = json.loads(self._process.stdout.readline())
        assert isinstance(answers, list), answers
        return answers

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def running() -> Iterator[Node]:
    """The process, for a fixture."""
    require_node()
    node = Node()
    yield node
    node.close()


def type_errors(folder: Path, sources: dict[str, str], **options: object) -> str:
    """What the TypeScript compiler says of modules, at its strictest; empty if nothing."""
    for name, source in sources.items():
        (folder / name).write_text(source, "utf-8")
    settings = {"compilerOptions": {**STRICT, **options}, "files": sorted(sources)}
    (folder / "tsconfig.json").write_text(json.dumps(settings), "utf-8")
    ran = subprocess.run(
        ["node", str(COMPILER), "-p", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    return ran.stdout + ran.stderr


def compiled_to(folder: Path, sources: dict[str, str]) -> Path:
    """The folder with the JavaScript of modules that the compiler has nothing against."""
    out = folder / "out"
    found = type_errors(
        folder, sources, noEmit=False, outDir=str(out), rewriteRelativeImportExtensions=True
    )
    assert found == ""
    (out / "package.json").write_text('{"type": "module"}', "utf-8")
    return out
