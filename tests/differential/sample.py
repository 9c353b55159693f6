"""A seeded sample of policies and requests, with what the naive implementation says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.differential.engines import Engines, in_numbers
from tests.generators.policies import random_policy
from tests.generators.requests import Asked, complete_request, partial_request
from tests.naive.completions import completions_of, decide_partial, is_exact
from tests.naive.decide import Decision, decide

from privity.semantics.cells import MOST_COMPLETIONS, axes_of

MOST_TRIED = 200  # completions, by brute force
MOST_CELLS = 600  # completions, by the reference semantics


@dataclass(frozen=True)
class Answered:
    """A request and the right answer."""

    asked: Asked
    answer: Decision


@dataclass(frozen=True)
class Case:
    """A policy with requests. `exact` are partial ones that brute force answers fully, `partial`
    are any; `large` have more completions than the reference semantics gets through in time."""

    engines: Engines
    complete: tuple[Answered, ...]
    exact: tuple[Answered, ...]
    partial: tuple[Asked, ...]
    large: tuple[Asked, ...]


def cases(first: int, count: int) -> Iterator[Case]:
    """Those of `count` seeds, made when they are asked for and kept."""
    return map(case, range(first, first + count))


@cache
def case(seed: int) -> Case:
    rng = Random(seed)
    engines = Engines(random_policy(rng).text)
    naive = engines.naive
    complete = [complete_request(rng, naive) for _ in range(4)]
    partial = [partial_request(rng, naive) for _ in range(8)]
    large = [each for each in partial if _is_large(engines, each)]
    partial = [each for each in partial if each not in large]
    exact = []
    for each in partial:
        completions = completions_of(naive, each.values, MOST_TRIED)
        if completions is not None and is_exact(naive, each.values):
            answer = decide_partial(naive, list(each.data), each.values, completions)
            exact.append(Answered(each, answer))
    answered = [Answered(each, decide(naive, list(each.data), each.values)) for each in complete]
    return Case(engines, tuple(answered), tuple(exact), tuple(partial), tuple(large))


def _is_large(engines: Engines, asked: Asked) -> bool:
    axes = axes_of(engines.policy, in_numbers(engines.policy, asked))
    return MOST_CELLS < axes.completions <= MOST_COMPLETIONS
