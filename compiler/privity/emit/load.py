"""Runs a generated checker in this process, without a file."""

from __future__ import annotations

import sys
from itertools import count
from types import ModuleType

_numbers = count(1)


def load_checker(text: str) -> ModuleType:
    """The module that a generated text makes. Only ever give it text from `emit_python`."""
    name = f"privity_checker_{next(_numbers)}"
    module = ModuleType(name)
    # Data classes look their own module up while they are made.
    sys.modules[name] = module
    try:
        exec(compile(text, f"<{name}>", "exec"), module.__dict__)
    finally:
        del sys.modules[name]
    return module
