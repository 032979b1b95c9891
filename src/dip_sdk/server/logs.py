"""The log of the server: on stderr, a line of JSON each, or in colours where somebody looks on.

What it says is chosen: routes by template, ids, states. An error is told by its class and the
places it went through; its message, which may quote what a user sent, only at the level `debug`.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog
from structlog.types import Processor

OURS = "dip_sdk"
AUDIT = "dip_sdk.audit"
SERVED_BY = "uvicorn"
TWICE = "Exception in ASGI application"
"""What uvicorn says of an error that we have told already, with its message."""


FORMS = "python_multipart"
"""Complains of each form that cannot be read: who sent it is told so, and nobody else needs it."""


@contextmanager
def written(level: str, *, audit: bool, stream: TextIO | None = None) -> Iterator[None]:
    """What is logged from `level` on is written while the block lasts; `audit`: that always."""
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(_formatter(terminal=target.isatty(), whole=level == "debug"))
    handler.addFilter(lambda record: not str(record.msg).startswith(TWICE))
    ours, served = logging.getLogger(OURS), logging.getLogger(SERVED_BY)
    before = (ours.level, served.handlers)
    ours.addHandler(handler)
    ours.setLevel(level.upper())
    served.handlers = [handler]
    logging.getLogger(AUDIT).setLevel(logging.INFO if audit else logging.NOTSET)
    logging.getLogger(FORMS).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        ours.removeHandler(handler)
        ours.setLevel(before[0])
        served.handlers = before[1]
        logging.getLogger(AUDIT).setLevel(logging.NOTSET)


def _formatter(*, terminal: bool, whole: bool) -> logging.Formatter:
    shown: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if terminal
        else structlog.processors.JSONRenderer(default=str)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info if whole else _where,
            shown,
        ],
    )


def _where(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The error as classes and places, from its first cause on."""
    found = event.pop("exc_info", None)
    if found:
        event["exception"] = "".join(_parts(found[1])).rstrip()
    return event


def _parts(error: BaseException | None) -> list[str]:
    parts: list[str] = []
    while error is not None:
        reason = getattr(error, "strerror", None) or getattr(error, "code", None)
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        told = f"{kind}: {reason}\n" if isinstance(reason, str) else f"{kind}\n"
        parts[:0] = [*traceback.format_tb(error.__traceback__), told]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return parts
