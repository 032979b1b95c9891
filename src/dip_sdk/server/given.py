"""What clients send, checked before it goes anywhere: words that can be kept, times that are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticSerializationError

M = TypeVar("M", bound=BaseModel)


def words(value: str) -> str:
    """The text. Raises `ValueError` for one that PostgreSQL or UTF-8 cannot hold."""
    if "\0" in value:
        raise ValueError("A text cannot hold the character 0")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("A text cannot hold half a character") from None
    return value


def sendable(value: M) -> M:
    """The model. Raises `ValueError` when a text in it cannot be written as JSON again."""
    try:
        value.model_dump_json()
    except (PydanticSerializationError, UnicodeEncodeError):
        raise ValueError("A text in it cannot hold half a character") from None
    return value


def in_utc(value: datetime) -> datetime:
    """The time in UTC. Raises `ValueError` where it has no zone or lies outside the calendar."""
    if value.tzinfo is None:
        raise ValueError("The time needs its zone, such as Z")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("The time lies outside the calendar") from None


Words = Annotated[str, AfterValidator(words)]
Moment = Annotated[datetime, AfterValidator(in_utc)]
