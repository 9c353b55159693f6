"""Why reading stopped, in the author's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from privity.diagnostics.suggest import did_you_mean
from privity.syntax.automaton import automaton
from privity.syntax.characters import resembles
from privity.syntax.driver import DEEPEST, Reader, Stop, bad_name, snake_case
from privity.syntax.errors import NestingTooDeep, SyntaxProblem, UnknownCharacter
from privity.syntax.tables import END

Legal = frozenset[str]
MOST_NAMED = 3


def diagnose(reader: Reader, stop: Stop) -> None:
    """Report the one thing that made reading stop."""
    word = reader.text[stop.start : stop.end]
    span = reader.span(stop.start, stop.end)
    legal = legal_symbols(stop.states)
    words = frozenset(symbol for symbol in legal if symbol.isalpha())
    if word[:1] == '"' and stop.kind == "OTHER":
        return  # a text without end, reported as such
    if stop.kind == "DEEP":
        reader.diagnostics.append(NestingTooDeep(span=span, limit=DEEPEST))
    elif stop.kind == "OTHER" and not resembles(word):
        help = _INSTEAD.get(word, "")
        reader.diagnostics.append(UnknownCharacter(span=span, character=word, help=help))
    elif stop.kind in ("OTHER", "LUMP") and not word.isascii():
        reader.diagnostics.append(bad_name(reader, word, stop.start))
    else:
        expected = _listed(_expectations(legal, stop.previous))
        found = _found(stop.kind, word)
        help = did_you_mean(word.lower(), words) if word.isidentifier() else _INSTEAD.get(word, "")
        if word.lower() in words:
            help = f"keywords are written small: `{word.lower()}`"
        elif _MEANT.get(word) in words:
            help = f"did you mean `{_MEANT[word]}`?"
        elif word == "." and stop.previous.isdigit():
            help = "numbers are whole"
        elif word == "-" and (name := _hyphenated(reader.text, stop.start)):
            help = f"write `{name}`"
        elif word == "," and {"}", "{", "$NAME"} <= legal:
            help = "values are parted by blanks"
        elif legal == {"$CLAUSE"} or (stop.kind == "LUMP" and _citing(legal, stop.previous)):
            help = "write `cite SOURCE CLAUSE`"
        problem = SyntaxProblem(span=span, expected=expected, found=found, help=help)
        reader.diagnostics.append(problem)


def _citing(legal: Legal, previous: str) -> bool:
    return previous in ("cite", ",") and legal == {"$NAME"}


def _hyphenated(text: str, hyphen: int) -> str:
    """As a name, the words that the hyphen joins without a blank; nothing where it joins none."""
    before = re.search(r"\w[\w-]*\Z", text[max(0, hyphen - 80) : hyphen])
    after = re.match(r"[\w-]*\w", text[hyphen + 1 : hyphen + 80])
    return snake_case(f"{before[0]}-{after[0]}") if before and after else ""


def legal_symbols(states: tuple[int, ...]) -> Legal:
    """Every symbol that the automaton would take next. Its tables alone list some too many."""
    moves = automaton().tables.actions[states[-1]]
    return frozenset(symbol for symbol in moves if _takes(list(states), symbol))


def _takes(states: list[int], symbol: str) -> bool:
    tables = automaton().tables
    while (action := tables.actions[states[-1]].get(symbol)) is not None:
        if action >= 0:
            return True
        production = tables.productions[~action]
        del states[-production.size :]
        states.append(tables.gotos[states[-1]][production.origin])
        if states[-1] == tables.accept:
            return True
    return False


def _found(kind: str, word: str) -> str:
    shown = word if len(word) <= 40 else word[:37] + "..."
    match kind:
        case "END":
            return "the end of the file"
        case "STRING":
            return f"the text {shown}"
        case "INTEGER":
            return f"the number {shown}"
        case "DATE":
            return f"the date {shown}"
        case _:
            return f"`{shown}`"


_INSTEAD = {
    "=": "to compare, write `is`",
    "!": "write `not`, or `is not` to compare",
    "&": "write `and`",
    "|": "write `or`",
    "<": "write `is less than` or `is at most`; of dates, `is before` or `is on or before`",
    ">": "write `is more than` or `is at least`; of dates, `is after` or `is on or after`",
    "*": "write `times`, a whole number before it",
    "/": "a comment starts with `#`",
    ";": "no mark ends a clause or a declaration: leave it out",
    "'": 'texts stand in double quotes: "..."',
    "`": 'texts stand in double quotes: "..."',
    "\u201c": 'texts stand in plain double quotes: "..."',
    "\u201d": 'texts stand in plain double quotes: "..."',
    "\u201e": 'texts stand in plain double quotes: "..."',
    "\u2018": 'texts stand in double quotes: "..."',
    "\u2019": 'texts stand in double quotes: "..."',
    "\u2013": "type a plain hyphen: -",
    "\u2014": "type a plain hyphen: -",
    "\u2212": "type a plain hyphen: -",
    "[": "group with round brackets",
    "]": "group with round brackets",
}

_MEANT = {
    "allow": "permit", "deny": "forbid", "prohibit": "forbid", "rule": "permit",
    "include": "use", "import": "use", "let": "define", "enum": "taxonomy", "assert": "claim",
    "if": "when", "where": "when", "except": "unless", "to": "with", "citing": "cite",
    "contain": "contains", "equals": "is", "default": "otherwise", "test": "scenario",
    "require": "must", "var": "parameter", "null": "none",
}  # fmt: skip


# ------------------------------------------------------------------ what was expected

_SETS = {
    "share": "the data that is shared",
    "sharing": "the data that is shared",
    "with": "a recipient list",
    "for": "a purpose list",
    "from": "a sender list",
    "about": "a subject list",
}
_CONDITIONS = ("when", "given", "assuming", "that", "if", "and", "or", "not", "(")


@dataclass(frozen=True, slots=True)
class Group:
    """Symbols that have one name for the author, together if `sign` is among what is legal."""

    sign: str
    words: str
    symbols: frozenset[str]


_CLAUSE_WORDS = frozenset(("when", "unless", "duty", "reading", "cite"))
_CLAIM_WORDS = frozenset(("when", "unless", "assuming", "outcomes", "reading", "expect", "cite"))
_DECLARATION_WORDS = frozenset(
    ("assume", "claim", "define", "fact", "forbid", "must", "parameter", "party", "permit",
     "scenario", "source", "taxonomy", "use", "reading", "$READING_DECLARATION", END)
)  # fmt: skip
_ARITHMETIC = frozenset(("+", "-"))
_COMPARING = frozenset(("is", "contains"))
_UNITS = frozenset(("day", "days", "month", "months", "year", "years"))
_GROUPS = (
    Group("days", "a unit (`days`, `months` ...)", _UNITS),
    Group(
        "vocabulary",
        "a header (`policy NAME otherwise deny`, `vocabulary NAME` or `claims for POLICY`)",
        frozenset(("policy", "vocabulary", "claims")),
    ),
    Group(
        "about",
        "a role (`with`, `for` ...)",
        frozenset(("with", "for", "from", "about")),
    ),
    Group(
        "duty",
        "a clause of the rule (`when`, `unless`, `cite` ...)",
        _CLAUSE_WORDS,
    ),
    Group(
        "assuming",
        "a clause of the claim (`when`, `assuming`, `cite` ...)",
        _CLAIM_WORDS,
    ),
    Group("is", "a comparison (`is`, `is not` ...)", _COMPARING),
    Group("and", "`and`, `or`", frozenset(("and", "or"))),
    Group("cite", "`cite`", frozenset(("cite",))),
    Group("fact", "the next declaration", _DECLARATION_WORDS),
    Group("but", "more values after `,` or `but not`", frozenset((",", "or", "but"))),
    Group(END, "the end of the file", frozenset((END,))),
    Group("+", "`+` or `-`", _ARITHMETIC),
    Group(
        "boolean",
        "a type (`boolean`, `date`, `integer` or a taxonomy ...)",
        frozenset(("boolean", "attested", "integer", "date", "duration", "text", "set", "$NAME")),
    ),
    Group(
        "always",
        "what is claimed (`never share`, `allowed only if`, `always allowed to` ...)",
        frozenset(("never", "allowed", "always", "sometimes", "every", "$NAME")),
    ),
    Group(
        "(",
        "an expression",
        frozenset(
            ("(", "-", "not", "true", "false", "none", "$NAME", "$STRING", "$INTEGER", "$DATE")
        ),
    ),
)
_SHAPES = {
    "$NAME": "a name",
    "$STRING": "a text in double quotes",
    "$INTEGER": "a whole number",
    "$DATE": "a date, as in `2026-01-31`",
    "$CLAUSE": "a clause of the source, as in `S14`",
}


def _expectations(legal: Legal, previous: str) -> list[str]:
    """What could stand there, the likeliest first."""
    if special := _after(legal, previous):
        return [special]
    rest, grouped = set(legal), list[str]()
    for group in _GROUPS:
        if group.sign in rest:
            grouped.append(group.words)
            rest -= group.symbols
    marks = [symbol for symbol in rest if not symbol.isalpha() and symbol not in _SHAPES]
    if grouped:
        marks = [mark for mark in marks if mark != "."]
    return [*_single(rest.difference(marks, {"."})), *grouped, *_single(marks)]


def _after(legal: Legal, previous: str) -> str | None:
    """Where the word before says more than the grammar does."""
    if previous in _SETS and "any" in legal:
        return f"{_SETS[previous]} after `{previous}`"
    if previous == "unless" and "(" in legal:
        return "a condition, `permitted by` or `forbidden by` after `unless`"
    if previous in _CONDITIONS and "(" in legal:
        return f"a condition after `{previous}`"
    if previous == "is" and "one" in legal:
        return "a value, or `not`, `one of`, `at least` ... after `is`"
    if previous == "cite":
        return "a source and its clause, as in `cite faq S14`"
    if "otherwise" in legal:
        return "`otherwise permit` or `otherwise deny`"
    if legal == {"$NAME"}:
        return f"a name after `{previous}`"
    return None


def _single(symbols: Iterable[str]) -> Iterator[str]:
    """Words first, then shapes, a text last: it is usually a label, which may be left out."""
    for symbol in sorted(
        symbols, key=lambda symbol: (symbol == "$STRING", symbol in _SHAPES, symbol)
    ):
        yield _SHAPES.get(symbol, f"`{symbol}`")


def _listed(items: list[str]) -> str:
    """`a`, `a or b`, `a, b or c`; what is beyond the third is left out."""
    kept = items[:MOST_NAMED]
    if len(kept) < 2:
        return "".join(kept) or "something else"
    return ", ".join(kept[:-1]) + " or " + kept[-1]
