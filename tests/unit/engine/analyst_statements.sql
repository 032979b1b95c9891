-- Statements as analysts and models write them, one to a paragraph: each must be accepted, and
-- must give the same rows as written and as the guard renders it. `earlier` is a table of the run.

select * from sales

select * from sales limit 5

select region, sum(amount) from sales group by region order by region

select region, sum(amount) as total, count(*) as n, avg(amount), min(amount), max(amount) from sales group by 1 order by 2 desc

select count(*) from sales

select count(distinct region), count(note), count(*) - count(note) as missing from sales

select distinct region, product from sales order by all

select region, product, sum(quantity) from sales group by all order by all

select product, sum(amount) filter (where region = 'North') as north, sum(amount) filter (region = 'South') from sales group by product order by 1

select median(amount), mode(region), stddev(amount), stddev_pop(discount), variance(amount), var_pop(amount) from sales

select quantile_cont(amount, 0.9), quantile_disc(amount, 0.25), quantile_cont(discount, [0.25, 0.5, 0.75]) from sales

select percentile_cont(0.5) within group (order by amount), percentile_disc(0.9) within group (order by quantity desc) from sales

select mode() within group (order by region) from sales

select approx_count_distinct(region), approx_quantile(amount, 0.5) from sales

select arg_max(product, amount), arg_min(product, amount), max_by(product, amount), min_by(id, amount) from sales

select arg_max(product, amount, 3), max(amount, 3), min(quantity, 2) from sales

select corr(amount, quantity), covar_pop(amount, quantity), covar_samp(amount, quantity), regr_slope(amount, quantity), regr_intercept(amount, quantity), regr_r2(amount, quantity) from sales

select skewness(amount), kurtosis(amount), entropy(region), mad(amount), product(quantity), bool_and(amount > 0), bool_or(amount < 0) from sales

select string_agg(product, ', ' order by product), string_agg(distinct region, '; ' order by region desc) from sales

select group_concat(region, '|' order by id), listagg(region, ',' order by id) from sales

select list(amount order by amount desc), array_agg(product order by id) from sales

select list(distinct region order by region) from sales

select histogram(region), histogram(quantity, [1, 5, 10]) from sales

select first(amount order by ordered), last(amount order by ordered desc nulls first), any_value(region order by id) from sales

select sum(amount * quantity) / sum(quantity) as weighted from sales

select region, count(*) * 100.0 / sum(count(*)) over () as share from sales group by region order by region

select region, sum(amount) as total from sales group by region having sum(amount) > 100 order by total desc

select region, sum(amount) as total from sales group by region having total > 100 order by total desc

select *, row_number() over (partition by region order by amount desc, id) as rank from sales qualify rank <= 2 order by id

select id, rank() over (order by amount desc), dense_rank() over (order by quantity), percent_rank() over (order by amount), cume_dist() over (order by amount), ntile(4) over (order by id) from sales order by id

select id, lag(amount) over (order by id), lead(amount, 2, 0) over (order by id), first_value(amount) over (order by id), last_value(amount) over (order by id rows between unbounded preceding and unbounded following), nth_value(amount, 2) over (order by id) from sales order by id

select id, lag(note ignore nulls) over (order by id), last_value(note ignore nulls) over (order by id rows between unbounded preceding and current row) from sales order by id

select ordered, sum(amount) over (order by ordered range between interval 7 days preceding and current row) from sales order by ordered, id

select ordered, avg(amount) over (order by id rows between 2 preceding and 1 following exclude current row) from sales order by id

select id, sum(amount) over w as running, avg(amount) over w from sales window w as (partition by region order by id) order by id

select id, sum(amount) over (order by id groups between 1 preceding and 1 following) from sales order by id

select id, count(*) filter (where amount > 20) over (partition by region) from sales order by id

select row_number() over () from sales limit 3

select s.id, c.name from sales s join customers c on s.customer_id = c.id order by s.id

select s.id, c.name from sales as s left join customers as c on s.customer_id = c.id where c.id is null order by 1

select c.name, coalesce(sum(s.amount), 0) as total from customers c left join sales s on s.customer_id = c.id group by c.name order by c.name

select * from sales right join customers on sales.customer_id = customers.id order by all

select count(*) from sales full outer join customers on sales.customer_id = customers.id

select count(*) from sales cross join customers

select count(*) from sales, customers where sales.customer_id = customers.id

select * from customers semi join sales on sales.customer_id = customers.id order by id

select * from customers anti join sales on sales.customer_id = customers.id order by id

select a.id, b.id from customers a join customers b on a.city = b.city and a.id < b.id order by all

select id, name, quantity from customers join (select id, quantity from sales) using (id) order by id

select * from customers join (select customer_id as id, sum(amount) as total from sales group by all) t using (id) order by id

select e.ts, e.kind, s.id from events e asof join sales s on e.user_id = s.customer_id and e.ts >= s.shipped order by e.ts, s.id

select e.ts, s.id from events e asof left join sales s on e.ts >= s.shipped order by e.ts, s.id

select x.a, y.b from (values (1), (2)) x(a) positional join (values ('p'), ('q')) y(b) order by 1

with top as (select region, sum(amount) as total from sales group by region) select * from top where total > 50 order by total desc

with a as (select 1 as n), b as (select n + 1 as n from a), c as materialized (select * from b) select * from a union all select * from b union all select * from c order by n

with sales as (select * from sales where region = 'North') select count(*), sum(amount) from sales

with recursive r(n) as (select 1 union all select n + 1 from r where n < 10) select sum(n), count(*) from r

with recursive days as (select min(ordered) as day from sales union all select day + interval 1 day from days where day < (select max(ordered) from sales)) select count(*) from days

with t(x, y) as (select id, amount from sales) select x, y from t order by x

select (select max(amount) from sales) as biggest, (select count(*) from customers) as customers

select id from sales s where amount > (select avg(amount) from sales where region = s.region) order by id

select id from sales where customer_id in (select id from customers where city = 'Berlin') order by id

select id from sales where customer_id not in (1, 2, 3) order by id

select name from customers c where exists (select 1 from sales s where s.customer_id = c.id and s.amount > 20) order by name

select name from customers c where not exists (from sales s where s.customer_id = c.id) order by name

select id from sales where amount > all (select quantity from sales where region = 'West') order by id

select id from sales where quantity = any (select 3 union select 5) order by id

select id from sales where region = any(['North', 'South']) order by id

select c.name, t.amount from customers c, lateral (select amount from sales s where s.customer_id = c.id order by amount desc, id limit 1) t order by c.name

select c.name, t.total from customers c cross join lateral (select sum(amount) as total from sales where customer_id = c.id) t order by c.name

select region from sales union select city from customers order by 1

select region from sales union all select city from customers order by 1

select region from sales intersect select region from sales where amount > 20 order by 1

select region from sales except select 'North' order by 1

select region from sales except all (select 'North' union all select 'South') order by 1

select id, region from sales union all by name select city as region, id from customers order by all

(select id from sales order by amount desc, id limit 2) union all (select id from customers order by id limit 2) order by 1

from sales select region, amount where amount > 20 order by all

from sales

from sales order by id limit 2

table customers

values (1, 'a'), (2, 'b')

select * from (values (1, 'a'), (2, 'b')) as v(n, letter) order by n

select * exclude (note, tags) from sales order by id

select * exclude note from sales order by id

select * replace (amount * 2 as amount) from sales order by id

select * exclude (note) replace (upper(region) as region) from sales order by id

select * rename (amount as price_paid) from sales order by id

select s.*, c.name from sales s join customers c on c.id = s.customer_id order by s.id

select c.* exclude (id), s.id from sales s join customers c on c.id = s.customer_id order by s.id

select columns('.*ed') from sales order by id

select columns(c -> c like 'a%') from sales order by id

select columns(lambda c: c like 'a%') from sales order by id

select max(columns(['amount', 'quantity'])) from sales

select min(columns(* exclude (tags, attrs, js))) from sales

select count(columns(*)) from customers

select coalesce(columns(['note', 'region'])) from sales order by id

select sales from sales order by id limit 1

select s from customers s order by s.id

select struct_extract(attrs, 'color'), attrs.size, attrs['color'], (attrs).size from sales order by id

select sales.attrs.color, s.attrs.size from sales join sales s using (id) order by id

select tags[1], tags[-1], tags[1:2], tags[2:], tags[:1], len(tags) from sales order by id

select tags[1:3:2], (tags[1])[1:2], note[1:3], note[2] from sales order by id

select list_transform(tags, x -> upper(x)), list_filter(tags, x -> x like '%e%'), list_reduce([1, 2, 3], (a, b) -> a + b) from sales order by id

select list_transform(tags, lambda x: upper(x)), list_transform([4, 5], lambda x, i: x * i), list_reduce([1, 2, 3], lambda a, b: a + b) from sales order by id

select [x * 2 for x in [1, 2, 3]], [x for x in [1, 2, 3] if x > 1], [upper(t) for t in tags] from sales order by id

select list_sort([3, 1, 2]), list_sort([3, null, 1], 'desc', 'nulls first'), list_reverse_sort([1, 2]), list_distinct([1, 1, null]), list_contains(tags, 'new'), list_has_any(tags, ['new', 'x']), list_sum([1, 2]), list_aggregate([1, 2, 3], 'avg'), list_slice([1, 2, 3], 1, 2), list_zip([1, 2], ['a', 'b']), flatten([[1], [2, 3]]), list_position([5, 6], 6), list_concat([1], [2]), list_append([1], 2), list_prepend(0, [1]) from sales order by id

select [1, 2] || [3], [1, 2] && [2], [1, 2, 3] @> [2], [2] <@ [1, 2], array_length([1, 2]), list_value(1, 2)

select unnest(tags) as tag, id from sales order by all

select tag, count(*) from (select unnest(tags) as tag from sales) group by tag order by tag

select s.id, t.tag from sales s, unnest(s.tags) as t(tag) order by all

select unnest([1, 2, 3]), unnest(['a', 'b', 'c'])

select unnest(attrs) from sales order by id

select unnest({'a': 1, 'b': {'c': 2}}, recursive := true)

select * from unnest([10, 20]) as u(x) order by x

select * from unnest([10, 20]) with ordinality as u(x, i) order by i

select {'a': 1, 'b': 'x'} as s, {'a': {'b': 2}}.a.b, struct_pack(x := 1, y := 'z'), row(1, 'a'), (1, 'b')

select map {'a': 1, 'b': 2}, map(['k'], [1])['k'], map_keys(map {'a': 1}), map_values(map {'a': 1}), cardinality(map {'a': 1}), map_from_entries([('k', 1)]), element_at(map {'a': 5}, 'a')

select js->'a', js->>'b', js->'list'->0, js->>'$.nested.deep', json_extract(js, '$.a'), json_extract_string(js, 'b'), js.a, js->'$.list[1]' from sales order by id

select json_extract_string(js, 'a.b'), js->>'a.b', js->'/nested/deep', js->>'$."a.b"' from sales order by id

select json_extract(js, ['$.a', '$.b']), json_array_length(js->'list'), json_keys(js), json_type(js->'a'), json_valid('{}'), to_json({'a': 1}), json_object('k', 1), json_array(1, 'x'), json_group_array(id) over () from sales order by id

select (js->>'a')::varchar || '!', (js->>'b') = 'x', (js->>'b') || 'y', length(js->>'b'), upper((js->'b')::varchar) from sales order by id

select region || '-' || product, concat(region, null, 'x'), concat_ws('-', region, null, product), region || note from sales order by id

select upper(region), lower(product), length(region), len(product), left(region, 2), right(region, -1), substring(region, 2, 3), substring(region from 2 for 2), substr(region, 3), region[1], reverse(region), initial from (select *, region[1:1] as initial from sales) order by id

select trim('  x '), ltrim('xxa', 'x'), rtrim('axx', 'x'), trim('xax', 'x'), trim(both 'x' from 'xax'), trim(leading 'x' from 'xax'), trim(trailing from 'a  '), lpad('7', 3, '0'), rpad('a', 3, '.'), repeat('ab', 2), replace('banana', 'a', 'o'), translate('abc', 'ab', 'xy'), split_part('a,b,c', ',', 2), string_split('a b', ' '), position('b' in 'abc'), strpos('abc', 'c'), instr('abc', 'b'), contains('abc', 'b'), starts_with('abc', 'ab'), ends_with('abc', 'bc'), prefix('abc', 'a'), suffix('abc', 'c'), 'abc' ^@ 'a', ascii('a'), chr(65), unicode('é'), md5('a'), format('{} is {:.2f}', 'x', 1.5), printf('%d %s', 1, 'a'), strip_accents('é'), levenshtein('a', 'b'), jaro_winkler_similarity('ab', 'ac'), hamming('ab', 'ac')

select regexp_matches(region, 'N.*'), regexp_full_match(region, 'N.*'), regexp_extract(product, '([a-z]+)', 1), regexp_extract('2024-05', '(\d+)-(\d+)', ['y', 'm']), regexp_replace(region, '[aeiou]', '', 'g'), regexp_extract_all('a1b2', '[0-9]'), regexp_split_to_array('a1b', '\d'), string_split_regex('a1b', '\d'), region ~ 'N.*', region !~ 'N.*', region similar to 'N.*', region not similar to 'N.*' from sales order by id

select region like 'N%', region not like 'N%', region ilike 'n%', region not ilike 'n%', note like '50\%%' escape '\', region ~~ 'N%', region !~~ 'N%', region ~~* 'n%', region !~~* 'n%', region glob 'N*' from sales order by id

select 'it''s', 'a"b', 'tab	in', e'line\nbreak', e'quote\'s', e'a\\b\x41\tc', 'back\slash', $$dollar 'quoted'$$, $tag$x$tag$, 'ünïcödé', '日本', '', ' '

select "unit price", "名前", "select" from "Größe tabelle" order by "unit price"

select g."unit price" * 2 as "doppelter Preis", "with ""quotes""" from "Größe tabelle" g order by 1

select 7 % 3, 7 % -3, -7 % 3, 7 // 2, -7 // 2, 7 / 2, 7.0 / 2, 1 / 3, 2 ** 3, 2 ^ 3, 2 ** 3 ** 2, -2 ** 2, 5 & 3, 5 | 3, xor(5, 3), ~5, 1 << 3, 8 >> 1, @(-3), @ -3, - -3, +3 

select 10 - 3 - 2, 2 * 3 + 4, 2 * (3 + 4), 100 / 10 / 2, 100 / (10 / 2), 1 - -1, not true and false, not (true and false), true or false and false, (true or false) and false, 1 + 2 = 3 and not 4 < 3

select 1e3, 1.5e-2, 0.5, 1., 123456789012345678901234567890, 0.1 + 0.2, 1_000_000, 9223372036854775807, 1.10::decimal(5,2)

select abs(-1), ceil(1.2), ceiling(1.2), floor(-1.2), round(1.256, 2), round(15, -1), trunc(1.9), sign(-2), sqrt(2), cbrt(8), exp(1), ln(2), log(100), log(2, 8), log10(100), log2(8), pow(2, 3), power(2, 3), mod(7, 3), fmod(7, 3), fdiv(7, 2), gcd(12, 18), lcm(4, 6), greatest(1, 3, 2), least(1, 3, 2), pi(), degrees(pi()), radians(180), sin(1), cos(1), tan(1), atan2(1, 2), factorial(5), even(3), isnan('nan'::double), isfinite(1.0), bit_count(7), round_even(2.5, 0), hash('a'), bin(5), hex(255)

select cast('12' as integer), '12'::int, try_cast('x' as int), try_cast('12.5' as decimal(5, 1)), 1::varchar, cast(1 as text), '2024-01-01'::date, 1::boolean, 'a'::blob, 1.567::decimal(10,2), 3::hugeint, 3::utinyint, 1::double, 1::real, 1::float, '12:00'::time, '2024-01-01 10:00'::timestamp, '1 day'::interval, [1, 2]::varchar[], {'a': 1}::struct(a varchar), '{"a": 1}'::json, '[1,2]'::int[], 12::decimal, 5::int8, 5::int4, 5::smallint, 'x'::string, 5::numeric(6, 3)

select amount::int, amount::varchar, cast(ordered as varchar), ordered::timestamp, shipped::date, try_cast(price as double) from sales order by id

select date '2024-01-31', timestamp '2024-01-31 10:11:12', time '10:11:12', interval '1 month', interval 3 days, interval '2' week, interval (1 + 1) month, interval '1 year 2 months', to_days(3), to_months(2), to_hours(5)

select ordered + 1, ordered - 1, ordered + interval 1 month, ordered - interval '3 days', ordered + interval (quantity) day, shipped - ordered, ordered - date '2024-01-01', shipped + interval 90 minutes from sales order by id

select date_trunc('month', ordered), date_trunc('week', shipped), date_trunc('quarter', ordered), datetrunc('year', ordered), date_trunc('hour', shipped) from sales order by id

select year(ordered), month(ordered), day(ordered), quarter(ordered), week(ordered), weekofyear(ordered), dayofweek(ordered), isodow(ordered), weekday(ordered), dayofyear(ordered), dayname(ordered), monthname(ordered), hour(shipped), minute(shipped), second(shipped), yearweek(ordered), isoyear(ordered), century(ordered), last_day(ordered), epoch(shipped), epoch_ms(shipped), julian(ordered) from sales order by id

select extract(year from ordered), extract('month' from ordered), extract(dow from ordered), extract(isodow from ordered), extract(week from ordered), extract(epoch from shipped), extract(quarter from ordered), extract(doy from ordered), date_part('year', ordered), date_part('dow', ordered), datepart('month', ordered), date_part(['year', 'month'], ordered) from sales order by id

select date_diff('month', date '2024-01-31', date '2024-02-01'), date_sub('month', date '2024-01-31', date '2024-02-01'), datediff('day', ordered, shipped), datesub('hour', ordered, shipped), date_diff('week', date '2024-01-01', date '2024-03-01'), date_diff('year', date '2023-12-31', date '2024-01-01'), date_diff('minute', timestamp '2024-01-01 10:00', timestamp '2024-01-01 11:30') from sales order by id

select date_add(ordered, interval 1 month), age(shipped, ordered), make_date(2024, 2, 29), make_timestamp(2024, 1, 2, 3, 4, 5.5), make_time(1, 2, 3), to_timestamp(0)::varchar, epoch_ms(1700000000000), time_bucket(interval '2 weeks', ordered), time_bucket(interval '1 hour', shipped) from sales order by id

select strftime(ordered, '%Y-%m'), strftime(shipped, '%d.%m.%Y %H:%M:%S'), strftime(ordered, '%A %B %-d %y %j %U %W %w %u %G-W%V'), strftime('%Y', ordered), strptime('31/12/2024', '%d/%m/%Y'), try_strptime('x', '%Y'), strptime('2024-01-02 03:04:05.678', '%Y-%m-%d %H:%M:%S.%f'), strptime('01/02/24', ['%d-%m-%y', '%d/%m/%y']) from sales order by id

select strftime(ordered, '%b %Y') as month, sum(amount) from sales group by month, date_trunc('month', ordered) order by date_trunc('month', ordered)

select timestamptz '2024-01-01 10:00:00+00' at time zone 'America/New_York', timezone('Europe/Berlin', timestamp '2024-06-01 12:00')::varchar

select $region, $lowest + 1 where $lowest > 3

select id from sales where region = $region and amount >= $lowest order by id

select case when amount > 20 then 'high' when amount > 10 then 'mid' else 'low' end as level, count(*) from sales group by level order by level

select case region when 'North' then 1 when 'South' then 2 end, if(amount > 10, 'a', 'b'), ifnull(note, '-'), nullif(region, 'North'), coalesce(note, region, 'x') from sales order by id

select note is null, note is not null, note isnull, note notnull, note is distinct from 'a', note is not distinct from null, amount > 10 is true, (amount > 10) is not false, (amount > 10) is null, amount between 10 and 20, amount not between 10 and 20, region in ('North', 'South'), region not in ('North'), (region, product) in (('North', 'pen')) from sales order by id

select amount = 10, amount == 10, amount <> 10, amount != 10, amount < 10, amount <= 10, amount > 10, amount >= 10 from sales order by id

select * from sales where amount > 10 and (region = 'North' or region = 'South') and not (quantity < 3 or note is null) order by id

select region, product, sum(amount), grouping(region), grouping_id(region, product) from sales group by rollup (region, product) order by all

select region, product, sum(amount) from sales group by cube (region, product) order by all

select region, product, sum(amount) from sales group by grouping sets ((region), (product), ()) order by all

select region, sum(amount) from sales group by region order by sum(amount) desc nulls last, region asc nulls first

select id, note from sales order by note nulls first, id

select id, note from sales order by note desc, id

select id from sales order by lower(region) collate nocase, id limit 3 offset 2

select region as r, sum(amount) as s from sales group by r order by s limit (select 2)

select id from sales order by id limit 40%

select distinct on (region) region, id, amount from sales order by region, amount desc, id

select amount * 2 as double_it, double_it + 1 as plus_one from sales where double_it > 30 order by id

select total: sum(amount), region from sales group by region order by region

select #1, #2 from (select id, region from sales) order by #1

select region, amount from sales order by 2 desc, 1, id limit 3

select * from range(5)

select * from range(2, 10, 3) r(i) order by i

select * from generate_series(1, 3) as g(n) order by n

select * from generate_series(date '2024-01-01', date '2024-01-05', interval 1 day) as d(day) order by day

select day::date, coalesce(sum(amount), 0) from generate_series((select min(ordered)::timestamp from sales), (select max(ordered)::timestamp from sales), interval 1 day) d(day) left join sales on ordered = day group by 1 order by 1

select range(3), generate_series(1, 3), range(10, 0, -3), unnest(range(2))

select list_transform(range(1, 4), i -> i * i), [tags[i] for i in range(1, len(tags) + 1)] from sales order by id

select * from (pivot sales on region using sum(amount) group by product) order by product

from (pivot sales on region using sum(amount) as total, count(*) as n group by product) order by product

pivot (select region, product, amount from sales) on region in ('North', 'South') using sum(amount) group by product

select * from (select region, product, amount from sales) pivot (sum(amount) for region in ('North', 'South')) order by product

from (unpivot (select id, quantity, discount from sales) on quantity, discount into name measure value reading) order by all

unpivot (select id, quantity::double as quantity, discount from sales) on columns(* exclude (id)) into name measure value reading

select * from (select id, quantity::double as quantity, discount from sales) unpivot (reading for measure in (quantity, discount)) order by all

select id, price, price_number from sales order by price_number, id

select _row, id from sales order by _row desc limit 2

select count(*) from sales using sample system (100 percent) repeatable (1)

select count(*) from sales tablesample reservoir(3 rows) repeatable (42)

select min(amount) over (), typeof(amount), typeof(1 + 1.5), try(1 / 0) from sales order by id

select x.lower().upper(), 'AbC'.lower(), tags.list_transform(t -> t.upper()) from (select region as x, tags, id from sales) order by id

select region, list(struct_pack(product := product, amount := amount) order by id) as items from sales group by region order by region

select region, sum(amount) as "Total (€)", sum(amount) / sum(sum(amount)) over () as "Share %" from sales group by region order by "Total (€)" desc

select date_trunc('month', ordered) as month, sum(amount) as total, total - lag(total) over (order by month) as change from sales group by month order by month

with monthly as (select date_trunc('month', ordered)::date as month, region, sum(amount) as total from sales group by all), ranked as (select *, row_number() over (partition by month order by total desc, region) as place from monthly) select month, region, total from ranked where place = 1 order by month

with first_order as (select customer_id, min(ordered) as first_day from sales group by 1) select date_diff('month', first_day, ordered) as age_months, count(distinct s.customer_id) from sales s join first_order f using (customer_id) group by 1 order by 1

select region, corr(amount, quantity) as r, regr_slope(amount, quantity), regr_count(amount, quantity) from sales group by region order by region

select width, count(*) from (select floor(amount / 10) * 10 as width from sales) group by width order by width

select sum(case when region = 'North' then amount else 0 end) as north, sum(if(region = 'South', amount, 0)) as south, count_if(amount > 10), countif(amount < 10) from sales

select id, sum(amount) over (partition by region order by ordered, id rows unbounded preceding) as running from sales order by id

select max(ordered) - min(ordered) as days, max(shipped) - min(shipped) as span from sales

select weighted_avg(amount, quantity), geomean(quantity), sem(amount), favg(discount), fsum(discount), kahan_sum(discount) from sales

select made.region, made.total, c.name from earlier made join customers c on c.id = made.n order by all

select * from earlier order by region

select earlier.region from earlier where total > 10 order by 1
