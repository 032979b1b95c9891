"""An answer in other forms: as code, and as a plan that was changed and can be run."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from ...engine.bridge import acall
from ...render import code
from ...render.plans import edited, restyled
from ...types.base import Model
from ...types.plan import Mark, Plan
from ...types.result import ResultFacts
from ..deps import Asking, Database, ThePool
from ..given import Words
from ..store.access import readable
from ..store.rooms import Query as Asked
from .tables import hidden_places

router = APIRouter(prefix="/query/{query_id}", tags=["query"])


class Code(Model):
    language: Literal["sql", "pandas"]
    code: str


@router.get("/code")
async def as_code(
    query_id: uuid.UUID,
    user: Asking,
    database: Database,
    pool: ThePool,
    language: Literal["sql", "pandas"] = "sql",
) -> Code:
    """Code that computes the answer without DIP: one statement, or a Python script."""
    query = await readable(database, user.id, Asked, query_id)
    session = await pool.session(query.session_id)
    facts: ResultFacts = await acall(session.result, str(query_id))
    if language == "sql":
        return Code(language=language, code=code.sql(facts))
    datasets = tuple(hidden_places(one) for one in await acall(session.datasets))
    return Code(language=language, code=code.pandas(facts, datasets))


@router.get("/plan")
async def as_plan(
    query_id: uuid.UUID,
    user: Asking,
    database: Database,
    pool: ThePool,
    sql: Annotated[Words | None, Query(max_length=50_000)] = None,
    mark: Mark | None = None,
) -> Plan:
    """The answer's plan; with another last statement, or drawn as another mark. `/query/run`
    runs it."""
    query = await readable(database, user.id, Asked, query_id)
    session = await pool.session(query.session_id)
    facts: ResultFacts = await acall(session.result, str(query_id))
    plan = edited(facts, sql) if sql else None
    if mark:
        plan = restyled(facts.model_copy(update={"plan": plan}) if plan else facts, {"mark": mark})
    return plan or facts.plan or Plan(question=facts.question, planner=facts.planner, steps=())
