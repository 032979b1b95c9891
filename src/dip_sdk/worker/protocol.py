"""Frames between a caller and its worker: four bytes of length, then JSON.

The caller writes a `Setup`, then requests `{id, verb, args}`. The worker writes `{id, answer}`,
`{id, error}` (as `types.errors.to_wire`) or `{id, progress}`, in any order; id 0 is its greeting.
"""

from __future__ import annotations

import struct
import threading
from typing import IO, Any, TypeAlias

from pydantic_core import from_json, to_json

from ..types.base import Model
from ..types.session import Limits

Message: TypeAlias = dict[str, Any]

GREETING = 0
LARGEST = 1 << 28
_HEAD = struct.Struct(">I")


class Setup(Model):
    """What a worker is told before it shuts itself in."""

    folder: str
    readable: tuple[str, ...] = ()
    limits: Limits


def read(source: IO[bytes]) -> Message | None:
    """The next frame, None at the end. Raises `ValueError` for what is no frame."""
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (size,) = _HEAD.unpack(head)
    if size > LARGEST:
        raise ValueError(f"A frame of {size} bytes is beyond the limit of {LARGEST}.")
    body = source.read(size)
    if len(body) < size:
        return None
    message: Message = from_json(body)
    return message


class Writer:
    """Writes whole frames from many threads."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._lock = threading.Lock()

    def write(self, message: Message) -> None:
        """Write one frame; models in it become JSON.

        Raises `OSError` when nobody reads, and `ValueError` for what is too large or no JSON.
        """
        body = to_json(message)
        if len(body) > LARGEST:
            raise ValueError(f"A frame of {len(body)} bytes is beyond the limit of {LARGEST}.")
        with self._lock:
            if self._sink.closed:
                raise BrokenPipeError
            self._sink.write(_HEAD.pack(len(body)) + body)
            self._sink.flush()

    def close(self) -> None:
        with self._lock:
            self._sink.close()
