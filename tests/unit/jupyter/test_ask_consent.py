"""DataFrames go to a backend only with consent. A session of this process stands for its session:
what is tried is who may be sent what, not the way there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dip_sdk import Client
from dip_sdk.jupyter.data import prepare
from dip_sdk.jupyter.desk import Seat
from dip_sdk.jupyter.options import read
from dip_sdk.types.errors import ConfigError


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    with Client(workdir=tmp_path) as client:
        yield Seat(client.session(), remote=True)


def told(fraction: float, message: str) -> None: ...


@pytest.fixture
def variables(sales: pd.DataFrame) -> dict[str, Any]:
    return {"sales": sales}


def test_a_frame_is_not_sent_without_consent(seat: Seat, variables: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="--upload") as caught:
        prepare(read("total amount"), seat, variables, told)
    assert caught.value.code == "no_consent"
    assert not seat.session.tables()


def test_consent_holds_for_the_session(seat: Seat, variables: dict[str, Any]) -> None:
    seat.consented = True
    prepare(read("total amount"), seat, variables, told)
    assert [table.name for table in seat.session.tables()] == ["sales"]
    prepare(read("average amount"), seat, variables, told)


def test_a_file_needs_no_consent_beyond_being_named(seat: Seat, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n1,2\n")
    assert prepare(read(f"--on {path} total a"), seat, {}, told) == ("orders.csv",)
