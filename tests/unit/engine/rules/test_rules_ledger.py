"""A statistical question is answered only when each of its words is accounted for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dip_sdk.engine.planner.base import Noted
from dip_sdk.engine.planner.rules.read import sentence_of
from dip_sdk.engine.planner.rules.statistics import statistic

HERD = """
select 100 + i % 17 as "milk_kg", 400 + i % 23 as "BW", i % 9 as "feed score",
  (array['red', 'black', 'white'])[1 + i % 3] as coat, i % 8 as "JUN"
from (select cast(range as integer) as i from range(60)) as made
"""
FORM = "\n\nUse the Pearson method. Round it to {digits} decimal places.\n\n@r[coefficient]"


@pytest.fixture(scope="module")
def herd(make_world: Callable[..., Any]) -> Any:
    return make_world({"herd": HERD})


def steps(text: str, world: Any) -> tuple[Any, ...]:
    view = world.view()
    return statistic(text, view, sentence_of(text, view))


@pytest.mark.parametrize(
    "question",
    [
        "Is there a correlation between milk kg and feed score?",
        "2. Is there a correlation between milk kg and feed score?",
        "Does the body weight (BW) follow a normal distribution?",
        "How many outliers are there in the 'BW' tally column of the herd?",
        "Is there any evidence of a difference in milk kg between the coat groups?",
        "What is the median of the feed score?",
        "What is the median of the evening feed score?",
        "What is the median milk, measured in kilograms, of the heifer?",
        "Is there a difference in milk kg between the groups of coat?",
        "Are the variances of milk kg and the score of feed similar?",
        "What is the range of June?",
    ],
)
def test_words_of_the_operation_the_columns_and_the_table_are_taken_in(
    question: str, herd: Any
) -> None:
    assert steps(question, herd)


@pytest.mark.parametrize(
    "question",
    [
        "Is there a correlation between milk kg and quality score?",
        "Is there a correlation between milk kg and feed score in spring?",
        "Is there a correlation between milk kg and feed score for each coat?",
        "Is there a correlation between the squared milk kg and feed score?",
        "Does the logarithm of the body weight (BW) follow a normal distribution?",
        "Does the body weight of red cows (BW) follow a normal distribution?",
        "What is the mean of the outliers of milk kg?",
        "What is the mean feed score of the 20 best?",
        "What is the mean adjusted feed score?",
        "What is the mean feed score of the youngest cow?",
        "What is the mean of the female feed score?",
        "What is the mean of the quality score?",
        "What is the median milk, in pounds?",
        "What is the median feed score of heifers?",
    ],
)
def test_a_word_that_nothing_takes_in_declines(question: str, herd: Any) -> None:
    assert steps(question, herd) == ()


def test_what_was_taken_for_a_description_is_told(herd: Any) -> None:
    (told,) = [
        step.check
        for step in steps("What is the median of the evening feed score?", herd)
        if isinstance(step, Noted)
    ]
    assert told.code == "described"
    assert "'evening'" in told.message
    assert "'feed score'" in told.message


@pytest.mark.parametrize(
    "more",
    [
        "Calculate it without excluding any data. A median is non-negative.",
        "Leave missing values out.",
    ],
)
def test_what_changes_nothing_may_be_said_after_the_question(more: str, herd: Any) -> None:
    assert steps(f"What is the median of the feed score?\n\n{more}", herd)


def test_the_quartiles_of_the_usual_rule_may_be_told(herd: Any) -> None:
    rule = "An outlier lies below Q1 - 1.5*IQR or above Q3 + 1.5*IQR."
    question = "How many outliers are there in milk kg?"
    assert steps(f"{question}\n\n{rule}", herd)
    assert steps(f"{question}\n\n{rule.replace('1.5', '3')}", herd) == ()


@pytest.mark.parametrize(
    "more",
    [
        "Leave the first week out.",
        "Use a rolling window of 7.",
        "Convert both columns into pounds.",
        "Consider only cows that calved.",
    ],
)
def test_what_is_said_after_the_question_is_accounted_for_as_well(more: str, herd: Any) -> None:
    question = f"Is there a correlation between milk kg and feed score?\n\n{more}"
    assert steps(question, herd) == ()


def test_a_number_is_rounded_only_as_far_as_is_told(herd: Any) -> None:
    question = "Is there a correlation between milk kg and feed score?"
    (*_, answer, _) = steps(question + FORM.format(digits="three"), herd)
    assert 'round("statistic", 3)' in answer.sql
    assert steps(question + FORM.format(digits="some"), herd) == ()
