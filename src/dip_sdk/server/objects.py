"""The object store: what every process of a server needs, under names, in a bucket or a folder.

Calls block; what goes wrong in them is told as a problem, never in the words of the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from ..types.errors import ConfigError
from .problems import Problem

if TYPE_CHECKING:
    from obstore.store import ObjectStore

CHUNK = 1 << 20
RETRIES = 3
LOCK = ".swap.lock"


class Newer(Exception):
    """Somebody else has written under that name since it was read."""


class ObjectsAway(Problem):
    """The store does not answer now, or not us."""

    def __init__(self) -> None:
        super().__init__(
            503, "objects_away", "The store of this server's files does not answer.",
            hint="Try again in a moment.", retry_after=2,
        )  # fmt: skip


class NoObject(ObjectsAway):
    """There is nothing under that name, or no bucket."""


class Refused(ObjectsAway):
    """The store does not let us in."""


class Entry(NamedTuple):
    """An object, as a listing tells of it."""

    name: str
    size: int
    at: datetime
    """When it was written, by the store's clock."""


class Objects:
    """A store of bytes under names such as `sessions/x/y`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.away = False
        """It did not answer when it was asked last."""

    def put(self, name: str, content: bytes | Path) -> None:
        """Write all of it or nothing."""
        import obstore

        with self._told():
            obstore.put(self._store, name, content)

    def add(self, name: str, content: bytes) -> None:
        """Write it where nothing is there yet; else raises `Newer`."""
        import obstore

        with self._told():
            obstore.put(self._store, name, content, mode="create", use_multipart=False)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of an object. Raises `NoObject`."""
        import obstore

        with self._told():
            for chunk in obstore.get(self._store, name).stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    def fetch(self, name: str, path: Path) -> str:
        """Write an object to a file; gives its SHA-256. Raises `NoObject`."""
        digest = hashlib.sha256()
        with path.open("wb") as target:
            for chunk in self.chunks(name):
                digest.update(chunk)
                target.write(chunk)
        return digest.hexdigest()

    def read(self, name: str) -> tuple[bytes, str]:
        """(content, version) of a small object. Raises `NoObject`."""
        import obstore

        with self._told():
            found = obstore.get(self._store, name)
            return bytes(found.bytes()), found.meta["e_tag"] or ""

    def swap(self, name: str, content: bytes, version: str | None) -> str:
        """Replace the content of that version (None: nothing is there); gives the new version.

        Raises `Newer` where it is not that version any more.
        """
        import obstore

        try:
            with self._told():
                put = obstore.put(
                    self._store, name, content, use_multipart=False,
                    mode="create" if version is None else {"e_tag": version},
                )  # fmt: skip
                return put["e_tag"] or ""
        except NoObject as error:
            if version is None:
                raise
            raise Newer from error  # deleted since

    def entries(self, prefix: str) -> Iterator[Entry]:
        """What is under that folder, by name."""
        import obstore

        with self._told():
            for some in obstore.list(self._store, prefix):
                for one in sorted(some, key=lambda one: one["path"]):
                    yield Entry(one["path"], one["size"], one["last_modified"])

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Names of the folders right under that one."""
        import obstore

        with self._told():
            found = obstore.list_with_delimiter(self._store, prefix)["common_prefixes"]
        return tuple(name.rstrip("/").rpartition("/")[2] for name in found)

    def delete(self, names: Sequence[str]) -> None:
        """Delete these; what is not there is no error."""
        import obstore

        with self._told():
            if names:
                obstore.delete(self._store, list(names))

    def delete_all(self, prefix: str) -> None:
        """Delete everything under that folder."""
        self.delete([entry.name for entry in self.entries(prefix)])

    @contextmanager
    def _told(self, *, missing_ok: bool = False) -> Iterator[None]:
        """The store's errors as ours."""
        from obstore import exceptions

        try:
            yield
            self.away = False
        except (exceptions.NotFoundError, FileNotFoundError) as error:
            if not missing_ok:
                raise NoObject from error
        except (exceptions.PreconditionError, exceptions.AlreadyExistsError) as error:
            raise Newer from error
        except exceptions.BaseError as error:
            self.away = True
            refused = (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)
            raise (Refused if isinstance(error, refused) else ObjectsAway) from error


class FolderObjects(Objects):
    """A folder that all processes see. It cannot replace by version; under a lock it can."""

    def __init__(self, folder: Path) -> None:
        from obstore.store import LocalStore

        super().__init__(LocalStore(folder, mkdir=True))
        self._lock = folder / LOCK

    def swap(self, name: str, content: bytes, version: str | None) -> str:
        import fcntl

        import obstore

        with self._lock.open("a") as held, self._told():
            fcntl.flock(held, fcntl.LOCK_EX)
            try:
                kept = obstore.head(self._store, name)["e_tag"]
            except FileNotFoundError:
                kept = None
            if kept != version:
                raise Newer(name)
            return obstore.put(self._store, name, content)["e_tag"] or ""

    def delete(self, names: Sequence[str]) -> None:
        import obstore

        for name in names:  # together, the first one that is not there would end it
            with self._told(missing_ok=True):
                obstore.delete(self._store, name)


def opened(url: str) -> Objects:
    """The store at `s3://bucket/prefix` or `file:///folder`.

    Where the bucket is and who may use it, the usual `AWS_*` variables say. Raises `ConfigError`.
    """
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/"):
        return FolderObjects(Path(unquote(parts.path)))
    if parts.scheme != "s3" or not parts.netloc:
        raise _unusable()
    try:
        return Objects(S3Store.from_url(url, retry_config={"max_retries": RETRIES}))
    except (BaseError, ValueError):
        raise _unusable() from None


def _unusable() -> ConfigError:
    return ConfigError(
        "DIP_OBJECTS cannot be used.",
        hint="Set it like s3://bucket/prefix, or file:///folder that all processes see.",
        code="objects",
    )
