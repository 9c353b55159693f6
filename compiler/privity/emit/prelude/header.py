"""Prelude, part 1: what the parts use of the standard library."""

# ruff: noqa: F401
# --- copied from here
from __future__ import annotations

import datetime
import enum
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from itertools import combinations, permutations, product
from marshal import dumps
from math import prod
from operator import attrgetter, eq, itemgetter
from typing import Any, Final, Literal, NamedTuple, NoReturn, Self

# --- to here
