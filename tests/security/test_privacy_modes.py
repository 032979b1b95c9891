"""What may leave in each privacy mode: canaries in cells are sought in every request.

The scripted model does what leaks most: it groups by the cells, pivots them into names, provokes
errors that quote them, searches for them, and asks back with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dip_sdk as dip
from dip_sdk.client import Session
from dip_sdk.types.errors import DipError
from tests.claude_server import ClaudeServer, call, says

ROWS = 400
RARE = [f"canary-rare-{number:04d}" for number in range(ROWS)]
COMMON = ["canary-common-a", "canary-common-b"]
HARD = "who is the star of the show?"

CURIOUS = [
    call("look", sql="SELECT * FROM people"),
    call("find_values", table="people", column="name", like="canary"),
    call("find_values", table="people", column="kind", like=""),
    call("describe_table", table="people"),
    call("describe_table", table="people", columns=["name", "kind", "amount", "nothing"]),
    call("run_sql", name="a", sql="SELECT name, kind FROM people ORDER BY name"),
    call("run_sql", name="b", sql="SELECT CAST(name AS INTEGER) AS n FROM people"),
    call("run_sql", name="c", sql="SELECT strptime(name, '%Y') AS n FROM people"),
    call("run_sql", name="d", sql="PIVOT people ON kind USING COUNT(*)"),
    call("run_sql", name="e", sql="SELECT kind, COUNT(*) AS n FROM people GROUP BY kind"),
    call("run_sql", name="f", sql="SELECT nam FROM people"),
    call("run_sql", name="g", sql="SELECT error(name) FROM people"),
    call("run_sql", name="h", sql="SELECT string_agg(name, ' ') AS everybody FROM people"),
    call("statistic", name="s", table="people", operation={"op": "describe", "columns": ["name"]}),
    call("statistic", name="u", table="a", operation={"op": "standardise", "columns": ["kind"]}),
    call("statistic", name="v", table="people", operation={"op": "frequency", "column": "kind"}),
    call("chart", table="e", mark="bar", x="kind", y="m"),
    call(
        "ask_user",
        question="Which?",
        options=[
            {"label": "a", "sql": "SELECT name FROM people"},
            {"label": "b", "sql": "SELECT CAST(kind AS INTEGER) AS x FROM people"},
        ],
    ),
    call("answer", table="e", columns=[{"column": "canary"}]),
]
"""Calls, each a way to see cells."""


def people() -> str:
    lines = [
        f"{name},{COMMON[number % 2]},{number}.5,{number} km" for number, name in enumerate(RARE)
    ]
    return "name,kind,amount,far\n" + "\n".join(lines) + "\n"


@pytest.fixture
def opened(tmp_path: Path, claude: ClaudeServer) -> Iterator[Callable[[str], Session]]:
    path = tmp_path / "people.csv"
    path.write_text(people())
    (tmp_path / "dip.yml").write_text(
        "synonyms: {name: [person], kind.canary-common-a: [first ones]}\n"
        "metrics: {ones: {table: people, sql: count(*) filter (kind = 'canary-common-a')}}\n"
    )
    clients = []

    def open_one(privacy: str) -> Session:
        client = dip.Client(workdir=tmp_path / "w", planner="claude", privacy=privacy, cache=False)
        clients.append(client)
        session = client.session()
        session.upload(path)
        session.profile("people")
        return session

    yield open_one
    for client in clients:
        client.close()


def curious(session: Session, claude: ClaudeServer) -> str:
    """Ask twice, so that there is a history, with a model that wants to see; what was sent."""
    claude.script = [
        says(CURIOUS[9]),
        says(call("answer", table="e", reading={"filters": ["kind is known"]})),
        says(*CURIOUS),
        says(call("answer", table="e", text="The most are of 987654321 kinds.")),
    ]
    claude.always = says(call("answer", table="e"))
    session.query(HARD)
    session.query(HARD)
    session.query("how many people of kind canary?", planner="rules")
    session.query("people with kind canary-common-b", planner="rules")
    claude.script = []
    claude.always = says(call("no_such_tool"))
    with pytest.raises(DipError):
        session.query("and of the stars?")
    assert any(
        "statistic" in body and "is_error" in body for body in map(bytes.decode, claude.bodies)
    )
    return b"\n".join(claude.bodies).decode()


def data_only(sent: str) -> str:
    """What was sent, without the user's own question that names a canary."""
    return sent.replace("people with kind canary-common-b", "").replace("of kind canary", "")


def test_in_schema_mode_no_cell_leaves_in_any_request(
    opened: Callable[[str], Session], claude: ClaudeServer
) -> None:
    sent = data_only(curious(opened("schema"), claude))
    assert not [value for value in (*RARE, *COMMON) if value in sent]
    assert "first ones" not in sent
    assert "person" in sent
    assert "399.5" not in sent
    tools = {tool["name"] for request in claude.requests for tool in request["tools"]}
    assert not tools & {"look", "find_values"}


def test_in_profile_mode_only_what_is_frequent_leaves(
    opened: Callable[[str], Session], claude: ClaudeServer
) -> None:
    sent = data_only(curious(opened("profile"), claude))
    assert not [value for value in RARE if value in sent]
    assert all(value in sent for value in COMMON)
    assert "399.5" in sent
    assert "look" not in {tool["name"] for tool in claude.requests[0]["tools"]}


def test_in_results_mode_only_bounded_rows_leave(
    opened: Callable[[str], Session], claude: ClaudeServer
) -> None:
    curious(opened("results"), claude)
    told = [
        block["content"]
        for request in claude.requests
        for message in request["messages"]
        for block in message["content"]
        if block["type"] == "tool_result"
    ]
    assert max(sum(value in text for value in RARE) for text in told) == 20
    assert max(map(len, told)) < 11_000


@pytest.mark.parametrize("privacy", ["schema", "profile"])
def test_an_answer_without_sight_of_rows_has_no_words_of_the_model(
    opened: Callable[[str], Session], claude: ClaudeServer, privacy: str
) -> None:
    claude.script = [
        says(call("run_sql", name="t", sql="SELECT COUNT(*) AS n FROM people")),
        says(call("answer", table="t", text="There are 12345.", reading={"measure": "people"})),
    ]
    answer = opened(privacy).query(HARD)
    assert "12345" not in answer.explanation
    assert str(answer.value) in answer.explanation


def test_the_cells_of_a_wide_or_long_row_are_cut(claude: ClaudeServer, tmp_path: Path) -> None:
    columns = ",".join(f"c{n}" for n in range(100))
    (tmp_path / "wide.csv").write_text(f"{columns}\n" + ",".join(["x" * 5_000] * 100) + "\n")
    claude.script = [
        says(call("run_sql", name="t", sql="SELECT * FROM wide")),
        says(call("answer", table="t")),
    ]
    with dip.Client(workdir=tmp_path / "w", planner="claude") as client:
        client.upload(tmp_path / "wide.csv")
        client.query(HARD)
    assert max(map(len, claude.bodies)) < 60_000


def test_bound_values_and_the_question_are_the_users_own(
    opened: Callable[[str], Session], claude: ClaudeServer
) -> None:
    claude.script = [says(call("cannot_answer", message="no"))]
    opened("schema").query("who is {x}?", {"x": "my-own-word"})
    (request,) = claude.requests
    assert "my-own-word" in json.dumps(request)
