"""A result as static HTML: no script, nothing fetched, every word of it escaped."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from ..types.result import Check, Option, ResultFacts
from .files import PNG_SCALE
from .safe import cut, in_html
from .story import Grid, Story, Told, story
from .style import ANSWER

ROWS = 20
_CELL = 400
"""Characters of a cell that are shown."""


def html(facts: ResultFacts, *, chart_png: bytes | None = None, rows: int = ROWS) -> str:
    """The answer as HTML that suits light and dark and stays readable without its style sheet.

    Works in notebooks, their static views and exports. `chart_png` is the chart as an image.
    """
    image = picture(chart_png, "image/png", facts) if chart_png else ""
    return styled(answer(facts, image, rows))


def answer(facts: ResultFacts, image: str, rows: int = ROWS) -> str:
    """The parts of an answer in order, `image` after the table; without style and wrapper."""
    return laid(story(facts, rows), image)


def laid(told: Story, image: str = "") -> str:
    """The parts that a story has, in order."""
    parts = (
        "".join(_p(line, "dip-sentence") for line in told.sentence.splitlines() if line.strip()),
        _p(told.who, "dip-quiet"),
        grid(told.grid) if told.grid else "",
        image,
        _options(told.options),
        "".join(_p(line) for line in told.missing),
        "".join(map(_note, told.notes)),
        _how(told),
        _suggestions(told.suggestions),
    )
    return "\n".join(part for part in parts if part)


def styled(content: str) -> str:
    """Parts of an answer with the sheet that they look good with."""
    return f'<div class="dip-result"><style>{ANSWER}</style>{content}</div>'


def grid(shown: Grid) -> str:
    """A table with its count below."""
    head = _row("th", shown.headers, shown)
    body = "\n".join(_row("td", row, shown) for row in shown.rows)
    return (
        f'<div class="dip-scroll"><table><thead>{head}</thead>\n<tbody>{body}</tbody></table></div>'
        f"{_p(shown.count, 'dip-quiet')}"
    )


def picture(image: bytes, mime: str, facts: ResultFacts) -> str:
    """The chart as an image within the page; as an image, an SVG can run nothing either."""
    code = base64.b64encode(image).decode("ascii")
    size = f' width="{png_width(image)}"' if mime == "image/png" else ""
    return (
        f'<div class="dip-scroll"><img src="data:{mime};base64,{code}"{size} '
        f'alt="{in_html(alternative(facts))}"></div>'
    )


def png_width(image: bytes) -> int:
    """The width to show: a PNG of ours has more pixels than that, for sharp screens."""
    return round(int.from_bytes(image[16:20], "big") / PNG_SCALE)


def alternative(facts: ResultFacts) -> str:
    """The chart in a line of words, for those who don't see it."""
    title = (facts.chart or {}).get("title")
    words = title.get("text") if isinstance(title, dict) else title
    told = " ".join(words) if isinstance(words, list) else words
    return f"Chart: {told or facts.question}"


def _p(line: str, style: str = "") -> str:
    name = f' class="{style}"' if style else ""
    return f"<p{name}>{in_html(line)}</p>" if line else ""


def _row(tag: str, cells: Sequence[str], shown: Grid) -> str:
    """One row; the alignment is told twice, for viewers that drop style sheets."""
    row = (
        f"<{tag}{_TO_THE_RIGHT if number else _WHOLE if unbroken else _TO_THE_LEFT}>"
        f"{in_html(cut(cell, _CELL))}</{tag}>"
        for cell, number, unbroken in zip(cells, shown.right, shown.whole, strict=True)
    )
    return f"<tr>{''.join(row)}</tr>"


_TO_THE_RIGHT = ' class="dip-number" align="right"'
_TO_THE_LEFT = ' style="text-align:left"'
"""Where a notebook is not trusted JupyterLab drops the style sheet, and sets text to the right."""
_WHOLE = f' class="dip-whole"{_TO_THE_LEFT}'


def _options(options: Sequence[Option]) -> str:
    items = "".join(
        f"<li>{in_html(option.label)}{': ' if option.preview else ''}"
        f"<strong>{in_html(option.preview)}</strong></li>"
        for option in options
    )
    return f"<ol>{items}</ol>" if items else ""


def _note(check: Check) -> str:
    return _p(f"Note: {check.message}", f"dip-{check.level}")


def _how(told: Story) -> str:
    """Folded: the steps with their SQL, what was read and what was sent."""
    if not told.steps and not told.facts:
        return ""
    steps = "".join(map(_step, told.steps))
    lines = "".join(_p(line, "dip-quiet") for line in told.facts)
    body = (f"<ol>{steps}</ol>" if steps else "") + lines
    return f"<details><summary>How it was computed</summary>{body}</details>"


def _step(step: Told) -> str:
    code = f"<pre><code>{in_html(step.sql, lines=True)}</code></pre>" if step.sql else ""
    return f"<li>{in_html(step.line)}{code}</li>"


def _suggestions(suggestions: Sequence[str]) -> str:
    items = "".join(f"<li>{in_html(text)}</li>" for text in suggestions)
    return f'<p class="dip-quiet">Ask next</p><ul>{items}</ul>' if items else ""
