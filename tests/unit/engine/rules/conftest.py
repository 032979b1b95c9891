"""Invented tables, and a way to ask the planner of them: what it yields is run on plain DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pytest

from dip_sdk.engine.guard import Guard
from dip_sdk.engine.planner.base import Done, Past, Probe, Question, View
from dip_sdk.engine.planner.rules import RulesPlanner
from dip_sdk.types.dataset import ROW_NUMBER, Distinct, Link, Parsed, Table, TableColumn
from dip_sdk.types.plan import AnswerStep, ChartStep, Plan, SqlStep
from dip_sdk.types.result import Clarification, Missing
from dip_sdk.types.session import Settings
from dip_sdk.types.values import Column, encode

TODAY = date(2024, 7, 15)


@dataclass(frozen=True)
class Asked:
    """What came of a question."""

    steps: tuple[Any, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    clarification: Clarification | None = None
    missing: Missing | None = None
    probes: int = 0

    @property
    def answer(self) -> AnswerStep:
        return next(s for s in self.steps if isinstance(s, AnswerStep))

    @property
    def chart(self) -> ChartStep:
        return next(s for s in self.steps if isinstance(s, ChartStep))

    @property
    def sql(self) -> str:
        return next(s.sql for s in self.steps if isinstance(s, SqlStep))

    @property
    def params(self) -> dict[str, Any]:
        return next(s.params for s in self.steps if isinstance(s, SqlStep))

    @property
    def value(self) -> Any:
        assert self.missing is None, self.missing
        assert self.clarification is None, self.clarification
        assert len(self.rows) == 1, self.rows
        assert len(self.rows[0]) == 1, self.rows
        return self.rows[0][0]


class World:
    """Tables in DuckDB, seen as the engine shows them to a planner."""

    def __init__(
        self,
        tables: Mapping[str, str],
        links: Sequence[tuple[str, str, str, str]] = (),
        readings: Mapping[tuple[str, str], str] | None = None,
        complete: int = 1000,
    ) -> None:
        self.connection = duckdb.connect()
        self.complete = complete
        self.looked_up = 0
        made = []
        for name, sql in tables.items():
            self.connection.execute(
                f'create table "{name}" as '
                f"select *, row_number() over () - 1 as _row from ({sql}) as given"
            )
            made.append(self._table(name, readings or {}))
        self.tables = tuple(made)
        self.links = tuple(
            Link(
                left_table=a,
                left_column=b,
                right_table=c,
                right_column=d,
                right_unique=True,
                overlap=1.0,
            )
            for a, b, c, d in links
        )

    def _table(self, name: str, readings: Mapping[tuple[str, str], str]) -> Table:
        described = self.connection.execute(f'describe "{name}"').fetchall()
        columns = tuple(
            TableColumn(name=row[0], type=_wire(row[1]), reading_of=readings.get((name, row[0])))
            for row in described
            if row[0] != ROW_NUMBER
        )
        rows = self.connection.execute(f'select count(*) from "{name}"').fetchall()[0][0]
        return Table(
            name=name,
            dataset_id=name,
            source=f"{name}.csv",
            rows=rows,
            columns=columns,
            parsed=Parsed(format="csv"),
            fingerprint=f"{name}-{id(self)}",
            path="",
            inner=name,
        )

    def view(self, history: Sequence[Past] = (), settings: Settings | None = None) -> View:
        return View(
            tables=self.tables,
            links=self.links,
            history=tuple(history),
            settings=settings or Settings(),
            today=TODAY,
            distinct=self.distinct,
        )

    def distinct(self, table: str, column: str) -> Distinct:
        self.looked_up += 1
        rows = self.connection.execute(
            f'select cast("{column}" as varchar), count(*) from "{table}" '
            "group by 1 order by 2 desc, 1"
        ).fetchall()
        shown = tuple((value, number) for value, number in rows[: self.complete])
        return Distinct(
            table=table, column=column, values=shown, complete=len(rows) <= self.complete
        )

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        settings: Settings | None = None,
    ) -> Asked:
        past: list[Past] = []
        for earlier in history:
            asked = self._run(earlier, self.view(past, settings))
            assert asked.missing is None, (earlier, asked.missing)
            assert asked.clarification is None, (earlier, asked.clarification)
            plan = Plan(question=earlier, planner="rules", steps=asked.steps)
            past.append(Past(earlier, plan))
        return self._run(question, self.view(past, settings))

    def _run(self, question: str, view: View) -> Asked:
        planning = RulesPlanner().plan(Question(question), view)
        steps: list[Any] = []
        made: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {}
        end: Any = None
        probes = 0
        try:
            proposal = next(planning)
            while True:
                outcome = Done()
                match proposal:
                    case SqlStep():
                        steps.append(proposal)
                        names, rows = self._select(proposal.sql, proposal.params)
                        made[proposal.name] = (names, rows)
                        outcome = _done(names, rows)
                    case Probe():
                        probes += 1
                        outcome = _done(*self._select(proposal.sql, proposal.params))
                    case ChartStep():
                        steps.append(proposal)
                    case AnswerStep():
                        steps.append(proposal)
                        end = proposal
                    case _:
                        end = proposal
                proposal = planning.send(outcome)
        except StopIteration:
            pass
        assert end is not None
        if isinstance(end, Clarification):
            return Asked(tuple(steps), clarification=end, probes=probes)
        if isinstance(end, Missing):
            return Asked(tuple(steps), missing=end, probes=probes)
        names, rows = made[end.table]
        shown = tuple(c.column for c in end.columns) or names
        places = [names.index(name) for name in shown]
        cut = [tuple(row[p] for p in places) for row in rows]
        return Asked(tuple(steps), cut, shown, probes=probes)

    def _select(
        self, sql: str, params: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        Guard(self.tables).check(sql, params=params)
        cursor = self.connection.execute(sql, dict(params) if params else None)
        return tuple(d[0] for d in cursor.description or ()), cursor.fetchall()


def _done(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Done:
    return Done(
        columns=tuple(Column(name=name, type="text") for name in names),
        rows=len(rows),
        preview=tuple(tuple(encode(v) for v in row) for row in rows[:100]),
    )


def _wire(type_name: str) -> str:
    name = str(type_name)
    if name.startswith("DECIMAL"):
        return name.lower()
    return {
        "BIGINT": "integer",
        "INTEGER": "integer",
        "DOUBLE": "double",
        "VARCHAR": "text",
        "BOOLEAN": "boolean",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
    }[name]


def _values(columns: str, *rows: str) -> str:
    return f"select * from (values {', '.join(rows)}) as v({columns})"


ORDERS = _values(
    "order_id, ordered, region, category, product, status, quantity, amount",
    "(1, date '2023-01-10', 'North', 'Chairs', 'Aeron', 'completed', 2, 200.0)",
    "(2, date '2023-05-02', 'North', 'Desks', 'Oak Desk', 'cancelled', 1, 450.0)",
    "(3, date '2023-08-21', 'South', 'Chairs', 'Stool', 'completed', 4, 80.0)",
    "(4, date '2023-12-30', 'South', 'Desks', 'Oak Desk', 'completed', 2, 900.0)",
    "(5, date '2024-01-15', 'East', 'Lamps', 'Lumen', 'completed', 5, 150.0)",
    "(6, date '2024-03-03', 'North', 'Lamps', 'Lumen', 'returned', 1, 30.0)",
    "(7, date '2024-03-28', 'East', 'Chairs', 'Aeron', 'completed', 1, 100.0)",
    "(8, date '2024-06-05', 'West', 'Desks', 'Pine Desk', 'completed', 3, 600.0)",
    "(9, date '2024-06-20', 'North', 'Chairs', 'Stool', 'cancelled', 10, 200.0)",
    "(10, date '2024-07-10', null, 'Chairs', 'Aeron', 'completed', 2, 200.0)",
)
EMPLOYEES = _values(
    "id, name, age, salary, hired, department_id, remote",
    "(1, 'Ana Núñez', 34, 52000, date '2015-03-01', 1, true)",
    "(2, 'Bo Larsen', 45, 61000, date '2012-07-15', 1, false)",
    "(3, 'Cy Young', 29, 38000, date '2021-01-10', 2, true)",
    "(4, 'Dee Park', 51, 83000, date '2009-11-30', 3, false)",
    "(5, 'Eli Moss', 38, 47000, date '2018-05-21', 2, false)",
    "(6, 'Flo Reed', 29, 56000, date '2020-09-09', 1, true)",
)
DEPARTMENTS = _values(
    "id, name, city, budget",
    "(1, 'Engineering', 'Berlin', 500000)",
    "(2, 'Support', 'Porto', 120000)",
    "(3, 'Board', 'Berlin', 300000)",
    "(4, 'Legal', 'Oslo', 90000)",
)
WEATHER = _values(
    "station, day, temperature, rainfall, wind_speed",
    "('Bergen', date '2024-01-01', 2.0, 12.5, 20)",
    "('Bergen', date '2024-01-02', 4.0, 30.0, 35)",
    "('Bergen', date '2024-02-01', 1.0, 0.0, 10)",
    "('Sevilla', date '2024-01-01', 14.0, 0.0, 8)",
    "('Sevilla', date '2024-02-01', 18.0, 1.5, 12)",
    "('Sevilla', date '2024-02-02', 20.0, 0.0, 5)",
)
SENSORS = _values(
    "sensor, room, reading, reading_number, taken",
    "('S-1', 'Attic', '20.5 C', 20.5, timestamp '2024-05-01 08:00:00')",
    "('S-1', 'Attic', '22.5 C', 22.5, timestamp '2024-05-01 14:00:00')",
    "('S-2', 'Cellar', '11.0 C', 11.0, timestamp '2024-05-01 08:00:00')",
    "('S-2', 'Cellar', 'n/a', null, timestamp '2024-05-02 08:00:00')",
    "('S-3', 'Attic', '30.0 C', 30.0, timestamp '2024-05-02 14:00:00')",
)
AIRLINES = _values(
    "code, airline_name, country",
    "('NW', 'Northwind Air', 'Norway')",
    "('SJ', 'SunJet', 'Spain')",
    "('AL', 'Alpina', 'Austria')",
)
AIRPORTS = _values(
    "code, airport_name, city",
    "('OSL', 'Gardermoen', 'Oslo')",
    "('SVQ', 'San Pablo', 'Sevilla')",
    "('VIE', 'Schwechat', 'Vienna')",
)
FLIGHTS = _values(
    "flight_id, airline_code, origin, destination, departed, distance_km, delay_min, cancelled",
    "(1, 'NW', 'OSL', 'SVQ', date '2024-05-01', 2900, 10, false)",
    "(2, 'NW', 'SVQ', 'OSL', date '2024-05-01', 2900, 45, false)",
    "(3, 'SJ', 'SVQ', 'VIE', date '2024-05-02', 2100, 0, false)",
    "(4, 'SJ', 'VIE', 'SVQ', date '2024-06-02', 2100, 5, true)",
    "(5, 'NW', 'OSL', 'VIE', date '2024-06-03', 1350, 20, false)",
)
CUSTOMERS = _values(
    "customer_id, full_name, segment, city, signed_up",
    "(1, 'Kim Li', 'Retail', 'Oslo', date '2022-02-01')",
    "(2, 'Lou Day', 'Wholesale', 'Porto', date '2023-03-11')",
    "(3, 'Max Roe', 'Retail', 'Porto', date '2023-09-30')",
    "(4, 'Nia Fox', 'Online', 'Lyon', date '2024-01-05')",
)
INVOICES = _values(
    "invoice_id, customer_id, ordered, shipped, total, paid",
    "(100, 1, date '2024-01-03', date '2024-02-01', 250.0, 'yes')",
    "(101, 1, date '2024-02-10', date '2024-02-12', 100.0, 'no')",
    "(102, 2, date '2024-02-11', date '2024-03-01', 900.0, 'yes')",
    "(103, 3, date '2024-03-15', date '2024-03-16', 40.0, 'yes')",
)


@pytest.fixture(scope="session")
def orders() -> World:
    return World({"orders": ORDERS})


@pytest.fixture(scope="session")
def staff() -> World:
    return World(
        {"employees": EMPLOYEES, "departments": DEPARTMENTS},
        [("employees", "department_id", "departments", "id")],
    )


@pytest.fixture(scope="session")
def weather() -> World:
    return World({"weather": WEATHER})


@pytest.fixture(scope="session")
def sensors() -> World:
    return World(
        {"measurements": SENSORS}, readings={("measurements", "reading_number"): "reading"}
    )


@pytest.fixture(scope="session")
def air() -> World:
    return World(
        {"airlines": AIRLINES, "airports": AIRPORTS, "flights": FLIGHTS},
        [
            ("flights", "airline_code", "airlines", "code"),
            ("flights", "origin", "airports", "code"),
            ("flights", "destination", "airports", "code"),
        ],
    )


@pytest.fixture(scope="session")
def shop() -> World:
    return World(
        {"customers": CUSTOMERS, "invoices": INVOICES},
        [("invoices", "customer_id", "customers", "customer_id")],
    )


@pytest.fixture(scope="session")
def sales() -> World:
    """A table that holds a number of its own name."""
    return World(
        {
            "sales": "select * from (values ('North', 10), ('South', 20), ('North', 5)) "
            "t(region, sales)"
        }
    )


@pytest.fixture(scope="session")
def costs() -> World:
    """A table that holds a number of its own name, in the singular."""
    return World({"costs": "select * from (values ('a', 4), ('b', 5)) t(item, cost)"})


@pytest.fixture(scope="session")
def sales_data() -> World:
    """A table whose name says, after the number it holds, only that it is a table."""
    return World(
        {"sales_data": "select * from (values ('North', 10), ('South', 20)) t(region, sales)"}
    )


@pytest.fixture(scope="session")
def sold() -> World:
    """Rows that are named for an amount, and an amount of another name."""
    return World(
        {"sales": "select * from (values ('North', 10), ('South', 20)) t(region, revenue)"}
    )


@pytest.fixture(scope="session")
def bare() -> World:
    """A table of which only the header is there."""
    return World({"sales": "select '' as region, '' as sales where false"})


@pytest.fixture(scope="session")
def wide() -> World:
    """A table of two thousand texts and one number."""
    texts = ", ".join(f"'v{n}' as note_{n}" for n in range(2000))
    return World({"notes": f"select {texts}, amount from (values (1), (2)) t(amount)"})


@pytest.fixture(scope="session")
def worlds(
    orders: World, staff: World, weather: World, sensors: World, air: World, shop: World
) -> Mapping[str, World]:
    return {
        "orders": orders,
        "staff": staff,
        "weather": weather,
        "sensors": sensors,
        "air": air,
        "shop": shop,
    }


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    """Builds a world of one's own: `make_world({"t": "select 1 as a"})`."""
    return World
