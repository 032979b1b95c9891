"""What values look like to people."""

from __future__ import annotations

import pytest

from dip_sdk.render.numbers import NULL, is_label, plural, seconds, show, show_column
from dip_sdk.types.values import Column


@pytest.mark.parametrize(
    ("value", "column_type", "shown"),
    [
        (1204, "integer", "1,204"),
        ("9007199254740993", "integer", "9,007,199,254,740,993"),
        ("1204.50", "decimal(12,2)", "1,204.50"),
        ("12.500000", "decimal(12,6)", "12.50"),
        ("9" * 38, "decimal(38,0)", "99," + ",".join(["999"] * 12)),
        (1204.5, "double", "1,204.5"),
        (52.520008, "double", "52.520008"),
        (12345678.123456789, "double", "12,345,678.12"),
        (0.1 + 0.2, "double", "0.3"),
        (2 / 3, "double", "0.667"),
        (1e-7, "double", "1e-7"),
        (1e300, "double", "1e300"),
        (None, "double", NULL),
        (None, "text", NULL),
        (True, "boolean", "true"),
        ("2024-03-01", "date", "2024-03-01"),
        ("2024-03-01T00:00:00", "timestamp", "2024-03-01"),
        ("2024-03-01T13:30:00", "timestamp", "2024-03-01 13:30"),
        ("2024-03-01T13:30:05.250000", "timestamp", "2024-03-01 13:30:05.25"),
        ("2024-03-01T13:30:00+00:00", "timestamptz", "2024-03-01 13:30 UTC"),
        ("2024-03-01T13:30:00+05:30", "timestamptz", "2024-03-01 13:30 +05:30"),
        ("P2DT3H4M5.5S", "interval", "2 d 3 h 4 min 5.5 s"),
        ("-P0DT0H5M0S", "interval", "-5 min"),
        ("P0DT0H0M0S", "interval", "0 s"),
        ("aGVsbG8=", "binary", "<5 bytes>"),
        ([1, "é"], "list", '[1, "é"]'),
        ("1,234 km", "text", "1,234 km"),
        ("not a number", "integer", "not a number"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value, column_type, shown):
    assert show(value, column_type) == shown


def test_units_stand_where_people_write_them():
    assert show(-3.2, "double", unit="$") == "-$3.20"
    assert show(12.5, "double", unit="%") == "12.5%"
    assert show(3, "integer", unit="km") == "3 km"


def test_decimals_are_rounded_half_up_and_never_to_minus_zero():
    assert show(2.675, "double", decimals=2) == "2.68"
    assert show("2.665", "decimal(9,3)", decimals=2) == "2.67"
    assert show(-0.001, "double", decimals=2) == "0.00"
    assert show(1204, "integer", decimals=1) == "1,204.0"


def test_a_column_gets_equal_decimals():
    column = Column(name="average", type="double")
    assert show_column([2.5, 1000 / 3, None], column) == ["2.50", "333.33", NULL]


def test_tiny_values_of_a_column_do_not_become_zero():
    column = Column(name="p", type="double")
    assert show_column([0.5, 3e-9], column) == ["0.5", "3e-9"]


@pytest.mark.parametrize("name", ["year", "order_id", "orderId", "Order ID", "zip"])
def test_numbers_that_name_things_have_no_separators(name):
    assert show_column([2024], Column(name=name, type="integer")) == ["2024"]


@pytest.mark.parametrize(
    "name",
    ["number of orders", "paid", "amount", "years_total", "number", "ids", "distinct order id"],
)
def test_numbers_that_count_things_have_separators(name):
    assert not is_label(Column(name=name, type="integer"))


def test_nouns_follow_their_count():
    assert plural(1, "row") == "1 row"
    assert plural(1204, "row") == "1,204 rows"
    assert plural(2, "query") == "2 queries"
    assert plural(0, "child", "children") == "0 children"


def test_durations_are_short():
    assert [seconds(s) for s in (0.0123, 1.24, 125)] == ["12 ms", "1.2 s", "2 min 5 s"]
