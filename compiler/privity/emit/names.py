"""Identifiers and comments of generated code: nothing from a policy reaches it unescaped."""

from __future__ import annotations

import builtins
import keyword
import re
import textwrap
from collections.abc import Iterable

WIDTH = 100

BUILTIN = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))


class Names:
    """Hands out identifiers that are ASCII and differ from each other and from those `taken`."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def fresh(self, wish: str) -> str:
        """`wish`, made an identifier; numbered from 2 where it is taken."""
        base = identifier(wish)
        name, number = base, 2
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name


def identifier(wish: str) -> str:
    """`wish` with everything escaped that an ASCII identifier may not have."""
    escaped = re.sub(r"[^A-Za-z0-9_]", lambda found: f"u{ord(found[0]):x}", wish)
    return escaped if re.match(r"[A-Za-z_]", escaped) else f"n{escaped}"


def class_name(name: str) -> str:
    """`financial_product` to `FinancialProduct`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def member_name(leaf: str) -> str:
    """`affiliate.insurer` to `AFFILIATE__INSURER`; not `_X`, which enums treat specially."""
    name = identifier(leaf.replace(".", "__")).upper()
    return f"X{name}" if name.startswith("_") else name


def plain(text: str) -> str:
    """A policy's text for a comment or docstring: one line, printable, no quotes or backslashes."""
    words = "".join(c if c.isprintable() else " " for c in text).replace("\\", "/")
    return " ".join(words.replace('"', "'").split())


def comment(text: str, indent: str = "") -> list[str]:
    """Comment lines that hold `text`."""
    width = max(WIDTH - len(indent), 40)
    lines = textwrap.wrap(
        plain(text), width - 2, break_on_hyphens=False, break_long_words=True, max_lines=6
    )
    return [f"{indent}# {line}" for line in lines]
