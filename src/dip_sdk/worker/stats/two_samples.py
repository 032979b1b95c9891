"""What the tests of two samples have in common: their rows of numbers and their words."""

from __future__ import annotations

from math import isnan
from typing import Any

from ...types.operations import comparisons as asked
from .samples import Sample
from .telling import left_out, level, num, sided, told_apart


def looked_for(operation: asked.TwoSamples | asked.Paired, measure: str, first: str) -> str:
    """ "a difference in means", or the side that is asked for."""
    return sided(
        operation.alternative,
        two=f"a difference in {measure}s",
        greater=f"a larger {measure} in {first}",
        less=f"a smaller {measure} in {first}",
    )


def row_of(found: Any, operation: asked.TwoSamples | asked.Paired) -> dict[str, Any]:
    """What every test of two samples tells."""
    return {
        "statistic": float(found.statistic),
        "p": float(found.pvalue),
        "alternative": operation.alternative,
        "confidence": operation.confidence,
    }


def t_row(
    found: Any, low: float, high: float, operation: asked.TwoSamples | asked.Paired
) -> dict[str, Any]:
    """A one-sided interval is open at one end: no bound stands there."""
    bounds = {"low": _bound(low), "high": _bound(high)}
    return (
        {"statistic": float(found.statistic), "df": float(found.df)}
        | row_of(found, operation)
        | bounds
    )


def both(first: Sample, second: Sample, *measures: str) -> dict[str, Any]:
    """Name, n and measures of both samples."""
    row: dict[str, Any] = {"group_1": first.name, "group_2": second.name}
    row |= {"n_1": first.n, "n_2": second.n, "missing": first.missing + second.missing}
    for measure in measures:
        row |= {f"{measure}_{i}": _measure(s, measure) for i, s in enumerate((first, second), 1)}
    return row


def _measure(given: Sample, measure: str) -> float:
    return float(getattr(given, measure))


_WORDS = {"mean": "mean", "median": "median", "std": "sample standard deviation"}


def compared(operation: asked.TwoSamples, first: Sample, second: Sample, measure: str) -> str:
    """ "The mean of amount is 3.2 higher in North (10.1, n = 12) than in South (6.9, n = 15)."."""
    a, b = _measure(first, measure), _measure(second, measure)
    of = f" of {operation.column}" if operation.by else ""
    shown = told_apart(a, b)
    ends = [
        f"{s.name} ({value}, n = {s.n:,})" for s, value in zip((first, second), shown, strict=True)
    ]
    left = left_out(first.missing + second.missing)
    if a == b:
        return f"The {_WORDS[measure]}{of} is the same in {ends[0]} and in {ends[1]}{left}."
    more = "higher" if a > b else "lower"
    return (
        f"The {_WORDS[measure]}{of} is {num(abs(a - b))} {more} in {ends[0]} than in "
        f"{ends[1]}{left}."
    )


def interval(row: dict[str, Any]) -> str:
    """The interval of the difference, in words; "" for a one-sided one."""
    if row["low"] is None or row["high"] is None:
        return ""
    between = f"between {num(row['low'])} and {num(row['high'])}"
    return f"The difference lies {between} ({level(row['confidence'])} interval)."


def _bound(value: float) -> float | None:
    return None if abs(value) == float("inf") or isnan(value) else float(value)
