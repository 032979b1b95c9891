"""An answer as code that runs without DIP."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from dip_sdk.render import code
from dip_sdk.types.dataset import Dataset, Parsed, Table, TableColumn
from dip_sdk.types.errors import ConfigError
from dip_sdk.types.plan import AnswerStep, Plan, SqlStep
from dip_sdk.types.result import ResultFacts


def facts(*steps: SqlStep) -> ResultFacts:
    plan = Plan(
        question="q",
        planner="rules",
        tables={"sales": "f"},
        steps=(*steps, AnswerStep(table=steps[-1].name)) if steps else (),
    )
    return ResultFacts(
        id="r",
        session_id="s",
        question="total of\nthe North",
        status="answered",
        planner="rules",
        plan=plan,
        at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    )


KEPT = SqlStep(name="kept", sql="SELECT * FROM sales WHERE region = $r", params={"r": "O'Neil"})
TOTAL = SqlStep(name="total", sql="SELECT SUM(amount) AS total FROM kept")


def test_earlier_steps_become_common_tables_and_values_stand_in_place():
    assert code.sql(facts(KEPT, TOTAL)) == (
        "-- total of the North\n"
        'WITH "kept" AS (\n'
        "  SELECT * FROM sales WHERE region = 'O''Neil'\n"
        ")\n"
        "SELECT SUM(amount) AS total FROM kept\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "NULL"), (True, "TRUE"), (1.5, "1.5"), (["a", 1], "['a', 1]"), ("x", "'x'")],
)
def test_every_kind_of_value_is_written(value, text):
    step = SqlStep(name="a", sql="SELECT $v", params={"v": value})
    assert code.sql(facts(step)).endswith(f"SELECT {text}\n")


def test_a_dollar_in_quotes_is_text():
    step = SqlStep(name="a", sql="""SELECT '$v', "$v", $v, $w""", params={"v": 1})
    assert code.sql(facts(step)).endswith("""SELECT '$v', "$v", 1, $w\n""")


def test_a_result_without_statements_has_no_code():
    with pytest.raises(ConfigError, match="no code"):
        code.sql(facts())


def dataset(path: str, **parsed) -> Dataset:
    table = Table(
        name="sales",
        dataset_id="d",
        source="sales.csv",
        rows=2,
        columns=(
            TableColumn(name="region", type="text"),
            TableColumn(name="amount", type="double"),
            TableColumn(name="day", type="date"),
        ),
        parsed=Parsed(**parsed),
        fingerprint="f",
        path="x",
        inner="t",
    )
    return Dataset(
        id="d", name="sales.csv", source=path, format=parsed["format"], size=1, tables=(table,)
    )


def test_the_script_runs_and_gives_the_answer(tmp_path: Path):
    file = tmp_path / "sales.csv"
    file.write_text(
        "report of today\nRegion;Amount;Day\n"
        "North;1,5;01/02/2024\nO'Neil;2,25;13/02/2024\nO'Neil;3;14/02/2024\n"
    )
    how = {"format": "csv", "delimiter": ";", "decimal": ",", "skip": 1, "encoding": "utf-8"}
    total = TOTAL.model_copy(update={"sql": f"{TOTAL.sql} WHERE month(day) = 2"})
    script = code.pandas(facts(KEPT, total), [dataset(str(file), day_first=True, **how)])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert "5.25" in done.stdout


def test_the_script_reads_thousands_and_longer_lines_as_dip_did(tmp_path: Path):
    file = tmp_path / "sales.csv"
    file.write_text(
        "Region;Amount;Day\nNorth;1.000,5;01/02/2024\n"
        "O'Neil;2.250;13/02/2024;a remark\nO'Neil;3.000.000;14/02/2024\n"
    )
    how = {"format": "csv", "delimiter": ";", "decimal": ",", "day_first": True}
    (table,) = (data := dataset(str(file), **how)).tables
    bad = table.model_copy(update={"name": "bad", "parsed": Parsed(format="csv", bad_lines=True)})
    data = data.model_copy(update={"tables": (table, bad)})
    script = code.pandas(facts(KEPT, TOTAL), [data])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert "3002250" in done.stdout


@pytest.mark.parametrize(
    ("parsed", "read"),
    [
        ({"format": "parquet"}, "pd.read_parquet('a')"),
        ({"format": "ndjson"}, "pd.read_json('a', lines=True)"),
        ({"format": "json"}, "pd.read_json('a')"),
        ({"format": "excel", "sheet": "Q1", "skip": 2}, "'a', skiprows=2, sheet_name='Q1'"),
        ({"format": "csv", "header": False, "footer": 1}, "footer=1, header=None, engine"),
    ],
)  # fmt: skip
def test_each_format_is_read_as_it_was(parsed, read):
    assert read in code.pandas(facts(TOTAL), [dataset("a", **parsed)])


def test_a_frame_is_left_to_its_variable():
    script = code.pandas(facts(TOTAL), [dataset("sales", format="frame")])
    assert "# sales: the DataFrame sales" in script
