"""An answer as the displays of a notebook's cell, small enough to be saved and shared.

A front end shows one MIME type of each display, so what shall stand below each other comes as
displays of their own: the answer, the chart, how it was computed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..types.dataset import Dataset
from ..types.result import Check, ResultFacts
from ..types.saved import SAVED
from .html import alternative, laid, picture, png_width, styled
from .markdown import laid as markdown
from .numbers import plural
from .safe import cut
from .saved import saved
from .story import Story, Told, story
from .text import laid as text

ROWS = 20
COLUMNS = 30
_WORDS = 2_000
"""Characters of a sentence or a statement that are shown."""
_CELL = 160
_SIZES = {"text/html": 12_000, "text/markdown": 7_000, "text/plain": 7_000}
"""Bytes that each form of the answer may take; rows are left out beyond."""
_NOTES = 10
_LINES = 8
"""Most steps, facts, options or suggestions that are shown."""


class Display(NamedTuple):
    """One display: its forms by MIME type, and what a front end shall know of them."""

    data: dict[str, object]
    metadata: dict[str, object]


def outputs(
    facts: ResultFacts,
    *,
    chart_png: bytes | None = None,
    datasets: Sequence[Dataset] = (),
    rows: int = ROWS,
) -> tuple[dict[str, object], ...]:
    """The displays of an answer in order, each by MIME type; see `displays`."""
    found = displays(facts, chart_png=chart_png, datasets=datasets, rows=rows)
    return tuple(display.data for display in found)


def displays(
    facts: ResultFacts,
    *,
    chart_png: bytes | None = None,
    datasets: Sequence[Dataset] = (),
    rows: int = ROWS,
) -> tuple[Display, ...]:
    """The displays of an answer in order: the answer, the chart, how it was computed.

    `chart_png` is the chart as an image, `datasets` those of the session: they tell where the
    data came from. The last display carries `types.saved.Saved`. Without the image an answer
    takes less than 60 kB, however wide and long its table is.
    """
    told = story(_slim(facts), rows)
    opening = replace(told, steps=(), facts=(), suggestions=())
    kept = saved(facts, datasets).model_dump(mode="json")
    closing = _forms(_closing(told))
    found = [Display(_fitting(opening), {})]
    if chart_png:
        found.append(_chart(facts, chart_png))
    return (*found, Display({**closing, SAVED: kept}, {}))


def bundle(
    facts: ResultFacts, *, chart_png: bytes | None = None, datasets: Sequence[Dataset] = ()
) -> dict[str, object]:
    """The whole answer as one display, the chart within its HTML."""
    told = story(_slim(facts), ROWS)
    image = picture(chart_png, "image/png", facts) if chart_png else ""
    closing = _closing(told)
    whole = replace(
        told, steps=closing.steps, facts=closing.facts, suggestions=closing.suggestions
    )  # fmt: skip
    kept = saved(facts, datasets).model_dump(mode="json")
    return {**_fitting(whole, image), SAVED: kept}


def _chart(facts: ResultFacts, image: bytes) -> Display:
    """An image everywhere: front ends differ in which Vega-Lite they know, and some know none."""
    data: dict[str, object] = {
        "image/png": base64.b64encode(image).decode("ascii"),
        "text/plain": text(_only(alternative(facts))),
    }
    width = png_width(image)
    return Display(data, {"image/png": {"width": width}})


def _slim(facts: ResultFacts) -> ResultFacts:
    """The answer with its first columns only, saying so; long words are cut."""
    hidden = len(facts.columns) - COLUMNS
    changes: dict[str, object] = {"explanation": _cut(facts.explanation)}
    checks = facts.checks[:_NOTES]
    if hidden > 0:
        more = f"{plural(hidden, 'more column')} not shown here."
        checks = (*checks, Check(code="columns_hidden", level="info", message=more))
        changes["columns"] = facts.columns[:COLUMNS]
        changes["preview"] = tuple(row[:COLUMNS] for row in facts.preview)
    return facts.model_copy(update=changes | {"checks": checks})


def _closing(told: Story) -> Story:
    """How it was computed, and what to ask next."""
    steps = tuple(Told(_cut(step.line, 300), _cut(step.sql)) for step in told.steps[:_LINES])
    shared = _WORDS // max(len(steps), 1)
    return replace(
        _only(""),
        steps=tuple(Told(step.line, _cut(step.sql, max(shared, 120))) for step in steps),
        facts=tuple(_cut(fact, 300) for fact in told.facts[:_LINES]),
        suggestions=tuple(_cut(item, 200) for item in told.suggestions[:_LINES]),
    )


def _only(sentence: str) -> Story:
    return Story(sentence, "", None, (), (), (), (), (), ())


def _forms(told: Story, image: str = "") -> dict[str, object]:
    return {kind: render(told, image) for kind, render in _RENDERERS.items()}


def _html(told: Story, image: str) -> str:
    return styled(laid(told, image))


def _markdown(told: Story, image: str) -> str:  # noqa: ARG001 - the same shape as _html
    return markdown(told)


def _text(told: Story, image: str) -> str:  # noqa: ARG001 - the same shape as _html
    return text(told)


_RENDERERS: dict[str, Callable[[Story, str], str]] = {
    "text/plain": _text,
    "text/markdown": _markdown,
    "text/html": _html,
}


def _fitting(told: Story, image: str = "") -> dict[str, object]:
    """Every form, with as many rows as its size allows."""
    short = _short(told)
    return {kind: _fit(kind, short, image) for kind in _RENDERERS}


def _fit(kind: str, told: Story, image: str) -> str:
    """The form of that kind; rows, then columns, are halved until it is small enough."""
    render = _RENDERERS[kind]
    found = render(told, image)
    while told.grid and len(found.encode("utf-8", "replace")) > _SIZES[kind] + len(image):
        smaller = _halved(told)
        if smaller == told:
            break
        told = smaller
        found = render(told, image)
    return found


def _halved(told: Story) -> Story:
    grid = told.grid
    if not grid:
        return told
    if len(grid.rows) > 1:
        rows = grid.rows[: len(grid.rows) // 2]
        total = grid.count.rpartition(" of ")[2]
        return replace(told, grid=replace(grid, rows=rows, count=f"{len(rows):,} of {total}"))
    few = max(1, len(grid.headers) // 2)
    return replace(
        told,
        grid=replace(
            grid,
            headers=grid.headers[:few],
            rows=tuple(row[:few] for row in grid.rows),
            right=grid.right[:few],
            whole=grid.whole[:few],
        ),
    )


def _short(told: Story) -> Story:
    """Words of every part cut: a cell, a note, a reading."""
    grid = told.grid
    if grid:
        rows = tuple(tuple(_cut(cell, _CELL) for cell in row) for row in grid.rows)
        headers = tuple(_cut(name, _CELL) for name in grid.headers)
        grid = replace(grid, headers=headers, rows=rows)
    options = tuple(
        item.model_copy(update={"label": _cut(item.label, 300), "preview": _cut(item.preview, 300)})
        for item in told.options[:_LINES]
    )
    notes = (note.model_copy(update={"message": _cut(note.message, 300)}) for note in told.notes)
    return replace(
        told,
        grid=grid,
        options=options,
        notes=tuple(notes),
        missing=tuple(_cut(line, 400) for line in told.missing[:_LINES]),
    )


def _cut(words: str, limit: int = _WORDS) -> str:
    return cut(words, limit)
