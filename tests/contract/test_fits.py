"""Fits through a client: answered, explained, computed again, refused."""

from __future__ import annotations

import pytest

import dip_sdk
from dip_sdk.types.errors import QueryFailed

HOMES = "size,area,sold,price\n" + "".join(
    f"{50 + i % 37},{('north', 'south', 'east')[i % 3]},{'yes' if i * 7 % 11 > 4 else 'no'},"
    f"{100 + 3 * (50 + i % 37) + i * 13 % 29}\n"
    for i in range(200)
)


@pytest.fixture(scope="module")
def session(where, tmp_path_factory):
    path = tmp_path_factory.mktemp("homes") / "homes.csv"
    path.write_text(HOMES)
    with dip_sdk.Client(**where) as client:
        opened = client.session()
        opened.upload(path)
        yield opened


def test_a_line_is_an_answer_like_any_other(session):
    answer = session.statistic(
        "linear_regression", table="homes", target="price", features=["size", "area"]
    )
    names = [column.name for column in answer.columns]
    assert names == ["term", "coefficient", "std_error", "t", "p", "low", "high"]
    terms = {row[0]: row[1] for row in answer.preview}
    assert list(terms) == ["intercept", "size", "area = north", "area = south"]
    assert terms["size"] == pytest.approx(3, abs=0.3)
    assert "Linear regression of price on size and area" in answer.explanation
    assert "of area but east" in answer.explanation
    assert (answer.replay())[1].same


@pytest.mark.parametrize("op", ["random_forest", "decision_tree", "logistic_regression"])
def test_a_fit_is_computed_again_to_the_last_digit(session, op):
    asked = {"target": "sold", "features": ["size", "price"]}
    answer = session.statistic(op, table="homes", **asked, seed=7, stratify=True)
    row = dict(zip([column.name for column in answer.columns], answer.preview[0], strict=True))
    assert (row["part"], row["n_train"], row["n_test"]) == ("test", 160, 40)
    assert "Always saying yes" in answer.explanation
    assert (answer.replay())[1].same


def test_rows_are_put_into_clusters(session):
    answer = session.statistic("k_means", table="homes", columns=["size", "price"], k=3)
    names = [column.name for column in answer.columns]
    assert names == ["size", "area", "sold", "price", "cluster"]
    assert answer.row_count == 200
    assert {row[-1] for row in answer.preview} <= {0, 1, 2}


def test_what_cannot_be_fitted_is_said_with_a_way_out(session):
    with pytest.raises(QueryFailed, match="'area' holds no numbers") as raised:
        session.statistic("linear_regression", table="homes", target="area", features="size")
    assert raised.value.hint
