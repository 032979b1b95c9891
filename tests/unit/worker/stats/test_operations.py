"""Each operation on the penguins, against scipy and statsmodels asked directly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.diagnostic import lilliefors, normal_ad
from statsmodels.stats.multicomp import pairwise_tukeyhsd
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

MASS, FLIPPER, BILL = "body_mass_g", "flipper_length_mm", "bill_length_mm"
PAIR = {"by": "species", "groups": ("Adelie", "Gentoo")}
SPECIES = ("Adelie", "Chinstrap", "Gentoo")


@pytest.fixture
def mass(penguins):
    """The known masses of each species."""
    return [penguins.loc[penguins.species == name, MASS].dropna().to_numpy() for name in SPECIES]


def near(value: float) -> object:
    return pytest.approx(float(value), rel=1e-9, abs=1e-300)


def test_a_column_is_described(row, penguins) -> None:
    found = row("describe", penguins, columns=MASS)
    told = penguins[MASS].describe()
    assert (found["n"], found["missing"]) == (342, 2)
    for ours, theirs in {"mean": "mean", "std": "std", "min": "min", "q1": "25%", "median": "50%",
                         "q3": "75%", "max": "max"}.items():  # fmt: skip
        assert found[ours] == near(told[theirs])
    assert found["se"] == near(penguins[MASS].sem())
    assert found["skewness"] == near(stats.skew(penguins[MASS].dropna()))
    assert found["kurtosis"] == near(stats.kurtosis(penguins[MASS].dropna()))


def test_groups_are_described(run, penguins) -> None:
    found = run("describe", penguins, columns=[MASS, BILL], by="species").table.to_pandas()
    told = penguins.groupby("species")[MASS].mean()
    ours = found[found["column"] == MASS].set_index("species")["mean"]
    assert ours.to_dict() == pytest.approx(told.to_dict())
    assert len(found) == 6


def test_every_numeric_column_is_described_when_none_is_named(run, penguins) -> None:
    found = run("describe", penguins).table.column("column").to_pylist()
    assert found == list(penguins.select_dtypes("number").columns)


def test_values_are_counted_with_their_shares(run, penguins) -> None:
    found = run("frequency", penguins, column="sex").table.to_pylist()
    assert [(r["value"], r["count"]) for r in found] == [("male", 168), ("female", 165), (None, 11)]
    assert found[0]["share"] == near(168 / 333)
    assert found[1]["running_share"] == near(1)
    few = run("frequency", penguins, column="species", limit=1).table.to_pylist()
    assert [(r["value"], r["count"]) for r in few] == [("Adelie", 152), ("(2 others)", 192)]


@pytest.mark.parametrize("op", ["t_test", "welch_t"])
@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_two_means(row, penguins, mass, op, alternative) -> None:
    found = row(op, penguins, column=MASS, alternative=alternative, confidence=0.9, **PAIR)
    equal = op == "t_test"
    told = stats.ttest_ind(mass[0], mass[2], equal_var=equal, alternative=alternative)
    bounds = told.confidence_interval(0.9)
    assert [found[k] for k in ("statistic", "df", "p")] == [
        near(told.statistic), near(told.df), near(told.pvalue)
    ]  # fmt: skip
    for name, bound in zip(("low", "high"), bounds, strict=True):
        assert found[name] == (near(bound) if np.isfinite(bound) else None)
    a, b = mass[0], mass[2]
    n, m = len(a), len(b)
    pooled = ((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2)
    variance = pooled if equal else (a.var(ddof=1) + b.var(ddof=1)) / 2
    assert found["effect"] == near((a.mean() - b.mean()) / variance**0.5)
    assert found["hedges_g"] == pytest.approx(found["effect"] * (1 - 3 / (4 * 272 - 1)), rel=1e-5)
    assert (found["n_1"], found["n_2"], found["missing"]) == (151, 123, 2)


def test_one_mean_against_another(row, penguins) -> None:
    found = row("t_test", penguins, column=MASS, mean=4000)
    told = stats.ttest_1samp(penguins[MASS].dropna(), 4000)
    low, high = told.confidence_interval()
    assert [found[k] for k in ("statistic", "p", "low", "high")] == [
        near(told.statistic), near(told.pvalue), near(low), near(high)
    ]  # fmt: skip


def test_two_columns_are_two_samples(row, penguins) -> None:
    found = row("mann_whitney", penguins, column=BILL, other="bill_depth_mm")
    told = stats.mannwhitneyu(penguins[BILL].dropna(), penguins["bill_depth_mm"].dropna())
    assert (found["statistic"], found["p"]) == (near(told.statistic), near(told.pvalue))
    assert found["effect"] == near(2 * told.statistic / 342**2 - 1)


def test_two_spreads(row, penguins, mass) -> None:
    a, b = mass[0], mass[2]
    found = row("f_test", penguins, column=MASS, **PAIR)
    ratio = a.var(ddof=1) / b.var(ddof=1)
    assert found["statistic"] == near(ratio)
    assert found["p"] == near(2 * stats.f.cdf(ratio, 150, 122))
    assert found["low"] < ratio < found["high"]
    assert found["low"] == near(ratio / stats.f.ppf(0.975, 150, 122))
    told = stats.mood(a, b)
    found = row("mood", penguins, column=MASS, **PAIR)
    assert (found["statistic"], found["p"]) == (near(told.statistic), near(told.pvalue))


@pytest.mark.parametrize(
    ("alternative", "end", "groups"),
    [("less", "high", ("Adelie", "Gentoo")), ("greater", "low", ("Gentoo", "Adelie"))],
)
def test_the_f_interval_ends_at_one_where_p_is_the_level(
    row, penguins, alternative, end, groups
) -> None:
    asked = {"column": MASS, "by": "species", "groups": groups, "alternative": alternative}
    p = row("f_test", penguins, **asked)["p"]
    found = row("f_test", penguins, **asked, confidence=1 - p)
    assert found[end] == pytest.approx(1.0)


def test_several_means(row, penguins, mass) -> None:
    found = row("anova", penguins, column=MASS, by="species")
    told = stats.f_oneway(*mass)
    assert (found["statistic"], found["p"]) == (near(told.statistic), near(told.pvalue))
    omega = (found["ss_between"] - 2 * found["ms_within"]) / (
        found["ss_between"] + found["ss_within"] + found["ms_within"]
    )
    assert found["omega_squared"] == near(omega)
    welch = row("anova", penguins, column=MASS, by="species", equal_variances=False)
    other = anova_oneway(mass, use_var="unequal")
    assert [welch[k] for k in ("statistic", "p", "df_within")] == [
        near(other.statistic), near(other.pvalue), near(other.df_denom)
    ]  # fmt: skip


@pytest.mark.parametrize("op", ["kruskal", "levene", "bartlett"])
def test_several_groups(row, penguins, mass, op) -> None:
    found = row(op, penguins, column=MASS, by="species")
    told = getattr(stats, op)(*mass)
    assert (found["statistic"], found["p"]) == (near(told.statistic), near(told.pvalue))
    assert found["df"] == 2


def test_which_means_differ(run, penguins) -> None:
    known = penguins.dropna(subset=[MASS])
    told = pairwise_tukeyhsd(known[MASS], known["species"])
    found = run("tukey_hsd", penguins, column=MASS, by="species")
    for ours, theirs, bounds, p in zip(
        found.table.to_pylist(), told.meandiffs, told.confint, told.pvalues, strict=True
    ):
        assert ours["difference"] == near(-theirs)
        assert (-ours["high"], -ours["low"]) == pytest.approx(tuple(bounds), abs=0.5)
        assert ours["p"] == pytest.approx(p, abs=1e-6)
    assert "2 of 3 pairs" in found.reading


def test_two_shares(row, penguins) -> None:
    found = row("z_test", penguins, column="sex", value="male", **PAIR)
    z, p = proportions_ztest([73, 61], [146, 119])
    low, high = confint_proportions_2indep(73, 146, 61, 119, method="newcomb", compare="diff")
    assert (found["statistic"], found["p"]) == (near(z), near(p))
    assert (found["low"], found["high"]) == (near(low), near(high))


def test_one_share(row, penguins) -> None:
    found = row("z_test", penguins, column="sex", value="male", proportion=0.4)
    z, p = proportions_ztest(168, 333, 0.4, prop_var=0.4)
    assert (found["statistic"], found["p"]) == (near(z), near(p))


@pytest.mark.parametrize(
    ("op", "direct", "letter"),
    [
        ("pearson", stats.pearsonr, "r"),
        ("spearman", stats.spearmanr, "rho"),
        ("kendall", stats.kendalltau, "tau"),
    ],
)
def test_two_columns_go_together(row, penguins, op, direct, letter) -> None:
    known = penguins.dropna(subset=[MASS, FLIPPER])
    told = direct(known[MASS].to_numpy(float), known[FLIPPER].to_numpy(float))
    found = row(op, penguins, column=MASS, other=FLIPPER)
    assert (found["effect"], found["p"]) == (near(told.statistic), near(told.pvalue))
    assert found["effect_name"] == letter
    assert found["low"] < found["effect"] < found["high"]
    assert (found["n"], found["missing"]) == (342, 2)


def test_the_interval_of_r_is_that_of_scipy(row, penguins) -> None:
    known = penguins.dropna(subset=[MASS, FLIPPER])
    told = stats.pearsonr(known[MASS], known[FLIPPER]).confidence_interval(0.99)
    found = row("pearson", penguins, column=MASS, other=FLIPPER, confidence=0.99)
    assert (found["low"], found["high"]) == (near(told.low), near(told.high))


def test_what_is_held_fixed_is_taken_out(row, penguins) -> None:
    """The formula for one control, from the three plain correlations."""
    known = penguins.dropna(subset=[MASS, FLIPPER, BILL])
    r = known[[MASS, FLIPPER, BILL]].corr().to_numpy()
    partial = (r[0, 1] - r[0, 2] * r[1, 2]) / ((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2)) ** 0.5
    found = row("partial_correlation", penguins, column=MASS, other=FLIPPER, controls=BILL)
    assert found["effect"] == near(partial)
    assert found["df"] == 339


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_all_pairs_are_correlated(run, penguins, method) -> None:
    names = [MASS, FLIPPER, BILL, "year"]
    found = run("correlation_matrix", penguins, columns=names, method=method).table.to_pylist()
    told = penguins[names].corr(method=method)
    assert all(r["effect"] == near(told.loc[r["column"], r["other"]]) for r in found)
    adjusted = multipletests([r["p"] for r in found], method="holm")[1]
    assert [r["p_adjusted"] for r in found] == [near(p) for p in adjusted]


def test_counts_are_independent_or_not(row, penguins) -> None:
    table = penguins.groupby(["species", "island"]).size().unstack(fill_value=0)
    told = stats.chi2_contingency(table, correction=False)
    found = row("chi_square", penguins, column="species", by="island")
    assert (found["statistic"], found["p"]) == (near(told.statistic), near(told.pvalue))
    assert found["df"] == 4
    v = row("cramers_v", penguins, column="species", by="island")
    assert v["effect"] == near(stats.contingency.association(table, "cramer"))


def test_two_by_two(row, run, penguins) -> None:
    two = penguins[penguins.species.isin(["Adelie", "Gentoo"])].dropna(subset=["sex"])
    table = two.groupby(["species", "sex"]).size().unstack().to_numpy()
    told = Table2x2(table)
    found = row("odds_ratio", two, column="species", by="sex")
    assert found["effect"] == near(told.oddsratio)
    assert (found["low"], found["high"]) == tuple(map(near, told.oddsratio_confint()))
    assert found["p"] == near(told.oddsratio_pvalue())
    exact = row("fisher_exact", two, column="species", by="sex")
    assert exact["p"] == near(stats.fisher_exact(table).pvalue)
    yates = row("chi_square", two, column="species", by="sex")
    assert yates["p"] == near(stats.chi2_contingency(table).pvalue)
    plain = row("chi_square", two, column="species", by="sex", correction=False)
    assert plain["p"] == near(stats.chi2_contingency(table, correction=False).pvalue)


def test_counted_rows_weigh_as_many_cases(row, penguins) -> None:
    counted = penguins.groupby(["species", "sex"]).size().reset_index(name="count")
    plain = row("chi_square", penguins, column="species", by="sex")
    weighed = row("chi_square", counted, column="species", by="sex", weights="count")
    assert weighed["statistic"] == near(plain["statistic"])
    assert weighed["n"] == plain["n"] == 333


@pytest.mark.parametrize(
    ("op", "direct"),
    [
        ("shapiro", stats.shapiro),
        ("dagostino", stats.normaltest),
        ("jarque_bera", stats.jarque_bera),
        ("lilliefors", lilliefors),
        ("anderson_darling", normal_ad),
    ],
)
@pytest.mark.parametrize("column", [MASS, BILL, "bill_depth_mm"])
def test_a_shape_is_normal_or_not(row, penguins, op, direct, column) -> None:
    told = tuple(direct(penguins[column].dropna().to_numpy(float)))
    found = row(op, penguins, columns=column)
    assert (found["statistic"], found["p"]) == (near(told[0]), pytest.approx(told[1], rel=1e-6))


def test_a_shape_leans_and_has_tails(row, penguins) -> None:
    values = penguins[MASS].dropna().to_numpy(float)
    lean, tails = row("skewness", penguins, columns=MASS), row("kurtosis", penguins, columns=MASS)
    assert (lean["skewness"], lean["p"]) == (
        near(stats.skew(values)), near(stats.skewtest(values).pvalue),
    )  # fmt: skip
    assert (tails["kurtosis"], tails["p"]) == (
        near(stats.kurtosis(values)), near(stats.kurtosistest(values).pvalue),
    )  # fmt: skip
    excel = row("kurtosis", penguins, columns=MASS, bias=False)
    assert excel["kurtosis"] == near(penguins[MASS].kurt())


def test_distributions_are_compared(row, penguins, mass) -> None:
    two = stats.ks_2samp(mass[0], mass[2])
    found = row("ks_test", penguins, column=MASS, **PAIR)
    assert (found["statistic"], found["p"]) == (near(two.statistic), near(two.pvalue))
    one = stats.kstest(penguins[MASS].dropna(), "norm", args=(4200, 800))
    found = row("ks_test", penguins, column=MASS, mean=4200, std=800)
    assert (found["statistic"], found["p"]) == (near(one.statistic), near(one.pvalue))


def test_outliers_lie_outside_the_fences(run, row, penguins) -> None:
    values = penguins[BILL].dropna()
    q1, q3 = values.quantile([0.25, 0.75])
    found = row("iqr", penguins, columns=BILL, factor=0.7)
    assert (found["low"], found["high"]) == (
        near(q1 - 0.7 * (q3 - q1)), near(q3 + 0.7 * (q3 - q1)),
    )  # fmt: skip
    outside = penguins[(penguins[BILL] < found["low"]) | (penguins[BILL] > found["high"])]
    listed = run("iqr", penguins, columns=BILL, factor=0.7, rows=True).table.to_pylist()
    assert found["outliers"] == len(listed) == len(outside)
    assert {r["row"] for r in listed} == {i + 1 for i in outside.index}
    assert all(penguins[BILL].iloc[r["row"] - 1] == r["value"] for r in listed)


def test_scores_say_which_variance_they_rest_on(row, penguins) -> None:
    values = penguins[MASS].dropna().to_numpy(float)
    for ddof in (0, 1):
        found = row("z_score", penguins, columns=MASS, threshold=1.5, ddof=ddof)
        scores = np.abs(stats.zscore(values, ddof=ddof))
        assert found["outliers"] == (scores > 1.5).sum()
    robust = row("mad", penguins, columns=MASS, threshold=1.5)
    median = np.median(values)
    scores = 0.6745 * (values - median) / np.median(np.abs(values - median))
    assert robust["outliers"] == (np.abs(scores) > 1.5).sum()
