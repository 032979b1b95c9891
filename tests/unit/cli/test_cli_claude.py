"""`dip ask --planner claude`: the options reach the model, and the answer says what it cost."""

import json
from pathlib import Path

import pytest
from tests.claude_server import ClaudeServer, calls

from dip_sdk.cli import main


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "work"))
    path = tmp_path / "sales.csv"
    path.write_text("region,amount\nNorth,20\nSouth,41\n")
    return path


def test_options_reach_the_model_and_the_cost_is_told(
    sales: Path, claude: ClaudeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    claude.script = [
        calls("run_sql", name="t", sql="SELECT COUNT(*) AS n FROM sales"),
        calls("answer", table="t", reading={"measure": "sales"}),
    ] * 2
    options = ["--planner", "claude", "--model", "claude-opus-5-5", "--privacy", "schema"]
    code = main(["ask", str(sales), "how many?", *options, "--budget", "1", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["value"], answer["planner"]) == (0, 2, "claude")
    assert answer["usage"]["calls"] == len(answer["sent"]) == 2
    assert answer["usage"]["money"] > 0
    assert claude.requests[0]["model"] == "claude-opus-5-5"
    assert "South" not in claude.bodies[1].decode()
    assert main(["ask", str(sales), "how many?", *options, "--json"]) == 0
    assert len(claude.bodies) == 2
    assert main(["ask", str(sales), "how many?", *options, "--no-cache", "--json"]) == 0
    assert len(claude.bodies) == 4


def test_a_key_that_is_missing_is_one_line(
    sales: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert main(["ask", str(sales), "who is the star?", "--planner", "claude"]) == 1
    assert "There is no key for the model." in capsys.readouterr().err
