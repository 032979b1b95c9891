"""The asked shape of an answer: which columns, what they are called, how they are rounded."""

from __future__ import annotations

from ..types.plan import AnswerStep, OutputColumn, SqlStep
from ..types.sql import quoted
from ..worker.runner import Made


def shaped(answer: AnswerStep, made: Made) -> SqlStep | None:
    """A step that gives the answer's table its asked shape, or None when it has it already."""
    if not answer.columns or _same(answer.columns, made):
        return None
    items = ", ".join(_item(column) for column in answer.columns)
    name = f"{answer.table}_shown"
    return SqlStep(
        name=name,
        title="Choose and round the columns",
        sql=f"SELECT {items} FROM {quoted(answer.table)}",
    )


def whole(answer: AnswerStep, made: Made) -> AnswerStep:
    """The answer with every column of its table: a sentence may name what the shape leaves out.

    "which region has the highest sales" asks for a region; its sentence gives the sales as well.
    """
    asked = {column.column for column in answer.columns}
    if not asked:
        return answer
    rest = [OutputColumn(column=c.name) for c in made.columns if c.name not in asked]
    return answer.model_copy(update={"columns": (*answer.columns, *rest)})


def _same(columns: tuple[OutputColumn, ...], made: Made) -> bool:
    plain = all(not c.label and c.decimals is None for c in columns)
    return plain and [c.column for c in columns] == [c.name for c in made.columns]


def _item(column: OutputColumn) -> str:
    source = quoted(column.column)
    if column.decimals is not None:
        source = f"ROUND({source}, {column.decimals})"
    return f"{source} AS {quoted(column.label or column.column)}"
