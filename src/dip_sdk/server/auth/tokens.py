"""Access tokens (JWT, short-lived) and opaque ones, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

from ..problems import unauthorised
from ..settings import ServerSettings
from ..store.base import now

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "dip"
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti", "ver"]
API_PREFIX = "dip_"
LEEWAY = 30
"""Seconds by which clocks may differ."""


@dataclass(frozen=True)
class Access:
    """What an access token says."""

    user_id: uuid.UUID
    version: int


def access_token(settings: ServerSettings, user_id: uuid.UUID, version: int) -> str:
    """A signed token that lets a user in for some minutes."""
    issued = now()
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "ver": version,
        "jti": uuid.uuid4().hex,
        "iat": issued,
        "exp": issued + timedelta(minutes=settings.access_minutes),
    }
    return jwt.encode(claims, settings.secret.get_secret_value(), algorithm=ALGORITHM)


def read_access(settings: ServerSettings, token: str) -> Access:
    """What a token says, when one of our keys signed it and it is not over; else a problem."""
    keys = [key for key in (settings.secret, settings.secret_before) if key is not None]
    for key in keys:
        try:
            claims = jwt.decode(
                token,
                key.get_secret_value(),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
            return Access(uuid.UUID(claims["sub"]), int(claims["ver"]))
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError:
            raise unauthorised("The access token is over.") from None
        except (jwt.InvalidTokenError, ValueError, TypeError):
            break
    raise unauthorised("The access token is not one of ours.")


def opaque(prefix: str = "") -> str:
    """256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of an opaque token."""
    return hashlib.sha256(token.encode()).hexdigest()
