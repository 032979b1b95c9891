"""Models fitted to data."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, TypeAlias

from ...types.operations import fits as asked
from ...types.operations.base import Assumption
from . import design as made
from .base import Data, Outcome
from .clusters import k_means
from .design import Column, Design, Split
from .fitted import Fitted
from .linear import linear_regression
from .samples import Floats, Places, position, refuse
from .telling import num, outcome

__all__ = ["decision_tree", "k_means", "linear_regression", "logistic_regression", "random_forest"]

Classified: TypeAlias = "asked.LogisticRegression | asked.DecisionTree | asked.RandomForest"


def logistic_regression(operation: asked.LogisticRegression, data: Data) -> Outcome:
    """scikit-learn's `LogisticRegression`: L2 penalty, solved by L-BFGS.

    Coefficients are log odds for a step of 1 in a feature, or of one standard deviation where
    features are standardised; of two classes those of the last, of more those of each class.
    """
    made.learn()
    from sklearn.linear_model import LogisticRegression

    design, parts = _prepared(operation, data, True)
    x = _standardised(design.x, parts.train) if operation.standardise else design.x
    model = LogisticRegression(C=operation.c, max_iter=operation.max_iter)
    converged = _fit(model, x, design, parts)
    fitted = _classified(operation, design, parts, model, x)
    if operation.give != "terms":
        return _given(fitted, (converged,))
    levels = design.target.levels
    names = [levels[i] for i in model.classes_]
    rows = [
        {"class": name, "term": term, "coefficient": value, "odds_ratio": _exp(value)}
        for name, start, slopes in zip(
            names[-len(model.coef_) :], model.intercept_, model.coef_, strict=True
        )
        for term, value in zip(("intercept", *design.terms), (start, *slopes), strict=True)
    ]
    return outcome(rows, fitted.reading(), (converged, *fitted.assumptions))


def decision_tree(operation: asked.DecisionTree, data: Data) -> Outcome:
    """scikit-learn's `DecisionTreeClassifier` or `DecisionTreeRegressor` (CART, Breiman and others,
    1984)."""
    made.learn()
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    return _trees(operation, data, DecisionTreeClassifier, DecisionTreeRegressor)


def random_forest(operation: asked.RandomForest, data: Data) -> Outcome:
    """scikit-learn's `RandomForestClassifier` or `RandomForestRegressor` (Breiman, 2001)."""
    made.learn()
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    count = {"n_estimators": operation.n_estimators}
    return _trees(operation, data, RandomForestClassifier, RandomForestRegressor, **count)


def _trees(
    operation: asked.DecisionTree | asked.RandomForest,
    data: Data,
    classifier: Any,
    regressor: Any,
    **more: int,
) -> Outcome:
    of_classes = _of_classes(operation, data)
    design, parts = _prepared(operation, data, of_classes)
    model = (classifier if of_classes else regressor)(
        max_depth=operation.max_depth,
        min_samples_leaf=operation.min_samples_leaf,
        random_state=operation.seed,
        **more,
    )
    _fit(model, design.x, design, parts)
    if of_classes:
        fitted = _classified(operation, design, parts, model, design.x)
    else:
        fitted = Fitted(operation, design, parts, model.predict(design.x))
    if operation.give == "importances":
        return _importances(fitted, model.feature_importances_)
    return _given(fitted)


def _of_classes(operation: asked.DecisionTree | asked.RandomForest, data: Data) -> bool:
    """Whether the target is taken as classes; raises `QueryFailed` for what only classes have."""
    of_classes = operation.task == "classification" or (
        operation.task == "auto" and _looks_like_classes(data, operation.target)
    )
    if (operation.stratify or operation.positive is not None) and not of_classes:
        raise refuse(
            f"{operation.target} is fitted as an amount: stratify and positive are for classes.",
            "Leave them out, or give task='classification'.",
            "not_classes",
        )
    return of_classes


def _looks_like_classes(data: Data, name: str) -> bool:
    """Not numbers, or numbers of two values at most."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = data.table.column(name)
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    numeric = any(is_(column.type) for is_ in tests)
    return not numeric or bool(pc.count_distinct(column.drop_null()).as_py() <= 2)


def _prepared(operation: Classified, data: Data, of_classes: bool) -> tuple[Design, Split]:
    """What is fitted and the rows held back; every fit needs two classes or values to learn."""
    read = made.classes if of_classes else made.numbers
    target = read(data, operation.target)
    design = made.design(target, [made.feature(data, name) for name in operation.features])
    parts = made.split(operation, design.n, design.target if operation.stratify else None)
    if 2 * len(design.target.levels) > design.n:
        raise refuse(
            f"{operation.target} has {len(design.target.levels)} classes in {design.n:,} rows.",
            "Fit an amount by linear_regression or task='regression', or choose a target that "
            "repeats its values.",
            "too_many_groups",
        )
    made.target_varies(design, parts)
    return design, parts


def _fit(model: Any, x: Floats, design: Design, parts: Split) -> Assumption:
    """Fit the model; a solver that gave up is an assumption that does not hold."""
    from sklearn.exceptions import ConvergenceWarning

    target = design.target.values[parts.train]
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(x[parts.train], target.astype(int) if design.target.levels else target)
    if not any(issubclass(each.category, ConvergenceWarning) for each in heard):
        return Assumption(name="convergence", holds=True, message="The solver came to an end.")
    message = "The solver gave up before it came to an end: standardise, or raise max_iter."
    return Assumption(name="convergence", holds=False, message=message)


def _classified(
    operation: Classified, design: Design, parts: Split, model: Any, x: Floats
) -> Fitted:
    import numpy as np

    chances = np.zeros((design.n, len(design.target.levels)))
    chances[:, model.classes_] = model.predict_proba(x)
    said, positive = model.predict(x), _positive(operation, design.target)
    return Fitted(operation, design, parts, said, chances, positive)


def _positive(operation: Classified, target: Column) -> int | None:
    """Of two classes the place of the positive one, by default the last."""
    if len(target.levels) == 2:
        return (
            1 if operation.positive is None
            else position(operation.positive, target.levels, target.name)
        )  # fmt: skip
    if operation.positive is None:
        return None
    raise refuse(
        f"{target.name} has {len(target.levels)} classes; one of two can be the positive one.",
        "Leave positive out, or choose two classes with a filter.",
        "not_two_groups",
    )


def _given(fitted: Fitted, assumptions: Sequence[Assumption] = ()) -> Outcome:
    """The table that `give` names."""
    give = getattr(fitted.operation, "give", "metrics")
    rests = (*assumptions, *fitted.assumptions)
    if give == "predictions":
        return Outcome(fitted.predictions(), fitted.reading(), rests)
    rows = fitted.confusion() if give == "confusion" else fitted.metrics
    return outcome(rows, fitted.reading(), rests)


def _importances(fitted: Fitted, found: Floats) -> Outcome:
    """By how much a term's questions purify the nodes (mean decrease in impurity), of 1 in all."""
    of = zip(fitted.design.of, fitted.design.terms, found, strict=True)
    rows = [
        {"feature": feature, "term": term, "importance": float(value)}
        for feature, term, value in of
    ]
    rows.sort(key=lambda row: -float(str(row["importance"])))
    first = rows[0]
    said = (
        f"{first['term']} adds most to telling the rows apart (importance "
        f"{num(float(str(first['importance'])))} of 1); features of many values are favoured."
    )
    return outcome(rows, fitted.reading(said), fitted.assumptions)


def _standardised(x: Floats, train: Places) -> Floats:
    """Less the mean, over the standard deviation, both of the rows that are fitted to."""
    from sklearn.preprocessing import StandardScaler

    scaled: Floats = StandardScaler().fit(x[train]).transform(x)
    return scaled


def _exp(value: float) -> float | None:
    """e to a power, None where it is too large to tell."""
    from math import exp

    return exp(value) if value < 700 else None
