"""Every byte that leaves is in the ledger with its cost; budgets hold; plans are kept."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.claude_server import ClaudeServer, calls, fails, says

import dip_sdk as dip
from dip_sdk.client import Session
from dip_sdk.engine.budget import PRICES, Budget, cost, price_of
from dip_sdk.engine.planner.settings import DEFAULT_MODEL
from dip_sdk.types.errors import BudgetExceeded, ConfigError
from dip_sdk.types.result import Usage

HARD = "who is the star of the show?"
EASY = "total amount by region"
STEP = calls("run_sql", name="t", sql="SELECT COUNT(*) AS n FROM sales")
END = calls("answer", table="t")


def test_the_ledger_is_what_the_server_received_byte_for_byte(
    session: Session, claude: ClaudeServer
) -> None:
    claude.script = [fails(529, "overloaded_error"), STEP, END]
    answer = session.query("wie viele Größen 大小 gibt es?")
    assert [sent.body.encode() for sent in answer.sent] == claude.bodies
    assert {sent.to for sent in answer.sent} == {f"{claude.url}/v1/messages"}
    assert "test-key" not in str(answer.sent)


def test_a_key_in_the_address_is_not_written_down(
    session: Session, claude: ClaudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = claude.url.removeprefix("http://")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://user:secret@{host}")
    claude.script = [STEP, END]
    assert "secret" not in str(session.query(HARD).sent)


def test_the_cost_counts_fresh_written_and_read_tokens(
    session: Session, claude: ClaudeServer
) -> None:
    claude.script = [STEP, END]
    usage = session.query(HARD).usage
    assert (usage.calls, usage.tokens_in, usage.tokens_out) == (2, 2 * 1110, 2 * 20)
    price = PRICES[DEFAULT_MODEL]
    each = (100 + 12.5 + 100) * price.tokens_in + 20 * price.tokens_out
    assert usage.money == pytest.approx(2 * each / 1e6)


def test_the_model_asked_is_the_one_that_was_named(
    opened: Callable[..., Session], claude: ClaudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude.script = [STEP, END, STEP, END]
    opened(cache=False).query(HARD)
    monkeypatch.setenv("DIP_MODEL", "claude-opus-5-5")
    opened(cache=False).query(HARD)
    models = [request["model"] for request in claude.requests]
    assert models == [DEFAULT_MODEL, DEFAULT_MODEL, "claude-opus-5-5", "claude-opus-5-5"]


def test_an_unknown_price_is_told_and_counted_as_nothing(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    claude.script = [STEP, END]
    answer = opened(model="my-own").query(HARD)
    assert answer.usage.money == 0
    assert answer.usage.tokens_in > 0
    assert any(check.code == "price_unknown" for check in answer.checks)


def test_a_budget_of_money_cannot_hold_without_a_price(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    with pytest.raises(ConfigError) as caught:
        opened(model="my-own", budget=1.0).query(HARD)
    assert caught.value.code == "price_unknown"
    assert claude.bodies == []


@pytest.mark.parametrize("budget", [0, 0.0001])
def test_no_call_is_made_that_a_budget_does_not_allow(
    opened: Callable[..., Session], claude: ClaudeServer, budget: float
) -> None:
    session = opened(budget=budget)
    with pytest.raises(BudgetExceeded):
        session.query(HARD)
    assert session.query(EASY).planner == "rules"
    assert claude.bodies == []


def test_a_budget_holds_over_the_calls_of_a_question(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    dear = says(*STEP_BLOCKS, usage=20_000)
    claude.script = [dear]
    with pytest.raises(BudgetExceeded):
        opened(budget=0.05).query(HARD)
    (request,) = claude.requests
    price = PRICES[DEFAULT_MODEL]
    assert request["max_tokens"] * price.tokens_out / 1e6 < 0.05


STEP_BLOCKS = [
    {"type": "tool_use", "name": "look", "input": {"sql": "SELECT amount FROM sales"}},
]


def test_a_budget_counts_calls_and_tokens() -> None:
    budget = Budget(calls=2, tokens=10_000)
    assert budget.allow("m", Usage(calls=1, tokens_in=3_000), 5_000) == 5_000
    with pytest.raises(BudgetExceeded, match="2 calls"):
        budget.allow("m", Usage(calls=2), 10)
    with pytest.raises(BudgetExceeded, match="10,000 tokens"):
        budget.allow("m", Usage(calls=1, tokens_in=9_500), 10)


def test_a_dated_model_costs_what_its_name_costs() -> None:
    assert price_of("claude-haiku-4-5-20251001") == PRICES["claude-haiku-4-5"]
    assert price_of("claude-unheard-of") is None
    assert cost(None, 1, 1, 1, 1) == 0


def test_the_same_question_on_the_same_data_needs_no_call(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    claude.script = [STEP, END]
    first = opened().query(HARD)
    again = opened().query(HARD)
    assert (first.value, first.usage.calls) == (4, 2)
    assert (again.value, again.usage.calls, again.sent) == (4, 0, ())
    assert again.planner == "claude"
    assert any(check.code == "plan_kept" for check in again.checks)
    assert len(claude.bodies) == 2


def test_another_model_mode_day_or_value_is_another_question(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    claude.script = [STEP, END] * 6
    opened().query(HARD)
    opened(model="claude-opus-5-5").query(HARD)
    opened(privacy="schema").query(HARD)
    session = opened()
    session.query(HARD, {"x": 1})
    session.configure(today="2020-01-01")
    session.query(HARD)
    opened(cache=False).query(HARD)
    assert len(claude.bodies) == 12


def test_changed_data_are_asked_about_anew(
    opened: Callable[..., Session], claude: ClaudeServer, tmp_path: Path
) -> None:
    claude.script = [STEP, END] * 2
    opened().query(HARD)
    session = opened()
    (tmp_path / "sales.csv").write_text("region,product,amount\nNorth,Pen,1\n")
    session.upload(tmp_path / "sales.csv")
    assert session.query(HARD).value == 1
    assert len(claude.bodies) == 4


def test_a_kept_plan_that_no_longer_runs_is_asked_for_again(
    opened: Callable[..., Session], claude: ClaudeServer, tmp_path: Path
) -> None:
    claude.script = [STEP, END] * 2
    opened().query(HARD)
    (kept,) = (tmp_path / "work" / "plans").glob("*.json")
    kept.write_text(kept.read_text().replace("sales", "nowhere"))
    assert opened().query(HARD).value == 4
    kept.write_text("{}")
    assert len(claude.bodies) == 4


def test_sure_rules_send_nothing_and_cost_nothing(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    answer = opened(planner="auto").query(EASY)
    assert answer.planner == "rules"
    assert answer.usage == Usage()
    assert claude.bodies == []


def test_auto_asks_the_model_what_the_rules_cannot_account_for(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    claude.script = [STEP, END]
    answer = opened(planner="auto").query(HARD)
    assert (answer.planner, answer.value) == ("claude", 4)


def test_auto_without_a_key_is_the_rules(
    opened: Callable[..., Session], claude: ClaudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    answer = opened(planner="auto").query(HARD)
    assert (answer.status, answer.planner) == ("cannot_answer", "rules")


def test_auto_tells_why_the_model_could_not_be_asked(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    claude.always = fails(401, "authentication_error")
    with pytest.raises(ConfigError):
        opened(planner="auto").query(HARD)


def test_a_sure_answer_imports_no_library_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("region,amount\nNorth,20\n")
    code = (
        "import sys, dip_sdk as dip\n"
        f"with dip.Client(workdir={str(tmp_path / 'w')!r}) as client:\n"
        f"    client.upload({str(tmp_path / 'sales.csv')!r})\n"
        "    print(client.query('total amount by region').planner)\n"
        "assert 'anthropic' not in sys.modules and 'httpx2' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "rules"


def test_a_question_can_name_its_planner(
    opened: Callable[..., Session], claude: ClaudeServer
) -> None:
    claude.script = [STEP, END]
    session = opened(planner="rules", model="claude-opus-5-5")
    assert session.query(EASY, planner="claude").planner == "claude"
    assert claude.requests[0]["model"] == "claude-opus-5-5"


def test_a_client_without_a_planner_of_that_name_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no planner"):
        dip.Client(workdir=tmp_path, planner="oracle")
