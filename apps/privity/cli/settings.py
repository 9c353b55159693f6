"""`[tool.privity]` of the nearest pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from privity.cli.faults import UsageError
from privity.cli.files import LARGEST, shown, unreadable


@dataclass(frozen=True)
class Settings:
    """`policies` and `proofs` are folders; None where nothing is said."""

    policies: Path | None = None
    proofs: Path | None = None
    timeout: float | None = None
    jobs: int | None = None


def settings_for(folder: Path) -> Settings:
    """Those of the nearest pyproject.toml in `folder` or above it."""
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if file.is_file():
            return _settings(file)
    return Settings()


def _settings(file: Path) -> Settings:
    table = _table(file)
    known = Settings.__dataclass_fields__
    for key in table:
        if key not in known:
            from privity.diagnostics.suggest import did_you_mean

            _refuse(file, f"`{key}` is not a setting", did_you_mean(key, known))
    return Settings(
        policies=_folder(table, "policies", file),
        proofs=_folder(table, "proofs", file),
        timeout=_number(table, "timeout", file),
        jobs=_count(table, "jobs", file),
    )


def _table(file: Path) -> Mapping[str, object]:
    import tomllib

    try:
        with file.open("rb") as source:
            content = tomllib.loads(source.read(LARGEST).decode("utf-8"))
    except OSError as error:
        raise unreadable(file, error) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{shown(file)} is not TOML: {error}") from None
    tool = content.get("tool", {})
    table = tool.get("privity", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        _refuse(file, "it must be a table")
    return table


def _folder(table: Mapping[str, object], key: str, file: Path) -> Path | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(file, f"`{key}` must be the path of a folder")
    folder = file.parent / value
    if not folder.is_dir():
        _refuse(file, f"`{key}` is {value!r}, and there is no such folder")
    return folder


def _number(table: Mapping[str, object], key: str, file: Path) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**9:
        _refuse(file, f"`{key}` must be a positive number of seconds")
    return float(value)


def _count(table: Mapping[str, object], key: str, file: Path) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1024:
        _refuse(file, f"`{key}` must be a whole number from 1 to 1024")
    return value


def _refuse(file: Path, problem: str, hint: str = "") -> NoReturn:
    said = f"[tool.privity] in {shown(file)}: {problem}"
    raise UsageError(f"{said}; {hint}" if hint else said)
