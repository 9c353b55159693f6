"""Faults to plant in generated modules, each a kind that hand editing or a broken emitter makes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random

from tests.validate.modules import Change, Parts, Sites, Subject, changed, inserted

from privity.pipeline import prelude

Site = tuple[ast.stmt, Change]
Fault = Callable[[Subject, Random], str | None]

FAULTS: dict[str, Fault] = {}
"""By kind: the module with the fault planted, None where there is no place for it."""
QUIET: set[str] = set()
"""The kinds that need not show in any decision, so that no request tells them."""


def planted(sites: Sites) -> Sites:
    """A fault in a syntax tree, at one of its sites."""
    FAULTS[sites.__name__] = lambda subject, random: changed(subject, sites, random)
    return sites


def quiet(sites: Sites) -> Sites:
    QUIET.add(sites.__name__)
    return planted(sites)


def written(fault: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """A fault in the text."""
    QUIET.add(fault.__name__)
    FAULTS[fault.__name__] = lambda subject, _: fault(subject.text)
    return fault


def _inside(functions: Iterator[ast.FunctionDef], kind: type) -> Iterator[tuple[ast.stmt, ast.AST]]:
    for function in functions:
        for statement in function.body:
            for node in ast.walk(statement):
                if isinstance(node, kind):
                    yield function, node


def _put(node: ast.AST, field: str, value: object) -> Change:
    return lambda: setattr(node, field, value)


def _become(node: ast.AST, other: ast.AST) -> Change:
    """Let `node` be `other`, in place."""

    def change() -> None:
        copied = vars(other).copy()
        node.__class__ = other.__class__
        vars(node).clear()
        vars(node).update({**copied, "lineno": 1, "col_offset": 0})

    return change


# ------------------------------------------------------------------ comparisons

_FLIPPED: dict[type, ast.cmpop] = {
    ast.LtE: ast.Lt(), ast.Lt: ast.LtE(), ast.Gt: ast.GtE(), ast.GtE: ast.Gt(),
    ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(), ast.Is: ast.IsNot(), ast.IsNot: ast.Is(),
}  # fmt: skip


def _flips(functions: Iterator[ast.FunctionDef], *kinds: type) -> Iterator[Site]:
    for function, node in _inside(functions, ast.Compare):
        assert isinstance(node, ast.Compare)
        for number, sign in enumerate(node.ops):
            if isinstance(sign, kinds):
                other = [*node.ops]
                other[number] = _FLIPPED[type(sign)]
                yield function, _put(node, "ops", other)


@planted
def flipped_order_in_an_atom(parts: Parts) -> Iterator[Site]:
    return _flips(parts.functions("_a_"), ast.LtE, ast.Lt, ast.Gt)


@planted
def flipped_equality_in_an_atom(parts: Parts) -> Iterator[Site]:
    return _flips(parts.functions("_a_"), ast.Eq, ast.NotEq)


@planted
def flipped_identity_in_an_atom(parts: Parts) -> Iterator[Site]:
    return _flips(parts.functions("_a_"), ast.Is, ast.IsNot)


@planted
def flipped_order_on_the_way(parts: Parts) -> Iterator[Site]:
    return _flips(parts.functions("_settle"), ast.LtE, ast.Lt, ast.Gt)


@planted
def flipped_equality_on_the_way(parts: Parts) -> Iterator[Site]:
    return _flips(parts.functions("_settle"), ast.Eq, ast.NotEq)


@planted
def flipped_identity_on_the_way(parts: Parts) -> Iterator[Site]:
    return _flips(parts.functions("_settle"), ast.Is, ast.IsNot)


def _moved(functions: Iterator[ast.FunctionDef], big: bool) -> Iterator[Site]:
    """A number that is compared with, off by one."""
    for function, node in _inside(functions, ast.Compare):
        assert isinstance(node, ast.Compare)
        for part in (node.left, *node.comparators):
            match part:
                case ast.Constant(int(value)) if type(value) is int and (value > 20) == big:
                    yield function, _put(part, "value", value + 1)
                    yield function, _put(part, "value", value - 1)
                case _:
                    pass


@planted
def off_by_one_day_in_an_atom(parts: Parts) -> Iterator[Site]:
    return _moved(parts.functions("_a_"), True)


@planted
def wrong_leaf_range_in_an_atom(parts: Parts) -> Iterator[Site]:
    return _moved(parts.functions("_a_"), False)


@planted
def off_by_one_day_on_the_way(parts: Parts) -> Iterator[Site]:
    return _moved(parts.functions("_settle"), True)


@planted
def wrong_leaf_range_on_the_way(parts: Parts) -> Iterator[Site]:
    return _moved(parts.functions("_settle"), False)


@planted
def lost_check_for_none(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_a_"), ast.BoolOp):
        assert isinstance(node, ast.BoolOp)
        if isinstance(node.op, ast.And) and len(node.values) > 1:
            yield function, _become(node, node.values[-1])


@planted
def truth_for_identity(parts: Parts) -> Iterator[Site]:
    """`if not x` where `if x is MISSING` stood: false, and none, are taken for missing."""
    for function, node in _inside(parts.functions("_settle"), ast.Compare):
        match node:
            case ast.Compare(left, [ast.Is()], [ast.Name("MISSING")]):
                yield function, _become(node, ast.UnaryOp(ast.Not(), left))
            case _:
                pass


@planted
def and_for_or(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_a_", "_settle"), ast.BoolOp):
        assert isinstance(node, ast.BoolOp)
        yield function, _put(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())


# ------------------------------------------------------------------ sums, arguments


@planted
def wrong_sign_in_a_sum(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_sum_"), ast.BinOp):
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.Add | ast.Sub):
            other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            yield function, _put(node, "op", other)


@planted
def another_month(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_sum_", "_deadline_"), ast.Call):
        match node:
            case ast.Call(ast.Name("_shift"), [_, ast.Constant(int(months)) as count]):
                yield function, _put(count, "value", months + 1)
            case _:
                pass


@planted
def swapped_arguments(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_a_", "_known", "_settle"), ast.Call):
        assert isinstance(node, ast.Call)
        if len(node.args) == 2 and isinstance(node.func, ast.Name) and node.func.id != "range":
            yield function, _put(node, "args", node.args[::-1])


@planted
def another_variable(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_known", "_settle"), ast.Subscript):
        match node:
            case ast.Subscript(ast.Name("values"), ast.Constant(int(number)) as index) if number:
                most = len(parts.rows("_VARIABLES")) - 1
                yield function, _put(index, "value", number + 1 if number < most else number - 1)
            case _:
                pass


@quiet
def atoms_in_another_order(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_known"), ast.Tuple):
        assert isinstance(node, ast.Tuple)
        if len(node.elts) > 1:
            yield function, _put(node, "elts", [*node.elts[1:], node.elts[0]])


# ------------------------------------------------------------------ the rules


@planted
def or_for_and_in_a_rule(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_apply"), ast.BinOp):
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.BitAnd | ast.BitOr):
            other = ast.BitOr() if isinstance(node.op, ast.BitAnd) else ast.BitAnd()
            yield function, _put(node, "op", other)


@planted
def condition_left_out_of_a_rule(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_apply"), ast.BinOp):
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.BitAnd):
            yield function, _become(node, node.left)
            yield function, _become(node, node.right)


@planted
def not_left_out_of_a_rule(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_apply"), ast.BinOp):
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.BitXor):
            yield function, _become(node, node.right)


@planted
def rule_left_out_of_the_total(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_apply"):
        for statement in function.body:
            if isinstance(statement, ast.AugAssign):
                yield function, _become(statement, ast.Pass())


@planted
def forbid_counted_as_permit(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_apply"), ast.AugAssign):
        assert isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        other = "forbidden" if node.target.id == "permitted" else "permitted"
        yield function, _put(node.target, "id", other)


@planted
def rules_swapped_in_the_result(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_apply"):
        for statement in function.body:
            match statement:
                case ast.Assign([ast.Name("permits" | "forbids")], ast.Tuple([_, _, *_] as items)):
                    yield function, _put(statement.value, "elts", items[::-1])
                case _:
                    pass


@planted
def another_default_in_the_rules(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_apply"):
        match function.body[-1]:
            case ast.Return(ast.Tuple([ast.BinOp(_, ast.BitAnd(), right) as whole, _, _])):
                yield function, _become(whole, right)
            case _:
                pass


# ------------------------------------------------------------------ the way


def _ends(parts: Parts) -> Iterator[tuple[ast.FunctionDef, ast.Return]]:
    for function, node in _inside(parts.functions("_settle"), ast.Return):
        assert isinstance(function, ast.FunctionDef) and isinstance(node, ast.Return)
        yield function, node


def _constants(parts: Parts) -> list[str]:
    return [
        table.targets[0].id
        for table in parts.tables()
        if isinstance(table.targets[0], ast.Name) and table.targets[0].id[1].isupper()
        and isinstance(table.value, ast.Call) and table.targets[0].id != "_PROGRAM"
    ]  # fmt: skip


@planted
def another_decision(parts: Parts) -> Iterator[Site]:
    names = _constants(parts)
    for function, node in _ends(parts):
        match node.value:
            case ast.Subscript(ast.Name(name) as constant) if name in names and len(names) > 1:
                other = names[names.index(name) - 1]
                yield function, _put(constant, "id", other)
            case _:
                pass


@planted
def decided_where_something_is_missing(parts: Parts) -> Iterator[Site]:
    names = _constants(parts)
    for function, node in _ends(parts):
        if isinstance(node.value, ast.Constant):
            for name in names:
                at = ast.parse(f"{name}[values[0]]", mode="eval").body
                yield function, _put(node, "value", at)


@planted
def lost_check_for_missing(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_settle"), ast.If):
        match node:
            case ast.If(ast.Compare(_, [ast.Is()], [ast.Name("MISSING")])):
                yield function, _become(node, ast.Pass())
            case _:
                pass


@planted
def dropped_branch(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_settle"), ast.If):
        match node:
            case ast.If(ast.Compare(_, [ast.Is()], [ast.Name("MISSING")])):
                pass
            case _:
                yield function, _become(node, ast.Pass())


@planted
def branch_always_taken(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_settle"), ast.If):
        yield function, _put(node, "test", ast.Constant(True))


@planted
def another_part(parts: Parts) -> Iterator[Site]:
    names = [function.name for function in parts.functions("_settle_")]
    for function, node in _inside(parts.functions("_settle"), ast.Call):
        match node:
            case ast.Call(ast.Name(name) as called) if name in names and len(names) > 1:
                other = names[names.index(name) - 1]
                if other != getattr(function, "name", ""):
                    yield function, _put(called, "id", other)
            case _:
                pass


@planted
def deadline_not_filled_in(parts: Parts) -> Iterator[Site]:
    for function, node in _ends(parts):
        match node.value:
            case ast.Call(ast.Name("_due"), [_, decision, _]):
                yield function, _put(node, "value", decision)
            case _:
                pass


# ------------------------------------------------------------------ rules apart


def _number(value: int) -> ast.expr:
    """As the parser reads it."""
    return ast.parse(str(value), mode="eval").body


def _written(node: ast.expr) -> int | None:
    """The number that an expression is."""
    match node:
        case ast.Constant(int(value)):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
            return -value
        case _:
            return None


def _joined_conditions(parts: Parts) -> Iterator[tuple[ast.stmt, ast.Tuple]]:
    """Every tuple in the conditions of a rule's row, and in the tables that they refer to."""
    found = [(table, keyword.value) for table, keyword in _keyword(parts, "_RULES", "conditions")]
    found += [(t, t.value) for t in parts.tables() if isinstance(t.value, ast.Tuple)
              and isinstance(t.targets[0], ast.Name)
              and t.targets[0].id.startswith(("_WHERE", "_UNLESS"))]  # fmt: skip
    for table, value in found:
        for node in ast.walk(value):
            if isinstance(node, ast.Tuple):
                yield table, node


def _conditions(parts: Parts) -> Iterator[tuple[ast.stmt, ast.expr, int]]:
    """Every number in them."""
    for table, joined in _joined_conditions(parts):
        for item in joined.elts:
            number = _written(item)
            if number is not None:
                yield table, item, number


@planted
def contrary_of_a_condition_apart(parts: Parts) -> Iterator[Site]:
    for table, item, number in _conditions(parts):
        yield table, _become(item, _number(~number))


@planted
def wrong_sign_of_a_condition_apart(parts: Parts) -> Iterator[Site]:
    """`-n` where `~n` is meant, and the other way round."""
    for table, item, number in _conditions(parts):
        if number:
            yield table, _become(item, _number(-number))


@planted
def another_atom_in_a_condition_apart(parts: Parts) -> Iterator[Site]:
    most = len(parts.rows("_ATOMS"))
    for table, item, number in _conditions(parts):
        if number >= 0 and most > 1:
            yield table, _become(item, _number((number + 1) % most))


@planted
def atom_that_is_not_there_apart(parts: Parts) -> Iterator[Site]:
    for table, item, _ in _conditions(parts):
        yield table, _become(item, _number(len(parts.rows("_ATOMS"))))


QUIET.add("atom_that_is_not_there_apart")


@planted
def condition_left_out_apart(parts: Parts) -> Iterator[Site]:
    for table, joined in _joined_conditions(parts):
        for number in range(len(joined.elts)):
            yield table, _put(joined, "elts", [*joined.elts[:number], *joined.elts[number + 1 :]])


@planted
def either_for_all_apart(parts: Parts) -> Iterator[Site]:
    for table, joined in _joined_conditions(parts):
        if len(joined.elts) > 1:
            whole = ast.Tuple(list(joined.elts))
            yield table, _put(joined, "elts", [whole])


@planted
def no_conditions_apart(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_RULES", "conditions"):
        yield table, _put(keyword, "value", ast.Tuple([]))


@planted
def conditions_that_never_hold_apart(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_RULES", "conditions"):
        yield table, _put(keyword, "value", ast.Tuple([ast.Tuple([])]))


@quiet
def truth_among_conditions_apart(parts: Parts) -> Iterator[Site]:
    for table, item, _ in _conditions(parts):
        yield table, _become(item, ast.Constant(True))


@planted
def swapped_conditions_apart(parts: Parts) -> Iterator[Site]:
    for one, other in pairwise(_keyword(parts, "_RULES", "conditions")):

        def swap(a: ast.keyword = one[1], b: ast.keyword = other[1]) -> None:
            a.value, b.value = b.value, a.value

        yield one[0], swap


@quiet
def yields_left_out(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_RULES", "yields"):
        yield table, _put(keyword, "value", ast.Tuple([]))


@quiet
def yields_to_another_rule(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_RULES", "yields"):
        assert isinstance(keyword.value, ast.Tuple)
        for item in keyword.value.elts:
            number = _written(item)
            assert number is not None
            yield table, _become(item, _number(number - 1 if number else number + 1))


def _atom_numbers(parts: Parts, *makers: str) -> Iterator[tuple[ast.stmt, ast.expr, int]]:
    """The numbers in rows of atoms that these functions make, but for the first variable."""
    for row in parts.rows("_ATOMS"):
        if isinstance(row.func, ast.Name) and row.func.id in makers:
            for argument in row.args[1:]:
                for node in argument.elts if isinstance(argument, ast.Tuple) else [argument]:
                    number = _written(node)
                    if number is not None:
                        yield parts.table("_ATOMS"), node, number


@planted
def wrong_leaves_of_an_atom_apart(parts: Parts) -> Iterator[Site]:
    for table, node, number in _atom_numbers(parts, "_if_in", "_if_has"):
        yield table, _become(node, _number(number + 1))
        if number:
            yield table, _become(node, _number(number - 1))


@planted
def run_of_leaves_left_out_apart(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_ATOMS"):
        if isinstance(row.func, ast.Name) and row.func.id in ("_if_in", "_if_has"):
            yield parts.table("_ATOMS"), _put(row, "args", row.args[:-1])


@planted
def bound_off_by_one_apart(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_ATOMS"):
        if isinstance(row.func, ast.Name) and row.func.id in ("_if_at_most", "_if_equal"):
            number = _written(row.args[2])
            assert number is not None
            for other in (number - 1, number + 1):
                yield parts.table("_ATOMS"), _become(row.args[2], _number(other))


_OTHER = {
    "_if_true": "_if_none", "_if_none": "_if_true", "_if_in": "_if_has", "_if_has": "_if_in",
    "_if_at_most": "_if_equal", "_if_equal": "_if_at_most", "_if_same_leaf": "_if_same_text",
    "_if_same_text": "_if_same_leaf",
}  # fmt: skip


@quiet
def another_maker_of_an_atom_apart(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_ATOMS"):
        if isinstance(row.func, ast.Name) and row.func.id in _OTHER:
            yield parts.table("_ATOMS"), _put(row.func, "id", _OTHER[row.func.id])


@quiet
def another_variable_of_an_atom_apart(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_ATOMS"):
        for argument in row.args[:1]:
            number = _written(argument)
            if number is not None:
                yield parts.table("_ATOMS"), _become(argument, _number(number + 1))


@planted
def swapped_atoms_apart(parts: Parts) -> Iterator[Site]:
    rows = parts.rows("_ATOMS")
    for one, other in pairwise(rows):
        if isinstance(one.func, ast.Name) and one.func.id.startswith("_if_"):
            table = parts.table("_ATOMS").value
            assert isinstance(table, ast.Tuple)

            def swap(a: ast.Call = one, b: ast.Call = other, t: ast.Tuple = table) -> None:
                first, second = t.elts.index(a), t.elts.index(b)
                t.elts[first], t.elts[second] = b, a

            yield parts.table("_ATOMS"), swap


@quiet
def another_text_of_an_atom_apart(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_ATOMS"):
        if isinstance(row.func, ast.Name) and row.func.id == "_if_text":
            yield parts.table("_ATOMS"), _become(row.args[1], ast.Constant("quite another text"))


# ------------------------------------------------------------------ tables


def _row_part(parts: Parts, table: str, place: int) -> Iterator[tuple[ast.stmt, ast.expr]]:
    for row in parts.rows(table):
        if len(row.args) > place:
            yield parts.table(table), row.args[place]


def _keyword(parts: Parts, table: str, *names: str) -> Iterator[tuple[ast.stmt, ast.keyword]]:
    for row in parts.rows(table):
        for keyword in row.keywords:
            if keyword.arg in names:
                yield parts.table(table), keyword


@planted
def another_name_of_a_rule(parts: Parts) -> Iterator[Site]:
    for table, name in _row_part(parts, "_RULES", 1):
        yield table, _put(name, "value", "another_rule")


@planted
def swapped_names_of_rules(parts: Parts) -> Iterator[Site]:
    rows = parts.rows("_RULES")
    for one, other in pairwise(rows):
        first, second = one.args[1], other.args[1]
        assert isinstance(first, ast.Constant) and isinstance(second, ast.Constant)

        def swap(a: ast.Constant = first, b: ast.Constant = second) -> None:
            a.value, b.value = b.value, a.value

        yield parts.table("_RULES"), swap


@planted
def wrong_citation(parts: Parts) -> Iterator[Site]:
    for table, cited in _row_part(parts, "_RULES", 3):
        assert isinstance(cited, ast.Tuple)
        for item in cited.elts:
            yield table, _put(item, "value", "law S99")


@quiet
def wrong_label(parts: Parts) -> Iterator[Site]:
    for table, label in _row_part(parts, "_RULES", 2):
        yield table, _become(label, ast.Constant("what it does not say"))


@quiet
def another_effect(parts: Parts) -> Iterator[Site]:
    for table, effect in _row_part(parts, "_RULES", 0):
        assert isinstance(effect, ast.Constant)
        yield table, _put(effect, "value", "forbid" if effect.value == "permit" else "permit")


@quiet
def atom_missing_in_a_rules_row(parts: Parts) -> Iterator[Site]:
    for table, atoms in _row_part(parts, "_RULES", 5):
        assert isinstance(atoms, ast.Tuple)
        for number in range(len(atoms.elts)):
            rest = [*atoms.elts[:number], *atoms.elts[number + 1 :]]
            yield table, _put(atoms, "elts", rest)


@quiet
def atom_too_many_in_a_rules_row(parts: Parts) -> Iterator[Site]:
    for table, atoms in _row_part(parts, "_RULES", 5):
        assert isinstance(atoms, ast.Tuple)
        listed = {item.value for item in atoms.elts if isinstance(item, ast.Constant)}
        for number in range(len(parts.rows("_ATOMS"))):
            if number not in listed:
                yield table, _put(atoms, "elts", [*atoms.elts, ast.Constant(number)])


@quiet
def scope_missing_in_a_rules_row(parts: Parts) -> Iterator[Site]:
    for table, scope in _row_part(parts, "_RULES", 4):
        assert isinstance(scope, ast.Tuple)
        if scope.elts:
            yield table, _put(scope, "elts", scope.elts[1:])


@quiet
def condition_listed_as_scope(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_RULES"):
        if len(row.args) < 6:
            continue
        scope, atoms = row.args[4], row.args[5]
        assert isinstance(scope, ast.Tuple) and isinstance(atoms, ast.Tuple)
        listed = {ast.dump(item) for item in scope.elts}
        for item in atoms.elts:
            if ast.dump(item) not in listed:
                yield parts.table("_RULES"), _put(scope, "elts", [*scope.elts, item])


@quiet
def changed_bounds(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_ATOMS", "bounds"):
        yield table, _put(keyword, "value", ast.parse("(1_000_000_000,)", mode="eval").body)


@quiet
def changed_unsteady(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_ATOMS"):
        if any(keyword.arg == "unsteady" for keyword in row.keywords):
            kept = [keyword for keyword in row.keywords if keyword.arg != "unsteady"]
            yield parts.table("_ATOMS"), _put(row, "keywords", kept)


@quiet
def changed_kind_of_an_atom(parts: Parts) -> Iterator[Site]:
    for row in filter(_is_of_function, parts.rows("_ATOMS")):
        kind = row.args[0]
        assert isinstance(kind, ast.Constant)
        other = "holds" if kind.value != "holds" else "within"
        yield parts.table("_ATOMS"), _put(kind, "value", other)


@quiet
def changed_text_of_an_atom(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_ATOMS", "text"):
        yield table, _put(keyword, "value", ast.Constant("another text altogether"))


@planted
def changed_text_in_an_atom(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_a_"), ast.Constant):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield function, _put(node, "value", node.value + "x")


@quiet
def changed_reads_of_an_atom(parts: Parts) -> Iterator[Site]:
    for row in filter(_is_of_function, parts.rows("_ATOMS")):
        table, reads = parts.table("_ATOMS"), row.args[1]
        assert isinstance(reads, ast.Tuple)
        other = [ast.Constant(len(parts.rows("_VARIABLES")) - 1), *reads.elts[1:]]
        if ast.dump(reads.elts[0]) != ast.dump(other[0]):
            yield table, _put(reads, "elts", other)


def _is_of_function(row: ast.Call) -> bool:
    """A row of an atom that names its function, and is not made from numbers."""
    return isinstance(row.func, ast.Name) and row.func.id == "_Atom"


@quiet
def another_function_of_an_atom(parts: Parts) -> Iterator[Site]:
    rows = [row for row in parts.rows("_ATOMS") if _is_of_function(row)]
    for one, other in pairwise(rows):
        yield parts.table("_ATOMS"), _become(one.args[2], other.args[2])


@quiet
def duty_left_out(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_RULES", "duties"):
        assert isinstance(keyword.value, ast.Tuple)
        yield table, _put(keyword.value, "elts", keyword.value.elts[1:])


@quiet
def another_duty(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_RULES", "duties"):
        for node in ast.walk(keyword.value):
            if isinstance(node, ast.Call):
                yield table, _put(node.args[0], "value", "another_duty")


@quiet
def another_deadline(parts: Parts) -> Iterator[Site]:
    for function, node in _inside(parts.functions("_deadline_"), ast.Return):
        assert isinstance(node, ast.Return) and node.value is not None
        later = ast.BinOp(node.value, ast.Add(), ast.Constant(1))
        yield function, _put(node, "value", later)


@quiet
def another_default(parts: Parts) -> Iterator[Site]:
    value = parts.table("_PROGRAM").value
    assert isinstance(value, ast.Call)
    for keyword in value.keywords:
        if keyword.arg == "default" and isinstance(keyword.value, ast.Constant):
            other = "permit" if keyword.value.value == "deny" else "deny"
            yield parts.table("_PROGRAM"), _put(keyword.value, "value", other)


@quiet
def another_split_of_atoms(parts: Parts) -> Iterator[Site]:
    value = parts.table("_PROGRAM").value
    assert isinstance(value, ast.Call)
    for keyword in value.keywords:
        if keyword.arg == "about_data" and isinstance(keyword.value, ast.Constant):
            number = keyword.value.value
            assert isinstance(number, int)
            yield parts.table("_PROGRAM"), _put(keyword.value, "value", number + 1)


@planted
def another_outcome_of_a_decision(parts: Parts) -> Iterator[Site]:
    for table in parts.tables():
        match table.value:
            case ast.Call(ast.Name("_decided"), [_, ast.Constant(outcome) as said, _]):
                other = "permit" if outcome == "deny" else "deny"
                yield table, _put(said, "value", other)
            case _:
                pass


@planted
def other_rules_of_a_decision(parts: Parts) -> Iterator[Site]:
    for table in parts.tables():
        match table.value:
            case ast.Call(ast.Name("_decided"), [_, _, ast.Tuple(items) as rules]):
                yield table, _put(rules, "elts", items[1:] if items else [ast.Constant(0)])
            case _:
                pass


@quiet
def fact_that_may_be_none(parts: Parts) -> Iterator[Site]:
    for row in parts.rows("_VARIABLES"):
        named = [keyword for keyword in row.keywords if keyword.arg == "optional"]
        rest = [keyword for keyword in row.keywords if keyword.arg != "optional"]
        more = [] if named else [ast.keyword("optional", ast.Constant(True))]
        yield parts.table("_VARIABLES"), _put(row, "keywords", [*rest, *more])


@quiet
def other_bounds_of_a_fact(parts: Parts) -> Iterator[Site]:
    for table, keyword in _keyword(parts, "_VARIABLES", "low", "high"):
        yield table, _put(keyword, "value", ast.Constant(7_777))


@quiet
def another_attribute_of_a_fact(parts: Parts) -> Iterator[Site]:
    rows = parts.rows("_VARIABLES")
    for one, other in pairwise(rows[1:]):
        first, second = one.args[1], other.args[1]
        assert isinstance(first, ast.Constant) and isinstance(second, ast.Constant)

        def swap(a: ast.Constant = first, b: ast.Constant = second) -> None:
            a.value, b.value = b.value, a.value

        yield parts.table("_VARIABLES"), swap


@quiet
def swapped_members_of_a_taxonomy(parts: Parts) -> Iterator[Site]:
    for found in parts.classes():
        members = [s for s in found.body if isinstance(s, ast.Assign)]
        for one, other in pairwise(members):

            def swap(a: ast.Assign = one, b: ast.Assign = other) -> None:
                a.value, b.value = b.value, a.value

            yield found, swap


@quiet
def leaf_missing_in_a_taxonomy(parts: Parts) -> Iterator[Site]:
    for found in parts.classes():
        members = [s for s in found.body if isinstance(s, ast.Assign)]
        if len(members) > 1:
            rest = [s for s in found.body if s is not members[-1]]
            yield found, _put(found, "body", rest)


@quiet
def fact_that_is_true_unless_stated(parts: Parts) -> Iterator[Site]:
    for found in parts.classes():
        for field in found.body:
            match field:
                case ast.AnnAssign(_, _, ast.Name("MISSING") as default):
                    yield found, _become(default, ast.Constant(True))
                case _:
                    pass


# ------------------------------------------------------------------ what Python lets anybody do


@quiet
def decorator(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_"):
        yield function, _put(function, "decorator_list", [ast.Name("staticmethod")])


@quiet
def default_argument(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_a_", "_settle", "_known"):
        yield function, _put(function.args, "defaults", [ast.Constant(0)])


@quiet
def loop(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_a_", "_settle"):
        added = ast.parse("for _ in (1,):\n    pass").body
        yield function, _put(function, "body", [*added, *function.body])


@quiet
def exception_caught(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_a_", "_settle"):
        tried = ast.parse("try:\n    pass\nexcept TypeError:\n    return True").body[0]
        yield function, _put(function, "body", [tried, *function.body])


@quiet
def global_statement(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_a_", "_settle"):
        added = ast.parse("global MISSING\nMISSING = None").body
        yield function, _put(function, "body", [*added, *function.body])


@quiet
def local_in_place_of_missing(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_settle"):
        added = ast.parse("MISSING = False").body
        yield function, _put(function, "body", [*added, *function.body])


@quiet
def write_to_the_values(parts: Parts) -> Iterator[Site]:
    for function in parts.functions("_settle", "_known"):
        added = ast.parse("values[1] = 0").body
        yield function, _put(function, "body", [*added, *function.body])


@written
def validated_name_bound_again(text: str) -> str:
    return inserted(text, "_apply = _known")


@written
def function_defined_again(text: str) -> str:
    return inserted(text, "def _apply(atoms, data_atoms, full):\n    return full, (), ()")


@written
def preludes_name_bound_again(text: str) -> str:
    return inserted(text, "def _shift(day: int, months: int) -> int:\n    return day")


@written
def builtin_bound_again(text: str) -> str:
    return inserted(text, "def any(items: object) -> bool:\n    return False")


@written
def attribute_of_the_prelude_changed(text: str) -> str:
    return inserted(text, "Decision.__bool__ = lambda self: True")


@written
def table_changed_at_the_bottom(text: str) -> str:
    return f"{text}\n_PROGRAM.rules = ()\n"


@written
def import_of_more(text: str) -> str:
    return inserted(text, "import os")


@written
def expression_at_the_top_level(text: str) -> str:
    return inserted(text, "setattr(_PROGRAM, 'default', 'permit')")


@written
def augmented_assignment(text: str) -> str:
    return inserted(text, "_ATOMS += ()")


@written
def name_deleted(text: str) -> str:
    return inserted(text, "del _known")


@written
def condition_at_the_top_level(text: str) -> str:
    return inserted(text, "if True:\n    POLICY = 'another'")


@written
def module_attribute(text: str) -> str:
    return inserted(text, "def __getattr__(name: str) -> object:\n    return None")


@written
def changed_byte_of_the_prelude(text: str) -> str:
    return text.replace("if found is not None:", "if found is None:", 1)


@written
def changed_comment_of_the_prelude(text: str) -> str:
    return text.replace("# Members of other taxonomies", "# members of other taxonomies", 1)


@written
def prelude_quoted_and_replaced(text: str) -> str:
    engine = prelude().engine.strip("\n")
    quoted = "'''\n" + engine.replace("\\", "\\\\").replace("'''", "") + "\n'''"
    return text.replace(engine, quoted, 1)


@written
def changed_entry_point(text: str) -> str:
    entry = "return _decide(_PROGRAM, *_from_mapping(_PROGRAM, mapping))"
    return text.replace(entry, entry.replace("_decide(", "_decide_all(") + "  # other", 1)


@written
def another_policy_in_the_header(text: str) -> str:
    return text.replace('SHA256 = "', 'SHA256 = "0', 1)


@written
def another_claim_in_the_docstring(text: str) -> str:
    return text.replace("\nproved\n", "\nproved\n    everything_is_well\n", 1)


@written
def encoding_declared(text: str) -> str:
    return f"# -*- coding: latin-1 -*-\n{text}"


@written
def control_character(text: str) -> str:
    return text.replace("\n\n\nPOLICY", "\n\n\n\x0cPOLICY").replace('"""', '"""\x0c', 1)


@written
def text_cut_off(text: str) -> str:
    return text[: len(text) - 300]
