"""The option line: what stands in front of the question, and what is wrong with it."""

from __future__ import annotations

from typing import get_args

import pytest

from dip_sdk.jupyter.options import OPTIONS, read, usage
from dip_sdk.types.errors import ConfigError
from dip_sdk.types.plan import Mark


def test_options_stand_before_the_question() -> None:
    asked = read("-o top --limit 5 -q what's the total of -5 and up?")
    assert (asked.out, asked.limit, asked.quiet) == ("top", 5, True)
    assert asked.question == "what's the total of -5 and up?"


def test_a_cell_is_the_question() -> None:
    asked = read("--on df,sales.csv", "total sales\nby region\n")
    assert asked.named == ("df", "sales.csv")
    assert asked.question == "total sales\nby region"


def test_a_value_with_spaces_is_quoted() -> None:
    assert read('--on "my sales.csv" total').on == "my sales.csv"


@pytest.mark.parametrize("mark", [*get_args(Mark), "none", "auto"])
def test_every_kind_of_chart_can_be_asked_for(mark: str) -> None:
    assert read(f"--chart {mark} total").chart == mark


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("--limt 3 total", "--limt", "Did you mean --limit?"),
        ("--chart pai total", "'pai'", "Did you mean pie?"),
        ("--planner gpt total", "'gpt'", "auto, rules, claude"),
        ("--limit many total", "--limit", "%ask?"),
        ("--limit 0 total", "--limit 0", "%ask?"),
        ("--choose 0", "--choose 0", "%ask?"),
        ("--on", "--on", "%ask?"),
        ("total by region -o top", "-o", "Options come before"),
    ],
)
def test_a_wrong_option_is_one_line_and_what_was_meant(line: str, what: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(line)
    assert what in caught.value.message
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message


def test_the_help_names_every_option() -> None:
    told = usage()
    assert all(flag in told for option in OPTIONS for flag in option.flags)
    assert max(map(len, told.splitlines())) <= 100
