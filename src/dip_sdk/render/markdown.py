"""A result as Markdown in which nothing of the data is markup, a link, an image or HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..types.result import Option, ResultFacts
from .safe import cut, in_markdown, plain
from .story import Grid, Story, story

ROWS = 20
_CELL = 400


def markdown(facts: ResultFacts, *, rows: int = ROWS) -> str:
    """The answer as GitHub's Markdown: the sentence, the table, notes, the steps, what next."""
    return laid(story(facts, rows))


def laid(told: Story) -> str:
    """The parts that a story has, in order."""
    blocks = (
        *(in_markdown(line) for line in told.sentence.splitlines() if line.strip()),
        f"*{in_markdown(told.who)}*" if told.who else "",
        _grid(told.grid) if told.grid else "",
        _options(told.options),
        *(in_markdown(line) for line in told.missing),
        *(f"> Note: {in_markdown(check.message)}" for check in told.notes),
        _how(told),
        _bullets("**Ask next**", told.suggestions),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def _grid(shown: Grid) -> str:
    rule = ["---:" if number else ":---" for number in shown.right]
    lines = (shown.headers, *shown.rows)
    head, *body = ([in_markdown(cut(cell, _CELL)) for cell in line] for line in lines)
    table = "\n".join(_row(cells) for cells in (head, rule, *body))
    return f"{table}\n\n{in_markdown(shown.count)}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _options(options: Sequence[Option]) -> str:
    return "\n".join(
        f"{number}. {in_markdown(option.label)}"
        + (f": **{in_markdown(option.preview)}**" if option.preview.strip() else "")
        for number, option in enumerate(options, 1)
    )


def _how(told: Story) -> str:
    if not told.steps and not told.facts:
        return ""
    steps = [
        "\n\n".join([in_markdown(step.line), *([_fenced(step.sql)] if step.sql else [])])
        for step in told.steps
    ]
    lines = [in_markdown(line) for line in told.facts]
    return "\n\n".join(["**How it was computed**", *steps, *lines])


def _fenced(code: str) -> str:
    """Code between fences longer than any row of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sql\n{plain(code, lines=True)}\n{fence}"


def _bullets(title: str, items: Sequence[str]) -> str:
    lines = "\n".join(f"- {in_markdown(item)}" for item in items)
    return f"{title}\n\n{lines}" if lines else ""
