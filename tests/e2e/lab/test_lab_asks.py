"""A question in a cell: what it can be about, what comes of it, and what helps while typing."""

from __future__ import annotations

from .conftest import Opens

LOAD = "%load_ext dip_sdk"
FRAME = """import pandas as pd
sales = pd.DataFrame({"region": ["North", "South", "North"], "amount": [10, 20, 5]})"""


def test_a_frame_and_a_file_are_asked_and_the_answer_is_used(open_notebook: Opens) -> None:
    notebook = open_notebook(
        LOAD,
        FRAME,
        "%%ask\ntotal amount by region",
        "%%ask --on penguins.csv -o masses\naverage body mass by species",
        "masses.to_pandas()",
        "_ask is masses",
    )
    notebook.run(*range(6))
    of_the_frame = notebook.output(2).inner_text()
    assert "South" in of_the_frame
    assert "20" in of_the_frame
    assert "Gentoo (5,076.02)" in notebook.output(3).inner_text()
    assert "5076.0162" in notebook.output(4).inner_text()
    assert notebook.output(5).inner_text().endswith("True")


def test_words_the_data_cannot_explain_are_named(open_notebook: Opens) -> None:
    notebook = open_notebook(LOAD, FRAME, "%%ask\naverage temperature by region")
    notebook.run(0, 1, 2)
    said = notebook.output(2).inner_text()
    assert "temperature" in said
    assert "Traceback" not in said


def test_the_statement_of_an_answer_can_be_edited_below_it(open_notebook: Opens) -> None:
    notebook = open_notebook(LOAD, FRAME, "%%ask --edit\ntotal amount by region", "'after'")
    notebook.run(0, 1, 2)
    assert notebook.length() == 5
    assert 'sum(t0."amount")' in notebook.source(3)
    notebook.run(3)
    assert "15" in notebook.output(3).inner_text()


def test_a_client_that_is_awaited_answers_in_a_cell(open_notebook: Opens) -> None:
    notebook = open_notebook(
        "from dip_sdk import AsyncClient\nclient = AsyncClient(planner='rules')",
        "await client.upload('penguins.csv');",
        "await client.query('average body mass by species')",
    )
    notebook.run(0, 1, 2)
    assert "Gentoo (5,076.02)" in notebook.output(2).inner_text()
