"""The columns that a model is told of are those that the operations give."""

from importlib import resources
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from dip_sdk.engine.planner.claude.gives import GIVES
from dip_sdk.engine.planner.claude.tools import operations
from dip_sdk.types.operations import FAMILIES, model
from dip_sdk.worker.stats import Data, operate

BILL, DEPTH = "bill_length_mm", "bill_depth_mm"
PAIR, TWO = {"column": BILL, "other": DEPTH}, {"column": BILL, "by": "sex"}
HALVES = {"column": "half", "by": "sex"}
SERIES = {"time": "day", "column": BILL, "unit": "month"}
BY_OP: dict[str, dict[str, Any]] = {
    "frequency": {"column": "sex"},
    "correlation_matrix": {},
    "partial_correlation": {**PAIR, "controls": "body_mass_g"},
    "z_test": {"column": "sex", "value": "male"},
    "mantel_haenszel": {**HALVES, "strata": "species"},
    "decompose": {**SERIES, "unit": "day", "period": 7},
    "moving_average": {**SERIES, "window": 3},
    "forecast": {**SERIES, "unit": "day", "horizon": 3},
    "autocorrelation": {**SERIES, "unit": "day"},
    "contribution": {"column": BILL, "across": "half", "before": "old", "after": "new"},
    "linear_regression": {"target": BILL, "features": DEPTH},
    "k_means": {"columns": [BILL, DEPTH], "k": 2},
}
PAIRED = FAMILIES["correlation"] + ("paired_t", "wilcoxon")
GIVING_BACK = {op for name in ("transforms", "cleaning", "encoding") for op in FAMILIES[name]}


def asked(op: str) -> dict[str, Any]:
    """Arguments that suit an operation over the penguins."""
    cls = model(op)
    assert cls is not None
    if op in BY_OP:
        return BY_OP[op]
    if op in FAMILIES["fits"]:
        return {"target": "sex", "features": DEPTH}
    if op in FAMILIES["contingency"]:
        return HALVES
    if op in FAMILIES["series"]:
        return SERIES
    if op in PAIRED:
        return PAIR
    return {"columns": BILL} if "columns" in cls.model_fields else TWO


@pytest.fixture(scope="module")
def penguins() -> Data:
    with resources.as_file(resources.files("dip_sdk") / "data" / "penguins.csv") as path:
        frame = pd.read_csv(path).dropna()
    frame["day"] = pd.date_range("2020-01-01", periods=len(frame)).date
    frame["half"] = ["new" if n % 3 else "old" for n in range(len(frame))]
    return Data(pa.Table.from_pandas(frame, preserve_index=False))


@pytest.mark.parametrize("named", [op for ops in GIVES for op in ops.split()])
def test_an_operation_gives_the_columns_that_are_told(named: str, penguins: Data) -> None:
    op, _, give = named.partition(".")
    cls = model(op)
    assert cls is not None
    more: dict[str, Any] = {"rows": True} if give == "rows" else {"give": give} if give else {}
    found = operate(cls.model_validate({**asked(op), **more}), penguins)
    told = next(names for ops, names in GIVES.items() if named in ops.split())
    assert set(told.split()) <= set(found.table.schema.names)


def test_every_operation_that_makes_a_table_of_its_own_is_told() -> None:
    told = {op.partition(".")[0] for ops in GIVES for op in ops.split()}
    assert told == {op for ops in FAMILIES.values() for op in ops} - GIVING_BACK


def test_what_is_taken_where_an_argument_is_left_out_is_told_first() -> None:
    told = " ".join(operations())
    assert "iqr(columns, rows?, factor?=1.5)" in told
    assert "fill?=linear|zero|previous" in told
    assert "expected?=''|rise|fall" in told
    assert "unit=day|week" in told
