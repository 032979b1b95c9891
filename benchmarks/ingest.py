"""1c, 1e, 1f: a file becomes queryable with its quick profile, against plain DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import data
from .measure import Figure, paired, process

OURS = """
import sys
from pathlib import Path
from dip_sdk.types.session import Limits
from dip_sdk.worker.ingest_process import ingest
from dip_sdk.worker.messages import IngestRequest
ingest(IngestRequest(source=sys.argv[1], name=Path(sys.argv[1]).name, folder=sys.argv[2],
       dataset_id="measured"), limits=Limits())
"""
TABLE = "import sys, duckdb; duckdb.sql(f\"create table t as from {reader}('{{sys.argv[1]}}')\")"
FASTEXCEL = """
import sys, duckdb, fastexcel
frame = fastexcel.read_excel(sys.argv[1]).load_sheet(0).to_arrow()
duckdb.sql("create table t as from frame")
"""


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    out = folder / "ingest"
    out.mkdir(exist_ok=True)
    for count in (int(1_650_000 * scale), int(8_200_000 * scale)):
        path = data.csv(folder, count)
        size = f"{path.stat().st_size / 1e6:.0f} MB CSV"
        yield from _against(f"1c {size}", path, out, TABLE.format(reader="read_csv"), 1.2)
        if count > 1_650_000 * scale:
            peak = process(OURS, str(path), str(out)).peak_mb
            yield Figure("1c", f"{size}, peak", peak, " MB", 450, "-")
        path.unlink()
    lines = data.ndjson(folder, int(620_000 * scale))
    size = f"{lines.stat().st_size / 1e6:.0f} MB NDJSON"
    yield from _against(f"1f {size}", lines, out, TABLE.format(reader="read_json"), 1.2)
    book = data.xlsx(folder, int(100_000 * scale), 20)
    yield from _against(f"1e XLSX {int(100_000 * scale):,} x 20", book, out, FASTEXCEL, 1.3)


def _against(what: str, path: Path, out: Path, base: str, aim: float) -> Iterator[Figure]:
    name, _, text = what.partition(" ")
    ours, plain, ratio = paired(
        lambda: process(OURS, str(path), str(out)).wall, lambda: process(base, str(path)).wall
    )
    note = f"{ours:.2f} s against {plain:.2f} s"
    yield Figure(name, f"{text} -> queryable", ratio, "x", aim, "plain reader", note)
