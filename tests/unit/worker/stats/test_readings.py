"""What a test says: in plain sentences, never more than p allows, with its doubts beside it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from scipy import stats

from dip_sdk.types.operations import model
from dip_sdk.worker.stats.telling import p_is, shows, told_apart
from dip_sdk.worker.stats.units import same_unit

MASS, BILL, DEPTH = "body_mass_g", "bill_length_mm", "bill_depth_mm"
APART = {"x": [1, 2, 3, 11, 12, 13.5], "g": [*"aaabbb"]}


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, "p < 0.001"),
        (1e-300, "p < 0.001"),
        (0.0321, "p = 0.032"),
        (0.99999, "p > 0.999"),
        (1.0, "p = 1.000"),
    ],
)
def test_p_is_never_told_as_zero(p, said) -> None:
    assert p_is(p) == said


def test_a_large_p_shows_nothing_and_rules_nothing_out() -> None:
    assert shows(0.41, 0.95, "a difference in means") == (
        "The data do not show a difference in means (p = 0.410, at the 5% level); there may still "
        "be one."
    )
    assert shows(0.004, 0.99, "an association") == (
        "The data show an association (p = 0.004, at the 1% level)."
    )


@pytest.mark.parametrize(
    ("op", "alternative", "said"),
    [
        ("welch_t", "two-sided", "show a difference in means"),
        ("t_test", "less", "show a smaller mean in a"),
        ("welch_t", "greater", "do not show a larger mean in a"),
        ("mann_whitney", "greater", "do not show a tendency to larger values in a"),
        ("f_test", "less", "do not show a smaller variance in a"),
        ("mood", "two-sided", "do not show a difference in spreads"),
        ("ks_test", "two-sided", "do not show a difference in distribution"),
        ("ks_test", "less", "do not show a difference in distribution to the side that was asked"),
    ],
)
def test_the_side_that_was_asked_is_told(run, op, alternative, said) -> None:
    reading = run(op, APART, column="x", by="g", alternative=alternative).reading
    assert f"The data {said} (p " in reading


@pytest.mark.parametrize(
    ("alternative", "said"),
    [("two-sided", "a mean other than 2"), ("greater", "a mean above 2"), ("less", "a mean below")],
)
def test_one_mean_is_told_against_the_given_one(run, alternative, said) -> None:
    assert said in run("t_test", APART, column="x", mean=2, alternative=alternative).reading


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (2008.0424, 2008.0417, ("2,008.0424", "2,008.0417")),
        (2008.4, 1999, ("2,008", "1,999")),
        (0.123411, 0.123412, ("0.123411", "0.123412")),
        (5, 5, ("5", "5")),
        (1e-30, 1.00001e-30, ("1.000e-30", "1.000e-30")),
    ],
)
def test_numbers_are_told_apart_as_far_as_they_go(a, b, told) -> None:
    assert told_apart(a, b) == told


def test_means_that_are_close_are_told_apart(run, penguins) -> None:
    asked = {"column": "year", "by": "species", "groups": ("Adelie", "Gentoo")}
    found = run("welch_t", penguins, **asked).reading
    assert "lower in Adelie (2,008.0, n = 152) than in Gentoo (2,008.1, n = 124)" in found


def test_no_reading_denies_twice(run, penguins) -> None:
    """Every test of the penguins, with what it finds and what it does not."""
    by, pair = {"column": "year", "by": "sex"}, {"column": BILL, "other": DEPTH}
    crossed = {"column": "species", "by": "sex"}
    asked = {
        "t_test": by, "welch_t": by, "mann_whitney": by, "f_test": by, "mood": by, "anova": by,
        "kruskal": by, "levene": by, "bartlett": by, "tukey_hsd": by, "ks_test": by,
        "paired_t": pair, "wilcoxon": pair, "pearson": pair, "spearman": pair, "kendall": pair,
        "chi_square": crossed, "z_test": {"column": "sex", "value": "male"},
        "shapiro": {"columns": [BILL]},
    }  # fmt: skip
    for op, arguments in asked.items():
        found = run(op, penguins, **arguments)
        for told in (found.reading, *(a.message for a in found.assumptions)):
            assert "no clear sign" not in told, op
            assert "against no" not in told, op
            assert "p = 0.000" not in told, op


def test_few_expected_counts_are_told_with_their_cells(run) -> None:
    four = {"x": [*"aaaabbbbb"], "y": [*"pppqqqqqp"]}
    found = run("chi_square", four, column="x", by="y").reading
    assert "4 of 4 cells have an expected count below 5, the smallest is 1.778" in found
    assert "so p is unsure: use fisher_exact." in found
    six = {"x": [*"aaabbbccc"], "y": [*"pqppqqqpq"]}
    assert "6 of 6 cells" in (wide := run("chi_square", six, column="x", by="y").reading)
    assert "so p is unsure: join rare categories." in wide


def test_enough_expected_counts_are_no_part_of_the_reading(run, penguins) -> None:
    found = run("chi_square", penguins, column="species", by="sex")
    assert "expected" not in found.reading
    (counts,) = [a for a in found.assumptions if a.name == "expected_counts"]
    assert counts.holds
    assert counts.message.startswith("0 of 6 cells have an expected count below 5")


@pytest.mark.parametrize("op", ["levene", "bartlett"])
def test_spreads_of_two_columns_are_compared(run, penguins, op) -> None:
    found = run(op, penguins, column=BILL, other=DEPTH)
    (row,) = found.table.to_pylist()
    told = getattr(stats, op)(penguins[BILL].dropna(), penguins[DEPTH].dropna())
    assert (row["statistic"], row["p"]) == pytest.approx((told.statistic, told.pvalue))
    assert found.reading.startswith(
        "The sample standard deviation runs from 1.975 in bill_depth_mm to 5.46 in "
        "bill_length_mm, over 2 columns; 4 missing left out. "
        "The data show a difference in variances (p < 0.001"
    )


@pytest.mark.parametrize(
    "asked",
    [{}, {"by": "g", "other": "y"}, {"other": "y", "groups": ("a", "b")}],
)
def test_spreads_take_groups_or_a_second_column(asked) -> None:
    cls = model("levene")
    assert cls is not None
    with pytest.raises(ValidationError, match="by"):
        cls.model_validate({"column": "x", **asked})


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("weight_kg", "weight_lb", "weight_kg seems to be in kg and weight_lb seems to be in lb"),
        ("amount_eur", "amount_usd", "EUR"),
        ("priceUSD", "price (EUR)", "USD"),
        ("body_mass_g", "weight_kg", ""),
        ("mass_g", "mass_kg", "seems to be in g"),
        ("temp_c", "temp_f", "Fahrenheit"),
        ("growth_pct", "growth", "growth names no unit"),
        ("share %", "amount_eur", "percent"),
        ("bill_length_mm", "bill_depth_mm", ""),
        ("weight_lb", "weight_lbs", ""),
        ("temp_min", "temp_max", ""),
        ("check_in", "check_s_2", ""),
        ("group_c", "score_f", ""),
        ("weight_kg", "height", ""),
        ("kg", "lb", "kg seems to be in kg"),
        ("c", "f", ""),
        ("1", "2", ""),
    ],
)
def test_units_that_differ_are_seen_in_names(first, second, said) -> None:
    found = same_unit(first, second)
    assert bool(found) == bool(said)
    for each in found:
        assert (each.name, each.holds) == ("same_unit", None)
        assert said in each.message


@pytest.mark.parametrize(
    "op",
    ["t_test", "welch_t", "paired_t", "mann_whitney", "wilcoxon", "f_test", "mood", "levene",
     "bartlett", "ks_test"],
)  # fmt: skip
def test_columns_in_different_units_are_warned_of(run, op) -> None:
    columns = {
        "mass_kg": [1.0, 2.5, 3.0, 4.5, 7.0], "mass_lb": [2.2, 5.0, 7.5, 9.0, 16.0],
        "old_kg": [1.1, 4.4, 5.3, 9.1, 8.0],
    }  # fmt: skip
    found = run(op, columns, column="mass_kg", other="mass_lb")
    assert "mass_kg seems to be in kg and mass_lb seems to be in lb" in found.reading
    assert "same_unit" in [a.name for a in found.assumptions]
    same = run(op, columns, column="mass_kg", other="old_kg")
    assert "same_unit" not in [a.name for a in same.assumptions]
    assert "unit" not in same.reading


@pytest.mark.parametrize(
    ("op", "instead"),
    [("t_test", "paired_t"), ("welch_t", "paired_t"), ("mann_whitney", "wilcoxon"), ("levene", ""),
     ("bartlett", ""), ("f_test", ""), ("mood", ""), ("ks_test", "")],
)  # fmt: skip
def test_two_columns_of_the_same_rows_may_be_pairs(run, op, instead) -> None:
    before = [3.0, 5.0, 8.0, 9.0, 12.0, 15.0, 17.0, 21.0]
    together = {"before": before, "after": [value * 2 - 1 for value in before]}
    found = run(op, together, column="before", other="after")
    (paired,) = [a for a in found.assumptions if a.name == "unpaired"]
    assert paired.holds is False
    assert paired.message in found.reading
    assert (f"use {instead}." in found.reading) is bool(instead)
    apart = {"before": before, "after": [9.0, 21.0, 3.0, 15.0, 17.0, 5.0, 12.0, 8.0]}
    (paired,) = [
        a
        for a in run(op, apart, column="before", other="after").assumptions
        if a.name == "unpaired"
    ]
    assert paired.holds is None


def test_two_groups_of_a_column_are_no_pairs(run) -> None:
    found = run("levene", APART, column="x", by="g")
    assert "unpaired" not in [a.name for a in found.assumptions]


@pytest.mark.parametrize(
    ("op", "asked", "said"),
    [
        ("kurtosis", {"columns": [MASS]}, "an excess kurtosis (Fisher's, 0 for a normal; g2, not"),
        ("kurtosis", {"columns": [MASS], "bias": False}, "G2, corrected for bias)"),
        ("skewness", {"columns": [MASS]}, "a skewness (g1, not corrected for bias) of"),
        ("describe", {"columns": [MASS]}, "sample standard deviation 802"),
        ("z_score", {"columns": [MASS]}, "by the standard deviation with ddof 1"),
        ("z_score", {"columns": [MASS], "ddof": 0}, "by the standard deviation with ddof 0"),
        ("iqr", {"columns": [MASS]}, "by quartiles that interpolate linearly"),
        ("mad", {"columns": [MASS]}, "by MAD / 0.6745 around the median"),
        ("linear_regression", {"target": MASS, "features": [BILL]}, "Ordinary least squares."),
        (
            "linear_regression",
            {"target": MASS, "features": [BILL], "test_size": 0.2, "seed": 7},
            "Ordinary least squares, drawn with seed 7.",
        ),
        ("logistic_regression", {"target": "sex", "features": [BILL]}, "L2 penalty, C = 1, drawn"),
        ("decision_tree", {"target": "sex", "features": [BILL]}, "Drawn with seed 42."),
        (
            "decision_tree",
            {"target": "sex", "features": [BILL], "shuffle": False},
            "The last rows held back.",
        ),
    ],
)
def test_a_reading_names_its_convention(run, penguins, op, asked, said) -> None:
    assert said in run(op, penguins, **asked).reading


def test_p_of_two_large_samples_comes_without_a_warning(run) -> None:
    values = [float(n) for n in range(5_000)] + [float(n) for n in range(7_001)]
    columns = {"x": values, "g": ["a"] * 5_000 + ["b"] * 7_001}
    found = run("ks_test", columns, column="x", by="g", alternative="greater")
    assert "p < 0.001" in found.reading
