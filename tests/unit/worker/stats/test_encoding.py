"""Bins, codes and parts of dates, against pandas and scikit-learn asked directly."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pydantic import ValidationError
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder

from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.operations import model

MASS, BILL = "body_mass_g", "bill_length_mm"


def text(found: pa.Table, name: str) -> list[str | None]:
    return found.column(name).to_pylist()


def plain(cut: pd.Series) -> list[str | None]:
    return [None if pd.isna(each) else str(each) for each in cut]


def test_intervals_of_equal_width_are_those_of_pandas(run, penguins) -> None:
    found = run("bin", penguins, column=BILL, bins=4).table
    assert text(found, f"{BILL}_bin") == plain(pd.cut(penguins[BILL], 4))
    assert found.column_names == [*penguins.columns, f"{BILL}_bin"]


def test_intervals_of_equal_counts_are_those_of_pandas(run, penguins) -> None:
    found = run("bin", penguins, column=MASS, method="quantile", bins=4).table
    assert text(found, f"{MASS}_bin") == plain(pd.qcut(penguins[MASS], 4))


def test_intervals_by_edges_are_those_of_pandas(run, penguins) -> None:
    edges = (3000, 4000, 5000)
    found = run("bin", penguins, column=MASS, edges=edges, labels=("light", "heavy"))
    assert text(found.table, f"{MASS}_bin") == plain(
        pd.cut(penguins[MASS], edges, labels=["light", "heavy"])
    )
    outside = ((penguins[MASS] <= 3000) | (penguins[MASS] > 5000)).sum()
    assert f"{outside} values outside of 3,000 to 5,000 without one; 2 missing" in found.reading


def test_bins_agree_with_scikit_learn_where_no_value_is_an_edge(run) -> None:
    x = np.random.default_rng(3).normal(size=500)
    labels = [str(i) for i in range(6)]
    for method, strategy in (("equal_width", "uniform"), ("quantile", "quantile")):
        found = run("bin", {"x": x}, column="x", bins=6, method=method, labels=labels).table
        asked = {"quantile_method": "linear"} if strategy == "quantile" else {}
        direct = KBinsDiscretizer(6, encode="ordinal", strategy=strategy, **asked)
        told = direct.fit_transform(x.reshape(-1, 1))[:, 0].astype(int)
        off = np.array(text(found, "x_bin"), dtype=int) != told
        # an edge that is a value itself falls on the other side: [a, b) there
        assert off.sum() <= 6


def test_an_interval_holds_its_upper_end(run) -> None:
    found = run("bin", {"x": [0, 1, 2, 3]}, column="x", edges=(0, 1, 2)).table
    assert text(found, "x_bin") == [None, "(0.0, 1.0]", "(1.0, 2.0]", None]


def test_bins_are_told(run) -> None:
    found = run("bin", {"x": [1, 2, 3, 10, None]}, column="x", bins=3, labels=("a", "b", "c"))
    assert found.reading == (
        "x_bin: 3 intervals of equal width for 4 values, most in a (3), fewest in b (0); "
        "1 missing without one."
    )


def test_ties_leave_fewer_bins_and_that_is_told(run) -> None:
    columns = {"x": [0] * 8 + [1, 2]}
    found = run("bin", columns, column="x", method="quantile", bins=4)
    assert text(found.table, "x_bin") == plain(pd.qcut(columns["x"], 4, duplicates="drop"))
    assert "equal values leave no more than 1 of 4" in found.reading
    with pytest.raises(QueryFailed, match="leave 1 interval for 4 labels"):
        run("bin", columns, column="x", method="quantile", bins=4, labels=tuple("abcd"))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([3, 3, 3], "constant_values"),
        (["a"], "not_numeric"),
        ([math.nan], "too_few_values"),
        ([1, math.inf], "unfit_data"),
        (pa.array([], pa.float64()), "too_few_values"),
    ],
)
def test_what_cannot_be_binned_is_refused(run, values, code) -> None:
    with pytest.raises(QueryFailed) as raised:
        run("bin", {"x": values}, column="x")
    assert raised.value.code == code
    assert raised.value.hint


def test_categories_become_columns_as_in_scikit_learn(run, penguins) -> None:
    found = run("encode", penguins, columns=["species", "island"])
    direct = OneHotEncoder(sparse_output=False)
    told = direct.fit_transform(penguins[["species", "island"]])
    names = direct.get_feature_names_out(["species", "island"])
    np.testing.assert_array_equal(found.table.select(names).to_pandas().to_numpy(), told)
    assert found.table.column_names == [*penguins.columns, *names]
    assert found.reading.startswith(
        "species: 3 columns of 0 and 1, for Adelie, Chinstrap, Gentoo. island: 3 columns"
    )


def test_a_missing_category_is_no_category(run, penguins) -> None:
    found = run("encode", penguins, columns="sex")
    told = pd.get_dummies(penguins["sex"], prefix="sex", dtype=int)
    for name in told:
        assert found.table.column(name).to_pylist() == [*told[name]]
    assert "11 rows with a missing value, 0 in each" in found.reading


def test_codes_are_those_of_scikit_learn(run, penguins) -> None:
    found = run("encode", penguins, columns=["species", "sex"], method="ordinal")
    told = OrdinalEncoder().fit_transform(penguins[["species", "sex"]])
    for i, name in enumerate(("species", "sex")):
        ours = found.table.column(f"{name}_code")
        assert ours.type == pa.int64()
        np.testing.assert_array_equal(ours.to_pandas().to_numpy(float), told[:, i])
    assert found.reading == (
        "species_code: Adelie 0, Chinstrap 1, Gentoo 2. sex_code: female 0, male 1; 11 rows "
        "without a code."
    )


def test_codes_follow_the_order_that_is_given(run) -> None:
    columns = {"size": ["small", "large", None, "small"]}
    order = ("small", "medium", "large")
    found = run("encode", columns, columns="size", method="ordinal", order=order).table
    assert found.column("size_code").to_pylist() == [0, 2, None, 0]
    with pytest.raises(QueryFailed, match="order does not name: large") as raised:
        run("encode", columns, columns="size", method="ordinal", order=("small",))
    assert "small" in raised.value.hint


def test_more_than_fifty_categories_become_no_columns(run) -> None:
    columns = {"a": ["x", "y"] * 30, "town": [f"t{i}" for i in range(60)]}
    with pytest.raises(QueryFailed, match="'town' has 60 categories; up to 50") as raised:
        run("encode", columns, columns=["a", "town"])
    assert "ordinal" in raised.value.hint
    assert run("encode", columns, columns="town", method="ordinal").table.num_rows == 60


def test_categories_that_differ_in_case_only_are_refused(run) -> None:
    with pytest.raises(QueryFailed, match="'Oslo' and 'oslo'"):
        run("encode", {"town": ["Oslo", "oslo"]}, columns="town")


@pytest.mark.parametrize("method", ["one_hot", "ordinal"])
def test_a_column_without_categories_is_refused(run, method) -> None:
    with pytest.raises(QueryFailed, match="no known values"):
        run("encode", {"x": pa.array([None], pa.string())}, columns="x", method=method)


def test_parts_of_dates_are_those_of_pandas(run) -> None:
    """Every day around the ends of twelve years: where ISO weeks belong to the year beside."""
    days = pd.DatetimeIndex([d for y in range(2010, 2022)
                             for d in pd.date_range(f"{y}-12-25", periods=14)])  # fmt: skip
    parts = ("year", "quarter", "month", "week", "day", "weekday")
    found = run("date_parts", {"d": [*days.date]}, columns="d", parts=parts).table
    iso = days.isocalendar()
    told = {part: getattr(days, part) for part in ("year", "quarter", "month", "day")}
    told |= {"week": iso["week"], "weekday": iso["day"]}
    for part in parts:
        assert found.column(f"d_{part}").to_pylist() == [int(x) for x in told[part]], part


def test_hours_are_those_of_the_clock_and_of_instants_in_utc(run) -> None:
    columns = {
        "at": pa.array([datetime(2024, 5, 6, 23, 30), None]),
        "when": pa.array([datetime(2024, 5, 6, 22, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
    }
    found = run("date_parts", columns, columns=["at", "when"], parts=("hour", "weekday"))
    assert found.table.to_pylist()[0] | columns == columns | {
        "at_hour": 23, "at_weekday": 1, "when_hour": 22, "when_weekday": 1
    }  # fmt: skip
    assert found.table.column("at_hour").to_pylist() == [23, None]
    assert found.reading.startswith("at: hour 23, weekday 1; 1 row without any.")


def test_parts_are_those_of_the_calendar_by_default(run) -> None:
    found = run("date_parts", {"d": [date(2024, 2, 29)]}, columns="d").table
    assert found.drop_columns("d").to_pylist() == [
        {"d_year": 2024, "d_month": 2, "d_day": 29, "d_weekday": 4}
    ]


def test_an_empty_table_has_parts_too(run) -> None:
    found = run("date_parts", {"d": pa.array([], pa.date32())}, columns="d")
    assert found.table.num_rows == 0
    assert found.reading == "d: year, month, day, weekday."


@pytest.mark.parametrize(
    ("values", "asked", "said"),
    [
        (["2024-01-01"], {}, "holds no dates"),
        ([20240101], {}, "holds no dates"),
        ([date(2024, 1, 1)], {"parts": ("hour",)}, "have no hour"),
    ],
)
def test_what_has_no_such_parts_is_refused(run, values, asked, said) -> None:
    with pytest.raises(QueryFailed, match=said) as raised:
        run("date_parts", {"d": values}, columns="d", **asked)
    assert raised.value.code == "not_dates"
    assert raised.value.hint


@pytest.mark.parametrize(
    ("op", "asked", "said"),
    [
        ("bin", {"column": "x", "edges": (1,)}, "two or more ascending"),
        ("bin", {"column": "x", "edges": (2, 1)}, "ascending"),
        ("bin", {"column": "x", "bins": 3, "labels": ("a",)}, "3 intervals and 1 labels"),
        ("encode", {"columns": "x", "order": ("a",)}, "method ordinal"),
        ("encode", {"columns": ["x", "y"], "method": "ordinal", "order": ("a",)}, "one column"),
        ("encode", {"columns": "x", "method": "ordinal", "order": ("a", "a")}, "twice"),
        ("date_parts", {"columns": "x", "parts": ()}, "at least 1"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(op, asked, said) -> None:
    cls = model(op)
    assert cls is not None
    with pytest.raises(ValidationError, match=said):
        cls.model_validate(asked)
