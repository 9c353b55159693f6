"""What the benchmarks have done in fresh interpreters: `python -m benchmarks.workers TASK ...`.

Each task prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from benchmarks.fresh import Json, peak_memory
from benchmarks.timing import Contestant, race


def build(policy: str, out: str) -> Json:
    """Compile, emit and validate a policy; seconds for each, bytes written, peak memory."""
    from privity.emit.python import emit_python
    from privity.pipeline import compile_policy, validate

    start = time.perf_counter()
    compiled = compile_policy(Path(policy), lambda path: Path(path).read_bytes())
    assert compiled.policy is not None, compiled.diagnostics[:3]
    read = time.perf_counter()
    text = emit_python(compiled.policy)
    written = time.perf_counter()
    Path(out).write_text(text, "utf-8")
    found = {
        "compile": read - start,
        "emit": written - read,
        "bytes": len(text.encode()),
        "emit_memory": peak_memory(),
    }
    start = time.perf_counter()
    validation = validate(text, compiled.policy)
    seconds = time.perf_counter() - start
    return {
        **found,
        "validate": seconds,
        "accepted": validation.accepted,
        "result": str(validation.result),
        "memory": peak_memory(),
    }


def imported(path: str) -> Json:
    """Seconds to import a module and peak memory; the first import writes its bytecode."""
    start = time.perf_counter()
    sys.path.insert(0, str(Path(path).parent))
    __import__(Path(path).stem)
    return {"seconds": time.perf_counter() - start, "memory": peak_memory()}


def engine(name: str, rules: str, checker: str, requests: str) -> Json:
    """Another engine on a generated policy: seconds to load it, nanoseconds a decision.

    It is asked nothing but what it is first seen to answer as the checker does.
    """
    from benchmarks import generator, peers
    from benchmarks.peers import generated

    asked = list(generator.requests(int(requests), seed=1))
    module = loaded(Path(checker))
    permitted = [module.check_mapping(one).outcome == "permit" for one in asked]
    start = time.perf_counter()
    peer = generated.ENGINES[name](generator.rules(int(rules)))
    load = time.perf_counter() - start
    wrong = peers.disagreements(peer, asked, permitted)
    if wrong:
        return {"load": load, "wrong": len(wrong)}
    contestant = Contestant(name, peer.decide, [peer.prepare(one) for one in asked])
    (times,) = race([contestant], rounds=5, budget=1.0)
    return {"load": load, "wrong": 0, "laps": times.laps, "memory": peak_memory()}


def z3(folder: str) -> Json:
    """Z3's own time on each SMT-LIB text of a folder: reading it, and checking it."""
    from privity.symbolic.solver import GaveUp, Limits, Session

    limits = Limits(seconds=600, resources=2_000_000_000)
    seconds = 0.0
    unknown = 0
    files = sorted(Path(folder).rglob("*.smt2"))
    for file in files:
        text = file.read_text("utf-8")
        start = time.perf_counter()
        answer = Session(text, limits).check()
        seconds += time.perf_counter() - start
        unknown += isinstance(answer, GaveUp)
    return {"seconds": seconds, "texts": len(files), "unknown": unknown}


def loaded(path: Path) -> ModuleType:
    """A generated module, from its file."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


TASKS: dict[str, Callable[..., Json]] = {
    "build": build,
    "imported": imported,
    "engine": engine,
    "z3": z3,
}


def main(arguments: Sequence[str]) -> None:
    task, *rest = arguments
    print(json.dumps(TASKS[task](*rest)))


if __name__ == "__main__":
    main(sys.argv[1:])
