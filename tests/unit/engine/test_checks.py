"""Traps that a right-looking answer can hide, each with a twin that has nothing to say."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pytest

from dip_sdk.engine.checks import CODES, Context, find
from dip_sdk.engine.guard import Guard
from dip_sdk.engine.planner.base import View
from dip_sdk.types.dataset import Distinct, Link, Parsed, Problem, Table, TableColumn
from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.plan import AnswerStep, Plan, Reading, SqlStep
from dip_sdk.types.result import Check
from dip_sdk.types.values import Column, encode
from dip_sdk.worker.runner import Look, Made

TYPES = {
    "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer",
    "HUGEINT": "integer", "VARCHAR": "text", "DATE": "date", "TIMESTAMP": "timestamp",
    "DOUBLE": "double", "BOOLEAN": "boolean",
}  # fmt: skip
RUN = "run 1"


class World:
    """Tables in a real database, and the checks of answers computed from them."""

    def __init__(self, **tables: str) -> None:
        self.con = duckdb.connect(config={"threads": 2})
        self.con.execute(f'create schema "{RUN}"')
        self.failed: list[str] = []
        self.looks = 0
        self.links: tuple[Link, ...] = ()
        self.tables = {name: self._table(name, sql) for name, sql in tables.items()}

    def _table(self, name: str, sql: str) -> Table:
        numbered = f"select *, row_number() over () - 1 as _row from ({sql})"
        self.con.execute(f'create table "{name}" as {numbered}')
        columns = tuple(TableColumn(name=c.name, type=c.type) for c in self._columns(f'"{name}"'))
        (rows,) = self.con.execute(f'select count(*) from "{name}"').fetchone()
        return Table(
            name=name, dataset_id="d", source=f"{name}.csv", rows=rows, columns=columns,
            parsed=Parsed(format="csv"), fingerprint=name, path="", inner=name,
        )  # fmt: skip

    def _columns(self, name: str) -> tuple[Column, ...]:
        shape = self.con.execute(f"describe {name}").fetchall()
        return tuple(Column(name=c[0], type=TYPES.get(c[1], c[1].lower())) for c in shape)

    def change(self, table: str, **update: object) -> None:
        self.tables[table] = self.tables[table].model_copy(update=update)

    def reads(self, table: str, text: str, number: str) -> None:
        """The hidden column `number` is a reading of the text column `text`."""
        columns = tuple(
            c.model_copy(update={"reading_of": text}) if c.name == number else c
            for c in self.tables[table].columns
        )
        self.change(table, columns=columns)

    def look(self, sql: str, params: Mapping[str, object], limit: int) -> Look:
        self.looks += 1
        try:
            cursor = self.con.execute(sql, dict(params))
            rows = cursor.fetchmany(limit + 1)
        except duckdb.Error as error:
            self.failed.append(f"{error}\n{sql}")
            raise QueryFailed(str(error)) from error
        wire = tuple(tuple(map(encode, row)) for row in rows[:limit])
        return Look(columns=(), rows=wire, more=len(rows) > limit)

    def distinct(self, table: str, column: str) -> Distinct:
        rows = self.con.execute(
            f'select "{column}", count(*) from "{table}" group by 1 order by 2 desc, 1'
        )
        values = tuple((encode(value), count) for value, count in rows.fetchall())
        return Distinct(table=table, column=column, values=values, complete=True)

    def context(self, *sqls: str, params=None, question="q", names=(), **reading) -> Context:
        steps = [
            SqlStep(name=names[n] if names else f"step {n}", sql=sql, params=params or {})
            for n, sql in enumerate(sqls)
        ]
        self.con.execute(f'drop schema "{RUN}" cascade; create schema "{RUN}"')
        guard, made, trees = Guard(self.tables.values()), {}, {}
        for step in steps:
            known = {name: [c.name for c in m.columns] for name, m in made.items()}
            checked = guard.check(step.sql, run=RUN, made=known, params=step.params)
            made[step.name] = self._make(step, checked)
            trees[step.name] = checked.tree
        answer = AnswerStep(table=steps[-1].name, reading=Reading(**reading))
        plan = Plan(question=question, planner="rules", steps=(*steps, answer))
        view = View(tuple(self.tables.values()), links=self.links, distinct=self.distinct)
        return Context(plan, trees, view, made, RUN, answer, self.look)

    def _make(self, step: SqlStep, checked) -> Made:
        place = f'"{RUN}"."{step.name}"'
        used = {name: step.params[name] for name in checked.params}
        self.con.execute(f"create table {place} as {checked.sql}", used)
        rows = self.con.execute(f"from {place}").fetchall()
        preview = tuple(tuple(map(encode, row)) for row in rows[:100])
        return Made(columns=self._columns(place), rows=len(rows), seconds=0, preview=preview)

    def checks(self, *sqls: str, **reading) -> list[Check]:
        found = list(find(self.context(*sqls, **reading)))
        assert not self.failed, self.failed
        assert {check.code for check in found} <= set(CODES)
        return found

    def only(self, code: str, *sqls: str, **reading) -> Check:
        """The one finding of that code."""
        (found,) = [c for c in self.checks(*sqls, **reading) if c.code == code]
        return found

    def warnings(self, *sqls: str, **reading) -> list[str]:
        return [c.message for c in self.checks(*sqls, **reading) if c.level == "warning"]

    def codes(self, *sqls: str, **reading) -> list[str]:
        return sorted(c.code for c in self.checks(*sqls, **reading))


CUSTOMERS = "select i::int as id, 'name ' || i as name, (20 + i)::int as age, \
    ['North','South'][i % 2 + 1] as region from range(1, 21) t(i)"
ORDERS = "select i::int as id, (i % 20 + 1)::int as customer_id, (i * 10)::int as amount, \
    ['open','paid','lost'][i % 3 + 1] as status, (date '2024-01-01' + i::int) as ordered \
    from range(0, 91) t(i)"
ITEMS = "select i::int as id, (i % 91)::int as order_id, (i % 7 + 1)::int as quantity, \
    'p' || (i % 5) as product from range(0, 182) t(i)"


@pytest.fixture
def shop() -> World:
    return World(customers=CUSTOMERS, orders=ORDERS, items=ITEMS)


# Joins


def test_a_join_that_repeats_what_is_added_up(shop):
    found = shop.only(
        "join_fanout", "select sum(o.amount) from orders o join items i on i.order_id = o.id"
    )
    assert found.numbers == {"table": "orders", "rows": 91, "joined": 182}
    assert found.message == (
        "Joining items repeats rows of orders: 91 became 182, "
        "so the total of o.amount counts some of them more than once."
    )


def test_a_join_to_a_unique_key_repeats_nothing(shop):
    sql = (
        "select c.region, sum(o.amount) from orders o join customers c on o.customer_id = "
        "c.id group by 1"
    )
    assert shop.codes(sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select avg(c.age) from customers c join orders o on o.customer_id = c.id",
        (
            "select c.region, count(c.id) as n from orders o join customers c "
            "on o.customer_id = c.id group by all"
        ),
        "select sum(amount) from orders left join items on items.order_id = orders.id",
        "select sum(o.amount) from orders o, items i where i.order_id = o.id",
        (
            "with big as (select * from items where quantity > 1) "
            "select sum(o.amount) from orders o join big on big.order_id = o.id"
        ),
        (
            "select sum(o.amount * c.age) from orders o join customers c on o.customer_id = c.id "
            "join items i on i.order_id = o.id"
        ),
        (
            "select sum(a.total) from (select id, customer_id, amount as total from orders) a "
            "join items i on i.order_id = a.id"
        ),
    ],
)
def test_every_way_to_repeat_rows_is_seen(shop, sql):
    assert "join_fanout" in shop.codes(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select count(distinct c.id) from customers c join orders o on o.customer_id = c.id",
        "select max(c.age) from customers c join orders o on o.customer_id = c.id",
        (
            "select c.name, sum(o.amount) from customers c left join orders o "
            "on o.customer_id = c.id group by 1"
        ),
        "select sum(i.quantity * o.amount) from orders o join items i on i.order_id = o.id",
        (
            "with n as (select order_id, sum(quantity) as q from items group by 1) "
            "select sum(o.amount) from orders o join n on n.order_id = o.id"
        ),
        "select sum(o.amount) from orders o where o.id in (select order_id from items)",
        "select sum(o.amount) from orders o semi join items i on i.order_id = o.id",
        (
            "select avg(o.amount - m.a) from orders o cross join (select avg(amount) as a from "
            "orders) m"
        ),
        (
            "select sum(amount) from orders join customers using (id) where amount <= 200 and "
            "amount > 0"
        ),
    ],
)
def test_joins_that_repeat_nothing_that_matters_are_silent(shop, sql):
    assert [m for m in shop.warnings(sql) if "repeats" in m] == []


def test_counted_customers_are_those_the_question_names(shop):
    sql = (
        "select c.region, count(*) as n from customers c join orders o on o.customer_id = "
        "c.id group by 1"
    )
    assert "join_fanout" in shop.codes(sql, measure="number of customers", aggregate="count")
    assert shop.codes(sql, measure="number of orders", aggregate="count") == []


def test_a_row_that_counts_in_several_groups_is_a_note(shop):
    sql = (
        "select i.product, sum(o.amount) as total from orders o join items i on i.order_id = "
        "o.id group by 1"
    )
    found = shop.only("join_fanout", sql)
    assert found.level == "info"
    assert "belong to several groups" in found.message


def test_a_known_link_saves_the_look(shop):
    sql = "select sum(o.amount) from orders o join customers c on o.customer_id = c.id"
    shop.checks(sql)
    before, shop.looks = shop.looks, 0
    shop.links = (
        Link(
            left_table="orders", left_column="customer_id", right_table="customers",
            right_column="id", right_unique=True, overlap=1.0,
        ),
    )  # fmt: skip
    other = World(customers=CUSTOMERS, orders=ORDERS)
    other.links = shop.links
    other.checks(sql)
    assert other.looks < before


def test_an_inner_join_that_loses_rows():
    world = World(
        customers="select i::int as id, 'n' || i as name from range(1, 10) t(i)",
        orders="select i::int as id, (i % 12)::int as customer_id, i::int as amount from range(24) "
        "t(i)",
    )
    sql = (
        "select c.name, sum(o.amount) from orders o join customers c on o.customer_id = c.id "
        "group by 1"
    )
    found = world.only("rows_dropped", sql)
    assert found.numbers == {"table": "orders", "rows": 24, "dropped": 6}
    assert found.message == (
        "6 of 24 rows of orders have no match in customers and are left out "
        "(customer_id 0, 10, 11)."
    )
    assert world.codes(sql.replace(" join ", " left join ")) in ([], ["null_groups"])


def test_a_list_that_loses_rows_to_missing_keys():
    world = World(
        customers="select i::int as id, 'n' || i as name from range(1, 10) t(i)",
        orders="select i::int as id, nullif(i, 3)::int as customer_id from range(1, 10) t(i)",
    )
    sql = "select o.id, c.name from orders o join customers c on o.customer_id = c.id"
    found = world.only("rows_dropped", sql)
    assert found.message == (
        "1 of 9 rows of orders has no match in customers and is left out (customer_id is empty)."
    )


@pytest.mark.parametrize(
    "sql",
    [
        (
            "select sum(o.amount) from orders o join customers c on o.customer_id = c.id "
            "where c.region = 'North'"
        ),
        (
            "select sum(o.amount) from orders o join customers c on o.customer_id = c.id "
            "and c.region = 'North'"
        ),
        (
            "select sum(o.amount) from orders o join (select * from customers where age > 30) c "
            "on o.customer_id = c.id"
        ),
        (
            "select distinct c.name from customers c join orders o on o.customer_id = c.id "
            "where o.amount > 800"
        ),
        (
            "select o.id, c.name from orders o join customers c on o.customer_id = c.id "
            "where o.status = 'paid' and c.age > 30"
        ),
        "select o.id from orders o left join customers c on o.customer_id = c.id where c.age > 30",
        (
            "select o.id from orders o join customers c on o.customer_id = c.id "
            "where o.amount between c.age and 200"
        ),
        (
            "select o.id from orders o join customers c on o.customer_id = c.id "
            "and year(o.ordered) = c.age + 2000"
        ),
    ],
)
def test_rows_left_out_by_a_filter_are_no_loss(shop, sql):
    assert shop.codes(sql) == []


def test_things_that_nothing_refers_to_are_no_loss():
    world = World(
        cars="select i::int as id, (i * 9)::int as cost from range(9) t(i)",
        sales="select i::int as id, (i + 2)::int as car_id, i::int as price from range(5) t(i)",
    )
    sql = "select sum(cost) as cost, sum(price) as price from sales join cars on car_id = cars.id"
    world.links = (
        Link(
            left_table="sales",
            left_column="car_id",
            right_table="cars",
            right_column="id",
            right_unique=True,
            overlap=1.0,
        ),
    )
    assert world.codes(sql) == []


# Missing values


NULLS = "select i::int as id, case when i % 4 > 0 then i end::int as amount, 'a' as kind, \
    case when i > 1 then 'r' || (i % 3) end as region from range(40) t(i)"


@pytest.mark.parametrize("function", ["avg", "sum", "count", "median"])
def test_missing_values_are_left_out(function):
    found = World(t=NULLS).only("nulls_excluded", f"select {function}(amount) from t")
    assert found.numbers == {"column": "amount", "rows": 40, "nulls": 10}
    assert found.level == "warning"
    assert "10 of 40 rows have no amount and are left out of the" in found.message


def test_few_missing_values_are_a_note():
    world = World(t="select nullif(i, 7)::int as amount from range(100) t(i)")
    assert world.only("nulls_excluded", "select avg(amount) from t").level == "info"


@pytest.mark.parametrize(
    "sql",
    [
        "select avg(id) from t",
        "select max(amount) from t",
        "select count(*) from t",
        "select avg(amount) from t where amount > 3",
        "select avg(coalesce(amount, 0)) from t",
        "select sum(case when id > 3 then amount end) from t",
        "select avg(amount) filter (where amount is not null) from t",
        "select count(distinct amount) from t",
    ],
)
def test_values_that_are_there_or_meant_to_be_missing_are_silent(sql):
    assert World(t=NULLS).codes(sql) == []


def test_missing_values_of_an_outer_join_are_meant(shop):
    sql = (
        "select c.name, count(o.id) from customers c left join orders o on o.customer_id = "
        "c.id and o.amount > 800 group by 1"
    )
    assert shop.codes(sql) == []


def test_a_group_without_a_name():
    found = World(t=NULLS).only(
        "null_groups", "select region, count(*) as n from t group by region"
    )
    assert found.message == "2 rows have no region: a group without a name."


def test_a_group_without_a_name_is_found_behind_a_reshaping_step():
    codes = World(t=NULLS).codes(
        "select region, count(*) as n from t group by region",
        'select region as "Region", round(n, 1) as n from "step 0"',
    )
    assert codes == ["null_groups"]


@pytest.mark.parametrize(
    "sql",
    [
        "select kind, count(*) as n from t group by kind",
        "select region, count(*) as n from t where region is not null group by 1",
        "select region, count(*) as n from t group by region having region is not null",
    ],
)
def test_groups_with_names_are_silent(sql):
    assert World(t=NULLS).codes(sql) == []


def test_an_answer_that_is_empty_throughout():
    world = World(t="select null::int as amount, 'a' as kind from range(10) t(i)")
    codes = world.codes("select kind, sum(amount) as total from t group by 1", shape="groups")
    assert "all_null_result" in codes


def test_an_answer_with_one_value_is_not_empty():
    world = World(
        t="select case when i = 1 then 5 end::int as amount, i::int as k from range(9) t(i)"
    )
    codes = world.codes("select k, min(amount) as total from t group by 1", shape="groups")
    assert codes == []


# Text read as numbers


PRICES = "select case i when 3 then 'n/a' when 4 then '' else (i * 2)::varchar end as price, \
    i::int as id from range(30) t(i)"


@pytest.mark.parametrize(
    "sql",
    [
        "select avg(try_cast(price as double)) from t",
        "select avg(try_cast(price as double)) from t where try_cast(price as double) > 4",
        "select id, try_cast(price as double) as price from t",
    ],
)
def test_text_that_is_no_number(sql):
    found = World(t=PRICES).only("cast_failed", sql)
    assert found.numbers == {"column": "price", "values": 29, "failed": 1}
    assert found.message == (
        "1 of 29 values of price could not be read as numbers and is left out (such as 'n/a')."
    )


def test_text_that_is_no_date():
    world = World(t="select ['2024-01-05', '5 Jan'][i % 2 + 1] as d from range(6) t(i)")
    found = world.only("cast_failed", "select max(try_strptime(d, '%Y-%m-%d')) from t")
    assert "3 of 6 values of d could not be read as dates" in found.message


def test_text_that_is_all_numbers_is_silent():
    assert World(t=PRICES).codes("select avg(try_cast(price as double)) from t where id > 4") == []


WEIGHTS = "select {text} as weight, try_cast(regexp_extract({text}, '[0-9.]+') as double) \
    as weight_number, i::int as id from range(20) t(i)"


def weights(text: str) -> World:
    world = World(t=WEIGHTS.format(text=text))
    world.reads("t", "weight", "weight_number")
    return world


def test_a_reading_that_leaves_values_out():
    world = weights("case when i = 2 then 'heavy' else i || ' kg' end")
    found = world.only("cast_failed", "select sum(weight_number) from t")
    assert (found.numbers["failed"], found.numbers["column"]) == (1, "weight")


def test_a_reading_of_several_units():
    world = weights("i || [' kg', ' g'][i % 2 + 1]")
    found = world.only("mixed_units", "select sum(weight_number) from t")
    assert found.numbers["units"] == ["g", "kg"]


@pytest.mark.parametrize("text", ["i || ' kg'", "'$' || i", "i || ['k', 'm'][i % 2 + 1]"])
def test_a_reading_of_one_unit_is_silent(text):
    assert weights(text).codes("select sum(weight_number) from t") == []


MONEY = (
    "select i::int as id, i::int as amount, ['EUR','USD'][i % 2 + 1] as currency from "
    "range(20) t(i)"
)


def test_amounts_of_several_currencies():
    found = World(t=MONEY).only("mixed_units", "select sum(amount) from t")
    assert found.message == (
        "amount is in different units of currency (EUR and USD) "
        "and taken together as if they were one."
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select currency, sum(amount) from t group by 1",
        "select sum(amount) from t where currency = 'EUR'",
        "select count(amount) from t",
    ],
)
def test_amounts_of_one_currency_each_are_silent(sql):
    assert World(t=MONEY).codes(sql) == []


def test_an_amount_whose_name_tells_its_currency_is_silent():
    paid = MONEY.replace("as amount", "as salary_in_usd")
    assert World(t=paid).codes("select sum(salary_in_usd) from t") == []
    assert "mixed_units" in World(t=MONEY.replace("as amount", "as salary")).codes(
        "select sum(salary) from t"
    )


# Filters


@pytest.mark.parametrize(
    "where",
    [
        "region = 'Nroth'",
        "lower(region) = 'nroth'",
        "region in ('Nroth')",
        "region = $who",
        "upper(region) = upper($who)",
        "'Nroth' = region",
    ],
)
def test_a_value_that_does_not_exist(shop, where):
    params = {"who": "Nroth"} if "$" in where else {}
    sql = f"select count(*) from customers where {where}"
    found = shop.only("empty_filter", sql, params=params)
    assert found.message.endswith("in region; did you mean 'North'?")
    assert found.numbers["nearest"] == "North"


def test_a_value_in_other_letters(shop):
    found = shop.only("empty_filter", "select count(*) from customers where region = 'NORTH'")
    assert "did you mean 'North'" in found.message


def test_a_value_like_no_other_lists_those_there_are(shop):
    found = shop.only("empty_filter", "select count(*) from customers where region = 'xyz'")
    assert found.message == "No 'xyz' in region; it holds North and South."


def test_a_value_that_only_a_part_of_the_sum_asks_for(shop):
    sql = "select sum(amount) filter (where status = 'payd') as a, sum(amount) as b from orders"
    found = shop.only("empty_filter", sql)
    assert found.level == "warning"


def test_one_missing_value_among_several_is_a_note(shop):
    sql = "select count(*) from orders where status in ('open', 'opened')"
    assert shop.only("empty_filter", sql).level == "info"


def test_a_range_without_data(shop):
    sql = (
        "select sum(amount) from orders where ordered >= date '2031-01-01' and ordered < "
        "'2032-01-01'"
    )
    found = shop.only("empty_filter", sql)
    assert found.message == (
        "No row has the ordered asked for: it goes from 2024-01-01 to 2024-03-31."
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from customers where region = 'North'",
        "select count(*) from orders where lower(status) in ('open', 'paid')",
        "select count(*) from orders where status <> 'lost'",
        "select sum(amount) from orders where ordered >= date '2024-02-01'",
        "select count(*) from orders where status = 'open' and amount = 10",
        (
            "select case when status = 'open' then 'x' else 'y' end as k, count(*) from orders "
            "group by 1"
        ),
    ],
)
def test_filters_that_find_something_are_silent(shop, sql):
    assert shop.codes(sql) == []


# Periods


DAYS = "select (date '2026-01-01' + i::int) as ordered, i::int as amount from range({0}) t(i)"


@pytest.mark.parametrize(
    "month",
    [
        "date_trunc('month', ordered)",
        "strftime(ordered, '%Y-%m')",
        "date_trunc('month', ordered)::date",
    ],
)
def test_a_month_that_ends_early(month):
    world = World(t=DAYS.format(316))
    sql = f"select {month} as m, sum(amount) as total from t group by 1 order by 1"
    found = world.only("partial_period", sql, shape="trend")
    assert found.message == "November 2026 is not complete: the data ends on 12 November 2026."
    assert found.level == "warning"


def test_a_first_month_that_begins_late():
    world = World(t="select (date '2026-01-20' + i::int) as d from range(100) t(i) where i < 71")
    found = world.only(
        "partial_period", "select date_trunc('month', d) as m, count(*) from t group by m"
    )
    assert found.message == "January 2026 is not complete: the data begins on 20 January 2026."


def test_a_year_that_ends_early():
    world = World(t="select (date '2023-01-01' + i::int) as d from range(900) t(i)")
    found = world.only("partial_period", "select year(d) as y, count(*) as n from t group by y")
    assert found.message.startswith("2025 is not complete: the data ends on")


def test_an_average_of_a_partial_month_is_a_note():
    world = World(t=DAYS.format(316))
    sql = "select date_trunc('month', ordered) as m, avg(amount) as a from t group by 1"
    assert world.only("partial_period", sql, shape="trend").level == "info"


@pytest.mark.parametrize(
    "rows",
    [
        "select (date '2026-01-01' + i::int) as d from range(181) t(i)",
        "select (date '2026-01-01' + i::int) as d from range(179) t(i)",
        "select date '2024-01-01' + to_months(i::int) as d from range(30) t(i)",
        "select (date '2026-01-04' + (i * 4)::int) as d from range(36) t(i)",
    ],
)
def test_whole_months_and_monthly_figures_are_silent(rows):
    world = World(
        t=f"select d::date as d, i::int as amount from (select d, row_number() over () as i from "
        f"({rows}))"
    )
    sql = "select date_trunc('month', d) as m, sum(amount) as total from t group by 1 order by 1"
    assert world.codes(sql, shape="trend") == []


# Samples and copies


SAMPLES = (
    "select case when i < 3 then 'rare' else 'k' || (i % 4) end as kind, i::int as amount "
    "from range(60) t(i)"
)


def test_an_average_of_few_rows_beside_others_of_many():
    found = World(t=SAMPLES).only("small_sample", "select kind, avg(amount) from t group by kind")
    assert found.level == "warning"
    assert found.message == "1 of 5 groups rests on fewer than 5 rows (the smallest on 3)."


def test_an_average_of_few_rows_in_all_is_a_note():
    world = World(t="select i::int as amount from range(3) t(i)")
    found = world.only("small_sample", "select avg(amount) from t")
    assert (found.level, found.message) == ("info", "The average rests on 3 rows.")


@pytest.mark.parametrize(
    "sql",
    [
        "select kind, sum(amount) from t group by kind",
        "select kind, avg(amount) from t where kind <> 'rare' group by kind",
        "select kind, avg(amount) from t group by kind having count(*) >= 5",
        "select avg(amount) from t",
    ],
)
def test_enough_rows_are_silent(sql):
    assert World(t=SAMPLES).codes(sql) == []


def test_copies_of_rows_are_counted():
    world = World(
        t="select i::int as id, (i * 3)::int as amount from range(50) t(i) union all "
        "select i::int, (i * 3)::int from range(2) t(i)"
    )
    found = world.only("duplicate_rows", "select sum(amount) from t")
    assert found.message == "2 rows of t are exact copies of others and are counted too."
    assert found.level == "warning"


def test_a_table_loaded_twice():
    world = World(t="select (i // 2)::int as id, 'x' as k from range(50) t(i)")
    found = world.only("duplicate_rows", "select count(*) from t")
    assert found.message == "Every row of t stands 2 times: was it loaded twice?"


@pytest.mark.parametrize(
    "rows",
    [
        "select i::int as id, 5::int as amount, 'a' as kind from range(50) t(i)",
        "select (i % 3)::int as amount, (i % 2)::varchar as kind, 1 as id from range(50) t(i)",
        "select (i % 3)::int as amount, (i * 7)::int as kind from range(50) t(i)",
    ],
)
def test_rows_that_merely_look_alike_are_silent(rows):
    assert World(t=rows).codes("select sum(amount) from t") == []


# Limits


def test_rows_that_were_cut_off(shop):
    found = shop.only(
        "truncated", "select id, amount from orders order by id limit 10", shape="rows"
    )
    assert found.numbers == {"shown": 10, "total": 91}
    assert found.message == "Only the first 10 of 91 rows are shown."


def test_a_step_that_was_cut_off_before_its_average(shop):
    found = shop.checks(
        "select amount from orders order by amount desc limit 20",
        'select avg(amount) as a from "step 0"',
    )
    assert [c.message for c in found] == ["Only the first 20 of 91 rows were used."]


def test_rows_in_no_order(shop):
    found = shop.only("unordered_limit", "select id, amount from orders limit 10")
    assert found.level == "warning"


def test_a_limit_that_was_asked_for_or_never_reached_is_silent(shop):
    by_amount = "select id, amount from orders order by amount desc limit 10"
    assert shop.codes(by_amount, limit=10, shape="top") == []
    assert World(orders=ORDERS).codes("select id from orders limit 100") == []
    assert World(orders=ORDERS).codes("select id from orders limit 91") == []


@pytest.mark.parametrize("question", ["the 3 largest orders", "the three largest orders?"])
def test_a_limit_in_the_words_of_the_question_is_silent(shop, question):
    sql = "select id, amount from orders order by amount desc limit 3"
    assert shop.codes(sql, question=question) == []
    assert shop.codes(sql, question="the largest orders") == ["truncated"]
    assert shop.codes(sql.replace("3", "1"), question="the largest order") == []


SCORES = "select 'n' || i as name, [9, 9, 8, 8, 8, 7, 6][i]::int as score from range(1, 8) t(i)"


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (1, "2 rows share the first place (score 9): 1 is shown, 1 not."),
        (3, "3 rows share the last place (score 8): 1 is shown, 2 not."),
        (4, "3 rows share the last place (score 8): 2 are shown, 1 not."),
    ],
)
def test_a_tie_that_the_limit_cuts_through(limit, message):
    sql = f"select name, score from t order by score desc, name limit {limit}"
    found = World(t=SCORES).only("ties", sql, shape="top", limit=limit)
    assert (found.level, found.message) == ("warning", message)


def test_a_tie_of_a_value_that_is_not_shown():
    sql = "select name from t order by score desc limit 1"
    found = World(t=SCORES).only("ties", sql, shape="top", limit=1)
    assert found.numbers == {"value": 9, "tied": 2, "shown": 1}


def test_a_tie_of_totals():
    sql = "select score, count(*) as n from t group by score order by n desc, score limit 2"
    assert World(t=SCORES).codes(sql, shape="top", limit=2) == []
    other = sql.replace("limit 2", "limit 3")
    assert World(t=SCORES).codes(other, shape="top", limit=3) == ["ties"]


@pytest.mark.parametrize("limit", [2, 5, 6, 7])
def test_a_limit_between_different_values_is_silent(limit):
    sql = f"select name, score from t order by score desc limit {limit}"
    assert World(t=SCORES).codes(sql, shape="top", limit=limit) == []


# The order of rows


@pytest.mark.parametrize(
    "call", ["first(amount)", "last(amount)", "lag(amount) over ()", "row_number() over ()"]
)
def test_a_function_that_follows_the_file(shop, call):
    found = shop.only("row_order", f"select {call} as x from orders")
    assert "follows the order of rows in the file" in found.message


@pytest.mark.parametrize(
    "call",
    [
        "first(amount order by ordered)",
        "lag(amount) over (order by ordered)",
        "max(amount)",
        "row_number() over (order by id)",
    ],
)
def test_a_function_with_an_order_is_silent(shop, call):
    assert shop.codes(f"select {call} as x from orders") == []


NUMBERS = (
    "select i::varchar as size, lpad(i::varchar, 5, '0') as code, 'n' || i as name from "
    "range(20) t(i)"
)


@pytest.mark.parametrize(
    "sql", ["select size from t order by size", "select max(size) as m from t"]
)
def test_numbers_sorted_as_text(sql):
    found = World(t=NUMBERS).only("row_order", sql)
    assert found.message == "size is text and sorted as text: 10 comes before 9."


@pytest.mark.parametrize(
    "sql",
    [
        "select code from t order by code",
        "select name from t order by name",
        "select size from t order by size::int",
    ],
)
def test_text_sorted_as_text_is_silent(sql):
    assert World(t=NUMBERS).codes(sql) == []


# Sources


def test_what_looked_wrong_in_a_table_is_carried_to_the_answer(shop):
    problem = Problem(code="bad_lines", message="3 lines were left out.", count=3)
    shop.change("orders", problems=(problem,))
    found = shop.only("bad_lines", "select sum(amount) from orders")
    assert (found.level, found.message) == ("info", "orders: 3 lines were left out.")


def test_what_looked_wrong_elsewhere_is_not(shop):
    problem = Problem(code="mixed_dates", message="Some dates.", column="ordered")
    shop.change("orders", problems=(problem,))
    shop.change("items", problems=(problem,))
    assert shop.codes("select sum(amount) from orders") == []


# All together


@pytest.mark.parametrize(
    "sqls",
    [
        ("select sum(amount) as total from orders",),
        ("select status, sum(amount) as total, avg(amount) as a from orders group by all",),
        ("select * from orders",),
        ("select * from orders where amount between 100 and 200 order by ordered",),
        (
            (
                "with m as (select date_trunc('month', ordered) as m, sum(amount) as a from orders "
                "group by 1) select m, a, lag(a) over (order by m) as before from m order by m"
            ),
        ),
        ("select status, count(*) as n from orders group by 1", 'select sum(n) as n from "step 0"'),
        ("select region from customers union select status from orders",),
        (
            (
                "select o.status, c.region, count(*) as n, sum(o.amount) as total from orders as o "
                "inner join customers as c on c.id = o.customer_id group by o.status, c.region "
                "having count(*) > 2 order by total desc"
            ),
        ),
        (
            (
                "select c.name from customers c where not exists "
                "(select 1 from orders o where o.customer_id = c.id and o.amount > 850)"
            ),
        ),
    ],
)
def test_right_answers_on_clean_data_are_silent(shop, sqls):
    assert shop.codes(*sqls) == []


def test_a_statement_that_cannot_be_counted_stops_no_other_check(shop):
    context = shop.context(
        "select c.name, (select max(o.amount) from orders o where o.customer_id = c.id) as m "
        "from customers c where c.region = 'North'"
    )
    assert list(find(context)) == []


def test_a_step_may_be_called_like_the_table_it_reads(shop):
    codes = shop.codes(
        "select status, sum(amount) as total from orders where status <> 'lots' group by 1",
        "select * from orders",
        names=("orders", "Customers"),
    )
    assert codes == ["empty_filter"]


def test_a_large_table_is_left_alone(shop):
    shop.change("orders", rows=2_000_000_000)
    context = shop.context("select sum(o.amount) from orders o join items i on i.order_id = o.id")
    shop.looks = 0
    assert list(find(context)) == []
    assert shop.looks == 0
