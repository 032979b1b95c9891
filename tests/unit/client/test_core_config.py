"""Settings of a client: arguments, then the environment, then defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from dip_sdk.client.core.config import Config, configured
from dip_sdk.types.errors import ConfigError

NOTHING = {
    "url": None,
    "token": None,
    "planner": None,
    "model": None,
    "privacy": "results",
    "budget": None,
    "workdir": None,
    "timeout": 60.0,
    "max_retries": 2,
}


def settled(environ=None, **given):
    return configured(**{**NOTHING, **given}, environ=environ or {})


def test_nothing_given_is_the_standard():
    assert settled() == Config()


def test_the_environment_fills_in():
    environ = {
        "DIP_PLANNER": "rules",
        "DIP_MODEL": "m",
        "DIP_WORKDIR": "/data/dip",
        "DIP_TOKEN": "t",
    }
    config = settled(environ)
    assert (config.planner, config.model, config.token) == ("rules", "m", "t")
    assert config.workdir == Path("/data/dip")


def test_an_argument_beats_the_environment():
    assert settled({"DIP_PLANNER": "claude"}, planner="rules").planner == "rules"


def test_an_empty_variable_is_no_setting():
    assert settled({"DIP_URL": "", "DIP_PLANNER": ""}) == Config()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "dip.example.com"}, "is no address of a backend"),
        ({"url": "http://dip.example.com"}, "in the clear"),
        ({"planner": "magic"}, "no planner 'magic'"),
        ({"privacy": "all"}, "no privacy 'all'"),
        ({"timeout": 0}, "timeout=0"),
        ({"max_retries": -1}, "max_retries=-1"),
        ({"budget": -1}, "budget=-1"),
    ],
)
def test_what_cannot_be_used_is_named(given, words):
    with pytest.raises(ConfigError, match=words) as error:
        settled(**given)
    assert error.value.hint


def test_a_backend_comes_from_the_environment():
    given = {"DIP_URL": "https://dip.example.com", "DIP_TOKEN": "dip_x", "DIP_STREAMS": "sse"}
    assert settled(given) == Config(url="https://dip.example.com", token="dip_x", sockets=False)


def test_a_token_goes_in_the_clear_only_where_that_was_said():
    given = {"DIP_URL": "http://dip:8000", "DIP_INSECURE": "1"}
    assert settled(given).url == "http://dip:8000"
    assert settled({"DIP_URL": "http://127.0.0.1:8000"}).url
