"""A question answered by a model: its calls are checked steps, their bounded outcomes go back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.claude_server import ClaudeServer, broken_json, call, calls, says

from dip_sdk.client import Session
from dip_sdk.types import events
from dip_sdk.types.errors import QueryFailed

TOTALS = "SELECT region, SUM(amount) AS total FROM sales GROUP BY region ORDER BY total DESC"
BY_REGION = call("run_sql", name="by_region", title="Total by region", sql=TOTALS)
ANSWER = call("answer", table="by_region", text="South leads with 41, North has 25.")
HARD = "who is the star of the show?"
"""A question that the rules cannot answer."""


def told(claude: ClaudeServer, request: int = -1) -> list[str]:
    """The texts of the last message of a request: what the model is told of its calls."""
    blocks = claude.requests[request]["messages"][-1]["content"]
    return [block.get("content") or block.get("text") for block in blocks]


def test_calls_become_checked_steps_and_an_answer(session: Session, claude: ClaudeServer) -> None:
    claude.script = [says("First the totals.", BY_REGION), says(ANSWER)]
    answer = session.query("how much was sold where?")
    assert answer.planner == "claude"
    assert answer.page(1).rows == (("South", 41), ("North", 25))
    assert answer.explanation == "South leads with 41, North has 25."
    assert answer.replay()[1].same
    (outcome,) = [json.loads(text) for text in told(claude)]
    assert outcome == {
        "rows": 2,
        "columns": ["region: text", "total: integer"],
        "all_rows": [["South", 41], ["North", 25]],
    }


def test_words_are_heard_as_they_come(session: Session, claude: ClaudeServer) -> None:
    claude.script = [
        says("First the totals of each region, then the answer.", BY_REGION),
        says(ANSWER),
    ]
    with session.stream("how much was sold where?") as stream:
        texts = [event for event in stream if isinstance(event, events.Text)]
    assert len(texts) > 1
    assert texts[-1].snapshot == "First the totals of each region, then the answer."


def test_a_refused_statement_goes_back_with_what_to_do(
    session: Session, claude: ClaudeServer
) -> None:
    wrong = call("run_sql", name="t", sql="SELECT regin FROM sales")
    claude.script = [says(wrong), says(BY_REGION), says(ANSWER)]
    assert session.query("how much?").status == "answered"
    (refusal,) = told(claude, 1)
    assert "region" in refusal
    assert claude.requests[1]["messages"][-1]["content"][0]["is_error"]


def test_several_calls_of_one_reply_are_each_answered(
    session: Session, claude: ClaudeServer
) -> None:
    look = call("look", sql="SELECT product FROM sales WHERE amount IS NULL")
    find = call("find_values", table="sales", column="product", like="pe")
    describe = call("describe_table", table="Sales", columns=["amount"])
    claude.script = [says(look, find, describe), says(BY_REGION), says(ANSWER)]
    answer = session.query("how much?")
    seen, found, described = (json.loads(text) for text in told(claude, 1))
    assert seen["all_rows"] == [["Pad"]]
    assert found["values_with_counts"] == [["Pen", 2]]
    assert described["columns"] == {"amount": {"type": "integer", "from": 5, "to": 41, "nulls": 1}}
    assert [step.name for step in answer.facts.steps] == ["by_region"]


def test_a_look_says_that_there_is_more_than_it_shows(
    session: Session, claude: ClaudeServer
) -> None:
    many = call("look", sql="SELECT a.amount FROM sales a, sales b, sales c")
    few = call("look", sql="SELECT a.amount FROM sales a, sales b")
    claude.script = [says(many, few), says(BY_REGION), says(ANSWER)]
    session.query("how much?")
    cut, whole = (json.loads(text) for text in told(claude, 1))
    assert cut["rows"] == "more than 20"
    assert len(cut["first_rows"]) == 20
    assert (whole["rows"], len(whole["all_rows"])) == (16, 16)


def test_a_named_operation_is_a_step(session: Session, claude: ClaudeServer) -> None:
    wrong = call("statistic", name="s", table="sales", operation={"op": "describe", "of": 1})
    right = call(
        "statistic", name="s", table="sales", operation={"op": "describe", "columns": ["amount"]}
    )
    claude.script = [says(wrong), says(right), calls("answer", table="s")]
    answer = session.query("describe it")
    assert answer.status == "answered"
    assert "columns" in told(claude, 1)[0]
    assert answer.row_count == 1


def test_the_numbers_that_an_operation_tells_may_be_told_again(
    session: Session, claude: ClaudeServer
) -> None:
    test = {"op": "pearson", "column": "x", "other": "y"}
    points = "SELECT i AS x, 2 * i + (i % 3) AS y FROM range(400) t(i)"
    claude.script = [
        says(call("run_sql", name="points", sql=points)),
        says(call("statistic", name="s", table="points", operation=test)),
        calls("answer", table="s", text="They go together (p < 0.001)."),
    ]
    answer = session.query("do they go together?")
    assert answer.explanation == "They go together (p < 0.001)."
    assert len(claude.bodies) == 3


def test_a_chart_is_drawn_of_the_columns_it_names(session: Session, claude: ClaudeServer) -> None:
    wrong = call("chart", table="by_region", mark="pie", x="region", y="sum")
    chart = call("chart", table="by_region", mark="pie", x="region", y="total")
    claude.script = [says(BY_REGION, wrong), says(chart, ANSWER)]
    answer = session.query("a pie of it")
    assert "no column sum" in told(claude, 1)[1]
    assert answer.chart is not None
    assert '"arc"' in json.dumps(answer.chart.spec)


def test_the_shape_of_the_answer_is_the_one_asked_for(
    session: Session, claude: ClaudeServer
) -> None:
    shape: list[dict[str, Any]] = [{"column": "region", "label": "where"}]
    claude.script = [says(BY_REGION), calls("answer", table="by_region", columns=shape)]
    answer = session.query("which regions, best first?")
    assert [column.name for column in answer.columns] == ["where"]
    assert answer.page(1).rows == (("South",), ("North",))


def test_the_statement_of_an_answer_is_that_of_its_table(
    session: Session, claude: ClaudeServer
) -> None:
    first = call("run_sql", name="base", sql="SELECT region, amount FROM sales")
    second = call("run_sql", name="top", sql="SELECT MAX(amount) AS most FROM base")
    later = call("run_sql", name="later", sql="SELECT COUNT(*) AS n FROM sales")
    claude.script = [says(first, second, later), calls("answer", table="top")]
    answer = session.query("how much?")
    assert "max" in answer.sql.casefold()
    assert [step.name for step in answer.facts.steps] == ["base", "top"]
    assert answer.plan is not None
    assert [step.name for step in answer.plan.sql_steps] == ["base", "top"]
    assert answer.replay()[1].same


def test_what_a_model_thought_is_given_back_as_it_came(
    session: Session, claude: ClaudeServer
) -> None:
    thought = says(BY_REGION)
    for number, (kind, body) in enumerate(thought.events):
        if "index" in body:
            thought.events[number] = (kind, {**body, "index": 1})
    block = {"type": "thinking", "thinking": "", "signature": ""}
    deltas = [
        {"type": "thinking_delta", "thinking": "Let me "},
        {"type": "thinking_delta", "thinking": "think."},
        {"type": "signature_delta", "signature": "signed"},
    ]
    thought.events[1:1] = [
        ("content_block_start", {"index": 0, "content_block": block}),
        *(("content_block_delta", {"index": 0, "delta": delta}) for delta in deltas),
        ("content_block_stop", {"index": 0}),
    ]
    claude.script = [thought, says(ANSWER)]
    answer = session.query("how much was sold where?")
    heard = claude.requests[1]["messages"][1]["content"]
    assert heard[0] == {"type": "thinking", "thinking": "Let me think.", "signature": "signed"}
    assert heard[1]["type"] == "tool_use"
    assert "think" not in answer.explanation


def test_a_number_that_no_step_computed_is_sent_back_once(
    session: Session, claude: ClaudeServer
) -> None:
    wrong = call("answer", table="by_region", text="Together they have 66.")
    claude.script = [says(BY_REGION), says(wrong), says(wrong)]
    answer = session.query("how much?")
    assert "66" in told(claude, 2)[0]
    assert [c.code for c in answer.checks if c.code == "ungrounded_number"]


def test_a_question_back_shows_the_numbers_of_each_reading(
    session: Session, claude: ClaudeServer
) -> None:
    ways = [
        {"label": "all rows", "sql": "SELECT COUNT(*) AS n FROM sales"},
        {"label": "with an amount", "sql": "SELECT COUNT(amount) AS n FROM sales"},
    ]
    broken = [*ways[:1], {"label": "none", "sql": "SELECT x FROM nowhere"}]
    claude.script = [
        calls("ask_user", question="Which?", options=broken),
        calls("ask_user", question="Which?", options=ways),
    ]
    asked = session.query("how many?")
    assert "'none'" in told(claude, 1)[0]
    assert asked.status == "clarify"
    assert asked.clarification is not None
    assert [(o.label, o.preview) for o in asked.clarification.options] == [
        ("all rows", "4"),
        ("with an amount", "3"),
    ]
    assert session.choose(asked, 1).value == 3


def test_what_the_data_do_not_hold_is_said(session: Session, claude: ClaudeServer) -> None:
    more = ["What is the total amount by region?", "What is the total margin?", "What is next?"]
    claude.script = [
        calls("cannot_answer", message="There are no costs.", unknown=["cost"], suggestions=more)
    ]
    answer = session.query("what was the cost?")
    assert (answer.status, answer.explanation) == ("cannot_answer", "There are no costs.")
    assert answer.suggestions == ("What is the total amount by region?",)


def test_what_is_offered_next_speaks_of_these_data(session: Session, claude: ClaudeServer) -> None:
    offered = ["How do the products differ?", "What is the `profit` of each product?"]
    claude.script = [
        says(BY_REGION),
        calls("answer", table="by_region", suggestions=offered),
    ]
    assert session.query("how much was sold where?").suggestions == (offered[0],)


def test_bound_values_stay_bound(session: Session, claude: ClaudeServer) -> None:
    sql = "SELECT SUM(amount) AS total FROM sales WHERE region = $where"
    claude.script = [calls("run_sql", name="t", sql=sql), calls("answer", table="t")]
    assert session.query("total of {where}", {"where": "North"}).value == 25


@pytest.mark.parametrize(
    ("nonsense", "words"),
    [
        (calls("delete_everything", table="sales"), "no tool 'delete_everything'"),
        (broken_json("run_sql", '{"name": "t", "sql": "SELECT 1'), "no complete JSON"),
        (broken_json("run_sql", "[1, 2]"), "no complete JSON"),
        (calls("run_sql", name="t", query="SELECT 1"), "sql: Field required"),
        (calls("run_sql", name="DROP TABLE", sql="SELECT 1"), "name: String should match"),
        (calls("answer", table="sales"), "No step made a table 'sales'"),
        (calls("statistic", name="s", table="sales", operation={"op": "magic"}), "no such"),
        (says("It is 42."), "Call a tool"),
        (says(), "Call a tool"),
        (broken_json("run_sql", '{"name": "t', stop="max_tokens"), "cut off"),
    ],
)
def test_nonsense_goes_back_with_what_to_do(
    session: Session, claude: ClaudeServer, nonsense: Any, words: str
) -> None:
    claude.script = [nonsense, says(BY_REGION), says(ANSWER)]
    assert session.query("how much was sold where?").status == "answered"
    assert words in " ".join(told(claude, 1))


@pytest.mark.parametrize(
    "again", [says("Hello."), says(BY_REGION), calls("no_such_tool"), broken_json("answer", "{")]
)
def test_a_model_that_goes_in_circles_is_given_up(
    session: Session, claude: ClaudeServer, again: Any
) -> None:
    claude.always = again
    with pytest.raises(QueryFailed) as caught:
        session.query(HARD)
    assert caught.value.code == "model_confused"
    assert len(claude.bodies) < 10


def test_a_model_that_never_ends_is_stopped_after_some_turns(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    def another(request: dict[str, Any]) -> Any:
        number = len(request["messages"])
        return calls("run_sql", name=f"t{number}", sql=f"SELECT {number} AS n FROM sales")

    claude.always = another
    with pytest.raises(QueryFailed) as caught:
        opened().query(HARD)
    assert caught.value.code == "model_confused"
    assert "Only two more replies" in str(claude.requests[-1]["messages"])


def test_the_prefix_of_a_request_stays_the_same(session: Session, claude: ClaudeServer) -> None:
    claude.script = [says(BY_REGION), says(ANSWER), says(BY_REGION), says(ANSWER)]
    session.query("how much was sold where?")
    session.query("and which is the best, by far?")
    stable = [
        json.dumps([r["tools"], r["system"], r["messages"][0]["content"][0]])
        for r in claude.requests
    ]
    assert len(set(stable)) == 1
    assert all(json.dumps(r).count('"cache_control"') == 3 for r in claude.requests)


def test_a_follow_up_is_shown_what_was_asked_before(session: Session, claude: ClaudeServer) -> None:
    claude.script = [says(BY_REGION), says(ANSWER), says(BY_REGION), says(ANSWER)]
    session.query("how much was sold where?")
    session.query("and by far?")
    (asked,) = [b["text"] for b in claude.requests[2]["messages"][0]["content"][1:]]
    assert "how much was sold where?" in asked
    assert "GROUP BY" in asked
