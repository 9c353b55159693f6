"""Where things are: policies, the claims about them, the policies they are compared with."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from privity.cli.faults import PolicyError, UsageError
from privity.cli.files import absolute, read, read_or_refuse, shown, unreadable
from privity.cli.settings import Settings, settings_for
from privity.model.nodes import AtLeastAsStrict, DecidesTheSame, Policy
from privity.pipeline import Compiled, compile_policy
from privity.syntax.parse import decode, parse

_BLANK = r"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
_NAME = rf"[a-z][a-z0-9_]*+(?:{_BLANK}\.{_BLANK}[a-z][a-z0-9_]*+)*+"
_NOT_NAME = re.compile(r"[ \t\r\n]++|#[^\r\n]*+")
_KIND = re.compile(rf"\A{_BLANK}(policy|vocabulary|claims)\b")
_CLAIMS = re.compile(
    rf"\A{_BLANK}claims\b{_BLANK}for\b{_BLANK}({_NAME}(?:{_BLANK},{_BLANK}{_NAME})*+)"
)
_OWN_NAME = re.compile(rf"\A{_BLANK}(?:policy|vocabulary)\b{_BLANK}({_NAME})")


@dataclass(frozen=True)
class Workspace:
    """A policy that compiled, with the claims about it that were asked for."""

    path: Path
    policy: Policy
    compiled: Compiled
    claims: tuple[Path, ...] = ()

    @property
    def root(self) -> Path:
        return Path(self.compiled.root)

    @cached_property
    def others(self) -> dict[str, Policy]:
        """The policies that claims compare this one with, by name."""
        found = (claim.statement for claim in self.policy.claims)
        names = dict.fromkeys(
            stated.other for stated in found if isinstance(stated, AtLeastAsStrict | DecidesTheSame)
        )
        return {name: self._other(name) for name in names}

    def _other(self, name: str) -> Policy:
        path = self.root.joinpath(*name.split(".")).with_suffix(".privity")
        if not path.exists():
            raise UsageError(
                f"a claim about `{self.policy.name}` speaks of the policy `{name}`, "
                f"and there is no {shown(path)}"
            )
        policy = open_policy(str(path)).policy
        if policy.name != name:
            raise UsageError(f"{shown(path)} calls itself `{policy.name}`, not `{name}`")
        return policy


def open_policy(path: str, claims: Sequence[Path] = ()) -> Workspace:
    """A policy's file, compiled. Raises UsageError, PolicyError."""
    place = absolute(path)
    _require_policy(place)
    compiled = compiled_file(place, claims)
    if compiled.policy is None:
        raise PolicyError(compiled.diagnostics, compiled.sources)
    return Workspace(place, compiled.policy, compiled, tuple(claims))


def _require_policy(place: Path) -> None:
    """Whoever names another kind of file is told what to name."""
    text = text_of(read_or_refuse(place), str(place))
    kind = kind_of(text)
    if kind == "vocabulary":
        raise UsageError(
            f"{shown(place)} is a vocabulary: it decides nothing; name a policy that uses it"
        )
    if kind == "claims":
        names = " or ".join(f"`{name}`" for name in claimed(text))
        about = f", {names}" if names else ""
        raise UsageError(
            f"{shown(place)} is a file of claims; name the policy that they are about{about}"
        )


def open_sane(path: str, files: Sequence[str] | None = None) -> Workspace:
    """With claims, and no rule that can never apply, nor assumptions that contradict each other.

    Raises UsageError, PolicyError.
    """
    from privity.analyse.sanity import findings
    from privity.symbolic.solver import Limits

    space = open_with_claims(path, files)
    found = findings(space.policy, Limits())
    if found:
        raise PolicyError(found, space.compiled.sources)
    return space


def open_with_claims(path: str, files: Sequence[str] | None = None) -> Workspace:
    """The same with the claims about it: those in `files`, else those in the proofs folder."""
    return open_policy(path, claims_about(absolute(path), files))


def claims_about(place: Path, files: Sequence[str] | None) -> tuple[Path, ...]:
    """The files of claims about a policy: those of `files`, else those in the proofs folder."""
    name = name_of(read_or_refuse(place), str(place))
    if name is None:
        return ()
    if files is None:
        return tuple(claims_files(place, name))
    given = [absolute(file) for file in files]
    return tuple(file for file in given if concerns(file, name))


def policy_text(place: Path) -> str | None:
    """The text of a policy's file; None where that is none."""
    text = text_of(read_or_refuse(place), str(place))
    return text if kind_of(text) == "policy" else None


def compiled_file(
    path: Path, claims: Sequence[Path] = (), *, masked: str | None = None
) -> Compiled:
    # A large policy is millions of objects, none of them garbage: what is loaded stays.
    gc.disable()
    try:
        return compile_policy(path, read, claims, masked=masked)
    except (OSError, ValueError) as error:
        named = getattr(error, "filename", None)
        raise unreadable(named or path, error) from None
    finally:
        gc.freeze()
        gc.enable()


def policies_in(path: Path, folder: Path) -> Iterator[Path]:
    """The policies that a file of claims names, each where it is found."""
    text = text_of(read_or_refuse(path), str(path))
    for name in claimed(text):
        yield find_policy(name, folder)


def find_policy(name: str, folder: Path) -> Path:
    """The file of a policy by its name: under `policies` of the settings, else of any folder
    above, else beside."""
    settings = settings_for(folder)
    places = [settings.policies] if settings.policies else _roots(folder)
    relative = Path(*name.split(".")).with_suffix(".privity")
    for place in places:
        file = place / relative
        if file.is_file() and kind_of(text_of(read_or_refuse(file), str(file))) == "policy":
            return file
    raise UsageError(f"there is no policy `{name}`: looked for {relative} in {_listed(places)}")


def _roots(folder: Path) -> list[Path]:
    above = [folder, *folder.parents]
    return [place for up in above for place in (up / "policies", up) if place.is_dir()]


def _listed(places: Iterable[Path]) -> str:
    return ", ".join(shown(place) for place in places)


# ------------------------------------------------------------------ claims


def claims_files(path: Path, name: str) -> Iterator[Path]:
    """The files in the proofs folder that are about the policy called `name`, in order."""
    folder = proofs_folder(path, name, settings_for(path.parent))
    if folder.is_dir():
        for file in _policy_files(folder):
            if file != path and concerns(file, name):
                yield file


def proofs_folder(path: Path, name: str, settings: Settings) -> Path:
    if settings.proofs is not None:
        return settings.proofs
    from privity.pipeline import root_of

    return Path(root_of(path, name)).parent / "proofs"


def concerns(path: Path, name: str) -> bool:
    """Whether a file has claims about the policy `name`, or is too broken to tell.

    The header alone is read. A broken file that speaks of the policy counts, so that its claims
    are missed with a diagnostic and not in silence.
    """
    content = read_or_refuse(path)
    decoded = decode(content, str(path))
    if not isinstance(decoded, str):
        return True
    kind = kind_of(decoded)
    if kind == "claims" and _CLAIMS.match(decoded):
        return name in claimed(decoded)
    broken = kind in (None, "claims") and name in decoded
    return broken and parse(decoded, str(path)).module is None


def claimed(text: str) -> tuple[str, ...]:
    """The policies that a file of claims names in its header."""
    header = _CLAIMS.match(text)
    if header is None:
        return ()
    return tuple(_NOT_NAME.sub("", header[1]).split(","))


def _policy_files(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise unreadable(error.filename, error)

    seen: set[str] = set()
    for place, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:  # a link back up
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        for file in sorted(files):
            if file.endswith(".privity"):
                yield Path(place, file)


# ------------------------------------------------------------------ headers


def kind_of(text: str) -> str | None:
    """The word that a file begins with: policy, vocabulary or claims."""
    found = _KIND.match(text)
    return found[1] if found else None


def name_of(content: bytes, file: str) -> str | None:
    """What a policy or vocabulary calls itself; None where that cannot be told."""
    found = _OWN_NAME.match(text_of(content, file))
    return _NOT_NAME.sub("", found[1]) if found else None


def text_of(content: bytes, file: str) -> str:
    """The text of a file's bytes, empty where it has none."""
    decoded = decode(content, file)
    return decoded if isinstance(decoded, str) else ""
