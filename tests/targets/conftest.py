"""What the tests of targets share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.targets.node import Node, running


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    yield from running()
