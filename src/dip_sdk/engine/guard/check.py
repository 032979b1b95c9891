"""The guard: the story of a check, from a statement's text to the text that runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from ...types.dataset import Table
from ...types.errors import PlanRejected
from ...types.values import Wire
from .limits import bind, check_arguments
from .names import Names, Source, fold, of_made, of_table
from .nodes import check_nodes
from .order import break_ties
from .parse import parse
from .render import bind_today, locate, name_outputs, text
from .rules import reject

NO_TABLES: Mapping[str, Sequence[str]] = {}
NO_PARAMS: Mapping[str, Wire] = {}


@dataclass(frozen=True)
class Checked:
    """A statement that may run."""

    sql: str
    """What runs: written from the checked tree."""
    shown: str
    """The same as the user reads and edits it: pretty-printed, only with what they wrote."""
    tables: tuple[str, ...]
    """Tables of the catalog that it reads, as the catalog spells them."""
    tree: exp.Query
    """The tree that was checked, as written."""
    params: tuple[str, ...] = ()
    """Names of the bound values that it uses."""


class Guard:
    """Decides which statements may run over some tables. Immutable; used by many threads."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = tuple(tables)
        self._sources = {fold(table.name): of_table(table) for table in self.tables}

    def check(
        self,
        sql: str,
        *,
        run: str = "",
        made: Mapping[str, Sequence[str]] = NO_TABLES,
        params: Mapping[str, Wire] = NO_PARAMS,
    ) -> Checked:
        """What runs for `sql`, given the run's intermediate tables (name -> columns) and values.

        Raises `PlanRejected` with the name of a rule of `RULES`.
        """
        try:
            return self._check(sql, run, made, params)
        except PlanRejected as error:
            refused = error
        except Exception as error:  # noqa: BLE001 - what the parser stumbles over must not run
            refused = reject("parse_error", "The statement cannot be read.", "Write it plainer.")
            refused.__cause__ = error
        refused.sql = sql
        raise refused

    def _check(
        self,
        sql: str,
        run: str,
        made: Mapping[str, Sequence[str]],
        params: Mapping[str, Wire],
    ) -> Checked:
        tree, tokens = parse(sql)
        tree = as_query(tree)
        used = check_nodes(tree, params)
        bounds = check_arguments(tree)
        names = Names(self._sources | _made_sources(made))
        names.resolve(tree)
        name_outputs(tree, tokens, sql)
        shown = text(tree, pretty=True)
        kept = tree.copy()
        tables = tuple(dict.fromkeys(s.name for _, s in names.tables if not s.made))
        bind(bounds)
        bind_today(tree)
        by_row = break_ties(tree, {id(node): source for node, source in names.tables})
        locate(names.tables, tree, run, by_row)
        return Checked(text(tree), shown, tables, kept, used)


def _made_sources(made: Mapping[str, Sequence[str]]) -> dict[str, Source]:
    return {fold(name): of_made(name, columns) for name, columns in made.items()}


def as_query(tree: exp.Expr) -> exp.Query:
    """The statement as a SELECT: VALUES and PIVOT, alone, are read from."""
    if isinstance(tree, exp.Values):
        tree.set("alias", exp.TableAlias(this=exp.to_identifier("v")))
        return exp.select("*").from_(tree)
    if isinstance(tree, exp.Pivot):
        return exp.select("*").from_(exp.Subquery(this=tree))
    if not isinstance(tree, exp.Query):
        raise reject("read_only", f"{tree.key.upper()} is not a query.", "Begin with SELECT.")
    return tree
