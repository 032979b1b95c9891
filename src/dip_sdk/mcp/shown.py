"""What the caller may see. It is a model, or speaks for one: the privacy mode holds for it too.

| mode      | names, types, row counts | statistics, frequent values | sentences, rows, SQL |
| --------- | ------------------------ | --------------------------- | -------------------- |
| `schema`  | yes                      | no                          | no                   |
| `profile` | yes                      | yes                         | no                   |
| `results` | yes                      | yes                         | yes, page by page    |
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ..render.safe import cut, plain
from ..types.dataset import Link, Table
from ..types.errors import (
    ApiError,
    BudgetExceeded,
    ConfigError,
    ConnectionFailed,
    DipError,
    PlanRejected,
)
from ..types.profile import ColumnProfile
from ..types.result import Clarification, Missing, ResultFacts
from ..types.result import Page as Rows
from ..types.values import NUMERIC, TEMPORAL, Column, Row, Wire

Told: TypeAlias = dict[str, object]

HEAD = 20
"""Rows that an answer shows at once."""
CELL = 300
"""Characters of one cell."""
WIDTH = 60
"""Cells of one row."""
COLUMNS = 200
"""Columns that are told of one table."""
LINKS = 50
PLAIN = frozenset({
    "unknown_step", "duplicate_step", "unknown_table", "unknown_operation", "unknown_tool",
    "unknown_result", "no_such_column", "arguments", "private", "no_exports", "not_a_name",
    "file_exists",
})  # fmt: skip
"""Errors whose words hold names alone, never a cell of an answer."""
WITHHELD = (
    "The privacy mode of this server shows no values of answers to a model. "
    "Export the answer for its user."
)
LOGGED = "Why is in the server's log: in its privacy mode the words may hold values."


class Sight:
    """One privacy mode, and what of everything it shows."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.statistics = mode != "schema"
        self.rows = mode == "results"

    def tables(self, tables: Sequence[Table], links: Sequence[Link]) -> Told:
        """Names, types, row counts, likely joins."""
        joins = [
            f"{link.left_table}.{link.left_column} = {link.right_table}.{link.right_column}"
            for link in links[:LINKS]
        ]
        told: Told = {"tables": [self._table(table) for table in tables], "privacy": self.mode}
        return told | ({"likely_joins": joins} if joins else {})

    def profile(self, table: Table, column: str | None) -> Told:
        """Statistics of a table's columns, or of one; raises `ConfigError` where none are shown."""
        if not self.statistics:
            raise self._private("Statistics")
        profiles = {profile.name: profile for profile in table.profile or ()}
        wanted = [_column(table, column)] if column else [c.name for c in table.visible]
        told = [self._profile(profiles[name]) for name in wanted[:COLUMNS] if name in profiles]
        more = len(wanted) - COLUMNS
        left = {"more_columns": more} if more > 0 else {}
        return {"table": table.name, "rows": table.rows, "columns": told, **left}

    def answer(self, facts: ResultFacts, said: str, known: frozenset[str], *, plan: bool) -> Told:
        """What came of a question or a plan; `said` are the caller's words."""
        head = {"result_id": facts.id, "status": facts.status, "planner": facts.planner}
        told: Told = {**head, "rows": facts.row_count, "sent": _sent(facts)}
        told["columns"] = self._columns(facts.columns, said, known)
        if not self.rows:
            return told | _private_answer(facts)
        told |= {"answer": facts.explanation, **_rows(facts.preview[:HEAD], facts.columns)}
        if facts.row_count > HEAD:
            told["note"] = f"These are the first {HEAD} rows; page gives the others."
        checks = [{"level": c.level, "code": c.code, "message": c.message} for c in facts.checks]
        told |= {"sql": facts.sql, "how": list(facts.how), "checks": checks}
        if plan and facts.plan:
            told["steps"] = facts.plan.model_dump(mode="json")["steps"]
        told |= _asked_back(facts.clarification) | _missing(facts.missing)
        told["suggestions"] = list(facts.suggestions)
        return {key: value for key, value in told.items() if value not in ("", [], None)}

    def page(self, page: Rows) -> Told:
        """Rows; raises `ConfigError` where none are shown."""
        self.may_page()
        told: Told = {"offset": page.offset, "total": page.total, "has_more": page.has_more}
        return told | {"columns": _named(page.columns)} | _rows(page.rows, page.columns)

    def may_page(self) -> None:
        if not self.rows:
            raise self._private("Rows")

    def error(self, error: DipError) -> Told:
        """Code, message and hint; where no rows are shown, words that may hold a cell are not."""
        safe = (PlanRejected, ApiError, ConnectionFailed, BudgetExceeded)
        if self.rows or isinstance(error, safe) or error.code in PLAIN:
            return {"code": error.code, "message": error.message, "hint": error.hint}
        said = error.code.replace("_", " ")
        return {"code": error.code, "message": f"It failed: {said}.", "hint": LOGGED}

    def stage(self, message: str) -> str:
        """A word on the way; titles of steps may hold values."""
        return message if self.rows else "Working"

    def _table(self, table: Table) -> Told:
        columns = [
            {"name": c.name, "type": c.type, "header": c.label, "unit": c.unit}
            for c in table.visible[:COLUMNS]
        ]
        told: Told = {"name": table.name, "rows": table.rows}
        told["from"] = cut(table.source.replace("\\", "/").rpartition("/")[2], CELL)
        told["columns"] = [{k: v for k, v in column.items() if v} for column in columns]
        if len(table.visible) > COLUMNS:
            told["more_columns"] = len(table.visible) - COLUMNS
        if self.rows:
            notes = (*table.parsed.notes, *(problem.message for problem in table.problems))
            told["notes"] = [cut(note, CELL) for note in notes[:10]]
        return {key: value for key, value in told.items() if value != []}

    def _profile(self, profile: ColumnProfile) -> Told:
        """Where no rows are shown, neither is a value that stands only once, nor a text's range."""
        ranged = profile.type.partition("(")[0] in (*NUMERIC, *TEMPORAL)
        told = profile.model_dump(mode="json", exclude_defaults=True, exclude={"histogram"})
        if not self.rows:
            told["frequent"] = [(value, n) for value, n in profile.frequent if n > 1]
            if not ranged:
                told = {k: v for k, v in told.items() if k not in ("minimum", "maximum")}
        for key in ("minimum", "maximum"):
            if key in told:
                told[key] = _cell(told[key])
        told["frequent"] = [[_cell(value), count] for value, count in told.get("frequent", ())]
        return told

    def _columns(
        self, columns: Sequence[Column], said: str, known: frozenset[str]
    ) -> Sequence[Mapping[str, object]]:
        """Columns of an answer; where no rows are shown, none that may be named after a cell."""
        if self.rows:
            return _named(columns)
        words = said.casefold()
        own = [c for c in columns if c.name in known or c.name.casefold() in words]
        rest = len(columns) - len(own)
        hidden = [{"name": f"({rest} more, not named here)"}] if rest else []
        return [*_named(own), *hidden]

    def _private(self, what: str) -> ConfigError:
        return ConfigError(
            f"{what} are not shown to a model in the privacy mode {self.mode!r}.",
            hint="The server's user can start it with another --privacy, or export the answer.",
            code="private",
        )


def as_text(told: Mapping[str, object]) -> str:
    """JSON that no text of the data can leave: brackets of markup are escaped as well."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def harmless(value: Any) -> Any:
    """The same without control characters, escape sequences and direction overrides."""
    if isinstance(value, str):
        return plain(value, lines=True)
    if isinstance(value, Mapping):
        return {plain(str(key)): harmless(item) for key, item in value.items()}
    return [harmless(item) for item in value] if isinstance(value, (list, tuple)) else value


def _private_answer(facts: ResultFacts) -> Told:
    """What may be said of an answer without its values."""
    if facts.clarification:
        options = len(facts.clarification.options)
        return {"note": f"The question has {options} readings: ask more precisely, or give option."}
    if facts.missing:
        return {"note": "The data cannot answer it.", "unknown": list(facts.missing.unknown)}
    return {"note": WITHHELD}


def _asked_back(clarification: Clarification | None) -> Told:
    if clarification is None:
        return {}
    options = [
        {"option": number, "reading": option.label, "would_give": option.preview}
        for number, option in enumerate(clarification.options, 1)
    ]
    return {"asked_back": clarification.question, "options": options}


def _missing(missing: Missing | None) -> Told:
    return {"missing": missing.model_dump(mode="json")} if missing else {}


def _sent(facts: ResultFacts) -> Told:
    """What left this machine for the answer: to whom, how much, at what price."""
    requests = [
        {"to": s.to, "bytes": len(s.body.encode()), "tokens_in": s.tokens_in,
         "tokens_out": s.tokens_out}
        for s in facts.sent
    ]  # fmt: skip
    return {"requests": requests, "usd": facts.usage.money}


def _rows(rows: Sequence[Row], columns: Sequence[Column]) -> Told:
    told: Told = {"table": [[_cell(cell) for cell in row[:WIDTH]] for row in rows]}
    return told | ({"cells_left_out": len(columns) - WIDTH} if len(columns) > WIDTH else {})


def _cell(value: Wire) -> Wire:
    """Short enough to be shown; nested values as text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return cut(text, CELL)


def _named(columns: Sequence[Column]) -> list[dict[str, str]]:
    return [{"name": column.name, "type": column.type} for column in columns[:COLUMNS]]


def _column(table: Table, name: str) -> str:
    """The column by its own name; raises `ConfigError` for one that is not there."""
    found = table.column(name)
    if found is not None and not found.hidden:
        return found.name
    names = [column.name for column in table.visible]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Columns: {', '.join(names[:COLUMNS])}."
    raise ConfigError(f"{table.name} has no column {name!r}.", hint=hint, code="no_such_column")
