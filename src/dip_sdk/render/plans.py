"""The plan of an answer, changed by hand: another last statement, another chart."""

from __future__ import annotations

from collections.abc import Mapping

from ..types.errors import ConfigError
from ..types.plan import AnswerStep, ChartStep, OperationStep, Plan, Reading, SqlStep
from ..types.result import ResultFacts
from .chart import restyle


def edited(facts: ResultFacts, sql: str) -> Plan:
    """The plan of an answer with another last statement, and nothing said of the old one."""
    plan = facts.plan
    if plan is None or not plan.sql_steps:
        raise ConfigError(
            "There is no statement to edit.", hint="Only a result with status 'answered' has one."
        )
    last = plan.sql_steps[-1]
    statement = SqlStep(name=last.name, title="Edited", sql=sql, params=last.params)
    steps = [
        statement if step is last else step
        for step in plan.steps
        if isinstance(step, (SqlStep, OperationStep))
    ]
    answer = AnswerStep(table=steps[-1].name, reading=Reading(sources=_sources(plan)))
    return plan.model_copy(update={"steps": (*steps, answer), "planner": "edited"})


def restyled(facts: ResultFacts, changes: Mapping[str, object]) -> Plan:
    """The plan of a result with its chart drawn another way."""
    plan = facts.plan or Plan(question=facts.question, planner=facts.planner, steps=())
    step = restyle(plan.chart or _plain(facts, plan), **changes)
    steps = tuple(s for s in plan.steps if not isinstance(s, ChartStep))
    at = len(plan.sql_steps)
    return plan.model_copy(update={"steps": (*steps[:at], step, *steps[at:])})


def _plain(facts: ResultFacts, plan: Plan) -> ChartStep:
    """Bars of the first number over the first column: where the chart was chosen by rule."""
    first, *rest = facts.columns
    number = next((column.name for column in rest if column.numeric), None)
    table = plan.answer.table if plan.answer else ""
    return ChartStep(table=table, mark="bar", x=first.name, y=number)


def _sources(plan: Plan) -> tuple[str, ...]:
    return plan.answer.reading.sources if plan.answer else ()
