"""A file of questions with the answers they should have, asked and compared.

data: [sales.csv, "regions/*.xlsx"]      # from the folder of this file
questions:
  - question: total amount
    answer: 61
  - question: total amount by region
    answer: [[North, 20], [South, 41]]   # in any order, unless `ordered: true`
  - question: how happy are our customers
    status: cannot_answer
  - question: sales up north
    sql: SELECT sum(amount) FROM sales WHERE region = 'North'
    answer: 20
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from ..types.base import Model
from ..types.errors import DataError, DipError
from ..types.result import Status
from ..types.values import Row, Wire

if TYPE_CHECKING:
    from ..client import Client, Result, Session

EXACT = 1e-9
"""The last bits of a sum depend on the order in which its rows came."""


class Asked(Model, extra="forbid"):
    """A question and what its answer should be."""

    question: str
    sql: str = ""
    status: Status = "answered"
    answer: Any = None
    """A value, a row or rows; None takes whatever is answered."""
    ordered: bool = False


class Questions(Model, extra="forbid"):
    """A file of questions."""

    data: tuple[str, ...] = ()
    questions: tuple[Asked, ...] = Field(min_length=1)


class Finding(Model):
    """How one question came out."""

    question: str
    same: bool
    told: str = ""
    """What is not as it should be."""


def questions(path: Path) -> Questions:
    """The questions of a file; raises `DataError` with the line, or the part, that is wrong."""
    from ..client.core.glossary import parsed

    given = parsed(path)
    try:
        return Questions.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise DataError(
            f"{path.name}, {place}: {first['msg']}.",
            hint="A file of questions has data (files) and questions (question, answer).",
            file=path.name,
        ) from None


def check(path: Path, client: Client) -> Iterator[Finding]:
    """Ask every question of the file, one after the other."""
    given = questions(path)
    with client.session() as session:
        if given.data:
            session.upload(*(str(path.parent / source) for source in given.data))
        for asked in given.questions:
            yield _finding(session, asked)


def _finding(session: Session, asked: Asked) -> Finding:
    try:
        told = _difference(asked, _answer(session, asked))
    except DipError as error:
        told = error.message
    return Finding(question=asked.question, same=not told, told=told)


def _answer(session: Session, asked: Asked) -> Result:
    if not asked.sql:
        return session.query(asked.question)
    from ..types.glossary import Verified

    return session.run(Verified(question=asked.question, sql=asked.sql).steps)


def _difference(asked: Asked, result: Result) -> str:
    """What is not as it should be; "" where all is."""
    if result.status != asked.status:
        return f"{result.status} instead of {asked.status}: {result.explanation}"
    if asked.answer is None:
        return ""
    wanted = _rows(asked.answer)
    found = [row for page in result.pages() for row in page.rows]
    if len(found) != len(wanted):
        return f"{len(found)} rows instead of {len(wanted)}"
    if not asked.ordered:
        found, wanted = sorted(found, key=_key), sorted(wanted, key=_key)
    pairs = zip(found, wanted, strict=True)
    return next((f"{_said(got)} instead of {_said(want)}" for got, want in pairs
                 if not _same_row(got, want)), "")  # fmt: skip


def _rows(answer: Any) -> list[Row]:
    """A value is a row of one cell; a list of values is a row, or rows of one cell each."""
    if not isinstance(answer, list):
        return [(answer,)]
    return [tuple(row) if isinstance(row, list) else (row,) for row in answer]


def _same_row(got: Row, wanted: Row) -> bool:
    return len(got) == len(wanted) and all(map(_same, got, wanted))


def _same(got: Wire, wanted: Any) -> bool:
    one, other = _number(got), _number(wanted)
    if one is not None and other is not None:
        return math.isclose(one, other, rel_tol=EXACT, abs_tol=EXACT)
    return got == wanted or (got is not None and str(got) == str(wanted))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _key(row: Sequence[Any]) -> tuple[tuple[float, str], ...]:
    return tuple((_number(cell) or 0.0, str(cell)) for cell in row)


def _said(row: Row) -> str:
    return ", ".join(map(str, row))
