"""SQL conditions as nodes, with constants folded: what is certain is not asked."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

Node = exp.Expr


def truth(value: bool) -> Node:
    return exp.Boolean(this=value)


def is_true(node: Node) -> bool:
    return isinstance(node, exp.Boolean) and node.this is True


def is_false(node: Node) -> bool:
    return isinstance(node, exp.Boolean) and node.this is False


def both(conditions: Iterable[Node]) -> Node:
    """AND; of nothing, true."""
    kept: list[Node] = []
    for condition in conditions:
        if is_false(condition):
            return condition
        if not is_true(condition):
            kept.extend(_operands(condition, exp.And))
    return _joined(exp.And, kept) if kept else truth(True)


def either(conditions: Iterable[Node]) -> Node:
    """OR; of nothing, false."""
    kept: list[Node] = []
    for condition in conditions:
        if is_true(condition):
            return condition
        if not is_false(condition):
            kept.extend(_operands(condition, exp.Or))
    return _joined(exp.Or, kept) if kept else truth(False)


def _operands(node: Node, kind: type[exp.Connector]) -> list[Node]:
    """What a chain of one connective connects."""
    found: list[Node] = []
    while isinstance(node, kind):
        found.append(node.expression)
        node = node.this
    return [node, *reversed(found)]


def _joined(kind: type[exp.Connector], conditions: list[Node]) -> Node:
    found = conditions[0]
    for number, condition in enumerate(conditions[1:]):
        left = _wrapped(found) if number == 0 else found
        found = kind(this=left, expression=_wrapped(condition))
    return found


def negation(condition: Node) -> Node:
    if isinstance(condition, exp.Boolean):
        return truth(not condition.this)
    if isinstance(condition, exp.Not):
        inner: Node = condition.this
        opened: Node = inner.this if isinstance(inner, exp.Paren) else inner
        return opened
    plain = isinstance(condition, exp.Column | exp.Is | exp.In | exp.Paren)
    return exp.Not(this=condition if plain else exp.Paren(this=condition))


def _wrapped(condition: Node) -> Node:
    """In parentheses where a reader would otherwise have to know what binds tighter."""
    loose = isinstance(condition, exp.Connector)
    return exp.Paren(this=condition) if loose else condition


def case(whens: Iterable[tuple[Node, Node]], otherwise: Node) -> Node:
    """The value behind the first condition that holds."""
    ifs: list[Node] = []
    for condition, value in whens:
        if is_false(condition):
            continue
        if is_true(condition):
            otherwise = value
            break
        ifs.append(exp.If(this=condition, true=value))
    return exp.Case(ifs=ifs, default=otherwise) if ifs else otherwise


# ------------------------------------------------------------------ atoms


def is_null(node: Node) -> Node:
    return exp.Is(this=node, expression=exp.Null())


def not_null(node: Node) -> Node:
    return exp.Not(this=is_null(node))


def number(value: int) -> Node:
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def string(value: str) -> Node:
    return exp.Literal.string(value)


def equal(left: Node, right: Node) -> Node:
    return exp.EQ(this=left, expression=right)


def at_most(left: Node, right: Node) -> Node:
    return exp.LTE(this=left, expression=right)


def at_least(left: Node, right: Node) -> Node:
    return exp.GTE(this=left, expression=right)


def one_of(node: Node, texts: Iterable[str]) -> Node:
    """Whether a text is one of these; of none, false."""
    values = [string(text) for text in texts]
    if not values:
        return truth(False)
    return equal(node, values[0]) if len(values) == 1 else exp.In(this=node, expressions=values)


def total(parts: Iterable[tuple[int, Node]], constant: int = 0) -> Node:
    """The sum of products, as short as it can be written."""
    found: Node | None = None
    for coefficient, node in parts:
        size = abs(coefficient)
        term = node if size == 1 else exp.Mul(this=number(size), expression=_grouped(node))
        if found is None:
            found = exp.Neg(this=_grouped(term)) if coefficient < 0 else term
        elif coefficient < 0:
            found = exp.Sub(this=found, expression=_grouped(term))
        else:
            found = exp.Add(this=found, expression=term)
    if found is None:
        return number(constant)
    if constant == 0:
        return found
    kind = exp.Add if constant > 0 else exp.Sub
    return kind(this=found, expression=number(abs(constant)))


def _grouped(node: Node) -> Node:
    """In parentheses where it is a sum of its own, or a product, to be multiplied or taken off."""
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Neg) else node
