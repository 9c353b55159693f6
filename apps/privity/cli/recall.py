"""Verdicts of an earlier run of `privity prove`, where nothing that they rest on has changed.

A verdict on a claim rests on the claim, on what files of claims declare besides, on all that the
policy and the files it uses say but for its rules, on the limits and the day it was asked for, on
Privity, Python and Z3 themselves, and on the rules whose scope meets the claim's: no other can
apply where the claim is about. Where it is *refuted*, and there are other rules in the claim's
scope than before but not at its counterexample, that still breaks the claim. It is recalled iff
all of these are as they were. Every other claim is proved anew, over a policy that holds just the
rules that matter (`privity.revision`).

Not recalled: what is unknown; claims that compare two policies, nor any claim about a policy that
has such claims; anything where obligations are to be written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from privity.analyse.sanity import findings
from privity.cli import kept
from privity.cli.kept import Entry, Known
from privity.cli.verdict_data import places, plain, rules_shown, verdict_of
from privity.cli.workspace import Workspace, claims_about, compiled_file, policy_text
from privity.model.nodes import Claim, Policy
from privity.pipeline import Compiled
from privity.prove.differences import FEW
from privity.prove.nodes import Verdict
from privity.prove.obligations import scope_of
from privity.prove.run import Options
from privity.revision import (
    Leaves,
    Outline,
    Revision,
    claim_digests,
    leaves_of,
    meet,
    outline_of,
    revision_of,
)
from privity.symbolic.solver import Limits

SLOW = 2.0
"""Seconds of proving from which on verdicts are worth keeping."""

Scopes = Mapping[str, tuple[Leaves, ...]]
"""Of claims, by name."""


@dataclass(frozen=True)
class Recalled:
    """A policy with as many of its rules as are needed, and the verdicts that are known."""

    space: Workspace
    verdicts: Mapping[str, Verdict]
    outline: Outline
    masked: str
    differs: bool
    """The text is not the one that the earlier run saw."""


def recalled(path: Path, files: Sequence[str] | None, options: Options) -> Recalled | None:
    """What is known of a policy's claims from an earlier run, if anything is.

    Raises UsageError as opening the policy for the first time does.
    """
    entry = kept.load(path, options)
    text = policy_text(path) if entry is not None else None
    if entry is None or text is None:
        return None
    revision = revision_of(entry.outline, text)
    if revision is None:
        return None
    try:
        return _Reopening(path, files, entry, revision).run()
    except (LookupError, TypeError, ValueError, AttributeError):  # not what was kept
        return None


def keep(
    space: Workspace, options: Options, verdicts: Sequence[Verdict], known: Recalled | None
) -> None:
    """Keep the verdicts on all claims about a policy, if it took long to find them out.

    `known` is what `recalled` knew of it; without that, the policy was compiled as a whole.
    """
    changed = known is None or known.differs or any(not each.recalled for each in verdicts)
    slow = known is not None or sum(verdict.seconds for verdict in verdicts) >= SLOW
    if not changed or not slow:
        return
    compiled = space.compiled
    own = compiled.sources[space.policy.span.file] if known is None else known.masked
    digests = claim_digests(compiled, own)
    claims = {}
    for verdict in verdicts:
        scope, data = _scope(verdict.claim, space.policy), plain(verdict, space.policy)
        if scope is None:
            return
        if data is not None:
            where = tuple(map(tuple, places(verdict, scope, space.policy)))
            claims[verdict.claim.name] = Known(digests[verdict.claim.name], scope, where, data)
    outline = outline_of(compiled) if known is None else known.outline
    kept.save(space.path, Entry(kept.asked(options), _files(compiled), outline, claims))


# ------------------------------------------------------------------ a policy in part


@dataclass(frozen=True)
class _Reopening:
    path: Path
    files: Sequence[str] | None
    entry: Entry
    revision: Revision

    def run(self) -> Recalled | None:
        """Which claims have to be proved may show only once changed rules and claims are read;
        then the policy is read again, with the rules that these need."""
        found = self._with_rules_for(self._disturbed(self.entry.outline))
        if found is None or isinstance(found, Recalled):
            return found
        again = self._with_rules_for(found)
        return again if isinstance(again, Recalled) else None

    def _with_rules_for(self, scopes: Scopes) -> Recalled | Scopes | None:
        """The policy read with the rules that claims of these scopes need; the scopes of all
        that have to be proved where these are more; None where it has to be read as a whole."""
        names = self._rules_for(scopes)
        masked = self.revision.masked(names)
        claims = claims_about(self.path, self.files)
        compiled = compiled_file(self.path, claims, masked=masked)
        if not self._stands(compiled, names):
            return None
        outline = self.revision.outlined(compiled)
        anew = self._anew(compiled, masked, outline)
        if anew is None or not anew.items() <= scopes.items():
            return anew
        policy = compiled.sound
        return Recalled(
            Workspace(self.path, policy, compiled, claims),
            self._verdicts(policy, anew, outline),
            outline,
            masked,
            bool(self.revision.written),
        )

    def _rules_for(self, scopes: Scopes) -> frozenset[str]:
        """Those that the claims need, that sanity has to see again, that known verdicts show.

        A large policy stays large, so that it is treated as one.
        """
        outline = self.entry.outline
        names = {*outline.always, *outline.yielding(self.revision.changed)}
        for scope in scopes.values():
            names.update(outline.meeting(scope))
        for claim, known in self.entry.claims.items():
            if claim not in scopes:
                names |= rules_shown(known.verdict)
        found = outline.closed(names)
        more = (name for name in outline.faces if name not in found)
        while len(found) <= FEW and (name := next(more, None)) is not None:
            found |= outline.closed([name])
        return found

    def _stands(self, compiled: Compiled, names: frozenset[str]) -> bool:
        """Whether what was read is the policy without some rules, and sane as it was."""
        policy = compiled.policy
        if policy is None or compiled.sources[policy.span.file] != self.revision.text:
            return False
        if _files(compiled) != self.entry.files or not self.revision.holds(compiled, names):
            return False
        return not findings(policy, Limits())

    def _anew(self, compiled: Compiled, masked: str, outline: Outline) -> Scopes | None:
        """The claims that have to be proved; None where one compares policies."""
        policy = compiled.sound
        digests = claim_digests(compiled, masked)
        met = {*self._disturbed(self.entry.outline), *self._disturbed(outline)}
        found = {}
        for claim in policy.claims:
            scope, known = _scope(claim, policy), self.entry.claims.get(claim.name)
            if scope is None:
                return None
            if known is None or known.digest != digests[claim.name] or claim.name in met:
                found[claim.name] = scope
        return found

    def _disturbed(self, outline: Outline) -> Scopes:
        """The claims whose verdict rests on a changed rule, as an outline has its scope."""
        known = self.entry.claims.items()
        return {
            name: each.scope
            for name, each in known
            if any(self._changed_in(place, outline) for place in each.places)
        }

    def _changed_in(self, place: Sequence[Leaves], outline: Outline) -> bool:
        """Whether some changed rule can apply there."""
        changed = (outline.faces[name].scope for name in self.revision.changed)
        return any(meet(place, scope) for scope in changed)

    def _verdicts(self, policy: Policy, anew: Scopes, outline: Outline) -> dict[str, Verdict]:
        found = {}
        for claim in policy.claims:
            if claim.name not in anew:
                known = self.entry.claims[claim.name]
                outlines = (self.entry.outline, outline)
                same = not any(self._changed_in(known.scope, each) for each in outlines)
                found[claim.name] = verdict_of(known.verdict, claim, policy, same=same)
        return found


def _scope(claim: Claim, policy: Policy) -> tuple[Leaves, ...] | None:
    """The disclosures that a claim is about; None where it compares policies."""
    scope = scope_of(claim.statement)
    return None if scope is None else leaves_of(scope.roles, tuple(policy.roles))


def _files(compiled: Compiled) -> dict[str, str]:
    """The files that a policy uses, with a digest for each; its own is not among them."""
    used = [module.header.span.file for module in compiled.modules[:-1]]
    return {f: hashlib.sha256(compiled.sources[f].encode()).hexdigest() for f in used}
