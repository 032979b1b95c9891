"""Sessions in the object store: the store has the truth, the folder of a process is a copy of it.

    sessions/<id>/manifest.json          the state of the session, and its files by their SHA-256
    sessions/<id>/blobs/<sha256>         a table or a result
    sessions/<id>/{exports,uploads}/...  what `exports` and `uploads` keep of it

Everything of a session is under its own name, so that deleting it deletes all of it, and no user's
file depends on another's. The files of a session are written whole and never changed, but for
`session.json`, which is in the manifest itself: a copy is consistent when that is read first.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..engine.folders import Folder
from .cache import Blob, Cache, Damaged
from .manifests import SESSIONS, Manifest, Manifests, blobs, damaged, moved
from .node import Node, copied, finished
from .objects import Newer, NoObject, Objects, ObjectsAway
from .problems import Problem

log = logging.getLogger("dip_sdk.server")

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 8
"""Files that go to the store, or come from it, at the same time."""
YOUNG = timedelta(hours=1)
"""A blob that no manifest names is left so long: its manifest may be on the way."""


@dataclass
class _Image:
    """A session that this process has open, and what the store has of it."""

    room: str
    folder: Folder
    manifest: Manifest
    version: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    asked: int = 0
    done: int = 0
    """Of the pushes that were asked for, those that are over: one may do for many."""
    changed: bool = False
    """Something was pushed since it was brought."""
    lost: bool = False
    """Another process has it now."""
    known: dict[tuple[int, int, int], Blob] = field(default_factory=dict)
    """Inode, time and size of a file -> its content, which never changes."""


class Mirror:
    """Brings sessions to this process, and what changes in them to the store.

    Each process has a work folder of its own, which ends with it; what it fetched stays in the
    cache, which the processes of a machine share.
    """

    def __init__(self, objects: Objects, folder: Path, cache_mb: int) -> None:
        name = uuid.uuid4().hex
        self._objects = objects
        self._manifests = Manifests(objects, name)
        self._node = Node(folder, name)
        self._before = folder / "work" / SESSIONS
        """Where sessions were kept before there was a store."""
        self._cache = Cache(folder / "cache", cache_mb << 20)
        self._images: dict[str, _Image] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="dip-objects")

    @property
    def work(self) -> Path:
        """The work folder for an engine."""
        return self._node.path

    def lost(self, room: uuid.UUID) -> bool:
        """Whether another process has taken the session over since it was brought."""
        image = self._images.get(str(room))
        return image is not None and image.lost

    def bring(self, room: uuid.UUID) -> None:
        """Make the folder of a session what the store has of it, unless it is here already.

        Raises a problem (500, `session_damaged`) where that is not all there any more.
        """
        if str(room) in self._images:
            return
        name, folder = str(room), Folder(self._node.path / SESSIONS / str(room))
        folder.delete()
        manifest, version = self._manifests.claim(name)
        folder.make()
        image = _Image(name, folder, manifest, version)
        self._each(partial(self._bring, image), manifest.files.items())
        if manifest.state is not None:
            folder.state.write_text(manifest.state, encoding="utf-8")
        elif not manifest.files and (self._before / name).is_dir():
            copied(Folder(self._before / name), folder)
            self._push(image)
        self._images[name] = image

    def push(self, name: str) -> None:
        """Return when the store has the session as it is now.

        Raises `ObjectsAway`, or a problem (503, `session_moved`) when the session is not this
        process' any more. What was not pushed goes along with the next push.
        """
        image = self._images.get(name)
        if image is None:
            raise moved()
        image.asked += 1
        mine = image.asked
        with image.lock:
            if image.done < mine:
                upto = image.asked
                self._push(image)
                image.done = upto

    def settle(self, room: uuid.UUID) -> bool:
        """Whether the store has everything; pushes what a push before could not."""
        image = self._images.get(str(room))
        if image is None or image.lost or image.done == image.asked:
            return True
        try:
            self.push(image.room)
        except ObjectsAway:
            return False
        except Problem:  # it was taken over: what is here counts no more
            return True
        return True

    def leave(self, room: uuid.UUID) -> None:
        """Forget a session that was closed; the store forgets the files that it let go of."""
        image = self._images.get(str(room))
        if image is None:
            return
        if not image.lost:
            with suppress(Problem):  # no harm: they are let go of another time
                self.push(image.room)
                if image.changed:
                    self._tidy(image)
        self.drop(room)

    def drop(self, room: uuid.UUID) -> None:
        """Forget a session that was closed, and tell the store nothing."""
        image = self._images.pop(str(room), None)
        if image is not None:
            image.folder.delete()
            self._cache.trim()

    def delete(self, room: uuid.UUID) -> None:
        """Delete a session that was closed, here and in the store."""
        image = self._images.pop(str(room), None)
        if image is not None:
            with image.lock:  # a push on its way ends first, and none comes after
                image.lost = True
            image.folder.delete()
        self._cache.forget(str(room))
        Folder(self._before / str(room)).delete()
        self._objects.delete_all(f"{SESSIONS}/{room}")

    def copied(self) -> tuple[str, ...]:
        """The sessions of which something is in the cache."""
        return self._cache.rooms()

    def uncopy(self, room: uuid.UUID) -> None:
        """Delete what the cache has of a session."""
        self._cache.forget(str(room))

    def close(self) -> None:
        """End: the sessions are closed, their folders go."""
        for name in tuple(self._images):
            self.leave(uuid.UUID(name))
        self._pool.shutdown()
        self._node.close()

    def _bring(self, image: _Image, file: tuple[str, Blob]) -> None:
        place, blob = file
        source = f"{blobs(image.room)}/{blob.sha256}"
        target = image.folder.path / place
        try:
            self._cache.bring(image.room, blob, target, partial(self._objects.fetch, source))
        except (NoObject, Damaged) as error:
            log.error("A file of session %s is missing or damaged: %s", image.room, source)  # noqa: TRY400
            if target.parent == image.folder.results and target.suffix == ".duckdb":
                return  # the rows of one answer: who asks for them is told to ask again
            raise damaged("A file of it is missing or is not what was stored") from error

    def _push(self, image: _Image) -> None:
        if image.lost:
            raise moved()
        state = image.folder.state.read_text("utf-8") if image.folder.state.exists() else None
        there = {blob.sha256 for blob in image.manifest.files.values()}
        upload = partial(self._upload, image, there)
        files = dict(self._each(upload, finished(image.folder)))
        if (state, files) == (image.manifest.state, image.manifest.files):
            return
        try:
            image.manifest, image.version = self._manifests.replace(
                image.room, image.manifest, image.version, state, files
            )
        except Newer:
            image.lost = True
            raise moved() from None
        image.changed = True

    def _upload(self, image: _Image, there: set[str], path: Path) -> tuple[str, Blob]:
        """(path in the folder, content) of a file that is in the store now."""
        told = path.stat()
        key = (told.st_ino, told.st_mtime_ns, told.st_size)
        blob = image.known.get(key)
        if blob is None or blob.sha256 not in there:
            blob, kept = self._cache.adopt(image.room, path)
            if blob.sha256 not in there:
                self._objects.put(f"{blobs(image.room)}/{blob.sha256}", kept)
            image.known[key] = blob
        return path.relative_to(image.folder.path).as_posix(), blob

    def _tidy(self, image: _Image) -> None:
        """Delete blobs that the manifest does not name."""
        named = {blob.sha256 for blob in image.manifest.files.values()}
        over = datetime.now(UTC) - YOUNG
        entries = self._objects.entries(blobs(image.room))
        self._objects.delete(
            [e.name for e in entries if e.at < over and e.name.rpartition("/")[2] not in named]
        )

    def _each(self, work: Callable[[T], R], things: Iterable[T]) -> list[R]:
        """What came of each, when all are over: none goes on behind an error of another."""
        begun = [self._pool.submit(work, thing) for thing in things]
        wait(begun)
        return [one.result() for one in begun]
