"""An answer to render, with everything that an answer can carry."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dip_sdk.types.dataset import Parsed, Problem, Table, TableColumn
from dip_sdk.types.plan import AnswerStep, OutputColumn, Plan
from dip_sdk.types.profile import ColumnProfile
from dip_sdk.types.result import Check, Clarification, Missing, Option, ResultFacts, StepRun
from dip_sdk.types.values import Column

SQL = "SELECT region, SUM(amount) AS total\nFROM sales\nGROUP BY region"
PLAN = Plan(
    question="total by region",
    planner="rules",
    steps=(
        AnswerStep(
            table="t",
            columns=(OutputColumn(column="region"), OutputColumn(column="total", unit="$")),
        ),
    ),
    tables={"sales": "print"},
)


@pytest.fixture
def facts():
    return ResultFacts(
        id="r1",
        session_id="s1",
        question="total by region",
        status="answered",
        planner="rules",
        columns=(Column(name="region", type="text"), Column(name="total", type="decimal(12,2)")),
        row_count=1204,
        preview=(("North", "1204.50"), ("東京", "98.00"), (None, None)),
        explanation="North leads with $1,204.50.",
        checks=(
            Check(code="partial_period", level="info", message="The year is not over."),
            Check(code="nulls_excluded", message="7 rows without an amount are left out."),
        ),
        suggestions=("total by month",),
        plan=PLAN,
        steps=(StepRun(name="t", title="Total by region", sql=SQL, rows=1204, seconds=0.012),),
        seconds=0.2,
        at=datetime(2024, 5, 1, tzinfo=UTC),
    )


@pytest.fixture
def asked(facts):
    options = (
        Option(label="Customer is Smith", value=PLAN, preview="1,204.50"),
        Option(label="Seller is Smith", value=PLAN),
    )
    question = "Which Smith is meant?"
    return facts.model_copy(
        update={
            "status": "clarify",
            "explanation": question,
            "clarification": Clarification(question=question, options=options),
        }
    )


@pytest.fixture
def declined(facts):
    missing = Missing(message="No such data.", understood=("profit",), unknown=("planet",))
    return facts.model_copy(
        update={"status": "cannot_answer", "explanation": "No such data.", "missing": missing}
    )


@pytest.fixture
def table():
    return Table(
        name="sales",
        dataset_id="d1",
        source="sales.csv",
        rows=1204,
        columns=(
            TableColumn(name="region", type="text"),
            TableColumn(name="amount", type="double", label="Amount", unit="$"),
            TableColumn(name="_row", type="integer"),
        ),
        parsed=Parsed(format="csv", notes=("Dates are day first.",)),
        problems=(Problem(code="bad_lines", message="3 lines were left out."),),
        fingerprint="f",
        path="p",
        inner="i",
        profile=(
            ColumnProfile(
                name="region", type="text", rows=1204, nulls=2, distinct=9,
                frequent=(("North", 600), ("South", 300)),
            ),
            ColumnProfile(
                name="amount", type="double", rows=1204, nulls=0, distinct=900,
                minimum=0.5, maximum=1204.5, sampled=True,
            ),
        ),
    )  # fmt: skip
