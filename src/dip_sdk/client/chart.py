"""The chart of a result: a Vega-Lite specification with its data inside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..types.plan import ChartStep, Plan
from ..types.result import ResultFacts

MIME = "application/vnd.vegalite.v6+json"


class ChartView:
    """Shows itself in a notebook, and saves itself as a picture."""

    def __init__(self, facts: ResultFacts) -> None:
        self._facts = facts

    @property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification, with its data."""
        return self._facts.chart or {}

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the chart as .png, .svg, .html or .json; raises `ConfigError` when it cannot."""
        from ..render.files import save

        return save(self.spec, Path(path))

    def __repr__(self) -> str:
        mark = self.spec.get("mark")
        kind = mark.get("type") if isinstance(mark, dict) else mark
        return f"<{kind or 'layered'} chart of {self._facts.question!r}>"

    def _repr_mimebundle_(self, **_filters: object) -> dict[str, Any]:
        """The specification, and a picture where a front end knows no Vega-Lite."""
        import base64

        from ..render.files import png

        image = base64.b64encode(png(self.spec)).decode("ascii")
        return {MIME: self.spec, "image/png": image, "text/plain": repr(self)}


def restyled(facts: ResultFacts, changes: dict[str, object]) -> Plan:
    """The plan of a result with its chart drawn another way."""
    from ..render.chart import restyle

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
