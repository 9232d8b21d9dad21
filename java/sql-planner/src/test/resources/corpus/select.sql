-- == all columns of a small table
-- user_id long! < users.user_id
-- name string < users.name
-- country string < users.country
-- signed_up timestamptz < users.signed_up
-- plan string < users.plan
SELECT * FROM shop.users

-- == one column under another name
-- who string < users.name
SELECT name AS who FROM shop.users

-- == a condition with several parts
-- event_id long! < events.event_id
-- * filter events.amount, filter events.is_bot, filter events.name
SELECT event_id FROM shop.events WHERE NOT is_bot AND (amount > 10 OR name = 'view')

-- == conditions on null
-- event_id long! < events.event_id
-- * filter events.amount, filter events.score
SELECT event_id FROM shop.events WHERE amount IS NULL OR score IS NOT NULL

-- == truth of what may be null
-- event_id long! < events.event_id
-- t boolean! < events.is_bot
-- nt boolean! < events.is_bot
-- f boolean! < events.is_bot
-- nf boolean! < events.is_bot
SELECT event_id, is_bot IS TRUE AS t, is_bot IS NOT TRUE AS nt, is_bot IS FALSE AS f, is_bot IS NOT FALSE AS nf FROM shop.events

-- == distinct from
-- event_id long! < events.event_id
-- d boolean! < events.name
-- n boolean! < events.name
SELECT event_id, name IS DISTINCT FROM 'view' AS d, name IS NOT DISTINCT FROM 'view' AS n FROM shop.events

-- == in a list
-- event_id long! < events.event_id
-- * filter events.name
SELECT event_id FROM shop.events WHERE name IN ('view', 'buy', 'it''s', 'back\slash')

-- == not in a list of numbers
-- event_id long! < events.event_id
-- * filter events.event_id
SELECT event_id FROM shop.events WHERE event_id NOT IN (1, 3, 5)

-- == between
-- event_id long! < events.event_id
-- * filter events.score
SELECT event_id FROM shop.events WHERE score BETWEEN 1 AND 3.5

-- == case with a value and with conditions
-- event_id long! < events.event_id
-- kind string! < events.name
-- size string < events.amount
SELECT event_id, CASE name WHEN 'view' THEN 'look' WHEN 'buy' THEN 'purchase' ELSE '?' END AS kind,
  CASE WHEN amount > 100 THEN 'large' WHEN amount > 1 THEN 'mid' END AS size
FROM shop.events

-- == coalesce and nullif
-- event_id long! < events.event_id
-- a decimal(12,2)! < events.amount
-- n string < events.name
SELECT event_id, COALESCE(amount, 0.00) AS a, NULLIF(name, 'view') AS n FROM shop.events

-- == branches of different number types
-- event_id long! < events.event_id
-- v decimal(14,2) < events.amount, events.is_bot
SELECT event_id, CASE WHEN is_bot THEN 1 ELSE CAST(amount AS DECIMAL(14, 2)) END AS v FROM shop.events

-- == distinct rows
-- name string < events.name
-- is_bot boolean < events.is_bot
-- * group events.is_bot, group events.name
SELECT DISTINCT name, is_bot FROM shop.events

-- == order and limit with nulls
-- event_id long! < events.event_id
-- amount decimal(12,2) < events.amount
-- * order events.amount, order events.event_id
SELECT event_id, amount FROM shop.events ORDER BY amount DESC, event_id LIMIT 5

-- == order and limit with nulls first and an offset
-- event_id long! < events.event_id
-- * order events.amount, order events.event_id
SELECT event_id FROM shop.events ORDER BY amount ASC NULLS FIRST, event_id OFFSET 2 ROWS FETCH NEXT 4 ROWS ONLY

-- == order by a column that is not selected
-- name string < events.name
-- * order events.event_id
SELECT name FROM shop.events ORDER BY event_id LIMIT 3

-- == without a table
-- one int! <
-- word string! <
SELECT 1 AS one, 'x' AS word

-- == values
-- a int! <
-- b string! <
SELECT * FROM (VALUES (1, 'one'), (2, 'three'), (3, 'it''s')) AS t(a, b)

-- == literals of all kinds
-- i int! <
-- l long! <
-- m decimal(5,2)! <
-- d double! <
-- t boolean! <
-- s string! <
-- day date! <
-- at timestamp! <
SELECT 7 AS i, 3000000000 AS l, 123.45 AS m, 1.5E3 AS d, TRUE AS t, 'Zürich ${HOME} \n 日本' AS s, DATE '2024-02-29' AS "day",
  TIMESTAMP '2024-02-29 12:34:56.123456' AS "at"

-- == null with a type
-- x string <
-- y decimal(10,2) <
SELECT CAST(NULL AS VARCHAR) AS x, CAST(NULL AS DECIMAL(10, 2)) AS y

-- == a named subquery used twice
-- n long! <
-- name string < events.name
-- other string < events.name
-- * filter events.amount, join events.name, group events.name
WITH named AS (SELECT name, count(*) AS n FROM shop.events WHERE amount IS NOT NULL GROUP BY name)
SELECT a.n AS n, a.name AS name, b.name AS other FROM named a JOIN named b ON a.name = b.name

-- == a named subquery of a named subquery
-- n long! <
-- * filter events.is_bot, filter events.score
WITH people AS (SELECT * FROM shop.events WHERE NOT is_bot), good AS (SELECT * FROM people WHERE score > 1)
SELECT count(*) AS n FROM good

-- == capitals make no difference
-- EVENT_ID long! < events.event_id
-- NAME string < events.name
SELECT EVENT_ID, e.NAME FROM SHOP.Events AS E
