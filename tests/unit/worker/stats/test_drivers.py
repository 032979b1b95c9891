"""The breakdown of a change: what is added sums to the whole, and the words say what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.operations.drivers import Contribution, period_name
from dip_sdk.worker.stats import Data, Outcome, operate

FEB, MARCH = ("2024-02-01", "2024-03-01"), ("2024-03-01", "2024-04-01")
MONTHS = {"across": "day", "before": FEB, "after": MARCH}
SIDES = {"across": "side", "before": "a", "after": "b"}
LEVELS = st.sampled_from(["x", "y", "z", None])
ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), LEVELS, st.integers(-9, 9), st.integers(1, 5)),
    max_size=30,
).map(lambda rows: [("a", "x", 3, 1), ("b", "y", 5, 2), *rows])


def broken_down(columns: Mapping[str, Sequence[object]], **arguments: object) -> Outcome:
    import pyarrow as pa

    operation = Contribution.model_validate({"op": "contribution", **arguments})
    return operate(operation, Data(pa.table(dict(columns))))


def by_level(outcome: Outcome, dimension: str) -> dict[str, dict[str, Any]]:
    rows = outcome.table.to_pylist()
    return {row["level"]: row for row in rows if row["dimension"] == dimension}


def whole(outcome: Outcome) -> dict[str, Any]:
    return by_level(outcome, "(all)")["(all)"]


def columns(rows: Sequence[tuple[object, ...]]) -> dict[str, Sequence[object]]:
    return dict(zip(("side", "level", "value", "weight"), zip(*rows, strict=True), strict=True))


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, most=st.integers(1, 4))
@pytest.mark.parametrize("how", ["sum", "count"])
def test_the_levels_of_a_dimension_add_up_to_the_whole_change(
    how: str, rows: list[tuple[object, ...]], most: int
) -> None:
    column = None if how == "count" else "value"
    found = broken_down(
        columns(rows), column=column, how=how, dimensions="level", most=most, **SIDES
    )
    levels = by_level(found, "level").values()
    assert sum(row["change"] for row in levels) == whole(found)["change"]
    assert sum(row["before"] for row in levels) == whole(found)["before"]


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, most=st.integers(1, 4), weighted=st.booleans())
def test_mix_and_rate_of_the_levels_add_up_to_the_change_of_a_mean(
    rows: list[tuple[object, ...]], most: int, weighted: bool
) -> None:
    weight = "weight" if weighted else None
    found = broken_down(
        columns(rows), column="value", how="mean", weight=weight, dimensions="level", most=most,
        **SIDES,
    )  # fmt: skip
    levels = list(by_level(found, "level").values())
    total = whole(found)
    assert sum(row["contribution"] for row in levels) == pytest.approx(total["change"], abs=1e-12)
    for row in levels:
        assert row["mix_effect"] + row["rate_effect"] == pytest.approx(row["contribution"])
    assert sum(row["share_after"] for row in levels) == pytest.approx(1)
    means = {side: _mean(rows, side, weighted) for side in "ab"}
    assert (total["before"], total["after"]) == pytest.approx((means["a"], means["b"]))


def _mean(rows: list[tuple[Any, ...]], side: str, weighted: bool) -> float:
    taken = [(value, weight if weighted else 1) for at, _, value, weight in rows if at == side]
    return sum(v * w for v, w in taken) / sum(w for _, w in taken)


def test_the_split_of_a_mean_is_kitagawas() -> None:
    """Shares 0.75 to 0.25 and 0.25 to 0.75, means 10 to 12 and 2 to 4; by hand."""
    found = broken_down(
        {"side": ["a"] * 4 + ["b"] * 4, "g": [*"xxxy", *"xyyy"],
         "value": [10, 10, 10, 2, 12, 4, 4, 4]},
        column="value", how="mean", dimensions="g", **SIDES,
    )  # fmt: skip
    assert (whole(found)["before"], whole(found)["after"]) == (8, 6)
    x, y = (by_level(found, "g")[level] for level in "xy")
    assert (x["mix_effect"], x["rate_effect"]) == (-0.5 * (11 - 7), 0.5 * 2)
    assert (y["mix_effect"], y["rate_effect"]) == (0.5 * (3 - 7), 0.5 * 2)


def test_a_mean_that_falls_while_every_level_rises_is_the_mix() -> None:
    found = broken_down(
        {"side": ["a"] * 4 + ["b"] * 4, "g": [*"xxxy", *"xyyy"],
         "value": [10, 10, 10, 2, 12, 4, 4, 4]},
        column="value", how="mean", dimensions="g", **SIDES,
    )  # fmt: skip
    assert "It is the mix: within every level of g the average rose" in found.reading
    assert "(-4 from shares, +2 from the levels' own averages)" in found.reading


def test_a_level_that_is_new_changes_the_mix_alone() -> None:
    found = broken_down(
        {"side": [*"aabbb"], "g": [*"xxxxy"], "value": [1, 1, 1, 1, 4]},
        column="value", how="mean", dimensions="g", **SIDES,
    )  # fmt: skip
    new = by_level(found, "g")["y"]
    assert (new["before"], new["after"], new["rate_effect"]) == (None, 4, 0)
    assert new["mix_effect"] == pytest.approx((4 - 1.5) / 3)
    assert "share 0% to 33.3%" in found.reading
    assert "average none to 4" in found.reading


DAYS = [date(2024, 2, 5), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31)]
SALES = {
    "day": DAYS * 2,
    "region": ["North"] * 4 + ["South"] * 4,
    "colour": [*"rbrbbrbr"],
    "amount": [40.0, 60.0, 10.0, 20.0, 50.0, 50.0, 45.0, 55.0],
}


def test_the_change_and_its_strongest_driver_are_told() -> None:
    found = broken_down(SALES, column="amount", **MONTHS)
    assert found.reading == (
        "Total amount fell by 70 (35%), from 200 in February 2024 to 130 in March 2024. "
        "The strongest driver is region North: it fell by 70, from 100 to 30, the whole change. "
        "A breakdown shows where, not why: it is no cause."
    )
    assert not found.assumptions


def test_the_dimension_where_few_levels_make_the_change_comes_first() -> None:
    found = broken_down(SALES, column="amount", **MONTHS)
    order = list(dict.fromkeys(row["dimension"] for row in found.table.to_pylist()))
    assert order == ["(all)", "region", "colour"]


def test_a_change_that_is_spread_as_the_whole_is_has_no_driver() -> None:
    found = broken_down(
        {"side": [*"aabb"], "g": [*"xyxy"], "value": [100, 50, 80, 40]}, column="value", **SIDES
    )
    assert "No part stands out" in found.reading
    assert (
        "Most comes from g x: it fell by 20, from 100 to 80, 66.7% of the change" in found.reading
    )


def test_a_premise_that_is_false_is_said_first() -> None:
    up = broken_down(SALES, column="amount", expected="rise", **MONTHS).reading
    assert up.startswith("There was no rise: total amount fell by 70")
    same = broken_down(SALES, how="count", expected="fall", **MONTHS)
    assert same.reading.startswith("There was no fall: number of rows is the same in February 2024")
    assert whole(same)["share_of_change"] is None


def test_two_values_are_told_as_higher_and_lower() -> None:
    found = broken_down(
        SALES, column="amount", how="mean", across="region", before="North", after="South"
    )
    assert found.reading.startswith(
        "Average amount is 17.5 (53.8%) higher for South than for North: 50 against 32.5."
    )

    wrong = broken_down(
        SALES, column="amount", across="region", before="South", after="North", expected="rise"
    )
    assert wrong.reading.startswith("It is not higher: total amount is 70 (35%) lower for North")


def test_the_level_that_goes_beyond_its_share_is_named_beside_the_largest() -> None:
    """Half of the change is the large x's, as it was; z made a tenth before and makes a third."""
    found = broken_down(
        {"side": [*"aaabbb"], "g": [*"xyzxyz"], "value": [60, 30, 10, 50, 27, 3]},
        column="value", **SIDES,
    )  # fmt: skip
    assert "Most comes from g x: it fell by 10, from 60 to 50, 50% of the change." in found.reading
    assert (
        "Beyond its share goes z: it fell by 7, from 10 to 3, 35% of the change." in found.reading
    )


def test_a_change_that_is_next_to_nothing_has_no_shares_of_thousands() -> None:
    found = broken_down(
        {"side": [*"aabb"], "g": [*"xyxy"], "value": [50, 50, 100, 1]}, column="value", **SIDES
    )
    assert "it rose by 50, from 50 to 100, far more than the whole change" in found.reading


def test_a_small_change_is_not_called_none() -> None:
    found = broken_down({"side": [*"ab"], "value": [10_000, 10_001]}, column="value", **SIDES)
    assert found.reading.startswith("Total value is 1 (less than 0.1%) higher for b than for a")


def test_a_dimension_of_many_levels_that_vary_does_not_hide_a_driver() -> None:
    """North makes the fall; the twelve shops go up and down by chance."""
    shops = [f"shop {k}" for k in range(12)] * 2
    swing = [0] * 12 + [9, -9, 8, -8, 7, -7, 6, -6, 5, -5, 4, -4]
    regions = (["North"] * 4 + ["South"] * 8) * 2
    fall = [0] * 12 + [-10] * 4 + [0] * 8
    values = [100 + a + b for a, b in zip(swing, fall, strict=True)]
    found = broken_down(
        {"side": ["a"] * 12 + ["b"] * 12, "shop": shops, "region": regions, "value": values},
        column="value", **SIDES,
    )  # fmt: skip
    assert "The strongest driver is region North: it fell by 40" in found.reading


def test_missing_levels_and_the_rest_are_levels_of_their_own() -> None:
    found = broken_down(
        {"side": [*"ab"] * 5, "g": ["x", "x", "y", "y", "z", "z", None, None, "(missing)", "w"],
         "value": [1, 9, 1, 4, 1, 2, 1, 7, 1, 1]},
        column="value", dimensions="g", most=2, **SIDES,
    )  # fmt: skip
    changes = {level: row["change"] for level, row in by_level(found, "g").items()}
    assert changes == {"x": 8, "((missing))": 6, "(other)": 3 + 1 - 1 + 1}


def test_one_level_too_many_is_shown_rather_than_called_other() -> None:
    found = broken_down(
        {"side": [*"ab"] * 3, "g": [*"xxyyzz"], "value": [1, 9, 1, 4, 1, 2]},
        column="value", dimensions="g", most=2, **SIDES,
    )  # fmt: skip
    assert list(by_level(found, "g")) == ["x", "y", "z"]


def test_columns_of_one_level_many_levels_or_one_side_are_no_dimensions() -> None:
    many = [f"n{i}" for i in range(120)]
    found = broken_down(
        {"side": ["a", "b"] * 60, "same": ["s"] * 120, "many": many, "month": ["F", "M"] * 60,
         "g": [*"xxyy"] * 30, "flag": [True, True, False, False] * 30, "value": [1, 2] * 60},
        column="value", **SIDES,
    )  # fmt: skip
    assert {row["dimension"] for row in found.table.to_pylist()} == {"(all)", "g", "flag"}


def test_without_categories_only_the_whole_is_told() -> None:
    found = broken_down({"side": [*"ab"], "value": [1, 2]}, column="value", **SIDES)
    assert found.table.num_rows == 1
    assert "No column of categories tells where." in found.reading


def test_rows_without_a_value_are_left_out_and_counted() -> None:
    found = broken_down(
        {"side": [*"abab"], "g": [*"xyxy"], "value": [1.0, 2.0, None, math.nan]},
        column="value", how="mean", **SIDES,
    )  # fmt: skip
    assert "2 rows without a value left out." in found.reading
    assert whole(found)["before"] == 1


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (date(2024, 3, 9), "The data end on 2024-03-09, before the end of March 2024."),
        (date(2024, 3, 31), ""),
    ],
)
def test_a_period_that_the_data_hold_in_part_is_said(last: date, said: str) -> None:
    days = [date(2024, 1, 28), *(date(2024, 2, d) for d in range(1, 30, 4)), last]
    ends = [day for day in days if day <= last]
    found = broken_down({"day": ends, "value": [1] * len(ends)}, column="value", **MONTHS)
    told = [rest.message for rest in found.assumptions if rest.name == "whole_periods"]
    assert told == ([said] if said else [])


def test_months_that_stand_on_their_first_day_are_whole() -> None:
    days = [date(2024, month, 1) for month in (1, 2, 3)]
    found = broken_down({"day": days, "value": [1, 3, 2]}, column="value", **MONTHS)
    assert not found.assumptions


def test_a_change_that_the_lengths_of_the_months_make_is_said() -> None:
    days = [date(2023, 2, d) for d in range(1, 29)] + [date(2023, 3, d) for d in range(1, 32)]
    values = [100] * 28 + [95] * 31
    found = broken_down(
        {"day": days, "value": values}, column="value", across="day",
        before=("2023-02-01", "2023-03-01"), after=("2023-03-01", "2023-04-01"),
    )  # fmt: skip
    (rest,) = found.assumptions
    assert rest.message == (
        "February 2023 has 28 days, March 2023 31: for each day it fell from 100 to 95."
    )


def test_rows_without_a_date_are_counted() -> None:
    found = broken_down({"day": [*DAYS, None], "value": [1, 2, 3, 4, 9]}, column="value", **MONTHS)
    assert whole(found)["after"] == 7
    assert found.assumptions[0].message == "Rows without day, which belong to neither period: 1."


def test_times_belong_to_their_day_where_they_were_taken() -> None:
    import pyarrow as pa

    stamps = [datetime(2024, 2, 29, 23, 30, tzinfo=UTC), datetime(2024, 2, 5, 1, tzinfo=UTC)]
    days = pa.array(stamps, pa.timestamp("us", tz="Europe/Berlin"))
    found = broken_down({"day": days, "value": [5, 1]}, column="value", **MONTHS)
    assert (whole(found)["before"], whole(found)["after"]) == (1, 5)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ({"column": "amount", **MONTHS, "after": ("2025-03-01", "2025-04-01")}, "empty_side",
         "nothing to compare in March 2025"),
        ({"column": "amount", "across": "region", "before": "West", "after": "North"},
         "unknown_group", "no value 'West'"),
        ({"column": "amount", **MONTHS, "across": "region"}, "not_temporal", "no dates"),
        ({"column": "region", **MONTHS}, "not_numeric", "no numbers"),
        ({"column": "price", **MONTHS}, "unknown_column", "no column 'price'"),
        ({"column": "amount", "how": "mean", "weight": "debt", **MONTHS}, "unfit_data", "negative"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said(
    arguments: dict[str, object], code: str, said: str
) -> None:
    with pytest.raises(QueryFailed, match=said) as raised:
        broken_down({**SALES, "debt": [-1.0] * 8}, **arguments)
    assert raised.value.code == code
    assert raised.value.hint


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"how": "sum", **MONTHS}, "give a column"),
        ({"how": "count", "column": "amount", **MONTHS}, "none for a count"),
        ({"column": "amount", "weight": "units", **MONTHS}, "only a mean"),
        ({"column": "amount", **MONTHS, "after": "March"}, "two periods, or two values"),
        ({"column": "amount", **MONTHS, "after": FEB}, "the same"),
        ({"column": "amount", **MONTHS, "after": (MARCH[1], MARCH[0])}, "ends after it begins"),
        ({"column": "amount", "dimensions": "day", **MONTHS}, "a dimension is neither"),
    ],
)
def test_arguments_that_contradict_each_other_are_refused(
    arguments: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        Contribution.model_validate(arguments)


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        (date(2024, 1, 1), date(2025, 1, 1), "2024"),
        (date(2023, 1, 1), date(2025, 1, 1), "2023 to 2024"),
        (date(2024, 4, 1), date(2024, 7, 1), "Q2 2024"),
        (date(2024, 3, 1), date(2024, 4, 1), "March 2024"),
        (date(2023, 12, 1), date(2024, 2, 1), "December 2023 to January 2024"),
        (date(2024, 3, 5), date(2024, 3, 6), "2024-03-05"),
        (date(2024, 3, 5), date(2024, 3, 12), "2024-03-05 to 2024-03-11"),
    ],
)
def test_a_period_has_the_name_that_people_give_it(start: date, end: date, name: str) -> None:
    assert period_name(start, end) == name


def test_it_is_told_what_was_broken_down() -> None:
    asked = Contribution.model_validate({"column": "amount", "dimensions": "region", **MONTHS})
    assert asked.told == (
        "Breakdown of the change in total amount from February 2024 to March 2024 by region"
    )
    assert asked.reads == ("amount", "day", "region")
    assert asked.model_copy(update={"dimensions": ()}).reads == ()
