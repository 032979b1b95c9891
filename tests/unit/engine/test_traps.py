"""Statements that mislead, each with a twin beside it: the one is told of, the other is not.

The traps stand in `traps.yml` and were written without looking at how the checks work.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import dip_sdk as dip
from dip_sdk.client import Client
from dip_sdk.engine.checks import CODES
from dip_sdk.types.plan import AnswerStep, Plan, SqlStep


class Loader(yaml.SafeLoader):
    """Reads tables that are too long to be written down."""


def daily(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> str:
    """One sale a day from the first date to the last."""
    first, last = loader.construct_sequence(node)
    days = range((last - first).days + 1)
    rows = (f"{first + timedelta(days=day)},{10 + day % 7}" for day in days)
    return "\n".join(["day,amount", *rows])


def cases(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> str:
    """Rows of (treatment, size, success) from counts of successes and of all.

    The counts of the first trap are those of Charig et al. (1986) on kidney stones.
    """
    rows = ["treatment,size,success"]
    for treatment, size, successes, total in loader.construct_sequence(node, deep=True):
        rows += [f"{treatment},{size},{int(index < successes)}" for index in range(total)]
    return "\n".join(rows)


Loader.add_constructor("!daily", daily)
Loader.add_constructor("!cases", cases)
TRAPS: list[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("traps.yml").read_text("utf-8"), Loader
)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with dip.Client() as client:
        yield client


def found(client: Client, tables: dict[str, str], sql: str) -> dict[str, str]:
    """What the checks say of a statement over these tables, by code."""
    with client.session() as session:
        for name, text in tables.items():
            session.upload(io.BytesIO(text.encode()), name=f"{name}.csv")
        steps = (SqlStep(name="answer", sql=sql), AnswerStep(table="answer"))
        result = session.run(Plan(question="trap", planner="rules", steps=steps))
    return {check.code: check.message for check in result.checks}


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap["name"])
def test_a_trap_is_told_of(client: Client, trap: dict[str, Any]) -> None:
    assert trap["code"] in found(client, trap["tables"], trap["sql"])


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap["name"])
def test_its_twin_stays_silent(client: Client, trap: dict[str, Any]) -> None:
    tables = trap.get("twin", trap["tables"])
    said = found(client, tables, trap.get("twin_sql", trap["sql"]))
    assert trap["code"] not in said, said[trap["code"]]


def test_there_are_traps_for_every_kind_of_finding() -> None:
    assert len(TRAPS) >= 40
    assert {trap["code"] for trap in TRAPS} <= set(CODES)
