"""How a folder of messy files fares: right, refused with the cause, wrong, silent, crashed.

    python benchmarks/messy.py FOLDER [PART OF A FILE'S NAME]

FOLDER holds files and a `manifest.jsonl` whose entries have `file` and `expected`: `rows` and
`columns`, or `sheets` with [rows, columns] each. Rows that were left out and told (above or below
the table, blank ones) count as accounted for where `expected` merely counts all rows of the file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from dip_sdk.types.dataset import TableReport
from dip_sdk.types.errors import DataError, DipError
from dip_sdk.worker.ingest_process import ingest
from dip_sdk.worker.messages import IngestRequest

LEFT_OUT = ("blank_rows", "repeated_header", "titles")


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    file: str
    kind: str
    """`right`, `refused`, `wrong`, `silent` or `crash`."""
    words: str = ""


def main(folder: Path, part: str = "") -> None:
    """Run every entry and print the counts and what is not right."""
    lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()
    entries = [entry for line in lines if part in (entry := json.loads(line))["file"]]
    outcomes = [run(folder, entry) for entry in entries]
    judged = [o for o in outcomes if o.kind != "unjudged"]
    for outcome in outcomes:
        if outcome.kind not in ("right", "unjudged"):
            print(f"{outcome.kind:8} {outcome.file}: {outcome.words}")
    counts = Counter(o.kind for o in judged)
    total = max(1, len(judged))
    for kind in ("right", "refused", "wrong", "silent", "crash"):
        print(f"{kind:8} {counts[kind]:4} of {total} ({100 * counts[kind] / total:.1f} %)")


def run(folder: Path, entry: dict) -> Outcome:
    """One file through a process of its own, compared with what is expected of it."""
    file, expected = entry["file"], entry.get("expected") or {}
    with tempfile.TemporaryDirectory() as target:
        request = IngestRequest(
            source=str(folder / file), name=Path(file).name, folder=target, dataset_id="d"
        )
        try:
            reports = ingest(request)
        except DataError as error:
            return Outcome(file, "crash" if "crash" in error.code else "refused", str(error))
        except DipError as error:
            return Outcome(file, "crash", str(error))
    wanted = _wanted(expected)
    if not wanted:
        return Outcome(file, "unjudged")
    found = _shapes(reports)
    wrong = [
        f"{name or 'table'} {found.get(name)} instead of {shape}"
        for name, shape in wanted.items()
        if not _fits(reports, name, shape, loose="readers agree" in expected["by"])
    ]
    if not wrong:
        return Outcome(file, "right")
    told = any(r.problems or r.parsed.notes for r in reports)
    return Outcome(file, "wrong" if told else "silent", "; ".join(wrong))


def _wanted(expected: dict) -> dict[str, tuple[int | None, int | None]]:
    if sheets := expected.get("sheets"):
        return {name: tuple(shape) for name, shape in sheets.items()}
    shape = (expected.get("rows"), expected.get("columns"))
    return {} if shape == (None, None) else {"": shape}


def _shapes(reports: tuple[TableReport, ...]) -> dict[str, tuple[int, int]]:
    return {r.parsed.sheet or "": _shape(r) for r in reversed(reports)}


def _shape(report: TableReport) -> tuple[int, int]:
    return report.rows, sum(not column.hidden for column in report.columns)


def _fits(
    reports: tuple[TableReport, ...],
    name: str,
    wanted: tuple[int | None, int | None],
    *,
    loose: bool,
) -> bool:
    report = next((r for r in reports if (r.parsed.sheet or "") == name), None)
    if report is None:
        return wanted[0] == 0
    rows, columns = _shape(report)
    counts = {rows, rows + _left_out(report)}
    if loose and report.parsed.header is False:
        counts |= {count - 1 for count in counts}
    return wanted[0] in (None, *counts) and wanted[1] in (None, columns)


def _left_out(report: TableReport) -> int:
    told = sum(p.count for p in report.problems if p.code in LEFT_OUT)
    return report.parsed.skip + report.parsed.footer + told


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
