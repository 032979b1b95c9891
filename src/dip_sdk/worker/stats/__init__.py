"""The named operations, computed: one family a module, one function an operation."""

from __future__ import annotations

from importlib import import_module

from ...types.errors import QueryFailed
from ...types.operations import Operation, family
from .base import Data, Outcome

__all__ = ["Data", "Outcome", "operate"]


def operate(operation: Operation, data: Data) -> Outcome:
    """The outcome of an operation on a table's rows.

    Raises `QueryFailed` for data it cannot be computed on, in words that say what is needed.
    """
    found = family(operation.op)
    if found is None:
        raise QueryFailed(f"There is no operation {operation.op!r}.", code="unknown_operation")
    module = import_module(f".{found}", __package__)
    outcome: Outcome = getattr(module, operation.op)(operation, data)
    return outcome
