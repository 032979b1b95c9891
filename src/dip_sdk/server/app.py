"""The application: its parts put together, from the settings to the routes."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from .._version import __version__
from . import problems
from .auth.accounts import Accounts
from .exports import Exports
from .parts import working
from .queueing import Places
from .routes import auth, events, exports, files, health, queries, sessions, tables, uploads
from .settings import ServerSettings
from .uploads import Uploads

LARGEST_BODY = 1 << 20
"""Bytes of a request that is no upload."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Every answer carries these; a page of ours brings its own policy."""


def application(settings: ServerSettings) -> FastAPI:
    """The app over these settings; its lifespan opens the database and brings it up to date."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with working(settings) as parts:
            store = parts.store
            app.state.parts, app.state.store, app.state.hub = parts, store, parts.hub
            app.state.pool, app.state.questions = parts.pool, parts.runs
            parts.runs.places = Places(settings.queries, settings.queries_per_user)
            app.state.accounts = Accounts(store, settings)
            app.state.exports = Exports(store, settings.folder / "exports")
            app.state.uploads = Uploads(store, settings.folder / "uploads", settings.upload_mb)
            yield

    app = FastAPI(
        title="DIP",
        version=__version__,
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.settings = settings
    problems.install(app)
    app.include_router(health.router)
    api = APIRouter(prefix="/api/v1")
    api.include_router(health.api)
    for part in (auth, sessions, tables, queries, exports, events):
        api.include_router(part.router)
    api.include_router(files.of_session)
    api.include_router(files.uploading(settings.upload_mb))
    api.include_router(uploads.in_pieces(settings.upload_mb))
    api.include_router(files.router)
    app.include_router(api)
    app.include_router(events.sockets)
    app.middleware("http")(_named_and_guarded)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE", "HEAD"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    return app


async def _named_and_guarded(
    request: Request, call: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Each request has a number, told in its answer and in the log."""
    request.state.request_id = uuid.uuid4().hex
    response = await call(request)
    response.headers["X-Request-ID"] = request.state.request_id
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
