"""One upload read by a short-lived process of its own: started, watched, ended at its limits."""

from __future__ import annotations

from collections.abc import Callable

from ..types.dataset import TableReport
from ..types.session import Limits
from .messages import IngestRequest, Stop


def ingest(
    request: IngestRequest,
    *,
    limits: Limits = Limits(),
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Stop | None = None,
) -> tuple[TableReport, ...]:
    """Read one file into the session's folder and tell of the tables it holds.

    Raises `DataError` for a file that cannot be read, also where its reader crashed, and
    `Cancelled` as soon as `cancel` is set.
    """
    raise NotImplementedError
