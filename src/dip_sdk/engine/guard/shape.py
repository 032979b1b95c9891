"""Bounds on a text before it is parsed, and which texts could keep the parser busy for hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token, TokenType

from .rules import reject

MAX_TOKENS = 10_000
MAX_REPEATS = 500
"""Of one operator or keyword; names, values, commas and brackets may be more."""

MAX_NESTING = 64
QUICK_NESTING = 8
QUICK_IFS = 3
"""Up to these, no text was found that takes the parser more than a moment."""

PLENTY = {
    TokenType.ALIAS, TokenType.COMMA, TokenType.IDENTIFIER, TokenType.L_PAREN, TokenType.NUMBER,
    TokenType.R_PAREN, TokenType.STRING, TokenType.VAR,
}  # fmt: skip

OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}

QUERY_WORDS = {"SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT"}
"""What a query begins with."""

POSTFIX = {TokenType.DCOLON, TokenType.DOT, TokenType.L_BRACKET}

JOINS_WITHOUT_ON = {"CROSS", "POSITIONAL"}


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
    if max(_depths(tokens)) > MAX_NESTING:
        raise too_deep(f"nests more than {MAX_NESTING} deep")
    if _joins_without_on(tokens):
        hint = "Give each JOIN its ON before the next one begins."
        raise reject("parse_error", "A JOIN has no ON or USING.", hint)


def may_take_long(tokens: Sequence[Token]) -> bool:
    """Whether the parser could need more than a moment: it tries several ways to read some words
    and brackets, and where one stands in another, the tries multiply."""
    ifs = sum(_is_if_without_brackets(*two) for two in pairwise(tokens))
    return max(_depths(tokens)) > QUICK_NESTING or ifs > QUICK_IFS


def too_deep(what: str) -> Exception:
    """The refusal of a statement that is too much for a parser."""
    hint = "Split it into steps, or give its parts names with WITH."
    return reject("too_deep", f"The statement {what}.", hint)


def _runs_on(number: Token, after: Token) -> bool:
    """`0x1F`, which the parser takes for 0 named x1F."""
    touches = number.end + 1 == after.start
    return number.token_type == TokenType.NUMBER and touches and after.text[:1].isalpha()


def _is_if_without_brackets(word: Token, after: Token) -> bool:
    return word.text.upper() == "IF" and after.token_type != TokenType.L_PAREN


def _casts_typed_text(type_: Token, text: Token, after: Token) -> bool:
    """`DATE '2024-01-31'::VARCHAR`, where the parser casts the text first, and the engine last."""
    typed = text.token_type == TokenType.STRING and type_.token_type in DuckDBParser.TYPE_TOKENS
    return typed and after.token_type in POSTFIX


def _depths(tokens: Sequence[Token]) -> Iterator[int]:
    """After each token, how many brackets and CASEs are open."""
    depth = 0
    for token in tokens:
        depth = max(depth + (token.token_type in OPENING) - (token.token_type in CLOSING), 0)
        yield depth


def _joins_without_on(tokens: Sequence[Token]) -> bool:
    """Whether a JOIN begins before the one before it, in the same bracket, has its ON: the parser
    tries all the ways in which they could belong together."""
    waiting: Counter[int] = Counter()
    depths = [*_depths(tokens)]
    for at, token in enumerate(tokens):
        if token.token_type in (TokenType.ON, TokenType.USING, TokenType.L_PAREN):
            waiting[depths[at]] = 0
        elif token.token_type == TokenType.JOIN and _needs_on(tokens[at - 1]):
            waiting[depths[at]] += 1
            if waiting[depths[at]] > 1:
                return True
    return False


def _needs_on(before: Token) -> bool:
    return before.text.upper() not in JOINS_WITHOUT_ON
