-- == not a number, compared with others
-- event_id long! < events.event_id
-- r double < events.score
-- a boolean < events.score
-- b boolean < events.score
-- c boolean < events.amount, events.score
-- d boolean < events.score
-- e boolean! < events.score
SELECT event_id, sqrt(score) AS r, sqrt(score) = sqrt(score) AS a, sqrt(score) > 1E0 AS b, sqrt(score) <= amount AS c, score < sqrt(score) AS d,
  sqrt(score) IS DISTINCT FROM sqrt(score) AS e FROM shop.events

-- == not a number, in conditions
-- x long! < events.event_id
-- y long! < events.event_id
-- * join events.score
SELECT a.event_id AS x, b.event_id AS y FROM shop.events a JOIN shop.events b ON sqrt(a.score) >= sqrt(b.score) AND sqrt(a.score) <> b.score

-- == not a number, in groups
-- r double < events.score
-- n long! <
-- * group events.score
SELECT sqrt(score) AS r, count(*) AS n FROM shop.events GROUP BY 1

-- == not a number, least and greatest
-- a double < events.score
-- b double < events.score
-- c long < events.event_id, events.score
-- d long! < events.score
SELECT max(sqrt(score)) AS a, min(sqrt(score)) AS b, max_by(event_id, CASE WHEN event_id = 5 THEN sqrt(score) ELSE score END) AS c,
  count(DISTINCT sqrt(score)) AS d FROM shop.events

-- == not a number, in order
-- event_id long! < events.event_id
-- r long! < window events.event_id, window events.score
-- * order events.event_id, order events.score
SELECT event_id, row_number() OVER (ORDER BY sqrt(score) DESC, event_id) AS r FROM shop.events ORDER BY sqrt(score) DESC, event_id LIMIT 4

-- == not a number, least and greatest of some rows
-- user_id long < events.user_id
-- a double < events.score, filter events.name
-- b long < events.event_id, events.score, filter events.name
-- c double < events.score
-- d long < events.event_id, events.score
-- * group events.user_id
SELECT user_id, max(sqrt(score)) FILTER (WHERE name = 'view') AS a, max_by(event_id, sqrt(score)) FILTER (WHERE name = 'view') AS b,
  min(sqrt(score * 0 - 1)) AS c, min_by(event_id, CASE WHEN event_id = 5 THEN sqrt(score) ELSE score END) AS d
FROM shop.events GROUP BY user_id

-- == not a number, over windows
-- event_id long! < events.event_id
-- a double < events.score, window events.event_id
-- b double < events.score, window events.event_id
-- c long! < window events.score
-- d long! < window events.score
SELECT event_id, max(sqrt(score)) OVER (ORDER BY event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS a,
  min(sqrt(score)) OVER (ORDER BY event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS b,
  rank() OVER (ORDER BY CASE WHEN score < 1 THEN sqrt(score * 0 - 1) ELSE score END) AS c,
  count(*) OVER (ORDER BY sqrt(score) DESC) AS d FROM shop.events

-- == zeros below zero
-- z double < events.score
-- n long! <
-- * group events.score
SELECT score * 0 AS z, count(*) AS n FROM shop.events GROUP BY 1

-- == quotients of decimals
-- event_id long! < events.event_id
-- a decimal(16,6) < events.amount
-- b decimal(19,6) < events.amount
-- c decimal(16,6) < events.amount
SELECT event_id, amount / 3 AS a, amount / CAST(7 AS DECIMAL(5, 3)) AS b, -amount / 11 AS c FROM shop.events

-- == a whole number divided by a decimal
-- order_id long! < orders.order_id
-- a decimal(18,6) < orders.lines, orders.total
SELECT order_id, lines / total AS a FROM shop.orders

-- == quotients on a half
-- a decimal(8,6)! <
-- b decimal(8,6)! <
-- c decimal(9,7)! <
SELECT CAST(0.000001 AS DECIMAL(8, 6)) / CAST(2 AS DECIMAL(1, 0)) AS a, CAST(-0.000003 AS DECIMAL(8, 6)) / CAST(2 AS DECIMAL(1, 0)) AS b,
  CAST(0.0000005 AS DECIMAL(9, 7)) / CAST(10 AS DECIMAL(2, 0)) AS c

-- == a share of whole numbers
-- not on DuckDB: its count_if gives null where no row tells
-- name string < events.name
-- share decimal(16,6)! < events.is_bot
-- * group events.name
SELECT name, CAST(count_if(is_bot) AS DECIMAL(10, 0)) / CAST(count(*) AS DECIMAL(10, 0)) AS share FROM shop.events GROUP BY name

-- == a median by row numbers
-- user_id long < events.user_id
-- median double < events.score
-- * filter events.score, window events.event_id, window events.score, window events.user_id
SELECT user_id, score AS median FROM (
  SELECT user_id, score, row_number() OVER (PARTITION BY user_id ORDER BY score, event_id) AS place, count(*) OVER (PARTITION BY user_id) AS n
  FROM shop.events WHERE score IS NOT NULL) t
WHERE place = (n + 1) / 2

-- == doubles as decimals
-- not on DuckDB: it multiplies in binary first, so 1.005 becomes 1.00
-- event_id long! < events.event_id
-- a decimal(10,2) < events.score
-- b decimal(10,1) < events.score
-- c decimal(10,2) < events.score
SELECT event_id, CAST(score * 0 + 1.005E0 AS DECIMAL(10, 2)) AS a, CAST(score AS DECIMAL(10, 1)) AS b, TRY_CAST(score / 3 AS DECIMAL(10, 2)) AS c
FROM shop.events

-- == rounding of halves
-- event_id long! < events.event_id
-- a decimal(5,2) < events.score
-- b decimal(12,2) < events.amount
SELECT event_id, round(CAST(score AS DECIMAL(5, 2)), 0) AS a, round(amount, 1) AS b FROM shop.events

-- == quotients of doubles
-- event_id long! < events.event_id
-- a double < events.amount, events.score
-- b double < events.score
-- * filter events.score
SELECT event_id, amount / score AS a, 1 / score AS b FROM shop.events WHERE score <> 0

-- == nothing divided by zero
-- event_id long! < events.event_id
-- a double < events.score
SELECT event_id, NULLIF(score, score) / (score - score) AS a FROM shop.events

-- == numbers in texts
-- not on DuckDB: it rounds fractions and reads 0x10 as 16
-- t string! <
-- a long <
-- b decimal(10,2) <
SELECT t, TRY_CAST(t AS BIGINT) AS a, TRY_CAST(t AS DECIMAL(10, 2)) AS b
FROM (VALUES ('1e3'), ('+5'), ('-0'), ('.5'), ('5.'), ('1,5'), ('0x10'), (''), (' '), ('2.675'), ('9223372036854775808'), ('99999999999')) AS v(t)

-- == an empty text is not null
-- event_id long! < events.event_id
-- a boolean < events.props[path]
-- b boolean! < events.props[path]
-- c int < events.props[path]
-- d string < events.name, events.props[path]
SELECT event_id, props['path'] = '' AS a, props['path'] IS NULL AS b, length(props['path']) AS c, name || props['path'] AS d FROM shop.events

-- == blanks and capitals count
-- event_id long! < events.event_id
-- a boolean < events.name
-- b boolean < events.name
-- c boolean < events.name
SELECT event_id, name = 'view ' AS a, name = 'View' AS b, name < 'a' AS c FROM shop.events

-- == letters beyond 16 bits
-- t string! <
-- a int! <
-- b string! <
-- c int! <
-- d boolean! <
SELECT t, length(t) AS a, substring(t, 2, 1) AS b, position('b' IN t) AS c, t LIKE '__' AS d FROM (VALUES ('a😀b'), ('😀b'), ('ab')) AS v(t)

-- == the order of letters
-- low string <
-- high string <
SELECT min(t) AS low, max(t) AS high FROM (VALUES ('😀'), ('｡'), ('z'), ('Z'), ('ä')) AS v(t)

-- == lower case of letters
-- t string! <
-- a string! <
SELECT t, lower(t) AS a FROM (VALUES ('ÄÖÜ'), ('Σ'), ('ẞ'), ('Ǆ'), ('ÉCOLE'), ('ЖЯ')) AS v(t)

-- == upper case of letters
-- t string! <
-- a string! <
SELECT t, upper(t) AS a FROM (VALUES ('äöü'), ('ς'), ('école'), ('ÿ'), ('жя')) AS v(t)

-- == what is not in a list
-- not on DuckDB: its element_at takes no lists
-- event_id long! < events.event_id
-- a string < events.tags[]
-- b string < events.tags[]
-- c string < events.tags[]
SELECT event_id, tags[9] AS a, element_at(tags, -9) AS b, tags[-1] AS c FROM shop.events

-- == months of different lengths
-- event_id long! < events.event_id
-- a date < events.day
-- b timestamp < events.local_time
-- c timestamp < events.local_time
SELECT event_id, "day" + INTERVAL '1' MONTH AS a, local_time + INTERVAL '13' MONTH AS b, local_time - INTERVAL '1' YEAR AS c FROM shop.events

-- == weeks around new year
-- d date! <
-- a date! <
-- b long! <
-- c long! <
SELECT d, date_trunc('week', d) AS a, EXTRACT(WEEK FROM d) AS b, dayofyear(d) AS c
FROM (VALUES (DATE '2020-12-31'), (DATE '2021-01-01'), (DATE '2021-01-03'), (DATE '2021-01-04'), (DATE '1969-12-31'), (DATE '1900-03-01')) AS v(d)

-- == remainders of numbers below zero
-- order_id long! < orders.order_id
-- a int < orders.lines
-- b int < orders.lines
-- c long < orders.lines
SELECT order_id, lines % 2 AS a, lines % -2 AS b, CAST(lines AS BIGINT) / -2 AS c FROM shop.orders

-- == patterns of several lines
-- t string! <
-- a boolean! <
-- b boolean! <
-- c boolean! <
SELECT t, t LIKE 'a%c' AS a, t LIKE 'a.c' AS b, t LIKE '' AS c FROM (VALUES ('a
c'), ('abc'), ('a.c'), ('')) AS v(t)
