"""Parquet: checked by its footer, then loaded in file order, or left where it lies."""

from __future__ import annotations

from ...types.dataset import Parsed
from .base import Job, Staged, literal, place, quote

EXPANDED = 40 << 30
RATIO = 2_000
"""Columns of one repeated value shrink well; lies about sizes are larger still."""
FREE = 1 << 30


def read(job: Job) -> list[Staged]:
    """The one table of the file. Raises `DataError` for a footer that cannot be."""
    names = _footer(job)
    job.make_room(len(names))
    relation = f"read_parquet({literal(str(job.path))})"
    parsed = Parsed(format="parquet")
    if job.options.in_place:
        return [Staged(relation, tuple(names), parsed, in_place=True)]
    columns = ", ".join(f"{quote(name)} as {place(i)}" for i, name in enumerate(names))
    return [Staged(f"(select {columns} from {relation})", tuple(names), parsed)]


def _footer(job: Job) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(job.path) as file:
            names = list(file.schema_arrow.names)
            groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
            size, rows = sum(g.total_byte_size for g in groups), file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise job.error(
            "The Parquet file is damaged.", hint="Write or fetch it again, whole."
        ) from error
    if not names:
        raise job.error("The Parquet file has no columns.", hint="Write it with its columns.")
    packed = job.path.stat().st_size
    if size > min(EXPANDED, max(FREE, RATIO * packed)) or size < 0 or rows < 0:
        raise job.error(
            f"The Parquet file says it grows to {size >> 20} MB, which its size does not allow.",
            hint="Check where it comes from.",
        )
    return names
