"""Questions, plans and what the last event of a run says."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from dip_sdk.client.core.asks import ask, changed, outcome
from dip_sdk.render.plans import edited
from dip_sdk.types.errors import Cancelled, ConfigError, QueryFailed, StreamBroken, to_wire
from dip_sdk.types.events import CancelledEvent, Failed, QueryResult, Status
from dip_sdk.types.plan import AnswerStep, ChartStep, Plan, Reading, SqlStep
from dip_sdk.types.result import ResultFacts
from dip_sdk.types.session import Settings

NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
HEAD = {"session_id": "s", "query_id": "q", "at": NOW}
PLAN = Plan(
    question="total by region",
    planner="rules",
    tables={"sales": "f"},
    steps=(
        SqlStep(name="kept", sql="select * from sales where region = $r", params={"r": "North"}),
        SqlStep(name="total", sql="select sum(amount) as total from kept"),
        ChartStep(table="total", mark="bar", x="total"),
        AnswerStep(table="total", text="It is 3.", reading=Reading(sources=("sales",))),
    ),
)


def facts(plan=PLAN, **more):
    head = {"id": "r", "session_id": "s", "question": "q", "status": "answered", "at": NOW}
    return ResultFacts(**{**head, "planner": "rules", "plan": plan, **more})


def test_bound_values_travel_as_json():
    made = ask("since {day}", {"day": dt.date(2024, 1, 2), "n": np.int64(3)}, None, "sales")
    assert made.params == {"day": "2024-01-02", "n": 3}
    assert made.on == ("sales",)
    assert ask("q", None, "rules", ["a", "b"]).on == ("a", "b")


def test_the_result_of_a_run_is_its_payload():
    assert outcome(QueryResult(**HEAD, payload=facts())) == facts()


def test_a_failed_run_raises_its_own_error():
    error = QueryFailed("It failed.", hint="Try x.", sql="select", detail="why")
    event = Failed(**HEAD, code=error.code, message=error.message, error=to_wire(error))
    with pytest.raises(QueryFailed, match="It failed") as raised:
        outcome(event)
    assert (raised.value.sql, raised.value.detail, raised.value.hint) == (
        "select",
        "why",
        "Try x.",
    )


def test_a_failure_without_details_keeps_its_words():
    with pytest.raises(Exception, match=r"It failed\. \(Try x\.\)") as raised:
        outcome(Failed(**HEAD, code="odd", message="It failed.", hint="Try x."))
    assert raised.value.code == "odd"


def test_a_stopped_run_raises_cancelled():
    with pytest.raises(Cancelled):
        outcome(CancelledEvent(**HEAD))


@pytest.mark.parametrize("event", [None, Status(**HEAD, message="Analyzing data...")])
def test_a_run_without_an_end_is_a_broken_stream(event):
    with pytest.raises(StreamBroken):
        outcome(event)


def test_an_edited_plan_keeps_what_the_statement_rests_on():
    plan = edited(facts(), "select 1 as one")
    assert [step.name for step in plan.sql_steps] == ["kept", "total"]
    assert plan.sql_steps[0] == PLAN.sql_steps[0]
    assert plan.sql_steps[1].sql == "select 1 as one"
    assert plan.planner == "edited"


def test_an_edited_plan_says_nothing_of_the_old_statement():
    plan = edited(facts(), "select 1 as one")
    assert plan.chart is None
    assert plan.answer == AnswerStep(table="total", reading=Reading(sources=("sales",)))


def test_a_result_without_a_plan_cannot_be_edited():
    with pytest.raises(ConfigError, match="no statement to edit"):
        edited(facts(plan=None), "select 1")


def test_settings_change_by_name():
    assert changed(Settings(currency="EUR"), {"fiscal_start": 4}) == Settings(
        currency="EUR", fiscal_start=4
    )


def test_a_setting_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match="fiscal_begin") as error:
        changed(Settings(), {"fiscal_begin": 4})
    assert "fiscal_start" in error.value.hint
    with pytest.raises(ConfigError, match="week_start='friday'"):
        changed(Settings(), {"week_start": "friday"})
