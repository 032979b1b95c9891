"""Missing values filled and rows left out, against pandas and scikit-learn asked directly."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pydantic import ValidationError
from sklearn.impute import SimpleImputer

from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.operations import model

MASS, BILL = "body_mass_g", "bill_length_mm"
NAN = math.nan


@pytest.fixture
def holes(penguins) -> pd.DataFrame:
    """The penguins with every seventh bill missing too."""
    return penguins.assign(**{BILL: penguins[BILL].where(penguins.index % 7 != 3)})


def values(table: pa.Table, name: str) -> np.ndarray:
    return table.column(name).to_pandas().to_numpy(dtype=float)


@pytest.mark.parametrize("method", ["mean", "median", "most_frequent"])
def test_gaps_are_filled_as_scikit_learn_fills_them(run, holes, method) -> None:
    found = run("impute", holes, columns=[MASS, BILL], method=method).table
    told = SimpleImputer(strategy=method).fit_transform(holes[[MASS, BILL]].to_numpy())
    for i, name in enumerate((MASS, BILL)):
        np.testing.assert_allclose(values(found, name), told[:, i], rtol=1e-12)


@pytest.mark.parametrize("method", ["mean", "median"])
@pytest.mark.parametrize("by", [["species"], ["species", "island"]])
def test_gaps_are_filled_within_groups_as_pandas_fills_them(run, holes, method, by) -> None:
    found = run("impute", holes, columns=BILL, method=method, by=by).table
    told = holes[BILL].fillna(holes.groupby(by)[BILL].transform(method))
    np.testing.assert_allclose(values(found, BILL), told, rtol=1e-12)


def test_gaps_are_filled_from_the_rows_before(run, holes) -> None:
    found = run("impute", holes, columns=BILL, method="previous").table
    np.testing.assert_array_equal(values(found, BILL), holes[BILL].ffill())
    shuffled = holes.sample(frac=1, random_state=1).reset_index(drop=True)
    found = run("impute", shuffled, columns=BILL, method="previous", by="species").table
    told = shuffled.groupby("species")[BILL].ffill()
    np.testing.assert_array_equal(values(found, BILL), told)


def test_gaps_are_filled_by_lines_that_do_not_go_beyond_what_is_known(run, holes) -> None:
    shuffled = holes.sample(frac=1, random_state=2).reset_index(drop=True)
    found = run("impute", shuffled, columns=BILL, method="linear").table
    told = shuffled[BILL].interpolate(limit_area="inside")
    np.testing.assert_allclose(values(found, BILL), told, rtol=1e-12)
    found = run("impute", shuffled, columns=BILL, method="linear", by="species").table
    told = shuffled.groupby("species")[BILL].transform(lambda x: x.interpolate(limit_area="inside"))
    np.testing.assert_allclose(values(found, BILL), told, rtol=1e-12)
    ends = run("impute", {"x": [None, 1.0, None, 3.0, None]}, columns="x", method="linear")
    assert ends.table.column("x").to_pylist() == [None, 1.0, 2.0, 3.0, None]
    assert "1 of 3 missing values filled" in ends.reading
    assert "2 stay missing" in ends.reading


def test_the_smallest_of_several_most_frequent_values_is_taken(run) -> None:
    columns = {"x": ["b", "a", "b", "a", None], "g": ["p", "p", "q", "q", "q"]}
    found = run("impute", columns, columns="x", method="most_frequent")
    assert found.table.column("x").to_pylist()[-1] == "a"
    assert (
        found.reading == "x: 1 of 1 missing value filled with the most frequent value (a, 2 times)."
    )
    columns["x"] = ["a", "a", "b", "b", None]
    found = run("impute", columns, columns="x", method="most_frequent", by="g")
    assert found.table.column("x").to_pylist()[-1] == "b"
    assert "within each of 2 groups of g" in found.reading


@pytest.mark.parametrize(
    ("column", "value", "filled"),
    [
        (pa.array([1, None]), 0, 0),
        (pa.array([1, None]), 0.5, 0.5),
        (pa.array([1, None]), "7", 7),
        (pa.array([1.5, None]), 2, 2.0),
        (pa.array(["a", None]), "none", "none"),
        (pa.array(["a", None]), 0, "0"),
        (pa.array(["a", None]).dictionary_encode(), "b", "b"),
        (pa.array([True, None]), False, False),
        (pa.array([Decimal("1.25"), None]), 0.5, Decimal("0.50")),
        (pa.array([Decimal("1.25"), None]), 3, Decimal("3.00")),
        (pa.array([date(2024, 1, 1), None]), "2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_constant_stands_in_the_type_of_the_column(run, column, value, filled) -> None:
    found = run("impute", {"x": column}, columns="x", method="constant", value=value)
    assert found.table.column("x").to_pylist() == [column[0].as_py(), filled]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pa.array([1, None]), "unknown"),
        (pa.array([Decimal("1.25"), None]), "unknown"),
        (pa.array([Decimal("1.25"), None]), 0.123),
        (pa.array([date(2024, 1, 1), None]), 0),
        (pa.array([date(2024, 1, 1), None]), "soon"),
    ],
)
def test_a_constant_that_cannot_stand_in_a_column_is_refused(run, column, value) -> None:
    with pytest.raises(QueryFailed, match="cannot stand in 'x'") as raised:
        run("impute", {"x": column}, columns="x", method="constant", value=value)
    assert "kind that the column holds" in raised.value.hint


def test_dates_and_categories_keep_their_types(run) -> None:
    columns = {"day": pa.array([date(2024, 1, 1), None]), "kind": ["a", None]}
    for method in ("previous", "most_frequent"):
        found = run("impute", columns, columns=["day", "kind"], method=method).table
        assert found.to_pylist()[1] == {"day": date(2024, 1, 1), "kind": "a"}


def test_what_was_filled_is_told(run, penguins) -> None:
    found = run("impute", penguins, columns=[MASS, "year"], method="mean")
    assert found.reading == (
        "body_mass_g: 2 of 2 missing values filled with the mean (4,202). year: nothing was "
        "missing."
    )


def test_what_its_group_cannot_fill_stays_missing_and_is_told(run) -> None:
    columns = {"x": [1.0, 3.0, NAN, None, None], "g": ["a", "a", "a", "b", None]}
    for method, filled in (("mean", 2.0), ("previous", 3.0), ("most_frequent", 1.0)):
        found = run("impute", columns, columns="x", method=method, by="g")
        assert found.table.column("x").to_pylist() == [1.0, 3.0, filled, None, None]
        assert "1 of 3 missing values filled" in found.reading
        assert "2 stay missing" in found.reading


@pytest.mark.parametrize("method", ["mean", "median", "most_frequent", "previous", "linear"])
def test_a_column_without_values_has_nothing_to_fill_from(run, method) -> None:
    with pytest.raises(QueryFailed, match="no known values") as raised:
        run("impute", {"x": pa.array([None, None], pa.float64())}, columns="x", method=method)
    assert "constant" in raised.value.hint


@pytest.mark.parametrize("method", ["mean", "median", "linear"])
def test_text_has_no_mean(run, method) -> None:
    with pytest.raises(QueryFailed) as raised:
        run("impute", {"x": ["a", None]}, columns="x", method=method)
    assert raised.value.code == "not_numeric"


def test_rows_with_missing_values_are_left_out_as_pandas_leaves_them_out(run, penguins) -> None:
    found = run("drop_missing", penguins)
    pd.testing.assert_frame_equal(
        found.table.to_pandas(), penguins.dropna().reset_index(drop=True), check_dtype=False
    )
    assert found.reading == (
        "11 of 344 rows left out for a missing value (bill_length_mm 2, bill_depth_mm 2, "
        "flipper_length_mm 2, body_mass_g 2, sex 11); 333 rows left."
    )
    some = run("drop_missing", penguins, columns=[MASS])
    assert some.table.num_rows == 342
    none = run("drop_missing", penguins, columns="species")
    assert none.reading == "No row has a missing value in species; nothing was left out."


@pytest.mark.parametrize("keep", ["first", "last"])
@pytest.mark.parametrize("columns", [(), ("species",), ("species", "sex", "island")])
def test_repeated_rows_are_left_out_as_pandas_leaves_them_out(run, penguins, keep, columns) -> None:
    twice = pd.concat([penguins, penguins[::-3]], ignore_index=True)
    found = run("drop_duplicates", twice, columns=columns, keep=keep)
    told = twice.drop_duplicates([*columns] or None, keep=keep).reset_index(drop=True)
    pd.testing.assert_frame_equal(found.table.to_pandas(), told, check_dtype=False)
    assert f"{len(twice) - len(told):,} of {len(twice):,} rows left out" in found.reading


def test_repeated_rows_are_told(run) -> None:
    found = run("drop_duplicates", {"x": [NAN, None, 1.0], "y": [1, 1, 2]})
    assert found.reading == (
        "1 of 3 rows left out because an earlier row agrees in all columns; 2 rows left."
    )
    none = run("drop_duplicates", {"x": [1, 2]}, columns="x")
    assert none.reading == "No row repeats another in x; nothing was left out."


def test_lists_are_not_compared(run) -> None:
    columns = {"x": [1, 1], "tags": pa.array([["a"], ["a"]])}
    with pytest.raises(QueryFailed, match="by tags"):
        run("drop_duplicates", columns)
    assert run("drop_duplicates", columns, columns="x").table.num_rows == 1


@pytest.mark.parametrize(
    ("op", "asked"),
    [
        ("drop_missing", {}),
        ("drop_duplicates", {}),
        ("impute", {"columns": "x", "method": "mean"}),
        ("impute", {"columns": "x", "method": "constant", "value": 0, "by": "g"}),
    ],
)
def test_an_empty_table_stays_empty(run, op, asked) -> None:
    columns = {"x": pa.array([], pa.float64()), "g": pa.array([], pa.string())}
    found = run(op, columns, **asked)
    assert found.table.num_rows == 0
    assert found.table.column_names == ["x", "g"]
    assert found.reading


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"method": "constant"}, "value is given with the method constant"),
        ({"method": "mean", "value": 0}, "only with it"),
        ({}, "method"),
    ],
)
def test_a_constant_belongs_to_its_method(asked, said) -> None:
    cls = model("impute")
    assert cls is not None
    with pytest.raises(ValidationError, match=said):
        cls.model_validate({"columns": "x", **asked})
