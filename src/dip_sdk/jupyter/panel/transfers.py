"""Files between a front end and the kernel, in pieces that a message can carry."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...types.base import Model
from ...types.errors import ConfigError
from .requests import Request

PIECE = 1 << 20
"""Bytes of a piece of a download."""
MOST_DOWN = 200 << 20
MOST_UP = 500 << 20
"""Bytes that go through messages; more would keep notebook and kernel busy for minutes."""


class Sent(Model):
    """A download that is complete."""

    name: str
    size: int
    pieces: int


def moved(request: Request) -> Callable[[float, str], None]:
    """Tells the front end how far something is."""

    def tell(fraction: float, message: str) -> None:
        request.say(moved={"fraction": fraction, "message": message})

    return tell


@contextmanager
def received(request: Request, name: str, size: int) -> Iterator[Path]:
    """A file whose pieces the front end sends, as long as the block runs.

    Raises `ConfigError` for one that is too large for messages, `Cancelled` when it is stopped.
    """
    if size > MOST_UP:
        raise ConfigError(
            f"{name!r} is larger than {MOST_UP >> 20} MB.",
            hint="Put it beside the notebook and name it in the question.",
            code="too_large",
        )
    with tempfile.TemporaryDirectory(prefix="dip-") as folder:
        path = Path(folder) / _plain(name)
        with path.open("wb") as file:
            arrived = 0
            request.say(ack=arrived)
            while arrived < size:
                piece = request.piece()
                arrived += file.write(piece)
                request.say(ack=arrived)
        if arrived > size:
            raise ConfigError("More of the file came than it has.", hint="Drop the file again.")
        yield path


def download(
    request: Request, title: str, write: Callable[[Path], Sequence[Path]], format: str
) -> Sent:
    """Send the files that are written, as one: several are packed.

    Raises `ConfigError` for more than messages can carry.
    """
    with tempfile.TemporaryDirectory(prefix="dip-") as folder:
        written = write(Path(folder) / f"{stem(title)}.{format}")
        path = written[0] if len(written) == 1 else _packed(Path(folder), stem(title), written)
        size = path.stat().st_size
        if size > MOST_DOWN:
            raise ConfigError(
                f"The file has {size >> 20} MB, too many for a download from a notebook.",
                hint=f'In a cell, _ask.export("answer.{format}") writes it beside the notebook.',
                code="too_large",
            )
        pieces = max(1, -(-size // PIECE))
        with path.open("rb") as file:
            for number in range(pieces):
                if request.stopped:
                    break
                request.say([file.read(PIECE)], piece=number, of=pieces, name=path.name)
        return Sent(name=path.name, size=size, pieces=pieces)


def stem(title: str) -> str:
    """A question as the name of a file."""
    words = re.findall(r"\w+", title.lower())
    return "-".join(words)[:60].strip("-") or "answer"


def _plain(name: str) -> str:
    """A file's name without its folders; "" and dots are none."""
    plain = re.split(r"[/\\]", name)[-1].replace("\0", "")[-200:]
    return plain if plain.strip(". ") else "upload"


def _packed(folder: Path, name: str, paths: Sequence[Path]) -> Path:
    packed = folder / f"{name}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            archive.write(path, path.name)
    return packed
