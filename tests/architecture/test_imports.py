"""Who may know of whom: the rooms of `privity` and what leaves and enters them."""

from __future__ import annotations

import ast

import pytest
from tests.architecture.sources import (
    ROOT,
    SOURCE_ROOTS,
    Source,
    hold,
    imported,
    room_of,
    sources,
)

SEES: dict[str, set[str]] = {
    "diagnostics": set(),
    "syntax": {"diagnostics"},
    "model": {"diagnostics", "syntax"},
    "semantics": {"diagnostics", "model"},
    "symbolic": {"diagnostics", "model"},
    "lower": {"diagnostics", "model"},
    # Conformance vectors cover the paths of the diagram that `lower` makes.
    "analyse": {"diagnostics", "syntax", "model", "semantics", "symbolic", "lower"},
    "prove": {"diagnostics", "model", "semantics", "symbolic"},
    "emit": {"diagnostics", "model", "lower"},
    "validate": {"diagnostics", "model", "symbolic"},
}
"""What a room may import from others. Nothing imports apps; apps import anything."""
OPEN = {"version"}
"""Modules of one constant, which see nothing and which anything may see."""
APPS = {path.name for path in ROOT.joinpath("apps", "privity").iterdir() if path.is_dir()}
SOURCES = {source.place: source for source in sources()}
ROOMS = [source for source in SOURCES.values() if source.room in SEES]
STRENGTH = "compiler/privity/analyse/strength.py"
PRELUDE_TEXT = "compiler/privity/emit/prelude_text.py"


def privity_rooms(source: Source) -> set[str]:
    """The other rooms that a module imports from."""
    rooms = {room_of(module) for module in source.imports if module.startswith("privity.")}
    return rooms - {source.room, *OPEN}


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 50
    assert {source.room for source in ROOMS} >= SEES.keys() - {"validate"}
    known = {*SEES, *OPEN, *APPS, "pipeline", "revision"}
    assert {source.room for source in SOURCES.values()} <= known


def points_one_way(source: Source) -> bool:
    """A room imports from those it may see."""
    return privity_rooms(source) <= SEES[source.room]


def knows_no_pipeline_and_no_app(source: Source) -> bool:
    """Only apps import `privity.pipeline`, nothing else imports apps."""
    return not privity_rooms(source) & {"pipeline", *APPS}


test_imports_point_one_way = hold(points_one_way, {STRENGTH: "sees `prove`"}, ROOMS)
test_nothing_but_apps_sees_the_pipeline = hold(knows_no_pipeline_and_no_app, {}, ROOMS)


def test_one_door_to_the_solver() -> None:
    keys = {s.name for s in SOURCES.values() if any(m.split(".")[0] == "z3" for m in s.imports)}
    assert keys == {"privity.symbolic.solver"}


def test_one_door_to_the_diagrams() -> None:
    keys = {s.name for s in SOURCES.values() if any(m.split(".")[0] == "oxidd" for m in s.imports)}
    assert keys == {"privity.lower.binary"}


def test_the_pipeline_alone_sees_everything() -> None:
    """And it imports no app."""
    [pipeline] = [source for source in SOURCES.values() if source.room == "pipeline"]
    assert pipeline.name == "privity.pipeline"
    assert privity_rooms(pipeline) <= SEES.keys()


def test_what_anything_may_see_sees_nothing() -> None:
    for source in SOURCES.values():
        assert source.room not in OPEN or not privity_rooms(source)


def test_the_two_meanings_do_not_know_each_other() -> None:
    for source in SOURCES.values():
        if source.room in ("semantics", "symbolic"):
            assert not {"semantics", "symbolic"} & privity_rooms(source)


def test_the_catalogue_alone_imports_by_names_that_are_not_written_out() -> None:
    made_up = {
        source.name
        for source in ROOMS
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("importlib.import_module", "import_module", "__import__")
        and not isinstance(node.args[0], ast.Constant)
    }
    assert made_up == {"privity.diagnostics.catalogue"}


def test_what_the_catalogue_imports_are_catalogues() -> None:
    from privity.diagnostics.catalogue import PHASES

    assert all(phase in {s.name for s in SOURCES.values()} for phase in PHASES)
    assert all(phase.endswith(".errors") for phase in PHASES)


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_privity_is_one_namespace_over_three_roots(root: str) -> None:
    assert not ROOT.joinpath(root, "privity", "__init__.py").exists()
    for room in ROOT.joinpath(root, "privity").iterdir():
        if room.is_dir() and room.name != "__pycache__":
            assert (room / "__init__.py").exists(), room.name
            assert (room / "py.typed").exists(), room.name


# ------------------------------------------------------------------ input and output

DOORS = {"privity.syntax.tables"}
"""The parser's table cache."""
PRELUDE = "privity.emit.prelude."
"""Text of the generated module, which is a command as well; it does not run as part of Privity."""
FUNCTIONS = {"open", "print", "input", "breakpoint"}
METHODS = {
    "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "rename", "iterdir",
    "glob", "rglob", "exists", "is_file", "is_dir", "stat", "lstat", "touch",
}  # fmt: skip
STREAMS = {"stdin", "stdout", "stderr", "argv", "exit"}
MEANS = {
    "os", "io", "shutil", "tempfile", "subprocess", "socket", "urllib", "http", "logging",
    "argparse", "fcntl", "glob",
}  # fmt: skip
INNER = [source for source in ROOMS if not source.name.startswith(PRELUDE)]


def neither_reads_nor_writes(source: Source) -> bool:
    """No room but apps does input or output."""
    return not doing_io(source.tree) or source.name in DOORS


def has_no_means_to(source: Source) -> bool:
    """No room but apps imports what input and output are done with."""
    return source.name in DOORS or not {m for m in source.imports if m.split(".")[0] in MEANS}


test_nobody_but_apps_reads_or_writes = hold(
    neither_reads_nor_writes,
    {PRELUDE_TEXT: "reads the prelude's files"},
    INNER,
)
test_nobody_but_apps_has_the_means_to = hold(has_no_means_to, {}, INNER)


def doing_io(tree: ast.AST) -> list[str]:
    """What reads or writes files, or talks to a terminal."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name(name)) if name in FUNCTIONS:
                found.append(name)
            case ast.Call(ast.Attribute(_, name)) if name in METHODS:
                found.append(name)
            case ast.Attribute(ast.Name("sys"), name) if name in STREAMS:
                found.append(name)
            case _:
                pass
    return found


# ------------------------------------------------------------------ would these tests notice?


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import z3", {"z3"}),
        ("def f():\n    from privity.prove import judge", {"privity.prove", "privity.prove.judge"}),
        ("if TYPE_CHECKING:\n    import privity.symbolic.solver as s", {"privity.symbolic.solver"}),
        ("importlib.import_module('privity.emit')", {"privity.emit"}),
    ],
)
def test_imports_are_found_wherever_they_stand(text: str, modules: set[str]) -> None:
    assert set(imported(ast.parse(text), "test")) == modules


@pytest.mark.parametrize(
    "text",
    [
        "open('x')",
        "print(1)",
        "Path('x').read_text()",
        "a.b.write_bytes(b'')",
        "sys.stdout.write('')",
    ],
)
def test_input_and_output_is_found(text: str) -> None:
    assert doing_io(ast.parse(text))
