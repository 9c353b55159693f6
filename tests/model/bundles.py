"""Golden sources: a policy in one file, with the files that it uses and claims about it below.

A line `# file: shared/words.privity` starts another file. One that begins with `claims for` holds
claims about the policy, all others are there to be used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from privity.analyse.sanity import findings
from privity.diagnostics import text
from privity.diagnostics.diagnostic import Diagnostic
from privity.model.nodes import Policy
from privity.pipeline import compile_policy
from privity.symbolic.solver import Limits

_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Checked:
    """What `privity check` would find in a bundle."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]

    @property
    def rendered(self) -> str:
        return text.render(self.diagnostics, self.sources)


def check(path: Path) -> Checked:
    """The policy of a golden source and all that is wrong with it."""
    return check_text(path.read_text("utf-8"), path.name)


def check_text(bundle: str, name: str = "test.privity") -> Checked:
    own, *others = _FILE.split(bundle)
    files = {name: own, **dict(zip(others[::2], others[1::2], strict=True))}

    def read(file: PurePath) -> bytes:
        if str(file) not in files:
            raise FileNotFoundError(2, "no such file", str(file))
        return files[str(file)].encode()

    claims = [PurePath(file) for file, source in files.items() if _is_of_claims(source)]
    compiled = compile_policy(PurePath(name), read, claims)
    found = compiled.diagnostics
    if compiled.policy is not None:
        found += findings(compiled.policy, Limits())
    return Checked(compiled.policy, found, compiled.sources)


def _is_of_claims(source: str) -> bool:
    return re.match(r"(\s|#.*\n)*claims for\b", source) is not None
