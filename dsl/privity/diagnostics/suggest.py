"""Guessing which name was meant."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` is a plausible misspelling of, if any.

    Plausible: at most one edit for every three letters, or one, where swapping neighbours is one
    edit. The fewest edits win, then the first in alphabetical order.
    """
    most = max(1, len(word) // 3)
    best: tuple[int, str] | None = None
    for candidate in candidates:
        if abs(len(candidate) - len(word)) > most or candidate == word:
            continue
        edits = _edits(word, candidate, most)
        if edits is not None and edits < max(len(word), len(candidate)):
            best = min(best or (edits, candidate), (edits, candidate))
            most = min(most, edits)
    return best[1] if best else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The help for a misspelt name, empty where there is nothing to suggest."""
    candidate = closest(word, candidates)
    return f"did you mean `{candidate}`?" if candidate else ""


def _edits(a: str, b: str, most: int) -> int | None:
    """How many letters to insert, delete, replace or swap to make `a` into `b`; None if more than
    `most`."""
    if most <= 0:
        return None
    older: list[int] = []
    old = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        new = [i]
        for j, other in enumerate(b, 1):
            cost = min(old[j] + 1, new[j - 1] + 1, old[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            new.append(cost)
        if min(new) > most:
            return None
        older, old = old, new
    return old[-1] if old[-1] <= most else None
