"""What joins do to the rows that are counted: `join_fanout` and `rows_dropped`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from ...render.numbers import plural
from ...types.result import Check
from ...types.sql import quoted
from ...types.values import Wire
from ..names import words
from ..told import listed
from .block import Block, Source, conjuncts, row_of, whole
from .calls import AVERAGES, TOTALS
from .context import LARGE, finding


def joins(block: Block) -> Iterator[Check]:
    """Rows that a join counts more than once, and rows that it leaves out."""
    if not block.joins or block.rows > LARGE or not all(map(_plain, block.joins)):
        return
    for counted, noun in _counted(block):
        repeating = list(_repeating(block, counted))
        if repeating:
            yield from _fanout(block, counted, repeating, noun)
        if len(counted) == 1:
            yield from _dropped(block, counted[0], bool(repeating))
    if not block.aggregates:
        for grain in _finest(block)[:1]:
            yield from _dropped(block, grain, repeated=False)


def _plain(join: exp.Join) -> bool:
    """Joined by a condition, with rows of both sides to show for it."""
    kinds = (join.kind, join.args.get("method"))
    return not any(k in ("SEMI", "ANTI", "NATURAL", "ASOF", "POSITIONAL") for k in kinds) and (
        isinstance(join.this, (exp.Table, exp.Subquery))
    )


def _counted(block: Block) -> Iterator[tuple[tuple[Source, ...], str]]:
    """The sources whose rows an aggregate counts, each once, with the aggregate's noun."""
    seen: set[tuple[str, ...]] = set()
    for aggregate in block.aggregates:
        if aggregate.distinct or aggregate.name not in AVERAGES | TOTALS:
            continue
        sources = block.owners(aggregate.argument) if aggregate.argument else _said(block)
        key = tuple(source.alias for source in sources)
        if sources and key not in seen:
            seen.add(key)
            what = aggregate.argument.sql(dialect="duckdb") if aggregate.argument else "rows"
            yield sources, f"{aggregate.noun} of {what}"


def _said(block: Block) -> tuple[Source, ...]:
    """The source that the question counts: "number of customers per region" -> customers.

    Words that name no source leave it to the finest: the one that no join repeats.
    """
    measure = block.context.answer.reading.measure.split(" of ", 1)[-1]
    for stop in (" per ", " by ", " for ", " in ", " with ", " where ", " from ", " that "):
        measure = measure.split(stop)[0]
    head = words(measure)[-1:]
    named = [s for s in block.sources.values() if s.table and words(s.table.name)[-1:] == head]
    if len(named) == 1:
        return tuple(named)
    return _finest(block)[:1]


def _finest(block: Block) -> tuple[Source, ...]:
    """Sources that no join repeats: their rows are the rows of the joined table."""
    sources = block.sources.values()
    return tuple(s for s in sources if next(_repeating(block, (s,)), None) is None)


def _repeating(block: Block, counted: Sequence[Source]) -> Iterator[Source]:
    """Sources that may hold several rows for one of the counted, seen from those outward."""
    reached = {source.alias.casefold() for source in counted}
    edges = [edge for join in block.joins for edge in _edges(block, join)]
    left = [s for key, s in block.sources.items() if key not in reached]
    while left:
        near = next((s for s in left if _columns_to(s, reached, edges)), None)
        if near is None:
            yield from left
            return
        if not _unique(block, near, _columns_to(near, reached, edges)):
            yield near
        reached.add(near.alias.casefold())
        left.remove(near)


Edge = tuple[tuple[str, str], tuple[str, str]]
"""Two (alias, column) that a join holds equal."""


def _edges(block: Block, join: exp.Join) -> Iterator[Edge]:
    alias = join.this.alias_or_name.casefold()
    for using in join.args.get("using") or ():
        for key, source in block.sources.items():
            if key != alias and using.name.casefold() in (source.columns or ()):
                yield (key, using.name), (alias, using.name)
                break
    for part in (*conjuncts(join.args.get("on")), *block.conditions):
        sides = (part.this, part.expression) if isinstance(part, exp.EQ) else ()
        if len(sides) == 2 and all(isinstance(side, exp.Column) for side in sides):
            one, other = block.owner(sides[0]), block.owner(sides[1])
            if one and other and one is not other:
                yield (
                    (one.alias.casefold(), sides[0].name),
                    (other.alias.casefold(), sides[1].name),
                )


def _columns_to(source: Source, reached: set[str], edges: Sequence[Edge]) -> frozenset[str]:
    """The source's columns that are held equal to columns already reached."""
    alias = source.alias.casefold()
    pairs = [*edges, *((b, a) for a, b in edges)]
    return frozenset(mine[1] for mine, other in pairs if mine[0] == alias and other[0] in reached)


def _unique(block: Block, source: Source, columns: frozenset[str]) -> bool:
    """The columns stand together at most once in the source."""
    links = block.context.view.links
    if source.table and any(
        k.right_unique and k.right_table == source.table.name and k.right_column in columns
        for k in links
    ):
        return True
    names = ", ".join(quoted(name) for name in sorted(columns))
    inner = exp.select(names, dialect="duckdb").from_(source.node.copy())
    body = exp.select("count(*)", dialect="duckdb").from_(inner.subquery("keys"))
    filled = " and ".join(f"{quoted(name)} is not null" for name in columns)
    body = body.where(filled, dialect="duckdb").group_by(names, dialect="duckdb")
    return not block.ask(block.render(body.having("count(*) > 1", dialect="duckdb")))


def _fanout(
    block: Block, counted: Sequence[Source], repeating: Sequence[Source], noun: str
) -> Iterator[Check]:
    """Compare the joined rows with the different rows of the counted sources among them."""
    ids = ", ".join(row_of(source) for source in counted)
    different = f"count(distinct {ids if len(counted) == 1 else f'({ids})'})"
    outputs = (f"count({row_of(counted[0])}) as n", f"{different} as d")
    if block.keys is None:
        return
    inner = block.query(outputs, group=block.keys, numbered=counted)
    ((joined, rows),) = block.ask(f"select sum(n), sum(d) from ({inner})")
    before, after = whole(rows), whole(joined)
    table = " and ".join(source.title for source in counted)
    others = " and ".join(dict.fromkeys(source.title for source in repeating))
    if after > before:
        message = (
            f"Joining {others} repeats rows of {table}: {before:,} became {after:,}, "
            f"so the {noun} counts some of them more than once."
        )
        yield finding("join_fanout", message, table=table, rows=before, joined=after)
    elif block.keys and noun.startswith("total"):
        yield from _shared(block, counted, different, before, noun)


def _shared(
    block: Block, counted: Sequence[Source], different: str, before: int, noun: str
) -> Iterator[Check]:
    """Rows that stand in several groups: each group is right, their sum is not the whole."""
    ((rows,),) = block.ask(block.query((different,), numbered=counted))
    if whole(rows) < before:
        table = " and ".join(source.title for source in counted)
        message = (
            f"Some rows of {table} belong to several groups ({whole(rows):,} rows in {before:,} "
            f"places), so the groups' {noun} adds up to more than the whole."
        )
        numbers: dict[str, Wire] = {"table": table, "rows": whole(rows), "joined": before}
        yield finding("join_fanout", message, warns=False, **numbers)


@dataclass(frozen=True)
class _Bare:
    """A block's joins by their keys alone, and the filters of the counted source alone."""

    joins: tuple[exp.Join, ...]
    links: tuple[exp.Expr, ...]
    """Parts of WHERE that link sources, as joins do."""
    filters: tuple[exp.Expr, ...]


def _dropped(block: Block, counted: Source, repeated: bool) -> Iterator[Check]:
    """Compare the counted source's rows before and after the inner joins, its own filters kept."""
    bare = _bare(block, counted)
    if bare is None:
        return
    row, where = row_of(counted), (*bare.filters, *bare.links)
    alone = block.query(("count(*)",), where=bare.filters, only=counted)
    count = f"count(distinct {row})" if repeated else f"count({row})"
    joined = block.query((count,), where=where, joins=bare.joins, numbered=(counted,))
    total, kept = (whole(block.ask(sql)[0][0]) for sql in (alone, joined))
    if kept >= total:
        return
    found = block.query((row,), where=where, joins=bare.joins, numbered=(counted,))
    others = listed([s.title for s in block.sources.values() if s is not counted])
    verb = "has" if total - kept == 1 else "have"
    message = (
        f"{total - kept:,} of {plural(total, 'row')} of {counted.title} {verb} no match "
        f"in {others} and {'is' if total - kept == 1 else 'are'} left out"
    )
    examples = _examples(block, counted, bare, found)
    yield finding(
        "rows_dropped",
        f"{message}{examples}.",
        table=counted.title,
        rows=total,
        dropped=total - kept,
    )


def _examples(block: Block, counted: Source, bare: _Bare, found: str) -> str:
    """Some keys of the rows that are left out: " (customer_id 77, 99)"."""
    edges = [edge for join in block.joins for edge in _edges(block, join)]
    alias = counted.alias.casefold()
    key = next((n for edge in edges for a, n in edge if a == alias), None)
    if key is None:
        return ""
    column = exp.column(key, table=counted.alias, quoted=True).sql(dialect="duckdb")
    outputs = (f"{column} as key", f"{row_of(counted)} as row")
    rest = block.query(outputs, where=bare.filters, only=counted, numbered=(counted,))
    rows = block.ask(
        f'select distinct key from ({rest}) as r where "row" not in ({found}) order by key limit 3',
        limit=3,
    )
    said = [f"'{k}'" if isinstance(k, str) else str(k) for (k,) in rows if k is not None]
    return f" ({key} {', '.join(said)})" if said else f" ({key} is empty)"


def _bare(block: Block, counted: Source) -> _Bare | None:
    """The joins without their filters; None where rows are not simply matched by keys."""
    others = [s for s in block.sources.values() if s is not counted]
    inner = [join for join in block.joins if not join.side]
    unclear = any(join.side in ("RIGHT", "FULL") for join in block.joins)
    if not inner or unclear or counted.alias.casefold() in block.nullable():
        return None
    if any(source.table is None for source in others) or _nested(block, counted):
        return None
    if _pointed_at(block, counted):
        return None
    links = tuple(c for c in block.conditions if _is_link(block, c))
    filters = [c for c in block.conditions if block.owners(c) == (counted,)]
    joins = []
    for join in block.joins:
        parts = conjuncts(join.args.get("on"))
        linking = [part for part in parts if _is_link(block, part)]
        if not (linking or join.args.get("using") or links):
            return None
        joins.append(_with_on(join, parts if join.side else linking))
        filters += [] if join.side else [p for p in parts if block.owners(p) == (counted,)]
    return _Bare(tuple(joins), links, tuple(filters))


def _is_link(block: Block, part: exp.Expr) -> bool:
    """A column of one source held equal to a column of another; all else is a filter."""
    plain = isinstance(part, exp.EQ) and all(
        isinstance(side, exp.Column) for side in (part.this, part.expression)
    )
    return plain and len(block.owners(part)) > 1


def _pointed_at(block: Block, counted: Source) -> bool:
    """Another source refers to the counted one, as sales do to products: not all are sold."""
    names = {source.table.name for source in block.sources.values() if source.table}
    me = counted.title
    return any(
        k.right_table == me and k.left_table in names - {me} for k in block.context.view.links
    )


def _nested(block: Block, counted: Source) -> bool:
    """A filter of the counted source holds a query: its rows cannot be told alone."""
    return any(c.find(exp.Query) and counted in block.owners(c) for c in block.conditions)


def _with_on(join: exp.Join, parts: Sequence[exp.Expr]) -> exp.Join:
    bare = join.copy()
    if not join.args.get("using"):
        bare.set("on", exp.and_(*(part.copy() for part in parts)) if parts else None)
    return bare
