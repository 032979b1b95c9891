"""The named statistical operations a plan may contain, with their typed arguments.

A family is a module here (its arguments) and a module of the same name in `worker/stats` (its
computation); an operation is a model here and a function named after its `op` there. Families load
when one of their operations is used: most questions need none.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from .base import COLUMN, ColumnName, ColumnNames, Operation

__all__ = ["COLUMN", "FAMILIES", "ColumnName", "ColumnNames", "Operation", "family", "model"]

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "describe": ("describe",),
    "transforms": ("standardise",),
}
"""Family -> the names (`op`) of its operations."""

_FAMILY = {op: family for family, ops in FAMILIES.items() for op in ops}


def family(op: str) -> str | None:
    """The family of an operation, None for a name that is none."""
    return _FAMILY.get(op)


def model(op: str) -> type[Operation] | None:
    """The model with the arguments of an operation, None for a name that is none."""
    if op not in _FAMILY:
        return None
    module = import_module(f".{_FAMILY[op]}", __package__)
    models: Mapping[str, type[Operation]] = module.OPERATIONS
    return models[op]
