-- Tables of the guard's tests, with the hidden columns that a catalog's tables have.
create schema run1;

create table base_sales as
select * from (values
  (0, 1, 'North', 'pen', 10.00, 3, 0.1, date '2024-01-05', timestamp '2024-01-06 10:00', 1,
   'a 50% note', ['new', 'hot'], {'color': 'red', 'size': 1},
   '{"a":1,"b":"x","list":[1,2],"nested":{"deep":5},"a.b":7}'::json, '1,234 km', 1234.0),
  (1, 2, 'South', 'ink', 25.50, 5, 0.0, date '2024-01-05', timestamp '2024-01-08 11:30', 2,
   null, ['old'], {'color': 'blue', 'size': 2}, '{"a":2,"b":null}'::json, '5 km', 5.0),
  (2, 3, 'North', 'pad', 15.25, 2, null, date '2024-02-10', timestamp '2024-02-12 09:15:30', 1,
   'x', [], {'color': null, 'size': 3}, '{"a":{"b":3},"list":[]}'::json, null, null),
  (3, 4, 'West', 'pen', -4.00, 7, 0.25, date '2024-02-29', timestamp '2024-03-01 00:00', 3,
   null, null, null, null, 'n/a', null),
  (4, 5, 'South', 'pen', 25.50, 1, 0.5, date '2024-03-15', timestamp '2024-03-15 23:59:59', 9,
   'it''s', ['new', null], {'color': 'red', 'size': null}, '{"b":"y"}'::json, '7.5 km', 7.5),
  (5, 6, null, 'ink', 40.00, 10, 0.05, date '2024-12-31', timestamp '2025-01-01 12:00', 2,
   'z', ['x', 'y', 'z'], {'color': 'green', 'size': 9}, '[1,2]'::json, '12 km', 12.0)
) v(_row, id, region, product, amount, quantity, discount, ordered, shipped, customer_id, note,
    tags, attrs, js, price, price_number);

create table base_customers as
select * from (values
  (0, 1, 'Ann', 'Berlin', date '2020-01-01'),
  (1, 2, 'Bob', 'Paris', date '2021-05-05'),
  (2, 3, 'Cid', 'Berlin', date '2022-02-02'),
  (3, 4, 'Dee', 'Rome', date '2023-03-03')
) v(_row, id, name, city, joined);

create table base_events as
select * from (values
  (0, timestamp '2024-01-07', 1, 'view', 1.0),
  (1, timestamp '2024-02-15', 2, 'buy', 2.5),
  (2, timestamp '2024-03-20', 1, 'view', null),
  (3, timestamp '2023-01-01', 3, 'buy', 0.5)
) v(_row, ts, user_id, kind, value);

create table "base_Größe tabelle" as
select * from (values (0, 'あ', 1.5, 3, 'q1'), (1, 'い', 0.5, 4, 'q2'))
  v(_row, "名前", "unit price", "select", "with ""quotes""");

create table run1.earlier as
select * from (values ('North', 25.25, 1), ('South', 51.0, 2)) v(region, total, n);
