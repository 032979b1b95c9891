"""What the named operations give: the columns of their tables that later SQL may want."""

from __future__ import annotations

from collections.abc import Mapping

GIVES: Mapping[str, str] = {
    "describe": "column n missing mean std se min q1 median q3 max skewness kurtosis",
    "frequency": "value count share running_share",
    "pearson spearman kendall partial_correlation": "effect p low high n",
    "correlation_matrix": "column other effect p p_adjusted n",
    "t_test welch_t paired_t": "statistic df p effect difference low high",
    "mann_whitney wilcoxon": "statistic p effect median_1 median_2 median_difference",
    "anova kruskal": "statistic df p effect groups n",
    "levene bartlett": "statistic df p groups n",
    "f_test": "statistic df df_2 p ratio low high std_1 std_2",
    "mood": "statistic p n_1 n_2 std_1 std_2 median_1 median_2",
    "tukey_hsd": "group_1 group_2 difference low high p mean_1 mean_2",
    "z_test": "statistic p effect low high n",
    "chi_square cramers_v": "statistic df p effect n expected_smallest",
    "fisher_exact odds_ratio": "p effect low high n",
    "mantel_haenszel": "statistic df p effect low high strata n",
    "shapiro anderson_darling lilliefors dagostino jarque_bera": "sample statistic p n",
    "skewness": "sample skewness z p n",
    "kurtosis": "sample kurtosis z p n",
    "ks_test": "statistic p",
    "z_score iqr mad": "column n outliers below above share low high",
    "z_score.rows iqr.rows mad.rows": "column row value score",
    "resample": "time value rows",
    "moving_average": "time value average",
    "growth": "time value before change change_percent",
    "decompose": "time value trend seasonal residual",
    "forecast": "time value forecast low high",
    "autocorrelation": "lag r low high statistic p n",
    "contribution": "dimension level before after change share_of_change",
    "linear_regression": "term coefficient std_error t p low high",
    "linear_regression.metrics": "part n rmse mae r_squared adjusted_r_squared f f_p",
    "logistic_regression decision_tree random_forest": (
        "part n accuracy precision recall f1 roc_auc baseline_accuracy"
    ),
    "logistic_regression.terms": "class term coefficient odds_ratio",
    "decision_tree.importances random_forest.importances": "feature term importance",
    "k_means.centres": "cluster n",
}
"""Operations, after a dot what `give` or `rows` asks for -> columns that their tables always have;
`effect` is the correlation, Cohen's d, Cramer's V, ... that `effect_name` names."""


def given() -> str:
    """The columns in a few lines, for a model."""
    told = "; ".join(f"{', '.join(ops.split())}: {names}" for ops, names in GIVES.items())
    return (
        f"Columns of the outcome (the most used; effect is r, d, V, ...): {told}. Groups of `by` "
        "stand in a column too. transforms, cleaning, encoding and k_means give the table back."
    )
