"""`dip ask`: a question about files, answered as text, as JSON, or into a file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..types.errors import ConfigError
from ..types.events import Progress as Moved
from ..types.events import Status
from ..types.result import ResultFacts
from ..types.values import Row
from .console import Progress, colour, complain, say, width
from .exits import BY_STATUS
from .reading import read_options

if TYPE_CHECKING:
    from ..client import QueryStream, Result, Session

ROWS = 20
"""Rows of a table shown as text, unless `--limit` says otherwise."""
PAGE = 10_000


def run(options: Namespace) -> int:
    from ..client import Client

    *files, question = options.words
    _check(options, files, question)
    with Client(
        planner=options.planner,
        model=options.model,
        privacy=options.privacy,
        budget=options.budget,
        cache=options.cache,
    ) as client:
        session = client.session(options.session)
        with Progress() as progress:
            if files:
                session.upload(*files, on_progress=progress.tell_share, **read_options(options))
            result = _answer(session, question, options.choose, progress)
            if result.status == "answered":
                _write(result, options, progress)
        _print(result, options)
        return BY_STATUS[result.status]


def _check(options: Namespace, files: Sequence[str], question: str) -> None:
    """Say what is wrong before any work is done."""
    if Path(question).is_file():
        raise ConfigError(
            f"The last argument is the question, and {question!r} is a file.",
            hint=f'Put a question behind it: dip ask {question} "how many rows are there"',
            code="usage",
        )
    if not files and not options.session:
        raise ConfigError(
            "There is no data to ask about.",
            hint='Name a file, then the question: dip ask sales.csv "total sales by region"',
            code="usage",
        )


def _answer(session: Session, question: str, choose: int | None, progress: Progress) -> Result:
    result = _followed(session.stream(question), progress)
    if choose and result.clarification:
        return session.choose(result, choose - 1)
    return result


def _followed(stream: QueryStream, progress: Progress) -> Result:
    """The result of a stream, its stages told as they pass."""
    with stream:
        for event in stream:
            if isinstance(event, Status):
                progress.tell(event.message)
            elif isinstance(event, Moved):
                progress.tell(event.message, event.fraction)
        return stream.result()


def _write(result: Result, options: Namespace, progress: Progress) -> None:
    """The files that were asked for."""
    if options.output:
        progress.tell(f"Writing {options.output}")
        result.export(options.output)
    if not options.chart:
        return
    if result.chart is None:
        complain("there is no chart of this answer.", "A chart needs two columns or more.")
        return
    result.chart.save(options.chart)


def _print(result: Result, options: Namespace) -> None:
    if options.json:
        import json

        say(json.dumps(as_json(result.facts, _rows(result, options.limit)), ensure_ascii=False))
    elif options.sql:
        say(result.sql)
    else:
        from ..render.text import text

        limit = ROWS if options.limit is None else options.limit
        facts = result.facts.model_copy(update={"preview": _rows(result, limit)})
        say(text(facts, width=width(), color=colour(), rows=limit).rstrip("\n"))


def _rows(result: Result, limit: int | None) -> tuple[Row, ...]:
    """The first rows, or all when there is no limit."""
    wanted = result.row_count if limit is None else min(limit, result.row_count)
    if wanted <= len(result.preview):
        return result.preview[:wanted]
    rows: list[Row] = []
    for page in result.pages(size=min(PAGE, wanted)):
        rows += page.rows
        if len(rows) >= wanted:
            break
    return tuple(rows[:wanted])


def as_json(facts: ResultFacts, rows: Sequence[Row]) -> dict[str, object]:
    """An answer as one JSON object, its values by the wire rules."""
    told = facts.model_dump(mode="json", exclude={"id", "session_id", "preview", "at", "steps"})
    return told | {"value": facts.value, "rows": rows, "sql": facts.sql}
