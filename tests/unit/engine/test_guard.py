"""What the guard says of a statement: what runs, what is shown, and why it is refused."""

from __future__ import annotations

import duckdb
import pytest

from dip_sdk.engine.guard import RULES, Guard
from dip_sdk.engine.guard.allowed import CHANGING, FUNCTIONS, TABLE_FUNCTIONS
from dip_sdk.engine.guard.parse import WITH_SYNTAX
from dip_sdk.types.dataset import Parsed, Table, TableColumn
from dip_sdk.types.errors import PlanRejected, from_wire, to_wire

MADE = {"by_region": ["region", "total"]}


def table(name: str, *columns: str, hidden: dict[str, str] | None = None) -> Table:
    found = [TableColumn(name=column, type="text") for column in columns]
    found += [TableColumn(name=h, type="double", reading_of=of) for h, of in (hidden or {}).items()]
    return Table(
        name=name, dataset_id="d", source="s", rows=1, columns=tuple(found), inner="i", path="p",
        parsed=Parsed(format="csv"), fingerprint="f",
    )  # fmt: skip


@pytest.fixture(scope="module")
def guard() -> Guard:
    sales = table("sales", "id", "region", "amount", "price", hidden={"price_number": "price"})
    return Guard([sales, table("customers", "id", "name"), table("Order Lines", "Unit", "user")])


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        connection.execute("""
            create view sales as select * from (values
                (0, 1, 'N', 5, '7 km', 7.0), (1, 2, 'S', 5, '8 km', 8.0), (2, 3, 'N', 9, null, null)
            ) v(_row, id, region, amount, price, price_number);
            create view customers as select 0 as _row, 1 as id, 'Ann' as name;
            create view "Order Lines" as select 0 as _row, 'kg' as "Unit", 'me' as "user";
            create schema run1;
            create table run1.by_region as select 'N' as region, 14 as total;
        """)
        yield connection


def refusal(guard: Guard, sql: str, **given: object) -> PlanRejected:
    with pytest.raises(PlanRejected) as caught:
        guard.check(sql, **given)
    return caught.value


def columns(database: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [column[0] for column in database.execute(sql).description]


# what runs


def test_a_star_leaves_out_hidden_columns(guard, database):
    checked = guard.check("select * from sales")
    assert columns(database, checked.sql) == ["id", "region", "amount", "price"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select s.* from sales s", ["id", "region", "amount", "price"]),
        ("select columns('.*') from customers", ["id", "name"]),
        (
            "select * from sales join customers using (id)",
            ["id", "region", "amount", "price", "name"],
        ),
        ("select * from customers semi join sales using (id)", ["id", "name"]),
        ("select price_number, * from sales", ["price_number", "id", "region", "amount", "price"]),
        (
            "select s.*, price_number from sales s",
            ["id", "region", "amount", "price", "price_number"],
        ),
        ("select *, _row from sales", ["id", "region", "amount", "price", "_row"]),
        ("select columns(*), _row from customers", ["id", "name", "_row"]),
        ("select * exclude (_row, region) from sales", ["id", "amount", "price"]),
        ("select * from sales order by amount limit 1", ["id", "region", "amount", "price"]),
        (
            "select x.* from (select * from sales order by id limit 1) x",
            ["id", "region", "amount", "price"],
        ),
        ("select unnest(customers) from customers", ["id", "name"]),
        ("select unnest(c) from customers c order by id limit 1", ["id", "name"]),
        ("select c.a from customers c(a, b)", ["a"]),
        ("select * from customers c(a, b)", ["a", "b"]),
        ("from (pivot sales on region using sum(amount) group by id)", ["id", "N", "S"]),
    ],
)
def test_hidden_columns_show_only_where_they_are_named(guard, database, sql, expected):
    assert columns(database, guard.check(sql).sql) == expected


def test_tables_of_the_run_are_read_from_its_schema(guard, database):
    checked = guard.check(
        "select total from by_region where by_region.total > 1", run="run1", made=MADE
    )
    assert '"run1"."by_region"' in checked.sql
    assert database.execute(checked.sql).fetchall() == [(14,)]
    assert checked.tables == ()


def test_a_table_of_the_run_hides_one_of_the_catalog(guard):
    checked = guard.check("select total from Sales", run="run1", made={"sales": ["total"]})
    assert checked.tables == ()
    assert '"run1"."sales"' in checked.sql


def test_tables_read_are_named_as_the_catalog_spells_them(guard):
    checked = guard.check('select 1 from SALES, "order lines", by_region', run="run1", made=MADE)
    assert set(checked.tables) == {"sales", "Order Lines"}


def test_a_with_may_take_the_name_of_the_table_it_reads(guard, database):
    checked = guard.check(
        "with sales as (select * from sales where id < 3) select count(*) from sales"
    )
    assert database.execute(checked.sql).fetchall() == [(2,)]


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select count(*), sum( id ), id from sales group by id", ["count(*)", "sum( id )", "id"]),
        ("select amount::int, s.id from sales s", ["amount::int", "id"]),
        ("with a as (select 1 as n) select n + 1 from a", ["n + 1"]),
        ("select 1 is distinct from 2, [1, 2] from sales", ["1 is distinct from 2", "[1, 2]"]),
        ("from sales select max(id)", ["max(id)"]),
        ("select 1 + 1 union all select 2", ["1 + 1"]),
        ("(select 2 * 3)", ["2 * 3"]),
        ("select a: 1, 2 b, 3 as c", ["a", "b", "c"]),
    ],
)
def test_output_columns_are_named_by_their_text(guard, database, sql, names):
    assert columns(database, guard.check(sql).sql) == names


def test_names_stay_where_duplicates_are(guard, database):
    checked = guard.check("select id, id, sum(id), sum(id) from sales group by id")
    assert columns(database, checked.sql) == ["id", "id", "sum(id)", "sum(id)"]


def test_what_is_shown_has_nothing_of_ours(guard):
    sql = "select * from sales join by_region using (region) order by amount limit 3"
    shown = guard.check(sql, run="run1", made=MADE).shown
    assert "_row" not in shown
    assert "EXCLUDE" not in shown
    assert "run1" not in shown
    assert "\n" in shown


def test_names_that_need_quotes_keep_them(guard, database):
    checked = guard.check('select "Unit" from "Order Lines"')
    assert '"Order Lines"' in checked.shown
    assert database.execute(checked.sql).fetchall() == [("kg",)]


def test_the_bound_values_a_statement_uses_are_listed(guard):
    checked = guard.check("select $b, id + $a from sales", params={"a": 1, "b": 2, "c": 3})
    assert sorted(checked.params) == ["a", "b"]


def test_the_tree_is_the_checked_statement(guard):
    assert guard.check("select id from sales").tree.named_selects == ["id"]


# the same rows again


def order(guard: Guard, sql: str, **given: object) -> str:
    return guard.check(sql, **given).sql.rsplit("ORDER BY ", 1)[1]


def test_a_limit_over_a_table_breaks_ties_by_row(guard):
    assert order(guard, "select id from sales order by amount limit 2") == (
        '"amount", "sales"."_row" LIMIT 2'
    )


def test_a_limit_over_groups_breaks_ties_by_what_is_shown(guard):
    sql = "select region, sum(amount) from sales group by region order by 2 desc limit 1"
    assert order(guard, sql) == "2 DESC, 1, 2 LIMIT 1"


def test_a_limit_over_a_table_of_the_run_breaks_ties_by_its_columns(guard):
    sql = "select * from by_region order by total limit 1"
    assert order(guard, sql, run="r", made=MADE) == '"total", "region", "total" LIMIT 1'


def test_the_first_of_each_group_has_no_ties(guard):
    sql = "select distinct on (region) region, id from sales order by region, amount"
    assert order(guard, sql) == '"region", "amount", "sales"."_row"'


def test_an_order_without_limit_is_left_alone(guard):
    assert order(guard, "select id from sales order by amount") == '"amount"'


def test_an_aggregate_without_groups_is_not_ordered_by_row(guard, database):
    checked = guard.check("select sum(amount) as s from sales order by s limit 1")
    assert database.execute(checked.sql).fetchall() == [(19,)]


def test_a_row_number_that_selects_rows_has_no_ties(guard):
    sql = "select id from sales qualify row_number() over (partition by region order by amount) = 1"
    assert 'ORDER BY "amount", "sales"."_row"' in guard.check(sql).sql


def test_the_day_is_the_bound_one(guard, database):
    params = {"today": "2024-06-01"}
    checked = guard.check("select current_date, today() - 1 as before", params=params)
    assert checked.params == ("today",)
    rows = database.execute(checked.sql, params).fetchall()
    assert [str(value) for value in rows[0]] == ["2024-06-01", "2024-05-31"]


def test_a_clock_is_refused_also_with_a_bound_day(guard):
    assert refusal(guard, "select now()", params={"today": "2024-06-01"}).rule == "not_repeatable"


# bounds


def test_a_computed_size_fails_when_it_turns_out_too_large(guard, database):
    small = guard.check("select repeat('x', id) from sales order by id")
    assert database.execute(small.sql).fetchall() == [("x",), ("xx",), ("xxx",)]
    large = guard.check("select repeat('x', id * 1000000) from sales")
    with pytest.raises(duckdb.Error, match="more than 10,000"):
        database.execute(large.sql).fetchall()


def test_a_computed_list_fails_when_it_turns_out_too_long(guard, database):
    small = guard.check("select range(1, id) from sales order by id")
    assert database.execute(small.sql).fetchall() == [([],), ([1],), ([1, 2],)]
    large = guard.check("select range(1, id * 100000000) from sales")
    with pytest.raises(duckdb.Error, match="more than 1,000,000"):
        database.execute(large.sql).fetchall()


def test_a_computed_size_of_nothing_gives_nothing(guard, database):
    checked = guard.check("select lpad(price, amount, '.') from sales where price is null")
    assert database.execute(checked.sql).fetchall() == [(None,)]


@pytest.mark.parametrize("sql", ["select repeat('x', 10000)", "select * from range(10000000)"])
def test_sizes_within_their_bounds_are_allowed(guard, sql):
    guard.check(sql)


def test_nesting_is_allowed_to_its_bound(guard):
    guard.check("select " + "(" * 60 + "1" + ")" * 60)
    assert refusal(guard, "select " + "(" * 65 + "1" + ")" * 65).rule == "too_deep"


def test_text_is_allowed_to_its_bound(guard):
    guard.check("select id from sales where id in (" + ", ".join(["1"] * 4000) + ")")
    assert refusal(guard, "select '" + "x" * 20_000 + "'").rule == "too_large"


# refusals


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("selekt 1", "read_only"),
        ("select (1", "parse_error"),
        ("select 1; select 2", "one_statement"),
        ("delete from sales", "read_only"),
        ("with d as (delete from sales returning *) select * from d", "read_only"),
        ("select * from orders", "unknown_table"),
        ("select * from 'sales.csv'", "unknown_table"),
        ("select * from main.sales", "qualified_name"),
        ("select regoin from sales", "unknown_column"),
        ("select getenv('HOME')", "function_not_allowed"),
        ("select * from read_csv('x')", "table_function_not_allowed"),
        ("select random()", "not_repeatable"),
        ("select * from sales natural join customers", "syntax_not_allowed"),
        ("select 'x'::made_up", "syntax_not_allowed"),
        ("select timestamp '2024-01-01 10:00'::date", "syntax_not_allowed"),
        ("select list(id limit 2) from sales", "syntax_not_allowed"),
        ("select '" + "x" * 20_000 + "'", "too_large"),
        ("select " + "(" * 70 + "1" + ")" * 70, "too_deep"),
        ("select " + "+".join(["1"] * 2000), "too_deep"),
        ("select repeat('x', 1000000000)", "argument_too_large"),
        ("select $missing", "parameter_missing"),
        ("select sum(id ignore nulls) from sales", "not_portable_rendering"),
    ],
)
def test_each_rule_refuses(guard, sql, rule):
    error = refusal(guard, sql)
    assert error.rule == rule
    assert error.sql == sql
    assert error.message.endswith(".")


def test_every_rule_is_described():
    assert all(text.endswith(".") for text in RULES.values())


def test_a_refusal_travels(guard):
    error = from_wire(to_wire(refusal(guard, "select regoin from sales")))
    assert isinstance(error, PlanRejected)
    assert (error.rule, error.sql) == ("unknown_column", "select regoin from sales")


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("select * from sale", "'sales'"),
        ("select * from by_regoin", "'by_region'"),
        ("select regoin from sales", "'region'"),
        ("select s.amuont from sales s", "'amount'"),
        ("select totl from by_region", "'total'"),
        ("select strlen2(region) from sales", "'strlen'"),
        ("select now()", "$today"),
        ("select * from sales tablesample 5%", "REPEATABLE"),
        ("delete from sales", "SELECT"),
    ],
)
def test_a_refusal_says_what_to_do(guard, sql, hint):
    assert hint in refusal(guard, sql, run="r", made=MADE).hint


def test_a_parse_error_says_where(guard):
    message = refusal(guard, "select id\nfrom sales\nwhere id = = 1").message
    assert "line 3" in message
    assert "column" in message


@pytest.mark.parametrize(
    "sql",
    [
        "select x.a.b from (select {'a': {'b': 1}} as x) t",
        "select amount * 2 as twice, twice + 1 from sales order by twice",
        "select list_transform([1], lambda v: v + 1), [w for w in [1]] from sales",
        "select (select name from customers c where c.id = s.id) from sales s",
        "select id from (select id, 1 as n from sales) where n = 1",
        "select anything from (pivot sales on region using sum(amount))",
        "select g from range(3) t(g)",
        "select sales.region.upper() from sales",
        'select "user" from "Order Lines"',
        'select user from "Order Lines"',
        "select region from sales union select name from customers order by region",
        "select rowid_like from (select id as rowid_like from sales)",
        "select n.total from by_region as n",
    ],
)
def test_names_that_cannot_be_resolved_are_left_to_the_engine(guard, sql):
    guard.check(sql, run="run1", made=MADE)


def test_a_name_of_the_engine_is_not_a_column(guard):
    assert refusal(guard, "select user from sales").rule == "function_not_allowed"


# the lists


@pytest.fixture(scope="module")
def engine_functions() -> dict[str, set[str]]:
    rows = duckdb.sql(
        "select lower(function_name), function_type from duckdb_functions()"
    ).fetchall()
    kinds: dict[str, set[str]] = {}
    for name, kind in rows:
        kinds.setdefault(name, set()).add(kind)
    return kinds


def test_every_allowed_function_exists(engine_functions):
    syntax = {"coalesce", "grouping", "grouping_id", "ifnull", "try"}
    assert {*FUNCTIONS, *TABLE_FUNCTIONS} - set(engine_functions) - syntax == set()


def test_what_changes_is_not_allowed():
    assert not FUNCTIONS & CHANGING


def test_every_other_function_of_the_engine_is_refused(guard, engine_functions):
    syntax = {name.lower() for name in WITH_SYNTAX}
    for name, kinds in engine_functions.items():
        if not name.isidentifier() or name in FUNCTIONS or name in syntax:
            continue
        if kinds & {"scalar", "aggregate", "macro", "window"}:
            refusal(guard, f"select {name}(id) from sales")
            refusal(guard, f"select id.{name}() from sales")
        refusal(guard, f"select {name}('x', 'y')")


def test_every_table_function_of_the_engine_but_two_is_refused(guard, engine_functions):
    for name, kinds in engine_functions.items():
        if kinds & {"table", "table_macro", "pragma"} and name not in {*TABLE_FUNCTIONS, "unnest"}:
            refusal(guard, f"select * from {name}('x')")
