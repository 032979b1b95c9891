"""The Tab key in a question."""

from __future__ import annotations

from .conftest import Opens
from .test_lab_asks import FRAME, LOAD


def test_tab_offers_options_tables_and_columns(open_notebook: Opens) -> None:
    notebook = open_notebook(LOAD, FRAME, "%%ask\ntotal amount by region", "", "", "")
    notebook.run(0, 1, 2)
    assert {"--on", "--out"} <= set(notebook.offered(3, "%%ask --o"))
    assert {"penguins.csv", "flights.parquet", "sales"} <= set(notebook.offered(4, "%%ask --on "))
    assert {"sales", "region", "amount"} <= set(notebook.offered(5, "%%ask\ntotal "))
