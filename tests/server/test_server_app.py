"""What every answer of the server has, and how it begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.app import application
from dip_sdk.server.settings import ServerSettings, settings
from dip_sdk.types.errors import ConfigError, DataError

LONG = "k" * 40


def test_it_says_that_it_lives_and_that_it_can_work(http: TestClient) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    told = {
        "ready": True, "stopping": False, "missing": [], "degraded": [], "processes": 1,
        "workers": 0,
    }  # fmt: skip
    assert http.get("/readyz").json() == told
    assert http.get("/api/v1/limits").json()["upload_mb"] == 500


def test_every_answer_has_a_number_and_is_guarded(http: TestClient) -> None:
    for path in ("/healthz", "/api/v1/auth/me", "/nowhere"):
        answer = http.get(path)
        assert len(answer.headers["x-request-id"]) == 32
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_what_is_not_there_is_a_problem_too(http: TestClient) -> None:
    answer = http.get("/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert http.put("/healthz").json()["code"] == "method_not_allowed"


def test_another_host_is_not_answered(http: TestClient) -> None:
    assert http.get("/healthz", headers={"Host": "evil.example.com"}).status_code == 400


def test_a_body_that_is_too_large_is_refused(http: TestClient) -> None:
    answer = http.post("/api/v1/auth/login", content=b"x" * (2 << 20))
    assert answer.status_code == 413


def test_an_error_of_ours_keeps_its_class_and_an_unforeseen_one_says_nothing(
    chosen: ServerSettings,
) -> None:
    app = application(chosen)

    @app.get("/ours")
    async def ours() -> None:
        raise DataError("It cannot be read.", hint="Save it again.", file="a.csv", line=3)

    @app.get("/unforeseen")
    async def unforeseen() -> None:
        raise RuntimeError("/secret/place and a password")

    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as http:
        told = http.get("/ours").json()
        assert (told["status"], told["code"], told["hint"]) == (422, "data", "Save it again.")
        assert told["error"]["line"] == 3
        answer = http.get("/unforeseen")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "secret" not in answer.text


def test_the_embedded_profile_makes_a_key_that_only_its_user_reads(tmp_path: Path) -> None:
    given = {"DIP_SERVER_FOLDER": str(tmp_path / "server")}
    first, second = settings(given), settings(given)
    assert first.secret == second.secret
    assert first.embedded
    assert (tmp_path / "server" / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"DIP_DATABASE_URL": "postgresql+asyncpg://x"}, "DIP_SECRET is not set"),
        ({"DIP_SECRET": "short"}, "shorter than 32 bytes"),
        ({"DIP_SECRET": LONG, "DIP_UPLOAD_MB": "many"}, "DIP_UPLOAD_MB"),
        ({"DIP_SECRET": LONG, "DIP_REGISTRATION": "maybe"}, "DIP_REGISTRATION"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        settings({"DIP_SERVER_FOLDER": str(tmp_path)} | given)


def test_a_server_with_a_database_lets_nobody_register_unless_told(tmp_path: Path) -> None:
    given = {"DIP_DATABASE_URL": "postgresql+asyncpg://x", "DIP_SECRET": LONG}
    assert settings(given).registration == "closed"
    assert settings(given | {"DIP_REGISTRATION": "open"}).registration == "open"
