"""An answer: its facts (small, kept with the session) and its pages (rows, fetched when wanted)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from .base import Model
from .glossary import Glossary
from .plan import Plan
from .values import Column, Row, Wire

Status = Literal["answered", "clarify", "cannot_answer"]


class Check(Model):
    """A computed finding about an answer: numbers and a sentence."""

    code: str
    """`join_fanout`, `rows_dropped`, `nulls_excluded`, `cast_failed`, `truncated`, ..."""
    level: Literal["info", "warning"] = "warning"
    message: str
    numbers: dict[str, Wire] = Field(default_factory=dict)


class Option(Model):
    """One reading of an ambiguous question, with what it would answer."""

    label: str
    value: Plan
    preview: str = ""
    """"1,204.50", "North 120, South 80, ...": the numbers this reading gives."""
    learns: Glossary = Glossary()
    """Words that choosing this reading explains; the session knows them from then on."""


class Clarification(Model):
    """A question back to the user, with its readings."""

    question: str
    options: tuple[Option, ...]


class Missing(Model):
    """Why the data cannot answer: what was understood, what was not, what can be asked."""

    message: str
    understood: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Words of the question that nothing in the data explains."""
    suggestions: tuple[str, ...] = ()
    """The nearest questions that the same planner can answer."""


class Sent(Model):
    """One request that left the machine: to whom, and the exact bytes."""

    at: datetime
    to: str
    body: str
    tokens_in: int = 0
    tokens_out: int = 0


class Usage(Model):
    """What the answer cost."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money: float = 0.0
    """US dollars."""


class StepRun(Model):
    """What happened when a step ran."""

    name: str
    title: str = ""
    sql: str = ""
    """As it ran: parsed, checked and re-rendered; "" for a named operation."""
    did: str = ""
    """What a named operation did: "Welch's t-test of amount by region, on 120 rows"."""
    rows: int
    seconds: float


class ResultFacts(Model):
    """Everything about an answer but its rows."""

    id: str
    session_id: str
    question: str
    status: Status
    planner: str
    columns: tuple[Column, ...] = ()
    row_count: int = 0
    preview: tuple[Row, ...] = ()
    """The first rows, at most `PREVIEW_ROWS`."""
    explanation: str = ""
    """One sentence first."""
    checks: tuple[Check, ...] = ()
    suggestions: tuple[str, ...] = ()
    chart: dict[str, Any] | None = None
    """A Vega-Lite specification with its data inside."""
    plan: Plan | None = None
    steps: tuple[StepRun, ...] = ()
    how: tuple[str, ...] = ()
    """How it was computed, in short plain sentences."""
    clarification: Clarification | None = None
    missing: Missing | None = None
    sent: tuple[Sent, ...] = ()
    usage: Usage = Usage()
    seconds: float = 0.0
    at: datetime

    @property
    def sql(self) -> str:
        """The statement that made the answer's table ("" when there is none)."""
        answer = self.plan.answer if self.plan else None
        made = (run.sql for run in self.steps if answer and run.name == answer.table)
        return next(made, self.steps[-1].sql if self.steps else "")

    @property
    def value(self) -> Wire:
        """The single cell of a one-row, one-column answer, else None."""
        if self.row_count == 1 and len(self.columns) == 1 and self.preview:
            return self.preview[0][0]
        return None


PREVIEW_ROWS = 100


class Page(Model):
    """Consecutive rows of a result in some order."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    offset: int
    total: int
    """Rows of the whole result after the filter."""

    @property
    def has_more(self) -> bool:
        return self.offset + len(self.rows) < self.total


class Condition(Model):
    """One filter on a column of a result."""

    column: str
    op: Literal["=", "!=", "<", "<=", ">", ">=", "contains", "in", "is null", "is not null"]
    value: Wire = None


ExportFormat = Literal["csv", "xlsx", "json", "parquet"]


class Replay(Model):
    """What a replay found: whether the answer is the same, and what changed."""

    same: bool
    changed_tables: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    """Sentences: "12 rows instead of 10", "total: 104.5 instead of 99.0 in row 3"."""
