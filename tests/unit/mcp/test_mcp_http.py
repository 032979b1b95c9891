"""Who may listen where, and with what token: settled before anything is served."""

from __future__ import annotations

import pytest

from dip_sdk.mcp.http import LOOPBACK, allowed, door
from dip_sdk.types.errors import ConfigError

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("127.0.0.1:8766", "127.0.0.1", 8766),
        ("localhost:0", "localhost", 0),
        ("[::1]:80", "::1", 80),
        (":8766", "127.0.0.1", 8766),
        ("8766", "127.0.0.1", 8766),
    ],
)
def test_an_address_without_a_host_is_this_machine(address: str, host: str, port: int) -> None:
    at = door(address, "")
    assert (at.host, at.port) == (host, port)
    assert at.host in LOOPBACK


@pytest.mark.parametrize("address", ["", "localhost", "localhost:http", "localhost:70000", "a:-1"])
def test_what_is_no_address_is_wrong_usage(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        door(address, TOKEN)
    assert refused.value.code == "usage"


@pytest.mark.parametrize("address", ["0.0.0.0:8766", "[::]:8766", "192.0.2.1:8766", "data:8766"])
def test_beyond_this_machine_a_token_is_needed(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        door(address, "")
    assert refused.value.code == "needs_token"
    assert door(address, TOKEN).token == TOKEN


@pytest.mark.parametrize("token", ["short", "ü" * 30, "0123456789abcdef\n0123456789abcdef"])
def test_a_token_that_can_be_guessed_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(ConfigError) as refused:
        door("127.0.0.1:8766", token)
    assert refused.value.code == "weak_token"
    assert token not in str(refused.value)


def test_only_names_of_this_machine_are_answered() -> None:
    known = allowed(door("0.0.0.0:8766", TOKEN, ["Data.example.com"]), 8766)
    assert "data.example.com:8766" in known.allowed_hosts
    assert "[::1]:8766" in known.allowed_hosts
    assert "http://data.example.com:8766" in known.allowed_origins
    assert not any("*" in host for host in known.allowed_hosts)
    assert "null" not in known.allowed_origins
