"""A session over real files, with the real worker: uploads, questions, undo, replay, restart."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dip_sdk.engine.bridge import Cancel
from dip_sdk.engine.engine import Engine
from dip_sdk.engine.planner.base import Planning, Question, Refused, View
from dip_sdk.engine.session import Session
from dip_sdk.engine.sources import Source
from dip_sdk.types import events
from dip_sdk.types.errors import ConfigError, DataError, DipError
from dip_sdk.types.plan import AnswerStep, Plan, SqlStep
from dip_sdk.types.result import Missing, ResultFacts
from dip_sdk.types.session import Settings

SALES = "region,sales\nNorth,10\nSouth,20\nNorth,5\n"
BY_REGION = "select region, sum(sales) as total from sales group by region order by region"


class Scripted:
    """A planner that proposes what it was given, and remembers what came of it."""

    name = "scripted"

    def __init__(self, *proposals: object) -> None:
        self.proposals = proposals
        self.outcomes: list[object] = []

    def plan(self, question: Question, view: View) -> Planning:
        for proposal in self.proposals:
            self.outcomes.append((yield proposal))  # type: ignore[misc]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(workdir=tmp_path / "work")
    yield made
    made.close()


@pytest.fixture
def session(engine: Engine, tmp_path: Path) -> Session:
    opened = engine.open()
    opened.add(file(tmp_path, "sales.csv", SALES))
    return opened


def file(folder: Path, name: str, text: str) -> Source:
    path = folder / name
    path.write_text(text)
    return Source(path=path, name=name, origin=str(path))


def plan(sql: str = BY_REGION) -> Plan:
    steps = (SqlStep(name="answer", sql=sql), AnswerStep(table="answer"))
    return Plan(question="total by region", planner="scripted", steps=steps)


def ran(session: Session, given: Plan | Scripted, query_id: str = "q1") -> list[events.Event]:
    if isinstance(given, Plan):
        return list(session.run(given, query_id=query_id, cancel=Cancel()))
    asked = session.ask(Question("?"), planner=given, query_id=query_id, cancel=Cancel())
    return list(asked)


def answered(session: Session, given: Plan | Scripted, query_id: str = "q1") -> ResultFacts:
    end = ran(session, given, query_id)[-1]
    assert isinstance(end, events.QueryResult), end
    return end.payload


def test_a_plan_is_answered_with_its_rows(session: Session) -> None:
    facts = answered(session, plan())
    assert facts.status == "answered"
    assert [column.name for column in facts.columns] == ["region", "total"]
    assert facts.preview == (("North", 15), ("South", 20))
    assert facts.plan
    assert set(facts.plan.tables) == {"sales"}


def test_events_tell_the_story_in_order_and_end_once(session: Session) -> None:
    told = ran(session, plan())
    kinds = [event.type for event in told]
    assert kinds[:2] == ["status", "status"]
    assert kinds.index("step") < kinds.index("rows") < kinds.index("plan") < len(kinds) - 1
    assert sum(isinstance(event, events.LAST) for event in told) == 1
    assert [event.seq for event in told] == list(range(1, len(told) + 1))


def test_a_refused_step_goes_back_to_the_planner(session: Session) -> None:
    bad = SqlStep(name="bad", sql="drop table sales")
    planner = Scripted(bad, *plan().steps)
    facts = answered(session, planner)
    assert isinstance(planner.outcomes[0], Refused)
    assert facts.preview == (("North", 15), ("South", 20))
    assert [step.name for step in facts.steps] == ["answer"]


def test_a_planner_that_gives_up_after_a_refusal_fails_with_it(session: Session) -> None:
    end = ran(session, Scripted(SqlStep(name="bad", sql="drop table sales")))[-1]
    assert isinstance(end, events.Failed)
    assert end.code == "plan_rejected"


def test_a_planner_that_breaks_is_a_clear_error_without_its_words(session: Session) -> None:
    class Broken(Scripted):
        def plan(self, question: Question, view: View) -> Planning:
            raise KeyError("secret path")
            yield

    end = ran(session, Broken())[-1]
    assert isinstance(end, events.Failed)
    assert end.code == "internal"
    assert "secret" not in end.model_dump_json()


def test_a_reasoned_no_is_an_answer(session: Session) -> None:
    facts = answered(session, Scripted(Missing(message="There is no profit here.")))
    assert facts.status == "cannot_answer"
    assert facts.explanation == "There is no profit here."


def test_the_answer_has_the_asked_shape(session: Session) -> None:
    shaped = AnswerStep.model_validate(
        {"table": "answer", "columns": [{"column": "total", "label": "Sum"}]}
    )
    facts = answered(session, Scripted(plan().steps[0], shaped))
    assert [column.name for column in facts.columns] == ["Sum"]
    assert facts.preview == ((15,), (20,))


def test_pages_sort_and_filter(session: Session) -> None:
    facts = answered(session, plan())
    page = session.page(facts.id, 0, 1, ["-total"])
    assert page.rows == (("South", 20),)
    assert page.total == 2
    assert page.has_more


def test_a_result_becomes_a_table_and_undo_takes_it_back(session: Session) -> None:
    facts = answered(session, plan())
    table = session.save_as(facts.id, "by region")
    assert table.name == "by_region"
    again = answered(session, plan("select sum(total) as total from by_region"), "q2")
    assert again.value == 35
    assert session.undo() == "added by_region"
    assert [table.name for table in session.tables()] == ["sales"]


def test_undo_brings_back_what_was_removed(session: Session) -> None:
    session.remove("sales")
    assert session.tables() == ()
    assert session.undo() == "removed sales"
    assert answered(session, plan()).row_count == 2


def test_a_renamed_table_answers_under_its_new_name(session: Session) -> None:
    assert session.rename("sales", "revenue").name == "revenue"
    facts = answered(session, plan(BY_REGION.replace("from sales", "from revenue")))
    assert facts.row_count == 2


def test_a_file_uploaded_again_replaces_its_table(session: Session, tmp_path: Path) -> None:
    before = session.tables()[0]
    session.add(file(tmp_path, "sales.csv", SALES + "West,7\n"))
    (after,) = session.tables()
    assert (before.rows, after.rows) == (3, 4)
    assert before.fingerprint != after.fingerprint


def test_joins_are_found_with_tables_that_came_after_others_were(
    session: Session, tmp_path: Path
) -> None:
    session.add(file(tmp_path, "regions.csv", "region,manager\nNorth,Ann\nSouth,Bob\n"))
    assert [link.right_table for link in session.links()] == ["regions"]
    session.add(file(tmp_path, "managers.csv", "manager,age\nAnn,40\nBob,50\n"))
    assert {link.right_table for link in session.links()} == {"regions", "managers"}


def test_a_bad_file_leaves_the_others_untouched(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        session.add(file(tmp_path, "empty.csv", ""))
    assert answered(session, plan()).row_count == 2


def test_replay_gives_the_same_answer_without_a_planner(session: Session) -> None:
    facts = answered(session, plan())
    again, report = session.replay(facts.id, query_id="again", cancel=Cancel())
    assert report.same
    assert again.preview == facts.preview
    assert len(session.history()) == 1


def test_replay_on_changed_data_says_what_changed(session: Session, tmp_path: Path) -> None:
    facts = answered(session, plan())
    session.add(file(tmp_path, "sales.csv", SALES.replace("20", "21")))
    _, report = session.replay(facts.id, query_id="again", cancel=Cancel())
    assert not report.same
    assert report.changed_tables == ("sales",)
    assert report.differences == ("total: 21 instead of 20 in row 2",)


def test_a_named_session_comes_back_as_it_was_left(tmp_path: Path) -> None:
    first = Engine(workdir=tmp_path / "work")
    session = first.open("q3")
    session.add(file(tmp_path, "sales.csv", SALES))
    session.settings = Settings(day_first=True)
    facts = answered(session, plan())
    first.close()

    second = Engine(workdir=tmp_path / "work")
    again = second.open("q3")
    assert [table.name for table in again.tables()] == ["sales"]
    assert again.settings.day_first
    assert again.history()[0].result_id == facts.id
    assert again.page(facts.id, 0, 10).rows == facts.preview
    assert answered(again, plan(), "q2").preview == facts.preview
    second.delete("q3")
    assert second.sessions() == ()
    second.close()


def test_an_unnamed_session_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = Engine(workdir=tmp_path / "work")
    engine.open().add(file(tmp_path, "sales.csv", SALES))
    engine.close()
    assert not [p for p in (tmp_path / "work").rglob("*") if p.is_file()]


def test_a_second_engine_is_told_who_holds_a_session(tmp_path: Path) -> None:
    first, second = Engine(workdir=tmp_path), Engine(workdir=tmp_path)
    first.open("q3")
    with pytest.raises(ConfigError) as caught:
        second.open("q3")
    assert caught.value.code == "session_busy"
    assert second.open("q3", read_only=True).tables() == ()
    second.close()
    first.close()


def test_a_read_only_session_cannot_be_changed(tmp_path: Path) -> None:
    first, second = Engine(workdir=tmp_path / "w"), Engine(workdir=tmp_path / "w")
    first.open("q3").add(file(tmp_path, "sales.csv", SALES))
    looker = second.open("q3", read_only=True)
    with pytest.raises(ConfigError) as caught:
        looker.remove("sales")
    assert caught.value.code == "read_only"
    assert answered(looker, plan()).row_count == 2
    second.close()
    first.close()


def test_stopping_a_question_ends_it_and_the_next_one_works(session: Session) -> None:
    endless = (
        "with recursive r as (select 1 as i union all select i + 1 from r) "
        "select max(i) as m from r, sales"
    )
    cancel = Cancel()
    threading.Timer(0.5, cancel.set).start()
    told = list(session.run(plan(endless), query_id="q1", cancel=cancel))
    assert isinstance(told[-1], events.CancelledEvent)
    assert told[-1].seconds < 2
    assert answered(session, plan(), "q2").row_count == 2


@pytest.mark.parametrize(
    ("text", "code"), [("  ", "empty_question"), ("x" * 100_000, "question_too_long")]
)
def test_what_is_no_question_is_refused(session: Session, text: str, code: str) -> None:
    with pytest.raises(DipError) as caught:
        session.ask(Question(text), query_id="q", cancel=Cancel())
    assert caught.value.code == code


def test_ten_questions_at_once_get_their_own_answers(session: Session) -> None:
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        sql = f"select sum(sales) + {number} as total from sales"
        answers[number] = answered(session, plan(sql), f"q{number}").value

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: 35 + number for number in range(10)}
    assert len(session.history()) == 10


def test_statements_may_use_the_day_of_asking_and_replay_with_the_same(session: Session) -> None:
    session.settings = Settings(today=date(2024, 3, 1))
    facts = answered(session, plan("select current_date as day, $today as same from sales limit 1"))
    assert facts.preview == (("2024-03-01", "2024-03-01"),)
    session.settings = Settings(today=date(2025, 1, 1))
    again, report = session.replay(facts.id, query_id="again", cancel=Cancel())
    assert report.same
    assert again.preview == facts.preview


def test_a_profile_speaks_of_the_columns_a_user_sees(session: Session, tmp_path: Path) -> None:
    session.add(file(tmp_path, "trips.csv", "who,way\nAnn,12 km\nBob,7.5 km\nCy,3 km\n"))
    assert [column.name for column in session.tables()[1].columns] == ["who", "way", "way_number"]
    profile = session.profile("trips").profile
    assert profile
    assert [column.name for column in profile] == ["who", "way"]
    assert profile[0].distinct == 3


def test_whoever_keeps_a_copy_hears_of_every_change(tmp_path: Path) -> None:
    heard: list[tuple[str, bytes]] = []

    def look(name: str) -> None:
        folder = tmp_path / "work" / "sessions" / name
        rows = [path.stem for path in (folder / "results").glob("*.duckdb")]
        heard.append((",".join(rows), (folder / "session.json").read_bytes()))

    engine = Engine(workdir=tmp_path / "work", on_change=look)
    opened = engine.open("q3")
    opened.add(file(tmp_path, "sales.csv", SALES))
    opened.rename("sales", "orders")
    opened.settings = Settings(week_start="sunday")
    opened.undo()
    list(opened.ask(Question("how many rows?"), query_id="r1", cancel=Cancel()))
    engine.close()
    assert [rows for rows, _ in heard] == ["", "", "", "", "r1"]
    assert len({state for _, state in heard}) == 5
