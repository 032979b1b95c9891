"""A conversation over a set of tables: uploads, questions, results, undo. Thread-safe.

The verbs block; `bridge` keeps their callers free. State changes go through one lock and are saved
at once; questions run beside each other, each over the tables as they were when it was asked.
"""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from ..types.dataset import Dataset, Link, ReadOptions, Table
from ..types.errors import ConfigError, DipError
from ..types.events import Event, Progress, Text
from ..types.glossary import Glossary
from ..types.plan import Plan
from ..types.result import Condition, ExportFormat, Option, Page, Replay, ResultFacts
from ..types.session import Choice, Limits, Settings, Turn
from ..worker.ingest_process import ingest
from ..worker.messages import IngestRequest
from ..worker.process import Worker
from . import history, pipeline, replay, saved
from .bridge import Cancel
from .catalog import Catalog, identifier
from .folders import Folder, Lock
from .ledger import Ledger
from .planner.auto import planner_named
from .planner.base import Planner, Question, View
from .planner.fixed import FixedPlanner
from .planner.settled import SettledFirst
from .run import Run
from .sources import Source
from .tell import Teller

log = logging.getLogger("dip_sdk")

UNDO_DEPTH = 20


class Session:
    """One session folder, opened. Made by `Engine.open`."""

    def __init__(
        self,
        folder: Folder,
        *,
        name: str | None,
        limits: Limits,
        planner: Planner,
        named: Callable[[str | Planner], Planner] = planner_named,
        read_only: bool = False,
        on_close: Callable[[Session], None] = lambda session: None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.id = folder.id
        self.name = name
        self._folder = folder
        self._limits = limits
        self._planner = planner
        self._named = named
        self._read_only = read_only
        self._on_close = on_close
        self._on_change = on_change
        self._change = threading.RLock()
        self._seq = 0
        self._closed = False
        self._process = os.getpid()
        self._hold = Lock(folder)
        folder.make()
        if not read_only:
            self._hold.acquire()
        try:
            self._saved = saved.load(folder)
        except DipError:
            self._hold.release()
            raise
        self._worker = Worker(folder.path, limits)
        self._catalog = Catalog(self._saved.datasets)
        self._worker.use(self._catalog.files())

    @property
    def sources(self) -> Path:
        """Where what is fetched or converted for an upload may be written."""
        return self._folder.sources

    # tables

    def add(
        self,
        source: Source,
        options: ReadOptions = ReadOptions(),
        *,
        on_progress: Callable[[float, str], None] | None = None,
        cancel: Cancel | None = None,
    ) -> Dataset:
        """Read a source into the session; one from the same origin is replaced.

        Raises `DataError` when it cannot be read; the session's other tables are untouched.
        """
        self._may_change()
        dataset_id = uuid.uuid4().hex[:12]
        request = IngestRequest(
            source=str(source.path),
            name=source.name,
            folder=str(self._folder.tables),
            dataset_id=dataset_id,
            options=options if source.format is None else options.model_copy(
                update={"format": source.format}
            ),
        )  # fmt: skip
        size = source.path.stat().st_size if source.path.exists() else 0
        reports = ingest(request, limits=self._limits, on_progress=on_progress, cancel=cancel)
        dataset = Dataset(
            id=dataset_id,
            name=source.name,
            source=source.origin,
            format=reports[0].parsed.format,
            size=size,
            options=options,
            tables=(),
        )
        with self._changing():
            catalog, complete = self._catalog.added(dataset, reports)
            self._become(catalog, f"added {source.name}")
        return complete

    def datasets(self) -> tuple[Dataset, ...]:
        return self._catalog.datasets

    def tables(self) -> tuple[Table, ...]:
        return self._catalog.tables

    def rename(self, table: str, name: str) -> Table:
        """Give a table another name."""
        with self._changing():
            self._become(self._catalog.renamed(table, name), f"renamed {table} to {name}")
            return self._catalog.table(identifier(name))

    def remove(self, table: str) -> None:
        """Take a table out of the session; `undo` brings it back."""
        with self._changing():
            self._become(self._catalog.without(table), f"removed {table}")

    def profile(self, table: str) -> Table:
        """The table with its full profile, computed on the first call."""
        found = self._catalog.table(table)
        if found.profile is not None:
            return found
        shown = {column.name for column in found.visible}
        profile = tuple(p for p in self._worker.profile(found.name) if p.name in shown)
        with self._changing():
            self._catalog = self._catalog.with_profile(found.name, profile)
            self._save(datasets=self._catalog.datasets)
        return self._catalog.table(found.name)

    def links(self) -> tuple[Link, ...]:
        """Likely joins between the tables."""
        return self._links(self._catalog)

    def save_as(self, result_id: str, name: str) -> Table:
        """A result becomes a table of the session under a name of its own."""
        self._may_change()
        facts = self.result(result_id)
        chosen = identifier(name)
        (path,) = self._worker.export(result_id, "parquet")
        source = Source(
            path=Path(path),
            name=chosen,
            origin=f"the answer to: {facts.question}",
            format="parquet",
            temporary=True,
        )
        try:
            dataset = self.add(source)
        finally:
            Path(path).unlink(missing_ok=True)
        return dataset.tables[0]

    def undo(self) -> str | None:
        """Take back the last change of the tables; says what it was, or None when there is none."""
        with self._changing():
            if not self._saved.past:
                return None
            *past, last = self._saved.past
            self._catalog = Catalog(last.datasets, before=self._catalog)
            self._worker.use(self._catalog.files())
            self._save(datasets=last.datasets, past=tuple(past))
            return last.what

    @property
    def settings(self) -> Settings:
        return self._saved.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        with self._changing():
            self._save(settings=settings)

    @property
    def glossary(self) -> Glossary:
        return self._saved.glossary

    @glossary.setter
    def glossary(self, glossary: Glossary) -> None:
        with self._changing():
            self._save(glossary=glossary)

    # questions

    def ask(
        self,
        question: Question,
        *,
        planner: str | Planner | None = None,
        on: Sequence[str] = (),
        query_id: str,
        cancel: Cancel,
        left_today: float | None = None,
    ) -> Iterator[Event]:
        """Answer a question over the tables named in `on`, or all.

        A model may cost `left_today` US dollars at most, and what its own budget allows.
        """
        history.check(question)
        chosen = self._named(planner) if planner else self._planner
        settled = SettledFirst(chosen)
        return self._answer(question, settled, on, query_id, cancel, left_today=left_today)

    def run(
        self, plan: Plan, *, query_id: str, cancel: Cancel, remember: bool = True
    ) -> Iterator[Event]:
        """Run a plan as it stands: an edited one, a chosen reading, a kept one.

        With `remember` false it leaves no turn in the history: a chart drawn anew is no question.
        """
        question = Question(plan.question)
        return self._answer(
            question, FixedPlanner(plan), (), query_id, cancel, remember, plan.today
        )

    def choose(
        self, result_id: str, option: int, *, query_id: str, cancel: Cancel
    ) -> Iterator[Event]:
        """Answer a question that came back with readings, by one of them (from 0)."""
        facts = self.result(result_id)
        chosen = history.chosen(facts, option)
        if not self._read_only:
            self._remember(facts.question, chosen)
        return self.run(chosen.value, query_id=query_id, cancel=cancel)

    def _remember(self, question: str, chosen: Option) -> None:
        """Read the question so from now on, and know the words that the choice explained."""
        choice = Choice(question=question, label=chosen.label, plan=chosen.value)
        with self._changing():
            self._save(
                choices=history.with_choice(self._saved.choices, choice),
                glossary=self.glossary.joined_with(chosen.learns),
            )

    def replay(
        self, result_id: str, *, query_id: str, cancel: Cancel
    ) -> tuple[ResultFacts, Replay]:
        """Compute an answer again from its plan, and say what is not as it was."""
        before = self.result(result_id)
        plan = history.kept(before)
        after = replay.last(self.run(plan, query_id=query_id, cancel=cancel, remember=False))
        prints = {table.name: table.fingerprint for table in self.tables()}
        return after, replay.compare(before, after, prints, self._worker)

    def _answer(
        self,
        question: Question,
        planner: Planner,
        on: Sequence[str],
        query_id: str,
        cancel: Cancel,
        remember: bool = True,
        today: date | None = None,
        left_today: float | None = None,
    ) -> Iterator[Event]:
        catalog = self._catalog
        day = today or self.settings.today or date.today()
        ledger = Ledger()
        job = pipeline.Job(
            question=question,
            planner=planner,
            view=lambda: replace(
                self._view(catalog, on, day), ledger=ledger, cancel=cancel, left_today=left_today
            ),
            start=lambda view: Run(query_id, self._worker, catalog.guard(view.tables), day),
            store=lambda facts: self._store(facts, remember),
            tell=Teller(self.id, query_id, ledger),
            cancel=cancel,
            answerable=self._answerable,
            looking=catalog.remembering,
        )
        for event in pipeline.answer(job):
            yield self._numbered(event)

    def _view(self, catalog: Catalog, on: Sequence[str], day: date) -> View:
        tables = catalog.only(on)
        return View(
            tables=tables,
            links=self._links(catalog) if len(tables) > 1 else (),
            history=history.past(self._folder, self._saved.turns),
            settings=self.settings,
            glossary=self.glossary,
            choices=self._saved.choices,
            today=day,
            distinct=lambda table, column: catalog.distinct(self._worker, table, column),
        )

    def _links(self, catalog: Catalog) -> tuple[Link, ...]:
        return catalog.links(self._worker, self.glossary.joins)

    def _answerable(self, text: str, view: View) -> bool:
        from .planner.rules import answerable

        try:
            return answerable(text, view)
        except Exception:
            log.exception("A suggestion could not be looked at; no answer is lost by it")
            return False

    def _numbered(self, event: Event) -> Event:
        if isinstance(event, (Text, Progress)):
            return event
        with self._change:
            self._seq += 1
            return event.model_copy(update={"seq": self._seq})

    def _store(self, facts: ResultFacts, remember: bool) -> None:
        if self._read_only:
            return
        if self._on_change is not None and facts.status == "answered":
            self._worker.finish(facts.id)  # whoever copies the folder needs the whole file
        with self._changing():
            saved.save_result(self._folder, facts)
            if remember:
                turn = Turn(question=facts.question, result_id=facts.id, at=facts.at)
                self._save(turns=(*self._saved.turns, turn))

    # results

    def history(self) -> tuple[Turn, ...]:
        return self._saved.turns

    def result(self, result_id: str) -> ResultFacts:
        return saved.load_result(self._folder, result_id)

    def page(
        self,
        result_id: str,
        offset: int,
        limit: int,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
    ) -> Page:
        return self._worker.page(result_id, offset, limit, sort, where)

    def arrow(
        self, result_id: str, sort: Sequence[str] = (), where: Sequence[Condition] = ()
    ) -> Path:
        """An Arrow IPC file of a whole result; the caller reads and deletes it."""
        return Path(self._worker.arrow(result_id, sort, where))

    def export(
        self,
        result_id: str,
        format: ExportFormat,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[Path, ...]:
        """Finished files in the session's scratch folder; the caller moves them."""
        made = self._worker.export(result_id, format, sort, where, on_progress)
        return tuple(Path(path) for path in made)

    # the end

    def close(self) -> None:
        """End the worker; an unnamed session is deleted with all its files. Idempotent."""
        if os.getpid() != self._process:  # forked: folder and worker are the parent's
            return
        with self._change:
            if self._closed:
                return
            self._closed = True
        self._on_close(self)
        try:
            self._worker.close()
            if self.name is not None and not self._read_only:
                self._sweep()
        finally:
            self._hold.release()
            if self.name is None:
                self._folder.delete()

    def _sweep(self) -> None:
        """Delete table files that neither the tables nor an undo speak of."""
        states = (self._catalog.datasets, *(change.datasets for change in self._saved.past))
        needed = {t.path for datasets in states for d in datasets for t in d.tables}
        for path in self._folder.tables.iterdir():
            if path.is_file() and str(path) not in needed:
                path.unlink(missing_ok=True)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One change at a time; then whoever keeps a copy of the folder is told."""
        with self._change:
            yield
        if self._on_change is not None:
            self._on_change()

    def _may_change(self) -> None:
        if self._read_only:
            raise ConfigError(
                f"Session {self.name!r} was opened read-only.",
                hint="Open it without read_only=True to change it.",
                code="read_only",
            )

    def _become(self, catalog: Catalog, what: str) -> None:
        """Take on another set of tables; `undo` leads back."""
        self._may_change()
        change = saved.Change(what=what, datasets=self._catalog.datasets)
        past = (*self._saved.past, change)[-UNDO_DEPTH:]
        self._worker.use(catalog.files())
        self._catalog = catalog
        self._save(datasets=catalog.datasets, past=past)

    def _save(self, **update: object) -> None:
        self._may_change()
        self._saved = self._saved.model_copy(update=update)
        saved.save(self._folder, self._saved)
