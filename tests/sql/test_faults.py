"""Faults in the emitted text are refused, each with a row that tells it apart when it is run; edits
that change nothing are taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from sqlglot import exp, parse_one
from tests.generators.policies import resolved
from tests.sql.engines import OPEN, fill, run
from tests.sql.policies import ZOO, corpus, table_of
from tests.sql.rows import Checked, Table

from privity.emit.sql.statements import emit_sql
from privity.validate.sql import Differs, Proved, validate
from privity.validate.sql_read import UnreadableError, What

Edit = Callable[[str], str]


@cache
def zoo() -> Table:
    always = {"column": "disclosure_on", "never_null": True}
    return table_of(resolved(ZOO), disclosure__on=always)


@cache
def metlife() -> Table:
    return table_of(corpus("customer_privacy"))


def replaced(old: str, new: str, count: int = 1) -> Edit:
    def edit(text: str) -> str:
        assert old in text, f"{old!r} is not in:\n{text}"
        return text.replace(old, new, count)

    return edit


def on_tree(dialect: str, change: Callable[[exp.Expr], None]) -> Edit:
    """An edit of the text as a tree."""

    def edit(text: str) -> str:
        tree = parse_one(text, dialect=dialect)
        change(tree)
        return tree.sql(dialect=dialect)

    return edit


def decisions(tree: exp.Expr) -> exp.Expr:
    """What is decided once a row is known to be valid."""
    case = tree.find(exp.Case)
    assert case is not None
    then: exp.Expr = case.args["ifs"][0].args["true"]
    return then


def swap_connective(tree: exp.Expr, kind: type[exp.Connector]) -> None:
    node = decisions(tree).find(kind)
    assert node is not None
    other = exp.Or if kind is exp.And else exp.And
    node.replace(exp.Paren(this=other(this=node.this, expression=node.expression)))


def lose_null(tree: exp.Expr) -> None:
    """Nothing is said of an opt-out that is missing."""
    for node in list(decisions(tree).find_all(exp.Is)):
        if node.this.name == "subject_opted_out":
            node.replace(exp.false())


def drop_arm(tree: exp.Expr) -> None:
    node = decisions(tree).find(exp.Or)
    assert node is not None
    node.replace(node.this)


def always_valid(tree: exp.Expr) -> None:
    case = tree.find(exp.Case)
    assert case is not None
    case.args["ifs"][0].set("this", exp.true())


def to_is_true(tree: exp.Expr) -> None:
    """`x IS NULL OR x = 1` and the like as `x IS TRUE`: what is missing counts as a no."""
    for node in list(decisions(tree).find_all(exp.Or)):
        test = node.this
        if isinstance(test, exp.Is) and test.this.name == "disclosure_sold":
            node.replace(exp.Is(this=test.this.copy(), expression=exp.true()))


def another_leaf(tree: exp.Expr) -> None:
    node = next(
        n
        for n in decisions(tree).find_all(exp.Literal, bfs=False)
        if n.is_string and n.this in ("own_products", "care")
    )
    node.replace(exp.Literal.string("joint_products" if node.this == "own_products" else "sale"))


def shorter_list(tree: exp.Expr) -> None:
    node = next(n for n in decisions(tree).find_all(exp.In, bfs=False))
    node.set("expressions", node.expressions[1:])


def not_the_column(tree: exp.Expr) -> None:
    names = {"subject_customer": "subject_opted_out", "subject_member": "disclosure_count"}
    for node in decisions(tree).find_all(exp.Column):
        if node.name in names:
            node.set("this", exp.to_identifier(names[node.name], quoted=True))


def swap_outcomes(tree: exp.Expr) -> None:
    for node in tree.find_all(exp.Literal):
        swapped = {"permit": "deny", "deny": "permit"}.get(node.this)
        if swapped is not None:
            node.replace(exp.Literal.string(swapped))


def otherwise(word: str) -> Callable[[exp.Expr], None]:
    def change(tree: exp.Expr) -> None:
        case = decisions(tree)
        assert isinstance(case, exp.Case)
        case.set("default", exp.Literal.string(word))

    return change


def drop_when(tree: exp.Expr) -> None:
    case = decisions(tree)
    case.set("ifs", case.args["ifs"][1:])


def swap_rules(tree: exp.Expr) -> None:
    names = [node for node in tree.find_all(exp.Alias) if node.alias.startswith("rule_")]
    one, other = names[0].this.copy(), names[1].this.copy()
    names[0].set("this", other)
    names[1].set("this", one)


def rule_always(tree: exp.Expr) -> None:
    node = [node for node in tree.find_all(exp.Alias) if node.alias.startswith("rule_")][-1]
    node.this.find(exp.Case).args["ifs"][0].set("true", exp.true())


def rule_never(tree: exp.Expr) -> None:
    node = [node for node in tree.find_all(exp.Alias) if node.alias.startswith("rule_")][-1]
    node.set("this", exp.false())


def not_removed(tree: exp.Expr) -> None:
    node = decisions(tree)
    assert isinstance(node, exp.Not)
    node.replace(node.this)


def years_less(tree: exp.Expr) -> None:
    for node in tree.find_all(exp.Interval):
        node.set("this", exp.Literal.string("215"))


FAULTS: list[tuple[str, str, str, What, Edit]] = [
    ("a flipped comparison", "metlife", "duckdb", "filter", replaced("<= 29", ">= 29")),
    ("an off-by-one day", "metlife", "sqlite", "filter", replaced("<= 29", "<= 28", -1)),
    ("an off-by-one day, in a constant", "zoo", "duckdb", "filter",
     replaced("'2030-01-02'", "'2030-01-01'", -1)),
    ("a lost NULL check", "metlife", "duckdb", "filter", on_tree("duckdb", lose_null)),
    ("a lost NULL check, in SQLite", "metlife", "sqlite", "filter", on_tree("sqlite", lose_null)),
    ("AND for OR", "metlife", "duckdb", "filter",
     on_tree("duckdb", lambda tree: swap_connective(tree, exp.Or))),
    ("OR for AND", "metlife", "sqlite", "filter",
     on_tree("sqlite", lambda tree: swap_connective(tree, exp.And))),
    ("a dropped arm", "metlife", "duckdb", "filter", on_tree("duckdb", drop_arm)),
    ("no test of validity", "metlife", "duckdb", "filter", on_tree("duckdb", always_valid)),
    ("no test of validity, in SQLite", "metlife", "sqlite", "outcome",
     on_tree("sqlite", always_valid)),
    ("IS TRUE", "metlife", "duckdb", "filter", on_tree("duckdb", to_is_true)),
    ("a wrong leaf", "metlife", "sqlite", "filter", on_tree("sqlite", another_leaf)),
    ("a leaf left out of a list", "metlife", "duckdb", "outcome", on_tree("duckdb", shorter_list)),
    ("another column", "metlife", "duckdb", "filter", on_tree("duckdb", not_the_column)),
    ("outcomes swapped", "zoo", "duckdb", "outcome", on_tree("duckdb", swap_outcomes)),
    ("permit for unknown", "metlife", "sqlite", "outcome",
     on_tree("sqlite", otherwise("permit"))),
    ("deny for unknown", "metlife", "duckdb", "outcome", on_tree("duckdb", otherwise("deny"))),
    ("permit never said", "metlife", "duckdb", "outcome", on_tree("duckdb", drop_when)),
    ("two rules swapped", "metlife", "duckdb", "rules", on_tree("duckdb", swap_rules)),
    ("a rule that always decides", "metlife", "duckdb", "rules", on_tree("duckdb", rule_always)),
    ("a rule that never decides", "zoo", "sqlite", "view", on_tree("sqlite", rule_never)),
    ("a lost NOT", "metlife", "duckdb", "filter", on_tree("duckdb", not_removed)),
    ("months miscounted", "zoo", "duckdb", "filter", on_tree("duckdb", years_less)),
    ("a text by another character", "zoo", "duckdb", "filter",
     replaced("it''s \\ fine", "it''s \\\\ fine", -1)),
    ("permit for what is no request", "zoo", "duckdb", "filter",
     replaced("ELSE FALSE\nEND", "ELSE TRUE\nEND")),
    ("NULL for a no", "zoo", "duckdb", "filter", replaced("ELSE FALSE\nEND", "ELSE NULL\nEND")),
    ("a bound less", "zoo", "sqlite", "filter", replaced("<= 2", "<= 1", -1)),
    ("an earlier first day", "zoo", "duckdb", "outcome",
     replaced("'1700-01-01'", "'1600-01-01'", -1)),
    ("everything is permitted", "zoo", "duckdb", "filter", lambda text: "TRUE"),
    ("nothing is permitted", "zoo", "sqlite", "filter", lambda text: "FALSE"),
]  # fmt: skip


def tables(name: str) -> Table:
    return {"zoo": zoo, "metlife": metlife}[name]()


@pytest.mark.parametrize(
    ("kind", "policy", "dialect", "what", "edit"),
    FAULTS,
    ids=lambda each: each[:40] if isinstance(each, str) else "",
)
def test_a_fault_is_refused_with_a_row_that_tells_it_apart(
    kind: str, policy: str, dialect: str, what: What, edit: Edit
) -> None:
    table = tables(policy)
    good = emit_sql(table.policy, table.columns, dialect, what)
    bad = edit(good)
    assert parse_one(bad, dialect=dialect) != parse_one(good, dialect=dialect)
    assert isinstance(validate(table.policy, table.columns, dialect, {what: good}), Proved)
    result = validate(table.policy, table.columns, dialect, {what: bad})
    assert isinstance(result, Differs), f"{kind}: {result}\n{bad}"
    row = {"row id": 7, **{name: stored(table, name, v) for name, v in result.row.items()}}
    assert wrong(table, dialect, what, bad, row), f"{kind}: {result.why}\n{row}"
    assert not wrong(table, dialect, what, good, row)


def stored(table: Table, name: str, value: object) -> object:
    """What a row holds, where SQLite has numbers for booleans."""
    boolean = table.types[name] == "boolean" and type(value) is int and value in (0, 1)
    return bool(value) if boolean else value


def wrong(table: Table, dialect: str, what: What, text: str, row: dict[str, object]) -> bool:
    """Whether the engine says of a row what the generated checker does not."""
    engine = OPEN[dialect]()
    fill(engine, table, [row])
    expected = Checked(table).expected(row)
    if what == "filter":
        [(said,)] = run(engine, f"SELECT {text} FROM asked")
        return said is None or bool(said) != (expected.outcome == "permit")
    if what == "outcome":
        [(outcome,)] = run(engine, f"SELECT {text} FROM asked")
        return bool(outcome != expected.outcome)
    [values] = run(engine, text)
    decide = values[1:] if what == "rules" else values[2:]
    rules = [rule.name for rule, said in zip(table.policy.rules, decide, strict=True) if said]
    return tuple(rules) != expected.rules or (what == "view" and values[1] != expected.outcome)


# ------------------------------------------------------------------ edits that change nothing


def bracketed(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node) if isinstance(node, exp.Connector) else node


def swap_operands(tree: exp.Expr) -> None:
    for node in list(tree.find_all(exp.And, exp.Or)):
        left, right = node.this.copy(), node.expression.copy()
        node.set("this", bracketed(right))
        node.set("expression", bracketed(left))


def as_ors(tree: exp.Expr) -> None:
    for node in list(tree.find_all(exp.In)):
        tests: list[exp.Expr] = [
            exp.EQ(this=node.this.copy(), expression=e) for e in node.expressions
        ]
        node.replace(exp.Paren(this=exp.or_(*tests)))


def by_de_morgan(tree: exp.Expr) -> None:
    node = decisions(tree).find(exp.Or)
    assert node is not None
    sides = [exp.Not(this=exp.Paren(this=each.copy())) for each in (node.this, node.expression)]
    node.replace(exp.Not(this=exp.Paren(this=exp.And(this=sides[0], expression=sides[1]))))


def with_coalesce(tree: exp.Expr) -> None:
    """`x IS NULL OR x` as `COALESCE(x, TRUE)`."""
    for node in list(tree.find_all(exp.Or)):
        if isinstance(node.this, exp.Is) and isinstance(node.expression, exp.Column):
            node.replace(exp.Coalesce(this=node.expression.copy(), expressions=[exp.true()]))


def with_is_not_false(tree: exp.Expr) -> None:
    for node in list(tree.find_all(exp.Or)):
        if isinstance(node.this, exp.Is) and isinstance(node.expression, exp.Column):
            is_false = exp.Is(this=node.expression.copy(), expression=exp.false())
            node.replace(exp.Not(this=is_false))


def with_between(tree: exp.Expr) -> None:
    for node in list(tree.find_all(exp.And)):
        low, high = node.this, node.expression
        if isinstance(low, exp.GTE) and isinstance(high, exp.LTE) and low.this == high.this:
            between = exp.Between(this=low.this, low=low.expression, high=high.expression)
            node.replace(exp.Paren(this=between))


def flipped(tree: exp.Expr) -> None:
    for node in list(tree.find_all(exp.LTE)):
        node.replace(exp.GTE(this=node.expression.copy(), expression=node.this.copy()))


def strict(tree: exp.Expr) -> None:
    """`x <= 29` as `NOT x > 29`."""
    for node in list(tree.find_all(exp.LTE)):
        greater = exp.GT(this=node.this.copy(), expression=node.expression.copy())
        node.replace(exp.Not(this=exp.Paren(this=greater)))


def as_case(tree: exp.Expr) -> None:
    node = decisions(tree).find(exp.Or)
    assert node is not None
    case = exp.Case(
        ifs=[exp.If(this=node.this.copy(), true=exp.true())], default=node.expression.copy()
    )
    node.replace(case)


EDITS: list[tuple[str, str, str, What, Edit]] = [
    ("one line", "metlife", "duckdb", "view", lambda text: " ".join(text.split()) + "\n\n"),
    ("a header", "metlife", "sqlite", "filter", lambda text: "-- one\n-- two\n" + text),
    ("operands swapped", "metlife", "duckdb", "filter", on_tree("duckdb", swap_operands)),
    ("lists as ORs", "metlife", "sqlite", "outcome", on_tree("sqlite", as_ors)),
    ("by De Morgan", "metlife", "duckdb", "filter", on_tree("duckdb", by_de_morgan)),
    ("with COALESCE", "metlife", "duckdb", "filter", on_tree("duckdb", with_coalesce)),
    ("with IS NOT FALSE", "metlife", "duckdb", "outcome", on_tree("duckdb", with_is_not_false)),
    ("with BETWEEN", "metlife", "duckdb", "view", on_tree("duckdb", with_between)),
    ("comparisons flipped", "zoo", "sqlite", "filter", on_tree("sqlite", flipped)),
    ("strict comparisons", "zoo", "duckdb", "outcome", on_tree("duckdb", strict)),
    ("OR as CASE", "metlife", "duckdb", "filter", on_tree("duckdb", as_case)),
    ("a list in another order", "metlife", "sqlite", "filter",
     replaced("'catalog_company',\n", "'catalog_company', 'catalog_company',\n", -1)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "policy", "dialect", "what", "edit"),
    EDITS,
    ids=lambda each: each[:40] if isinstance(each, str) else "",
)
def test_an_edit_that_changes_nothing_is_taken(
    kind: str, policy: str, dialect: str, what: What, edit: Edit
) -> None:
    table = tables(policy)
    good = emit_sql(table.policy, table.columns, dialect, what)
    assert edit(good) != good
    result = validate(table.policy, table.columns, dialect, {what: edit(good)})
    assert isinstance(result, Proved), f"{kind}: {result}"


# ------------------------------------------------------------------ what is not of the subset

COLUMN = '"asked"."subject_member"'

UNREADABLE: list[tuple[str, What, str]] = [
    ("an unqualified column", "filter", '"subject_member"'),
    ("a column that is not quoted", "filter", "asked.subject_member"),
    ("a column of nobody", "filter", '"asked"."other"'),
    ("a column of another table", "filter", '"other"."subject_member"'),
    ("a function", "filter", f"RANDOM() < 1 OR {COLUMN}"),
    ("a query inside", "filter", f"{COLUMN} IN (SELECT TRUE)"),
    ("a comment", "filter", f"/* */ {COLUMN}"),
    ("a comment at the end", "filter", f"{COLUMN} -- more"),
    ("two statements", "filter", f"{COLUMN}; DROP TABLE asked"),
    ("nothing", "filter", ""),
    ("no SQL", "filter", "SELECT FROM WHERE ("),
    ("a parameter", "filter", f"{COLUMN} = ?"),
    ("a number that is no condition", "filter", "1"),
    ("a broken number", "filter", '"asked"."disclosure_count" <= 1.5'),
    ("a text without its collation", "filter", '"asked"."data" = \'health\''),
    ("texts in order", "filter", '("asked"."data" COLLATE "C") <= \'health\''),
    ("another collation", "filter", '("asked"."data" COLLATE "NOCASE") = \'health\''),
    ("conditions beside an operator", "filter", f"{COLUMN} = {COLUMN} = TRUE"),
    ("a cast to text", "filter", 'CAST("asked"."disclosure_count" AS TEXT) = \'1\''),
    ("a query with WHERE", "rules", 'SELECT "asked"."row id" FROM asked WHERE TRUE'),
    ("a query of less", "rules", 'SELECT "asked"."row id" FROM "asked" AS "asked"'),
    ("a condition for a query", "rules", COLUMN),
]


@pytest.mark.parametrize(("kind", "what", "text"), UNREADABLE)
def test_what_is_not_of_the_subset_is_refused(kind: str, what: What, text: str) -> None:
    table = zoo()
    with pytest.raises(UnreadableError):
        validate(table.policy, table.columns, "duckdb", {what: text})


def test_a_long_chain_and_a_deep_nest_end_without_a_traceback() -> None:
    table = zoo()
    chain = " AND ".join([COLUMN] * 3_000)
    result = validate(table.policy, table.columns, "duckdb", {"filter": chain})
    assert isinstance(result, Differs)
    with pytest.raises(UnreadableError):
        validate(
            table.policy, table.columns, "duckdb", {"filter": "(" * 2_000 + COLUMN + ")" * 2_000}
        )
