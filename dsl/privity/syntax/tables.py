"""The parser's tables: computed by Lark from `grammar.lark`, kept in a per-user cache.

The one module of this room that reads and writes files. What is cached is plain data (JSON), so
reading it runs nothing; a cache that is broken, or that somebody else could have written, is
ignored and rebuilt. Where nothing can be written there is no cache, only a slower start.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import stat
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from privity.diagnostics.diagnostic import InternalError

if TYPE_CHECKING:
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

# Terminals that are told by their shape. All others are fixed texts, and their own symbol.
SHAPES = ("NAME", "STRING", "INTEGER", "DATE", "CLAUSE", "READING_DECLARATION")
END = "$END"


@dataclass(frozen=True, slots=True)
class Production:
    """`children` says what of a right-hand side the tree keeps, in order.

    A number keeps the value at that index, -1 stands for an optional part that is absent, and
    -2 - i splices the list at index i. `passes` holds where a lone child stands for the whole.
    """

    origin: str
    name: str
    size: int
    children: tuple[int, ...]
    passes: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """An LALR(1) automaton over symbols: fixed texts as written, `$NAME` for a shape.

    `actions[state][symbol]` is the state to shift to if >= 0, else ~action is the production to
    reduce by. `gotos[state][origin]` is the state after a reduction.
    """

    start: int
    accept: int
    actions: tuple[Mapping[str, int], ...]
    gotos: tuple[Mapping[str, int], ...]
    productions: tuple[Production, ...]

    @property
    def after_header(self) -> int:
        """The state in which a module's first declaration is read."""
        return self.gotos[self.start]["header"]


def load() -> Tables:
    """The tables, from the cache where there is one. Never fails for a cache's sake."""
    grammar = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    path = _cache_path(grammar)
    if (cached := _read(path)) is not None:
        return cached
    data = compute(grammar)
    _write(path, data)
    return _tables(data)


# ------------------------------------------------------------------ from the grammar


def compute(grammar: str) -> dict[str, Any]:
    """The tables of `grammar` as plain data. Takes Lark 0.15 to 0.3 seconds."""
    from lark import Lark

    # The table has no public accessor; test_tables holds that this one keeps its meaning.
    lark = Lark(grammar, parser="lalr", start="module")
    table = lark.parser.parser._parse_table
    symbols = {terminal.name: list(_symbols(terminal)) for terminal in lark.terminals}
    symbols[END] = [END]
    states = _in_order(table.states, table.start_states["module"])
    number = {state: index for index, state in enumerate(states)}
    rules = sorted(lark.rules, key=str)
    production = {rule: index for index, rule in enumerate(rules)}
    actions: list[dict[str, int]] = [{} for _ in states]
    gotos: list[dict[str, int]] = [{} for _ in states]
    for state, action, goto in zip(states, actions, gotos, strict=True):
        for name, (kind, target) in sorted(table.states[state].items()):
            move = number[target] if kind.name == "Shift" else ~production[target]
            if name not in symbols:
                goto[name] = move
            for symbol in symbols.get(name, ()):
                if action.setdefault(symbol, move) != move:
                    raise InternalError(f"two terminals read `{symbol}` in one state")
        # Where nothing but a declaration can start with it, the word alone tells.
        if declares := action.get("$READING_DECLARATION"):
            action.setdefault("reading", declares)
    return {
        "start": number[table.start_states["module"]],
        "accept": number[table.end_states["module"]],
        "actions": actions,
        "gotos": gotos,
        "productions": [_production(rule) for rule in rules],
    }


def _in_order(states: Mapping[Any, Mapping[str, Any]], start: Any) -> list[Any]:
    """As they are reached from `start`, by name: Lark's own order differs from run to run."""
    reached = {start: None}
    waiting = deque(reached)
    while waiting:
        for _, (kind, target) in sorted(states[waiting.popleft()].items()):
            if kind.name == "Shift" and target not in reached:
                reached[target] = None
                waiting.append(target)
    return list(reached)


def _symbols(terminal: TerminalDef) -> Iterator[str]:
    """What a terminal reads: its shape, or each of its words."""
    if terminal.name in SHAPES:
        yield "$" + terminal.name
    elif terminal.pattern.type == "str":
        yield terminal.pattern.value
    elif words := re.fullmatch(r"\(([a-z|?]+)\)\\b", terminal.pattern.value):
        for word in words[1].split("|"):
            yield word.replace("?", "")
            if word.endswith("s?"):
                yield word.removesuffix("s?")


def _production(rule: Rule) -> list[Any]:
    children = list(_children(rule))
    passes = rule.options.expand1 and not rule.alias and len(children) == 1
    name = rule.alias or rule.origin.name
    return [str(rule.origin.name), str(name), len(rule.expansion), children, passes]


def _children(rule: Rule) -> Iterator[int]:
    """As Lark keeps them: no fixed texts, `_lists` spliced, -1 for what is absent."""
    index = 0
    for absent in rule.options.empty_indices or [False] * len(rule.expansion):
        if absent:
            yield -1
            continue
        symbol = rule.expansion[index]
        if not symbol.is_term and symbol.name.startswith("_"):
            yield -2 - index
        elif not getattr(symbol, "filter_out", False):  # of a fixed text
            yield index
        index += 1


def _tables(data: dict[str, Any]) -> Tables:
    productions = (
        Production(origin, name, size, tuple(children), passes)
        for origin, name, size, children, passes in data["productions"]
    )
    actions, gotos = tuple(data["actions"]), tuple(data["gotos"])
    return Tables(data["start"], data["accept"], actions, gotos, tuple(productions))


# ------------------------------------------------------------------ the cache


def _cache_path(grammar: str) -> Path | None:
    """Where the tables of this grammar, made by this module, Lark and Python, are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        return None
    parts = (grammar, Path(__file__).read_text("utf-8"), _lark_version(), sys.version)
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return Path(base) / "privity" / f"grammar-{key[:32]}.json"


def _lark_version() -> str:
    """The text of Lark's root module, which holds its version: to import either costs 30 ms."""
    spec = importlib.util.find_spec("lark")
    try:
        return Path(spec.origin).read_text("utf-8") if spec and spec.origin else ""
    except OSError:
        return ""


def _read(path: Path | None) -> Tables | None:
    if path is None or not _is_ours(path.parent):
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as file:
            if not _only_we_write(os.fstat(file.fileno()), stat.S_ISREG):
                return None
            digest, _, content = file.read().partition(b"\n")
            return _tables(json.loads(content)) if digest == _digest(content) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _write(path: Path | None, data: dict[str, Any]) -> None:
    """Whole or not at all."""
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(path.parent):
            return
        content = json.dumps(data, separators=(",", ":")).encode()
        new = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(_digest(content) + b"\n" + content)
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _is_ours(folder: Path) -> bool:
    try:
        return _only_we_write(os.lstat(folder), stat.S_ISDIR)
    except OSError:
        return False


def _only_we_write(status: os.stat_result, kind: Any) -> bool:
    """Of the kind asked for, ours, and writable by nobody else."""
    if not kind(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows: the profile folder is the user's own
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022
