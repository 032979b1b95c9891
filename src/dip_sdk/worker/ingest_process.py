"""One upload read by a short-lived process of its own: started, watched, ended at its limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter

from ..types.dataset import TableReport
from ..types.errors import Cancelled, DataError, QueryFailed
from ..types.session import Limits
from .channel import Channel, Died, Late
from .messages import LIMITS, IngestRequest, Stop
from .protocol import Setup

_REPORTS = TypeAdapter(tuple[TableReport, ...])


def ingest(
    request: IngestRequest,
    *,
    limits: Limits = LIMITS,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Stop | None = None,
) -> tuple[TableReport, ...]:
    """Read one file into the session's folder and tell of the tables it holds.

    The process may read that file and write that folder, nothing else. Raises `DataError` for a
    file that cannot be read, also where its reader crashed (`reader_crashed`) or took too long
    (`reader_timeout`), and `Cancelled` as soon as `cancel` is set.
    """
    folder = Path(request.folder).absolute()
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    source = Path(request.source).absolute()
    setup = Setup(folder=str(folder), readable=(str(source),), limits=limits)
    channel = Channel("ingest", setup)
    try:
        call = channel.send("ingest", request=request)
        if cancel is not None:
            cancel.on_set(lambda: call.fail(Cancelled("Stopped.")))
        return _REPORTS.validate_python(call.wait(limits.seconds, on_progress))
    except Died:
        raise _crashed(request.name) from None
    except QueryFailed as failed:
        raise _outgrew(request.name, failed) from None
    except Late:
        raise _too_slow(request.name, limits.seconds) from None
    finally:
        channel.kill()
        channel.close()


def _crashed(name: str) -> DataError:
    return DataError(
        f"{name} could not be read: the reader was stopped by what it found.",
        hint="The file may be damaged, or unpack to far more than its size. Export it again.",
        code="reader_crashed",
        file=name,
    )


def _outgrew(name: str, failed: QueryFailed) -> DataError:
    what = {"out_of_memory": "memory", "out_of_disk": "disk space"}.get(failed.code)
    return DataError(
        f"{name} needs more {what} than there is for reading it." if what else failed.message,
        hint="Split the file, save it as Parquet, or raise the limit." if what else failed.hint,
        code=failed.code,
        file=name,
    )


def _too_slow(name: str, seconds: float) -> DataError:
    return DataError(
        f"{name} could not be read within {seconds:g} seconds.",
        hint="Split the file, save it as Parquet, or raise the limit.",
        code="reader_timeout",
        file=name,
    )
