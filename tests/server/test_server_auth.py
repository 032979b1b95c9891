"""Accounts over HTTP: register, log in, stay, leave; and what is refused."""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.auth import accounts
from dip_sdk.server.settings import ServerSettings

ADA = {"email": "Ada@example.com", "password": "testpass"}
API = "/api/v1/auth"


def registered(http: TestClient, email: str = "ada@example.com") -> dict[str, Any]:
    answer = http.post(f"{API}/register", json={"email": email, "password": "testpass"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def code(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_user_registers_logs_in_and_is_known(http: TestClient) -> None:
    registered(http)
    told = http.post(f"{API}/login", json=ADA).json()
    me = http.get(f"{API}/me", headers=bearer(told["access_token"])).json()
    assert me["email"] == "ada@example.com"
    assert (told["token_type"], told["expires_in"]) == ("bearer", 900)


def test_an_email_has_one_account_in_whatever_case(http: TestClient) -> None:
    registered(http)
    assert code(http.post(f"{API}/register", json=ADA)) == (409, "email_taken")


def test_a_wrong_password_and_an_unknown_account_look_alike(http: TestClient) -> None:
    registered(http)
    wrong = http.post(f"{API}/login", json=ADA | {"password": "wrongpass"})
    unknown = http.post(f"{API}/login", json=ADA | {"email": "ben@example.com"})
    assert code(wrong) == code(unknown) == (401, "wrong_login")
    volatile = {"instance"}
    told = [{k: v for k, v in a.json().items() if k not in volatile} for a in (wrong, unknown)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "ada", "password": "testpass"}, "email"),
        ({"email": "a@b.c", "password": "short"}, "password"),
        ({"email": "a@b.c", "password": "x" * 300}, "password"),
        (ADA | {"is_admin": True}, "is_admin"),
        ({"password": "testpass"}, "email"),
    ],
)
def test_what_is_not_valid_is_named_and_never_repeated(
    http: TestClient, body: dict[str, Any], field: str
) -> None:
    answer = http.post(f"{API}/register", json=body)
    assert code(answer) == (422, "not_valid")
    assert answer.json()["errors"][0]["field"] == field
    assert str(body.get("password")) not in answer.text or field == "email"


def test_ten_wrong_logins_a_minute_are_enough(http: TestClient) -> None:
    registered(http)
    wrong = ADA | {"password": "wrongpass"}
    answers = [http.post(f"{API}/login", json=wrong) for _ in range(11)]
    assert [a.status_code for a in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    other = http.post(f"{API}/login", json={"email": "ben@example.com", "password": "testpass"})
    assert other.status_code == 401


def test_a_refresh_token_is_exchanged_for_the_next(http: TestClient) -> None:
    first = registered(http)
    second = http.post(f"{API}/refresh", json={"refresh_token": first["refresh_token"]}).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert http.get(f"{API}/me", headers=bearer(second["access_token"])).status_code == 200


def test_a_page_that_nobody_is_logged_in_to_is_told_so_without_an_error(http: TestClient) -> None:
    asked = http.post(f"{API}/refresh", json={"resume": True})
    assert (asked.status_code, asked.content) == (204, b"")
    assert http.post(f"{API}/refresh", json={}).status_code == 401
    given = {"email": "ada@example.com", "password": "testpass", "cookie": True}
    http.post(f"{API}/register", json=given)
    assert http.post(f"{API}/refresh", json={"resume": True}).json()["access_token"]


def test_a_refresh_token_used_again_at_once_is_a_lost_answer(http: TestClient) -> None:
    first = registered(http)["refresh_token"]
    with ThreadPoolExecutor(4) as pool:
        refresh = lambda _: http.post(f"{API}/refresh", json={"refresh_token": first})  # noqa: E731
        answers = list(pool.map(refresh, range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4


def test_a_refresh_token_used_again_later_ends_the_whole_login(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = registered(http)["refresh_token"]
    second = http.post(f"{API}/refresh", json={"refresh_token": first}).json()["refresh_token"]
    monkeypatch.setattr(accounts, "GRACE", timedelta(0))
    time.sleep(0.01)
    again = http.post(f"{API}/refresh", json={"refresh_token": first})
    assert code(again) == (401, "unauthorised")
    assert http.post(f"{API}/refresh", json={"refresh_token": second}).status_code == 401


def test_a_page_keeps_its_refresh_token_in_a_cookie_no_script_reads(
    http: TestClient, chosen: ServerSettings
) -> None:
    registered(http)
    answer = http.post(f"{API}/login", json=ADA | {"cookie": True})
    cookie = answer.headers["set-cookie"]
    assert answer.json()["refresh_token"] is None
    for part in ("HttpOnly", "SameSite=strict", f"Path={API}"):
        assert part in cookie
    assert ("Secure" in cookie) is not chosen.embedded
    refreshed = http.post(f"{API}/refresh", json={})
    assert refreshed.status_code == 200
    assert refreshed.json()["refresh_token"] is None
    assert http.post(f"{API}/logout", json={}).status_code == 204
    assert http.post(f"{API}/refresh", json={}).status_code == 401


def test_logging_out_ends_the_login(http: TestClient) -> None:
    told = registered(http)
    given = {"refresh_token": told["refresh_token"]}
    assert http.post(f"{API}/logout", json=given).status_code == 204
    assert http.post(f"{API}/refresh", json=given).status_code == 401


def test_another_password_ends_every_other_login(http: TestClient) -> None:
    told = registered(http)
    change = {"old": "testpass", "new": "otherpass"}
    answer = http.post(f"{API}/password", json=change, headers=bearer(told["access_token"]))
    assert answer.status_code == 200
    assert http.get(f"{API}/me", headers=bearer(told["access_token"])).status_code == 401
    assert http.get(f"{API}/me", headers=bearer(answer.json()["access_token"])).status_code == 200
    given = {"refresh_token": told["refresh_token"]}
    assert http.post(f"{API}/refresh", json=given).status_code == 401
    assert http.post(f"{API}/login", json=ADA).status_code == 401
    assert http.post(f"{API}/login", json=ADA | {"password": "otherpass"}).status_code == 200


def test_an_account_is_deleted_with_its_tokens(http: TestClient) -> None:
    told = registered(http)
    headers = bearer(told["access_token"])
    script = http.post(f"{API}/tokens", json={"name": "ci"}, headers=headers).json()["token"]
    wrong = http.request("DELETE", f"{API}/me", json={"password": "nope"}, headers=headers)
    assert code(wrong) == (403, "wrong_password")
    right = http.request("DELETE", f"{API}/me", json={"password": "testpass"}, headers=headers)
    assert right.status_code == 204
    for token in (told["access_token"], script):
        assert http.get(f"{API}/me", headers=bearer(token)).status_code == 401
    assert http.post(f"{API}/login", json=ADA).status_code == 401


def test_a_token_for_scripts_is_shown_once_and_can_be_taken_back(http: TestClient) -> None:
    headers = bearer(registered(http)["access_token"])
    made = http.post(f"{API}/tokens", json={"name": "ci"}, headers=headers).json()
    assert made["token"].startswith("dip_")
    assert http.get(f"{API}/me", headers=bearer(made["token"])).json()["email"]
    (listed,) = http.get(f"{API}/tokens", headers=headers).json()
    assert listed["token"] is None
    assert listed["ending"] == made["token"][-4:]
    assert listed["last_used_at"]
    place = f"{API}/tokens/{made['id']}"
    assert http.delete(place, headers=headers).status_code == 204
    assert http.get(f"{API}/me", headers=bearer(made["token"])).status_code == 401


def test_a_token_of_somebody_else_is_not_there(http: TestClient) -> None:
    ada = bearer(registered(http)["access_token"])
    ben = bearer(registered(http, "ben@example.com")["access_token"])
    made = http.post(f"{API}/tokens", json={"name": "ci"}, headers=ada).json()
    assert http.get(f"{API}/tokens", headers=ben).json() == []
    assert code(http.delete(f"{API}/tokens/{made['id']}", headers=ben)) == (404, "not_found")
    assert http.get(f"{API}/me", headers=bearer(made["token"])).status_code == 200


Claims = dict[str, Any]
FORGERIES: dict[str, Callable[[Claims], Claims]] = {
    "over": lambda claims: claims | {"exp": int(time.time()) - 60},
    "for another service": lambda claims: claims | {"aud": "other"},
    "by another service": lambda claims: claims | {"iss": "other"},
    "without an end": lambda claims: {k: v for k, v in claims.items() if k != "exp"},
    "without a subject": lambda claims: {k: v for k, v in claims.items() if k != "sub"},
    "of nobody": lambda claims: claims | {"sub": str(uuid.uuid4())},
    "of no user": lambda claims: claims | {"sub": "1 or 1=1"},
    "of an older password": lambda claims: claims | {"ver": 0},
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_signed_token_that_says_something_else_is_refused(
    http: TestClient, chosen: ServerSettings, name: str
) -> None:
    key = chosen.secret.get_secret_value()
    token = registered(http)["access_token"]
    claims = jwt.decode(token, key, algorithms=["HS256"], audience="dip")
    forged = jwt.encode(FORGERIES[name](claims), key, algorithm="HS256")
    assert code(http.get(f"{API}/me", headers=bearer(forged))) == (401, "unauthorised")


def test_a_token_that_we_did_not_sign_is_refused(http: TestClient, chosen: ServerSettings) -> None:
    token = registered(http)["access_token"]
    head, body, _ = token.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    claims = jwt.decode(token, options={"verify_signature": False})
    key = chosen.secret.get_secret_value()
    for forged in (
        f"{none}.{body}.",
        f"{head}.{body}.AAAA",
        jwt.encode(claims, "x" * 48, algorithm="HS256"),
        jwt.encode(claims, key, algorithm="HS512", headers={"kid": "' or 1=1"}),
        "dip_nothing",
        "",
    ):
        assert http.get(f"{API}/me", headers=bearer(forged)).status_code == 401


def test_every_route_but_the_open_ones_needs_somebody(http: TestClient) -> None:
    """A new route is refused without a token unless it is named here."""
    opened = {
        ("POST", f"{API}/register"), ("POST", f"{API}/login"), ("POST", f"{API}/refresh"),
        ("POST", f"{API}/logout"), ("GET", "/healthz"), ("GET", "/readyz"),
        ("GET", "/api/v1/version"), ("GET", "/api/v1/limits"),
    }  # fmt: skip
    routes = http.get("/api/v1/openapi.json").json()["paths"]
    asked = {(verb.upper(), path) for path, verbs in routes.items() for verb in verbs}
    assert opened <= asked
    for verb, path in asked - opened:
        place = re.sub(r"\{\w+\}", str(uuid.uuid4()), path)
        answer = http.request(verb, place, json={})
        assert answer.status_code == 401, (verb, path)
        assert answer.headers["www-authenticate"] == "Bearer"
