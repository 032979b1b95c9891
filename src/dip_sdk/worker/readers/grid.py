"""A grid of Python values (a sheet, rows of JSON) becomes a staged table: area, columns, Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from ...types.dataset import Parsed, Problem
from . import decide
from .base import Job, Staged, place, sentence_list
from .cells import NULLS
from .header import Area, conforms, filled, locate

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

AREA_ROWS = 300
BLANK = (None, "")
"""What an empty cell holds."""


@dataclass(frozen=True)
class Trimmed:
    """The rows of the table within a grid, and how many others there were."""

    rows: list[Sequence[Any]]
    footer: list[Sequence[Any]]
    blank: int


def stage(job: Job, rows: list[Sequence[Any]], parsed: Parsed, suffix: str = "") -> Staged | None:
    """The table in a grid; None where there is none."""
    skip = job.options.skip or 0
    area = locate(rows[skip : skip + AREA_ROWS], header=job.options.header)
    if not area.width:
        return None
    job.make_room(area.width)
    trimmed = _trim(rows[skip + area.data :], area)
    columns = list(map(_column, zip(*trimmed.rows, strict=True))) or [_column(())] * area.width
    text = _undecided(job, columns)
    name = _register(job, columns, stored=bool(text))
    above = [_line(row) for row in rows[: skip + area.first] if filled(row)]
    update = {
        "header": area.header,
        "skip": skip + area.first,
        "footer": len(trimmed.footer),
        "notes": (*parsed.notes, *_notes(area, above, trimmed)),
    }
    problems = _blank_problem(trimmed.blank)
    parsed = parsed.model_copy(update=update)
    return Staged(name, area.labels, parsed, problems, suffix, undecided=text)


def _line(row: Sequence[Any]) -> str:
    return " ".join(str(cell).strip() for cell in row if filled([cell]))


def _notes(area: Area, above: list[str], trimmed: Trimmed) -> list[str]:
    notes = [f"Rows above the table were left out: {sentence_list(above)}."] if above else []
    if not area.header:
        notes.append("No row names the columns; they are called column_1, column_2, ...")
    if area.data - area.first > 1:
        notes.append(f"{area.data - area.first} rows together name the columns.")
    if remarks := [_line(row) for row in trimmed.footer if filled(row)]:
        notes.append(f"Rows below the table were left out: {sentence_list(remarks)}.")
    return notes


def _blank_problem(blank: int) -> tuple[Problem, ...]:
    if not blank:
        return ()
    words = f"{blank} rows without any value were left out."
    return (Problem(code="blank_rows", message=words, count=blank),)


def _trim(rows: list[Sequence[Any]], area: Area) -> Trimmed:
    """Rows without the remarks at the end and without blank ones; all padded to the width."""
    end = len(rows)
    typed = any(area.types)
    while typed and end and _remark(rows[end - 1], area):
        end -= 1
    footer = [row for row in rows[end:] if filled(row)]
    kept = [row for row in rows[:end] if (row and row[0] not in BLANK) or _holds(row)]
    width = area.width
    fitted = [row if len(row) == width else _fit(row, width) for row in kept]
    return Trimmed(fitted, footer, end - len(kept) + (len(rows) - end - len(footer)))


def _holds(row: Sequence[Any]) -> bool:
    return any(cell not in BLANK for cell in row)


def _remark(row: Sequence[Any], area: Area) -> bool:
    if not filled(row):
        return True
    return conforms(row, area.types) <= 0 and filled(row) <= max(1, area.width // 2)


def _fit(row: Sequence[Any], width: int) -> Sequence[Any]:
    return [*row[:width], *[None] * (width - len(row))]


def _undecided(job: Job, columns: list[pa.Array]) -> frozenset[int]:
    """Text columns that look like something else."""
    texts = {i: column for i, column in enumerate(columns) if str(column.type) == "string"}
    samples = {i: _sample(column) for i, column in texts.items()}
    proposals = decide.propose(samples, dict.fromkeys(texts, ""), job.options.decimal)
    return frozenset(p.index for p in proposals if p.any)


def _sample(column: pa.Array) -> list[str]:
    some = column[:: max(1, len(column) // decide.SAMPLE_ROWS)]
    values = (cell.strip() for cell in some.to_pylist() if cell)
    return [value for value in dict.fromkeys(values) if value and value.lower() not in NULLS]


def _register(job: Job, columns: list[pa.Array], *, stored: bool) -> str:
    """A relation of these columns, `c0`, `c1`, ...; a table where it is to be read repeatedly."""
    import pyarrow as pa

    table = pa.table({place(i): column for i, column in enumerate(columns)})
    name = job.stage_name()
    job.con.register(f"{name}_grid", table)
    if not stored:
        return f"{name}_grid"
    job.con.execute(f"create temp table {name} as from {name}_grid")
    job.con.unregister(f"{name}_grid")
    return name


def _column(cells: Sequence[Any]) -> pa.Array:
    """Cells as one Arrow array: of their common type, as text where there is none."""
    import pyarrow as pa

    kinds = set(map(type, cells))
    if str in kinds and "" in cells:
        cells = [None if cell == "" else cell for cell in cells]
        kinds = set(map(type, cells))
    kinds.discard(type(None))
    if kinds == {float}:
        return _numbers(cells)
    if kinds <= {int, float} and kinds:
        return pa.array(cells, pa.float64() if float in kinds else pa.int64())
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    if kinds and kinds <= {date, datetime}:
        return _dates(cells, kinds)
    if kinds == {time}:
        return pa.array(cells, pa.time64("us"))
    if kinds == {timedelta}:
        return pa.array(cells, pa.duration("us"))
    if kinds <= {str}:
        return _texts(cells)
    return _texts([_text(cell) for cell in cells])


def _numbers(cells: Sequence[Any]) -> pa.Array:
    """Numbers of a sheet are all floating; where all are whole, they are integers."""
    import numpy as np
    import pyarrow as pa

    values = np.array(cells, dtype="float64")
    missing = np.isnan(values)
    whole = np.all((values == np.floor(values)) | missing) and np.all(
        (np.abs(values) < 2**53) | missing
    )
    if not whole:
        return _array(values, missing, pa.float64())
    return _array(np.where(missing, 0, values).astype("int64"), missing, pa.int64())


def _dates(cells: Sequence[Any], kinds: set[type]) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    unit, type_ = ("D", pa.date32()) if kinds == {date} else ("us", pa.timestamp("us"))
    values = np.array(cells, dtype=f"datetime64[{unit}]")
    numbers = values.astype("int64").astype("int32" if unit == "D" else "int64")
    return _array(numbers, np.isnat(values), type_)


def _array(values: np.ndarray, missing: np.ndarray, type_: pa.DataType) -> pa.Array:
    """An Arrow array over numbers as they lie in memory; `pa.array` would load pandas first."""
    import numpy as np
    import pyarrow as pa

    valid = np.packbits(~missing, bitorder="little")
    buffers = [pa.py_buffer(valid), pa.py_buffer(values)]
    return pa.Array.from_buffers(type_, len(values), buffers)


def _texts(cells: Sequence[str | None]) -> pa.Array:
    import pyarrow as pa

    builder = pa.lib.StringBuilder()
    builder.append_values(cells)
    return builder.finish()


def _text(cell: object) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (dict, list)):
        import json

        return json.dumps(cell, ensure_ascii=False)
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)
