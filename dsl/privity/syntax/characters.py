"""Which characters pass for those that names hold."""

from __future__ import annotations

import unicodedata

# Letters that look like an ASCII one and that no Unicode decomposition leads to it.
_LOOKALIKES = {
    "a": "\u0430\u03b1\u0251\u0391\u0410",
    "b": "\u044c\u0184\u0392\u0412\u13cf",
    "c": "\u0441\u03f2\u1d04\u0421\u03f9",
    "d": "\u0501\u217e\u0256\u13e7",
    "e": "\u0435\u212e\u0395\u0415\u03b5\u0454",
    "f": "\u0192\u03dd\ua799",
    "g": "\u0261\u0581\u050c",
    "h": "\u04bb\u0570\u0397\u041d\u13c2",
    "i": "\u0456\u03b9\u0131\u0399\u0406\u026a\u04cf",
    "j": "\u0458\u03f3\u0408",
    "k": "\u043a\u03ba\u039a\u041a",
    "l": "\u01c0\u05d5\u05df\u0627\u2223\u04c0",
    "m": "\u043c\u039c\u041c",
    "n": "\u0578\u057c\u039d\u03b7",
    "o": "\u043e\u03bf\u03c3\u0585\u039f\u041e\u05e1\u0d20\u0d82",
    "p": "\u0440\u03c1\u03a1\u0420",
    "q": "\u051b\u0563\u0566",
    "r": "\u0433\u1d26",
    "s": "\u0455\u01bd\u0405",
    "t": "\u0442\u03c4\u03a4\u0422",
    "u": "\u057d\u03c5\u028b\u1d1c",
    "v": "\u03bd\u0475\u1d20\u05d8",
    "w": "\u051d\u0461\u0561\u1d21",
    "x": "\u0445\u03c7\u03a7\u0425",
    "y": "\u0443\u03b3\u04af\u03a5\u0423\u028f",
    "z": "\u1d22\u0396",
    "0": "\u06d5\u0966",
    "_": "\u02cd\ufe4d\ufe4e\ufe4f",
}
_RESEMBLES = {other: letter for letter, others in _LOOKALIKES.items() for other in others}


def resembles(character: str) -> str | None:
    """The ASCII letter, digit or underscore that `character` passes for, if any."""
    if character in _RESEMBLES:
        return _RESEMBLES[character]
    plain = unicodedata.normalize("NFKD", character)[:1].lower()
    if plain.isascii() and (plain.isalnum() or plain == "_"):
        return plain
    digit = unicodedata.decimal(character, None)
    return _RESEMBLES.get(plain) if digit is None else str(digit)
