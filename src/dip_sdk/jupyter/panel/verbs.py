"""What a front end may ask of the kernel, a method each; their names are those of the messages.

`session` is the name of a session that lasts; None is the kernel's own, which `%ask` shares.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, validate_call

from ..._version import __version__
from ...client import QueryStream, Result
from ...client._sync.chart import Chart  # the chart of an answer that has chosen none
from ...client.core.asks import Choose, RunPlan, ask
from ...client.core.asks import Request as Wanted
from ...render.plans import edited
from ...types.base import Model
from ...types.dataset import Dataset, Table
from ...types.errors import ConfigError
from ...types.events import LAST, Event
from ...types.plan import Mark
from ...types.result import Condition, ExportFormat, Page, Replay, ResultFacts
from ...types.session import Settings, Turn
from ..data import prepare, worded
from ..desk import Desk, Seat
from ..namespace import bound, frames
from ..options import Asked
from . import transfers
from .requests import Request

MOST_ROWS = 1000
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]
Offset = Annotated[int, Field(ge=0)]
Verb = TypeVar("Verb")
checked = validate_call(config=ConfigDict(arbitrary_types_allowed=True))


class Frame(Model):
    """A table of the kernel that can be brought into a session."""

    name: str
    rows: int | None
    """None where counting would compute it."""
    columns: tuple[str, ...]


class Opened(Model):
    """A session that can be asked."""

    id: str
    name: str | None


class Hello(Model):
    """Who answers."""

    version: str
    backend: str | None
    """The address that questions go to; None is this kernel."""


class Verbs:
    """The methods over the sessions of a desk."""

    def __init__(self, desk: Desk, variables: Mapping[str, Any], *, using: Asked) -> None:
        """`using` says which backend, model and privacy its sessions are made with."""
        self._desk = desk
        self._variables = variables
        self._using = using

    def __call__(self, method: str, params: Mapping[str, Any], request: Request) -> object:
        """The reply to a request; raises `DipError`, or `ValidationError` for what does not fit."""
        if method not in METHODS:
            raise ConfigError(
                f"This kernel does not know {method!r}.",
                hint="The panel and dip-sdk are of different versions: install them anew.",
                code="unknown_method",
            )
        return getattr(self, method)(request, **params)

    # Sessions

    @checked
    def hello(self, _request: Request) -> Hello:
        address = self._using.backend or os.environ.get("DIP_URL") or None
        return Hello(version=__version__, backend=address)

    @checked
    def open(self, _request: Request, session: str | None) -> Opened:
        found = self._seat(session).session
        return Opened(id=found.id, name=found.name)

    @checked
    def renew(self, _request: Request) -> Opened:
        """A fresh session in place of the kernel's own."""
        seat = self._desk.renew(self._asked(None))
        self._desk.tell(seat)
        return Opened(id=seat.session.id, name=None)

    @checked
    def sessions(self, _request: Request) -> tuple[str, ...]:
        return self._desk.client(self._asked(None)).sessions()

    @checked
    def remove_session(self, _request: Request, name: str) -> None:
        self._desk.delete(self._asked(name))

    @checked
    def settings(self, _request: Request, session: str | None) -> Settings:
        return self._seat(session).session.settings()

    @checked
    def configure(
        self, _request: Request, session: str | None, changes: dict[str, Any]
    ) -> Settings:
        return self._seat(session).session.configure(**changes)

    # Questions: their events come one by one, and the reply says only that they are over

    @checked
    def ask(
        self,
        request: Request,
        session: str | None,
        question: str,
        planner: str | None = None,
        on: tuple[str, ...] = (),
    ) -> None:
        """`{name}` is bound to the kernel's value, and tables that are named are brought in."""
        seat = self._seat(session)
        params = bound(question, self._variables)
        asked = Asked(question=question, on=",".join(on) or None)

        def moved(fraction: float, message: str) -> None:
            request.say(moved={"fraction": fraction, "message": message})

        limited = prepare(asked, seat, self._variables, moved)
        self._follow(request, seat, ask(worded(question), params, planner, limited))

    @checked
    def choose(self, request: Request, session: str | None, result_id: str, option: int) -> None:
        self._follow(request, self._seat(session), Choose(result_id, option))

    @checked
    def edit(self, request: Request, session: str | None, result_id: str, sql: str) -> None:
        """The answer's plan with another last statement."""
        seat = self._seat(session)
        facts = seat.session.room().result(result_id)
        self._follow(request, seat, RunPlan(edited(facts, sql)))

    @checked
    def cancel(self, _request: Request, session: str | None, query_id: str) -> None:
        self._seat(session).session.room().cancel(query_id)

    # Answers

    @checked
    def history(self, _request: Request, session: str | None) -> tuple[Turn, ...]:
        return self._seat(session).session.history()

    @checked
    def result(self, _request: Request, session: str | None, result_id: str) -> ResultFacts:
        return self._result(session, result_id).facts

    @checked
    def page(
        self,
        _request: Request,
        session: str | None,
        result_id: str,
        offset: Offset,
        limit: Limit,
        sort: tuple[str, ...] = (),
        where: tuple[Condition, ...] = (),
    ) -> Page:
        room = self._seat(session).session.room()
        return room.page(result_id, offset, limit, sort, where)

    @checked
    def export(
        self,
        request: Request,
        session: str | None,
        result_id: str,
        format: ExportFormat,
        sort: tuple[str, ...] = (),
        where: tuple[Condition, ...] = (),
    ) -> transfers.Sent:
        room = self._seat(session).session.room()
        facts = room.result(result_id)
        return transfers.download(
            request,
            facts.question,
            lambda target: room.export(result_id, format, target, sort, where),
            format,
        )

    @checked
    def code(
        self, _request: Request, session: str | None, result_id: str,
        language: Literal["sql", "pandas"],
    ) -> str:  # fmt: skip
        return self._result(session, result_id).to_code(language)

    @checked
    def restyle(
        self, _request: Request, session: str | None, result_id: str, kind: Mark
    ) -> dict[str, Any]:
        """The answer drawn as another mark: a Vega-Lite specification with its data."""
        return self._chart(session, result_id).restyle(kind).spec

    @checked
    def picture(self, _request: Request, spec: dict[str, Any]) -> str:
        """A chart as SVG, for front ends that do not draw."""
        from ...render.files import svg

        return svg(spec)

    @checked
    def replay(self, _request: Request, session: str | None, result_id: str) -> Replay:
        return self._result(session, result_id).replay()[1]

    @checked
    def verify(
        self, _request: Request, session: str | None, result_id: str, name: str = ""
    ) -> None:
        self._result(session, result_id).verify(name)

    @checked
    def save_as(self, _request: Request, session: str | None, result_id: str, name: str) -> Table:
        table = self._result(session, result_id).save_as(name)
        self._changed(session)
        return table

    # Tables

    @checked
    def datasets(self, _request: Request, session: str | None) -> tuple[Dataset, ...]:
        return self._seat(session).session.datasets()

    @checked
    def profile(self, _request: Request, session: str | None, table: str) -> Table:
        return self._seat(session).session.profile(table)

    @checked
    def rename(self, _request: Request, session: str | None, table: str, name: str) -> Table:
        renamed = self._seat(session).session.rename(table, name)
        self._changed(session)
        return renamed

    @checked
    def remove(self, _request: Request, session: str | None, table: str) -> None:
        self._seat(session).session.remove(table)
        self._changed(session)

    @checked
    def undo(self, _request: Request, session: str | None) -> str | None:
        undone = self._seat(session).session.undo()
        self._changed(session)
        return undone

    @checked
    def frames(self, _request: Request) -> tuple[Frame, ...]:
        """The kernel's tables by their names."""
        return tuple(_frame(name, value) for name, value in frames(self._variables).items())

    @checked
    def add_frame(self, request: Request, session: str | None, name: str) -> Sequence[Dataset]:
        """Bring one in; to click on it is the consent that a backend needs."""
        held = frames(self._variables)
        if name not in held:
            raise ConfigError(f"There is no table {name!r} any more.", hint="Run its cell again.")
        seat = self._seat(session)
        added = seat.session.upload(held[name], name=name, on_progress=transfers.moved(request))
        self._desk.tell(seat)
        return added

    @checked
    def upload(
        self, request: Request, session: str | None, name: str, size: Annotated[int, Field(ge=0)]
    ) -> Sequence[Dataset]:
        """A file, whose bytes follow in pieces."""
        seat = self._seat(session)
        with transfers.received(request, name, size) as path:
            added = seat.session.upload(path, on_progress=transfers.moved(request))
        self._desk.tell(seat)
        return added

    def _asked(self, session: str | None) -> Asked:
        return replace(self._using, session=session)

    def _seat(self, session: str | None) -> Seat:
        return self._desk.seat(self._asked(session))

    def _changed(self, session: str | None) -> None:
        self._desk.tell(self._seat(session))

    def _result(self, session: str | None, result_id: str) -> Result:
        return self._seat(session).session.result(result_id)

    def _chart(self, session: str | None, result_id: str) -> Chart:
        found = self._seat(session).session
        return Chart(found.room().result(result_id), found)

    def _follow(self, request: Request, seat: Seat, wanted: Wanted) -> None:
        with QueryStream(lambda: seat.session, wanted) as stream:
            request.when_stopped(stream.cancel)
            _tell(request, stream)
        self._desk.tell(seat)


def _tell(request: Request, events: Iterable[Event]) -> None:
    for event in events:
        request.say(event=event)
        if isinstance(event, LAST):
            return


def _frame(name: str, value: Any) -> Frame:
    """What can be told without computing anything: a lazy frame is not counted."""
    shape = getattr(value, "shape", None)
    named = getattr(value, "column_names", None) if shape else None
    columns = named if named is not None else getattr(value, "columns", ()) if shape else ()
    return Frame(name=name, rows=shape[0] if shape else None, columns=tuple(map(str, columns)))


METHODS = frozenset(
    name for name, value in vars(Verbs).items() if callable(value) and not name.startswith("_")
)
