"""A DataFrame, as the Arrow file that the process of the caller wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...types.dataset import Parsed
from .base import Job, Staged, literal, place

if TYPE_CHECKING:
    import pyarrow as pa

REFUSED = ("sparse_union", "dense_union", "run_end_encoded", "month_interval", "extension<")


def read(job: Job) -> list[Staged]:
    """The one table of the file. Raises `DataError` naming the columns of types without a match."""
    import pyarrow as pa

    try:
        table = _table(job)
    except (pa.ArrowException, OSError) as error:
        raise job.error("The Arrow file is damaged.", hint="Write it again, whole.") from error
    _refuse(job, table.schema)
    labels = tuple(map(str, table.schema.names))
    columns = ", ".join(_column(i, column) for i, column in enumerate(table.columns))
    job.make_room(len(labels))
    name = job.stage_name()
    job.con.register(name, table.rename_columns([place(i) for i in range(len(labels))]))
    return [Staged(f"(select {columns} from {name})", labels, Parsed(format="frame"))]


def _table(job: Job) -> pa.Table:
    """The file as a table whose memory is the file itself."""
    import pyarrow as pa

    with job.path.open("rb") as file:
        whole = file.read(6) == b"ARROW1"
    source = pa.memory_map(str(job.path))
    return (
        (pa.ipc.open_file if whole else pa.ipc.open_stream)(source).read_all().unify_dictionaries()
    )


def _refuse(job: Job, schema: pa.Schema) -> None:
    if not len(schema):
        raise job.error("The DataFrame has no columns.", hint="Give one with columns.")
    bad = [f for f in schema if str(f.type).startswith(REFUSED)]
    if bad:
        shown = ", ".join(f"'{f.name}' ({f.type})" for f in bad[:5])
        raise job.error(
            f"These columns are of types that cannot be queried: {shown}.",
            hint="Convert them, for example with astype(str).",
            column=bad[0].name,
        )


def _column(index: int, column: pa.ChunkedArray) -> str:
    """Categories become their text; ordered ones keep their order."""
    import pyarrow as pa

    x = place(index)
    if not pa.types.is_dictionary(column.type):
        return x
    names = column.chunk(0).dictionary.to_pylist() if column.num_chunks else []
    if column.type.ordered and names and all(isinstance(name, str) for name in names):
        return f"cast({x} as enum({', '.join(map(literal, names))})) as {x}"
    return f"cast({x} as {_plain(column.type.value_type)}) as {x}"


def _plain(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return "bigint"
    return "double" if pa.types.is_floating(kind) else "varchar"
