"""Everything that can go wrong, for `from dip_sdk.errors import DataError`; see `types.errors`."""

from .types.errors import (
    CLASSES,
    ApiError,
    BudgetExceeded,
    Cancelled,
    ConfigError,
    ConnectionFailed,
    DataError,
    DipError,
    PlanRejected,
    QueryFailed,
    StreamBroken,
    TimedOut,
    WorkerLost,
)

__all__ = [
    "CLASSES", "ApiError", "BudgetExceeded", "Cancelled", "ConfigError", "ConnectionFailed",
    "DataError", "DipError", "PlanRejected", "QueryFailed", "StreamBroken", "TimedOut",
    "WorkerLost",
]  # fmt: skip
