"""Arguments of the operations on a numeric column over time."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from .base import ColumnName, Confidence, MaybeColumn, Operation

Unit = Literal["day", "week", "month", "quarter", "year"]
How = Literal["sum", "mean", "median", "min", "max", "count", "first", "last"]
Fill = Literal["none", "zero", "previous", "linear"]
Method = Literal["naive", "seasonal_naive", "ets", "linear"]


class Series(Operation):
    """A numeric column over time, cut into calendar periods (weeks start on Monday); rows without
    a time are left out."""

    time: ColumnName
    """A date or timestamp column; timestamps with a time zone are cut in that zone."""
    column: ColumnName
    """A numeric column."""
    by: MaybeColumn = None
    """A column whose values each have a series of their own."""
    unit: Unit | None = None
    """Length of a period; left out, it is guessed from how far the times lie apart."""
    how: How = "sum"
    """What a period's value is of its rows."""


class Resample(Series):
    """A column summed, averaged or counted by day, week, month, quarter or year; periods without
    rows appear too."""

    called: ClassVar[str] = "Resampling"
    op: Literal["resample"] = "resample"
    unit: Unit
    """Length of a period."""
    fill: Fill = "none"
    """What stands for a period without values."""


class MovingAverage(Series):
    """The mean of so many rows or periods up to each one or around it, or an exponential one."""

    op: Literal["moving_average"] = "moving_average"
    unit: Unit | None = None
    """Length of a period; left out, the window counts rows in the order of time."""
    window: int = Field(ge=2, le=100_000)
    """Rows or periods; the span of an exponential average, whose weight is 2 / (window + 1)."""
    kind: Literal["simple", "exponential"] = "simple"
    """Equal weights, or weights that fade with age."""
    centred: bool = False
    """True: around each row or period (an even window has one more before than after); False: up
    to it."""
    least: int | None = Field(default=None, ge=1)
    """Known values that a window needs; left out, all of a simple one, 1 of an exponential one."""

    @model_validator(mode="after")
    def _fits(self) -> MovingAverage:
        if self.centred and self.kind == "exponential":
            raise ValueError("an exponential average looks back: leave centred out")
        if self.least is not None and self.least > self.window:
            raise ValueError("least is at most window")
        return self


class Whole(Series):
    """A series of whole periods: one that the rows cover only in part is left out at the ends."""

    partial: bool = False
    """True keeps a first or last period that the rows cover only in part."""


class Growth(Whole):
    """Change on the period before, or on the same period a year before, as a difference and in
    percent; with the growth since the start and what it is a year, compounded."""

    op: Literal["growth"] = "growth"
    over: int = Field(default=1, ge=1, le=10_000)
    """Periods back: 1 the one before; year on year 12 for months, 4 for quarters."""


class Complete(Whole):
    """A series without holes."""

    fill: Literal["zero", "previous", "linear"] = "linear"
    """What stands for a period without values between others."""


class Decompose(Complete):
    """Trend, season and the rest of a series, by STL, with how strong trend and season are."""

    called: ClassVar[str] = "Seasonal decomposition"
    op: Literal["decompose"] = "decompose"
    period: int | None = Field(default=None, ge=2, le=1000)
    """Periods in a season; left out, 7 days, 52 weeks, 12 months or 4 quarters."""
    robust: bool = False
    """True: outliers weigh less."""


class Forecast(Complete):
    """The periods to come with intervals, by the method that does best on held-out periods."""

    op: Literal["forecast"] = "forecast"
    horizon: int = Field(ge=1, le=1000)
    """Periods to forecast."""
    method: Literal["auto", Method] = "auto"
    """`naive` repeats the last value, `seasonal_naive` the last season, `ets` is exponential
    smoothing, `linear` a straight line; `auto` takes the one with the smallest error."""
    period: int | None = Field(default=None, ge=2, le=1000)
    """Periods in a season; left out, 7 days, 52 weeks, 12 months or 4 quarters."""
    confidence: Confidence = 0.95
    """Level of the intervals."""


class Autocorrelation(Complete):
    """How a series goes together with itself so many periods before, and the Ljung-Box test."""

    op: Literal["autocorrelation"] = "autocorrelation"
    lags: int | None = Field(default=None, ge=1, le=10_000)
    """Periods back up to which to look; left out, 10 log10(n)."""
    confidence: Confidence = 0.95
    """Level of the intervals."""


OPERATIONS: dict[str, type[Operation]] = {
    "resample": Resample,
    "moving_average": MovingAverage,
    "growth": Growth,
    "decompose": Decompose,
    "forecast": Forecast,
    "autocorrelation": Autocorrelation,
}
