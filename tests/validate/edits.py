"""Edits of generated modules that change no answer: each is made wherever it can be made."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable

from tests.validate.modules import Parts, Subject, inserted, parts_of, spliced

Edit = Callable[[Subject], str]

EDITS: dict[str, Edit] = {}
"""By kind: the module, edited; the same text where there is no place for it."""


def edit(made: type[ast.NodeTransformer]) -> type[ast.NodeTransformer]:
    """An edit of expressions or statements of functions, at all their sites."""

    def everywhere(subject: Subject) -> str:
        parts = parts_of(subject)
        functions = list(parts.functions("_"))
        before = [ast.dump(function) for function in functions]
        for function in functions:
            made().visit(function)
        touched = [f for f, was in zip(functions, before, strict=True) if ast.dump(f) != was]
        return spliced(subject.text, *touched)

    EDITS[made.__name__] = everywhere
    return made


def rewriting(change: Callable[[Parts], list[ast.stmt]]) -> Callable[[Parts], list[ast.stmt]]:
    """An edit of whole statements; it returns those that it changed."""
    EDITS[change.__name__] = lambda subject: spliced(subject.text, *change(parts_of(subject)))
    return change


def written(change: Callable[[str], str]) -> Callable[[str], str]:
    EDITS[change.__name__] = lambda subject: change(subject.text)
    return change


def _negated(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), node)


def _constant(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(int(value)) if type(value) is int:
            return value
        case _:
            return None


# ------------------------------------------------------------------ comparisons

_MIRRORED: dict[type, ast.cmpop] = {
    ast.LtE: ast.GtE(), ast.Lt: ast.Gt(), ast.Gt: ast.Lt(), ast.GtE: ast.LtE(), ast.Eq: ast.Eq(),
    ast.NotEq: ast.NotEq(), ast.Is: ast.Is(), ast.IsNot: ast.IsNot(),
}  # fmt: skip


@edit
class MirroredComparisons(ast.NodeTransformer):
    """`b >= a` for `a <= b`, `MISSING is x` for `x is MISSING`."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        signs = [_MIRRORED[type(sign)] for sign in node.ops]
        left, *rights = [node.left, *node.comparators][::-1]
        return ast.Compare(left, signs[::-1], rights)


class _OfRanges(ast.NodeTransformer):
    def range_of(self, variable: ast.expr, first: int, last: int) -> ast.expr:
        raise AssertionError

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        match node:
            case ast.Compare(left, [ast.LtE(), ast.LtE()], [variable, right]):
                first, last = _constant(left), _constant(right)
                if first is not None and last is not None:
                    return self.range_of(variable, first, last)
            case _:
                pass
        return node


@edit
class RangesAsMembership(_OfRanges):
    """`x in (1, 2)` for `1 <= x <= 2`."""

    def range_of(self, variable: ast.expr, first: int, last: int) -> ast.expr:
        items: list[ast.expr] = [ast.Constant(n) for n in range(first, last + 1)]
        return ast.Compare(variable, [ast.In()], [ast.Tuple(items)])


@edit
class RangesAsSets(_OfRanges):
    """`x in {1, 2}`."""

    def range_of(self, variable: ast.expr, first: int, last: int) -> ast.expr:
        items: list[ast.expr] = [ast.Constant(n) for n in range(first, last + 1)]
        return ast.Compare(variable, [ast.In()], [ast.Set(items)])


@edit
class RangesAsEqualities(_OfRanges):
    """`x == 1 or x == 2`."""

    def range_of(self, variable: ast.expr, first: int, last: int) -> ast.expr:
        each = range(first, last + 1)
        return ast.BoolOp(
            ast.Or(), [ast.Compare(variable, [ast.Eq()], [ast.Constant(n)]) for n in each]
        )


@edit
class RangesByRange(_OfRanges):
    """`x in range(1, 3)`."""

    def range_of(self, variable: ast.expr, first: int, last: int) -> ast.expr:
        ends: list[ast.expr] = [ast.Constant(first), ast.Constant(last + 1)]
        return ast.Compare(variable, [ast.In()], [ast.Call(ast.Name("range"), ends, [])])


@edit
class RangesAsConjunctions(_OfRanges):
    """`1 <= x and not x > 2`."""

    def range_of(self, variable: ast.expr, first: int, last: int) -> ast.expr:
        low = ast.Compare(ast.Constant(first), [ast.LtE()], [variable])
        high = ast.Compare(variable, [ast.Gt()], [ast.Constant(last)])
        return ast.BoolOp(ast.And(), [low, _negated(high)])


@edit
class StrictBounds(ast.NodeTransformer):
    """`x < 30` for `x <= 29`."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        match node:
            case ast.Compare(left, [ast.LtE()], [ast.Constant(int(bound))]):
                return ast.Compare(left, [ast.Lt()], [ast.Constant(bound + 1)])
            case _:
                return node


@edit
class BoundsMoved(ast.NodeTransformer):
    """`x - 29 <= 0` for `x <= 29`, of sums."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        match node:
            case ast.Compare(ast.Call() as left, [ast.LtE()], [ast.Constant(int()) as bound]):
                less = ast.BinOp(left, ast.Sub(), bound)
                return ast.Compare(less, [ast.LtE()], [ast.Constant(0)])
            case _:
                return node


@edit
class DoubleNegations(ast.NodeTransformer):
    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return _negated(_negated(node))


_CONTRARY: dict[type, ast.cmpop] = {
    ast.Is: ast.IsNot(), ast.IsNot: ast.Is(), ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(),
    ast.LtE: ast.Gt(), ast.Gt: ast.LtE(), ast.Lt: ast.GtE(),
}  # fmt: skip


@edit
class NegatedContraries(ast.NodeTransformer):
    """`not x is not None` for `x is None`, `not a > b` for `a <= b`."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        if len(node.ops) != 1:
            return node
        return _negated(ast.Compare(node.left, [_CONTRARY[type(node.ops[0])]], node.comparators))


@edit
class DeMorgan(ast.NodeTransformer):
    """`not (not a or not b)` for `a and b`."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return _negated(ast.BoolOp(other, [_negated(value) for value in node.values]))


@edit
class AlternativesReversed(ast.NodeTransformer):
    """`b or a` for `a or b`, where neither guards the other."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        guards = any(isinstance(inner, ast.Is) for inner in ast.walk(node))
        if guards or isinstance(node.op, ast.And):
            return node
        return ast.BoolOp(node.op, node.values[::-1])


@edit
class TruthOfBooleans(ast.NodeTransformer):
    """`if x` for `if x is True`, `if not x` for `if x is False`, where x is known."""

    def visit_If(self, node: ast.If) -> ast.stmt:
        self.generic_visit(node)
        match node.test:
            case ast.Compare(left, [ast.Is()], [ast.Constant(True)]):
                node.test = left
            case ast.Compare(left, [ast.Is()], [ast.Constant(False)]):
                node.test = ast.BoolOp(ast.And(), [_negated(left), _is_some(left)])
            case _:
                pass
        return node


def _is_some(node: ast.expr) -> ast.expr:
    return ast.Compare(node, [ast.IsNot()], [ast.Constant(None)])


# ------------------------------------------------------------------ statements


@edit
class BranchesSwapped(ast.NodeTransformer):
    """`if not c: B else: A` for `if c: A` and B after it."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.body = self.block(node.body)
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        for number, statement in enumerate(body):
            if isinstance(statement, ast.If) and not statement.orelse:
                rest = self.block(body[number + 1 :])
                inner = self.block(statement.body)
                if rest:
                    swapped = ast.If(_negated(statement.test), rest, inner)
                    return [*body[:number], swapped]
        return body


@edit
class ElseAfterReturn(ast.NodeTransformer):
    """`if c: A else: B`, `elif` among them, for `if c: A` and B after it."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.body = self.block(node.body)
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        for number, statement in enumerate(body):
            if isinstance(statement, ast.If) and not statement.orelse and body[number + 1 :]:
                rest = self.block(body[number + 1 :])
                return [*body[:number], ast.If(statement.test, self.block(statement.body), rest)]
        return body


@edit
class NestedConditions(ast.NodeTransformer):
    """`if a: if b: X` for `if a and b: X`, of chains too."""

    def visit_If(self, node: ast.If) -> ast.stmt:
        self.generic_visit(node)
        match node.test:
            case ast.Compare(left, [first, second], [middle, right]) if not node.orelse:
                inner = ast.If(ast.Compare(middle, [second], [right]), node.body, [])
                return ast.If(ast.Compare(left, [first], [middle]), [inner], [])
            case _:
                return node


@edit
class ConditionalExpressions(ast.NodeTransformer):
    """`return A if c else B` for `if c: return A` and `return B` after it."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.body = self.block(node.body)
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        for statement in body:
            if isinstance(statement, ast.If):
                statement.body = self.block(statement.body)
        match body:
            case [*before, ast.If(test, [ast.Return(then)], []), ast.Return(otherwise)] if (
                then is not None and otherwise is not None
            ):
                return [*before, ast.Return(ast.IfExp(test, then, otherwise))]
            case _:
                return body


@edit
class ConditionsInLocals(ast.NodeTransformer):
    """`held = c` and `if held:` for `if c:`."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.body = self.block(node.body)
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.If):
                statement.body = self.block(statement.body)
                found.append(ast.Assign([ast.Name("held", ast.Store())], statement.test))
                found.append(ast.If(ast.Name("held"), statement.body, statement.orelse))
            else:
                found.append(statement)
        return found


@edit
class ReassignedLocals(ast.NodeTransformer):
    """`x = x` after each `x = ...`, and `pass`."""

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt]:
        match node.targets:
            case [ast.Name(name)]:
                again = ast.Assign([ast.Name(name, ast.Store())], ast.Name(name))
                return [node, again, ast.Pass()]
            case _:
                return node


@edit
class RenamedLocals(ast.NodeTransformer):
    """Locals and parameters by other names."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        names = {argument.arg for argument in node.args.args}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                names.add(inner.id)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id in names:
                inner.id = f"{inner.id}_renamed"
            elif isinstance(inner, ast.arg):
                inner.arg = f"{inner.arg}_renamed"
        return node


@edit
class NoAnnotations(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
        return node


@edit
class OtherDocstrings(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.body = [ast.Expr(ast.Constant("What is said here is not looked at.")), *node.body]
        return node


@edit
class ValuesByAnotherName(ast.NodeTransformer):
    """`known = values`, and from there on `known`."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        if [argument.arg for argument in node.args.args] != ["values"]:
            return node
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id == "values":
                inner.id = "known"
        alias = ast.Assign([ast.Name("known", ast.Store())], ast.Name("values"))
        node.body = [alias, *node.body]
        return node


@edit
class ValuesReadInPlace(ast.NodeTransformer):
    """`values[3]` for the local that holds it."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        held: dict[str, ast.expr] = {}
        for inner in ast.walk(node):
            match inner:
                case ast.Assign([ast.Name(name)], ast.Subscript(ast.Name("values")) as value):
                    held[name] = value
                case _:
                    pass
        edited: ast.stmt = _InPlace(held).visit(node)
        return edited


class _InPlace(ast.NodeTransformer):
    def __init__(self, held: dict[str, ast.expr]) -> None:
        self.held = held

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        match node:
            case ast.Assign([ast.Name(name)]) if name in self.held:
                return ast.Pass()
            case _:
                return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.held.get(node.id, node))


# ------------------------------------------------------------------ functions


@rewriting
def sums_inlined(parts: Parts) -> list[ast.stmt]:
    """What `_sum_1(a, b)` computes, in its place."""
    sums = {function.name: function for function in parts.functions("_sum_")}
    found: list[ast.stmt] = []
    for function in parts.functions("_settle", "_a_"):
        before = ast.dump(function)
        _Inlined(sums).visit(function)
        if ast.dump(function) != before:
            found.append(function)
    return found


class _Inlined(ast.NodeTransformer):
    def __init__(self, sums: dict[str, ast.FunctionDef]) -> None:
        self.sums = sums

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id not in self.sums:
            return node
        function = self.sums[node.func.id]
        names = [argument.arg for argument in function.args.args]
        result = function.body[-1]
        assert isinstance(result, ast.Return) and result.value is not None
        held = dict(zip(names, node.args, strict=True))
        inlined: ast.expr = _InPlace(held).visit(copy.deepcopy(result.value))
        return inlined


@rewriting
def operands_of_sums_swapped(parts: Parts) -> list[ast.stmt]:
    """`-b + a` for `a - b`."""
    found: list[ast.stmt] = []
    for function in parts.functions("_sum_"):
        for node in ast.walk(function):
            match node:
                case ast.BinOp(left, ast.Sub(), right):
                    node.left, node.op = ast.UnaryOp(ast.USub(), right), ast.Add()
                    node.right = left
                    found.append(function)
                    break
                case _:
                    pass
    return found


def _reordered(subject: Subject) -> str:
    """All functions the other way round: they are called when all are there."""
    functions = list(parts_of(subject).functions("_"))
    lines = subject.text.split("\n")
    texts = [lines[f.lineno - 1 : f.end_lineno] for f in functions]
    for function, text in reversed(list(zip(functions, texts[::-1], strict=True))):
        lines[function.lineno - 1 : function.end_lineno] = text
    return "\n".join(lines)


EDITS["functions_reordered"] = _reordered


@rewriting
def condition_in_a_function(parts: Parts) -> list[ast.stmt]:
    """`_extracted(x)` for the first comparison of numbers on the way."""
    for function in parts.functions("_settle"):
        for node in ast.walk(function):
            match node:
                case ast.If(ast.Compare(ast.Name(name), [ast.Eq()], [ast.Constant(int())]) as test):
                    extracted = ast.FunctionDef(
                        "_extracted",
                        ast.arguments([], [ast.arg(name)], None, [], [], None, []),
                        [ast.Return(test)],
                        [],
                    )
                    node.test = ast.Call(ast.Name("_extracted"), [ast.Name(name)], [])
                    whole = ast.Module([extracted, function], [])
                    whole.lineno, whole.end_lineno = function.lineno, function.end_lineno  # type: ignore[attr-defined]
                    return [whole]  # type: ignore[list-item]
                case _:
                    pass
    return []


# ------------------------------------------------------------------ masks


@edit
class MaskOperandsSwapped(ast.NodeTransformer):
    """`x ^ full` for `full ^ x`, `b & a` for `a & b`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor):
            return ast.BinOp(node.right, node.op, node.left)
        return node


@edit
class MasksByDeMorgan(ast.NodeTransformer):
    """`full ^ ((full ^ a) | (full ^ b))` for `a & b`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.BitAnd):
            return node
        joined = ast.BinOp(_against(node.left), ast.BitOr(), _against(node.right))
        return _against(joined)


def _against(mask: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Name("full"), ast.BitXor(), mask)


@edit
class TotalsSpelledOut(ast.NodeTransformer):
    """`permitted = r | permitted` for `permitted |= r`."""

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        assert isinstance(node.target, ast.Name)
        joined = ast.BinOp(node.value, node.op, ast.Name(node.target.id))
        return ast.Assign([node.target], joined)


@rewriting
def totals_from_rules(parts: Parts) -> list[ast.stmt]:
    """The permitted completions by what the rules say, in the order of the result."""
    found: list[ast.stmt] = []
    for function in parts.functions("_apply"):
        for statement in function.body:
            match statement:
                case ast.Assign([ast.Name("permits")], ast.Tuple([_, *_] as items)):
                    total: ast.expr = ast.Constant(0)
                    for item in items:
                        total = ast.BinOp(item, ast.BitOr(), total)
                    again = ast.Assign([ast.Name("permitted", ast.Store())], total)
                    function.body.insert(len(function.body) - 1, again)
                    found.append(function)
                    break
                case _:
                    pass
    return found


# ------------------------------------------------------------------ text


@rewriting
def comments_and_layout_lost(parts: Parts) -> list[ast.stmt]:
    """Printed anew: no comments, other line breaks, no parentheses that are not needed."""
    return list(parts.functions("_"))


@written
def comments_added(text: str) -> str:
    return text.replace("\n\n\ndef _a_", "\n\n\n# Somebody's remark.\n\n\n\ndef _a_")


@written
def function_that_nothing_calls(text: str) -> str:
    return inserted(text, "def _idle(x: int) -> bool:\n    return x == 3")


@rewriting
def tables_by_keywords(parts: Parts) -> list[ast.stmt]:
    """`_Rule(effect="permit", ...)`, in another order."""
    names = ("effect", "name", "label", "citations", "scope", "atoms")
    for row in parts.rows("_RULES"):
        named = [ast.keyword(n, value) for n, value in zip(names, row.args, strict=False)]
        row.args, row.keywords = [], [*row.keywords, *named[::-1]]
    return [parts.table("_RULES")]


# ------------------------------------------------------------------ rules apart


def _conditions(parts: Parts) -> list[ast.Tuple]:
    """The conditions of the rows of rules that have them."""
    found = []
    for row in parts.rows("_RULES"):
        for keyword in row.keywords:
            if keyword.arg == "conditions":
                assert isinstance(keyword.value, ast.Tuple)
                found.append(keyword.value)
    return found


def _every_tuple(parts: Parts) -> list[ast.Tuple]:
    trees = (ast.walk(conditions) for conditions in _conditions(parts))
    return [node for tree in trees for node in tree if isinstance(node, ast.Tuple)]


@rewriting
def conditions_apart_in_another_order(parts: Parts) -> list[ast.stmt]:
    found = [joined for joined in _every_tuple(parts) if len(joined.elts) > 1]
    for joined in found:
        joined.elts = joined.elts[::-1]
    return [parts.table("_RULES")] if found else []


@rewriting
def conditions_apart_said_twice(parts: Parts) -> list[ast.stmt]:
    found = [joined for joined in _every_tuple(parts) if joined.elts]
    for joined in found:
        joined.elts = [*joined.elts, copy.deepcopy(joined.elts[0])]
    return [parts.table("_RULES")] if found else []


@rewriting
def conditions_apart_nested_deeper(parts: Parts) -> list[ast.stmt]:
    """One of one, and all of one, are that one."""
    found = [joined for joined in _every_tuple(parts) if joined.elts]
    for joined in found:
        joined.elts = [ast.Tuple([ast.Tuple([item])]) if isinstance(item, ast.Tuple)
                       else ast.Tuple([item]) for item in joined.elts]  # fmt: skip
    return [parts.table("_RULES")] if found else []


@rewriting
def conditions_apart_with_what_follows(parts: Parts) -> list[ast.stmt]:
    """`a and (a or b)` for `a`: not by normal form, the solver has to see it."""
    found = [joined for joined in _conditions(parts) if len(joined.elts) > 1]
    for joined in found:
        single = [item for item in joined.elts if not isinstance(item, ast.Tuple)]
        if single:
            kinds = ast.UnaryOp | ast.Constant
            other = next(node for node in ast.walk(joined.elts[-1]) if isinstance(node, kinds))
            more: list[ast.expr] = [copy.deepcopy(single[0]), copy.deepcopy(other)]
            joined.elts = [*joined.elts, ast.Tuple(more)]
    return [parts.table("_RULES")] if found else []


@rewriting
def leaves_apart_in_shorter_runs(parts: Parts) -> list[ast.stmt]:
    touched = False
    for row in parts.rows("_ATOMS"):
        if isinstance(row.func, ast.Name) and row.func.id in ("_if_in", "_if_has"):
            runs: list[ast.expr] = []
            for run in row.args[1:]:
                assert isinstance(run, ast.Tuple)
                first, last = _constant(run.elts[0]), _constant(run.elts[1])
                assert first is not None and last is not None
                each = [ast.Tuple([ast.Constant(n), ast.Constant(n)])
                        for n in range(first, last + 1)]  # fmt: skip
                touched = touched or len(each) > 1
                runs += each
            row.args = [row.args[0], *runs]
    return [parts.table("_ATOMS")] if touched else []


@rewriting
def atoms_of_conditions_listed_too(parts: Parts) -> list[ast.stmt]:
    touched = False
    for row in parts.rows("_RULES"):
        if any(keyword.arg == "conditions" for keyword in row.keywords) and isinstance(
            row.args[4], ast.Tuple
        ):
            more = ast.keyword("atoms", copy.deepcopy(row.args[4]))
            row.keywords = [k for k in row.keywords if k.arg != "atoms"] + [more]
            touched = touched or bool(row.args[4].elts)
    return [parts.table("_RULES")] if touched else []
