"""The fenced examples of the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^( *)```([a-z-]+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A fenced block: where it starts, its language and its text."""

    place: str
    language: str
    text: str


@cache
def pages() -> tuple[Path, ...]:
    readme = [path for path in (ROOT / "README.md",) if path.exists()]
    return (*readme, *sorted(ROOT.joinpath("docs").rglob("*.md")))


@cache
def examples() -> tuple[Example, ...]:
    return tuple(example for page in pages() for example in _in(page))


def _in(page: Path) -> Iterator[Example]:
    text = page.read_text("utf-8")
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        indent = len(match[1])
        body = "".join(each[indent:] for each in match[3].splitlines(keepends=True))
        yield Example(f"{page.relative_to(ROOT)}:{line}", match[2], body)
