"""Operations over plain columns, and the penguins that come with the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from dip_sdk.types.operations import model
from dip_sdk.worker.stats import Data, Outcome, operate

Columns = Mapping[str, Sequence[object]] | pd.DataFrame
Run = Callable[..., Outcome]


@pytest.fixture
def run() -> Run:
    """`run(op, columns, **arguments)`: the outcome of an operation on these columns."""

    def ran(op: str, columns: Columns, /, **arguments: object) -> Outcome:
        frame = isinstance(columns, pd.DataFrame)
        table = pa.Table.from_pandas(columns) if frame else pa.table(dict(columns))
        found = model(op)
        assert found is not None
        return operate(found.model_validate({"op": op, **arguments}), Data(table))

    return ran


@pytest.fixture
def row(run: Run) -> Callable[..., dict[str, Any]]:
    """The only row of an operation's table."""

    def ran(op: str, columns: Columns, /, **arguments: object) -> dict[str, Any]:
        (found,) = run(op, columns, **arguments).table.to_pylist()
        return found

    return ran


@pytest.fixture(scope="session")
def penguins() -> pd.DataFrame:
    with resources.as_file(resources.files("dip_sdk") / "data" / "penguins.csv") as path:
        return pd.read_csv(path)
