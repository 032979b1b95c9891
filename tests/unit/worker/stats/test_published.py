"""Against values that others published: NIST's certified ones and those of textbooks.

NIST StRD: https://www.itl.nist.gov/div898/strd/ (univariate summary statistics; analysis of
variance, whose files stand in `strd/` as published, in the public domain).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STRD = Path(__file__).with_name("strd")

# NIST StRD, Michelso: the speed of light in air in 1,000 km/s, Michelson (1882); less 299,000 km/s.
MICHELSON = """
850 740 900 1070 930 850 950 980 980 880 1000 980 930 650 760 810 1000 1000 960 960
960 940 960 940 880 800 850 880 900 840 830 790 810 880 880 830 800 790 760 800
880 880 880 860 720 720 620 860 970 950 880 910 850 870 840 840 850 840 840 840
890 810 810 820 800 770 760 740 750 760 910 920 890 860 880 720 840 850 850 780
890 840 780 810 760 810 790 810 820 850 870 870 810 740 810 940 950 800 810 870
"""

# Student (1908): hours of sleep gained by ten patients under two drugs.
SLEEP = {
    "one": (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    "two": (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
}

# Fisher (1935): a lady tastes eight cups of tea.
TEA = {
    "said": ["milk"] * 4 + ["tea"] * 4,
    "poured": ["milk", "milk", "milk", "tea", "milk", "tea", "tea", "tea"],
}

# Anscombe (1973), the first of the four sets.
ANSCOMBE = {
    "x": (10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5),
    "y": (8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68),
}

# Bickel, Hammel and O'Connell (1975): admitted and rejected men and women of six departments.
BERKELEY = {
    "A": (512, 313, 89, 19), "B": (353, 207, 17, 8), "C": (120, 205, 202, 391),
    "D": (138, 279, 131, 244), "E": (53, 138, 94, 299), "F": (22, 351, 24, 317),
}  # fmt: skip

# Hollander and Wolfe (1973), p. 116: clearance of mucus in the healthy, in obstructed airways and
# in asbestosis.
MUCUS = {"healthy": (2.9, 3.0, 2.5, 2.6, 3.2), "airways": (3.8, 2.7, 4.0, 2.4),
         "asbestosis": (2.8, 3.4, 3.7, 2.2, 2.0)}  # fmt: skip

# Hollander and Wolfe (1973), p. 29: a depression scale before and after a tranquilliser.
DEPRESSION = {
    "before": (1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30),
    "after": (0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29),
}

# Hollander and Wolfe (1973), p. 69: permeability of the chorioamnion at term and before.
PERMEABILITY = {
    "term": (0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46),
    "early": (1.15, 0.88, 0.90, 0.74, 1.21),
}


def long(groups: dict[str, tuple[float, ...]]) -> dict[str, list[object]]:
    """Groups as two columns, `value` and `group`."""
    return {
        "value": [value for values in groups.values() for value in values],
        "group": [name for name, values in groups.items() for _ in values],
    }


def around(start: float, pairs: int) -> list[float]:
    """NIST's NumAcc: one value, then pairs a tenth below and a tenth above it."""
    return [start + 0.2] + [start + step for _ in range(pairs) for step in (0.1, 0.3)]


UNIVARIATE = {
    "NumAcc1": ([10000001.0, 10000003.0, 10000002.0], 10000002.0, 1.0),
    "NumAcc2": (around(1.0, 500), 1.2, 0.1),
    "NumAcc3": (around(1000000.0, 500), 1000000.2, 0.1),
    "NumAcc4": (around(10000000.0, 500), 10000000.2, 0.1),
    "Michelso": (
        [299 + int(value) / 1000 for value in MICHELSON.split()],
        299.852400000000,
        0.0790105478190518,
    ),
}


@pytest.mark.parametrize("name", UNIVARIATE)
def test_means_and_spreads_are_those_nist_certifies(row, name) -> None:
    values, mean, std = UNIVARIATE[name]
    found = row("describe", {"x": values}, columns="x")
    assert found["n"] == len(values)
    assert found["mean"] == pytest.approx(mean, rel=1e-14)
    assert found["std"] == pytest.approx(std, rel=1e-8)


def certified(text: str, source: str) -> list[float]:
    """The numbers of a line of the certified table."""
    (line,) = re.findall(rf"^{source}\s+\w+\s+(.*)$", text, re.MULTILINE)
    return [float(number) for number in line.split()]


@pytest.mark.parametrize(
    ("name", "accuracy"),
    [("SiRstv", 1e-9), ("AtmWtAg", 1e-7), ("SmLs01", 1e-12), ("SmLs04", 1e-8), ("SmLs07", 1e-2)],
)
def test_variances_are_those_nist_certifies(row, name: str, accuracy: float) -> None:
    """SmLs07 has values of 13 digits that differ in the last: doubles hold them to 1e-4."""
    text = (STRD / f"{name}.dat").read_text("ascii")
    between, within = certified(text, "Between"), certified(text, "Within")
    (r_squared,) = map(float, re.findall(r"Certified R-Squared\s+(\S+)", text))
    lines = [line.split() for line in text.splitlines()[60:]]
    columns = {"group": [group for group, _ in lines], "x": [float(value) for _, value in lines]}
    found = row("anova", columns, column="x", by="group")
    assert (found["df"], found["df_within"]) == (between[0], within[0])
    assert found["ss_between"] == pytest.approx(between[1], rel=accuracy)
    assert found["ss_within"] == pytest.approx(within[1], rel=accuracy)
    assert found["statistic"] == pytest.approx(between[3], rel=accuracy)
    assert found["effect"] == pytest.approx(r_squared, rel=accuracy)


def test_student_finds_his_sleep(row) -> None:
    """t = -4.0621 on 9 degrees, p = 0.002833, -2.46 to -0.70, mean difference -1.58."""
    found = row("paired_t", SLEEP, column="one", other="two")
    assert found["statistic"] == pytest.approx(-4.0621, abs=5e-5)
    assert found["p"] == pytest.approx(0.002833, abs=5e-7)
    assert (found["low"], found["high"]) == pytest.approx((-2.4598858, -0.7001142), abs=5e-8)
    assert found["difference"] == pytest.approx(-1.58)
    assert found["df"] == 9


def test_welch_finds_the_sleep_of_two_groups(row) -> None:
    """R's documentation of t.test: t = -1.8608, df = 17.776, p = 0.07939, -3.365 to 0.205."""
    found = row("welch_t", SLEEP, column="one", other="two")
    assert found["statistic"] == pytest.approx(-1.8608, abs=5e-5)
    assert found["df"] == pytest.approx(17.776, abs=5e-4)
    assert found["p"] == pytest.approx(0.07939, abs=5e-6)
    assert (found["low"], found["high"]) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


def test_the_lady_tastes_tea(row) -> None:
    """R's documentation of fisher.test: p = 0.2429 one-sided, odds ratio 6.408309."""
    found = row("fisher_exact", TEA, column="said", by="poured", alternative="greater")
    assert found["p"] == pytest.approx(17 / 70)
    assert found["effect"] == pytest.approx(6.408309, abs=2e-5)
    assert found["low"] == pytest.approx(0.3135693, abs=2e-5)  # R stops at 1e-5
    assert found["high"] is None


def test_anscombe_correlates(row) -> None:
    """r = 0.816, the same in all four sets; t = 4.24 on 9 degrees."""
    found = row("pearson", ANSCOMBE, column="x", other="y")
    assert found["effect"] == pytest.approx(0.81642, abs=5e-6)
    assert found["t"] == pytest.approx(4.24, abs=0.005)
    assert found["p"] == pytest.approx(0.00217, abs=5e-6)
    assert (found["low"], found["high"]) == pytest.approx((0.4243912, 0.9506933), abs=5e-8)


def test_berkeley_admits_alike_within_departments(run) -> None:
    """R's documentation of mantelhaen.test: X^2 = 1.5246 (1.4269 corrected), odds ratio 0.9047."""
    cells = [("yes", "man"), ("no", "man"), ("yes", "woman"), ("no", "woman")]
    rows = [
        (department, *cell, count)
        for department, counts in BERKELEY.items()
        for cell, count in zip(cells, counts, strict=True)
    ]
    names = ("department", "admitted", "sex", "count")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    asked = {"column": "sex", "by": "admitted", "strata": "department", "weights": "count"}
    found = run("mantel_haenszel", columns, **asked)
    (row,) = found.table.to_pylist()
    assert row["statistic"] == pytest.approx(1.5246, abs=5e-5)
    assert row["n"] == 4526
    assert 1 / row["effect"] == pytest.approx(0.9046968, abs=5e-8)  # R turns the columns round
    (ratios,) = (a for a in found.assumptions if a.name == "equal_odds_ratios")
    assert ratios.holds is False
    (row,) = run("mantel_haenszel", columns, **asked, correction=True).table.to_pylist()
    assert row["statistic"] == pytest.approx(1.4269, abs=5e-5)


def test_mucus_clears_alike(row) -> None:
    """R's documentation of kruskal.test: H = 0.7714, df 2, p = 0.68."""
    found = row("kruskal", long(MUCUS), column="value", by="group")
    assert found["statistic"] == pytest.approx(0.77143, abs=5e-6)
    assert found["p"] == pytest.approx(0.68, abs=5e-4)


def test_the_tranquilliser_works(row) -> None:
    """R's documentation of wilcox.test: V = 40, p = 0.01953, one-sided, exact."""
    found = row("wilcoxon", DEPRESSION, column="before", other="after", alternative="greater")
    assert found["rank_sum_plus"] == 40
    assert found["p"] == pytest.approx(0.01953, abs=5e-6)
    assert found["effect"] == pytest.approx(2 * 40 / 45 - 1)


def test_permeability_hardly_differs(row) -> None:
    """R's documentation of wilcox.test: W = 35, p = 0.1272, one-sided, exact."""
    found = row(
        "mann_whitney", long(PERMEABILITY), column="value", by="group",
        groups=("term", "early"), alternative="greater",
    )  # fmt: skip
    assert found["statistic"] == 35
    assert found["p"] == pytest.approx(0.1272, abs=5e-5)
