"""Steps: a compiled reading as the steps of a plan, and as a whole plan for a clarification."""

from __future__ import annotations

from datetime import date

from ....types.plan import AnswerStep, ChartStep, Mark, OutputColumn, Plan, SqlStep
from ..base import View
from .compile import Compiled
from .telling import reading_of, sources, title_of

ANSWER = "answer"
_MARKS: dict[str, Mark] = {
    "bar": "bar",
    "line": "line",
    "pie": "pie",
    "area": "area",
    "scatter": "scatter",
    "histogram": "histogram",
    "stacked": "stacked",
    "grouped": "grouped",
}


def steps_of(compiled: Compiled) -> tuple[SqlStep | ChartStep | AnswerStep, ...]:
    """The statement, the chart that was asked for, and what the answer is."""
    query = compiled.query
    title = title_of(query)
    steps: list[SqlStep | ChartStep | AnswerStep] = [
        SqlStep(name=ANSWER, title=title, sql=compiled.sql, params=compiled.params)
    ]
    if query.chart:
        steps.append(_chart(compiled, title))
    shown = tuple(OutputColumn(column=name) for name in compiled.shown)
    steps.append(AnswerStep(table=ANSWER, columns=shown, reading=reading_of(query)))
    return tuple(steps)


def _chart(compiled: Compiled, title: str) -> ChartStep:
    query = compiled.query
    asked = _MARKS.get(query.chart.mark if query.chart else "")
    if not compiled.keys and len(compiled.shown) == 1:
        return ChartStep(table=ANSWER, mark="histogram", x=compiled.shown[0], title=title)
    if not compiled.keys:
        x, y = compiled.shown[:2]
        return ChartStep(table=ANSWER, mark=asked or "scatter", x=x, y=y, title=title)
    split = len(compiled.keys) > 1
    asked = "bar" if asked == "histogram" else asked
    usual: Mark = "line" if query.shape == "trend" else "grouped" if split else "bar"
    return ChartStep(
        table=ANSWER,
        mark="grouped" if split and asked == "bar" else asked or usual,
        x=compiled.keys[0],
        y=compiled.measures[0],
        series=compiled.keys[1] if split else None,
        title=title,
    )


def plan_of(compiled: Compiled, question: str, view: View) -> Plan:
    """A complete plan, as an option of a clarification holds it."""
    tables = [view.table(name) for name in sources(compiled.query)]
    today: date = view.settings.today or view.today
    return Plan(
        question=question,
        planner="rules",
        steps=steps_of(compiled),
        tables={t.name: t.fingerprint for t in tables if t},
        today=today,
    )
