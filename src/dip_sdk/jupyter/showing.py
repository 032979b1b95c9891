"""What stands below a cell: the answer in its parts, or only what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..client import Result
from ..client._sync.chart import Chart  # the chart of an answer that has chosen none
from ..client.view import picture
from ..render.html import html
from ..render.markdown import markdown
from ..render.numbers import plural
from ..render.safe import in_html, plain
from ..render.story import story
from ..render.text import text
from ..types.plan import OperationStep, Plan, SqlStep
from ..types.result import ResultFacts
from .namespace import LAST
from .options import Asked

Display = dict[str, Any]
"""A display by MIME type."""


def displays(result: Result, asked: Asked) -> Iterator[Display]:
    """What is shown of an answer, in order."""
    if asked.sql:
        yield statement(result.sql)
        return
    if asked.quiet:
        yield line(story(result.facts, 0).sentence)
    else:
        yield _answer(result.facts, asked.limit)
    yield from map(line, _hints(result, asked))


def _answer(facts: ResultFacts, rows: int) -> Display:
    """The answer in every static form: readable in any front end, and in the saved file."""
    return {
        "text/plain": text(facts, rows=rows),
        "text/markdown": markdown(facts, rows=rows),
        "text/html": html(facts, chart_png=picture(facts), rows=rows),
    }


def _hints(result: Result, asked: Asked) -> Iterator[str]:
    """How to go on, where the answer alone does not tell."""
    name = asked.out or LAST
    if result.status == "clarify":
        yield "Choose a reading by its number: %ask --choose 1"
    elif result.row_count > asked.limit and not asked.quiet:
        rows = plural(result.row_count, "row")
        yield f'{rows} in all: {name}.page(2), {name}.to_pandas(), {name}.export("answer.xlsx")'


def charted(result: Result, asked: Asked, session: Any) -> Result:
    """The answer with the chart that was asked for; raises `ConfigError` where it cannot be."""
    if asked.chart == "auto" or result.status != "answered" or asked.sql or asked.quiet:
        return result
    chart = None
    if asked.chart != "none":
        chart = Chart(result.facts, session).restyle(asked.chart).spec  # type: ignore[arg-type]
    return Result(result.facts.model_copy(update={"chart": chart}), session)


def planned(plan: Plan) -> Display:
    """A plan that gave no answer: its steps, and what was sent."""
    steps = [step for step in plan.steps if isinstance(step, (SqlStep, OperationStep))]
    head = f"Plan of the {plan.planner}, {plural(len(steps), 'step')}:"
    foot = (
        "Sent to a model: nothing; a dry run is planned by the rules. "
        "The steps were tried on the data; no answer was kept."
    )
    blocks = [(_title(number, step), _code(step)) for number, step in enumerate(steps, 1)]
    told = "\n\n".join(plain(f"{title}\n{code}", lines=True) for title, code in blocks)
    marked = "".join(
        f"<p>{in_html(title)}</p><pre><code>{in_html(code, lines=True)}</code></pre>"
        for title, code in blocks
    )
    return {
        "text/plain": f"{plain(head)}\n\n{told}\n\n{foot}",
        "text/html": f"<p>{in_html(head)}</p>{marked}<p>{in_html(foot)}</p>",
    }


def _title(number: int, step: SqlStep | OperationStep) -> str:
    return f"{number}. {step.title or step.name}"


def _code(step: SqlStep | OperationStep) -> str:
    if isinstance(step, SqlStep):
        return "\n".join([step.sql, *(f"-- ${k} = {v!r}" for k, v in step.params.items())])
    return f"{step.operation.told} of {step.table}"


def statement(sql: str) -> Display:
    """SQL in colours."""
    from IPython.display import Code

    shown = plain(sql, lines=True) or "-- nothing was computed"
    code: Any = Code
    return {"text/plain": shown, "text/html": code(shown, language="sql")._repr_html_()}


def line(said: str) -> Display:
    """One quiet line."""
    return {"text/plain": plain(said), "text/html": f"<p>{in_html(said)}</p>"}
