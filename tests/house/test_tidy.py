"""Nothing of a machine, of a registry or of a secret stands in the project's own files."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

NOT_HERE = {
    "a path of a machine": re.compile(r"(?<![\w.])/(?:work|root|home|Users)/[a-z]"),
    "a host of a registry": re.compile(r"(?:pythonhosted|pypi|npmjs|deb\.debian)\.org"),
    "a key": re.compile(r"sk-ant-[a-zA-Z0-9]{8}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY"),
    "an unfinished part": re.compile(r"\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError"),
}  # fmt: skip
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".json", ".sql", ".txt", ".cfg", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in listed.stdout.splitlines())
    own = Path(__file__)
    return [path for path in paths if path.suffix in TEXT and path.is_file() and path != own]


@pytest.mark.parametrize("what", NOT_HERE)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if NOT_HERE[what].search(line)
    ]
    assert not found, f"{what}: {found[:10]}"


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "src").rglob("*.py")
        if path.read_text(encoding="utf-8").strip()
        and not path.read_text(encoding="utf-8").lstrip().startswith(('"""', "# Generated"))
    ]
    assert not silent
