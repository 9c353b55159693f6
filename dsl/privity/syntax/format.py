"""Tree to text, in the one style there is.

`parse(format_module(module)).module == module`, formatting twice changes nothing, and every
comment is kept: one on a line of its own before what it precedes, one that trails a line on that
line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Protocol, assert_never

from privity.diagnostics.span import NOWHERE, Span
from privity.syntax import words
from privity.syntax.layout import (
    ANYWHERE,
    Comments,
    Group,
    Page,
    Piece,
    Row,
    write_group,
)
from privity.syntax.nodes import (
    AllowedOnlyIf,
    AlwaysAllowed,
    Assuming,
    Assumption,
    AtLeastAsStrict,
    AtMoment,
    BooleanType,
    Carries,
    Citation,
    Cites,
    Claim,
    ClaimClause,
    ClaimsHeader,
    Clause,
    Comment,
    DateType,
    DecidesTheSame,
    Declaration,
    Definition,
    DueBy,
    DurationType,
    Duty,
    Every,
    Expectation,
    ExpectRefuted,
    Fact,
    Header,
    IntegerType,
    Item,
    Module,
    Must,
    Name,
    Never,
    NeverAffects,
    NeverPermits,
    Occasion,
    OutcomesOnly,
    Parameter,
    Party,
    PolicyHeader,
    Reading,
    RestsOn,
    Rule,
    RuleClause,
    Scenario,
    SetType,
    SometimesAllowed,
    Source,
    Statement,
    Taxonomy,
    TaxonomyType,
    TextType,
    Unless,
    Use,
    ValueType,
    VocabularyHeader,
    When,
    Within,
    Yields,
)

INDENT = 2
COLUMN = 8  # where a clause starts, counted from its keyword
_KEPT_TOGETHER = (Use, Fact, Party, Parameter, Reading)

Part = Header | Declaration


class Named(Protocol):
    """A declaration with a name."""

    @property
    def name(self) -> Name: ...

    @property
    def span(self) -> Span: ...


def format_module(module: Module) -> str:
    """The text of `module`, ending in a line feed."""
    comments = Comments(module.comments, module.blank_lines)
    parts: tuple[Part, ...] = (module.header, *module.declarations)
    limits = [*(part.span.start for part in parts[1:]), sys.maxsize]
    lines: list[str] = []
    leading = comments.before(module.header.span.start)
    last: Part | None = None  # the part before, if it may have neighbours
    for part, limit in zip(parts, limits, strict=True):
        block = Page(comments)
        for group in _groups(part):
            write_group(block, group)
        following = _tail(block, part, comments.before(limit))
        sociable = isinstance(part, _KEPT_TOGETHER) and len(block.lines) == 1
        together = sociable and last is not None and _together(comments, last, part, leading)
        _lead(lines, comments, leading, part, together=together)
        lines += block.lines
        last, leading = part if sociable else None, following
    if leading:
        together = last is not None and not comments.after_blank(leading[0].span.line)
        _lead(lines, comments, leading, None, together=together)
    return "\n".join(lines) + "\n"


def _tail(block: Page, part: Part, comments: list[Comment]) -> list[Comment]:
    """Write what trails `part` or stands indented below it; the others precede what follows."""
    for i, comment in enumerate(comments):
        if (i or comment.own_line) and comment.span.column <= part.span.column:
            return comments[i:]
        block.remark([comment], INDENT)
    return []


def _together(comments: Comments, last: Part, part: Part, leading: list[Comment]) -> bool:
    """Whether no blank line parts two neighbours: as the author has it, else if they are alike."""
    if part.span == NOWHERE:
        return type(last) is type(part)
    if not leading and _kept_blank(last.span, part.span) is None:
        return True
    return not comments.after_blank(leading[0].span.line if leading else part.span.line)


def _lead(
    lines: list[str],
    comments: Comments,
    leading: list[Comment],
    part: Part | None,
    *,
    together: bool,
) -> None:
    """Blank line and comments before `part`. Within, blank lines are kept."""
    if lines and not together:
        lines.append("")
    following = [*(each.span.line for each in leading[1:]), part.span.line if part else None]
    for comment, line in zip(leading, following, strict=bool(leading)):
        lines.append(comment.text)
        if line is not None and comments.after_blank(line):
            lines.append("")


# ------------------------------------------------------------------ declarations


def _groups(part: Part) -> Iterator[Group]:
    """What stands on one line each, where it fits."""
    match part:
        case PolicyHeader(_, title, otherwise):
            effect = Piece(f"otherwise {otherwise}", max(0, part.span.end - len(otherwise)))
            yield [_row(_head("policy", part, title))]
            yield [_row([effect], indent=0)]
        case VocabularyHeader(_, title):
            yield [_row(_head("vocabulary", part, title))]
        case ClaimsHeader(policies):
            yield [_row([Piece("claims for", part.span.start), *words.names(policies)])]
        case Use(module):
            yield [_row([Piece("use", part.span.start), *words.names([module])])]
        case Source(clauses=clauses):
            rows = list(map(_clause_row, clauses, (None, *clauses)))
            yield from _braced(_head("source", part, part.label), part.span, rows)
        case Taxonomy(items=items):
            yield from _taxonomy(part, items)
        case Party():
            value = Piece(f"is {part.value.text}", part.value.span.start, ANYWHERE)
            head = [Piece("party", part.span.start), Piece(words.text(part.title)), value]
            yield [_row(head), *_cite_rows(part.cites)]
        case Fact():
            yield [_row(_fact(part)), *_cite_rows(part.cites)]
        case Parameter() | Definition():
            yield _equation(part)
        case Reading():
            yield [_row(_head("reading", part, part.text)), *_cite_rows(part.cites)]
        case Assumption():
            yield from _assumption(part)
        case Rule():
            yield from _rule(part)
        case Must():
            yield from _must(part)
        case Scenario():
            yield from _scenario(part)
        case Claim():
            yield from _claim(part)
        case _:
            assert_never(part)


def _row(pieces: Sequence[Piece], *, indent: int = 0) -> Row:
    return Row(pieces, indent, indent + INDENT)


def _head(keyword: str, part: Named, label: str | None) -> list[Piece]:
    head = [Piece(keyword, part.span.start), *words.names([part.name])]
    return head if label is None else [*head, Piece(words.text(label), breaks=ANYWHERE)]


def _keyed(keyword: str, start: int, pieces: list[Piece]) -> Row:
    """A clause of a rule: keyword, column, content."""
    head = Piece(keyword.ljust(COLUMN - 1), start)
    return Row([head, *pieces], INDENT, INDENT + COLUMN)


def _plain(keyword: str, start: int, pieces: list[Piece]) -> Row:
    """A clause of a claim, of a scenario or of a duty of the firm."""
    return Row([Piece(keyword, start), *pieces], INDENT, 2 * INDENT)


def _cite_rows(citations: Sequence[Citation]) -> list[Row]:
    if not citations:
        return []
    pieces = words.citations(citations)
    return [_plain("cite", pieces[0].offset, pieces)]


# ------------------------------------------------------------------ what rules are written in


def _braced(head: list[Piece], span: Span, rows: Sequence[Row]) -> Iterator[Group]:
    """Rows between braces, each on its own line."""
    if not rows:
        yield [_row([*head, Piece("{}", max(0, span.end - 1))])]
        return
    yield [_row([*head, Piece("{")])]
    yield from ([row] for row in rows)
    yield [_closing(span, 0)]


def _closing(span: Span, indent: int) -> Row:
    return Row([Piece("}", max(0, span.end - 1))], indent, indent, end=True)


def _kept_blank(before: Span | None, span: Span) -> int | None:
    """The line before which its author's blank line is kept, if a line starts at `span`."""
    line_start = span.start - span.column + 1
    return None if before is not None and before.end > line_start else span.line


def _clause_row(clause: Clause, before: Clause | None) -> Row:
    pieces = [Piece(clause.id, clause.span.start), Piece(words.text(clause.text), breaks=ANYWHERE)]
    if clause.informative is not None:
        pieces.append(Piece(f"informative {words.text(clause.informative)}", breaks=ANYWHERE))
    blanks = _kept_blank(before.span if before else None, clause.span)
    return Row(pieces, INDENT, 2 * INDENT, blanks=blanks)


def _taxonomy(part: Taxonomy, items: Sequence[Item]) -> Iterator[Group]:
    if not items:
        yield from _braced(_head("taxonomy", part, part.label), part.span, [])
        return
    yield [_row([*_head("taxonomy", part, part.label), Piece("{")])]
    yield from _items(items, INDENT)
    yield [_closing(part.span, 0)]


def _items(items: Sequence[Item], indent: int) -> Iterator[Group]:
    before: Span | None = None
    for item in items:
        yield from _item(item, indent, _kept_blank(before, item.span))
        before = item.span


def _item(item: Item, indent: int, blanks: int | None) -> Iterator[Group]:
    """On one line where the children are bare names."""
    pieces = [Piece(item.name.text, item.span.start)]
    if item.label is not None:
        pieces.append(Piece(words.text(item.label), breaks=ANYWHERE))
    if not item.children:
        yield [Row(pieces, indent, indent + INDENT, blanks=blanks)]
        return
    head = Row([*pieces, Piece("{")], indent, indent + INDENT, blanks=blanks)
    groups = [[head], *_items(item.children, indent + INDENT), [_closing(item.span, indent)]]
    if all(not child.children and child.label is None for child in item.children):
        yield [row for group in groups for row in group]
    else:
        yield from groups


def _fact(fact: Fact) -> list[Piece]:
    optional = " or none" if fact.optional else ""
    pieces = [
        Piece("fact", fact.span.start),
        Piece(f"{fact.name.text} :", fact.name.span.start),
        Piece(_type(fact.type) + optional, fact.type.span.start),
    ]
    if fact.label is not None:
        pieces.append(Piece(words.text(fact.label), breaks=ANYWHERE))
    if fact.negative is not None:
        pieces.append(Piece(f"or {words.text(fact.negative)}", breaks=ANYWHERE))
    return pieces


def _type(kind: ValueType) -> str:
    match kind:
        case BooleanType(attested):
            return "attested boolean" if attested else "boolean"
        case IntegerType(bounds):
            return _from_to("integer", *map(str, bounds or ()))
        case DateType():
            return "date"
        case DurationType(bounds):
            return _from_to("duration", *map(words.duration, bounds or ()))
        case TextType():
            return "text"
        case SetType(name):
            return f"set of {name.text}"
        case TaxonomyType(name):
            return name.text
        case _:
            assert_never(kind)


def _from_to(kind: str, *bounds: str) -> str:
    return " ".join([kind, "from", bounds[0], "to", bounds[1]] if bounds else [kind])


def _equation(part: Parameter | Definition) -> Group:
    keyword = "parameter" if isinstance(part, Parameter) else "define"
    value = Row(words.expression(part.value), INDENT, INDENT)
    return [_row([*_head(keyword, part, part.label), Piece("=")]), value, *_cite_rows(part.cites)]


def _assumption(part: Assumption) -> Iterator[Group]:
    condition = words.expression(part.condition)
    yield [_row(_head("assume", part, part.label))]
    yield [_keyed("that", condition[0].offset, condition)]
    yield [_keyed("until", 0, [Piece(part.until.isoformat())])]
    if part.cites:
        citations = words.citations(part.cites)
        yield [_keyed("cite", citations[0].offset, citations)]


# ------------------------------------------------------------------ rules


def _rule(rule: Rule) -> Iterator[Group]:
    yield [_row(_head(rule.effect, rule, rule.label))]
    yield [_keyed("share", rule.scope.span.start, words.set_expression(rule.scope.data))]
    for role, values in rule.scope.roles:
        pieces = words.set_expression(values)
        yield [_keyed(role, pieces[0].offset, pieces)]
    yield from ([_rule_clause(clause)] for clause in rule.clauses)


def _rule_clause(clause: RuleClause) -> Row:
    start = clause.span.start
    match clause:
        case When(condition):
            return _keyed("when", start, words.expression(condition))
        case Unless(condition):
            return _keyed("unless", start, words.expression(condition))
        case Yields(kind, rules):
            return _keyed("unless", start, [Piece(f"{kind} by"), *words.names(rules, last="or")])
        case RestsOn(readings):
            return _keyed("reading", start, words.names(readings))
        case Duty():
            return _keyed("duty", start, _duty(clause))
        case Cites(citations):
            return _keyed("cite", start, words.citations(citations))
        case _:
            assert_never(clause)


def _duty(duty: Duty) -> list[Piece]:
    pieces = words.names([duty.name])
    if duty.label is not None:
        pieces.append(Piece(words.text(duty.label), breaks=ANYWHERE))
    match duty.deadline:
        case Within():
            pieces += _within(duty.deadline)
        case DueBy(day):
            pieces.append(Piece("by", duty.deadline.span.start, ANYWHERE))
            pieces += words.expression(day, words.SUM)
        case None:
            pass
        case _:
            assert_never(duty.deadline)
    return pieces


def _within(within: Within) -> list[Piece]:
    start = words.expression(within.start, words.SUM)
    return [
        Piece("within", within.span.start, ANYWHERE),
        *words.expression(within.limit, words.SUM),
        Piece("of", start[0].offset, ANYWHERE),
        *start,
    ]


def _must(must: Must) -> Iterator[Group]:
    yield [_row(_head("must", must, must.label))]
    if must.schedule:
        yield [Row(list(_schedule(must.schedule)), INDENT, 2 * INDENT)]
    if must.before_sharing is not None:
        start = must.before_sharing.span.start
        yield [_plain("before", start, words.scope(must.before_sharing, "sharing"))]
    if must.when is not None:
        condition = words.expression(must.when)
        yield [_plain("when", condition[0].offset, condition)]
    yield _cite_rows(must.cites)


def _schedule(schedule: Sequence[Occasion]) -> Iterator[Piece]:
    for i, occasion in enumerate(schedule):
        *pieces, last = _occasion(occasion)
        comma = "," if i < len(schedule) - 1 else ""
        yield from [*pieces, Piece(last.text + comma, last.offset, last.breaks)]


def _occasion(occasion: Occasion) -> list[Piece]:
    match occasion:
        case AtMoment(moment, of):
            return [Piece(f"at {moment} of {of.text}", occasion.span.start, ANYWHERE)]
        case Every(period):
            return [Piece(f"every {words.duration(period)}", occasion.span.start, ANYWHERE)]
        case Within():
            return _within(occasion)
        case _:
            assert_never(occasion)


# ------------------------------------------------------------------ scenarios and claims


def _scenario(scenario: Scenario) -> Iterator[Group]:
    yield [_row([Piece("scenario", scenario.span.start), Piece(words.text(scenario.title))])]
    yield [Row(words.scope(scenario.scope), INDENT, 2 * INDENT)]
    if scenario.given is not None:
        given = words.expression(scenario.given)
        yield [_plain("given", given[0].offset, given)]
    yield from ([_expectation(each)] for each in scenario.expectations)
    yield _cite_rows(scenario.cites)


def _expectation(expectation: Expectation) -> Row:
    pieces = [Piece(expectation.outcome)]
    if expectation.rules:
        pieces += [Piece("by", breaks=ANYWHERE), *words.names(expectation.rules)]
    if expectation.policy is not None:
        policy = expectation.policy
        pieces.append(Piece(f"in {policy.text}", policy.span.start, ANYWHERE))
    return _plain("expect", expectation.span.start, pieces)


def _claim(claim: Claim) -> Iterator[Group]:
    yield [_row(_head("claim", claim, claim.label))]
    yield [Row(pieces, INDENT, 2 * INDENT) for pieces in _statement(claim.statement)]
    yield from ([_claim_clause(clause)] for clause in claim.clauses)


def _statement(statement: Statement) -> Iterator[list[Piece]]:
    """One row, or two that go on one line if they fit."""
    start = statement.span.start
    match statement:
        case Never(scope):
            yield [Piece("never", start), *words.scope(scope)]
        case AllowedOnlyIf(condition, scope):
            yield [Piece("allowed only if", start), *words.expression(condition)]
            yield [Piece("to", scope.span.start), *words.scope(scope)]
        case AlwaysAllowed(scope):
            yield [Piece("always allowed to", start), *words.scope(scope)]
        case SometimesAllowed(scope):
            yield [Piece("sometimes allowed to", start), *words.scope(scope)]
        case NeverPermits(fact, direction, where):
            never = Piece(f"never permits {direction}", where.span.start if where else 0)
            sharing = words.scope(where, "sharing") if where else []
            yield [*words.names([fact]), never, *sharing]
        case NeverAffects(fact, scope):
            never = Piece("never affects", scope.span.start)
            yield [*words.names([fact]), never, *words.scope(scope, "sharing")]
        case AtLeastAsStrict(left, right):
            link = Piece("is at least as strict as", right.span.start, ANYWHERE)
            yield [*words.names([left]), link, *words.names([right])]
        case DecidesTheSame(left, right):
            link = Piece("decides the same as", right.span.start, ANYWHERE)
            yield [*words.names([left]), link, *words.names([right])]
        case Carries(scope, duty):
            carries = Piece("carries", duty.span.start, ANYWHERE)
            yield [
                Piece("every permit to", start),
                *words.scope(scope),
                carries,
                *words.names([duty]),
            ]
        case _:
            assert_never(statement)


def _claim_clause(clause: ClaimClause) -> Row:
    start = clause.span.start
    match clause:
        case When(condition):
            return _plain("when", start, words.expression(condition))
        case Unless(condition):
            return _plain("unless", start, words.expression(condition))
        case Assuming(condition):
            return _plain("assuming", start, words.expression(condition))
        case OutcomesOnly():
            return _plain("outcomes only", start, [])
        case RestsOn(readings):
            return _plain("reading", start, words.names(readings))
        case Cites(citations):
            return _plain("cite", start, words.citations(citations))
        case ExpectRefuted(policy, because):
            why = Piece(f"because {words.text(because)}", breaks=ANYWHERE)
            place = Piece(f"in {policy.text}", policy.span.start)
            return _plain("expect refuted", start, [place, why])
        case _:
            assert_never(clause)
