"""Data an operation cannot be computed on: what is needed is said, nothing is made up."""

from __future__ import annotations

import math
import sys
from decimal import Decimal

import pyarrow as pa
import pytest

from dip_sdk.types.errors import ConfigError, QueryFailed
from dip_sdk.types.operations import models

NAN, INF = math.nan, math.inf
SOME = (1.0, 2.0, 4.0, 8.0)
AB = ("a", "a", "b", "b")


@pytest.mark.parametrize(
    ("op", "columns", "asked", "code", "said"),
    [
        ("t_test", {"x": [1.0]}, {"column": "x"}, "too_few_values", "one known value"),
        ("t_test", {"x": [NAN, NAN]}, {"column": "x"}, "too_few_values", "no known values"),
        ("t_test", {"x": [2.0, 2.0, 2.0]}, {"column": "x"}, "constant_values", "is the same"),
        ("t_test", {"x": [1.0, INF, 2.0]}, {"column": "x"}, "unfit_data", "infinite"),
        ("t_test", {"x": ["a", "b"]}, {"column": "x"}, "not_numeric", "no numbers"),
        ("welch_t", {"x": SOME, "g": ("a",) * 4}, {"column": "x", "by": "g"}, "not_two_groups",
         "1 values"),
        ("welch_t", {"x": SOME, "g": tuple("abcd")}, {"column": "x", "by": "g"}, "not_two_groups",
         "4 values"),
        ("welch_t", {"x": SOME, "g": ("a", "a", "a", "b")}, {"column": "x", "by": "g"},
         "too_few_values", "b has one known value"),
        ("welch_t", {"x": (1.0, 1.0, 2.0, 2.0), "g": AB}, {"column": "x", "by": "g"},
         "constant_values", "every value is the same"),
        ("welch_t", {"x": SOME, "g": AB}, {"column": "x", "by": "g", "groups": ("a", "z")},
         "unknown_group", "no value 'z'"),
        ("f_test", {"x": (1.0, 1.0, 2.0, 3.0), "g": AB}, {"column": "x", "by": "g"},
         "constant_values", "is the same"),
        ("mann_whitney", {"x": (1.0,) * 4, "g": AB}, {"column": "x", "by": "g"},
         "constant_values", "is the same"),
        ("wilcoxon", {"x": SOME, "y": SOME}, {"column": "x", "other": "y"}, "constant_values",
         "equal in every row"),
        ("paired_t", {"x": SOME, "y": (2.0, 3.0, 5.0, 9.0)}, {"column": "x", "other": "y"},
         "constant_values", "differences"),
        ("paired_t", {"x": (1.0, NAN), "y": (NAN, 1.0)}, {"column": "x", "other": "y"},
         "too_few_values", "No rows"),
        ("anova", {"x": SOME, "g": ("a",) * 4}, {"column": "x", "by": "g"}, "too_few_groups",
         "one value"),
        ("anova", {"x": (1.0, 1.0, 2.0, 2.0), "g": AB}, {"column": "x", "by": "g"},
         "constant_values", "every value is the same"),
        ("kruskal", {"x": (1.0,) * 4, "g": AB}, {"column": "x", "by": "g"}, "constant_values",
         "is the same"),
        ("levene", {"x": SOME, "g": AB}, {"column": "x", "by": "g"}, "constant_values",
         "equally far"),
        ("bartlett", {"x": (1.0, 1.0, 2.0, 3.0), "g": AB}, {"column": "x", "by": "g"},
         "constant_values", "is the same"),
        ("tukey_hsd", {"x": (1.0, 1.0, 2.0, 2.0), "g": AB}, {"column": "x", "by": "g"},
         "constant_values", "every value is the same"),
        ("z_test", {"x": AB}, {"column": "x", "value": "z"}, "unknown_group", "no value 'z'"),
        ("z_test", {"x": ("a",) * 4, "g": AB}, {"column": "x", "value": "a", "by": "g"},
         "constant_values", "every value of both"),
        ("pearson", {"x": SOME, "y": (1.0,) * 4}, {"column": "x", "other": "y"},
         "constant_values", "is the same"),
        ("pearson", {"x": (1.0, 2.0), "y": (3.0, 4.0)}, {"column": "x", "other": "y"},
         "too_few_values", "at least 3"),
        ("partial_correlation", {"x": (*SOME, 3.0), "y": (2.0, 1.0, 5.0, 3.0, 4.0),
                                 "z": (2.0, 4.0, 8.0, 16.0, 6.0)},
         {"column": "x", "other": "y", "controls": "z"}, "constant_values", "nothing is left"),
        ("correlation_matrix", {"x": SOME}, {}, "column_count", "here are 1"),
        ("chi_square", {"x": AB, "y": ("q",) * 4}, {"column": "x", "by": "y"}, "too_few_groups",
         "fewer than two values"),
        ("fisher_exact", {"x": tuple("abc"), "y": tuple("qrq")}, {"column": "x", "by": "y"},
         "not_two_groups", "two by two"),
        ("chi_square", {"x": AB, "y": tuple("qrqr"), "n": (1, -1, 2, 3)},
         {"column": "x", "by": "y", "weights": "n"}, "unfit_data", "negative"),
        ("shapiro", {"x": (1.0, 2.0)}, {"columns": "x"}, "too_few_values", "at least 3"),
        ("anderson_darling", {"x": SOME}, {"columns": "x"}, "too_few_values", "at least 8"),
        ("dagostino", {"x": (1.0,) * 9}, {"columns": "x"}, "constant_values", "is the same"),
        ("mad", {"x": (1.0, 1.0, 1.0, 9.0)}, {"columns": "x"}, "constant_values", "one value"),
        ("describe", {"x": AB}, {}, "unfit_data", "no numeric column"),
    ],
)  # fmt: skip
def test_what_is_needed_is_said(run, op, columns, asked, code, said) -> None:
    with pytest.raises(QueryFailed, match=said) as raised:
        run(op, columns, **asked)
    assert raised.value.code == code
    assert raised.value.hint


def test_no_number_is_undefined(run) -> None:
    """Small but sufficient data: every number of every operation is one, or missing."""
    columns = {
        "x": (1.0, 2.5, 2.0, 4.0, 3.5, 6.0, 5.0, 8.0, NAN),
        "y": (2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 9.0, 8.0, 1.0),
        "z": (5.0, 3.0, 8.0, 1.0, 2.0, 9.0, 4.0, 7.0, 6.0),
        "g": ("a", "b") * 4 + ("a",),
        "h": ("p", "p", "q", "q", "q", "p", "p", "q", None),
    }
    one, by, pair = {"columns": "x"}, {"column": "x", "by": "g"}, {"column": "x", "other": "y"}
    crossed = {"column": "g", "by": "h"}
    asked = {
        "describe": {}, "frequency": {"column": "g"}, "z_test": {"column": "g", "value": "a"},
        "partial_correlation": {**pair, "controls": "z"}, "correlation_matrix": {},
        "t_test": by, "welch_t": by, "mann_whitney": by, "f_test": by, "mood": by, "anova": by,
        "kruskal": by, "levene": by, "bartlett": by, "tukey_hsd": by, "ks_test": by,
        "paired_t": pair, "wilcoxon": pair, "pearson": pair, "spearman": pair, "kendall": pair,
        "chi_square": crossed, "cramers_v": crossed, "odds_ratio": crossed,
        "fisher_exact": crossed,
    } | dict.fromkeys(
        ("shapiro", "anderson_darling", "lilliefors", "dagostino", "jarque_bera", "skewness",
         "kurtosis", "z_score", "iqr", "mad"),
        one,
    )  # fmt: skip
    for op, arguments in asked.items():
        found = run(op, columns, **arguments)
        assert found.reading, op
        for row in found.table.to_pylist():
            numbers = [value for value in row.values() if isinstance(value, float)]
            assert all(map(math.isfinite, numbers)), (op, row)


def test_a_pair_without_a_correlation_is_a_row_without_numbers(run) -> None:
    columns = {"x": SOME, "y": (1.0, 3.0, 2.0, 5.0), "same": (7.0,) * 4}
    rows = run("correlation_matrix", columns).table.to_pylist()
    assert [row["effect"] is None for row in rows] == [False, True, True]


def test_missing_values_are_left_out_and_counted(run) -> None:
    columns = {"x": (1.0, 2.0, NAN, 4.0, 6.0, None), "g": ("a", "a", "a", "b", "b", None)}
    found = run("welch_t", columns, column="x", by="g")
    (row,) = found.table.to_pylist()
    assert (row["n_1"], row["n_2"], row["missing"]) == (2, 2, 1)
    assert "1 missing left out" in found.reading


@pytest.mark.parametrize(
    "labels",
    [
        pa.array([True, True, False, False]),
        pa.array([1, 1, 2, 2]),
        pa.array([1.0, 1.0, 2.0, 2.0]),
        pa.array([Decimal("1.0"), Decimal("1.0"), Decimal("2.0"), Decimal("2.0")]),
        pa.array(["2024-01-01"] * 2 + ["2024-02-01"] * 2).cast(pa.date32()),
        pa.array(["a", "a", "b", "b"]).dictionary_encode(),
    ],
    ids=["truth", "integers", "doubles", "decimals", "dates", "categories"],
)
def test_any_column_can_hold_the_groups(row, labels) -> None:
    found = row("t_test", {"x": (1, 2, 4, 8), "g": labels}, column="x", by="g")
    assert (found["n_1"], found["n_2"]) == (2, 2)


def test_assumptions_that_fail_are_told(run) -> None:
    wide = [100.0 * i for i in range(12)]
    skewed = [0.0001 * i**6 for i in range(12)]
    columns = {"x": wide + [x / 100 for x in skewed], "g": ["a"] * 12 + ["b"] * 12}
    found = run("t_test", columns, column="x", by="g")
    failed = {a.name for a in found.assumptions if a.holds is False}
    assert failed == {"normality", "equal_variances"}
    (sparse,) = [
        a for a in run("chi_square", {"x": tuple("aabb"), "y": tuple("qrqr")}, column="x",
                       by="y").assumptions if a.name == "expected_counts"
    ]  # fmt: skip
    assert sparse.holds is False


def test_nothing_is_proved(run, penguins) -> None:
    none = run("welch_t", penguins, column="year", by="species", groups=("Adelie", "Gentoo"))
    assert "The data do not show a difference in means (p = 0.489, at the 5% level)" in none.reading
    assert "there may still be one" in none.reading
    assert "prove" not in none.reading


def test_every_operation_and_argument_is_described() -> None:
    for op, cls in models().items():
        assert (cls.__doc__ or "").strip(), op
        for name, field in cls.model_fields.items():
            assert name == "op" or field.description, f"{op}.{name}"


@pytest.mark.parametrize(
    ("op", "module", "asked"),
    [
        ("lilliefors", "statsmodels.stats.diagnostic", {"columns": "x"}),
        ("mantel_haenszel", "statsmodels.stats.contingency_tables",
         {"column": "g", "by": "h", "strata": "s"}),
    ],
)  # fmt: skip
def test_a_library_that_is_not_installed_is_named_with_its_extra(
    run, monkeypatch, op, module, asked
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    columns = {"x": SOME, "g": AB, "h": tuple("pqpq"), "s": ("s",) * 4}
    with pytest.raises(ConfigError) as raised:
        run(op, columns, **asked)
    assert "dip-sdk[ml]" in raised.value.hint
