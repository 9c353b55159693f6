"""Terms as SMT-LIB text. The constructors are total and fold constants."""

from __future__ import annotations

from collections.abc import Iterable

Term = str

TRUE: Term = "true"
FALSE: Term = "false"


def number(value: int) -> Term:
    return str(value) if value >= 0 else f"(- {-value})"


def negation(term: Term) -> Term:
    if term in (TRUE, FALSE):
        return FALSE if term == TRUE else TRUE
    return f"(not {term})"


def conjunction(terms: Iterable[Term]) -> Term:
    kept = [term for term in terms if term != TRUE]
    if FALSE in kept:
        return FALSE
    return kept[0] if len(kept) == 1 else f"(and {' '.join(kept)})" if kept else TRUE


def disjunction(terms: Iterable[Term]) -> Term:
    kept = [term for term in terms if term != FALSE]
    if TRUE in kept:
        return TRUE
    return kept[0] if len(kept) == 1 else f"(or {' '.join(kept)})" if kept else FALSE


def different(left: Term, right: Term) -> Term:
    return f"(xor {left} {right})"


def total(terms: Iterable[Term]) -> Term:
    parts = list(terms)
    return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})" if parts else "0"


def product(coefficient: int, term: Term) -> Term:
    return term if coefficient == 1 else f"(* {number(coefficient)} {term})"


def between(low: int, term: Term, high: int) -> Term:
    """`low <= term <= high`."""
    if low == high:
        return f"(= {term} {number(low)})"
    return f"(<= {number(low)} {term} {number(high)})"


def member(term: Term, values: frozenset[int]) -> Term:
    """Whether `term` is one of `values`: a union of intervals."""
    return disjunction(between(low, term, high) for low, high in intervals(values))


def intervals(values: frozenset[int]) -> list[tuple[int, int]]:
    """The runs of consecutive values, ascending."""
    runs: list[tuple[int, int]] = []
    for value in sorted(values):
        if runs and runs[-1][1] == value - 1:
            runs[-1] = (runs[-1][0], value)
        else:
            runs.append((value, value))
    return runs
