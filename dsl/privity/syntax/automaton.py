"""The LALR automaton made ready: how each state reads its next token, what reductions build."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any

from privity.syntax import build
from privity.syntax.tables import Production, Tables, load

_BLANK = r"(?:[ \t\r\n]++|\#[^\r\n]*+)*+"
_SHARED = r"""
  | (?P<STRING> "(?:[^"\\\r\n]|\\[^\r\n])*+")
  | (?P<MARK> [,.:={}()+-])
  | (?P<END> \Z)
  | (?P<LUMP> \w++)
  | (?P<OTHER> .)
)"""
_WORDS = re.compile(
    _BLANK
    + r"""(?:
    (?P<READING> reading(?=(?:[ \t\r\n]|\#[^\r\n]*+[\r\n])++\w++(?:[ \t\r\n]|\#[^\r\n]*+[\r\n])*+"))
  | (?P<NAME> [a-z](?:_?[a-z0-9])*+(?!\w))
  | (?P<DATE> [0-9]++-[0-9]++-[0-9]++(?!\w))
  | (?P<INTEGER> [0-9]++(?!\w))"""
    + _SHARED,
    re.VERBOSE | re.DOTALL,
)
_CLAUSES = re.compile(
    _BLANK
    + r"""(?:
    (?P<CLAUSE> [A-Za-z0-9][A-Za-z0-9._-]*+(?:\([A-Za-z0-9]++\))*+)"""
    + _SHARED,
    re.VERBOSE | re.DOTALL,
)


class Mode(Enum):
    """What a reduction does with its children."""

    PASS = auto()  # the one child stands for the whole
    LIST = auto()  # a repetition: grows in place
    VALUE = auto()
    NODE = auto()  # like VALUE, and the place goes first


# A production ready for use: size, origin, mode, builder, children, whether some are spliced
# or absent.
Reduction = tuple[int, str, Mode, Callable[..., Any], tuple[int, ...], bool]


@dataclass(frozen=True, slots=True)
class Automaton:
    """The tables, with how each state reads its next token."""

    tables: Tables
    scanners: tuple[Callable[[str, int], re.Match[str] | None], ...]
    reductions: tuple[Reduction, ...]
    declaring: frozenset[str]  # the words that declarations start with
    passed: dict[tuple[int, int, str], int]  # what `passed` has answered


@cache
def automaton() -> Automaton:
    tables = load()
    scanners = tuple(
        _CLAUSES.match if "$CLAUSE" in actions else _WORDS.match for actions in tables.actions
    )
    reductions = tuple(_reduction(each) for each in tables.productions)
    declaring = frozenset(filter(str.isalpha, tables.actions[tables.after_header]))
    return Automaton(tables, scanners, reductions, declaring, {})


def _reduction(production: Production) -> Reduction:
    name = production.name
    make: Callable[..., Any] = _grown
    if name.startswith("_"):
        mode = Mode.LIST
    elif production.passes:
        mode = Mode.PASS
    elif name in build.VALUES:
        mode, make = Mode.VALUE, build.VALUES[name]
    else:
        mode, make = Mode.NODE, build.NODES[name]
    spliced = any(child < 0 for child in production.children)
    return production.size, production.origin, mode, make, production.children, spliced


def passed(machine: Automaton, under: int, state: int, symbol: str) -> int:
    """The state once all lone children have passed that `symbol` makes pass."""
    while (action := machine.tables.actions[state].get(symbol)) is not None and action < 0:
        size, origin, mode, *_ = machine.reductions[~action]
        if size != 1 or mode is not Mode.PASS:
            break
        state = machine.tables.gotos[under][origin]
    return state


def _grown(values: list[Any], children: tuple[int, ...]) -> list[Any]:
    """A repetition one element longer. A list that comes first is used up."""
    grown: list[Any] = values[0] if children[0] == -2 else []
    for child in children:
        if child >= 0:
            grown.append(values[child])
        elif child < -2:
            grown += values[-2 - child]
    return grown
