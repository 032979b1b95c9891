"""The application: its parts put together, from the settings to the routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from .._version import __version__
from . import doors, logs, problems, refusals
from .auth.accounts import Accounts
from .auth.attempts import Attempts
from .pages import Pages
from .parts import working
from .quota import Quota
from .routes import (
    auth,
    events,
    exports,
    files,
    forms,
    health,
    metrics,
    page,
    queries,
    sessions,
    shares,
    tables,
    uploads,
)
from .settings import ServerSettings
from .stopping import Stopping
from .tracing import Tracing, sending
from .watch import Watch

LARGEST_BODY = 1 << 20
"""Bytes of a request that is no upload."""


def application(settings: ServerSettings) -> FastAPI:
    """The app over these settings; its lifespan opens the database and brings it up to date."""

    tracing = Tracing(settings.traces_to)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with logs.written(settings.log, audit=settings.audit == "on"):
            doors.warn(settings)
            async with (
                sending(tracing),
                working(settings) as parts,
                Attempts(settings.redis_url) as attempts,
            ):
                store = parts.store
                app.state.parts, app.state.store, app.state.hub = parts, store, parts.hub
                parts.runs.tracer = tracing.tracer
                app.state.pool, app.state.questions = parts.pool, parts.runs
                app.state.quota = Quota(store, settings.quota_mb)
                app.state.accounts = Accounts(store, settings, parts.wake, attempts)
                app.state.pages = Pages()
                parts.hub.on_leave(app.state.pages.leave)
                app.state.exports = parts.exports
                app.state.uploads = parts.uploads
                app.state.stopping = Stopping(parts.runs, parts.hub, settings.grace_s)
                with app.state.stopping.on_signals():
                    yield

    app = FastAPI(
        title="DIP",
        version=__version__,
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
        telemetry=tracing.telemetry,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.settings = settings
    problems.install(app)
    refusals.document(app)
    app.include_router(health.router)
    app.include_router(metrics.router)
    api = APIRouter(prefix="/api/v1", responses=refusals.RESPONSES)
    api.include_router(health.api)
    for part in (auth, sessions, shares, tables, queries, forms, exports, events):
        api.include_router(part.router)
    api.include_router(files.of_session)
    api.include_router(files.uploading(settings.upload_mb))
    api.include_router(uploads.in_pieces(settings.upload_mb))
    api.include_router(files.router)
    app.include_router(api)
    app.include_router(events.sockets)
    page.install(app)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE", "HEAD"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    app.add_middleware(Watch)
    return app
