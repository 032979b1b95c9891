"""Arguments of the rules that flag unusual values."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from .base import ColumnNames, Operation


class Outliers(Operation):
    """Bounds and counts for each column, or the values outside of them."""

    charted: ClassVar[bool] = False
    columns: ColumnNames = Field(min_length=1)
    """The numeric columns."""
    rows: bool = False
    """True: a row for each value outside the bounds, with its row number (from 1) and score."""


class ZScore(Outliers):
    """Values more than so many standard deviations (ddof 1) from the mean."""

    called: ClassVar[str] = "Outliers by z-score"
    op: Literal["z_score"] = "z_score"
    threshold: float = Field(default=3.0, gt=0)
    """Standard deviations from the mean."""
    ddof: Literal[0, 1] = 1
    """What is taken from n under the variance: 1 for the sample's, 0 for the population's."""


class Iqr(Outliers):
    """Values beyond so many interquartile ranges from the quartiles (Tukey's fences)."""

    called: ClassVar[str] = "Outliers by interquartile range"
    op: Literal["iqr"] = "iqr"
    factor: float = Field(default=1.5, gt=0)
    """Interquartile ranges beyond the quartiles; 3 for far outliers."""


class Mad(Outliers):
    """Values far from the median, measured by the median absolute deviation."""

    called: ClassVar[str] = "Outliers by median absolute deviation"
    op: Literal["mad"] = "mad"
    threshold: float = Field(default=3.5, gt=0)
    """Of the modified z-score, 0.6745 (x - median) / MAD."""


OPERATIONS: dict[str, type[Operation]] = {"z_score": ZScore, "iqr": Iqr, "mad": Mad}
