"""The named statistical operations a plan may contain, with their typed arguments.

A family is a module here (its arguments) and a module of the same name in `worker/stats` (its
computation); an operation is a model here and a function named after its `op` there. Families load
when one of their operations is used: most questions need none.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny

from .base import COLUMN, ColumnName, ColumnNames, MaybeColumn, Operation

__all__ = [
    "COLUMN", "FAMILIES", "AnyOperation", "ColumnName", "ColumnNames", "MaybeColumn", "Operation",
    "family", "model", "models", "schemas",
]  # fmt: skip

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "describe": ("describe", "frequency"),
    "correlation": (
        "pearson", "spearman", "kendall", "partial_correlation", "correlation_matrix",
    ),
    "comparisons": (
        "t_test", "welch_t", "paired_t", "mann_whitney", "wilcoxon", "anova", "kruskal", "levene",
        "bartlett", "f_test", "mood", "tukey_hsd", "z_test",
    ),
    "contingency": (
        "chi_square", "fisher_exact", "cramers_v", "odds_ratio", "mantel_haenszel",
    ),
    "normality": (
        "shapiro", "anderson_darling", "lilliefors", "dagostino", "jarque_bera", "skewness",
        "kurtosis", "ks_test",
    ),
    "outliers": ("z_score", "iqr", "mad"),
    "series": (
        "resample", "moving_average", "growth", "decompose", "forecast", "autocorrelation",
    ),
    "drivers": ("contribution",),
    "fits": (
        "linear_regression", "logistic_regression", "decision_tree", "random_forest", "k_means",
    ),
    "transforms": ("standardise", "min_max", "log", "clip", "rank"),
    "cleaning": ("impute", "drop_missing", "drop_duplicates"),
    "encoding": ("bin", "encode", "date_parts"),
}  # fmt: skip
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


def models() -> dict[str, type[Operation]]:
    """Every operation's model by its name, families in their order."""
    found = ((op, model(op)) for op in _FAMILY)
    return {op: cls for op, cls in found if cls is not None}


def schemas() -> tuple[dict[str, Any], ...]:
    """Every operation as a model of language is told of it: name, description, JSON schema."""
    return tuple(
        {
            "name": op,
            "description": " ".join((cls.__doc__ or "").split()),
            "schema": cls.model_json_schema(),
        }
        for op, cls in models().items()
    )


def _typed(value: object) -> object:
    """The model of the operation that plain data name; families load when they are named."""
    if not isinstance(value, Mapping):
        return value
    found = model(str(value.get("op")))
    if found is None:
        raise ValueError(f"there is no operation {value.get('op')!r}")
    return found.model_validate(value)


AnyOperation = Annotated[SerializeAsAny[Operation], BeforeValidator(_typed)]
"""An operation as a field: read from plain data by its name, written with all its arguments."""
