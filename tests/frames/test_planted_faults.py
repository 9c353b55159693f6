"""Faults put into what decides columns: the comparison with rows by themselves finds each."""

from __future__ import annotations

import pytest
from tests.frames.test_agree import differences, outcomes_of_two_runs

from privity.emit import prelude_text

MOST_SEEDS = 60
RUNS = "sets of one run only"
FAULTS = {
    "rows from the wrong end": (
        'return np.packbits(truth, bitorder="little")',
        "return np.packbits(truth)",
    ),
    "NULL in Arrow is a value": ("if array.null_count:", "if array.null_count > 10**9:"),
    "bits of Arrow from the first": ("first, skipped = divmod(offset, 8)", "first, skipped = 0, 0"),
    "not a time is a day": ("    if not run.nat or", "    if run.nat or"),
    "masks are forgotten": (
        "nulls = None if masked is None else _packed(np, masked[first:last])",
        "nulls = None",
    ),
    "none is missing": ('return column.null or "none"', 'return "missing"'),
    "flags are forgotten": (
        "missing = _either(missing, _flagged(np, column.flags, first, last))",
        "pass",
    ),
    "names in another order": (
        "all(map(eq, names, variable.numbers))",
        "all(map(isinstance, names, [str] * 99))",
    ),
    "none is within": (
        'blank = part.missing if atom.kind == "is_none" else part.blank',
        "blank = part.missing",
    ),
    "the last leaf is like the first": (
        "found = ~beyond[own[0]] if truth[0] else",
        "found = ~beyond[own[0]] if truth[-1] else",
    ),
    "one leaf too few": (
        "greater = values > np.array(",
        "greater = values >= np.array(",
    ),
    "texts by number": (
        "numbers = [places.get(text, -1) for",
        "numbers = [n for n, _ in enumerate",
    ),
    "equal is at most": ("exact = len(atom.bounds) == 2", "exact = False"),
    "days count from 1970": (
        "bound = atom.bounds[-1] - (0 if moved else total(*ordinals))",
        "bound = atom.bounds[-1]",
    ),
    "months do not shift": (
        "first = (month + months).astype",
        "first = (month + 0 * months).astype",
    ),
    "what is missing is false": (
        "self.open = self.open | self.missing[number]",
        "self.open = self.missing[number]",
    ),
    "groups hang on nothing missing": (
        "self.sets.append(self.missing.get(number, rows.none))",
        "pass",
    ),
    RUNS: (
        """self.sets.append(self.missing.get(number, rows.none))
        none = None if part is None else part.none
        self.sets.append(rows.none if none is None else none & relevant)
""",
        """self.sets += [self.missing[number]] if absent is not None else []
        none = None if part is None else part.none
        self.sets += [] if none is None else [none & relevant]
""",
    ),
    "a scope that may match does not": (
        "(atoms[number] if absent is None else atoms[number] | absent)",
        "atoms[number]",
    ),
    "what the last rule reads matters": (
        "read[number] = read[number] | live",
        "read[number] = live",
    ),
    "compared values are one": (
        "if values is not None:\n                found, codes",
        "if values is None:\n                found, codes",
    ),
    "permits decide a denial": ("sets = [permitted & (one", "sets = [(one"),
    "boundaries of another atom": ("in own[1:]", "in boundaries[1:]"),
    "boundaries in another order": (
        "found |= zip(some, np.packbits",
        "found |= zip(some[::-1], np.packbits",
    ),
    "groups have codes of others": (
        "(*self.codes[n // most], n % most)",
        "(*self.codes[n % len(self.codes)], n % most)",
    ),
    "numbers that few runs have": (
        "if any(table[number] != number for",
        "if all(table[number] != number for",
    ),
    "unknown is stored as a boolean": ("            self.unknown = True", "            pass"),
    "runs have numbers of their own": ("run[:] = table.take(run)", "table.take(run)"),
    "a run goes where another belongs": (
        "outcomes[first : first + chunk] = decided.outcomes",
        "outcomes[: len(decided.outcomes)] = decided.outcomes",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = FAULTS[name]
    text = prelude_text.engine()
    assert old in text, f"the prelude has no `{old}`"
    wrong = text.replace(old, new)
    monkeypatch.setattr(prelude_text, "engine", lambda: wrong)
    if name == RUNS:
        assert outcomes_of_two_runs() != ["unknown"] * 8 + ["deny"] * 8
        return
    assert any(notices(seed) for seed in range(MOST_SEEDS)), f"{name} goes unnoticed"


def notices(seed: int) -> bool:
    try:
        return any(True for _ in differences(seed))
    except NameError:
        raise
    except Exception:
        # What a fault raises is seen as well.
        return True
