"""Statements and operations after each other in one plan, against pandas and scipy."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import as_file, files

import pandas as pd
import pytest
from scipy import stats

from dip_sdk.client import Client
from dip_sdk.client._sync.session import Session
from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.plan import AnswerStep, OperationStep, Plan, SqlStep

MASS = "body_mass_g"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with (
        as_file(files("dip_sdk") / "data" / "penguins.csv") as path,
        Client(workdir=tmp_path_factory.mktemp("work"), planner="rules") as client,
    ):
        opened = client.session()
        opened.upload(path)
        yield opened


@pytest.fixture(scope="module")
def penguins() -> pd.DataFrame:
    with as_file(files("dip_sdk") / "data" / "penguins.csv") as path:
        return pd.read_csv(path)


def sql(name: str, text: str) -> SqlStep:
    return SqlStep(name=name, sql=text)


def op(name: str, table: str, **operation: object) -> OperationStep:
    return OperationStep.model_validate({"name": name, "table": table, "operation": operation})


def plan(*steps: object) -> Plan:
    (*_, last) = steps
    answer = AnswerStep(table=last.name)
    return Plan.model_validate({"question": "q", "planner": "rules", "steps": (*steps, answer)})


CHAIN = (
    sql("kept", "select * from penguins where island <> 'Torgersen'"),
    op("filled", "kept", op="impute", columns=MASS, method="median", by="species"),
    sql("derived", f"select *, {MASS} / 1000.0 as kilos from filled"),
    op("binned", "derived", op="bin", column="kilos", edges=(0, 3.5, 4.5, 10),
       labels=("light", "middle", "heavy")),
)  # fmt: skip


def expected(penguins: pd.DataFrame) -> pd.DataFrame:
    kept = penguins[penguins["island"] != "Torgersen"]
    median = kept.groupby("species")[MASS].transform("median")
    kept = kept.assign(kilos=kept[MASS].fillna(median) / 1000)
    edges, labels = [0, 3.5, 4.5, 10], ["light", "middle", "heavy"]
    return kept.assign(bin=pd.cut(kept["kilos"], edges, labels=labels).astype(str))


def test_rows_are_filtered_filled_derived_binned_and_counted(session, penguins) -> None:
    counted = sql(
        "counted",
        "select kilos_bin, count(*) as n, avg(kilos) as m from binned group by 1 order by 1",
    )
    answer = session.run(plan(*CHAIN, counted))
    told = expected(penguins).groupby("bin")["kilos"].agg(["size", "mean"])
    found = {row[0]: row[1:] for row in answer.preview}
    assert {name: n for name, (n, _) in found.items()} == told["size"].to_dict()
    assert {name: m for name, (_, m) in found.items()} == pytest.approx(told["mean"].to_dict())
    assert answer.replay()[1].same


def test_what_was_filled_and_binned_is_tested(session, penguins) -> None:
    test = op("test", "binned", op="anova", column="bill_length_mm", by="kilos_bin")
    answer = session.run(plan(*CHAIN, test))
    known = expected(penguins).dropna(subset=["bill_length_mm"])
    told = stats.f_oneway(*(part["bill_length_mm"] for _, part in known.groupby("bin")))
    row = dict(zip([column.name for column in answer.columns], answer.preview[0], strict=True))
    assert row["statistic"] == pytest.approx(told.statistic)
    assert row["p"] == pytest.approx(told.pvalue)
    assert "3 groups" in answer.explanation


def test_every_operation_of_a_chain_is_told(session) -> None:
    answer = session.run(plan(*CHAIN))
    how = " ".join(answer.facts.how)
    assert "Filling of missing values of body_mass_g by species (method median)" in how
    assert "Binning of kilos (edges 0, 3.5, 4.5 and 10, labels light, middle and heavy)" in how
    assert "kilos_bin: 3 intervals for" in answer.explanation


def test_a_plan_with_a_chain_is_read_from_what_was_written(session) -> None:
    made = plan(*CHAIN)
    assert Plan.model_validate_json(made.model_dump_json()) == made
    assert session.run(Plan.model_validate_json(made.model_dump_json())).row_count == 292


def test_a_table_comes_back_whole_whatever_is_named(session, penguins) -> None:
    answer = session.statistic("rank", table="penguins", columns=MASS, by="species")
    assert [c.name for c in answer.columns] == [*penguins.columns, f"{MASS}_rank"]
    assert answer.row_count == len(penguins)
    left = session.statistic("drop_missing", table="penguins", columns=MASS)
    assert left.row_count == penguins[MASS].count()


def test_columns_are_added_by_categories_and_dates(session) -> None:
    days = sql("days", "select species, make_date(year::bigint, 5, 1) as day from penguins")
    coded = op("coded", "days", op="encode", columns="species")
    parts = op("parts", "coded", op="date_parts", columns="day", parts=("year", "weekday"))
    total = sql(
        "total",
        'select day_year, sum("species_Adelie")::bigint as n, min(day_weekday) as w from parts '
        "group by day_year order by day_year",
    )
    answer = session.run(plan(days, coded, parts, total))
    assert [tuple(row) for row in answer.preview] == [(2007, 50, 2), (2008, 50, 4), (2009, 52, 5)]


def test_what_cannot_be_done_in_a_chain_is_told_as_it_is(session) -> None:
    zero = sql("zero", f"select {MASS} - 2700 as above from penguins")
    with pytest.raises(QueryFailed, match="no logarithm") as raised:
        session.run(plan(zero, op("logs", "zero", op="log", columns="above")))
    assert "plus_one" in raised.value.hint
