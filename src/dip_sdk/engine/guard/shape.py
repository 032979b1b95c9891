"""Bounds on a text before it is parsed: some texts would keep the parser busy for hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token, TokenType

from .rules import reject

MAX_TOKENS = 10_000
MAX_REPEATS = 500
"""Of one operator or keyword; names, values, commas and brackets may be more."""

MAX_NESTING = 64

PLENTY = {
    TokenType.ALIAS, TokenType.COMMA, TokenType.IDENTIFIER, TokenType.L_PAREN, TokenType.NUMBER,
    TokenType.R_PAREN, TokenType.STRING, TokenType.VAR,
}  # fmt: skip

OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}

QUERY_WORDS = {"SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT"}
"""What a query begins with."""

POSTFIX = {TokenType.DCOLON, TokenType.DOT, TokenType.L_BRACKET}

JOINS_WITHOUT_ON = {"CROSS", "POSITIONAL", "NATURAL"}


@dataclass
class _Bracket:
    """An open bracket: where it stands, and what it has met."""

    sorts: bool = False
    """It is that of a WITHIN GROUP, or in one."""
    counts: bool = False
    """It is in what a LIMIT counts by."""
    join: bool = False
    """A JOIN in it has no ON yet."""
    limit: bool = False
    """A LIMIT stands in it."""


def check_shape(tokens: Sequence[Token]) -> None:
    """Refuse what would take the parser long. Raises `PlanRejected`."""
    kinds = Counter(token.token_type for token in tokens)
    if len(tokens) > MAX_TOKENS or any(kinds[k] > MAX_REPEATS for k in kinds.keys() - PLENTY):
        raise too_deep("repeats the same too often")
    if any(_runs_on(one, two) for one, two in pairwise(tokens)):
        message = "A number is followed by letters."
        raise reject("parse_error", message, "Write numbers in decimal, and a space after them.")
    if any(
        _casts_typed_text(*three) for three in zip(tokens, tokens[1:], tokens[2:], strict=False)
    ):
        message = "A cast or a dot follows a text with its type before it."
        raise reject("syntax_not_allowed", message, "Put brackets: (DATE '2024-01-31')::VARCHAR.")
    _check_brackets(tokens)


def too_deep(what: str) -> Exception:
    """The refusal of a statement that is too much for a parser."""
    hint = "Split it into steps, or give its parts names with WITH."
    return reject("too_deep", f"The statement {what}.", hint)


def _runs_on(number: Token, after: Token) -> bool:
    """`0x1F`, which the parser takes for 0 named x1F."""
    touches = number.end + 1 == after.start
    return number.token_type == TokenType.NUMBER and touches and after.text[:1].isalpha()


def _casts_typed_text(type_: Token, text: Token, after: Token) -> bool:
    """`DATE '2024-01-31'::VARCHAR`, where the parser casts the text first, and the engine last."""
    typed = text.token_type == TokenType.STRING and type_.token_type in DuckDBParser.TYPE_TOKENS
    return typed and after.token_type in POSTFIX


def _check_brackets(tokens: Sequence[Token]) -> None:
    """The parser tries two ways to read a JOIN without ON, a LIMIT and a WITHIN GROUP, so that
    each of them in another doubles its time: these are refused here."""
    open_ = [_Bracket()]
    for at, token in enumerate(tokens):
        kind, here = token.token_type, open_[-1]
        if kind in OPENING:
            open_.append(_opened(tokens, at, here))
        elif kind in CLOSING and len(open_) > 1:
            open_.pop()
        else:
            _meet(token, tokens[at - 1], here)
        if len(open_) > MAX_NESTING + 1:
            raise too_deep(f"nests more than {MAX_NESTING} deep")


def _opened(tokens: Sequence[Token], at: int, outer: _Bracket) -> _Bracket:
    before = [token.text.upper() for token in tokens[max(at - 2, 0) : at]]
    sorts = outer.sorts or before == ["WITHIN", "GROUP"]
    return _Bracket(sorts=sorts, counts=outer.counts or outer.limit)


def _meet(token: Token, before: Token, here: _Bracket) -> None:
    if token.token_type in (TokenType.ON, TokenType.USING):
        here.join = False
    elif token.token_type == TokenType.JOIN:
        _check_join(before, here)
    elif token.token_type == TokenType.LIMIT:
        here.limit = True
        if here.counts:
            raise too_deep("has a LIMIT in another")
    elif here.sorts and token.text.upper() == "WITHIN":
        raise too_deep("has a WITHIN GROUP in another")


def _check_join(before: Token, here: _Bracket) -> None:
    if before.text.upper() in JOINS_WITHOUT_ON:
        return
    if here.join:
        hint = "Give each JOIN its ON before the next one begins."
        raise reject("parse_error", "A JOIN has no ON or USING.", hint)
    here.join = True
