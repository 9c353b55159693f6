"""Runs of rows, some at the same time."""

from __future__ import annotations

from threading import Barrier, Lock

import pytest

from privity.emit.prelude.columns import _each


@pytest.mark.parametrize("threads", [1, 2, 3, 20])
def test_each_run_has_its_turn_once(threads: int) -> None:
    lock, taken = Lock(), list[int]()

    def take(start: int) -> None:
        with lock:
            taken.append(start)

    _each(take, range(0, 100, 10), threads)
    assert sorted(taken) == list(range(0, 100, 10))


def test_runs_are_at_work_at_the_same_time() -> None:
    """Each waits for the other one."""
    both, taken = Barrier(2, timeout=60), list[int]()

    def meet(start: int) -> None:
        both.wait()
        taken.append(start)

    _each(meet, range(4), 2)
    assert sorted(taken) == [0, 1, 2, 3]


def test_the_first_error_counts_and_nothing_more_is_started() -> None:
    both, taken = Barrier(2, timeout=60), list[int]()

    def fail(start: int) -> None:
        taken.append(start)
        both.wait()
        raise ValueError(start)

    for _ in range(20):
        taken.clear()
        with pytest.raises(ValueError, match=r"^0$"):
            _each(fail, range(100), 2)
        # Whoever takes a run while the other one fails would wait for good.
        assert sorted(taken) == [0, 1]


def test_an_error_is_raised_by_one_thread_as_by_many() -> None:
    def fail(start: int) -> None:
        if start >= 3:
            raise ValueError(start)

    for threads in (1, 2):
        with pytest.raises(ValueError, match=r"^3$"):
            _each(fail, range(100), threads)
