"""Prelude, part 11: explanations, and the module as a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from privity.emit.prelude.answer import _decide
from privity.emit.prelude.decide import Decision
from privity.emit.prelude.errors import RequestError
from privity.emit.prelude.nearest import _MOST_CHANGES, _Search
from privity.emit.prelude.program import _Program
from privity.emit.prelude.reading import _MOST_CHARACTERS, _from_mapping, parse_request
from privity.emit.prelude.sentences import _list, _quoted, _sentences
from privity.emit.prelude.tables import _Values
from privity.emit.prelude.values import MISSING, _to_wire, _Variable

# --- copied from here

Change = tuple[str, Any, Any]
"""A fact's key, its old and its new value as JSON writes them; MISSING if it is not stated."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and the nearest change that would permit the request; `str` puts it in words.

    `nearest`: fewest facts, then the least distance in days and numbers, then order of
    declaration; roles never change. Empty where the request is permitted as it is, None where no
    change of few facts was found.
    """

    decision: Decision
    nearest: tuple[Change, ...] | None
    _said: tuple[str, ...] = field(repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.decision)

    def __str__(self) -> str:
        said = _sentences(self.decision)
        if self.nearest is None:
            return f"{said} No change of {_MOST_CHANGES} facts or fewer was found to permit it."
        return f"{said} It would be permitted if {_list(self._said)}." if self.nearest else said


def _explain(p: _Program, data: Sequence[int], values: _Values) -> Explanation:
    decision = _decide(p, data, values)
    if decision:
        return Explanation(decision, (), ())
    found = _Search(p, data, values).nearest()
    if found is None:
        return Explanation(decision, None, ())
    changes, said = [], []
    for number, value in zip(found.facts, found.values, strict=True):
        variable = p.variables[number]
        change = (variable.key, _to_wire(variable, values[number]), _to_wire(variable, value))
        changes.append(change)
        said.append(_change_said(variable, *change))
    return Explanation(decision, tuple(changes), tuple(said))


def _change_said(variable: _Variable, key: str, old: Any, new: Any) -> str:
    """`the person has not opted out (subject.opted_out is false)`."""
    if variable.kind == "attested" and new is True:
        return f"it is attested that {variable.label or key} ({key} is true)"
    if label := _label_of(variable, new):
        return f"{label} ({key} is {_value_said(new)})"
    instead = "" if old is MISSING else f" instead of {_value_said(old)}"
    return f"{_quoted(key, variable.label)} is {_value_said(new)}{instead}"


def _label_of(variable: _Variable, value: Any) -> str | None:
    """The label that says by itself that the variable has this value."""
    if variable.kind in ("boolean", "attested"):
        return {True: variable.label, False: variable.negative}.get(value)
    return variable.negative if value is None else None


def _value_said(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{{{', '.join(value)}}}"
    if value is None or value is True or value is False:
        return {None: "none", True: "true", False: "false"}[value]
    return str(value)


# ------------------------------------------------------------------ the module as a command

_USAGE = """\
usage: {name} [--explain] [FILE]     decide the request in FILE, else on standard input
       {name} --about                say which policy this is, and what is proved of it

Exit code: 0 permit, 1 deny, 2 not a request, 4 unknown."""


def _main(p: _Program, arguments: Sequence[str]) -> int:
    flags = {argument for argument in arguments if argument.startswith("--")}
    files = [argument for argument in arguments if argument not in flags]
    if len(files) > 1 or not flags <= {"--about", "--explain"}:
        helped = flags == {"--help"} and not files
        print(_USAGE.format(name=sys.argv[0]), file=sys.stdout if helped else sys.stderr)
        return 0 if helped else 2
    if "--about" in flags:
        print(_about(p))
        return 0
    try:
        data, values = _from_mapping(p, parse_request(_input(files)))
    except (RequestError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return _answer(p, data, values, "--explain" in flags)


def _input(files: Sequence[str]) -> bytes:
    if not files or files[0] == "-":
        return sys.stdin.buffer.read(_MOST_CHARACTERS + 1)
    with open(files[0], "rb") as file:
        return file.read(_MOST_CHARACTERS + 1)


def _answer(p: _Program, data: Sequence[int], values: _Values, explained: bool) -> int:
    import json

    if explained:
        explanation = _explain(p, data, values)
        decision = explanation.decision
        print(str(explanation))
    else:
        decision = _decide(p, data, values)
        print(json.dumps(decision.as_dict()))
    return {"permit": 0, "deny": 1, "unknown": 4}[decision.outcome]


def _about(p: _Program) -> str:
    proved = [f"  {claim}" for claim in p.claims] or ["  no claims"]
    about = [f"policy     {p.policy}", f"sha256     {p.sha256}", f"generator  {p.generator}"]
    about.append(f"validator  {p.validator or 'not validated'}")
    return "\n".join([*about, "proved", *proved])


# --- to here
