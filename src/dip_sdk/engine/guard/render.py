"""The checked tree as text: what runs, and what the user reads."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError
from sqlglot.tokenizer_core import Token, TokenType

from ...types.dataset import ROW_NUMBER
from .names import Source, fold
from .parse import DIALECT
from .rules import reject

END_OF_SELECT = {
    "FROM", "WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT", "OFFSET", "UNION",
    "EXCEPT", "INTERSECT", "USING",
}  # fmt: skip

WITHIN_SELECT = {"DISTINCT FROM", "WITHIN GROUP"}


def text(tree: exp.Expr, *, pretty: bool = False) -> str:
    """The tree as DuckDB's SQL; a pretty one as the user reads it, with few quotes.

    Raises `PlanRejected` when it cannot be written.
    """
    try:
        return tree.sql(
            DIALECT,
            pretty=pretty,
            identify=not pretty,
            comments=False,
            normalize_functions=False,
            unsupported_level=ErrorLevel.RAISE,
            copy=pretty,  # what runs is written last: its tree is not needed again
        )
    except (UnsupportedError, RecursionError, ValueError) as error:
        message = "The statement uses something that cannot be written back as it was meant."
        raise reject("not_portable_rendering", message, "Say it in another way.") from error


def name_outputs(tree: exp.Expr, tokens: list[Token], sql: str) -> None:
    """Alias the unnamed output columns of the outermost query with their text as written."""
    select = _first_select(tree)
    if select is None:
        return
    outputs = select.expressions
    texts = _written(tokens, sql)
    if len(texts) != len(outputs):
        texts = [text(output, pretty=True) for output in outputs]
    named = [_named(*pair) for pair in zip(outputs, texts, strict=True)]
    select.set("expressions", named)


def _named(output: exp.Expr, words: str) -> exp.Expr:
    if not _needs_name(output):
        return output
    return exp.Alias(this=output, alias=_quoted(" ".join(words.split())))


def _first_select(tree: exp.Expr) -> exp.Select | None:
    while isinstance(tree, (exp.SetOperation, exp.Subquery)):
        tree = tree.this
    return tree if isinstance(tree, exp.Select) else None


def _needs_name(output: exp.Expr) -> bool:
    if isinstance(output, exp.Dot):
        return not isinstance(output.expression, exp.Identifier)
    if isinstance(output, (exp.Alias, exp.Column, exp.Star)):
        return False
    return output.find(exp.Columns, exp.Explode) is None


def _written(tokens: list[Token], sql: str) -> list[str]:
    """The texts of the outermost SELECT's columns; [] where they cannot be told apart."""
    outer = list(_outermost(tokens))
    begin = next((at for at, word in outer if word == "SELECT"), None)
    if begin is None:
        return []
    after = [(at, word) for at, word in outer if at > begin]
    end = next((at for at, word in after if _ends_select(word, tokens[at - 1])), len(tokens))
    commas = [at for at, word in after if word == "," and at < end]
    starts, stops = [begin, *commas], [*commas, end]
    return [
        sql[tokens[a + 1].start : tokens[b - 1].end + 1]
        for a, b in zip(starts, stops, strict=True)
        if a + 1 < b
    ]


def _outermost(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """Positions and words of the tokens that stand in no brackets."""
    depth = 0
    for at, token in enumerate(tokens):
        kind = token.token_type
        depth += (kind in _OPEN) - (kind in _CLOSE)
        if depth == 0 and kind not in (TokenType.IDENTIFIER, TokenType.STRING):
            yield at, token.text.upper()


def _ends_select(word: str, before: Token) -> bool:
    return word in END_OF_SELECT and f"{before.text.upper()} {word}" not in WITHIN_SELECT


_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}


def bind_today(tree: exp.Expr) -> None:
    """CURRENT_DATE becomes the bound day, so that a replay computes with the same."""
    for node in list(tree.find_all(exp.CurrentDate)):
        node.replace(exp.cast(exp.Placeholder(this="today"), exp.DType.DATE))


def locate(
    tables: list[tuple[exp.Table, Source]], tree: exp.Expr, run: str, by_row: set[int]
) -> None:
    """Make every table the one that is meant: a run's by its schema, a catalog's without the
    hidden columns that the statement does not name, so that no `*` shows them."""
    named = {fold(name.name) for name in tree.find_all(exp.Identifier)}
    for node, source in tables:
        if not node.alias:
            node.set("alias", exp.TableAlias(this=_quoted(node.name)))
        node.set("this", _quoted(source.name))
        if source.made and run:
            node.set("db", _quoted(run))
        elif not source.made:
            _hide(node, source, named, id(node) in by_row)


def _hide(node: exp.Table, source: Source, named: set[str], by_row: bool) -> None:
    shown = [name for name in source.hidden if fold(name) in named]
    if by_row and ROW_NUMBER not in shown:
        shown.append(ROW_NUMBER)
    if shown:
        _leave_out_of_stars(node, shown)
    hidden = [name for name in source.hidden if name not in shown]
    if not hidden:
        return
    star = exp.Star(except_=[_quoted(name) for name in hidden])
    inner = exp.Select(expressions=[star], from_=exp.From(this=exp.Table(this=node.this.copy())))
    rest = {key: value for key, value in node.args.items() if key not in ("this", "db", "catalog")}
    node.replace(exp.Subquery(this=inner, **rest))


def _leave_out_of_stars(node: exp.Table, hidden: list[str]) -> None:
    """Hidden columns that a SELECT names stay out of its `*`, `t.*` and COLUMNS(*)."""
    join = node.parent
    select = join.parent if join else None
    if not isinstance(select, exp.Select) or (isinstance(join, exp.Join) and _only_tests(join)):
        return
    alias = node.alias_or_name
    for star in select.find_all(exp.Star):
        column = star.parent if isinstance(star.parent, exp.Column) else None
        place = (column or star).parent
        if place is not select and not isinstance(place, exp.Columns):
            continue
        if star.parent_select is not select or (column and fold(column.table) != fold(alias)):
            continue
        already = {fold(item.name) for item in star.args.get("except_") or ()}
        table = None if column else alias
        new = [exp.column(n, table, quoted=True) for n in hidden if fold(n) not in already]
        star.set("except_", [*(star.args.get("except_") or ()), *new])


def _only_tests(join: exp.Join) -> bool:
    return join.kind in ("SEMI", "ANTI")


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
