"""Ordinary least squares by a QR decomposition of centred columns of length one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .samples import Floats, refuse

DEPENDENT = 1e-9
"""A column of length one of which no more is left beside the columns before it depends on them."""


@dataclass(frozen=True)
class LeastSquares:
    """A fit of n rows. The arrays of coefficients begin with the intercept where there is one."""

    coefficients: Floats
    errors: Floats
    """Standard errors, from `sigma`."""
    residuals: Floats
    n: int
    df: int
    """Rows less coefficients."""
    sigma: float
    """Residual standard error, root of the residual sum of squares over `df`."""
    r_squared: float
    """About the mean; without an intercept about zero."""
    f: float
    """Of all features together, on `df_model` and `df`."""
    df_model: int
    condition: float
    """Largest over smallest singular value of the centred columns of length one."""
    inflation: Floats
    """Of each feature: by what its coefficient's variance grows for the others (VIF)."""

    @property
    def adjusted(self) -> float:
        """R squared less what as many features without any meaning bring on average."""
        rows = self.n - 1 if len(self.coefficients) > self.df_model else self.n
        return 1 - (1 - self.r_squared) * rows / self.df


def least_squares(x: Floats, y: Floats, names: Sequence[str], *, intercept: bool) -> LeastSquares:
    """The fit of y (n) to the columns of x (n, k) called `names`.

    Raises `QueryFailed` for too few rows and for a column that depends on others, by name.
    """
    import numpy as np
    from scipy.linalg import solve_triangular

    (n, k), extra = x.shape, int(intercept)
    df = n - k - extra
    if df < 1:
        raise refuse(
            f"{n:,} rows are too few for {k + extra} coefficients.",
            "Name fewer features, loosen a filter, or hold back fewer rows.",
            "too_few_values",
        )
    middle = x.mean(axis=0) * extra
    level = y.mean() * extra
    centred = x - middle
    lengths = np.linalg.norm(centred, axis=0)
    unit = centred / np.where(lengths == 0, 1, lengths)
    q, r = np.linalg.qr(unit)
    _independent(unit, r, names)
    back = solve_triangular(r, np.eye(k))
    slopes = back @ (q.T @ (y - level)) / lengths
    residuals = (y - level) - centred @ slopes
    rest, total = float(residuals @ residuals), float(((y - level) ** 2).sum())
    sigma = float(np.sqrt(rest / df))
    spread = back / lengths[:, None]
    errors = sigma * np.linalg.norm(spread, axis=1)
    if intercept:
        shift = np.linalg.norm(middle @ spread)
        slopes = np.r_[level - middle @ slopes, slopes]
        errors = np.r_[sigma * np.sqrt(1 / n + shift**2), errors]
    return LeastSquares(
        slopes, errors, residuals, n, df, sigma, 1 - rest / total,
        f=(total - rest) / k / (rest / df) if rest > 0 else float("inf"), df_model=k,
        condition=float(np.linalg.cond(r)), inflation=np.square(back).sum(axis=1),
    )  # fmt: skip


def breusch_pagan(x: Floats, residuals: Floats) -> float:
    """p that the residuals' variance is the same whatever x (n, k) is.

    Koenker's form (1981) of Breusch and Pagan's test (1979): n R squared of the squared residuals
    on x, chi squared with k degrees of freedom.
    """
    import numpy as np
    from scipy.stats import chi2

    squares = residuals**2 - np.mean(residuals**2)
    if not squares.any():
        return 1.0
    design = np.column_stack([np.ones(len(x)), x / np.abs(x).max(axis=0)])
    fitted = design @ np.linalg.lstsq(design, squares, rcond=None)[0]
    explained = float(fitted @ fitted) / float(squares @ squares)
    return float(chi2.sf(len(x) * explained, x.shape[1]))


def _independent(unit: Floats, r: Floats, names: Sequence[str]) -> None:
    """Raise `QueryFailed` for the first column that is a combination of those before it."""
    import numpy as np

    left = np.abs(np.diag(r))
    if left.min() > DEPENDENT:
        return
    column = int(np.argmax(left <= DEPENDENT))
    if not unit[:, column].any():
        raise refuse(
            f"Every value of {names[column]} is the same in the rows of the fit.",
            "Leave that feature out.", "constant_values",
        )  # fmt: skip
    weights = np.linalg.lstsq(unit[:, :column], unit[:, column], rcond=None)[0]
    others = [names[int(i)] for i in np.flatnonzero(np.abs(weights) > 1e-6)]
    raise refuse(
        f"{names[column]} follows exactly from {' and '.join(others)}: "
        "what each of them adds cannot be told apart.",
        f"Leave {names[column]} out, or one of the others.",
        "collinear_features",
    )
