"""A DataFrame, as the Arrow file that the process of the caller wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...types.dataset import Parsed
from .base import Job, Staged, place

if TYPE_CHECKING:
    import pyarrow as pa

REFUSED = ("union", "run_end_encoded", "month_interval", "extension<")


def read(job: Job) -> list[Staged]:
    """The one table of the file. Raises `DataError` naming the columns of types without a match."""
    import pyarrow as pa

    try:
        reader = _reader(job)
    except (pa.ArrowException, OSError) as error:
        raise job.error("The Arrow file is damaged.", hint="Write it again, whole.") from error
    schema = reader.schema
    _refuse(job, schema)
    places = pa.schema([field.with_name(place(i)) for i, field in enumerate(schema)])
    batches = (pa.RecordBatch.from_arrays(b.columns, schema=places) for b in reader)
    name = job.stage_name()
    job.con.register(name, pa.RecordBatchReader.from_batches(places, batches))
    columns = ", ".join(_column(i, field.type) for i, field in enumerate(schema))
    relation = f"(select {columns} from {name})"
    return [Staged(relation, tuple(map(str, schema.names)), Parsed(format="frame"))]


def _reader(job: Job) -> pa.RecordBatchReader:
    import pyarrow as pa

    with job.path.open("rb") as file:
        whole = file.read(6) == b"ARROW1"
    source = pa.memory_map(str(job.path))
    if not whole:
        return pa.ipc.open_stream(source)
    opened = pa.ipc.open_file(source)
    batches = (opened.get_batch(i) for i in range(opened.num_record_batches))
    return pa.RecordBatchReader.from_batches(opened.schema, batches)


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


def _column(index: int, kind: pa.DataType) -> str:
    """Categories become their text, unless their order means something."""
    import pyarrow as pa

    x = place(index)
    if pa.types.is_dictionary(kind) and not kind.ordered:
        return f"cast({x} as {_plain(kind.value_type)}) as {x}"
    return x


def _plain(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return "bigint"
    return "double" if pa.types.is_floating(kind) else "varchar"
