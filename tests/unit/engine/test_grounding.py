"""Numbers of a text are looked up among what was computed; what is not there is marked."""

import io
import random
from collections.abc import Iterator

import pytest

import dip_sdk as dip
from dip_sdk.engine.explain import sentence
from dip_sdk.engine.grounding import MARK, Known, marked, unfound, ungrounded
from dip_sdk.types.plan import AnswerStep, OutputColumn, Plan, Reading, SqlStep
from dip_sdk.types.values import Column, Row
from dip_sdk.worker.runner import Made

SALES = Made(
    columns=(
        Column(name="region", type="text"),
        Column(name="total", type="double"),
        Column(name="month", type="date"),
        Column(name="share", type="double"),
    ),
    rows=4,
    seconds=0.0,
    preview=(
        ("North", 1204.5, "2024-03-01", 0.4567),
        ("Depot 7", 80.25, "2024-05-01", 0.12),
        ("South", -312.0, "2024-07-01", None),
        ("West", 1_250_000, "2024-09-01", 0.3),
    ),
)
KNOWN = Known.of([SALES], said=["top 3 regions above 100 since 2023"], counts=[98_765])

TRUE = (
    "North has 1,204.50.",
    "North has 1204.5, about 1,200.",
    "North sold 1,205, a share of 45.7 %.",
    "North's share is 0.46, or 46%.",
    "Depot 7 had $80.25 in May 2024.",
    "South fell by 312.",
    "West leads with 1.25 million (1.3M).",
    "West has 1,250k in September 2024.",
    "The top 3 of 4 regions above 100, out of 98,765 rows.",
    "Between March 2024 and June 2024 nothing changed.",
    "On 1 March 2024, on March 1st, 2024 and on 2024-03-01 at 14:30.",
    "Since 2023, nearly 100,000 rows.",
    "No numbers at all.",
)
FALSE = {
    "North has 1,204.60.": "1,204.60",
    "North has 1,206.": "1,206",
    "North's share is 47%.": "47%",
    "Depot 7 had $80.52.": "80.52",
    "Depot 8 had $80.25.": "8",
    "West leads with 1.35 million.": "1.35 million",
    "The top 5 regions.": "5",
    "In March 2025 it was best.": "March 2025",
    "On 2 March 2024 it was best.": "2 March 2024",
    "Together they have 1,284.75.": "1,284.75",
    "About 1,400 in the North.": "1,400",
    "It grew by 12 percent a year.": "",
    "It grew by 13 percent a year.": "13 percent",
}


@pytest.mark.parametrize("text", TRUE)
def test_a_number_that_was_computed_is_found_as_people_write_it(text: str) -> None:
    assert unfound(text, KNOWN) == ()


@pytest.mark.parametrize(("text", "number"), FALSE.items())
def test_a_number_that_was_not_computed_is_named(text: str, number: str) -> None:
    assert [span.text for span in unfound(text, KNOWN)] == ([number] if number else [])


def test_a_number_that_is_not_found_is_marked_where_it_stands() -> None:
    text = "North has 1,206 of 1,204.50."
    assert marked(text, unfound(text, KNOWN)) == f"North has 1,206{MARK} of 1,204.50."
    assert "1,206" in ungrounded(unfound(text, KNOWN)).message


def test_an_altered_digit_is_found_and_a_true_sentence_raises_no_alarm() -> None:
    chance = random.Random(7)
    caught, alarms, total = 0, 0, 0
    for text, known in explanations(chance, 200):
        total += 1
        alarms += bool(unfound(text, known))
        caught += bool(unfound(altered(text, chance), known))
    assert total == 200
    assert alarms / total <= 0.02
    assert caught / total >= 0.95


def explanations(chance: random.Random, wanted: int) -> Iterator[tuple[str, Known]]:
    """Sentences of every shape over made tables of every size, with what was computed for them."""
    for _ in range(wanted):
        size = chance.choice([1, 2, 3, 5, 12, 40])
        label, measure = chance.choice([("region", "total"), ("month", "average price")])
        rows = tuple(row(chance, label, index) for index in range(size))
        kind = "date" if label == "month" else "text"
        made = Made(
            columns=(Column(name=label, type=kind), Column(name=measure, type="double")),
            rows=size,
            seconds=0.0,
            preview=rows,
        )
        shape = chance.choice(["groups", "top", "trend" if kind == "date" else "groups"])
        answer = AnswerStep(
            table="t",
            reading=Reading(measure=measure, aggregate="sum", groups=(label,), shape=shape,
                            order="descending", limit=1),
            columns=(OutputColumn(column=label), OutputColumn(column=measure)),
        )  # fmt: skip
        yield sentence(answer, made.columns, size, rows), Known.of([made])


def row(chance: random.Random, label: str, index: int) -> Row:
    value = round(chance.lognormvariate(7, 2), chance.choice([0, 1, 2]))
    if label == "month":
        return (f"{2015 + index // 12}-{index % 12 + 1:02}-01", value)
    return (f"{chance.choice(['North', 'South', 'East'])} {'abcdefghij'[index % 10]}", value)


def altered(text: str, chance: random.Random) -> str:
    """The text with one digit of one of its numbers changed into another."""
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    place = chance.choice(places)
    digit = chance.choice([other for other in "0123456789" if other != text[place]])
    return text[:place] + digit + text[place + 1 :]


def test_a_planner_that_invents_a_number_is_corrected_in_the_answer() -> None:
    plan = Plan(
        question="what is the total",
        planner="claude",
        steps=(
            SqlStep(name="total", sql="SELECT sum(amount) AS total FROM sales"),
            AnswerStep(table="total", text="The total is 61, of 99 sold."),
        ),
    )
    with dip.Client() as client:
        session = client.session()
        session.upload(io.BytesIO(b"amount\n20\n41\n"), name="sales.csv")
        result = session.run(plan)
    assert result.explanation == f"The total is 61, of 99{MARK} sold."
    assert [check.code for check in result.checks] == ["ungrounded_number"]
