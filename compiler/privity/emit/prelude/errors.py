"""Prelude, part 2: what is wrong with a request, said once and safely."""

from __future__ import annotations

from collections.abc import Iterable

# --- copied from here


class RequestError(ValueError):
    """A request that the policy cannot be asked about.

    `code` is stable; `path` is the offending key, dotted, empty for the request as a whole.
    """

    def __init__(self, code: str, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.code = code
        self.path = path
        self.problem = problem


def _shown(value: object) -> str:
    """What was found, for a message: short, on one line, without hidden characters."""
    if isinstance(value, str):
        return ascii(value[:60]) if len(value) <= 60 else f"{value[:60]!a}..."
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if -(10**18) < value < 10**18 else "a huge number"
    if isinstance(value, float):
        return f"the number {value!r}"
    return f"a value of type {ascii(type(value).__name__)[1:-1]}"


def _wrong_type(path: str, wanted: str, found: object) -> RequestError:
    return RequestError("wrong-type", path, f"{wanted} is needed, not {_shown(found)}")


def _unknown_key(path: str, kind: str, key: object, keys: Iterable[str]) -> RequestError:
    shown = ascii(key[:80])[1:-1] if isinstance(key, str) else "?"
    return _unknown("unknown-key", f"{path}.{shown}" if path else shown, kind, key, keys)


def _unknown(code: str, path: str, kind: str, name: object, names: Iterable[str]) -> RequestError:
    guess = _guess(name, names)
    hint = f"; did you mean {guess!r}?" if guess else ""
    return RequestError(code, path, f"there is no {kind} {_shown(name)}{hint}")


def _guess(name: object, names: Iterable[str]) -> str | None:
    if not isinstance(name, str) or len(name) > 80:
        return None
    from difflib import get_close_matches

    similar = [n for n in names if abs(len(n) - len(name)) <= 3 or n.endswith(f".{name}")]
    return next(iter(get_close_matches(name, similar[:1000], 1, 0.6)), None)


# --- to here
