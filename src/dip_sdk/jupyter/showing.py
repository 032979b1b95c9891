"""What stands below a cell: the answer in its parts, or only what was asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ..client import Result, Session
from ..client._sync.chart import Chart  # the chart of an answer that has chosen none
from ..client.view import picture
from ..render import mime
from ..render.files import png
from ..render.mime import Display
from ..render.numbers import plural
from ..render.safe import in_html, plain
from ..render.story import story
from ..types.errors import DipError
from ..types.plan import OperationStep, Plan, SqlStep
from ..types.result import PREVIEW_ROWS
from .namespace import LAST
from .options import Asked


def warm() -> None:
    """Start what draws charts, in a thread, while the first question is still being answered."""

    def draw() -> None:
        with suppress(DipError):
            png({"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x"}}})

    threading.Thread(target=draw, name="dip-warm", daemon=True).start()


def displays(result: Result, asked: Asked, session: Session) -> Iterator[Display]:
    """What is shown of an answer, in order."""
    if asked.sql:
        yield statement(result.sql)
        return
    if asked.quiet:
        yield line(story(result.facts, 0).sentence)
    else:
        image = picture(result.facts)
        known = session.datasets()
        yield from mime.displays(result.facts, chart_png=image, datasets=known, rows=asked.limit)
    yield from map(line, _hints(result, asked))


def _hints(result: Result, asked: Asked) -> Iterator[str]:
    """How to go on, where the answer alone does not tell."""
    name = asked.out or LAST
    if result.status == "clarify":
        yield "Choose a reading by its number: %ask --choose 1"
    elif result.row_count > min(asked.limit, PREVIEW_ROWS) and not asked.quiet:
        rows = plural(result.row_count, "row")
        yield f'{rows} in all: {name}.page(2), {name}.to_pandas(), {name}.export("answer.xlsx")'


def charted(result: Result, asked: Asked, session: Session) -> Result:
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
    data: dict[str, object] = {
        "text/plain": f"{plain(head)}\n\n{told}\n\n{foot}",
        "text/html": f"<p>{in_html(head)}</p>{marked}<p>{in_html(foot)}</p>",
    }
    return Display(data, {})


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
    colours = code(shown, language="sql")._repr_html_()
    return Display({"text/plain": shown, "text/html": colours}, {})


def line(said: str) -> Display:
    """One quiet line."""
    return Display({"text/plain": plain(said), "text/html": f"<p>{in_html(said)}</p>"}, {})
