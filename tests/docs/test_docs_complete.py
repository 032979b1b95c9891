"""Nothing that a user can name is missing from the documentation, and the site builds strictly."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dip_sdk
from dip_sdk.client import QueryStream, Result, Session

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = ROOT / "src/dip_sdk"
MEMBER = [
    (owner, name)
    for owner in (dip_sdk.Client, Session, Result, QueryStream)
    for name, value in inspect.getmembers(owner)
    if not name.startswith("_") and not isinstance(value, type)
]


def pages() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does; a warning fails."""
    built = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", built],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return built


def test_every_public_name_is_told() -> None:
    told = (DOCS / "reference/python.md").read_text(encoding="utf-8")
    for name in dip_sdk.__all__:
        assert re.search(rf"\b{name}\b", told), name


@pytest.mark.parametrize(
    ("owner", "name"), MEMBER, ids=[f"{owner.__name__}.{name}" for owner, name in MEMBER]
)
def test_every_member_says_what_it_does(owner: type, name: str) -> None:
    value = inspect.getattr_static(owner, name)
    obvious = isinstance(value, property) and len(name) <= len("explanation")
    assert obvious or inspect.getdoc(getattr(owner, name)), f"{owner.__name__}.{name}"


def test_every_setting_in_the_code_is_told() -> None:
    told = (DOCS / "reference/settings.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    for name in sorted(set(re.findall(r'"(DIP_[A-Z_]+)"', code))):
        assert f"`{name}`" in told, name


def test_every_error_code_in_the_code_is_told() -> None:
    told = (DOCS / "reference/errors.md").read_text(encoding="utf-8")
    for name in dip_sdk.errors.CLASSES.values():
        assert f"`{name.default_code}`" in told


def test_every_guide_can_be_reached() -> None:
    shown = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        assert page.relative_to(DOCS).as_posix() in shown, page.name
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"notebooks/{notebook.name}" in shown


def test_pictures_of_the_documentation_are_there_in_both_themes() -> None:
    for picture in re.findall(r"images/([a-z]+)-(?:light|dark)\.png", pages()):
        for theme in ("light", "dark"):
            assert (DOCS / f"images/{picture}-{theme}.png").exists()


def test_the_site_asks_nothing_of_the_network(site: Path) -> None:
    assert (site / "tutorial/index.html").exists()
    fetched = re.compile(
        r"""<(?:script|img|iframe)[^>]*\ssrc=["']?https?:|<link[^>]*rel=["']?(?:stylesheet|preconnect)
        ["']?[^>]*https?:|@import\s+url\(["']?https?:""",
        re.VERBOSE,
    )
    for path in site.rglob("*.html"):
        assert not fetched.findall(path.read_text(encoding="utf-8")), path.name
