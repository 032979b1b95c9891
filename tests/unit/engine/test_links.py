"""Likely joins, measured on real tables."""

from __future__ import annotations

import time

import duckdb
import pytest

from dip_sdk.engine.links import BUDGET, likely_links
from dip_sdk.engine.names import words
from dip_sdk.types.dataset import Parsed, Table, TableColumn
from dip_sdk.types.values import encode
from dip_sdk.worker.runner import Look

TYPES = {"INTEGER": "integer", "BIGINT": "integer", "VARCHAR": "text", "DATE": "date",
         "DOUBLE": "double", "BOOLEAN": "boolean"}  # fmt: skip


class Data:
    """Tables made by statements, and the looks taken at them."""

    def __init__(self, **tables: str) -> None:
        self.con = duckdb.connect()
        self.looks = 0
        self.tables = tuple(self._make(name, sql) for name, sql in tables.items())

    def _make(self, name: str, sql: str) -> Table:
        self.con.execute(f'create table "{name}" as {sql}')
        shape = self.con.execute(f'describe "{name}"').fetchall()
        (rows,) = self.con.execute(f'select count(*) from "{name}"').fetchone()
        columns = tuple(TableColumn(name=c[0], type=TYPES[c[1]]) for c in shape)
        return Table(
            name=name, dataset_id="d", source=name, rows=rows, columns=columns,
            parsed=Parsed(format="csv"), fingerprint=name, path="", inner=name,
        )  # fmt: skip

    def look(self, sql, params, limit):
        self.looks += 1
        rows = self.con.execute(sql, dict(params)).fetchmany(limit)
        return Look(columns=(), rows=tuple(tuple(map(encode, row)) for row in rows), more=False)

    def links(self) -> list[str]:
        return [
            f"{k.left_table}.{k.left_column} -> {k.right_table}.{k.right_column}"
            for k in likely_links(self.tables, self.look)
        ]


def numbers(column: str, count: int, start: int = 1) -> str:
    return f"select (i + {start})::int as {column} from range({count}) t(i)"


CUSTOMERS = "select i::int as id, 'name ' || i as name from range(1, 51) t(i)"


@pytest.mark.parametrize(
    ("left", "right_table", "right"),
    [
        ("customer_id", "customers", "id"),
        ("CustomerID", "customers", "id"),
        ("customerid", "Customer", "id"),
        ("customer_id", "customers", "customer_id"),
        ("customer_nr", "customers", "no"),
        ("customer", "customers", "id"),
        ("billing_customer_id", "customers", "id"),
        ("cust_no", "customers", "number"),
        ("dept_id", "departments", "id"),
        ("company_code", "companies", "code"),
    ],
)
def test_a_key_finds_its_table(left, right_table, right):
    data = Data(
        sales=f"select (i % 40 + 1)::int as {left}, i * 1.5::double as amount from range(200) t(i)",
        **{right_table: f"select i::int as {right}, 'x' || i as caption from range(1, 51) t(i)"},
    )
    assert data.links() == [f"sales.{left} -> {right_table}.{right}"]


def test_a_link_says_how_much_the_right_side_holds_and_that_it_is_unique():
    data = Data(
        customers=CUSTOMERS,
        orders="select (i % 100 + 1)::int as customer_id from range(1000) t(i)",
    )
    (link,) = likely_links(data.tables, data.look)
    assert (link.left_table, link.right_table) == ("orders", "customers")
    assert (link.overlap, link.right_unique) == (0.5, True)


def test_a_dimension_text_finds_the_table_of_its_names():
    data = Data(
        orders="select ['North','South','East'][i % 3 + 1] as region from range(30) t(i)",
        regions="select unnest(['North','South','East','West']) as name, 1.5::double as area",
    )
    assert data.links() == ["orders.region -> regions.name"]


def test_a_text_of_the_same_name_links_where_it_is_unique():
    data = Data(
        orders="select 'c' || (i % 7) as country, i::int as amount from range(70) t(i)",
        gdp="select 'c' || i as country, i * 2.5::double as gdp from range(9) t(i)",
    )
    assert data.links() == ["orders.country -> gdp.country"]


def test_values_alone_link_texts_of_unlike_names():
    data = Data(
        orders="select 'name ' || (i % 20 + 1) as sold_to from range(200) t(i)", customers=CUSTOMERS
    )
    assert data.links() == ["orders.sold_to -> customers.name"]


def test_a_few_shared_flags_do_not_link_texts_of_unlike_names():
    data = Data(
        orders="select ['Y','N'][i % 2 + 1] as open from range(20) t(i)",
        flags="select unnest(['Y','N']) as answer",
    )
    assert data.links() == []


def test_counters_of_unrelated_tables_do_not_link():
    data = Data(orders=numbers("id", 30), products=numbers("id", 30), points=numbers("rank", 30))
    assert data.links() == []


def test_ranks_of_two_lists_do_not_link():
    data = Data(albums=numbers("rank", 30), songs=numbers("rank", 30))
    assert data.links() == []


def test_bare_ids_link_where_one_table_extends_the_other():
    data = Data(person=numbers("id", 30), person_details=numbers("id", 30))
    assert len(data.links()) == 1


def test_a_shared_year_links_to_the_table_of_years():
    data = Data(
        sales="select (2000 + i % 9)::int as year, i::int as n from range(90) t(i)",
        inflation="select (2000 + i)::int as year, i * 0.5::double as rate from range(12) t(i)",
    )
    assert data.links() == ["sales.year -> inflation.year"]


@pytest.mark.parametrize("values", ["i % 2 = 0", "date '2024-01-01' + i::int", "i::double"])
def test_booleans_dates_and_fractions_do_not_link(values):
    column = f"select distinct {values} as customer_id from range(40) t(i)"
    data = Data(orders=f"{column} union all {column}", customers=column)
    assert data.links() == []


def test_a_key_that_is_text_here_and_a_number_there_does_not_link():
    data = Data(orders="select '7' as customer_id", customers=numbers("id", 40))
    assert data.links() == []


def test_a_key_with_other_values_does_not_link():
    data = Data(
        orders="select 'order ' || i as customer_id from range(40) t(i)",
        customers="select 'customer ' || i as id from range(40) t(i)",
    )
    assert data.links() == []


def test_values_that_hardly_agree_do_not_link():
    data = Data(customers=CUSTOMERS, orders=numbers("customer_id", 100, start=46))
    assert data.links() == []


def test_a_tables_own_key_is_not_short_for_another():
    data = Data(
        continents=f"select cont_id, 'c' || cont_id as n from ({numbers('cont_id', 5)})",
        countries=f"select country_id, 'k' || country_id as n from ({numbers('country_id', 30)})",
    )
    assert data.links() == []


def test_a_part_of_a_tables_name_finds_it():
    data = Data(
        car_makers=f"select id, 'm' || id as caption from ({numbers('id', 20)})",
        models="select 'x' || i as model, (i % 9 + 1)::int as maker from range(40) t(i)",
    )
    assert data.links() == ["models.maker -> car_makers.id"]


def test_two_that_point_at_the_same_table_are_not_linked_with_each_other():
    data = Data(
        employee=numbers("employee_id", 20),
        hiring=f"select employee_id, 's' as shop from ({numbers('employee_id', 10)})",
        evaluation="select (i % 9 + 1)::int as employee_id, 5.5::double as n from range(30) t(i)",
    )
    assert sorted(data.links()) == [
        "evaluation.employee_id -> employee.employee_id",
        "hiring.employee_id -> employee.employee_id",
    ]


def test_two_fact_tables_link_by_their_key_only_without_its_own_table():
    facts = {
        "visits": "select (i % 10)::int as patient_id, 2.5::double as cost from range(40) t(i)",
        "labs": "select (i % 10)::int as patient_id, 0.5::double as value from range(30) t(i)",
    }
    (link,) = likely_links((data := Data(**facts)).tables, data.look)
    assert not link.right_unique
    patients = "select i::int as patient_id, 1.5::double as weight from range(10) t(i)"
    links = Data(**facts, patients=patients).links()
    assert sorted(links) == [
        "labs.patient_id -> patients.patient_id",
        "visits.patient_id -> patients.patient_id",
    ]


def test_hidden_columns_and_empty_tables_do_not_link():
    data = Data(customers=numbers("id", 5), orders="select 1::int as customer_id where false")
    assert data.links() == []


def test_work_is_bounded_for_many_wide_tables():
    wide = ", ".join(f"i::int as c{n}, 'v' || (i % 9) as t{n}" for n in range(10))
    data = Data(
        **{
            f"table{n}s": f"select i::int as id, (i % 9)::int as table{n + 1}_id, {wide} "
            "from range(30) t(i)"
            for n in range(40)
        }
    )
    began = time.process_time()
    links = data.links()
    assert "table0s.table1_id -> table1s.id" in links
    assert data.looks < 4 * BUDGET
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ShipCountries", ("ship", "country")),
        ("order_status", ("order", "status")),
        ("HTTPCodes", ("http", "code")),
        ("boxes", ("box",)),
        ("class", ("class",)),
    ],
)
def test_names_are_taken_apart(name, expected):
    assert words(name) == expected


def test_keys_of_other_names_link_when_they_hold_the_same_numbers_but_counters_do_not():
    data = Data(
        agreements="select (99 + 37 * i)::int as agreement_identifier, 'y' k from range(40) t(i)",
        policies="select (99 + 37 * i)::int as policy_identifier, 'x' as kind from range(40) t(i)",
        rooms="select i::int as room_no, 'a' as name from range(1, 40) t(i)",
        seats="select i::int as seat_no, 'b' as colour from range(1, 40) t(i)",
    )
    links = data.links()
    assert any("agreement_identifier" in link and "policy_identifier" in link for link in links)
    assert not any("room_no" in link for link in links)


def test_people_of_two_tables_are_not_joined_by_their_last_names():
    names = "'name' || i as last_name from range(30) t(i)"
    data = Data(
        patients=f"select i::int as patient_no, {names}", doctors=f"select i::int as room, {names}"
    )
    assert not any("last_name" in link for link in data.links())


def test_a_shorthand_key_is_found_by_the_full_name():
    data = Data(
        countries="select i::int as CountryId, (i % 5 + 1)::int as Continent from range(15) t(i)",
        continents="select i::int as ContId, 'land ' || i as Continent from range(1, 6) t(i)",
    )
    assert data.links() == ["countries.Continent -> continents.ContId"]


def test_tables_of_one_kind_link_by_keys_that_hold_the_same_numbers():
    data = Data(
        car_names="select i::int as MakeId, 'm' || (i % 9) as Model from range(1, 41) t(i)",
        cars_data="select i::int as Id, i * 1.5::double as weight from range(1, 41) t(i)",
        bike_data="select i::int as Id, i * 2.5::double as weight from range(1, 41) t(i)",
    )
    assert data.links() == ["car_names.MakeId -> cars_data.Id"]


def test_keys_of_tables_of_one_kind_that_name_their_own_rows_do_not_link():
    data = Data(
        shop_orders="select i::int as shop_order_id from range(1, 41) t(i)",
        shop_products="select i::int as shop_product_id from range(1, 41) t(i)",
    )
    assert data.links() == []


def test_texts_of_unlike_names_link_where_many_but_not_all_values_are_shared():
    data = Data(
        visits="select 'land ' || (i % 40) as country, i::int as seen from range(200) t(i)",
        places="select 'land ' || (i + 10) as name, i * 0.5::double as area from range(60) t(i)",
    )
    assert data.links() == ["visits.country -> places.name"]
