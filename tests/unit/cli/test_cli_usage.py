"""What `dip` does with its arguments, before and beside any question."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dip_sdk import cli
from dip_sdk._version import __version__
from dip_sdk.cli import console
from dip_sdk.cli.parser import parse
from dip_sdk.cli.reading import read_options
from dip_sdk.cli.sizes import size


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([])
    assert left.value.code == 2
    assert "say what to do" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"dip {__version__}\n"


def test_options_may_stand_between_files_and_question() -> None:
    options = parse(["ask", "a.csv", "--json", "b.csv", "how many rows"])
    assert options.words == ["a.csv", "b.csv", "how many rows"]
    assert options.json


def test_an_unknown_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["ask", "a.csv", "--jsom", "how many"])
    assert left.value.code == 2
    assert "--jsom" in capsys.readouterr().err


def test_a_limit_that_is_no_number_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["ask", "a.csv", "how many", "--limit", "-3"])
    assert "'-3' is not a whole number" in capsys.readouterr().err


def test_only_read_options_that_were_given_are_passed_on() -> None:
    assert read_options(parse(["inspect", "a.csv"])) == {}
    given = ["inspect", "a.csv", "--delimiter", "\\t", "--no-header", "--skip", "2", "--day-first"]
    assert read_options(parse(given)) == {
        "delimiter": "\t", "header": False, "skip": 2, "day_first": True,
    }  # fmt: skip


def test_a_question_without_data_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ask", "how many rows"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("dip: There is no data to ask about.\n  Name a file")


def test_a_forgotten_question_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("a\n1\n")
    for words in ([str(file)], [str(file), str(file)]):
        assert cli.main(["ask", *words]) == 2
        assert "The last argument is the question" in capsys.readouterr().err


def test_errors_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    console.complain("no \x1b[2Jfile", "look\rhere")
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert "\r" not in error


def test_colour_needs_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert console.colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not console.colour()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert not console.colour()


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with console.Progress() as progress:
        progress._began -= 10
        progress.tell("Reading sales.csv", 0.5)
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_one_line_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with console.Progress() as progress:
        progress.tell("quick", 0.1)
        progress._began -= 10
        progress.tell("Reading sales.csv", 0.5)
    error = capsys.readouterr().err
    assert "quick" not in error
    assert error.endswith("Reading sales.csv 50%\r\x1b[2K")
    assert "\n" not in error


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (512, "512 B"), (1536, "1.5 KB"), (3 << 40, "3072.0 GB")]
)
def test_sizes_are_in_words(count: int, words: str) -> None:
    assert size(count) == words


def test_a_closed_pipe_is_no_traceback() -> None:
    program = (
        "import sys; from dip_sdk import cli\n"
        "from dip_sdk.cli import doctor\n"
        "doctor.run = lambda options: [cli.console.say('x' * 9999) for _ in range(99)] and 0\n"
        "sys.exit(cli.main(['doctor']))"
    )
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", program]
    pipes = {"stdout": writer, "stderr": subprocess.PIPE}
    done = subprocess.run(command, **pipes, text=True, check=False)
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == ""


def test_an_interrupt_says_when(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dip_sdk.cli import doctor

    def interrupted(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupted)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err.startswith("dip: cancelled after 0.")


def test_a_traceback_is_shown_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dip_sdk.cli import doctor

    def broken(options: object) -> int:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(doctor, "run", broken)
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().err == "dip: ZeroDivisionError: by zero\n  --debug shows where.\n"
    assert cli.main(["doctor", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err
