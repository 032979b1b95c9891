"""A glossary in a file or as plain data; what is wrong with it is said with its place."""

from pathlib import Path

import pytest

from dip_sdk.client.core.glossary import beside, glossary
from dip_sdk.types.errors import ConfigError, DataError
from dip_sdk.types.glossary import Glossary, Verified

WHOLE = """
synonyms:
  amount: revenue
  region.North: [up north, the north]
metrics:
  margin: {sql: sum(amount - cost) / sum(amount), table: sales, unit: "%"}
joins:
  - orders.customer_id   =  customers.id
verified:
  - question: How much did we sell?
    sql: SELECT sum(amount) AS total FROM sales
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "dip.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_in_yaml_is_read_whole(tmp_path: Path) -> None:
    read = glossary(written(tmp_path, WHOLE))
    assert read.synonyms["amount"] == ("revenue",)
    assert read.metrics["margin"].unit == "%"
    assert read.joins == ("orders.customer_id = customers.id",)
    assert read.verified[0].steps.answer is not None


def test_an_empty_file_is_an_empty_glossary(tmp_path: Path) -> None:
    assert glossary(written(tmp_path, "")) == Glossary()
    assert glossary(written(tmp_path, "synonyms:\njoins:\n")) == Glossary()


def test_the_file_beside_the_data_is_found(tmp_path: Path) -> None:
    assert beside(tmp_path / "sales.csv") is None
    written(tmp_path, WHOLE)
    found = beside(tmp_path / "sales.csv")
    assert found is not None
    assert "margin" in found.metrics


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "no YAML"),
        ("- one", "no glossary"),
        ("words: {}", "no part 'words'"),
        ("synonyms: 3", "In synonyms"),
        ("joins: [a = b]", "write a join as"),
        ("verified: [{question: x}]", "either sql or plan"),
        ("metrics: {m: {sql: 'sum(x)'}}", "In metrics.m.table"),
        ("a: !!python/object/apply:os.system [true]", "no YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        glossary(written(tmp_path, text))
    assert caught.value.file == "dip.yml"
    assert caught.value.hint


def test_the_line_of_broken_yaml_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        glossary(written(tmp_path, "synonyms:\n  a: b\n c: d\n"))
    assert caught.value.line == 3


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file words\.yml"):
        glossary(tmp_path / "words.yml")


def test_plain_data_with_a_mistake_is_a_mistake_of_the_call() -> None:
    with pytest.raises(ConfigError, match="no part"):
        glossary({"synonym": {}})


def test_joined_glossaries_hold_the_words_of_both_and_the_newer_answer() -> None:
    old = glossary({"synonyms": {"amount": "revenue"}, "verified": [_question("How much?", "1")]})
    new = glossary({"synonyms": {"amount": "sales"}, "verified": [_question("how much", "2")]})
    both = old.joined_with(new)
    assert both.synonyms == {"amount": ("revenue", "sales")}
    assert [verified.sql for verified in both.verified] == ["SELECT 2"]


def test_case_spaces_and_the_closing_mark_do_not_matter_to_a_settled_question() -> None:
    words = Glossary(verified=(Verified(question="How much up north?", sql="SELECT 1"),))
    assert words.settled("how  much up NORTH") is not None
    assert words.settled("how much up south") is None


def _question(question: str, number: str) -> dict[str, str]:
    return {"question": question, "sql": f"SELECT {number}"}
