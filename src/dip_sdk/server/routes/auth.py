"""`/auth`: accounts and what lets them in."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Cookie, Response
from pydantic import AfterValidator, Field, StringConstraints

from ...types.base import Model
from .. import metrics
from ..auth.accounts import Login
from ..auth.passwords import LONGEST
from ..auth.tickets import LIVES, new_ticket
from ..deps import Asking, Audited, Database, Settings, TheAccounts, TheHub, TheParts
from ..given import Words, words
from ..problems import Problem, not_found, unauthorised
from ..store.access import readable
from ..store.rooms import Room

router = APIRouter(prefix="/auth", tags=["auth"])

COOKIE = "dip_refresh"
COOKIE_PATH = "/api/v1/auth"
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    AfterValidator(words),
]
Password = Annotated[str, Field(min_length=8, max_length=LONGEST)]
Refresh = Annotated[str | None, Cookie(alias=COOKIE)]


class Credentials(Model, extra="forbid"):
    email: Email
    password: Password
    cookie: bool = False
    """A page asks for its refresh token as a cookie that no script can read."""


class Token(Model, extra="forbid"):
    refresh_token: Words | None = None
    """Left out by a page, whose cookie holds it."""


class Renewal(Token):
    resume: bool = False
    """A page that is opened asks whether somebody is logged in: that nobody is, is no error."""


class NewPassword(Model, extra="forbid"):
    old: Annotated[str, Field(max_length=LONGEST)]
    new: Password


class Confirmation(Model, extra="forbid"):
    password: Annotated[str, Field(max_length=LONGEST)]


class TokenName(Model, extra="forbid"):
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
        AfterValidator(words),
    ]


class TicketFor(Model, extra="forbid"):
    session_id: uuid.UUID


class TicketOut(Model):
    ticket: str
    expires_in: int


class LoggedIn(Model):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the kind, no token
    expires_in: int
    """Seconds."""
    refresh_token: str | None = None


class Me(Model):
    id: uuid.UUID
    email: str
    created_at: datetime


class ScriptToken(Model):
    id: uuid.UUID
    name: str
    ending: str
    created_at: datetime
    last_used_at: datetime | None = None
    token: str | None = None
    """Its text, only when it is made."""


@router.post("/register")
async def register(
    given: Credentials, accounts: TheAccounts, settings: Settings, audit: Audited,
    response: Response,
) -> LoggedIn:  # fmt: skip
    """Make an account and log in."""
    login = await accounts.register(given.email, given.password)
    audit.note("registered", login.user.id)
    return _answer(login, settings, response, given.cookie)


@router.post("/login")
async def login(
    given: Credentials,
    accounts: TheAccounts,
    settings: Settings,
    audit: Audited,
    response: Response,
) -> LoggedIn:
    """Log in."""
    try:
        made = await accounts.login(given.email, given.password, audit.address)
    except Problem as refused:
        audit.note("login_failed", account=given.email, reason=refused.code)
        metrics.LOGINS.labels(refused.code).inc()
        raise
    audit.note("login", made.user.id)
    metrics.LOGINS.labels("ok").inc()
    return _answer(made, settings, response, given.cookie)


@router.post(
    "/refresh", response_model=LoggedIn, responses={204: {"description": "Nobody is logged in."}}
)
async def refresh(
    given: Renewal,
    accounts: TheAccounts,
    settings: Settings,
    response: Response,
    kept: Refresh = None,
) -> LoggedIn | Response:
    """The next access token; the refresh token is exchanged with it."""
    token = given.refresh_token or kept
    if not token and given.resume:
        return Response(status_code=204)
    if not token:
        raise unauthorised("There is no refresh token.")
    made = await accounts.refresh(token)
    return _answer(made, settings, response, given.refresh_token is None)


@router.post("/logout", status_code=204)
async def logout(
    given: Token, accounts: TheAccounts, response: Response, kept: Refresh = None
) -> None:
    """End this login."""
    if token := given.refresh_token or kept:
        await accounts.logout(token)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)


@router.get("/me")
async def me(user: Asking) -> Me:
    """Who is asking."""
    return Me(id=user.id, email=user.email, created_at=user.created_at)


@router.delete("/me", status_code=204)
async def delete_me(
    given: Confirmation,
    user: Asking,
    accounts: TheAccounts,
    hub: TheHub,
    audit: Audited,
    parts: TheParts,
) -> None:
    """Delete the account with everything in it."""
    left = await parts.sweep.belongings(Room.owner_id == user.id)
    await accounts.delete(user, given.password)
    hub.end_of(user.id)
    await parts.sweep.forget(left)
    audit.note("account_deleted", user.id)


@router.post("/password")
async def password(
    given: NewPassword, user: Asking, accounts: TheAccounts, settings: Settings, audit: Audited,
    hub: TheHub, response: Response,
) -> LoggedIn:  # fmt: skip
    """Another password; every other login ends."""
    made = await accounts.change_password(user, given.old, given.new)
    hub.end_of(user.id)
    audit.note("password_changed", user.id)
    return _answer(made, settings, response, cookie=False)


@router.post("/tickets")
async def ticket(given: TicketFor, user: Asking, database: Database) -> TicketOut:
    """A ticket for one socket, good once and for half a minute."""
    await readable(database, user.id, Room, given.session_id)
    text = await new_ticket(database, user, given.session_id)
    return TicketOut(ticket=text, expires_in=int(LIVES.total_seconds()))


@router.get("/tokens")
async def tokens(user: Asking, accounts: TheAccounts) -> list[ScriptToken]:
    """The tokens for scripts, without their text."""
    return [
        ScriptToken.model_validate(t, from_attributes=True) for t in await accounts.tokens(user)
    ]


@router.post("/tokens", status_code=201)
async def new_token(
    given: TokenName, user: Asking, accounts: TheAccounts, audit: Audited
) -> ScriptToken:
    """Make a token for scripts; its text is shown this once."""
    made, text = await accounts.new_token(user, given.name)
    audit.note("token_made", user.id, token=made.id)
    told = ScriptToken.model_validate(made, from_attributes=True)
    return told.model_copy(update={"token": text})


@router.delete("/tokens/{token_id}", status_code=204)
async def drop_token(
    token_id: uuid.UUID, user: Asking, accounts: TheAccounts, hub: TheHub, audit: Audited
) -> None:
    """Take a token for scripts back."""
    if not await accounts.drop_token(user, token_id):
        raise not_found("token")
    hub.end_of(user.id)
    audit.note("token_taken_back", user.id, token=token_id)


def _answer(login: Login, settings: Settings, response: Response, cookie: bool) -> LoggedIn:
    seconds = settings.access_minutes * 60
    response.headers["Cache-Control"] = "no-store"
    if cookie:
        response.set_cookie(
            COOKIE,
            login.refresh,
            max_age=settings.refresh_days * 86_400,
            path=COOKIE_PATH,
            httponly=True,
            samesite="strict",
            secure=not settings.embedded,
        )
    return LoggedIn(
        access_token=login.access,
        expires_in=seconds,
        refresh_token=None if cookie else login.refresh,
    )
