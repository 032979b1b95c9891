"""Ways of answering: what kind of plan it is, told from the plan itself.

A way is a name such as `groups count`, `list related` or `top max inside`: the shape of the
answer, its aggregate, and what its statement is built with. The same plan has the same way on
every machine, so how often a way is right can be measured on questions with known answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from ....types.plan import AnswerStep, OperationStep, SqlStep, Step

ENOUGH = 10
"""Answers with a known truth from which a way is judged."""
RIGHT_ENOUGH = 0.9
MEASURED: Final[Mapping[str, tuple[int, int]]] = {
    "groups count": (21, 21),
    "list": (14, 14),
    "list inside related first": (5, 5),
    "list related": (8, 8),
    "operation chi_square": (5, 5),
    "operation describe": (11, 11),
    "operation pearson": (6, 6),
    "operation shapiro": (8, 8),
    "top first": (14, 14),
    "value count": (7, 8),
}
"""Way -> how many of its answers were right, and how many it gave, on questions that may be read
while the rules are written. Ways of fewer than five answers are left out."""

_BUILT = {
    "inside": ') as "inside"',
    "related": ' in (select s1."',
    "joined": " join ",
    "first": '"_place"',
}
"""Part of a way -> what a statement of it holds."""


def way_of(steps: Sequence[Step]) -> str:
    """The way of answering that the steps of a plan are; a named operation is one of its own."""
    done = [step.operation.op for step in steps if isinstance(step, OperationStep)]
    if done:
        return f"operation {done[-1]}"
    reading = next(step.reading for step in steps if isinstance(step, AnswerStep))
    sql = " ".join(step.sql for step in steps if isinstance(step, SqlStep))
    parts = [reading.shape, reading.aggregate, *_built(sql)]
    parts += [f"{len(reading.groups)} keys"] if len(reading.groups) > 1 else []
    return " ".join(part for part in parts if part)


def answers_alone(way: str) -> bool:
    """Whether a way may answer; one that is too often wrong only offers its reading."""
    right, given = MEASURED.get(way, (0, 0))
    return given < ENOUGH or right >= RIGHT_ENOUGH * given


def _built(sql: str) -> list[str]:
    """What the statement is built with, however it is laid out."""
    plain = re.sub(r"(?<=\() | (?=\))", "", " ".join(sql.lower().split()))
    return [part for part, text in _BUILT.items() if text in plain]
