"""Fits of the penguins, against scikit-learn and statsmodels asked directly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from sklearn import ensemble, linear_model, metrics, tree
from sklearn.cluster import KMeans
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import variance_inflation_factor

from dip_sdk.types.operations import model
from dip_sdk.worker.stats.telling import p_is

MASS, FLIPPER, BILL = "body_mass_g", "flipper_length_mm", "bill_length_mm"
AMOUNT = {"target": MASS, "features": (FLIPPER, BILL, "sex", "island")}
CLASS = {"target": "species", "features": (FLIPPER, BILL, "sex")}
BINARY = {"target": "sex", "features": (MASS, BILL, "species")}
TREES = {
    ("decision_tree", True): tree.DecisionTreeClassifier,
    ("decision_tree", False): tree.DecisionTreeRegressor,
    ("random_forest", True): ensemble.RandomForestClassifier,
    ("random_forest", False): ensemble.RandomForestRegressor,
}


def near(value: float) -> object:
    return pytest.approx(float(value), rel=1e-12, abs=1e-12)


def parts(penguins: pd.DataFrame, asked, *, stratify: bool = False, size=0.2, seed=42, **more):
    """x and y of the rows fitted to and held back, as a user of scikit-learn makes them."""
    whole = penguins.dropna(subset=[asked["target"], *asked["features"]])
    x = pd.get_dummies(whole[[*asked["features"]]], drop_first=True, dtype=float).to_numpy()
    y = whole[asked["target"]].to_numpy()
    return train_test_split(
        x, y, test_size=size, random_state=seed, stratify=y if stratify else None, **more
    )


def check_amounts(row, actual, predicted) -> None:
    assert row["n"] == len(actual)
    assert row["mse"] == near(metrics.mean_squared_error(actual, predicted))
    assert row["rmse"] == near(metrics.root_mean_squared_error(actual, predicted))
    assert row["mae"] == near(metrics.mean_absolute_error(actual, predicted))
    assert row["r_squared"] == near(metrics.r2_score(actual, predicted))


def check_classes(row, actual, predicted, **average) -> None:
    assert row["n"] == len(actual)
    assert row["accuracy"] == near(metrics.accuracy_score(actual, predicted))
    assert row["precision"] == near(metrics.precision_score(actual, predicted, **average))
    assert row["recall"] == near(metrics.recall_score(actual, predicted, **average))
    assert row["f1"] == near(metrics.f1_score(actual, predicted, **average))


def test_a_linear_regression_has_the_terms_of_statsmodels(run, penguins) -> None:
    whole = penguins.dropna(subset=[MASS, *AMOUNT["features"]])
    x = pd.get_dummies(whole[[*AMOUNT["features"]]], drop_first=True, dtype=float)
    told = sm.OLS(whole[MASS].to_numpy(), sm.add_constant(x.to_numpy())).fit()
    found = run("linear_regression", penguins, **AMOUNT, confidence=0.9).table.to_pandas()
    assert found["term"].tolist() == [
        "intercept", FLIPPER, BILL, "sex = male", "island = Dream", "island = Torgersen",
    ]  # fmt: skip
    bounds = told.conf_int(0.1)
    for column, theirs in (
        ("coefficient", told.params), ("std_error", told.bse), ("t", told.tvalues),
        ("p", told.pvalues), ("low", bounds[:, 0]), ("high", bounds[:, 1]),
    ):  # fmt: skip
        assert found[column].to_numpy() == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("intercept", [True, False])
def test_a_linear_regression_has_the_figures_of_statsmodels(row, penguins, intercept) -> None:
    whole = penguins.dropna(subset=[MASS, FLIPPER, BILL])
    x = whole[[FLIPPER, BILL]].to_numpy()
    told = sm.OLS(whole[MASS].to_numpy(), sm.add_constant(x) if intercept else x).fit()
    found = row(
        "linear_regression", penguins, target=MASS, features=(FLIPPER, BILL),
        intercept=intercept, give="metrics",
    )  # fmt: skip
    about = "r_squared" if intercept else "r_squared_about_zero"
    assert found[about] == pytest.approx(told.rsquared, rel=1e-12)
    assert found["adjusted_r_squared"] == pytest.approx(told.rsquared_adj, rel=1e-12)
    assert found["f"] == pytest.approx(told.fvalue, rel=1e-10)
    assert found["f_p"] == pytest.approx(told.f_pvalue, rel=1e-8)
    assert found["residual_std_error"] == pytest.approx(told.scale**0.5, rel=1e-12)
    assert (found["n"], found["missing"], found["df"]) == (342, 2, told.df_resid)
    check_amounts(found, whole[MASS], told.fittedvalues)


def test_what_least_squares_rests_on_is_looked_at(run, penguins) -> None:
    even = run("linear_regression", penguins, target=MASS, features=(FLIPPER, BILL))
    uneven = run("linear_regression", penguins, target=MASS, features=(FLIPPER, "sex"))
    for found, second, holds in ((even, BILL, True), (uneven, "sex", False)):
        whole = penguins.dropna(subset=[MASS, FLIPPER, second])
        x = pd.get_dummies(whole[[FLIPPER, second]], drop_first=True, dtype=float).to_numpy()
        told = sm.OLS(whole[MASS].to_numpy(), sm.add_constant(x)).fit()
        p = float(het_breuschpagan(told.resid, sm.add_constant(x))[1])
        rests = {each.name: each for each in found.assumptions}
        assert rests["constant_variance"].holds is holds
        assert p_is(p) in rests["constant_variance"].message
        inflation = variance_inflation_factor(sm.add_constant(x), 1)
        assert f"{inflation:.4g}" in rests["features_apart"].message
        assert rests["features_apart"].holds is True
        assert rests["independence"].holds is None
        assert p_is(float(stats.shapiro(told.resid).pvalue)) in rests["normal_errors"].message


def test_a_linear_regression_is_scored_on_rows_held_back(run, penguins) -> None:
    x, held, y, actual = parts(penguins, AMOUNT, size=0.3, seed=7)
    told = linear_model.LinearRegression().fit(x, y)
    found = run("linear_regression", penguins, **AMOUNT, test_size=0.3, seed=7, give="metrics")
    test, train = found.table.to_pylist()
    assert (test["part"], train["part"]) == ("test", "train")
    check_amounts(test, actual, told.predict(held))
    check_amounts(train, y, told.predict(x))
    assert test["baseline_rmse"] == near(np.sqrt(np.mean((actual - y.mean()) ** 2)))
    assert test["adjusted_r_squared"] is None
    assert "100 rows held back" in found.reading


@pytest.mark.parametrize("op", ["decision_tree", "random_forest"])
@pytest.mark.parametrize("seed", [0, 42])
def test_trees_of_classes_are_those_of_scikit_learn(run, penguins, op, seed) -> None:
    x, held, y, actual = parts(penguins, CLASS, stratify=True, seed=seed)
    told = TREES[op, True](random_state=seed, max_depth=3).fit(x, y)
    asked = CLASS | {"seed": seed, "stratify": True, "max_depth": 3}
    test, train = run(op, penguins, **asked).table.to_pylist()
    check_classes(test, actual, told.predict(held), average="macro")
    check_classes(train, y, told.predict(x), average="macro")
    assert (test["n_train"], test["n_test"], test["missing"]) == (266, 67, 11)
    assert test["baseline_accuracy"] == near(np.mean(actual == "Adelie"))
    found = run(op, penguins, **asked, give="importances").table.to_pylist()
    shares = dict(zip((FLIPPER, BILL, "sex = male"), told.feature_importances_, strict=True))
    assert {row["term"]: row["importance"] for row in found} == pytest.approx(shares, rel=1e-12)
    assert found[0]["importance"] == max(shares.values())


@pytest.mark.parametrize("op", ["decision_tree", "random_forest"])
def test_trees_of_amounts_are_those_of_scikit_learn(run, penguins, op) -> None:
    x, held, y, actual = parts(penguins, AMOUNT)
    told = TREES[op, False](random_state=42, min_samples_leaf=5).fit(x, y)
    test, train = run(op, penguins, **AMOUNT, min_samples_leaf=5).table.to_pylist()
    check_amounts(test, actual, told.predict(held))
    check_amounts(train, y, told.predict(x))


def test_a_forest_has_as_many_trees_as_asked(run, penguins) -> None:
    x, held, y, actual = parts(penguins, AMOUNT)
    told = ensemble.RandomForestRegressor(7, random_state=42).fit(x, y)
    test, _ = run("random_forest", penguins, **AMOUNT, n_estimators=7).table.to_pylist()
    check_amounts(test, actual, told.predict(held))


@pytest.mark.parametrize(("positive", "place"), [(None, 1), ("female", 0)])
def test_a_logistic_regression_of_two_classes_is_that_of_scikit_learn(
    run, penguins, positive, place
) -> None:
    x, held, y, actual = parts(penguins, BINARY)
    scaler = StandardScaler().fit(x)
    told = linear_model.LogisticRegression(C=0.5).fit(scaler.transform(x), y)
    asked = BINARY | {"standardise": True, "c": 0.5}
    found = run("logistic_regression", penguins, **asked, positive=positive)
    test, train = found.table.to_pylist()
    label, chances = ("female", "male")[place], told.predict_proba(scaler.transform(held))
    check_classes(test, actual, told.predict(scaler.transform(held)), pos_label=label)
    check_classes(train, y, told.predict(scaler.transform(x)), pos_label=label)
    assert test["roc_auc"] == near(metrics.roc_auc_score(actual == label, chances[:, place]))
    terms = run("logistic_regression", penguins, **asked, give="terms").table.to_pylist()
    assert [term["coefficient"] for term in terms] == pytest.approx(
        [*told.intercept_, *told.coef_[0]], rel=1e-12
    )
    assert {term["class"] for term in terms} == {"male"}
    assert terms[1]["odds_ratio"] == near(np.exp(told.coef_[0, 0]))


def test_a_logistic_regression_of_three_classes_is_that_of_scikit_learn(run, penguins) -> None:
    x, held, y, actual = parts(penguins, CLASS)
    told = linear_model.LogisticRegression(max_iter=5000).fit(x, y)
    asked = CLASS | {"max_iter": 5000}
    found = run("logistic_regression", penguins, **asked)
    test, _ = found.table.to_pylist()
    check_classes(test, actual, told.predict(held), average="macro")
    (converged,) = (each for each in found.assumptions if each.name == "convergence")
    assert converged.holds is True
    terms = run("logistic_regression", penguins, **asked, give="terms").table.to_pandas()
    theirs = np.column_stack([told.intercept_, told.coef_])
    assert terms["coefficient"].to_numpy() == pytest.approx(theirs.ravel(), rel=1e-12)
    assert terms["class"].unique().tolist() == told.classes_.tolist()


def test_a_solver_that_gives_up_is_told_and_warns_nobody(run, penguins) -> None:
    found = run("logistic_regression", penguins, **CLASS, max_iter=3)
    (converged,) = (each for each in found.assumptions if each.name == "convergence")
    assert converged.holds is False
    assert "standardise" in converged.message


def test_predictions_tell_the_row_and_the_part(run, penguins) -> None:
    whole = penguins.dropna(subset=["species", *CLASS["features"]])
    _, later = train_test_split(whole.index, test_size=0.2, random_state=42)
    x, _, y, _ = parts(penguins, CLASS)
    told = tree.DecisionTreeClassifier(random_state=42, max_depth=2).fit(x, y)
    every = pd.get_dummies(whole[[*CLASS["features"]]], drop_first=True, dtype=float).to_numpy()
    found = run(
        "decision_tree", penguins, **CLASS, max_depth=2, give="predictions"
    ).table.to_pandas()
    assert found["row"].tolist() == (whole.index + 1).tolist()
    assert set(found["row"][found["part"] == "test"]) == set(later + 1)
    assert found["actual"].tolist() == whole["species"].tolist()
    assert found["predicted"].tolist() == told.predict(every).tolist()
    assert found["probability"].to_numpy() == pytest.approx(told.predict_proba(every).max(axis=1))


def test_predictions_of_amounts_have_residuals(run, penguins) -> None:
    found = run(
        "linear_regression", penguins, target=MASS, features=FLIPPER, give="predictions"
    ).table.to_pandas()
    assert (found["residual"] == found["actual"] - found["predicted"]).all()
    assert found["residual"].sum() == pytest.approx(0, abs=1e-6)
    assert set(found["part"]) == {"train"}


def test_confusions_are_counted_on_the_rows_held_back(run, penguins) -> None:
    x, held, y, actual = parts(penguins, CLASS)
    told = tree.DecisionTreeClassifier(random_state=42, max_depth=1).fit(x, y)
    theirs = metrics.confusion_matrix(actual, told.predict(held))
    found = run("decision_tree", penguins, **CLASS, max_depth=1, give="confusion").table
    assert found["count"].to_numpy().reshape(3, 3).tolist() == theirs.tolist()
    assert found["actual"].to_pylist()[::3] == told.classes_.tolist()


def test_without_shuffling_the_last_rows_are_held_back(run, penguins) -> None:
    found = run(
        "decision_tree", penguins, **AMOUNT, shuffle=False, give="predictions"
    ).table.to_pandas()
    assert found["part"].tolist() == ["train"] * 266 + ["test"] * 67


@pytest.mark.parametrize(
    ("target", "of_classes"),
    [
        ([0, 1] * 20, True), ([True, False] * 20, True), (["a", "b"] * 20, True),
        (list(range(40)), False), ([0.5, 1.5, 2.5, 3.5] * 10, False),
    ],
    ids=["two numbers", "truth", "text", "numbers", "few numbers"],
)  # fmt: skip
def test_what_is_a_class_is_seen_by_the_target(run, target, of_classes) -> None:
    columns = {"y": target, "x": [i % 7 for i in range(40)]}
    found = run("decision_tree", columns, target="y", features="x", stratify=of_classes).table
    assert ("accuracy" in found.column_names) == of_classes


def test_numbers_are_classes_where_that_is_asked(run, penguins) -> None:
    asked = {"target": "year", "features": (MASS, BILL)}
    found = run("random_forest", penguins, **asked, task="classification").table.to_pylist()
    x, held, y, actual = parts(penguins, asked)
    told = ensemble.RandomForestClassifier(random_state=42).fit(x, y)
    check_classes(found[0], actual, told.predict(held), average="macro")


def test_a_score_stands_beside_that_of_a_guess(run, penguins) -> None:
    found = run("decision_tree", penguins, **CLASS)
    test, _ = found.table.to_pylist()
    assert f"accuracy of {test['accuracy']:.4g} on 67 rows held back" in found.reading
    guess = f"Always saying Adelie, the most frequent class, has {test['baseline_accuracy']:.4g}"
    assert guess in found.reading
    assert "11 rows with a missing value were left out" in found.reading
    assert "sex but female" in found.reading
    assert "need not be a cause" in found.reading


def test_a_fit_that_is_no_better_than_a_guess_says_so(run) -> None:
    columns = {"y": [(i * i) % 7 for i in range(80)], "x": [(5 * i) % 11 for i in range(80)]}
    found = run("decision_tree", columns, target="y", features="x", task="regression")
    test, _ = found.table.to_pylist()
    assert test["rmse"] > test["baseline_rmse"]
    assert f"has an error of {test['baseline_rmse']:.4g}: no worse." in found.reading


def test_a_fit_without_rows_held_back_says_so(run, penguins) -> None:
    found = run("decision_tree", penguins, **AMOUNT, test_size=0)
    (only,) = found.table.to_pylist()
    assert (only["part"], only["n_test"]) == ("train", 0)
    assert "which flatters it" in found.reading


def test_few_rows_held_back_are_no_sure_score(run, penguins) -> None:
    found = run("decision_tree", penguins.head(60), **AMOUNT)
    (few,) = found.assumptions
    assert (few.name, few.holds) == ("enough_rows_held_back", False)


@pytest.mark.parametrize("standardise", [False, True])
def test_clusters_are_those_of_scikit_learn(run, penguins, standardise) -> None:
    whole = penguins.dropna(subset=[MASS, BILL])
    x = whole[[MASS, BILL]].to_numpy()
    scaled = StandardScaler().fit_transform(x) if standardise else x
    told = KMeans(3, n_init=10, random_state=1).fit(scaled)
    asked = {"columns": (MASS, BILL), "k": 3, "seed": 1, "standardise": standardise}
    found = run("k_means", penguins, **asked).table.to_pandas()
    assert found.columns[:-1].tolist() == [*penguins.columns]
    labels = found["cluster"]
    assert labels[whole.index].astype(int).tolist() == told.labels_.tolist()
    assert labels.isna().sum() == 2
    centres = run("k_means", penguins, **asked, give="centres").table.to_pandas()
    means = whole.groupby(told.labels_)[[MASS, BILL]].mean()
    assert centres[[MASS, BILL]].to_numpy() == pytest.approx(means.to_numpy(), rel=1e-12)
    assert centres["n"].sum() == 342


def test_a_column_that_outweighs_another_is_told(run, penguins) -> None:
    found = run("k_means", penguins, columns=(MASS, BILL), k=3)
    (scales,) = found.assumptions
    assert scales.holds is False
    assert "standardise" in scales.message
    assert "2 rows with a missing value have none" in found.reading


@pytest.mark.parametrize(
    ("op", "asked", "said"),
    [
        ("random_forest", {"target": "y", "features": ("x", "X")}, "named twice"),
        ("random_forest", {"target": "y", "features": ("x", "y")}, "cannot be a feature"),
        ("random_forest", {"target": "y", "features": "x", "stratify": True, "test_size": 0},
         "takes shuffle and a test_size"),
        ("linear_regression", {"target": "y", "features": "x", "test_size": 1}, "less than 1"),
        ("k_means", {"columns": "x", "k": 1}, "greater than or equal to 2"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_are_refused(op, asked, said) -> None:
    found = model(op)
    assert found is not None
    with pytest.raises(ValueError, match=said):
        found.model_validate({"op": op, **asked})


def test_a_fit_is_told_in_words() -> None:
    found = model("random_forest")
    assert found is not None
    asked = {"target": "price", "features": ("size", "rooms"), "n_estimators": 50}
    told = found.model_validate({"op": "random_forest", **asked}).told
    assert told == "Random forest of price on size and rooms (n estimators 50)"
