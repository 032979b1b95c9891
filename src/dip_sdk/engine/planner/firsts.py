"""First questions that name no column: "what is in this?", "is anything wrong with this data?".

Their plans are plain SQL over every column, so they are checked, shown and replayed as any other.
A table is looked at as a whole, by one statement for each kind of finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ...render.numbers import plural
from ...types.dataset import Table, TableColumn
from ...types.plan import AnswerStep, Reading, SqlStep
from ...types.sql import literal, quoted
from .base import Done, Planning, Refused, View

MOST_COLUMNS = 40
"""Columns that are looked into; a wider table says that it has more."""
MOST_SAID = 3
"""Findings that the sentence names; the table has all."""

_THIS = (
    r"(?:this|these|it|here|(?:the|this|these|my|our) (?:data|data ?set|tables?|files?|sheet)s?)"
)
_OVERVIEW = re.compile(
    rf"what(?:'s| is| are)? (?:in|inside|there in) {_THIS}(?: file| table| data)?"
    rf"|(?:give me |show me )?(?:an? )?(?:overview|summary)(?: of {_THIS})?"
    rf"|(?:describe|summari[sz]e|tell me about) {_THIS}"
    r"|what (?:data|columns|tables?) (?:do (?:i|we) have|are there|is there)"
)
_QUALITY = re.compile(
    rf"is (?:there )?(?:any|some)thing (?:wrong|odd|strange)(?: (?:with|in|about) {_THIS})?"
    rf"|what(?:'s| is) wrong (?:with|in|about) {_THIS}"
    rf"|(?:check|how good is|what is) (?:the )?(?:data )?quality(?: of {_THIS})?"
    rf"|(?:a )?(?:data )?quality (?:report|check)(?: (?:of|for|on) {_THIS})?"
    rf"|check {_THIS}(?: for (?:errors|problems|mistakes|issues))?"
    r"|(?:are there |is there )?any (?:error|problem|mistake|issue)s?"
    rf"(?: (?:in|with) {_THIS})?"
    rf"|can i trust {_THIS}"
)


def first_question(text: str, view: View) -> Callable[[], Planning] | None:
    """The planning of a first question about the tables of a view; None for any other question."""
    from .drivers import drivers_question  # it uses the rules, which ask here first

    said = " ".join(text.casefold().replace("\u2019", "'").split()).rstrip(" ?.!")
    table = max(view.tables, key=lambda t: t.rows, default=None)
    for other in view.tables:
        for name in (other.name, other.name.replace("_", " ")):
            if re.search(rf"\b(?:in|of|with|about|describe) {re.escape(name.casefold())}$", said):
                table, said = other, said[: -len(name)] + "this"
    if table is None:
        return None
    if _OVERVIEW.fullmatch(said):
        return lambda: _overview(table, view)
    if _QUALITY.fullmatch(said):
        return lambda: _quality(table, view)
    return drivers_question(text, view)


def _overview(table: Table, view: View) -> Planning:
    """A row for each column: what it holds."""
    columns = table.visible[:MOST_COLUMNS]
    sql = " UNION ALL ".join(_described(n, c, table) for n, c in enumerate(columns))
    step = SqlStep(
        name="columns",
        title=f"What the columns of {table.name} hold",
        sql=f'SELECT "column", type, filled, missing, "distinct", lowest, highest, example '
        f"FROM ({sql}) ORDER BY place",
    )
    outcome = yield step
    if isinstance(outcome, Refused):
        raise outcome.error
    yield AnswerStep(
        table="columns",
        text=_told_of(table, view),
        reading=Reading(measure="the columns", shape="rows", sources=(table.name,)),
        suggestions=(),
    )


def _described(place: int, column: TableColumn, table: Table) -> str:
    name = quoted(column.name)
    ranged = column.type.partition("(")[0] not in ("text", "boolean", "list", "struct", "map")
    low, high = (f"{end}({name})::VARCHAR" if ranged else "NULL" for end in ("min", "max"))
    example = "NULL" if ranged else f"mode({name})::VARCHAR"
    return (
        f'SELECT {place} AS place, {literal(column.name)} AS "column", '
        f"{literal(column.type)} AS type, count(*) FILTER (WHERE {name} IS NOT NULL) AS filled, "
        f"count(*) FILTER (WHERE {name} IS NULL) AS missing, "
        f'count(DISTINCT {name}) AS "distinct", '
        f"{low} AS lowest, {high} AS highest, {example} AS example FROM {quoted(table.name)}"
    )


def _told_of(table: Table, view: View) -> str:
    kinds = {"numbers": 0, "dates": 0, "texts": 0}
    for column in table.visible:
        kind = column.type.partition("(")[0]
        numeric = kind in ("integer", "decimal", "double")
        kinds["numbers" if numeric else "texts" if kind == "text" else "dates"] += 1
    parts = [f"{count} of {kind}" for kind, count in kinds.items() if count]
    source = f" from {table.source}" if table.source != table.name else ""
    told = (
        f"{table.name}{source} has {plural(table.rows, 'row')} and "
        f"{plural(len(table.visible), 'column')} ({', '.join(parts)})."
    )
    others = [other.name for other in view.tables if other is not table]
    more = f" The other tables: {', '.join(others[:8])}." if others else ""
    cut = len(table.visible) > MOST_COLUMNS
    return told + (f" The first {MOST_COLUMNS} columns are listed." if cut else "") + more


def _quality(table: Table, view: View) -> Planning:
    """A row for each thing worth a look, the widest first."""
    made = []
    for name, title, statements in _looks(table, view):
        outcome = yield SqlStep(name=name, title=title, sql=" UNION ALL ".join(statements))
        if isinstance(outcome, Done):
            made.append(name)
    union = " UNION ALL ".join(f"SELECT * FROM {name}" for name in made)
    found = yield SqlStep(
        name="findings",
        title=f"What is worth a look in {table.name}",
        sql=f'SELECT finding, "column", "rows", example FROM ({union}) WHERE "rows" > 0 '
        'ORDER BY weight DESC, "rows" DESC, finding, "column"',
    )
    if isinstance(found, Refused):
        raise found.error
    yield AnswerStep(
        table="findings",
        text=_worth_a_look(table, found),
        reading=Reading(measure="findings", shape="rows", sources=(table.name,)),
    )


def _worth_a_look(table: Table, found: Done) -> str:
    if not found.rows:
        return f"Nothing looks wrong in the {plural(table.rows, 'row')} of {table.name}."
    said = [
        f"{finding}{f' in {column}' if column else ''} ({plural(int(str(rows)), 'row')})"
        for finding, column, rows, _ in found.preview[:MOST_SAID]
    ]
    more = ", and more below" if found.rows > MOST_SAID else ""
    head = f"{plural(found.rows, 'thing')} in {table.name} {'is' if found.rows == 1 else 'are'}"
    return f"{head} worth a look: {'; '.join(said)}{more}."


def _looks(table: Table, view: View) -> Iterator[tuple[str, str, list[str]]]:
    """(step, title, statements) of each kind of finding that the columns allow."""
    columns = table.visible[:MOST_COLUMNS]
    texts = [c for c in columns if c.type == "text"]
    numbers = [c for c in columns if c.type.partition("(")[0] in ("integer", "decimal", "double")]
    dates = [c for c in columns if c.type in ("date", "timestamp", "timestamptz")]
    yield "copies", "Rows that stand more than once", [_copies(table, columns)]
    yield "gaps", "Columns with missing values", [_gap(table, c) for c in columns]
    if len(columns) > 1:
        yield "constants", "Columns that say nothing", [_constant(table, c) for c in columns]
    if texts:
        yield "spellings", "Texts spelt in several ways", [_spelling(table, c) for c in texts]
        yield "as_text", "Numbers among texts", [_as_text(table, c) for c in texts]
    if numbers:
        yield "far", "Numbers far from all others", [_far(table, c) for c in numbers]
        yield "negative", "Few negative numbers", [_negative(table, c) for c in numbers]
    if dates:
        yield "future", "Days that are still to come", [_future(table, c) for c in dates]
    if broken := list(_broken(table, view)):
        yield "broken", "Keys that lead nowhere", broken


def _finding(weight: int, finding: str, column: str, rows: str, example: str, source: str) -> str:
    return (
        f'SELECT {weight} AS weight, {literal(finding)} AS finding, {literal(column)} AS "column", '
        f'{rows} AS "rows", {example} AS example FROM {source}'
    )


def _copies(table: Table, columns: Sequence[TableColumn]) -> str:
    names = ", ".join(quoted(column.name) for column in columns)
    inner = f"(SELECT count(*) AS n FROM {quoted(table.name)} GROUP BY {names})"
    return _finding(9, "exact copies of other rows", "", "coalesce(sum(n - 1), 0)", "NULL", inner)


def _gap(table: Table, column: TableColumn) -> str:
    rows = f"count(*) FILTER (WHERE {quoted(column.name)} IS NULL)"
    return _finding(5, "missing values", column.name, rows, "NULL", quoted(table.name))


def _constant(table: Table, column: TableColumn) -> str:
    name = quoted(column.name)
    rows = f"CASE WHEN count(DISTINCT {name}) = 1 AND count(*) > 9 THEN count({name}) ELSE 0 END"
    example = f"max({name})::VARCHAR"
    return _finding(1, "the same value everywhere", column.name, rows, example, quoted(table.name))


def _spelling(table: Table, column: TableColumn) -> str:
    """Values that differ only in case and spaces; the rows of all but the most frequent way."""
    name = quoted(column.name)
    each = (
        f"(SELECT lower(trim({name})) AS said, {name} AS way, count(*) AS n "
        f"FROM {quoted(table.name)} WHERE {name} IS NOT NULL GROUP BY 1, 2)"
    )
    ways = (
        "(SELECT sum(n) - max(n) AS others, min(way) || ' / ' || max(way) AS ways "
        f"FROM {each} GROUP BY said HAVING count(*) > 1)"
    )
    rows = "coalesce(sum(others), 0)"
    finding = "spelt in several ways (case, spaces)"
    return _finding(8, finding, column.name, rows, "min(ways)", ways)


def _as_text(table: Table, column: TableColumn) -> str:
    """A few texts among numbers, or a few numbers' worth of text."""
    name = quoted(column.name)
    is_number = f"TRY_CAST(replace({name}, ',', '') AS DOUBLE) IS NOT NULL"
    odd = f"count({name}) FILTER (WHERE NOT ({is_number}))"
    most = f"count({name}) FILTER (WHERE {is_number}) >= 0.9 * count({name})"
    example = f"min({name}) FILTER (WHERE NOT ({is_number}))"
    rows = f"CASE WHEN {most} THEN {odd} ELSE 0 END"
    return _finding(7, "texts among numbers", column.name, rows, example, quoted(table.name))


def _far(table: Table, column: TableColumn) -> str:
    """Beyond three interquartile ranges from the quartiles (Tukey, 1977: "far out")."""
    name = quoted(column.name)
    bounds = (
        f"(SELECT quantile_cont({name}, 0.25) AS q1, quantile_cont({name}, 0.75) AS q3 "
        f"FROM {quoted(table.name)})"
    )
    outside = f"b.q3 > b.q1 AND ({name} < 4 * b.q1 - 3 * b.q3 OR {name} > 4 * b.q3 - 3 * b.q1)"
    rows = f"count(*) FILTER (WHERE {outside})"
    example = f"max({name}) FILTER (WHERE {outside})::VARCHAR"
    source = f"{quoted(table.name)} CROSS JOIN {bounds} AS b"
    return _finding(4, "far from all other values", column.name, rows, example, source)


def _negative(table: Table, column: TableColumn) -> str:
    name = quoted(column.name)
    below = f"count(*) FILTER (WHERE {name} < 0)"
    rows = f"CASE WHEN {below} <= 0.02 * count({name}) THEN {below} ELSE 0 END"
    finding = "negative where nearly all are not"
    return _finding(6, finding, column.name, rows, f"min({name})::VARCHAR", quoted(table.name))


def _future(table: Table, column: TableColumn) -> str:
    name = quoted(column.name)
    rows = f"count(*) FILTER (WHERE CAST({name} AS DATE) > CAST($today AS DATE))"
    return _finding(
        6, "days that are still to come", column.name, rows, f"max({name})::VARCHAR",
        quoted(table.name),
    )  # fmt: skip


def _broken(table: Table, view: View) -> Iterator[str]:
    """Values of a key that the table it leads to does not hold."""
    for link in view.links:
        if link.left_table != table.name or link.overlap >= 1 or not link.right_unique:
            continue
        left, right = quoted(link.left_column), quoted(link.right_column)
        source = (
            f"{quoted(table.name)} AS l ANTI JOIN {quoted(link.right_table)} AS r "
            f"ON l.{left} = r.{right}"
        )
        rows = f"count(l.{left})"
        finding = f"no match in {link.right_table}"
        yield _finding(8, finding, link.left_column, rows, f"min(l.{left})::VARCHAR", source)
