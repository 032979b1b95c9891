"""The checked tree as text: what runs, and what the user reads."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError
from sqlglot.tokens import Token, TokenType

from .names import Source
from .parse import DIALECT
from .rules import reject

END_OF_SELECT = {
    "FROM", "WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT", "OFFSET", "UNION",
    "EXCEPT", "INTERSECT", "USING",
}  # fmt: skip


def text(tree: exp.Expression, *, pretty: bool = False) -> str:
    """The tree as DuckDB's SQL. Raises `PlanRejected` when it cannot be written."""
    try:
        return tree.sql(
            DIALECT,
            pretty=pretty,
            identify=not pretty,
            comments=False,
            normalize_functions=False,
            unsupported_level=ErrorLevel.RAISE,
        )
    except (UnsupportedError, RecursionError, ValueError) as error:
        message = "The statement uses something that cannot be written back as it was meant."
        raise reject("not_portable_rendering", message, "Say it in another way.") from error


def name_outputs(tree: exp.Expression, tokens: list[Token], sql: str) -> None:
    """Alias the unnamed output columns of the outermost query with their text as written."""
    select = _first_select(tree)
    if select is None:
        return
    written = _written(tokens, sql)
    outputs = select.expressions
    texts = (
        written if len(written) == len(outputs) else [text(item, pretty=True) for item in outputs]
    )
    for output, words in zip(list(outputs), texts, strict=True):
        if _needs_name(output):
            output.replace(exp.alias_(output.copy(), " ".join(words.split()), quoted=True))


def _first_select(tree: exp.Expression) -> exp.Select | None:
    while isinstance(tree, (exp.SetOperation, exp.Subquery)):
        tree = tree.this
    return tree if isinstance(tree, exp.Select) else None


def _needs_name(output: exp.Expression) -> bool:
    if isinstance(output, (exp.Alias, exp.Column, exp.Star, exp.Dot, exp.Explode, exp.PropertyEQ)):
        return False
    return output.find(exp.Columns, exp.Explode) is None


def _written(tokens: list[Token], sql: str) -> list[str]:
    """The texts of the outermost SELECT's columns; [] where they cannot be told apart."""
    depth, parts, start = 0, [], None
    for index, token in enumerate(tokens):
        kind = token.token_type
        word = (
            token.text.upper() if kind != TokenType.IDENTIFIER and kind != TokenType.STRING else ""
        )
        depth += (kind in _OPEN) - (kind in _CLOSE)
        if depth == 0 and start is None and word == "SELECT":
            start = index + 1
        elif depth == 0 and start is not None and kind == TokenType.COMMA:
            parts.append((start, index))
            start = index + 1
        elif depth == 0 and start is not None and word in END_OF_SELECT:
            if not (word == "FROM" and tokens[index - 1].text.upper() == "DISTINCT"):
                return _texts([*parts, (start, index)], tokens, sql)
    return _texts([*parts, (start, len(tokens))], tokens, sql) if start is not None else []


_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}


def _texts(parts: list[tuple[int, int]], tokens: list[Token], sql: str) -> list[str]:
    return [sql[tokens[a].start : tokens[b - 1].end + 1] for a, b in parts if a < b]


def bind_today(tree: exp.Expression) -> None:
    """CURRENT_DATE becomes the bound day, so that a replay computes with the same."""
    for node in list(tree.find_all(exp.CurrentDate)):
        node.replace(exp.cast(exp.Placeholder(this="today"), exp.DType.DATE))


def locate(tables: list[tuple[exp.Table, Source]], tree: exp.Expression, run: str) -> None:
    """Make every table the one that is meant: a run's by its schema, a catalog's without the
    hidden columns that the statement does not name, so that no `*` shows them."""
    named = {name.name.casefold() for name in tree.find_all(exp.Identifier)}
    for node, source in tables:
        if not node.alias:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(source.name, quoted=True)))
        node.set("this", exp.to_identifier(source.name, quoted=True))
        if source.made and run:
            node.set("db", exp.to_identifier(run, quoted=True))
        elif not source.made:
            _hide(node, [name for name in source.hidden if name.casefold() not in named])


def _hide(node: exp.Table, hidden: list[str]) -> None:
    if not hidden:
        return
    except_ = [exp.to_identifier(name, quoted=True) for name in hidden]
    inner = exp.Select(expressions=[exp.Star(except_=except_)])
    inner.set("from_", exp.From(this=exp.Table(this=node.this.copy())))
    rest = {key: value for key, value in node.args.items() if key not in ("this", "db", "catalog")}
    node.replace(exp.Subquery(this=inner, **rest))
