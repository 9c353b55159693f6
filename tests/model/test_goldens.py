"""Sources that resolve, and sources that do not, with what is said of them beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import Golden
from tests.model.bundles import check
from tests.model.listing import listing

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.privity"))
BAD = sorted((HERE / "bad").glob("*.privity"))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good(path: Path, golden: Golden) -> None:
    checked = check(path)
    assert checked.rendered == ""
    assert checked.policy is not None
    golden(path.with_suffix(".txt"), listing(checked.policy))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad(path: Path, golden: Golden) -> None:
    """A file named after a code shows that code; whatever is found is recorded."""
    checked = check(path)
    codes = {each.code for each in checked.diagnostics}
    assert path.stem.split(".")[0].replace("_", "-") in codes
    failed = any(each.severity == "error" for each in checked.diagnostics)
    assert checked.policy is None or not failed or codes <= FOUND_LATER
    golden(path.with_suffix(".txt"), checked.rendered)


FOUND_LATER = {"never-applies", "contradictory-assumptions", "unused", "idle-exclusion"}
"""What is found in a policy whose names and types are right."""
