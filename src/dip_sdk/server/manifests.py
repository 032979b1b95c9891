"""What the object store has of each session: its state and its files, replaced as a whole.

A manifest is replaced by its version (`If-Match` with its ETag), and whoever opens a session
replaces it at once. A process that lost its lease in between holds a version that is no more, so
nothing that it writes counts, whatever it believes.
"""

from __future__ import annotations

from contextlib import suppress

from pydantic import Field, ValidationError

from ..types.base import Model
from .cache import Blob
from .objects import Newer, NoObject, Objects
from .problems import Problem

SESSIONS = "sessions"
TRIES = 3


class Manifest(Model):
    """A session at one moment."""

    generation: int = 0
    """How often it was replaced, for whoever looks."""
    process: str = ""
    """Who wrote it."""
    state: str | None = None
    """Its `session.json`."""
    files: dict[str, Blob] = Field(default_factory=dict)
    """Path in its folder -> content."""


class Manifests:
    """The manifests of all sessions, as one process reads and writes them."""

    def __init__(self, objects: Objects, process: str) -> None:
        self._objects = objects
        self._process = process

    def claim(self, room: str) -> tuple[Manifest, str]:
        """(manifest, version), which from now on only this process can replace.

        Raises a problem (500, `session_damaged`) where it is lost.
        """
        for _ in range(TRIES):
            found, version = self._read(room)
            with suppress(Newer):
                return self._write(room, found, version)
        raise moved()

    def replace(
        self, room: str, before: Manifest, version: str, state: str | None, files: dict[str, Blob]
    ) -> tuple[Manifest, str]:
        """The same with other content. Raises `Newer` where another process has claimed it."""
        changed = before.model_copy(update={"state": state, "files": files})
        return self._write(room, changed, version)

    def _read(self, room: str) -> tuple[Manifest, str | None]:
        try:
            content, version = self._objects.read(_name(room))
            return Manifest.model_validate_json(content), version
        except NoObject:
            if any(self._objects.entries(blobs(room))):
                raise damaged("Its manifest is missing") from None
            return Manifest(), None
        except ValidationError as error:
            raise damaged("Its manifest cannot be read") from error

    def _write(self, room: str, manifest: Manifest, version: str | None) -> tuple[Manifest, str]:
        ours = {"generation": manifest.generation + 1, "process": self._process}
        written = manifest.model_copy(update=ours)
        content = written.model_dump_json().encode()
        try:
            return written, self._objects.swap(_name(room), content, version)
        except Newer:  # or an answer was lost, and we asked twice
            with suppress(NoObject):
                kept, newer = self._objects.read(_name(room))
                if kept == content:
                    return written, newer
            raise


def blobs(room: str) -> str:
    """The folder of a session's files in the store."""
    return f"{SESSIONS}/{room}/blobs"


def moved() -> Problem:
    return Problem(
        503, "session_moved", "Another process of the server took this session over.",
        hint="Try again.", retry_after=1,
    )  # fmt: skip


def damaged(what: str) -> Problem:
    return Problem(
        500, "session_damaged", f"This session cannot be opened. {what}.",
        hint="Ask the operator to restore it; or delete it, and upload your files again.",
    )  # fmt: skip


def _name(room: str) -> str:
    return f"{SESSIONS}/{room}/manifest.json"
