"""From trees to a policy: every name resolved, every type checked, all that is wrong reported."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from privity.diagnostics.diagnostic import Diagnostic
from privity.diagnostics.span import Span
from privity.model.claims import Elsewhere, resolve_claim, words
from privity.model.errors import (
    MisplacedDeclaration,
    RoleWithoutTaxonomy,
    Unused,
)
from privity.model.expressions import condition
from privity.model.nodes import (
    REQUIRED_ROLES,
    Assumption,
    Claim,
    Must,
    Parameter,
    Party,
    Policy,
    Reading,
    Rule,
    Scenario,
)
from privity.model.quantities import define, definition_order
from privity.model.rules import (
    check_yields,
    in_order,
    resolve_assumption,
    resolve_citations,
    resolve_day,
    resolve_rule,
)
from privity.model.scenarios import resolve_scenario
from privity.model.scopes import resolve_scope
from privity.model.symbols import Symbols
from privity.model.taxonomies import resolve_taxonomy
from privity.model.vocabulary import resolve_fact, resolve_source
from privity.syntax import nodes as tree

D = TypeVar("D", bound=tree.Declaration)


@dataclass(frozen=True, slots=True)
class Resolved:
    """`policy` is None iff `diagnostics` holds an error."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


def resolve_policy(
    modules: Sequence[tree.Module], claims: Sequence[tree.Module] = (), *, texts: Sequence[str]
) -> Resolved:
    """The policy that `modules` declare: used ones first, the policy's (or vocabulary's) own last.

    `claims` are files of claims about it, resolved in its words. `texts` are the sources of
    `modules`; the policy's hash is taken over them.
    """
    return _Resolution(modules, claims, texts).run()


class _Resolution:
    """One run over all declarations, kind by kind, each kind seeing those before it."""

    def __init__(
        self, modules: Sequence[tree.Module], claims: Sequence[tree.Module], texts: Sequence[str]
    ) -> None:
        self.modules, self.claims, self.texts = modules, claims, texts
        self.symbols = Symbols()
        self.report = self.symbols.report
        self.own = modules[-1]
        self.seen: defaultdict[str, dict[str, tree.Name]] = defaultdict(dict)

    def run(self) -> Resolved:
        self._check_places()
        self._vocabulary()
        self._quantities(self.modules)
        rules, assumptions = self._rules()
        # What claims declare comes after the rules, which must not rest on it.
        self._readings(self.claims)
        self._quantities(self.claims)
        policy = self._policy(rules, assumptions)
        if isinstance(self.own.header, tree.PolicyHeader):
            self._unused()
        failed = any(finding.severity == "error" for finding in self.report)
        return Resolved(None if failed else policy, tuple(_sorted(self.report)))

    # -------------------------------------------------------------- vocabulary

    def _vocabulary(self) -> None:
        symbols = self.symbols
        for node, module in self._unique(tree.Taxonomy, "taxonomy"):
            taxonomy, values = resolve_taxonomy(node, _origin(module), self.report)
            symbols.taxonomies[taxonomy.name], symbols.values[taxonomy.name] = taxonomy, values
        self._check_roles()
        for source, module in self._unique(tree.Source, "source"):
            symbols.sources[source.name.text] = resolve_source(source, _origin(module), symbols)
        for fact, module in self._unique(tree.Fact, "fact"):
            resolve_fact(fact, _origin(module), symbols)
        self._readings(self.modules)

    def _readings(self, modules: Sequence[tree.Module]) -> None:
        for reading, _ in self._unique(tree.Reading, "reading", modules):
            citations = resolve_citations(reading.cites, self.symbols)
            self.symbols.readings[reading.name.text] = Reading(
                reading.name.text, reading.text, citations, reading.name.span
            )

    def _check_roles(self) -> None:
        if isinstance(self.own.header, tree.VocabularyHeader):
            return
        for role in REQUIRED_ROLES:
            if role not in self.symbols.taxonomies:
                self.report.append(
                    RoleWithoutTaxonomy(
                        span=_header_span(self.own),
                        role=role,
                        help=f"declare `taxonomy {role} {{ ... }}` or `use` a file that does",
                    )
                )

    # -------------------------------------------------------------- parameters, definitions

    def _quantities(self, modules: Sequence[tree.Module]) -> None:
        """Parameters and definitions, each after those that it refers to."""
        nodes: dict[str, tree.Parameter | tree.Definition] = {}
        for parameter, _ in self._unique(tree.Parameter, "parameter", modules):
            nodes[parameter.name.text] = parameter
        for definition, _ in self._unique(tree.Definition, "definition", modules):
            nodes[definition.name.text] = definition
        for role in self.symbols.roles():
            if role in nodes:
                first = self.symbols.taxonomies[role].span
                self.symbols.duplicate("role", role, nodes[role].name.span, first)
        for name in definition_order(nodes, self.symbols):
            define(nodes[name], self.symbols)

    # -------------------------------------------------------------- rules and claims

    def _rules(self) -> tuple[tuple[Rule, ...], tuple[Assumption, ...]]:
        symbols = self.symbols
        nodes = [node for node, _ in self._unique(tree.Rule, "rule", self.modules)]
        symbols.rule_names |= {node.name.text for node in nodes}
        found = [resolve_rule(node, symbols) for node in nodes]
        rules = [rule for rule in found if rule is not None]
        assumed = [
            resolve_assumption(node, symbols)
            for node, _ in self._unique(tree.Assumption, "assumption", self.modules)
        ]
        self._check_assumption_names(rules, [rule for _, rule in assumed])
        check_yields(nodes, rules, symbols)
        rules += [rule for _, rule in assumed]
        symbols.rules.update({rule.name: rule for rule in rules})
        symbols.rule_names |= set(symbols.rules)
        return tuple(rules), tuple(assumption for assumption, _ in assumed)

    def _policy(self, rules: tuple[Rule, ...], assumptions: tuple[Assumption, ...]) -> Policy:
        symbols, header = self.symbols, self.own.header
        name = header.name.text if not isinstance(header, tree.ClaimsHeader) else ""
        musts = [self._must(node) for node, _ in self._unique(tree.Must, "duty", self.modules)]
        scenarios = self._scenarios(name)
        claims = self._claims(name)
        return Policy(
            name=name,
            title=None if isinstance(header, tree.ClaimsHeader) else header.title,
            otherwise=header.otherwise if isinstance(header, tree.PolicyHeader) else "deny",
            taxonomies=dict(symbols.taxonomies),
            facts=tuple(symbols.facts.values()),
            definitions=dict(symbols.definitions),
            parameters=tuple(self._parameter(n) for n, _ in self._all(tree.Parameter)),
            readings=tuple(symbols.readings.values()),
            assumptions=assumptions,
            sources=tuple(symbols.sources.values()),
            parties=tuple(p for n, _ in self._all(tree.Party) for p in self._party(n)),
            rules=rules,
            rules_in_order=in_order(rules, symbols),
            musts=tuple(musts),
            scenarios=scenarios,
            claims=claims,
            sha256=_hash(self.modules, self.texts),
            span=_header_span(self.own),
        )

    def _check_assumption_names(self, rules: list[Rule], assumed: list[Rule]) -> None:
        names = {rule.name: rule for rule in rules}
        for rule in assumed:
            if rule.name in names:
                self.symbols.duplicate("rule", rule.name, rule.span, names[rule.name].span)

    def _parameter(self, node: tree.Parameter) -> Parameter:
        citations = resolve_citations(node.cites, Symbols(sources=self.symbols.sources))
        return Parameter(node.name.text, node.label, words(node.value), citations, node.name.span)

    def _party(self, node: tree.Party) -> Iterator[Party]:
        citations = resolve_citations(node.cites, self.symbols)
        if "recipient" in self.symbols.taxonomies:
            value = self.symbols.value("recipient", node.value)
            if value is not None:
                yield Party(node.title, value.leaves, citations, node.span)

    def _must(self, node: tree.Must) -> Must:
        if node.before_sharing is not None:
            resolve_scope(node.before_sharing, self.symbols)
        if node.when is not None:
            condition(node.when, self.symbols)
        for occasion in node.schedule:
            if isinstance(occasion, tree.Within):
                due = tree.Sum(occasion.start, (("+", occasion.limit),), occasion.span)
                resolve_day(due, self.symbols)
        citations = resolve_citations(node.cites, self.symbols)
        return Must(node.name.text, node.label, citations, node.name.span)

    def _scenarios(self, policy: str) -> tuple[Scenario, ...]:
        found = []
        for node, module in self._all(tree.Scenario, (*self.modules, *self.claims)):
            self._check_named([e.policy for e in node.expectations], module)
            found.append(resolve_scenario(_about(node, policy), self.symbols))
        return tuple(scenario for scenario in found if scenario is not None)

    def _claims(self, policy: str) -> tuple[Claim, ...]:
        found = []
        everywhere = (*self.modules, *self.claims)
        for node, module in self._unique(tree.Claim, "claim", everywhere):
            expected = [c for c in node.clauses if isinstance(c, tree.ExpectRefuted)]
            self._check_named([c.policy for c in expected], module)
            claim = resolve_claim(node, policy, self.symbols)
            if isinstance(claim, Elsewhere):
                self._check_named([claim.left], module)
            elif claim is not None:
                found.append(claim)
        return tuple(found)

    def _check_named(self, policies: Iterable[tree.Name | None], module: tree.Module) -> None:
        """Whatever is said of a policy is said in its own file, or in one whose header names it."""
        known = {name.text for name in _subjects(module)}
        for name in policies:
            if name is not None and name.text not in known:
                self.symbols.unknown("policy that this file is about, named", name, known)

    # -------------------------------------------------------------- declarations

    def _all(
        self, kind: type[D], modules: Sequence[tree.Module] | None = None
    ) -> Iterator[tuple[D, tree.Module]]:
        """All declarations of a kind in order, each with its module."""
        for module in self.modules if modules is None else modules:
            for node in module.declarations:
                if isinstance(node, kind):
                    yield node, module

    def _unique(
        self, kind: type[D], what: str, modules: Sequence[tree.Module] | None = None
    ) -> Iterator[tuple[D, tree.Module]]:
        """Like `_all`; of declarations with one name, over all calls, just the first.

        Parameters and definitions share their names.
        """
        seen = self.seen["definition" if what == "parameter" else what]
        for node, module in self._all(kind, modules):
            name: tree.Name = node.name  # type: ignore[union-attr]
            first = seen.setdefault(name.text, name)
            if first is name:
                yield node, module
            else:
                self.symbols.duplicate(what, name.text, name.span, first.span)

    def _check_places(self) -> None:
        for module in self.modules:
            if isinstance(module.header, tree.VocabularyHeader):
                self._refuse(module, _IN_POLICIES, "a vocabulary")
        for module in self.claims:
            self._refuse(module, _NOT_IN_CLAIMS, "a file of claims")

    def _refuse(
        self, module: tree.Module, kinds: Mapping[type[tree.Declaration], str], where: str
    ) -> None:
        for node in module.declarations:
            if type(node) in kinds:
                span = getattr(node, "name", node).span
                self.report.append(
                    MisplacedDeclaration(span=span, what=kinds[type(node)], where=where)
                )

    def _unused(self) -> None:
        """Warn of what the policy's own file declares and nothing refers to."""
        for kind, what in _USABLE.items():
            for node in self.own.declarations:
                if isinstance(node, kind) and (what, node.name.text) not in self.symbols.used:
                    self.report.append(Unused(span=node.name.span, kind=what, name=node.name.text))


_IN_POLICIES: dict[type[tree.Declaration], str] = {
    tree.Rule: "a rule", tree.Assumption: "an assumption", tree.Claim: "a claim",
    tree.Scenario: "a scenario", tree.Must: "a duty of the firm",
}  # fmt: skip
_NOT_IN_CLAIMS: dict[type[tree.Declaration], str] = {
    tree.Rule: "a rule", tree.Assumption: "an assumption", tree.Fact: "a fact",
    tree.Taxonomy: "a taxonomy", tree.Must: "a duty of the firm", tree.Party: "a party",
    tree.Parameter: "a parameter", tree.Source: "a source", tree.Use: "`use`",
}  # fmt: skip
_USABLE: dict[type[tree.Fact | tree.Definition | tree.Parameter | tree.Reading], str] = {
    tree.Fact: "fact", tree.Definition: "definition", tree.Parameter: "parameter",
    tree.Reading: "reading",
}  # fmt: skip


def _about(node: tree.Scenario, policy: str) -> tree.Scenario:
    """The scenario with just the expectations for `policy`."""
    kept = tuple(e for e in node.expectations if e.policy is None or e.policy.text == policy)
    return replace(node, expectations=kept)


def _subjects(module: tree.Module) -> tuple[tree.Name, ...]:
    """The policies that a module's claims and scenarios are about."""
    header = module.header
    return header.policies if isinstance(header, tree.ClaimsHeader) else (header.name,)


def _origin(module: tree.Module) -> str:
    """Where something is declared: two policies mean the same by a name iff this is the same."""
    return f"{_name_of(module)} in {module.header.span.file}"


def _name_of(module: tree.Module) -> str:
    header = module.header
    if isinstance(header, tree.ClaimsHeader):
        return "claims for " + ", ".join(name.text for name in header.policies)
    return header.name.text


def _header_span(module: tree.Module) -> Span:
    header = module.header
    return header.span if isinstance(header, tree.ClaimsHeader) else header.name.span


def _hash(modules: Sequence[tree.Module], texts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for module, text in zip(modules, texts, strict=True):
        digest.update(f"{_name_of(module)}\0{len(text)}\0{text}".encode())
    return digest.hexdigest()


def _sorted(report: Iterable[Diagnostic]) -> list[Diagnostic]:
    unique = dict.fromkeys(report)
    return sorted(unique, key=lambda d: (d.span.file, d.span.start, d.code))
