"""Text to tree: `parse`, and `decode` for the bytes before it. No input or output here."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

from privity.diagnostics.diagnostic import Diagnostic
from privity.diagnostics.span import Span
from privity.diagnostics.visible import INVISIBLE, described
from privity.syntax.automaton import automaton
from privity.syntax.driver import MOST_DIAGNOSTICS, Reader, Stop, run
from privity.syntax.errors import EmptyText, InvisibleCharacter, NotUtf8, TextTooLarge
from privity.syntax.expected import diagnose
from privity.syntax.nodes import Comment, Module
from privity.syntax.reserved import reserved_names

LARGEST = 16 * 2**20  # bytes of a file, characters of a text


@dataclass(frozen=True, slots=True)
class Parsed:
    """`module` is None iff there are diagnostics."""

    module: Module | None
    diagnostics: tuple[Diagnostic, ...]


def parse(text: str, file: str, *, layout: bool = True) -> Parsed:
    """The tree of `text`, or everything that is wrong with its syntax, in the order of the text.

    Without `layout`, the module lacks comments and blank lines, which only formatting needs.
    """
    if len(text) > LARGEST:
        return Parsed(None, (_too_large(file),))
    reader = Reader(text, file, [0, *(match.end() for match in re.finditer("\n", text))])
    _blank_out_invisible(reader)
    if not _has_content(reader.text):
        nothing = EmptyText(span=Span(file, 0, 0, 1, 1))
        return Parsed(None, tuple(reader.diagnostics) or (nothing,))
    with _collector_paused():
        module = _module(reader)
    if module is not None and not reader.diagnostics:
        reader.diagnostics.extend(reserved_names(module))
    if module is None or reader.diagnostics:
        return Parsed(None, _in_order(reader.diagnostics))
    return Parsed(_with_layout(module, reader) if layout else module, ())


def decode(data: bytes, file: str) -> str | tuple[Diagnostic, ...]:
    """The text of a file's bytes, without a byte order mark, or why there is none."""
    if len(data) > LARGEST:
        return (_too_large(file),)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return (NotUtf8(span=Span(file, 0, 0, 1, 1), why="it looks like UTF-16"),)
    body = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        truncated = error.end == len(body) and error.reason == "unexpected end of data"
        why = "it ends inside a character" if truncated else f"byte 0x{body[error.start]:02X}"
        return (NotUtf8(span=_at_byte(body, error.start, file), why=why),)
    if "\0" in text:
        return (NotUtf8(span=_at_byte(body, body.index(0), file), why="it holds zero bytes"),)
    return text


def _too_large(file: str) -> Diagnostic:
    return TextTooLarge(span=Span(file, 0, 0, 1, 1), limit=LARGEST // 2**20)


def _at_byte(body: bytes, offset: int, file: str) -> Span:
    before = body[:offset].decode("utf-8")
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Span(file, len(before), len(before), before.count("\n") + 1, column)


# ------------------------------------------------------------------ characters


def _blank_out_invisible(reader: Reader) -> None:
    """Report each, and read a plain space in its place so that the rest is checked too."""
    found = 0
    for match in INVISIBLE.finditer(reader.text):
        found += 1
        if found > MOST_DIAGNOSTICS:
            break
        span = reader.span(*match.span())
        reader.diagnostics.append(InvisibleCharacter(span=span, character=described(match[0])))
    if found:
        reader.text = INVISIBLE.sub(" ", reader.text)


def _has_content(text: str) -> bool:
    return re.match(r"(?:[ \t\r\n]++|#[^\r\n]*+)*+\Z", text) is None


# ------------------------------------------------------------------ declarations


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Building a million nodes, none of them garbage, would have the collector walk them all
    again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _module(reader: Reader) -> Module | None:
    """The module, or None after a syntax error. Reading goes on at the next declaration that
    starts a line, or what looks like one, so that all errors are found; what is read then is
    dropped."""
    tables = automaton().tables
    outcome = run(reader, 0, [tables.start], [])
    if not isinstance(outcome, Stop):
        module: Module = outcome
        return module
    position = 0
    while isinstance(outcome, Stop) and len(reader.diagnostics) < MOST_DIAGNOSTICS:
        diagnose(reader, outcome)
        cut_short = reader.text[outcome.start : outcome.end] in automaton().declaring
        position = max(position, outcome.start if cut_short else outcome.end)
        resume = _declaration_start().search(reader.text, position)
        if resume is None:
            break
        position = resume.end()
        outcome = run(reader, resume.start(), [tables.start, tables.after_header], [None])
    return None


@cache
def _declaration_start() -> re.Pattern[str]:
    """A declaring word at the start of a line, or any word there after a blank line."""
    words = "|".join(sorted(automaton().declaring))
    return re.compile(rf"^(?:{words})\b|(?<=\n\n)[^\W\d]\w*|(?<=\n\r\n)[^\W\d]\w*", re.MULTILINE)


def _in_order(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place. Where a line holds an invisible character, its other errors follow from that."""
    hidden = {each.span.line for each in diagnostics if isinstance(each, InvisibleCharacter)}
    kept = (
        each
        for each in diagnostics
        if isinstance(each, InvisibleCharacter) or each.span.line not in hidden
    )
    return tuple(sorted(kept, key=lambda each: (each.span.start, each.span.end, each.code)))


# ------------------------------------------------------------------ what the tree leaves out

_COMMENT = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*+"|(#[^\r\n]*)')
_BLANK_LINE = re.compile(r"^[ \t]*$", re.MULTILINE)


def _with_layout(module: Module, reader: Reader) -> Module:
    """`module` with its comments and the blank lines that its author put in."""
    text = reader.text.replace("\r", " ")
    comments = tuple(
        _comment(reader, match) for match in _COMMENT.finditer(text) if match[1] is not None
    )
    blanks = (reader.span(match.start(), 0).line for match in _BLANK_LINE.finditer(text))
    return replace(module, comments=comments, blank_lines=frozenset(blanks))


def _comment(reader: Reader, match: re.Match[str]) -> Comment:
    words = match[1].rstrip()
    span = reader.span(match.start(), match.start() + len(words))
    line_start = span.start - span.column + 1
    return Comment(words, span, own_line=not reader.text[line_start : span.start].strip())
