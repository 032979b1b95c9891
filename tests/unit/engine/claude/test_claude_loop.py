"""A question answered by a model: its calls are checked steps, their bounded outcomes go back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import dip_sdk as dip
from dip_sdk.client import Session

from ....claude_server import ClaudeServer, call, says

SALES = "region,product,amount\nNorth,Pen,20\nNorth,Ink,5\nSouth,Pen,41\nSouth,Pad,\n"
BY_REGION = call(
    "run_sql",
    name="by_region",
    title="Total by region",
    sql="SELECT region, SUM(amount) AS total FROM sales GROUP BY region ORDER BY total DESC",
)
ANSWER = call("answer", table="by_region", text="South leads with 41, North has 25.")


@pytest.fixture
def session(tmp_path: Path, claude: ClaudeServer) -> Iterator[Session]:
    (tmp_path / "sales.csv").write_text(SALES)
    with dip.Client(workdir=tmp_path / "work", planner="claude") as client:
        session = client.session()
        session.upload(tmp_path / "sales.csv")
        yield session


def test_calls_become_checked_steps_and_an_answer(session: Session, claude: ClaudeServer) -> None:
    claude.script = [says("First the totals.", BY_REGION), says(ANSWER)]
    answer = session.query("how much was sold where?")
    assert answer.planner == "claude"
    assert answer.page(1).rows == (("South", 41), ("North", 25))
    assert answer.explanation == "South leads with 41, North has 25."
    assert answer.replay()[1].same
    assert len(claude.bodies) == 2
