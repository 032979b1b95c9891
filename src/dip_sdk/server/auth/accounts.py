"""What a user does with an account: register, log in, stay, leave."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..kept import Kept
from ..problems import Problem, unauthorised
from ..settings import ServerSettings
from ..store import users
from ..store.base import Store, now
from ..store.users import ApiToken, RefreshToken, User
from ..wake import News, Wake
from .attempts import Attempts
from .passwords import Passwords
from .tokens import API_PREFIX, access_token, hashed, opaque, read_access

GRACE = timedelta(seconds=10)
"""A refresh token that was used may be used again so long: its answer may have been lost."""
MOST_TOKENS = 50
TRUSTED = 5.0
"""Seconds for which a user who was let in is not looked up again.

So long another process may let somebody in who was locked out here, where Redis does not tell it.
"""
CONFIRMING = "confirming"
"""In the place of an address, where it is a token that tries passwords."""


@dataclass(frozen=True)
class Login:
    """What lets a user in: an access token, and the one that gets the next."""

    user: User
    access: str
    refresh: str


class Accounts:
    """The verbs of `/auth`."""

    def __init__(
        self, store: Store, settings: ServerSettings, wake: Wake, attempts: Attempts
    ) -> None:
        self._store = store
        self._wake = wake
        self._known: Kept[str, User] = Kept(TRUSTED)
        """By user, and by the hash of a token for scripts."""
        wake.subscribe(self._hear)
        self._settings = settings
        self._passwords = Passwords()
        self._attempts = attempts

    async def register(self, email: str, password: str) -> Login:
        """A new account, logged in. Raises a problem where registration is closed."""
        if self._settings.registration != "open":
            raise Problem(403, "registration_closed", "New accounts are made by the operator.")
        password_hash = await self._passwords.hash(password)
        try:
            async with self._store.transaction() as session:
                user = User(email=email.casefold(), password_hash=password_hash, version=1)
                session.add(user)
                await session.flush()
                return self._login(session, user)
        except IntegrityError:
            raise Problem(
                409, "email_taken", "There is an account of this email.", hint="Log in instead."
            ) from None

    async def login(self, email: str, password: str, address: str) -> Login:
        """Raises the same problem for a wrong password as for an account that is not there."""
        account = email.casefold()
        await self._attempts.count(account, address)
        async with self._store.transaction() as session:
            user = await users.user_by_email(session, account)
        known = user.password_hash if user else None
        if not await self._passwords.verify(password, known) or user is None:
            raise Problem(401, "wrong_login", "Email or password is wrong.")
        await self._attempts.forgive(account, address)
        async with self._store.transaction() as session:
            return self._login(session, user)

    async def refresh(self, token: str) -> Login:
        """The next pair of tokens; one used long ago ends all that came from the same login."""
        async with self._store.transaction() as session:
            found = await users.take(session, hashed(token))
            user = await session.get(User, found.user_id) if found else None
            stolen = found is not None and found.used_at and now() - found.used_at > GRACE
            if found is not None and stolen:
                await users.end_family(session, found.family)
            elif found is not None and user is not None and found.expires_at > now():
                found.used_at = found.used_at or now()
                return self._login(session, user, found.family)
        raise unauthorised("This login is over.")

    async def logout(self, token: str) -> None:
        """End the login that the token belongs to; one that is over is no error."""
        async with self._store.transaction() as session:
            found = await users.take(session, hashed(token))
            if found is not None:
                await users.end_family(session, found.family)

    async def who(self, token: str) -> User:
        """The user of an access token or of a token for scripts."""
        if token.startswith(API_PREFIX):
            key = hashed(token)
            user = await self._known.get(key, lambda: self._owner(key))
        else:
            access = read_access(self._settings, token)
            user = await self._known.get(str(access.user_id), lambda: self._user(access.user_id))
            if user is not None and user.version != access.version:  # changed elsewhere, perhaps
                user = await self._user(access.user_id)
            user = user if user and user.version == access.version else None
        if user is None:
            raise unauthorised("The token is not one of ours, or was taken back.")
        return user

    async def _owner(self, token_hash: str) -> User | None:
        async with self._store.transaction() as session:
            return await users.token_owner(session, token_hash)

    async def _user(self, user_id: uuid.UUID) -> User | None:
        async with self._store.transaction() as session:
            return await session.get(User, user_id)

    def _hear(self, news: News) -> None:
        if news.kind == "account":
            self._known.forget(lambda _, user: user.id == news.room)

    def _changed(self, user_id: uuid.UUID) -> None:
        """What was let in before is looked up again, in every process."""
        news = News(user_id, "account")
        self._hear(news)
        self._wake.announce(news)

    async def change_password(self, user: User, old: str, new: str) -> Login:
        """Everything that was logged in with the old password is logged out."""
        await self._confirm(user, old, "The old password is wrong.")
        password_hash = await self._passwords.hash(new)
        async with self._store.transaction() as session:
            kept = await session.get_one(User, user.id, with_for_update=True)
            kept.password_hash = password_hash
            kept.version += 1
            await users.end_all(session, user.id)
            made = self._login(session, kept)
        self._changed(user.id)
        return made

    async def delete(self, user: User, password: str) -> None:
        """The account and everything that belongs to it."""
        await self._confirm(user, password, "The password is wrong.")
        async with self._store.transaction() as session:
            await session.delete(await session.get_one(User, user.id))
        self._changed(user.id)

    async def new_token(self, user: User, name: str) -> tuple[ApiToken, str]:
        """A token for scripts, and its text, which nobody can show again."""
        text = opaque(API_PREFIX)
        async with self._store.transaction() as session:
            if len(await users.api_tokens(session, user.id)) >= MOST_TOKENS:
                raise Problem(409, "too_many_tokens", f"{MOST_TOKENS} tokens are the most.")
            token = ApiToken(user_id=user.id, name=name, token_hash=hashed(text), ending=text[-4:])
            session.add(token)
        return token, text

    async def tokens(self, user: User) -> list[ApiToken]:
        async with self._store.transaction() as session:
            return await users.api_tokens(session, user.id)

    async def drop_token(self, user: User, token_id: uuid.UUID) -> bool:
        async with self._store.transaction() as session:
            dropped = await users.drop_api_token(session, user.id, token_id)
        self._changed(user.id)
        return dropped

    async def _confirm(self, user: User, password: str, no: str) -> None:
        """Whoever has a token still has to know the password, and may not try for ever."""
        await self._attempts.count(user.email, CONFIRMING)
        now_kept = await self._user(user.id)  # not what was known of them some seconds ago
        if now_kept is None or now_kept.version != user.version:
            raise unauthorised("The password was changed.")
        if not await self._passwords.verify(password, now_kept.password_hash):
            raise Problem(403, "wrong_password", no)
        await self._attempts.forgive(user.email, CONFIRMING)

    def _login(self, session: AsyncSession, user: User, family: uuid.UUID | None = None) -> Login:
        """A pair of tokens; without a family it begins one."""
        text = opaque()
        session.add(
            RefreshToken(
                user_id=user.id,
                family=family or uuid.uuid4(),
                token_hash=hashed(text),
                expires_at=now() + timedelta(days=self._settings.refresh_days),
            )
        )
        return Login(user, access_token(self._settings, user.id, user.version), text)
