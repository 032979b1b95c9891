"""A conversation: its settings, its turns and what is kept of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from .base import Model
from .plan import Plan


class Settings(Model):
    """What a session assumes where data and question leave it open."""

    today: date | None = None
    """None: the day the question is asked."""
    day_first: bool | None = None
    decimal: Literal[".", ","] | None = None
    week_start: Literal["monday", "sunday"] = "monday"
    fiscal_start: int = 1
    """Month (1 to 12) in which the fiscal year begins."""
    currency: str = ""


class Turn(Model):
    """One question of a session and which result answered it."""

    question: str
    result_id: str
    at: datetime


class Invitation(Model):
    """Lets the user of one e-mail read a session; pass the token on, nobody is shown it again."""

    email: str
    token: str
    expires_at: datetime


class Member(Model):
    """Somebody who may read a session, or may once they accept their invitation."""

    email: str
    accepted: bool
    at: datetime
    """When they accepted, or were invited."""


class Shared(Model):
    """A session of somebody else, which this user may read."""

    id: str
    name: str
    owner: str
    """Their e-mail."""


class Choice(Model):
    """A question with several readings, and the one that was chosen."""

    question: str
    label: str
    plan: Plan


class Derived(Model):
    """A result that was saved as a table of the session."""

    table: str
    result_id: str


class Limits(Model):
    """What a worker may use."""

    memory_mb: int = 0
    """0: half of the machine's memory, at most 8 GiB."""
    threads: int = 0
    """0: all processors."""
    disk_mb: int = 20_000
    """Temporary files of a query that spills."""
    seconds: float = 600.0
    """One step."""
    upload_mb: int = 50_000
