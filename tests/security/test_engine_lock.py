"""The lock of the engine alone, with neither guard nor sandbox: what it must refuse by itself."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.session import Limits
from dip_sdk.worker.duckdb import DuckDBRunner
from dip_sdk.worker.instance import Instance, Resources
from dip_sdk.worker.runner import TableFile

CANARY = "canary-7f3a"
secret_frame = [1, 2, 3]
"""A Python variable that a replacement scan could find."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with secrets in every format beside a session's table."""
    tmp_path = tmp_path_factory.mktemp("place")
    (tmp_path / "secret.csv").write_text(f"a\n{CANARY}\n", encoding="utf-8")
    (tmp_path / "secret.json").write_text(f'{{"a": "{CANARY}"}}', encoding="utf-8")
    duckdb.sql(f"select '{CANARY}' as a").write_parquet(str(tmp_path / "secret.parquet"))
    for name in ("secret", "table"):
        with duckdb.connect(tmp_path / f"{name}.duckdb") as connection:
            connection.execute(f"create table t as select '{CANARY}' as a")
    return tmp_path


@pytest.fixture(scope="module")
def instance(place: Path) -> Iterator[Instance]:
    made = Instance([table(place)], resources(place))
    yield made
    made.retire()


@pytest.fixture(scope="module")
def runner(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBRunner]:
    made = DuckDBRunner(tmp_path_factory.mktemp("session"), Limits(memory_mb=256, threads=2))
    made.use([table(place)])
    yield made
    made.close()


def table(place: Path) -> TableFile:
    return TableFile(name="sales", path=str(place / "table.duckdb"), inner="t")


def resources(place: Path) -> Resources:
    return Resources(memory_mb=256, threads=2, disk_mb=64, spill=str(place / "spill"))


READS = [
    "from read_csv('{place}/secret.csv')",
    "from '{place}/secret.csv'",
    "from '{place}/secret.parquet'",
    "from '{place}/secret.json'",
    "from read_text('{place}/secret.csv')",
    "from read_blob('{place}/secret.csv')",
    "from read_json('{place}/secret.json')",
    "from read_ndjson('{place}/secret.json')",
    "from read_parquet('{place}/secret.parquet')",
    "from parquet_metadata('{place}/secret.parquet')",
    "from parquet_schema('{place}/secret.parquet')",
    "from sniff_csv('{place}/secret.csv')",
    "from glob('{place}/*')",
    "from query('from ''{place}/secret.csv''')",
    "from query_table('{place}/secret.csv')",
    "describe from '{place}/secret.csv'",
    "summarize from '{place}/secret.csv'",
    "select * from sales, read_csv('{place}/secret.csv')",
    "with x as (from '{place}/secret.csv') select * from x",
    "select (select a from '{place}/secret.csv')",
    "from read_csv('/proc/self/environ')",
    "from read_text('/etc/passwd')",
    "attach '{place}/secret.duckdb' as s",
    "attach '{place}/secret.duckdb' as s (read_only)",
    "attach '{place}/new.duckdb' as s",
    "import database '{place}'",
    "from read_csv('https://127.0.0.1:9/x.csv')",
    "from 'http://127.0.0.1:9/x.parquet'",
    "from 's3://bucket/x.parquet'",
    "attach 'https://127.0.0.1:9/x.duckdb' as s",
    "from secret_frame",
    "select getenv('HOME')",
]
WRITES = [
    "copy sales to '{place}/out.csv'",
    "copy (from sales) to '{place}/out.parquet'",
    "copy (from sales) to '{place}/table.duckdb' (format csv)",
    "copy (from sales) to '{place}/out.json' (use_tmp_file false)",
    "export database '{place}/out'",
    "create table file_0.main.x as select 1",
    "create table file_0.x (a int)",
    "insert into file_0.main.t values ('x')",
    "delete from file_0.main.t",
    "update file_0.main.t set a = 'x'",
    "drop table file_0.main.t",
    "alter table file_0.main.t add column b int",
    "truncate file_0.main.t",
    "with x as (delete from file_0.main.t returning *) select * from x",
    "create persistent secret s (type s3, key_id 'a', secret 'b')",
]
SETTINGS = [
    "set enable_external_access = true",
    "set global enable_external_access = true",
    "reset enable_external_access",
    "set lock_configuration = false",
    "pragma lock_configuration = false",
    "set memory_limit = '100GB'",
    "set global memory_limit = '100GB'",
    "set threads = 99",
    "reset memory_limit",
    "set temp_directory = '/tmp'",
    "set max_temp_directory_size = '1TB'",
    "set allowed_paths = ['/etc/passwd']",
    "set allowed_directories = ['/']",
    "set python_enable_replacements = true",
    "set allow_community_extensions = true",
    "set autoload_known_extensions = true",
    "set extension_directory = '/tmp'",
    "set custom_extension_repository = 'http://127.0.0.1:9'",
    "set secret_directory = '/tmp'",
    "set preserve_insertion_order = false",
    "set profile_output = '{place}/out.txt'",
    "pragma enable_profiling",
    "call enable_logging(storage = 'file', storage_path = '{place}')",
    "install httpfs",
    "load httpfs",
    "force install httpfs from 'http://127.0.0.1:9'",
    "load '{place}/x.duckdb_extension'",
    "update extensions",
]


@pytest.mark.parametrize("sql", READS + WRITES + SETTINGS)
def test_the_engine_refuses_by_itself(instance: Instance, place: Path, sql: str) -> None:
    before = {path.name: path.stat().st_size for path in place.iterdir()}
    cursor = instance.cursor()
    with pytest.raises(duckdb.Error) as caught:
        cursor.execute(sql.format(place=place))
    assert CANARY not in str(caught.value)
    cursor.close()
    after = {path.name: path.stat().st_size for path in place.iterdir()}
    assert after == before
    assert instance.cursor().execute("from sales").fetchall() == [(CANARY, 0)]


@pytest.mark.parametrize("sql", READS + WRITES + SETTINGS)
def test_a_step_refuses_it_too(runner: DuckDBRunner, place: Path, sql: str) -> None:
    with pytest.raises(QueryFailed) as caught:
        runner.step("run", "a", sql.format(place=place), {})
    assert CANARY not in str(caught.value)
    assert str(place) not in f"{caught.value} {caught.value.detail}"
    assert runner.look("run", "from sales", {}, 2).rows == ((CANARY, 0),)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1); drop view main.sales; select (1",
        "select 1) as t(c0); copy (from main.sales) to '{place}/out.csv' --",
        "detach file_0",
        "attach ':memory:' as other",
        "drop view main.sales",
        "create table main.x as select 1",
        "use memory.information_schema",
        "set variable x = 1",
        "prepare p as select 1",
        "checkpoint",
    ],
)
def test_a_step_is_one_select_and_nothing_else(runner: DuckDBRunner, place: Path, sql: str) -> None:
    """What the lock allows cannot be written within the statement that a step is put in."""
    with pytest.raises(QueryFailed):
        runner.step("run", "a", sql.format(place=place), {})
    with pytest.raises(QueryFailed):
        runner.look("run", sql.format(place=place), {}, 1)
    assert runner.look("run", "from main.sales", {}, 2).rows == ((CANARY, 0),)
    assert not (place / "out.csv").exists()
