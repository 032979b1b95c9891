"""The sentence of an answer, and how it was computed."""

from __future__ import annotations

import duckdb
import pytest

from dip_sdk.engine.explain import how, sentence
from dip_sdk.types.dataset import Parsed, Table
from dip_sdk.types.plan import AnswerStep, OutputColumn, Plan, Reading, SqlStep
from dip_sdk.types.result import StepRun
from dip_sdk.types.values import Column

REGION = Column(name="region", type="text")
MONTH = Column(name="month", type="date")
TOTAL = Column(name="total_amount", type="decimal(12,2)")


def told(shape, columns, preview, rows=None, asked=(), **reading) -> str:
    reading = {"measure": "total amount", "aggregate": "sum", **reading}
    answer = AnswerStep(table="t", columns=asked, reading=Reading(shape=shape, **reading))
    return sentence(answer, columns, len(preview) if rows is None else rows, preview)


def regions(*values, **reading) -> str:
    names = ["North", "South", "East", "West", "Centre", "Coast", "Hills"]
    preview = [(name, value) for name, value in zip(names, values, strict=False)]
    shape = reading.pop("shape", "top")
    return told(shape, [REGION, TOTAL], preview, groups=("region",), **reading)


def test_a_value_names_measure_filter_and_period():
    said = told("value", [TOTAL], [("1204.50",)], filters=("region is North",), period="in 2024")
    assert said == "Total amount for region North in 2024 is 1,204.50."


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("amount above 100",), "Total amount with amount above 100 is 5.00."),
        (("status is not open",), "Total amount where status is not open is 5.00."),
        (
            ("region is North", "year is 2024", "amount above 100"),
            "Total amount for region North and year 2024 with amount above 100 is 5.00.",
        ),
    ],
)
def test_filters_read_as_phrases(filters, expected):
    assert told("value", [TOTAL], [("5.00",)], filters=filters) == expected


def test_a_value_has_its_unit_and_rounding():
    asked = (OutputColumn(column="total_amount", decimals=1, unit="$"),)
    assert told("value", [TOTAL], [("1204.56",)], asked=asked) == "Total amount is $1,204.6."


def test_several_values_are_told_one_after_another():
    columns = [Column(name="lowest", type="integer"), Column(name="highest", type="integer")]
    said = told("value", columns, [(3, 1500)], filters=("region is North",))
    assert said == "For region North: lowest is 3 and highest is 1,500."


def test_an_empty_value_is_said_to_be_empty():
    said = told("value", [TOTAL], [(None,)], filters=("region is Nroth",))
    assert said == (
        "Total amount for region Nroth has no value: there is nothing to compute it from."
    )


def test_no_rows_say_what_was_looked_for():
    said = told("rows", [REGION], [], filters=("region is Nroth",), period="in 2024")
    assert said == "Nothing was found for region Nroth in 2024."


def test_the_first_is_named_with_the_second():
    assert regions("1204.50", "980.00") == (
        "North has the highest total amount: 1,204.50, ahead of South (980.00)."
    )


def test_the_lowest_is_lowest():
    assert regions("5.00", "7.00", order="ascending") == (
        "North has the lowest total amount: 5.00, ahead of South (7.00)."
    )


def test_a_tie_at_the_top_is_shared():
    assert (
        regions("9.00", "9.00", "3.00") == "North and South share the highest total amount: 9.00."
    )


def test_equal_numbers_written_unlike_are_a_tie():
    columns = [REGION, Column(name="total", type="double")]
    said = told("top", columns, [("North", 9), ("South", 9.0), ("East", 1)], groups=("region",))
    assert said.startswith("North and South share")


def test_many_that_tie_are_counted():
    said = regions(*["9.00"] * 6)
    assert said == "6 regions share the highest total amount: 9.00."


def test_several_leaders_are_named():
    assert regions("9.00", "8.00", "7.00", limit=3) == (
        "The 3 regions with the highest total amount: North (9.00), South (8.00) and East (7.00)."
    )


def test_many_leaders_are_told_by_first_and_last():
    assert regions("9.00", "8.00", "7.00", "6.00", "5.00", "4.00", limit=6) == (
        "The 6 regions with the highest total amount, from North (9.00) to Coast (4.00)."
    )


def test_a_leader_without_a_shown_measure_is_named():
    said = told("top", [REGION], [("North",)], groups=("region",), limit=1)
    assert said == "North has the highest total amount."


def test_a_name_column_speaks_of_its_table():
    columns = [Column(name="name", type="text"), Column(name="price", type="double")]
    preview = [("Ann", 2.5), ("Bob", 1.5)]
    said = told("top", columns, preview, measure="price", limit=2, sources=("customers",))
    assert said == "The 2 customers with the highest price: Ann (2.5) and Bob (1.5)."


def test_rows_that_share_their_name_are_called_rows():
    columns = [Column(name="city", type="text"), Column(name="fare", type="double")]
    said = told("top", columns, [("Bonn", 9.5), ("Bonn", 8.5)], measure="fare", limit=2)
    assert said == "The 2 rows with the highest fare: Bonn (9.5) and Bonn (8.5)."


def test_a_date_is_latest_not_highest():
    columns = [Column(name="order_id", type="integer"), Column(name="ordered", type="date")]
    said = told("top", columns, [(7, "2024-05-02")], measure="ordered", limit=1)
    assert said == "7 has the latest ordered: 2024-05-02."


def test_groups_tell_their_range():
    said = regions("900.00", "120.00", "1204.50", "500.00", shape="groups")
    assert said == "Total amount by region, from 120.00 (South) to 1,204.50 (East); 4 regions."


def test_few_groups_are_all_named():
    assert regions("9.00", "8.00", shape="groups") == (
        "Total amount by region: North (9.00) and South (8.00)."
    )
    assert regions("9.00", shape="groups") == "Total amount by region: only North (9.00)."


def test_equal_groups_are_said_to_be_equal():
    said = regions("9.00", "9.00", "9.00", "9.00", shape="groups")
    assert said == "Total amount by region: 9.00 for each; 4 regions."


def test_a_tie_at_an_end_of_groups_is_named():
    said = regions("9.00", "9.00", "5.00", "3.00", shape="groups")
    assert said == "Total amount by region, from 3.00 (West) to 9.00 (North and South); 4 regions."


def test_a_group_without_a_name_is_said_so():
    said = told("groups", [REGION, TOTAL], [(None, "1.00"), ("North", "2.00")], groups=("region",))
    assert said == "Total amount by region: (no region) (1.00) and North (2.00)."


def test_groups_that_have_no_value_at_all():
    said = regions(None, None, None, None, shape="groups")
    assert said == "Total amount by region: no region has a value; 4 regions."


def test_numbers_beyond_the_preview_are_not_claimed():
    preview = [(f"r{n}", f"{n}.00") for n in range(100)]
    said = told("groups", [REGION, TOTAL], preview, rows=250, groups=("region",))
    assert said == (
        "Total amount by region, in the first 100 rows from 0.00 (r0) to 99.00 (r99); 250 regions."
    )


def test_a_leader_of_unsorted_rows_is_claimed_for_the_preview_only():
    preview = [(f"r{n}", f"{n}.00") for n in range(100)]
    said = told("top", [REGION, TOTAL], preview, rows=250, groups=("region",))
    assert said.startswith("In the first 100 of 250 rows: r99 has the highest")


def test_a_leader_of_sorted_rows_is_claimed_outright():
    preview = [(f"r{n}", f"{n}.00") for n in reversed(range(100))]
    said = told("top", [REGION, TOTAL], preview, rows=250, groups=("region",), order="descending")
    assert said.startswith("r99 has the highest")


def test_a_tie_that_may_go_on_beyond_the_preview_is_bounded():
    preview = [(f"r{n}", "5.00") for n in range(100)]
    said = told("top", [REGION, TOTAL], preview, rows=250, groups=("region",), order="descending")
    assert said == (
        "In the first 100 of 250 rows: 100 regions share the highest total amount: 5.00."
    )


def trend(*months: tuple[str, str | None], **reading) -> str:
    return told("trend", [MONTH, TOTAL], months, groups=("month of ordered",), **reading)


def test_a_trend_tells_its_span_and_its_ends():
    said = trend(("2023-01-01", "12.00"), ("2023-02-01", "540.00"), ("2023-03-01", "80.00"))
    assert said == (
        "Total amount by month of ordered, from January 2023 to March 2023: "
        "highest in February 2023 (540.00), lowest in January 2023 (12.00)."
    )


def test_a_trend_that_never_changes():
    said = trend(("2023-01-01", "5.00"), ("2023-02-01", "5.00"))
    assert said == (
        "Total amount by month of ordered, from January 2023 to February 2023: always 5.00."
    )


def test_a_trend_of_one_period():
    said = trend(("2023-01-01", "5.00"))
    assert said == "Total amount by month of ordered: only January 2023 (5.00)."


def test_years_are_written_without_separators():
    columns = [Column(name="year", type="integer"), Column(name="orders", type="integer")]
    preview = [(2023, 1200), (2024, 3400)]
    said = told("trend", columns, preview, measure="number of orders", groups=("year",))
    assert said == (
        "Number of orders by year, from 2023 to 2024: highest in 2024 (3,400), "
        "lowest in 2023 (1,200)."
    )


def test_a_trend_of_several_series_names_them():
    columns = [MONTH, REGION, TOTAL]
    preview = [("2023-01-01", "North", "5.00"), ("2023-02-01", "South", "9.00")]
    said = told("trend", columns, preview, groups=("month", "region"))
    assert "highest in February 2023, South (9.00)" in said


def test_rows_are_counted():
    preview = [("North", "1.00")] * 12
    said = told("rows", [REGION, TOTAL], preview, measure="", filters=("region is North",))
    assert said == "12 rows for region North."


def test_a_single_row_is_told_cell_by_cell():
    columns = [Column(name="name", type="text"), Column(name="age", type="integer")]
    assert told("rows", columns, [("Ann", 31)], measure="") == "1 row: name Ann, age 31."


def test_a_list_names_its_values():
    preview = [("North",), ("South",), ("East",)]
    assert told("list", [REGION], preview, measure="") == "3 regions: North, South and East."


def test_a_long_list_names_a_few():
    preview = [(f"r{n}",) for n in range(100)]
    said = told("list", [REGION], preview, rows=250, measure="")
    assert said == "250 regions, among them r0, r1 and r2."


def test_a_long_text_is_cut_and_stands_on_one_line():
    said = told("value", [REGION], [("a\nb " + "x" * 100,)], measure="note")
    assert "\n" not in said
    assert said.endswith("….")


def test_the_planners_words_are_kept():
    assert sentence(AnswerStep(table="t", text=" Mine. "), [TOTAL], 0, []) == "Mine."


@pytest.mark.parametrize("shape", ["value", "groups", "trend", "rows", "top", "list"])
@pytest.mark.parametrize("columns", [[], [REGION], [TOTAL], [REGION, MONTH, TOTAL]])
@pytest.mark.parametrize("rows", [0, 1, 2, 5, 300])
def test_every_shape_finds_a_sentence_for_any_rows(shape, columns, rows):
    cells = {"region": "North", "month": "2024-01-01", "total_amount": None}
    preview = [tuple(cells[c.name] for c in columns)] * min(rows, 100)
    said = told(shape, columns, preview, rows=rows)
    assert said.endswith(".")
    assert said[0].isupper() or said[0].isdigit() or said[0] == "("


def test_rows_in_the_order_of_the_database_give_the_same_sentence():
    rows = duckdb.sql(
        "select region, sum(a)::double from (values ('N', 3), ('S', 9), ('N', 4)) t(region, a) "
        "group by region"
    ).fetchall()
    columns = [REGION, Column(name="total", type="double")]
    expected = "S has the highest total amount: 9, ahead of N (7)."
    assert told("top", columns, rows, groups=("region",)) == expected
    assert told("top", columns, rows[::-1], groups=("region",)) == expected


def explained(*sqls: str, params=None) -> tuple[str, ...]:
    steps = tuple(
        SqlStep(name=f"s{n}", title=f"Step {n}", sql=sql, params=params or {})
        for n, sql in enumerate(sqls)
    )
    table = Table(
        name="orders", dataset_id="d", source="orders.csv", rows=1200, columns=(),
        parsed=Parsed(format="csv"), fingerprint="", path="", inner="",
    )  # fmt: skip
    runs = [StepRun(name=s.name, title=s.title, sql=s.sql, rows=4, seconds=0.1) for s in steps]
    return how(Plan(question="q", planner="rules", steps=steps), runs, [table])


def test_how_an_answer_was_computed_is_told_in_order():
    lines = explained(
        "select c.region, sum(o.amount) as total, count(*) from orders o "
        "join customers c on o.customer_id = c.id "
        "where o.amount > 100 and c.region in ('North', $other) and not o.note is null "
        "group by 1 having count(*) >= 2 order by total desc limit 10",
        params={"other": "South"},
    )
    assert lines == (
        "Read orders (1,200 rows of orders.csv).",
        (
            "Matched with customers where orders.customer_id is customers.id; "
            "rows without a match were left out."
        ),
        (
            "Kept rows where amount is above 100 and region is one of North and South "
            "and note is not empty."
        ),
        "Grouped by region.",
        "Computed the total of amount and the number of rows.",
        "Kept groups where the number of rows is at least 2.",
        "Sorted by the total of amount, highest first.",
        "Kept the first 10 rows.",
    )


def test_a_place_in_an_order_is_told_in_words():
    lines = explained(
        "select region, rank() over (partition by year order by amount desc) as place from orders"
    )
    assert lines[1] == "Computed the place by amount within each year, highest first."


def test_steps_that_follow_each_other_say_what_they_made():
    lines = explained(
        "select date_trunc('month', ordered) as m, avg(amount) as a from orders group by all",
        "select max(a) from s0",
    )
    assert "Computed the average of amount." in lines
    assert "That made Step 0: 4 rows." in lines


def test_what_has_no_words_is_shown_as_sql():
    lines = explained("select * from orders where regexp_matches(name, '^A')")
    assert lines[-1] == "Kept rows where REGEXP_MATCHES(name, '^A')."


def test_shares_are_named_as_shares_with_their_unit():
    columns = (Column(name="region", type="text"), Column(name="share", type="double"))
    reading = Reading(
        measure="total amount", aggregate="share", unit="%", groups=("region",), shape="groups"
    )
    said = sentence(AnswerStep(table="t", reading=reading), columns, 1, (("North", 42.5),))
    assert said == "Share of total amount by region: only North (42.5%)."
