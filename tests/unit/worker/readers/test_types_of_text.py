"""What text columns become: proved by all their values, told where it was a decision."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

Reader = Any


def column(read: Reader, *values: str, **options: Any) -> Any:
    """A file of these values beside a column of letters."""
    lines = "".join(f'{chr(97 + i % 26)},"{value}"\n' for i, value in enumerate(values))
    return read("t.csv", f"k,v\n{lines}", **options)


def test_whole_numbers_are_integers(read: Reader) -> None:
    assert column(read, "1", "-2", "30").column("v") == [1, -2, 30]


def test_leading_zeros_make_codes(read: Reader) -> None:
    got = column(read, "01067", "10115", "99999")
    assert got.types[1] == "text"
    assert len(got.report.columns) == 2
    assert "leading zeros" in got.notes


def test_years_that_pandas_wrote_beside_gaps_are_years(read: Reader) -> None:
    got = read("t.csv", "title,year,score\nHop,2006.0,3.0\nRun,,4.0\nDig,1998.0,5.0\n")
    assert got.types == ["text", "integer", "double"]
    assert got.column("year") == [2006, None, 1998]
    assert "2006.0" in got.notes


def test_a_year_with_a_fraction_stays_what_it_is(read: Reader) -> None:
    got = read("t.csv", "title,year\nHop,2006.5\nRun,1998.0\n")
    assert got.column("year") == [2006.5, 1998.0]


def test_telephone_numbers_stay_text(read: Reader) -> None:
    assert column(read, "+318855443322", "+552244331122").types[1] == "text"


def test_digits_beyond_a_double_are_kept(read: Reader) -> None:
    got = column(read, "82544000000000707.52", "1.50")
    assert got.column("v") == [Decimal("82544000000000707.52"), Decimal("1.50")]
    long = column(read, "1234567890123456789012", "5")
    assert long.column("v") == [1234567890123456789012, 5]


def test_floats_as_computers_print_them_are_doubles(read: Reader) -> None:
    values = ["0.30000000000000004", "0.14285714285714285", "1e-300"]
    assert column(read, *values).column("v") == [float(v) for v in values]


def test_a_decimal_comma_is_read_and_told(read: Reader) -> None:
    got = column(read, "1,5", "1.234,25", "-7")
    assert got.column("v") == [1.5, 1234.25, -7.0]
    assert "decimal comma" in got.notes
    assert got.report.parsed.decimal == ","


@pytest.mark.parametrize(
    ("values", "days"),
    [
        (["2024-01-31", "2024-02-29"], [(1, 31), (2, 29)]),
        (["2024-10-15", "2024-11-28"], [(10, 15), (11, 28)]),
        (["31.01.2024", "29.02.2024"], [(1, 31), (2, 29)]),
        (["12/31/2024", "11/30/2024"], [(12, 31), (11, 30)]),
        (["31-Dec-2024", "30-Nov-2024"], [(12, 31), (11, 30)]),
        (["2024-01-31 23:59:00", "2024-02-29 22:30:10"], [(1, 31), (2, 29)]),
        (["2024-01-31 12:59 PM", "2024-02-29 11:30 AM"], [(1, 31), (2, 29)]),
    ],
)
def test_days_late_in_the_month_are_days_too(
    read: Reader, values: list[str], days: list[tuple[int, int]]
) -> None:
    got = column(read, *values).column("v")
    assert [(value.month, value.day) for value in got] == days


def test_thousands_separators_are_read_and_told(read: Reader) -> None:
    got = column(read, "1,234,567", "1,234.5", "12")
    assert got.column("v") == [1234567.0, 1234.5, 12.0]
    assert "thousands" in got.notes


def test_a_comma_that_could_be_either_is_decided_by_the_table(read: Reader) -> None:
    assert column(read, "1,234", "5,678").column("v") == [1234, 5678]
    assert column(read, "1,234", "5,678", decimal=",").column("v") == [1.234, 5.678]
    beside = read("t.csv", 'a,b\n"1,234","0,5"\n"5,678","1,25"\n')
    assert beside.column("a") == [1.234, 5.678]


@pytest.mark.parametrize(
    ("values", "numbers", "unit"),
    [
        (["56.98 m", "7 m", "1,200 m"], [56.98, 7.0, 1200.0], "m"),
        (["12 %", "7.5%"], [12.0, 7.5], "%"),
        (["$1,200.50", "-$3", "$ 4"], [1200.5, -3.0, 4.0], "$"),
        (["1.200,50 €", "3 €"], [1200.5, 3.0], "€"),
        (["EUR 5", "EUR 7"], [5.0, 7.0], "EUR"),
        (["30 km/h", "50 km/h"], [30.0, 50.0], "km/h"),
    ],
)
def test_numbers_with_a_unit_get_a_hidden_reading(
    read: Reader, values: list[str], numbers: list[float], unit: str
) -> None:
    got = column(read, *values)
    assert got.column("v") == values
    hidden = got.report.columns[-1]
    assert (hidden.name, hidden.reading_of, hidden.unit) == ("v_number", "v", unit)
    assert got.column("v_number") == numbers


def test_accounting_brackets_are_negative(read: Reader) -> None:
    got = column(read, "(300)", "1,200", "(1,000)", "0")
    assert got.sql("select v from {table}") == [(-300,), (1200,), (-1000,), (0,)]


def test_several_units_are_no_numbers(read: Reader) -> None:
    got = column(read, "5 km", "300 m", "2 km")
    assert len(got.report.columns) == 2


def test_the_name_of_a_reading_takes_no_other_columns_name(read: Reader) -> None:
    got = read("t.csv", "v,v_number\n5 kg,1\n6 kg,2\n")
    assert [c.name for c in got.report.columns] == ["v", "v_number", "v_number_"]


def test_a_few_odd_values_leave_text_with_a_reading_and_are_told(read: Reader) -> None:
    got = column(read, *(str(i) for i in range(1, 40)), "about 40")
    assert got.types[1] == "text"
    assert got.column("v_number")[-1] is None
    (problem,) = got.report.problems
    assert (problem.code, problem.count) == ("mixed_values", 1)
    assert problem.examples[0].text == "about 40"
    assert problem.examples[0].line == 40


def test_spellings_of_nothing_are_null_beside_numbers_and_text_beside_words(read: Reader) -> None:
    got = column(read, "1", "NA", "-", "4", "n/a")
    assert got.column("v") == [1, None, None, 4, None]
    assert "3 cells of 'v'" in got.notes
    assert column(read, "red", "NA", "-").column("v") == ["red", "NA", "-"]


def test_dates_decided_by_one_value(read: Reader) -> None:
    got = column(read, "01/02/2024", "31/12/2024", "05/06/2024")
    assert got.column("v")[0] == date(2024, 2, 1)
    assert got.report.parsed.day_first is True
    assert "day first" in got.notes


def test_dates_decided_by_a_value_far_down(read: Reader) -> None:
    rows = [f"{i % 12 + 1:02}/{i % 11 + 1:02}/2024" for i in range(20_000)]
    got = column(read, *rows, "25/01/2024")
    assert got.report.parsed.day_first is True
    assert got.column("v")[-1] == date(2024, 1, 25)


def test_ambiguous_dates_are_month_first_and_told_unless_settled(read: Reader) -> None:
    got = column(read, "01/02/2024", "03/04/2024")
    assert got.column("v")[0] == date(2024, 1, 2)
    assert "ambiguous" in got.notes
    settled = column(read, "01/02/2024", "03/04/2024", day_first=True)
    assert settled.column("v")[0] == date(2024, 2, 1)
    assert "ambiguous" not in settled.notes


def test_one_column_settles_the_order_for_others(read: Reader) -> None:
    got = read("t.csv", "a,b\n01/02/2024,13/01/2024\n03/04/2024,14/01/2024\n")
    assert got.column("a")[0] == date(2024, 2, 1)


def test_dates_of_both_orders_stay_text_and_are_told(read: Reader) -> None:
    got = column(read, "13/01/2024", "01/14/2024", "02/03/2024")
    assert got.types[1] == "text"
    assert "mixed_dates" in got.codes


@pytest.mark.parametrize(
    ("values", "kind", "first"),
    [
        (["3 May 2020", "12 Jun 2021"], "date", date(2020, 5, 3)),
        (["May 3, 2020", "June 12, 2021"], "date", date(2020, 5, 3)),
        (["03-May-20", "12-Jun-21"], "date", date(2020, 5, 3)),
        (["31.12.2020", "01.01.2021"], "date", date(2020, 12, 31)),
        (["12:30", "23:59:59"], "time", time(12, 30)),
        (["1:05 PM", "11:00 AM"], "time", time(13, 5)),
        (["2020-01-01T10:00:00", "2020-01-02T11:30:15"], "timestamp", datetime(2020, 1, 1, 10)),
        (["12/31/2020 1:05 PM", "1/2/2021 3:00 AM"], "timestamp", datetime(2020, 12, 31, 13, 5)),
    ],
)
def test_dates_and_times_as_people_write_them(
    read: Reader, values: list[str], kind: str, first: Any
) -> None:
    got = column(read, *values)
    assert got.types[1] == kind
    assert got.column("v")[0] == first


def test_zones_are_kept(read: Reader) -> None:
    got = column(
        read, "2020-01-01T10:00:00+03:00", "2020-01-01T10:00:00Z", "2020-06-01T00:00:00-0500"
    )
    assert got.types[1] == "timestamptz"
    seconds = [row[0] for row in got.sql("select epoch(v) from {table}")]
    assert datetime.fromtimestamp(seconds[0], UTC) == datetime(2020, 1, 1, 7, tzinfo=UTC)


def test_times_of_which_some_name_a_zone_stay_text(read: Reader) -> None:
    got = column(read, "2020-01-01T10:00:00", "2020-01-01T10:00:00Z", "2020-01-02T10:00:00")
    assert got.types[1] == "text"
    assert "mixed_dates" in got.codes


def test_truth_values_are_boolean_and_yes_is_not(read: Reader) -> None:
    assert column(read, "true", "FALSE", "True").column("v") == [True, False, True]
    assert column(read, "yes", "no").types[1] == "text"


def test_numbers_with_blanks_or_apostrophes_between_thousands(read: Reader) -> None:
    assert column(read, "1 234 567", "1 000").column("v") == [1234567, 1000]
    assert column(read, "1'234'567", "1'000").column("v") == [1234567, 1000]
    assert column(read, "1\u00a0234,5", "2\u00a0000,25").column("v") == [1234.5, 2000.25]


def test_prose_stays_as_it_is(read: Reader) -> None:
    assert column(read, " two words ", "more").column("v") == [" two words ", "more"]


def test_a_month_is_no_unit(read: Reader) -> None:
    got = column(read, "17 June", "18 June", "2007")
    assert got.types[1] == "text"
    assert len(got.report.columns) == 2
