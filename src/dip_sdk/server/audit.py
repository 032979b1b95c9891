"""Who did what to accounts and belongings, from where: the logger `dip_sdk.audit`."""

from __future__ import annotations

import logging
import uuid
from typing import Literal

from fastapi import Request

log = logging.getLogger("dip_sdk.audit")

Deed = Literal[
    "registered", "login", "login_failed", "password_changed", "token_made", "token_taken_back",
    "account_deleted", "session_deleted", "export_made", "invited", "invitation_accepted",
    "member_removed",
]  # fmt: skip


class Audit:
    """Writes down what one request did; the log adds its number."""

    def __init__(self, request: Request) -> None:
        self.address = request.client.host if request.client else ""

    def note(self, deed: Deed, user: uuid.UUID | None = None, **more: str | uuid.UUID) -> None:
        """`more` are ids, and for an attempt that failed the account it was made on."""
        told = {"user": user and str(user), "address": self.address}
        log.info(deed, extra=told | {name: str(value) for name, value in more.items()})
