"""What `privity prove` keeps of a run, as JSON in the user's cache: see `recall`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from privity.cli import cache
from privity.prove.run import Options
from privity.revision import Face, Leaves, Outline, Piece


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a claim: `digest` and `scope` are what it said, `verdict` is data.

    The verdict rests on no rule whose scope meets none of `places`.
    """

    digest: str
    scope: tuple[Leaves, ...]
    places: tuple[tuple[Leaves, ...], ...]
    verdict: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """`files` holds a digest for each file that the policy uses, its own apart."""

    asked: Mapping[str, Any]
    files: Mapping[str, str]
    outline: Outline
    claims: Mapping[str, Known]


def load(path: Path, options: Options) -> Entry | None:
    """What was kept of a run that asked the same about the policy of a file."""
    data = cache.load(_key(path))
    try:
        if data is None or data["asked"] != asked(options):
            return None
        claims = {name: _known(each) for name, each in data["claims"].items()}
        return Entry(data["asked"], data["files"], _outline_of(data["outline"]), claims)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def save(path: Path, entry: Entry) -> None:
    claims = {
        name: [known.digest, known.scope, known.places, known.verdict]
        for name, known in entry.claims.items()
    }
    data = {
        "asked": entry.asked,
        "files": entry.files,
        "outline": _outline(entry.outline),
        "claims": claims,
    }
    cache.save(_key(path), data)


def asked(options: Options) -> dict[str, Any]:
    """What of the options a verdict, or what is shown of it, depends on."""
    limits = options.limits
    return {
        "as_of": options.as_of.isoformat(),
        "seconds": limits.seconds,
        "resources": limits.resources,
        "witness": options.witness,
        "confirmed": options.confirm is not None,
        "second": options.second is not None,
    }


def _key(path: Path) -> str:
    return cache.digest("prove", str(path))


def _known(data: Any) -> Known:
    digest, scope, places, verdict = data
    return Known(digest, tuple(scope), tuple(map(tuple, places)), verdict)


def _outline(outline: Outline) -> Any:
    pieces = [[p.size, p.digest, p.starts, _face(p.face)] for p in outline.pieces]
    return [outline.roles, pieces, outline.always]


def _face(face: Face | None) -> Any:
    return face and [face.effect, face.name, face.yields_to, face.duties, face.scope]


def _outline_of(data: Any) -> Outline:
    roles, pieces, always = data
    return Outline(tuple(roles), tuple(_piece_of(*each) for each in pieces), tuple(always))


def _piece_of(size: int, digest: str, starts: Sequence[int], face: Any) -> Piece:
    return Piece(size, digest, tuple(starts), None if face is None else _face_of(*face))


def _face_of(
    effect: Any, name: str, yields: Sequence[str], duties: Sequence[str], scope: Sequence[int]
) -> Face:
    return Face(effect, name, tuple(yields), tuple(duties), tuple(scope))
