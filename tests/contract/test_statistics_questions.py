"""Questions of statistics in plain words; what is expected is computed by scipy and pandas."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pandas as pd
import pytest
from scipy import stats

import dip_sdk
from dip_sdk.client import Result, Session

PATH = str(files("dip_sdk") / "data" / "penguins.csv")


@pytest.fixture(scope="module")
def penguins() -> pd.DataFrame:
    return pd.read_csv(PATH, keep_default_na=False, na_values={"": [], "sex": []}).apply(_numbers)


def _numbers(column: pd.Series) -> pd.Series:  # type: ignore[type-arg]
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if numbers.notna().any() else column


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with dip_sdk.Client(planner="rules", workdir=tmp_path_factory.mktemp("work")) as client:
        session = client.session()
        session.upload(PATH)
        yield session


def row(result: Result) -> dict[str, object]:
    assert result.status == "answered", result.missing
    names = [column.name for column in result.columns]
    return dict(zip(names, result.page().rows[0], strict=True))


def test_a_correlation_of_two_numbers(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query("Is there a correlation between bill length and flipper length?")
    known = penguins.dropna(subset=["bill_length_mm", "flipper_length_mm"])
    expected = stats.pearsonr(known.bill_length_mm, known.flipper_length_mm)
    assert row(result)["statistic"] == pytest.approx(expected.statistic)
    assert "method_chosen" in [check.code for check in result.checks]


def test_the_method_that_is_named_is_taken(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query("What is the Spearman correlation between bill depth and body mass?")
    known = penguins.dropna(subset=["bill_depth_mm", "body_mass_g"])
    expected = stats.spearmanr(known.bill_depth_mm, known.body_mass_g)
    assert row(result)["statistic"] == pytest.approx(expected.statistic)
    assert "method_chosen" not in [check.code for check in result.checks]


def test_two_columns_of_categories_are_crossed(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query("Is there an association between species and island?")
    expected = stats.chi2_contingency(pd.crosstab(penguins.species, penguins.island))
    assert row(result)["statistic"] == pytest.approx(expected.statistic)


def test_normality_is_tested(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query("Does the body mass follow a normal distribution?")
    expected = stats.shapiro(penguins.body_mass_g.dropna())
    assert row(result)["p"] == pytest.approx(expected.pvalue)


def test_variances_of_two_columns_are_compared(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query("Are the variances of bill length and bill depth equal?")
    expected = stats.levene(penguins.bill_length_mm.dropna(), penguins.bill_depth_mm.dropna())
    assert row(result)["statistic"] == pytest.approx(expected.statistic)


def test_a_number_is_compared_between_groups(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query("Is there a significant difference in body mass between species?")
    groups = [part.body_mass_g.dropna() for _, part in penguins.groupby("species")]
    assert row(result)["statistic"] == pytest.approx(stats.f_oneway(*groups).statistic)


def test_outliers_are_counted(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query("How many outliers are there in the bill_depth_mm column by IQR?")
    low, high = penguins.bill_depth_mm.quantile([0.25, 0.75])
    away = 1.5 * (high - low)
    outside = ~penguins.bill_depth_mm.dropna().between(low - away, high + away)
    assert row(result)["outliers"] == outside.sum()


def test_shape_is_corrected_for_the_sample(session: Session, penguins: pd.DataFrame) -> None:
    result = session.query('What is the skewness of the "body_mass_g" column?')
    assert result.value == pytest.approx(penguins.body_mass_g.skew())


def test_an_answer_has_the_names_and_decimals_asked_for(
    session: Session, penguins: pd.DataFrame
) -> None:
    result = session.query(
        'Calculate the mean and standard deviation of the "body_mass_g" column.\n\n'
        "Ignore missing values. Round to two decimal places.\n\n"
        '@mass_mean[mean] @mass_sd[sd] where "mean" and "sd" are numbers'
    )
    assert row(result) == {
        "mass_mean": round(penguins.body_mass_g.mean(), 2),
        "mass_sd": round(penguins.body_mass_g.std(), 2),
    }


def test_a_decision_is_told_in_the_words_asked_for(session: Session) -> None:
    result = session.query(
        'Check if the "body_mass_g" column is normally distributed.\n\n'
        "Use the Shapiro-Wilk test with a significance level of 0.05.\n\n"
        '@is_normal[answer], where "answer" is "Normal" or "Not Normal"'
    )
    assert result.value == "Not Normal"


@pytest.mark.parametrize(
    "question",
    [
        "Is there a correlation between bill length and the weather?",
        "Is there a correlation between bill length and bill depth only for Adelie?",
        "What is the standard deviation of body mass of heavy penguins?",
        "Is there a correlation between bill length and bill depth of Gentoo penguins?",
        "Plot the correlation between bill length and bill depth",
        "Predict the body mass from bill length with a linear regression model",
        "Is there a relationship between bill and flipper?",
    ],
)
def test_what_goes_beyond_a_known_operation_is_declined(session: Session, question: str) -> None:
    assert session.query(question).status == "cannot_answer"
