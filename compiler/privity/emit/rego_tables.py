"""The tables of a Rego package: vocabulary, rules, questions, and where answers lead."""

from __future__ import annotations

from collections.abc import Iterator

from privity.emit.atoms import sum_in_words
from privity.emit.code import Module
from privity.emit.rego_code import Value, comment, laid_out, quoted, sets, table
from privity.emit.rego_sums import reach
from privity.emit.words import headline
from privity.lower.at_once import AtOnce, Influence
from privity.lower.diagram import Node, Ref
from privity.lower.program import LoweredRule, Variable
from privity.lower.questions import Answer, OtherText, Pick, Question, Region, Truth, arms
from privity.model.formula import (
    Contains,
    IsNone,
    Linear,
    SameLeaf,
    SameText,
    facts_of,
    read_by,
    steady,
)
from privity.model.nodes import (
    FIRST_DAY,
    LAST_DAY,
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    SetType,
    TaxonomyType,
    TextType,
)


def question_id(number: int) -> str:
    return f"q{number}"


# ------------------------------------------------------------------ vocabulary and rules


def constants(module: Module, found: AtOnce) -> Iterator[list[str]]:
    policy = module.program.policy
    leaves = policy.roles["data"].leaves
    group_of = {leaves[leaf].name: n for n, group in enumerate(found.groups) for leaf in group}
    keys = [variable.key for variable in module.program.variables]
    yield laid_out("policy := ", {"name": policy.name, "sha256": policy.sha256})
    yield laid_out("roles := ", sets(key for key in policy.roles if key != "data"))
    yield laid_out("fact_keys := ", sets(key for key in keys if "." in key))
    yield laid_out("variable_order := ", keys[1:])
    yield table("variables", {v.key: _variable(module, v) for v in module.program.variables})
    yield [
        *comment("Data categories of one group get the same from every rule."),
        *laid_out("group_of := ", {leaf.name: group_of[leaf.name] for leaf in leaves}),
    ]
    yield laid_out("rule_order := ", [rule.name for rule in policy.rules])
    yield table(
        "rules",
        {rule.rule.name: _rule(module, rule) for rule in module.program.rules},
        {rule.name: headline(rule) for rule in policy.rules},
    )


def _variable(module: Module, variable: Variable) -> Value:
    found: dict[str, Value] = {"optional": variable.optional, "fact": "." in variable.key}
    match variable.type:
        case BooleanType(attested):
            return {"kind": "attested" if attested else "boolean", **found}
        case IntegerType(low, high):
            return {"kind": "integer", **found, "low": low, "high": high}
        case DurationType(low, high):
            return {"kind": "duration", **found, "low": low, "high": high}
        case DateType():
            low, high = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
            return {"kind": "date", **found, "low": low, "high": high}
        case TextType():
            return {"kind": "text", **found}
        case TaxonomyType():
            return {"kind": "leaf", **found, "leaves": _leaves(module, variable)}
        case SetType():
            return {"kind": "set", **found, "leaves": _leaves(module, variable)}


def _leaves(module: Module, variable: Variable) -> list[Value]:
    return [leaf.name for leaf in module.program.policy.taxonomy_of(variable.key).leaves]


def _rule(module: Module, rule: LoweredRule) -> Value:
    stated = rule.rule
    duties: list[Value] = []
    for number, duty in enumerate(stated.duties):
        owed: dict[str, Value] = {"name": duty.name, "label": duty.label}
        if duty.deadline is not None:
            owed["deadline"] = f"{stated.name}.{number}"
            reads = sorted(facts_of(duty.deadline.terms), key=module.number.__getitem__)
            owed["reads"] = list(reads)
        duties.append(owed)
    cited: list[Value] = list(dict.fromkeys(map(str, stated.citations)))
    return {"citations": cited, "duties": duties}


# ------------------------------------------------------------------ the diagram


def diagram_tables(module: Module, found: AtOnce) -> Iterator[list[str]]:
    maker = _Tables(module, found)
    own = maker.reached(found.root)
    questions = {question_id(n): maker.question(q) for n, q in enumerate(found.questions)}
    said = {question_id(n): maker.in_words(q) for n, q in enumerate(found.questions)}
    yield table("questions", questions, said)
    yield laid_out("root := ", maker.place(found.root))
    yield table("steps", {maker.place(ref): maker.step(ref) for ref in own}, maker.comments(own))
    yield table("ends", dict(maker.ends()))
    yield table("influences", {i.variable: maker.influence(i) for i in found.influences})
    yield list(maker.combinations())


class _Tables:
    def __init__(self, module: Module, found: AtOnce) -> None:
        self.module, self.found = module, found

    def reached(self, root: Ref) -> list[Ref]:
        """The steps reached from one, that one first, each before those that it leads to."""
        reached: set[Ref] = set()
        waiting = [root]
        while waiting:
            ref = waiting.pop()
            if ref >= 0 and ref not in reached:
                reached.add(ref)
                waiting += self.found.nodes[ref].children
        return sorted(reached, reverse=True)

    def place(self, ref: Ref) -> str:
        return f"s{ref}" if ref >= 0 else f"e{~ref}"

    def step(self, ref: Ref) -> Value:
        node: Node = self.found.nodes[ref]
        to: list[Value] = [self.place(child) for child in node.children]
        return {"asks": question_id(node.question), "to": to}

    def comments(self, refs: list[Ref]) -> dict[str, str]:
        questions = self.found.questions
        return {
            self.place(ref): self.in_words(questions[self.found.nodes[ref].question])
            for ref in refs
        }

    def ends(self) -> Iterator[tuple[str, Value]]:
        rules = self.module.program.policy.rules
        for number, end in enumerate(self.found.ends):
            if not any(isinstance(each, frozenset) for each in end):
                groups: list[Value] = []
                for each in end:
                    assert not isinstance(each, frozenset)
                    names: list[Value] = [rules[n].name for n in each.rules]
                    groups.append({"outcome": each.outcome, "rules": names})
                yield f"e{number}", groups

    def influence(self, influence: Influence) -> Value:
        steps = self.reached(influence.root)
        nodes = [self.found.nodes[ref] for ref in steps]
        children = [child for node in nodes for child in node.children]
        ends = dict.fromkeys(ref for ref in (*children, influence.root) if ref < 0)
        others = dict.fromkeys(node.question for node in nodes)
        return {
            "root": self.place(influence.root),
            "asks": [question_id(number) for number in influence.asks],
            "others": [question_id(number) for number in others],
            "steps": {self.place(ref): self.step(ref) for ref in steps},
            "ends": {self.place(ref): self._permitted(ref) for ref in ends},
        }

    def _permitted(self, end: Ref) -> Value:
        """For each combination of answers, the groups that are permitted."""
        found: list[Value] = []
        for each in self.found.ends[~end]:
            assert isinstance(each, frozenset)
            found.append(sets(sorted(each)))
        return found

    def combinations(self) -> Iterator[str]:
        """The combinations of answers to the questions that read a variable, by number."""
        yield 'combinations("", _) := set()'
        for influence in self.found.influences:
            sizes = [arms(self.found.questions[number]) for number in influence.asks]
            code, body = "", ""
            for place, (number, size) in enumerate(zip(influence.asks, sizes, strict=True)):
                body += f"some a{place} in found[{quoted(question_id(number))}]; "
                code = f"(({code}) * {size}) + a{place}" if code else f"a{place}"
            yield ""
            head = f"combinations({quoted(influence.variable)}, found)"
            yield f"{head} := {{one | {body}one := {code}}}"

    # -------------------------------------------------------------- questions

    def question(self, question: Question) -> Value:
        match question:
            case Pick(variable, groups):
                listed: list[Value] = [self._group(variable, group) for group in groups]
                return {"kind": "pick", "about": variable, "groups": listed}
            case Region(terms, bounds):
                reads = sorted(facts_of(terms), key=self.module.number.__getitem__)
                return {
                    "kind": "sum",
                    "reads": reads,
                    "bounds": list(bounds),
                    "unsteady": [key for key in reads if not steady(terms, key)],
                    "reach": reach(terms),
                }
            case Truth(atom):
                return self._truth(atom)

    def _truth(self, atom: IsNone | Contains | SameLeaf | SameText) -> Value:
        match atom:
            case IsNone(fact):
                return {"kind": "none", "about": fact}
            case Contains(fact, leaves):
                named = self._names(fact)
                inside: list[Value] = [named[leaf] for leaf in sorted(leaves)]
                return {"kind": "contains", "about": fact, "leaves": inside}
            case SameLeaf(left, right):
                return {"kind": "same_leaf", "reads": [left, right], "leaves": self._names(left)}
            case SameText(left, right):
                return {"kind": "same_text", "reads": [left, right]}

    def _names(self, variable: str) -> list[Value]:
        return _leaves(self.module, self.module.variable(variable))

    def _group(self, variable: str, group: frozenset[Answer]) -> Value:
        """The values of a group; none for all other texts."""
        if isinstance(self.module.variable(variable).type, TaxonomyType):
            leaves = self.module.program.policy.taxonomy_of(variable).leaves
            numbers = sorted(leaf for leaf in group if isinstance(leaf, int))
            return [leaves[leaf].name for leaf in numbers] or [None]
        plain = [each for each in group if not isinstance(each, OtherText)]
        return sorted(plain, key=repr)

    def in_words(self, question: Question) -> str:
        labels = {v.key: v.label for v in self.module.program.variables}

        def said(key: str) -> str:
            return f"{key}: {labels[key]}" if labels[key] else key

        match question:
            case Pick(variable, _):
                return f"{said(variable)}?"
            case Region(terms, bounds):
                words = sum_in_words(Linear(terms, 0))
                if len(bounds) == 1:
                    return f"{words} at most {bounds[0]}, or more?"
                return f"{words} less than {bounds[1]}, just that, or more?"
            case Truth(IsNone(fact)):
                return f"is it none? {said(fact)}"
            case Truth(atom):
                return "; ".join(said(key) for key in sorted(read_by(atom)))
