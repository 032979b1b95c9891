"""Results and tables as plain text."""

from __future__ import annotations

import pytest

from dip_sdk.render.columns import screen_width
from dip_sdk.render.text import tables, text
from dip_sdk.types.result import Sent, Usage
from dip_sdk.types.values import Column


def test_an_answer_reads_from_the_sentence_to_what_to_ask_next(facts):
    shown = text(facts)
    parts = (
        "North leads with $1,204.50.",
        "Answered by rules, without a model, in 200 ms",
        "North   $1,204.50",
        "3 of 1,204 rows",
        "Note: 7 rows without an amount are left out.",
        "Note: The year is not over.",
        "1. Total by region (1,204 rows, 12 ms)",
        "FROM sales",
        "Read: sales.",
        "Nothing left this machine.",
        "- total by month",
    )
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)


def test_columns_stand_under_each_other_also_with_wide_characters(facts):
    lines = text(facts).splitlines()
    header = next(i for i, line in enumerate(lines) if line.startswith("region"))
    assert {screen_width(line) for line in lines[header : header + 4]} == {17}


def test_only_as_many_rows_as_asked_are_shown(facts):
    shown = text(facts, rows=1)
    assert "1 of 1,204 rows" in shown
    assert "東京" not in shown


@pytest.mark.parametrize("width", [30, 60, 100])
def test_wide_tables_are_cut_to_the_width_and_numbers_stay_whole(facts, width):
    columns = tuple(Column(name=f"c{i}", type="text") for i in range(9))
    wide = facts.model_copy(
        update={
            "columns": (Column(name="n", type="double"), *columns),
            "preview": ((1234567.891, *("long text " * 9,) * 9),),
            "steps": (),
        }
    )
    lines = text(wide, width=width).splitlines()
    (row,) = [line for line in lines if line.startswith("1,234,567.891")]
    assert screen_width(row) <= width
    assert "…" in row
    assert "more columns" in "".join(lines)


def test_a_single_value_that_the_sentence_tells_needs_no_table(facts):
    value = {"columns": (Column(name="n", type="integer"),), "preview": ((12345,),), "row_count": 1}
    told = facts.model_copy(update=value | {"explanation": "There are 12,345 orders."})
    assert "1 row\n" not in text(told)
    assert "12,345\n1 row" in text(told.model_copy(update={"explanation": "Done."}))


def test_readings_are_numbered_with_their_previews(asked):
    shown = text(asked)
    assert "1. Customer is Smith: 1,204.50\n2. Seller is Smith\n" in shown
    assert "Considered by rules" in shown


def test_a_reasoned_no_says_what_is_missing(declined):
    shown = text(declined)
    assert "Understood: profit.\nNot found in the data: planet." in shown
    assert shown.count("No such data.") == 1


def test_what_was_sent_is_told_in_one_line(facts):
    sent = Sent(at=facts.at, to="api.example.com", body="é" * 1000)
    usage = Usage(calls=1, tokens_in=1200, tokens_out=50, money=0.0123)
    shown = text(facts.model_copy(update={"sent": (sent,), "usage": usage}))
    assert (
        "Sent to api.example.com: 1 request, 2,000 bytes (1,200 tokens in, 50 out, $0.0123)."
        in shown
    )
    assert "Nothing left" not in shown


def test_there_is_colour_only_on_request(facts):
    assert "\x1b" not in text(facts)
    assert text(facts, color=True).startswith("\x1b[1mNorth leads")


def test_tables_are_told_with_types_values_and_how_they_were_read(table):
    shown = tables([table])
    assert shown.startswith("sales from sales.csv: 1,204 rows, 2 columns\n")
    assert "North, South, ..." in shown
    assert "~900  0.5 to 1,204.5" in shown
    assert "Note: Dates are day first." in shown
    assert "Note: 3 lines were left out." in shown
    assert "_row" not in shown


def test_without_a_profile_only_names_and_types_are_told(table):
    shown = tables([table.model_copy(update={"profile": None})])
    assert "amount  double  Amount ($)" in shown
    assert "distinct" not in shown


def test_no_tables_are_said_to_be_none():
    assert tables([]) == "No tables.\n"
