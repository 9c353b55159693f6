"""Small policies, proved."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from privity.diagnostics import text
from privity.model.nodes import Policy
from privity.pipeline import compile_policy
from privity.prove.nodes import Verdict
from privity.prove.run import Options, prove

AS_OF = datetime.date(2026, 1, 1)


class RefusedError(Exception):
    """The text has errors: what is said of them."""


HEAD = """policy p otherwise deny
taxonomy data      { a  b { c  d } }
taxonomy recipient { bank  shop }
taxonomy purpose   { service  mail }
"""
"""Three leaves of data; what most policies here start with."""


def compiled(source: str, *, claims: str = "", **files: str) -> Policy:
    """The policy of a text. Raises RefusedError.

    `files` are vocabularies by name, `claims` the text of a claims file.
    """
    sources = {"p.privity": source, "claims.privity": claims}
    sources |= {f"{name}.privity": content for name, content in files.items()}

    def read(path: PurePath) -> bytes:
        if str(path) not in sources:
            raise FileNotFoundError(2, "no such file", str(path))
        return sources[str(path)].encode()

    found = compile_policy(PurePath("p.privity"), read, [PurePath("claims.privity")] * bool(claims))
    if found.policy is None:
        raise RefusedError(source + text.render(found.diagnostics, found.sources))
    return found.policy


def proved(policy: Policy, *others: Policy, options: Options | None = None) -> dict[str, Verdict]:
    """The verdict of each claim, by name."""
    asked = replace(options or Options(as_of=AS_OF))
    table: Mapping[str, Policy] = {each.name: each for each in (policy, *others)}
    return {verdict.claim.name: verdict for verdict in prove(policy, table, asked)}


def words(policy: Policy, *others: Policy, options: Options | None = None) -> dict[str, str]:
    """The verdict words alone."""
    return {name: v.verdict for name, v in proved(policy, *others, options=options).items()}


def verdict_of(source: str, *, options: Options | None = None) -> Verdict:
    """The verdict of the one claim in a text that goes on after `HEAD`."""
    [found] = proved(compiled(HEAD + source), options=options).values()
    return found
