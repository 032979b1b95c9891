"""Data that cannot be fitted: what is needed is said, by the names of the columns."""

from __future__ import annotations

import math
import sys
from datetime import date, timedelta

import pytest

from dip_sdk.types.errors import ConfigError, QueryFailed

N = 40
PLAIN = {
    "y": [(7 * i) % 11 + 0.5 * i for i in range(N)],
    "x": [(3 * i) % 13 for i in range(N)],
    "z": [(5 * i) % 17 for i in range(N)],
    "twice": [2 * ((3 * i) % 13) + 1 for i in range(N)],
    "sum": [(3 * i) % 13 + (5 * i) % 17 for i in range(N)],
    "same": [4.0] * N,
    "void": [None] * (N - 1) + [math.nan],
    "far": [math.inf, *range(N - 1)],
    "huge": [1e31 * i for i in range(N)],
    "close": [1e-40 * i for i in range(N)],
    "class": ["a", "b"] * (N // 2),
    "lonely": ["a", "b"] * (N // 2 - 1) + ["a", "c"],
    "word": [f"w{i % 20}" for i in range(N)],
    "gaps": [float(i) if i < 5 else None for i in range(N)],
    "day": [date(2024, 1, 1) + timedelta(days=i) for i in range(N)],
}
WIDE = {"name": [f"n{i}" for i in range(60)], "y": list(range(60))}
TREE, FOREST, LOGISTIC, LINEAR = (
    "decision_tree", "random_forest", "logistic_regression", "linear_regression",
)  # fmt: skip


@pytest.mark.parametrize(
    ("op", "target", "features", "more", "code", "said"),
    [
        (LINEAR, "y", ("x", "twice"), {}, "collinear_features", "twice follows exactly from x:"),
        (LINEAR, "y", ("x", "z", "sum"), {}, "collinear_features",
         "sum follows exactly from x and z:"),
        (LINEAR, "y", ("x", "z", "sum"), {"intercept": False}, "collinear_features",
         "sum follows exactly from x and z:"),
        (LINEAR, "y", "same", {}, "constant_values", "Every value of same is the same"),
        (LINEAR, "same", "x", {}, "constant_values", "Every value of same is the same"),
        (LINEAR, "class", "x", {}, "not_numeric", "'class' holds no numbers"),
        (LINEAR, "y", "day", {}, "not_numeric", "'day' holds no numbers"),
        (LINEAR, "y", "void", {}, "too_few_values", "void has no known values"),
        (LINEAR, "y", "far", {}, "unfit_data", "'far' holds infinite values"),
        (LINEAR, "y", "word", {"test_size": 0.6}, "too_few_values",
         "16 rows are too few for 20 coefficients"),
        (LINEAR, "y", "x", {"test_size": 0.99}, "too_few_values", "none is left"),
        (TREE, "y", "gaps", {}, "too_few_values", "5 rows with values of y and gaps; at least 10"),
        (TREE, "same", "x", {}, "constant_values", "same in the 40 rows"),
        (TREE, "class", "x", {"task": "regression"}, "not_numeric", "'class' holds no numbers"),
        (TREE, "y", "x", {"stratify": True}, "not_classes", "y is fitted as an amount"),
        (TREE, "y", "x", {"give": "confusion"}, "not_classes", "has no confusion"),
        (TREE, "class", "x", {"positive": "q"}, "unknown_group", "no value 'q'"),
        (FOREST, "lonely", "x", {"positive": "a"}, "not_two_groups", "lonely has 3 classes"),
        (FOREST, "lonely", "x", {"stratify": True}, "too_few_values",
         "The class c of lonely has one row"),
        (FOREST, "word", "x", {"stratify": True, "test_size": 0.1}, "too_few_values",
         "The smaller part has 4 rows for 20 classes"),
        (LOGISTIC, "y", "x", {}, "too_many_groups", "y has 40 classes in 40 rows"),
        (FOREST, "y", "huge", {}, "unfit_data", "huge are too large or too close"),
        (LINEAR, "close", "x", {}, "unfit_data", "close are too large or too close"),
        (LOGISTIC, "class", "void", {}, "too_few_values", "void has no known values"),
        (LOGISTIC, "void", "x", {}, "too_few_values", "void has no known values"),
    ],
)  # fmt: skip
def test_what_a_fit_needs_is_said(run, op, target, features, more, code, said) -> None:
    with pytest.raises(QueryFailed, match=said) as raised:
        run(op, PLAIN, target=target, features=features, **more)
    assert raised.value.code == code
    assert raised.value.hint


@pytest.mark.parametrize(("target", "feature"), [("y", "name"), ("name", "y")])
def test_a_category_of_many_values_is_named(run, target, feature) -> None:
    with pytest.raises(QueryFailed, match="name has 60 different values") as raised:
        run(FOREST, WIDE, target=target, features=feature)
    assert raised.value.code == "too_many_groups"


@pytest.mark.parametrize(("op", "values"), [(LOGISTIC, ("a", "b")), (LINEAR, (1.0, 2.0))])
def test_rows_that_all_have_one_value_teach_nothing(run, op, values) -> None:
    columns = {"y": [values[0]] * 15 + [values[1]] * 5, "x": list(range(20))}
    with pytest.raises(QueryFailed, match="same y") as raised:
        run(op, columns, target="y", features="x", shuffle=False, test_size=0.5)
    assert raised.value.code == "constant_values"


@pytest.mark.parametrize(
    ("columns", "k", "code", "said"),
    [
        ({"x": [1.0, 1.0, 2.0, 2.0]}, 3, "too_few_values", "2 different rows of x"),
        ({"x": [math.nan, math.nan]}, 2, "too_few_values", "x has no known values"),
        ({"x": [1e300, 2.0]}, 2, "unfit_data", "too large"),
        ({"x": [0.0, 1e-30, 1.0]}, 3, "too_few_values", "different rows of x"),
        ({"x": ["a", "b"]}, 2, "not_numeric", "no numbers"),
        ({"x": [1.0, 2.0, 5.0], "cluster": [1, 2, 3]}, 2, "column_exists", "'cluster' already"),
    ],
)
def test_what_clusters_need_is_said(run, columns, k, code, said) -> None:
    with pytest.raises(QueryFailed, match=said) as raised:
        run("k_means", columns, columns="x", k=k)
    assert raised.value.code == code
    assert raised.value.hint


def test_an_exact_line_has_no_errors_to_look_at(run) -> None:
    columns = {"y": [2.0 * i for i in range(-4, 5)], "x": list(range(-4, 5))}
    found = run(LINEAR, columns, target="y", features="x")
    start, slope = found.table.to_pylist()
    assert start["coefficient"] == pytest.approx(0, abs=1e-12)
    assert slope["coefficient"] == pytest.approx(2)
    numbers = [value for row in (start, slope) for value in row.values()]
    assert all(math.isfinite(value) for value in numbers if isinstance(value, float))
    (normal,) = (each for each in found.assumptions if each.name == "normal_errors")
    assert normal.holds is None


def test_a_class_that_is_never_said_scores_nothing_and_warns_nobody(run) -> None:
    columns = {"y": ["a"] * 38 + ["b"] * 2, "x": [i % 2 for i in range(40)]}
    test, _ = run(TREE, columns, target="y", features="x", stratify=True,
                  test_size=0.5).table.to_pylist()  # fmt: skip
    assert (test["precision"], test["recall"], test["f1"]) == (0, 0, 0)
    assert test["accuracy"] == test["baseline_accuracy"] == 0.95


@pytest.mark.parametrize(
    ("op", "asked"),
    [
        (TREE, {"target": "y", "features": "x"}),
        (FOREST, {"target": "y", "features": "x"}),
        (LOGISTIC, {"target": "class", "features": "x"}),
        (LINEAR, {"target": "y", "features": "x", "test_size": 0.2}),
        ("k_means", {"columns": "x", "k": 2}),
    ],
)
def test_a_fit_without_scikit_learn_names_the_extra(run, monkeypatch, op, asked) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.model_selection", None)
    columns = {name: PLAIN[name] for name in ("x", "y", "class")}
    with pytest.raises(ConfigError) as raised:
        run(op, columns, **asked)
    assert "dip-sdk[ml]" in raised.value.hint


def test_least_squares_of_every_row_need_no_extra(run, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.model_selection", None)
    columns = {name: PLAIN[name] for name in ("x", "y", "class")}
    assert run(LINEAR, columns, target="y", features=("x", "class")).table.num_rows == 3
