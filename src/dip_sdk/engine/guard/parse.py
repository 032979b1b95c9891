"""Text to tree: bounded before it is parsed, one statement, function names kept as written."""

from __future__ import annotations

import logging

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token, TokenType

from .limits import check_depth
from .repair import repair
from .rules import reject
from .shape import QUERY_WORDS, check_shape, may_take_long, too_deep
from .trial import check_time


class Verbatim(DuckDB):
    """DuckDB's dialect, with subscripts and JSON paths left as written: 'a.b' is a key there."""

    INDEX_OFFSET = 0

    def to_json_path(self, path: exp.Expr | None) -> exp.Expr | None:
        return path


DIALECT = Verbatim()
logging.getLogger("sqlglot").addHandler(logging.NullHandler())  # what it warns of is refused here

MAX_BYTES = 20_000

VERBATIM = "\ue000"
"""Before a function's name while it is parsed. sqlglot rewrites functions that it knows into its
own, which is for translation between databases; a name it does not know stays as written."""

WITH_SYNTAX = {
    "ARRAY", "CASE", "CAST", "COLUMNS", "CUBE", "EXISTS", "EXTRACT", "FIRST_VALUE", "IF", "LAG",
    "LAST_VALUE", "LEAD", "MAP", "NTH_VALUE", "PERCENTILE_CONT", "PERCENTILE_DISC", "POSITION",
    "ROLLUP", "STRUCT", "SUBSTRING", "TRIM", "TRY_CAST", "UNNEST",
}  # fmt: skip
"""Functions whose parentheses hold more than a list of arguments: these sqlglot must know."""

OPERATORS = {"AND", "COLLATE", "GLOB", "ILIKE", "LIKE", "OR"}
"""Words that may stand before a bracket without being a function."""

REWRITTEN = {*DuckDBParser.FUNCTIONS, *DuckDBParser.FUNCTION_PARSERS} - WITH_SYNTAX - OPERATORS


def parse(sql: str) -> tuple[exp.Expr, list[Token]]:
    """The tree of the one statement in `sql`, and its tokens. Raises `PlanRejected`."""
    tokens = tokenize(sql)
    _check_one_query(tokens)
    check_shape(tokens)
    if may_take_long(tokens):
        check_time(sql)
    try:
        trees = read(sql, tokens)
    except RecursionError:
        raise too_deep("nests too deep") from None
    except ParseError as error:
        raise _parse_error(error) from None
    tree = trees[0] if trees else None
    if tree is None:
        raise reject("parse_error", "There is no statement in the text.")
    check_depth(tree)
    for node in tree.walk():
        name = node.args.get("this")
        if isinstance(name, str) and name.startswith(VERBATIM):
            node.set("this", name.removeprefix(VERBATIM))
    repair(tree, tokens)
    return tree, tokens


def read(sql: str, tokens: list[Token]) -> list[exp.Expr | None]:
    """The trees of a text, as the parser gives them; it may take long."""
    trees: list[exp.Expr | None] = DIALECT.parser().parse(_verbatim(tokens), sql)
    return trees


def tokenize(sql: str) -> list[Token]:
    """The words of a text of bounded size. Raises `PlanRejected`."""
    if len(sql) > MAX_BYTES or len(sql.encode("utf-8", "replace")) > MAX_BYTES:
        raise reject(
            "too_large",
            f"The statement has more than {MAX_BYTES:,} bytes.",
            "Split it into steps, or join with a table instead of listing values.",
        )
    if VERBATIM in sql or "\x00" in sql:
        raise reject("parse_error", "The statement has a character that no statement may have.")
    try:
        tokens = DIALECT.tokenize(sql)
    except (SqlglotError, ValueError) as error:
        message = "A quote, a comment or a number in the statement is not complete."
        raise reject("parse_error", message, "Check that every quote is closed.") from error
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        tokens.pop()
    return tokens


def _check_one_query(tokens: list[Token]) -> None:
    if not tokens:
        raise reject("parse_error", "There is no statement in the text.")
    if any(token.token_type == TokenType.SEMICOLON for token in tokens):
        message = "There is more than one statement."
        raise reject("one_statement", message, "Ask for one at a time, without ';' between.")
    if tokens[0].text.upper() not in {*QUERY_WORDS, "("}:
        word = tokens[0].text[:30]
        raise reject("read_only", f"'{word}' does not begin a query.", "Begin with SELECT or WITH.")


def _verbatim(tokens: list[Token]) -> list[Token]:
    following = [*tokens[1:], None]
    return [
        _marked(token) if after and _is_call(tokens, index, after) else token
        for index, (token, after) in enumerate(zip(tokens, following, strict=True))
    ]


def _is_call(tokens: list[Token], index: int, after: Token) -> bool:
    token = tokens[index]
    name = token.text.upper()
    if after.token_type != TokenType.L_PAREN or name not in REWRITTEN:
        return False
    if token.token_type == TokenType.STRING:
        return False
    if name == "REPLACE":  # also `* REPLACE (...)`, and after `* EXCLUDE (...)`
        return tokens[index - 1].token_type not in (TokenType.STAR, TokenType.R_PAREN)
    if name == "FILTER":  # also `sum(x) FILTER (WHERE ...)`
        return tokens[index - 1].token_type != TokenType.R_PAREN
    return True


def _marked(token: Token) -> Token:
    name = VERBATIM + token.text
    return Token(TokenType.VAR, name, token.line, token.col, token.start, token.end, [])


def _parse_error(error: ParseError) -> Exception:
    found = error.errors[0] if error.errors else {}
    where = f" at line {found['line']}, column {found['col']}" if found.get("line") else ""
    near = (found.get("highlight") or "").replace(VERBATIM, "")[:60]
    message = f"The statement cannot be read{where}" + (f", near '{near}'." if near else ".")
    return reject("parse_error", message, "Check its brackets, commas and quotes there.")
