"""What runs on the project's host: every file is read, bounded, and given no more than it needs."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


def read(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_ends(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_only_what_is_published_gets_an_identity() -> None:
    jobs = read(ROOT / ".github/workflows/release.yml")["jobs"]
    trusted = [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})]
    assert trusted == ["publish"]
    assert jobs["publish"]["needs"] == "try"
    assert jobs["try"]["needs"] == "build"


def test_the_tag_is_compared_with_the_version_where_it_stands() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert version["tool"]["hatch"]["version"]["path"] == "src/dip_sdk/_version.py"
    said = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    assert "src/dip_sdk/_version.py" in said
    assert "__version__ = " in (ROOT / "src/dip_sdk/_version.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", [form for form in FORMS if form.stem != "config"], ids=lambda path: path.stem
)
def test_a_form_asks_for_something(path: Path) -> None:
    form = read(path)
    assert form["name"]
    assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_every_kind_of_dependency_is_kept_fresh() -> None:
    kinds = {
        entry["package-ecosystem"] for entry in read(ROOT / ".github/dependabot.yml")["updates"]
    }
    assert kinds == {"pip", "npm", "github-actions", "docker"}
