"""The LALR automaton at work: text in, tree out, or the place where it could not go on.

Reading and building are one loop without recursion, so that neither long chains nor deep nesting
can exhaust a stack. What a word is, the state decides: a keyword where one may stand, else a name.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from privity.diagnostics.diagnostic import Diagnostic
from privity.diagnostics.span import Span
from privity.diagnostics.visible import described
from privity.syntax.automaton import Mode, automaton, passed
from privity.syntax.characters import resembles
from privity.syntax.errors import (
    BadDate,
    BadEscape,
    BadName,
    LookalikeCharacter,
    NumberTooLarge,
    UnterminatedText,
)
from privity.syntax.nodes import Name
from privity.syntax.tables import END

DEEPEST = 100
MOST_DIGITS = 18
EARLIEST, LATEST = datetime.date(1700, 1, 1), datetime.date(9899, 12, 31)
MOST_DIAGNOSTICS = 1000


@dataclass(slots=True)
class Reader:
    """One text being read, and what was found wrong with its words so far."""

    text: str
    file: str
    line_starts: list[int]
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def span(self, start: int, end: int) -> Span:
        line = bisect_right(self.line_starts, start)
        return Span(self.file, start, end, line, start - self.line_starts[line - 1] + 1)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the automaton could not go on: its states, and the token that fits none of them.

    `kind` is how the token was read, "DEEP" where it is one level of nesting too many. `previous`
    is the token before it.
    """

    states: tuple[int, ...]
    kind: str
    start: int
    end: int
    previous: str


def run(  # noqa: PLR0915 (one loop over every token: a call for each part would double its time)
    reader: Reader, position: int, states: list[int], values: list[Any]
) -> Any:
    """The value of the text from `position` on, starting in `states`, or a Stop."""
    machine = automaton()
    actions, gotos, accept = machine.tables.actions, machine.tables.gotos, machine.tables.accept
    scanners, reductions, declaring = machine.scanners, machine.reductions, machine.declaring
    single, node, value_mode, grows = Mode.PASS, Mode.NODE, Mode.VALUE, Mode.LIST
    ways, new = machine.passed, tuple.__new__
    text, file = reader.text, reader.file
    line_starts, lines = reader.line_starts, len(reader.line_starts)
    line = bisect_right(line_starts, position)
    line_end = line_starts[line] if line < lines else len(text) + 1
    places: list[tuple[int, int, int]] = [(position, 1, 1)] * len(values)
    end, previous, state = position, "", states[-1]
    while True:
        match = scanners[state](text, end)
        assert match is not None and match.lastgroup is not None
        kind = match.lastgroup
        start, stop = match.span(kind)
        word = text[start:stop]
        while start >= line_end:
            line += 1
            line_end = line_starts[line] if line < lines else len(text) + 1
        column = start - line_starts[line - 1] + 1
        moves = actions[state]
        value: Any = word
        if kind == "NAME":
            if word in moves:
                symbol = word
            elif column == 1 and word in declaring:
                symbol = ""  # whatever came before is cut short: no name can be this word
            else:
                symbol = "$NAME"
                value = Name(word, new(Span, (file, start, stop, line, column)))
        elif kind == "MARK":
            symbol = word
        else:
            symbol, value, stop = _read(reader, kind, word, start, moves)
        while True:
            action = moves.get(symbol)
            if action is None:
                if kind == "END":
                    start = stop = end
                return Stop(tuple(states), kind, start, stop, previous)
            if action >= 0:
                break
            size, origin, mode, make, children, spliced = reductions[~action]
            if size == 1 and mode is single:
                # From one state under it to another, on one symbol: the same way each time.
                way = (states[-2], state, symbol)
                state = ways.get(way, -1)
                if state < 0:
                    state = ways[way] = passed(machine, *way)
                states[-1] = state
                moves = actions[state]
                continue
            if size == 1:
                held = values[-1:]
            else:
                held = values[-size:]
                del states[1 - size :], values[1 - size :], places[1 - size :]
            if mode is grows:
                result = make(held, children)
            else:
                if spliced:
                    arguments: Iterable[Any] = _spliced(held, children)
                else:
                    arguments = map(held.__getitem__, children)
                if mode is node:
                    first, at_line, at_column = places[-1]
                    result = make(new(Span, (file, first, end, at_line, at_column)), *arguments)
                elif mode is value_mode:
                    result = make(*arguments)
                else:
                    (result,) = arguments
            state = gotos[states[-2]][origin]
            if state == accept:
                return result
            states[-1] = state
            values[-1] = result
            moves = actions[state]
        if len(values) > DEEPEST and _too_deep(values, word):
            return Stop(tuple(states), "DEEP", start, stop, previous)
        states.append(action)
        values.append(value)
        places.append((start, line, column))
        end, previous, state = stop, word, action


def _spliced(values: list[Any], children: tuple[int, ...]) -> list[Any]:
    """The children that a production keeps, as `Production` says."""
    arguments: list[Any] = []
    for child in children:
        if child >= 0:
            arguments.append(values[child])
        elif child == -1:
            arguments.append(None)
        else:
            arguments += values[-2 - child]
    return arguments


def _too_deep(values: list[Any], word: str) -> bool:
    """Whether `word` opens one level too many. What is open is still on the stack, as read."""
    opening = ("(", "not", "{")
    if word not in opening:
        return False
    return sum(isinstance(value, str) and value in opening for value in values) >= DEEPEST


# ------------------------------------------------------------------ single words


def _read(
    reader: Reader, kind: str, word: str, start: int, moves: Mapping[str, int]
) -> tuple[str, Any, int]:
    """The symbol, value and end of a token that is neither a plain word nor a mark.

    A word with a fault is reported and read as what it was meant to be; where that cannot be
    told, the symbol is empty, which fits no state.
    """
    end = start + len(word)
    match kind:
        case "STRING":
            return "$STRING", _text(reader, word, start), end
        case "CLAUSE":
            if word in automaton().declaring and reader.text[start - 1] == "\n":
                return "", word, end
            return (word if word in moves else "$CLAUSE"), word, end
        case "READING":
            return _reading(reader, word, start, moves)
        case "INTEGER":
            return "$INTEGER", _integer(reader, word, start), end
        case "DATE":
            return "$DATE", _date(reader, word, start), end
        case "END":
            return END, word, end
        case "LUMP" if "$NAME" in moves and not _is_lone_clause(reader.text, start):
            _report(reader, bad_name(reader, word, start))
            return "$NAME", Name(word, reader.span(start, end)), end
        case _ if word == '"':
            return _unterminated(reader, start)
        case _:
            return "", word, end


_CITING = re.compile(r'\bcite\b[^"#]*\Z')
_LONE = re.compile(r"[\w.()-]+[ \t]*(?:[,#\r\n]|\Z)")


def _is_lone_clause(text: str, start: int) -> bool:
    """Whether what follows is a clause in a citation that leaves out its source."""
    if _LONE.match(text, start) is None:
        return False
    line_start = max(text.rfind("\n", 0, start) + 1, start - 200)
    return _CITING.search(text[line_start:start]) is not None


def _report(reader: Reader, diagnostic: Diagnostic) -> None:
    if len(reader.diagnostics) < MOST_DIAGNOSTICS:
        reader.diagnostics.append(diagnostic)


def _reading(
    reader: Reader, word: str, start: int, moves: Mapping[str, int]
) -> tuple[str, Any, int]:
    end = start + len(word)
    for symbol in ("$READING_DECLARATION", word):
        if symbol in moves:
            return symbol, word, end
    return "$NAME", Name(word, reader.span(start, end)), end


_ESCAPE = re.compile(r"\\(.)")


def _text(reader: Reader, word: str, start: int) -> str:
    """The text between the quotes, `\\"` and `\\\\` read as what they stand for."""
    if "\\" not in word:
        return word[1:-1]
    for match in _ESCAPE.finditer(word):
        if match[1] not in '"\\':
            place = start + match.start()
            _report(reader, BadEscape(span=reader.span(place, place + 2), escape=match[0]))
    return _ESCAPE.sub(r"\1", word[1:-1])


def _unterminated(reader: Reader, start: int) -> tuple[str, Any, int]:
    """A text whose closing quote is missing: it is taken to end with its line."""
    line_end = re.compile(r"[^\r\n]*").match(reader.text, start)
    assert line_end is not None
    text = line_end[0].rstrip()
    _report(reader, UnterminatedText(span=reader.span(start, start + len(text))))
    return "$STRING", text[1:], start + len(text)


def _integer(reader: Reader, word: str, start: int) -> int:
    if len(word) > MOST_DIGITS:
        span = reader.span(start, start + len(word))
        _report(reader, NumberTooLarge(span=span, digits=len(word)))
        return 0
    return int(word)


def _date(reader: Reader, word: str, start: int) -> datetime.date:
    try:
        date = datetime.date.fromisoformat(word)
        why = "dates lie between 1700-01-01 and 9899-12-31"
    except ValueError:
        date, why = datetime.date.min, _no_such_day(word)
    if not EARLIEST <= date <= LATEST:
        span = reader.span(start, start + len(word))
        _report(reader, BadDate(span=span, date=word, help=why))
        return EARLIEST
    return date


def _no_such_day(word: str) -> str:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        return "dates are written year-month-day, as in 2026-01-31; blanks go around a minus"
    year, month, _ = map(int, word.split("-"))
    if not 1 <= month <= 12:
        return "dates are written year-month-day; months run from 01 to 12"
    if year == 0:
        return "dates lie between 1700-01-01 and 9899-12-31"
    first_of_next = datetime.date(year + month // 12, month % 12 + 1, 1) if year < 9999 else None
    last = (first_of_next - datetime.timedelta(days=1)).day if first_of_next else 31
    return f"the last day of {year:04}-{month:02} is {year:04}-{month:02}-{last}"


def snake_case(word: str) -> str:
    """The name nearest to `word`, or nothing."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", word).lower()
    return re.sub(r"[^a-z0-9]+", "_", parted).strip("_").lstrip("0123456789_")


def bad_name(reader: Reader, word: str, start: int) -> Diagnostic:
    """What is wrong with `word` as a name."""
    for index, character in enumerate(word):
        if not character.isascii() and (letter := resembles(character)):
            place = start + index
            return LookalikeCharacter(
                span=reader.span(place, place + 1),
                word=word,
                character=described(character),
                letter=letter,
            )
    span = reader.span(start, start + len(word))
    plain = snake_case(word)
    help = f"write `{plain}`" if plain and plain != word else ""
    if amount := re.fullmatch(r"([0-9]+)([a-z]+)", word):
        help = f"write `{amount[1]} {amount[2]}`, with a blank between"
    return BadName(span=span, name=word, help=help)
