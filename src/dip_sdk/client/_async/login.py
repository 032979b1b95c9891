"""From an email address and a password to a token for a client."""

from __future__ import annotations

import os
import socket

from ..core import calls
from ..core.calls import Call, path
from ..core.config import TIMEOUT
from .http import AsyncHttp


async def login(
    url: str, email: str, password: str, *, register: bool = False, name: str = ""
) -> str:
    """A token for `Client(url, token=...)`, valid until it is taken back.

    With `register` the account is made first. `name` tells the token from others in the account's
    list; "" is the name of this machine. Raises `ApiError` when the backend lets nobody in,
    `ConnectionFailed`.
    """
    address = calls.base(url, insecure=bool(os.environ.get("DIP_INSECURE")))
    who = {"email": email, "password": password}
    http = AsyncHttp(address, None, TIMEOUT, max_retries=2)
    try:
        way = "register" if register else "login"
        reply = await http.send(Call("POST", path("auth", way), json=who, again=False))
        access = reply.json()["access_token"]
        told = Call(
            "POST",
            path("auth", "tokens"),
            json={"name": (name or socket.gethostname())[:100]},
            headers={"Authorization": f"Bearer {access}"},
            again=False,
        )
        token: str = (await http.send(told)).json()["token"]
        return token
    finally:
        await http.close()
