"""A file written and read in one step, for tests that make their own ugly files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dip_sdk.types.dataset import ReadOptions, TableReport
from dip_sdk.worker.ingest import ingest
from dip_sdk.worker.messages import IngestRequest


@dataclass(frozen=True)
class Read:
    """What an ingest told, and what it stored."""

    reports: tuple[TableReport, ...]

    @property
    def report(self) -> TableReport:
        return self.reports[0]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.report.columns if not column.hidden]

    @property
    def types(self) -> list[str]:
        return [column.type for column in self.report.columns if not column.hidden]

    @property
    def notes(self) -> str:
        return " ".join(self.report.parsed.notes)

    @property
    def codes(self) -> set[str]:
        return {problem.code for problem in self.report.problems}

    def rows(self, table: int = 0) -> list[tuple[Any, ...]]:
        """The visible cells, in stored order."""
        report = self.reports[table]
        shown = ", ".join(f'"{c.name}"' for c in report.columns if not c.hidden)
        return self.sql(f"select {shown} from {{table}} order by rowid", table)

    def column(self, name: str) -> list[Any]:
        return [row[0] for row in self.sql(f'select "{name}" from {{table}} order by rowid')]

    def sql(self, query: str, table: int = 0) -> list[tuple[Any, ...]]:
        report = self.reports[table]
        con = duckdb.connect(report.path, read_only=True)
        try:
            return con.execute(query.format(table=report.inner)).fetchall()
        finally:
            con.close()


Reader = Callable[..., Read]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Write content under a name and read it: `read("a.csv", "a,b\\n1,2\\n", day_first=True)`."""

    def run(name: str, content: str | bytes, **options: Any) -> Read:
        source = tmp_path / name
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        folder = tmp_path / "out"
        folder.mkdir(exist_ok=True)
        request = IngestRequest(
            source=str(source),
            name=name,
            folder=str(folder),
            dataset_id="d",
            options=ReadOptions(**options),
        )
        return Read(ingest(request, lambda fraction, message: None))

    return run
