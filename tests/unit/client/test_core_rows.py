"""Sorts, filters, pages and formats as users write them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from dip_sdk.client.core.rows import conditions, export_format, offset, ordered
from dip_sdk.types.errors import ConfigError
from dip_sdk.types.result import Condition
from dip_sdk.types.values import Column

COLUMNS = (
    Column(name="region", type="text"),
    Column(name="Amount", type="double"),
    Column(name="when", type="date"),
)


def only(**filter):
    (condition,) = conditions(filter, COLUMNS)
    return condition


def test_a_sort_may_be_one_name_or_several():
    assert ordered("-Amount", COLUMNS) == ("-Amount",)
    assert ordered(["region", "-when"], COLUMNS) == ("region", "-when")
    assert ordered((), COLUMNS) == ()


def test_a_name_is_found_whatever_its_case():
    assert ordered("-amount", COLUMNS) == ("-Amount",)


def test_an_unknown_column_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match="no column 'amout'") as error:
        ordered("-amout", COLUMNS)
    assert "Amount" in error.value.hint
    with pytest.raises(ConfigError) as error:
        conditions({"zzz": 1}, COLUMNS)
    assert "region, Amount, when" in error.value.hint


def test_names_that_differ_only_in_case_stay_apart():
    columns = (Column(name="a", type="text"), Column(name="A", type="text"))
    assert ordered(["A", "a"], columns) == ("A", "a")


@pytest.mark.parametrize(
    ("given", "op", "value"),
    [
        ("North", "=", "North"),
        ((">", 100), ">", 100),
        (["North", "South"], "in", ["North", "South"]),
        (None, "is null", None),
        (("!=", None), "is not null", None),
        (("=", None), "is null", None),
        (("is not null",), "is not null", None),
        (("in", ("a", "b")), "in", ["a", "b"]),
        (("contains", "ort"), "contains", "ort"),
        (dt.date(2024, 1, 2), "=", "2024-01-02"),
        (np.int64(3), "=", 3),
        (("<", np.float64(1.5)), "<", 1.5),
        (np.datetime64("2024-01-02"), "=", "2024-01-02"),
        (True, "=", True),
    ],
)
def test_a_filter_says_what_must_hold(given, op, value):
    assert only(region=given) == Condition(column="region", op=op, value=value)


def test_a_column_may_be_tested_twice():
    found = conditions({"amount": [(">", 1), ("<", 2)]}, COLUMNS)
    assert [(c.column, c.op, c.value) for c in found] == [("Amount", ">", 1), ("Amount", "<", 2)]


@pytest.mark.parametrize("given", [("~", 1), (), (">", 1, 2), ([1], 2)])
def test_what_is_no_condition_is_refused(given):
    with pytest.raises(ConfigError, match="no condition on 'region'"):
        only(region=given)


def test_no_filter_is_no_condition():
    assert conditions(None, COLUMNS) == ()


def test_pages_count_from_one():
    assert offset(1, 100) == 0
    assert offset(3, 50) == 100
    for page, size in ((0, 100), (1, 0)):
        with pytest.raises(ConfigError, match="count from 1"):
            offset(page, size)


def test_the_ending_says_the_format():
    assert export_format(Path("a.XLSX"), None) == "xlsx"
    assert export_format(Path("a.txt"), "csv") == "csv"


@pytest.mark.parametrize(("path", "format"), [("a.pdf", None), ("a", None), ("a.csv", "pdf")])
def test_an_unknown_format_is_named_with_those_there_are(path, format):
    with pytest.raises(ConfigError) as error:
        export_format(Path(path), format)
    assert ".xlsx" in error.value.hint
