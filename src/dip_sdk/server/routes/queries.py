"""`/query`: questions, their answers, and the rows of those."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from pydantic import Field

from ...engine.bridge import Cancel, acall
from ...engine.planner.base import Question
from ...engine.session import Session
from ...types.base import Model
from ...types.events import Event
from ...types.plan import Plan
from ...types.result import Replay
from ...types.values import Wire
from ..answers import MOST_ROWS, Answer, RowPage, answer, conditions, row_page, sort_key
from ..deps import Asking, Database, ThePool, TheQuestions
from ..problems import not_found
from ..store import rooms
from ..store.base import Store
from ..store.rooms import Query
from ..store.users import User
from .sessions import own_room

router = APIRouter(prefix="/query", tags=["query"])

LONGEST_WAIT = 60.0
Planner = Literal["auto", "rules", "claude"]


class Process(Model, extra="forbid"):
    session_id: uuid.UUID
    query: Annotated[str, Field(min_length=1, max_length=10_000)]
    params: dict[str, Wire] = Field(default_factory=dict)
    planner: Planner | None = None
    on: tuple[str, ...] = ()
    wait_s: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 20.0
    """Seconds to wait for the answer; after that it is fetched by its id."""


class RunPlan(Model, extra="forbid"):
    session_id: uuid.UUID
    plan: Plan
    wait_s: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 20.0


class Chosen(Model, extra="forbid"):
    option: Annotated[int, Field(ge=0)]
    wait_s: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 20.0


class Replayed(Model):
    answer: Answer
    replay: Replay


@router.post("/process", responses={202: {"model": Answer}})
async def process(
    given: Process, user: Asking, database: Database, pool: ThePool, questions: TheQuestions,
    response: Response,
) -> Answer:  # fmt: skip
    """Ask a question: 200 with its answer, or 202 while it is still on its way."""
    await own_room(database, user, given.session_id)
    question = Question(given.query, given.params)

    def make(session: Session, query_id: str, cancel: Cancel) -> Iterator[Event]:
        return session.ask(
            question, planner=given.planner, on=given.on, query_id=query_id, cancel=cancel
        )

    query_id = await questions.start(given.session_id, given.query, make)
    return await _waited(database, pool, questions, user, query_id, given.wait_s, response)


@router.post("/run", responses={202: {"model": Answer}})
async def run(
    given: RunPlan, user: Asking, database: Database, pool: ThePool, questions: TheQuestions,
    response: Response,
) -> Answer:  # fmt: skip
    """Run a plan as it stands, such as one with an edited statement."""
    await own_room(database, user, given.session_id)

    def make(session: Session, query_id: str, cancel: Cancel) -> Iterator[Event]:
        return session.run(given.plan, query_id=query_id, cancel=cancel)

    query_id = await questions.start(given.session_id, given.plan.question, make)
    return await _waited(database, pool, questions, user, query_id, given.wait_s, response)


@router.get("/{query_id}")
async def show(query_id: uuid.UUID, user: Asking, database: Database, pool: ThePool) -> Answer:
    """The answer, or how far it is."""
    return await _answer(pool, await _own_query(database, user, query_id))


@router.post("/{query_id}/cancel", status_code=202)
async def cancel(
    query_id: uuid.UUID, user: Asking, database: Database, questions: TheQuestions
) -> dict[str, str]:
    """Stop it; one that is over stays as it is."""
    query = await _own_query(database, user, query_id)
    questions.cancel(query_id, query.session_id)
    return {"status": "stopping"}


@router.post("/{query_id}/choose", responses={202: {"model": Answer}})
async def choose(
    query_id: uuid.UUID, given: Chosen, user: Asking, database: Database, pool: ThePool,
    questions: TheQuestions, response: Response,
) -> Answer:  # fmt: skip
    """Answer a question that came back with readings, by one of them."""
    asked = await _own_query(database, user, query_id)

    def make(session: Session, new_id: str, cancel: Cancel) -> Iterator[Event]:
        return session.choose(str(query_id), given.option, query_id=new_id, cancel=cancel)

    chosen = await questions.start(asked.session_id, asked.question, make)
    return await _waited(database, pool, questions, user, chosen, given.wait_s, response)


@router.post("/{query_id}/replay")
async def replay(query_id: uuid.UUID, user: Asking, database: Database, pool: ThePool) -> Replayed:
    """Compute the answer again from its plan, and say what is not as it was."""
    query = await _own_query(database, user, query_id)
    session = await pool.session(query.session_id)
    cancel = Cancel()
    facts, report = await acall(lambda: session.replay(str(query_id), cancel=cancel), cancel=cancel)
    return Replayed(answer=answer(query.session_id, query_id, facts), replay=report)


@router.get("/{query_id}/results")
async def results(
    query_id: uuid.UUID,
    user: Asking,
    database: Database,
    pool: ThePool,
    offset: Annotated[int, Parameter(ge=0)] = 0,
    limit: Annotated[int, Parameter(ge=1, le=MOST_ROWS)] = 100,
    sort_column: str | None = None,
    sort_direction: Literal["asc", "desc"] = "asc",
    filter: str | None = None,
) -> RowPage:
    """Consecutive rows, in the order and by the filter that are asked for."""
    query = await _own_query(database, user, query_id)
    session = await pool.session(query.session_id)
    facts = await acall(session.result, str(query_id))
    sort = sort_key(sort_column, sort_direction, facts.columns)
    where = conditions(filter, facts.columns)
    page = await acall(session.page, str(query_id), offset, limit, sort, where)
    return row_page(page, limit)


async def _waited(
    database: Store, pool: ThePool, questions: TheQuestions, user: User, query_id: uuid.UUID,
    seconds: float, response: Response,
) -> Answer:  # fmt: skip
    """The answer when it is there in time; an error as itself."""
    if not await questions.wait(query_id, seconds):
        response.status_code = 202
    return await _answer(pool, await _own_query(database, user, query_id))


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


async def _own_query(database: Store, user: User, query_id: uuid.UUID) -> Query:
    async with database.transaction() as session:
        query = await rooms.owned_query(session, user.id, query_id)
    if query is None:
        raise not_found("query")
    return query
