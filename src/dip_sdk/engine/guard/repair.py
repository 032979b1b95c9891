"""Where the parser reads otherwise than the engine does, the tree is set right."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType


def repair(tree: exp.Expr, tokens: Sequence[Token]) -> None:
    """Change the tree in place to mean what the engine would read in the text."""
    ends = _arrow_ends(tokens)
    for node in list(tree.walk()):
        if isinstance(node, exp.Lambda):
            _repair_arrow(node, ends)
        elif isinstance(node, exp.Anonymous):
            _repair_distinct(node)
        elif isinstance(node, (exp.RawString, exp.ByteString)):  # $$text$$, e'text'
            node.replace(exp.Literal.string(node.name))


def _arrow_ends(tokens: Sequence[Token]) -> set[int]:
    """Where the names end that stand before `->`."""
    ends = set()
    for index, token in enumerate(tokens):
        if token.token_type == TokenType.ARROW:
            before = index - 1
            while before > 0 and tokens[before].token_type == TokenType.R_PAREN:
                before -= 1
            ends.add(tokens[before].end)
    return ends


def _repair_arrow(node: exp.Lambda, ends: set[int]) -> None:
    """`f(js -> 'key')` reads JSON: only an arrow whose right side uses the name makes a lambda."""
    if len(node.expressions) != 1:
        return
    name = node.expressions[0]
    body = node.this
    uses = any(part.name.lower() == name.name.lower() for part in body.find_all(exp.Identifier))
    if name.meta.get("end") not in ends or uses:
        return
    leaf = body
    while isinstance(leaf, exp.Binary):
        leaf = leaf.this
    read = exp.JSONExtract(this=exp.Column(this=name.copy()), expression=leaf.copy())
    if leaf is body:
        node.replace(read)
    else:
        leaf.replace(read)
        node.replace(body)


def _repair_distinct(node: exp.Anonymous) -> None:
    """In `f(DISTINCT a, b)` only the first argument is made distinct by; the parser takes all."""
    for distinct in node.find_all(exp.Distinct):
        rest = distinct.expressions[1:]
        if _owner(distinct) is not node or not rest:
            continue
        distinct.set("expressions", distinct.expressions[:1])
        order = distinct.parent if isinstance(distinct.parent, exp.Order) else None
        if order is None:
            node.set("expressions", [*node.expressions, *rest])
        else:  # f(DISTINCT a, b ORDER BY c)
            order.set("this", rest.pop())
            node.set("expressions", [distinct, *rest, order])


def _owner(node: exp.Expr) -> exp.Expr | None:
    return node.parent.parent if isinstance(node.parent, exp.Order) else node.parent
