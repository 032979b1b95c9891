"""Answers over HTTP: the facts of a result, and pages of its rows as they were asked for."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from pydantic import TypeAdapter

from ..engine.nearest import nearest
from ..types.base import Model
from ..types.plan import Plan
from ..types.result import (
    Check,
    Clarification,
    Condition,
    Missing,
    Page,
    ResultFacts,
    Sent,
    StepRun,
    Usage,
)
from ..types.values import Column, Wire, named
from .problems import Problem

_CONDITIONS = TypeAdapter(tuple[Condition, ...])
MOST_ROWS = 10_000


class Rows(Model):
    columns: tuple[Column, ...]
    data: tuple[dict[str, Wire], ...]


class Answer(Model):
    """What a question came to."""

    session_id: uuid.UUID
    query_id: uuid.UUID
    query: str
    status: str
    """`answered`, `clarify`, `cannot_answer`; `running`, `failed` or `cancelled` without more."""
    result: Rows | None = None
    """The first rows."""
    row_count: int = 0
    explanation: str = ""
    suggestions: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    chart: dict[str, Any] | None = None
    sql: str = ""
    how: tuple[str, ...] = ()
    steps: tuple[StepRun, ...] = ()
    plan: Plan | None = None
    planner: str = ""
    clarification: Clarification | None = None
    missing: Missing | None = None
    sent: tuple[Sent, ...] = ()
    usage: Usage = Usage()
    error: dict[str, Any] | None = None
    execution_time: float = 0.0
    """Seconds from question to answer."""
    timestamp: datetime


class RowPage(Model):
    items: tuple[dict[str, Wire], ...]
    columns: tuple[Column, ...]
    total_count: int
    offset: int
    limit: int
    has_more: bool


def answer(room_id: uuid.UUID, query_id: uuid.UUID, facts: ResultFacts) -> Answer:
    """The facts as the API tells them."""
    kept = facts.model_dump(
        include={
            "status", "row_count", "explanation", "suggestions", "checks", "chart", "sql", "how",
            "steps", "plan", "planner", "clarification", "missing", "sent", "usage",
        }
    )  # fmt: skip
    rows = Rows(
        columns=facts.columns, data=tuple(named(facts.columns, row) for row in facts.preview)
    )
    return Answer.model_validate(
        kept
        | {
            "session_id": room_id,
            "query_id": query_id,
            "query": facts.question,
            "result": rows if facts.status == "answered" else None,
            "sql": facts.sql,
            "execution_time": facts.seconds,
            "timestamp": facts.at,
        }
    )


def row_page(page: Page, limit: int) -> RowPage:
    return RowPage(
        items=tuple(named(page.columns, row) for row in page.rows),
        columns=page.columns,
        total_count=page.total,
        offset=page.offset,
        limit=limit,
        has_more=page.has_more,
    )


def sort_keys(
    names: Sequence[str], directions: Sequence[str], columns: Sequence[Column]
) -> tuple[str, ...]:
    """The order that was asked for, by columns that are there; "-name" descends."""
    return tuple(
        f"{'-' if direction == 'desc' else ''}{_known(name, columns)}"
        for name, direction in zip_longest(names, directions[: len(names)], fillvalue="asc")
    )


def conditions(text: str | None, columns: Sequence[Column]) -> tuple[Condition, ...]:
    """Filters as JSON: [{"column": "region", "op": "=", "value": "North"}]."""
    if not text:
        return ()
    try:
        found = _CONDITIONS.validate_python(json.loads(text))
    except (ValueError, RecursionError):
        raise Problem(
            422, "not_a_filter", "The filter cannot be read.",
            hint='Send JSON: [{"column": "region", "op": "=", "value": "North"}].',
        ) from None  # fmt: skip
    return known_conditions(found, columns)


def known_conditions(
    given: Sequence[Condition], columns: Sequence[Column]
) -> tuple[Condition, ...]:
    """The conditions, when all are on columns that are there."""
    for condition in given:
        _known(condition.column, columns)
    return tuple(given)


def known_sort(keys: Sequence[str], columns: Sequence[Column]) -> tuple[str, ...]:
    """The order, when it is by columns that are there."""
    for key in keys:
        _known(key.removeprefix("-"), columns)
    return tuple(keys)


def _known(name: str, columns: Sequence[Column]) -> str:
    names = [column.name for column in columns]
    if name in names:
        return name
    near = nearest(name, names)
    hint = f"Did you mean {near!r}?" if near else f"Columns: {', '.join(names)}."
    raise Problem(422, "unknown_column", f"The result has no column {name!r}.", hint=hint)
