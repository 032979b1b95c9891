"""Which table and which column a name stands for; a name that stands for none is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from sqlglot import exp

from ...types.dataset import ROW_NUMBER, Table
from .allowed import VALUE_NAMES
from .rules import reject

GIVES_NAMES = (exp.Select, exp.SetOperation, exp.Pivot, exp.Lambda, exp.Comprehension)

SYSTEM_NAMES = ("duckdb_", "information_schema", "pg_", "pragma_", "sqlite_")
"""How the engine's own tables begin; a WITH may not take such a name, nor one like a file's."""


@dataclass(frozen=True)
class Source:
    """A table a statement may read: of the catalog, or made by an earlier step of the run."""

    name: str
    columns: Mapping[str, str]
    """Folded name -> name as the catalog spells it; hidden ones too."""
    hidden: tuple[str, ...] = ()
    made: bool = False


def of_table(table: Table) -> Source:
    """The source that a table of the catalog is."""
    names = [column.name for column in table.columns]
    hidden = [column.name for column in table.columns if column.hidden]
    if ROW_NUMBER not in names:
        names.append(ROW_NUMBER)
        hidden.append(ROW_NUMBER)
    return Source(table.name, {fold(name): name for name in names}, tuple(hidden))


def of_made(name: str, columns: Iterable[str]) -> Source:
    """The source that an intermediate table is."""
    return Source(name, {fold(column): column for column in columns}, made=True)


@dataclass
class Names:
    """What the names of one statement stand for."""

    sources: Mapping[str, Source]
    """By folded name."""
    tables: list[tuple[exp.Table, Source]] = field(default_factory=list)

    def resolve(self, tree: exp.Expr) -> None:
        """Find the source of every table, then check the columns. Raises `PlanRejected`."""
        for cte in tree.find_all(exp.CTE):
            _check_cte_name(cte.alias)
        for node in tree.find_all(exp.Table):
            if isinstance(node.this, exp.Identifier):
                self._resolve_table(node)
        scopes = _Scopes({id(node): source for node, source in self.tables})
        for column in tree.find_all(exp.Column):
            if isinstance(column.this, exp.Identifier):
                scopes.check(column)

    def _resolve_table(self, node: exp.Table) -> None:
        if node.args.get("db") or node.args.get("catalog"):
            message = f"The table {node.sql('duckdb')} has a schema before its name."
            raise reject("qualified_name", message, f"Write {node.name} alone.")
        if _is_cte(node):
            return
        source = self.sources.get(fold(node.name))
        if source is None:
            names = [source.name for source in self.sources.values()]
            hint = nearest(node.name, names) or _listed(names)
            raise reject("unknown_table", f"There is no table '{node.name}'.", hint)
        self.tables.append((node, source))


def fold(name: str) -> str:
    """The name as the engine compares names: only ASCII letters lose their case."""
    return name.encode().lower().decode()


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint with the closest name, or "" when none is close."""
    spelled = {fold(known): known for known in names}
    found = get_close_matches(fold(name), spelled, n=1, cutoff=0.6)
    return f"Did you mean '{spelled[found[0]]}'?" if found else ""


def _listed(names: Sequence[str]) -> str:
    return "There are: " + ", ".join(names[:20]) + "." if names else ""


def _check_cte_name(name: str) -> None:
    if fold(name).startswith(SYSTEM_NAMES) or set(name) & set("./\\:*?"):
        message = f"WITH cannot give the name '{name}'."
        raise reject("qualified_name", message, "Use letters, digits and _ only.")


def _is_cte(node: exp.Table) -> bool:
    """Whether a WITH around the node gives its name a meaning at that place."""
    wanted = fold(node.name)
    inner: exp.Expr = node
    while (outer := inner.parent) is not None:
        with_ = outer if isinstance(outer, exp.With) else outer.args.get("with_")
        if with_ and with_ is not inner and wanted in _visible(with_, inner):
            return True
        inner = outer
    return False


def _visible(with_: exp.With, inner: exp.Expr) -> set[str]:
    """Names of the CTEs that `inner`, a part of the WITH's query or one of its CTEs, may read."""
    names: set[str] = set()
    for cte in with_.expressions:
        if cte is inner:
            return names | ({fold(cte.alias)} if with_.args.get("recursive") else set())
        names.add(fold(cte.alias))
    return names


class _Scopes:
    """The columns known where a name stands; where one source is not known, any name is."""

    def __init__(self, sources: Mapping[int, Source]) -> None:
        self._sources = sources
        self._selects: dict[int, _Scope] = {}

    def check(self, column: exp.Column) -> None:
        name, table = fold(column.name), fold(column.table)
        scopes = list(self._around(column))
        if table:
            self._check_qualified(column, scopes, table)
        elif not any(scope.gives(name) for scope in scopes):
            self._refuse(column, [known for scope in scopes for known in scope.spellings()])
        elif name in VALUE_NAMES and not any(scope.surely_gives(name) for scope in scopes):
            message = f"'{column.name}' would be read as a function, not as a column."
            raise reject("function_not_allowed", message, "Write $today for the day of asking.")

    def _check_qualified(self, column: exp.Column, scopes: Sequence[_Scope], table: str) -> None:
        source = next((s.tables[table] for s in scopes if table in s.tables), None)
        if source is not None and fold(column.name) not in source.columns:
            self._refuse(column, source.columns.values())

    def _refuse(self, column: exp.Column, names: Iterable[str]) -> None:
        name = column.name
        if fold(name) in VALUE_NAMES:
            message = f"'{name}' would be read as a function, not as a column."
            raise reject("function_not_allowed", message, "Write $today for the day of asking.")
        shown = [known for known in dict.fromkeys(names) if known != ROW_NUMBER]
        hint = nearest(name, shown) or _listed(shown)
        raise reject("unknown_column", f"There is no column '{name}'.", hint)

    def _around(self, node: exp.Expr) -> Iterator[_Scope]:
        """The scopes of the SELECTs around a node, and of what else gives names, inside out."""
        while (parent := node.parent) is not None:
            if isinstance(parent, GIVES_NAMES):
                yield self._scope(parent)
            node = parent

    def _scope(self, node: exp.Expr) -> _Scope:
        if id(node) not in self._selects:
            self._selects[id(node)] = _Scope(node, self._sources)
        return self._selects[id(node)]


class _Scope:
    """The names that one SELECT, lambda or other construct gives to what stands in it."""

    def __init__(self, node: exp.Expr, sources: Mapping[int, Source]) -> None:
        self.tables: dict[str, Source] = {}
        self.others: set[str] = set()
        self.open = not isinstance(node, (exp.Select, exp.Lambda, exp.Comprehension))
        if isinstance(node, exp.Select):
            self._read_select(node, sources)
        elif isinstance(node, exp.Lambda):
            self.others.update(fold(name.name) for name in node.expressions)
        elif isinstance(node, exp.Comprehension):
            self.others.update(fold(i.name) for i in node.find_all(exp.Identifier))

    def _read_select(self, select: exp.Select, sources: Mapping[int, Source]) -> None:
        for projection in select.expressions:
            if isinstance(projection, exp.Alias):
                self.others.add(fold(projection.alias))
            self.open = self.open or (
                projection.find(exp.Star) is not None and _renames(projection)
            )
        for item in _from_items(select):
            source = sources.get(id(item))
            alias = item.args.get("alias")
            plain = source and not item.args.get("pivots") and not (alias and alias.columns)
            if source and plain:
                self.tables[fold(item.alias_or_name)] = source
            else:
                self.open = True

    def gives(self, name: str) -> bool:
        return self.open or self.surely_gives(name)

    def surely_gives(self, name: str) -> bool:
        return (
            name in self.others
            or name in self.tables
            or any(name in source.columns for source in self.tables.values())
        )

    def spellings(self) -> Iterator[str]:
        for source in self.tables.values():
            yield from source.columns.values()


def _renames(projection: exp.Expr) -> bool:
    return any(star.args.get("rename") for star in projection.find_all(exp.Star))


def _from_items(select: exp.Select) -> Iterator[exp.Expr]:
    """What stands in FROM and JOIN, with what is joined to it in brackets."""
    from_ = select.args.get("from_")
    items = [from_.this] if from_ else []
    items += [join.this for join in select.args.get("joins") or ()]
    items += select.args.get("laterals") or ()
    for item in items:
        yield item
        yield from (join.this for join in item.args.get("joins") or ())
