"""What is written down for a deployment, read by what would run it, or as that would read it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dip_sdk.server.settings import VARIABLES, settings

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
EXAMPLE = (ROOT / "deploy/env.example").read_text(encoding="utf-8")
CADDYFILE = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
OTHERS = {
    "ANTHROPIC_API_KEY",
    "AWS_ACCESS_KEY_ID", "AWS_ALLOW_HTTP", "AWS_ENDPOINT_URL", "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "FORWARDED_ALLOW_IPS",
}  # fmt: skip
"""Settings of libraries: the planner's client, the object store's, uvicorn."""
SECRETS = {"POSTGRES_PASSWORD", "OBJECTS_PASSWORD", "DIP_SECRET", "DIP_METRICS_TOKEN"}
ONCE = {"migrate", "bucket"}
"""Services that do their work and end."""
OURS = {"api-1", "api-2", "migrate"}


def example() -> dict[str, str]:
    lines = (line for line in EXAMPLE.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def filled(text: str, given: dict[str, str]) -> str:
    """The text as compose fills it in."""

    def value(found: re.Match[str]) -> str:
        name, default = found["name"], found["default"] or ""
        return given.get(name) or default.removeprefix("-")

    return re.sub(r"\$\{(?P<name>\w+)(?::(?P<default>[-?][^}]*))?\}", value, text)


def test_nothing_but_the_proxy_is_published() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    for name in ("database", "redis", "objects"):
        assert SERVICES[name]["networks"] == ["back"]


def test_every_service_that_stays_has_a_health_check_and_comes_back() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "\nHEALTHCHECK " in image
    for name, service in SERVICES.items():
        if name in ONCE:
            assert service["restart"].startswith("on-failure"), name
        else:
            assert service["restart"] == "unless-stopped", name
            assert name in OURS or service["healthcheck"]["test"][0] == "CMD", name


def test_the_processes_begin_when_the_schema_and_the_bucket_are_there() -> None:
    for name in ("api-1", "api-2"):
        needs = SERVICES[name]["depends_on"]
        for once in ONCE:
            assert needs[once]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["command"] == ["serve", "--migrate"]
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_what_is_ours_runs_without_rights_and_writes_to_its_volume_only() -> None:
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    kept = {volume.split(":")[0] for s in SERVICES.values() for volume in s.get("volumes", ())}
    assert kept - set(COMPOSE["volumes"]) == {"./deploy/Caddyfile"}


def test_every_variable_it_sets_is_one_that_the_server_knows() -> None:
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= set(VARIABLES) | OTHERS


def test_the_settings_that_the_example_gives_can_be_used() -> None:
    given = example() | dict.fromkeys(SECRETS, "0123456789abcdef" * 4)
    environment = SERVICES["api-1"]["environment"]
    chosen = settings({key: filled(text, given) for key, text in environment.items()})
    assert chosen.database == f"postgresql+asyncpg://dip:{'0123456789abcdef' * 4}@database/dip"
    assert not chosen.embedded
    assert (chosen.migrate, chosen.audit, chosen.registration) == ("off", "on", "closed")
    assert chosen.hosts == ("dip.example.com", "api-1", "api-2", "localhost")
    stop = SERVICES["api-1"]["stop_grace_period"]
    assert int(stop.removesuffix("s")) >= chosen.grace_s + 15, "or it is killed before its end"


def test_the_example_names_what_compose_asks_for_and_holds_no_secret() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", text)) == set(example())
    assert {name for name in SECRETS if example()[name]} == set()
    for name in SECRETS - {"DIP_METRICS_TOKEN"}:
        assert f"${{{name}:?" in text, "compose refuses to start without it"


def test_the_image_is_built_as_its_linter_wants_and_runs_as_nobody_special() -> None:
    linted = subprocess.run(
        [PROGRAMS / "hadolint", "--no-color", ROOT / "Dockerfile"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (linted.returncode, linted.stdout) == (0, "")
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = image.rpartition("\nFROM ")[2]
    assert "\nUSER 10001\n" in last
    assert not re.search(r"(?i)(secret|password|token)\s*=", image)


def test_only_what_the_image_is_built_of_is_sent_to_its_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    assert {name for names in copied for name in names.split()} == let_in


def test_the_proxy_takes_its_file(tmp_path: Path) -> None:
    file = ROOT / "deploy/Caddyfile"
    environment = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    told = subprocess.run(
        [PROGRAMS / "caddy", "validate", "--adapter", "caddyfile", "--config", file],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    formatted = subprocess.run(
        [PROGRAMS / "caddy", "fmt", file], capture_output=True, text=True, check=True
    )
    assert formatted.stdout == CADDYFILE


@pytest.mark.parametrize("name", ["DIP_SITE", "DIP_UPLOAD_MB"])
def test_the_proxy_is_given_what_its_file_asks_for(name: str) -> None:
    assert f"{{${name}:" in CADDYFILE
    assert name in SERVICES["proxy"]["environment"]


def test_the_proxy_asks_the_processes_that_there_are() -> None:
    (named,) = re.findall(r"\{\$DIP_API:([^}]+)\}", CADDYFILE)
    assert [place.split(":")[0] for place in named.split()] == ["api-1", "api-2"]
    assert {place.split(":")[1] for place in named.split()} == {"8765"}
