"""From trees to a policy: every name resolved, every type checked, all that is wrong reported."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from privity.diagnostics.diagnostic import Diagnostic, Label
from privity.diagnostics.span import Span
from privity.model.claims import Elsewhere, resolve_claim, words
from privity.model.errors import (
    CyclicDefinition,
    DuplicateName,
    MisplacedDeclaration,
    NotConstant,
    OutOfRange,
    RoleWithoutTaxonomy,
    TooDeep,
    UnknownRole,
    Unused,
)
from privity.model.expressions import condition, denotation
from privity.model.guards import presence
from privity.model.nodes import (
    DEFAULT_INTEGER,
    MOST_INTEGER,
    MOST_OFFSET_DAYS,
    REQUIRED_ROLES,
    ROLES,
    BooleanType,
    Claim,
    Clause,
    DateType,
    Definition,
    DurationType,
    Fact,
    FactType,
    IntegerType,
    Must,
    Parameter,
    Party,
    Policy,
    Reading,
    Rule,
    Scenario,
    SetType,
    Source,
    TaxonomyType,
    TextType,
)
from privity.model.rules import (
    check_yields,
    in_order,
    resolve_assumption,
    resolve_citations,
    resolve_rule,
)
from privity.model.scenarios import resolve_scenario
from privity.model.scopes import resolve_scope
from privity.model.symbols import Symbols
from privity.model.taxonomies import resolve_taxonomy
from privity.model.values import Condition, Number, Text, Wrong
from privity.syntax import nodes as tree

MOST_NESTING = 200
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

    def run(self) -> Resolved:
        self._check_places()
        self._vocabulary()
        self._quantities()
        policy = self._policy()
        if isinstance(self.own.header, tree.PolicyHeader):
            self._unused()
        failed = any(finding.severity == "error" for finding in self.report)
        return Resolved(None if failed else policy, tuple(_sorted(self.report)))

    # -------------------------------------------------------------- vocabulary

    def _vocabulary(self) -> None:
        symbols = self.symbols
        for node, origin in self._unique(tree.Taxonomy, "taxonomy"):
            taxonomy, values = resolve_taxonomy(node, origin, self.report)
            symbols.taxonomies[taxonomy.name], symbols.values[taxonomy.name] = taxonomy, values
        self._check_roles()
        for source, origin in self._unique(tree.Source, "source"):
            symbols.sources[source.name.text] = self._source(source, origin)
        for fact, origin in self._unique(tree.Fact, "fact"):
            self._fact(fact, origin)
        for reading, _ in self._unique(tree.Reading, "reading"):
            citations = resolve_citations(reading.cites, symbols)
            symbols.readings[reading.name.text] = Reading(
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

    def _source(self, node: tree.Source, origin: str) -> Source:
        first: dict[str, tree.Clause] = {}
        for clause in node.clauses:
            if first.setdefault(clause.id, clause) is not clause:
                self._duplicate("clause", clause.id, clause.span, first[clause.id].span)
        clauses = tuple(Clause(c.id, c.text, c.informative, c.span) for c in node.clauses)
        return Source(node.name.text, node.label, clauses, origin, node.name.span)

    def _fact(self, node: tree.Fact, origin: str) -> None:
        role, dot, _ = node.name.text.partition(".")
        if not dot or role not in (*ROLES, "disclosure") or node.name.text.count(".") > 1:
            self.report.append(UnknownRole(span=node.name.span, role=role))
            return
        citations = resolve_citations(node.cites, self.symbols)
        kind = self._fact_type(node)
        if kind is not None:
            self.symbols.facts[node.name.text] = Fact(
                node.name.text, kind, node.optional, node.label, node.negative, citations, origin,
                node.name.span,
            )  # fmt: skip

    def _fact_type(self, node: tree.Fact) -> FactType | None:
        match node.type:
            case tree.BooleanType(attested):
                return BooleanType(attested)
            case tree.DateType():
                return DateType()
            case tree.TextType():
                return TextType()
            case tree.IntegerType(bounds):
                low, high = bounds or DEFAULT_INTEGER
                bounded = self._bounded(node, low, high, MOST_INTEGER)
                return IntegerType(low, high) if bounded else None
            case tree.DurationType(bounds):
                return self._duration_type(node, bounds)
            case tree.TaxonomyType(name) | tree.SetType(name):
                return self._of_taxonomy(node.type, name)

    def _of_taxonomy(
        self, kind: tree.TaxonomyType | tree.SetType, name: tree.Name
    ) -> FactType | None:
        if name.text not in self.symbols.taxonomies:
            self.symbols.unknown("type or taxonomy", name, [*self.symbols.taxonomies, *_TYPES])
            return None
        self.symbols.used.add(("taxonomy", name.text))
        make = SetType if isinstance(kind, tree.SetType) else TaxonomyType
        return make(name.text)

    def _duration_type(
        self, node: tree.Fact, bounds: tuple[tree.DurationLiteral, tree.DurationLiteral] | None
    ) -> FactType | None:
        if bounds is None:
            return DurationType(-MOST_OFFSET_DAYS, MOST_OFFSET_DAYS)
        for bound in bounds:
            if bound.unit != "days":
                self.report.append(
                    OutOfRange(span=bound.span, what="the bounds of a duration are in days")
                )
                return None
        low, high = bounds[0].count, bounds[1].count
        bounded = self._bounded(node, low, high, MOST_OFFSET_DAYS)
        return DurationType(low, high) if bounded else None

    def _bounded(self, node: tree.Fact, low: int, high: int, most: int) -> bool:
        if -most <= low <= high <= most:
            return True
        what = f"the bounds must ascend and lie within {-most} to {most}"
        self.report.append(OutOfRange(span=node.type.span, what=what))
        return False

    # -------------------------------------------------------------- parameters, definitions

    def _quantities(self) -> None:
        """Parameters and definitions, each after those that it refers to."""
        nodes: dict[str, tree.Parameter | tree.Definition] = {}
        for parameter, _ in self._unique(tree.Parameter, "parameter"):
            nodes[parameter.name.text] = parameter
        for definition, _ in self._unique(tree.Definition, "definition"):
            twin = nodes.setdefault(definition.name.text, definition)
            if twin is not definition:
                self._duplicate("definition", twin.name.text, definition.name.span, twin.name.span)
        for role in self.symbols.roles():
            if role in nodes:
                first = self.symbols.taxonomies[role].span
                self._duplicate("role", role, nodes[role].name.span, first)
        for name in self._definition_order(nodes):
            self._define(nodes[name])

    def _definition_order(
        self, nodes: Mapping[str, tree.Parameter | tree.Definition]
    ) -> Iterable[str]:
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for name, node in nodes.items():
            sorter.add(name, *(r for r in references(node.value) if r in nodes))
        try:
            order = tuple(sorter.static_order())
        except CycleError as error:
            names = list(reversed(error.args[1]))
            path = " refers to ".join(f"`{name}`" for name in names)
            span = nodes[names[0]].name.span
            self.report.append(CyclicDefinition(span=span, name=names[0], path=path))
            return [name for name in nodes if name not in names]
        self._check_nesting(order, nodes)
        return order

    def _check_nesting(
        self, order: Iterable[str], nodes: Mapping[str, tree.Parameter | tree.Definition]
    ) -> None:
        """Bound the nesting of a definition with all that it refers to opened."""
        depth: dict[str, int] = {}
        for name in order:
            node = nodes[name]
            deepest = max((depth.get(r, 0) for r in references(node.value)), default=0)
            depth[name] = deepest + nesting(node.value)
            if depth[name] > MOST_NESTING:
                self.report.append(TooDeep(span=node.name.span, name=name, limit=MOST_NESTING))
                depth[name] = 0  # reported once, not for all that build on it

    def _define(self, node: tree.Parameter | tree.Definition) -> None:
        name, symbols = node.name.text, self.symbols
        citations = resolve_citations(node.cites, symbols)
        value = denotation(node.value, symbols)
        if isinstance(node, tree.Parameter):
            if not isinstance(value, Wrong) and not _is_constant(value):
                self.report.append(NotConstant(span=node.value.span))
            symbols.parameters[name] = value
        elif isinstance(value, Condition):
            formula = condition(node.value, symbols)
            symbols.definitions[name] = Definition(
                name, node.label, formula, citations, node.name.span
            )
            symbols.presences[name] = presence(formula, symbols.presences)
        else:
            symbols.quantities[name] = value

    # -------------------------------------------------------------- rules and claims

    def _policy(self) -> Policy:
        symbols, header = self.symbols, self.own.header
        nodes = [node for node, _ in self._unique(tree.Rule, "rule")]
        found = [resolve_rule(node, symbols) for node in nodes]
        rules = [rule for rule in found if rule is not None]
        assumed = [
            resolve_assumption(node, symbols)
            for node, _ in self._unique(tree.Assumption, "assumption")
        ]
        self._check_assumption_names(rules, [rule for _, rule in assumed])
        check_yields(nodes, rules, symbols)
        rules += [rule for _, rule in assumed]
        symbols.rules.update({rule.name: rule for rule in rules})
        name = header.name.text if not isinstance(header, tree.ClaimsHeader) else ""
        musts = tuple(self._must(node) for node, _ in self._unique(tree.Must, "duty"))
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
            assumptions=tuple(assumption for assumption, _ in assumed),
            sources=tuple(symbols.sources.values()),
            parties=tuple(p for n, _ in self._all(tree.Party) for p in self._party(n)),
            rules=tuple(rules),
            rules_in_order=in_order(rules, symbols),
            musts=musts,
            scenarios=scenarios,
            claims=claims,
            sha256=_hash(self.modules, self.texts),
            span=_header_span(self.own),
        )

    def _check_assumption_names(self, rules: list[Rule], assumed: list[Rule]) -> None:
        names = {rule.name: rule for rule in rules}
        for rule in assumed:
            if rule.name in names:
                self._duplicate("rule", rule.name, rule.span, names[rule.name].span)

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
                denotation(
                    tree.Sum(occasion.start, (("+", occasion.limit),), occasion.span),
                    self.symbols,
                )
        citations = resolve_citations(node.cites, self.symbols)
        return Must(node.name.text, node.label, citations, node.name.span)

    def _scenarios(self, policy: str) -> tuple[Scenario, ...]:
        nodes = [node for node, _ in self._all(tree.Scenario, claims=True)]
        found = [resolve_scenario(_about(node, policy), self.symbols) for node in nodes]
        return tuple(scenario for scenario in found if scenario is not None)

    def _claims(self, policy: str) -> tuple[Claim, ...]:
        found = []
        for node, origin in self._unique(tree.Claim, "claim"):
            claim = resolve_claim(node, policy, self.symbols)
            if isinstance(claim, Elsewhere):
                self._check_elsewhere(claim, node, origin)
            elif claim is not None:
                found.append(claim)
        return tuple(found)

    def _check_elsewhere(self, claim: Elsewhere, node: tree.Claim, origin: str) -> None:
        """A claim about another policy is checked with that one: its file must name it."""
        named = {name.text for m in self.claims for name in _subjects(m) if _name_of(m) == origin}
        if claim.left.text not in named:
            self.symbols.unknown("policy here named", claim.left, named)

    # -------------------------------------------------------------- declarations

    def _all(self, kind: type[D], claims: bool = False) -> Iterator[tuple[D, str]]:
        """All declarations of a kind in order, with the name of the module of each."""
        modules = (*self.modules, *self.claims) if claims else self.modules
        for module in modules:
            for node in module.declarations:
                if isinstance(node, kind):
                    yield node, _name_of(module)

    def _unique(self, kind: type[D], what: str) -> Iterator[tuple[D, str]]:
        """Like `_all`, claims files included; of declarations with one name the first."""
        seen: dict[str, tree.Name] = {}
        for node, origin in self._all(kind, claims=True):
            name: tree.Name = node.name  # type: ignore[union-attr]
            first = seen.setdefault(name.text, name)
            if first is name:
                yield node, origin
            else:
                self._duplicate(what, name.text, name.span, first.span)

    def _duplicate(self, kind: str, name: str, span: Span, first: Span) -> None:
        label = Label(first, "declared here first")
        self.report.append(DuplicateName(span=span, kind=kind, name=name, labels=(label,)))

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


_TYPES = ("boolean", "integer", "date", "duration", "text")
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


def references(node: tree.Expression) -> Iterator[str]:
    """The names that an expression refers to, in order of appearance."""
    match node:
        case tree.Reference(name):
            yield name.text
        case tree.Not(operand) | tree.Times(_, operand) | tree.Contains(operand, _):
            yield from references(operand)
        case tree.OneOf(operand, _, _):
            yield from references(operand)
        case tree.And(operands) | tree.Or(operands):
            for operand in operands:
                yield from references(operand)
        case tree.Comparison(_, left, right):
            yield from references(left)
            yield from references(right)
        case tree.Sum(first, rest):
            yield from references(first)
            for _, term in rest:
                yield from references(term)
        case _:
            return


def nesting(node: tree.Expression) -> int:
    """How deep an expression is nested."""
    match node:
        case tree.Not(operand) | tree.Times(_, operand):
            return 1 + nesting(operand)
        case tree.And(operands) | tree.Or(operands):
            return 1 + max(nesting(operand) for operand in operands)
        case tree.Comparison(_, left, right):
            return 1 + max(nesting(left), nesting(right))
        case tree.Sum(first, rest):
            return 1 + max(nesting(first), *(nesting(term) for _, term in rest))
        case _:
            return 1


def _is_constant(value: object) -> bool:
    match value:
        case Number():
            return not value.linear.terms
        case Text(fact, _):
            return fact is None
        case _:
            return False


def _about(node: tree.Scenario, policy: str) -> tree.Scenario:
    """The scenario with just the expectations for `policy`."""
    kept = tuple(e for e in node.expectations if e.policy is None or e.policy.text == policy)
    return replace(node, expectations=kept)


def _subjects(module: tree.Module) -> tuple[tree.Name, ...]:
    return module.header.policies if isinstance(module.header, tree.ClaimsHeader) else ()


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
