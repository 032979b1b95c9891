"""The loop inside a worker: one thread a request, answers in any order, until stdin closes."""

from __future__ import annotations

import errno
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from typing import IO, Any, Protocol

from pydantic import TypeAdapter

from ..types.errors import DipError, to_wire
from ..types.operations import AnyOperation
from ..types.result import Condition
from .failures import out_of_disk, out_of_memory
from .messages import Executed, IngestRequest
from .protocol import Message, Writer, read
from .runner import TableFile

ARGUMENTS: Mapping[str, Any] = {
    "tables": tuple[TableFile, ...],
    "where": tuple[Condition, ...],
    "steps": tuple[Executed, ...],
    "operation": AnyOperation,
    "request": IngestRequest,
}
"""The arguments that are models; the others are JSON as they are."""


class Tell(Protocol):
    """Says how far a request is: a fraction from 0 to 1, and what is being done."""

    def __call__(self, fraction: float, message: str = "", /) -> None: ...


Verb = Callable[..., object]


def serve(verbs: Mapping[str, Verb], source: IO[bytes], sink: Writer) -> None:
    """Answer the requests of `source` until it ends, then end the process, whatever runs.

    A verb whose name is in `TELLING` is also given `on_progress`.
    """
    while (message := read(source)) is not None:
        threading.Thread(target=_answer, args=(verbs, message, sink), daemon=True).start()
    sys.stderr.flush()
    os._exit(0)


TELLING = ("export", "ingest")


def _answer(verbs: Mapping[str, Verb], message: Message, sink: Writer) -> None:
    number = {"id": message["id"]}
    try:
        sink.write(number | _outcome(verbs, message, sink))
    except ValueError:
        sink.write(number | {"error": to_wire(_too_large())})


def _outcome(verbs: Mapping[str, Verb], message: Message, sink: Writer) -> Message:
    try:
        return {"answer": _call(verbs, message, sink)}
    except DipError as error:
        return {"error": to_wire(error)}
    except MemoryError:
        return {"error": to_wire(out_of_memory())}
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EFBIG):
            return {"error": to_wire(out_of_disk())}
        traceback.print_exc()
        return {"error": to_wire(_own_fault(error))}
    except Exception as error:  # noqa: BLE001 - the caller is told, the trace goes to stderr
        traceback.print_exc()
        return {"error": to_wire(_own_fault(error))}


def _call(verbs: Mapping[str, Verb], message: Message, sink: Writer) -> object:
    verb = message["verb"]
    arguments = {name: _argument(name, value) for name, value in message["args"].items()}
    if verb in TELLING:
        arguments["on_progress"] = _telling(message["id"], sink)
    return verbs[verb](**arguments)


def _argument(name: str, value: object) -> object:
    return _decoder(name).validate_python(value) if name in ARGUMENTS else value


@cache
def _decoder(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(ARGUMENTS[name])


def _telling(number: int, sink: Writer) -> Tell:
    def tell(fraction: float, message: str = "", /) -> None:
        sink.write({"id": number, "progress": [fraction, message]})

    return tell


def _too_large() -> DipError:
    return DipError("The answer is too large to be sent.", hint="Ask for fewer rows at once.")


def _own_fault(error: Exception) -> DipError:
    return DipError(
        "The worker met a fault of its own.",
        hint="Please report it, with what was asked.",
        code=f"worker_fault_{type(error).__name__}",
    )
