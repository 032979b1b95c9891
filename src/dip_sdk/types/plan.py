"""A plan: what shall be computed, as data. A planner proposes it, the guard checks it, it is kept.

A plan is self-contained: with the same tables it gives the same answer without its planner.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from .base import Model
from .operations import AnyOperation
from .values import Wire

PLAN_VERSION = 1

Mark = Literal[
    "bar", "stacked", "grouped", "line", "area", "scatter", "pie", "histogram", "box", "heatmap"
]


class Reading(Model):
    """How the question was understood, in words a sentence can be made of."""

    measure: str = ""
    """What is shown: "total amount", "number of orders", "the rows"."""
    aggregate: str = ""
    """`sum`, `avg`, `min`, `max`, `median`, `count`, `count_distinct`, `share` or "" for rows."""
    unit: str = ""
    filters: tuple[str, ...] = ()
    """Each a phrase: "region is North", "amount above 100"."""
    period: str = ""
    """"in 2024", "from March to May 2023", or ""."""
    groups: tuple[str, ...] = ()
    """What it is split by: "region", "month of ordered"."""
    order: Literal["", "ascending", "descending"] = ""
    limit: int | None = None
    shape: Literal["value", "groups", "trend", "rows", "top", "list"] = "rows"
    sources: tuple[str, ...] = ()
    """Tables read."""


class SqlStep(Model):
    """One read-only statement; its rows become the run's table `name`."""

    kind: Literal["sql"] = "sql"
    name: str
    title: str = ""
    """One line for the user: "Total amount by region"."""
    sql: str
    params: dict[str, Wire] = Field(default_factory=dict)
    """Bound values, written `$name` in the SQL."""


class OperationStep(Model):
    """A named statistical operation on a table; its rows become the run's table `name`."""

    kind: Literal["operation"] = "operation"
    name: str
    title: str = ""
    table: str
    """A table that an earlier step made, or one of the session."""
    operation: AnyOperation


class ChartStep(Model):
    """A chart of a table of the run, in the terms of the chart, never of a library."""

    kind: Literal["chart"] = "chart"
    table: str
    mark: Mark
    x: str
    y: str | None = None
    """None for a histogram of x, or for counts."""
    series: str | None = None
    title: str = ""
    x_title: str = ""
    y_title: str = ""
    sort: Literal["", "x", "-x", "y", "-y"] = ""
    """"" keeps the table's order."""


class OutputColumn(Model):
    """A column of the answer: which one, what it is called, how it is rounded."""

    column: str
    label: str = ""
    decimals: int | None = None
    unit: str = ""


class AnswerStep(Model):
    """Names the table that holds the answer and how it is told."""

    kind: Literal["answer"] = "answer"
    table: str
    columns: tuple[OutputColumn, ...] = ()
    """In order; empty means all as they are."""
    reading: Reading = Reading()
    text: str = ""
    """The planner's own words, when it writes them; its numbers are looked up in the results."""
    suggestions: tuple[str, ...] = ()


Step = Annotated[SqlStep | OperationStep | ChartStep | AnswerStep, Field(discriminator="kind")]


class Plan(Model):
    """The ordered steps of an answer, with what they rest on."""

    version: int = PLAN_VERSION
    question: str
    planner: str
    steps: tuple[Step, ...]
    tables: dict[str, str] = Field(default_factory=dict)
    """Fingerprint of each table that was read."""
    today: date | None = None
    seeds: dict[str, int] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def answer(self) -> AnswerStep | None:
        return next((s for s in self.steps if isinstance(s, AnswerStep)), None)

    @property
    def chart(self) -> ChartStep | None:
        return next((s for s in self.steps if isinstance(s, ChartStep)), None)

    @property
    def sql_steps(self) -> tuple[SqlStep, ...]:
        return tuple(s for s in self.steps if isinstance(s, SqlStep))

    @property
    def operations(self) -> tuple[OperationStep, ...]:
        return tuple(s for s in self.steps if isinstance(s, OperationStep))
