"""A result as plain text, for terminals and logs: no colour unless asked, no drawn boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..types.dataset import Table
from ..types.result import ResultFacts
from .columns import Aligned, aligned
from .overview import overview
from .safe import plain
from .story import Grid, Story, story

Paint = Callable[[str, str], str]
"""A line in a style, or the line alone where there is no colour."""

_BOLD, _DIM, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def text(facts: ResultFacts, *, width: int = 100, color: bool = False, rows: int = 20) -> str:
    """The answer as text: the sentence, the table, notes, how it was computed, what to ask next.

    `width` is the line's room in characters, `rows` the most rows shown. Nothing of the data can
    move the cursor, colour the screen or turn the direction of writing.
    """
    return laid(story(facts, rows), width=width, color=color)


def laid(told: Story, *, width: int = 100, color: bool = False) -> str:
    """The parts that a story has, in order."""
    paint = _painted if color else _unpainted
    head = [paint(plain(told.sentence, lines=True), _BOLD), paint(plain(told.who), _DIM)]
    blocks = [
        head if told.sentence or told.who else [],
        _grid(told.grid, width, paint) if told.grid else [],
        _options(told),
        [plain(line) for line in told.missing],
        [f"Note: {plain(check.message)}" for check in told.notes],
        _how(told, paint),
        _list("Ask next:", told.suggestions),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def tables(tables: Sequence[Table], *, width: int = 100) -> str:
    """What is known of tables: columns with their types and values, how each was read."""
    blocks = [[line for part in _table(table, width) for line in part] for table in tables]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n" if blocks else "No tables.\n"


def _table(table: Table, width: int) -> Iterable[list[str]]:
    view = overview(table)
    yield [plain(view.title)]
    yield _indented(_lines(aligned(view.grid, width - 2)))
    yield [f"  Note: {plain(note)}" for note in view.notes]


def _unpainted(line: str, style: str) -> str:  # noqa: ARG001 - the same shape as _painted
    return line


def _painted(line: str, style: str) -> str:
    return f"{style}{line}{_END}"


def _grid(grid: Grid, width: int, paint: Paint) -> list[str]:
    drawn = aligned(grid, width)
    hidden = f", {drawn.hidden} more columns" if drawn.hidden else ""
    return [paint(drawn.header, _BOLD), *drawn.rows, paint(f"{grid.count}{hidden}", _DIM)]


def _lines(drawn: Aligned) -> list[str]:
    return [drawn.header, *drawn.rows]


def _options(told: Story) -> list[str]:
    return [
        f"{number}. {plain(option.label)}"
        + (f": {plain(option.preview)}" if option.preview else "")
        for number, option in enumerate(told.options, 1)
    ]


def _how(told: Story, paint: Paint) -> list[str]:
    if not told.steps:
        return [plain(line) for line in told.facts]
    lines = [paint("How it was computed:", _BOLD)]
    for number, step in enumerate(told.steps, 1):
        lines.append(f"{number}. {plain(step.line)}")
        lines += _indented(plain(step.sql, lines=True).splitlines(), "   ")
    return [*lines, *(plain(line) for line in told.facts)]


def _list(title: str, items: Sequence[str]) -> list[str]:
    return [title, *(f"- {plain(item)}" for item in items)] if items else []


def _indented(lines: Iterable[str], by: str = "  ") -> list[str]:
    return [by + line for line in lines]
