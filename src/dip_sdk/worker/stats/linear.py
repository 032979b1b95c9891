"""Linear regression: coefficients with what they rest on."""

from __future__ import annotations

from math import isfinite
from typing import Any

from ...types.operations import fits as asked
from ...types.operations.base import Assumption
from . import design as made
from .assumptions import ALPHA, ENOUGH, MOST, independence
from .base import Data, Outcome
from .fitted import Fitted
from .least_squares import LeastSquares, breusch_pagan, least_squares
from .samples import Floats
from .telling import level, num, outcome, p_is

INFLATED = 10
"""Variance inflation from which on a coefficient is called blurred (Marquardt, 1970)."""
EXACT = 1e-10
"""Residual over total spread below which a line runs through every value."""


def linear_regression(operation: asked.LinearRegression, data: Data) -> Outcome:
    """Ordinary least squares; t and F tests and intervals as for normal errors of one variance.

    With rows held back, coefficients and everything said of them are of the rows fitted to.
    """
    target = made.numbers(data, operation.target)
    design = made.design(target, [made.feature(data, name) for name in operation.features], least=3)
    parts = made.split(operation, design.n)
    made.target_varies(design, parts)
    x = design.x[parts.train]
    fit = least_squares(
        x, design.target.values[parts.train], design.terms, intercept=operation.intercept
    )
    slopes = fit.coefficients[-design.x.shape[1] :]
    start = float(fit.coefficients[0]) if operation.intercept else 0.0
    fitted = Fitted(operation, design, parts, design.x @ slopes + start)
    rests = (*_rests(fit, x, design.terms), *fitted.assumptions)
    if operation.give == "predictions":
        return Outcome(fitted.predictions(), fitted.reading(), rests)
    if operation.give == "metrics":
        return outcome(_metrics(fitted, fit, operation.intercept), fitted.reading(), rests)
    rows = _terms(fit, design.terms, operation)
    return outcome(rows, fitted.reading(_clear(rows, operation)), rests)


def _terms(
    fit: LeastSquares, names: tuple[str, ...], operation: asked.LinearRegression
) -> list[dict[str, Any]]:
    """A row for each coefficient; where the line is exact, t and p are missing."""
    from scipy.stats import t as student

    half = float(student.ppf((1 + operation.confidence) / 2, fit.df))
    labels = ("intercept", *names) if operation.intercept else names
    rows = []
    for name, value, error in zip(labels, fit.coefficients, fit.errors, strict=True):
        t = float(value / error) if error > 0 else None
        rows.append({
            "term": name, "coefficient": float(value), "std_error": float(error), "t": t,
            "p": float(2 * student.sf(abs(t), fit.df)) if t is not None else None,
            "low": float(value - half * error), "high": float(value + half * error),
        })  # fmt: skip
    return rows


def _metrics(fitted: Fitted, fit: LeastSquares, intercept: bool) -> list[dict[str, Any]]:
    """The scores of each part; what only a fit has is missing for the rows held back."""
    from scipy.stats import f as fisher

    own: dict[str, float | None] = {
        "adjusted_r_squared": fit.adjusted, "residual_std_error": fit.sigma, "df": fit.df,
        "f": fit.f if isfinite(fit.f) else None,
        "f_p": float(fisher.sf(fit.f, fit.df_model, fit.df)), "condition_number": fit.condition,
    }  # fmt: skip
    if not intercept:
        own["r_squared_about_zero"] = fit.r_squared
    return [row | (own if row["part"] == "train" else dict.fromkeys(own)) for row in fitted.metrics]


def _clear(rows: list[dict[str, Any]], operation: asked.LinearRegression) -> str:
    """Which coefficients are clear of zero."""
    alpha = 1 - operation.confidence
    at = level(round(alpha, 10))
    slopes = [row for row in rows if row["term"] != "intercept" and row["p"] is not None]
    clear = [row for row in slopes if row["p"] < alpha]
    told = [
        f"{row['term']} ({num(row['coefficient'])} for each step of 1, {p_is(row['p'])})"
        for row in clear[:5]
    ]
    if not told:
        return f"No coefficient of a feature is clear of zero at the {at} level."
    more = f" and {len(clear) - 5} more" if len(clear) > 5 else ""
    return f"Clear of zero at the {at} level: {', '.join(told)}{more}."


def _rests(fit: LeastSquares, x: Floats, names: tuple[str, ...]) -> tuple[Assumption, ...]:
    """Errors independent, normal and of one variance; features that can be told apart."""
    return (independence(), *_errors(fit, x), _apart(fit, names))


def _errors(fit: LeastSquares, x: Floats) -> tuple[Assumption, ...]:
    total = float(fit.residuals @ fit.residuals)
    if 1 - fit.r_squared < EXACT**2 or total == 0:
        message = "The line runs through every value: there are no errors to look at."
        return (Assumption(name="normal_errors", holds=None, message=message),)
    return _normal(fit.residuals), _even(breusch_pagan(x, fit.residuals))


def _normal(residuals: Floats) -> Assumption:
    """Shapiro-Wilk, or Jarque-Bera where there are too many rows for it."""
    from scipy import stats

    name, many = "normal_errors", len(residuals) > MOST
    if len(residuals) < 3:
        return Assumption(name=name, holds=None, message="There are too few rows to look at it.")
    test = "Jarque-Bera" if many else "Shapiro-Wilk"
    p = float((stats.jarque_bera if many else stats.shapiro)(residuals).pvalue)
    if p >= ALPHA:
        message = f"{test} finds no sign against it ({p_is(p)})."
        return Assumption(name=name, holds=True, message=message)
    message = f"{test} finds the errors far from normal ({p_is(p)})"
    if len(residuals) >= ENOUGH:
        message += f"; with {ENOUGH} or more rows the coefficients' intervals bear that."
        return Assumption(name=name, holds=None, message=message)
    message += "; p values and intervals may mislead."
    return Assumption(name=name, holds=False, message=message)


def _even(p: float) -> Assumption:
    if p >= ALPHA:
        message = f"Breusch-Pagan finds no sign against it ({p_is(p)})."
        return Assumption(name="constant_variance", holds=True, message=message)
    message = (
        f"Breusch-Pagan finds errors that are larger for some values of the features ({p_is(p)}); "
        "standard errors may mislead."
    )
    return Assumption(name="constant_variance", holds=False, message=message)


def _apart(fit: LeastSquares, names: tuple[str, ...]) -> Assumption:
    import numpy as np

    worst = int(np.argmax(fit.inflation))
    size = num(float(fit.inflation[worst]))
    if fit.inflation[worst] < INFLATED:
        message = f"The largest variance inflation is {size}, of {names[worst]}."
        return Assumption(name="features_apart", holds=True, message=message)
    message = (
        f"{names[worst]} nearly follows from the others (variance inflation {size}, condition "
        f"number {num(fit.condition)}): single coefficients are blurred."
    )
    return Assumption(name="features_apart", holds=False, message=message)
