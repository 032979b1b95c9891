"""Named operations as steps of a plan, over a real session: read, told, checked, edited, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dip_sdk.client import Client
from dip_sdk.client._sync.session import Session
from dip_sdk.types.errors import ConfigError, PlanRejected
from dip_sdk.types.plan import AnswerStep, OperationStep, Plan, SqlStep

TRIPS = "city,distance,minutes,mode\n" + "".join(
    f'{"Oslo" if i % 2 else "Rome"},"{1000 + 7 * i % 90:,} km",{20 + i * 5 % 17},{"ab"[i // 12]}\n'
    for i in range(24)
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("trips")
    (folder / "trips.csv").write_text(TRIPS)
    with Client(workdir=folder / "work", planner="rules") as client:
        opened = client.session()
        opened.upload(folder / "trips.csv")
        yield opened


def plan(*steps: object) -> Plan:
    return Plan.model_validate({"question": "q", "planner": "rules", "steps": steps})


LONG = SqlStep(name="long", sql="select city, minutes, mode from trips where minutes > 21")
TEST = OperationStep.model_validate(
    {"name": "test", "table": "long", "operation": {"op": "welch_t", "column": "minutes",
                                                    "by": "city"}}
)  # fmt: skip


def test_text_with_a_numeric_reading_is_read_as_numbers(session: Session) -> None:
    (table,) = session.tables()
    assert any(column.reading_of == "distance" for column in table.columns)
    row = session.statistic("describe", table="trips", columns="distance").preview[0]
    assert row[1] == 24
    assert 1000 <= float(str(row[3])) <= 1090


def test_a_table_that_comes_back_changed_has_no_hidden_columns(session: Session) -> None:
    answer = session.statistic("standardise", table="trips", columns="minutes")
    assert [column.name for column in answer.columns] == ["city", "distance", "minutes", "mode"]
    assert answer.row_count == 24
    assert [row[0] for row in answer.preview[:2]] == ["Rome", "Oslo"]


def test_case_does_not_matter(session: Session) -> None:
    answer = session.statistic("welch_t", table="TRIPS", column="Minutes", by="CITY")
    assert "mean of Minutes" in answer.explanation


def test_an_operation_follows_statements_and_is_followed_by_some(session: Session) -> None:
    after = SqlStep(name="after", sql="select p, n_1 + n_2 as n from test")
    answer = session.run(plan(LONG, TEST, after, AnswerStep(table="after")))
    kept = session.run(plan(LONG, AnswerStep(table="long"))).row_count
    assert answer.preview[0][1] == kept
    assert answer.replay()[1].same


def test_how_it_was_computed_tells_the_operation(session: Session) -> None:
    answer = session.run(plan(LONG, TEST, AnswerStep(table="test")))
    kept = session.run(plan(LONG, AnswerStep(table="long"))).row_count
    assert f"Welch's t-test of minutes by city, on {kept} rows." in answer.facts.how
    assert "Kept rows where minutes is above 21." in answer.facts.how
    assert "The mean of minutes is" in answer.explanation
    html = answer.to_html() if hasattr(answer, "to_html") else answer._repr_html_()
    assert f"Welch&#x27;s t-test of minutes by city, on {kept} rows" in html
    assert "<code></code>" not in html


def test_what_does_not_hold_is_a_check(session: Session) -> None:
    asked = {"table": "trips", "column": "city", "by": "minutes"}
    answer = session.statistic("chi_square", **asked)
    (check,) = [check for check in answer.checks if check.code == "assumption"]
    assert "expected counts" in check.message
    assert check.numbers == {"operation": "chi_square"}


def test_an_assumption_of_a_step_before_is_told_too(session: Session) -> None:
    step = OperationStep.model_validate(
        {"name": "test", "table": "trips", "operation": {"op": "chi_square", "column": "city",
                                                         "by": "minutes"}}
    )  # fmt: skip
    after = SqlStep(name="after", sql="select effect from test")
    answer = session.run(plan(step, after, AnswerStep(table="after")))
    assert "assumption" in [check.code for check in answer.checks]


def test_the_checks_of_the_statement_before_are_made(session: Session) -> None:
    none = SqlStep(name="long", sql="select city, minutes from trips where city = 'Bergen'")
    step = OperationStep.model_validate(
        {"name": "count", "table": "long", "operation": {"op": "frequency", "column": "city"}}
    )
    answer = session.run(plan(none, step, AnswerStep(table="count")))
    assert "empty_filter" in [check.code for check in answer.checks]


def test_an_edited_statement_goes_through_the_operation_again(session: Session) -> None:
    answer = session.run(plan(LONG, TEST, AnswerStep(table="test")))
    edited = answer.edit(sql="select city, minutes from trips where mode = 'a'").run()
    assert "n = 6" in edited.explanation
    with pytest.raises(ConfigError, match="no statement to edit"):
        session.statistic("describe", table="trips").edit(sql="select 1")


def test_an_operation_has_no_sql(session: Session) -> None:
    answer = session.statistic("welch_t", table="trips", column="minutes", by="city")
    assert answer.sql == ""
    with pytest.raises(ConfigError, match="Welch's t-test of minutes by city"):
        answer.to_code("sql")


def test_a_test_is_not_drawn(session: Session) -> None:
    assert session.statistic("tukey_hsd", table="trips", column="minutes", by="city").chart is None
    assert session.statistic("frequency", table="trips", column="minutes").chart is not None


def test_a_plan_with_operations_is_written_and_read(session: Session) -> None:
    answer = session.run(plan(LONG, TEST, AnswerStep(table="test")))
    assert answer.plan is not None
    again = Plan.model_validate_json(answer.plan.model_dump_json())
    assert again == answer.plan
    assert session.run(again).preview == answer.preview


def test_hidden_and_unknown_columns_are_refused_by_name(session: Session) -> None:
    with pytest.raises(PlanRejected, match="no column 'minuts'") as raised:
        session.statistic("welch_t", table="trips", column="minuts", by="city")
    assert "minutes" in raised.value.hint
    with pytest.raises(PlanRejected, match="no table 'trip'"):
        session.statistic("welch_t", table="trip", column="minutes", by="city")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"column": "minutes"}, "give by"),
        ({"column": "minutes", "by": "city", "other": "mode"}, "not both"),
        ({"column": "minutes", "by": "city", "groups": ("a",)}, "two values"),
        ({"column": "minutes", "by": "city", "confidence": 95}, "confidence"),
        ({"column": "minutes", "by": "city", "alternative": "more"}, "alternative"),
    ],
)
def test_arguments_that_do_not_fit_are_named(session: Session, arguments, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as raised:
        session.statistic("welch_t", table="trips", **arguments)
    assert raised.value.code == "operation_arguments"
    assert "column, by, other" in raised.value.hint


def test_near_names_are_offered(session: Session) -> None:
    with pytest.raises(ConfigError, match="welch_t"):
        session.statistic("welch-t-test", table="trips")


def test_an_answer_is_exported_like_any_other(session: Session, tmp_path: Path) -> None:
    (path,) = session.statistic("describe", table="trips").export(tmp_path / "out.csv")
    assert path.read_text().startswith("column,n,missing,mean")
