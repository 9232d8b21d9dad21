-- == whole numbers
-- a long! < events.event_id
-- b long! < events.event_id
-- c long! < events.event_id
-- d int! < events.event_id
SELECT event_id + 1 AS a, -event_id * 2 AS b, event_id / 2 AS c, event_id % 3 AS d FROM shop.events

-- == a quotient of negative whole numbers
-- a long! < orders.order_id
-- b int < orders.lines
-- c int < orders.lines
SELECT -order_id / 2 AS a, lines / 2 AS b, MOD(-lines, 2) AS c FROM shop.orders

-- == decimals
-- event_id long! < events.event_id
-- a decimal(13,2) < events.amount
-- b decimal(14,3) < events.amount
-- c decimal(15,2) < events.amount
SELECT event_id, amount + 1.05 AS a, amount * 1.5 AS b, amount - CAST(100 AS DECIMAL(14, 2)) AS c FROM shop.events

-- == decimals and doubles
-- event_id long! < events.event_id
-- a double < events.amount, events.score
-- b double < events.amount
SELECT event_id, amount * score AS a, CAST(amount AS DOUBLE) / 3 AS b FROM shop.events

-- == casts between numbers
-- not on DuckDB: it rounds where a fraction becomes a whole number
-- event_id long! < events.event_id
-- a int < events.amount
-- b long < events.score
-- c decimal(38,6) < events.amount
-- d decimal(13,1) < events.amount
-- e double! < events.event_id
-- f int! < events.event_id
SELECT event_id, CAST(amount AS INTEGER) AS a, CAST(score AS BIGINT) AS b, CAST(amount AS DECIMAL(38, 6)) AS c,
  CAST(amount AS DECIMAL(13, 1)) AS d, CAST(event_id AS DOUBLE) AS e, CAST(event_id AS INTEGER) AS f FROM shop.events

-- == try_cast of texts
-- not on DuckDB: it rounds where a fraction becomes a whole number
-- event_id long! < events.event_id
-- a int < events.props[n]
-- b decimal(10,2) < events.props[n]
-- c double < events.props[n]
SELECT event_id, try_cast(props['n'] AS INTEGER) AS a, TRY_CAST(props['n'] AS DECIMAL(10, 2)) AS b, TRY_CAST(props['n'] AS DOUBLE) AS c
FROM shop.events

-- == casts of texts
-- a int! <
-- b decimal(10,2)! <
-- c date! <
SELECT CAST('42' AS INTEGER) AS a, CAST('-1.5' AS DECIMAL(10, 2)) AS b, CAST('2024-02-29' AS DATE) AS c

-- == casts to texts
-- event_id long! < events.event_id
-- a string! < events.event_id
-- b string < events.amount
-- c string < events.is_bot
-- d string < events.day
SELECT event_id, CAST(event_id AS VARCHAR) AS a, CAST(amount AS STRING) AS b, CAST(is_bot AS VARCHAR) AS c, CAST("day" AS VARCHAR) AS d
FROM shop.events

-- == rounding
-- event_id long! < events.event_id
-- a decimal(12,2) < events.amount
-- b decimal(12,0) < events.amount
-- c decimal(12,0) < events.amount
-- d double < events.score
-- e double < events.score
SELECT event_id, round(amount, 1) AS a, floor(amount) AS b, ceil(amount) AS c, floor(score) AS d, CEILING(score) AS e FROM shop.events

-- == functions on numbers
-- event_id long! < events.event_id
-- a decimal(12,2) < events.amount
-- b double < events.score
-- c double < events.score
-- d double < events.score
SELECT event_id, abs(amount) AS a, power(score, 2) AS b, exp(score) AS c, sqrt(score) AS d FROM shop.events

-- == compare numbers of different types
-- event_id long! < events.event_id
-- * filter events.amount, filter events.event_id, filter events.score
SELECT event_id FROM shop.events WHERE amount > score OR event_id = amount OR score >= 2
