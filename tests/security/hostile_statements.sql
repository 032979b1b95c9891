-- Statements that must be refused, one a line. The tables `sales`, `customers` and `earlier` exist.

-- files read by table functions
select * from read_csv('/etc/passwd')
select * from read_csv_auto('/etc/passwd')
select * from read_csv('http://127.0.0.1/x.csv')
select * from read_csv(['/etc/passwd', '/etc/group'])
select * from read_csv('/etc/passwd', delim := ':', header := false)
from read_csv('/etc/passwd')
select * from read_text('/etc/passwd')
select content from read_text('/proc/self/environ')
select * from read_blob('/etc/shadow')
select * from read_blob('**')
select * from read_json('x.json')
select * from read_json_auto('x.json')
select * from read_json_objects('x.json')
select * from read_json_objects_auto('x.json')
select * from read_ndjson('x.json')
select * from read_ndjson_auto('x.json')
select * from read_ndjson_objects('x.json')
select * from read_parquet('x.parquet')
select * from parquet_scan('x.parquet')
select * from parquet_metadata('x.parquet')
select * from parquet_schema('x.parquet')
select * from parquet_file_metadata('x.parquet')
select * from parquet_kv_metadata('x.parquet')
select * from parquet_full_metadata('x.parquet')
select * from parquet_bloom_probe('x.parquet', 'a', 1)
select * from read_duckdb('x.db')
select * from read_single_csv_file('x.csv')
select * from read_single_json_file('x.json')
select * from read_single_parquet_file('x.parquet')
select * from sniff_csv('/etc/passwd')
select * from glob('/etc/*')
select * from glob('**')
select * from st_read('x.shp')
select * from read_xlsx('x.xlsx')
select * from sqlite_scan('x.db', 't')
select * from postgres_scan('host=127.0.0.1', 'public', 't')
select * from mysql_scan('host=127.0.0.1', 'x', 't')
select * from iceberg_scan('s3://bucket/x')
select * from delta_scan('s3://bucket/x')
select * from arrow_scan(1, 2, 3)
select * from arrow_scan_dumb(1, 2, 3)
select * from python_arrow_scan(1)
select * from pandas_scan(1)
select * from python_map_function(1)
select * from seq_scan('sales')
select count(*) from customers join read_csv('/etc/passwd') on true
select * from sales, read_text('/etc/passwd')
select * from sales, lateral read_text('/etc/passwd')
select * from sales where id in (select 1 from read_text('/etc/passwd'))
select (select content from read_text('/etc/passwd'))
select exists (from read_text('/etc/passwd'))
with a as (from read_text('/etc/passwd')) select * from a
with a as materialized (select * from read_csv('/etc/passwd')) select * from a
with recursive a as (select * from read_text('x') union all select * from a) select * from a
select * from (from read_text('/etc/passwd'))
(select * from read_text('/etc/passwd'))
select 1 union all select length(content) from read_text('/etc/passwd')
select 1 except select 1 from glob('*')
from (pivot (from read_csv('x')) on a using sum(b))
pivot read_csv('x') on a using sum(b)
from (unpivot (from read_csv('x')) on a into name n value v)
select [x for x in (select list(content) from read_text('/etc/passwd'))]
select list_transform([1], lambda x: (select content from read_text('/etc/passwd')))
select case when true then (select content from read_text('/etc/passwd')) end
select * from sales order by (select content from read_text('/etc/passwd'))
select * from sales limit (select length(content) from read_text('/etc/passwd'))
select * from sales limit 1 offset (select length(content) from read_text('/etc/passwd'))
select sum(id) over (partition by (select content from read_text('/etc/passwd'))) from sales
select sum(id) filter (where (select content from read_text('/etc/passwd')) > '') from sales
select * from sales qualify (select content from read_text('/etc/passwd')) > ''
select id from sales group by id having (select content from read_text('/etc/passwd')) > ''
select * exclude (id) replace ((select content from read_text('/etc/passwd')) as region) from sales
select unnest((select list(file) from glob('/etc/*')))
select {'a': (select content from read_text('/etc/passwd'))}
select map {'a': (select content from read_text('/etc/passwd'))}
values ((select content from read_text('/etc/passwd')))
select * from (values ((select content from read_text('/etc/passwd')))) v(a)
table read_text('/etc/passwd')

-- files as tables
select * from '/etc/passwd'
select * from 'x.csv'
select * from 'x.parquet'
select * from 'data/*.csv'
select * from '**/*.json'
select * from "x.csv"
select * from "/etc/passwd"
from 'x.csv'
from '/proc/self/environ'
select * from 'http://127.0.0.1/x.parquet'
select * from 's3://bucket/x.parquet'
select * from 'file:///etc/passwd'
select * from sales, 'x.csv'
select * from sales join 'x.csv' using (id)
select * from sales asof join 'x.csv' using (id)
select * from sales positional join 'x.csv'
select * from sales semi join 'x.csv' using (id)
with a as (from 'x.csv') select * from a
select (select count(*) from 'x.csv')
select 1 in (from 'x.csv')
table 'x.csv'
table "x.csv"
pivot 'x.csv' on a using sum(b)
unpivot 'x.csv' on a into name n value v
from (pivot 'x.csv' on a using sum(b))
select * from 'x.csv' tablesample 10%
select * from "x.csv" as sales
select * from ('x.csv')
with "x.csv" as (select 1) select * from "x.csv"
with a as (select 1), "b.csv" as (select 2) select * from a
with "/etc/passwd" as (select 1) select * from "/etc/passwd"
select * from $$x.csv$$

-- text run as SQL
select * from query('select 1')
from query('select * from read_text(''/etc/passwd'')')
select * from query('drop table sales')
select * from query_table('sales')
select * from query_table(['sales', 'x.csv'])
select * from query_table('x.csv')
select * from json_execute_serialized_sql('{}')
select * from json_execute_serialized_sql(json_serialize_sql('select 1'))
select json_serialize_sql('select 1')
select json_deserialize_sql('{}')
select json_serialize_plan('select 1')
select * from sales, query('select 1')
with a as (from query('select 1')) from a
select (from query('select 1'))
select * from "query"('select 1')
select * from QUERY('select 1')
select * from Query_Table('sales')
select * from main.query('select 1')
select * from system.main.query('select 1')
select * from histogram('sales', id)
select * from histogram_values('sales', id)
select * from duckdb_logs_parsed('FileSystem')
execute stmt
prepare stmt as select 1
deallocate stmt
prepare stmt as select * from read_text('/etc/passwd')

-- settings, environment, the engine's own tables
select getenv('HOME')
select current_setting('memory_limit')
select current_setting('secret_directory')
select getvariable('x')
select * from duckdb_settings()
select * from duckdb_settings
select * from duckdb_secrets()
select * from duckdb_tables()
select * from duckdb_tables
select * from duckdb_columns()
select * from duckdb_columns
select * from duckdb_views()
select * from duckdb_views
select * from duckdb_databases()
select * from duckdb_databases
select * from duckdb_functions()
select * from duckdb_extensions()
select * from duckdb_schemas()
select * from duckdb_schemas
select * from duckdb_constraints
select * from duckdb_indexes
select * from duckdb_types
select * from duckdb_logs
select * from duckdb_logs()
select * from duckdb_variables()
select * from duckdb_temporary_files()
select * from duckdb_memory()
select * from duckdb_optimizers()
select * from duckdb_keywords()
select * from duckdb_sequences()
select * from duckdb_dependencies()
select * from duckdb_external_file_cache()
select * from duckdb_prepared_statements()
select * from duckdb_connection_count()
select * from duckdb_approx_database_count()
select * from duckdb_table_sample('sales')
select * from duckdb_profiling_settings()
select * from which_secret('s3://x', 's3')
select * from pragma_table_info('sales')
select * from pragma_storage_info('sales')
select * from pragma_database_size()
select * from pragma_database_list
select * from pragma_version()
select * from pragma_platform()
select * from pragma_user_agent()
select * from pragma_show('sales')
select * from pragma_metadata_info('x')
select * from pragma_collations()
select * from information_schema.tables
select * from information_schema.columns
select * from information_schema.schemata
select * from pg_catalog.pg_tables
select * from pg_catalog.pg_class
select * from pg_tables
select * from pg_class
select * from sqlite_master
select * from sqlite_schema
select * from sqlite_temp_master
with duckdb_settings as (select 1), b as (select 2) select * from b
with pragma_database_list as (select 1) select * from pragma_database_list
select * from test_all_types()
select * from test_vector_types(null)
select * from summary('sales')
select * from repeat_row(1, num_rows := 10)
select * from repeat(1, 10)
select * from checkpoint()
select * from force_checkpoint()
select * from enable_logging()
select * from disable_logging()
select * from truncate_duckdb_logs()
select * from enable_profiling()
select * from icu_calendar_names()
select * from pg_timezone_names()
select * from json_each('{"a": 1}')
select * from json_tree('{"a": 1}')
select version()
select pg_typeof(1)
select current_query()
select current_query_id()
select current_connection_id()
select current_transaction_id()
select txid_current()
select current_schemas(true)
select current_database()
select current_schema()
select current_catalog
select current_user
select session_user
select user
select current_role
select "user"
select "current_user" from customers
select inet_client_addr()
select has_table_privilege('x', 'y')
select pg_get_viewdef(1)
select pg_postmaster_start_time()
select in_search_path('main', 'x')
select write_log('x')
select parse_duckdb_log_message('FileSystem', 'x')
select nextval('s')
select currval('s')
select setval('s', 1)
select setseed(0.5)
select pg_sleep(10)
select sleep_ms(100000)
select vector_type(id) from sales
select stats(id) from sales
select create_sort_key(id, 'asc') from sales
select cast_to_type('x', 1)
select can_cast_implicitly(1, 'x')
select __internal_decompress_string(1)
select "__internal_barrier"(id) from sales
select variant_typeof(1)
select hive_partition_component('x')
select add_parquet_key('k', '0123456789112345')

-- other databases, schemas and hidden ways to a name
select * from main.sales
select * from memory.main.sales
select * from system.main.duckdb_settings
select * from temp.sales
select * from "main"."sales"
select * from main."duckdb_settings"
select * from other.main.secrets
select * from run1.earlier
select * from other_run.earlier
select * from "run1"."earlier"
select * from no_such_table
select * from salesx
select * from sales join nothing using (id)
select * from ONLY sales_of_others
select * from sqlite_master as sales
select * from "sales "
select * from "sales.csv"
select * from ｓales
select * from sаles
select * from sales at (version => 1)
select * from sales at (timestamp => now())

-- changes, also where a query is expected
insert into sales values (1)
insert or replace into sales values (1)
update sales set amount = 0
delete from sales
delete from sales returning *
truncate sales
truncate table sales
merge into sales using customers on true when matched then delete
drop table sales
drop view sales
drop schema main cascade
create table x as select 1
create or replace table sales as select 1
create temp table x as select 1
create view x as select 1
create macro f() as 1
create or replace macro sum(x) as 0
create temp macro main.f(a) as table select * from read_text(a)
create function f() as 1
create schema x
create sequence s
create type t as enum ('a')
create index i on sales (id)
create secret s (type s3)
create persistent secret s (type s3)
alter table sales add column x int
alter view sales rename to x
comment on table sales is 'x'
with a as (insert into sales values (1) returning *) select * from a
with a as (delete from sales returning *) select * from a
with a as (update sales set amount = 0 returning *) select * from a
with a as (merge into sales using customers on true when matched then delete returning *) select * from a
with a as (truncate sales) select 1
with a as (drop table sales) select 1
with a as (create table x as select 1) select 1
with a as (select 1) insert into sales select * from a
with a as (select 1) delete from sales
with a as (select 1) update sales set amount = 0
select * from (insert into sales values (1) returning *)
select * from (delete from sales returning *)
select (delete from sales returning id)
select 1 union all delete from sales
from sales insert into customers select *
select * into x from sales
select id into outfile '/tmp/x' from sales
select * from sales for update
select * from sales for share
select * from sales for update skip locked
copy sales to '/tmp/x.csv'
copy sales to '/tmp/x.parquet' (format parquet)
copy (select 1) to '/tmp/x.csv'
copy (select 1) to '/dev/stdout'
copy sales from '/etc/passwd'
copy from database memory to other
with a as (copy sales to '/tmp/x.csv') select 1
select * from (copy sales to '/tmp/x.csv')
export database '/tmp/x'
import database '/tmp/x'
attach 'x.db'
attach 'x.db' as y
attach ':memory:' as y
attach if not exists 'x.db' (type sqlite)
attach 'host=127.0.0.1' as pg (type postgres)
detach memory
use other
use memory.main
install httpfs
install httpfs from 'http://127.0.0.1'
force install httpfs
load httpfs
load '/tmp/x.duckdb_extension'
update extensions
set memory_limit = '1TB'
set global enable_external_access = true
set session threads = 64
set variable x = 1
set lock_configuration = false
set schema 'other'
reset memory_limit
reset all
pragma database_list
pragma table_info('sales')
pragma enable_profiling
pragma memory_limit = '1TB'
call pragma_version()
call enable_logging(storage = 'file', storage_path = '/tmp/x')
call start_ui()
call query('select 1')
checkpoint
force checkpoint
vacuum
vacuum analyze sales
analyze
analyze sales
begin
begin transaction
commit
rollback
abort
kill 1
explain select 1
explain analyze select 1
explain analyze delete from sales
explain (format json) select 1
describe sales
describe select 1
describe 'x.csv'
desc sales
show tables
show all tables
show databases
show sales
summarize sales
summarize 'x.csv'
summarize select 1
select * from (describe sales)
select * from (summarize sales)
select * from (show tables)
select * from (explain select 1)
with a as (describe sales) select * from a
from (describe sales)
from (show databases)
values (1); drop table sales
lock table sales
grant all on sales to public
declare c cursor for select 1
listen x

-- several statements, comments, quoting
select 1; select 2
select 1; drop table sales
select 1;; drop table sales
; drop table sales
select 1 /* ; */ ; drop table sales
select '1'; delete from sales; --'
select ';'; select 1
select 1;/**/select 2
select 1 /* unclosed
/* unclosed
--
-- only a comment
;
;;;
select 'unclosed
select "unclosed
select $$unclosed
select $tag$unclosed$other$
select e'unclosed\'
select 1 as "a"; drop table sales; select 1 as "b"
select * from /* x */ read_text /* y */ ('/etc/passwd')
select * from read_text/**/('/etc/passwd')
select * from "read_text" ('/etc/passwd')
select * from "READ_TEXT"('/etc/passwd')
select * from read_text ( '/etc/passwd' ) as sales
select * from READ_CSV('/etc/passwd')
select * from ReAd_TeXt('/etc/passwd')
select * from main.read_text('/etc/passwd')
select * from system.main.read_text('/etc/passwd')
select * from "system"."main"."read_text"('/etc/passwd')
select main.getenv('HOME')
select system.main.getenv('HOME')
select "getenv"('HOME')
select 'HOME'.getenv()
select ('HOME').getenv()
select getenv /* sqlglot.anonymous */ ('HOME')
select getenv('HOME') /* sqlglot.anonymous */
select region.getvariable() from sales
select 'memory_limit'.current_setting()
select lower(getenv('HOME'))
select list_transform(['HOME'], lambda x: getenv(x))
select list_transform(['HOME'], x -> getenv(x))
select [getenv(x) for x in ['HOME']]
select {'a': getenv('HOME')}
select map {'a': getenv('HOME')}
select case getenv('HOME') when 'x' then 1 end
select columns(c -> getenv(c) is null) from sales
select * replace (getenv('HOME') as region) from sales
select id from sales order by getenv('HOME')
select sum(id) over (order by getenv('HOME')) from sales
select id from sales group by getenv('HOME')
select * from range(length(getenv('HOME')))
select * from unnest([getenv('HOME')])
select * from sales where region = getenv('HOME')
select * from sales join customers on getenv('HOME') = name
select ｇｅｔｅｎｖ('HOME')
select gеtenv('HOME')
select get\u0065nv('HOME')
select U&'\0067' from read_text('/etc/passwd')
select N'x' from sales
select try(getenv('HOME'))
select cast(getenv('HOME') as int)
select getenv('HOME')::varchar
select extract(year from getenv('HOME'))
select interval (getenv('HOME')) day
select getenv('HOME') over ()
select count(*) filter (where getenv('HOME') is null)
select trim(getenv('HOME'))
select substring(getenv('HOME') from 1 for 2)
select position('x' in getenv('HOME'))
select exists (select getenv('HOME'))
select 1 in (select getenv('HOME'))
select (1, getenv('HOME'))
select struct_pack(a := getenv('HOME'))
select [1, 2][getenv('HOME')]
select x'ff'
select 0xFFgetenv('HOME')
select *
select
select from
from
with
with a select 1
with a as select 1
(select 1
select 1)
select (((1)
select 1 from from
select id id id from sales
select sum( from sales
select * from sales where
hello, what is the total?
DROP
```sql select 1 ```
{"sql": "select 1"}
<script>alert(1)</script>

-- answers that would differ when computed again
select now()
select current_timestamp
select get_current_timestamp()
select transaction_timestamp()
select current_time
select localtime
select localtimestamp
select current_localtimestamp()
select today() from sales
select current_date
select age(date '2024-01-01')
select ago(interval 1 day)
select random()
select id from sales order by random()
select uuid()
select gen_random_uuid()
select uuidv4()
select uuidv7()
select * from sales using sample 10%
select * from sales using sample 2 rows
select * from sales tablesample 10%
select * from sales tablesample reservoir(5)
select "localtimestamp"
select "current_timestamp" from sales
select reservoir_quantile(amount, 0.5) from sales

-- values and rows without a bound
select repeat('x', 1000000000)
select repeat('x', 10001)
select repeat(repeat('x', 10000), id) from (select repeat('x', repeat('1', 9)::int))
select repeat('x', length(repeat('x', id))) from sales
select 'x'.repeat(1000000000)
select lpad('x', 2000000000, 'y')
select rpad('x', 2000000000, 'y')
select 'x'.lpad(2000000000, 'y')
select bar(1, 0, 1, 1000000000)
select format('{:1000000000}', 1)
select format('{:>{}}', 'x', 1000000000)
select format(region, 1) from sales
select printf('%1000000000d', 1)
select printf('%*d', 1000000000, 1)
select to_base(1, 2, 1000000000)
select range(1000000000)
select range(0, 1000000000)
select range(0, -1000000000, -1)
select generate_series(1, 1000000000)
select len(range(300000000))
select list_reduce(range(30000000), lambda a, b: a + b)
select unnest(range(1000000000))
select range(timestamp '2000-01-01', timestamp '2100-01-01', interval 1 second)
select generate_series(shipped, shipped + interval 1 year, interval 1 millisecond) from sales
select range(date '2000-01-01', date '2100-01-01', interval (id) second) from sales
select range(1, 10, id) from sales
select 3.range()
select (1000000000).range()
select * from range(1000000000000)
select * from generate_series(1, 1000000000000)
select * from range(0, 1000000000000, 10)
select list_resize([1], 1000000000)
select array_resize([1], 1000000000)
select equi_width_bins(0, 1, 1000000000, true)
select * from sales tablesample reservoir(100000000000 rows) repeatable (1)

-- names and values that are not there
select nothing from sales
select sales.nothing from sales
select s.regionn from sales s
select * from sales where regoin = 'North'
select * from sales s join customers c on s.customer_id = c.custmer
select id from sales where region = $nothing
select ?
select $1
select * from sales where id = ?
select $today

-- what is read otherwise than it looks
select * from sales natural join customers
select region like any (['N%']) from sales
select 0x1F
select 1abc
select * from sales where id = 1or 1
select 'a'::getenv
select 'a'::main.t
select cast(1 as no_such_type)
select 1::enum('a')
select * from sales match_recognize (pattern (a) define a as true)
select * from sales connect by prior id = id
select * from sales start with id = 1 connect by prior id = id
select top 3 * from sales
select * from sales fetch first 3 rows only
select @@version
select @x := 1
select * from sales lateral view explode(tags) t as x
select * from sales prewhere id = 1
select * from sales settings max_threads = 1
select /*+ hint */ * from sales, read_text('x')
select xmltable('/' passing '<a/>')
select * from xmltable('/' passing '<a/>')
select * from json_table('{}', '$' columns (a int path '$'))
select * from openjson('{}')
select * from unnest(read_text('x'))
select * from flatten(input => 1)
select * from table(generator(rowcount => 10))
select * from generator(rowcount => 10)
select * from identifier('sales')
select * from $t
select * from ?
