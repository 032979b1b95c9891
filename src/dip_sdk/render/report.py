"""Answers and the tables they rest on as one HTML page that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from ..types.dataset import Table
from ..types.result import ResultFacts
from .html import answer, grid, picture
from .numbers import plural
from .overview import overview
from .safe import in_html
from .style import ANSWER, PAGE

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def report(
    title: str,
    answers: Sequence[tuple[ResultFacts, str | None]],
    tables: Sequence[Table],
) -> str:
    """The page: each question with its answer and chart (as SVG), then the tables, folded.

    It suits light and dark, narrow and wide, and forbids itself scripts and requests.
    """
    lead = f"{plural(len(answers), 'question')} asked of {plural(len(tables), 'table')}"
    sections = "\n".join(_section(facts, svg) for facts, svg in answers)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{in_html(title)}</title>
<style>{ANSWER}{PAGE}</style>
</head>
<body>
<main>
<h1>{in_html(title)}</h1>
<p class="lead">{in_html(lead)}</p>
{sections}
{_tables(tables)}
<footer>Made by DIP on this machine. This page contains no script and loads nothing.</footer>
</main>
</body>
</html>
"""


def _section(facts: ResultFacts, svg: str | None) -> str:
    image = picture(svg.encode("utf-8", "replace"), "image/svg+xml", facts) if svg else ""
    body = answer(facts, image)
    return (
        f'<section><h2>{in_html(facts.question)}</h2><div class="dip-result">{body}</div></section>'
    )


def _tables(tables: Sequence[Table]) -> str:
    body = "\n".join(map(_table, tables))
    if not body:
        return ""
    return (
        f'<section><details class="dip-result"><summary>The tables</summary>{body}</details>'
        "</section>"
    )


def _table(table: Table) -> str:
    view = overview(table)
    notes = "".join(f"<li>{in_html(note)}</li>" for note in view.notes)
    return f"<h3>{in_html(view.title)}</h3>{grid(view.grid)}{f'<ul>{notes}</ul>' if notes else ''}"
