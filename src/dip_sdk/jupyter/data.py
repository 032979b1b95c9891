"""Which data a question is about: what it names, what `--on` names, or the only table there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from glob import has_magic
from pathlib import Path
from typing import Any

from ..client import Result
from ..types.errors import ConfigError
from .desk import Seat
from .namespace import answers, frames, is_frame, mentioned
from .options import Asked

Told = Callable[[float, str], object]
"""Told the fraction done (0 to 1) of what the message names."""

SUFFIXES = ("csv", "tsv", "txt", "xlsx", "xls", "xlsb", "ods", "json", "jsonl", "ndjson", "parquet")
_FILE = re.compile(rf"[^\s'\"]+\.(?:{'|'.join(SUFFIXES)})(?:\.gz)?(?=$|[\s'\",;?!)]|\.\s|\.$)")


def prepare(asked: Asked, seat: Seat, variables: Mapping[str, Any], told: Told) -> tuple[str, ...]:
    """Bring the data into the session; gives the names the question is limited to (none: all).

    Raises `ConfigError` for a name that is nothing, or where there is no data, `DataError`.
    """
    room = _Room(seat, variables, told)
    if asked.named:
        return tuple(name for item in asked.named for name in room.named(item))
    room.refresh()
    if not room.take(asked.question) and not seat.session.tables():
        raise _no_data(frames(variables))
    return ()


def worded(question: str) -> str:
    """The question with files by the names of their tables: "in orders.csv" is "in orders"."""
    return _FILE.sub(
        lambda found: Path(found[0]).stem if _is_file(found[0]) else found[0], question
    )


def _is_file(path: str) -> bool:
    return Path(path).expanduser().is_file()


class _Room:
    """A session that takes in what it is given, where it is not the same already."""

    def __init__(self, seat: Seat, variables: Mapping[str, Any], told: Told) -> None:
        self._seat = seat
        self._session = seat.session
        self._variables = variables
        self._told = told

    def named(self, item: str) -> tuple[str, ...]:
        """What one word of `--on` stands for, as the session calls it."""
        value = self._variables.get(item)
        if is_frame(value):
            return self._frame(item, value)
        if isinstance(value, Result):
            return self._answer(item, value)
        if "://" in item or has_magic(item) or _is_file(item):
            return self._file(item)
        if known := self._known(item):
            return known
        if found := _beside([item]):
            return self._file(found[0])
        raise self._nothing(item)

    def take(self, question: str) -> bool:
        """Bring in what the question names, or else the only table of the kernel."""
        held = frames(self._variables)
        earlier = answers(self._variables)
        for name in mentioned(question, held):
            self._frame(name, held[name])
        for name in mentioned(question, earlier):
            self._answer(name, earlier[name])
        paths = [found for found in _FILE.findall(question) if _is_file(found)]
        beside = self._named_beside(question, held)
        for path in dict.fromkeys([*paths, *beside]):
            self._file(path)
        named = bool(mentioned(question, [*held, *earlier]) or paths)
        if not named and len(held) == 1:
            ((name, frame),) = held.items()
            self._frame(name, frame)
        return named or bool(beside) or len(held) == 1

    def refresh(self) -> None:
        """DataFrames of the session that have changed in the kernel are read again."""
        held = frames(self._variables)
        for dataset in self._session.datasets():
            if dataset.format == "frame" and dataset.name in held:
                self._frame(dataset.name, held[dataset.name])

    def _frame(self, name: str, frame: object) -> tuple[str, ...]:
        if self._seat.remote and not self._seat.consented:
            raise ConfigError(
                f"{name!r} is in this kernel only; the backend has not seen it.",
                hint="Add --upload to send it: that holds for this session.",
                code="no_consent",
            )
        return self._names(self._session.upload(frame, name=name, on_progress=self._told))

    def _answer(self, name: str, result: Result) -> tuple[str, ...]:
        """An earlier answer becomes a table under the name of its variable."""
        if result.facts.session_id != self._session.id:
            return self._frame(name, result.to_arrow())
        before = self._seat.derived.get(name)
        if before and before[0] == result.id:
            return (before[1],)
        if before and self._known(before[1]):
            self._session.remove(before[1])
        table = result.save_as(name)
        self._seat.derived[name] = (result.id, table.name)
        return (table.name,)

    def _file(self, path: str) -> tuple[str, ...]:
        """A file is read again when it has changed; a pattern or an address always is."""
        place = Path(path).expanduser()
        if "://" in path or not place.is_file():
            return self._names(self._session.upload(path, on_progress=self._told))
        stat = place.stat()
        state = (stat.st_mtime_ns, stat.st_size)
        known = self._known(place.name)
        if known and self._seat.files.get(str(place.resolve())) == state:
            return known
        names = self._names(self._session.upload(place, on_progress=self._told))
        self._seat.files[str(place.resolve())] = state
        return names

    def _named_beside(self, question: str, held: Iterable[str]) -> list[str]:
        """Files beside the notebook that the question names without their suffix."""
        return _beside(set(re.findall(r"\w+", question)) - self._words() - set(held))

    def _words(self) -> set[str]:
        """Words that mean something already: tables that no file stands for, and columns."""
        files = {Path(path).stem for path in self._seat.files}
        tables = [t for t in self._session.tables() if t.name not in files]
        columns = {c.name for t in self._session.tables() for c in t.visible}
        return {t.name for t in tables} | columns | set(_columns(frames(self._variables).values()))

    def _known(self, item: str) -> tuple[str, ...]:
        wanted = item.casefold()
        for dataset in self._session.datasets():
            if wanted in {dataset.name.casefold(), Path(dataset.name).stem.casefold()}:
                return (dataset.name,)
        return tuple(t.name for t in self._session.tables() if t.name.casefold() == wanted)

    @staticmethod
    def _names(datasets: Iterable[Any]) -> tuple[str, ...]:
        return tuple(dataset.name for dataset in datasets)

    def _nothing(self, item: str) -> ConfigError:
        known = [
            *frames(self._variables),
            *answers(self._variables),
            *(table.name for table in self._session.tables()),
            *files(),
        ]
        near = get_close_matches(item, known, n=1, cutoff=0.5)
        if near:
            hint = f"Did you mean {near[0]}?"
        else:
            hint = f"There are: {', '.join(dict.fromkeys(known))}." if known else _GIVE
        return ConfigError(f"--on {item!r} is no DataFrame, file or table here.", hint=hint)


_GIVE = "Name a file (--on sales.csv), or load a DataFrame first."


def _no_data(held: Mapping[str, object]) -> ConfigError:
    if not held:
        return ConfigError("There is no data to ask about.", hint=_GIVE, code="no_data")
    names = ", ".join(sorted(held))
    return ConfigError(
        f"There are several tables: {names}.",
        hint=f"Name one in the question, or add --on {min(held)}.",
        code="which_data",
    )


def files() -> tuple[str, ...]:
    """Files of data beside the notebook."""
    try:
        found = [path for path in Path().iterdir() if path.suffix[1:].lower() in SUFFIXES]
    except OSError:  # the folder is gone, or may not be listed
        return ()
    return tuple(sorted(path.name for path in found if path.is_file()))


def _beside(stems: Iterable[str]) -> list[str]:
    """Files beside the notebook with one of these names, but for their suffix."""
    wanted = {stem.casefold() for stem in stems}
    return [name for name in files() if Path(name).stem.casefold() in wanted]


def _columns(held: Iterable[object]) -> Iterable[str]:
    """Names of the columns of frames, as far as they have any."""
    for frame in held:
        arrow = getattr(frame, "column_names", None)
        yield from map(str, getattr(frame, "columns", ()) if arrow is None else arrow)


def columns(variables: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the columns of the kernel's tables."""
    return tuple(dict.fromkeys(_columns(frames(variables).values())))
