"""The displays of an answer: what each front end can choose from, and how much of it is saved."""

from __future__ import annotations

import json

import pytest

from dip_sdk.render.mime import bundle, displays, outputs
from dip_sdk.types.dataset import Dataset, Parsed
from dip_sdk.types.result import StepRun
from dip_sdk.types.saved import SAVED, Saved
from dip_sdk.types.values import Column

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (640).to_bytes(4, "big") + bytes(12)


def size(displayed):
    kept = [
        {kind: form for kind, form in display.items() if kind != "image/png"}
        for display in displayed
    ]
    return len(json.dumps(kept).encode())


def test_the_answer_the_chart_and_the_computation_stand_one_below_the_other(facts):
    answer, chart, how = outputs(facts, chart_png=PNG)
    assert set(answer) == {"text/plain", "text/markdown", "text/html"}
    assert "North leads" in answer["text/markdown"]
    assert "SELECT" not in answer["text/html"]
    assert set(chart) == {"image/png", "text/plain"}
    assert "SELECT" in how["text/plain"]
    assert "<details>" in how["text/html"]
    assert "North" not in how["text/html"]


def test_a_chart_is_as_wide_as_drawn_on_sharp_screens(facts):
    (_, chart, _) = displays(facts, chart_png=PNG)
    assert chart.metadata == {"image/png": {"width": 320}}


def test_an_answer_without_a_chart_has_two_displays(facts):
    assert len(outputs(facts)) == 2


def test_a_question_back_and_a_refusal_are_told(asked, declined):
    assert "Customer is Smith" in outputs(asked)[0]["text/html"]
    assert "planet" in outputs(declined)[0]["text/markdown"]


def test_what_is_saved_can_be_read_again(facts, table):
    dataset = Dataset(
        id="d", name="sales.csv", source="sales.csv", format="csv", size=1, tables=(table,)
    )
    kept = Saved.model_validate(outputs(facts, datasets=[dataset])[-1][SAVED])
    assert kept.plan == facts.plan
    assert kept.origins[0].path == "sales.csv"
    assert kept.digest
    assert kept.preview[0] == ("North", "1204.50")


def test_a_frame_is_named_by_its_variable(facts, table):
    dataset = Dataset(
        id="d", name="df", source="df", format="frame", size=0,
        tables=(table.model_copy(update={"parsed": Parsed(format="frame")}),),
    )  # fmt: skip
    (origin,) = Saved.model_validate(outputs(facts, datasets=[dataset])[-1][SAVED]).origins
    assert (origin.kind, origin.name) == ("frame", "df")


def test_no_path_of_the_machine_is_saved(facts, table, tmp_path):
    source = str(tmp_path / "deep" / "sales.csv")
    dataset = Dataset(
        id="d", name="sales.csv", source=source, format="csv", size=1, tables=(table,)
    )
    assert str(tmp_path) not in json.dumps(outputs(facts, datasets=[dataset])[-1])


WIDE = tuple(Column(name=f"column number {n}", type="text") for n in range(2_000))
LONG = "x" * 10_000


@pytest.mark.parametrize("whole", [False, True], ids=["displays", "bundle"])
@pytest.mark.parametrize(
    ("cell", "width"), [("é", 2_000), (LONG, 60), ("<&>" * 3_000, 60)], ids=["é", "long", "<&>"]
)
def test_a_wide_and_long_answer_takes_less_than_60_kb(facts, whole, cell, width):
    steps = (StepRun(name="t", title=LONG, sql="SELECT 1 AS a, " * 2_000, rows=1, seconds=1.0),)
    wide = facts.model_copy(
        update={
            "columns": WIDE[:width],
            "preview": ((cell,) * width,) * 100,
            "row_count": 5_000_000,
            "explanation": LONG,
            "steps": steps * 20,
            "suggestions": (LONG,) * 20,
        }
    )
    shown = (bundle(wide),) if whole else outputs(wide)
    assert size(shown) < 60_000
    assert "more columns not shown" in shown[0]["text/html"]


def test_a_last_bit_of_a_float_does_not_change_the_digest(facts):
    def digest(value):
        columns = (Column(name="v", type="double"),)
        changed = facts.model_copy(update={"columns": columns, "preview": ((value,),)})
        return outputs(changed)[-1][SAVED]["digest"]

    assert digest(0.1 + 0.2) == digest(0.3)
    assert digest(0.3) != digest(0.31)
