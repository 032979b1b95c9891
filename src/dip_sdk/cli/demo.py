"""`dip demo`: six questions about real data, asked as any caller would ask them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..types.dataset import Table
from ..types.errors import ConfigError
from ..types.result import ResultFacts
from .console import Progress, colour, say, width
from .exits import ANSWERED

if TYPE_CHECKING:
    from ..client import Session

DATA = Path(__file__).parent.parent / "data"
ENDINGS = (".csv", ".xlsx", ".parquet", ".ndjson")
ROWS = 12


@dataclass(frozen=True)
class Scene:
    """A question, and what it shows."""

    title: str
    question: str


SCENES = (
    Scene("Numbers of one file", "average body mass by species"),
    Scene("Two files joined", "average arrival delay by airline"),
    Scene("The largest of many", "which destination has the most flights"),
    Scene("Over time", "number of flights by month"),
    Scene("Words with two readings", "average delay by carrier"),
    Scene("Nothing is made up", "average ticket price by carrier"),
)


def run(options: Namespace) -> int:
    from ..client import Client
    from ..client.files import check_target

    if not options.no_report:
        check_target(Path(options.report))
    files = _files(Path(options.data) if options.data else DATA)
    with Client(planner="rules") as client:
        session = client.session()
        with Progress() as progress:
            session.upload(*files, on_progress=progress.tell_share)
        say(f"The data: {', '.join(path.name for path in files)}, from {files[0].parent}\n")
        answers = [facts for scene in SCENES for facts in _play(session, scene)]
        tables = session.tables()
    if not options.no_report:
        path = Path(options.report)
        _write_report(answers, tables, path)
        say(f"The report: {path}")
    return ANSWERED


def _files(folder: Path) -> list[Path]:
    files = [path for path in folder.glob("*") if path.suffix in ENDINGS]
    if not files:
        raise ConfigError(
            f"There is no data in {str(folder)!r}.",
            hint=f"The demo reads files ending in {', '.join(ENDINGS)}.",
        )
    return sorted(files)


def _play(session: Session, scene: Scene) -> Iterator[ResultFacts]:
    """Ask, show what came, and where readings are offered, show the first of them too."""
    from ..render.text import text

    say(f"== {scene.title} ==\n\n> {scene.question}\n")
    result = session.query(scene.question)
    say(text(result.facts, width=width(), color=colour(), rows=ROWS))
    yield result.facts
    if result.clarification:
        say(f"> {result.clarification.options[0].label}\n")
        chosen = session.choose(result, 0)
        say(text(chosen.facts, width=width(), color=colour(), rows=ROWS))
        yield chosen.facts


def _write_report(answers: Sequence[ResultFacts], tables: Sequence[Table], path: Path) -> None:
    from ..render.files import svg
    from ..render.report import report

    drawn = [(facts, svg(facts.chart) if facts.chart else None) for facts in answers]
    path.write_text(report("Six questions", drawn, tables), encoding="utf-8")
