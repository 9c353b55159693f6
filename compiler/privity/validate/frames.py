"""What is known while a function runs, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from privity.validate.circuit import Gate
from privity.validate.values import Value

Locals = dict[str, Value]


@dataclass(frozen=True, slots=True)
class End:
    """Where `reached` holds, line `line` returns `value`."""

    reached: Gate
    value: Value
    line: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is called to return what it returns."""

    reached: Gate
    function: str
    arguments: tuple[Value, ...]
    line: int


@dataclass
class Frame:
    """A call being run. `tail` says which functions' calls are handed back instead of run."""

    function: str
    names: frozenset[str]
    tail: frozenset[str]
    ends: list[End] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
