"""A session's folder with two tables in it, and the runners over it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dip_sdk.types.session import Limits
from dip_sdk.worker.duckdb import DuckDBRunner
from dip_sdk.worker.process import Worker
from dip_sdk.worker.runner import TableFile

SALES = """
    select i as id, ['North', 'South', 'East'][1 + i % 3] as region,
           (i * 1.25)::decimal(10, 2) as amount, date '2024-01-01' + i::integer as day
    from range(30) t(i)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session's folder with `sales` (30 rows) and `regions` (3 rows) in one file."""
    tables = tmp_path / "session" / "tables"
    tables.mkdir(parents=True)
    with duckdb.connect(tables / "data.duckdb") as connection:
        connection.execute(f"create table s as {SALES}")
        connection.execute(
            "create table r as from (values ('North', 'Ann'), ('South', 'Bo'), ('East', null)) "
            "t(region, manager)"
        )
    return tmp_path / "session"


@pytest.fixture
def tables(folder: Path) -> list[TableFile]:
    path = str(folder / "tables" / "data.duckdb")
    return [
        TableFile(name="sales", path=path, inner="s"),
        TableFile(name="regions", path=path, inner="r"),
    ]


@pytest.fixture
def runner(folder: Path, tables: list[TableFile]) -> Iterator[DuckDBRunner]:
    """The runner in this process."""
    made = DuckDBRunner(folder, Limits(memory_mb=500, threads=2))
    made.use(tables)
    yield made
    made.close()


@pytest.fixture
def worker(folder: Path, tables: list[TableFile]) -> Iterator[Worker]:
    """The runner in a process of its own."""
    made = Worker(folder, Limits(memory_mb=500, threads=2))
    made.use(tables)
    yield made
    made.close()
