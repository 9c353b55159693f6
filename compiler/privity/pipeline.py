"""The compiler as one function: files to a policy. It reads through a function that it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from privity.diagnostics.diagnostic import Diagnostic, Label
from privity.diagnostics.span import Span
from privity.model.errors import CyclicUse, ModuleNotFound, TooDeep, WrongModule
from privity.model.formula import Key, Plain
from privity.model.nodes import Policy
from privity.model.resolve import resolve_policy
from privity.syntax import nodes as tree
from privity.syntax.parse import decode, parse

if TYPE_CHECKING:
    from privity.prove.second import Second
    from privity.validate.findings import Validation
    from privity.validate.module import Prelude

Read = Callable[[PurePath], bytes]
"""The bytes of a file; raises OSError where it cannot be read."""

MOST_USES = 200


@dataclass(frozen=True)
class Compiled:
    """`policy` is None iff `diagnostics` holds an error. `sources` are all texts read, by file."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, str]
    root: PurePath
    modules: tuple[tree.Module, ...] = ()
    """The policy's own file, after all that it uses."""
    claims: tuple[tree.Module, ...] = ()

    @property
    def sound(self) -> Policy:
        """The policy, where it is known that there is one."""
        assert self.policy is not None
        return self.policy


def compile_policy(
    path: PurePath, read: Read, claims: Sequence[PurePath] = (), *, masked: str | None = None
) -> Compiled:
    """The policy (or vocabulary) of a file, with the claims about it. Raises OSError.

    Phases: load and parse all files, resolve names and types. A phase reports all that it finds;
    the next one runs only where it found no error.

    `masked` is parsed in place of the text of `path`: the same, some rules blanked out, for a
    policy without them that has the name, the hash and the sources of the whole one.
    """
    loader = _Loader(read, {} if masked is None else {str(path): masked})
    modules = loader.load(path)
    claim_modules = [module for p in claims if (module := loader.parse(p)) is not None]
    if loader.failed or not modules:
        return Compiled(None, tuple(loader.report), loader.sources, loader.root)
    texts = [loader.sources[file] for file in loader.order]
    resolved = resolve_policy(modules, claim_modules, texts=texts)
    diagnostics = (*loader.report, *resolved.diagnostics)
    return Compiled(
        resolved.policy,
        diagnostics,
        loader.sources,
        loader.root,
        tuple(modules),
        tuple(claim_modules),
    )


def second_procedure() -> Second:
    """Claims by decision diagram, for the prover to hold its verdicts against."""
    # Imported late: no other command needs the diagrams' library.
    from privity.lower.second import Procedure

    return Procedure()


def root_of(path: PurePath, name: str) -> PurePath:
    """What is left of a policy's path when its own dotted name is taken off; else its folder."""
    parts = name.split(".")
    stem = (*path.parent.parts, path.stem)
    if tuple(parts) == stem[-len(parts) :]:
        return PurePath(*stem[: -len(parts)]) if stem[: -len(parts)] else PurePath(".")
    return path.parent


@dataclass
class _Loader:
    """Reads modules depth first; `order` names their files, each after those it uses."""

    read: Read
    masked: Mapping[str, str] = field(default_factory=dict)
    root: PurePath = field(default_factory=PurePath)
    sources: dict[str, str] = field(default_factory=dict)
    report: list[Diagnostic] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.report)

    def parse(self, path: PurePath) -> tree.Module | None:
        """The module of a file; None after a report. Raises OSError."""
        file = str(path)
        decoded = decode(self.read(path), file)
        if not isinstance(decoded, str):
            self.report.extend(decoded)
            return None
        self.sources[file] = decoded
        parsed = parse(self.masked.get(file, decoded), file, layout=False)
        self.report.extend(parsed.diagnostics)
        return parsed.module

    def load(self, path: PurePath) -> list[tree.Module]:
        """The module of `path` after all that it uses, each once. Raises OSError for `path`."""
        module = self.parse(path)
        if module is None:
            return []
        if isinstance(module.header, tree.ClaimsHeader):
            problem = "this is a file of claims; name the policy that they are about"
            self.report.append(WrongModule(span=module.header.span, problem=problem))
            return []
        self.root = root_of(path, module.header.name.text)
        done: dict[str, tree.Module] = {}
        self._visit(module, str(path), [module.header.name.text], done)
        return [done[file] for file in self.order]

    def _visit(
        self, module: tree.Module, file: str, chain: list[str], done: dict[str, tree.Module]
    ) -> None:
        for use in _uses(module):
            name = use.module.text
            target = str(self.root.joinpath(*name.split(".")).with_suffix(".privity"))
            if name in chain:
                path = " uses ".join(f"`{n}`" for n in [*chain[chain.index(name) :], name])
                self.report.append(CyclicUse(span=use.module.span, name=name, path=path))
            elif len(chain) > MOST_USES:
                self.report.append(TooDeep(span=use.module.span, name=name, limit=MOST_USES))
            elif target not in done:
                used = self._used(use, PurePath(target))
                if used is not None:
                    self._visit(used, target, [*chain, name], done)
        done[file] = module
        self.order.append(file)

    def _used(self, use: tree.Use, path: PurePath) -> tree.Module | None:
        name = use.module.text
        try:
            module = self.parse(path)
        except OSError as error:
            note = f"looked for {path}: {error.strerror or 'not readable'}"
            self.report.append(ModuleNotFound(span=use.module.span, name=name, notes=(note,)))
            return None
        if module is None:
            return None
        problem = _unfit(module.header, name)
        if problem is not None:
            labels = (Label(_place(module.header), "declared here"),)
            self.report.append(WrongModule(span=use.module.span, problem=problem, labels=labels))
            return None
        return module


def _uses(module: tree.Module) -> Iterator[tree.Use]:
    return (node for node in module.declarations if isinstance(node, tree.Use))


def _unfit(header: tree.Header, name: str) -> str | None:
    if not isinstance(header, tree.VocabularyHeader):
        return f"`{name}` is not a vocabulary"
    if header.name.text != name:
        return f"the file used as `{name}` calls itself `{header.name.text}`"
    return None


def _place(header: tree.Header) -> Span:
    return header.span


# ------------------------------------------------------------------ validation


def prelude() -> Prelude:
    """The reviewed texts that every generated module has."""
    from privity.emit import prelude_text
    from privity.emit.tables import ENTRY_POINTS
    from privity.validate.module import Prelude

    return Prelude(prelude_text.imports(), prelude_text.engine(), ENTRY_POINTS)


def validate(text: str, policy: Policy) -> Validation:
    """Whether a module's text is the checker of a policy: `privity.validate`, with its prelude."""
    from privity.semantics.decide import decide
    from privity.semantics.nodes import Request
    from privity.validate.findings import Said
    from privity.validate.python import validate_python

    def reference(values: Mapping[Key, Plain]) -> Said:
        stated = {key: value for key, value in values.items() if key != "data"}
        data = values["data"]
        assert isinstance(data, int)
        decision = decide(policy, Request((data,), stated))
        return Said(decision.outcome, decision.rules)

    return validate_python(text, policy, prelude(), reference=reference)
