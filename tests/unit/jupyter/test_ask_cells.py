"""Questions in cells of a real shell: what they are about, what stands below, what is kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from dip_sdk.client import Result
from dip_sdk.jupyter.magics import lines
from dip_sdk.types.saved import SAVED

from .conftest import Cells


def test_a_frame_is_asked_about_by_its_values(asked: Cells) -> None:
    answer, *_, last = asked.run("%%ask\ntotal amount by region")
    assert "South (20) and North (15)" in answer["text/plain"]
    assert {"text/plain", "text/markdown", "text/html"} <= set(answer)
    assert "<script" not in answer["text/html"]
    assert last[SAVED]["plan"]["question"] == "total amount by region"


def test_a_question_on_one_line_may_end_with_its_mark(asked: Cells) -> None:
    assert "Total amount is 35." in asked.said("%ask what is the total amount?")


def test_the_last_answer_is_always_at_hand(asked: Cells) -> None:
    asked.run("%ask -q total amount")
    assert asked["_ask"].value == 35


def test_an_answer_is_kept_under_its_name(asked: Cells) -> None:
    asked.run("%%ask -o top\ntotal amount by region")
    assert isinstance(asked["top"], Result)
    assert asked["_ask"] is asked["top"]
    assert asked["top"].to_pandas()["total amount"].tolist() == [20, 15]


def test_an_assignment_keeps_it_too(asked: Cells) -> None:
    asked.run("whole = %ask -q total amount?")
    assert asked["whole"].value == 35


def test_a_name_that_holds_something_else_is_refused_before_asking(asked: Cells) -> None:
    asked["kept"] = 7
    assert "'kept' holds a value of type int" in asked.fails("%ask -o kept total amount")
    assert asked["kept"] == 7
    assert "_ask" not in asked.shell.user_ns
    asked.run("%ask -o kept --force -q total amount")
    assert asked["kept"].value == 35


def test_a_value_of_the_kernel_is_bound_and_never_spliced(asked: Cells) -> None:
    asked["wanted"] = "North"
    asked.run("%ask total amount in {wanted}")
    assert asked["_ask"].value == 15
    assert "North" not in asked["_ask"].sql


def test_a_list_is_bound_as_alternatives(asked: Cells) -> None:
    asked["wanted"] = ["North", "South"]
    asked.run("%ask total amount in {wanted}")
    assert asked["_ask"].value == 35


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("other", 1, "There is no variable 'wanted'"),
        ("wanted", pd.DataFrame({"a": [1]}), "{wanted} is a table, not a value."),
        ("wanted", object(), "cannot be bound"),
    ],
)
def test_what_cannot_be_bound_is_named(asked: Cells, name: str, value: object, said: str) -> None:
    asked[name] = value
    assert said in asked.fails("%ask --on sales total amount in {wanted}")


@pytest.mark.parametrize("kind", [pl.from_pandas, pa.Table.from_pandas])
def test_frames_of_other_libraries_are_asked_about(
    cells: Cells, sales: pd.DataFrame, kind: object
) -> None:
    cells["sales"] = kind(sales)  # type: ignore[operator]
    assert "is 35" in cells.said("%ask -q total amount")


def test_a_changed_frame_is_noticed(asked: Cells) -> None:
    asked.run("%ask -q total amount")
    asked["sales"].loc[0, "amount"] = 100
    asked.run("%ask -q total amount")
    assert asked["_ask"].value == 125


def test_of_several_frames_only_the_one_that_is_named_is_read(asked: Cells) -> None:
    asked["people"] = pd.DataFrame({"name": ["Ann"], "age": [40]})
    asked["unusable"] = pd.DataFrame({"x": [{1}, object()]})
    assert "is 35" in asked.said("%ask -q total amount of sales")
    assert "is 40" in asked.said("%ask -q --on people average age")


def test_several_frames_and_no_name_is_asked_back(asked: Cells) -> None:
    asked["people"] = pd.DataFrame({"name": ["Ann"]})
    said = asked.fails("%ask how much in all")
    assert "There are several tables: people, sales." in said
    assert "--on people" in said


def test_without_data_one_line_says_what_to_do(cells: Cells) -> None:
    said = cells.fails("%ask total amount")
    assert said.splitlines()[0] == "There is no data to ask about."
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "cell",
    [
        "%ask -q --on orders.csv total amount",
        "%ask -q --on orders total amount",
        "%ask -q total amount of orders",
        "%ask -q total amount in orders.csv",
    ],
)
def test_a_file_is_asked_about_by_its_name(cells: Cells, cell: str) -> None:
    Path("orders.csv").write_text("region,amount\nNorth,3\nSouth,4\n")
    Path("ignored.csv").write_text("a,b\n1,2\n")
    cells.run(cell)
    assert cells["_ask"].value == 7


def test_a_file_of_a_common_name_does_not_hide_the_only_frame(asked: Cells) -> None:
    Path("total.csv").write_text("a,b\n1,2\n")
    asked.run("%ask -q total amount by region")
    assert asked["_ask"].columns[-1].name == "total amount"


def test_a_chart_that_cannot_be_drawn_costs_no_answer(asked: Cells) -> None:
    asked.fails("%ask --chart scatter total amount")
    assert asked["_ask"].value == 35


def test_a_backend_of_the_environment_is_asked(
    asked: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIP_URL", "http://127.0.0.1:1")
    assert "127.0.0.1:1 cannot be reached" in asked.fails("%ask total amount")


def test_a_changed_file_is_read_again(cells: Cells) -> None:
    Path("orders.csv").write_text("region,amount\nNorth,3\n")
    cells.run("%ask -q --on orders.csv total amount")
    Path("orders.csv").write_text("region,amount\nNorth,30\nSouth,1\n")
    cells.run("%ask -q --on orders.csv total amount")
    assert cells["_ask"].value == 31


def test_an_earlier_answer_is_a_table(asked: Cells) -> None:
    asked.run("%ask -o per_region -q total amount by region")
    asked.run("%ask --on per_region how many rows")
    assert asked["_ask"].value == 2


def test_a_name_that_is_nothing_says_what_was_meant(asked: Cells) -> None:
    assert "Did you mean sales?" in asked.fails("%ask --on salse total amount")


def test_quiet_shows_the_sentence_only(asked: Cells) -> None:
    assert asked.said("%ask -q total amount") == "Total amount is 35."


def test_the_statement_alone_is_shown_in_colours(asked: Cells) -> None:
    (shown,) = asked.run("%ask --sql total amount by region")
    assert shown["text/plain"].startswith("SELECT")
    assert "<span" in shown["text/html"]


def test_fewer_rows_are_shown_and_the_rest_is_pointed_to(asked: Cells) -> None:
    said = asked.said("%ask --limit 1 -o top total amount by region")
    assert "1 of 2 rows" in said
    assert "top.page(2)" in said


def test_a_dry_run_shows_the_plan_and_keeps_nothing(asked: Cells) -> None:
    said = asked.said("%ask --dry-run total amount by region")
    assert "SELECT" in said
    assert "Sent to a model: nothing" in said
    assert "20" not in said
    assert "_ask" not in asked.shell.user_ns


def test_a_statement_is_changed_in_the_cell_below(asked: Cells) -> None:
    asked.run("%ask --edit -q total amount by region")
    cell = asked.shell.rl_next_input
    assert cell.startswith("%%ask --statement ")
    asked.run("%ask -q total amount")
    asked.run(cell.replace("sum(", "max("))
    assert [row[1] for row in asked["_ask"].preview] == [20, 10]
    assert asked["_ask"].planner == "edited"


def test_a_changed_statement_passes_the_guard(asked: Cells) -> None:
    asked.run("%ask -o top -q total amount by region")
    said = asked.fails("%%ask --statement top\nselect * from read_csv('/etc/passwd')")
    assert "read_csv" in said
    assert "Traceback" not in said


def test_a_question_is_computed_again_without_a_planner(asked: Cells) -> None:
    asked.run("%ask -q total amount")
    asked["sales"].loc[0, "amount"] = 11
    asked.run("%ask --rerun -q Total amount?")
    assert asked["_ask"].value == 36


def test_a_question_without_an_answer_cannot_be_computed_again(asked: Cells) -> None:
    assert "no answer yet" in asked.fails("%ask --rerun total amount")


def test_a_plan_runs_from_its_file(asked: Cells) -> None:
    asked.run("%ask -q total amount")
    Path("plan.json").write_text(asked["_ask"].plan.model_dump_json())
    asked.run("%ask -o again --plan plan.json")
    assert asked["again"].value == 35


@pytest.mark.parametrize(("text", "said"), [(None, "cannot be read"), ("{}", "is no plan")])
def test_what_is_no_plan_is_said(asked: Cells, text: str | None, said: str) -> None:
    if text is not None:
        Path("plan.json").write_text(text)
    assert said in asked.fails("%ask --plan plan.json")


def test_a_question_of_two_readings_is_settled_by_its_number(cells: Cells) -> None:
    cells["orders"] = pd.DataFrame({"price": [1.0, 3.0], "cost": [5.0, 9.0], "amount": [2, 2]})
    cells["returns"] = pd.DataFrame({"amount": [7, 8]})
    said = cells.said("%ask --on orders,returns total amount")
    assert cells["_ask"].status == "clarify"
    assert "%ask --choose 1" in said
    cells.run("%ask --choose 1 -q")
    assert cells["_ask"].status == "answered"


def test_nothing_to_choose_is_said(asked: Cells) -> None:
    assert "asks nothing back" in asked.fails("%ask --choose 1")


def test_a_chart_is_left_out_or_drawn_another_way(asked: Cells) -> None:
    asked.run("%ask --chart none total amount by region")
    assert asked["_ask"].chart is None
    asked.run("%ask --chart bar total amount by region")
    assert "bar" in str(asked["_ask"].chart.spec["mark"])


def test_a_named_session_remembers_its_tables(asked: Cells) -> None:
    asked.run("%ask -s q3 -q total amount")
    asked.shell.run_line_magic("unload_ext", "dip_sdk")
    asked.shell.run_line_magic("load_ext", "dip_sdk")
    del asked.shell.user_ns["sales"]
    assert "is 35" in asked.said("%ask -s q3 -q total amount")


def test_another_privacy_keeps_the_named_session(asked: Cells) -> None:
    asked.run("%ask -s q3 -q total amount")
    asked.run("%ask -s q3 --privacy schema -q total amount")
    assert asked["_ask"].value == 35


def test_a_backend_that_is_not_there_is_told_in_plain_words(asked: Cells) -> None:
    said = asked.fails("%ask --backend http://127.0.0.1:1 total amount")
    assert "127.0.0.1:1 cannot be reached" in said
    assert "Traceback" not in said


def test_an_error_shows_its_traceback_only_when_asked(asked: Cells) -> None:
    assert "Traceback" not in asked.fails("%ask --on nothing total")
    assert "ConfigError" in asked.fails("%ask --debug --on nothing total")


def test_no_question_says_where_to_write_it(asked: Cells) -> None:
    assert asked.fails("%ask").splitlines()[0] == "There is no question."


def test_hostile_names_and_cells_stay_text(cells: Cells) -> None:
    evil = "<img src=x onerror=alert(1)>\x1b[31m"
    cells["sales"] = pd.DataFrame({evil: ["a", evil], "amount": [1, 2]})
    for shown in cells.run("%ask --on sales show all rows"):
        assert "<img" not in shown.get("text/html", "")
        assert "\x1b" not in shown["text/plain"]
    assert "\x1b" not in cells.fails(f"%ask --on {evil} total")


def test_help_is_short_and_complete(asked: Cells) -> None:
    assert "--dry-run" in (asked.shell.find_line_magic("ask").__doc__ or "")


def test_loading_twice_and_unloading_leaves_nothing(cells: Cells) -> None:
    shell = cells.shell
    shell.run_line_magic("reload_ext", "dip_sdk")
    assert shell.input_transformers_cleanup.count(lines) == 1
    shell.run_line_magic("unload_ext", "dip_sdk")
    assert shell.find_line_magic("ask") is None
    shell.run_line_magic("load_ext", "dip_sdk")


def test_a_live_table_needs_somebody_to_look_at_it(asked: Cells) -> None:
    shown = asked.run("%ask --table total amount by region")
    assert "open notebook" in shown[-1]["text/plain"]
    assert not any("widget" in kind for data in shown for kind in data)
