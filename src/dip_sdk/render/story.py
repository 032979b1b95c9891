"""What an answer tells, in order, as plain strings: text, HTML and Markdown only lay it out.

Nothing here is safe to print yet; each renderer passes every string through `safe`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..types.plan import OutputColumn
from ..types.result import Check, Option, ResultFacts, StepRun
from ..types.values import Column, Row
from .numbers import is_label, plural, seconds, show_column

_WHO = {
    "rules": "rules, without a model",
    "claude": "Claude",
    "edited": "an edited statement",
    "statistic": "a named operation, without a model",
    "verified": "a verified question, without a model",
}


@dataclass(frozen=True)
class Grid:
    """A table as shown: headers, cells by row, and which columns stand to the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    whole: tuple[bool, ...]
    """Columns that are never cut or broken: half a number or a date would be another one."""
    count: str
    """"10 of 1,204 rows"."""


@dataclass(frozen=True)
class Told:
    """One step of how it was computed."""

    line: str
    sql: str
    """"" for a named operation: the line tells what it did."""


@dataclass(frozen=True)
class Story:
    """An answer's parts; a part that does not apply is empty."""

    sentence: str
    who: str
    grid: Grid | None
    notes: tuple[Check, ...]
    """Warnings first."""
    steps: tuple[Told, ...]
    facts: tuple[str, ...]
    """What was read, what was sent, what it cost."""
    options: tuple[Option, ...]
    missing: tuple[str, ...]
    suggestions: tuple[str, ...]


def story(facts: ResultFacts, rows: int) -> Story:
    """The parts of an answer, with at most `rows` rows of its table."""
    return Story(
        sentence=_sentence(facts),
        who=_who(facts),
        grid=_grid(facts, rows),
        notes=tuple(sorted(facts.checks, key=lambda check: check.level != "warning")),
        steps=tuple(map(_told, facts.steps)),
        facts=(*(facts.how or _read(facts)), _sent(facts)),
        options=facts.clarification.options if facts.clarification else (),
        missing=_missing(facts),
        suggestions=facts.suggestions or (facts.missing.suggestions if facts.missing else ()),
    )  # fmt: skip


def _sentence(facts: ResultFacts) -> str:
    if facts.explanation.strip():
        return facts.explanation.strip()
    if facts.clarification:
        return facts.clarification.question
    if facts.missing:
        return facts.missing.message
    return f"{plural(facts.row_count, 'row')}."


def _who(facts: ResultFacts) -> str:
    verb = "Answered" if facts.status == "answered" else "Considered"
    who = _WHO.get(facts.planner, facts.planner)
    return f"{verb} by {who}, in {seconds(facts.seconds)}"


def _grid(facts: ResultFacts, rows: int) -> Grid | None:
    """The first rows; nothing when the sentence already tells the only value."""
    if facts.status != "answered" or not facts.columns:
        return None
    shown = facts.preview[: max(rows, 0)]
    lines = cells(facts.columns, shown, _asked(facts))
    if facts.value is not None and lines and lines[0][0] in facts.explanation:
        return None
    return Grid(
        headers=tuple(column.name for column in facts.columns),
        rows=lines,
        right=tuple(column.numeric and not is_label(column) for column in facts.columns),
        whole=tuple(column.numeric or column.temporal for column in facts.columns),
        count=_count(len(shown), facts.row_count),
    )


def cells(
    columns: Sequence[Column], rows: Sequence[Row], asked: dict[str, OutputColumn]
) -> tuple[tuple[str, ...], ...]:
    """The cells as shown, each column with equal decimals."""
    by_column = [
        show_column(
            [row[index] for row in rows],
            column,
            decimals=asked[column.name].decimals if column.name in asked else None,
            unit=asked[column.name].unit if column.name in asked else "",
        )
        for index, column in enumerate(columns)
    ]
    return tuple(zip(*by_column, strict=True))


def _asked(facts: ResultFacts) -> dict[str, OutputColumn]:
    answer = facts.plan.answer if facts.plan else None
    return {column.label or column.column: column for column in (answer.columns if answer else ())}


def _count(shown: int, total: int) -> str:
    return plural(total, "row") if shown >= total else f"{shown:,} of {plural(total, 'row')}"


def _told(run: StepRun) -> Told:
    return Told(_step_line(run.did or run.title or run.name, run.rows, run.seconds), run.sql)


def _step_line(title: str, rows: int, duration: float) -> str:
    return f"{title} ({plural(rows, 'row')}, {seconds(duration)})"


def _read(facts: ResultFacts) -> tuple[str, ...]:
    tables = sorted(facts.plan.tables) if facts.plan else []
    return (f"Read: {', '.join(tables)}.",) if tables else ()


def _sent(facts: ResultFacts) -> str:
    """One line on what left the machine, and what it cost."""
    if not facts.sent:
        return "Nothing left this machine."
    to = ", ".join(dict.fromkeys(sent.to for sent in facts.sent))
    size = sum(len(sent.body.encode("utf-8", "replace")) for sent in facts.sent)
    tokens = f"{facts.usage.tokens_in:,} tokens in, {facts.usage.tokens_out:,} out"
    money = f", ${facts.usage.money:.4f}" if facts.usage.money else ""
    requests = plural(len(facts.sent), "request")
    return f"Sent to {to}: {requests}, {plural(size, 'byte')} ({tokens}{money})."


def _missing(facts: ResultFacts) -> tuple[str, ...]:
    missing = facts.missing
    if not missing:
        return ()
    lines = {"Understood": missing.understood, "Not found in the data": missing.unknown}
    told = [] if missing.message.strip() == _sentence(facts) else [missing.message]
    return (*told, *(f"{name}: {', '.join(words)}." for name, words in lines.items() if words))
