"""`/query`: questions, their answers, and the rows of those."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response
from fastapi import Query as Parameter
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.background import BackgroundTask

from ...engine.bridge import Cancel, acall
from ...types.base import Model
from ...types.dataset import Table
from ...types.result import Replay
from ..answers import MOST_ROWS, Answer, RowPage, answer, conditions, row_page, sort_keys
from ..asks import Asked, Asks, Chosen, Planned
from ..deps import Asking, Database, ThePages, ThePool, TheQuestions
from ..once import Once, TheOnce
from ..pages import Key
from ..store.access import owned, readable
from ..store.base import Store, new_id, now
from ..store.rooms import Query, Room
from ..store.users import User
from .sessions import Named, hidden_place

router = APIRouter(prefix="/query", tags=["query"])

LONGEST_WAIT = 60.0
ARROW = "application/vnd.apache.arrow.file"
Wait = Annotated[float, Field(ge=0, le=LONGEST_WAIT)]
"""Seconds to wait for the answer; after that it is fetched by its id."""


class Process(Asked, extra="forbid"):
    session_id: uuid.UUID
    wait_s: Wait = 20.0


class RunPlan(Planned, extra="forbid"):
    session_id: uuid.UUID
    wait_s: Wait = 20.0


class Choice(Model, extra="forbid"):
    option: Annotated[int, Field(ge=0)]
    query_id: uuid.UUID | None = None
    wait_s: Wait = 20.0


class Replayed(Model):
    answer: Answer
    replay: Replay


@router.post("/process", responses={202: {"model": Answer}})
async def process(
    given: Process, user: Asking, database: Database, pool: ThePool, questions: TheQuestions,
    once: TheOnce, response: Response,
) -> Answer:  # fmt: skip
    """Ask a question: 200 with its answer, or 202 while it is still on its way."""
    running = _Running(database, pool, questions, user, once, response)
    return await running.answer(given.session_id, given, given.wait_s)


@router.post("/run", responses={202: {"model": Answer}})
async def run(
    given: RunPlan, user: Asking, database: Database, pool: ThePool, questions: TheQuestions,
    once: TheOnce, response: Response,
) -> Answer:  # fmt: skip
    """Run a plan as it stands, such as one with an edited statement."""
    running = _Running(database, pool, questions, user, once, response)
    return await running.answer(given.session_id, given, given.wait_s)


@router.get("/{query_id}")
async def show(query_id: uuid.UUID, user: Asking, database: Database, pool: ThePool) -> Answer:
    """The answer, or how far it is."""
    return await _answer(pool, await readable(database, user.id, Query, query_id))


@router.post("/{query_id}/cancel", status_code=202)
async def cancel(
    query_id: uuid.UUID, user: Asking, database: Database, questions: TheQuestions
) -> dict[str, str]:
    """Stop it; one that is over stays as it is."""
    query = await owned(database, user.id, Query, query_id)
    questions.cancel(query_id, query.session_id)
    return {"status": "stopping"}


@router.post("/{query_id}/choose", responses={202: {"model": Answer}})
async def choose(
    query_id: uuid.UUID, given: Choice, user: Asking, database: Database, pool: ThePool,
    questions: TheQuestions, once: TheOnce, response: Response,
) -> Answer:  # fmt: skip
    """Answer a question that came back with readings, by one of them."""
    asked = await owned(database, user.id, Query, query_id)
    running = _Running(database, pool, questions, user, once, response)
    chosen = Chosen(result_id=query_id, option=given.option, query_id=given.query_id)
    return await running.answer(asked.session_id, chosen, given.wait_s)


@router.post("/{query_id}/replay")
async def replay(
    query_id: uuid.UUID, user: Asking, database: Database, pool: ThePool, questions: TheQuestions
) -> Replayed:
    """Compute the answer again from its plan, and say what is not as it was."""
    query = await owned(database, user.id, Query, query_id)
    session = await pool.session(query.session_id)
    again, cancel = new_id(), Cancel()
    async with questions.places.held(user.id):
        facts, report = await acall(
            lambda: session.replay(str(query_id), query_id=str(again), cancel=cancel), cancel=cancel
        )
    async with database.transaction() as writing:
        writing.add(
            Query(id=again, session_id=query.session_id, question=query.question,
                  state="succeeded", finished_at=now())
        )  # fmt: skip
    return Replayed(answer=answer(query.session_id, again, facts), replay=report)


@router.post("/{query_id}/save")
async def save(
    query_id: uuid.UUID, given: Named, user: Asking, database: Database, pool: ThePool
) -> Table:
    """Make the answer a table of its session."""
    query = await owned(database, user.id, Query, query_id)
    session = await pool.session(query.session_id)
    return hidden_place(await acall(session.save_as, str(query_id), given.name))


@router.get(
    "/{query_id}/results",
    response_model=RowPage,
    responses={200: {"content": {ARROW: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def results(
    query_id: uuid.UUID,
    user: Asking,
    database: Database,
    pool: ThePool,
    pages: ThePages,
    offset: Annotated[int, Parameter(ge=0)] = 0,
    limit: Annotated[int, Parameter(ge=1, le=MOST_ROWS)] = 100,
    sort_column: Annotated[tuple[str, ...], Parameter()] = (),
    sort_direction: Annotated[tuple[Literal["asc", "desc"], ...], Parameter()] = (),
    filter: str | None = None,
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Consecutive rows, in the order and by the filter that are asked for; all rows as Arrow.

    Several `sort_column` weigh in their order, each with its `sort_direction`.
    """
    query = await pages.query(
        user.id, query_id, lambda: readable(database, user.id, Query, query_id)
    )
    key = Key(query_id, offset, limit, (sort_column, sort_direction), filter or "")
    if ARROW not in accept and (kept := pages.get(key)):
        return Response(kept, media_type="application/json")
    session = await pool.session(query.session_id)
    facts = await acall(session.result, str(query_id))
    sort = sort_keys(sort_column, sort_direction, facts.columns)
    where = conditions(filter, facts.columns)
    if ARROW in accept:
        return _arrow(await acall(session.arrow, str(query_id), sort, where))
    page = await acall(session.page, str(query_id), offset, limit, sort, where)
    told = row_page(page, limit).model_dump_json().encode()
    pages.keep(key, told)
    return Response(told, media_type="application/json")


def _arrow(path: Path) -> FileResponse:
    """The file, which was written for this answer alone."""
    return FileResponse(path, media_type=ARROW, background=BackgroundTask(path.unlink))


@dataclass(frozen=True)
class _Running:
    """What a route that begins a run needs."""

    database: Store
    pool: ThePool
    questions: TheQuestions
    user: User
    once: Once
    response: Response

    async def answer(self, room: uuid.UUID, asks: Asks, seconds: float) -> Answer:
        """The answer when it is there in time, else how far it is."""
        await owned(self.database, self.user.id, Room, room)

        async def begin() -> list[uuid.UUID]:
            return [await self.questions.start(room, asks, self.user.id)]

        (query_id,) = await self.once.ids(begin)
        if not await self.questions.wait(query_id, seconds):
            self.response.status_code = 202
        query = await readable(self.database, self.user.id, Query, query_id)
        return await _answer(self.pool, query)


async def _answer(pool: ThePool, query: Query) -> Answer:
    if query.state == "succeeded":
        session = await pool.session(query.session_id)
        facts = await acall(session.result, str(query.id))
        return answer(query.session_id, query.id, facts)
    return Answer(
        session_id=query.session_id,
        query_id=query.id,
        query=query.question,
        status=query.state,
        error=query.error,
        timestamp=query.finished_at or query.created_at,
    )
