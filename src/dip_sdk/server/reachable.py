"""Whether an object store can be worked with, tried out before anything depends on it."""

from __future__ import annotations

import uuid
from contextlib import suppress

from ..types.errors import ConfigError
from .objects import Newer, NoObject, Objects, ObjectsAway, Refused, opened


def unreachable(url: str) -> tuple[str, ...]:
    """Why the store cannot be worked with, each a sentence; () where it can."""
    try:
        if _keeps_versions(opened(url)):
            return ()
    except ConfigError as error:
        return (f"{error.message} {error.hint}",)
    except NoObject:
        return ("There is no such bucket: make it, or look at DIP_OBJECTS.",)
    except Refused:
        return (
            "The object store refuses us: look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    except ObjectsAway:
        return ("The object store does not answer: look at DIP_OBJECTS and AWS_ENDPOINT_URL.",)
    return ("The object store overwrites what is newer: it knows no conditional writes.",)


def _keeps_versions(objects: Objects) -> bool:
    """Whether it refuses to replace what is of another version; some take it, and say nothing."""
    name = f"check/{uuid.uuid4().hex}"
    version = objects.swap(name, b"1", None)
    try:
        objects.swap(name, b"2", version)
        for old in (version, None):
            with suppress(Newer):
                objects.swap(name, b"3", old)
                return False
        return True
    finally:
        objects.delete([name])
