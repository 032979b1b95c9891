"""Scales and ranks on the penguins, against scikit-learn, numpy and pandas asked directly."""

from __future__ import annotations

import math
import random

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.operations import model

MASS, BILL = "body_mass_g", "bill_length_mm"
BOTH = [MASS, BILL]
NAN = math.nan


def same(found: pa.Table, name: str, expected: object) -> None:
    """Equal to 1e-12, missing where the other is."""
    ours = found.column(name).to_pandas().to_numpy(dtype=float)
    np.testing.assert_allclose(ours, np.asarray(expected, dtype=float), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("op", "asked", "direct"),
    [
        ("standardise", {}, StandardScaler()),
        ("min_max", {}, MinMaxScaler()),
        ("min_max", {"low": -1, "high": 3}, MinMaxScaler((-1, 3))),
    ],
)
def test_columns_are_scaled_as_scikit_learn_scales_them(run, penguins, op, asked, direct) -> None:
    found = run(op, penguins, columns=BOTH, **asked).table
    told = direct.fit_transform(penguins[BOTH].to_numpy())
    for i, name in enumerate(BOTH):
        same(found, name, told[:, i])
    assert found.column_names == [*penguins.columns]
    assert found.column("species").to_pylist() == [*penguins["species"]]


def test_the_spread_may_be_that_of_the_sample(run, penguins) -> None:
    mass = penguins[MASS]
    found = run("standardise", penguins, columns=MASS, ddof=1).table
    same(found, MASS, (mass - mass.mean()) / mass.std())


@pytest.mark.parametrize("ddof", [0, 1])
def test_a_constant_column_becomes_zeros_and_is_told(run, ddof) -> None:
    """0.1 ten times has a standard deviation of 1e-17 by the formula."""
    found = run("standardise", {"x": [0.1] * 10 + [None], "y": [7] * 11}, columns=["x", "y"],
                ddof=ddof)  # fmt: skip
    assert found.table.column("x").to_pylist() == [0.0] * 10 + [None]
    assert found.table.column("y").to_pylist() == [0.0] * 11
    assert "x: its one value, 0.1, became 0, over 10 values; 1 missing stays" in found.reading
    low = run("min_max", {"x": [3.0, 3.0]}, columns="x", low=2, high=4).table
    assert low.column("x").to_pylist() == [2.0, 2.0]


def test_a_scale_is_told_with_its_numbers(run, penguins) -> None:
    assert run("standardise", penguins, columns=MASS).reading == (
        "body_mass_g: mean 4,202 and standard deviation 800.8 (ddof 0) became 0 and 1, over 342 "
        "values; 2 missing stay missing."
    )
    assert run("min_max", penguins, columns=MASS).reading == (
        "body_mass_g: 2,700 to 6,300 became 0 to 1, over 342 values; 2 missing stay missing."
    )


def test_of_many_columns_the_first_are_told(run) -> None:
    columns = {f"x{i}": [1.0, 2.0] for i in range(7)}
    told = run("min_max", columns, columns=[*columns]).reading
    assert told.count("became") == 5
    assert told.endswith("2 more columns were treated alike.")


@pytest.mark.parametrize(
    ("base", "direct"), [("e", np.log), ("2", np.log2), ("10", np.log10), (10, np.log10)]
)
def test_logarithms(run, penguins, base, direct) -> None:
    found = run("log", penguins, columns=BOTH, base=base)
    for name in BOTH:
        same(found.table, name, direct(penguins[name]))
    assert "over 342 values; 2 missing stay missing" in found.reading


@pytest.mark.parametrize(("base", "scale"), [("e", 1.0), ("2", np.log(2)), ("10", np.log(10))])
def test_logarithms_of_counts_with_zeros(run, base, scale) -> None:
    counts = [0, 1, 9, 1023, 1e-15]
    found = run("log", {"n": counts}, columns="n", base=base, plus_one=True)
    same(found.table, "n", np.log1p(counts) / scale)


@pytest.mark.parametrize(
    ("values", "asked", "said", "hint"),
    [
        ([3, 0, 5, -1], {}, "2 values of 0 or less, the first in row 2", "filter"),
        ([3, 0, 5], {}, "1 value of 0 or less, the first in row 2", "plus_one"),
        ([3, 0, -1], {"plus_one": True}, "1 value of -1 or less, the first in row 3", "filter"),
    ],
)
def test_what_has_no_logarithm_is_counted_and_found(run, values, asked, said, hint) -> None:
    with pytest.raises(QueryFailed, match=said) as raised:
        run("log", {"x": values}, columns="x", **asked)
    assert raised.value.code == "no_logarithm"
    assert hint in raised.value.hint


def test_values_are_clipped_at_bounds(run, penguins) -> None:
    found = run("clip", penguins, columns=MASS, low=3000, high=5000.5)
    same(found.table, MASS, penguins[MASS].clip(3000, 5000.5))
    below, above = (penguins[MASS] < 3000).sum(), (penguins[MASS] > 5000.5).sum()
    assert found.reading == (
        f"body_mass_g: {below} values below 3,000 became it and {above} values above 5,000 became "
        "it, of 342 values."
    )


def test_values_are_winsorised_at_quantiles(run, penguins) -> None:
    found = run("clip", penguins, columns=BOTH, low_quantile=0.05, high_quantile=0.9).table
    for name in BOTH:
        low, high = penguins[name].quantile([0.05, 0.9])
        same(found, name, penguins[name].clip(low, high))


def test_one_bound_is_enough_and_integers_stay_exact(run) -> None:
    huge = 2**62 + 1
    columns = {"x": pa.array([5, None, huge, -3], pa.int64())}
    found = run("clip", columns, columns="x", low=0).table
    assert found.column("x").to_pylist() == [5, None, huge, 0]
    assert found.column("x").type == pa.int64()


def test_what_is_not_a_number_is_missing_and_not_clipped(run) -> None:
    found = run("clip", {"x": [NAN, 1.0, 9.0]}, columns="x", high=3)
    assert found.table.column("x").to_pylist() == [None, 1.0, 3.0]


@pytest.mark.parametrize("method", ["average", "min", "dense"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("by", [(), ("species",), ("species", "sex")])
def test_values_are_ranked_as_pandas_ranks_them(run, penguins, method, descending, by) -> None:
    found = run("rank", penguins, columns=BOTH, method=method, descending=descending, by=by)
    for name in BOTH:
        column = penguins.groupby([*by])[name] if by else penguins[name]
        same(found.table, f"{name}_rank", column.rank(method=method, ascending=not descending))
        same(found.table, name, penguins[name])


def test_ranks_are_told(run, penguins) -> None:
    found = run("rank", penguins, columns=MASS, by="species", method="dense", descending=True)
    assert found.reading == (
        "body_mass_g_rank: the places of 342 values, 1 for the largest within each of 3 groups of "
        "species; equal values share a place, and none is left out after them; 2 rows without one."
    )
    assert found.table.column("body_mass_g_rank").type == pa.int64()


@pytest.mark.parametrize("op", ["standardise", "min_max", "log", "clip", "rank"])
@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["a", "b"], "not_numeric"),
        ([NAN, None], "too_few_values"),
        (pa.array([], pa.float64()), "too_few_values"),
        ([1.0, math.inf], "unfit_data"),
    ],
    ids=["text", "missing", "empty", "infinite"],
)
def test_what_cannot_be_scaled_is_refused(run, op, values, code) -> None:
    asked = {"low": 0.0} if op == "clip" else {}
    with pytest.raises(QueryFailed) as raised:
        run(op, {"x": values}, columns="x", **asked)
    assert raised.value.code == code
    assert raised.value.hint


def test_bounds_of_two_kinds_that_cross_are_refused(run) -> None:
    with pytest.raises(QueryFailed, match=r"low bound of 'x' \(9\) is above"):
        run("clip", {"x": [1.0, 2.0]}, columns="x", low=9, high_quantile=0.9)


def test_a_name_that_is_taken_is_refused_whatever_its_case(run) -> None:
    with pytest.raises(QueryFailed, match="has a column 'x_rank' already") as raised:
        run("rank", {"x": [1.0], "X_Rank": [1.0]}, columns="x")
    assert raised.value.code == "column_exists"


@pytest.mark.parametrize(
    ("op", "asked", "said"),
    [
        ("standardise", {"columns": []}, "at least 1"),
        ("standardise", {"columns": ["x", "X"]}, "named twice"),
        ("min_max", {"columns": "x", "low": 1}, "low must be smaller"),
        ("clip", {"columns": "x"}, "give low or high"),
        ("clip", {"columns": "x", "low": 1, "low_quantile": 0.1}, "not both"),
        ("clip", {"columns": "x", "low": 2, "high": 1}, "must be below"),
        ("log", {"columns": "x", "base": 3}, "base"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(op, asked, said) -> None:
    cls = model(op)
    assert cls is not None
    with pytest.raises(ValidationError, match=said):
        cls.model_validate(asked)


def test_scales_of_any_numbers_agree_with_scikit_learn(run) -> None:
    """Integers, tiny, large and shifted numbers, with missing ones among them."""
    draw = random.Random(7)
    for shift, scale in ((0, 1), (1e9, 1e3), (0, 1e-9), (-5e4, 7)):
        x = [shift + scale * draw.gauss(0, 1) if draw.random() > 0.1 else NAN for _ in range(50)]
        told = StandardScaler().fit_transform(np.array(x).reshape(-1, 1))[:, 0]
        ours = run("standardise", {"x": x}, columns="x").table.column("x").to_pandas()
        # a mean of 1e9 leaves both with rounding of its own
        np.testing.assert_allclose(ours, told, rtol=1e-12, atol=1e-12 + 1e-15 * abs(shift / scale))
