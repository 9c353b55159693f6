"""What can be wrong with a source text before its names mean anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from privity.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUtf8(Diagnostic):
    code: ClassVar[str] = "not-utf8"
    title: ClassVar[str] = "this file is not UTF-8 text: {why}"
    explanation: ClassVar[str] = """\
Policies are UTF-8 text, with or without a byte order mark at the start. This file holds bytes
that UTF-8 does not use there: it was saved in another encoding (Windows-1252, UTF-16), cut off in
the middle of a character, or it is no text at all.

**Mend**: save it as UTF-8. From a shell, `iconv -f WINDOWS-1252 -t UTF-8 old > new.privity`.
"""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTooLarge(Diagnostic):
    code: ClassVar[str] = "text-too-large"
    title: ClassVar[str] = "this file is larger than {limit} MiB"
    explanation: ClassVar[str] = """\
A file of policy text may hold 16 MiB, which is about 70,000 rules.

**Mend**: split it into several files and bring them together with `use`.
"""
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyText(Diagnostic):
    code: ClassVar[str] = "empty-text"
    title: ClassVar[str] = "this file says nothing"
    explanation: ClassVar[str] = """\
A file starts with its header, which says what the file is:

```privity
policy acme.sharing "What we share"
otherwise deny
```

`vocabulary NAME` starts a file of taxonomies and facts, `claims for POLICY` one of claims.

**Mend**: write the header, or delete the file.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvisibleCharacter(Diagnostic):
    code: ClassVar[str] = "invisible-character"
    title: ClassVar[str] = "this line holds {character}, which no reader can see"
    explanation: ClassVar[str] = """\
Characters that are not shown, or that change the order in which others are shown, can make a
policy read differently from what it says. They are refused everywhere, also in texts and
comments: control characters other than tab and the ends of lines, zero-width characters, soft
hyphens, bidirectional marks, blanks other than the plain space (a no-break space, say), and a
carriage return that no line feed follows.

They usually arrive by copying from a word processor or a web page.

**Mend**: delete the character, or type a plain space in its place.
"""
    character: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxProblem(Diagnostic):
    code: ClassVar[str] = "syntax-error"
    title: ClassVar[str] = "expected {expected}, found {found}"
    explanation: ClassVar[str] = """\
The text does not continue in any way that the language knows at this place. The message lists
what could stand there.

```privity
permit offers
  share customer_information
  for own_products          # `with` and its recipients may come before `for` or after it
  wehn subject.customer     # expected a clause of the rule: did you mean `when`?
```

Reading goes on at the next declaration that starts in the first column, so that one run reports
the mistakes of the whole file.
"""
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnterminatedText(Diagnostic):
    code: ClassVar[str] = "unterminated-text"
    title: ClassVar[str] = "this text has no closing quote"
    explanation: ClassVar[str] = """\
A text starts and ends with a double quote on one line.

```privity
reading strict "S15 is read narrowly
```

**Mend**: close it: `"S15 is read narrowly"`. A double quote inside is written `\\"`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEscape(Diagnostic):
    code: ClassVar[str] = "bad-escape"
    title: ClassVar[str] = "a text has no `{escape}`"
    explanation: ClassVar[str] = """\
Inside a text a backslash stands before a double quote or another backslash, and nowhere else:
`\\"` is a quote, `\\\\` a backslash. There is no `\\n`: a text is one line.

**Mend**: leave the backslash out, or double it.
"""
    escape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCharacter(Diagnostic):
    code: ClassVar[str] = "unknown-character"
    title: ClassVar[str] = "`{character}` means nothing here"
    explanation: ClassVar[str] = """\
The language is written with words, numbers, texts in double quotes and the marks
`, . : = { } ( ) + -`. Comparisons and connectives are words:

| instead of | write |
|---|---|
| `==` | `is` |
| `!=` | `is not` |
| `<`, `>` | `is less than`, `is more than`; of dates, `is before`, `is after` |
| `<=`, `>=` | `is at most`, `is at least` |
| `&&`, `\\|\\|`, `!` | `and`, `or`, `not` |
| `*` | `times` |
| `'...'`, `“...”` | `"..."` |
| `//` | `#` |
| `;` | nothing |
"""
    character: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookalikeCharacter(Diagnostic):
    code: ClassVar[str] = "lookalike-character"
    title: ClassVar[str] = "`{word}` holds {character}, which passes for `{letter}`"
    explanation: ClassVar[str] = """\
Names hold the letters `a` to `z`, digits and underscores. A Cyrillic or Greek letter that looks
like one of these would make two names that a reader cannot tell apart.

**Mend**: type the letter again on a Latin keyboard.
"""
    word: str
    character: str
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadName(Diagnostic):
    code: ClassVar[str] = "bad-name"
    title: ClassVar[str] = "`{name}` is not a name"
    explanation: ClassVar[str] = """\
A name starts with a letter and holds lower-case letters `a` to `z`, digits and single underscores
between them: `customer_information`, `s14`. Upper case, `__` and an underscore at either end are
kept for the code that is generated, where names must not meet.

**Mend**: write `CustomerData` as `customer_data`.
"""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedName(Diagnostic):
    code: ClassVar[str] = "reserved-name"
    title: ClassVar[str] = "`{name}` is a word of the language and cannot name {what}"
    explanation: ClassVar[str] = """\
What a file declares needs a name of its own: a rule called `when` could not be told from the
keyword wherever both may stand.

```privity
taxonomy purpose { marketing every }
```

**Mend**: choose another name, or a longer one: `every_purpose`.
"""
    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadDate(Diagnostic):
    code: ClassVar[str] = "bad-date"
    title: ClassVar[str] = "there is no date `{date}`"
    explanation: ClassVar[str] = """\
A date is written year-month-day and lies between 1700-01-01 and 9899-12-31: within these bounds
every program that reads the policy counts days alike.

```privity
define late = disclosure.on is after 2026-02-30
```

**Mend**: `2026-02-28`.
"""
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTooLarge(Diagnostic):
    code: ClassVar[str] = "number-too-large"
    title: ClassVar[str] = "a number has at most 18 digits, this one has {digits}"
    explanation: ClassVar[str] = """\
Whole numbers have at most 18 digits. What a fact may hold is bounded further by its type.

**Mend**: write a smaller number.
"""
    digits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NestingTooDeep(Diagnostic):
    code: ClassVar[str] = "nesting-too-deep"
    title: ClassVar[str] = "this is nested more than {limit} levels deep"
    explanation: ClassVar[str] = """\
Brackets, `not` and the braces of a taxonomy nest at most 100 levels deep. Nobody can read more.

**Mend**: give the inner part a name with `define`.
"""
    limit: int
