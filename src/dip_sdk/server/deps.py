"""What routes are given: the parts of the server, and who is asking.

All are coroutines: FastAPI sends plain functions to other threads, which takes longer than they do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from .asking import Questions
from .audit import Audit
from .auth.accounts import Accounts
from .exports import Exports
from .live import Hub
from .pages import Pages
from .parts import Parts
from .pool import Pool, Visit
from .problems import unauthorised
from .quota import Quota
from .settings import ServerSettings
from .stopping import Stopping
from .store.base import Store
from .store.users import User
from .uploads import Uploads

_bearer = HTTPBearer(auto_error=False, description="An access token, or a token for scripts.")


async def _settings(request: Request) -> ServerSettings:
    settings: ServerSettings = request.app.state.settings
    return settings


async def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


async def _accounts(request: Request) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


async def _visit(request: Request) -> AsyncIterator[Visit]:
    pool: Pool = request.app.state.pool
    async with pool.visit() as visit:
        yield visit


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


async def _questions(request: Request) -> Questions:
    questions: Questions = request.app.state.questions
    return questions


async def _exports(request: Request) -> Exports:
    exports: Exports = request.app.state.exports
    return exports


async def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


async def _uploads(request: Request) -> Uploads:
    uploads: Uploads = request.app.state.uploads
    return uploads


Settings = Annotated[ServerSettings, Depends(_settings)]
Database = Annotated[Store, Depends(_store)]
TheAccounts = Annotated[Accounts, Depends(_accounts)]
ThePool = Annotated[Visit, Depends(_visit)]
TheHub = Annotated[Hub, Depends(_hub)]
TheQuestions = Annotated[Questions, Depends(_questions)]

TheParts = Annotated[Parts, Depends(_parts)]
TheExports = Annotated[Exports, Depends(_exports)]
ThePages = Annotated[Pages, Depends(_pages)]
TheUploads = Annotated[Uploads, Depends(_uploads)]


async def _quota(request: Request) -> Quota:
    quota: Quota = request.app.state.quota
    return quota


TheQuota = Annotated[Quota, Depends(_quota)]


async def _stopping(request: Request) -> Stopping:
    stopping: Stopping = request.app.state.stopping
    return stopping


TheEnd = Annotated[Stopping, Depends(_stopping)]


async def _audit(request: Request) -> Audit:
    return Audit(request)


Audited = Annotated[Audit, Depends(_audit)]
"""Where a route writes down what it did."""


async def _asking(
    request: Request,
    accounts: TheAccounts,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> User:
    if given is None:
        raise unauthorised()
    user = await accounts.who(given.credentials)
    request.state.user_id = user.id
    return user


Asking = Annotated[User, Depends(_asking)]
"""The user who asks; a route with it is refused without a token."""
