"""Words of statistics: what each topic and method is called, and what the rules leave to others."""

from __future__ import annotations

import re
from typing import Final

from .wordlists import words

TOPICS: Final[dict[str, str]] = {
    "outliers": r"\boutliers?\b",
    "normality": r"\bnormal(ly|ity|cy)?\b(?!i)",
    "variance": r"\b(varia(nces?|bility|tions?)|dispersions?|spread|homogene\w+)\b",
    "difference": r"\b(differ(s|ences?|ent)?|t-test|anova|mann-whitney|kruskal)\b",
    "correlation": (
        r"\b(correlat\w+|relation(ship)?|associat\w+|connection|independen\w+|interaction|"
        r"links?|affect|impact|influence|correspond\w*)\b"
    ),
    "description": (
        r"\b(mean|average|median|standard deviation|std|skew\w*|kurtosis|range|variance|peak\w*)\b"
    ),
}
"""Topic -> what its questions hold; the first that reads a question answers it."""

COMPARED: Final = re.compile(
    r"\b(equal\w*|similar\w*|homogen\w+|consistent|differ\w*|uniform\w*|same|compar\w+|between)\b"
)
"""In a question about spread: of more than one thing."""

METHODS: Final[dict[str, tuple[str, ...]]] = {
    "pearson": ("pearson",),
    "spearman": ("spearman",),
    "kendall": ("kendall",),
    "chi_square": ("chi-square", "chi square", "chi2", "chi-squared"),
    "shapiro": ("shapiro",),
    "anderson_darling": ("anderson",),
    "lilliefors": ("lilliefors",),
    "dagostino": ("d'agostino", "dagostino"),
    "jarque_bera": ("jarque",),
    "levene": ("levene",),
    "bartlett": ("bartlett",),
    "mann_whitney": ("mann-whitney", "mann whitney", "rank-sum"),
    "welch_t": ("welch",),
    "t_test": ("t-test", "t test", "student's"),
    "kruskal": ("kruskal",),
    "anova": ("anova", "analysis of variance", "one-way"),
    "iqr": ("iqr", "interquartile"),
    "z_score": ("z-score", "z score", "zscore", "standard deviations from"),
    "mad": ("median absolute deviation",),
}
"""Operation -> the words that name it."""

COMMON: Final = words(
    """
    a all an and any are as average between by calculate can check coefficient column columns
    compute correlation could count data dataset date day determine deviation difference
    distribution do does find first for from give given has have how i if in is it kurtosis level
    maximum me mean measure median method minimum month name normal normally not number of on or
    outlier outliers p please provided range rank ratio recorded relationship report sample score
    show significant skewness standard statistic std tell test that the their there this time to
    total type using value values variability variable variables variance variances what which
    with year you z 1 2 3 4 5 .
    """
)
"""Words that alone name no column in a statistical question."""
