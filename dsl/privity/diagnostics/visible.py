"""Showing what cannot be seen."""

from __future__ import annotations

import re
import unicodedata

# Characters that a reader does not see, or that change how their neighbours are shown: controls
# (but tab, line feed, and carriage return before line feed), formats such as zero-width and
# bidirectional marks, separators but the plain space, blank letters, variation selectors,
# surrogates. A lone carriage return would end a line in an editor, but not here.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800"
    "\u3000\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]|\r(?!\n)"
)


def described(character: str) -> str:
    """`U+200B ZERO WIDTH SPACE`: a character that is better not shown."""
    return f"U+{ord(character):04X} {_name(character)}".rstrip()


_CONTROL_NAMES = {0x00: "NULL", 0x0C: "FORM FEED", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE"}


def _name(character: str) -> str:
    fallback = "CONTROL" if unicodedata.category(character) == "Cc" else ""
    return unicodedata.name(character, _CONTROL_NAMES.get(ord(character), fallback))


def visible(text: str) -> str:
    """`text` with `<U+200B>` in place of each such character, safe to print."""
    return INVISIBLE.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)
