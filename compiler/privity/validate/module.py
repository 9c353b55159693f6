"""A module's text taken apart: the fixed parts compared, the others kept by name.

A module is, in this order: a docstring; the imports; what identifies the policy; the prelude;
classes, functions and tables, in any order; the entry points. Imports, prelude and entry points
are compared byte for byte with the reviewed texts, and must stand where statements of the top
level do: a text that merely quotes them is not taken for them. Nothing else may stand at the top
level, and no name may be bound twice, be one of the prelude's, or one of Python's own.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from privity.validate.findings import Finding, RefusalError
from privity.validate.subset import is_docstring, require_function

LONGEST = 64 * 2**20
PARTS = ("head", "prelude", "foot")
MARK = "_fixed_part_"
HEADER = ("POLICY", "SHA256", "GENERATOR", "VALIDATOR", "CLAIMS_PROVED")
_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prelude:
    """The reviewed texts that are the same in every module."""

    imports: str
    engine: str
    entry_points: str


@dataclass
class Module:
    """`tables` holds what names are bound to at the top level; `lines` where they are bound."""

    docstring: str
    header: dict[str, ast.expr] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    tables: dict[str, ast.expr] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_module(text: str, prelude: Prelude) -> Module:
    """The module of a text. Raises RefusalError where nothing more can be said of it.

    What is wrong with one part of it is among its findings.
    """
    _require_plain(text)
    parts = [prelude.imports.strip("\n"), prelude.engine.strip("\n")]
    parts.append(prelude.entry_points.strip("\n"))
    marked, lines = _marked(text, parts)
    body = _parsed(marked)
    if not body or not is_docstring(body[0]):
        raise RefusalError("changed-header", 1, "the module does not begin with a docstring")
    imports, engine, entry = (_place(body, number, line) for number, line in enumerate(lines))
    if not (imports == 1 and imports < engine < entry == len(body) - 1):
        raise RefusalError("changed-prelude", None, "the fixed parts are not in their places")
    module = Module(ast.get_docstring(ast.Module(body[:1], []), clean=False) or "")
    taken = _taken(parts)
    reader = _Reader(module, taken)
    reader.header(body[imports + 1 : engine])
    reader.rest(body[engine + 1 : entry])
    return module


def _require_plain(text: str) -> None:
    """Refuse whatever could make Python read another text."""
    if len(text) > LONGEST:
        raise RefusalError("not-python", None, "the text is too long")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isascii() or not line.isprintable():
            odd = next((c for c in line if _is_odd(c)), None)
            if odd is not None:
                said = f"the control character U+{ord(odd):04X}"
                raise RefusalError("not-python", number, f"{said} in the text")
    if any(_CODING.match(line) for line in text.split("\n", 2)[:2]):
        raise RefusalError("not-python", 1, "a comment that names an encoding")


def _parsed(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        raise RefusalError("not-python", error.lineno, f"not Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise RefusalError("not-python", None, f"not Python: {type(error).__name__}") from None


def _is_odd(character: str) -> bool:
    """Characters that end lines for some readers, or that no text has."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character == "\ufeff"


def _marked(text: str, parts: Sequence[str]) -> tuple[str, list[int]]:
    """The text with a name in place of each fixed part, which is not parsed again and again, and
    blank lines that keep the others in their places; and the lines of these names."""
    lines = []
    for number, (part, name) in enumerate(zip(parts, PARTS, strict=True)):
        place = f"\n{text}\n".find(f"\n{part}\n")
        if place < 0:
            raise RefusalError("changed-prelude", None, f"the {name} differs from the reviewed one")
        lines.append(text.count("\n", 0, place) + 1)
        blank = "\n" * part.count("\n")
        text = f"{text[:place]}{MARK}{number}{blank}{text[place + len(part) :]}"
    return text, lines


def _place(body: Sequence[ast.stmt], number: int, line: int) -> int:
    """The statement that stands for a fixed part. It is one by itself: so the part's whole lines
    begin and end where statements of the top level do, and are what they are by themselves."""
    for place, statement in enumerate(body):
        match statement:
            case ast.Expr(ast.Name(name)) if name == f"{MARK}{number}" and statement.lineno == line:
                return place
            case _:
                pass
    raise RefusalError("changed-prelude", line, f"the {PARTS[number]} is not by itself")


@lru_cache(maxsize=8)
def _statements(part: str) -> tuple[ast.stmt, ...]:
    return tuple(ast.parse(part).body)


def _taken(parts: Sequence[str]) -> Mapping[str, str]:
    """The names that a module may not bind, each with whose it is."""
    found = dict.fromkeys([*dir(builtins), *keyword.kwlist, *keyword.softkwlist], "Python's own")
    for part in parts:
        for name in _bound(_statements(part)):
            found[name] = "the prelude's"
    return found


def bound_names(prelude: Prelude) -> frozenset[str]:
    """What imports and engine bind, entry points not among them."""
    parts = (prelude.imports.strip("\n"), prelude.engine.strip("\n"))
    return frozenset(name for part in parts for name in _bound(_statements(part)))


def require_rows(prelude: Prelude, rows: Mapping[str, Mapping[str, object]]) -> None:
    """The rows of tables have, in the prelude, just these fields, in this order, and defaults
    where these are not `...`. Raises RefusalError."""
    classes = {
        node.name: node
        for node in _statements(prelude.engine.strip("\n"))
        if isinstance(node, ast.ClassDef)
    }
    for name, wanted in rows.items():
        found = _fields(classes[name]) if name in classes else {}
        if list(found) != list(wanted) or any(
            (found[field] is ...) is not (default is ...) for field, default in wanted.items()
        ):
            said = f"the prelude's `{name}` is not the one that this validator knows"
            raise RefusalError("changed-prelude", None, said)


def require_makers(prelude: Prelude, makers: Mapping[str, Mapping[str, object]]) -> None:
    """The functions that rows call take, in the prelude, just these parameters, in this order;
    those that are not `...` have defaults, that with a `*` is any number. Raises RefusalError."""
    functions = {
        node.name: node.args
        for node in _statements(prelude.engine.strip("\n"))
        if isinstance(node, ast.FunctionDef)
    }
    for name, wanted in makers.items():
        found = functions.get(name)
        plain = [parameter for parameter in wanted if not parameter.startswith("*")]
        rest = next((parameter[1:] for parameter in wanted if parameter.startswith("*")), None)
        if (
            found is None
            or [argument.arg for argument in found.args] != plain
            or (found.vararg.arg if found.vararg else None) != rest
            or len(found.defaults) != sum(wanted[parameter] is not ... for parameter in plain)
        ):
            said = f"the prelude's `{name}` is not the one that this validator knows"
            raise RefusalError("changed-prelude", None, said)


def _fields(found: ast.ClassDef) -> dict[str, object]:
    """The fields of a named tuple; `...` where one has no default."""
    return {
        node.target.id: ... if node.value is None else node.value
        for node in found.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _bound(body: Sequence[ast.stmt]) -> Iterator[str]:
    """What statements bind at the top level."""
    for node in body:
        match node:
            case ast.Import(aliases) | ast.ImportFrom(_, aliases):
                yield from (alias.asname or alias.name.split(".")[0] for alias in aliases)
            case ast.ClassDef(name) | ast.FunctionDef(name):
                yield name
            case ast.Assign(targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(ast.Name(name)):
                yield name
            case _:
                pass


@dataclass
class _Reader:
    module: Module
    taken: Mapping[str, str]

    def header(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            name, value = self.assigned(statement)
            if name not in HEADER:
                self.refuse("changed-header", statement, f"`{name}` among what names the policy")
            elif self.bind(name, statement):
                self.module.header[name] = value

    def rest(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            try:
                self.statement(statement)
            except RefusalError as error:
                self.module.findings.append(error.finding)

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.FunctionDef(name):
                if self.bind(name, statement):
                    self.module.functions[name] = require_function(statement)
            case ast.ClassDef(name):
                if self.bind(name, statement):
                    self.module.classes[name] = statement
            case ast.Assign():
                name, value = self.assigned(statement)
                if self.bind(name, statement):
                    self.module.tables[name] = value
            case _ if is_docstring(statement):
                pass
            case _:
                said = f"`{type(statement).__name__}` at the top level"
                raise RefusalError("not-in-subset", statement.lineno, said)

    def assigned(self, statement: ast.stmt) -> tuple[str, ast.expr]:
        """`name = value`, or with the annotation that the header has."""
        match statement:
            case ast.Assign([ast.Name(name)], value):
                return name, value
            case ast.AnnAssign(ast.Name(name), _, value, 1) if value is not None:
                return name, value
            case _:
                said = "more than `name = value` at the top level"
                raise RefusalError("not-in-subset", statement.lineno, said)

    def bind(self, name: str, statement: ast.stmt) -> bool:
        """Note the name; False, and a finding, if it is not free."""
        whose = self.taken.get(name)
        if whose is None and name in self.module.lines:
            whose = f"bound in line {self.module.lines[name]}"
        if whose is None and name.startswith("__"):
            whose = "Python's own"
        if whose is not None:
            self.refuse("rebound", statement, f"`{name}` is bound again; it is {whose}")
            return False
        self.module.lines[name] = statement.lineno
        return True

    def refuse(self, code: str, statement: ast.stmt, said: str) -> None:
        self.module.findings.append(Finding(code, statement.lineno, said))
