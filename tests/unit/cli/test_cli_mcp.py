"""`dip mcp`: what is wrong is said in one line, before anything is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from dip_sdk.cli import main


@pytest.mark.parametrize(
    ("more", "token", "code", "hint"),
    [
        (["--http", "0.0.0.0:0"], "", 1, "DIP_MCP_TOKEN"),
        (["--http", "127.0.0.1:0"], "short", 1, "random"),
        (["--http", "nowhere"], "", 2, "127.0.0.1:8766"),
        (["--export-to", "not-there"], "", 2, "Make it"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_a_hint(
    more: list[str], token: str, code: int, hint: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "work"))
    monkeypatch.setenv("DIP_MCP_TOKEN", token)
    assert main(["mcp", "sales.csv", *more]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("dip: ")
    assert said.err.count("\n") == 2
    assert hint in said.err
    assert not (tmp_path / "work").exists()


def test_without_files_there_is_nothing_to_serve(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["mcp"])
    assert ended.value.code == 2
    assert "FILE" in capsys.readouterr().err
