"""Sessions that a test shares among its users."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

API = "/api/v1"


def invited(owner: TestClient, session: str, email: str) -> dict[str, Any]:
    """An invitation as its owner is shown it."""
    answer = owner.post(f"{API}/sessions/{session}/invitations", json={"email": email})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def shared(owner: TestClient, member: TestClient, session: str, email: str) -> str:
    """The member's id, who may read the session now."""
    token = invited(owner, session, email)["token"]
    answer = member.post(f"{API}/invitations/accept", json={"token": token})
    assert answer.status_code == 200, answer.text
    identity: str = member.get(f"{API}/auth/me").json()["id"]
    return identity
