"""What a user gives becomes local files: paths, patterns, open files, addresses, DataFrames."""

from __future__ import annotations

import errno
import glob
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, NoReturn, TypeAlias, cast

from ..types.dataset import Format
from ..types.errors import Cancelled, DataError
from . import frames, sources_remote
from .bridge import Cancel
from .frames import checksum
from .nearest import nearest

__all__ = ["Source", "Told", "checksum", "sources"]

CHUNK = 1 << 20
Told: TypeAlias = Callable[[float, str], None]
"""Told the fraction done (0 to 1) of what the message names."""


@dataclass(frozen=True)
class Source:
    """A file to read, and what the user calls it."""

    path: Path
    name: str
    """With the suffix of the file: "sales.csv"; a frame's is the variable's."""
    origin: str
    """What tells two sources apart: the absolute path, the address, the name."""
    format: Format | None = None
    """None: the reader finds out."""
    temporary: bool = False
    """Made here for the upload; whoever reads it deletes it."""


def sources(
    given: object,
    *,
    into: Path,
    name: str | None = None,
    on_progress: Told | None = None,
    limit: int | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Source]:
    """The sources in `given` (one, or a list of them), each ready as it is asked for.

    What is not a file yet is written into the folder `into`, at most `limit` bytes of it. `name`
    names the one source. Raises `DataError` naming what cannot be used, `ConnectionFailed`.
    """
    copy = _Copy(into, on_progress or (lambda fraction, message: None), limit, cancel or Cancel())
    items = list(given) if isinstance(given, (list, tuple)) else [given]
    if name is None:
        for item in items:
            yield from _one(item, copy, None)
        return
    found = [source for item in items for source in _one(item, copy, name)]
    if len(found) != 1:
        raise DataError(
            f"name={name!r} cannot be the name of {len(found)} files.",
            hint="Upload them one by one, or without a name.",
        )
    yield _named(found[0], name)


def _named(source: Source, name: str) -> Source:
    suffix = "".join(_suffixes(source.name))
    whole = name if name.casefold().endswith(suffix.casefold()) else name + suffix
    return replace(source, name=whole)


def _one(given: object, copy: _Copy, name: str | None) -> Iterator[Source]:
    if isinstance(given, str) and sources_remote.is_url(given) and not given.startswith("file://"):
        yield copy.url(given)
    elif isinstance(given, (str, os.PathLike)):
        yield from _paths(os.fspath(given))
    elif hasattr(given, "read"):
        yield copy.file(cast("IO[bytes]", given), name)
    elif frames.is_frame(given):
        yield copy.frame(given, name or _no_name("A DataFrame"))
    else:
        what = "Nothing (None)" if given is None else f"A value of type {type(given).__name__}"
        raise DataError(
            f"{what} cannot be uploaded.",
            hint="Give a path, a pattern, an address, an open file or a DataFrame.",
        )


def _no_name(what: str) -> NoReturn:
    """Without one, the next would replace it."""
    raise DataError(
        f"{what} needs a name to be asked about.",
        hint="Write upload(sales=...) or upload(..., name='sales').",
        code="no_name",
    )


def _paths(text: str) -> Iterator[Source]:
    """The file of that name, or the files that match; a file is meant before a pattern."""
    if not text.strip():
        raise DataError(
            "The path is empty.",
            hint="Give the path of a file: upload('sales.csv').",
            code="no_path",
        )
    path = Path(text.removeprefix("file://")).expanduser()
    if not _possible(path):
        raise DataError(
            f"{text[:60] + '...'!r} is too long to be the name of a file.",
            hint="Give the path of a file. Text itself goes in as io.StringIO(text).",
            code="not_found",
        )
    if path.exists() or not glob.has_magic(text):
        yield _path(path)
        return
    # Path.glob takes no absolute pattern
    found = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207
    files = [match for match in found if match.is_file()]
    if not files:
        raise _no_match(text, path)
    yield from map(_path, files)


def _possible(path: Path) -> bool:
    """Systems refuse names that are too long, even to be asked about."""
    try:
        path.exists()
    except OSError:
        return False
    return True


def _path(path: Path) -> Source:
    if path.is_dir():
        raise DataError(
            f"{str(path)!r} is a folder.",
            hint=f"Give its files, as in {str(path / '*.csv')!r}.",
            file=str(path),
            code="is_folder",
        )
    if not path.exists():
        raise _no_file(path)
    if not path.is_file():
        raise DataError(
            f"{str(path)!r} is a device or a pipe, not a file.",
            hint="Write its content to a file first, or give an open file.",
            file=str(path),
            code="not_a_file",
        )
    if not os.access(path, os.R_OK):
        raise DataError(
            f"You may not read {str(path)!r}.",
            hint="Ask its owner for permission, or give a copy that is yours.",
            file=str(path),
            code="not_readable",
        )
    return Source(path=path.absolute(), name=path.name, origin=str(path.absolute()))


def _no_file(path: Path) -> DataError:
    return DataError(
        f"There is no file {str(path)!r}.",
        hint=_alike(path),
        file=str(path),
        code="not_found",
    )


def _no_match(pattern: str, path: Path) -> DataError:
    return DataError(
        f"No file matches {pattern!r}.", hint=_alike(path), file=pattern, code="not_found"
    )


def _alike(path: Path) -> str:
    """The nearest name where the path leaves what exists, or how far it led."""
    parents = (path.parent, *path.parents, *path.absolute().parents)
    folder = next(parent for parent in parents if parent.is_dir())
    missing, *rest = path.absolute().relative_to(folder.absolute()).parts
    names = [entry.name for entry in folder.iterdir()] if os.access(folder, os.R_OK) else []
    near = nearest(missing, names)
    if near:
        meant = folder.joinpath(near, *rest)
        return f"Did you mean {str(meant if meant.exists() else folder / near)!r}?"
    if rest:
        return f"There is no folder {missing!r} in {str(folder.absolute())!r} either."
    return f"Looked in {str(folder.absolute())!r}."


@dataclass(frozen=True)
class _Copy:
    """Writes what is not a file yet into a folder."""

    into: Path
    told: Told
    limit: int | None
    cancel: Cancel

    def url(self, url: str) -> Source:
        name, origin = sources_remote.file_name(url), sources_remote.shown(url)
        with sources_remote.opened(url) as (size, chunks):
            path = self._write(chunks, name, size, f"Fetching {name}")
        return Source(path, name, origin, temporary=True)

    def file(self, file: IO[bytes] | IO[str], name: str | None) -> Source:
        given = getattr(file, "name", None)
        own = Path(given).name if isinstance(given, str) and not given.startswith("<") else ""
        label = own or name or _no_name("A file without a name")
        path = self._write(_chunks(file), label, None, f"Copying {label}")
        return Source(path, label, label, temporary=True)

    def frame(self, frame: object, name: str) -> Source:
        path = self._free(".arrow")
        with _whole(path, name):
            frames.write(frame, path, name)
        return Source(path, name, name, format="frame", temporary=True)

    def _write(self, chunks: Iterable[bytes], name: str, size: int | None, message: str) -> Path:
        path = self._free("".join(_suffixes(name)))
        with _whole(path, name), path.open("wb") as target:
            self._fill(target, chunks, name, size, message)
        return path

    def _fill(
        self, target: IO[bytes], chunks: Iterable[bytes], name: str, size: int | None, message: str
    ) -> None:
        done = 0
        for chunk in chunks:
            if self.cancel.is_set():
                raise Cancelled("The upload was stopped.")
            done += len(chunk)
            if self.limit is not None and max(done, size or 0) > self.limit:
                raise _too_large(name, self.limit)
            target.write(chunk)
            self.told(min(done / size, 1.0) if size else 0.0, message)
        if size is not None and done < size:
            raise DataError(f"Only a part of {name!r} arrived.", hint="Try again.", file=name)

    def _free(self, suffix: str) -> Path:
        self.into.mkdir(parents=True, exist_ok=True)
        return self.into / f"{uuid.uuid4().hex}{suffix}"


@contextmanager
def _whole(path: Path, name: str) -> Iterator[None]:
    """The file is written whole or is not there; a full disk is told."""
    try:
        yield
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise DataError(
                f"There is no room on the disk for {name!r}.",
                hint="Free some space, or choose another work folder: workdir=..., or DIP_WORKDIR.",
                file=name,
                code="disk_full",
            ) from error
        raise


def _chunks(file: IO[bytes] | IO[str]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk.encode() if isinstance(chunk, str) else chunk


def _suffixes(name: str) -> list[str]:
    """The endings that tell a format: `.csv`, `.csv.gz`."""
    found = Path(name).suffixes[-2:]
    if len(found) == 2 and found[1].lower() not in {".gz", ".zst", ".bz2", ".zip", ".xz"}:
        found = found[1:]
    return [suffix for suffix in found if re.fullmatch(r"\.\w{1,10}", suffix)]


def _too_large(name: str, limit: int) -> DataError:
    return DataError(
        f"{name!r} is larger than {limit / 1e6:,.0f} MB.",
        hint="Upload a smaller extract.",
        file=name,
        code="too_large",
    )
