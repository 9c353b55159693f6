"""Laps of many contestants, taken in turn in one process, and what is made of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Any


@dataclass(frozen=True)
class Contestant:
    """`call` is asked each of `asked`, one after another; each kind has a list of its own."""

    name: str
    call: Callable[[Any], object]
    asked: Sequence[Any]


@dataclass(frozen=True)
class Times:
    """Nanoseconds a call, one figure a lap; the laps of one round have the same place."""

    name: str
    laps: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.laps)

    @property
    def spread(self) -> tuple[float, float]:
        """The tenth and the ninetieth percentile."""
        if len(self.laps) < 2:
            return self.laps[0], self.laps[0]
        tenths = quantiles(self.laps, n=10, method="inclusive")
        return tenths[0], tenths[-1]

    def over(self, other: Times) -> float:
        """How many times as long as the other: the median of the rounds' own ratios."""
        return median(one / two for one, two in zip(self.laps, other.laps, strict=True))


def race(contestants: Sequence[Contestant], rounds: int, budget: float) -> list[Times]:
    """Every contestant runs a lap a round, in an order that goes round with the rounds.

    Whoever would need more than `budget` seconds for the whole list is asked a part of it, each
    round the next one. The cyclic collector runs between laps only.
    """
    sizes = [_fitting(one, budget) for one in contestants]
    laps: list[list[float]] = [[] for _ in contestants]
    for number in range(rounds):
        for place in _in_turn(len(contestants), number):
            one = contestants[place]
            asked = _part(one.asked, sizes[place], number)
            laps[place].append(_lap(one.call, asked))
    return [Times(c.name, tuple(found)) for c, found in zip(contestants, laps, strict=True)]


def _fitting(one: Contestant, budget: float) -> int:
    """How many calls fit into the budget, by a lap that warms up as well."""
    some = one.asked[:20]
    _lap(one.call, some)
    needed = _lap(one.call, some) / 1e9
    return max(1, min(len(one.asked), int(budget / needed)))


def _in_turn(count: int, first: int) -> Iterator[int]:
    return ((first + place) % count for place in range(count))


def _part(asked: Sequence[Any], size: int, number: int) -> Sequence[Any]:
    if size == len(asked):
        return asked
    start = number * size % len(asked)
    return [*asked[start : start + size], *asked[: max(0, start + size - len(asked))]]


def _lap(call: Callable[[Any], object], asked: Sequence[Any]) -> float:
    with _uncollected():
        start = perf_counter_ns()
        for one in asked:
            call(one)
        return (perf_counter_ns() - start) / len(asked)


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
