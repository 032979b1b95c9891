"""Which chart an answer gets, and the bounded data it draws."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import pytest

from dip_sdk.engine.chart import choose
from dip_sdk.engine.chart_points import POINTS
from dip_sdk.engine.chart_query import query
from dip_sdk.types.errors import ConfigError
from dip_sdk.types.plan import ChartStep, Reading
from dip_sdk.types.values import Column


def column(name, type="text"):
    return Column(name=name, type=type)


def chosen(columns, rows, reading=None, total=None):
    return choose(columns, total or len(rows), rows, reading or Reading(), "answer")


REGION, AMOUNT = column("region"), column("amount", "decimal(12,2)")
FOUR = [("North", "120.50"), ("South", "80.00"), ("East", "75.00"), ("West", "60.00")]
BY_REGION = Reading(
    measure="total amount", aggregate="sum", groups=("region",), shape="groups", period="in 2024"
)


def test_a_category_and_a_number_become_bars():
    step = chosen([REGION, AMOUNT], FOUR, BY_REGION)
    assert (step.mark, step.x, step.y, step.table) == ("bar", "region", "amount", "answer")
    assert step.title == "Total amount by region, in 2024"


@pytest.mark.parametrize("rows", [FOUR[:1], []])
def test_a_single_row_gets_no_chart(rows):
    assert chosen([REGION, AMOUNT], rows, BY_REGION) is None


def test_a_single_value_gets_no_chart():
    assert chosen([AMOUNT], [("5",)], Reading(shape="value")) is None


def test_names_without_a_number_get_no_chart():
    assert chosen([REGION], [(name,) for name, _ in FOUR]) is None


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (column("month", "date"), ["2024-01-01", "2024-02-01", "2024-03-01"]),
        (column("year", "integer"), [2022, 2023, 2024]),
        (column("period"), ["2024-01", "2024-02", "2024-03"]),
        (column("period"), ["2024-Q1", "2024-Q2", "2024-Q3"]),
        (column("at", "timestamptz"), [f"2024-01-0{d}T00:00:00+00:00" for d in (1, 2, 3)]),
    ],
)
def test_a_number_along_time_becomes_a_line(key, values):
    step = chosen([key, AMOUNT], [(value, "1.0") for value in values])
    assert (step.mark, step.x) == ("line", key.name)


def test_two_points_in_time_are_bars():
    assert chosen([column("year", "integer"), AMOUNT], [(2023, "1"), (2024, "2")]).mark == "bar"


def test_time_and_a_category_become_one_line_for_each():
    rows = [(f"2024-0{m}-01", region, "1") for m in (1, 2, 3) for region in ("North", "South")]
    step = chosen([column("month", "date"), REGION, AMOUNT], rows)
    assert (step.mark, step.x, step.series) == ("line", "month", "region")


def test_two_categories_stand_side_by_side_or_stack_or_become_a_heatmap():
    def mark(series):
        rows = [(f"c{i}", f"s{j}", str(i + j)) for i in range(12) for j in range(series)]
        return chosen([column("city"), column("kind"), AMOUNT], rows).mark

    assert [mark(n) for n in (3, 7, 13)] == ["grouped", "stacked", "heatmap"]


def test_few_shares_of_a_whole_become_a_pie():
    rows = [("a", 62.5), ("b", 25.0), ("c", 12.5)]
    columns = [REGION, column("share", "double")]
    assert chosen(columns, rows, Reading(aggregate="share")).mark == "pie"
    assert chosen(columns, [*rows, ("d", -40.0)], Reading(aggregate="share")).mark == "bar"


def test_two_numbers_of_many_rows_become_a_scatter_and_one_a_histogram():
    price, sold = column("price", "double"), column("sold", "integer")
    rows = [(float(i), i * 2) for i in range(40)]
    assert chosen([price, sold], rows).mark == "scatter"
    assert chosen([price], [row[:1] for row in rows]).mark == "histogram"
    assert chosen([price, sold], rows[:5]) is None


def test_many_rows_of_few_categories_become_boxes():
    rows = [(f"r{i % 3}", str(i)) for i in range(60)]
    assert chosen([REGION, AMOUNT], rows).mark == "box"


def test_identifiers_are_never_measured():
    rows = [(i, float(i)) for i in range(40)]
    step = chosen([column("order_id", "integer"), column("price", "double")], rows)
    assert (step.mark, step.x) == ("histogram", "price")
    assert chosen([REGION, column("customer_id", "integer")], [("a", 1), ("b", 2)]) is None


def test_an_identifier_that_was_asked_for_can_be_a_category():
    reading = Reading(measure="total amount", groups=("customer_id",), shape="top")
    step = chosen([column("customer_id", "integer"), AMOUNT], [(7, "9.0"), (3, "8.0")], reading)
    assert (step.mark, step.x, step.y) == ("bar", "customer_id", "amount")


def test_a_number_the_rows_were_grouped_by_is_a_category():
    reading = Reading(measure="number of orders", groups=("rating",), shape="groups")
    rows = [(i, i * 10) for i in range(1, 6)]
    columns = [column("rating", "integer"), column("orders", "integer")]
    assert (chosen(columns, rows, reading).x, chosen(columns, rows, reading).y) == (
        "rating",
        "orders",
    )


def test_the_number_the_reading_names_is_drawn():
    columns = [REGION, column("orders", "integer"), column("total_amount", "double")]
    rows = [("a", 1, 2.0), ("b", 2, 3.0)]
    assert chosen(columns, rows, BY_REGION).y == "total_amount"


def test_a_column_is_a_category_only_when_a_whole_word_names_it():
    rows = [("a", "2.0", 1), ("b", "3.0", 2)]
    step = chosen([REGION, AMOUNT, column("on", "integer")], rows, BY_REGION)
    assert (step.mark, step.y) == ("bar", "amount")


def test_many_categories_of_few_kinds_stack_when_they_add_up():
    rows = [(f"c{i}", f"s{j}", str(i + j)) for i in range(20) for j in range(3)]
    columns = [column("city"), column("kind"), AMOUNT]
    assert chosen(columns, rows, Reading(aggregate="sum")).mark == "stacked"
    assert chosen(columns, rows, Reading(aggregate="avg")).mark == "heatmap"


def test_a_number_without_a_value_gets_no_chart():
    assert chosen([REGION, AMOUNT], [("a", None), ("b", None)], BY_REGION) is None


def test_very_many_unordered_categories_show_the_largest():
    preview = [(f"r{i}", str(i)) for i in range(100)]
    step = chosen([REGION, AMOUNT], preview, BY_REGION, total=100_000)
    assert (step.mark, step.sort) == ("bar", "-y")


# The data of a chart, over real rows.

COLUMNS = [
    column("n", "integer"),
    column('odd "name" [x].y'),
    column("kind"),
    column("day", "date"),
    column("v", "double"),
    column("w", "double"),
]
ODD = COLUMNS[1].name
STEPS = {
    "bar": {"x": ODD, "y": "v"},
    "stacked": {"x": "kind", "y": "v", "series": ODD},
    "grouped": {"x": ODD, "y": "v", "series": "kind"},
    "line": {"x": "day", "y": "v", "series": "kind"},
    "area": {"x": "day", "y": "v", "series": "kind"},
    "scatter": {"x": "v", "y": "w", "series": "kind"},
    "pie": {"x": ODD},
    "histogram": {"x": "v"},
    "box": {"x": "kind", "y": "v"},
    "heatmap": {"x": ODD, "y": "v", "series": "kind"},
}


@pytest.fixture(scope="module")
def connection():
    connection = duckdb.connect()
    name = ODD.replace('"', '""')
    connection.execute(
        f"""create table t as select i as n, 'c' || (i * 7919 % 312) as "{name}",
        nullif(i % 5, 4)::varchar as kind, date '2000-01-01' + (i % 9000)::int as day,
        case when i % 1000 = 7 then 'nan'::double else i * 37 % 1009 end as v, sin(i) as w
        from range(100000) r(i)"""
    )
    yield connection
    connection.close()


def drawn(connection, mark, rows=100_000, **changes):
    step = ChartStep(table="t", mark=mark, **(STEPS[mark] | changes))
    relation = connection.sql(query(step, COLUMNS, rows, f"(from t limit {rows})"))
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


@pytest.mark.parametrize("mark", STEPS)
@pytest.mark.parametrize("rows", [0, 1, 2, 100_000])
def test_every_mark_has_bounded_data_at_any_size(connection, mark, rows):
    data = drawn(connection, mark, rows)
    assert len(data) <= POINTS + 500
    assert bool(data) == bool(rows)


@pytest.mark.parametrize("mark", STEPS)
def test_the_same_table_gives_the_same_points(connection, mark):
    def rounded(rows):
        return [[f"{v:.9g}" if isinstance(v, float) else v for v in r.values()] for r in rows]

    assert rounded(drawn(connection, mark)) == rounded(drawn(connection, mark))


def test_bars_keep_the_first_categories_of_the_table_and_say_of_how_many(connection):
    data = drawn(connection, "bar")
    assert [row["x"] for row in data[:2]] == ["c0", "c119"]
    assert (len(data), data[0]["of_x"]) == (30, 312)


def test_sorted_bars_keep_the_largest(connection):
    sums = [row["y"] for row in drawn(connection, "bar", sort="-y")]
    ((largest,),) = connection.sql(
        f"""select max(s) from (select sum(v) filter (isfinite(v)) s from t
        group by "{ODD.replace('"', '""')}")"""
    ).fetchall()
    assert sums == sorted(sums, reverse=True)
    assert sums[0] == largest


def test_without_a_measure_rows_are_counted(connection):
    assert sum(row["y"] for row in drawn(connection, "pie")) == 100_000


def test_a_pie_and_a_stack_gather_the_rest_so_that_totals_hold(connection):
    assert [row["x"] for row in drawn(connection, "pie")][-1] == "Other (305)"
    total = connection.sql("select sum(v) filter (isfinite(v)) from t").fetchall()[0][0]
    assert sum(row["y"] for row in drawn(connection, "stacked")) == pytest.approx(total)


def test_a_long_line_keeps_its_highest_and_lowest_points(connection):
    values = [row["y"] for row in drawn(connection, "line") if row["y"] is not None]
    assert (min(values), max(values)) == (0, 1008)


def test_a_long_line_is_drawn_in_order_of_time(connection):
    days = [row["x"] for row in drawn(connection, "line")]
    assert days == sorted(days)


def test_a_histogram_counts_every_finite_value_in_bins_that_touch(connection):
    data = drawn(connection, "histogram")
    assert sum(row["y"] for row in data) == 99_900
    assert all(a["x2"] == b["x"] for a, b in pairwise(data))
    assert 5 <= len(data) <= 60


def test_a_histogram_of_equal_values_is_one_bin(connection):
    sql = query(ChartStep(table="t", mark="histogram", x="v"), COLUMNS, 9, "(select 3.0 v from t)")
    assert [row[:3] for row in connection.sql(sql).fetchall()] == [(3.0, 4.0, 100_000)]


def test_a_box_has_the_quartiles_and_the_farthest_outliers(connection):
    source = (
        "(select 'a' as kind, case when i = 99 then 1000.0 else i end as v from range(100) r(i))"
    )
    sql = query(ChartStep(table="t", mark="box", x="kind", y="v"), COLUMNS, 100, source)
    box, outlier = connection.sql(sql).fetchall()
    assert box[2:7] == (0.0, 24.75, 49.5, 74.25, 98.0)
    assert outlier[1] == 1000.0


def test_a_scatter_needs_two_columns():
    with pytest.raises(ConfigError, match="two columns of numbers"):
        query(ChartStep(table="t", mark="scatter", x="v"), COLUMNS, 1, "t")


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match="no column 'nope'") as caught:
        query(ChartStep(table="t", mark="bar", x="nope"), COLUMNS, 1, "t")
    assert "kind" in caught.value.hint


def test_text_cannot_be_measured():
    with pytest.raises(ConfigError, match="cannot measure 'kind'"):
        query(ChartStep(table="t", mark="histogram", x="kind"), COLUMNS, 1, "t")
