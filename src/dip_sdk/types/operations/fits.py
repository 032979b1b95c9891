"""Arguments of the models that are fitted to data: regressions, trees, clusters."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from .base import ColumnName, ColumnNames, Confidence, Operation

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Share = Annotated[float, Field(ge=0, lt=1)]
Task = Literal["auto", "classification", "regression"]


class Fit(Operation):
    """A target fitted by features; rows where one of them is missing are left out."""

    charted: ClassVar[bool] = False
    target: ColumnName
    """The column that is predicted."""
    features: ColumnNames = Field(min_length=1)
    """The columns it is predicted from. Text becomes a column of 0 and 1 for each value but the
    first."""
    test_size: Share = 0.2
    """Share of the rows that is held back for the score; 0 fits to every row."""
    seed: Seed = 42
    """Draws the rows held back, and whatever else is drawn: scikit-learn's `random_state`."""
    shuffle: bool = True
    """False: the last rows are held back, as for rows in the order of time."""

    @model_validator(mode="after")
    def _once(self) -> Fit:
        names = [name.casefold() for name in self.features]
        if len(set(names)) < len(names):
            raise ValueError("a feature is named twice")
        if self.target.casefold() in names:
            raise ValueError("the target cannot be a feature")
        return self

    @property
    def told(self) -> str:
        """What it does in words: "Random forest of species on flipper and mass (test size 0.3)"."""
        others = ", ".join(self._changed(set()))
        return f"{self.phrase} ({others})" if others else self.phrase

    @property
    def phrase(self) -> str:
        """Model, target and features: "Random forest of species on flipper and mass"."""
        *before, last = self.features
        on = f"{', '.join(before)} and {last}" if before else last
        return f"{self.called} of {self.target} on {on}"


class Predictive(Fit):
    """A fit whose rows held back may keep the shares of the target's classes."""

    stratify: bool = False
    """Keep the shares of the target's classes in the rows held back."""

    @model_validator(mode="after")
    def _drawn(self) -> Predictive:
        if self.stratify and not (self.shuffle and self.test_size):
            raise ValueError("stratify draws rows to hold back: it takes shuffle and a test_size")
        return self


class LinearRegression(Fit):
    """Least squares: a coefficient for each feature with its error, t, p and interval. Fits to
    every row unless `test_size` holds some back."""

    called: ClassVar[str] = "Linear regression"
    op: Literal["linear_regression"] = "linear_regression"
    test_size: Share = 0.0
    """Share of the rows that is held back for the score; 0 fits to every row."""
    intercept: bool = True
    """False: the line goes through the origin."""
    confidence: Confidence = 0.95
    """Level of the coefficients' intervals."""
    give: Literal["terms", "metrics", "predictions"] = "terms"
    """`terms`: a row for each coefficient. `metrics`: how good it is, a row for the rows held back
    and one for those it was fitted to. `predictions`: a row for each row."""


class LogisticRegression(Predictive):
    """Logistic regression of a class, with scikit-learn's L2 penalty; multinomial for more than two
    classes."""

    called: ClassVar[str] = "Logistic regression"
    op: Literal["logistic_regression"] = "logistic_regression"
    c: Annotated[float, Field(gt=0)] = 1.0
    """Inverse strength of the penalty: the smaller, the closer coefficients are held to zero."""
    max_iter: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """Steps after which the solver gives up."""
    standardise: bool = False
    """Take each feature less its mean, over its standard deviation, both of the fitted rows."""
    positive: str | None = None
    """Of two classes the one that precision, recall and F1 are about; none takes the last."""
    give: Literal["metrics", "terms", "predictions", "confusion"] = "metrics"
    """`metrics`: how good it is. `terms`: coefficients and odds ratios. `predictions`: a row for
    each row. `confusion`: how often each class was taken for which."""


class _Trees(Predictive):
    task: Task = "auto"
    """`auto`: text, truth values and numbers of two values are classes, other numbers amounts."""
    max_depth: Annotated[int, Field(ge=1)] | None = None
    """Most questions in a row; none asks until leaves are pure."""
    min_samples_leaf: Annotated[int, Field(ge=1)] = 1
    """Fewest rows in a leaf."""
    positive: str | None = None
    """Of two classes the one that precision, recall and F1 are about; none takes the last."""
    give: Literal["metrics", "importances", "predictions", "confusion"] = "metrics"
    """`metrics`: how good it is. `importances`: what each feature adds. `predictions`: a row for
    each row. `confusion`: how often each class was taken for which."""


class DecisionTree(_Trees):
    """A decision tree: a class, or an amount, by yes-or-no questions about the features."""

    called: ClassVar[str] = "Decision tree"
    op: Literal["decision_tree"] = "decision_tree"


class RandomForest(_Trees):
    """A random forest: the vote, or the mean, of many trees on redrawn rows."""

    called: ClassVar[str] = "Random forest"
    op: Literal["random_forest"] = "random_forest"
    n_estimators: Annotated[int, Field(ge=1, le=100_000)] = 100
    """Trees."""


class KMeans(Operation):
    """k-means: rows put into k clusters around means, by Euclidean distance. Gives the whole table
    with a column `cluster`, missing where a value is."""

    whole: ClassVar[bool] = True
    charted: ClassVar[bool] = False
    called: ClassVar[str] = "k-means clusters"
    op: Literal["k_means"] = "k_means"
    columns: ColumnNames = Field(min_length=1)
    """The numeric columns."""
    k: Annotated[int, Field(ge=2, le=1000)]
    """How many clusters."""
    standardise: bool = False
    """Take each column less its mean, over its standard deviation, so that all count alike."""
    seed: Seed = 42
    """Draws the first centres: scikit-learn's `random_state`."""
    n_init: Annotated[int, Field(ge=1, le=1000)] = 10
    """Starts, of which the best is kept."""
    give: Literal["rows", "centres"] = "rows"
    """`rows`: the table with the cluster of each row, from 0. `centres`: a row for each cluster."""


OPERATIONS: dict[str, type[Operation]] = {
    "linear_regression": LinearRegression,
    "logistic_regression": LogisticRegression,
    "decision_tree": DecisionTree,
    "random_forest": RandomForest,
    "k_means": KMeans,
}
