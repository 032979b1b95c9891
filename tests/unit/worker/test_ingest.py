"""What an ingest leaves in the folder, what it says of itself, what it refuses."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dip_sdk.types.dataset import ReadOptions, TableReport
from dip_sdk.types.errors import DataError
from dip_sdk.worker.ingest import ingest
from dip_sdk.worker.messages import IngestRequest


def run(source: Path, folder: Path, **options: object) -> tuple[TableReport, ...]:
    request = IngestRequest(
        source=str(source),
        name=source.name,
        folder=str(folder),
        dataset_id="d1",
        options=ReadOptions.model_validate(options),
    )
    return ingest(request, lambda fraction, message: None)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "sales 2024.csv"
    path.write_text("id,who\n1,a\n2,b\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "tables"
    path.mkdir()
    return path


def test_the_folder_holds_one_file_and_no_leavings(source: Path, folder: Path) -> None:
    (report,) = run(source, folder)
    assert [path.name for path in folder.iterdir()] == ["d1.duckdb"]
    assert report.path == str(folder / "d1.duckdb")
    assert report.name == "sales_2024"
    with duckdb.connect(report.path, read_only=True) as con:
        assert con.execute(f"select count(*) from {report.inner}").fetchone() == (2,)


def test_a_refused_file_leaves_what_was_there(source: Path, folder: Path) -> None:
    run(source, folder)
    before = (folder / "d1.duckdb").read_bytes()
    source.write_bytes(b"%PDF-1.7")
    with pytest.raises(DataError):
        run(source, folder)
    assert [path.name for path in folder.iterdir()] == ["d1.duckdb"]
    assert (folder / "d1.duckdb").read_bytes() == before


def test_equal_content_has_equal_fingerprints(source: Path, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_bytes(source.read_bytes())
    first = run(source, folder)[0].fingerprint
    assert run(other, folder)[0].fingerprint == first
    assert run(source, folder, header=False)[0].fingerprint != first
    other.write_text("id,who\n1,a\n2,c\n")
    assert run(other, folder)[0].fingerprint != first


def test_what_is_no_file_is_named(source: Path, folder: Path) -> None:
    with pytest.raises(DataError, match=r"no file 'gone.csv'") as missing:
        run(source.with_name("gone.csv"), folder)
    assert missing.value.file == "gone.csv"
    with pytest.raises(DataError, match="is a folder"):
        run(folder, folder)
    source.write_bytes(b"")
    with pytest.raises(DataError, match="is empty"):
        run(source, folder)


def test_progress_goes_forward(source: Path, folder: Path) -> None:
    seen: list[float] = []
    request = IngestRequest(source=str(source), name="a.csv", folder=str(folder), dataset_id="d")
    ingest(request, lambda fraction, message: seen.append(fraction))
    assert seen
    assert seen == sorted(seen)


def test_a_column_named_like_the_row_number_gives_way(source: Path, folder: Path) -> None:
    source.write_text("_row,x\n5,6\n7,8\n")
    (report,) = run(source, folder)
    assert [c.name for c in report.columns] == ["_row_2", "x"]
    assert report.columns[0].label == "_row"
