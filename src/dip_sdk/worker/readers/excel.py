"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): a table a sheet, hidden sheets too."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...types.dataset import Parsed
from ...types.values import unique_names
from .base import Job, Staged
from .bombs import AREA, check_workbook
from .grid import stage

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_SHEETS = 500
"""A workbook of more is read one sheet at a time."""


def read(job: Job) -> list[Staged]:
    """The tables of a workbook. Raises `DataError` for one that is protected or damaged."""
    check_workbook(job)
    workbook = _open(job)
    names = _wanted(job, workbook)
    several = len(names) > 1
    suffixes = unique_names(names)
    staged = []
    for i, (name, suffix) in enumerate(zip(names, suffixes, strict=True)):
        job.progress(0.1 + 0.5 * i / len(names), f"Reading sheet '{name}'")
        with _uncollected():
            table = _sheet(job, workbook, name, suffix if several else "")
        if table is None:
            job.notes.append(f"Sheet '{name}' is empty.")
        else:
            staged.append(table)
    return staged


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection, which would look through millions of cells that are none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _open(job: Job) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_path(str(job.path))
    except PasswordError as error:
        raise _protected(job) from error
    except (CalamineError, OSError, ValueError) as error:
        if _encrypted(job):
            raise _protected(job) from error
        raise job.error(
            "The workbook is damaged, or no workbook.", hint="Open it in Excel and save it."
        ) from error


def _encrypted(job: Job) -> bool:
    with job.path.open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(1 << 20)


def _protected(job: Job) -> Exception:
    return job.error(
        "The workbook is encrypted.", hint="Save a copy without a password and give that."
    )


def _wanted(job: Job, workbook: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum

    names = [s.name for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    wanted = job.options.sheet
    if wanted is None and len(names) > MAX_SHEETS:
        raise job.error(
            f"The workbook has {len(names):,} sheets; {MAX_SHEETS:,} is the limit.",
            hint=f"Choose one with sheet=, such as sheet={names[0]!r}.",
        )
    if wanted is None:
        return names
    chosen = [name for name in names if name.casefold() == wanted.casefold()]
    if not chosen:
        raise job.error(
            f"There is no sheet '{wanted}'.", hint=f"The sheets are {', '.join(names[:20])}."
        )
    return chosen


def _sheet(job: Job, workbook: CalamineWorkbook, name: str, suffix: str) -> Staged | None:
    sheet = _load(job, workbook, name)
    if sheet.total_height * sheet.total_width > AREA:
        raise job.error(
            f"Sheet '{name}' is too large.", hint="Delete empty rows and columns beyond the data."
        )
    rows: list[Any] = sheet.to_python(skip_empty_area=False)
    if not any(row and row[0] != "" for row in rows):
        offset = min((first for row in rows if (first := _first(row)) < len(row)), default=0)
        rows = [row[offset:] for row in rows]
    parsed = Parsed(format="excel", sheet=name, notes=_merged(sheet))
    return stage(job, rows, parsed, suffix)


def _load(job: Job, workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    from python_calamine import CalamineError

    try:
        return workbook.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError) as error:
        raise job.error(
            f"Sheet '{name}' is damaged.", hint="Open the workbook in Excel and save it."
        ) from error


def _first(row: list[Any]) -> int:
    """How many empty cells a row begins with."""
    return next((i for i, cell in enumerate(row) if cell != ""), len(row))


def _merged(sheet: CalamineSheet) -> tuple[str, ...]:
    ranges = sheet.merged_cell_ranges or []
    if not ranges:
        return ()
    if len(ranges) == 1:
        return ("A merged range holds its value in its first cell only.",)
    return (f"{len(ranges)} merged ranges hold their value in their first cell only.",)
