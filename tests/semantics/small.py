"""Small policies and requests in the words of the policy."""

from __future__ import annotations

import datetime

from tests.prove.policies import HEAD, compiled

from privity.model.formula import Plain
from privity.model.nodes import Policy
from privity.semantics.decide import decide
from privity.semantics.nodes import Decision, Request

__all__ = ["HEAD", "ask", "compiled", "day", "policy", "request"]


def policy(rest: str) -> Policy:
    """Three leaves of data (a, c, d; b is c and d), two recipients, two purposes."""
    return compiled(HEAD + rest)


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


def request(of: Policy, data: str = "a", /, **known: Plain) -> Request:
    """`recipient="bank"` by the name of a leaf, facts by key with `__` for the dot."""
    numbers = of.taxonomies["data"].leaf_numbers
    values: dict[str, Plain] = {}
    for name, value in known.items():
        if name in of.roles:
            assert isinstance(value, str)
            values[name] = of.taxonomies[name].leaf_numbers[value]
        else:
            values[name.replace("__", ".")] = value
    return Request(tuple(sorted(numbers[leaf] for leaf in data.split())), values)


def ask(of: Policy, data: str = "a", /, **known: Plain) -> Decision:
    return decide(of, request(of, data, **known))
